"""Makes the plan of a night from what checking found: where each file goes, what goes with it, what it settles."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from claimbatch import clock
from claimbatch.claims.store import Store
from claimbatch.files.anywhere import Names, Spot, below
from claimbatch.intake.check import Load
from claimbatch.intake.guard import RULES as GUARD
from claimbatch.intake.mark.origin import origin_of
from claimbatch.intake.receiving import Examined
from claimbatch.intake.results import FileResult, Outcome
from claimbatch.night.account import Fate, File
from claimbatch.night.answering import MARKED, Answers
from claimbatch.night.places import Places
from claimbatch.night.plan import Fact, Item, Kind, Plan, Put, Retired
from claimbatch.night.remembered import Remembered
from claimbatch.night.retiring import Later, lines_of, settled
from claimbatch.night.shelf import Shelf
from claimbatch.night.staging import Book
from claimbatch.office.inbox import SUPERSEDED

RECEIVED = "Its very bytes were taken before."
TWIN = "It is the same file as {first}."
UNANSWERED = "It has errors, and its marked copy could not be made tonight."
_TURNED_AWAY = frozenset(rule.code for rule in GUARD)


@dataclass(frozen=True, slots=True)
class Found:
    """What checking found in one workbook, in short."""

    result: FileResult
    fate: Fate
    codes: Mapping[str, int]
    errors: int
    queries: int
    why: str = ""  # it cannot be read


def found_in(examined: Examined) -> dict[str, Found]:
    """What was found in each workbook that was checked, by its name."""
    codes: dict[str, Counter[str]] = {}
    errors: Counter[str] = Counter()
    why: dict[str, str] = {}
    for problem in examined.checked.problems:
        if problem.rule.code in _TURNED_AWAY:
            why.setdefault(problem.place.workbook, problem.message)
        codes.setdefault(problem.place.workbook, Counter())[problem.rule.code] += 1
        errors[problem.place.workbook] += problem.is_error
    found = {}
    for result in examined.checked.files:
        name = result.workbook
        counted = codes.get(name, Counter())
        fate = _fate(result, examined, counted)
        queries = counted.total() - errors[name]
        found[name] = Found(result, fate, counted, errors[name], queries, why.get(name, ""))
    return found


def _fate(result: FileResult, examined: Examined, codes: Mapping[str, int]) -> Fate:
    if result.workbook in examined.wanted.whole:
        return Fate.MERGED
    if result.workbook in examined.wanted.part:
        return Fate.PART
    unread = result.outcome is Outcome.REJECTED and codes.keys() & _TURNED_AWAY
    return Fate.QUARANTINED if unread else Fate.REJECTED


@dataclass
class Preparing:
    """Makes the plan; *books* are the copies that were read, by name."""

    places: Places
    store: Store
    known: Load
    remembered: Remembered
    books: Mapping[str, Book]
    examined: Examined
    found: Mapping[str, Found]
    answers: Answers
    names: Names = field(default_factory=Names, init=False)
    shelf: Shelf = field(init=False)

    def plan(self) -> Plan:
        """The plan, with what is settled put aside first: that makes room."""
        names, found = self.names, self.places.found
        waiting = [fact for fact in self.remembered.rejected.values() if names.has_file(found(fact.files[0]))]
        pairs = list(
            settled(self.places, self.store, self.known, waiting, self._tonight() if waiting else {})
        )
        self.shelf = Shelf(names, (self.places.found(path) for fact, _ in pairs for path in fact.files))
        retired = tuple(Retired(fact.original, later.sha256, self._aside(fact)) for fact, later in pairs)
        return Plan(
            clock.stamp(),
            tuple(self._items()),
            retired,
            self._hashes(self.examined.wanted.whole),
            self._hashes(self.examined.wanted.part),
            self._since(),
        )

    def _hashes(self, names: Collection[str]) -> tuple[str, ...]:
        return tuple(result.sha256 for result in self.examined.checked.files if result.workbook in names)

    def _since(self) -> dict[str, int]:
        """The revision of each claim that workbooks of tonight are for."""
        of = {
            (one.result.centre_number, one.result.entry_code)
            for one in self.found.values()
            if one.fate in (Fate.MERGED, Fate.PART)
        }
        heads = self.store.heads()
        keys = sorted(self.store.current_key(*one)[0] for one in of)
        return {key: heads.get(key, (0, ""))[0] for key in keys}

    def _tonight(self) -> dict[str, list[Later]]:
        """What came tonight and could be read, by template."""
        later: dict[str, list[Later]] = {}
        for book in self.examined.checked.books:
            result = book.result
            waits = result.workbook in self.answers.undone
            if result.template_id and result.outcome is not Outcome.REJECTED and not waits:
                origin = origin_of(self.books[result.workbook].path.read_bytes())
                taken = self.found[result.workbook].fate is Fate.MERGED
                one = Later(result.sha256, result.workbook, lines_of(book), taken, origin)
                later.setdefault(result.template_id, []).append(one)
        return later

    def _aside(self, fact: Fact) -> tuple[Put, ...]:
        """An earlier copy and all that goes with it, to where nobody has to look; itself last."""
        first, *more = paths = [
            path for told in fact.files if self.names.has_file(path := self.places.found(told))
        ]
        name = PurePosixPath(*(below(first, self.places.rejected) or PurePosixPath(first.name)).parts)
        endings = [path.name.removeprefix(first.stem) for path in more]
        targets = self.shelf.group(self.places.done / SUPERSEDED, name, fact.sha256, endings)
        puts = [Put(Kind.ASIDE, str(a), str(b)) for a, b in zip(paths, targets, strict=True)]
        return (*puts[1:], puts[0])

    def _items(self) -> Iterator[Item]:
        firsts = dict(self.examined.twins)
        for name in sorted(self.books):
            if name in self.examined.again:
                yield self._put_away(File(name, Fate.AGAIN, RECEIVED), self.places.done)
            else:
                yield self._item(name, firsts.get(name, name))

    def _item(self, name: str, first: str) -> Item:
        """The workbook *name*; of the same bytes as *first*, which is itself unless it is a twin."""
        result, fate = self.found[first].result, self.found[first].fate
        file = self._file(name, first)
        if first in self.answers.undone:
            return Item(replace(file, fate=Fate.LEFT, why=UNANSWERED, held=file.lines))
        if file.fate in (Fate.MERGED, Fate.AGAIN):
            return self._put_away(file, self.places.done)
        answers = self.answers.made.get(first, {})
        if fate is Fate.QUARANTINED:
            return self._put_away(file, self.places.quarantine, answers)
        item = self._put_away(file, self.places.rejected, answers)
        files = tuple(self.places.told(self.places.found(put.target)) for put in item.puts)
        fact = Fact(result.sha256, name, result.template_id, result.issued_to, 0, files)
        return replace(item, fact=fact)

    def _file(self, name: str, first: str) -> File:
        """The workbook *name* with what was found in it."""
        one, result = self.found[first], self.found[first].result
        fate, held = one.fate, result.lines
        if fate is Fate.MERGED:
            held = 0
        elif fate is Fate.PART:
            held = result.held
        file = File(
            name, fate, one.why,
            centre_number=result.centre_number, entry_code=result.entry_code, template_id=result.template_id,
            issued_to=result.issued_to, lines=result.lines, held=held,
            errors=one.errors, queries=one.queries, codes=dict(one.codes),
        )  # fmt: skip
        return file if first == name else _twin(file, first)

    def _put_away(self, file: File, folder: Spot, answers: Mapping[str, Path] = MappingProxyType({})) -> Item:
        """The file with its answers; one that has a marked copy gives up our ending, not to be taken for one."""
        book = self.books[file.name]
        name = PurePosixPath(file.name)
        if any(ending.startswith(MARKED) for ending in answers):
            name = name.with_stem(name.stem.removesuffix(MARKED) or name.stem)
        target, *beside = self.shelf.group(folder, name, book.sha256, list(answers))
        arrived = book.arrived
        staged = str(book.path) if book.is_copied else ""
        original = Put(
            Kind.ORIGINAL, str(arrived.path), str(target), book.sha256, arrived.look, staged, arrived.stays
        )
        puts = [Put(Kind.ANSWER, str(a), str(b)) for a, b in zip(answers.values(), beside, strict=True)]
        return Item(replace(file, sha256=book.sha256, size=book.size), (original, *puts))


def _twin(file: File, first: str) -> File:
    """The same for a file of the same bytes as *first*: its lines are counted there."""
    fates = {Fate.MERGED: Fate.AGAIN, Fate.PART: Fate.REJECTED}
    return replace(file, fate=fates.get(file.fate, file.fate), why=TWIN.format(first=first), lines=0, held=0)
