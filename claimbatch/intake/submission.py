"""From a workbook that may be opened to its tables: each sheet read by its headings, each value in its place.

File name, sheet order and column order do not matter; sheets are found by name, columns by heading. What does
not fit the form is a problem of the rules CB015–CB020 (:mod:`claimbatch.intake.rules.structure`).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

from claimbatch.a1 import Address, a1
from claimbatch.form.identity import Identity, find_token
from claimbatch.form.layout import (
    BY_CANDIDATE,
    TITLES,
    Column,
    Layout,
    Sheet,
    lay_out,
    limit,
    normal,
    other_units_sheet,
    sheet_name,
    unit_key,
    unit_number,
)
from claimbatch.form.qualification import Qualification
from claimbatch.intake.guard import Package, SheetScan
from claimbatch.intake.known import Issued
from claimbatch.intake.remarks import Remark, remarks
from claimbatch.intake.values import (
    ErrorCell,
    FormulaWithoutValue,
    is_blank,
    read_candidate_number,
    read_text,
)

Grid = Sequence[Sequence[Any]]
Merges = Sequence[tuple[Address, Address]]
TEXT_COLUMNS = 2  # of the sheets Start here and About
MARKS_TITLE = "Problems found by claimbatch"  # starts the sheet that a marked copy has more than a template
SUMMARY = "export summary", "exported from numbers"  # the sheet that Numbers puts first, and what it says


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet as it came back.

    *columns* maps a column's key to its position (1-based), *repeated* that of a heading which stands more than
    once to all its positions: nobody can tell which of them is meant, so none is read.
    *rows* are ``(row number, values)`` below the header row, without blank rows; *above* those above it. *misplaced*
    are the rows among these that name a candidate or a unit, and whom: they belong below.
    *headings* are all texts of the header row by position. *merged* are the cells of the form that are merged with
    others and hold a value between them, each with its range, ``E5:E8``: nobody can tell which of them it is meant for.
    *struck* are the cells with a line through what they show.
    """

    sheet: Sheet
    name: str
    header_row: int
    columns: Mapping[str, int]
    headings: Mapping[int, str]
    rows: Sequence[tuple[int, Sequence[Any]]]
    above: Sequence[tuple[int, Sequence[Any]]] = ()
    misplaced: Mapping[int, str] = field(default_factory=dict)
    repeated: Mapping[str, Sequence[int]] = field(default_factory=dict)
    merged: Mapping[Address, str] = field(default_factory=dict)
    struck: frozenset[Address] = frozenset()

    @property
    def missing(self) -> list[str]:
        """The headings of the form that are not there."""
        there = {*self.columns, *self.repeated}
        return [column.heading for column in self.sheet.columns if column.key not in there]

    def value(self, values: Sequence[Any], key: str) -> Any:
        """The value under *key* in a row, or an empty text."""
        position = self.columns.get(key, 0)
        return values[position - 1] if 0 < position <= len(values) else ""

    def blank(self, values: Sequence[Any]) -> bool:
        """Whether a row says nothing in any column of the form."""
        return all(is_blank(self.value(values, key)) for key in self.columns)


@dataclass(frozen=True, slots=True)
class Submission:
    """A returned workbook, read: whose it is, and its tables by the key of their sheet."""

    workbook: str
    sha256: str
    identity: Identity
    qualification: Qualification
    layout: Layout
    tables: Mapping[str, Table] = field(default_factory=dict)
    extra: tuple[tuple[str, int, int, Any], ...] = ()  # first value of each sheet that is not the form's
    beside: tuple[tuple[str, int, int, Any], ...] = ()  # first value beside what Start here and About hold
    remarks: tuple[Remark, ...] = ()  # what people wrote on and beside the cells

    def layout_has(self, unit: int) -> bool:
        """Whether the template that the workbook was made from offered the *unit*."""
        return any(column.unit == unit for sheet in self.layout.sheets for column in sheet.columns if unit)

    def heading(self, sheet: str, column: int) -> str:
        """The heading above a column of the sheet of this name; empty where it has none."""
        for table in self.tables.values():
            if table.name == sheet:
                return table.headings.get(column, "")
        return ""


def is_marks(grid: Grid) -> bool:
    """Whether a sheet lists the problems of a marked copy: it is ours, and says nothing."""
    first = grid[0][0] if grid and grid[0] else ""
    return isinstance(first, str) and first.startswith(MARKS_TITLE)


def token_of(package: Package, sheets: Sequence[Grid]) -> str:
    """The token of a workbook: from its properties or names, else from its sheet *About*."""
    if package.token:
        return package.token
    for scan, grid in zip(package.sheets, sheets, strict=True):
        if sheet_name(scan.name) == "about":
            for row in grid:
                for value in row:
                    token = find_token(value) if isinstance(value, str) else ""
                    if token:
                        return token
    return ""


