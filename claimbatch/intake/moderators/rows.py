"""The rows of a moderator's workbook: what each says of which line of the claim, and what is wrong with it."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from claimbatch.claims.claim import Claim, Line
from claimbatch.claims.decisions import UNCLASSIFIED, Decision, Verdict, to_decide
from claimbatch.claims.standing import Standing
from claimbatch.form.layout import form_file, normal, unit_number
from claimbatch.intake.sheet import Table
from claimbatch.intake.submission import Submission
from claimbatch.intake.tables import Cell
from claimbatch.intake.values import (
    BLANK,
    MERGED,
    MODERATOR,
    UNKNOWN,
    Read,
    read_candidate_number,
    read_grade,
    read_text,
    read_yes,
    squeeze,
)
from claimbatch.problems import word

Spot = tuple[str, str, int, int]  # what is shown, sheet, row, column
_NO = frozenset(("no", "n", "false", "-", "–"))


class Row(NamedTuple):
    """A row of a moderator's workbook, as the rules look at it (see :mod:`claimbatch.intake.tables`).

    *why* the line takes no decision and *advice* (*told*, for whoever filled it in) are empty where it does; *expected*
    is what the claim says where a given cell says something else. *unknown* is what could have been chosen, where
    something else was; *clash* what decision and grade say against each other. *group* is the group that another row
    withdraws, of candidate *other*, and this one does not. *cleared* is a tick that was taken off, *alone* a comment
    without a decision.
    """

    file: int
    candidate: str
    unit: str
    why: str
    advice: str
    told: str
    repeated: bool
    expected: str
    unknown: str
    ungraded: bool
    clash: str
    group: str
    other: str
    cleared: bool
    alone: bool
    number_shown: str
    number_sheet: str
    number_row: int
    number_col: int
    given_shown: str
    given_sheet: str
    given_row: int
    given_col: int
    choice_shown: str
    choice_sheet: str
    choice_row: int
    choice_col: int
    grade_shown: str
    grade_sheet: str
    grade_row: int
    grade_col: int


@dataclass(frozen=True, slots=True)
class Said:
    """One row as read: the line that it names, if the claim holds it, and its choice, grade and comment."""

    number: Read
    unit: str
    line: Line | None
    choice: Read
    grade: Read
    comment: Read
    spots: Mapping[str, Spot]

    @property
    def target(self) -> tuple[str, str]:
        """Candidate and unit."""
        return self.number.value, self.unit

    @property
    def speaks(self) -> bool:
        """Whether anything was chosen or entered in it."""
        return bool(self.choice.shown or self.grade.shown)


@dataclass(slots=True)
class Rows:
    """What a workbook says, row by row; *cells* are those that could not be read."""

    submission: Submission
    stands: Standing
    said: list[Said] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)

    @property
    def claim(self) -> Claim:
        """The claim that it is of."""
        return self.stands.claim


def read_rows(submission: Submission, stands: Standing) -> Rows:
    """Read the one table of a moderator's workbook."""
    rows = Rows(submission, stands)
    table = submission.tables.get("ticks") or submission.tables.get("decisions")
    lines = {(line.candidate, line.unit): line for line in (*stands.claim.lines, *stands.withdrawn)}
    units = {normal(stands.claim.unit_label(unit)): unit for _, unit in lines}
    for number, values in table.rows if table else ():
        if table and not table.blank(values):
            rows.said.append(_said(_Cells(rows, table, number, values), units, lines))
    return rows


def decisions(rows: Rows) -> Iterator[Decision]:
    """What the rows decide, in their order, as far as they are clear."""
    for said in rows.said:
        verdict = _verdict(said)
        if said.line and isinstance(verdict, Verdict):
            grade = "" if verdict is Verdict.WITHDRAWN else said.grade.value or said.line.grade
            yield Decision(*said.target, verdict, grade, said.comment.value)


def ticks(rows: Rows) -> list[tuple[str, str]]:
    """The lines that are ticked, candidate × unit."""
    ticked = [said for said in rows.said if said.line and said.choice.value == "Yes"]
    return [said.target for said in ticked if said.line not in rows.stands.withdrawn]


