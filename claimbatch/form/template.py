"""A template as a file: the workbook that a teacher fills in, made from :class:`Contents`.

The same contents give the same bytes: no clock gets in, neither through the document's properties
nor through the dates in the zip.
"""

import os
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.packaging.custom import StringProperty
from openpyxl.utils import quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from claimbatch.form.choices import define
from claimbatch.form.contents import Contents, file_name
from claimbatch.form.identity import DEFINED_NAME, PROPERTY
from claimbatch.form.sheets import write_sheets
from claimbatch.form.style import add_styles

__all__ = ["build", "file_name", "save"]


def build(contents: Contents) -> bytes:
    """The template of *contents* as an .xlsx file: its sheets, and its identity in three places."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    add_styles(workbook)
    write_sheets(workbook, contents)
    _identify(workbook, contents)
    return save(workbook)


def _identify(workbook: Workbook, contents: Contents) -> None:
    """Put the token where the sheet *About* is not: a defined name and a custom document property."""
    define(workbook, DEFINED_NAME, f'"{contents.token}"')
    properties = workbook.custom_doc_props  # type: ignore[attr-defined]  # not in the stubs
    properties.append(StringProperty(name=PROPERTY, value=contents.token))
    about = workbook.properties
    about.creator = about.lastModifiedBy = "claimbatch"
    about.title = f"{contents.layout.title}: {contents.identity.entry_code} {contents.qualification.title}"
    issued = datetime.fromisoformat(contents.identity.issued_at)
    about.created = about.modified = issued.replace(tzinfo=None)  # openpyxl takes UTC without saying so


def save(workbook: Workbook) -> bytes:
    """The bytes of *workbook*; the same workbook gives the same bytes."""
    for worksheet in workbook.worksheets:
        _repeat_columns_first(worksheet)
    buffer = BytesIO()
    ExcelWriter(workbook, _Archive(buffer, "w", ZIP_DEFLATED)).save()
    return buffer.getvalue()


def _repeat_columns_first(worksheet: Worksheet) -> None:
    """Name what is repeated on paper in the order that Excel does, columns before rows.

    openpyxl writes the rows first. LibreOffice then takes the name for one of its own making and saves both, and
    Excel repairs a workbook with a name that is there twice.
    """
    repeated = (worksheet.print_title_cols, worksheet.print_title_rows)
    sheet = quote_sheetname(worksheet.title)
    refers_to = ",".join(f"{sheet}!{part}" for part in repeated if part)
    if refers_to:
        worksheet.defined_names["Print_Titles"] = DefinedName("Print_Titles", attr_text=refers_to)
        worksheet._print_cols = worksheet._print_rows = None  # type: ignore[attr-defined]  # no other way back


class _Archive(ZipFile):
    """A zip whose members carry one fixed date, and no trace of the machine it was made on."""

    def writestr(
        self,
        zinfo_or_arcname: str | ZipInfo,
        data: Any,
        compress_type: int | None = None,
        compresslevel: int | None = None,
    ) -> None:
        name = zinfo_or_arcname if isinstance(zinfo_or_arcname, str) else zinfo_or_arcname.filename
        member = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        member.create_system, member.external_attr = 3, 0o600 << 16
        super().writestr(member, data, compress_type or ZIP_DEFLATED, compresslevel)

    def write(
        self,
        filename: str | os.PathLike[str],
        arcname: str | os.PathLike[str] | None = None,
        compress_type: int | None = None,
        compresslevel: int | None = None,
    ) -> None:
        self.writestr(str(arcname or filename), Path(filename).read_bytes(), compress_type, compresslevel)
