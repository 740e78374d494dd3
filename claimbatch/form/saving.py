"""Workbooks as bytes: the same workbook gives the same bytes, on every machine and at any time."""

import os
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.utils import quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter


def save(workbook: Workbook) -> bytes:
    """The bytes of *workbook*; the same workbook gives the same bytes."""
    for worksheet in workbook.worksheets:
        _repeat_columns_first(worksheet)
    buffer = BytesIO()
    ExcelWriter(workbook, _Archive(buffer, "w", ZIP_DEFLATED)).save()
    return buffer.getvalue()


def member(name: str) -> ZipInfo:
    """A member of a zip with one fixed date, and no trace of the machine it was made on."""
    info = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.create_system, info.external_attr = 3, 0o600 << 16
    return info


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
    """A zip of such members."""

    def writestr(
        self,
        zinfo_or_arcname: str | ZipInfo,
        data: Any,
        compress_type: int | None = None,
        compresslevel: int | None = None,
    ) -> None:
        name = zinfo_or_arcname if isinstance(zinfo_or_arcname, str) else zinfo_or_arcname.filename
        super().writestr(member(name), data, compress_type or ZIP_DEFLATED, compresslevel)

    def write(
        self,
        filename: str | os.PathLike[str],
        arcname: str | os.PathLike[str] | None = None,
        compress_type: int | None = None,
        compresslevel: int | None = None,
    ) -> None:
        self.writestr(str(arcname or filename), Path(filename).read_bytes(), compress_type, compresslevel)
