"""Default assessors who take over grades that the claim holds by somebody else."""

from collections.abc import Iterator

from claimbatch.claims.merge import UNCLAIMED, Mark
from claimbatch.intake.known import Target
from claimbatch.intake.reading import Work
from claimbatch.intake.stance import Measure, mark_of
from claimbatch.intake.tables import Moved, Source

NAMED = 10  # candidates who are named one by one


def moved(work: Work, measure: Measure) -> Iterator[Moved]:
    """For each cell that names who assessed a unit by default: the claimed grades that it gives to another assessor.

    That is the unit's cell on *Units*; by unit, where the centre has one assessor alone, the blank one beside a grade.
    """
    cells: dict[Source, list[tuple[Target, str, str]]] = {}
    if not work.issued.base and not measure.earlier:
        return  # nobody gave any grade so far
    for target, mark, source in _by_default(work):
        if whose := _taken_from(target, mark, measure):
            cells.setdefault(source, []).append((target, mark[1], whose))
    for (shown, sheet, row, column), found in cells.items():
        (candidate, unit), initials, _ = found[0]
        numbers = sorted({target[0] for target, *_ in found})
        more = f" and {len(numbers) - NAMED} more" if len(numbers) > NAMED else ""
        count = f"{len(found)} claimed {'grade' if len(found) == 1 else 'grades'}"
        whose = " and ".join(sorted({whose for *_, whose in found}))
        yield Moved(
            work.file, candidate if not shown else "", unit, count, whose,
            f"{', '.join(numbers[:NAMED])}{more}", initials, sheet, row, column,
        )  # fmt: skip


def _taken_from(target: Target, mark: Mark, measure: Measure) -> str:
    """Who gave the same grade so far, as the template went out or as an earlier copy of this workbook said.

    Nobody, where it is somebody's own line, or what the claim has come to say from elsewhere.
    """
    given, initials = mark
    if not given or not initials:
        return ""
    said = [copy.said.get(target, UNCLAIMED) for copy in measure.earlier]
    marks = (*said, measure.issued.base.get(target, UNCLAIMED))
    before = [who for grade, who in marks if grade == given and who not in ("", initials)]
    if not before or measure.stance(target, mark).contradicts or measure.is_from_elsewhere(target, mark):
        return ""
    return before[0]


def _by_default(work: Work) -> Iterator[tuple[Target, Mark, Source]]:
    """The lines whose initials were not typed for them: what each says, and the cell that names who assessed it."""
    table = work.submission.tables.get("units")
    units = table.name if table else None
    for target, mark, _, _, source in work.rows.plain.lines:
        if not source[0] or source[1] == units:
            yield target, mark, source
    for line in work.rows.lines:
        if not line.assessor_shown or line.assessor_sheet == units:
            source = line.assessor_shown, line.assessor_sheet, line.assessor_row, line.assessor_col
            yield (line.candidate, line.unit), mark_of(line), source
