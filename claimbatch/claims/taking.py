"""Take clean workbooks into the open claims: one transaction for the whole merge, every change in the history."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from claimbatch.claims.history import Event, Kind, detail, words_digest
from claimbatch.claims.merge import UNCLAIMED, Change, Statement, changes
from claimbatch.claims.register import Assessor
from claimbatch.claims.store import Store, Writer
from claimbatch.errors import ClaimbatchError, Exit


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
    """A workbook that was taken. One that was taken *whole* will not be taken again."""

    sha256: str
    workbook: str
    centre_number: str
    entry_code: str
    template_id: str
    whole: bool = True
    queries: tuple[Asked, ...] = ()


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
        writer.add_assessors(people)
        return _take_all(writer, statements, receipts, who)


def _take_all(
    writer: Writer, statements: Iterable[Statement], receipts: Sequence[Receipt], who: str
) -> Taken:
    made: list[tuple[str, Change]] = []
    unchanged = 0
    keys: dict[tuple[str, str], str] = {}
    ordered = sorted(statements, key=_claim_of)
    for (centre, entry_code), group in groupby(ordered, key=_claim_of):
        key = keys[centre, entry_code] = writer.open_claim(centre, entry_code, who)
        said = list(group)
        ours = writer.lines(key)
        _refuse_moved(key, ours, said)
        new, same = changes(ours, said)
        unchanged += same
        writer.record(key, [_event(change, who) for change in new])
        made += [(key, change) for change in new]
    for receipt in sorted(receipts, key=lambda receipt: receipt.workbook):
        _receive(writer, receipt, keys.get((receipt.centre_number, receipt.entry_code), ""), who)
    return Taken(tuple(made), unchanged)


def _receive(writer: Writer, receipt: Receipt, key: str, who: str) -> None:
    """Keep that a workbook was taken, and the queries it came with, answered or not."""
    centre, entry_code = receipt.centre_number, receipt.entry_code
    key = key or (
        writer.open_claim(centre, entry_code, who) if receipt.queries else writer.opened(centre, entry_code)
    )
    if receipt.whole:
        writer.receive(
            receipt.sha256,
            centre_number=centre,
            entry_code=entry_code,
            workbook=receipt.workbook,
            claim_key=key,
            outcome="taken",
        )
    if not key:
        return
    source = Event(
        Kind.RECEIVED,
        who=who,
        workbook=receipt.workbook,
        sha256=receipt.sha256,
        template_id=receipt.template_id,
    )
    writer.record(key, [replace(source, detail=detail(whole=receipt.whole))])
    for asked in receipt.queries:
        _ask(writer, key, source, asked)


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
            raise ClaimbatchError(
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
        workbook=said.workbook,
        sha256=said.sha256,
        sheet=said.sheet,
        cell=said.cell,
        template_id=said.template_id,
    )
