"""What the columns of units have more than others: their titles above the headings, and those nobody needs folded away.

The heading of a column stays ``Unit 3``, by which it is found again; the title stands in the row above it.
"""

from collections.abc import Mapping

from claimbatch.form.contents import Contents
from claimbatch.form.layout import TITLES, TITLES_ROW, Sheet
from claimbatch.form.table import lines_of, width_of
from claimbatch.form.wording import wording
from claimbatch.form.worksheet import Width, Worksheet, put

SMALLER = 0.8  # times the size of tables' letters is what titles are set in
LINE = 11.0  # points of one line of them
MOST_LINES = 6  # what is longer stands whole in the heading's prompt, and on Units
WIDEST = 13  # characters of a column that is widened for a long word
DEFAULT_WIDTH = 13  # characters of a column beside the table


def write_unit_titles(worksheet: Worksheet, sheet: Sheet, contents: Contents) -> None:
    """Write the titles that are known above the headings, and hide the units that nobody is entered for."""
    columns = {column.unit: number for number, column in enumerate(sheet.columns, 1) if column.unit}
    hidden = [unit for unit in columns if contents.hides(unit)]
    hidden = hidden if len(hidden) < len(columns) else []
    note = (
        wording()["hidden"]["units" if len(hidden) > 1 else "unit"].format(count=len(hidden))
        if hidden
        else ""
    )
    put(worksheet, TITLES_ROW, 1, f"{TITLES}. {note}" if note else TITLES, "Unit titles")
    lines = [_write_title(worksheet, number, contents, unit) for unit, number in columns.items()]
    worksheet.heights[TITLES_ROW] = LINE * min(max(lines), MOST_LINES) + 4
    _hide(worksheet, {unit: columns[unit] for unit in hidden})


def _write_title(worksheet: Worksheet, number: int, contents: Contents, unit: int) -> int:
    """Write one unit's title and widen its column for a long word; the lines that it takes."""
    found = contents.qualification.unit(unit)
    title = (found.title if found else "") or ""
    column = worksheet.columns[number]
    column.width = max(column.width, min(width_of(title) * SMALLER, WIDEST))
    put(worksheet, TITLES_ROW, number, title, "Unit title")
    return lines_of(title, column.width / SMALLER)


def _hide(worksheet: Worksheet, hidden: Mapping[int, int]) -> None:
    """Fold away the columns of the units: a group, which can be opened; on a protected sheet, unhidden."""
    for number in hidden.values():
        worksheet.columns[number].folded = True
        if number + 1 not in hidden.values():
            worksheet.columns.setdefault(number + 1, Width(DEFAULT_WIDTH)).after = True
