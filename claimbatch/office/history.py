"""All that happened to a claim, and the proof that nothing of it was altered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from claimbatch.claims.history import Event, Kind, facts, words_digest
from claimbatch.claims.proof import Proof, examine
from claimbatch.claims.standing import query_numbers
from claimbatch.claims.store import Store

_FOR_LATER = ("said", "since", "follows")  # what a receipt keeps for the next copy of its workbook


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a claim's history; *note* has its further facts and what somebody said, in words."""

    event: Event
    note: str


class Verified(NamedTuple):
    """The *proof* of a claim's record, and in sentences what is wrong with it (*faults*)."""

    proof: Proof
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Latest:
    """Some *entries* of a history, last things first, and how many there are in *total*."""

    entries: tuple[Entry, ...]
    total: int


def history_of(store: Store, key: str) -> list[Entry]:
    """The history of the claim *key*, first things first."""
    events = store.history(key)
    return _entries(store, key, events, query_numbers(events))


def latest(store: Store, key: str, candidate: str = "", *, skip: int = 0, most: int = 100) -> Latest:
    """The last *most* entries of the history of the claim *key*, last things first, after those to *skip*.

    With a *candidate*, only those that name them. The rest of the history is not read.
    """
    events, total, queries = store.latest(key, candidate, skip=skip, most=most)
    return Latest(tuple(_entries(store, key, events, query_numbers(queries))), total)


def _entries(store: Store, key: str, events: Iterable[Event], numbers: Mapping[int, int]) -> list[Entry]:
    listed, words, address = list(events), store.explanations(key), store.results_email(key)
    if address:
        words |= {event.revision: f"results go to {address}" for event in listed if _sends_to(event, address)}
    return [Entry(event, _note(event, numbers, words.get(event.revision, ""))) for event in listed]


def _sends_to(event: Event, address: str) -> bool:
    """Whether an event says that results go to *address*; a submission from before that was kept says nothing else."""
    said = facts(event).get("email_sha256", "")
    return said == words_digest(address) or (event.kind == Kind.SUBMITTED and not said)


def verify_history(store: Store, key: str, head: str = "") -> Verified:
    """Examine the record of the claim *key*; *head* is a hash that was printed earlier, or its beginning."""
    proof = examine(store, key, head)
    found = (
        (bool(proof.broken), f"the history is broken at entry {proof.broken}."),
        (
            not proof.state,
            "its status, numbers or submission are not what its history says; the history's end may be gone.",
        ),
        (not proof.lines, "the grades that commands show are not those of its history."),
        (not proof.frozen, "the grades before its submission are not those that were frozen."),
        (not proof.words, "the words of an answer or a reason are not those that were given."),
        (not proof.printed, "the hash given with --head is not in its history."),
    )
    return Verified(proof, tuple(sentence for wrong, sentence in found if wrong))


def _note(event: Event, queries: Mapping[int, int], words: str) -> str:
    """The further facts in words: ``claim number C000001``; what somebody said; hashes are left to the proof."""
    told = {
        name.replace("_", " "): value
        for name, value in facts(event).items()
        if "sha256" not in name and name not in _FOR_LATER
    }
    if told.pop("whole", True) is False:
        told["taken"] = "in part"
    if event.revision in queries:
        told = {"query": queries[event.revision], **told}
    elif "query" in told:
        told["query"] = queries[int(told["query"])]
    return ": ".join(filter(None, (", ".join(f"{name} {value}" for name, value in told.items()), words)))
