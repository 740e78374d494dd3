"""All that a workbook says, as openpyxl understands it, place by place: to hold two files of it equal."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

Said = dict[str, object]


def whole(data: bytes) -> Said:
    """What the workbook in *data* says at each place: cells with their looks, each range, each name, each setting."""
    book = load_workbook(BytesIO(data))
    said: Said = {"sheets": book.sheetnames, "calculated": repr(book.calculation)}
    said |= {f"name {name}": found.attr_text for name, found in book.defined_names.items()}
    said |= {f"property {item.name}": item.value for item in book.custom_doc_props}
    said["properties"] = repr(book.properties)
    looks: dict[Any, str] = {}
    for sheet in book:
        said |= {f"{sheet.title}!{place}": what for place, what in _of_sheet(sheet, looks)}
    return said


def _of_sheet(sheet: Worksheet, looks: dict[Any, str]) -> Iterator[tuple[str, object]]:
    for row in sheet.iter_rows():
        for cell in row:
            if cell.has_style or cell.value is not None:
                yield cell.coordinate, (cell.value, cell.value and cell.data_type, _look(cell, looks))
    for number, height in sheet.row_dimensions.items():
        yield f"row {number}", (height.height, height.hidden, height.outlineLevel)
    for letter, width in sheet.column_dimensions.items():
        yield f"column {letter}", (width.width, width.hidden, width.outlineLevel, width.collapsed)
    for name in (
        "dimensions", "sheet_state", "freeze_panes", "sheet_view", "protection", "sheet_properties", "sheet_format",
        "page_setup", "page_margins", "print_options", "print_area", "print_title_rows", "print_title_cols",
        "merged_cells",
    ):  # fmt: skip
        yield name, repr(getattr(sheet, name))
    for name in ("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"):
        parts = (getattr(getattr(sheet, name), place) for place in ("left", "center", "right"))
        yield name, [(part.text, part.font, part.size, part.color) for part in parts]
    yield "filter", sheet.auto_filter.ref
    for rule in sheet.data_validations.dataValidation:
        parts = sorted(str(part) for part in rule.sqref.ranges)
        rule.sqref = parts[0]
        yield f"rule of {' '.join(parts)}", repr(rule)
    for area in sheet.conditional_formatting:
        yield (
            f"highlights of {area.sqref}",
            [(r.type, r.formula, r.priority, r.stopIfTrue, repr(r.dxf)) for r in area.rules],
        )
    yield "names", sorted((name, found.attr_text) for name, found in sheet.defined_names.items())


def _look(cell: Cell, looks: dict[Any, str]) -> str:
    """Font, fill, border and the rest, by what they are and not by where the file keeps them."""
    key = tuple(cell._style)
    if key not in looks:
        parts = (cell.font, cell.fill, cell.border, cell.alignment, cell.protection)
        looks[key] = f"{cell.number_format} {parts!r}"
    return looks[key]