def judged_rows(rows: Rows) -> Iterator[Row]:
    """The rows as the rules look at them; what is blank and as it was made is left out."""
    counts = Counter(said.target for said in rows.said if said.speaks)
    seen: Counter[tuple[str, str]] = Counter()
    gone = (said for said in reversed(rows.said) if _verdict(said) is Verdict.WITHDRAWN)
    withdrawn = {said.line.cell: said.number.value for said in gone if said.line}
    for said in rows.said:
        seen[said.target] += said.speaks
        repeated = said.speaks and counts[said.target] > 1 and seen[said.target] > 1
        yield _row(rows, said, withdrawn, repeated=repeated)


def _row(rows: Rows, said: Said, withdrawn: Mapping[tuple[str, str, str], str], *, repeated: bool) -> Row:
    ticking = "wanted" in said.spots
    verdict = _verdict(said)
    expected, given = _altered(rows.claim, said)
    split = said.line and verdict in (Verdict.AGREED, Verdict.CHANGED) and said.line.cell in withdrawn
    closed = said.speaks and not split
    why, advice, told = _not_open(rows, said, ticking=ticking) if closed else ("", "", "")
    unit, assessor, grade = said.line.cell if said.line else ("", "", "")
    return Row(
        0, said.number.value, said.unit, why, advice, told, repeated, expected,
        _unknown(said, ticking=ticking),
        said.grade.fault == UNKNOWN,
        str(verdict) if verdict and not isinstance(verdict, Verdict) else "",
        f"{rows.claim.unit_label(unit)}, {assessor}, {grade}" if split else "",
        withdrawn[said.line.cell] if split and said.line else "",
        ticking and not said.choice.value and not said.choice.fault and said.target in rows.stands.sampled,
        bool(said.comment.shown) and not said.speaks,
        *said.spots["number"], *given, *said.spots["wanted" if ticking else "decision"],
        *said.spots["wanted" if ticking else "agreed"],
    )  # fmt: skip


@dataclass(slots=True)
class _Cells:
    """The cells of one row, read one by one, each with its place."""

    rows: Rows
    table: Table
    row: int
    values: Sequence[Any]
    spots: dict[str, Spot] = field(default_factory=dict)
    candidate: str = ""

    def read(self, key: str) -> Read:
        """Read the cell under *key*; one that cannot be read goes to the table of cells."""
        kind, reader, wanted = _READERS[key]
        column = self.table.columns.get(key, 0)
        merged = (self.row, column) in self.table.merged  # rule CB018 tells
        read: Read = Read("", MERGED) if merged else reader(self.table.value(self.values, key))
        self.spots[key] = read.shown, self.table.name, self.row, column
        if read.fault not in ("", UNKNOWN, MERGED):
            candidate = read.value if kind == "number" else self.candidate
            note = read.value or f"'{read.shown}' is not a candidate number"
            place = self.table.name, self.row, column
            self.rows.cells.append(Cell(0, candidate, "", kind, read.fault, wanted, note, read.shown, *place))
        return read


def _said(cells: _Cells, units: Mapping[str, str], lines: Mapping[tuple[str, str], Line]) -> Said:
    number = cells.read("number")
    cells.candidate = number.value
    named = cells.read("unit").value
    unit = units.get(normal(named), "") or str(unit_number(named) or "")
    for key in ("name", "claimed", "assessor"):
        cells.read(key)
    ticking = cells.table.sheet.key == "ticks"
    choice = cells.read("wanted" if ticking else "decision")
    grade, comment = (BLANK, BLANK) if ticking else (cells.read("agreed"), cells.read("comment"))
    return Said(number, unit, lines.get((number.value, unit)), choice, grade, comment, cells.spots)


def read_tick(raw: Any) -> Read:
    """``Yes`` or nothing: a tick, ``x`` and TRUE mean yes, ``no`` and FALSE mean nothing; anything else is unknown."""
    if raw is False:
        return Read("", "", "FALSE")
    read = read_yes(raw)
    known = read.fault or read.value or not read.shown or normal(read.shown) in _NO
    return read if known else Read("", UNKNOWN, read.shown)


