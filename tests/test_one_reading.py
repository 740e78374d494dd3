"""One reading: what the product takes from a workbook is what its main-namespace cells say, or it is refused.

The other side is a plain walk with expat (:mod:`tests.plain_reading`).
"""

import re
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claimbatch.form.layout import BY_CANDIDATE, BY_UNIT
from claimbatch.intake.guard import Package, admit, read_sheets
from claimbatch.problems import Problem
from tests.centre import Centre, fill, put
from tests.conftest import ResaveBytes
from tests.hostile import pack, parts, sheet
from tests.plain_reading import Values, plain


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
