"""Recording what a moderator decided, line by line or by group, and taking a record back that was a slip.

What was claimed is frozen: an agreed grade stands beside it. Only a withdrawal takes lines off the claim.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from claimbatch.claims.claim import Claim, Line, unit_label
from claimbatch.claims.decisions import Decision, Verdict
from claimbatch.claims.history import Event, Kind, detail, words_digest
from claimbatch.claims.standing import Standing, standing
from claimbatch.claims.store import Store, Writer
from claimbatch.claims.submitted import AFTER, Target, is_of, refuse_unless, withdraw_lines
from claimbatch.errors import ClaimbatchError
from claimbatch.problems import word

Cell = tuple[str, str, str]  # unit, assessor's initials, grade


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was recorded that had not been before: lines agreed and changed, and the lines withdrawn, by group."""

    agreed: int = 0
    changed: int = 0
    withdrawn: Mapping[Cell, int] = field(default_factory=dict)
    same: int = 0


def decide(
    store: Store,
    claim: Claim,
    decisions: Iterable[Decision],
    who: str,
    *,
    back: Collection[Target] = (),
    dry_run: bool = False,
) -> Recorded:
    """Record *decisions*, and take the record of those on the lines *back* back: all of it or nothing.

    A decision on a line of a group that is withdrawn at the same time is not recorded: the line goes with its group.
    Raises :class:`ClaimbatchError` for a line that is not in the sample, or not on the claim.
    """
    refuse_unless(claim, AFTER, "moderated")
    wanted = list(decisions)
    lines = {(line.candidate, line.unit): line for line in claim.lines}

    def work(writer: Writer) -> Recorded:
        writer.refuse_moved(claim)
        stands = standing(claim, writer.history(claim.key))
        _take_back(writer, stands, back, who)
        words = writer.explanations(claim.key)
        going = [d for d in wanted if d.verdict is Verdict.WITHDRAWN and (d.candidate, d.unit) in lines]
        cells = {lines[d.candidate, d.unit].cell: "" for d in going}
        cells |= {lines[d.candidate, d.unit].cell: d.comment for d in reversed(going) if d.comment}
        staying = [d for d in wanted if d.verdict is not Verdict.WITHDRAWN]
        _refuse_others(stands, lines, staying)
        staying = [d for d in staying if lines[d.candidate, d.unit].cell not in cells]
        new = [d for d in staying if d[:2] in back or not _is_known(d, stands, words)]
        _record(writer, claim, [(lines[d.candidate, d.unit], d) for d in new], who)
        gone = {
            cell: withdraw_lines(
                writer, claim, [line for line in claim.lines if line.cell == cell], who, reason
            )
            for cell, reason in cells.items()
        }
        changed = sum(d.verdict is Verdict.CHANGED for d in new)
        return Recorded(len(new) - changed, changed, gone, len(staying) - len(new))

    return store.write(work, dry_run=dry_run)


def undecide(store: Store, claim: Claim, targets: Collection[Target], who: str) -> int:
    """Take back the record of decisions; returns how many there were. The lines stay in the sample."""
    refuse_unless(claim, AFTER, "moderated")

    def work(writer: Writer) -> int:
        writer.refuse_moved(claim)
        return _take_back(writer, standing(claim, writer.history(claim.key)), targets, who)

    return store.write(work)


def reinstate(store: Store, claim: Claim, cell: Cell, who: str) -> int:
    """Take back the record that a group was withdrawn, which was a slip; returns how many lines are on the claim again.

    Raises :class:`ClaimbatchError` where nothing of the group was withdrawn, or another claim holds a line by now.
    """
    refuse_unless(claim, AFTER, "moderated")
    elsewhere = _elsewhere(store, claim)

    def work(writer: Writer) -> int:
        writer.refuse_moved(claim)
        unit = cell[0]
        gone = standing(claim, writer.history(claim.key)).withdrawn
        back = [line for line in gone if is_of(line, cell)]
        if not back:
            raise ClaimbatchError(
                f"No group of that unit, assessor and grade was withdrawn from claim {claim.key}.",
                f"claimbatch moderation show {claim.key} lists what was.",
            )
        for line in back:
            if key := elsewhere.get((line.candidate, unit)):
                raise ClaimbatchError(
                    f"{unit_label(unit)} of candidate {line.candidate} has been claimed again, in claim {key}.",
                    "Take it off that claim first: "
                    f"claimbatch claim remove {key} --candidate {line.candidate} --unit {word(unit)}",
                )
        events = [
            Event(Kind.REINSTATED, who, x.candidate, x.unit, grade=x.grade, assessor=x.assessor) for x in back
        ]
        writer.record(claim.key, events)
        return len(back)

    return store.write(work)


def _take_back(writer: Writer, stands: Standing, targets: Collection[Target], who: str) -> int:
    """Take back the record of the decisions on *targets*; how many there were."""
    back = [target for target in sorted(set(targets)) if target in stands.decided]
    events = [
        Event(Kind.UNDECIDED, who=who, candidate=c, unit=u, old_grade=stands.decided[c, u].grade)
        for c, u in back
    ]
    writer.record(stands.claim.key, events)
    return len(back)


def _elsewhere(store: Store, claim: Claim) -> dict[Target, str]:
    """Which other claim holds a line by now."""
    before = store.claimed_before(claim.centre_number, claim.entry_code, besides=claim.key)
    key, _ = store.current_key(claim.centre_number, claim.entry_code)
    now = dict.fromkeys(store.lines_at(key), key)
    return {target: held for target, (_, held, _) in before.items()} | now


def _refuse_others(stands: Standing, lines: Mapping[Target, Line], decisions: Iterable[Decision]) -> None:
    """Refuse decisions on lines that are not on the claim, or not in the sample."""
    key = stands.claim.key
    for candidate, unit, *_ in decisions:
        what = f"{unit_label(unit)} of candidate {candidate}"
        if (candidate, unit) not in lines:
            raise ClaimbatchError(
                f"{what} is not on claim {key}.", f"claimbatch claim show {key} lists what is claimed."
            )
        if (candidate, unit) not in stands.sampled:
            raise ClaimbatchError(
                f"{what} is not in the sample of claim {key}.",
                "Record first that the moderator asked for it: "
                f"claimbatch sample record {key} --candidate {candidate} --unit {word(unit)}",
            )


def _is_known(decision: Decision, stands: Standing, words: Mapping[int, str]) -> bool:
    """Whether a decision is recorded already, comment and all."""
    known = stands.decided.get((decision.candidate, decision.unit))
    same = known is not None and known.grade == decision.grade
    return same and decision.comment in ("", words.get(known.revision, "") if known else "")


def _record(writer: Writer, claim: Claim, decided: Sequence[tuple[Line, Decision]], who: str) -> None:
    """Record decisions in one go, so that they are one step of the claim; comments stand beside the history."""
    events = [_event(line, decision, who) for line, decision in decided]
    first = writer.record(claim.key, events) - len(events) + 1
    comments = {revision: decision.comment for revision, (_, decision) in enumerate(decided, first)}
    writer.explain(claim.key, {revision: words for revision, words in comments.items() if words})


def _event(line: Line, decision: Decision, who: str) -> Event:
    return Event(
        Kind.AGREED if decision.grade == line.grade else Kind.REGRADED,
        who=who, candidate=line.candidate, unit=line.unit, old_grade=line.grade, old_assessor=line.assessor,
        grade=decision.grade, assessor=line.assessor,
        detail=detail(sha256=words_digest(decision.comment)) if decision.comment else "",
    )  # fmt: skip
