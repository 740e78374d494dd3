"""What an old workbook says, as merging hears it: the same lines, statements and contradictions, by their places."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from claimbatch.claims.merge import in_words
from claimbatch.form.contents import sole_assessors
from claimbatch.intake.carry.whose import strangers
from claimbatch.intake.chunk import judged
from claimbatch.intake.judge import Finding
from claimbatch.intake.known import Issued, Known, Target
from claimbatch.intake.lines import tabulate
from claimbatch.intake.people import as_issued
from claimbatch.intake.rules import cells
from claimbatch.intake.rules.lines import identity_changed
from claimbatch.intake.stance import Measure, mark_of, says
from claimbatch.intake.submission import Submission
from claimbatch.intake.tables import Cleared, Line, join
from claimbatch.intake.values import read_text

Spot = tuple[str, int, int]  # sheet, row, column


@dataclass(frozen=True, slots=True)
class Heard:
    """What an old workbook says: its *lines* by the place of the grade, and what speaks *against* them.

    *others* are the rows of *Other units*, by sheet and row: of which candidate and unit. *cleared* are the cells
    that do not say any more what an earlier copy said, and the claim holds. *strangers* are candidate
    numbers of which nothing may be carried, with the reason; *overtyped* the locked cells that are not as the register
    has them, and did not go out so. *untyped* are the rows of *Assessors* that stand as they went out.
    """

    issued: Issued
    defaults: Mapping[str, str]
    lines: Mapping[Spot, Line]
    against: Mapping[Spot, str]
    others: Mapping[tuple[str, int], Target]
    cleared: tuple[Cleared, ...]
    strangers: Mapping[str, str]
    overtyped: Collection[Spot]
    untyped: Collection[int] = ()

    def default_as_issued(self, unit: str) -> str:
        """The default assessor of a unit that went out."""
        return self.issued.prefilled or self.defaults.get(unit, "")


def hear(old: Submission, known: Known, *, closed: bool, purged: Collection[str] = ()) -> Heard:
    """Hear *old* as merging would; where its claim is *closed*, what earlier claims hold speaks against it, too.

    *purged* are candidate numbers that may be somebody else's by now.
    """
    rows, issued = tabulate(0, old, known, every=True), known.issued[old.identity.template_id]
    findings = list(judged(join([rows]), [old]))
    measure = Measure.of(issued, rows.lines)
    against = {_spot(line): why for line in rows.lines if (why := _against(line, measure, closed=closed))}
    return Heard(
        issued,
        sole_assessors(issued.base),
        {_spot(line): line for line in rows.lines},
        against,
        {(row.title_sheet, row.title_row): (row.candidate, row.unit) for row in rows.other},
        tuple(rows.cleared),
        strangers(old, known, findings, purged),
        {finding.cell[1:] for finding in findings if _is_locked(old, finding)},
        _untyped(old, known.key, issued),
    )


def stands(line: Line) -> bool:
    """Whether a line says what the template said when it was issued: a grade that is claimed, by the same assessor."""
    return bool(line.grade_shown) and not says(line)


def newer(now: str) -> str:
    """Why an old value does not go over what the claim says *now*."""
    return f"the claim has changed since this template was issued: it says {now or 'nothing'} now"


def _against(line: Line, measure: Measure, *, closed: bool) -> str:
    """Why a line does not go over what the claim, or an earlier one, says; empty where it may."""
    stance = measure.stance((line.candidate, line.unit), mark_of(line))
    if closed and line.earlier and not stands(line):
        return f"it is claimed already: {line.earlier}"
    return newer(in_words((line.now_grade, line.now_assessor))) if stance.contradicts else ""


def _untyped(old: Submission, key: bytes, issued: Issued) -> set[int]:
    """The rows of *Assessors* that nobody has typed."""
    table = old.tables.get("assessors")
    return {
        row
        for row, values in (table.rows if table else ())
        if table
        and as_issued(
            key, issued, old, *(read_text(table.value(values, name)).value for name in ("initials", "name"))
        )
    }


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
