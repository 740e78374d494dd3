"""A sheet of the template as a table: title, description, headings in row 4, data below."""

import math
import re
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from claimbatch.form import choices
from claimbatch.form.contents import Contents
from claimbatch.form.layout import HEADER_ROW, Column, Sheet
from claimbatch.form.style import LOOKS
from claimbatch.form.wording import doubts, unit_title, wording, words_of

ROW_HEIGHT = 21.0  # points; LINE for each further line of wrapped text
LINE = 14.0
SMALL, CAPITAL, SPACE = 0.9, 1.3, 0.5  # how wide they are on average, in digits
MARGIN = 2  # digits: the indent of a cell
_WORD = re.compile(r"[^\s-]*-|[^\s-]+")
Values = Mapping[str, Any]


def put(worksheet: Worksheet, row: int, column: int, value: Any, style: str) -> None:
    """Write *value*. Text stays text: a name that starts with ``=`` is no formula, ``#N/A`` no error."""
    cell = worksheet.cell(row, column)
    if isinstance(value, str) and value:
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"
    elif value != "":
        cell.value = value
    cell.style = style


def write_head(worksheet: Worksheet, sheet: Sheet, contents: Contents) -> None:
    """Write title and description, the same place on every sheet."""
    words = words_of(contents)
    put(worksheet, 1, 1, sheet.title.format_map(words), "Sheet title")
    put(worksheet, 2, 1, sheet.description.format_map(words).strip(), "Sheet description")
    worksheet.row_dimensions[1].height = 30
    worksheet.row_dimensions[2].height = 20


def write_table(
    worksheet: Worksheet,
    sheet: Sheet,
    contents: Contents,
    rows: Sequence[Values],
    *,
    spare: int = 0,
    closed: Collection[tuple[int, str]] = (),
    refused: Mapping[tuple[int, str], str] = MappingProxyType({}),
    unruled: str = "",
) -> None:
    """Write *rows* (values by column key) and *spare* empty ones, with lists and prompts.

    *closed* are pairs of row (from 0) and column key that the candidate is not entered for, *refused* those that hold
    what may no longer be claimed, each with the reason.
    *unruled* is the key of a column that gets rules of its own from the caller (a cell takes only one).
    """
    write_head(worksheet, sheet, contents)
    _write_headings(worksheet, sheet, contents)
    blank: Values = {}
    for index, values in enumerate([*rows, *[blank] * spare]):
        _write_row(worksheet, sheet, HEADER_ROW + 1 + index, values)
    _offer_lists(worksheet, sheet, len(rows) + spare, {*closed, *refused}, unruled)
    _close(worksheet, sheet, closed)
    _refuse(worksheet, sheet, refused)


def lines_of(text: Any, width: float) -> int:
    """How many lines *text* takes when wrapped at spaces and hyphens in a column *width* digits wide."""
    width -= MARGIN
    lines, left = 1, width
    for word in _WORD.findall(str(text)):
        size = _size(word)
        if size > left:
            lines += math.ceil(size / width) - (left == width)
            left = math.ceil(size / width) * width
        left -= size + SPACE
    return lines


def width_of(text: str) -> float:
    """How wide a column is, in digits, in which no word of *text* is broken."""
    return MARGIN + max((_size(word) for word in _WORD.findall(text)), default=0)


def _size(word: str) -> float:
    return sum(CAPITAL if letter.isupper() else SMALL for letter in word)


def _write_headings(worksheet: Worksheet, sheet: Sheet, contents: Contents) -> None:
    worksheet.row_dimensions[HEADER_ROW].height = 36
    for number, column in enumerate(sheet.columns, 1):
        letter = get_column_letter(number)
        worksheet.column_dimensions[letter].width = column.width
        of_unit = column.unit or (contents.layout.unit if column.key == "grade" else 0)
        unit = contents.qualification.unit(of_unit)
        unconfirmed = unit is not None and unit.unverified
        put(worksheet, HEADER_ROW, number, column.heading, _heading_style(column, unconfirmed))
        if unit is not None:
            prompt = f"{unit_title(unit)}. {doubts(unit)}".strip()
            choices.explain(worksheet, f"{letter}{HEADER_ROW}", prompt, unit.label)


