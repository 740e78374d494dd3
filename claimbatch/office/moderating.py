"""What the moderator decided of a claim: recorded line by line or by group, taken back, completed, and shown."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from claimbatch.claims import deciding, submitted
from claimbatch.claims.deciding import Recorded
from claimbatch.claims.decisions import Decision, Verdict
from claimbatch.claims.standing import Standing
from claimbatch.claims.submitted import Target
from claimbatch.errors import ClaimbatchError
from claimbatch.moderation.outcome import Outcome, State, outcome
from claimbatch.office.opened import OpenClaim
from claimbatch.office.submitting import Group


@dataclass(frozen=True, slots=True)
class OutcomeSeen:
    """What became of a claim's lines and groups, and the moderator's *words*, by the revision of the decision."""

    outcome: Outcome
    words: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Completed:
    """A claim that was sent on under a *reference*; of *undecided* lines of the sample no decision is recorded."""

    reference: str
    undecided: int


def undecided(stands: Standing) -> list[Target]:
    """The lines of the sample of which nothing is decided yet."""
    here = [(line.candidate, line.unit) for line in stands.claim.lines]
    return [pair for pair in here if pair in stands.sampled and pair not in stands.decided]


def agreeing(opened: OpenClaim, lines: Iterable[Target], comment: str = "") -> list[Decision]:
    """The decisions that agree these *lines* as they were claimed; nothing is recorded yet."""
    grades = {(line.candidate, line.unit): line.grade for line in opened.claim.lines}
    return [Decision(*line, Verdict.AGREED, grades.get(line, ""), comment) for line in lines]


def changing(opened: OpenClaim, lines: Sequence[Target], grade: str, comment: str = "") -> list[Decision]:
    """The decisions that agree another *grade* for these *lines*; nothing is recorded yet.

    Raises :class:`ClaimbatchError` for what is no grade to be agreed, and for the grade that was claimed.
    """
    from claimbatch.intake.moderators.reading import read_agreed  # noqa: PLC0415 - pandas

    if not (agreed := read_agreed(grade).value):
        raise ClaimbatchError(f'"{grade}" is not a grade that can be agreed.', "It is P, M, D or U.")
    claim = opened.claim
    same = [line for line in claim.lines if (line.candidate, line.unit) in lines and line.grade == agreed]
    if same:
        raise ClaimbatchError(
            f"{agreed} is what was claimed for candidate {same[0].candidate}, {claim.unit_label(same[0].unit)}.",
            "Where the moderator agrees it: claimbatch moderation agree",
        )
    return [Decision(*line, Verdict.CHANGED, agreed, comment) for line in lines]


def what_is_recorded(opened: OpenClaim, decisions: Sequence[Decision], *, who: str) -> Recorded:
    """What recording *decisions* would record, without doing so; a person has to agree to its withdrawals."""
    return deciding.decide(opened.store, opened.claim, decisions, who, dry_run=True)


def record_decisions(
    opened: OpenClaim,
    decisions: Sequence[Decision],
    *,
    who: str,
    back: Collection[Target] = (),
    seen: int | None = None,
) -> Recorded:
    """Record *decisions*, and take those on the lines *back* back, which were slips: all of it or nothing.

    *seen* is the revision of the claim for which somebody agreed to them. Raises :class:`ClaimbatchError` for a line
    that is not in the sample, and where the claim has changed since it was opened or seen.
    """
    opened.refuse_unless_seen(seen)
    return deciding.decide(opened.store, opened.claim, decisions, who, back=back)


def take_back_decisions(opened: OpenClaim, lines: Collection[Target], *, who: str) -> int:
    """Take the decisions on these *lines* back, whatever they were; how many there were."""
    return deciding.undecide(opened.store, opened.claim, lines, who)


def take_back_withdrawal(opened: OpenClaim, group: Group, *, who: str) -> int:
    """Take the withdrawal of a *group* back: its lines are on the claim again; how many."""
    return deciding.reinstate(opened.store, opened.claim, group, who)


def still_open(opened: OpenClaim) -> tuple[int, int]:
    """Of how many lines of the sample nothing is decided, and how many lines the sample has."""
    found = outcome(opened.standing)
    return found.count(State.OPEN), sum(result.sampled for result in found.results)


def complete(opened: OpenClaim, reference: str = "", *, who: str) -> Completed:
    """Record that the moderator has sent a claim on under a *reference*, or under the one recorded before.

    Raises :class:`ClaimbatchError` where there is none, or the claim is not with the moderator.
    """
    under = reference or opened.claim.reference
    if not under:
        raise ClaimbatchError(
            f"The reference of claim {opened.key} is not known.",
            "Give the one under which the moderator sent the claim on.",
        )
    left = undecided(opened.standing)
    submitted.complete(opened.store, opened.claim, under, who)
    return Completed(under, len(left))


def reopen(opened: OpenClaim, *, who: str) -> None:
    """Take the record of completion back: the claim is with the moderator again, and has no reference."""
    submitted.reopen(opened.store, opened.claim, who)


def outcome_of(opened: OpenClaim) -> OutcomeSeen:
    """What the moderator agreed, changed and withdrew, and what is open."""
    return OutcomeSeen(outcome(opened.standing), opened.store.explanations(opened.key))
