"""Take clean workbooks into the open claims: one transaction for the whole merge, every change in the history."""

import pickle
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import PurePath
from typing import Any

from claimbatch.a1 import a1
from claimbatch.claims.copies import Said, Target, kept
from claimbatch.claims.history import Event, Kind, detail, words_digest
from claimbatch.claims.merge import UNCLAIMED, Change, Statement, changes
from claimbatch.claims.register import Assessor
from claimbatch.claims.store import Store, Writer
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.names import squeeze
from claimbatch.spool import Span, Spool, Stream


@dataclass(frozen=True, slots=True)
class Asked:
    """A query that came with a workbook, and its answer from the sheet *Notes*, if it has one."""

    rule: str
    candidate: str
    unit: str
    sheet: str
    cell: str
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A workbook that was taken, and what it *said*. One that was taken *whole* will not be taken again.

    *filled* are the lines of which it says anything, by candidate and unit.
    """

    sha256: str
    workbook: str
    centre_number: str
    entry_code: str
    template_id: str
    whole: bool = True
    queries: tuple[Asked, ...] = ()
    said: Said = field(default_factory=dict)
    filled: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Brought:
    """What workbooks brought for one claim: clean *statements*, and the *receipts* of those that are taken."""

    centre_number: str
    entry_code: str
    statements: Sequence[Statement] = ()
    receipts: Sequence[Receipt] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """What a merge did: each change with the key of its claim, and how many statements changed nothing.

    The *changes* are read anew whenever somebody goes through them; *counts* says how many of each kind there are in
    each claim that was changed.
    """

    changes: Sequence[tuple[str, Change]] = ()
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    unchanged: int = 0

    def count(self, kind: str) -> int:
        """How many changes were of this kind: added, changed or removed."""
        return sum(counted.get(kind, 0) for counted in self.counts.values())


def take(
    store: Store,
    brought: Iterable[Brought],
    people: Sequence[Assessor],
    *,
    who: str,
    dry_run: bool = False,
) -> Taken:
    """Merge what was *brought* into the open claims, one claim after the other, all in one transaction.

    *people* are new assessors. What is brought for one claim is held at a time, and gone through again where the
    transaction has to be done anew. With *dry_run* all is done and undone,
    so that what is shown is what would happen.
    """

    def work(writer: Writer) -> Taken:
        _refuse_namesakes(writer.add_assessors(people) if people else (), people)
        made = _Made()
        for one in brought:
            made.keep(*_take(writer, one, who))
        return made.taken()

    return store.write(work, dry_run=dry_run)


@dataclass
class _Made:
    """The changes of a merge as they are made, put aside."""

    spool: Spool = field(default_factory=Spool)
    spans: dict[str, Span] = field(default_factory=dict)
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    unchanged: int = 0

    def keep(self, key: str, changed: Sequence[Change], unchanged: int) -> None:
        """Put aside what was made of one claim."""
        self.unchanged += unchanged
        if changed:
            self.counts[key] = Counter(change.kind for change in changed)
            rows = [(change.old, change.new, tuple(change.statement)) for change in changed]
            self.spans[key] = self.spool.put(pickle.dumps(rows, pickle.HIGHEST_PROTOCOL))

    def taken(self) -> Taken:
        """What was made of all."""

        def read() -> Iterator[tuple[str, Change]]:
            for key, span in self.spans.items():
                for old, new, said in pickle.loads(self.spool.get(span)):  # noqa: S301 - put there above
                    yield key, Change(old, new, Statement._make(said))

        return Taken(Stream(read), self.counts, self.unchanged)


def _take(writer: Writer, brought: Brought, who: str) -> tuple[str, list[Change], int]:
    """Take what was brought for one claim: the claim's key, its changes, and how many statements changed nothing.

    The claim is started now for statements, or for a query alone.
    """
    centre, entry_code, said = brought.centre_number, brought.entry_code, brought.statements
    receipts = sorted(brought.receipts, key=lambda receipt: receipt.workbook)
    if said or any(receipt.queries for receipt in receipts):
        key = writer.open_claim(centre, entry_code, who)
    else:
        key = writer.opened(centre, entry_code)
    issued = writer.claims_of({receipt.template_id for receipt in receipts})
    if key and any(issued.get(receipt.template_id) != key for receipt in receipts):
        raise _moved()
    if writer.received(receipt.sha256 for receipt in receipts):
        raise _moved()  # by another run, of the same workbook: it would be taken, and ask what it asks, twice
    ours = writer.lines(key) if said else {}
    _refuse_moved(key, ours, said)
    made, unchanged = changes(ours, said)
    writer.receive(
        (receipt.sha256, centre, entry_code, _name(receipt.workbook), issued.get(receipt.template_id, ""))
        for receipt in receipts
        if receipt.whole
    )
    if key:
        since = writer.revision(key)
        events = [_event(change, who) for change in made]
        events += _received(
            receipts, who, since, writer.asking(key, {receipt.sha256 for receipt in receipts})
        )
        words = dict(_ask(events, since, receipts, who))
        writer.record(key, events)
        writer.explain(key, words)
    return key, made, unchanged


def _received(
    receipts: Iterable[Receipt], who: str, since: int, copies: Mapping[str, Mapping[str, Collection[Target]]]
) -> Iterator[Event]:
    """That workbooks were taken, with what they said; *since* is the claim's revision before the run.

    *copies* are the earlier copies that asked something, by template and SHA-256, each with the lines of which it said
    anything. Where a workbook still says something of every one of these, it follows that copy, under whatever name,
    and what that one asked is no longer asked.
    """
    for receipt in receipts:
        earlier = copies.get(receipt.template_id, {})
        follows = sorted(sha256 for sha256, said in earlier.items() if receipt.filled.issuperset(said))
        more: dict[str, Any] = {"follows": follows} if follows else {}
        more |= {"since": since, "said": kept(receipt.said)}
        yield _source(receipt, who)._replace(detail=detail(whole=receipt.whole, **more))


def _ask(events: list[Event], since: int, receipts: Iterable[Receipt], who: str) -> Iterator[tuple[int, str]]:
    """Add queries and their answers to the *events* that follow revision *since*; the words by their revision.

    After all workbooks of the run: none of them settles another's.
    """
    for receipt, asked in ((taken, asked) for taken in receipts for asked in taken.queries):
        place = _source(receipt, who)._replace(
            candidate=asked.candidate, unit=asked.unit, sheet=asked.sheet, cell=asked.cell
        )
        events.append(place._replace(kind=Kind.QUERY, detail=detail(rule=asked.rule)))
        if asked.explanation:
            words = detail(query=since + len(events), sha256=words_digest(asked.explanation))
            events.append(place._replace(kind=Kind.ANSWERED, detail=words))
            yield since + len(events), asked.explanation


def _source(receipt: Receipt, who: str) -> Event:
    """The event that says that a workbook was taken; what it asks is told with the same facts."""
    return Event(
        Kind.RECEIVED,
        who=who,
        workbook=_name(receipt.workbook),
        sha256=receipt.sha256,
        template_id=receipt.template_id,
    )


def _refuse_namesakes(stored: Iterable[Assessor], people: Iterable[Assessor]) -> None:
    """Checking has held back initials that are somebody else's; another run may have given them away in between."""
    names = {(who.centre_number, who.initials.casefold()): squeeze(who.name) for who in stored}
    for who in people:
        if who.name and names[who.centre_number, who.initials.casefold()] != squeeze(who.name):
            raise _moved()


def _refuse_moved(
    key: str, ours: Mapping[tuple[str, str], tuple[str, str]], said: Iterable[Statement]
) -> None:
    """Checking has held back all that does not fit the claim; what is here came in between, from another run.

    That run may have changed the claim, or submitted it, so that another one is open now.
    """
    for s in said:
        stands = ours.get((s.candidate, s.unit), UNCLAIMED)
        if s.claim_key != key or (stands != s.base and stands != s.mark):  # noqa: PLR1714 - the quicker way
            raise _moved()


def _moved() -> ClaimbatchError:
    return ClaimbatchError(
        "Another run changed the claim while these workbooks were being checked; nothing was taken.",
        "Run the command again.",
        Exit.LOCKED,
    )


def _event(change: Change, who: str) -> Event:
    _, _, _, candidate, unit, _, _, workbook, sha256, sheet, row, column, template_id = change.statement
    cell = a1(row, column)
    return Event(
        change.kind, who, candidate, unit, *change.old, *change.new, _name(workbook), sha256, sheet, cell, template_id
    )  # fmt: skip


@lru_cache(maxsize=1024)
def _name(workbook: str) -> str:
    """A workbook as the history names it: where it lay, on whose computer, is nobody's business later."""
    return PurePath(workbook).name
