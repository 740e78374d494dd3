"""What an old workbook says, as merging hears it: the same lines, statements and contradictions, by their places."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from claimbatch.claims.merge import in_words
from claimbatch.form.contents import sole_assessors
from claimbatch.form.layout import NOT_CLAIMING
from claimbatch.intake.carry.whose import strangers
from claimbatch.intake.check import judged
from claimbatch.intake.judge import Finding
from claimbatch.intake.known import Issued, Known, Target
from claimbatch.intake.lines import tabulate
from claimbatch.intake.rules import cells
from claimbatch.intake.rules.lines import identity_changed
from claimbatch.intake.rules.run import changed_since_issue
from claimbatch.intake.said import Said, compare, one_spelling, speaks, statement
from claimbatch.intake.submission import Submission
from claimbatch.intake.tables import Line, join
from claimbatch.problems import Problem

Spot = tuple[str, int, int]  # sheet, row, column


@dataclass(frozen=True, slots=True)
class Heard:
    """What an old workbook says: its *lines* by the place of the grade, and what speaks *against* them.

    *others* are the rows of *Other units*, by sheet and row: of which candidate and unit. *strangers* are candidate
    numbers of which nothing may be carried, with the reason; *overtyped* the locked cells that are not as the register
    has them, and did not go out so.
    """

    issued: Issued
    defaults: Mapping[str, str]
    lines: Mapping[Spot, Line]
    against: Mapping[Spot, str]
    others: Mapping[tuple[str, int], Target]
    strangers: Mapping[str, str]
    overtyped: Collection[Spot]

    def default_as_issued(self, unit: str) -> str:
        """The default assessor of a unit that went out."""
        return self.issued.prefilled or self.defaults.get(unit, "")


def hear(old: Submission, known: Known, *, closed: bool, purged: Collection[str] = ()) -> Heard:
    """Hear *old* as merging would; where its claim is *closed*, what earlier claims hold speaks against it, too.

    *purged* are candidate numbers that may be somebody else's by now.
    """
    rows = tabulate(0, old, known)
    findings = list(judged(join([rows]), [old]))
    speaking = [line for line in rows.lines if speaks(line)]
    said = one_spelling([statement(line, old, known) for line in speaking])
    against = dict(_contradicted(said))
    if closed:
        held = {_spot(line): f"it is claimed already: {line.earlier}" for line in speaking if line.earlier}
        against |= held
    issued = known.issued[old.identity.template_id]
    return Heard(
        issued,
        sole_assessors(issued.base),
        {_spot(line): line for line in rows.lines},
        against,
        {(row.title_sheet, row.title_row): (row.candidate, row.unit) for row in rows.other},
        strangers(old, known, findings, purged),
        {finding.cell[1:] for finding in findings if _is_locked(old, finding)},
    )


def stands(line: Line) -> bool:
    """Whether a line says what the template said when it was issued: a grade that is claimed, by the same assessor."""
    return not speaks(line) and line.grade not in ("", NOT_CLAIMING)


def newer(now: str) -> str:
    """Why an old value does not go over what the claim says *now*."""
    return f"the claim has changed since this template was issued: it says {now or 'nothing'} now"


def _contradicted(said: list[Said]) -> Iterator[tuple[Spot, str]]:
    """The statements that merging would hold back because the claim has come to say otherwise (CB303), with words.

    Two rows that contradict each other are told so first, and each may contradict the claim besides.
    """
    stands = {(one.statement.sheet, one.statement.cell): one for one in said}
    for problem in compare(said):
        one = stands[problem.place.sheet, problem.place.cell]
        found = problem if _is_newer(problem) else next(iter(compare([one])), None)
        if found and _is_newer(found):
            s = one.statement
            yield (s.sheet, s.row, s.column), newer(in_words(one.now))


def _is_newer(problem: Problem) -> bool:
    return problem.rule.code == changed_since_issue.code


def _is_locked(old: Submission, finding: Finding) -> bool:
    """Whether a finding says that a locked value was typed over."""
    _, sheet, _, position = finding.cell
    if finding.problem.rule not in (identity_changed, *cells.RULES):
        return False
    table = next(table for table in old.tables.values() if table.name == sheet)
    locked = {table.columns.get(column.key) for column in table.sheet.columns if column.locked}
    return position in locked


def _spot(line: Line) -> Spot:
    return line.grade_sheet, line.grade_row, line.grade_col
