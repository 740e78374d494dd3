"""What stands about a cell in which something was found: whose row it is, and the cells beside it, with their headings.

It is read from the workbook as the guard lets it through, as checking saw it; so a document can show it to whoever
looks for the cell.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from claimbatch.a1 import Address, address, column_letters
from claimbatch.form.layout import HEADER_ROW, normal
from claimbatch.intake.guard import Package, read_sheets
from claimbatch.intake.sheet import Grid, with_faults
from claimbatch.intake.values import FormulaWithoutValue, is_blank, read_date, read_text
from claimbatch.problems import Place, Problem, clip

NAMING = 2  # the first columns of every sheet of the form say whose a row is: number and name, unit and title
BESIDE = 1  # cells to the left and the right
SHOWN = 60  # characters of a cell
UNASKED = {"date of birth", "ocr candidate number"}  # of no help to find a cell, and nobody's business


class Seen(NamedTuple):
    """A cell as it is shown: the number of its column, the heading of that, and what it says."""

    column: int
    heading: str
    value: str


class Around(NamedTuple):
    """A place in a workbook, and the cells of its row that help to find it, in their order."""

    place: Place
    cells: tuple[Seen, ...]

    @property
    def column(self) -> int:
        """The column of the cell itself."""
        return self.place.address[1]


def around(package: Package, problems: Iterable[Problem]) -> dict[Place, Around]:
    """What stands about the cells of *problems* in the workbook *package*; nothing about what has no cell."""
    sheets = read_sheets(package)
    if isinstance(sheets, Problem):
        return {}
    scans = zip(package.sheets, sheets, strict=True)
    grids = {scan.name: with_faults(grid, scan) for scan, grid in scans}
    places = (problem.place for problem in problems if problem.place.cell)
    return {place: _around(place, grids[place.sheet]) for place in places if place.sheet in grids}


def _around(place: Place, grid: Grid) -> Around:
    row, column = address(place.cell)
    headings = _heading_row(place, grid)
    first = max(NAMING + 1, column - BESIDE)
    beside = range(first, max(column + BESIDE, first) + 1)
    cells = (
        Seen(at, _heading(grid, headings, at), _shown(grid, (row, at)))
        for at in (*range(1, NAMING + 1), *beside)
    )
    return Around(place, tuple(cell for cell in cells if _helps(cell) or cell.column == column))


def _helps(cell: Seen) -> bool:
    """Whether a cell helps to find the one beside it: one of the form, or one that is filled."""
    if normal(cell.heading) in UNASKED:
        return False
    return bool(cell.value) or cell.heading != f"Column {column_letters(cell.column)}"


def _heading_row(place: Place, grid: Grid) -> int:
    """The row of headings above a place: where its own heading stands, or where the form has them."""
    row, column = place.address
    above = range(min(row - 1, len(grid)), 0, -1)
    same = (at for at in above if place.field and normal(_shown(grid, (at, column))) == normal(place.field))
    return next(same, HEADER_ROW if row > HEADER_ROW else 0)


def _heading(grid: Grid, row: int, column: int) -> str:
    return (_shown(grid, (row, column)) if row else "") or f"Column {column_letters(column)}"


def _shown(grid: Grid, at: Address) -> str:
    """What a cell shows, in short."""
    row, column = at
    values: Sequence[Any] = grid[row - 1] if row <= len(grid) else ()
    value = values[column - 1] if column <= len(values) else ""
    if is_blank(value) or isinstance(value, FormulaWithoutValue):
        return ""
    return clip((read_date if isinstance(value, date) else read_text)(value).shown, SHOWN)
