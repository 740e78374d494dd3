"""Carry what was filled in over from an old template into a current one, by candidate and unit.

A template goes out of date when candidates come, units change or a year ends. What teachers filled in by then goes
to the same candidate and unit on the current template; what has no place there is listed, never dropped. Nothing is
judged here: a value that cannot be read is carried as it is, and checking finds it on the new workbook.
"""

from collections.abc import Callable, Mapping
from io import BytesIO

import openpyxl

from claimbatch.form.layout import Sheet
from claimbatch.form.template import save
from claimbatch.intake.carry.grids import in_grid
from claimbatch.intake.carry.lists import in_list
from claimbatch.intake.carry.move import Filled, LeftOver, Move
from claimbatch.intake.carry.units import in_units
from claimbatch.intake.known import Issued, Target
from claimbatch.intake.submission import Submission, Table
from claimbatch.intake.values import is_blank

__all__ = ["LeftOver", "carry"]

_OUTSIDE = "it stands outside the form"
_SHEETS: Mapping[str, Callable[[Move, Table, Sheet], None]] = {
    "grades": in_grid,
    "assessed": in_grid,
    "claim": in_grid,
    "units": in_units,  # after the grades, which may need the initials of an old default
    "assessors": in_list,
    "other": in_list,
    "notes": in_list,
}


def carry(
    old: Submission, fresh: bytes, issued: Issued, claimed: Mapping[Target, str]
) -> tuple[bytes, list[LeftOver]]:
    """The template *fresh*, of the same form, with what was filled in on *old*; and what did not fit.

    What still stands as *old* was *issued* was not filled in by anybody and stays behind: the current template has it
    from the claim, if it is still there. What contradicts a line of the claim that was touched since is left, too: an
    old workbook cannot undo newer grades. So is what cannot be claimed again; *claimed* says why.
    """
    move = Move(old, openpyxl.load_workbook(BytesIO(fresh)), issued, claimed)
    for key, carry_sheet in _SHEETS.items():
        table = old.tables.get(key)
        if table and old.layout.has(key):
            carry_sheet(move, table, old.layout.sheet(key))
        if table:
            _outside(move, table)
    for name, row, column, value in old.beside:
        move.leave(Filled(name, row, column, value), f"{_OUTSIDE}; look there for more")
    for name, row, column, value in old.extra:
        move.leave(Filled(name, row, column, value), f"the form has no sheet {name}; look there for more")
    return save(move.workbook), move.left


def _outside(move: Move, table: Table) -> None:
    """What stands beside the form's columns, in a column that is there twice, or above the headings."""
    for row, values in table.above:
        for column, value in enumerate(values, 1):
            why = "it stands above the headings" if row in table.misplaced else _OUTSIDE
            if not is_blank(value) and (column > 1 or row in table.misplaced):
                move.leave(Filled(table.name, row, column, value), why)
    used, twice = set(table.columns.values()), {c for found in table.repeated.values() for c in found}
    for row, values in table.rows:
        for column, value in enumerate(values, 1):
            if column not in used and not is_blank(value):
                why = "its heading stands twice on the sheet" if column in twice else _OUTSIDE
                move.leave(Filled(table.name, row, column, value), why)
