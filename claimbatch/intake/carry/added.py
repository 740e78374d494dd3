"""Units that a teacher added on the sheet *Units* and nobody has let join the list yet, moved to its empty rows."""

from claimbatch.form.layout import HEADER_ROW
from claimbatch.intake.carry.move import Filled, Move, Row, cell_of, position_of, write
from claimbatch.intake.known import Issued
from claimbatch.intake.sheet import Table
from claimbatch.intake.values import is_blank

_FULL = "the list of units has no empty row left"


def is_added(issued: Issued, unit: str) -> bool:
    """Whether the template did not offer the *unit*: then a teacher added its row, or it has no number at all."""
    return not unit or (issued.units is not None and int(unit) not in issued.units)


def add(move: Move, table: Table, row: Row) -> None:
    """Put a row that a teacher added into the next empty one; list what has no room."""
    worksheet, sheet = move.sheet("units"), move.old.layout.sheet("units")
    below = worksheet.iter_rows(HEADER_ROW + 1, worksheet.max_row, 1, 2)
    empty = (a for a, b in below if is_blank(a.value) and is_blank(b.value) and not a.protection.locked)
    free = next((int(cell.row or 0) for cell in empty), 0)
    for key in ("unit", "title", "default"):
        filled = Filled.of(table, row, key)
        target = cell_of(worksheet, free, position_of(sheet, key))
        if filled.blank:
            continue
        if target is None or filled.unreadable:
            move.leave(filled, filled.unreadable or _FULL)
        else:
            write(target, filled.value)
    if free:
        move.rows[table.name, row[0]] = free
