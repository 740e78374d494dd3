"""Default assessors who take over grades that the claim holds by somebody else."""

from collections.abc import Iterator

from claimbatch.claims.merge import UNCLAIMED
from claimbatch.form.layout import NOT_CLAIMING
from claimbatch.intake.reading import Work
from claimbatch.intake.stance import Measure, mark_of
from claimbatch.intake.tables import Line, Moved

NAMED = 10  # candidates who are named one by one


def moved(work: Work) -> Iterator[Moved]:
    """For each cell that names who assessed a unit by default: the claimed grades that it gives to another assessor.

    That is the unit's cell on *Units*; by unit, where the centre has one assessor alone, the blank one beside a grade.
    """
    cells: dict[tuple[str, int, int], list[tuple[Line, str]]] = {}
    measure = Measure.of(work.issued, work.rows.lines)
    for line in work.rows.lines:
        whose = _taken_from(line, measure) if _is_default(work, line) else ""
        if whose:
            spot = line.assessor_sheet, line.assessor_row, line.assessor_col
            cells.setdefault(spot, []).append((line, whose))
    for spot, found in cells.items():
        lines = [line for line, _ in found]
        numbers = sorted({line.candidate for line in lines})
        more = f" and {len(numbers) - NAMED} more" if len(numbers) > NAMED else ""
        count = f"{len(lines)} claimed {'grade' if len(lines) == 1 else 'grades'}"
        whose = " and ".join(sorted({whose for _, whose in found}))
        yield Moved(
            work.file, lines[0].candidate if not lines[0].assessor_shown else "", lines[0].unit, count, whose,
            f"{', '.join(numbers[:NAMED])}{more}", lines[0].assessor, *spot,
        )  # fmt: skip


def _taken_from(line: Line, measure: Measure) -> str:
    """Who gave the same grade so far, as the template went out or as an earlier copy of this workbook said.

    Nobody, where it is somebody's own line, or what the claim has come to say from elsewhere.
    """
    if not line.assessor or line.grade in ("", NOT_CLAIMING):
        return ""
    target, mark = (line.candidate, line.unit), mark_of(line)
    said = [copy.said.get(target, UNCLAIMED) for copy in measure.earlier]
    marks = (*said, (line.base_grade, line.base_assessor))
    before = [who for grade, who in marks if grade == line.grade and who not in ("", line.assessor)]
    if not before or measure.stance(target, mark).contradicts or measure.is_from_elsewhere(target, mark):
        return ""
    return before[0]


def _is_default(work: Work, line: Line) -> bool:
    """Whether the initials were not typed for this line."""
    units = work.submission.tables.get("units")
    return not line.assessor_shown or (units is not None and line.assessor_sheet == units.name)
