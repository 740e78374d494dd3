"""What a file really is, whatever it is called: told by its first bytes and, of an archive, by the names in it."""

import re
from dataclasses import dataclass
from functools import lru_cache

from claimbatch.intake.guard.archive import MIB

_SAVE_AS = "Open it in the program it was made with and save it as Excel Workbook (.xlsx)."
_SEND_AGAIN = (
    "Open it once on the computer where it was made, wait until it has been synced, and send it again."
)
_USE_TEMPLATE = (
    "Send the template that your exam officer gave you, filled in and saved as Excel Workbook (.xlsx)."
)
_CLOSE = "Close the workbook and send the file itself."


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file is instead of a workbook, and what to do about it."""

    detail: str
    advice: str


_LOCKS = {
    "~$": Kind("it is the small file that Excel keeps beside a workbook while that is open", _CLOSE),
    ".~lock": Kind(
        "it is the small file that LibreOffice keeps beside a workbook while that is open", _CLOSE
    ),
    "._": Kind("it is the companion file that a Mac keeps beside a workbook", "Send the workbook itself."),
}
_STARTS = {
    b"%PDF": Kind("it is a PDF", _USE_TEMPLATE),
    b"\x89PNG": Kind("it is a picture", _USE_TEMPLATE),
    b"\xff\xd8\xff": Kind("it is a photograph", _USE_TEMPLATE),
    b"{\\rtf": Kind("it is a text document (RTF)", _USE_TEMPLATE),
    b"\x1f\x8b": Kind("it is a compressed file (gzip)", "Unpack it and send the workbook itself."),
    b"7z\xbc\xaf": Kind("it is a compressed file (7-Zip)", "Unpack it and send the workbook itself."),
    b"Rar!": Kind("it is a compressed file (RAR)", "Unpack it and send the workbook itself."),
}
_OLD = Kind("it is an old Excel workbook (.xls) or another Office file", _SAVE_AS)
# The first that matches a name in the archive decides.
_ARCHIVES = (
    (r"xl/workbook\.bin", Kind("it is a binary workbook (.xlsb)", _SAVE_AS)),
    (r"word/", Kind("it is a Word document", _USE_TEMPLATE)),
    (r"ppt/", Kind("it is a PowerPoint presentation", _USE_TEMPLATE)),
    (
        r"index/.*\.iwa|index\.zip",
        Kind("it is a Numbers document", "In Numbers choose File, Export To, Excel."),
    ),
    (r"mimetype$", Kind("it is an OpenDocument file (.ods)", _SAVE_AS)),
    (
        r".*\.xlsx$",
        Kind("it is a zip file with workbooks in it", "Unpack it and send the workbooks themselves."),
    ),
    (r"", Kind("it is a zip file, but no workbook is in it", _USE_TEMPLATE)),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MACROS = re.compile(r"(?i)(?:^|/)vbaproject\w*\.bin$|^xl/(?:macrosheets|vbaproject)")
_WEB_PAGE = Kind("it is a web page, perhaps the sign-in page of a web site", "Download the workbook again.")
_WEB_TABLE = Kind(
    "it is a web page with a table in it, under the name of a workbook, as some programs export",
    "Open it in Excel and save it as Excel Workbook (.xlsx). For a claim, fill in the template itself.",
)
_ROWS = re.compile(rb"(?i)<t[dr]\b")
_SIGN_IN = re.compile(rb"(?i)<(?:form|input|script)\b")
_HTML = re.compile(rb"(?i)<(?:!doctype html|html|head|body|table|script)\b")
# How a page begins, also one that was saved as an archive: a table as text has a tag in a cell, never at its beginning.
_TAG_OR_MIME = re.compile(rb"(?i)(?:\xef\xbb\xbf)?\s*(?:<|mime-version:|from:|content-type:)")


def recognise(name: str, data: bytes, names: tuple[str, ...]) -> Kind | None:
    """What the file is instead of an .xlsx workbook; None where it is one, an encrypted or a broken one."""
    for start, kind in _LOCKS.items():
        if name.rpartition("/")[2].startswith(start):
            return kind
    if data.startswith(b"PK\x03\x04"):
        return _of_archive(names) if names else None
    if data.startswith(_OLE):
        return None if is_encrypted(data) else _OLD
    return next((kind for start, kind in _STARTS.items() if data.startswith(start)), None) or _of_text(data)


def is_encrypted(data: bytes) -> bool:
    """Whether the file is an Office document that a password protects."""
    return data.startswith(_OLE) and _ENCRYPTED in data


@lru_cache(maxsize=16)  # the programs that save workbooks are few
def macros(names: tuple[str, ...]) -> str:
    """Which part of an archive holds macros, or an empty text."""
    return next((name for name in names if _MACROS.search(name)), "")


@lru_cache(maxsize=16)
def _of_archive(names: tuple[str, ...]) -> Kind | None:
    lower = [name.casefold() for name in names]
    if "xl/workbook.bin" not in lower and any(
        name.startswith("xl/") and name.endswith(".xml") for name in lower
    ):
        return None
    return next(kind for pattern, kind in _ARCHIVES if any(re.match(pattern, name) for name in lower))


def _of_text(data: bytes) -> Kind:
    if not data[:MIB].strip(b"\0"):
        zeros = "it holds nothing but zeros, as when a synced file has not arrived yet"
        return Kind(zeros if data else "it is empty", _SEND_AGAIN)
    if _TAG_OR_MIME.match(data) and _HTML.search(data[:1000]):
        return _WEB_TABLE if _ROWS.search(data) and not _SIGN_IN.search(data) else _WEB_PAGE
    if data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<?xml"):
        return Kind("it is an XML file", _SAVE_AS)
    if b"\0" not in data[:1000] and re.search(rb"[,;\t|][^\n]*\n", data[:1000]):
        return Kind("it is a text file, such as a CSV", _USE_TEMPLATE)
    return Kind("nothing in it looks like a workbook", _USE_TEMPLATE)
