"""Check returned workbooks: every stage for all of them, every rule once over the joined tables.

Checking one workbook is checking a list of one. A thousand are checked in one pass per table, not in a thousand
passes; they are worked on in chunks, so that memory stays bounded, and what crosses workbooks is compared at the end.
"""

import gc
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from claimbatch.claims.merge import Statement
from claimbatch.form.identity import Identity, read_token
from claimbatch.intake import tables
from claimbatch.intake.guard import Package, admit_file, read_sheets
from claimbatch.intake.judge import Finding, find, spotted
from claimbatch.intake.known import Known, Target
from claimbatch.intake.lines import tabulate
from claimbatch.intake.notes import answered, notes_of
from claimbatch.intake.rules import SHEET_RULES, TABLE_RULES, cleared, workbook
from claimbatch.intake.said import (
    Doubts,
    Overruled,
    Said,
    compare,
    newcomers,
    one_spelling,
    overrule,
    same_initials,
    statement,
)
from claimbatch.intake.stance import Measure, mark_of, says
from claimbatch.intake.submission import Forms, Grid, Submission, read, token_of
from claimbatch.problems import Problem

CHUNK = 256
Files = Sequence[tuple[Path, str]]
Load = Callable[[set[str]], Known]


class Executor(Protocol):
    """Whoever works on many files (see :mod:`claimbatch.intake.engine`)."""

    def parts(self, files: Files, load: Load) -> "list[Part]":
        """What was found in the *files*, cut into chunks in any way, the parts in any order."""


def chunks(files: Files, size: int = CHUNK) -> list[Files]:
    """The *files* in runs of no more than *size*."""
    return [files[start : start + size] for start in range(0, len(files), size)]


class Outcome(StrEnum):
    """What became of a workbook."""

    CLEAN = "clean"
    QUERIES = "queries"
    ERRORS = "errors"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class FileResult:
    """One workbook of a run; what was not known of it is empty.

    *lines* counts the units that it says something of, *held* those among them that cannot be taken as they are, *new*
    those that say something else than its template when it was issued. *issued_to* is whose workbook it is, where it
    was made for somebody.
    """

    workbook: str
    sha256: str = ""
    outcome: Outcome = Outcome.REJECTED
    centre_number: str = ""
    entry_code: str = ""
    template_id: str = ""
    lines: int = 0
    held: int = 0
    new: int = 0
    issued_to: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a run found: its workbooks, all problems in their order, and what the workbooks say that is clean.

    *silent* are clean statements that ask for nothing, such as *Not claiming* of what is not claimed. *people*
    are the assessors that the register does not know yet, each with the workbook that names them.
    *answers* are the queries that a workbook explains on its sheet *Notes*, with the explanation. *overruled* are the
    statements against the claim that were to hold all the same. *filled* are the lines (candidate and unit) of which
    each workbook says anything.
    """

    files: tuple[FileResult, ...] = ()
    problems: tuple[Problem, ...] = ()
    statements: tuple[Statement, ...] = ()
    silent: tuple[Statement, ...] = ()
    people: tuple[tuple[str, tables.Person], ...] = ()
    answers: tuple[tuple[Problem, str], ...] = ()
    overruled: tuple[Overruled, ...] = ()
    filled: Mapping[str, frozenset[Target]] = field(default_factory=dict)


def check(
    paths: Files,
    load: Load,
    executor: "Executor | None" = None,
    *,
    overruling: bool = False,
    only: Collection[tuple[str, str]] = (),
    received: Collection[str] = (),
) -> Checked:
    """Check the workbooks at *paths*, each with the name to call it by.

    *load* is asked once per chunk for what is known of the templates (ids) that its workbooks came from. The *executor*
    says who works on the chunks; without one it is this process. What comes of it is the same. With
    *overruling* what was changed in the workbooks holds against what the claim has come to say since their templates
    were issued: all of it, or *only* what stands in these cells (sheet, cell). Those *received* before, told by their
    SHA-256, are no rivals to the others: the claim speaks for them, and later copies.
    """
    parts = executor.parts(paths, load) if executor else [check_chunk(some, load) for some in chunks(paths)]
    whole = _joined(parts, {name: position for position, (_, name) in enumerate(paths)})
    everything = one_spelling(whole.said)
    everything, over = overrule(everything, only) if overruling else (everything, [])
    said = [one for one in everything if one.stance.speaks]
    namesakes = same_initials(whole.people)
    clashes = [*compare([one for one in said if one.statement.sha256 not in received]), *namesakes]
    old = {result.workbook for result in whole.files if result.sha256 in received}
    problems = list(_one_a_cell([*_not_of_older(whole.problems, old), *clashes]))
    unclear = {(problem.place.workbook, problem.value.upper()) for problem in namesakes}
    statements = tuple(_unclashed(said, clashes, unclear))
    silent = tuple(one.statement for one in everything if not one.stance.speaks)
    files = _held_back(whole.files, said, statements)
    return Checked(
        tuple(_settled(files, problems)),
        tuple(_in_order(files, problems)),
        statements,
        silent,
        tuple(person for person in whole.people if (person[0], person[1].initials) not in unclear),
        tuple(whole.answers),
        tuple(one for one in over if not one.taken or one.statement in statements),
        whole.filled,
    )


def _joined(parts: Sequence["Part"], position: Mapping[str, int]) -> "Part":
    """The *parts* as one, in the order of the run (*position* by workbook), whatever chunks they were found in."""
    files = (result for part in parts for result in part.files)
    answers = (answer for part in parts for answer in part.answers)
    filled = {workbook: lines for part in parts for workbook, lines in part.filled.items()}
    return Part(
        sorted(files, key=lambda result: position[result.workbook]),
        [problem for part in parts for problem in part.problems],
        sorted(
            (one for part in parts for one in part.said), key=lambda one: position[one.statement.workbook]
        ),
        sorted(person for part in parts for person in part.people),
        sorted(answers, key=lambda answer: (position[answer[0].place.workbook], *_where(answer[0]))),
        {workbook: filled[workbook] for workbook in sorted(filled, key=lambda workbook: position[workbook])},
    )


def _not_of_older(problems: Iterable[Problem], older: Collection[str]) -> Iterator[Problem]:
    """The *problems* without what later copies say and the *older* ones, received before, could not."""
    for problem in problems:
        if problem.rule not in cleared.RULES or problem.place.workbook not in older:
            yield problem


def _unclashed(
    said: Iterable[Said], clashes: Iterable[Problem], unclear: Collection[tuple[str, str]]
) -> Iterator[Statement]:
    """The statements that neither another workbook nor the claim contradicts, by assessors who can be told.

    *unclear* are the initials that cannot, each with the workbook.
    """
    clashing = {(p.place.workbook, p.place.sheet, p.place.cell) for p in clashes}
    for s, *_ in said:
        if (s.workbook, s.sheet, s.cell) not in clashing and (s.workbook, s.mark[1]) not in unclear:
            yield s


# --- one chunk -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """What one chunk found. *said* holds its clean statements, each with the claim's mark now."""

    files: list[FileResult]
    problems: list[Problem]
    said: list[Said]
    people: list[tuple[str, tables.Person]]
    answers: list[tuple[Problem, str]]
    filled: dict[str, frozenset[Target]]


