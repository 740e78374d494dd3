"""Edit workbooks in LibreOffice as a teacher would, and save them from there.

Runs under the Python that knows LibreOffice (on Debian the system's, with python3-uno), not claimbatch's. Reads a JSON
list from standard input: ``{"open": path, "save": path, "steps": [[name, argument, ...], ...]}``.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.table import TableSortField

PIPE = "claimbatch-samples"


def main():
    """Do all jobs in one LibreOffice of its own."""
    jobs = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as profile:
        office = subprocess.Popen(
            [
                "soffice",
                f"-env:UserInstallation={Path(profile).as_uri()}",
                "--headless",
                "--norestore",
                f"--accept=pipe,name={PIPE};urp;",
            ]
        )
        try:
            desktop = _desktop()
            for job in jobs:
                _do(desktop, job)
            desktop.terminate()
        finally:
            office.wait(timeout=60)


def _desktop():
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(60):
        try:
            context = resolver.resolve(f"uno:pipe,name={PIPE};urp;StarOffice.ComponentContext")
            return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        except NoConnectException:
            time.sleep(1)
    raise SystemExit("LibreOffice did not start.")


def _do(desktop, job):
    book = desktop.loadComponentFromURL(Path(job["open"]).as_uri(), "_blank", 0, (_property("Hidden", True),))
    for name, *arguments in job["steps"]:
        STEPS[name](book, *arguments)
    book.calculateAll()
    filter_name = _property("FilterName", "Calc MS Excel 2007 XML")
    book.storeToURL(Path(job["save"]).as_uri(), (filter_name,))
    book.close(True)


def _property(name, value):
    wanted = PropertyValue()
    wanted.Name, wanted.Value = name, value
    return wanted


def _sheet(book, name):
    return book.Sheets.getByName(name)


def put(book, sheet, cell, text):
    """Type *text*; a formula where it starts with an equals sign."""
    target = _sheet(book, sheet).getCellRangeByName(cell)
    if text.startswith("="):
        target.setFormula(text)
    else:
        target.setString(text)


def unprotect(book, sheet):
    """Tools, Protect Sheet: the template's protection has no password."""
    _sheet(book, sheet).unprotect("")


def insert_row(book, sheet, row):
    """Insert a row above *row*."""
    _sheet(book, sheet).Rows.insertByIndex(row - 1, 1)


def add_sheet(book, sheet):
    """A sheet of the teacher's own, at the end."""
    book.Sheets.insertNewByName(sheet, book.Sheets.Count)


def sort(book, sheet, area, column):
    """Data, Sort: the rows of *area* by its column (counting from 0)."""
    field = TableSortField()
    field.Field, field.IsAscending = column, True
    fields = uno.Any("[]com.sun.star.table.TableSortField", (field,))
    settings = (_property("SortFields", fields), _property("ContainsHeader", False))
    uno.invoke(_sheet(book, sheet).getCellRangeByName(area), "sort", (settings,))


STEPS = {
    "put": put,
    "unprotect": unprotect,
    "insert_row": insert_row,
    "add_sheet": add_sheet,
    "sort": sort,
}

if __name__ == "__main__":
    main()
