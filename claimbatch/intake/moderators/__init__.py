"""A moderator's workbook as it comes back: opened by the guard, known by its seal, read, and checked at the cell.

Nothing is taken of a workbook with an error, and everything of one without.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from claimbatch.claims.decisions import Decision
from claimbatch.claims.standing import Standing
from claimbatch.claims.store import Issued
from claimbatch.form.layout import lay_out
from claimbatch.intake.chunk import Opened, open_workbook
from claimbatch.intake.guard import Package
from claimbatch.intake.judge import find, spotted
from claimbatch.intake.moderators.reading import Rows, read_rows
from claimbatch.intake.moderators.rows import Row, decisions, judged_rows, ticks
from claimbatch.intake.rules import cells, moderators, structure
from claimbatch.intake.submission import Submission, read
from claimbatch.intake.tables import Cell
from claimbatch.problems import Problem, errors_in, one_a_cell


@dataclass(frozen=True, slots=True)
class Returned:
    """A workbook that came back: what was found in it, and what it says where nothing in it is wrong.

    *claim_key* is the claim that it is of, *package* the file as the guard let it through (None where it did not).
    """

    workbook: str
    claim_key: str = ""
    problems: tuple[Problem, ...] = ()
    ticks: tuple[tuple[str, str], ...] = ()
    decisions: tuple[Decision, ...] = ()
    package: Package | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """What is needed to hear a moderator: which templates were issued, how a claim stands, and the workspace's key."""

    issued: Callable[[str], Mapping[str, Issued]]
    stands: Callable[[str], Standing]
    key: bytes


def is_ours(path: Path) -> bool:
    """Whether a file is a workbook that carries a token of claimbatch, of whatever form."""
    book = open_workbook(path, path.name)
    return isinstance(book, Opened) and bool(book.token)


def hear(path: Path, name: str, desk: Desk, form: str, claim_key: str = "") -> Returned:
    """Read the workbook at *path*, called *name*, as the *form* that a moderator fills in, and check it.

    *claim_key* is the claim that it must be of; any, where it is empty.
    """
    book = open_workbook(path, name)
    if isinstance(book, Problem):
        return Returned(name, problems=(book,))
    identity = book.identity
    issued = desk.issued(identity.template_id).get(identity.template_id) if identity else None
    arrived = moderators.Returned(name, book.token, identity, issued, desk.key, form, claim_key)
    wrong = [spotted(moderators.wrong_workbook, name, s) for s in moderators.wrong_workbook.find(arrived)]
    if wrong or identity is None or issued is None:
        return Returned(name, problems=tuple(wrong))
    stands = desk.stands(issued.claim_key)
    layout = lay_out(form, stands.claim.qualification)
    submission = read(book.package, book.sheets, identity, stands.claim.qualification, layout)
    rows = read_rows(submission, stands)
    problems = tuple(_problems(submission, rows))
    if errors_in(problems):
        return Returned(name, issued.claim_key, problems, package=book.package)
    said = tuple(ticks(rows)), tuple(decisions(rows))
    return Returned(name, issued.claim_key, problems, *said, book.package)


def _problems(submission: Submission, rows: Rows) -> list[Problem]:
    """All that is wrong, one problem a cell, errors first; in the order of sheets and cells."""
    found = [
        spotted(rule, submission.workbook, spot)
        for rule in (*structure.RULES, moderators.remark_not_read)
        for spot in rule.find(submission)
    ]
    found += _judged(submission, rows)
    whole = [problem for problem in found if not problem.place.cell]
    at_cells = one_a_cell(problem for problem in found if problem.place.cell)
    return whole + sorted(at_cells, key=lambda problem: (problem.place.sheet, problem.place.address))


def _judged(submission: Submission, rows: Rows) -> Iterator[Problem]:
    """What the rules find in the rows, and in cells that could not be read."""
    for made, kind, rules in (
        (rows.cells, Cell, cells.RULES),
        (list(judged_rows(rows)), Row, moderators.ROW_RULES),
    ):
        frame = pd.DataFrame.from_records(made, columns=list(kind._fields))
        yield from (finding.problem for finding in find(frame, rules, [submission]))
