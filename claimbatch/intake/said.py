"""What workbooks say: which of their lines can be taken, as statements; and what contradicts, and where."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import pandas as pd

from claimbatch.claims.claim import OTHER
from claimbatch.claims.merge import UNCLAIMED, Mark, Statement, in_words, says_something
from claimbatch.form.layout import NOT_CLAIMING
from claimbatch.intake.judge import Finding, find, place_of
from claimbatch.intake.known import Known
from claimbatch.intake.rules import run
from claimbatch.intake.rules.lines import initials_clash
from claimbatch.intake.submission import Submission
from claimbatch.intake.tables import Line, Person, Rows
from claimbatch.intake.values import squeeze
from claimbatch.problems import Problem, word

_COLUMNS = (
    "file", "candidate", "unit", "says", "base", "now", "touched", "rival", "claim", "source", "which", "mark",
    "grade_shown", "grade_sheet", "grade_row", "grade_col",
)  # fmt: skip


class Said(NamedTuple):
    """A clean statement, and what is known of it.

    *now* is the claim's mark, *source* where that was given, *touched* whether since the template's issue; *heading*
    stands above the cell.
    """

    statement: Statement
    now: Mark
    source: str
    touched: bool
    heading: str


@dataclass(frozen=True, slots=True)
class Doubts:
    """What the errors found speak against, each with the position of its workbook in the run."""

    cells: frozenset[tuple[int, str, int, int]]
    rows: frozenset[tuple[int, str, int]]
    candidates: frozenset[tuple[int, str]]
    assessors: frozenset[tuple[int, str]]

    @classmethod
    def of(cls, findings: Iterable[Finding], rows: Iterable[Rows]) -> "Doubts":
        """An error that is about no unit speaks against all that its row says of the candidate."""
        errors = [finding for finding in findings if finding.problem.is_error]
        cells = frozenset(finding.cell for finding in errors)
        in_rows = frozenset(cell[:3] for cell in cells)
        people = (p for part in rows for p in part.people if _row(p) in in_rows or not p.name)
        return cls(
            cells,
            in_rows,
            frozenset((f.cell[0], f.problem.candidate) for f in errors if not f.problem.unit),
            frozenset((person.file, person.initials.casefold()) for person in people),
        )

    def leave(self, line: Line) -> bool:
        """Whether they leave *line* alone, so that it can be taken."""
        grade = (line.file, line.grade_sheet, line.grade_row, line.grade_col)
        assessor = (line.file, line.assessor_sheet, line.assessor_row, line.assessor_col)
        assessed = (line.assessor and line.findable) or line.grade == NOT_CLAIMING
        row_counts = line.unit.startswith(OTHER)  # there the unit itself stands in the row
        return bool(
            line.candidate_ok
            and line.grade
            and assessed
            and self.cells.isdisjoint((grade, assessor))
            and (line.file, line.candidate) not in self.candidates
            and (line.file, line.assessor.casefold()) not in self.assessors
            and not (row_counts and grade[:3] in self.rows)
        )


def newcomers(rows: Iterable[Rows], doubts: Doubts) -> list[Person]:
    """The assessors that workbooks introduce and no error speaks against."""
    people = (person for part in rows for person in part.people)
    return [p for p in people if p.new and p.initials and p.name and _row(p) not in doubts.rows]


def same_initials(people: Sequence[tuple[str, Person]]) -> list[Problem]:
    """Initials that workbooks of the run give to different new assessors: told at each, with the other's name."""
    groups: dict[tuple[str, str], list[tuple[str, Person]]] = {}
    for workbook, person in people:
        groups.setdefault((person.centre, person.initials), []).append((workbook, person))
    problems = []
    for members in groups.values():
        for workbook, person in members:
            rivals = [other for other in members if squeeze(other[1].name) != squeeze(person.name)]
            for where, rival in rivals[:1]:
                spot = (person.initials_sheet, person.initials_row, person.initials_col)
                facts = {"holder": f"{rival.name} in {where}"}
                place = place_of(*spot, workbook, "Initials")
                problems.append(Problem(initials_clash, place, person.initials_shown, facts=facts))
    return problems


