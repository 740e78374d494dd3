"""A plain reading of a workbook with expat, which knows nothing of how the guard or the reader do it.

The parts as the archive's directory names them, the sheets by their relations, the cells in the spreadsheet's own
namespaces.
"""

import io
import re
import zipfile
from posixpath import dirname, join, normpath
from xml.etree.ElementTree import Element
from xml.etree.ElementTree import fromstring as read

from claimbatch.a1 import address
from tests.hostile import MAIN, OFFICE, PACKAGE

Values = list[dict[tuple[int, int], object]]
_SPACES = (MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main")


def plain(data: bytes) -> Values:
    """The values of every sheet by row and column, as text, number or truth; blanks left out."""
    return list(plain_by_title(data).values())


def plain_by_title(data: bytes) -> dict[str, dict[tuple[int, int], object]]:
    """The same, by the titles of the sheets."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        found = {info.filename: archive.read(info) for info in archive.infolist()}
    main = _related(found, "")["officeDocument"][0]
    related = {i: to for i, (_, to) in _by_id(found, main).items()}
    tables = _related(found, main).get("sharedStrings") or [
        p for p in found if p.endswith("sharedStrings.xml")
    ]
    texts = [_text(si) for table in tables for si in _all(read(found[table]), "si")]
    listed = _all(read(found[main]), "sheet")
    ids = [next(v for k, v in s.attrib.items() if k in {f"{{{OFFICE}}}id", _STRICT_ID}) for s in listed]
    return {
        sheet.attrib["name"]: _cells(read(found[related[i]]), texts)
        for sheet, i in zip(listed, ids, strict=True)
    }


_STRICT_ID = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


def _by_id(found: dict[str, bytes], source: str) -> dict[str, tuple[str, str]]:
    folder = dirname(source)
    part = found[join(folder, "_rels", source.removeprefix(folder).lstrip("/") + ".rels")]
    return {
        r.attrib["Id"]: (
            r.attrib["Type"].rpartition("/")[2],
            normpath(join("/", folder, r.attrib["Target"])).lstrip("/"),
        )
        for r in read(part)
        if r.tag == f"{{{PACKAGE}/relationships}}Relationship"
    }


def _related(found: dict[str, bytes], source: str) -> dict[str, list[str]]:
    kinds: dict[str, list[str]] = {}
    for kind, target in _by_id(found, source).values():
        kinds.setdefault(kind, []).append(target)
    return kinds


def _all(node: Element, name: str) -> list[Element]:
    return [found for space in _SPACES for found in node.iter(f"{{{space}}}{name}")]


def _text(node: Element) -> str:
    """The runs of a text without what tells how it is spoken."""
    spoken = {id(t) for guide in _all(node, "rPh") for t in _all(guide, "t")}
    text = "".join(_run(t) for t in _all(node, "t") if id(t) not in spoken)
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), text).strip()


def _run(t: Element) -> str:
    """The text of a run, whose outer blanks count only where it says so."""
    return t.text or "" if t.get("{http://www.w3.org/XML/1998/namespace}space") else (t.text or "").strip()


def _cells(root: Element, texts: list[str]) -> dict[tuple[int, int], object]:
    values: dict[tuple[int, int], object] = {}
    row_number = 0
    for data in _all(root, "sheetData"):
        for row in _all(data, "row"):
            row_number = int(row.attrib.get("r", row_number + 1))
            column = 0
            for cell in _all(row, "c"):
                where = address(cell.attrib["r"]) if "r" in cell.attrib else (row_number, column + 1)
                column = where[1]
                value = _value(cell, texts)
                if value != "":
                    assert values.setdefault(where, value) is value, "a cell twice"
    return values


def _value(cell: Element, texts: list[str]) -> object:
    kind = cell.attrib.get("t", "n")
    held = [v.text or "" for v in cell if v.tag in {f"{{{space}}}v" for space in _SPACES}]
    if kind == "inlineStr":
        return _text(cell)
    value = held[0] if held else ""
    if not value.strip():
        return ""
    if kind in {"s", "b"}:
        return texts[int(value)] if kind == "s" else value.strip() == "1"
    if kind == "n":
        try:
            return float(value)
        except ValueError:
            return value.strip()
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), value).strip()
