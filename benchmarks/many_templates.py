"""Making many templates: as claimbatch does, and with openpyxl and a style object for each cell, as one would."""

from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from benchmarks.corpus import Place
from benchmarks.forms import plan
from claimbatch.claims import issue

if TYPE_CHECKING:
    from claimbatch.form.contents import Contents

Cell = tuple[int, int, Any, tuple[bool, ...]]  # row, column, value, in what it looks special

INK, PAPER = "FF33404D", "FFF3F6F8"


def build_many(place: Place, count: int) -> Callable[[], int]:
    """*count* templates written, when it is known what goes on them."""
    from claimbatch.form.template import build  # noqa: PLC0415

    contents = _contents(place, count)
    build(contents[0])

    def work() -> int:
        return sum(bool(build(one)) for one in contents)

    return work


def issue_many(place: Place, count: int) -> Callable[[], int]:
    """*count* templates as ``claimbatch template`` makes them: looked up, written, and remembered in the store."""
    workspace = place.for_now()
    catalogue, key, store = workspace.catalogue(), workspace.key(), workspace.store()
    wanted = [sheet.order for sheet in plan(place.form, count)]
    issue.issue_template(store, catalogue, key, wanted[0])

    def work() -> int:
        return sum(bool(issue.issue_template(store, catalogue, key, order)) for order in wanted)

    return work


def _contents(place: Place, count: int) -> "list[Contents]":
    """What goes on *count* templates, caught where it would be written."""
    caught: list[Contents] = []

    def catch(contents: "Contents") -> bytes:
        caught.append(contents)
        return b""

    with patch.object(issue, "build", catch):
        issue_many(place, count)()
    return caught[1:]  # the first was to warm up


def a_style_for_each_cell(place: Place, count: int) -> Callable[[], int]:
    """The same cells written with openpyxl: their values, and an object for each thing in which they look special."""
    from openpyxl import load_workbook  # noqa: PLC0415

    from claimbatch.form.template import build  # noqa: PLC0415

    template = load_workbook(BytesIO(build(_contents(place, 1)[0])))
    sheets = {
        sheet.title: [_seen(cell) for row in sheet.iter_rows() for cell in row if cell.has_style]
        for sheet in template
    }
    _written(sheets)

    def work() -> int:
        return sum(bool(_written(sheets)) for _ in range(count))

    return work


def _seen(cell: Any) -> Cell:
    """A cell's place and value, and in what it differs from a plain one."""
    style = cell._style
    ids = (style.fontId, style.fillId, style.borderId, style.alignmentId, style.protectionId, style.numFmtId)
    return cell.row, cell.column, cell.value, tuple(bool(number) for number in ids)


def _written(sheets: dict[str, list[Cell]]) -> bytes:
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side  # noqa: PLC0415
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for title, cells in sheets.items():
        sheet = workbook.create_sheet(title)
        for row, column, value, (font, fill, border, alignment, protection, number_format) in cells:
            cell = sheet.cell(row, column, value)
            if font:
                cell.font = Font(name="Calibri", size=11, bold=True, color=INK)
            if fill:
                cell.fill = PatternFill("solid", fgColor=PAPER)
            if border:
                side = Side(style="thin", color=INK)
                cell.border = Border(left=side, right=side, top=side, bottom=side)
            if alignment:
                cell.alignment = Alignment(vertical="center", wrap_text=True)
            if protection:
                cell.protection = Protection(locked=False)
            if number_format:
                cell.number_format = "@"
        if title in {"Grades", "Assessed by", "Claim"}:
            offered = DataValidation(type="list", formula1='"P,M,D,Not claiming"')
            offered.add(f"E5:{cell.coordinate}")
            sheet.add_data_validation(offered)
            sheet.freeze_panes = "C5"
        sheet.protection.enable()
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()
