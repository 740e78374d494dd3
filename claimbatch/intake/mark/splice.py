"""XML changed in place: elements are cut out and put in, and every other byte stays as it was.

A workbook that comes back was saved by a program we do not know, with extensions we do not know. Reading it into
objects and writing those out again loses what the objects have no room for; a splice cannot.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

_TAG = re.compile(rb"""<(?:[^<>"']|"[^"]*"|'[^']*')*>""")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Element:
    """An element: its name without prefix, its attributes, and where it stands (bytes *start* to *end*)."""

    name: str
    attributes: Mapping[str, str]
    start: int
    end: int


def read(xml: bytes) -> tuple[Element, list[Element]]:
    """The root of *xml* (a part, or one element cut out of it) and its children in their order."""
    opened: list[tuple[str, dict[str, str], int]] = []
    closed: list[Element] = []
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth <= 2:
            opened.append((name.rpartition(":")[2], attributes, parser.CurrentByteIndex))

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1
        if depth < 2:
            name, attributes, at = opened.pop()
            tag = _end_of_tag(xml, at)
            empty = xml[tag - 2 : tag] == b"/>"  # then the parser already stands behind it
            closed.append(
                Element(name, attributes, at, tag if empty else _end_of_tag(xml, parser.CurrentByteIndex))
            )

    parser = expat.ParserCreate("utf-8")  # without namespaces, so that a piece need not declare its prefixes
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.Parse(xml, True)
    return closed[-1], closed[:-1]


def children(xml: bytes, name: str) -> list[bytes]:
    """The children *name* of the root, cut out."""
    return [xml[child.start : child.end] for child in read(xml)[1] if child.name == name]


def text_of(xml: bytes, name: str = "t") -> str:
    """What stands in the elements *name* of *xml*: by default the text of a comment, without its formats."""
    found: list[str] = []
    inside: list[str] = []
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = lambda tag, _: inside.append(tag.rpartition(":")[2])
    parser.EndElementHandler = lambda _: inside.pop()
    parser.CharacterDataHandler = lambda text: found.append(text) if inside[-1] == name else None
    parser.Parse(xml, True)
    return "".join(found)


def replace(xml: bytes, element: Element, by: bytes = b"") -> bytes:
    """*xml* with *by* in the place of *element*."""
    return xml[: element.start] + by + xml[element.end :]


def insert(xml: bytes, item: bytes, before: Collection[str] = ()) -> bytes:
    """*xml* with *item* before the first child of the root named in *before*, else as the last child."""
    root, inner = read(xml)
    at = next((child.start for child in inner if child.name in before), None)
    if at is not None:
        return xml[:at] + item + xml[at:]
    opened = _end_of_tag(xml, root.start)
    if xml[opened - 2 : opened] == b"/>":
        name = re.match(rb"<([^\s/>]+)", xml[root.start :])
        closing = b"</" + (name[1] if name else b"") + b">"
        return xml[: opened - 2] + b">" + item + closing + xml[root.end :]
    at = xml.rindex(b"</", 0, root.end)
    return xml[:at] + item + xml[at:]


def with_attribute(xml: bytes, name: str, value: object) -> bytes:
    """*xml* with the attribute *name* of its root set to *value*."""
    root, _ = read(xml)
    opened = _end_of_tag(xml, root.start)
    tag = re.sub(rb"""\s%s\s*=\s*("[^"]*"|'[^']*')""" % name.encode(), b"", xml[root.start : opened])
    end = -2 if tag.endswith(b"/>") else -1
    tag = tag[:end] + f" {name}={quoteattr(str(value))}".encode() + tag[end:]
    return xml[: root.start] + tag + xml[opened:]


def written(text: str) -> str:
    """*text* as it may stand in an element."""
    return escape(_UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text))


def _end_of_tag(xml: bytes, start: int) -> int:
    tag = _TAG.match(xml, start)
    return tag.end() if tag else start
