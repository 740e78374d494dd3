"""Take clean workbooks into the open claims: one transaction for the whole merge, every change in the history."""

import pickle
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Any

from claimbatch.claims.copies import Said, kept
from claimbatch.claims.history import STATEMENTS, Event, Kind, detail, words_digest
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

    The *changes* are read anew whenever somebody goes through them; *counts* says how many of each kind there are.
    """

    changes: Sequence[tuple[str, Change]] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    unchanged: int = 0

    def count(self, kind: str) -> int:
        """How many changes were of this kind: added, changed or removed."""
        return self.counts.get(kind, 0)


def take(
    store: Store,
    brought: Iterable[Brought],
    people: Sequence[Assessor],
    *,
    who: str,
    dry_run: bool = False,
) -> Taken:
    """Merge what was *brought* into the open claims, one claim after the other, all in one transaction.

    *people* are new assessors. What is brought for one claim is held at a time. With *dry_run* all is done and undone,
    so that what is shown is what would happen.
    """
    with store.trial() if dry_run else store.writing() as writer:
        _refuse_namesakes(writer.add_assessors(people) if people else (), people)
        made = _Made()
        for one in brought:
            made.keep(*_take(writer, one, who))
        return made.taken()


@dataclass
class _Made:
    """The changes of a merge as they are made, put aside."""

    spool: Spool = field(default_factory=Spool)
    spans: list[tuple[str, Span]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    unchanged: int = 0

    def keep(self, key: str, changed: Sequence[Change], unchanged: int) -> None:
        """Put aside what was made of one claim."""
        self.unchanged += unchanged
        if changed:
            self.counts.update(change.kind for change in changed)
            rows = [(change.old, change.new, tuple(change.statement)) for change in changed]
            self.spans.append((key, self.spool.put(pickle.dumps(rows, pickle.HIGHEST_PROTOCOL))))

    def taken(self) -> Taken:
        """What was made of all."""

        def read() -> Iterator[tuple[str, Change]]:
            for key, span in self.spans:
                for old, new, said in pickle.loads(self.spool.get(span)):  # noqa: S301 - put there above
                    yield key, Change(old, new, Statement._make(said))

        return Taken(Stream(read), self.counts, self.unchanged)


def _take(writer: Writer, brought: Brought, who: str) -> tuple[str, list[Change], int]:
    """Take what was brought for one claim: the claim's key, its changes, and how many statements changed nothing."""
    centre, entry_code, said = brought.centre_number, brought.entry_code, brought.statements
    made: list[Change] = []
    key, since, unchanged = "", 0, 0
    if said:
        key = writer.open_claim(centre, entry_code, who)
        since = writer.record(key, [])
        ours = writer.lines(key)
        _refuse_moved(key, ours, said)
        made, unchanged = changes(ours, said)
        writer.record(key, [_event(change, who) for change in made])
    copies = _copies(writer, {key}, brought.receipts)
    asked: list[tuple[str, Event, Asked]] = []
    for receipt in sorted(brought.receipts, key=lambda receipt: receipt.workbook):
        known = _receive(writer, receipt, key, since, who, copies=copies.get(receipt.template_id, {}))
        asked += [(known, _source(receipt, who), query) for query in receipt.queries]
    for known, source, query in asked:  # after all workbooks of the run: none of them settles another's
        _ask(writer, known, source, query)
    return key, made, unchanged


def _copies(
    writer: Writer, keys: Iterable[str], receipts: Iterable[Receipt]
) -> dict[str, dict[str, set[tuple[str, str]]]]:
    """What earlier copies of the workbooks said that asked something: by template and SHA-256 the lines."""
    new = {receipt.sha256 for receipt in receipts}
    opened = (writer.opened(receipt.centre_number, receipt.entry_code) for receipt in receipts)
    found: dict[str, dict[str, set[tuple[str, str]]]] = {}
    asking: set[str] = set()
    for key in sorted({*keys, *opened} - {""}):
        for event in writer.history(key):
            if event.kind in STATEMENTS and event.template_id and event.sha256 not in new:
                said = found.setdefault(event.template_id, {}).setdefault(event.sha256, set())
                said.add((event.candidate, event.unit))
            elif event.kind == Kind.QUERY:
                asking.add(event.sha256)
    return {
        template_id: {sha256: said for sha256, said in copies.items() if sha256 in asking}
        for template_id, copies in found.items()
    }


