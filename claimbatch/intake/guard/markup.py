"""The XML that a workbook is made of: what it may hold at all, and the outline of a part.

Checks over the bytes come first, because they cost next to nothing; only then does a parser see the part.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from xml.parsers import expat

from claimbatch.intake.guard.archive import DAMAGED, TOO_LARGE, UNSAFE, Refusal
from claimbatch.intake.guard.remembered import remembered

DEPTH = 64
ELEMENTS = 3_000_000
ATTRIBUTE = 64 * 1024
TEXT = 128 * 1024
SHORTEST_ELEMENT = 4  # bytes: <a/>
NOT_WELL_FORMED = "the part {} is not well-formed"

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

_BLOCK = ATTRIBUTE // 2
# Each alternative stops at the sign it starts with, so that no part makes the search slow.
_LONG = re.compile(rb"\"[^\"<]{%d}|'[^'<]{%d}|<[^<]{%d}" % (ATTRIBUTE + 1, ATTRIBUTE + 1, TEXT + 1))
_ENCODING = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w-]+)")
_BOM = b"\xef\xbb\xbf"

_ENDS = tuple(TAKEN)
_OURS = {f"{space} {local}" for space in SPREADSHEET for local in TAKEN}
_CELLS = {
    f"{space} {local}" for space in SPREADSHEET for local in ("row", "c", "v")
}  # what most elements are
_KEPT = {f"{space} {local}": local for space in SPREADSHEET for local in KEPT} | {
    f"{RELATIONS} Relationship": "Relationship"
}

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


def check_bytes(xml: bytes, name: str) -> None:
    """Refuse what no parser should see: document types, entities, other encodings, endless parts."""
    has_nul = b"\0" in xml
    declares = xml.replace(b"\0", b"") if has_nul else xml  # UTF-16 without decoding it
    if b"!" in declares and (b"<!DOCTYPE" in declares or b"<!ENTITY" in declares):
        raise Refusal(UNSAFE, f"the part {name} declares a document type, which no spreadsheet program does")
    if has_nul or not _is_utf8(xml):
        raise Refusal(UNSAFE, f"the part {name} is not written in UTF-8")
    if len(xml) > ELEMENTS * SHORTEST_ELEMENT and xml.count(b"<") > 2 * ELEMENTS:
        raise Refusal(TOO_LARGE, f"the part {name} holds more than {ELEMENTS:,} elements")
    if _may_be_long(xml) and _LONG.search(xml):
        raise Refusal(TOO_LARGE, f"the part {name} holds a single text of more than {ATTRIBUTE:,} characters")


def elements(xml: bytes) -> int:
    """How many elements begin in a part, or more where it has comments and the like."""
    return xml.count(b"<") - xml.count(b"</")


def _may_be_long(xml: bytes) -> bool:
    """Whether there may be a text or tag so long: then one block of half that length begins no element."""
    return len(xml) > ATTRIBUTE and any(
        xml.find(b"<", start, start + _BLOCK) < 0 for start in range(0, len(xml) - _BLOCK + 1, _BLOCK)
    )


def _is_utf8(xml: bytes) -> bool:
    stated = _ENCODING.match(xml.removeprefix(_BOM)[:400])
    if stated and stated[1].lower() != b"utf-8":
        return False
    try:
        return xml.isascii() or bool(xml.decode())
    except UnicodeDecodeError:
        return False


@remembered
def outline(xml: bytes, name: str) -> Outline:
    """The outline of the part *name*; :class:`Refusal` where it is not well-formed or too deep."""
    try:
        return _outline(xml)
    except expat.ExpatError:
        raise Refusal(DAMAGED, NOT_WELL_FORMED.format(name)) from None


def _outline(xml: bytes) -> Outline:
    started = 0
    root: list[str] = []
    ended: list[str] = []
    kept: list[Element] = []
    depths: list[int] = []
    foreign: list[str] = []

    def first(name: str, attributes: dict[str, str]) -> None:
        root.append(name)
        parser.StartElementHandler = start
        start(name, attributes)

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal started
        started += 1
        depth = started - len(ended)
        if depth > DEPTH or started > ELEMENTS:
            raise Refusal(TOO_LARGE, f"a part is nested more than {DEPTH} deep or has too many elements")
        if name in _CELLS:
            return
        if name in _KEPT:
            kept.append((_KEPT[name], attributes))
            depths.append(depth)
        elif name not in _OURS and name.endswith(_ENDS) and (local := name.rpartition(" ")[2]) in TAKEN:
            foreign.append(local)

    parser = expat.ParserCreate("utf-8", " ")
    parser.StartElementHandler = first
    parser.EndElementHandler = ended.append
    parser.Parse(xml, True)
    namespace, _, local = root[0].rpartition(" ")
    return Outline(local, namespace, tuple(kept), tuple(depths), foreign[0] if foreign else "")


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
