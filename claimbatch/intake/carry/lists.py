"""The sheets *Assessors* and *Notes*, moved row by row; a note follows what it speaks of."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from claimbatch.a1 import a1
from claimbatch.form.layout import HEADER_ROW, normal
from claimbatch.intake.carry.move import REGISTER, Filled, Move, cell_of, plain, position_of, write
from claimbatch.intake.notes import Area, areas_in
from claimbatch.intake.sheet import Table
from claimbatch.intake.values import is_blank, read_candidate_number, read_text

_REMOVED = "this assessor has been removed from the register since"
_NOT_THERE = "the current template does not have the cell that it speaks of"


def in_assessors(move: Move) -> None:
    """Move the sheet *Assessors*: who is there already stays, others are added.

    A row that stands as it went out says nothing, and would count as typed on the current template: whoever was removed
    from the register since is not brought back by it, nor is an old name. Where somebody has typed a name for one who
    was removed, the register has to be asked, so it is listed.
    """
    table, worksheet = move.old.tables["assessors"], move.sheet("assessors")
    position = position_of(table.sheet, "initials")
    there = {
        initials: row
        for row in range(worksheet.max_row, HEADER_ROW, -1)
        if (initials := plain(worksheet.cell(row, position).value))
    }
    went_out = {plain(initials) for initials in move.heard.issued.listed}
    on_it = set(there)
    for row, values in table.rows:
        initials = plain(table.value(values, "initials"))
        known = there.pop(initials, 0)  # a second row of the same initials is somebody's new one
        if row in move.heard.untyped:
            move.rows[table.name, row] = known
        elif not table.blank(values):
            cells = {key: Filled.of(table, (row, values), key) for key in table.columns}
            if initials in went_out and initials not in on_it:
                _leave_row(move, cells, _REMOVED)
            else:
                put_row(move, table, cells, known or free_row(move, "assessors"))


def in_notes(move: Move) -> None:
    """Move the sheet *Notes*."""
    table = move.old.tables["notes"]
    for row, values in table.rows:
        if table.blank(values):
            continue
        cells = {key: Filled.of(table, (row, values), key) for key in table.columns}
        number = read_candidate_number(table.value(values, "number")).value
        why = move.heard.strangers.get(number, "")
        pointing = {} if why else _pointing(move, cells)
        if why or pointing is None:
            _leave_row(move, cells, why or _NOT_THERE)
        else:
            put_row(move, table, {**cells, **pointing}, free_row(move, "notes"))


def put_row(move: Move, table: Table, cells: Mapping[str, Filled], row: int) -> None:
    """Put the cells of one row into *row* of the current sheet; list what cannot be put there, or all where it is 0."""
    worksheet = move.sheet(table.sheet.key)
    for key, filled in cells.items():
        target = cell_of(worksheet, row, position_of(table.sheet, key))
        if target is None:
            why = f"the sheet {table.sheet.name} has no empty row left"
        elif plain(target.value) == plain(filled.value):
            continue
        else:
            why = filled.unreadable or (REGISTER if target.protection.locked else "")
        if target is not None and not why:
            write(target, filled.value)
        elif not filled.blank:
            move.leave(filled, why)
    if row and cells:
        move.rows[table.name, next(iter(cells.values())).row] = row


def _leave_row(move: Move, cells: Mapping[str, Filled], why: str) -> None:
    for cell in cells.values():
        if not cell.blank:
            move.leave(cell, why)


def free_row(move: Move, key: str) -> int:
    """The first row of a current sheet in which nothing stands; 0 where all are taken."""
    worksheet, columns = move.sheet(key), range(1, len(move.old.layout.sheet(key).columns) + 1)
    rows = range(HEADER_ROW + 1, worksheet.max_row + 1)
    return next((row for row in rows if all(is_blank(worksheet.cell(row, c).value) for c in columns)), 0)


def _pointing(move: Move, cells: Mapping[str, Filled]) -> dict[str, Filled] | None:
    """The cells of a note that say where it points, as the current template has it; None where that is not there."""
    sheet, cell = cells.get("sheet", Filled()), cells.get("cell", Filled())
    name, text = normal(read_text(sheet.value).value), read_text(cell.value).value
    moved = {}
    for table in move.old.tables.values():
        if name and name == normal(table.name) != normal(table.sheet.name):
            moved["sheet"] = replace(sheet, value=table.sheet.name)
    areas = list(areas_in(text, name))
    places = [place for area in areas for place in _places(move, area)]
    if all(old == new for old, new in places):
        return moved
    there = [new for _, new in places if new]
    one_sheet = {new.rpartition("!")[0] for new in there}
    if len(one_sheet) == 1 and name:
        there = [new.rpartition("!")[2] for new in there]
    return {**moved, "cell": replace(cell, value=", ".join(dict.fromkeys(there)))} if there else None


def _places(move: Move, area: Area) -> Iterator[tuple[str, str]]:
    """Where the cells of an area stand on the old template, and where on the current one (empty: nowhere)."""
    (top, left), (bottom, right) = area.first, area.last
    for table in move.old.tables.values():
        if area.sheet not in ("", normal(table.name)) or table.sheet.key == "notes":
            continue
        for row in [table.header_row, *(row for row, _ in table.rows)]:
            for column in table.columns.values():
                if top <= row <= bottom and left <= column <= right:
                    new = move.place(table, row, column)
                    yield f"{table.name}!{a1(row, column)}", new and f"{table.sheet.name}!{new}"
