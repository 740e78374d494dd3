"""The sheets with a row for each candidate, moved: every grade and all initials by candidate and unit."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from openpyxl.cell.cell import Cell

from claimbatch.form.layout import HEADER_ROW, NOT_CLAIMING, Column, Sheet
from claimbatch.intake.carry.move import (
    REGISTER,
    TWICE,
    Filled,
    Move,
    cell_of,
    column_of,
    contested,
    newer,
    plain,
    position_of,
)
from claimbatch.intake.known import Target
from claimbatch.intake.submission import Table
from claimbatch.intake.values import (
    is_blank,
    read_candidate_number,
    read_date,
    read_grade,
    read_text,
    squeeze,
)

_NO_CANDIDATE = "the current template does not have this candidate"
_PART = {"grade": 0, "initials": 1}  # of what was claimed of a unit


def in_grid(move: Move, table: Table, sheet: Sheet) -> None:
    """*Grades*, *Assessed by* or *Claim*: each value goes to its candidate's row and its unit's column."""
    worksheet = move.workbook[sheet.name]
    rows = {read_text(c.value).value: c.row for c in worksheet["A"][HEADER_ROW:] if c.value}
    names = [read_candidate_number(table.value(values, "number")).value for _, values in table.rows]
    twice = contested(table, names)
    for candidate, (row, values) in zip(names, table.rows, strict=True):
        for key, position in table.columns.items():
            column, value = column_of(sheet, key), table.value(values, key)
            unit = key.removeprefix("unit:") if key.startswith("unit:") else str(move.old.layout.unit or "")
            if is_blank(value) or _untyped(move, table, values, key, (candidate, unit)):
                continue
            merged = table.merged.get((row, position), "")
            filled = Filled(table.name, row, position, value, candidate, unit, merged)
            target = cell_of(worksheet, rows.get(candidate, 0), position_of(sheet, key))
            if column and column.locked:
                _locked(move, filled, column, target, sheet)
            elif why := TWICE if (candidate, key) in twice else _refused(move, filled, target, rows):
                move.leave(filled, why)
            elif target is not None:
                _put(move, filled, target, column)


def _put(move: Move, filled: Filled, target: Cell, column: Column | None) -> None:
    """Carry a grade or initials; a grade is remembered, because its assessor may be an old default."""
    move.put(filled, target)
    graded = column and column.kind == "grade" and read_grade(filled.value).value != NOT_CLAIMING
    if graded and (filled.candidate, filled.unit) not in move.issued.touched:
        move.graded.setdefault(filled.unit, []).append(target.coordinate)


def _untyped(move: Move, table: Table, values: Any, key: str, about: Target) -> bool:
    """Whether a cell still says what it said when it was issued."""
    column, value = column_of(table.sheet, key), table.value(values, key)
    alone = key == "assessor" and is_blank(table.value(values, "grade"))
    if alone and plain(value) == squeeze(move.issued.prefilled):
        return True
    part = _PART.get(column.kind) if column else None
    was = move.issued.base.get(about, ("", ""))[part] if part is not None else ""
    read = (read_grade if part == 0 else read_text)(value).value
    return bool(was) and read.casefold() == was.casefold()


def _locked(move: Move, filled: Filled, column: Column, target: Cell | None, sheet: Sheet) -> None:
    """A locked value stays where it was; it is listed where it is not simply the current one."""
    if sheet.key != "assessed" and (why := _differs(column, target, filled.value)):
        move.leave(replace(filled, unit=""), why)


def _differs(column: Column, target: Cell | None, value: Any) -> str:
    """Why a locked value is not simply the current one: of a candidate that is not there, the number speaks for all."""
    if target is None:
        return _NO_CANDIDATE if column.key == "number" else ""
    reader = read_date if column.kind == "date" else read_text
    now = "" if target.value is None else target.value
    return "" if squeeze(reader(value).value) == squeeze(reader(now).value) else REGISTER


def _refused(move: Move, filled: Filled, target: Cell | None, known: Mapping[str, int]) -> str:
    """Why a grade or initials cannot go to their place on the current template; empty where they can."""
    if filled.candidate not in known:
        return _NO_CANDIDATE
    if target is None:
        return f"the current template does not have Unit {filled.unit}"
    if filled.unreadable:
        return filled.unreadable
    about = filled.candidate, filled.unit
    if about in move.claimed:
        return f"it is claimed already: {move.claimed[about]}"
    if target.protection.locked:
        return "the candidate is not entered for this unit"
    now = read_text(target.value).value
    same = {read_text(filled.value).value.casefold(), read_grade(filled.value).value.casefold()}
    return newer(now) if about in move.issued.touched and now.casefold() not in same else ""
