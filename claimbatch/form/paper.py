"""How a sheet behaves on screen and on paper: panes, zoom, protection, A4 pages, footers."""

import math
from collections.abc import Iterable

from claimbatch.a1 import column_letters
from claimbatch.form.contents import Contents
from claimbatch.form.layout import HEADER_ROW, limit
from claimbatch.form.worksheet import Paper, Worksheet

PAGE_WIDTH = 130  # characters on A4 landscape at full size
TITLE_LETTER, LETTER = 1.55, 0.9  # how wide the letters of a title and of a description are, in digits
SPARE_WIDTH = 9  # characters of a column nobody set
WIDEST = 190  # characters that are still readable when shrunk to one page
PAGE_HEIGHT = 505  # points between the margins of A4 landscape
SMALLEST = 0.8  # of full size, to spare a page for the last rows
DEFAULT_HEIGHT = 15  # points of a row nobody set
ADDED = 5  # rows that are added at the foot of a wide table and printed, at least
LAST_ROW = 1048576  # of any sheet
_TABS = {
    "grades": "2E7D6B", "assessed": "2E7D6B", "claim": "2E7D6B", "units": "2E7D6B",
    "ticks": "2E7D6B", "decisions": "2E7D6B", "start": "1F3A5F", "moderator": "1F3A5F",
}  # fmt: skip
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
    """A4 landscape, title and headings on every page, and room for rows that are added at the foot.

    A table wider than a page has its title in the page header: in its cell it would be repeated with the first columns,
    and cut off beside them.
    """
    columns = [worksheet.columns.get(number) for number in range(1, worksheet.last_column + 1)]
    widths = [0.0 if column is None or column.folded else column.width for column in columns]
    wide = -(-int(sum(widths)) // WIDEST)  # pages side by side
    while sum(widths) < _room(worksheet):  # a narrow table leaves room for its title beside it
        widths.append(SPARE_WIDTH)
    first, repeated = (head, sum(widths[:2])) if wide > 1 else (1, 0.0)
    high = _pages_high(worksheet, first)
    last = LAST_ROW  # of whole columns programs print as many rows as there are
    if wide > 1:
        last = worksheet.last_row + _rows_to_add(worksheet, first, high, sum(widths) / wide + repeated)
    return Paper(
        area=f"A{first}:{column_letters(len(widths))}{last}",
        rows=f"{first}:{HEADER_ROW}",
        columns="A:B",
        pages=(wide, high),
        top=0.75 if wide > 1 else 0.5,
        header=_words(worksheet, 1) if wide > 1 else "",
        footer=_footer(contents),
    )


def _footer(contents: Contents) -> tuple[str, str, str]:
    identity, unit = contents.identity, contents.qualification.unit(contents.layout.unit)
    whose = f"Centre {identity.centre_number}, entry code {identity.entry_code}"
    return (
        f"{whose}, {unit.label}" if unit else whose,
        "Page &P of &N",
        f"&A, template {identity.template_id}",
    )


def _room(worksheet: Worksheet) -> float:
    """How wide a page is at least: what stands above the table is cut off where the print area ends."""
    title, description = (len(_words(worksheet, row)) for row in (1, 2))
    return max(PAGE_WIDTH, title * TITLE_LETTER, description * LETTER)


def _pages_high(worksheet: Worksheet, first: int) -> int:
    """On how many pages the rows from *first* on stand: rather a little smaller than one row on a page of its own."""
    every, repeated = _heights(worksheet, first)
    return max(1, math.ceil((every - repeated) / (PAGE_HEIGHT / SMALLEST - repeated)))


def _rows_to_add(worksheet: Worksheet, first: int, high: int, width: float) -> int:
    """How many rows more are printed than there are: what is left of the last of *high* pages, and a few in any case.

    On no page more, which would be blank: programs print all a little smaller where the few do not fit. *width* is that
    of a page, in digits.
    """
    every, repeated = _heights(worksheet, first)
    page = PAGE_HEIGHT * max(1, width / PAGE_WIDTH)
    left = (page - repeated) * high + repeated - every
    return min(max(int(left / DEFAULT_HEIGHT), ADDED), limit("spare_rows"))


def _heights(worksheet: Worksheet, first: int) -> tuple[float, float]:
    """How high the rows from *first* on are, and those of them that stand on every page."""
    return (
        _height(worksheet, range(first, worksheet.last_row + 1)),
        _height(worksheet, range(first, HEADER_ROW + 1)),
    )


def _height(worksheet: Worksheet, rows: Iterable[int]) -> float:
    return float(sum(worksheet.heights.get(row, DEFAULT_HEIGHT) for row in rows))


def _words(worksheet: Worksheet, row: int) -> str:
    return str(worksheet.rows[row][1][0])
