"""How a sheet behaves on screen and on paper: panes, zoom, protection, A4 pages, footers."""

import math
from collections.abc import Iterable

from claimbatch.a1 import column_letters
from claimbatch.form.contents import Contents
from claimbatch.form.layout import HEADER_ROW
from claimbatch.form.worksheet import Paper, Worksheet

PAGE_WIDTH = 130  # characters on A4 landscape at full size
TITLE_LETTER, LETTER = 1.55, 0.9  # how wide the letters of a title and of a description are, in digits
SPARE_WIDTH = 9  # characters of a column nobody set
WIDEST = 190  # characters that are still readable when shrunk to one page
PAGE_HEIGHT = 505  # points between the margins of A4 landscape
SMALLEST = 0.8  # of full size, to spare a page for the last rows
DEFAULT_HEIGHT = 15  # points of a row nobody set
_TABS = {"grades": "2E7D6B", "assessed": "2E7D6B", "claim": "2E7D6B", "units": "2E7D6B", "start": "1F3A5F"}
_OTHER_TAB = "8A97A8"


def finish(
    worksheet: Worksheet,
    key: str,
    contents: Contents,
    *,
    first_input: str = "A1",
    freeze: int | None = None,
    head: int = HEADER_ROW,
) -> None:
    """Set up *worksheet*, filled already, as sheet *key*: view, protection, paper; its headings start in row *head*.

    With *freeze* the headings and so many columns stay in sight. Locked cells stay as they are; columns may still be
    widened, rows sorted and filtered. There is no password.
    """
    worksheet.tab = _TABS.get(key, _OTHER_TAB)
    worksheet.frozen = (0, 0) if freeze is None else (HEADER_ROW, freeze)
    worksheet.first_input = first_input
    worksheet.protect = contents.protect
    worksheet.paper = _on_paper(worksheet, contents, head)


def _on_paper(worksheet: Worksheet, contents: Contents, head: int) -> Paper:
    """A4 landscape, headings repeated on every page. A table wider than a page has its title in the page header.

    In its cell the title would be repeated on every page with the first columns, and cut off beside them.
    """
    columns = [worksheet.columns.get(number) for number in range(1, worksheet.last_column + 1)]
    widths = [0.0 if column is None or column.folded else column.width for column in columns]
    wide = -(-int(sum(widths)) // WIDEST)  # pages side by side
    while sum(widths) < _room(worksheet):  # a narrow table leaves room for its title beside it
        widths.append(SPARE_WIDTH)
    first, last = head if wide > 1 else 1, worksheet.last_row
    identity = contents.identity
    footer = (
        f"Centre {identity.centre_number}, entry code {identity.entry_code}",
        "Page &P of &N",
        f"&A, template {identity.template_id}",
    )
    return Paper(
        area=f"A{first}:{column_letters(len(widths))}{last}",
        rows=f"{head}:{HEADER_ROW}",
        columns="A:B",
        pages=(wide, _pages_high(worksheet, range(first, last + 1), head)),
        top=0.75 if wide > 1 else 0.5,
        header=_words(worksheet, 1) if wide > 1 else "",
        footer=footer,
    )


def _room(worksheet: Worksheet) -> float:
    """How wide a page is at least: what stands above the table is cut off where the print area ends."""
    title, description = (len(_words(worksheet, row)) for row in (1, 2))
    return max(PAGE_WIDTH, title * TITLE_LETTER, description * LETTER)


def _pages_high(worksheet: Worksheet, rows: Iterable[int], head: int) -> int:
    """On how many pages *rows* stand one below the other: rather a little smaller than one row on a page of its own."""
    every = _height(worksheet, rows)
    repeated = _height(worksheet, range(head, HEADER_ROW + 1))
    return max(1, math.ceil((every - repeated) / (PAGE_HEIGHT / SMALLEST - repeated)))


def _height(worksheet: Worksheet, rows: Iterable[int]) -> float:
    return float(sum(worksheet.heights.get(row, DEFAULT_HEIGHT) for row in rows))


def _words(worksheet: Worksheet, row: int) -> str:
    return str(worksheet.rows[row][1][0])
