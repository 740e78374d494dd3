"""Check returned workbooks: every stage for all of them, every rule once over the joined tables.

Checking one workbook is checking a list of one. A thousand are checked in one pass per table, not in a thousand
passes; they are worked on in chunks, so that memory stays bounded, and what crosses workbooks is compared at the end.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import pandas as pd

from claimbatch.claims.merge import UNCLAIMED, Mark, Statement, in_words
from claimbatch.form.identity import Identity, read_token
from claimbatch.form.layout import NOT_CLAIMING, Layout, lay_out
from claimbatch.form.qualification import Qualification
from claimbatch.intake import tables
from claimbatch.intake.guard import Package, admit_file, read_sheets
from claimbatch.intake.judge import Finding, find, spotted
from claimbatch.intake.known import Known
from claimbatch.intake.lines import tabulate
from claimbatch.intake.notes import answered, notes_of
from claimbatch.intake.rules import TABLE_RULES, run, workbook
from claimbatch.intake.submission import Grid, Submission, read, token_of
from claimbatch.problems import Problem

CHUNK = 256
Load = Callable[[set[str]], Known]


class Outcome(StrEnum):
    """What became of a workbook."""

    CLEAN = "clean"
    QUERIES = "queries"
    ERRORS = "errors"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class FileResult:
    """One workbook of a run; what was not known of it is empty.

    *lines* counts the units that it says something of, *held* those among them that cannot be taken as they are.
    """

    workbook: str
    sha256: str = ""
    outcome: Outcome = Outcome.REJECTED
    centre_number: str = ""
    entry_code: str = ""
    template_id: str = ""
    lines: int = 0
    held: int = 0


@dataclass(frozen=True, slots=True)
class Checked:
    """What a run found: its workbooks, all problems in their order, and what the workbooks say that is clean.

    *people* are the assessors that the register does not know yet, each with the workbook that names them.
    *answers* are the queries that a workbook explains on its sheet *Notes*, with the explanation.
    """

    files: tuple[FileResult, ...] = ()
    problems: tuple[Problem, ...] = ()
    statements: tuple[Statement, ...] = ()
    people: tuple[tuple[str, tables.Person], ...] = ()
    answers: tuple[tuple[Problem, str], ...] = ()


def check(paths: Sequence[tuple[Path, str]], load: Load, chunk: int = CHUNK) -> Checked:
    """Check the workbooks at *paths*, each with the name to call it by.

    *load* is asked once per chunk for what is known of the templates (ids) that its workbooks came from.
    """
    parts = [check_chunk(paths[start : start + chunk], load) for start in range(0, len(paths), chunk)]
    statements = tuple(statement for part in parts for statement, _ in part.said)
    clashes = _compare([pair for part in parts for pair in part.said])
    problems = [problem for part in parts for problem in part.problems]
    files = [result for part in parts for result in part.files]
    clashing = {(p.place.workbook, p.place.sheet, p.place.cell) for p in clashes}
    return Checked(
        tuple(_settled(files, [*problems, *clashes])),
        tuple(_in_order(files, [*problems, *clashes])),
        tuple(s for s in statements if (s.workbook, s.sheet, s.cell) not in clashing),
        tuple(person for part in parts for person in part.people),
        tuple(answer for part in parts for answer in part.answers),
    )


# --- one chunk -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """What one chunk found. *said* pairs each clean statement with the claim's mark now."""

    files: list[FileResult]
    problems: list[Problem]
    said: list[tuple[Statement, Mark]]
    people: list[tuple[str, tables.Person]]
    answers: list[tuple[Problem, str]]


@dataclass(slots=True)
class Opened:
    """A workbook that was opened: its package, its values, its token, and its submission once it was read."""

    package: Package
    sheets: Sequence[Grid]
    token: str
    identity: Identity | None = None
    submission: Submission | None = None
    problems: list[Problem] = field(default_factory=list)


