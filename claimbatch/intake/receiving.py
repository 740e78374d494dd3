"""Receive returned workbooks: check them, and take what is clean into the open claims.

A workbook whose bytes were taken before changes nothing. One without an error is taken whole; one with an error is held
back whole, unless its clean lines are wanted (*partial*).
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from claimbatch.claims.claim import unit_title
from claimbatch.claims.merge import Mark, Statement, in_words
from claimbatch.claims.register import Assessor
from claimbatch.claims.store import Store
from claimbatch.claims.taking import Asked, Receipt, Taken, take
from claimbatch.errors import ClaimbatchError
from claimbatch.form.qualification import Catalogue
from claimbatch.intake.check import Checked, Executor, FileResult, Load, Outcome, check
from claimbatch.intake.guard import fingerprint
from claimbatch.intake.known import load
from claimbatch.intake.rules import added
from claimbatch.intake.said import Overruled, set_command, spot_of
from claimbatch.problems import Problem

Files = Sequence[tuple[Path, str]]


@dataclass(frozen=True, slots=True)
class How:
    """How to receive: by *who*; with *partial* the clean lines of faulty workbooks too; with *dry_run* for show.

    With *overrule* what was changed in the workbooks holds against what the claim has come to say since their templates
    were issued; with *only* nothing is taken but what these cells of one workbook say (see
    :func:`~claimbatch.intake.said.spot_of`).
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


def receive(
    store: Store,
    catalogue: Catalogue,
    key: bytes,
    files: Files,
    how: How,
    *,
    agree: Callable[[Sequence[Overruled]], None] | None = None,
    known: Load | None = None,
    executor: Executor | None = None,
) -> Received:
    """Check the workbooks at *files*, each with the name to call it by, and take what may be taken.

    Before anything is taken, *agree* is told whose words are overruled; an exception of it leaves all as it was. The
    *executor* reads them, asking what is *known*; without one it is this process, asking the *store*.
    """
    new, again, twins = _unseen(store, files)
    asked = known or (lambda ids: load(store, key, catalogue, ids))
    checked = check(new, asked, executor, overruling=how.overrule, only=how.only)
    whole, part = _wanted(checked, how)
    statements = [
        s
        for s in checked.statements
        if s.workbook in whole | part and (not how.only or spot_of(s) in how.only)
    ]
    if new:
        _refuse_absent(how.only, statements, checked)
    overruled = [one for one in checked.overruled if one.statement.workbook in whole | part]
    if agree and overruled:
        agree(overruled)
    taken = take(
        store,
        statements,
        _people(checked, whole | part, {s.mark[1] for s in statements} if how.only else None),
        _receipts(checked, statements, () if how.only else checked.silent, whole, part),
        who=how.who,
        dry_run=how.dry_run,
    )
    named = Counter(s.workbook for s in statements) if how.only else None
    held = sum(_held(result, whole, part, named) for result in checked.files)
    return Received(checked, taken, tuple(again), tuple(twins), held)


def _wanted(checked: Checked, how: How) -> tuple[set[str], set[str]]:
    """The workbooks that are taken whole, and those that are taken in part."""
    if how.only:
        return set(), {result.workbook for result in checked.files}
    whole = {
        result.workbook for result in checked.files if result.outcome in (Outcome.CLEAN, Outcome.QUERIES)
    }
    part = {
        result.workbook
        for result in checked.files
        if how.partial and result.outcome is Outcome.ERRORS and result.lines > result.held
    }
    return whole, part


def _refuse_absent(
    only: Iterable[tuple[str, str]], statements: Iterable[Statement], checked: Checked
) -> None:
    """Refuse a cell that says nothing which could be taken: whoever named it meant another, or expects too much."""
    stale = {spot_of(one.statement): one.statement for one in checked.overruled if not one.taken}
    for spot in sorted(set(only) - {spot_of(s) for s in statements}):
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


def _people(checked: Checked, workbooks: Collection[str], named: Collection[str] | None) -> list[Assessor]:
    """The new assessors of these *workbooks*: all, or those *named*."""
    return [
        Assessor(person.centre, person.initials, person.name, frozenset({person.entry_code}))
        for workbook, person in checked.people
        if workbook in workbooks and (named is None or person.initials in named)
    ]


def _receipts(
    checked: Checked,
    statements: Sequence[Statement],
    silent: Sequence[Statement],
    whole: Collection[str],
    part: Collection[str],
) -> list[Receipt]:
    """The workbooks that are taken, each with what it said, and its queries with their answers.

    Of one that is taken in part only those about what was taken: the rest comes again with the corrected workbook.
    Nothing is asked of a line that was left as the claim has it.
    """
    queries: dict[str, list[Asked]] = {}
    taken = {(s.workbook, s.candidate, unit_title(s.unit)): s.unit for s in statements}
    people = {about[:2] for about in taken}
    aside = {
        (one.statement.workbook, one.statement.candidate, unit_title(one.statement.unit))
        for one in checked.overruled
        if not one.taken
    }
    for problem, explanation in _queries(checked):
        workbook, candidate = problem.place.workbook, problem.candidate
        if (workbook, candidate, problem.unit) in aside:
            continue
        unit = taken.get((workbook, candidate, problem.unit))
        if workbook in whole or unit or (not problem.unit and (workbook, candidate) in people):
            place = problem.place
            asked = Asked(
                problem.rule.code, candidate, unit or problem.unit, place.sheet, place.cell, explanation
            )
            queries.setdefault(workbook, []).append(asked)
    said: dict[str, dict[tuple[str, str], Mark]] = {}
    for s in (*silent, *statements):
        said.setdefault(s.workbook, {})[s.target] = s.mark
    return [
        Receipt(
            result.sha256,
            result.workbook,
            result.centre_number,
            result.entry_code,
            result.template_id,
            result.workbook in whole,
            tuple(queries.get(result.workbook, ())),
            said.get(result.workbook, {}),
            checked.filled.get(result.workbook, frozenset()),
        )
        for result in checked.files
        if result.workbook in whole or result.workbook in part
    ]


def _queries(checked: Checked) -> Iterable[tuple[Problem, str]]:
    """The queries with their explanations, empty where there is none; not those about the list of units."""
    asked = [*((problem, "") for problem in checked.problems if not problem.is_error), *checked.answers]
    return [one for one in asked if one[0].rule not in added.RULES]


def _held(
    result: FileResult, whole: Collection[str], part: Collection[str], named: Mapping[str, int] | None
) -> int:
    """How many of a workbook's lines were not taken; *named* counts those taken where only some cells were."""
    if named is not None:
        return result.lines - named.get(result.workbook, 0)
    if result.workbook in whole:
        return 0
    return result.held if result.workbook in part else result.lines
