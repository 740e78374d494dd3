"""One sheet as it came back: its row of headings, its columns by heading, its rows, and what stands above them.

What stands above the rows is the same on nearly every workbook of a form, and so it is read once for all of them
(:class:`Headings`). What does not fit is a problem of the rules CB015–CB020
(:mod:`claimbatch.intake.rules.structure`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from claimbatch.a1 import Address, a1
from claimbatch.form.layout import TITLES, Column, Sheet, limit, normal, unit_key, unit_number
from claimbatch.intake.guard import SheetScan
from claimbatch.intake.values import (
    ErrorCell,
    FormulaWithoutValue,
    is_blank,
    read_candidate_number,
    read_text,
)

Grid = Sequence[Sequence[Any]]
NumberedRow = tuple[int, Sequence[Any]]  # a row's number, and its values
Merges = Sequence[tuple[Address, Address]]


@dataclass(frozen=True, slots=True)
class Head:
    """What stands on a sheet down to its row of headings, and where its columns are therefore.

    *columns* maps a column's key to its position (1-based), *repeated* that of a heading which stands more than
    once to all its positions: nobody can tell which of them is meant, so none is read. *headings* are all texts of the
    header *row* (0: there is none) by position, *missing* those of the form that are not among them. *above* are the
    rows above it that are not blank; *misplaced* are those among these that name a candidate or a unit, and whom: they
    belong below. *strays* are the cells of the others beside the first column: row, column and value.
    """

    row: int
    headings: Mapping[int, str]
    columns: Mapping[str, int]
    repeated: Mapping[str, Sequence[int]]
    missing: Sequence[str]
    above: Sequence[NumberedRow]
    misplaced: Mapping[int, str]
    strays: Sequence[tuple[int, int, Any]]


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet as it came back.

    *rows* are ``(row number, values)`` below the header row, without blank rows. *merged* are the cells of the form
    that are merged with others and hold a value between them, each with its range, ``E5:E8``: nobody can tell which of
    them it is meant for. *struck* are the cells with a line through what they show.
    """

    sheet: Sheet
    name: str
    head: Head
    columns: Mapping[str, int]
    rows: Sequence[NumberedRow]
    merged: Mapping[Address, str] = field(default_factory=dict)
    struck: frozenset[Address] = frozenset()

    @property
    def header_row(self) -> int:
        """The row of the headings, 0 where there is none."""
        return self.head.row

    @property
    def headings(self) -> Mapping[int, str]:
        """All texts of the header row by position."""
        return self.head.headings

    @property
    def repeated(self) -> Mapping[str, Sequence[int]]:
        """The columns whose heading stands more than once, with all positions."""
        return self.head.repeated

    @property
    def missing(self) -> Sequence[str]:
        """The headings of the form that are not there."""
        return self.head.missing

    @property
    def above(self) -> Sequence[NumberedRow]:
        """The rows above the headings that are not blank."""
        return self.head.above

    @property
    def misplaced(self) -> Mapping[int, str]:
        """The rows among them that name a candidate or a unit, and whom."""
        return self.head.misplaced

    def value(self, values: Sequence[Any], key: str) -> Any:
        """The value under *key* in a row, or an empty text."""
        position = self.columns.get(key, 0)
        return values[position - 1] if 0 < position <= len(values) else ""

    def blank(self, values: Sequence[Any]) -> bool:
        """Whether a row says nothing in any column of the form."""
        width = len(values)
        return all(position > width or is_blank(values[position - 1]) for position in self.columns.values())


