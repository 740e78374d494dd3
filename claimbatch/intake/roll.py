"""The candidates of a sheet: each row's candidate number, and what it says of that person against the register.

A row that is as the register has it, to the letter, is passed over at a glance: no rule can speak of it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from operator import itemgetter
from typing import Any

from claimbatch.claims.merge import UNCLAIMED
from claimbatch.form.identity import locked_values, row_digest
from claimbatch.intake.known import Entered
from claimbatch.intake.reading import WANTED, Found, Row, Work, find
from claimbatch.intake.sheet import NumberedRow, Table
from claimbatch.intake.tables import CandidateRow, Cell, Locked
from claimbatch.intake.values import FORMAT, is_blank, read_candidate_number, read_date, read_text, squeeze


@dataclass(slots=True)
class Roll:
    """The candidates of one sheet: number -> row. *sound* are those entered; *damaged* says that a row's is unclear."""

    rows: dict[str, NumberedRow] = field(default_factory=dict)
    sound: set[str] = field(default_factory=set)
    damaged: bool = False


def call_roll(work: Work, table: Table | None) -> Roll:
    """Call the roll of a sheet: every row's candidate number, and its locked values against the register."""
    told = table is not None and "number" in table.columns
    roll = Roll(damaged=not told or bool(table and table.misplaced))
    for row in _at_a_glance(work, table, roll) if table and told else ():
        number = candidate_number(work, row)
        if _has_left(work, row, number):
            continue
        repeated = number in roll.rows
        entered = call_candidate(work, row, number, repeated=repeated)
        if entered and not repeated:
            roll.sound.add(number)
            _locked(work, row, number, entered)
        if number:
            roll.rows.setdefault(number, (row.number, row.values))
        roll.damaged = roll.damaged or entered is None or repeated
    return roll


def _at_a_glance(work: Work, table: Table, roll: Roll) -> Iterator[Row]:
    """Put the candidates on the *roll* whose rows are as the register has them, and give the other rows in between."""
    position, given = table.columns["number"] - 1, _given(table)
    certain = not work.every and not table.merged and given is not None
    for place, values in table.rows:
        number = values[position] if position < len(values) else ""
        entered = work.entered.get(number) if certain and isinstance(number, str) else None
        if given and entered and number not in roll.rows and given(values) == entered.given:
            roll.rows[number] = place, values
            roll.sound.add(number)
        elif not table.blank(values):
            yield Row(table, place, values)


def _given(table: Table) -> Callable[[Sequence[Any]], tuple[Any, ...]] | None:
    """What takes a row's locked values as :attr:`~claimbatch.intake.known.Entered.given`; None where one is missing."""
    keys = ("name", "born", "ocr_number")
    if not all(key in table.columns for key in keys):
        return None
    last = max(map(table.columns.__getitem__, keys))
    take = itemgetter(*(table.columns[key] - 1 for key in keys))
    return lambda values: take(values) if len(values) >= last else ()


def _has_left(work: Work, row: Row, number: str) -> bool:
    """Whether a candidate of the template is no longer entered, and the row says nothing new of them.

    One entry withdrawn must not turn away every workbook that is still out.
    """
    return number not in work.entered and number in work.issued.digests and _says_nothing(work, row, number)


def _says_nothing(work: Work, row: Row, number: str) -> bool:
    """Whether each cell of a row for a grade or initials is blank or as it went out."""
    return all(
        is_blank(row.raw(key)) or squeeze(read_text(row.raw(key)).value) in _as_it_went_out(work, number, key)
        for key in row.table.columns
        if key in ("grade", "assessor") or key.startswith("unit:")
    )


def _as_it_went_out(work: Work, number: str, key: str) -> set[str]:
    """What the template may have had in a cell for a grade or initials, or what the claim says anyway."""
    unit = key.removeprefix("unit:") if key.startswith("unit:") else str(work.submission.layout.unit)
    issued, target = work.issued, (number, unit)
    marks = (*issued.base.get(target, ()), *issued.now.get(target, ()))
    return {*map(squeeze, marks), squeeze(issued.prefilled)}


