"""The sheet *Other units*, moved row by row: a unit that is claimed has its row already, any other gets a new one."""

from collections.abc import Mapping

from claimbatch.claims.claim import OTHER
from claimbatch.claims.merge import UNCLAIMED, in_words
from claimbatch.form.layout import HEADER_ROW
from claimbatch.intake.carry.heard import newer, stands
from claimbatch.intake.carry.lists import free_row, put_row
from claimbatch.intake.carry.move import Filled, Move, plain, position_of, write
from claimbatch.intake.known import Target
from claimbatch.intake.values import read_candidate_number, read_text, squeeze

Cells = Mapping[str, Filled]
_IN_THE_ROW = "another cell of its row cannot be carried"


def in_others(move: Move) -> None:
    """Move the sheet."""
    table, there = move.old.tables["other"], _there(move)
    for row, values in table.rows:
        if table.blank(values):
            continue
        about = move.heard.others.get((table.name, row), ("", ""))
        current = there.pop((about[0], squeeze(about[1])), 0)
        cells = {key: Filled.of(table, (row, values), key, *about) for key in table.columns}
        move.rows[table.name, row] = current
        line = move.heard.lines.get(cells.get("grade", Filled()).spot)
        if line and stands(line):
            _evidence(move, cells, about, current)
        elif why := _refused(move, cells, about):
            _leave(move, cells, current, why)
        else:
            put_row(move, table, cells, current or free_row(move, "other"))


def _there(move: Move) -> dict[Target, int]:
    """The rows of what is claimed already, by candidate and unit."""
    worksheet, sheet = move.sheet("other"), move.old.layout.sheet("other")
    there = {}
    for row in range(HEADER_ROW + 1, worksheet.max_row + 1):
        number, title, body = (
            worksheet.cell(row, position_of(sheet, key)).value for key in ("number", "title", "body")
        )
        if number:
            unit = f"{OTHER}{read_text(body).value}:{read_text(title).value}"
            there[read_candidate_number(number).value, squeeze(unit)] = row
    return there


def _evidence(move: Move, cells: Cells, about: Target, row: int) -> None:
    """Of a row that stands as it was issued somebody may still have said that there is evidence."""
    evidence = cells.get("evidence", Filled())
    if evidence.blank:
        return
    why = evidence.unreadable or ("" if row else newer(in_words(move.heard.issued.now.get(about, UNCLAIMED))))
    if why:
        move.leave(evidence, why)
    else:
        write(
            move.sheet("other").cell(row, position_of(move.old.layout.sheet("other"), "evidence")),
            evidence.value,
        )


def _refused(move: Move, cells: Cells, about: Target) -> str:
    """Why a row cannot be carried; empty where it can."""
    if why := move.heard.strangers.get(about[0], ""):
        return why
    if any(cell.unreadable for cell in cells.values()):
        return _IN_THE_ROW
    spot, issued = cells.get("grade", Filled()).spot, move.heard.issued
    if spot not in move.heard.lines and about in issued.touched:
        return newer(in_words(issued.now.get(about, UNCLAIMED)))
    return move.heard.against.get(spot, "")


def _leave(move: Move, cells: Cells, row: int, why: str) -> None:
    """List what a row says that is not on the current template; the first of it, where it only says less."""
    worksheet, sheet = move.sheet("other"), move.old.layout.sheet("other")
    filled = [(key, cell) for key, cell in cells.items() if key != "number" and not cell.blank]
    now = {key: worksheet.cell(row, position_of(sheet, key)).value if row else None for key in cells}
    other = [cell for key, cell in filled if plain(cell.value) != plain(now[key])]
    for cell in other or [cell for _, cell in filled[:1]]:
        move.leave(cell, cell.unreadable or why)
