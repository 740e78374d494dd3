"""A blank register for centres that have no system to export one: a workbook with lists, and a CSV file's headings.

Both imports read the workbook as it is: entries from its sheet *Entries*, assessors from *Assessors*.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from claimbatch import clock
from claimbatch.form.layout import HEADER_ROW
from claimbatch.form.qualification import Catalogue
from claimbatch.form.style import DATE, add_styles
from claimbatch.form.table import ROW_HEIGHT
from claimbatch.form.template import save

ROWS = 300  # to be filled in on each sheet; more may be added below
_CODES, _CENTRES = "entry_codes", "centre_numbers"


@dataclass(frozen=True, slots=True)
class _Column:
    heading: str
    width: int
    prompt: str = ""
    offered: str = ""  # the defined name of a list
    date: bool = False


_CENTRE = _Column("Centre number", 14, "Choose the centre.", _CENTRES)
_CODE = _Column(
    "Entry code", 12, "Choose it from the list; the sheet Entry codes says which is which.", _CODES
)
_ENTRIES = (
    _CODE,
    _Column("Candidate number", 12, "Four digits, such as 0042. One row for each candidate and entry code."),
    _Column("Surname", 22, "As it is to stand on the certificate."),
    _Column("Forenames", 22, "As they are to stand on the certificate."),
    _Column("Date of birth", 14, "Day first: 03/04/2008 is the third of April. Blank: not known.", date=True),
    _Column("OCR candidate number", 16, "Only where there is one."),
    _Column("UCI", 18, "Twelve digits and a letter; blank if it is not known."),
    _Column("ULN", 14, "Ten digits; blank if it is not known."),
    _Column("Units", 16, "2012 suite only: the units entered, such as 3 4 12. Blank: all units."),
    _Column("Tutor group", 12, "For a workbook for each group: claimbatch template --group."),
)  # fmt: skip
_ASSESSORS = (
    _CODE,
    _Column("Initials", 10, "One to four characters that nobody else in the centre has."),
    _Column("Full name", 32, "First name and surname."),
)
_SHEETS = (
    ("Entries", "Who is entered for what: one row for each candidate and entry code.", _ENTRIES),
    ("Assessors", "Who assesses what: one row for each assessor and entry code.", _ASSESSORS),
)


def blank_workbook(catalogue: Catalogue, centres: Mapping[str, str]) -> bytes:
    """The workbook, with the entry codes of *catalogue* to choose from; with several *centres*, those, too."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    add_styles(workbook)
    for name, description, columns in _SHEETS:
        _write(workbook.create_sheet(name), description, [*[_CENTRE] * (len(centres) > 1), *columns])
    codes = [(q.entry_code, q.title) for q in catalogue.qualifications]
    _list(workbook, "Entry codes", ("Entry code", "Qualification"), codes, _CODES)
    if len(centres) > 1:
        _list(workbook, "Centres", ("Centre number", "Centre"), list(centres.items()), _CENTRES)
    about = workbook.properties
    about.creator = about.lastModifiedBy = "claimbatch"
    about.title = "Register: entries and assessors"
    about.created = about.modified = clock.now().replace(tzinfo=None)
    return save(workbook)


def blank_csv(centres: Mapping[str, str]) -> bytes:
    """The headings of a register as CSV, for a system that can be told what to export; UTF-8 with a mark for Excel."""
    out = io.StringIO()
    csv.writer(out).writerow([column.heading for column in [*[_CENTRE] * (len(centres) > 1), *_ENTRIES]])
    return out.getvalue().encode("utf-8-sig")


def _write(worksheet: Worksheet, description: str, columns: Sequence[_Column]) -> None:
    _head(worksheet, worksheet.title, description)
    for number, column in enumerate(columns, 1):
        letter = get_column_letter(number)
        _put(worksheet, HEADER_ROW, number, column.heading, "Heading text")
        worksheet.column_dimensions[letter].width = column.width
        area = f"{letter}{HEADER_ROW + 1}:{letter}{HEADER_ROW + ROWS}"
        for row in range(HEADER_ROW + 1, HEADER_ROW + ROWS + 1):
            _put(worksheet, row, number, "", "Entry")
            if column.date:
                worksheet.cell(row, number).number_format = DATE
        _guide(worksheet, area, column)
    worksheet.row_dimensions[HEADER_ROW].height = 36
    _page(worksheet)


def _guide(worksheet: Worksheet, area: str, column: _Column) -> None:
    rule = DataValidation("list", formula1=column.offered) if column.offered else DataValidation()
    rule.allow_blank = True
    rule.showInputMessage, rule.promptTitle, rule.prompt = True, column.heading, column.prompt
    if column.offered:
        rule.showErrorMessage, rule.errorStyle = True, "warning"
        rule.errorTitle, rule.error = "Not on the list", f"This is not on the list. {column.prompt}"
    rule.add(area)
    worksheet.add_data_validation(rule)


def _list(
    workbook: Workbook, name: str, headings: tuple[str, str], rows: Sequence[tuple[str, str]], defined: str
) -> None:
    worksheet = workbook.create_sheet(name)
    _head(worksheet, name, "What the other sheets offer to choose from.")
    for number, (heading, width) in enumerate(zip(headings, (16, 90), strict=True), 1):
        _put(worksheet, HEADER_ROW, number, heading, "Heading text")
        worksheet.column_dimensions[get_column_letter(number)].width = width
    for row, values in enumerate(rows, HEADER_ROW + 1):
        for number, value in enumerate(values, 1):
            _put(worksheet, row, number, value, "Given text")
        worksheet.row_dimensions[row].height = ROW_HEIGHT
    refers_to = f"'{name}'!$A${HEADER_ROW + 1}:$A${HEADER_ROW + max(1, len(rows))}"
    workbook.defined_names[defined] = DefinedName(defined, attr_text=refers_to)
    _page(worksheet)


def _put(worksheet: Worksheet, row: int, column: int, text: str, style: str) -> None:
    cell = worksheet.cell(row, column)
    if text:
        cell.value, cell.data_type = (
            ILLEGAL_CHARACTERS_RE.sub("", text),
            "s",
        )  # a centre called =1+1 is no formula
    cell.style = style


def _head(worksheet: Worksheet, title: str, description: str) -> None:
    _put(worksheet, 1, 1, title, "Sheet title")
    _put(worksheet, 2, 1, description, "Sheet description")
    worksheet.row_dimensions[1].height = 30
    worksheet.row_dimensions[2].height = 20


def _page(worksheet: Worksheet) -> None:
    """A4 landscape, as wide as the paper; the headings stay in sight on the screen and on each page."""
    worksheet.freeze_panes = f"A{HEADER_ROW + 1}"
    worksheet.sheet_view.showGridLines = False
    worksheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    setup = worksheet.page_setup
    setup.orientation, setup.paperSize, setup.fitToWidth, setup.fitToHeight = "landscape", "9", 1, 0
    worksheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    if worksheet.oddFooter is not None:  # it is only to the type checker
        worksheet.oddFooter.right.text = "Page &P of &N"
