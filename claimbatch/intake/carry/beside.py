"""What an old template holds that no current one has a place for: beside the form, above it, or typed over."""

from collections.abc import Iterator

from claimbatch.intake.carry.move import GONE, REGISTER, Filled, Move
from claimbatch.intake.sheet import Table
from claimbatch.intake.values import is_blank, read_candidate_number

_OUTSIDE = "it stands outside the form"
_TWICE = "the unit stands on this sheet twice"


def list_overtyped(move: Move) -> None:
    """List the locked values that somebody has changed, and the numbers of candidates of whom something was left."""
    gone = {(item.sheet, item.candidate) for item in move.left if item.why == GONE}
    for key, table in move.old.tables.items():
        for row, values in table.rows:
            number = read_candidate_number(table.value(values, "number")).value
            for column in table.sheet.columns:
                filled = Filled.of(table, (row, values), column.key, number)
                if not column.locked or filled.blank:
                    continue
                if column.key == "number" and key != "assessed" and (table.name, number) in gone:
                    move.leave(filled, GONE)
                elif filled.spot in move.heard.overtyped:
                    move.leave(filled, _TWICE if column.key == "unit" else REGISTER)


def list_cleared(move: Move) -> None:
    """List the cells that merging would ask about: an earlier copy said something there, and the claim holds it."""
    for row in move.heard.cleared:
        filled = Filled(
            row.grade_sheet, row.grade_row, row.grade_col, row.grade_shown, row.candidate, row.unit
        )
        move.leave(filled, f"the claim still holds {row.said}, as {row.copy} said on {row.when}")


def list_beside(move: Move) -> None:
    """List what stands beside, above and outside of the sheets of the form."""
    for key, table in move.old.tables.items():
        cells = _outside(table) if move.old.layout.has(key) else _all(table)
        for filled, why in cells:
            move.leave(filled, why)
    for name, row, column, value in move.old.beside:
        move.leave(Filled(name, row, column, value), f"{_OUTSIDE}; look there for more")
    for name, row, column, value in move.old.extra:
        move.leave(Filled(name, row, column, value), f"the form has no sheet {name}; look there for more")


def _outside(table: Table) -> Iterator[tuple[Filled, str]]:
    """What stands beside the form's columns, in a column that is there twice, or above the headings."""
    for row, values in table.above:
        for column, value in enumerate(values, 1):
            why = "it stands above the headings" if row in table.misplaced else _OUTSIDE
            if not is_blank(value) and (column > 1 or row in table.misplaced):
                yield Filled(table.name, row, column, value), why
    used, twice = set(table.columns.values()), {c for found in table.repeated.values() for c in found}
    for row, values in table.rows:
        for column, value in enumerate(values, 1):
            if column not in used and not is_blank(value):
                why = "its heading stands twice on the sheet" if column in twice else _OUTSIDE
                yield Filled(table.name, row, column, value), why


def _all(table: Table) -> Iterator[tuple[Filled, str]]:
    """All of a sheet that the form does not have."""
    for row, values in table.rows:
        for column, value in enumerate(values, 1):
            if not is_blank(value):
                yield (
                    Filled(table.name, row, column, value),
                    f"the current template has no sheet {table.name}",
                )
