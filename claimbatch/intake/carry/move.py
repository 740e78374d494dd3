"""One move from an old template to a current one: what is filled in where, where it goes, and what is left."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.worksheet.worksheet import Worksheet

from claimbatch.a1 import a1, address
from claimbatch.claims.claim import unit_title
from claimbatch.form.layout import HEADER_ROW, Sheet
from claimbatch.intake.carry.heard import Heard, Spot
from claimbatch.intake.sheet import Table
from claimbatch.intake.submission import Submission
from claimbatch.intake.values import ErrorCell, FormulaWithoutValue, is_blank, read_text, squeeze

GONE = "the current template does not have this candidate"
Row = tuple[int, Sequence[Any]]  # its number and its values
REGISTER = "the register says otherwise"
NOBODY = "its row has no candidate number"


@dataclass(frozen=True, slots=True)
class LeftOver:
    """Something filled in that has no place on the current template, and why."""

    sheet: str
    cell: str
    candidate: str
    unit: str
    value: str
    why: str


@dataclass(frozen=True, slots=True)
class Filled:
    """A cell of the old template: where it stands, what it says, and of whom. *merged* is its range, if any."""

    sheet: str = ""
    row: int = 0
    column: int = 0
    value: Any = ""
    candidate: str = ""
    unit: str = ""
    merged: str = ""

    @classmethod
    def of(cls, table: Table, row: Row, key: str, candidate: str = "", unit: str = "") -> "Filled":
        """The cell in the column *key* of a row, a pair of its number and its values."""
        (number, values), position = row, table.columns.get(key, 0)
        merged = table.merged.get((number, position), "")
        return cls(table.name, number, position, table.value(values, key), candidate, unit, merged)

    @property
    def blank(self) -> bool:
        """Whether it says nothing."""
        return is_blank(self.value)

    @property
    def spot(self) -> Spot:
        """Where it stands."""
        return self.sheet, self.row, self.column

    @property
    def unreadable(self) -> str:
        """Why the value cannot be carried to any cell; empty where it can."""
        if isinstance(self.value, FormulaWithoutValue):
            return "it is a formula without a value"
        if isinstance(self.value, ErrorCell):
            return "it is an error, not a value"
        return f"it stands in merged cells ({self.merged})" if self.merged else ""


@dataclass(slots=True)
class Move:
    """One move under way: what was heard, where it goes to, and what is left.

    *rows* are the rows of the old sheets (by name) that have a row on the current one, and which. *kept* are the cells
    that comments went to, ``Grades!E5``.
    """

    old: Submission
    heard: Heard
    workbook: Workbook
    left: list[LeftOver] = field(default_factory=list)
    rows: dict[tuple[str, int], int] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)

    def sheet(self, key: str) -> Worksheet:
        """A sheet of the current template."""
        worksheet: Worksheet = self.workbook[self.old.layout.sheet(key).name]
        return worksheet

    def leave(self, filled: Filled, why: str) -> None:
        """List a value that has no place."""
        cell = a1(filled.row, filled.column) if filled.row else ""
        shown = read_text(filled.value).shown
        self.left.append(LeftOver(filled.sheet, cell, filled.candidate, unit_title(filled.unit), shown, why))

    def in_order(self) -> list[LeftOver]:
        """What is left, as it stands on the old sheets: by sheet, then by row and column."""
        tables = self.old.tables
        sheets = [tables[s.key].name if s.key in tables else s.name for s in self.old.layout.sheets]
        last = len(sheets)
        position = {name: number for number, name in enumerate(sheets)}
        return sorted(
            self.left,
            key=lambda item: (position.get(item.sheet, last), *(address(item.cell) if item.cell else (0, 0))),
        )

    def place(self, table: Table, row: int, column: int) -> str:
        """Where a cell of the old sheet stands on the current one, in A1 terms; empty where it is not there."""
        key = next((key for key, position in table.columns.items() if position == column), "")
        there = HEADER_ROW if row == table.header_row else self.rows.get((table.name, row), 0)
        position = position_of(table.sheet, key)
        return a1(there, position) if there and position else ""


def position_of(sheet: Sheet, key: str) -> int:
    """The position of a column, from 1; 0 where the sheet has none."""
    return next((number for number, column in enumerate(sheet.columns, 1) if column.key == key), 0)


def rows_by(worksheet: Worksheet, reader: Callable[[Any], str]) -> dict[str, int]:
    """The rows of a current sheet by what *reader* makes of their first cell."""
    return {reader(cell.value): cell.row for cell in worksheet["A"][HEADER_ROW:] if cell.value}


def cell_of(worksheet: Worksheet, row: int, column: int) -> Cell | None:
    """The cell at a row and column; None where one of them is 0, or the cell is a part of a merged one."""
    cell = worksheet.cell(row, column) if row and column else None
    return cell if isinstance(cell, Cell) else None


def write(target: Cell | MergedCell, value: Any) -> None:
    """Put a value into a cell, as text where it was text; a blank one clears it."""
    if isinstance(target, MergedCell):
        raise TypeError("a template has no merged cells in its tables")
    if is_blank(value):
        target.value = None
    elif isinstance(value, str):
        target.value, target.data_type = ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", value), "s"
    elif isinstance(value, float) and value.is_integer():
        target.value = int(value)
    else:
        target.value = value


def plain(value: Any) -> str:
    """A value as it is compared."""
    return squeeze(read_text(value).shown)
