"""Receive returned workbooks: check them, and take what is clean into the open claims.

A workbook whose bytes were taken before changes nothing. One without an error is taken whole; one with an error is held
back whole, unless its clean lines are wanted (*partial*).
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from claimbatch.claims.claim import unit_title
from claimbatch.claims.merge import in_words
from claimbatch.claims.register import Assessor
from claimbatch.claims.store import Store
from claimbatch.claims.taking import Asked, Brought, Receipt, Taken, take
from claimbatch.errors import ClaimbatchError
from claimbatch.intake.guard import fingerprint
from claimbatch.intake.results import Advance, Book, Checked, FileResult, Files, Outcome, Watch, unwatched
from claimbatch.intake.rules import added
from claimbatch.intake.said import Overruled, set_command, spot_of
from claimbatch.problems import Problem
from claimbatch.spool import Stream

if TYPE_CHECKING:
    from claimbatch.intake.check import Executor, Load


@dataclass(frozen=True, slots=True)
class How:
    """How to receive: by *who*; with *partial* the clean lines of faulty workbooks too; with *dry_run* for show.

    With *overrule* what was changed in the workbooks holds against what the claim has come to say since their templates
    were issued; with *only* nothing is taken but what these cells of one workbook say, such as
    ``("grades", "E5")``: the sheet in small letters.
    """

    who: str
    partial: bool = False
    overrule: bool = False
    only: frozenset[tuple[str, str]] = frozenset()
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Received:
    """What came of it: the check, what was taken, and how many lines were *held* back.

    *again* are the workbooks whose bytes were taken before; *twins* those that came twice, each with the first's name.
    """

    checked: Checked
    taken: Taken
    again: tuple[str, ...]
    twins: tuple[tuple[str, str], ...]
    held: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """The workbooks that are taken *whole*, and those that are taken in *part*."""

    whole: Collection[str] = frozenset()
    part: Collection[str] = frozenset()

    @classmethod
    def of(cls, checked: Checked, how: How) -> "Wanted":
        """Those among the workbooks that were *checked*."""
        if how.only:
            return cls(frozenset(), {result.workbook for result in checked.files})
        clean = (Outcome.CLEAN, Outcome.QUERIES)
        whole = {result.workbook for result in checked.files if result.outcome in clean}
        part = {
            result.workbook
            for result in checked.files
            if how.partial and result.outcome is Outcome.ERRORS and result.lines > result.held
        }
        return cls(whole, part)

    def __contains__(self, workbook: str) -> bool:
        return workbook in self.whole or workbook in self.part


@dataclass(frozen=True, slots=True)
class Examined:
    """Workbooks that were checked and of which nothing was taken yet; *again* and *twins* as in :class:`Received`."""

    checked: Checked
    wanted: Wanted
    again: tuple[str, ...] = ()
    twins: tuple[tuple[str, str], ...] = ()


def receive(
    store: Store,
    files: Files,
    how: How,
    known: "Callable[[], Load]",
    executor: "Callable[[], Executor] | None" = None,
    *,
    agree: Callable[[Sequence[Overruled]], None] = lambda _: None,
    watch: Watch = unwatched,
) -> Received:
    """Check the workbooks at *files*, each with the name to call it by, and take what may be taken.

    What is *known*, and the *executor* that reads (without one it is this process), are asked for only where there is
    anything new. Before anything is taken, *agree* is told whose words are overruled; an exception of it leaves all as
    it was. *watch* is told how far it is.
    """
    return take_in(
        store, examine(store, files, how, known, executor, watch=watch), how, agree=agree, watch=watch
    )


def examine(
    store: Store,
    files: Files,
    how: How,
    known: "Callable[[], Load]",
    executor: "Callable[[], Executor] | None" = None,
    *,
    watch: Watch = unwatched,
) -> Examined:
    """The first half of :func:`receive`: check the workbooks and tell which may be taken; nothing is changed."""
    new, again, twins = _unseen(store, files)
    if not new:
        return Examined(Checked(), Wanted(), tuple(again), tuple(twins))
    from claimbatch.intake.check import check  # noqa: PLC0415 - brings pandas

    checked = check(
        new, known(), executor() if executor else None, overruling=how.overrule, only=how.only, watch=watch
    )
    if how.only:
        _refuse_absent(how.only, checked)
    return Examined(checked, Wanted.of(checked, how), tuple(again), tuple(twins))


def take_in(
    store: Store,
    examined: Examined,
    how: How,
    *,
    agree: Callable[[Sequence[Overruled]], None] = lambda _: None,
    watch: Watch = unwatched,
) -> Received:
    """The second half of :func:`receive`: take what may be taken, in one transaction."""
    checked, wanted = examined.checked, examined.wanted
    if not checked.files:
        return Received(checked, Taken(), examined.again, examined.twins, 0)
    overruled = [one for one in checked.overruled if one.statement.workbook in wanted]
    if overruled:
        agree(overruled)
    named = Counter(s.workbook for s in checked.statements if spot_of(s) in how.only) if how.only else None
    people = _people(checked, wanted, how)
    with watch("Taking", len(checked.files)) as advance:
        brought = Stream(lambda: _brought(checked, wanted, how, advance))
        taken = take(store, brought, people, who=how.who, dry_run=how.dry_run)
    held = sum(_held(result, wanted, named) for result in checked.files)
    return Received(checked, taken, examined.again, examined.twins, held)


def _brought(checked: Checked, wanted: Wanted, how: How, advance: Advance) -> Iterator[Brought]:
    """What the wanted workbooks brought, claim by claim."""
    for (centre, entry_code), books in checked.by_claim():
        taken = [book for book in books if book.result.workbook in wanted]
        if how.only:
            taken = [_only(book, how.only) for book in taken]
        statements = [s for book in taken for s in book.statements]
        receipts = [_receipt(book, whole=book.result.workbook in wanted.whole) for book in taken]
        if taken:
            yield Brought(centre, entry_code, statements, receipts)
        advance(len(books), 0)


def _only(book: Book, cells: Collection[tuple[str, str]]) -> Book:
    """A workbook as if it said nothing but what stands in these *cells*."""
    return book._replace(statements=[s for s in book.statements if spot_of(s) in cells], silent=())


def _refuse_absent(only: Iterable[tuple[str, str]], checked: Checked) -> None:
    """Refuse a cell that says nothing which could be taken: whoever named it meant another, or expects too much."""
    stale = {spot_of(one.statement): one.statement for one in checked.overruled if not one.taken}
    for spot in sorted(set(only) - {spot_of(s) for s in checked.statements}):
        if s := stale.get(spot):
            raise ClaimbatchError(
                f"{s.sheet}!{s.cell} says what this template said there before ({in_words(s.mark)}): nobody has "
                "changed it, so it does not overrule the claim.",
                f"If it is right all the same: {set_command(s)}",
            )
        could = ", ".join(f"{s.sheet}!{s.cell}" for s in checked.statements)
        raise ClaimbatchError(
            f"--only {spot[0].capitalize()}!{spot[1]}: that cell says nothing which could be taken.",
            f"These do: {could}." if could else "claimbatch check says what is wrong with the workbook.",
        )


def _unseen(store: Store, files: Files) -> tuple[list[tuple[Path, str]], list[str], list[tuple[str, str]]]:
    """The workbooks to look at; those taken before; and twins, of which the first by name is looked at."""
    hashes = {name: fingerprint(path) for path, name in files}
    known = store.received(sha256 for sha256 in hashes.values() if sha256)
    first: dict[str, str] = {}
    again, twins = [], []
    for name, sha256 in sorted(hashes.items()):
        if sha256 in known:
            again.append(name)
        elif sha256 and first.setdefault(sha256, name) != name:
            twins.append((name, first[sha256]))
    passed = {*again, *(name for name, _ in twins)}
    return [(path, name) for path, name in files if name not in passed], again, twins


def _people(checked: Checked, wanted: Wanted, how: How) -> list[Assessor]:
    """The new assessors of the wanted workbooks; those alone whom a cell names, where only some are taken."""
    named = {s.mark[1] for s in checked.statements if spot_of(s) in how.only} if how.only else None
    return [
        Assessor(person.centre, person.initials, person.name, frozenset({person.entry_code}))
        for workbook, person in sorted(checked.people)
        if workbook in wanted and (named is None or person.initials in named)
    ]


def _receipt(book: Book, *, whole: bool) -> Receipt:
    """The receipt of a workbook: what it said, and its queries with their answers.

    Of one that is taken in part only those about what was taken: the rest comes again with the corrected workbook.
    Nothing is asked of a line that was left as the claim has it.
    """
    result = book.result
    return Receipt(
        result.sha256,
        result.workbook,
        result.centre_number,
        result.entry_code,
        result.template_id,
        whole,
        tuple(_asked(book, whole=whole)) if book.problems or book.answers else (),
        {s.target: s.mark for s in (*book.silent, *book.statements)},
        book.filled,
    )


def _asked(book: Book, *, whole: bool) -> Iterator[Asked]:
    """The queries of a workbook that are kept with the claim."""
    taken = {(s.candidate, unit_title(s.unit)): s.unit for s in book.statements}
    people = {candidate for candidate, _ in taken}
    left = (one.statement for one in book.overruled if not one.taken)
    aside = {(s.candidate, unit_title(s.unit)) for s in left}
    for problem, explanation in _queries(book):
        about = problem.candidate, problem.unit
        unit = taken.get(about)
        if about not in aside and (whole or unit or (not problem.unit and problem.candidate in people)):
            place = problem.place
            yield Asked(
                problem.rule.code,
                problem.candidate,
                unit or problem.unit,
                place.sheet,
                place.cell,
                explanation,
            )


def _queries(book: Book) -> Iterable[tuple[Problem, str]]:
    """The queries with their explanations, empty where there is none; not those about the list of units."""
    asked = [*((problem, "") for problem in book.problems if not problem.is_error), *book.answers]
    return [one for one in asked if one[0].rule not in added.RULES]


def _held(result: FileResult, wanted: Wanted, named: Mapping[str, int] | None) -> int:
    """How many of a workbook's lines were not taken; *named* counts those taken where only some cells were."""
    if named is not None:
        return result.lines - named.get(result.workbook, 0)
    if result.workbook in wanted.whole:
        return 0
    return result.held if result.workbook in wanted.part else result.lines
