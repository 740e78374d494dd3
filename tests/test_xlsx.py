"""What claimbatch writes is what openpyxl would write, cell by cell and range by range, whatever stands in it."""

import zipfile
from dataclasses import replace
from datetime import date
from io import BytesIO
from itertools import product
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from claimbatch.form.contents import ANYBODY, Addressee, Contents, Other, Row
from claimbatch.form.layout import BY_CANDIDATE, BY_UNIT, HEADER_ROW
from claimbatch.form.qualification import Unit
from claimbatch.form.template import build, describe
from tests.plainly import plainly
from tests.test_template import SHORT, contents
from tests.whole import whole

NAMES = (
    "Ahmed, Sana",
    "=1+1",
    "#N/A",
    " Zając & Söhne <b>\"'\t",
    "Wolfeschlegelsteinhausenbergerdorff, Hubert",
)
text = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1, max_size=40
)


def sized(candidates: int, units: int, form: str, **changes: object) -> Contents:
    """A template of so many candidates and units: a third of the cells claimed, a third of the others not entered."""
    numbers = range(1, units + 1)
    offered = tuple(Unit(n, f"Unit {n} & more", assessment="internal", verified=n % 5 > 0) for n in numbers)
    rows = tuple(
        Row(
            f"{n:04}",
            f"{NAMES[n % 5]} {n}",
            date(2007, 1, 1).replace(month=1 + n % 12) if n % 4 else None,
            f"{n:06}" * (n % 2),
            frozenset(u for u in numbers if (u + n) % 3) if n % 3 else None,
        )
        for n in range(candidates)
    )
    cells = [(row.number, unit) for row, unit in product(rows, numbers)]
    claimed = {cell: ("PMD"[n % 2], ("JH", "RK")[n % 2]) for n, cell in enumerate(cells[::3])}
    changes = {"rows": rows, "claimed": claimed} | changes
    return contents(replace(SHORT, units=offered), form, int(form == BY_UNIT), **changes)


SIZES = [
    *product((1, 2, 30), (1, 4, 25), (BY_CANDIDATE, BY_UNIT)),
    (100, 25, BY_UNIT),
    (300, 25, BY_CANDIDATE),
]


@pytest.mark.parametrize(("candidates", "units", "form"), SIZES)
def test_every_range_and_every_look_at_every_size(candidates: int, units: int, form: str) -> None:
    """Nothing is left of another template's size."""
    wanted = sized(candidates, units, form)
    assert whole(build(wanted)) == whole(plainly(describe(wanted)))


@st.composite
def any_contents(draw: st.DrawFn) -> Contents:
    """Any template: whose cells are claimed, refused or closed, who assesses, whom it is for."""
    units = draw(st.integers(1, 8))
    names = draw(st.lists(text, min_size=1, max_size=6))
    entered = st.none() | st.frozensets(st.integers(1, units))
    born = st.none() | st.dates(date(1900, 3, 1), date(2030, 1, 1))
    rows = tuple(
        Row(f"{n:04}", name, draw(born), draw(text) if n % 2 else "", draw(entered))
        for n, name in enumerate(names)
    )
    cells = st.sampled_from([(row.number, unit) for row, unit in product(rows, range(1, units + 1))])
    marks = st.tuples(st.sampled_from("PMD"), st.sampled_from(["JH", "RK"]))
    claimed = draw(st.dictionaries(cells, marks))
    other = (Other("0000", draw(text), "NCFE", "P", "JH", "Yes", draw(st.sampled_from(["", "Why not"]))),)
    return sized(
        len(rows), units, draw(st.sampled_from([BY_CANDIDATE, BY_UNIT])),
        rows=rows, claimed=claimed, other=other, protect=draw(st.booleans()),
        refused={cell: draw(text) for cell in claimed if draw(st.booleans())},
        unshown=tuple((name, "Unit 3") for name in names[:1] if draw(st.booleans())),
        assessors=tuple((f"A{n}", name) for n, name in enumerate(draw(st.lists(text, max_size=20)))),
        addressee=draw(st.sampled_from([ANYBODY, Addressee("Jo <Hughes>", "JH"), Addressee("Jo & Co")])),
    )  # fmt: skip


@settings(max_examples=40)
@given(any_contents())
def test_whatever_stands_in_it(wanted: Contents) -> None:
    assert whole(build(wanted)) == whole(plainly(describe(wanted)))


@settings(max_examples=40)
@given(any_contents())
def test_a_cell_has_one_rule_and_every_range_ends_with_its_table(wanted: Contents) -> None:
    """Columns that stand apart share no range: what lies between them would be refused with them."""
    for sheet in load_workbook(BytesIO(build(wanted))):
        cells = [cell for rule in sheet.data_validations.dataValidation for cell in _cells(rule.sqref)]
        assert len(cells) == len(set(cells))
        assert {cell[0] for cell in cells} <= set(range(HEADER_ROW, sheet.max_row + 1))
        _struck_are_refused(sheet)


def _cells(areas: object) -> list[tuple[int, int]]:
    return [cell for part in areas.ranges for cell in part.cells]


def _struck_are_refused(sheet: Worksheet) -> None:
    """Who is not entered can be given nothing, and whoever is, can."""
    closed = {cell for rule in sheet.data_validations.dataValidation if rule.formula1 == "FALSE"
              for cell in _cells(rule.sqref)}  # fmt: skip
    struck = {
        (c.row, c.column) for row in sheet.iter_rows(HEADER_ROW + 1) for c in row if c.border.diagonalUp
    }
    assert sheet.title == "Start here" or closed == struck


@given(any_contents())
@settings(max_examples=20)
def test_same_contents_same_bytes_and_proper_xml(wanted: Contents) -> None:
    """Each part once, with one date, and every cell of a row after the one before it."""
    data = build(wanted)
    assert data == build(wanted)
    with zipfile.ZipFile(BytesIO(data)) as archive:
        names = archive.namelist()
        assert (names[0], len(names)) == ("[Content_Types].xml", len(set(names)))
        assert {(member.date_time, member.external_attr >> 16) for member in archive.infolist()} == {
            ((1980, 1, 1, 0, 0, 0), 0o600)
        }
        for name in names:
            root = fromstring(archive.read(name))
            for row in root.iter("{http://schemas.openxmlformats.org/spreadsheetml/2006/main}row"):
                columns = [range_boundaries(cell.attrib["r"])[0] for cell in row]
                assert columns == sorted(set(columns))


def test_a_code_in_a_name_stays_the_name() -> None:
    """Spreadsheets read _x0041_ as A."""
    data = build(contents(rows=(Row("0042", "_x0041_"),), claimed={}))
    with zipfile.ZipFile(BytesIO(data)) as archive:
        assert b"<t>_x005F_x0041_</t>" in archive.read("xl/worksheets/sheet2.xml")
