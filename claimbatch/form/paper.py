"""How a sheet behaves on screen and on paper: panes, zoom, protection, A4 pages, footers."""

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from claimbatch.form.contents import Contents
from claimbatch.form.layout import HEADER_ROW

PAGE_WIDTH = 130  # characters on A4 landscape at full size
SPARE_WIDTH = 9  # characters of a column nobody set
WIDEST = 190  # characters that are still readable when shrunk to one page
_TABS = {"grades": "2E7D6B", "assessed": "2E7D6B", "claim": "2E7D6B", "units": "2E7D6B", "start": "1F3A5F"}
_OTHER_TAB = "8A97A8"


def finish(
    worksheet: Worksheet, key: str, contents: Contents, *, first_input: str = "A1", freeze: str = ""
) -> None:
    """Set up *worksheet*, filled already, as sheet *key*: view, protection, paper."""
    worksheet.sheet_properties.tabColor = _TABS.get(key, _OTHER_TAB)
    worksheet.sheet_view.zoomScale = 100
    worksheet.sheet_view.showGridLines = False
    if freeze:
        worksheet.freeze_panes = freeze
    chosen = worksheet.sheet_view.selection[-1]
    chosen.activeCell = chosen.sqref = first_input
    _protect(worksheet, contents.protect)
    _lay_on_paper(worksheet, contents)


def _protect(worksheet: Worksheet, protect: bool) -> None:
    """Locked cells stay as they are; columns may still be widened, rows sorted and filtered. No password."""
    protection = worksheet.protection
    protection.sheet = protect
    protection.formatColumns = protection.formatRows = False
    protection.sort = protection.autoFilter = False


def _lay_on_paper(worksheet: Worksheet, contents: Contents) -> None:
    widths = [
        worksheet.column_dimensions[get_column_letter(n)].width for n in range(1, worksheet.max_column + 1)
    ]
    last = len(widths)
    while sum(widths) < PAGE_WIDTH:  # a narrow table leaves room for its title beside it
        last += 1
        widths.append(SPARE_WIDTH)
    worksheet.print_area = f"A1:{get_column_letter(last)}{worksheet.max_row}"
    worksheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    worksheet.print_title_cols = "A:B"
    worksheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page = worksheet.page_setup
    page.paperSize, page.orientation = 9, "landscape"  # A4
    page.fitToWidth, page.fitToHeight = -(-int(sum(widths)) // WIDEST), 0
    margins = worksheet.page_margins
    margins.left = margins.right = margins.top = 0.5
    _write_footer(worksheet, contents)


def _write_footer(worksheet: Worksheet, contents: Contents) -> None:
    identity, footer = contents.identity, worksheet.oddFooter
    if footer is None:  # never, but the type allows it
        return
    footer.left.text = f"Centre {identity.centre_number}, entry code {identity.entry_code}"
    footer.center.text = "Page &P of &N"
    footer.right.text = f"&A, template {identity.template_id}"
    for part in (footer.left, footer.center, footer.right):
        part.font, part.size = "Arial,Regular", 8
