"""One move from an old template to a current one: what is filled in where, where it goes, and what is left."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.worksheet.worksheet import Worksheet

from claimbatch.a1 import a1
from claimbatch.claims.claim import unit_title
from claimbatch.form.layout import Column, Sheet, normal
from claimbatch.intake.known import Issued, Target
from claimbatch.intake.submission import Submission, Table
from claimbatch.intake.values import ErrorCell, FormulaWithoutValue, is_blank, read_text, squeeze

REGISTER = "the register says otherwise"
TWICE = "two rows of this sheet say different things here"


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
    """A filled cell of the old template: where it stands, what it says, and of whom. *merged* is its range, if any."""

    sheet: str
    row: int
    column: int
    value: Any
    candidate: str = ""
    unit: str = ""
    merged: str = ""

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
    """One move under way: from where, to where, and what is left."""

    old: Submission
    workbook: Workbook
    issued: Issued
    claimed: Mapping[Target, str]
    left: list[LeftOver] = field(default_factory=list)
    moved: dict[tuple[str, str], str] = field(default_factory=dict)  # (sheet, cell) -> cell
    graded: dict[str, list[str]] = field(default_factory=dict)  # unit -> the cells that its grades went to

    def leave(self, filled: Filled, why: str) -> None:
        """List a value that has no place."""
        cell, shown = a1(filled.row, filled.column), read_text(filled.value).shown
        self.left.append(LeftOver(filled.sheet, cell, filled.candidate, unit_title(filled.unit), shown, why))

    def put(self, filled: Filled, target: Cell) -> None:
        """Put a value that is readable or not into its new cell, as text where it was text."""
        self.moved[normal(filled.sheet), a1(filled.row, filled.column)] = target.coordinate
        write(target, filled.value)


def contested(table: Table, names: list[str]) -> set[tuple[str, str]]:
    """The cells, by the name of their row and the key of their column, of which two rows say different things."""
    said: dict[tuple[str, str], set[str]] = {}
    for name, (_, values) in zip(names, table.rows, strict=True):
        for key in table.columns:
            if name and not is_blank(value := table.value(values, key)):
                said.setdefault((name, key), set()).add(plain(value))
    return {cell for cell, words in said.items() if len(words) > 1}


def newer(now: str) -> str:
    """Why an old value does not go over what the claim says *now*."""
    return f"the claim has changed since this template was issued: it says {now or 'nothing'} now"


def column_of(sheet: Sheet, key: str) -> Column | None:
    """The column *key*, where the form has it on this sheet."""
    return next((column for column in sheet.columns if column.key == key), None)


def position_of(sheet: Sheet, key: str) -> int:
    """The position of a column, from 1; 0 where the sheet has none."""
    return next((number for number, column in enumerate(sheet.columns, 1) if column.key == key), 0)


def cell_of(worksheet: Worksheet, row: int, column: int) -> Cell | None:
    """The cell at a row and column; None where one of them is 0, or the cell is a part of a merged one."""
    cell = worksheet.cell(row, column) if row and column else None
    return cell if isinstance(cell, Cell) else None


def write(target: Cell, value: Any) -> None:
    """Put a value into a cell, as text where it was text."""
    if isinstance(value, str):
        target.value, target.data_type = ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", value), "s"
    elif isinstance(value, float) and value.is_integer():
        target.value = int(value)
    else:
        target.value = value


def plain(value: Any) -> str:
    """A value as it is compared."""
    return squeeze(read_text(value).shown)
