"""The sheets *Assessors*, *Other units* and *Notes*, moved row by row."""

from dataclasses import replace
from typing import Any

from openpyxl.worksheet.worksheet import Worksheet

from claimbatch.claims.claim import OTHER
from claimbatch.claims.merge import in_words
from claimbatch.form.layout import HEADER_ROW, Sheet, normal
from claimbatch.intake.carry.move import REGISTER, Filled, Move, cell_of, newer, plain, position_of
from claimbatch.intake.submission import Table
from claimbatch.intake.values import is_blank, read_candidate_number, read_grade, read_text, squeeze

# What tells the rows of each sheet apart.
_TELLING = {"assessors": ("initials",), "other": ("number", "title", "body"), "notes": ()}


def in_list(move: Move, table: Table, sheet: Sheet) -> None:
    """*Assessors*, *Other units* or *Notes*: a row that is there already is filled in, any other is added."""
    worksheet, telling = move.workbook[sheet.name], _TELLING[sheet.key]
    there = {
        name: row
        for row in range(HEADER_ROW + 1, worksheet.max_row + 1)
        if any(name := tuple(plain(worksheet.cell(row, position_of(sheet, key)).value) for key in telling))
    }
    for row, values in table.rows:
        if table.blank(values) or (sheet.key == "other" and _overtaken(move, table, row, values)):
            continue
        known = there.pop(tuple(plain(table.value(values, key)) for key in telling), 0)
        target_row = known or _free_row(worksheet, sheet)
        for key, position in table.columns.items():
            value, target = table.value(values, key), cell_of(worksheet, target_row, position_of(sheet, key))
            if is_blank(value) or (target is not None and plain(target.value) == plain(value)):
                continue
            filled = Filled(table.name, row, position, value, merged=table.merged.get((row, position), ""))
            if target is None:
                move.leave(filled, f"the sheet {sheet.name} has no empty row left")
            elif why := filled.unreadable or (REGISTER if known and target.protection.locked else ""):
                move.leave(filled, why)
            else:
                move.put(replace(filled, value=_current(move, table, values, key, value)), target)


def _overtaken(move: Move, table: Table, row: int, values: Any) -> bool:
    """Whether a unit of another awarding body stays behind: as it was issued, or because the claim says otherwise."""
    number, title, body, assessor = (
        read_text(table.value(values, key)).value for key in ("number", "title", "body", "assessor")
    )
    unit, issued = f"{OTHER}{body}:{title}", move.issued
    about = read_candidate_number(number).value, issued.spellings.get(squeeze(unit), unit)
    said = read_grade(table.value(values, "grade")).value, assessor
    now = issued.now.get(about, ("", ""))
    why = newer(in_words(now)) if about in issued.touched and said != now else ""
    why = f"it is claimed already: {move.claimed[about]}" if about in move.claimed else why
    if said == issued.base.get(about):
        return True
    if why:
        value, position = table.value(values, "grade"), table.columns.get("grade", 0)
        move.leave(Filled(table.name, row, position, value, *about), why)
    return bool(why)


def _current(move: Move, table: Table, values: Any, key: str, value: Any) -> Any:
    """A note's cell where it stands now; every other value as it is."""
    if table.sheet.key != "notes" or key != "cell":
        return value
    place = normal(read_text(table.value(values, "sheet")).value), read_text(value).value.upper()
    return move.moved.get(place, value)


def _free_row(worksheet: Worksheet, sheet: Sheet) -> int:
    """The first row of the table in which nothing stands; 0 where all are taken."""
    columns = range(1, len(sheet.columns) + 1)
    rows = range(HEADER_ROW + 1, worksheet.max_row + 1)
    return next((row for row in rows if all(is_blank(worksheet.cell(row, c).value) for c in columns)), 0)