@dataclass(slots=True)
class Opened:
    """A workbook that was opened: its package, its values, its token, and its submission once it was read."""

    package: Package
    sheets: Sequence[Grid]
    token: str
    identity: Identity | None = None
    submission: Submission | None = None
    problems: list[Problem] = field(default_factory=list)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Hold the garbage collector: it would walk a chunk's rows, hundreds of thousands, again and again for nothing."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@_uncollected()
def check_chunk(paths: Files, load: Load, at: Callable[[int], None] = lambda _: None) -> Part:
    """Check some workbooks in one pass per table; *at* is told which of them is opened, by number, and then the end."""
    opened = []
    for number, (path, name) in enumerate(paths):
        at(number)
        opened.append(_open(path, name))
    at(len(paths))
    known = load({o.identity.template_id for o in opened if isinstance(o, Opened) and o.identity})
    forms = Forms()
    problems: list[Problem] = []
    submissions: list[Submission] = []
    for book in opened:
        if isinstance(book, Problem):
            problems.append(book)
            continue
        problems += _read(book, known, forms)
        if book.submission:
            submissions.append(book.submission)
    rows = [tabulate(position, submission, known) for position, submission in enumerate(submissions)]
    findings = list(judged(tables.join(rows), submissions))
    problems += [finding.problem for finding in findings]
    notes = {submission.workbook: notes_of(submission) for submission in submissions}
    problems, answers = answered(problems, notes)
    doubts = Doubts.of(findings, rows)
    filled = [line for part in rows for line in part.lines if line.grade_shown]
    sound = [line for line in filled if doubts.leave(line)]
    measures = [
        Measure.of(known.issued[submission.identity.template_id], part.lines)
        for submission, part in zip(submissions, rows, strict=True)
    ]
    said = [statement(line, submissions[line.file], measures[line.file]) for line in sound if says(line)]
    new = newcomers(rows, doubts)
    people = [(submissions[person.file].workbook, person._replace(file=0)) for person in new]
    results = (_result(name, book, known) for (_, name), book in zip(paths, opened, strict=True))
    files = list(_counted(results, submissions, measures, filled, sound))
    lines: dict[str, set[Target]] = {}
    for line in filled:
        lines.setdefault(submissions[line.file].workbook, set()).add((line.candidate, line.unit))
    some = {workbook: frozenset(targets) for workbook, targets in lines.items()}
    return Part(files, problems, said, people, answers, some)