def _row(person: Person) -> tuple[int, str, int]:
    return person.file, person.initials_sheet, person.initials_row


def speaks(line: Line) -> bool:
    """Whether a line says something other than what the template said when it was issued."""
    base, now = (line.base_grade, line.base_assessor), (line.now_grade, line.now_assessor)
    return says_something(_mark(line), base, now)


def statement(line: Line, submission: Submission, known: Known) -> Said:
    """The line as a statement, with the claim's mark now and where that was said."""
    template_id = submission.identity.template_id
    issued, target = known.issued[template_id], (line.candidate, line.unit)
    said = Statement(
        line.centre, line.entry_code, known.issued[template_id].claim_key, line.candidate, line.unit,
        _mark(line), (line.base_grade, line.base_assessor), submission.workbook, submission.sha256,
        line.grade_sheet, line.grade_row, line.grade_col, template_id,
    )  # fmt: skip
    now = (line.now_grade, line.now_assessor)
    heading = submission.heading(line.grade_sheet, line.grade_col)
    return Said(said, now, issued.sources.get(target, ""), target in issued.touched, heading)


def _mark(line: Line) -> Mark:
    return UNCLAIMED if line.grade == NOT_CLAIMING else (line.grade, line.assessor)


def one_spelling(said: Sequence[Said]) -> list[Said]:
    """What is said of a unit of another awarding body, under one spelling however people type it."""
    spelt: dict[tuple[str, str, str], str] = {}
    for s, *_ in said:
        if s.unit.startswith(OTHER):
            key = (s.centre_number, s.entry_code, squeeze(s.unit))
            spelt[key] = min(s.unit, spelt.get(key, s.unit))
    return [_respelt(one, spelt) if one.statement.unit.startswith(OTHER) else one for one in said]


def _respelt(one: Said, spelt: Mapping[tuple[str, str, str], str]) -> Said:
    s = one.statement
    return one._replace(statement=s._replace(unit=spelt[s.centre_number, s.entry_code, squeeze(s.unit)]))


def overruled(one: Said) -> Said:
    """A statement that holds whatever the claim has come to say: as if its template had been issued just now."""
    return one._replace(statement=one.statement._replace(base=one.now), touched=False)


def compare(said: Sequence[Said]) -> list[Problem]:
    """The problems between workbooks of the run, and between them and the claim."""
    rivals = _rivals([one.statement for one in said])
    rows = [
        (
            index, s.candidate, s.unit, in_words(s.mark), in_words(s.base), in_words(now), touched,
            rivals.get(index, ""), s.claim_key, source, *(_typed(s) if touched else ("", "")),
            s.mark[0] or NOT_CLAIMING, s.sheet, s.row, s.column,
        )
        for index, (s, now, source, touched, _) in enumerate(said)
        if touched or index in rivals
    ]  # fmt: skip
    found: dict[int, Problem] = {}
    for finding in find(pd.DataFrame.from_records(rows, columns=list(_COLUMNS)), run.RULES, None):
        one = said[finding.cell[0]]
        place = replace(finding.problem.place, workbook=one.statement.workbook, field=one.heading)
        found.setdefault(finding.cell[0], replace(finding.problem, place=place))
    return list(found.values())


def _typed(s: Statement) -> tuple[str, str]:
    """Unit and mark as ``claimbatch claim set`` takes them: ``3`` and ``M JH``, or ``"Not claiming"``."""
    return word(s.unit), word(NOT_CLAIMING) if s.mark == UNCLAIMED else " ".join(map(word, s.mark))


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
                rivals[index] = f"{in_words(other.mark)} in {_where(other, statements[index])}"
    return rivals


def _where(other: Statement, mine: Statement) -> str:
    """Where another statement stands, seen from *mine*."""
    if other.workbook == mine.workbook:
        return f"{other.sheet}!{other.cell}: the unit stands twice in this workbook"
    same = other.template_id == mine.template_id
    twin = " (made from the same template: perhaps an older version of this workbook)" if same else ""
    return f"{other.workbook}, {other.sheet}!{other.cell}{twin}"
