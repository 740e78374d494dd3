"""The cells that an earlier copy of a workbook filled in, and that say nothing any more while the claim holds it."""

from claimbatch import clock
from claimbatch.claims.claim import OTHER
from claimbatch.claims.merge import UNCLAIMED, in_words
from claimbatch.form.contents import file_name
from claimbatch.form.layout import BY_UNIT, NOT_CLAIMING
from claimbatch.intake.known import Target
from claimbatch.intake.reading import Spot, Work
from claimbatch.intake.stance import Measure
from claimbatch.intake.tables import Cleared


def ask_for_cleared(work: Work, measure: Measure) -> None:
    """Add the cleared cells of one workbook to its rows; of initials that were left there nothing else is asked."""
    if not work.issued.copies:
        return
    lines, submission = work.rows.lines, work.submission
    alone = {(line.candidate, line.unit): line.assessor for line in lines if not line.grade_shown}
    shows: dict[Target, str] = {}
    for target, copy in measure.gone(submission.workbook, file_name(submission.identity), alone):
        shows = shows or _shown(work)
        spot, (candidate, unit) = _spot(work, target), target
        shown = shows.get(target, "")
        if spot and (shown or copy.said[target] != UNCLAIMED):
            said, when = in_words(copy.said[target]), clock.day(copy.at)
            work.rows.cleared.append(
                Cleared(work.file, candidate, unit, said, copy.workbook, when, shown, *spot)
            )
    asked = {(row.candidate, row.unit) for row in work.rows.cleared}
    work.rows.lines = [line for line in lines if line.grade_shown or (line.candidate, line.unit) not in asked]


def _spot(work: Work, target: Target) -> Spot | None:
    """Where the grade stood: its cell, or its sheet alone where the row is gone; None where the column is."""
    candidate, unit = target
    if unit.startswith(OTHER):
        table, key = work.submission.tables.get("other"), "grade"
    elif work.submission.layout.form == BY_UNIT:
        table, key = work.submission.tables.get("claim"), "grade"
    else:
        table, key = work.submission.tables.get("grades"), f"unit:{unit}"
    if table is None or key not in table.columns:
        return None
    row = None if unit.startswith(OTHER) else work.graded.get(candidate)
    return (table.name, row[0], table.columns[key]) if row else (table.name, 0, 0)


def _shown(work: Work) -> dict[Target, str]:
    """What the cells say: nothing, or what the template was issued with."""
    plain = {target: mark[0] or NOT_CLAIMING for target, mark, *_ in work.rows.plain.lines}
    return {(x.candidate, x.unit): x.grade_shown for x in reversed(work.rows.lines)} | plain
