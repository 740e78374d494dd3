"""The candidates of a sheet: each row's candidate number, and what it says of that person against the register."""

from dataclasses import dataclass, field

from claimbatch.form.identity import locked_values, row_digest
from claimbatch.intake.known import Entered
from claimbatch.intake.reading import WANTED, Row, Work, find, rows_of
from claimbatch.intake.submission import Table
from claimbatch.intake.tables import CandidateRow, Cell, Locked
from claimbatch.intake.values import FORMAT, read_candidate_number, read_date, read_text, squeeze


@dataclass(slots=True)
class Roll:
    """The candidates of one sheet: number -> row. *sound* are those entered; *damaged* says that a row's is unclear."""

    rows: dict[str, Row] = field(default_factory=dict)
    sound: set[str] = field(default_factory=set)
    damaged: bool = False


def call_roll(work: Work, table: Table | None) -> Roll:
    """Call the roll of a sheet: every row's candidate number, and its locked values against the register."""
    told = table is not None and "number" in table.columns
    roll = Roll(damaged=not told or bool(table and table.misplaced))
    for row in rows_of(table) if told else ():
        number = candidate_number(work, row)
        repeated = number in roll.rows
        entered = call_candidate(work, row, number, repeated=repeated)
        if entered and not repeated:
            roll.sound.add(number)
            _locked(work, row, number, entered)
        if number:
            roll.rows.setdefault(number, row)
        roll.damaged = roll.damaged or entered is None or repeated
    return roll


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
    shown = read_text(row.raw("number")).shown
    work.rows.candidates.append(
        CandidateRow(
            work.file,
            number,
            entered is not None,
            repeated,
            entered.twin if entered else "",
            shown,
            *row.spot("number"),
        )
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
    came = locked_values(number, name.read.value, born.read.value, ocr_number.read.value)
    digest = row_digest(work.known.key, work.submission.identity.template_id, came)
    unchanged = work.issued.digests.get(number) == digest
    work.rows.locked.extend(
        Locked(work.file, number, _person_date(expected), unchanged, found.read.shown, *found.spot)
        for found, expected in differing
    )


def _person_date(text: str) -> str:
    read = read_date(text)
    return text if read.fault or not read.value else "/".join(reversed(read.value.split("-")))
