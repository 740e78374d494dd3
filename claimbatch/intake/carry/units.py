"""The sheet *Units*, moved: the default assessors, unless the claim has newer ones."""

from openpyxl.cell.cell import Cell

from claimbatch.form.contents import sole_assessors
from claimbatch.form.layout import HEADER_ROW, Sheet, unit_number
from claimbatch.intake.carry.move import (
    TWICE,
    Filled,
    Move,
    cell_of,
    contested,
    newer,
    plain,
    position_of,
    write,
)
from claimbatch.intake.submission import Table
from claimbatch.intake.values import is_blank, read_text


def in_units(move: Move, table: Table, sheet: Sheet) -> None:
    """The default assessors, each to its unit."""
    worksheet = move.workbook[sheet.name]
    rows = {unit_number(str(cell.value)): cell.row for cell in worksheet["A"][HEADER_ROW:]}
    units = [unit_number(read_text(table.value(values, "unit")).value) for _, values in table.rows]
    names = [str(unit or "") for unit in units]
    twice = contested(table, names)
    for unit, (row, values) in zip(names, table.rows, strict=True):
        value, position = table.value(values, "default"), table.columns.get("default", 0)
        if is_blank(value):
            continue
        merged = table.merged.get((row, position), "")
        filled = Filled(table.name, row, position, value, "", unit, merged)
        target = cell_of(worksheet, rows.get(int(unit), 0) if unit else 0, position_of(sheet, "default"))
        if target is None:
            move.leave(filled, "the current template does not have this unit")
        elif why := filled.unreadable or (TWICE if (unit, "default") in twice else ""):
            move.leave(filled, why)
        else:
            _default(move, filled, target)


def _default(move: Move, filled: Filled, target: Cell) -> None:
    """A default assessor, unless the current template has another, newer one: that would be undone.

    Then the grades that were carried get the initials themselves, because it is by them that they were given.
    """
    was = move.issued.prefilled or sole_assessors(move.issued.base).get(filled.unit, "")
    typed = plain(filled.value) != plain(was)
    touched = any(unit == filled.unit for _, unit in move.issued.touched)
    now = read_text(target.value).value
    if not now or plain(filled.value) == plain(now) or (typed and not touched):
        move.put(filled, target)
        return
    assessed = move.workbook[move.old.layout.sheet("assessed").name]
    for cell in move.graded.get(filled.unit, ()):
        if is_blank(assessed[cell].value):
            write(assessed[cell], filled.value)
    if typed:
        move.leave(filled, newer(now))
