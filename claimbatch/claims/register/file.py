"""A register file as rows of cells: CSV in whatever way it was saved, or the rows of a workbook's sheet.

Nothing is judged here but whether it can be read at all; every row keeps its number in the file.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from claimbatch.a1 import a1
from claimbatch.problems import Place

DELIMITERS = (",", ";", "\t")
LARGEST = 16 * 1024 * 1024  # bytes; a register of a hundred thousand candidates has fewer
_LOOKED_AT = 10  # lines; some exports begin with a title
_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx; .xls, and .xlsx with a password


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell without a value to read: what a person sees there, such as ``#N/A``."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one register file, each with its number; *fault* says why it could not be read.

    *sheet* is empty for CSV, where a place is a line; *notes* tell how it was read.
    """

    name: str
    rows: tuple[tuple[int, tuple[Any, ...]], ...] = ()
    sheet: str = ""
    fault: str = ""
    notes: tuple[str, ...] = ()

    def place(self, row: int, column: int, heading: str) -> Place:
        """Where a cell stands: ``line 7`` of a CSV file, ``C7`` of a sheet (*column* counts from 0)."""
        cell = a1(row, column + 1) if self.sheet else f"line {row}"
        return Place(self.name, self.sheet, cell, heading)


def is_workbook(data: bytes) -> bool:
    """Whether *data* is a workbook, whatever its file is called."""
    return data.startswith(_WORKBOOKS)


def read_sheet(
    name: str, sheet: str, rows: Sequence[Sequence[Any]], faults: Mapping[tuple[int, int], str]
) -> Table:
    """A workbook's sheet: its rows from the first one on, and its error cells by row and column, from 1."""
    grid = [list(row) for row in rows]
    for (row, column), text in faults.items():
        grid += [[] for _ in range(row - len(grid))]
        grid[row - 1] += [""] * (column - len(grid[row - 1]))
        grid[row - 1][column - 1] = Fault(text)
    numbered = tuple((number, tuple(row)) for number, row in enumerate(grid, 1) if any(map(_filled, row)))
    return Table(name, numbered, sheet, "" if numbered else "it is empty")


def read_csv(name: str, data: bytes) -> Table:
    """A CSV file: UTF-8, UTF-16 or Windows-1252; commas, semicolons or tabs."""
    if len(data) > LARGEST:
        return Table(name, fault="it is larger than 16 MB")
    text, note = _decoded(data)
    if text is None or "\0" in text:
        return Table(name, fault="it is not text")
    if not text.strip():
        return Table(name, fault="it is empty")
    try:
        return Table(name, tuple(_rows(text)), notes=(note,) if note else ())
    except csv.Error:
        return Table(name, fault="a quotation mark is never closed, or a cell is far too long")


def _decoded(data: bytes) -> tuple[str | None, str]:
    """The text, and a note where its encoding had to be told apart: old Excel saves no UTF-8."""
    marked = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), "utf-8")
    for encoding in (marked, "cp1252") if marked == "utf-8" else (marked,):
        try:
            note = "Read as Windows-1252: see that accented names are right." if encoding == "cp1252" else ""
            return data.decode(encoding), note
        except UnicodeDecodeError:
            continue
    return None, ""


def _rows(text: str) -> list[tuple[int, tuple[Any, ...]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows, start = [], 1
    for row in reader:
        if any(map(_filled, row)):
            rows.append((start, tuple(row)))
        start = reader.line_num + 1  # a quoted cell may hold line breaks
    return rows


def _delimiter(text: str) -> str:
    """What stands between the cells: told by the headings, the first line with two or more of one kind in it.

    In the rows below, a cell may well hold more of another kind than there are columns (unit entries, names).
    """
    lines = text.splitlines()[:_LOOKED_AT]
    for line in lines:
        most = max(DELIMITERS, key=line.count)
        if line.count(most) > 1:
            return most
    return max(DELIMITERS, key="\n".join(lines).count)


def _filled(value: Any) -> bool:
    return value is not None and bool(str(value).strip())
