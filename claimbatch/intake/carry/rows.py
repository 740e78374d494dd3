"""The sheet *Claim* of a template for one unit, moved: each candidate's grade and initials, by candidate number."""

from claimbatch.intake.carry.move import Filled, Move, cell_of, position_of, rows_by, write
from claimbatch.intake.carry.pair import Pair, absent, goes, rows_of
from claimbatch.intake.values import read_text

_NO_COLUMN = "the sheet has no column {}, or has it twice"


def in_rows(move: Move) -> None:
    """Move the sheet."""
    table, worksheet, sheet = move.old.tables["claim"], move.sheet("claim"), move.old.layout.sheet("claim")
    unit, issued = str(move.old.layout.unit), move.heard.issued
    people = rows_by(worksheet, lambda raw: read_text(raw).value)
    missing = [
        heading for key, heading in (("grade", "Grade"), ("assessor", "Assessor")) if key not in table.columns
    ]
    for number, row, values in rows_of(table):
        move.rows[table.name, row] = there = people.get(number, 0)
        grade, own = (Filled.of(table, (row, values), key, number, unit) for key in ("grade", "assessor"))
        base = issued.base.get((number, unit), ("", ""))
        was = base[0], base[1] or (issued.prefilled if number else "")
        pair = Pair(grade, own, was, move.heard.lines.get(grade.spot))
        cells = [cell_of(worksheet, there, position_of(sheet, key)) for key in ("grade", "assessor")]
        why = absent(move, number, there=number in people) or "".join(map(_NO_COLUMN.format, missing[:1]))
        if goes(move, pair, cells[0], why):
            alone = (
                pair.line is None and own not in pair.typed()
            )  # initials that went out say nothing by themselves
            for cell, filled in zip(cells, (grade, Filled() if alone else own), strict=True):
                if cell is not None:
                    write(cell, filled.value)
