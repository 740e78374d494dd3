"""Receive returned workbooks: check them, and take what is clean into the open claims.

A workbook whose bytes were taken before changes nothing. One without an error is taken whole; one with an error is held
back whole, unless its clean lines are wanted (*partial*).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from claimbatch.claims.claim import unit_title
from claimbatch.claims.register import Assessor
from claimbatch.claims.store import Store
from claimbatch.claims.taking import Asked, Receipt, Taken, take
from claimbatch.form.qualification import Catalogue
from claimbatch.intake.check import Checked, FileResult, Outcome, check
from claimbatch.intake.guard import fingerprint
from claimbatch.intake.known import load
from claimbatch.problems import Problem

Files = Sequence[tuple[Path, str]]


@dataclass(frozen=True, slots=True)
class How:
    """How to receive: by *who*; with *partial* the clean lines of faulty workbooks too; with *dry_run* for show.

    With *overrule* the workbooks hold against what the claim has come to say since their templates were issued.
    """

    who: str
    partial: bool = False
    overrule: bool = False
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


def receive(store: Store, catalogue: Catalogue, key: bytes, files: Files, how: How) -> Received:
    """Check the workbooks at *files*, each with the name to call it by, and take what may be taken."""
    new, again, twins = _unseen(store, files)
    checked = check(new, lambda ids: load(store, key, catalogue, ids), overrule=how.overrule)
    whole = {
        result.workbook for result in checked.files if result.outcome in (Outcome.CLEAN, Outcome.QUERIES)
    }
    part = {
        result.workbook
        for result in checked.files
        if how.partial and result.outcome is Outcome.ERRORS and result.lines > result.held
    }
    taken = take(
        store,
        [statement for statement in checked.statements if statement.workbook in whole | part],
        _people(checked, whole | part),
        _receipts(checked, whole, part),
        who=how.who,
        dry_run=how.dry_run,
    )
    held = sum(_held(result, whole, part) for result in checked.files)
    return Received(checked, taken, tuple(again), tuple(twins), held)


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


def _people(checked: Checked, workbooks: Collection[str]) -> list[Assessor]:
    return [
        Assessor(person.centre, person.initials, person.name, frozenset({person.entry_code}))
        for workbook, person in checked.people
        if workbook in workbooks
    ]


def _receipts(checked: Checked, whole: Collection[str], part: Collection[str]) -> list[Receipt]:
    """The workbooks that are taken, each with its queries and their answers.

    Of one that is taken in part only those about what was taken: the rest comes again with the corrected workbook.
    """
    queries: dict[str, list[Asked]] = {}
    taken = {(s.workbook, s.candidate, unit_title(s.unit)): s.unit for s in checked.statements}
    people = {about[:2] for about in taken}
    for problem, explanation in _queries(checked):
        workbook, candidate = problem.place.workbook, problem.candidate
        unit = taken.get((workbook, candidate, problem.unit))
        if workbook in whole or unit or (not problem.unit and (workbook, candidate) in people):
            place = problem.place
            asked = Asked(
                problem.rule.code, candidate, unit or problem.unit, place.sheet, place.cell, explanation
            )
            queries.setdefault(workbook, []).append(asked)
    return [
        Receipt(
            result.sha256,
            result.workbook,
            result.centre_number,
            result.entry_code,
            result.template_id,
            result.workbook in whole,
            tuple(queries.get(result.workbook, ())),
        )
        for result in checked.files
        if result.workbook in whole or result.workbook in part
    ]


def _queries(checked: Checked) -> Iterable[tuple[Problem, str]]:
    """The queries with their explanations, empty where there is none."""
    return [*((problem, "") for problem in checked.problems if not problem.is_error), *checked.answers]


def _held(result: FileResult, whole: Collection[str], part: Collection[str]) -> int:
    """How many of a workbook's lines were not taken."""
    if result.workbook in whole:
        return 0
    return result.held if result.workbook in part else result.lines
