"""Carry what was filled in over from an old template into a current one, by candidate and unit.

A template goes out of date when candidates come, units change or a year ends. What teachers filled in by then goes
to the same candidate and unit on the current template; what has no place there is listed, never dropped. Nothing is
judged here: a value that cannot be read is carried as it is, and checking finds it on the new workbook.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.worksheet.worksheet import Worksheet

from claimbatch.claims.claim import OTHER
from claimbatch.form.layout import HEADER_ROW, Column, Sheet, normal, unit_number
from claimbatch.form.template import save
from claimbatch.intake.guard.cells import a1
from claimbatch.intake.known import Issued
from claimbatch.intake.submission import Submission, Table
from claimbatch.intake.values import (
    ErrorCell,
    FormulaWithoutValue,
    is_blank,
    read_candidate_number,
    read_date,
    read_grade,
    read_text,
    squeeze,
)

_GRIDS = ("grades", "assessed", "claim")
_LISTS = {
    "assessors": ("initials",),
    "other": ("number", "title", "body"),
    "notes": (),
}  # what tells their rows apart
_NO_CANDIDATE = "the current template does not have this candidate"
_REGISTER = "the register says otherwise"
_PART = {"grade": 0, "initials": 1}  # of what was claimed of a unit


@dataclass(frozen=True, slots=True)
class LeftOver:
    """Something filled in that has no place on the current template, and why."""

    sheet: str
    cell: str
    candidate: str
    unit: str
    value: str
    why: str


def carry(old: Submission, fresh: bytes, issued: Issued) -> tuple[bytes, list[LeftOver]]:
    """The template *fresh*, of the same form, with what was filled in on *old*; and what did not fit.

    What still stands as *old* was *issued* was not filled in by anybody and stays behind: the current template has it
    from the claim, if it is still there. What contradicts a line of the claim that was touched since is left, too: an
    old workbook cannot undo newer grades.
    """
    move = _Move(old, openpyxl.load_workbook(BytesIO(fresh)), issued)
    for key in (*_GRIDS, "units", *_LISTS):
        table = old.tables.get(key)
        if table and old.layout.has(key):
            rows = _in_grid if key in _GRIDS else _in_units if key == "units" else _in_list
            rows(move, table, old.layout.sheet(key))
        if table:
            _outside(move, table)
    for name, row, column, value in old.beside:
        move.leave(name, row, column, value, "it stands outside the form; look there for more")
    for name, row, column, value in old.extra:
        move.leave(name, row, column, value, f"the form has no sheet {name}; look there for more")
    return save(move.workbook), move.left


@dataclass(slots=True)
class _Move:
    """One move under way: from where, to where, and what is left."""

    old: Submission
    workbook: openpyxl.Workbook
    issued: Issued
    left: list[LeftOver] = field(default_factory=list)
    moved: dict[tuple[str, str], str] = field(default_factory=dict)  # (sheet, cell) -> cell

    def leave(
        self, sheet: str, row: int, column: int, value: Any, why: str, *, about: tuple[str, str] = ("", "")
    ) -> None:
        """List a value that has no place, *about* a candidate and unit."""
        self.left.append(LeftOver(sheet, a1(row, column), *about, read_text(value).shown, why))

    def put(self, sheet: str, row: int, column: int, value: Any, target: Cell) -> None:
        """Put a value that is readable or not into its new cell, as text where it was text."""
        self.moved[normal(sheet), a1(row, column)] = target.coordinate
        if isinstance(value, str):
            target.value, target.data_type = (
                ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", value),
                "s",
            )
        elif isinstance(value, float) and value.is_integer():
            target.value = int(value)
        else:
            target.value = value


# --- candidates and units --------------------------------------------------------------------------------------


def _in_grid(move: _Move, table: Table, sheet: Sheet) -> None:
    """*Grades*, *Assessed by* or *Claim*: each value goes to its candidate's row and its unit's column."""
    worksheet = move.workbook[sheet.name]
    rows = {read_text(c.value).value: c.row for c in worksheet["A"][HEADER_ROW:] if c.value}
    for row, values in table.rows:
        candidate = read_candidate_number(table.value(values, "number")).value
        for key, position in table.columns.items():
            value, column = table.value(values, key), _column(sheet, key)
            unit = key.removeprefix("unit:") if key.startswith("unit:") else str(move.old.layout.unit or "")
            if is_blank(value) or _as_issued(move, column, candidate, unit, value):
                continue
            if key == "assessor" and is_blank(table.value(values, "grade")) and _prefilled(move, value):
                continue
            target = _cell(worksheet, rows.get(candidate, 0), _position(sheet, key))
            if column and column.locked:
                why = "" if sheet.key == "assessed" else _differs(column, target, value)
                unit = ""
            else:
                why = _refused(target, value, candidate in rows, unit) or _newer(
                    move, (candidate, unit), target, value
                )
            if why:
                move.leave(table.name, row, position, value, why, about=(candidate, unit))
            elif target is not None and not (column and column.locked):
                move.put(table.name, row, position, value, target)


def _as_issued(move: _Move, column: Column | None, candidate: str, unit: str, value: Any) -> bool:
    """Whether a cell still says what it said when it was issued."""
    part = _PART.get(column.kind) if column else None
    was = move.issued.base.get((candidate, unit), ("", ""))[part] if part is not None else ""
    read = (read_grade if part == 0 else read_text)(value).value
    return bool(was) and read.casefold() == was.casefold()


def _prefilled(move: _Move, value: Any) -> bool:
    """Whether initials are those that stood beside every candidate when the template was issued."""
    return squeeze(read_text(value).value) == squeeze(move.issued.prefilled)


def _differs(column: Column, target: Cell | None, value: Any) -> str:
    """Why a locked value is not simply the current one: of a candidate that is not there, the number speaks for all."""
    if target is None:
        return _NO_CANDIDATE if column.key == "number" else ""
    reader = read_date if column.kind == "date" else read_text
    now = "" if target.value is None else target.value
    return "" if squeeze(reader(value).value) == squeeze(reader(now).value) else _REGISTER


def _refused(target: Cell | None, value: Any, known: bool, unit: str) -> str:
    """Why a grade or initials cannot go to their place on the current template; empty where they can."""
    if not known:
        return _NO_CANDIDATE
    if target is None:
        return f"the current template does not have Unit {unit}"
    if isinstance(value, ErrorCell | FormulaWithoutValue):
        return "it is a formula without a value"
    return "the candidate is not entered for this unit" if target.protection.locked else ""


def _newer(move: _Move, about: tuple[str, str], target: Cell | None, value: Any) -> str:
    """Why a value may not go over what the claim has come to say since; empty where it may."""
    now = read_text(target.value).value if target is not None else ""
    if about not in move.issued.touched or now.casefold() in (
        read_text(value).value.casefold(),
        read_grade(value).value.casefold(),
    ):
        return ""
    return f"the claim has changed since this template was issued: it says {now or 'nothing'} now"


def _in_units(move: _Move, table: Table, sheet: Sheet) -> None:
    """The default assessors, each to its unit."""
    worksheet = move.workbook[sheet.name]
    rows = {unit_number(str(cell.value)): cell.row for cell in worksheet["A"][HEADER_ROW:]}
    for row, values in table.rows:
        unit, value = (
            unit_number(read_text(table.value(values, "unit")).value),
            table.value(values, "default"),
        )
        target = _cell(worksheet, rows.get(unit, 0) if unit else 0, _position(sheet, "default"))
        if is_blank(value):
            continue
        if target is None:
            why = "the current template does not have this unit"
            move.leave(table.name, row, table.columns["default"], value, why, about=("", str(unit or "")))
        else:
            move.put(table.name, row, table.columns["default"], value, target)


# --- lists -----------------------------------------------------------------------------------------------------


def _in_list(move: _Move, table: Table, sheet: Sheet) -> None:
    """*Assessors*, *Other units* or *Notes*: a row that is there already is filled in, any other is added."""
    worksheet, telling = move.workbook[sheet.name], _LISTS[sheet.key]
    there = {
        name: row
        for row in range(HEADER_ROW + 1, worksheet.max_row + 1)
        if any(name := tuple(_plain(worksheet.cell(row, _position(sheet, key)).value) for key in telling))
    }
    for row, values in table.rows:
        if table.blank(values) or _other_as_issued(move, table, values):
            continue
        name = tuple(_plain(table.value(values, key)) for key in telling)
        target_row = there.get(name) or _free_row(worksheet, sheet)
        for key, position in table.columns.items():
            value, column = table.value(values, key), _position(sheet, key)
            target = _cell(worksheet, target_row, column)
            if is_blank(value) or target is None or _plain(target.value) == _plain(value):
                continue
            if isinstance(value, ErrorCell | FormulaWithoutValue) or (
                name in there and target.protection.locked
            ):
                move.leave(table.name, row, position, value, _REGISTER)
            else:
                move.put(table.name, row, position, _current(move, table, values, key, value), target)


def _other_as_issued(move: _Move, table: Table, values: Any) -> bool:
    if table.sheet.key != "other":
        return False
    number, title, body, assessor = (
        read_text(table.value(values, k)).value for k in ("number", "title", "body", "assessor")
    )
    said = read_grade(table.value(values, "grade")).value, assessor
    return move.issued.base.get((number, f"{OTHER}{body}:{title}")) == said


def _current(move: _Move, table: Table, values: Any, key: str, value: Any) -> Any:
    """A note's cell where it stands now; every other value as it is."""
    if table.sheet.key != "notes" or key != "cell":
        return value
    place = normal(read_text(table.value(values, "sheet")).value), read_text(value).value.upper()
    return move.moved.get(place, value)


