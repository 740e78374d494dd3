"""What people put on and beside cells that openpyxl cannot write: text boxes, pictures, threads of comments.

Each takes a workbook's path, adds the parts as Excel names them, and gives the path back.
"""

from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from claimbatch.a1 import address
from claimbatch.intake.mark.book import Book
from claimbatch.intake.mark.splice import insert

DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
THREADS = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
FALLBACK = (
    "[Threaded comment]\n\nYour version of Excel allows you to read this threaded comment; however, any edits to it "
    "will get removed if the file is opened in a newer version of Excel.\n\nComment:\n    {}"
)
_SHAPE = (
    '<xdr:nvSpPr><xdr:cNvPr id="2" name="TextBox 1"/><xdr:cNvSpPr txBox="1"/></xdr:nvSpPr><xdr:spPr><a:xfrm>'
    '<a:off x="0" y="0"/><a:ext cx="900000" cy="300000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
    "</xdr:spPr>"
)
PERSON = "{11111111-2222-4333-8444-555555555555}"


def with_box(path: Path, place: str, text: str, *, kind: str = "sp") -> Path:
    """A text box (or, as *kind* ``pic``, a picture without words) that begins at *place*, ``Grades!F6``."""
    name, cell = place.split("!")
    row, column = address(cell)
    said = (
        f"<xdr:txBody><a:bodyPr/><a:p><a:r><a:t>{escape(text)}</a:t></a:r></a:p></xdr:txBody>" if text else ""
    )
    drawing = (
        f'<xdr:wsDr xmlns:xdr="{DRAWING}/spreadsheetDrawing" xmlns:a="{DRAWING}/main"><xdr:twoCellAnchor>'
        f"<xdr:from>{_corner(row, column)}</xdr:from><xdr:to>{_corner(row + 3, column + 3)}</xdr:to>"
        f"<xdr:{kind}>{_SHAPE * (kind == 'sp')}{said}</xdr:{kind}><xdr:clientData/></xdr:twoCellAnchor></xdr:wsDr>"
    )
    book = Book.unpack(path.read_bytes())
    part = book.add("xl/drawings", "drawing.xml", drawing.encode(), "drawing+xml")
    sheet = book.sheets()[name]
    item = (
        f'<drawing xmlns="{book.namespace}" xmlns:r="{book.relations}" '
        f'r:id="{book.relate(sheet, "drawing", part)}"/>'
    )
    book.parts[sheet] = insert(book.parts[sheet], item.encode(), ("legacyDrawing", "tableParts", "extLst"))
    path.write_bytes(book.pack())
    return path


def _corner(row: int, column: int) -> str:
    across = f"<xdr:col>{column - 1}</xdr:col><xdr:colOff>0</xdr:colOff>"
    return f"{across}<xdr:row>{row - 1}</xdr:row><xdr:rowOff>0</xdr:rowOff>"


def with_thread(path: Path, place: str, texts: Sequence[str], *, done: bool = False) -> Path:
    """A thread of comments by Jo Hughes on *place*, with the plain comment that Excel stores beside it."""
    name, cell = place.split("!")
    book = Book.unpack(path.read_bytes())
    sheet = book.sheets()[name]
    first = ' done="1"' * done
    said = "".join(
        f'<threadedComment ref="{cell}" personId="{PERSON}" id="{{{n}}}"{first * (not n)}>'
        f"<text>{escape(text)}</text></threadedComment>"
        for n, text in enumerate(texts)
    )
    threads = f'<ThreadedComments xmlns="{THREADS}">{said}</ThreadedComments>'
    older = escape(FALLBACK.format(texts[0]))
    plain = (
        f'<comments xmlns="{book.namespace}"><authors><author>tc={{0}}</author></authors><commentList>'
        f'<comment ref="{cell}" authorId="0"><text><t xml:space="preserve">{older}</t></text>'
        "</comment></commentList></comments>"
    )
    people = f'<personList xmlns="{THREADS}"><person displayName="Jo Hughes" id="{PERSON}"/></personList>'
    added = (
        (
            sheet,
            "threadedComment",
            book.add("xl/threadedComments", "threadedComment.xml", threads.encode(), "x+xml"),
        ),
        (sheet, "comments", book.add("xl", "comments.xml", plain.encode(), "spreadsheetml.comments+xml")),
        (book.main, "person", book.add("xl/persons", "person.xml", people.encode(), "x+xml")),
    )
    for source, kind, target in added:
        book.relate(source, kind, target)
    path.write_bytes(book.pack())
    return path
