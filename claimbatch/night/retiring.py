"""Which faulty workbooks are settled: a later copy of the same workbook is there.

A marked copy says which file it is the copy of. Where a program has dropped that, or the original itself was corrected,
it goes by what all of claimbatch goes by: the later one came from the same template and says something of every line
of which the earlier one did.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from claimbatch.claims.history import Event, Kind, facts
from claimbatch.claims.store import Store
from claimbatch.files.anywhere import nearby
from claimbatch.intake.check import Load, check
from claimbatch.intake.results import Book
from claimbatch.night.answering import MARKED
from claimbatch.night.places import Places
from claimbatch.night.plan import Fact

Target = tuple[str, str]  # candidate number, unit


@dataclass(frozen=True, slots=True)
class Later:
    """A workbook that came later: its *lines*, whether all of it was *taken*, and the *origin* it is a copy of."""

    sha256: str
    name: str
    lines: frozenset[Target]
    taken: bool
    origin: str = ""


def lines_of(book: Book) -> frozenset[Target]:
    """The lines of which a workbook says something, rightly or wrongly."""
    said = {s.target for s in (*book.statements, *book.silent)}
    return frozenset(said | {(p.candidate, p.unit) for p in book.problems if p.candidate and p.unit})


def settled(
    places: Places, store: Store, known: Load, waiting: Iterable[Fact], tonight: Mapping[str, list[Later]]
) -> Iterator[tuple[Fact, Later]]:
    """Those that are *waiting* for a correction and have it: *tonight* (by template), or merged by hand since."""
    by_template: dict[str, list[Fact]] = {}
    for fact in waiting:
        by_template.setdefault(fact.template_id, []).append(fact)
    origins = {later.origin: later for some in tonight.values() for later in some if later.origin}
    taken = _taken(store, [template for template in by_template if template])
    for template, some in by_template.items():
        later = list(tonight.get(template, ())) if template else []
        for fact in some:
            by_hand = [_by_hand(e) for e in taken.get(template, ()) if e.revision > fact.since]
            found = origins.get(fact.sha256) or _settles(places, known, fact, [*by_hand, *later])
            if found:
                yield fact, found


def _taken(store: Store, templates: list[str]) -> dict[str, list[Event]]:
    """The receipts of workbooks that were taken whole, by template."""
    claims = {issued.claim_key for issued in store.templates(templates).values()} if templates else set()
    found: dict[str, list[Event]] = {}
    for key in claims & store.heads().keys():
        for event in store.history(key):
            if event.kind == Kind.RECEIVED and facts(event).get("whole", True):
                found.setdefault(event.template_id, []).append(event)
    return found


def _by_hand(event: Event) -> Later:
    said = facts(event).get("said", {})
    lines = frozenset((candidate, unit) for candidate, units in said.items() for unit in units)
    return Later(event.sha256, event.workbook, lines, taken=True)


def _settles(places: Places, known: Load, fact: Fact, laters: Iterable[Later]) -> Later | None:
    some = [later for later in laters if later.sha256 != fact.sha256 or later.taken]
    if not some:
        return None
    same = next((later for later in some if later.sha256 == fact.sha256), None)
    if same:
        return same
    with nearby(places.found(fact.files[0]), places.runs) as path:
        (book,) = check([(path, fact.name)], known).books
    clean = frozenset(s.target for s in (*book.statements, *book.silent))
    for later in some:
        own = bool(fact.issued_to) or (bool(clean) and _stem(later.name) == _stem(fact.name))
        lines = clean if own and later.taken else lines_of(book)
        if (lines or (own and later.taken)) and lines <= later.lines:
            return later
    return None


def _stem(name: str) -> str:
    return PurePosixPath(name).stem.removesuffix(MARKED)