def check_chunk(paths: Sequence[tuple[Path, str]], load: Load) -> Part:
    """Check some workbooks in one pass per table."""
    opened = [_open(path, name) for path, name in paths]
    known = load({o.identity.template_id for o in opened if isinstance(o, Opened) and o.identity})
    layouts: dict[tuple[str, str, int], Layout] = {}
    problems: list[Problem] = []
    submissions: list[Submission] = []
    for book in opened:
        if isinstance(book, Problem):
            problems.append(book)
            continue
        problems += _read(book, known, layouts)
        if book.submission:
            submissions.append(book.submission)
    frames = tables.join(tabulate(i, submission, known) for i, submission in enumerate(submissions))
    findings = list(_judge(frames, submissions))
    problems += [finding.problem for finding in findings]
    notes = {submission.workbook: notes_of(submission) for submission in submissions}
    problems, answers = answered(problems, notes)
    sound, held = _divided(frames["lines"], findings)
    said = [_said(line, submissions[line.file], known) for line in sound if _says_something(line)]
    people = [
        (submissions[person.file].workbook, person)
        for person in (tables.Person(*row) for row in frames["people"].itertuples(index=False))
        if person.new and person.initials and person.name
    ]
    filled = Counter(submissions[line.file].workbook for line in (*sound, *held))
    left = Counter(submissions[line.file].workbook for line in held)
    results = (_result(name, book) for (_, name), book in zip(paths, opened, strict=True))
    files = [replace(result, lines=filled[result.workbook], held=left[result.workbook]) for result in results]
    return Part(files, problems, said, people, answers)


def _open(path: Path, name: str) -> Opened | Problem:
    package = admit_file(path, name)
    if isinstance(package, Problem):
        return package
    sheets = read_sheets(package)
    if isinstance(sheets, Problem):
        return sheets
    token = token_of(package, sheets)
    return Opened(package, sheets, token, read_token(token))


def _read(book: Opened, known: Known, layouts: dict[tuple[str, str, int], Layout]) -> list[Problem]:
    """Read *book* if it may be read, and give the problems of the workbook as a whole."""
    identity = book.identity
    qualification = known.catalogue.find(identity.entry_code) if identity else None
    layout = _layout(identity, qualification, layouts)
    names = tuple(scan.name for scan in book.package.sheets)
    arrival = workbook.Arrival(book.token, identity, qualification, layout, names, known)
    for rule in workbook.IDENTITY:
        found = [spotted(rule, book.package.name, spot) for spot in rule.find(arrival)]
        if found:
            return found
    assert identity is not None and qualification is not None and layout is not None  # noqa: S101, PT018
    book.submission = read(book.package, book.sheets, identity, qualification, layout)
    return [
        spotted(rule, book.package.name, spot)
        for rule in workbook.STRUCTURE
        for spot in rule.find(book.submission)
    ]


def _layout(
    identity: Identity | None,
    qualification: Qualification | None,
    layouts: dict[tuple[str, str, int], Layout],
) -> Layout | None:
    if identity is None or qualification is None:
        return None
    key = (identity.form, identity.entry_code, identity.unit)
    if key not in layouts:
        layouts[key] = lay_out(identity.form, qualification, identity.unit)
    return layouts[key]


def _judge(frames: Mapping[str, pd.DataFrame], submissions: Sequence[Submission]) -> Iterator[Finding]:
    """The problems of all tables; one for each cell: errors before queries, then in the order of the rules."""
    found = [
        finding for name, rules in TABLE_RULES.items() for finding in find(frames[name], rules, submissions)
    ]
    taken: set[tuple[int, str, int, int]] = set()
    for finding in sorted(found, key=lambda f: not f.problem.is_error):
        if finding.cell not in taken:
            taken.add(finding.cell)
            yield finding


def _result(name: str, book: Opened | Problem) -> FileResult:
    if isinstance(book, Problem):
        return FileResult(name)
    identity = book.identity
    if identity is None:
        return FileResult(name, book.package.sha256)
    outcome = Outcome.CLEAN if book.submission else Outcome.REJECTED
    return FileResult(
        name, book.package.sha256, outcome, identity.centre_number, identity.entry_code, identity.template_id
    )


