"""A :class:`Workbook` as the bytes of an .xlsx file: the XML of its sheets, added to the shell that all of them share.

Written as openpyxl would write it, because that is how our own files have always looked to the guard and to other
programs; a test holds the two equal, to the last range.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from io import BytesIO
from itertools import count, groupby
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from claimbatch.a1 import a1, column_letters
from claimbatch.form.saving import member
from claimbatch.form.shell import CORE, CUSTOM, WORKBOOK, Shell, sheet_part, shell
from claimbatch.form.worksheet import (
    Cell,
    Formula,
    Highlight,
    Paper,
    Validation,
    Value,
    Width,
    Workbook,
    Worksheet,
)

LEVEL = 2  # of deflation: of the higher levels each takes longer than it is worth
LONGEST = 32767  # characters that a cell holds
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_HEADER, _FOOTER = '&"Arial,Bold"&14', '&"Arial,Regular"&8'
_NUMBER = "\0"  # stands for a row's; no text holds it
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CODE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # what spreadsheets take for the code of a letter
_DAY_0 = date(1899, 12, 30).toordinal()
_MAY = 'selectLockedCells="0" selectUnlockedCells="0" objects="0" scenarios="0" formatCells="1" formatColumns="0"'
_MAY_NOT = (
    'formatRows="0" insertColumns="1" insertRows="1" insertHyperlinks="1" deleteColumns="1" deleteRows="1" sort="0" '
    'autoFilter="0" pivotTables="1"'
)


def write(workbook: Workbook) -> bytes:
    """The bytes of *workbook*; the same workbook gives the same bytes."""
    shared = shell(len(workbook.sheets))
    buffer = BytesIO()
    buffer.write(shared.archive)
    with ZipFile(buffer, "a") as archive:
        for name, text in _parts(workbook, shared):
            archive.writestr(member(name), _HEAD + text, ZIP_DEFLATED, LEVEL)
    return buffer.getvalue()


def _parts(workbook: Workbook, shared: Shell) -> Iterator[tuple[str, str]]:
    """The parts that are this workbook's own, each with its XML."""
    yield WORKBOOK, _workbook(workbook)
    looks, inside = {style: f'{number}"' for style, number in shared.styles.items()}, _Inside()
    for number, worksheet in enumerate(workbook.sheets, 1):
        rows = _rows(worksheet, looks, inside)
        yield sheet_part(number), "".join(_worksheet(worksheet, rows, shared.highlights))
    yield CORE, _core(workbook)
    yield CUSTOM, _custom(*workbook.token)


def _worksheet(worksheet: Worksheet, rows: Iterator[str], highlights: Mapping[str, int]) -> Iterator[str]:
    """A sheet, in the order in which its parts have to stand."""
    yield f'<worksheet xmlns="{_MAIN}"><sheetPr><tabColor rgb="00{worksheet.tab}"/>'
    yield '<outlinePr summaryBelow="1" summaryRight="1"/><pageSetUpPr fitToPage="1"/></sheetPr>'
    yield f'<dimension ref="A1:{worksheet.corner}"/>{_view(worksheet)}'
    yield '<sheetFormatPr baseColWidth="8" defaultRowHeight="15"/><cols>'
    yield from (_column(number, worksheet.columns[number]) for number in sorted(worksheet.columns))
    yield "</cols><sheetData>"
    yield from rows
    yield "</sheetData>"
    if worksheet.protect:
        yield f'<sheetProtection sheet="1" {_MAY} {_MAY_NOT}/>'
    if worksheet.filtered:
        yield f'<autoFilter ref="{worksheet.filtered}"/>'
    yield from _highlights(worksheet.highlights, highlights)
    if worksheet.validations:
        yield f'<dataValidations count="{len(worksheet.validations)}">'
        yield from map(_validation, worksheet.validations)
        yield "</dataValidations>"
    if worksheet.paper:
        yield _paper(worksheet.paper)
    yield "</worksheet>"


def _view(worksheet: Worksheet) -> str:
    row, column = worksheet.frozen
    panes = [pane for pane, there in (("topRight", column), ("bottomLeft", row)) if there]
    if row and column:
        panes.append("bottomRight")
    view = '<sheetViews><sheetView showGridLines="0" zoomScale="100" workbookViewId="0">'
    if panes:
        split = f' xSplit="{column}"' * (column > 0) + f' ySplit="{row}"' * (row > 0)
        corner = a1(row + 1, column + 1)
        view += f'<pane{split} topLeftCell="{corner}" activePane="{panes[-1]}" state="frozen"/>'
    view += "".join(f'<selection pane="{pane}"/>' for pane in panes[:-1])
    pane = f' pane="{panes[-1]}"' if panes else ""
    chosen = worksheet.first_input
    return f'{view}<selection{pane} activeCell="{chosen}" sqref="{chosen}"/></sheetView></sheetViews>'


