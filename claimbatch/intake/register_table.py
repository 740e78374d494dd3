"""A register file on disk, CSV or workbook, as rows of cells. A workbook goes past the guard first."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from claimbatch.claims.register.cells import tidy
from claimbatch.claims.register.file import LARGEST, Known, Table, is_workbook, read_csv, read_sheet
from claimbatch.claims.register.headings import Kind
from claimbatch.claims.register.layout import HEADING_WITHIN, Asked, known_headings
from claimbatch.claims.register.remembered import Remembered
from claimbatch.form.identity import read_token
from claimbatch.form.layout import BY_CANDIDATE, MODERATION, SAMPLE
from claimbatch.intake.guard import Package, SheetScan, admit, read_sheets
from claimbatch.intake.guard.kinds import recognise
from claimbatch.problems import Problem

_BELONGS = {
    BY_CANDIDATE: (
        "a template that was made for a teacher",
        "Check it, then merge it: claimbatch check FILE",
    ),
    SAMPLE: (
        "the moderator's workbook of a sample",
        "Record the sample: claimbatch sample record CLAIM FILE",
    ),
    MODERATION: (
        "the moderator's workbook of decisions",
        "Record the decisions: claimbatch moderation import FILE",
    ),
}
_WEB_PAGE = (
    "Open it in Excel and save it as Excel Workbook (.xlsx) or CSV UTF-8. Some systems give what they print for a web "
    "browser the ending .xls."
)


def read_register_table(path: Path) -> Table | Problem:
    """The rows of the register file at *path*, or the problem that keeps a workbook out.

    Of a workbook, the first sheet in sight that has anything on it.
    """
    tables = read_register_tables(path)
    if isinstance(tables, Problem):
        return tables
    return next((table for table in tables if table.rows and not table.veiled), tables[0])


def open_register(
    path: Path, kind: Kind, asked: Asked, remembered: Remembered, *, encoding: str = ""
) -> tuple[Sequence[Table], Asked] | Problem:
    """The tables of the file at *path*, and what was *asked* with what is *remembered* of its headings."""

    def known(cells: Sequence[Any]) -> int:
        return known_headings(kind, asked.said, cells)

    tables, template = _read(path, encoding, known)
    if template:
        tables = (template,)
    if isinstance(tables, Problem) or asked.said:
        return tables if isinstance(tables, Problem) else (tables, asked)
    rows = ([tidy(cell) for cell in cells] for table in tables for _, cells in table.rows[:HEADING_WITHIN])
    return tables, replace(asked, said=remembered.of(kind, rows))


def read_register_tables(
    path: Path, *, encoding: str = "", known: Known | None = None
) -> tuple[Table, ...] | Problem:
    """The rows of every sheet of the file at *path* that has anything on it; a CSV file has one table.

    *encoding* is what a person said of a CSV file, *known* counts the headings in a row that mean something.
    """
    return _read(path, encoding, known)[0]


def _read(path: Path, encoding: str, known: Known | None) -> tuple[tuple[Table, ...] | Problem, Table | None]:
    """The tables of a file; and where it is a template of ours, what is to be said of that instead."""
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    if not is_workbook(data):
        return (
            _other_kind(path.name, data) or read_csv(path.name, data, encoding=encoding, known=known),
        ), None
    package = admit(path.name, data)
    if isinstance(package, Problem):
        return package, None
    sheets = read_sheets(package)
    if isinstance(sheets, Problem):
        return sheets, None
    tables = tuple(_tables(package, sheets)) or (Table(package.name, fault="it is empty"),)
    return tables, _template(package)


def _template(package: Package) -> Table | None:
    """What is said of a workbook that belongs elsewhere: of a teacher's, or a moderator's."""
    identity = read_token(package.token)
    if identity is None:
        return None
    whose, where = _BELONGS.get(identity.form, _BELONGS[BY_CANDIDATE])
    return Table(package.name, fault=f"it is {whose}, not a register", advice=where)


def _tables(package: Package, sheets: list[list[list[Any]]]) -> Iterator[Table]:
    for scan, rows in zip(package.sheets, sheets, strict=True):
        if scan.filled:
            yield read_sheet(
                package.name, scan.name, rows, _faults(scan), hidden=scan.hidden_rows, veiled=scan.hidden
            )


def _faults(scan: SheetScan) -> dict[tuple[int, int], str]:
    return dict.fromkeys(scan.empty_formulas, "a formula without a value") | dict(scan.error_cells)


def _other_kind(name: str, data: bytes) -> Table | None:
    """A file that is neither CSV nor a workbook, told by its first bytes: a web page, a PDF, a picture."""
    kind = recognise("", data[:LARGEST], ()) if data.strip() else None
    if kind is None or "text file" in kind.detail or "nothing in it" in kind.detail:
        return None
    advice = _WEB_PAGE if "web page" in kind.detail else ""
    return Table(
        name,
        fault=kind.detail.replace(", perhaps the sign-in page of a web site", ", not a workbook"),
        advice=advice,
    )
