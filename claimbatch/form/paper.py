"""How a sheet behaves on screen and on paper: panes, zoom, protection, A4 pages, footers."""

import math
from collections.abc import Iterable

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from claimbatch.form.contents import Contents
from claimbatch.form.layout import HEADER_ROW

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
    freeze: str = "",
    head: int = HEADER_ROW,
) -> None:
    """Set up *worksheet*, filled already, as sheet *key*: view, protection, paper; its headings start in row *head*."""
    worksheet.sheet_properties.tabColor = _TABS.get(key, _OTHER_TAB)
    worksheet.sheet_view.zoomScale = 100
    worksheet.sheet_view.showGridLines = False
    if freeze:
        worksheet.freeze_panes = freeze
    chosen = worksheet.sheet_view.selection[-1]
    chosen.activeCell = chosen.sqref = first_input
    _protect(worksheet, contents.protect)
    _lay_on_paper(worksheet, contents, head)


def _protect(worksheet: Worksheet, protect: bool) -> None:
    """Locked cells stay as they are; columns may still be widened, rows sorted and filtered. No password."""
    protection = worksheet.protection
    protection.sheet = protect
    protection.formatColumns = protection.formatRows = False
    protection.sort = protection.autoFilter = False


def _lay_on_paper(worksheet: Worksheet, contents: Contents, head: int) -> None:
    """A4 landscape, headings repeated on every page. A table wider than a page has its title in the page header.

    In its cell the title would be repeated on every page with the first columns, and cut off beside them.
    """
    columns = [worksheet.column_dimensions[get_column_letter(n)] for n in range(1, worksheet.max_column + 1)]
    widths = [0.0 if column.hidden else column.width for column in columns]
    wide = -(-int(sum(widths)) // WIDEST)  # pages side by side
    while sum(widths) < _room(worksheet):  # a narrow table leaves room for its title beside it
        widths.append(SPARE_WIDTH)
    first, last = head if wide > 1 else 1, worksheet.max_row
    worksheet.print_area = f"A{first}:{get_column_letter(len(widths))}{last}"
    worksheet.print_title_rows = f"{head}:{HEADER_ROW}"
    worksheet.print_title_cols = "A:B"
    worksheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page, margins = worksheet.page_setup, worksheet.page_margins
    page.paperSize, page.orientation = 9, "landscape"  # A4
    page.fitToWidth, page.fitToHeight = wide, _pages_high(worksheet, range(first, last + 1), head)
    margins.left = margins.right = 0.5
    margins.top, margins.bottom, margins.header, margins.footer = 0.75 if wide > 1 else 0.5, 0.75, 0.4, 0.4
    if wide > 1:
        title = str(worksheet["A1"].value).replace("&", "&&")
        _write(worksheet.oddHeader, title, look=("Arial,Bold", 14))
    identity = contents.identity
    _write(
        worksheet.oddFooter,
        f"Centre {identity.centre_number}, entry code {identity.entry_code}",
        "Page &P of &N",
        f"&A, template {identity.template_id}",
    )


def _room(worksheet: Worksheet) -> float:
    """How wide a page is at least: what stands above the table is cut off where the print area ends."""
    title, description = (len(str(worksheet[cell].value)) for cell in ("A1", "A2"))
    return max(PAGE_WIDTH, title * TITLE_LETTER, description * LETTER)


def _pages_high(worksheet: Worksheet, rows: Iterable[int], head: int) -> int:
    """On how many pages *rows* stand one below the other: rather a little smaller than one row on a page of its own."""
    every = _height(worksheet, rows)
    repeated = _height(worksheet, range(head, HEADER_ROW + 1))
    return max(1, math.ceil((every - repeated) / (PAGE_HEIGHT / SMALLEST - repeated)))


def _height(worksheet: Worksheet, rows: Iterable[int]) -> float:
    return float(sum(worksheet.row_dimensions[row].height or DEFAULT_HEIGHT for row in rows))


def _write(line: HeaderFooterItem | None, *texts: str, look: tuple[str, int] = ("Arial,Regular", 8)) -> None:
    """Write a header or a footer (None only to the type checker): left, centre, right."""
    if line is None:
        return
    for part, text in zip((line.left, line.center, line.right), texts, strict=False):
        part.text, (part.font, part.size) = text, look
