"""What a moderator decides of a line of the sample, and how it stands in the history.

A line is agreed as it was claimed, or another grade is agreed (U: the work does not reach a pass), or its group is
withdrawn: everyone with that unit, assessor and grade (OCR's rule for its claims system).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from claimbatch.claims.claim import Line
from claimbatch.claims.history import DECISIONS, Event, Kind

UNCLASSIFIED = "U"  # what is agreed where the work does not reach a pass


class Verdict(StrEnum):
    """What can be decided of a line."""

    AGREED = "agreed"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"


class Decision(NamedTuple):
    """A decision on one line, as a moderator gives it. *grade* is the one agreed; none where it is withdrawn."""

    candidate: str
    unit: str
    verdict: Verdict
    grade: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided of a line and recorded: the grade claimed and the one agreed, by whose entry and when.

    *revision* is where it stands in the history, with the moderator's comment beside it.
    """

    claimed: str
    grade: str
    who: str
    at: str
    revision: int

    @property
    def verdict(self) -> Verdict:
        """Agreed as it was claimed, or changed."""
        return Verdict.AGREED if self.grade == self.claimed else Verdict.CHANGED


def decided_of(events: Iterable[Event]) -> dict[tuple[str, str], Decided]:
    """What stands decided after *events*, by candidate and unit: the last word on each line."""
    found: dict[tuple[str, str], Decided] = {}
    for e in events:
        if e.kind not in DECISIONS:
            continue
        if e.kind == Kind.UNDECIDED:
            found.pop((e.candidate, e.unit), None)
        else:
            found[e.candidate, e.unit] = Decided(e.old_grade, e.grade, e.who, e.at, e.revision)
    return found


def to_decide(line: Line, word: str, grade: str) -> Verdict | str:
    """What *word* (a verdict or nothing) and the agreed *grade* (or none) say of *line*; in words where they disagree.

    >>> line = Line("0042", "3", "M", "JH")
    >>> [str(to_decide(line, *said)) for said in (("agreed", ""), ("", "M"), ("", "D"), ("withdrawn", ""))]
    ['agreed', 'agreed', 'changed', 'withdrawn']
    >>> to_decide(line, "agreed", "D")
    'Agreed, but the agreed grade is D and M was claimed.'
    """
    if word == Verdict.WITHDRAWN:
        return f"Withdrawn, but a grade is agreed, {grade}." if grade else Verdict.WITHDRAWN
    if word == Verdict.CHANGED and grade in ("", line.grade):
        return "Changed, but " + (f"{grade} is what was claimed." if grade else "the agreed grade is blank.")
    if word == Verdict.AGREED and grade not in ("", line.grade):
        return f"Agreed, but the agreed grade is {grade} and {line.grade} was claimed."
    return Verdict.AGREED if grade in ("", line.grade) else Verdict.CHANGED
