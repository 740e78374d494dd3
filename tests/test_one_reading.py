"""One reading: what the product takes from a workbook is what its main-namespace cells say, or it is refused.

The other side is a plain walk with expat: the parts as the archive's directory names them, the sheets by their
relations, the cells in the spreadsheet's own namespaces. It knows nothing of how the guard or the reader do it.
"""

import io
import re
import zipfile
from datetime import date, datetime, time, timedelta
from posixpath import dirname, join, normpath
from xml.etree.ElementTree import Element
from xml.etree.ElementTree import fromstring as read

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claimbatch.a1 import address
from claimbatch.form.layout import BY_CANDIDATE, BY_UNIT
from claimbatch.intake.guard import Package, admit, read_sheets
from claimbatch.problems import Problem
from tests.centre import Centre, fill, put
from tests.conftest import ResaveBytes
from tests.hostile import MAIN, OFFICE, PACKAGE, pack, parts, sheet

Values = list[dict[tuple[int, int], object]]
_SPACES = (MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main")


def plain(data: bytes) -> Values:
    """The values of every sheet by row and column, as text, number or truth; blanks left out."""
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
    return [_cells(read(found[related[i]]), texts) for i in ids]


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


def product(data: bytes) -> Values | str:
    """What the product takes, in the same shape; the code of the rule where it takes nothing."""
    package = admit("claim.xlsx", data)
    sheets = read_sheets(package) if isinstance(package, Package) else package
    if isinstance(sheets, Problem):
        return sheets.rule.code
    assert isinstance(package, Package)
    return [
        {
            (r, c): value
            for r, row in enumerate(rows, 1)
            for c, raw in enumerate(row, 1)
            if (value := raw.strip() if isinstance(raw, str) else raw) != ""
        }
        | dict(scan.error_cells)
        for scan, rows in zip(package.sheets, sheets, strict=True)
    ]


def same(ours: Values, theirs: Values) -> bool:
    """Whether both say the same in the same cells; a serial number may have become its date."""
    return len(ours) == len(theirs) and all(
        mine.keys() == other.keys() and all(_same(mine[where], other[where]) for where in mine)
        for mine, other in zip(ours, theirs, strict=True)
    )


def _same(mine: object, other: object) -> bool:
    if isinstance(mine, date | time | timedelta) and isinstance(other, float):
        day = mine.date() if isinstance(mine, datetime) else mine
        return not isinstance(day, date) or (day - date(1899, 12, 30)).days == int(other)
    if isinstance(mine, str) and isinstance(
        other, float
    ):  # with blanks around it, the reader takes it as text
        return mine.strip() == f"{other:g}"
    if isinstance(mine, date) and isinstance(other, str):  # t="d"
        return other.startswith(mine.isoformat()[:10])
    return type(mine) is type(other) and mine == other


@pytest.fixture(params=[BY_CANDIDATE, BY_UNIT])
def form(request: pytest.FixtureRequest, centre: Centre) -> bytes:
    """A form that went out and was filled in, a little oddly."""
    if request.param == BY_CANDIDATE:
        return put(
            fill(centre.issue()), {"Grades!E5": "m ", "Grades!E6": 3, "Grades!E7": "=1/0"}
        ).read_bytes()
    return put(fill(centre.issue(form=BY_UNIT, unit=3)), {"Claim!E5": "pass", "Claim!F5": True}).read_bytes()


def test_every_form_is_read_as_it_stands(form: bytes) -> None:
    ours = product(form)
    assert isinstance(ours, list)
    assert same(ours, plain(form))


@pytest.mark.libreoffice
def test_every_form_that_libreoffice_saved_is_read_as_it_stands(
    form: bytes, resave_bytes: ResaveBytes
) -> None:
    saved = resave_bytes(form)
    ours = product(saved)
    assert isinstance(ours, list)
    assert same(ours, plain(saved))


# What is put into parts: each is something that two programs may take two ways.
PIECES = st.sampled_from([
    '<x:v xmlns:x="urn:x">9</x:v>', '<v xmlns="urn:x">9</v>', '<v xmlns="">9</v>', "<v>9</v>", "<v/>",
    "<is><t>D</t></is>", '<is xmlns="urn:x"><t>D</t></is>', "<f>1+1</f>", '<f t="shared" si="0"/>', "<t>D</t>",
    '<t xmlns="urn:x">D</t>', "<si><t>D</t></si>", '<x:si xmlns:x="urn:x"><t>D</t></x:si>', "<r><t>D</t></r>",
    '<rPh sb="0" eb="1"><t>D</t></rPh>', '<c r="E5"><v>9</v></c>', '<c><v>9</v></c>',
    '<c r="E6" t="str"><v>D</v></c>', '<x:c xmlns:x="urn:x" r="E6"/>',
    '<row r="5"><c r="E5"><v>9</v></c></row>', '<row><c><v>9</v></c></row>',
    '<row xmlns="urn:x" r="6"><c r="A6"><v>9</v></c></row>', "<sheetData/>",
    '<sheetData xmlns="urn:x"><row r="1"><c r="A1"><v>9</v></c></row></sheetData>', "<extLst/>",
    '<dimension ref="A1:XFD1048576"/>', '<sheet name="More" sheetId="99" r:id="rId1"/>', "<!-- -->", "<?x y?>",
    "<![CDATA[D]]>",
    '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"/>',
    '<Relationship Id="rId1" Type="t/worksheet" Target="worksheets/sheet2.xml"/>', "&#68;", "_x0044_", " ",
    ' t="s"', ' t="str"', ' t="inlineStr"', ' t="b"', ' t="d"', ' r="E5"', ' x:r="E9"', ' xmlns="urn:x"',
    ' xmlns:x="urn:x" x:t="s"', ' x:id="rId2" xmlns:x="urn:x"', ' xmlns:r="urn:x"', ' date1904="1"',
    ' count="9"', ' xml:space="preserve"',
])  # fmt: skip
PARTS = st.sampled_from(
    ["xl/worksheets/sheet1.xml"] * 4
    + ["xl/sharedStrings.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"]
)
SMALL = parts(
    sheet1=sheet(
        '<row r="4"><c r="D4" t="s"><v>0</v></c><c r="E4" t="s"><v>1</v></c></row>'
        '<row r="5" spans="1:5"><c r="D5"><v>42</v></c><c r="E5" t="str"><f>A1</f><v>P</v></c></row>'
        '<row r="6"><c r="D6" t="inlineStr"><is><t>M</t></is></c><c r="E6" s="0"/><c r="F6" t="b"><v>1</v></c></row>'
    ),
    strings="<si><t>Candidate</t></si><si><r><t>Un</t></r><r><t>it 3</t></r></si>",
)


@settings(deadline=None, max_examples=500, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_nothing_put_into_a_part_is_read_in_two_ways(data: st.DataObject) -> None:
    made = {path: str(part) for path, part in SMALL.items()}
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(PARTS)
        piece = data.draw(PIECES)
        inside = piece.startswith(" ") and len(piece) > 1
        spots = [m.end() for m in re.finditer(r"<[\w:]+" if inside else "[>]", made[path])]
        spot = data.draw(st.sampled_from(spots))
        made[path] = made[path][:spot] + piece + made[path][spot:]
    archive = pack(made)
    ours = product(archive)
    if isinstance(ours, list):
        assert same(ours, plain(archive)), (made, ours)
