"""What people wrote on the cells of an old template, moved: comments and lines through go to the same cell.

A grade that somebody commented on ("not yet") or crossed out must not stand on the current template as if nobody had.
Text boxes and pictures lie over cells rather than in them; they cannot be moved, and are listed.
"""

from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Font

from claimbatch.a1 import address
from claimbatch.intake.carry.move import LeftOver, Move, cell_of
from claimbatch.intake.remarks import COMMENT, Remark
from claimbatch.intake.values import is_blank

_BOX = 320, 110  # pixels


def carry_remarks(move: Move) -> None:
    """Put every comment and every line through in its place; list what has none."""
    for remark in move.old.remarks:
        target = _place(move, remark.sheet, remark.row, remark.column) if remark.kind == COMMENT else None
        if remark.kind != COMMENT:
            _leave(move, remark, f"it is {remark.kind}")
        elif remark.settled:
            _leave(move, remark, "it is a comment, and somebody has resolved it")
        elif target is None:
            _leave(move, remark, "it is a comment")
        else:
            width, height = _BOX
            target.comment = Comment(remark.text, remark.author, height, width)
            move.kept.append(f"{target.parent.title}!{target.coordinate}")
    for table in move.old.tables.values():
        for row, column in sorted(table.struck):
            target = _place(move, table.name, row, column)
            if target is not None and not is_blank(target.value):
                target.font = Font(**{**target.font.__dict__, "strike": True})


def _leave(move: Move, remark: Remark, why: str) -> None:
    move.left.append(LeftOver(remark.sheet, remark.cell, "", "", remark.text, why))


def _place(move: Move, sheet: str, row: int, column: int) -> Cell | None:
    """The cell of the current template that an old one has become; None where it has none."""
    table = next((table for table in move.old.tables.values() if table.name == sheet), None)
    there = move.place(table, row, column) if table and move.old.layout.has(table.sheet.key) else ""
    return cell_of(move.sheet(table.sheet.key), *address(there)) if table and there else None
