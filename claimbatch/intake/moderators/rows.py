"""The rows of a moderator's workbook as the rules look at them; and what they say where nothing is wrong."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from claimbatch.claims.claim import Claim
from claimbatch.claims.decisions import Decision, Verdict
from claimbatch.intake.moderators.reading import Rows, Said, Spot, verdict_of
from claimbatch.intake.values import UNKNOWN, squeeze
from claimbatch.problems import word


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


def decisions(rows: Rows) -> Iterator[Decision]:
    """What the rows decide, in their order, as far as they are clear; of what is withdrawn already, nothing else."""
    for said in rows.said:
        verdict = verdict_of(said)
        gone = said.line in rows.stands.withdrawn and verdict is not Verdict.WITHDRAWN
        if said.line and isinstance(verdict, Verdict) and not gone:
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
    gone = (said for said in reversed(rows.said) if verdict_of(said) is Verdict.WITHDRAWN)
    withdrawn = {said.line.cell: said.number.value for said in gone if said.line}
    for said in rows.said:
        seen[said.target] += said.speaks
        repeated = said.speaks and counts[said.target] > 1 and seen[said.target] > 1
        yield _row(rows, said, withdrawn, repeated=repeated)


def _row(rows: Rows, said: Said, withdrawn: Mapping[tuple[str, str, str], str], *, repeated: bool) -> Row:
    ticking = "wanted" in said.spots
    verdict = verdict_of(said)
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
        return _OPEN if verdict_of(said) is Verdict.WITHDRAWN else (gone, clear, clear)
    if ticking or sampled:
        return _OPEN
    command = f"claimbatch sample record {claim.key} --candidate {number} --unit {word(unit)}"
    return (
        f"{what} is not in the sample that is recorded.",
        f"If the moderator asked for it, record that first: {command}. If not, clear the row.",
        "Clear the row, or tell the exams office that this piece of work was asked for.",
    )
