"""A sheet of the template as a table: title, description, headings in row 4, data below."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain, repeat
from types import MappingProxyType
from typing import Any

from claimbatch.a1 import column_letters
from claimbatch.form import choices
from claimbatch.form.contents import Contents
from claimbatch.form.layout import HEADER_ROW, Column, Sheet
from claimbatch.form.style import LOOKS
from claimbatch.form.wording import doubts, unit_title, wording, words_of
from claimbatch.form.worksheet import Cell, Width, Worksheet, put

FIRST = HEADER_ROW + 1  # the first row of data
ROW_HEIGHT = 21.0  # points; LINE for each further line of wrapped text
LINE = 14.0
SMALL, CAPITAL, SPACE = 0.9, 1.3, 0.5  # how wide they are on average, in digits
MARGIN = 2  # digits: the indent of a cell
_WORD = re.compile(r"[^\s-]*-|[^\s-]+")
Values = Mapping[str, Any]
Closed = Mapping[str, Sequence[int]]
NOTHING: Closed = MappingProxyType({})
Before = Mapping[
    tuple[int, str], tuple[str, str]
]  # row and column key: the style, and what is said beside the cell


def write_head(worksheet: Worksheet, sheet: Sheet, contents: Contents) -> None:
    """Write title and description, the same place on every sheet."""
    words = words_of(contents)
    put(worksheet, 1, 1, sheet.title.format_map(words), "Sheet title")
    put(worksheet, 2, 1, sheet.description.format_map(words).strip(), "Sheet description")
    worksheet.heights |= {1: 30, 2: 20}


def write_table(
    worksheet: Worksheet,
    sheet: Sheet,
    contents: Contents,
    rows: Sequence[Values],
    *,
    spare: int = 0,
    closed: Closed = NOTHING,
    refused: Mapping[tuple[int, str], str] = MappingProxyType({}),
    before: Before = MappingProxyType({}),
    unruled: str = "",
) -> None:
    """Write *rows* (values by column key, blanks left out) and *spare* empty ones, with lists and prompts.

    *closed* gives the rows (from 0, in order) by column key whose candidates are not entered for it, *refused* pairs of
    row and column key that hold what may no longer be claimed, each with the reason. *before* are those that an earlier
    claim has something to do with: the style, and what is to be said beside the cell.
    *unruled* is the key of a column that gets rules of its own from the caller (a cell takes only one).
    """
    write_head(worksheet, sheet, contents)
    _write_headings(worksheet, sheet, contents)
    _write_rows(worksheet, sheet, chain(rows, repeat({}, spare)))
    taken = {key: set(indexes) for key, indexes in closed.items()}
    for index, key in (*refused, *before):
        taken.setdefault(key, set()).add(index)
    _offer_lists(worksheet, sheet, len(rows) + spare, taken, unruled)
    _close(worksheet, sheet, closed)
    _refuse(worksheet, sheet, refused)
    _tell(worksheet, sheet, before)


@lru_cache(maxsize=4096)
def lines_of(text: Any, width: float) -> int:
    """How many lines *text* takes when wrapped at spaces and hyphens in a column *width* digits wide."""
    width -= MARGIN
    if len(str(text)) * CAPITAL <= width:
        return 1
    lines, left = 1, width
    for word in _WORD.findall(str(text)):
        size = _size(word)
        if size > left:
            lines += math.ceil(size / width) - (left == width)
            left = math.ceil(size / width) * width
        left -= size + SPACE
    return lines


@lru_cache(maxsize=4096)
def width_of(text: str) -> float:
    """How wide a column is, in digits, in which no word of *text* is broken."""
    return MARGIN + max((_size(word) for word in _WORD.findall(text)), default=0)


def _size(word: str) -> float:
    return sum(CAPITAL if letter.isupper() else SMALL for letter in word)


def _write_headings(worksheet: Worksheet, sheet: Sheet, contents: Contents) -> None:
    worksheet.heights[HEADER_ROW] = 36
    for number, column in enumerate(sheet.columns, 1):
        worksheet.columns[number] = Width(column.width)
        of_unit = column.unit or (contents.layout.unit if column.key == "grade" else 0)
        unit = contents.qualification.unit(of_unit)
        unconfirmed = unit is not None and unit.unverified
        put(worksheet, HEADER_ROW, number, column.heading, _heading_style(column, unconfirmed))
        if unit is not None:
            prompt = f"{unit_title(unit)}. {doubts(unit)}".strip()
            choices.explain(worksheet, f"{column_letters(number)}{HEADER_ROW}", prompt, unit.label)


def _write_rows(worksheet: Worksheet, sheet: Sheet, rows: Iterable[Values]) -> None:
    """Write *rows* from the one below the headings on, each as high as its longest text needs."""
    styles = {column.key: (number, _style(column)) for number, column in enumerate(sheet.columns, 1)}
    wrapped = [(column.key, column.width) for column in sheet.columns if LOOKS[_style(column)].wrap]
    worksheet.blank = {number: ("", style) for number, style in styles.values()}
    last = HEADER_ROW
    for last, values in enumerate(rows, FIRST):
        cells = worksheet.rows[last] = {}
        for key, value in values.items():
            if value != "":
                number, style = styles[key]
                cells[number] = (value, style)
        lines = [lines_of(values[key], width) for key, width in wrapped if key in values]
        worksheet.heights[last] = ROW_HEIGHT + LINE * (max(lines, default=1) - 1)
    worksheet.table = range(FIRST, last + 1)


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
    worksheet: Worksheet, sheet: Sheet, count: int, taken: Mapping[str, set[int]], unruled: str
) -> None:
    """Lists and prompts for every open cell; the columns of units share theirs where they can."""
    units: list[tuple[int, Sequence[int]]] = []
    kind, every = "", range(FIRST, FIRST + count)
    for number, column in enumerate(sheet.columns, 1):
        others = taken.get(column.key, ())
        rows = [row for row in every if row - FIRST not in others] if others else every
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


def _close(worksheet: Worksheet, sheet: Sheet, closed: Closed) -> None:
    """Strike through and lock the *closed* cells, and say why beside whichever is chosen."""
    struck: Cell = ("", "Not entered")
    columns = []
    for number, column in enumerate(sheet.columns, 1):
        rows = [FIRST + index for index in closed.get(column.key, ())]
        columns.append((number, rows))
        for row in rows:
            worksheet.rows[row][number] = struck
    reason = wording()["refusals"]["not_entered"]
    for area in choices.areas(columns):
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
        row, number = FIRST + index, numbers[key]
        style = "Refused choice" if kinds[key] == "grade" else "Refused initials"
        worksheet.rows[row][number] = (worksheet.row(row)[number][0], style)
        cells.setdefault((kinds[key], why), {}).setdefault(number, []).append(row)
    for (kind, why), rows in cells.items():
        for area in choices.areas(sorted(rows.items())):
            prompt, title = f"{why} {words['no_longer']}", words["no_longer_title"]
            if kind == "grade":
                choices.offer_removal(worksheet, area, prompt, title)
            else:
                choices.explain(worksheet, area, prompt, title)


def _tell(worksheet: Worksheet, sheet: Sheet, before: Before) -> None:
    """Give cells the look and the words of what an earlier claim has to do with them; their lists stay."""
    columns = {column.key: (number, column.kind) for number, column in enumerate(sheet.columns, 1)}
    cells: dict[tuple[str, str], dict[int, list[int]]] = {}
    for (index, key), (look, words) in sorted(before.items()):
        number, kind = columns[key]
        row = FIRST + index
        worksheet.rows[row][number] = (worksheet.row(row)[number][0], look)
        cells.setdefault((kind, words), {}).setdefault(number, []).append(row)
    for (kind, words), rows in cells.items():
        for area in choices.areas(sorted(rows.items())):
            choices.offer(worksheet, area, kind, words, wording()["before"]["title"])
