"""A template as one would make it with openpyxl: every cell is given its font, fill, border and the rest.

What claimbatch writes is held against it, in what it says and in what it costs.
"""

from functools import cache

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.formatting.rule import Rule
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from claimbatch.form import worksheet as ours
from claimbatch.form.saving import save
from claimbatch.form.style import HIGHLIGHTS, LINE, LOOKS, STRUCK


def plainly(book: ours.Workbook) -> bytes:
    """The workbook *book*, written by openpyxl alone."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for sheet in book.sheets:
        _write(workbook.create_sheet(sheet.title), sheet)
    for names in (*(sheet.names for sheet in book.sheets), book.names):
        for name, refers_to in names.items():
            workbook.defined_names[name] = DefinedName(name, attr_text=refers_to)
    workbook.custom_doc_props.append(StringProperty(name=book.token[0], value=book.token[1]))
    about = workbook.properties
    about.title, about.creator, about.lastModifiedBy = book.title, book.author, book.author
    about.created = about.modified = book.issued.replace(tzinfo=None)
    return save(workbook)


def _write(worksheet: Worksheet, sheet: ours.Worksheet) -> None:
    for row in sheet.rows:
        for column, (value, style) in sheet.row(row).items():
            cell = worksheet.cell(row, column)
            if isinstance(value, ours.Formula):
                cell.value = f"={value.text}"
            elif not isinstance(value, str):
                cell.value = value
            elif text := ILLEGAL_CHARACTERS_RE.sub("", value):
                cell.value, cell.data_type = text, "s"
            _dress(cell, style)
    for row, height in sheet.heights.items():
        worksheet.row_dimensions[row].height = height
    for column, width in sheet.columns.items():
        dimension = worksheet.column_dimensions[get_column_letter(column)]
        dimension.width, dimension.hidden, dimension.collapsed = width.width, width.folded, width.after
        dimension.outlineLevel = int(width.folded)
    for rule in sheet.validations:
        worksheet.add_data_validation(_rule(rule))
    for highlight in sheet.highlights:
        made = Rule(
            "expression", dxf=HIGHLIGHTS[highlight.look], formula=[highlight.formula], stopIfTrue=True
        )
        worksheet.conditional_formatting.add(highlight.area, made)
    _set_up(worksheet, sheet)


def _dress(cell: Cell, style: str) -> None:
    """Give *cell* the objects that make its style, one by one."""
    cell.font, cell.fill, cell.border, cell.alignment, cell.protection = _objects(style)
    cell.number_format = LOOKS[style].number_format


@cache
def _objects(style: str) -> tuple[Font, PatternFill, Border, Alignment, Protection]:
    look = LOOKS[style]
    side, across = Side("thin", LINE), Side("thin", STRUCK) if look.struck else None
    boxed = Border(side, side, side, side, diagonal=across, diagonalUp=look.struck)
    indent = 1 if look.boxed and look.across == "left" else 0
    return (
        Font("Arial", look.size, look.bold, color=look.ink),
        PatternFill("solid", look.fill) if look.fill else PatternFill(),
        boxed if look.boxed else Border(),
        Alignment(look.across, "center", wrap_text=look.wrap, shrink_to_fit=look.shrink, indent=indent),
        Protection(locked=look.locked),
    )


def _rule(rule: ours.Validation) -> DataValidation:
    made = DataValidation(rule.kind or None, formula1=rule.formula or None, allow_blank=rule.blank)
    (made.errorTitle, made.error), (made.promptTitle, made.prompt) = (
        [text or None for text in said] for said in (rule.refusal, rule.prompt)
    )
    made.showErrorMessage, made.showInputMessage = bool(made.error), bool(made.prompt)
    made.errorStyle = "stop" if made.error else None
    for area in rule.area.split():
        made.add(area)
    return made


def _set_up(worksheet: Worksheet, sheet: ours.Worksheet) -> None:
    worksheet.sheet_properties.tabColor = sheet.tab
    worksheet.sheet_properties.pageSetUpPr.fitToPage = True
    view, (row, column) = worksheet.sheet_view, sheet.frozen
    view.zoomScale, view.showGridLines = 100, False
    if row or column:
        worksheet.freeze_panes = worksheet.cell(row + 1, column + 1)
    view.selection[-1].activeCell = view.selection[-1].sqref = sheet.first_input
    worksheet.auto_filter.ref = sheet.filtered or None
    protection = worksheet.protection
    protection.sheet = sheet.protect
    for may in ("formatColumns", "formatRows", "sort", "autoFilter") if sheet.protect else ():
        setattr(protection, may, False)
    if paper := sheet.paper:
        worksheet.print_area = paper.area
        worksheet.print_title_rows, worksheet.print_title_cols = paper.rows, paper.columns
        page, margins = worksheet.page_setup, worksheet.page_margins
        page.paperSize, page.orientation = 9, "landscape"
        page.fitToWidth, page.fitToHeight = paper.pages
        margins.left = margins.right = 0.5
        margins.top, margins.bottom, margins.header, margins.footer = paper.top, 0.75, 0.4, 0.4
        header, footer = worksheet.oddHeader.left, worksheet.oddFooter
        if paper.header:
            header.text, header.font, header.size = paper.header.replace("&", "&&"), "Arial,Bold", 14
        for part, text in zip((footer.left, footer.center, footer.right), paper.footer, strict=True):
            part.text, part.font, part.size = text, "Arial,Regular", 8