def _column(number: int, width: Width) -> str:
    folded = ' outlineLevel="1" hidden="1"' * width.folded + ' collapsed="1"' * width.after
    return f'<col min="{number}" max="{number}" width="{width.width:g}" customWidth="1"{folded}/>'


def _rows(worksheet: Worksheet, looks: Mapping[str, str], inside: "_Inside") -> Iterator[str]:
    """The rows with their cells, which are written for any row; its number is put in last, once a row."""
    starts = [f'<c r="{column_letters(column)}{_NUMBER}" s="' for column in range(worksheet.last_column + 1)]
    blank = {column: f"{starts[column]}{looks[style]}/>" for column, (_, style) in worksheet.blank.items()}
    for number in sorted(worksheet.rows.keys() | worksheet.heights.keys()):
        cells = {
            column: f"{starts[column]}{looks[style]}{inside[value]}"
            for column, (value, style) in worksheet.rows.get(number, _NONE).items()
        }
        if number in worksheet.table:
            cells = blank | cells
        height = worksheet.heights.get(number)
        custom = f' ht="{height:g}" customHeight="1"' if height else ""
        row = f'<row r="{_NUMBER}"{custom}>{"".join(cells.values())}</row>'
        yield row.replace(_NUMBER, str(number))


_NONE: Mapping[int, Cell] = {}


class _Inside(dict[Value, str]):
    """How a value stands in a cell, from the end of the cell's tag on; the same few stand in many cells."""

    def __missing__(self, value: Value) -> str:
        found = self[value] = self._write(value)
        return found

    @staticmethod
    def _write(value: Value) -> str:
        """Text stays text, ``=1+1`` and ``#N/A`` too."""
        if isinstance(value, Formula):
            return f"><f>{_escape(value.text)}</f><v></v></c>"
        if isinstance(value, str):
            text = _NOT_XML.sub("", _CODE.sub("_x005F_", value[:LONGEST]))
            kept = ' xml:space="preserve"' if text != text.strip() or "\n" in text else ""
            return f' t="inlineStr"><is><t{kept}>{_escape(text)}</t></is></c>' if text else "/>"
        return f' t="n"><v>{value.toordinal() - _DAY_0 if isinstance(value, date) else value}</v></c>'


@lru_cache(maxsize=4096)
def _escape(text: str) -> str:
    """*text* as it stands in an element of XML; what cannot stand there at all is left out."""
    return escape(_NOT_XML.sub("", text), {"\r": "&#13;"})


@lru_cache(maxsize=4096)
def _quote(text: str) -> str:
    """The same for what stands in quotes."""
    return _escape(text).replace('"', "&quot;").replace("\t", "&#9;").replace("\n", "&#10;")


def _highlights(highlights: list[Highlight], looks: Mapping[str, int]) -> Iterator[str]:
    """The conditional formats; the first that holds counts."""
    priority = count(1)
    for area, rules in groupby(highlights, key=lambda highlight: highlight.area):
        yield f'<conditionalFormatting sqref="{_sqref(area)}">'
        for rule in rules:
            number, look = next(priority), looks[rule.look]
            yield f'<cfRule type="expression" priority="{number}" dxfId="{look}" stopIfTrue="1">'
            yield f"<formula>{_escape(rule.formula)}</formula></cfRule>"
        yield "</conditionalFormatting>"


def _validation(rule: Validation) -> str:
    (error_title, error), (prompt_title, prompt) = rule.refusal, rule.prompt
    said = f' errorStyle="stop" errorTitle="{_quote(error_title)}" error="{_quote(error)}"' if error else ""
    said += f' promptTitle="{_quote(prompt_title)}" prompt="{_quote(prompt)}"' if prompt else ""
    kind = f' type="{rule.kind}"' if rule.kind else ""
    start = (
        f'<dataValidation sqref="{_sqref(rule.area)}"{kind} allowBlank="{rule.blank:d}" showDropDown="0" '
        f'showInputMessage="{bool(prompt):d}" showErrorMessage="{bool(error):d}"{said}'
    )
    return (
        f"{start}><formula1>{_escape(rule.formula)}</formula1></dataValidation>"
        if rule.formula
        else f"{start}/>"
    )


