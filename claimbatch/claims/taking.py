"""Take clean workbooks into the open claims: one transaction for the whole merge, every change in the history."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import PurePath
from typing import Any

from claimbatch.claims.copies import Said, kept
from claimbatch.claims.history import STATEMENTS, Event, Kind, detail, words_digest
from claimbatch.claims.merge import UNCLAIMED, Change, Statement, changes
from claimbatch.claims.register import Assessor
from claimbatch.claims.store import Store, Writer
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.names import squeeze


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
class Taken:
    """What a merge did: each change with the key of its claim, and how many statements changed nothing."""

    changes: tuple[tuple[str, Change], ...]
    unchanged: int

    def count(self, kind: str) -> int:
        """How many changes were of this kind: added, changed or removed."""
        return sum(change.kind == kind for _, change in self.changes)


def take(
    store: Store,
    statements: Iterable[Statement],
    people: Sequence[Assessor],
    receipts: Sequence[Receipt],
    *,
    who: str,
    dry_run: bool = False,
) -> Taken:
    """Merge clean *statements* into the open claim of their centre and qualification.

    *people* are new assessors, *receipts* the workbooks taken, with their queries. With *dry_run* all is done
    and undone, so that what is shown is what would happen.
    """
    with store.trial() if dry_run else store.writing() as writer:
        _refuse_namesakes(writer.add_assessors(people), people)
        return _take_all(writer, statements, receipts, who)


def _take_all(
    writer: Writer, statements: Iterable[Statement], receipts: Sequence[Receipt], who: str
) -> Taken:
    made: list[tuple[str, Change]] = []
    unchanged = 0
    keys: dict[tuple[str, str], tuple[str, int]] = {}  # each claim, and its revision before
    ordered = sorted(statements, key=_claim_of)
    for (centre, entry_code), group in groupby(ordered, key=_claim_of):
        key = writer.open_claim(centre, entry_code, who)
        keys[centre, entry_code] = key, writer.record(key, [])
        said = list(group)
        ours = writer.lines(key)
        _refuse_moved(key, ours, said)
        new, same = changes(ours, said)
        unchanged += same
        writer.record(key, [_event(change, who) for change in new])
        made += [(key, change) for change in new]
    copies = _copies(writer, {key for key, _ in keys.values()}, receipts)
    asked: list[tuple[str, Event, Asked]] = []
    for receipt in sorted(receipts, key=lambda receipt: receipt.workbook):
        known = keys.get((receipt.centre_number, receipt.entry_code), ("", 0))
        key = _receive(writer, receipt, *known, who, copies=copies.get(receipt.template_id, {}))
        asked += [(key, _source(receipt, who), query) for query in receipt.queries]
    for key, source, query in asked:  # after all workbooks of the run: none of them settles another's
        _ask(writer, key, source, query)
    return Taken(tuple(made), unchanged)


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


def _claim_of(statement: Statement) -> tuple[str, str]:
    return statement.centre_number, statement.entry_code


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