@dataclass(slots=True)
class Forms:
    """The forms of a run, each laid out once: a thousand workbooks are made from a few."""

    made: dict[tuple[str, str, int, tuple[int, ...] | None], Layout] = field(default_factory=dict)

    def as_issued(
        self,
        identity: Identity,
        qualification: Qualification,
        issued: Issued | None,
        package: Package,
        sheets: Sequence[Grid],
    ) -> Layout:
        """The form as the template had it, where it was *issued* here and units have joined the qualification since.

        The store remembers the units that it was issued with, or else the workbook names them; its sealed fingerprint
        proves either right. Where none is, and for any other template: the form as it is now.
        """
        for numbers in chain((issued.units, None), _units_named(package, sheets)) if issued else ():
            layout = self._laid_out(identity, qualification, numbers)
            if layout.fingerprint == identity.fingerprint:
                return layout
        return self._laid_out(identity, qualification, None)

    def _laid_out(
        self, identity: Identity, qualification: Qualification, units: tuple[int, ...] | None
    ) -> Layout:
        key = identity.form, identity.entry_code, identity.unit, units
        if key not in self.made:
            self.made[key] = lay_out(identity.form, qualification.limited_to(units), identity.unit)
        return self.made[key]


def _units_named(package: Package, sheets: Sequence[Grid]) -> Iterator[tuple[int, ...]]:
    """The units that the headings of the grid name, and those that the rows of *Units* name."""
    for name, first_column in (("grades", False), ("units", True)):
        for scan, grid in zip(package.sheets, sheets, strict=True):
            if sheet_name(scan.name) == name:
                cells = (row[0] for row in grid if row) if first_column else (v for row in grid for v in row)
                texts = {normal(value) for value in cells if isinstance(value, str)}
                yield tuple(sorted({unit_number(text) for text in texts if text.startswith("unit ")} - {0}))


def read(
    package: Package, sheets: Sequence[Grid], identity: Identity, qualification: Qualification, layout: Layout
) -> Submission:
    """Read the tables of *package* as *layout* describes them."""
    wanted = _wanted(layout, qualification)
    found = match_sheets([scan.name for scan in package.sheets], wanted, sheets)
    tables = {}
    for sheet in wanted:
        if sheet.key in found and sheet.columns and sheet.key != "about":
            scan, grid = package.sheets[found[sheet.key]], sheets[found[sheet.key]]
            table = read_table(sheet, scan.name, with_faults(grid, scan), scan.merges)
            table = replace(table, struck=scan.beside.struck)
            if layout.has(sheet.key) or not table.missing:
                tables[sheet.key] = table
            else:
                del found[sheet.key]
    extra = tuple(
        first
        for position, scan in enumerate(package.sheets)
        if position not in found.values()
        and not is_marks(sheets[position])
        and not _is_summary(scan.name, sheets[position])
        and (first := _first_value(scan.name, sheets[position]))
    )
    beside = tuple(
        first
        for key in ("start", "about")
        if key in found
        and (first := _first_value(package.sheets[found[key]].name, sheets[found[key]], after=TEXT_COLUMNS))
    )
    return Submission(
        package.name,
        package.sha256,
        identity,
        qualification,
        layout,
        tables,
        extra,
        beside,
        tuple(remarks(package)),
    )


def _wanted(layout: Layout, qualification: Qualification) -> tuple[Sheet, ...]:
    """The sheets to read: those of the form, and *Other units* even where it was brought in from another workbook."""
    if layout.form != BY_CANDIDATE or layout.has("other"):
        return layout.sheets
    return (*layout.sheets, other_units_sheet(qualification))


def match_sheets(names: Sequence[str], sheets: Iterable[Sheet], grids: Sequence[Grid] = ()) -> dict[str, int]:
    """Which sheet of the workbook is which of the form: by its name, else by one that a program made of it.

    ``Grades (2)`` is a copy, ``Grades - Table 1`` what Numbers calls it. Of several, that with the most headings.
    """
    found = {}
    for sheet in sheets:
        wanted = normal(sheet.name)
        exact = [position for position, name in enumerate(names) if normal(name) == wanted]
        renamed = [position for position, name in enumerate(names) if sheet_name(name) == wanted]
        if exact or renamed:
            headings = {normal(column.heading) for column in sheet.columns}
            found[sheet.key] = max(
                exact or renamed, key=lambda position: _headings_on(grids[position : position + 1], headings)
            )
    return found


def _headings_on(grids: Sequence[Grid], headings: Collection[str]) -> int:
    """How many of *headings* the first sheet of *grids* has, if there is one."""
    rows = grids[0][: limit("header_search")] if grids else ()
    return max(
        (len({normal(v) for v in row if isinstance(v, str)} & set(headings)) for row in rows), default=0
    )


def _is_summary(name: str, grid: Grid) -> bool:
    """Whether a sheet is the summary that Numbers adds to what it exports: it says nothing of ours."""
    title, words = SUMMARY
    texts = (normal(value) for row in grid[:5] for value in row if isinstance(value, str))
    return normal(name) == title and any(words in text for text in texts)