def read_decision(raw: Any) -> Read:
    """A decision in any of the words that are taken for it, as a :class:`Verdict`'s word."""
    read = read_text(raw)
    if read.fault or not read.value:
        return read
    word = form_file()["decisions"]["read"].get(normal(read.value), "")
    return Read(word, "" if word else UNKNOWN, read.shown)


def read_agreed(raw: Any) -> Read:
    """A grade that a moderator agrees: P, M, D or U, in any of the words that are taken for them."""
    read = read_grade(raw)
    if read.fault == MODERATOR:
        return Read(UNCLASSIFIED, "", read.shown)
    if read.value and read.value not in form_file()["grades"]["agreed"]:
        return Read("", UNKNOWN, read.shown)
    return read


def _verdict(said: Said) -> Verdict | str:
    """What a row decides; in words where it speaks against itself, and nothing where it is blank or not read."""
    read = said.choice.fault or said.grade.fault
    if not said.line or not said.speaks or read or "wanted" in said.spots:
        return ""
    return to_decide(said.line, said.choice.value, said.grade.value)


def _unknown(said: Said, *, ticking: bool) -> str:
    if said.choice.fault != UNKNOWN:
        return ""
    return "Yes" if ticking else "Agreed, Changed or Withdrawn"


def _altered(claim: Claim, said: Said) -> tuple[str, Spot]:
    """What the claim says where a given cell of the row says something else, and that cell."""
    nothing = "", ("", "", 0, 0)
    if said.line is None:
        return nothing
    name = claim.candidate(said.line.candidate).name
    for key, ours in (("name", name), ("claimed", said.line.grade), ("assessor", said.line.assessor)):
        spot = said.spots[key]
        if ours and spot[0] and squeeze(spot[0]) != squeeze(ours):
            return ours, spot
    return nothing


_OPEN = ("", "", "")


def _not_open(rows: Rows, said: Said, *, ticking: bool) -> tuple[str, str, str]:
    """Why nothing can be recorded of the line that a row names, and what to do; nothing where it can."""
    if not said.number.value:
        again = "Enter the candidate number as the row had it, or clear the row."
        return _OPEN if said.number.fault else ("The candidate number is blank.", again, again)
    claim, (number, unit) = rows.claim, said.target
    label = claim.unit_label(unit) if unit else said.spots["unit"][0] or "A blank unit"
    what = f"{label} of candidate {number}"
    if said.line is None:
        again = "Correct the candidate number and the unit, or clear the row."
        return f"{what} is not on claim {claim.key}.", again, again
    sampled = said.target in rows.stands.sampled
    if said.line in rows.stands.withdrawn and not (ticking and sampled):
        clear = "Clear the row: what was withdrawn is claimed again in the next claim."
        gone = f"{what} was withdrawn from claim {claim.key}."
        return _OPEN if _verdict(said) is Verdict.WITHDRAWN else (gone, clear, clear)
    if ticking or sampled:
        return _OPEN
    command = f"claimbatch sample record {claim.key} --candidate {number} --unit {word(unit)}"
    return (
        f"{what} is not in the sample that is recorded.",
        f"If the moderator asked for it, record that first: {command}. If not, clear the row.",
        "Clear the row, or tell the exams office that this piece of work was asked for.",
    )


# What each column holds: what its faults are told of, how it is read, and what it wants.
_READERS: Mapping[str, tuple[str, Callable[[Any], Read], str]] = {
    "number": ("number", read_candidate_number, "the candidate number"),
    "unit": ("text", read_text, "the unit"),
    "name": ("text", read_text, "the candidate's name"),
    "claimed": ("text", read_text, "the claimed grade"),
    "assessor": ("text", read_text, "the assessor's initials"),
    "wanted": ("yes", read_tick, "Yes"),
    "decision": ("text", read_decision, "Agreed, Changed or Withdrawn"),
    "agreed": ("grade", read_agreed, "a grade: P, M, D or U"),
    "comment": ("text", read_text, "a comment"),
}
