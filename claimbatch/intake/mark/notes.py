"""Comments in the cells of one sheet: added beside what people wrote, and taken off again.

A cell with a thread of comments gets none: the comment stored for it is what Excel shows in the place of the thread to
older programs, and throws away at the next reply. Its ground and the sheet of problems tell enough.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from xml.sax.saxutils import quoteattr

from claimbatch.a1 import a1, address
from claimbatch.intake.mark.book import Book
from claimbatch.intake.mark.boxes import add_boxes, remove_boxes, widen_boxes
from claimbatch.intake.mark.splice import Element, insert, read, replace, text_of, written
from claimbatch.intake.own_words import BREAK, FOUND, OURS

AUTHOR = "claimbatch"
_GAP = re.compile(r"\s*[\r\n]\s*[\r\n]\s*")


def add_notes(book: Book, sheet: str, notes: Mapping[str, str]) -> None:
    """Add *notes* (text by cell, ``H7``) to the part *sheet*; a comment that is there keeps its words."""
    threaded = _threaded(book, sheet)
    notes = {cell: text for cell, text in notes.items() if cell not in threaded}
    if not notes:
        return
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
    widen_boxes(book, sheet, {cell: notes[cell] for cell in notes if cell not in new})
    add_boxes(book, sheet, {cell: notes[cell] for cell in new})


def _threaded(book: Book, sheet: str) -> set[str]:
    """The cells that have a thread of comments."""
    paths = book.related(sheet, "threadedComment").values()
    return {_cell(thread) for path in paths for thread in read(book.parts[path])[1]}


def remove_notes(book: Book, sheet: str) -> None:
    """Take our comments off the part *sheet*, and our words out of the comments of others."""
    for path in book.related(sheet, "comments").values():
        if FOUND.encode() in book.parts[path]:
            book.parts[path], gone = _without_ours(book.parts[path])
            remove_boxes(book, sheet, gone)


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
        (cell, _with_run(comment, _run(BREAK + notes[cell], space)) if cell in notes else comment)
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
        theirs, ours = OURS.subn(BREAK, text_of(comment))
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
    theirs = _GAP.sub(BREAK, theirs).strip()
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