# --- what is said ----------------------------------------------------------------------------------------------


def _divided(lines: pd.DataFrame, findings: Iterable[Finding]) -> tuple[list[tables.Line], list[tables.Line]]:
    """The lines with a grade: those that can be taken, and those that an error holds back."""
    errors = [finding for finding in findings if finding.problem.is_error]
    bad = {finding.cell for finding in errors}
    row_rules = (*TABLE_RULES["candidates"], *TABLE_RULES["locked"])
    doubted = {(f.cell[0], f.problem.candidate) for f in errors if f.problem.rule in row_rules}
    sound: list[tables.Line] = []
    held: list[tables.Line] = []
    for line in (tables.Line(*row) for row in lines.itertuples(index=False)):
        if line.grade_shown:
            cells = (
                (line.file, line.grade_sheet, line.grade_row, line.grade_col),
                (line.file, line.assessor_sheet, line.assessor_row, line.assessor_col),
            )
            assessed = line.assessor or line.grade == NOT_CLAIMING
            fine = line.candidate_ok and assessed and bad.isdisjoint(cells)
            (sound if fine and (line.file, line.candidate) not in doubted else held).append(line)
    return sound, held


def _mark(line: tables.Line) -> Mark:
    return UNCLAIMED if line.grade == NOT_CLAIMING else (line.grade, line.assessor)


def _says_something(line: tables.Line) -> bool:
    """Whether a line says something other than what the template said when it was issued."""
    return _mark(line) != (line.base_grade, line.base_assessor)


def _said(line: tables.Line, submission: Submission, known: Known) -> tuple[Statement, Mark]:
    """The line as a statement, with the claim's mark now."""
    template_id = submission.identity.template_id
    statement = Statement(
        line.centre, line.entry_code, known.issued[template_id].claim_key, line.candidate, line.unit,
        _mark(line), (line.base_grade, line.base_assessor), submission.workbook, submission.sha256,
        line.grade_sheet, line.grade_row, line.grade_col, template_id,
    )  # fmt: skip
    return statement, (line.now_grade, line.now_assessor)


def _compare(said: Sequence[tuple[Statement, Mark]]) -> list[Problem]:
    """The problems between workbooks of the run, and between them and the claim."""
    rivals = _rivals([statement for statement, _ in said])
    frame = pd.DataFrame.from_records(
        [
            (
                index, s.candidate, s.unit, in_words(s.mark), in_words(s.base), in_words(now),
                rivals.get(index, ""), s.mark[0] or NOT_CLAIMING, s.sheet, s.row, s.column,
            )
            for index, (s, now) in enumerate(said)
        ],
        columns=[
            "file", "candidate", "unit", "says", "base", "now", "rival",
            "grade_shown", "grade_sheet", "grade_row", "grade_col",
        ],
    )  # fmt: skip
    found: dict[int, Problem] = {}
    for finding in find(frame, run.RULES, None):
        statement = said[finding.cell[0]][0]
        place = replace(finding.problem.place, workbook=statement.workbook)
        found.setdefault(finding.cell[0], replace(finding.problem, place=place))
    return list(found.values())


def _rivals(statements: Sequence[Statement]) -> dict[int, str]:
    """For each statement that another one contradicts: what the other says, and where."""
    groups: dict[tuple[str, str, str, str], list[int]] = {}
    for index, s in enumerate(statements):
        groups.setdefault((s.centre_number, s.entry_code, s.candidate, s.unit), []).append(index)
    rivals = {}
    for members in groups.values():
        if len({statements[index].mark for index in members}) > 1:
            for index in members:
                other = next(s for i in members if (s := statements[i]).mark != statements[index].mark)
                rivals[index] = f"{in_words(other.mark)} in {other.workbook}, {other.sheet}!{other.cell}"
    return rivals


# --- outcomes --------------------------------------------------------------------------------------------------


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
        row, column = problem.place.address
        return position[problem.place.workbook], problem.place.sheet, row, column, problem.rule.code

    return sorted(problems, key=key)
