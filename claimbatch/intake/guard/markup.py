"""The XML that a workbook is made of: what it may hold at all, and the outline of a part.

Checks over the bytes come first, because they cost next to nothing; only then does a parser see the part.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from xml.parsers import expat

from claimbatch.intake.guard.archive import DAMAGED, TOO_LARGE, UNSAFE, Refusal

DEPTH = 64
ELEMENTS = 3_000_000
ATTRIBUTE = 64 * 1024
TEXT = 128 * 1024
SHORTEST_ELEMENT = 4  # bytes: <a/>

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
SPREADSHEET = frozenset({MAIN, STRICT})
OFFICE = (  # the namespaces of relations between parts: transitional, and strict
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
TYPES = "[Content_Types].xml"

# What the outline of a part keeps, in the namespaces where it means that; everything else is only counted.
KEPT = frozenset(
    {"sheet", "workbookPr", "sst", "si", "mergeCell", "hyperlink", "comment", "sheetProtection", "sheetData"}
)
# Readers that know no namespaces take elements of these names for the spreadsheet's own, wherever they stand.
TAKEN = frozenset({"sst", "si", "sheetData", "dimension", "numFmts", "numFmt", "cellXfs"})

# Each alternative stops at the sign it starts with, so that no part makes the search slow.
_LONG = re.compile(rb"\"[^\"<]{%d}|'[^'<]{%d}|<[^<]{%d}" % (ATTRIBUTE + 1, ATTRIBUTE + 1, TEXT + 1))
_ENCODING = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w-]+)")
_BOM = b"\xef\xbb\xbf"

Element = tuple[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Outline:
    """The name and namespace of a part's root, and the elements of :data:`KEPT` in their order.

    *depths* says how deep each of them stands. An attribute of another namespace is named ``namespace name``.
    *foreign* is the first element in a foreign namespace, or in a foreign place, that readers take for one of ours.
    """

    root: str
    namespace: str
    kept: tuple[Element, ...]
    depths: tuple[int, ...] = ()
    foreign: str = ""

    def all(self, name: str) -> list[dict[str, str]]:
        """The attributes of every element *name*."""
        return [attributes for kept, attributes in self.kept if kept == name]

    def places(self, name: str) -> list[int]:
        """How deep every element *name* stands; the root is 1 deep."""
        return [depth for (kept, _), depth in zip(self.kept, self.depths, strict=True) if kept == name]


def check_bytes(name: str, xml: bytes) -> None:
    """Refuse what no parser should see: document types, entities, other encodings, endless parts."""
    declares = xml if b"\0" not in xml else xml.replace(b"\0", b"")  # UTF-16 without decoding it
    if b"<!" in declares and (b"<!DOCTYPE" in declares or b"<!ENTITY" in declares):
        raise Refusal(UNSAFE, f"the part {name} declares a document type, which no spreadsheet program does")
    if not _is_utf8(xml):
        raise Refusal(UNSAFE, f"the part {name} is not written in UTF-8")
    if len(xml) > ELEMENTS * SHORTEST_ELEMENT and xml.count(b"<") > 2 * ELEMENTS:
        raise Refusal(TOO_LARGE, f"the part {name} holds more than {ELEMENTS:,} elements")
    if len(xml) > ATTRIBUTE and _LONG.search(xml):
        raise Refusal(TOO_LARGE, f"the part {name} holds a single text of more than {ATTRIBUTE:,} characters")


def _is_utf8(xml: bytes) -> bool:
    stated = _ENCODING.match(xml.removeprefix(_BOM)[:400])
    if b"\0" in xml or (stated and stated[1].lower() != b"utf-8"):
        return False
    try:
        return xml.isascii() or bool(xml.decode())
    except UnicodeDecodeError:
        return False


def outline(name: str, xml: bytes) -> Outline:
    """The outline of the part *name*; :class:`Refusal` where it is not well-formed or too deep."""
    try:
        return _outline(xml) if len(xml) > TEXT else _outline_of_small(xml)
    except expat.ExpatError:
        raise Refusal(DAMAGED, f"the part {name} is not well-formed") from None


def _outline(xml: bytes) -> Outline:
    depth = elements = 0
    root: list[str] = []
    kept: list[Element] = []
    depths: list[int] = []
    foreign: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, elements
        depth += 1
        elements += 1
        if depth > DEPTH or elements > ELEMENTS:
            raise Refusal(TOO_LARGE, f"a part is nested more than {DEPTH} deep or has too many elements")
        namespace, _, local = name.rpartition(" ")
        if depth == 1:
            root.extend((local, namespace))
        ours = namespace in SPREADSHEET
        if (ours and local in KEPT) or (namespace == RELATIONS and local == "Relationship"):
            kept.append((local, attributes))
            depths.append(depth)
        elif local in TAKEN and not ours:
            foreign.append(local)

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate("utf-8", " ")
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.Parse(xml, True)
    return Outline(root[0], root[1], tuple(kept), tuple(depths), foreign[0] if foreign else "")


# Styles, theme and content types are mostly the same in every workbook of a run.
_outline_of_small = lru_cache(maxsize=64)(_outline)


def visit(
    xml: bytes,
    start: Callable[[list[str], Mapping[str, str]], None],
    said: Callable[[list[str], str], None] | None = None,
) -> None:
    """Go through a part that is known to be well-formed: every element with the path to it, names without prefix."""
    path: list[str] = []

    def opened(name: str, attributes: dict[str, str]) -> None:
        path.append(name.rpartition(":")[2])
        start(path, attributes)

    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = opened
    parser.EndElementHandler = lambda _: path.pop()
    if said:
        parser.CharacterDataHandler = lambda words: said(path, words)
    parser.Parse(xml, True)