def with_faults(grid: Grid, scan: SheetScan) -> Grid:
    """The values of a sheet with its error cells and empty formulas put back where the reader saw blanks."""
    faults: dict[tuple[int, int], ErrorCell | FormulaWithoutValue] = {
        address: FormulaWithoutValue() for address in scan.empty_formulas
    }
    faults.update({address: ErrorCell(text) for address, text in scan.error_cells.items()})
    if not faults:
        return grid
    rows = [list(row) for row in grid]
    for (row, column), fault in faults.items():
        rows.extend([] for _ in range(row - len(rows)))
        rows[row - 1].extend("" for _ in range(column - len(rows[row - 1])))
        rows[row - 1][column - 1] = fault
    return rows


def read_table(sheet: Sheet, name: str, grid: Grid, merges: Merges = ()) -> Table:
    """Read one sheet: find its header row, its columns by heading, and its rows; *merges* are its merged ranges."""
    keys = {normal(column.heading): column.key for column in sheet.columns}
    header_row = _header_row(grid, keys)
    headings = {
        position: str(value).strip()
        for position, value in enumerate(grid[header_row - 1] if header_row else (), 1)
        if isinstance(value, str) and value.strip()
    }
    positions: dict[str, list[int]] = {}
    for position, heading in headings.items():
        key = keys.get(normal(heading)) or _unit_key(heading, keys)
        if key:
            positions.setdefault(key, []).append(position)
    grid = _without_unticked(
        grid, [positions[c.key] for c in sheet.columns if c.kind == "yes" and c.key in positions]
    )
    filled = [(n, values) for n, values in enumerate(grid, 1) if not all(map(is_blank, values))]
    rows = [row for row in filled if row[0] > header_row]
    heads = ((n, _without_titles(sheet, values, headings)) for n, values in filled if n < header_row)
    above = [row for row in heads if not all(map(is_blank, row[1]))]
    columns = {key: found[0] for key, found in positions.items() if len(found) == 1}
    repeated = {key: found for key, found in positions.items() if len(found) > 1}
    idle = {column.key for column in sheet.columns if not carries(column)}
    ours = sorted(position for key, position in columns.items() if key not in idle)
    merged = _merged(merges, header_row + 1, ours, rows)
    misplaced = dict(_misplaced(sheet, columns, above))
    return Table(sheet, name, header_row, columns, headings, rows, above, misplaced, repeated, merged)


def _without_titles(sheet: Sheet, values: Sequence[Any], headings: Mapping[int, str]) -> Sequence[Any]:
    """A row above the headings without the titles of units in it: they are ours, for people to read.

    A title may have been corrected since, and a heading may have been retyped; not both.
    """
    texts = {position: normal(str(value)) for position, value in enumerate(values, 1) if not is_blank(value)}
    labels = {position for position, text in texts.items() if text.startswith(normal(TITLES))}
    known = {normal(column.prompt) for column in sheet.columns if column.unit}
    ours = {n for n, text in texts.items() if text in known or unit_number(headings.get(n, ""))} | labels
    return ["" if n in ours else value for n, value in enumerate(values, 1)] if labels else values


def _without_unticked(grid: Grid, columns: Sequence[Sequence[int]]) -> Grid:
    """*grid* with a blank for every FALSE in these columns: so Excel and Google Sheets keep a box not ticked."""
    places = [position - 1 for found in columns for position in found]
    if not any(row[p] is False for row in grid for p in places if p < len(row)):
        return grid
    return [
        ["" if place in places and value is False else value for place, value in enumerate(row)]
        for row in grid
    ]


def carries(column: Column) -> bool:
    """Whether a column brings anything of ours back: counts, titles and sizes do not."""
    return column.kind != "count" and (column.compared or not column.locked)


def _merged(
    merges: Merges, first: int, columns: Sequence[int], rows: Iterable[tuple[int, Sequence[Any]]]
) -> dict[Address, str]:
    """The cells of *columns* from row *first* on that are merged with others and hold a value between them."""
    filled = {
        (row, column)
        for row, values in (rows if merges else ())
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


def _header_row(grid: Grid, keys: Mapping[str, str]) -> int:
    """The row (1-based) with the most headings of the form among the first rows; 0 where there is none."""
    best, most = 0, 0
    for number, row in enumerate(grid[: limit("header_search")], 1):
        known = sum(1 for value in row if isinstance(value, str) and normal(value) in keys)
        if known > most:
            best, most = number, known
    return best


def _unit_key(heading: str, keys: Mapping[str, str]) -> str:
    """The key of a unit's column on a sheet that has such columns, offered or not (``Unit 03``, ``unit 99``)."""
    has_units = any(key.startswith("unit:") for key in keys.values())
    number = unit_number(heading) if has_units and not heading.strip().isdigit() else 0
    return unit_key(number) if number else ""


def _misplaced(
    sheet: Sheet, columns: Mapping[str, int], above: Iterable[tuple[int, Sequence[Any]]]
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


def _first_value(name: str, grid: Grid, after: int = 0) -> tuple[str, int, int, Any] | None:
    """The first value of a sheet that stands *after* so many columns."""
    for number, row in enumerate(grid, 1):
        for position, value in enumerate(row, 1):
            if position > after and not is_blank(value):
                return name, number, position, value
    return None
