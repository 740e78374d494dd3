"""Check returned workbooks: chunk by chunk, and what crosses workbooks is compared at the end.

Checking one workbook is checking a list of one. Chunks (:mod:`claimbatch.intake.chunk`) bound what is held at a time;
what they found is put aside (:mod:`claimbatch.intake.parcel`). At the end only those workbooks are opened again that
others contradict, or that have to be looked at together for another reason.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol

from claimbatch.claims.merge import Mark
from claimbatch.intake.chunk import Admit, Load, check_chunk, uncollected
from claimbatch.intake.known import Target
from claimbatch.intake.parcel import (
    Claims,
    Parcel,
    Says,
    Told,
    book,
    by_workbook,
    claims_in,
    packed,
    parcel,
    said_in,
    told_in,
)
from claimbatch.intake.results import Book, Checked, FileResult, Files, Outcome, Watch, unwatched
from claimbatch.intake.rules import cleared
from claimbatch.intake.said import Said, compare, one_spelling, overrule, same_initials
from claimbatch.problems import Problem
from claimbatch.spool import Spool, Stream

__all__ = ["Checked", "Executor", "FileResult", "Files", "Load", "Outcome", "check", "chunks", "parcels_of"]

CHUNK = 256
_FAULTY = (Outcome.ERRORS, Outcome.REJECTED)


class Executor(Protocol):
    """Whoever works on many files (see :mod:`claimbatch.intake.engine`)."""

    def parcels(self, files: Files, load: Load) -> Iterator[list[Parcel]]:
        """What was found in the *files*, chunk by chunk as it comes: cut in any way, in any order."""


def chunks(files: Files, size: int = CHUNK) -> list[Files]:
    """The *files* in runs of no more than *size*."""
    return [files[start : start + size] for start in range(0, len(files), size)]


@uncollected()
def parcels_of(
    files: Files, load: Load, at: Callable[[int], None] = lambda _: None, admit: Admit | None = None
) -> list[Parcel]:
    """The unit of work: check a chunk of *files*, and give what was found packed (see :func:`check_chunk`)."""
    return packed(check_chunk(files, load, at, admit))


def check(
    paths: Files,
    load: Load,
    executor: Executor | None = None,
    *,
    overruling: bool = False,
    only: Collection[tuple[str, str]] = (),
    received: Collection[str] = (),
    watch: Watch = unwatched,
) -> Checked:
    """Check the workbooks at *paths*, each with the name to call it by.

    *load* is asked once per chunk for what is known of the templates (ids) that its workbooks came from. The *executor*
    says who works on the chunks; without one it is this process. What comes of it is the same. With
    *overruling* what was changed in the workbooks holds against what the claim has come to say since their templates
    were issued: all of it, or *only* what stands in these cells (sheet, cell). Those *received* before, told by their
    SHA-256, are no rivals to the others: the claim speaks for them, and later copies. *watch* is told how far it is.
    """
    run = _Run([_Place(FileResult(name)) for _, name in paths])
    place = {name: number for number, (_, name) in enumerate(paths)}
    some = executor.parcels(paths, load) if executor else (parcels_of(f, load) for f in chunks(paths))
    with watch("Checking", len(paths)) as advance:
        for parcels in some:
            for one in parcels:
                run.keep(place[one.result.workbook], one)
            advance(len(parcels), sum(one.result.outcome in _FAULTY for one in parcels))
    how = _How(overruling, only, received)
    for batch in run.doubtful(received):
        run.settle(batch, how)
    return run.checked()


class _How(NamedTuple):
    """How what crosses workbooks is looked at (see :func:`check`)."""

    overruling: bool
    only: Collection[tuple[str, str]]
    received: Collection[str]


class _Place(NamedTuple):
    """A workbook of the run, and where what was found in it was put aside: from *start* on, piece after piece."""

    result: FileResult
    alone: bool = True
    start: int = 0
    claims: int = 0  # bytes
    told: int = 0
    says: int = 0


@dataclass
class _Run:
    """The workbooks of a run in their order, and what was found in them, put aside."""

    places: list[_Place]
    spool: Spool = field(default_factory=Spool)

    def keep(self, number: int, one: Parcel) -> None:
        """Put aside what was found in workbook *number*."""
        start, _ = self.spool.put(one.claims + one.told + one.says)
        sizes = len(one.claims), len(one.told), len(one.says)
        self.places[number] = _Place(one.result, one.alone, start, *sizes)

    def claims(self, number: int) -> Claims:
        """The lines that workbook *number* claims."""
        place = self.places[number]
        return claims_in(self.spool.get((place.start, place.claims)))

    def told(self, number: int) -> bytes:
        """What is told of workbook *number*, packed."""
        place = self.places[number]
        return self.spool.get((place.start + place.claims, place.told))

    def says(self, number: int) -> bytes:
        """What workbook *number* says, packed."""
        place = self.places[number]
        return self.spool.get((place.start + place.claims + place.told, place.says))

    def doubtful(self, received: Collection[str]) -> Iterator[list[int]]:
        """The workbooks that are not settled by themselves, in runs of whole centres.

        Initials belong to a centre, and a claim does; so nothing crosses centres.
        """
        centres: dict[str, list[int]] = {}
        for number, place in enumerate(self.places):
            centres.setdefault(place.result.centre_number, []).append(number)
        batch: list[int] = []
        for numbers in centres.values():
            rivals = self._rivals([n for n in numbers if self.places[n].result.sha256 not in received])
            batch += [n for n in numbers if n in rivals or self._is_open(self.places[n], received)]
            if len(batch) >= CHUNK:
                yield sorted(batch)
                batch = []
        if batch:
            yield sorted(batch)

    def _is_open(self, place: _Place, received: Collection[str]) -> bool:
        """Whether a workbook hangs on others anyway, or was *received* before and has something told of it."""
        return not place.alone or (bool(place.told) and place.result.sha256 in received)

    @uncollected()
    def _rivals(self, numbers: Sequence[int]) -> set[int]:
        """Those workbooks of a centre that claim a line of which another says something else."""
        codes = Counter(self.places[number].result.entry_code for number in numbers)
        numbers = [number for number in numbers if codes[self.places[number].result.entry_code] > 1]
        first: dict[tuple[str, Target], Mark] = {}
        differing = set()
        for number in numbers:
            code = self.places[number].result.entry_code
            for target, mark in self.claims(number):
                if first.setdefault((code, target), mark) != mark:
                    differing.add((code, target))
        if not differing:
            return set()
        claimed = (
            (n, self.places[n].result.entry_code, target) for n in numbers for target, _ in self.claims(n)
        )
        return {number for number, code, target in claimed if (code, target) in differing}

    def settle(self, batch: Sequence[int], how: _How) -> None:
        """Look at some workbooks together, and put aside what comes of it."""
        books = [
            _Doubtful(self.places[n].result, told_in(self.told(n)), said_in(self.says(n))) for n in batch
        ]
        for number, one in zip(batch, _settled(books, how), strict=True):
            self.keep(number, one)

    def checked(self) -> Checked:
        """The result, read from what was put aside whenever somebody goes through it."""

        def told() -> Iterator[tuple[str, Told]]:
            for number, place in enumerate(self.places):
                if place.told:
                    yield place.result.workbook, told_in(self.told(number))

        def opened(numbers: Iterable[int]) -> Iterator[Book]:
            for number in numbers:
                yield book(self.places[number].result, self.told(number), self.says(number))

        return Checked(
            tuple(place.result for place in self.places),
            Stream(lambda: (problem for _, one in told() for problem in one.problems)),
            Stream(lambda: (answer for _, one in told() for answer in one.answers)),
            Stream(lambda: ((workbook, person) for workbook, one in told() for person in one.people)),
            Stream(lambda: (overruled for _, one in told() for overruled in one.overruled)),
            opened,
        )


# --- what crosses workbooks ------------------------------------------------------------------------------------


class _Doubtful(NamedTuple):
    """A workbook that has to be looked at together with others."""

    result: FileResult
    told: Told
    says: Says


def _settled(books: Sequence[_Doubtful], how: _How) -> Iterator[Parcel]:
    """The *books* with what they say against each other and against the claim; what cannot be taken is left out."""
    everything = one_spelling([one for book in books for one in book.says.said])
    everything, over = overrule(everything, how.only) if how.overruling else (everything, [])
    said = [one for one in everything if one.stance.speaks]
    namesakes = same_initials(sorted((b.result.workbook, person) for b in books for person in b.told.people))
    clashes = [*compare([one for one in said if one.statement.sha256 not in how.received]), *namesakes]
    unclear = {(problem.place.workbook, problem.value.upper()) for problem in namesakes}
    kept = list(_unclashed(everything, clashes, unclear))
    found = by_workbook(clashes, lambda problem: problem.place.workbook)
    lines = by_workbook(kept, lambda one: one.statement.workbook)
    lost = Counter(one.statement.workbook for one in everything)
    lost.subtract(one.statement.workbook for one in kept)
    overruled = by_workbook(over, lambda one: one.statement.workbook)
    for result, told, says in books:
        name = result.workbook
        own = lines.get(name, [])
        taken = {one.statement for one in own}
        after = Told(
            [*_not_of_older(told.problems, older=result.sha256 in how.received), *found.get(name, ())],
            told.answers,
            [person for person in told.people if (name, person.initials) not in unclear],
            [one for one in overruled.get(name, ()) if not one.taken or one.statement in taken],
        )
        yield parcel(replace(result, held=result.held + lost[name]), after, says._replace(said=own))


def _not_of_older(problems: Iterable[Problem], *, older: bool) -> Iterator[Problem]:
    """The *problems* without what later copies say and an *older* one, received before, could not."""
    for problem in problems:
        if problem.rule not in cleared.RULES or not older:
            yield problem


def _unclashed(
    everything: Iterable[Said], clashes: Iterable[Problem], unclear: Collection[tuple[str, str]]
) -> Iterator[Said]:
    """What neither another workbook nor the claim contradicts, said by assessors who can be told, or asks for nothing.

    *unclear* are the initials that cannot, each with the workbook.
    """
    clashing = {(p.place.workbook, p.place.sheet, p.place.cell) for p in clashes}
    for one in everything:
        s = one.statement
        clear = (s.workbook, s.sheet, s.cell) not in clashing and (s.workbook, s.mark[1]) not in unclear
        if clear or not one.stance.speaks:
            yield one