def _free_row(worksheet: Worksheet, sheet: Sheet) -> int:
    """The first row in which nothing stands; below the last one where all are taken."""
    columns = range(1, len(sheet.columns) + 1)
    row = HEADER_ROW + 1
    while any(not is_blank(worksheet.cell(row, column).value) for column in columns):
        row += 1
    return row


# --- what is outside the form ----------------------------------------------------------------------------------


def _outside(move: _Move, table: Table) -> None:
    """What stands beside the form's columns or above its headings."""
    for row, values in table.above:
        for column, value in enumerate(values, 1):
            why = "it stands above the headings" if row in table.misplaced else "it stands outside the form"
            if not is_blank(value) and (column > 1 or row in table.misplaced):
                move.leave(table.name, row, column, value, why)
    for row, column, value in _beside(table):
        move.leave(table.name, row, column, value, "it stands outside the form")


def _beside(table: Table) -> Iterator[tuple[int, int, Any]]:
    used = set(table.columns.values())
    for row, values in table.rows:
        for column, value in enumerate(values, 1):
            if column not in used and not is_blank(value):
                yield row, column, value


def _column(sheet: Sheet, key: str) -> Column | None:
    return next((column for column in sheet.columns if column.key == key), None)


def _position(sheet: Sheet, key: str) -> int:
    """The position of a column, from 1; 0 where the sheet has none."""
    return next((number for number, column in enumerate(sheet.columns, 1) if column.key == key), 0)


def _cell(worksheet: Worksheet, row: int, column: int) -> Cell | None:
    cell = worksheet.cell(row, column) if row and column else None
    return cell if isinstance(cell, Cell) else None


def _plain(value: Any) -> str:
    return squeeze(read_text(value).shown)
