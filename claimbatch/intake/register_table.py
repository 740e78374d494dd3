"""A register file on disk, CSV or workbook, as rows of cells. A workbook goes past the guard first."""

from pathlib import Path

from claimbatch.claims.register.file import LARGEST, Table, is_workbook, read_csv, read_sheet
from claimbatch.intake.guard import Package, admit, read_sheets
from claimbatch.problems import Problem


def read_register_table(path: Path) -> Table | Problem:
    """The rows of the register file at *path*, or the problem that keeps a workbook out."""
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    if not is_workbook(data):
        return read_csv(path.name, data)
    package = admit(path.name, data)
    return package if isinstance(package, Problem) else _first_sheet(package)


def _first_sheet(package: Package) -> Table | Problem:
    """The first sheet in sight that has anything on it."""
    sheets = read_sheets(package)
    if isinstance(sheets, Problem):
        return sheets
    for scan, rows in zip(package.sheets, sheets, strict=True):
        if scan.filled and not scan.hidden:
            faults = dict.fromkeys(scan.empty_formulas, "a formula without a value") | dict(scan.error_cells)
            return read_sheet(package.name, scan.name, rows, faults)
    return Table(package.name, fault="it is empty")
