"""Default assessors who take over grades that the claim holds by somebody else."""

from collections.abc import Iterator

from claimbatch.intake.reading import Work
from claimbatch.intake.tables import Line, Moved

NAMED = 10  # candidates who are named one by one


def moved(work: Work) -> Iterator[Moved]:
    """For each cell that names who assessed a unit by default: the claimed grades that it gives to another assessor.

    That is the unit's cell on *Units*; by unit, where the centre has one assessor alone, the blank one beside a grade.
    """
    cells: dict[tuple[str, int, int], list[Line]] = {}
    for line in work.rows.lines:
        if _is_taken_over(line) and _is_default(work, line):
            spot = line.assessor_sheet, line.assessor_row, line.assessor_col
            cells.setdefault(spot, []).append(line)
    for spot, lines in cells.items():
        numbers = sorted({line.candidate for line in lines})
        more = f" and {len(numbers) - NAMED} more" if len(numbers) > NAMED else ""
        count = f"{len(lines)} claimed {'grade' if len(lines) == 1 else 'grades'}"
        whose = " and ".join(sorted({line.base_assessor for line in lines}))
        yield Moved(
            work.file, lines[0].candidate if not lines[0].assessor_shown else "", lines[0].unit, count, whose,
            f"{', '.join(numbers[:NAMED])}{more}", lines[0].assessor, *spot,
        )  # fmt: skip


def _is_taken_over(line: Line) -> bool:
    """Whether the grade stands as it was issued, and the assessor does not."""
    return bool(
        line.base_assessor and line.grade == line.base_grade and line.assessor not in ("", line.base_assessor)
    )


def _is_default(work: Work, line: Line) -> bool:
    """Whether the initials were not typed for this line."""
    units = work.submission.tables.get("units")
    return not line.assessor_shown or (units is not None and line.assessor_sheet == units.name)
