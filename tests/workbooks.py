"""Filled workbooks for tests, looked at with openpyxl: what a person would see in them, told without claimbatch."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl
from openpyxl.workbook import Workbook

from tests.centre import column_of

Mark = tuple[str, str]  # grade, assessor's initials


@dataclass(frozen=True)
class Spot:
    """One cell for a grade: where it stands, and whose it is in which unit."""

    sheet: str
    row: int
    column: int
    candidate: str
    unit: str


def spots(book: Workbook) -> list[Spot]:
    """Every cell for a grade that the template leaves open, row by row."""
    return list(_spots(book))


def _spots(book: Workbook) -> Iterator[Spot]:
    if "Claim" in book.sheetnames:
        sheet = book["Claim"]
        columns = {column_of(sheet, "Grade"): book["Claim"]["A1"].value.split(":")[0].split()[1]}
    else:
        sheet = book["Grades"]
        columns = {c.column: c.value.split()[1] for c in sheet[4] if str(c.value).startswith("Unit ")}
    for row in range(5, sheet.max_row + 1):
        if number := sheet.cell(row, 1).value:
            for column, unit in columns.items():
                if not sheet.cell(row, column).protection.locked:
                    yield Spot(sheet.title, row, column, number, unit)


def mark_at(book: Workbook, spot: Spot) -> Mark:
    """The grade in a cell, and the initials of who assessed it: its own, else its unit's default."""
    sheet = book[spot.sheet]
    grade = sheet.cell(spot.row, spot.column).value or ""
    if spot.sheet == "Claim":
        return grade, sheet.cell(spot.row, column_of(sheet, "Assessor")).value or ""
    return grade, book["Assessed by"].cell(spot.row, spot.column).value or default(book, spot.unit)


def default(book: Workbook, unit: str) -> str:
    """The default assessor of a unit."""
    return (
        book["Units"].cell(row_of_unit(book, unit), column_of(book["Units"], "Default assessor")).value or ""
    )


def row_of_unit(book: Workbook, unit: str) -> int:
    """The row of a unit on the sheet Units."""
    return next(cell.row for cell in book["Units"]["A"] if cell.value == f"Unit {unit}")


def claimed(path: Path) -> dict[tuple[str, str], Mark]:
    """The units claimed in a workbook as it came from the template: candidate and unit to grade and initials."""
    book = openpyxl.load_workbook(path)
    marks = {(spot.candidate, spot.unit): mark_at(book, spot) for spot in spots(book)}
    return {target: mark for target, mark in marks.items() if mark[0] in ("P", "M", "D")}
