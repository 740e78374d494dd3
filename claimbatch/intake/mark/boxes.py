"""The boxes of comments: shapes in an older kind of drawing (VML), without which Excel shows no comment."""

import re
from collections.abc import Collection, Iterable, Mapping
from math import ceil

from claimbatch.a1 import address
from claimbatch.intake.mark.book import Book
from claimbatch.intake.mark.splice import Element, insert, read, replace

_WIDTH, _LETTERS, _LINE = 270, 52, 13  # points, characters in a line, points
_SPARE = 40  # points, for what a person wrote above
_AFTER_DRAWING = (
    "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst",
)  # fmt: skip
_SHAPE = re.compile(rb"<(?:\w+:)?shape\s(?:(?!</(?:\w+:)?shape>).)*</(?:\w+:)?shape>", re.DOTALL)
_CELL = re.compile(rb"<(?:\w+:)?Row>\s*(\d+)\s*</(?:\w+:)?Row>\s*<(?:\w+:)?Column>\s*(\d+)\s*<")
_BREADTH = re.compile(rb"""(style\s*=\s*["'](?:[^"']*;)?\s*width:)[^;"']*""")
_HEIGHT = re.compile(rb"""(style\s*=\s*["'](?:[^"']*;)?\s*height:)[^;"']*""")
_ANCHOR = re.compile(rb"<(?:\w+:)?Anchor>.*?</(?:\w+:)?Anchor>", re.DOTALL)
_BLOCK = 1024  # shapes are numbered in blocks, which a drawing lists
_BLOCKS = re.compile(rb"""(<(?:\w+:)?idmap\s[^>]*?data\s*=\s*["'])([\d, ]*)""")
_NUMBER = re.compile(rb"_x0000_s(\d{1,8})\b")
_SPACES = (
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
_BOX = (  # the kind of shape that a comment's box is
    f'<v:shapetype {_SPACES} id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_HAS_BOX = re.compile(rb"""<(?:\w+:)?shapetype\s[^>]*?id\s*=\s*["']_x0000_t202["']""")
_BLANK_DRAWING = (
    f'<xml {_SPACES}><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout></xml>'
)


def add_boxes(book: Book, sheet: str, notes: Mapping[str, str]) -> None:
    """Give each of *notes* (text by cell, ``H7``), comments of the part *sheet*, a box that it fits in."""
    drawing = _drawing(book, sheet) or _new_drawing(book, sheet)
    book.parts[drawing] = _with_shapes(book.parts[drawing], notes)


def widen_boxes(book: Book, sheet: str, notes: Mapping[str, str]) -> None:
    """Make the boxes of comments that people wrote large enough for *notes*, which are added to them."""
    if drawing := _drawing(book, sheet):
        book.parts[drawing] = _widened(book.parts[drawing], notes)


def remove_boxes(book: Book, sheet: str, cells: Collection[str]) -> None:
    """Take off the boxes of *cells*."""
    if drawing := _drawing(book, sheet):
        book.parts[drawing] = _without_shapes(book.parts[drawing], cells)


def _drawing(book: Book, sheet: str) -> str:
    """The path of the drawing for the comments of the part *sheet*; empty where there is none.

    The pictures of headers and footers stand in another drawing of the same kind.
    """
    for element in _named_drawings(book.parts[sheet]):
        identifier = next((value for name, value in element.attributes.items() if name.endswith(":id")), "")
        return book.related(sheet, "vmlDrawing").get(identifier, "")
    return ""


def _named_drawings(xml: bytes) -> list[Element]:
    return [element for element in read(xml)[1] if element.name == "legacyDrawing"]


def _new_drawing(book: Book, sheet: str) -> str:
    """An empty drawing for the comments of the part *sheet*."""
    folder = book.main.rpartition("/")[0]
    path = book.add(folder, "claimbatch-comments.vml", _BLANK_DRAWING.encode(), "vmlDrawing")
    identifier = book.relate(sheet, "vmlDrawing", path)
    item = f'<legacyDrawing xmlns="{book.namespace}" xmlns:r="{book.relations}" r:id="{identifier}"/>'
    xml = book.parts[sheet]
    for element in _named_drawings(xml)[:1]:  # it names a drawing that is not there
        xml = replace(xml, element)
    book.parts[sheet] = insert(xml, item.encode(), _AFTER_DRAWING)
    return path


def _with_shapes(drawing: bytes, notes: Mapping[str, str]) -> bytes:
    first = max([_BLOCK, *map(int, _NUMBER.findall(drawing))]) + 1
    shapes = "".join(_shape(number, cell, text) for number, (cell, text) in enumerate(notes.items(), first))
    end = drawing.rfind(b"</xml>")  # no parser: some programs write drawings that are not well-formed
    if end < 0:
        return _with_shapes(_BLANK_DRAWING.encode(), notes)
    kind = "" if _HAS_BOX.search(drawing) else _BOX
    last = first + len(notes) - 1
    blocks = range(first // _BLOCK, last // _BLOCK + 1)
    return _with_blocks(drawing[:end] + (kind + shapes).encode() + drawing[end:], blocks)


def _with_blocks(drawing: bytes, new: Iterable[int]) -> bytes:
    """The drawing with the *new* blocks of numbers for its own, too: Excel repairs away a shape whose block is not."""

    def extended(match: re.Match[bytes]) -> bytes:
        blocks = {int(block) for block in match[2].split(b",") if block.strip().isdigit()}
        return match[1] + ",".join(map(str, sorted({*blocks, *new}))).encode()

    return _BLOCKS.sub(extended, drawing, count=1)


def _widened(drawing: bytes, notes: Mapping[str, str]) -> bytes:
    texts = {address(cell): text for cell, text in notes.items()}

    def wide(shape: re.Match[bytes]) -> bytes:
        cell = _CELL.search(shape[0])
        text = texts.get((int(cell[1]) + 1, int(cell[2]) + 1)) if cell else None
        if text is None:
            return shape[0]
        sized = _BREADTH.sub(rb"\g<1>%dpt" % _WIDTH, shape[0], count=1)
        sized = _HEIGHT.sub(rb"\g<1>%dpt" % (_height(text) + _SPARE), sized, count=1)
        return _ANCHOR.sub(b"", sized)  # it would keep the box as it was

    return _SHAPE.sub(wide, drawing)


def _height(text: str) -> int:
    """How high a box must be, in points."""
    return _LINE * (1 + sum(ceil(max(len(line), 1) / _LETTERS) for line in text.rstrip().split("\n")))


def _shape(number: int, cell: str, text: str) -> str:
    row, column = address(cell)
    return (
        f'<v:shape {_SPACES} id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;'
        f"margin-left:60pt;margin-top:2pt;width:{_WIDTH}pt;height:{_height(text)}pt;z-index:{number};"
        'visibility:hidden" '
        'fillcolor="#fffbe6" o:insetmode="auto"><v:fill color2="#fffbe6"/><v:shadow color="black" obscured="t"/>'
        '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div>'
        '</v:textbox><x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:AutoFill>False</x:AutoFill>'
        f"<x:Row>{row - 1}</x:Row><x:Column>{column - 1}</x:Column></x:ClientData></v:shape>"
    )


def _without_shapes(drawing: bytes, cells: Collection[str]) -> bytes:
    gone = {(row - 1, column - 1) for row, column in map(address, cells)}

    def kept(shape: re.Match[bytes]) -> bytes:
        cell = _CELL.search(shape[0])
        return b"" if cell and (int(cell[1]), int(cell[2])) in gone else shape[0]

    return _SHAPE.sub(kept, drawing)