def has_left_a_line(work: Work, target: tuple[str, str], mark: tuple[str, str]) -> bool:
    """The same for another awarding body's unit of a candidate who is no longer entered: the claim says so already."""
    if target[0] in work.entered:
        return False
    said = (work.issued.base.get(target), work.issued.now.get(target))
    return tuple(map(squeeze, mark)) in [tuple(map(squeeze, one)) for one in said if one]


def ask_about_twins(work: Work) -> None:
    """Ask whether two numbers are one person only where the workbook claims something new for one of them."""
    if not any(row.twin for row in work.rows.candidates):
        return
    base = work.issued.base
    speaking = {
        target[0]
        for target, mark, *_ in work.rows.plain.lines
        if mark == UNCLAIMED or mark != base.get(target, UNCLAIMED)
    }
    speaking |= {
        line.candidate
        for line in work.rows.lines
        if (line.grade, line.assessor) not in ((line.base_grade, line.base_assessor), ("", ""))
    }
    work.rows.candidates[:] = [
        row if not row.twin or {row.candidate, row.twin} & speaking else row._replace(twin="")
        for row in work.rows.candidates
    ]


def candidate_number(work: Work, row: Row) -> str:
    """The candidate number of a row; a problem where there is none."""
    found = find(work, row, "number", read_candidate_number)
    if not found.filled and not found.merged:
        note = "This row has no candidate number"
        work.rows.cells.append(
            Cell(work.file, "", "", "number", FORMAT, WANTED["number"], note, "", *found.spot)
        )
    return found.read.value


def call_candidate(work: Work, row: Row, number: str, *, repeated: bool = False) -> Entered | None:
    """The entry of the candidate that a row names, if there is one; the row goes to the table of candidates."""
    if not number:
        return None
    entered = work.entered.get(number)
    twin = entered.twin if entered else ""
    if entered is None or repeated or twin or work.every:
        shown, spot = read_text(row.raw("number")).shown, row.spot("number")
        work.rows.candidates.append(
            CandidateRow(work.file, number, entered is not None, repeated, twin, shown, *spot)
        )
    return entered


def _locked(work: Work, row: Row, number: str, entered: Entered) -> None:
    name = find(work, row, "name", read_text, number)
    born = find(work, row, "born", read_date, number)
    ocr_number = find(work, row, "ocr_number", read_text, number)
    pairs = ((name, entered.name), (born, entered.born), (ocr_number, entered.ocr_number))
    differing = [
        (found, expected)
        for found, expected in pairs
        if found.read.value and squeeze(found.read.value) != squeeze(expected)
    ]
    if not differing:
        return
    unchanged = _as_issued(work, number, pairs)
    if unchanged and {name, born} <= {
        found for found, _ in differing
    }:  # no correction: the number is another's now
        unchanged = _says_nothing(work, row, number)
    work.rows.locked.extend(
        Locked(work.file, number, _says(expected), unchanged, found.read.shown, *found.spot)
        for found, expected in differing
    )


def _as_issued(work: Work, number: str, pairs: Iterable[tuple[Found, str]]) -> bool:
    """Whether a row's locked values are those that went out; what is blank may have been cleared, or always so."""
    template_id, key = work.submission.identity.template_id, work.known.key
    possible = [[found.read.value] if found.read.value else ["", expected] for found, expected in pairs]
    digests = (row_digest(key, template_id, locked_values(number, *values)) for values in product(*possible))
    return work.issued.digests.get(number, "") in digests


def _says(text: str) -> str:
    """What the register says, as the end of a sentence; a date as people write it."""
    read = read_date(text)
    if not read.fault and read.value:
        return f"says {'/'.join(reversed(read.value.split('-')))}"
    return f"says {text}" if text else "has none"
