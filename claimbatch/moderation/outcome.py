"""The outcome of a claim: what the moderator agreed, changed and withdrew, by line and by group.

A group is a unit by an assessor at a grade, which is what a moderator agrees or withdraws as one. Plain values, for
tables, exports and prints.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from claimbatch.claims.claim import Line, Status, line_order
from claimbatch.claims.decisions import Verdict
from claimbatch.claims.standing import Standing
from claimbatch.moderation.plan import Cell, name_order


class State(StrEnum):
    """What became of a line. *open*: it is in the sample, and nothing is recorded of it yet."""

    AGREED = "agreed"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    OPEN = "open"
    NOT_SAMPLED = "not-sampled"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one line as it was claimed. *grade* is the one agreed; none where it is open or withdrawn.

    *revision* is where the decision stands in the history, with the moderator's words beside it (0: nowhere).
    """

    line: Line
    state: State
    sampled: bool
    grade: str = ""
    revision: int = 0


@dataclass(frozen=True, slots=True)
class GroupResult:
    """What became of a group: how many *lines* it had as claimed, how many of them were sampled, and the rest of it.

    Either all of its lines are *withdrawn* or none. Where lines were *changed*, the others stand as claimed.
    """

    cell: Cell
    lines: int
    sampled: int
    agreed: int
    changed: int
    open: int
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the moderator decided of a claim. *results* are all its lines as claimed, by candidate and unit."""

    results: tuple[Result, ...]
    groups: tuple[GroupResult, ...]

    @property
    def told(self) -> list[Result]:
        """The lines that there is something to tell of: in the sample, or withdrawn."""
        return [result for result in self.results if result.sampled or result.state is State.WITHDRAWN]

    def count(self, state: State) -> int:
        """How many lines are in this state."""
        return sum(result.state is state for result in self.results)


def outcome(stands: Standing) -> Outcome:
    """What the moderator decided of a claim, from its standing."""
    lines = sorted((*stands.claim.lines, *stands.withdrawn), key=line_order)
    results = tuple(_result(line, stands) for line in lines)
    return Outcome(results, tuple(_groups(results)))


def _result(line: Line, stands: Standing) -> Result:
    target = line.candidate, line.unit
    sampled = target in stands.sampled
    if stands.claim.status is Status.WITHDRAWN or line in stands.withdrawn:
        return Result(line, State.WITHDRAWN, sampled, revision=stands.reasons.get(line.cell, 0))
    decided = stands.decided.get(target)
    if decided is None:
        return Result(line, State.OPEN if sampled else State.NOT_SAMPLED, sampled)
    state = State.AGREED if decided.verdict is Verdict.AGREED else State.CHANGED
    return Result(line, state, sampled, decided.grade, decided.revision)


def _groups(results: Iterable[Result]) -> Iterator[GroupResult]:
    """The groups by unit, assessor and risk."""
    found: dict[Cell, list[Result]] = {}
    for result in results:
        found.setdefault(result.line.cell, []).append(result)
    for cell in sorted(found, key=name_order):
        group = found[cell]
        states = [result.state for result in group]
        yield GroupResult(
            cell,
            len(group),
            sum(result.sampled for result in group),
            states.count(State.AGREED),
            states.count(State.CHANGED),
            states.count(State.OPEN),
            State.WITHDRAWN in states,
        )
