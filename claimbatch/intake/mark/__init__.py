"""A marked copy: the workbook that came back, with every problem at its cell and listed on a first sheet.

Marks are added to the file as it is; whatever else it holds (values, formulas and their results, drop-downs of any
kind, pictures, protection) is not read and written again, and so cannot be lost. A marked copy is valid input: its
marks are not read, and marking it again takes the old ones off first.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from claimbatch.a1 import address
from claimbatch.form.layout import form_file, normal, sheet_name
from claimbatch.intake.guard import Package, read_sheets
from claimbatch.intake.mark.book import Book
from claimbatch.intake.mark.cells import mark_cells, unmark_cells
from claimbatch.intake.mark.front import add_first, choose_none, open_at
from claimbatch.intake.mark.origin import keep_origin
from claimbatch.intake.mark.sheet import problem_sheet
from claimbatch.intake.sheet import Grid
from claimbatch.intake.submission import is_marks
from claimbatch.problems import Problem

_NAMING = ("holder", "rival", "source")  # the facts of a problem that may name another workbook


def mark(package: Package, problems: Sequence[Problem], origin: str = "") -> bytes:
    """A copy of *package* with its *problems* marked. The same problems give the same bytes.

    *origin* is kept in it: the SHA-256 of the file that it is the copy of, for who is to know it again.
    """
    book, grids = Book.unpack(package.data), _grids(package)
    problems = [for_teachers(problem) for problem in problems]
    sheets = book.sheets()
    choose_none(book)
    for path in sheets.values():
        unmark_cells(book, path)
    for name, found in _by_sheet(problems).items():
        if name in sheets:
            mark_cells(book, sheets[name], found, _with_dates(found, grids.get(name, ())))
    ours = _earlier(grids)
    if ours:
        book.parts[sheets[ours]] = problem_sheet(book, problems)
        book.unrelate(sheets[ours])
    else:
        ours = add_first(book, problem_sheet(book, problems))
    open_at(book, ours)
    if origin:
        keep_origin(book, origin)
    return book.pack()


def for_teachers(problem: Problem) -> Problem:
    """The problem as teachers are told of it; other workbooks by their names: folders are those of whoever checks."""
    facts = {n: _without_folders(fact) if n in _NAMING else fact for n, fact in problem.facts.items()}
    return replace(problem, rule=problem.rule.for_teachers, facts=facts)


def _without_folders(text: str) -> str:
    """``M by SA in returned/week 3/Jones.xlsx, Grades!E5`` as ``M by SA in Jones.xlsx, Grades!E5``."""
    folders, _, file = text.rpartition("/")
    said, joint, _ = folders.partition(" in ")
    if ".xlsx" not in file.casefold():
        return text
    return f"{said}{joint}{file}" if joint else file


def _grids(package: Package) -> Mapping[str, Grid]:
    """The values of each sheet by its name; none where the reader cannot read them."""
    grids = read_sheets(package)
    return (
        {} if isinstance(grids, Problem) else dict(zip((s.name for s in package.sheets), grids, strict=True))
    )


def _earlier(grids: Mapping[str, Grid]) -> str:
    """The name of the sheet that an earlier marking left, or an empty text.

    It is never one of the form's, whose first cell somebody may have pasted our title into.
    """
    form = {normal(sheet["name"]) for sheet in form_file()["sheets"].values()}
    own = (name for name in grids if sheet_name(name) not in form)
    return next((name for name in own if is_marks(grids[name])), "")


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
