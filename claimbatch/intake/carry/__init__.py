"""Carry what was filled in over from an old template into a current one: a merge of what it says, not a copy.

A template goes out of date when candidates come, units change or a year ends. What teachers filled in by then is heard
as merging would hear it (:mod:`claimbatch.intake.carry.heard`), and what it says more than the template said when it
was issued goes to the same candidate and unit on the current one, as it was typed: so checking finds the same problems
there, and merging makes the same claim of it. What has no place there, or what others have since said otherwise, is
listed, never dropped.
"""

from collections.abc import Callable, Mapping

from openpyxl import Workbook

from claimbatch.form.template import save
from claimbatch.intake.carry.beside import list_beside, list_cleared, list_overtyped
from claimbatch.intake.carry.grids import in_grids
from claimbatch.intake.carry.heard import Heard
from claimbatch.intake.carry.lists import in_assessors, in_notes
from claimbatch.intake.carry.move import LeftOver, Move
from claimbatch.intake.carry.others import in_others
from claimbatch.intake.carry.remarks import carry_remarks
from claimbatch.intake.carry.rows import in_rows
from claimbatch.intake.submission import Submission

__all__ = ["LeftOver", "carry"]

_SHEETS: Mapping[str, Callable[[Move], None]] = {
    "claim": in_rows,
    "assessors": in_assessors,
    "other": in_others,
    "notes": in_notes,  # last, because they speak of cells that have moved
}


def carry(old: Submission, heard: Heard, fresh: Workbook) -> tuple[bytes, list[LeftOver], list[str]]:
    """The template *fresh* with what was filled in on *old*, of the same form; what did not fit; where comments are."""
    move = Move(old, heard, fresh)
    if old.layout.has("grades"):
        in_grids(move)
    for key, carry_sheet in _SHEETS.items():
        if key in old.tables and old.layout.has(key):
            carry_sheet(move)
    list_cleared(move)
    list_overtyped(move)
    list_beside(move)
    carry_remarks(move)
    return save(move.workbook), move.in_order(), move.kept
