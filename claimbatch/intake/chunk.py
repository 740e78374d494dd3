"""One chunk of returned workbooks: every stage for all of them, every rule once over the joined tables.

A thousand workbooks are checked in one pass per table, not in a thousand passes. What comes of a workbook does not
depend on the chunk it was in; what crosses workbooks is compared when the run's chunks are joined
(:mod:`claimbatch.intake.check`).
"""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from claimbatch.form.identity import Identity, read_token
from claimbatch.intake import tables
from claimbatch.intake.guard import Package, admit_file, read_sheets
from claimbatch.intake.judge import Finding, find, spotted
from claimbatch.intake.known import Known, Target
from claimbatch.intake.lines import tabulate
from claimbatch.intake.notes import answered, notes_of
from claimbatch.intake.results import FileResult, Files, Outcome
from claimbatch.intake.rules import SHEET_RULES, TABLE_RULES, workbook
from claimbatch.intake.said import Doubts, Said, newcomers
from claimbatch.intake.sheet import Grid
from claimbatch.intake.spoken import Spoken, hear
from claimbatch.intake.stance import Measure
from claimbatch.intake.submission import Forms, Submission, read, token_of
from claimbatch.problems import Problem

if TYPE_CHECKING:
    import pandas as pd

Load = Callable[[set[str]], Known]
Admit = Callable[[Path, str], Package | Problem]


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
def uncollected() -> Iterator[None]:
    """Hold the garbage collector: it would walk a chunk's rows, hundreds of thousands, again and again for nothing."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def check_chunk(
    paths: Files, load: Load, at: Callable[[int], None] = lambda _: None, admit: Admit | None = None
) -> Part:
    """Check some workbooks in one pass per table; *at* is told which of them is opened, by number, and then the end.

    *admit* is who guards the door, where somebody else has looked at them already.
    """
    opened = []
    for number, (path, name) in enumerate(paths):
        at(number)
        opened.append(open_workbook(path, name, admit or admit_file))
    at(len(paths))
    known = load({o.identity.template_id for o in opened if isinstance(o, Opened) and o.identity})
    problems, submissions = _submissions(opened, known)
    rows = [tabulate(position, submission, known) for position, submission in enumerate(submissions)]
    findings = list(judged(tables.join(rows), submissions))
    problems += [finding.problem for finding in findings]
    notes = {submission.workbook: notes_of(submission) for submission in submissions}
    problems, answers = answered(problems, notes)
    doubts = Doubts.of(findings, rows)
    measures = [
        Measure.of_said(known.issued[submission.identity.template_id], part.said)
        for submission, part in zip(submissions, rows, strict=True)
    ]
    heard = [
        hear(file, part, submission, measure, doubts)
        for file, (part, submission, measure) in enumerate(zip(rows, submissions, measures, strict=True))
    ]
    read = iter(heard)
    return Part(
        [
            _result(name, book, known, next(read) if isinstance(book, Opened) and book.submission else None)
            for (_, name), book in zip(paths, opened, strict=True)
        ],
        problems,
        [one for spoken in heard for one in spoken.said],
        [(submissions[person.file].workbook, person._replace(file=0)) for person in newcomers(rows, doubts)],
        answers,
        {s.workbook: spoken.filled for s, spoken in zip(submissions, heard, strict=True) if spoken.filled},
    )


def _submissions(opened: Iterable[Opened | Problem], known: Known) -> tuple[list[Problem], list[Submission]]:
    """What those that may be read say; and what is wrong with workbooks as a whole."""
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
    return problems, submissions


def open_workbook(path: Path, name: str, admit: Admit = admit_file) -> Opened | Problem:
    """Open a workbook as far as its seal: the guard, its values, whose it is; or what keeps it closed."""
    package = admit(path, name)
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
    assert identity is not None and qualification is not None and layout is not None  # noqa: S101, PT018 - for mypy
    book.submission = read(book.package, book.sheets, identity, qualification, layout, forms=forms)
    return [
        spotted(rule, book.package.name, spot) for rule in SHEET_RULES for spot in rule.find(book.submission)
    ]


def judged(frames: "Mapping[str, pd.DataFrame]", submissions: Sequence[Submission]) -> Iterator[Finding]:
    """The problems of all tables; one for each cell: errors before queries, then in the order of the rules."""
    found = [
        finding
        for name, rules in TABLE_RULES.items()
        if name in frames
        for finding in find(frames[name], rules, submissions)
    ]
    taken: set[tuple[int, str, int, int]] = set()
    for finding in sorted(found, key=lambda f: not f.problem.is_error):
        if finding.cell not in taken:
            taken.add(finding.cell)
            yield finding


def _result(name: str, book: Opened | Problem, known: Known, heard: Spoken | None) -> FileResult:
    if isinstance(book, Problem):
        return FileResult(name)
    identity = book.identity
    if identity is None:
        return FileResult(name, book.package.sha256)
    issued = known.issued.get(identity.template_id)
    result = FileResult(
        name, book.package.sha256, Outcome.REJECTED, identity.centre_number, identity.entry_code,
        identity.template_id, issued_to=issued.issued_to if issued else "",
    )  # fmt: skip
    if heard is None:
        return result
    return replace(result, outcome=Outcome.CLEAN, lines=heard.lines, held=heard.held, new=heard.new)
