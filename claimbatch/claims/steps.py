"""The steps of a claim's life in words, from its history: for the heading of a claim, and for its report."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from claimbatch.claims.claim import unit_label
from claimbatch.claims.history import DECISIONS, STATES, Event, Kind, facts, lines_after, recorded


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a claim's life, in words and by its *kind*; *revision* is where it stands, with its reason."""

    at: str
    who: str
    what: str
    revision: int
    kind: str = ""


def steps_of(events: Iterable[Event]) -> Iterator[Step]:
    """The steps of a claim's life; the lines of a group that was withdrawn are one."""

    def one(event: Event) -> tuple[str, ...]:
        if event.kind in DECISIONS:
            return "decided", event.at, event.who
        if event.kind == Kind.NUMBERED:
            return event.kind, str(event.revision)
        mark = (
            (event.grade, event.assessor)
            if event.kind == Kind.REINSTATED
            else (event.old_grade, event.old_assessor)
        )
        return event.kind, event.at, event.who, event.unit, *mark

    listed = list(events)
    steps = (*STATES, *DECISIONS, Kind.WITHDRAWN_LINE, Kind.REINSTATED, Kind.NUMBERED, Kind.REOPENED)
    carried = [event for event in listed if event.kind in steps]
    for _, group in groupby(carried, key=one):
        first, *more = group
        if first.kind == Kind.WITHDRAWN:
            said = _whole([event for event in listed if event.revision < first.revision])
        elif first.kind == Kind.SAMPLED:
            said = _sampled(first, listed)
        elif first.kind in DECISIONS:
            said = _decided([first, *more])
        else:
            said = _step(first, 1 + len(more))
        yield Step(first.at, first.who, said, first.revision, first.kind)


def _whole(before: Sequence[Event]) -> str:
    """That the whole claim was withdrawn; where groups of it were withdrawn *before*, how much that was."""
    left, gone = len(lines_after(before)), sum(event.kind == Kind.WITHDRAWN_LINE for event in before)
    if not gone:
        return "Withdrawn, the whole claim"
    rest = f"the rest of the claim: {_lines(left)}" if left else "the claim, of which no line was left"
    return f"Withdrawn, {rest}; {_lines(gone)} had been withdrawn before, by group"


def _lines(number: int) -> str:
    return f"{number} {'line' if number == 1 else 'lines'}"


def _step(event: Event, lines: int) -> str:
    if event.kind == Kind.REINSTATED:
        group = f"{unit_label(event.unit)}, {event.assessor}, {event.grade}"
        return f"Withdrawal taken back: {group} ({_lines(lines)})"
    if event.kind == Kind.WITHDRAWN_LINE:
        group = f"{unit_label(event.unit)}, {event.old_assessor}, {event.old_grade}"
        return f"Withdrawn: {group} ({_lines(lines)})"
    said = facts(event)
    if event.kind == Kind.NUMBERED:
        return _numbered(said)
    more = {
        Kind.CREATED: "Started",
        Kind.SUBMITTED: f"Submitted, claim number {said.get('claim_number')}",
        Kind.REOPENED: f"Completion taken back (reference {said.get('reference_was')})",
        Kind.COMPLETED: f"Completed, reference {said.get('reference')}",
    }
    return more[Kind(event.kind)]


def _decided(events: Sequence[Event]) -> str:
    """``Decided: 4 lines agreed, 1 line changed``."""
    kinds = Counter(event.kind for event in events)
    words = ((Kind.AGREED, "agreed"), (Kind.REGRADED, "changed"), (Kind.UNDECIDED, "open again"))
    return "Decided: " + ", ".join(f"{_lines(kinds[kind])} {said}" for kind, said in words if kinds[kind])


def _sampled(event: Event, listed: Sequence[Event]) -> str:
    """How many lines the sample has now; a moderator may ask for more later, and what was mistyped is taken back."""
    first = int(facts(event).get("lines", 0))
    now = len(recorded(listed, Kind.IN_SAMPLE, Kind.NOT_IN_SAMPLE))
    return f"Sampled: {_lines(now)}" + (f" ({first} at first)" if now != first else "")


def _numbered(said: Mapping[str, str]) -> str:
    """``Claim number 123456 (was C000001), reference R1``."""
    told = [
        f"{words} {said[name]}" + (f" (was {was})" if (was := said.get(f"{name}_was")) else "")
        for name, words in (("claim_number", "claim number"), ("reference", "reference"))
        if name in said
    ]
    text = ", ".join([*told, *(["another address for results"] if "email_sha256" in said else [])])
    return text[:1].upper() + text[1:]
