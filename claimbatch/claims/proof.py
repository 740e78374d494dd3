"""The proof that a claim's record was not altered: its chain, its state, the grades as they were frozen, the answers.

The chain shows every change but one: a tail cut off leaves it whole. The claim's own state then no longer fits, or
else the hash does not that an earlier report or listing printed.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from claimbatch.claims.history import STATES, Event, Kind, facts, lines_after, verify, words_digest
from claimbatch.claims.merge import Mark
from claimbatch.claims.store import Store


@dataclass(frozen=True, slots=True)
class Proof:
    """What the examination of a claim's record found.

    *broken* is the first revision at which the chain does not hold (0: none). *state*: the claim's qualification,
    status, numbers and submission are what its history says; *lines*: so are its grades, as every command shows them;
    *frozen*: and those that were submitted; *words*: those of answers and reasons, where they are still kept, are
    those that were given; *printed*: the printed hash stands in the history.
    """

    revisions: int
    head: str
    broken: int = 0
    state: bool = True
    lines: bool = True
    frozen: bool = True
    words: bool = True
    printed: bool = True

    @property
    def is_whole(self) -> bool:
        """Whether nothing was altered."""
        parts = (self.state, self.lines, self.frozen, self.words, self.printed)
        return not self.broken and all(parts)


def examine(store: Store, key: str, printed: str = "") -> Proof:
    """Examine the record of the claim *key*; *printed* is a hash (or its beginning) from an earlier print, if given."""
    row, events, words, lines = store.record(key)
    return Proof(
        revisions=len(events),
        head=events[-1].hash if events else "",
        broken=verify(key, events) or 0,
        state=all(row[name] == value for name, value in _told(key, events).items()) and _is_sent(row, events),
        lines=lines == lines_after(events),
        frozen=all(_is_frozen(event, events) for event in events if event.kind == Kind.SUBMITTED),
        words=all(_is_said(event, words[event.revision]) for event in events if event.revision in words),
        printed=any(event.hash.startswith(printed.casefold()) for event in events),
    )


def lines_digest(lines: Mapping[tuple[str, str], Mark]) -> str:
    """The SHA-256 of a claim's lines: canonical JSON of candidate, unit, grade and initials, in order."""
    rows = sorted([*target, *mark] for target, mark in lines.items())
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()


def _told(key: str, events: Iterable[Event]) -> dict[str, str]:
    """What the claim's own columns must say: its key tells the qualification, its history the rest."""
    centre, entry_code, _ = key.split("-")
    told = dict.fromkeys(("status", "claim_number", "submitted_sha256", "submitted_by", "reference"), "")
    told |= {"centre_number": centre, "entry_code": entry_code}
    for event in events:
        if event.kind in STATES:
            told["status"] = STATES[event.kind].value
        if event.kind == Kind.SUBMITTED:
            told["claim_number"] = _fact(event, "claim_number")
            told["submitted_sha256"] = _fact(event, "lines_sha256")
            told["submitted_by"] = event.who
        elif event.kind == Kind.COMPLETED:
            told["reference"] = _fact(event, "reference")
        elif event.kind == Kind.REOPENED:
            told |= {"status": _fact(event, "status"), "reference": ""}
        elif event.kind == Kind.NUMBERED:
            told |= {name: _fact(event, name) for name in ("claim_number", "reference") if _fact(event, name)}
    return told


def _is_sent(row: Mapping[str, Any], events: Iterable[Event]) -> bool:
    """Whether results go where they were to go; claims submitted before that was kept have no say."""
    digests = [
        _fact(event, "email_sha256") for event in events if event.kind in (Kind.SUBMITTED, Kind.NUMBERED)
    ]
    return all(digest == words_digest(row["results_email"]) for digest in list(filter(None, digests))[-1:])


def _is_frozen(submitted: Event, events: Iterable[Event]) -> bool:
    before = (event for event in events if event.revision < submitted.revision)
    return _fact(submitted, "lines_sha256") == lines_digest(lines_after(before))


def _is_said(event: Event, words: str) -> bool:
    """Whether the words kept beside an event are those that were given."""
    return _fact(event, "sha256") == words_digest(words)


def _fact(event: Event, name: str) -> str:
    """A further fact of an event; empty where somebody has spoilt it."""
    try:
        return str(facts(event).get(name, ""))
    except (ValueError, AttributeError):
        return ""