class Headings:
    """The headings of one sheet of a form, and the heads of sheets that were read by them, each once."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.keys = {normal(column.heading): column.key for column in sheet.columns}
        self.boxes = [column.key for column in sheet.columns if column.kind == "yes"]
        self._is_one = _Texts(self.keys)
        self._heads: dict[tuple[Sequence[Any], ...], Head] = {}

    def row(self, grid: Grid) -> int:
        """The row (1-based) with the most headings of the form among the first rows; 0 where there is none."""
        best, most = 0, 0
        for number, row in enumerate(grid[: limit("header_search")], 1):
            if len(row) > most:  # or it cannot have more of them
                known = sum(map(self._is_one.__getitem__, row))
                if known > most:
                    best, most = number, known
        return best

    def head(self, grid: Grid) -> Head:
        """The head of a sheet with these values."""
        row = self.row(grid)
        top = tuple(map(tuple, grid[:row]))
        if set(map(type, chain.from_iterable(top))) != {str}:  # 1 and TRUE are equal, and do not say the same
            return _head(self.sheet, self.keys, grid[:row])
        if top not in self._heads:
            self._heads[top] = _head(self.sheet, self.keys, grid[:row])
        return self._heads[top]


class _Texts(dict[Any, bool]):
    """Whether a value is one of the headings, looked at once for each."""

    def __init__(self, keys: Mapping[str, str]) -> None:
        super().__init__()
        self._keys = keys

    def __missing__(self, value: Any) -> bool:
        self[value] = isinstance(value, str) and normal(value) in self._keys
        return self[value]


def with_faults(grid: Grid, scan: SheetScan) -> Grid:
    """The values of a sheet with its error cells and empty formulas put back where the reader saw blanks."""
    if not scan.empty_formulas and not scan.error_cells:
        return grid
    faults: dict[tuple[int, int], ErrorCell | FormulaWithoutValue] = {
        address: FormulaWithoutValue() for address in scan.empty_formulas
    }
    faults.update({address: ErrorCell(text) for address, text in scan.error_cells.items()})
    rows: list[Any] = [*grid, *([] for _ in range(max(row for row, _ in faults) - len(grid)))]
    for row in {row for row, _ in faults}:
        rows[row - 1] = list(rows[row - 1])
    for (row, column), fault in faults.items():
        values = rows[row - 1]
        values.extend("" for _ in range(column - len(values)))
        values[column - 1] = fault
    return rows


def read_table(
    headings: Headings, name: str, grid: Grid, merges: Merges = (), struck: frozenset[Address] = frozenset()
) -> Table:
    """Read one sheet: find its head and its rows; *merges* are its merged ranges, *struck* the cells crossed out."""
    head = headings.head(grid)
    unticked = _without_unticked(grid, _boxes(head, headings.boxes)) if headings.boxes else grid
    if unticked is not grid:
        grid, head = unticked, _head(headings.sheet, headings.keys, unticked[: head.row])
    below = enumerate(grid[head.row :] if head.row else grid, head.row + 1)
    rows = [(number, values) for number, values in below if not all(map(is_blank, values))]
    merged = _merged(merges, head.row + 1, _ours(headings.sheet, head), rows) if merges else {}
    return Table(headings.sheet, name, head, head.columns, rows, merged, struck)


def carries(column: Column) -> bool:
    """Whether a column brings anything of ours back: counts, titles and sizes do not."""
    return column.kind != "count" and (column.compared or not column.locked)


# --- the head ----------------------------------------------------------------------------------------------------


def _head(sheet: Sheet, keys: Mapping[str, str], top: Grid) -> Head:
    """The head of a sheet, the last row of *top* its row of headings."""
    headings = {
        position: str(value).strip()
        for position, value in enumerate(top[-1] if top else (), 1)
        if isinstance(value, str) and value.strip()
    }
    positions: dict[str, list[int]] = {}
    for position, heading in headings.items():
        key = keys.get(normal(heading)) or _unit_key(heading, keys)
        if key:
            positions.setdefault(key, []).append(position)
    filled = ((n, values) for n, values in enumerate(top[:-1], 1) if not all(map(is_blank, values)))
    heads = ((n, _without_titles(sheet, values, headings)) for n, values in filled)
    above = [row for row in heads if not all(map(is_blank, row[1]))]
    columns = {key: found[0] for key, found in positions.items() if len(found) == 1}
    misplaced = dict(_misplaced(sheet, columns, above))
    return Head(
        len(top),
        headings,
        columns,
        {key: found for key, found in positions.items() if len(found) > 1},
        [column.heading for column in sheet.columns if column.key not in positions],
        above,
        misplaced,
        list(_strays(above, misplaced)),
    )


def _unit_key(heading: str, keys: Mapping[str, str]) -> str:
    """The key of a unit's column on a sheet that has such columns, offered or not (``Unit 03``, ``unit 99``)."""
    has_units = any(key.startswith("unit:") for key in keys.values())
    number = unit_number(heading) if has_units and not heading.strip().isdigit() else 0
    return unit_key(number) if number else ""


