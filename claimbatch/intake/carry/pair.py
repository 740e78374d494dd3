"""A grade and its initials, moved as one: apart from each other they would say something that nobody said."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from openpyxl.cell.cell import Cell

from claimbatch.claims.merge import UNCLAIMED, Mark, in_words
from claimbatch.form.layout import NOT_CLAIMING
from claimbatch.intake.carry.heard import newer, stands
from claimbatch.intake.carry.move import GONE, NOBODY, Filled, Move, plain
from claimbatch.intake.known import Target
from claimbatch.intake.sheet import Table
from claimbatch.intake.tables import Line
from claimbatch.intake.values import read_candidate_number


@dataclass(frozen=True, slots=True)
class Pair:
    """What an old template has of one candidate's unit: a *grade* and the initials of *own*, each in its cell.

    *was* are the values that went out in these cells, *line* is what merging makes of them; None where that is nothing.
    """

    grade: Filled
    own: Filled
    was: Mark
    line: Line | None

    @property
    def about(self) -> Target:
        """The candidate and unit."""
        return self.grade.candidate, self.grade.unit

    @property
    def stands(self) -> bool:
        """Whether it says what the template said when it was issued."""
        return stands(self.line) if self.line else not any(True for _ in self.typed())

    @property
    def findable(self) -> bool:
        """Whether all is there that could name its assessor."""
        return self.line is not None and self.line.findable

    @property
    def relies(self) -> bool:
        """Whether its assessor is its unit's default: it claims a grade without initials of its own."""
        claims = not self.grade.blank and (self.line is None or self.line.grade != NOT_CLAIMING)
        return claims and self.own.blank

    def typed(self) -> Iterator[Filled]:
        """The cells that are not as they went out."""
        for filled, was in zip((self.grade, self.own), self.was, strict=True):
            if plain(filled.value) != plain(was):
                yield filled


def rows_of(table: Table | None) -> Iterator[tuple[str, int, Any]]:
    """The rows of a sheet with their candidate numbers."""
    for row, values in table.rows if table else ():
        yield read_candidate_number(table.value(values, "number")).value if table else "", row, values


def goes(move: Move, pair: Pair, target: Cell | None, lacking: str) -> bool:
    """Whether a pair goes to its *target* on the current template; it is listed where it has no place there (*lacking*
    says why), or cannot be carried.

    What stands as it was issued was not filled in by anybody and stays behind: the current template has it from the
    claim, if it is still there. A cleared cell says nothing of what others have said since.
    """
    if pair.stands or (_is_newer(move, pair) and all(cell.blank for cell in pair.typed())):
        return False
    if why := lacking or _refused(move, pair, target):
        _leave(move, pair, why)
    return not why


def _is_newer(move: Move, pair: Pair) -> bool:
    """Whether others have changed the line since, of which a pair says nothing that merging would hear."""
    return pair.line is None and pair.about in move.heard.issued.touched


def _refused(move: Move, pair: Pair, target: Cell | None) -> str:
    """Why a pair cannot go to its place; empty where it can."""
    if why := pair.grade.unreadable:
        return why
    if pair.own.unreadable:
        return f"its assessor cannot be carried: {pair.own.unreadable}"
    if _is_newer(move, pair):
        return newer(in_words(move.heard.issued.now.get(pair.about, UNCLAIMED)))
    if why := move.heard.against.get(pair.grade.spot, ""):
        return why
    closed = target is not None and target.protection.locked and not (pair.grade.blank and pair.own.blank)
    return "the candidate is not entered for this unit" if closed else ""


def _leave(move: Move, pair: Pair, why: str) -> None:
    """List what is filled in of a pair: what was typed, or else what means something else by now."""
    filled = [cell for cell in (pair.grade, pair.own) if not cell.blank]
    typed = [cell for cell in pair.typed() if not cell.blank]
    for cell in typed or filled[:1]:
        move.leave(cell, cell.unreadable or why)


def absent(move: Move, number: str, *, there: bool) -> str:
    """Why nothing of a row is carried: it names nobody, or nobody who is *there* on the current template, or whom
    nobody can tell; empty where it is."""
    if not number:
        return NOBODY
    return move.heard.strangers.get(number, "") if there else GONE
