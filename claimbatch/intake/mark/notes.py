"""Comments in the cells of one sheet: added beside what people wrote, and taken off again.

A comment is told to be ours by its words, which every program keeps, not by where or in what order it is stored.
Its box is a shape in an older kind of drawing (VML), without which Excel shows no comment.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from math import ceil
from xml.sax.saxutils import quoteattr

from claimbatch.a1 import a1, address
from claimbatch.intake.mark.book import Book
from claimbatch.intake.mark.splice import Element, insert, read, replace, text_of, written

AUTHOR = "claimbatch"
FOUND = "claimbatch found "  # how each of our comments starts
_OURS = re.compile(rf"{FOUND}an? (?:error|query) \(CB\d+\):\s.*?[\r\n]→[^\r\n]*", re.DOTALL)
_GAP = re.compile(r"\s*[\r\n]\s*[\r\n]\s*")
_WIDTH, _LETTERS, _LINE = 270, 52, 13  # points, characters in a line, points
_SPARE = 40  # points, for what a person wrote above
_BREAK = "\n\n"  # between what a person wrote and what we add
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


def add_notes(book: Book, sheet: str, notes: Mapping[str, str]) -> None:
    """Add *notes* (text by cell, ``H7``) to the part *sheet*; a comment that is there keeps its words."""
    folder = book.main.rpartition("/")[0]
    path = next(iter(book.related(sheet, "comments").values()), "")
    if not path:
        blank = (
            f'<comments xmlns="{book.namespace}"><authors></authors><commentList></commentList></comments>'
        )
        path = book.add(folder, "claimbatch-comments.xml", blank.encode(), "spreadsheetml.comments+xml")
        book.relate(sheet, "comments", path)
    xml = _with_child(_with_child(book.parts[path], "authors", ("commentList",)), "commentList", ("extLst",))
    book.parts[path], new = _with_notes(_with_author(xml), notes)
    drawing = _drawing(book, sheet) or _new_drawing(book, sheet, folder)
    widened = _widened(book.parts[drawing], {cell: notes[cell] for cell in notes if cell not in new})
    book.parts[drawing] = _with_shapes(widened, {cell: notes[cell] for cell in new})


def remove_notes(book: Book, sheet: str) -> None:
    """Take our comments off the part *sheet*, and our words out of the comments of others."""
    for path in book.related(sheet, "comments").values():
        if FOUND.encode() in book.parts[path]:
            book.parts[path], gone = _without_ours(book.parts[path])
            if drawing := _drawing(book, sheet):
                book.parts[drawing] = _without_shapes(book.parts[drawing], gone)


# --- words -----------------------------------------------------------------------------------------------------


def _with_author(xml: bytes) -> bytes:
    """The comments with our name as the last of their authors."""
    authors = _child(xml, "authors")
    group = xml[authors.start : authors.end]
    last = read(group)[1][-1:]
    if last and text_of(group[last[0].start : last[0].end], "author") == AUTHOR:
        return xml
    return replace(xml, authors, insert(group, f"<author{_space(xml)}>{AUTHOR}</author>".encode()))


def _with_notes(xml: bytes, notes: Mapping[str, str]) -> tuple[bytes, list[str]]:
    """The comments with *notes* added, and the cells that had no comment before."""
    author = len(read(_cut(xml, _child(xml, "authors")))[1]) - 1
    place = _child(xml, "commentList")
    group = _cut(xml, place)
    listed = [(_cell(element), _cut(group, element)) for element in read(group)[1]]
    there = {cell for cell, _ in listed}
    new = [cell for cell in notes if cell not in there]
    space = _space(xml)
    filled = [
        (cell, _with_run(comment, _run(_BREAK + notes[cell], space)) if cell in notes else comment)
        for cell, comment in listed
    ]
    for cell in new:
        run = _run(notes[cell], space).decode()
        item = f'<comment{space} ref="{cell}" authorId="{author}"><text>{run}</text></comment>'
        filled.append((cell, item.encode()))
    in_order = sorted(filled, key=lambda one: address(one[0]) if one[0] else (0, 0))
    return replace(xml, place, _filled(group, (comment for _, comment in in_order))), new


def _cell(comment: Element) -> str:
    """The cell of a comment, as we write it: a program may have put ``e5``, or ``E5:E5``."""
    first = comment.attributes.get("ref", "").partition(":")[0]
    return a1(*address(first)) if first else ""


def _without_ours(xml: bytes) -> tuple[bytes, list[str]]:
    """The comments without our words, and the cells whose comment was ours alone."""
    place = _child(xml, "commentList")
    group = _cut(xml, place)
    kept, gone = [], []
    for element in read(group)[1]:
        comment = _cut(group, element)
        theirs, ours = _OURS.subn(_BREAK, text_of(comment))
        if ours and not theirs.strip():
            gone.append(_cell(element))
        else:
            kept.append(_without_run(comment, theirs, _space(xml)) if ours else comment)
    return replace(xml, place, _filled(group, kept)), gone


def _with_run(comment: bytes, run: bytes) -> bytes:
    """A comment with one more run of text; one that is plain text becomes a run first."""
    comment = _with_child(comment, "text")
    place = _child(comment, "text")
    text = _cut(comment, place)
    for plain in (e for e in read(text)[1] if e.name == "t"):
        text = replace(text, plain, _run(text_of(_cut(text, plain)), _space(run)))
    return replace(comment, place, insert(text, run, ("rPh", "phoneticPr")))


def _without_run(comment: bytes, theirs: str, space: str) -> bytes:
    """A comment cut back to what people wrote: their runs as they are, where a program has not mixed them up."""
    theirs = _GAP.sub(_BREAK, theirs).strip()
    place = _child(comment, "text")
    text = _cut(comment, place)
    runs = [_cut(text, e) for e in read(text)[1] if e.name == "r"]
    before = next((i for i, run in enumerate(runs) if FOUND in text_of(run)), 0)
    own = b"".join(runs[:before])
    same = before and "".join(map(text_of, runs[:before])).rstrip() == theirs
    return replace(comment, place, _filled(text, [own if same else _run(theirs, space)]))


def _run(text: str, space: str) -> bytes:
    return f'<r{space}><t xml:space="preserve">{written(text)}</t></r>'.encode()


def _filled(xml: bytes, items: Iterable[bytes]) -> bytes:
    """The element *xml* with *items* for children."""
    _, inner = read(xml)
    emptied = xml[: inner[0].start] + xml[inner[-1].end :] if inner else xml
    return insert(emptied, b"".join(items))


def _with_child(xml: bytes, name: str, before: Collection[str] = ()) -> bytes:
    """*xml* with a child *name*, which a program may have left out."""
    if any(element.name == name for element in read(xml)[1]):
        return xml
    return insert(xml, f"<{name}{_space(xml)}></{name}>".encode(), before)


def _child(xml: bytes, name: str) -> Element:
    return next(element for element in read(xml)[1] if element.name == name)


def _cut(xml: bytes, element: Element) -> bytes:
    return xml[element.start : element.end]


def _space(xml: bytes) -> str:
    """The declaration of the namespace of the elements in *xml*, to put into a new one."""
    root, _ = read(xml)
    space = next((v for k, v in root.attributes.items() if k.startswith("xmlns") and v.endswith("/main")), "")
    return f" xmlns={quoteattr(space)}" if space else ""


# --- boxes -----------------------------------------------------------------------------------------------------


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


def _new_drawing(book: Book, sheet: str, folder: str) -> str:
    """An empty drawing for the comments of the part *sheet*."""
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
    return _with_blocks(drawing[:end] + (kind + shapes).encode() + drawing[end:], first + len(notes) - 1)


def _with_blocks(drawing: bytes, last: int) -> bytes:
    """The drawing with every block of 1,024 numbers up to *last* for its own: numbers of no block are repaired away."""

    def extended(match: re.Match[bytes]) -> bytes:
        blocks = {int(block) for block in match[2].split(b",") if block.strip().isdigit()}
        blocks |= set(range(min(blocks, default=1), last // _BLOCK + 1))
        return match[1] + ",".join(map(str, sorted(blocks))).encode()

    return _BLOCKS.sub(extended, drawing, count=1)


def _widened(drawing: bytes, notes: Mapping[str, str]) -> bytes:
    """The boxes of comments that people wrote, made large enough for what we add to them."""
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
