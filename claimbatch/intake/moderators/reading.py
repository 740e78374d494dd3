"""Reading the rows of a moderator's workbook: which line of the claim each names, what was chosen, entered and said."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from claimbatch.claims.claim import Claim, Line
from claimbatch.claims.decisions import UNCLASSIFIED, Verdict, to_decide
from claimbatch.claims.standing import Standing
from claimbatch.form.layout import form_file, normal, unit_number
from claimbatch.intake.reading import Row, rows_of
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
)

Spot = tuple[str, str, int, int]  # what is shown, sheet, row, column
_NO = frozenset(("no", "n", "false", "-", "–"))


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
    rows.said += (_said(_Cells(rows, row), units, lines) for row in rows_of(table))
    return rows


@dataclass(slots=True)
class _Cells:
    """The cells of one row, read one by one, each with its place."""

    rows: Rows
    row: Row
    spots: dict[str, Spot] = field(default_factory=dict)
    candidate: str = ""

    def read(self, key: str) -> Read:
        """Read the cell under *key*; one that cannot be read goes to the table of cells."""
        kind, reader, wanted = _READERS[key]
        spot = self.row.spot(key)
        merged = spot[1:] in self.row.table.merged  # rule CB018 tells
        read: Read = Read("", MERGED) if merged else reader(self.row.raw(key))
        self.spots[key] = read.shown, *spot
        if read.fault not in ("", UNKNOWN, MERGED):
            candidate = read.value if kind == "number" else self.candidate
            note = read.value or f"'{read.shown}' is not a candidate number"
            self.rows.cells.append(Cell(0, candidate, "", kind, read.fault, wanted, note, read.shown, *spot))
        return read


def _said(cells: _Cells, units: Mapping[str, str], lines: Mapping[tuple[str, str], Line]) -> Said:
    number = cells.read("number")
    cells.candidate = number.value
    named = cells.read("unit").value
    unit = units.get(normal(named), "") or str(unit_number(named) or "")
    for key in ("name", "claimed", "assessor"):
        cells.read(key)
    ticking = cells.row.table.sheet.key == "ticks"
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


def verdict_of(said: Said) -> Verdict | str:
    """What a row decides; in words where it speaks against itself, and nothing where it is blank or not read."""
    read = said.choice.fault or said.grade.fault
    if not said.line or not said.speaks or read or "wanted" in said.spots:
        return ""
    return to_decide(said.line, said.choice.value, said.grade.value)


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
