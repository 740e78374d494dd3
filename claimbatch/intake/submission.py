"""From a workbook that may be opened to its tables: each sheet found by its name, and read by its headings.

File name, sheet order and column order do not matter. How one sheet is read is :mod:`claimbatch.intake.sheet`.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from claimbatch.form.identity import Identity, find_token
from claimbatch.form.layout import (
    BY_CANDIDATE,
    Layout,
    Sheet,
    lay_out,
    limit,
    normal,
    other_units_sheet,
    sheet_name,
    unit_number,
)
from claimbatch.form.qualification import Qualification
from claimbatch.intake.guard import Package
from claimbatch.intake.known import Issued
from claimbatch.intake.remarks import Remark, remarks
from claimbatch.intake.sheet import Grid, Headings, Table, read_table, with_faults
from claimbatch.intake.values import is_blank

TEXT_COLUMNS = 2  # of the sheets Start here and About
MARKS_TITLE = "Problems found by claimbatch"  # starts the sheet that a marked copy has more than a template
SUMMARY = "export summary", "exported from numbers"  # the sheet that Numbers puts first, and what it says


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
        return unit in self.layout.units

    def headings_of(self, sheet: str) -> Mapping[int, str]:
        """The headings of the sheet of this name, by column; none where it is not of the form."""
        for table in self.tables.values():
            if table.name == sheet:
                return table.headings
        return {}


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
    sheets: dict[str, tuple[Headings, ...]] = field(default_factory=dict)  # by the form's fingerprint

    def sheets_of(self, layout: Layout, qualification: Qualification) -> tuple[Headings, ...]:
        """The sheets to read: those of the form, and *Other units* even where it was brought in from elsewhere."""
        if layout.fingerprint not in self.sheets:
            more = layout.form == BY_CANDIDATE and not layout.has("other")
            sheets = (*layout.sheets, *([other_units_sheet(qualification)] if more else []))
            self.sheets[layout.fingerprint] = tuple(map(Headings, sheets))
        return self.sheets[layout.fingerprint]

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
    package: Package,
    sheets: Sequence[Grid],
    identity: Identity,
    qualification: Qualification,
    layout: Layout,
    *,
    forms: Forms | None = None,
) -> Submission:
    """Read the tables of *package* as *layout* describes them; *forms* are those of the run, where it has several."""
    wanted = (forms or Forms()).sheets_of(layout, qualification)
    found = match_sheets([scan.name for scan in package.sheets], [one.sheet for one in wanted], sheets)
    tables = {}
    for headings in wanted:
        sheet = headings.sheet
        if sheet.key in found and sheet.columns and sheet.key != "about":
            scan, grid = package.sheets[found[sheet.key]], sheets[found[sheet.key]]
            faults = with_faults(grid, scan)
            table = read_table(headings, scan.name, faults, scan.merges, scan.beside.struck)
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


def match_sheets(names: Sequence[str], sheets: Iterable[Sheet], grids: Sequence[Grid] = ()) -> dict[str, int]:
    """Which sheet of the workbook is which of the form: by its name, else by one that a program made of it.

    ``Grades (2)`` is a copy, ``Grades - Table 1`` what Numbers calls it. Of several, that with the most headings.
    """
    found = {}
    exact, renamed = _positions(map(normal, names)), _positions(map(sheet_name, names))
    for sheet in sheets:
        wanted = normal(sheet.name)
        positions = exact.get(wanted) or renamed.get(wanted)
        if positions:
            found[sheet.key] = positions[0] if len(positions) == 1 else _fullest(positions, sheet, grids)
    return found


def _positions(names: Iterable[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for position, name in enumerate(names):
        found.setdefault(name, []).append(position)
    return found


def _fullest(positions: Sequence[int], sheet: Sheet, grids: Sequence[Grid]) -> int:
    """The first of several sheets that has the most headings of *sheet*."""
    headings = {normal(column.heading) for column in sheet.columns}
    return max(positions, key=lambda position: _headings_on(grids[position : position + 1], headings))


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


def _first_value(name: str, grid: Grid, after: int = 0) -> tuple[str, int, int, Any] | None:
    """The first value of a sheet that stands *after* so many columns."""
    for number, row in enumerate(grid, 1):
        for position, value in enumerate(row, 1):
            if position > after and not is_blank(value):
                return name, number, position, value
    return None