def _refuse_namesakes(stored: Iterable[Assessor], people: Iterable[Assessor]) -> None:
    """Checking has held back initials that are somebody else's; another run may have given them away in between."""
    names = {(who.centre_number, who.initials.casefold()): squeeze(who.name) for who in stored}
    for who in people:
        if who.name and names[who.centre_number, who.initials.casefold()] != squeeze(who.name):
            raise _moved()


def _receive(
    writer: Writer,
    receipt: Receipt,
    key: str,
    since: int,
    who: str,
    *,
    copies: Mapping[str, Collection[tuple[str, str]]],
) -> str:
    """Keep that a workbook was taken; the claim it was taken into, which is started now for a query alone.

    *since* is the claim's revision before the run. Where the workbook still says something of every line of an earlier
    one of its *copies*, it follows that one, under whatever name, and what that one asked is no longer asked.
    """
    centre, entry_code = receipt.centre_number, receipt.entry_code
    key = key or (
        writer.open_claim(centre, entry_code, who) if receipt.queries else writer.opened(centre, entry_code)
    )
    if key and key != writer.claim_of(receipt.template_id):
        raise _moved()
    if receipt.whole:
        writer.receive(
            receipt.sha256,
            centre_number=centre,
            entry_code=entry_code,
            workbook=_name(receipt.workbook),
            claim_key=writer.claim_of(receipt.template_id),
            outcome="taken",
        )
    if key:
        follows = sorted(sha256 for sha256, said in copies.items() if receipt.filled.issuperset(said))
        more: dict[str, Any] = {"follows": follows} if follows else {}
        more |= {"since": since or writer.record(key, []), "said": kept(receipt.said)}
        writer.record(key, [replace(_source(receipt, who), detail=detail(whole=receipt.whole, **more))])
    return key


def _source(receipt: Receipt, who: str) -> Event:
    """The event that says that a workbook was taken; what it asks is told with the same facts."""
    return Event(
        Kind.RECEIVED,
        who=who,
        workbook=_name(receipt.workbook),
        sha256=receipt.sha256,
        template_id=receipt.template_id,
    )


def _ask(writer: Writer, key: str, source: Event, asked: Asked) -> None:
    """Keep a query, and its answer where the workbook gives one."""
    place = replace(source, candidate=asked.candidate, unit=asked.unit, sheet=asked.sheet, cell=asked.cell)
    asked_at = writer.record(key, [replace(place, kind=Kind.QUERY, detail=detail(rule=asked.rule))])
    if asked.explanation:
        words = detail(query=asked_at, sha256=words_digest(asked.explanation))
        answered = writer.record(key, [replace(place, kind=Kind.ANSWERED, detail=words)])
        writer.explain(key, answered, asked.explanation)


def _refuse_moved(
    key: str, ours: Mapping[tuple[str, str], tuple[str, str]], said: Iterable[Statement]
) -> None:
    """Checking has held back all that does not fit the claim; what is here came in between, from another run.

    That run may have changed the claim, or submitted it, so that another one is open now.
    """
    for statement in said:
        stands = ours.get(statement.target, UNCLAIMED)
        if statement.claim_key != key or stands not in (statement.base, statement.mark):
            raise _moved()


def _moved() -> ClaimbatchError:
    return ClaimbatchError(
        "Another run changed the claim while these workbooks were being checked; nothing was taken.",
        "Run the command again.",
        Exit.LOCKED,
    )


def _event(change: Change, who: str) -> Event:
    said = change.statement
    return Event(
        change.kind,
        who=who,
        candidate=said.candidate,
        unit=said.unit,
        old_grade=change.old[0],
        old_assessor=change.old[1],
        grade=change.new[0],
        assessor=change.new[1],
        workbook=_name(said.workbook),
        sha256=said.sha256,
        sheet=said.sheet,
        cell=said.cell,
        template_id=said.template_id,
    )


def _name(workbook: str) -> str:
    """A workbook as the history names it: where it lay, on whose computer, is nobody's business later."""
    return PurePath(workbook).name
