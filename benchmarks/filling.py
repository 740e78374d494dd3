"""Fill in a template as a teacher would, and save it as Excel would, without either: thousands in a minute.

The values go straight into the XML of the sheets. Texts move to a table of their own and blank cells close themselves,
which is how Excel writes what it has opened.
"""

import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from itertools import cycle, islice
from random import Random
from zipfile import ZIP_DEFLATED, ZipFile

from claimbatch.a1 import a1
from claimbatch.form.layout import BY_UNIT, HEADER_ROW, Layout

Cells = dict[str, dict[str, str]]  # texts by sheet and cell; one that starts with # is an error value

GRADES = ("P", "M", "D", "P", "M")
FILLED = 0.7  # of the cells
FAULTS = ("grade", "assessor", "name", "error value", "cut short", "no workbook")

_CELL = re.compile(r'<c r="([A-Z]+\d+)"([^>]*?)(?:/>|>(.*?)</c>)', re.DOTALL)
_INLINE = re.compile(r"<is>(.*)</is>", re.DOTALL)
_TYPE = re.compile(r' t="\w+"')
_TABLE = "xl/sharedStrings.xml"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
_ROLE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def answers(layout: Layout, candidates: int, assessors: tuple[str, ...], dice: Random) -> Cells:
    """What a careful teacher enters on a form of *layout*: most grades, and who assessed them."""
    rows = range(HEADER_ROW + 1, HEADER_ROW + 1 + candidates)
    filled: Cells = {}
    if layout.form == BY_UNIT:
        grade, who = (_position(layout, "claim", key) for key in ("grade", "assessor"))
        for row in rows:
            if dice.random() < FILLED:
                put = filled.setdefault(layout.sheet("claim").name, {})
                put[a1(row, grade)], put[a1(row, who)] = dice.choice(GRADES), dice.choice(assessors)
        return filled
    grades, assessed, units = (
        filled.setdefault(layout.sheet(s).name, {}) for s in ("grades", "assessed", "units")
    )
    columns = [number for number, column in enumerate(layout.sheet("grades").columns, 1) if column.unit]
    default = _position(layout, "units", "default")
    for index, column in enumerate(columns):
        units[a1(HEADER_ROW + 1 + index, default)] = dice.choice(assessors)
        for row in rows:
            if dice.random() < FILLED:
                grades[a1(row, column)] = dice.choice(GRADES)
                if dice.random() < 0.1:
                    assessed[a1(row, column)] = dice.choice(assessors)
    return filled


def _position(layout: Layout, sheet: str, key: str) -> int:
    return [column.key for column in layout.sheet(sheet).columns].index(key) + 1


def spoil(cells: Cells, layout: Layout, fault: str) -> None:
    """Enter what is wrong: one of :data:`FAULTS` that lies in a cell."""
    sheet = layout.sheet("claim" if layout.form == BY_UNIT else "grades").name
    place = next(iter(cells[sheet]))
    if fault == "grade":
        cells[sheet][place] = "B+"
    elif fault == "error value":
        cells[sheet][place] = "#N/A"
    elif fault == "assessor":
        there = sheet if layout.form == BY_UNIT else layout.sheet("units").name
        cells[there][next(reversed(cells[there]))] = "ZZ"
    elif fault == "name":
        cells[sheet][a1(HEADER_ROW + 1, 2)] = "Somebody, Else"


def broken(content: bytes, fault: str) -> bytes:
    """A whole file that is wrong: one of :data:`FAULTS` that does not lie in a cell."""
    if fault == "cut short":
        return content[: len(content) // 2]
    return b"Candidate number,Grade\r\n0001,P\r\n" if fault == "no workbook" else content


def every_tenth(count: int) -> Iterator[str]:
    """The fault of each of *count* workbooks; empty for nine of ten."""
    kinds = cycle(FAULTS)
    return islice((next(kinds) if number % 10 == 9 else "" for number in range(count)), count)


def fill(template: bytes, cells: Mapping[str, Mapping[str, str]], note: str = "") -> bytes:
    """The *template* with these *cells* entered, as Excel would save it; *note* makes its bytes differ."""
    with ZipFile(BytesIO(template)) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    texts: dict[str, int] = {}
    for name, path in _sheets(parts).items():
        parts[path] = _entered(parts[path].decode(), cells.get(name, {}), texts).encode()
    parts[_TABLE] = (
        f'<sst xmlns="{_MAIN}" count="{len(texts)}" uniqueCount="{len(texts)}">'
        + "".join(f"<si>{text}</si>" for text in texts)
        + "</sst>"
    ).encode()
    _add(parts, "[Content_Types].xml", f'<Override PartName="/{_TABLE}" ContentType="{_KIND}"/>', "</Types>")
    relation = f'<Relationship Id="rIdTexts" Type="{_ROLE}" Target="sharedStrings.xml"/>'
    _add(parts, "xl/_rels/workbook.xml.rels", relation, "</Relationships>")
    if note:
        _add(parts, "docProps/core.xml", f"<!-- {note} -->", "</cp:coreProperties>")
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return out.getvalue()


def _sheets(parts: Mapping[str, bytes]) -> dict[str, str]:
    """The path of each sheet by its name."""
    rels = parts["xl/_rels/workbook.xml.rels"].decode()
    targets = {
        _attribute(relation, "Id"): _attribute(relation, "Target")
        for relation in re.findall(r"<Relationship [^>]*>", rels)
    }
    sheets = re.findall(r"<(?:\w+:)?sheet [^>]*>", parts["xl/workbook.xml"].decode())
    paths = {_attribute(sheet, "name"): targets[_attribute(sheet, "r:id")] for sheet in sheets}
    return {name: path.lstrip("/") if path.startswith("/") else f"xl/{path}" for name, path in paths.items()}


def _attribute(element: str, name: str) -> str:
    found = re.search(rf'\s{name}="([^"]*)"', element)
    return found[1] if found else ""


def _entered(xml: str, cells: Mapping[str, str], texts: dict[str, int]) -> str:
    """A sheet with *cells* entered and all its texts in the table *texts*."""

    def number(text: str) -> int:
        return texts.setdefault(text, len(texts))

    def cell(found: re.Match[str]) -> str:
        place, attributes, content = found[1], found[2], found[3] or ""
        style = _TYPE.sub("", attributes)
        text = cells.get(place, "")
        if text.startswith("#"):
            return f'<c r="{place}"{style} t="e"><v>{text}</v></c>'
        inline = _INLINE.fullmatch(content)
        if item := f"<t>{text}</t>" if text else inline and inline[1]:
            return f'<c r="{place}"{style} t="s"><v>{number(item)}</v></c>'
        return found[0] if content else f'<c r="{place}"{style}/>'

    return _CELL.sub(cell, xml)


def _add(parts: dict[str, bytes], name: str, element: str, before: str) -> None:
    """Put *element* at the end of a part, *before* its closing tag."""
    head, _, tail = parts[name].decode().rpartition(before)
    parts[name] = f"{head}{element}{before}{tail}".encode()
