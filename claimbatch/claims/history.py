"""The history of a claim: a chain of events in which nothing can be altered unnoticed.

Every event carries the hash of the one before, and the first one that of the claim's key. Whoever changes,
drops or inserts a row breaks the chain there; only a cut tail leaves it whole, which is why the last hash
(the *head*) is printed on every report. No name and no date of birth stands in an event: the register holds
those, so they can be purged without touching the chain.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from json.encoder import encode_basestring
from operator import itemgetter
from typing import Any, NamedTuple

from claimbatch.claims.claim import Status


class Kind(StrEnum):
    """What can happen to a claim."""

    CREATED = "created"
    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    RECEIVED = "received"  # a workbook was taken
    QUERY = "query"
    ANSWERED = "answered"
    DECLARED = "declared"
    UNDECLARED = "undeclared"
    SUBMITTED = "submitted"
    SAMPLED = "sampled"
    IN_SAMPLE = "in-sample"
    NOT_IN_SAMPLE = "not-in-sample"  # the record of it is taken back
    AGREED = "agreed"  # the moderator agrees a line as it was claimed
    REGRADED = "regraded"  # the moderator agrees another grade for it
    UNDECIDED = "undecided"  # the record of a decision is taken back
    WITHDRAWN_LINE = "withdrawn"
    REINSTATED = "reinstated"  # the record of its withdrawal is taken back
    WITHDRAWN = "withdrawn-whole"
    COMPLETED = "completed"
    REOPENED = "reopened"  # the record of completion is taken back; the status from before stands with it
    NUMBERED = "numbered"  # claim number, reference or address for results, known since or corrected
    PURGED = "purged"  # a candidate's name and date of birth were removed from the register


# Those that say what grade a candidate has in a unit (an empty one: none any more).
STATEMENTS = (Kind.ADDED, Kind.CHANGED, Kind.REMOVED, Kind.WITHDRAWN_LINE, Kind.REINSTATED)
# Those that say what a moderator decided of a line; its claimed grade stays what it was.
DECISIONS = (Kind.AGREED, Kind.REGRADED, Kind.UNDECIDED)
# Those that a claim takes only until it is submitted.
EDITS = (
    Kind.ADDED, Kind.CHANGED, Kind.REMOVED, Kind.RECEIVED, Kind.QUERY, Kind.ANSWERED, Kind.DECLARED, Kind.UNDECLARED,
)  # fmt: skip
# Those that carry it on to another state.
STATES: Mapping[str, Status] = {
    Kind.CREATED: Status.NOT_SUBMITTED,
    Kind.SUBMITTED: Status.SUBMITTED,
    Kind.SAMPLED: Status.SAMPLED,
    Kind.COMPLETED: Status.COMPLETED,
    Kind.WITHDRAWN: Status.WITHDRAWN,
}
ENDS = (Kind.COMPLETED, Kind.WITHDRAWN)


class Event(NamedTuple):
    """One thing that happened to a claim: who said what, when, and in which cell of which file.

    *unit* is text as in :class:`~claimbatch.claims.claim.Line`, *sha256* that of the
    workbook's bytes, *detail* JSON text. The last four fields are filled in when the event is recorded.
    """

    kind: str
    who: str = ""
    candidate: str = ""
    unit: str = ""
    old_grade: str = ""
    old_assessor: str = ""
    grade: str = ""
    assessor: str = ""
    workbook: str = ""
    sha256: str = ""
    sheet: str = ""
    cell: str = ""
    template_id: str = ""
    detail: str = ""
    at: str = ""
    revision: int = 0
    previous: str = ""
    hash: str = ""


FIELDS = Event._fields
_SEALED = sorted(name for name in FIELDS if name != "hash")
_NUMBER = _SEALED.index("revision")
_BEFORE = itemgetter(*map(FIELDS.index, _SEALED[:_NUMBER]))
_AFTER = itemgetter(*map(FIELDS.index, _SEALED[_NUMBER + 1 :]))
_CANONICAL = ",".join(f'"{name}":%s' for name in _SEALED)
_REVISION = FIELDS.index("revision")
_TOLD = FIELDS.index(
    "at"
)  # what is told of an event comes before, what is filled in when it is recorded after


def facts(event: Event) -> Mapping[str, Any]:
    """The further facts of an event."""
    found: Mapping[str, Any] = json.loads(event.detail) if event.detail else {}
    return found


def detail(**found: object) -> str:
    """Further facts as they are kept with an event: JSON with sorted keys."""
    return json.dumps(found, ensure_ascii=False, sort_keys=True)


def words_digest(words: str) -> str:
    """The SHA-256 of what somebody said in words of their own, which may name people.

    The history keeps this alone; the words stand beside it, so that they can be removed with the other personal data.
    """
    return hashlib.sha256(words.encode()).hexdigest()


def lines_after(events: Iterable[Event]) -> dict[tuple[str, str], tuple[str, str]]:
    """The lines of a claim after *events*: grade and initials by candidate and unit, the last word on each."""
    return {target: (e.grade, e.assessor) for target, e in last_said(events).items() if e.grade}


def last_said(events: Iterable[Event]) -> dict[tuple[str, str], Event]:
    """The last statement among *events* on each line, by candidate and unit."""
    return {(e.candidate, e.unit): e for e in events if e.kind in STATEMENTS}


def recorded(events: Iterable[Event], record: Kind, take_back: Kind) -> set[tuple[str, str]]:
    """The candidates (and units) that were recorded and not taken back since."""
    found: set[tuple[str, str]] = set()
    for event in events:
        if event.kind == record:
            found.add((event.candidate, event.unit))
        elif event.kind == take_back:
            found.discard((event.candidate, event.unit))
    return found


def in_force(history: Sequence[Event]) -> list[Event]:
    """What of a claim's *history* no restore has taken back, first things first.

    The statements by which a restore set lines back are left out with what they undo: after it the claim stands as
    after the revision it went back to. Those are all it needs beside the events that are asked for.
    """
    kept: list[Event] = []
    last: int | None = None
    for event in reversed(history):
        if last is not None and event.revision > last:
            continue
        restored_to = facts(event).get("restored_to") if event.kind in STATEMENTS else None
        if restored_to is None:
            kept.append(event)
        else:
            last = restored_to
    return kept[::-1]


def start(key: str) -> str:
    """What the first event of the claim *key* carries as the hash before it."""
    return hashlib.sha256(key.encode("utf-8")).hexdigest()


def digest(event: tuple[Any, ...]) -> str:
    """The SHA-256 of the event's values, its own hash aside, as canonical JSON: sorted keys, no spaces, UTF-8.

    Put together here rather than by :mod:`json`, because a night has millions of them.
    """
    before, after = map(encode_basestring, _BEFORE(event)), map(encode_basestring, _AFTER(event))
    return hashlib.sha256(f"{{{_CANONICAL % (*before, event[_REVISION], *after)}}}".encode()).hexdigest()


def chained(events: Iterable[Event], *, head: str, revision: int, at: str) -> list[Event]:
    """*events* stamped *at*, numbered on from *revision* and chained to *head*, the last hash so far."""
    chain: list[Event] = []
    for number, event in enumerate(events, revision + 1):
        sealed = (*event[:_TOLD], at, number, head)
        head = digest(sealed)
        chain.append(Event._make((*sealed, head)))
    return chain


def verify(key: str, events: Iterable[Event]) -> int | None:
    """The first revision at which the history of the claim *key* is broken, or None where it is whole."""
    head = start(key)
    for number, event in enumerate(events, 1):
        if not follows(event, number, head):
            return number
        head = event.hash
    return None


def follows(event: Event, number: int, head: str) -> bool:
    """Whether *event* is the one with this *number*, chained to the hash *head* before it, and as it was recorded."""
    return event.revision == number and event.previous == head and event.hash == digest(event)
