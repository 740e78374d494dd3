"""What a night changed, read from the history: the same whether the run that took it came to its end or was killed."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from claimbatch.a1 import address
from claimbatch.claims.history import Event, Kind
from claimbatch.claims.merge import Change, Statement
from claimbatch.claims.store import Store
from claimbatch.night.account import ClaimChanged, Fate, File
from claimbatch.night.plan import Plan

_STATED = (Kind.ADDED, Kind.CHANGED, Kind.REMOVED)


def is_taken(store: Store, plan: Plan) -> bool:
    """Whether all that *plan* takes has been taken; by its run or, after that was killed, by hand.

    A part is not enough: somebody may have merged one of its workbooks since, and of the others nothing is taken.
    """
    if not store.received(plan.whole).issuperset(plan.whole):
        return False
    if not plan.part:
        return True
    heads = store.heads()
    events = (e for key, since in plan.since.items() if key in heads for e in _after(store, key, since))
    return {e.sha256 for e in events if e.kind == Kind.RECEIVED}.issuperset(plan.part)


def changes_of(store: Store, plan: Plan) -> Iterator[tuple[str, Change]]:
    """The lines that the workbooks of *plan* changed, each with the key of its claim."""
    heads, of = store.heads(), {*plan.whole, *plan.part}
    names = {item.file.sha256: item.file.name for item in reversed(plan.items)}
    for key, since in plan.since.items():
        if heads.get(key, (0, ""))[0] > since:
            for event in _after(store, key, since):
                if event.kind in _STATED and event.sha256 in of:
                    yield key, _change(key, event._replace(workbook=names[event.sha256]))


def _after(store: Store, key: str, since: int) -> Iterator[Event]:
    return (event for event in store.history(key) if event.revision > since)


def _change(key: str, event: Event) -> Change:
    centre, entry_code, _ = key.split("-")
    old, new = (event.old_grade, event.old_assessor), (event.grade, event.assessor)
    statement = Statement(
        centre, entry_code, key, event.candidate, event.unit, new, old,
        event.workbook, event.sha256, event.sheet, *address(event.cell), event.template_id,
    )  # fmt: skip
    return Change(old, new, statement)


def counted(changes: Iterable[tuple[str, Change]]) -> tuple[dict[str, Counter[str]], dict[str, Counter[str]]]:
    """How many of the *changes* are of each kind: by claim, and by the SHA-256 of the workbook."""
    claims: dict[str, Counter[str]] = {}
    books: dict[str, Counter[str]] = {}
    for key, change in changes:
        claims.setdefault(key, Counter())[change.kind] += 1
        books.setdefault(change.statement.sha256, Counter())[change.kind] += 1
    return claims, books


def claim_changed(key: str, count: Mapping[str, int] = MappingProxyType({})) -> ClaimChanged:
    """The claim *key* with how many of its lines changed, of each kind; how it stands now is looked up by others."""
    centre, entry_code, _ = key.split("-")
    added, changed, removed = (count.get(kind, 0) for kind in ("added", "changed", "removed"))
    return ClaimChanged(key, centre, entry_code, "", "", added, changed, removed)


def with_counts(file: File, books: Mapping[str, Counter[str]]) -> File:
    """The *file* with its lines accounted for: each is added, changed, removed, unchanged or held."""
    if file.fate not in (Fate.MERGED, Fate.PART):
        return replace(file, unchanged=file.lines - file.held)
    count = books.get(file.sha256, Counter())
    made = count["added"], count["changed"], count["removed"]
    left = file.lines - file.held - sum(made)
    return replace(file, added=made[0], changed=made[1], removed=made[2], unchanged=left)