def _write_row(worksheet: Worksheet, sheet: Sheet, row: int, values: Values) -> None:
    lines = 1
    for number, column in enumerate(sheet.columns, 1):
        value = values.get(column.key, "")
        style = _style(column)
        if column.kind == "count":
            worksheet.cell(row, number, value).style = style
        else:
            put(worksheet, row, number, value, style)
        if LOOKS[style].wrap:
            lines = max(lines, lines_of(value, column.width))
    worksheet.row_dimensions[row].height = ROW_HEIGHT + LINE * (lines - 1)


def _heading_style(column: Column, unconfirmed: bool) -> str:
    if unconfirmed:
        return "Heading unconfirmed"
    return "Heading text" if column.kind in {"text", "unit"} else "Heading"


def _style(column: Column) -> str:
    if not column.locked:
        return "Choice" if column.kind in choices.LISTS else "Entry"
    if column.kind == "count":
        return "Count without" if column.key == "without" else "Count"
    if column.kind == "date":
        return "Given date"
    return "Given" if column.compared else "Given text"


def _offer_lists(
    worksheet: Worksheet, sheet: Sheet, count: int, closed: Collection[tuple[int, str]], unruled: str
) -> None:
    """Lists and prompts for every open cell; the columns of units share theirs where they can."""
    units: list[tuple[int, list[int]]] = []
    kind = ""
    for number, column in enumerate(sheet.columns, 1):
        rows = [HEADER_ROW + 1 + index for index in range(count) if (index, column.key) not in closed]
        if column.unit:
            kind = column.kind
            units.append((number, rows))
        elif not column.locked and column.key != unruled:
            _offer_column(worksheet, column, " ".join(choices.areas([(number, rows)])))
    for area in choices.areas(units):
        choices.offer(worksheet, area, kind)


def _offer_column(worksheet: Worksheet, column: Column, area: str) -> None:
    if column.kind in choices.LISTS:
        choices.offer(worksheet, area, column.kind, column.prompt, column.heading)
    elif column.prompt:
        choices.explain(worksheet, area, column.prompt, column.heading)


def _close(worksheet: Worksheet, sheet: Sheet, closed: Collection[tuple[int, str]]) -> None:
    """Strike through and lock the *closed* cells, and say why beside whichever is chosen."""
    numbers = {column.key: number for number, column in enumerate(sheet.columns, 1)}
    rows: dict[int, list[int]] = {}
    for index, key in sorted(closed):
        rows.setdefault(numbers[key], []).append(HEADER_ROW + 1 + index)
        put(worksheet, HEADER_ROW + 1 + index, numbers[key], "", "Not entered")
    reason = wording()["refusals"]["not_entered"]
    for area in choices.areas(sorted(rows.items())):
        choices.accept(worksheet, area, "FALSE", reason, prompt=reason, title="Not entered")


def _refuse(worksheet: Worksheet, sheet: Sheet, refused: Mapping[tuple[int, str], str]) -> None:
    """Show what may no longer be claimed as such, say why, and leave one way on: *Not claiming*.

    Initials are locked, so that the line cannot become another assessor's by mistake.
    """
    numbers = {column.key: number for number, column in enumerate(sheet.columns, 1)}
    kinds = {column.key: column.kind for column in sheet.columns}
    words = wording()["refusals"]
    cells: dict[tuple[str, str], dict[int, list[int]]] = {}
    for (index, key), why in sorted(refused.items()):
        row, number = HEADER_ROW + 1 + index, numbers[key]
        worksheet.cell(row, number).style = "Refused choice" if kinds[key] == "grade" else "Refused initials"
        cells.setdefault((kinds[key], why), {}).setdefault(number, []).append(row)
    for (kind, why), rows in cells.items():
        for area in choices.areas(sorted(rows.items())):
            prompt, title = f"{why} {words['no_longer']}", words["no_longer_title"]
            if kind == "grade":
                choices.offer_removal(worksheet, area, prompt, title)
            else:
                choices.explain(worksheet, area, prompt, title)