def _sqref(area: str) -> str:
    """*area*, where a range of one cell is named by that cell: ``E5:E5 G5:G7`` is ``E5 G5:G7``."""
    return re.sub(r"\b([A-Z]+[0-9]+):\1\b", r"\1", area)


def _paper(paper: Paper) -> str:
    wide, high = paper.pages
    title = paper.header.replace("&", "&&")
    header = f"<oddHeader>{_escape(f'&L{_HEADER} {title}')}</oddHeader>" if title else ""
    footer = "".join(f"&{place}{_FOOTER} {text}" for place, text in zip("LCR", paper.footer, strict=True))
    return (
        f'<pageMargins left="0.5" right="0.5" top="{paper.top}" bottom="0.75" header="0.4" footer="0.4"/>'
        f'<pageSetup paperSize="9" orientation="landscape" fitToWidth="{wide}" fitToHeight="{high}"/>'
        f"<headerFooter>{header}<oddFooter>{_escape(footer)}</oddFooter></headerFooter>"
    )


def _workbook(workbook: Workbook) -> str:
    sheets = "".join(
        f'<sheet name="{_quote(sheet.title)}" sheetId="{number}" state="visible" r:id="rId{number}"/>'
        for number, sheet in enumerate(workbook.sheets, 1)
    )
    names = "".join(_name(name, refers_to) for name, refers_to in _names(workbook))
    for number, sheet in enumerate(workbook.sheets):
        here = f' localSheetId="{number}"'
        for name, refers_to, hidden in _own_names(sheet):
            names += _name(f"_xlnm.{name}", refers_to, here + ' hidden="1"' * hidden)
    return (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}/relationships"><workbookPr/>'
        f"<bookViews><workbookView/></bookViews><sheets>{sheets}</sheets><definedNames>{names}</definedNames>"
        '<calcPr calcId="124519" fullCalcOnLoad="1"/></workbook>'
    )


def _name(name: str, refers_to: str, more: str = "") -> str:
    return f'<definedName name="{name}"{more}>{_escape(refers_to)}</definedName>'


def _names(workbook: Workbook) -> Iterator[tuple[str, str]]:
    for sheet in workbook.sheets:
        yield from sheet.names.items()
    yield from workbook.names.items()


def _own_names(sheet: Worksheet) -> Iterator[tuple[str, str, bool]]:
    """The names by which Excel keeps what is repeated on paper, what is filtered and what is printed of a sheet."""
    title = f"""'{sheet.title.replace("'", "''")}'!"""
    if paper := sheet.paper:
        # Columns first, as Excel does it: of any other order LibreOffice makes two names, and Excel a repair.
        yield "Print_Titles", f"{title}{_fixed(paper.columns)},{title}{_fixed(paper.rows)}", False
    if sheet.filtered:
        yield "_FilterDatabase", title + _fixed(sheet.filtered), True
    if paper:
        yield "Print_Area", title + _fixed(paper.area), False


def _fixed(area: str) -> str:
    """``A1:B7`` as ``$A$1:$B$7``, ``A:B`` as ``$A:$B``."""
    return re.sub(r"[A-Z]+|[0-9]+", lambda found: f"${found[0]}", area)


def _core(workbook: Workbook) -> str:
    kind, stamp = 'xsi:type="dcterms:W3CDTF"', f"{workbook.issued.replace(tzinfo=None).isoformat()}Z"
    return (
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:creator>{_escape(workbook.author)}</dc:creator><dc:title>{_escape(workbook.title)}</dc:title>"
        f"<dcterms:created {kind}>{stamp}</dcterms:created><dcterms:modified {kind}>{stamp}</dcterms:modified>"
        f"<cp:lastModifiedBy>{_escape(workbook.author)}</cp:lastModifiedBy></cp:coreProperties>"
    )


def _custom(name: str, value: str) -> str:
    return (
        f'<Properties xmlns="{_OFFICE}/custom-properties" xmlns:vt="{_OFFICE}/docPropsVTypes">'
        f'<property name="{_quote(name)}" fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="2">'
        f"<vt:lpwstr>{_escape(value)}</vt:lpwstr></property></Properties>"
    )
