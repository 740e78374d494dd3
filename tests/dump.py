"""A workbook as text that a person can review: what every cell holds and how it behaves.

Golden files are dumps, because two .xlsx files cannot be compared by eye.
"""

from collections.abc import Iterator
from io import BytesIO
from itertools import groupby

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

ALLOWED = {"formatColumns": "columns", "formatRows": "rows", "sort": "sort", "autoFilter": "filter"}


def dump(data: bytes) -> str:
    """The workbook in *data*: its sheets in order, then names, properties and styles."""
    book = load_workbook(BytesIO(data))
    lines = [line for sheet in book.worksheets for line in _sheet(sheet)]
    return "\n".join([*lines, *_book(book)]) + "\n"


def _sheet(sheet: Worksheet) -> Iterator[str]:
    view, page = sheet.sheet_view, sheet.page_setup
    protection = sheet.protection
    may = " ".join(word for flag, word in ALLOWED.items() if not getattr(protection, flag))
    footer = sheet.oddFooter
    yield f"===== {sheet.title} ({sheet.dimensions})"
    yield f"active {view.selection[-1].activeCell}, frozen {sheet.freeze_panes}, zoom {view.zoomScale}"
    yield f"tab {_colour(sheet.sheet_properties.tabColor)}"
    yield f"protected {protection.sheet}, password {bool(protection.password)}, may change: {may}"
    yield f"paper {page.paperSize} {page.orientation}, area {sheet.print_area}"
    yield f"pages {page.fitToWidth} wide, {page.fitToHeight} high"
    yield f"repeats rows {sheet.print_title_rows} columns {sheet.print_title_cols}"
    yield f"header {sheet.oddHeader.left.text}"
    yield f"footer {footer.left.text} | {footer.center.text} | {footer.right.text}"
    yield f"filter {sheet.auto_filter.ref}, merged {[str(area) for area in sheet.merged_cells.ranges]}"
    yield "widths " + " ".join(
        f"{letter}={d.width:g}{' hidden' * d.hidden}" for letter, d in sorted(sheet.column_dimensions.items())
    )
    rows = ([cell for cell in row if cell.has_style] for row in sheet.iter_rows())
    yield from (_row(row) for row in rows if row)
    for rule in sorted(sheet.data_validations.dataValidation, key=lambda rule: str(rule.sqref)):
        yield from _rule(rule)
    for area in sheet.conditional_formatting:
        for rule in area.rules:
            yield f"{area.sqref} where {rule.formula[0]}\n    looks {_look(rule.dxf)}"
    yield ""


def _rule(rule: DataValidation) -> Iterator[str]:
    blank = "" if rule.allow_blank else " (blank refused)"
    yield f"{rule.sqref} takes {rule.type or 'anything'} {rule.formula1 or ''}".rstrip() + blank
    for verb, title, text in (
        ("refuses", rule.errorTitle, rule.error),
        ("prompts", rule.promptTitle, rule.prompt),
    ):
        if text:
            yield f"    {verb} {title}: {text}"


def _row(cells: list[Cell]) -> str:
    """One row: blank cells alike and side by side are said once."""
    groups = groupby(cells, key=lambda cell: (cell.value is None or cell.coordinate, _behaviour(cell)))
    parts = []
    for (_, behaviour), group in groups:
        run = list(group)
        where = run[0].coordinate if len(run) == 1 else f"{run[0].coordinate}:{run[-1].coordinate}"
        parts.append(f"{where} {_value(run[0])} [{behaviour}]")
    height = cells[0].parent.row_dimensions[cells[0].row].height
    return f"{cells[0].row} (height {height:g})\n    " + "\n    ".join(parts)


def _value(cell: Cell) -> str:
    return "blank" if cell.value is None else f"{cell.data_type} {cell.value}"


def _behaviour(cell: Cell) -> str:
    return f"{cell.style}, {cell.number_format}, {'locked' if cell.protection.locked else 'open'}"


def _look(dxf: object) -> str:
    shown = f", shows {dxf.numFmt.formatCode}" if dxf.numFmt else ""
    return f"{_colour(dxf.font.color)} on {_colour(dxf.fill.bgColor)}{shown}"


def _colour(colour: object) -> str:
    return str(colour.rgb)[-6:] if colour is not None else "none"


def _book(book: Workbook) -> Iterator[str]:
    yield "===== Names"
    yield from (f"{name} = {found.attr_text}" for name, found in sorted(book.defined_names.items()))
    yield "===== Properties"
    about = book.properties
    yield f"{about.title} | {about.creator} | created {about.created} | modified {about.modified}"
    yield from (f"{item.name} = {item.value}" for item in book.custom_doc_props)
