"""Of which file a marked copy, or a refreshed workbook, was made: its SHA-256 in a property, which Excel keeps.

So whoever gets the corrected copy back knows for certain what it corrects.
"""

import re
from io import BytesIO
from zipfile import ZipFile

from claimbatch.intake.mark.book import Book
from claimbatch.intake.mark.splice import insert

PROPERTY = "claimbatch copy of"
_PART = "docProps/custom.xml"
_NAMESPACE = "http://schemas.openxmlformats.org/officeDocument/2006"
_OURS = re.compile(
    rb"<(?:\w+:)?property\b[^<>]*\bname=([\"'])" + PROPERTY.encode() + rb"\1[^<>]*>\s*<[^<>]+>([0-9a-f]{64})"
    rb"<.*?</(?:\w+:)?property>",
    re.DOTALL,
)  # fmt: skip
_NUMBER = re.compile(rb"\bpid=[\"'](\d{1,9})[\"']")


def keep_origin(book: Book, sha256: str) -> None:
    """Write into *book* that it is the marked copy of the file with this hash, where it has properties at all."""
    part = book.parts.get(_PART)
    if part is None:
        return
    part = _OURS.sub(b"", part)
    number = max([1, *map(int, _NUMBER.findall(part))]) + 1
    book.parts[_PART] = insert(
        part,
        f'<property xmlns="{_NAMESPACE}/custom-properties" fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" '
        f'pid="{number}" name="{PROPERTY}"><vt:lpwstr xmlns:vt="{_NAMESPACE}/docPropsVTypes">{sha256}</vt:lpwstr>'
        "</property>".encode(),
    )


def origin_of(data: bytes) -> str:
    """The SHA-256 of the file that a workbook, which the guard has admitted, is the marked copy of; else empty."""
    with ZipFile(BytesIO(data)) as archive:
        if _PART not in archive.namelist():
            return ""
        found = _OURS.search(archive.read(_PART))
    return found[2].decode() if found else ""
