"""Files that are no workbook at all, whatever they are called."""

from collections.abc import Callable

from benchmarks.faults.parts import Base
from tests import hostile


def always(data: bytes) -> Callable[[Base], bytes]:
    """The same whatever the workbook was."""
    return lambda _: data


CLASSES = {
    "password-protected": ("CB002", always(hostile.ole(encrypted=True))),
    "an old .xls": ("CB001", always(hostile.ole(encrypted=False))),
    "an .xlsb": ("CB001", always(hostile.pack({"xl/workbook.bin": "x", "xl/theme/theme1.xml": "<a/>"}))),
    "an .ods": ("CB001", always(hostile.ods())),
    "a Word document": ("CB001", always(hostile.pack({"word/document.xml": "<a/>"}))),
    "a Numbers document": ("CB001", always(hostile.pack({"Index/Document.iwa": "x"}))),
    "workbooks in a zip": ("CB001", lambda b: hostile.pack({"one.xlsx": b.data, "two.xlsx": b.data})),
    "a CSV": ("CB001", always(b"Candidate number,Unit 3\r\n0042,P\r\n")),
    "a sign-in page": (
        "CB001",
        always(b"<!DOCTYPE html><html><body>Sign in to your account</body></html>"),
    ),
    "a table as a web page": ("CB001", always(b"<html><table><tr><td>0042</td></tr></table></html>")),
    "a PDF": ("CB001", always(b"%PDF-1.7\n1 0 obj")),
    "a photograph": ("CB001", always(b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40)),
    "empty": ("CB001", always(b"")),
    "one byte": ("CB001", always(b"P")),
    "only the first bytes": ("CB003", always(b"PK\x03\x04")),
    "zeros, not fully synced": ("CB001", lambda b: bytes(len(b.data))),
    "first half zeros": ("CB001", lambda b: bytes(len(b.data) // 2) + b.data[len(b.data) // 2 :]),
    "last half zeros": (
        "CB003",
        lambda b: b.data[: len(b.data) // 2] + bytes(len(b.data) - len(b.data) // 2),
    ),
    "noise": ("CB001", always(bytes((n * 73 + 11) % 251 for n in range(20_000)))),
    "XML": ("CB001", always(b'<?xml version="1.0"?><Workbook/>')),
    "a workbook of somebody else's": ("CB010", always(hostile.book())),
}
