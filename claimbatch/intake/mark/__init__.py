"""A marked copy: the workbook that came back, with every problem at its cell and listed on a first sheet.

Marks are added to the file as it is; whatever else it holds (values, formulas and their results, drop-downs of any
kind, pictures, protection) is not read and written again, and so cannot be lost. A marked copy is valid input: its
marks are not read, and marking it again takes the old ones off first.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from claimbatch.intake.guard import Package, read_sheets
from claimbatch.intake.guard.cells import address
from claimbatch.intake.mark.book import Book
from claimbatch.intake.mark.cells import mark_cells, unmark_cells
from claimbatch.intake.mark.sheet import problem_sheet
from claimbatch.intake.mark.splice import insert, read, replace, with_attribute
from claimbatch.intake.submission import Grid, is_marks
from claimbatch.problems import Problem

_NAME = "Problems"
_CHOSEN = re.compile(rb"""(<(?:[\w.-]+:)?sheetView\s[^>]*?)\s+tabSelected\s*=\s*["'](?:1|true)["']""")


def mark(package: Package, problems: Sequence[Problem]) -> bytes:
    """A copy of *package* with its *problems* marked. The same problems give the same bytes."""
    book, grids = Book.unpack(package.data), _grids(package)
    sheets = book.sheets()
    for path in sheets.values():
        unmark_cells(book, path)
        book.parts[path] = _CHOSEN.sub(rb"\1", book.parts[path])  # what is typed goes to every chosen sheet
    for name, found in _by_sheet(problems).items():
        if name in sheets:
            mark_cells(book, sheets[name], found, _with_dates(found, grids.get(name, ())))
    earlier = next((name for name, grid in grids.items() if is_marks(grid)), "")
    if earlier:
        book.parts[sheets[earlier]] = problem_sheet(book, problems)
        book.unrelate(sheets[earlier])
    else:
        _add_first(book, problem_sheet(book, problems))
    _open_at(book, earlier)
    return book.pack()


def _grids(package: Package) -> Mapping[str, Grid]:
    """The values of each sheet by its name; none where the reader cannot read them."""
    grids = read_sheets(package)
    return (
        {} if isinstance(grids, Problem) else dict(zip((s.name for s in package.sheets), grids, strict=True))
    )


def _by_sheet(problems: Iterable[Problem]) -> Mapping[str, Mapping[str, list[Problem]]]:
    """The problems that have a cell, by sheet and cell."""
    found: dict[str, dict[str, list[Problem]]] = {}
    for problem in problems:
        if problem.place.sheet and problem.place.cell:
            found.setdefault(problem.place.sheet, {}).setdefault(problem.place.cell, []).append(problem)
    return found


def _with_dates(cells: Iterable[str], grid: Grid) -> set[str]:
    """Those of *cells* that hold a date."""
    places = ((cell, address(cell)) for cell in cells)
    return {cell for cell, (row, column) in places if isinstance(_value(grid, row, column), date)}


def _value(grid: Grid, row: int, column: int) -> Any:
    return grid[row - 1][column - 1] if row <= len(grid) and column <= len(grid[row - 1]) else ""


def _add_first(book: Book, content: bytes) -> None:
    """Put *content* before all other sheets."""
    folder = book.main.rpartition("/")[0]
    path = book.add(f"{folder}/worksheets", "claimbatch-problems.xml", content, "spreadsheetml.worksheet+xml")
    relation = book.relate(book.main, "worksheet", path)
    listed = book.listed()
    names = {sheet["name"].casefold() for sheet in listed}
    name = next(
        n
        for i in range(1, len(names) + 2)
        if (n := f"{_NAME} {i}" if i > 1 else _NAME).casefold() not in names
    )
    number = max(int(number) for sheet in listed if (number := sheet.get("sheetId", "0")).isdecimal()) + 1
    item = (
        f'<sheet xmlns="{book.namespace}" xmlns:r="{book.relations}" name="{name}" sheetId="{number}" '
        f'r:id="{relation}"/>'
    )
    book.change("sheets", lambda sheets: insert(sheets, item.encode(), ("sheet",)))
    book.change("definedNames", _moved_on)


def _moved_on(names: bytes) -> bytes:
    """Defined names that belong to one sheet (print areas and the like) go by its position, which is now one more."""
    for element in reversed(read(names)[1]):
        position = element.attributes.get("localSheetId")
        if position and position.isdecimal():
            name = names[element.start : element.end]
            names = replace(names, element, with_attribute(name, "localSheetId", int(position) + 1))
    return names


def _open_at(book: Book, name: str) -> None:
    """Let the workbook open at the sheet *name*, or at its first."""
    names = [sheet["name"] for sheet in book.listed()]
    position = names.index(name) if name else 0

    def opened(views: bytes) -> bytes:
        for element in reversed(read(views)[1]):
            view = views[element.start : element.end]
            view = with_attribute(with_attribute(view, "activeTab", position), "firstSheet", 0)
            views = replace(views, element, view)
        return views

    book.change("bookViews", opened)