def _counted(
    results: Iterable[FileResult],
    submissions: Sequence[Submission],
    measures: Sequence[Measure],
    filled: Sequence[tables.Line],
    sound: Sequence[tables.Line],
) -> Iterator[FileResult]:
    """The *results* with how many lines each workbook holds, how many are new, and how many cannot be taken."""
    new = Counter(
        submissions[line.file].workbook
        for line in filled
        if not line.grade or measures[line.file].stance((line.candidate, line.unit), mark_of(line)).speaks
    )
    lines = Counter(submissions[line.file].workbook for line in filled)
    taken = Counter(submissions[line.file].workbook for line in sound)
    for result in results:
        count = lines[result.workbook]
        yield replace(result, lines=count, held=count - taken[result.workbook], new=new[result.workbook])


def _open(path: Path, name: str) -> Opened | Problem:
    package = admit_file(path, name)
    if isinstance(package, Problem):
        return package
    sheets = read_sheets(package)
    if isinstance(sheets, Problem):
        return sheets
    token = token_of(package, sheets)
    return Opened(package, sheets, token, read_token(token))


def _read(book: Opened, known: Known, forms: Forms) -> list[Problem]:
    """Read *book* if it may be read, and give the problems of the workbook as a whole."""
    identity = book.identity
    qualification = known.catalogue.find(identity.entry_code) if identity else None
    issued = known.issued.get(identity.template_id) if identity else None
    layout = (
        forms.as_issued(identity, qualification, issued, book.package, book.sheets)
        if identity and qualification
        else None
    )
    names = tuple(scan.name for scan in book.package.sheets)
    arrival = workbook.Arrival(book.token, identity, qualification, layout, names, known)
    for rule in workbook.RULES:
        found = [spotted(rule, book.package.name, spot) for spot in rule.find(arrival)]
        if found:
            return found
    assert identity is not None and qualification is not None and layout is not None  # noqa: S101, PT018
    book.submission = read(book.package, book.sheets, identity, qualification, layout)
    return [
        spotted(rule, book.package.name, spot) for rule in SHEET_RULES for spot in rule.find(book.submission)
    ]


def judged(frames: Mapping[str, pd.DataFrame], submissions: Sequence[Submission]) -> Iterator[Finding]:
    """The problems of all tables; one for each cell: errors before queries, then in the order of the rules."""
    found = [
        finding for name, rules in TABLE_RULES.items() for finding in find(frames[name], rules, submissions)
    ]
    taken: set[tuple[int, str, int, int]] = set()
    for finding in sorted(found, key=lambda f: not f.problem.is_error):
        if finding.cell not in taken:
            taken.add(finding.cell)
            yield finding


def _result(name: str, book: Opened | Problem, known: Known) -> FileResult:
    if isinstance(book, Problem):
        return FileResult(name)
    identity = book.identity
    if identity is None:
        return FileResult(name, book.package.sha256)
    outcome = Outcome.CLEAN if book.submission else Outcome.REJECTED
    issued = known.issued.get(identity.template_id)
    return FileResult(
        name, book.package.sha256, outcome, identity.centre_number, identity.entry_code, identity.template_id,
        issued_to=issued.issued_to if issued else "",
    )  # fmt: skip


# --- outcomes --------------------------------------------------------------------------------------------------


def _one_a_cell(problems: Iterable[Problem]) -> Iterator[Problem]:
    """One problem for each cell: errors before queries, then the first that was found. What has no cell stays."""
    taken: set[tuple[str, str, str]] = set()
    for problem in sorted(problems, key=lambda problem: not problem.is_error):
        cell = problem.place.workbook, problem.place.sheet, problem.place.cell
        if not problem.place.cell or cell not in taken:
            taken.add(cell)
            yield problem


def _held_back(
    files: Iterable[FileResult], said: Iterable[Said], statements: Iterable[Statement]
) -> list[FileResult]:
    """The *files* with what was lost between workbooks, or against the claim, counted as held."""
    lost = Counter(one.statement.workbook for one in said)
    lost.subtract(statement.workbook for statement in statements)
    return [replace(result, held=result.held + lost[result.workbook]) for result in files]


def _settled(files: Iterable[FileResult], problems: Iterable[Problem]) -> Iterator[FileResult]:
    """Each workbook's outcome: rejected stays, else errors, else queries, else clean."""
    worst: dict[str, bool] = {}
    for problem in problems:
        worst[problem.place.workbook] = worst.get(problem.place.workbook, False) or problem.is_error
    for result in files:
        if result.outcome is not Outcome.REJECTED and result.workbook in worst:
            outcome = Outcome.ERRORS if worst[result.workbook] else Outcome.QUERIES
            yield replace(result, outcome=outcome)
        else:
            yield result


def _in_order(files: Iterable[FileResult], problems: Iterable[Problem]) -> list[Problem]:
    """Problems by workbook as the files were given, then as they were found (by sheet, row and column)."""
    position = {result.workbook: index for index, result in enumerate(files)}

    def key(problem: Problem) -> tuple[Any, ...]:
        return position[problem.place.workbook], *_where(problem)

    return sorted(problems, key=key)


def _where(problem: Problem) -> tuple[str, int, int, str]:
    """What problems of one workbook are sorted by."""
    return problem.place.sheet, *problem.place.address, problem.rule.code
