"""What is the same in every template of a form: styles, theme, lists of parts; openpyxl makes it, once a process."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.formatting.rule import Rule
from openpyxl.packaging.custom import StringProperty

from claimbatch.form.saving import member, save
from claimbatch.form.style import HIGHLIGHTS, LOOKS, add_styles

WORKBOOK, CORE, CUSTOM = "xl/workbook.xml", "docProps/core.xml", "docProps/custom.xml"
_SHEETS = "xl/worksheets/sheet"
_FIRST = "[Content_Types].xml"  # where programs that know a file by its beginning look


@dataclass(frozen=True, slots=True)
class Shell:
    """A zip with the parts that no template changes, to which its own are added.

    *styles* are the numbers by which cells name the styles of :data:`LOOKS`, *highlights* those of
    :data:`HIGHLIGHTS`.
    """

    archive: bytes
    styles: Mapping[str, int]
    highlights: Mapping[str, int]


@cache
def shell(sheets: int) -> Shell:
    """The shell of a workbook with so many sheets; their names and all that stands on them is the template's own."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    add_styles(workbook)
    for number in range(1, sheets + 1):
        workbook.create_sheet(f"Sheet {number}")
    worksheet = workbook.worksheets[0]
    cells = {name: worksheet.cell(row, 1) for row, name in enumerate(LOOKS, 1)}
    for name, cell in cells.items():
        cell.style = name
    rules = {name: Rule("expression", dxf=look, formula=["TRUE"]) for name, look in HIGHLIGHTS.items()}
    for rule in rules.values():
        worksheet.conditional_formatting.add("A1", rule)
    properties = workbook.custom_doc_props  # type: ignore[attr-defined]  # not in the stubs
    properties.append(StringProperty(name="-", value="-"))
    content = save(workbook)
    return Shell(
        _without_own(content),
        {name: cell.style_id for name, cell in cells.items()},
        {name: rule.dxfId or 0 for name, rule in rules.items()},  # known once it is saved
    )


def sheet_part(number: int) -> str:
    """The part of the sheet *number*, from 1."""
    return f"{_SHEETS}{number}.xml"


def _without_own(content: bytes) -> bytes:
    """The workbook *content* without the parts that each template has of its own."""
    buffer = BytesIO()
    with ZipFile(BytesIO(content)) as saved, ZipFile(buffer, "w", ZIP_DEFLATED) as kept:
        for name in sorted(saved.namelist(), key=lambda name: name != _FIRST):
            if name not in {WORKBOOK, CORE, CUSTOM} and not name.startswith(_SHEETS):
                kept.writestr(member(name), saved.read(name), ZIP_DEFLATED, compresslevel=9)
    return buffer.getvalue()