def _without_titles(sheet: Sheet, values: Sequence[Any], headings: Mapping[int, str]) -> Sequence[Any]:
    """A row above the headings without the titles of units in it: they are ours, for people to read.

    A title may have been corrected since, and a heading may have been retyped; not both.
    """
    texts = {position: normal(str(value)) for position, value in enumerate(values, 1) if not is_blank(value)}
    labels = {position for position, text in texts.items() if text.startswith(normal(TITLES))}
    known = {normal(column.prompt) for column in sheet.columns if column.unit}
    ours = {n for n, text in texts.items() if text in known or unit_number(headings.get(n, ""))} | labels
    return ["" if n in ours else value for n, value in enumerate(values, 1)] if labels else values


def _misplaced(
    sheet: Sheet, columns: Mapping[str, int], above: Iterable[NumberedRow]
) -> Iterator[tuple[int, str]]:
    """The rows above the headings that name a candidate or a unit, and whom: a sort may have moved the headings."""
    key = "unit" if sheet.key == "units" else "number"
    position = 0 if sheet.key == "notes" else columns.get(key, 0)
    for row, values in above:
        raw = values[position - 1] if 0 < position <= len(values) else ""
        number, unit = read_candidate_number(raw).value, unit_number(read_text(raw).value)
        if key == "number" and number:
            yield row, f"candidate {number}"
        elif key == "unit" and unit:
            yield row, f"Unit {unit}"


def _strays(above: Iterable[NumberedRow], misplaced: Mapping[int, str]) -> Iterator[tuple[int, int, Any]]:
    """What stands above the headings beside the first column, on no row that belongs below them."""
    for row, values in above:
        for column, value in enumerate(values, 1):
            if column > 1 and row not in misplaced and not is_blank(value):
                yield row, column, value


# --- the rows ----------------------------------------------------------------------------------------------------


def _boxes(head: Head, keys: Iterable[str]) -> list[int]:
    """The positions of the columns *keys*, of a repeated one all."""
    ones = [head.columns[key] for key in keys if key in head.columns]
    return [*ones, *(position for key in keys for position in head.repeated.get(key, ()))]


def _without_unticked(grid: Grid, columns: Sequence[int]) -> Grid:
    """*grid* with a blank for every FALSE in these columns: so Excel and Google Sheets keep a box not ticked."""
    places = [position - 1 for position in columns]
    if not any(row[p] is False for row in grid for p in places if p < len(row)):
        return grid
    return [
        ["" if place in places and value is False else value for place, value in enumerate(row)]
        for row in grid
    ]


def _ours(sheet: Sheet, head: Head) -> list[int]:
    """The positions of the columns that bring anything of ours back."""
    idle = {column.key for column in sheet.columns if not carries(column)}
    return sorted(position for key, position in head.columns.items() if key not in idle)


def _merged(
    merges: Merges, first: int, columns: Sequence[int], rows: Iterable[NumberedRow]
) -> dict[Address, str]:
    """The cells of *columns* from row *first* on that are merged with others and hold a value between them."""
    filled = {
        (row, column)
        for row, values in rows
        for column in columns
        if column <= len(values) and not is_blank(values[column - 1])
    }
    found: dict[Address, str] = {}
    for (top, left), (bottom, right) in merges:
        across = [column for column in columns if left <= column <= right]
        cells = [(row, column) for row in range(max(top, first), bottom + 1) for column in across]
        if len(cells) > 1 and not filled.isdisjoint(cells):
            found.update(dict.fromkeys(cells, f"{a1(top, left)}:{a1(bottom, right)}"))
    return found
