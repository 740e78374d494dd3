"""The quick way through a sheet and the walk find the same, or the quick way steps aside."""

import re
import zipfile
from collections.abc import Iterator
from contextlib import nullcontext
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.parsers import expat

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from claimbatch.form.layout import BY_UNIT
from claimbatch.intake.guard import Package, admit, read_sheets
from claimbatch.intake.guard import sheet as sheets
from claimbatch.intake.guard.archive import Refusal
from claimbatch.intake.guard.cells import Cells, Texts, scan_cells, scan_strings
from claimbatch.intake.guard.markup import ATTRIBUTE, TEXT, check_bytes
from claimbatch.intake.guard.remembered import SMALL, remembered
from claimbatch.intake.guard.walk import walk_cells, walk_strings
from tests.centre import Centre, fill, put
from tests.conftest import Resave
from tests.hostile import MAIN, cell, pack, parts, sheet, with_strings

ANY_TEXTS = Texts(1_000_000)
STRUCK = frozenset({3, 15})

# As Excel writes it: spans, heights, a shared formula, a hidden row, a date, an error, a formula never calculated.
EXCEL = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
    f'<worksheet xmlns="{MAIN}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'mc:Ignorable="x14ac" xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac">'
    '<dimension ref="A1:F9"/><sheetViews><sheetView workbookViewId="0"><selection activeCell="E6" sqref="E6"/>'
    "</sheetView></sheetViews><sheetData>"
    '<row r="1" spans="1:6" ht="30" customHeight="1" x14ac:dyDescent="0.3"><c r="A1" s="1" t="s"><v>0</v></c>'
    '<c r="B1" s="1"/><c r="C1" s="1"/></row>'
    '<row r="5" spans="1:6" x14ac:dyDescent="0.3"><c r="A5" s="9" t="s"><v>7</v></c><c r="C5" s="20"><v>39480</v></c>'
    '<c r="D5" s="9"/><c r="E5" s="15" t="s"><v>3</v></c><c r="F5" s="15"/></row>'
    '<row r="6" spans="1:6" hidden="1" x14ac:dyDescent="0.3"><c r="A6" s="9" t="s"><v>8</v></c>'
    '<c r="E6" s="15" t="str"><f t="shared" ref="E6:E7" si="0">IF(A6&gt;0,"P","")</f><v>P</v></c>'
    '<c r="F6" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
    '<row r="9" spans="1:6" x14ac:dyDescent="0.3"><c r="A9" s="3"><f>A8+1</f></c><c r="B9" t="b"><v>1</v></c></row>'
    '</sheetData><mergeCells><mergeCell ref="A1:C1"/></mergeCells><headerFooter><oddFooter>&amp;LCentre 68199'
    "</oddFooter></headerFooter></worksheet>"
).encode()

PIECES = st.sampled_from([
    b'<x:v xmlns:x="urn:x">9</x:v>', b"<v>9</v>", b"<v/>", b"<v></v>", b"<v> </v>", b"<is><t>D</t></is>",
    b"<f>1+1</f>", b'<f t="shared" si="0"/>', b"<t>D</t>", b'<c r="E5"><v>9</v></c>', b"<c><v>9</v></c>",
    b'<c r="B5"/>', b'<c r="B5" s="3" t="n"></c>', b'<c r="SG5"><v>1</v></c>', b'<row r="8"/>', b'<row r="4000">',
    b'<row r="7"><c r="E7"/></row>', b"<sheetData/>", b"<extLst/>", b"<!-- -->", b"<?x y?>", b"<![CDATA[D]]>",
    b"&#68;", b"&#160;", b"&#381;", b"&#12288;", b"&#0;", b"&#32;", b"&amp;", b"&", b"_x0020_", b" ", b"\n", b"\x01",
    b"]]>", b"]", b">", b"<", b"/", b'"', b"'", b"7", b"P", b"\xc3\xa9", b"\xe3\x80\x80", b"\xef\xbf\xbe",
    b"</c>", b"</row>", b"</v>",
])  # fmt: skip
ATTRIBUTES = st.sampled_from([
    b' t="s"', b' t="str"', b' t="inlineStr"', b' t="b"', b' t="e"', b' t="d"', b' t="n"', b' r="E5"', b' s="3"',
    b' hidden="1"', b' hidden="true"', b' hidden="false"', b' x14ac:dyDescent="0.25"', b' xmlns="urn:x"',
    b' xmlns:x="urn:x" x:t="s"', b' xml:space="preserve"', b" ",
])  # fmt: skip
VALUES = st.sampled_from(
    [b'""', b'"-1"', b'"x"', b'"1"', b'"E5"', b'"A1"', b'"s"', b'"a&amp;b"', b'"15"', b'"true"']
)


@st.composite
def altered(draw: st.DrawFn, pool: list[bytes]) -> bytes:
    """A sheet of *pool* with a piece put in, an attribute put in or changed, or an element twice or gone."""
    part = draw(st.sampled_from(pool))
    for _ in range(draw(st.integers(1, 2))):
        start, end = part.find(b"<sheetData>") + 11, part.rfind(b"</sheetData>")
        kind = draw(st.sampled_from(["piece", "piece", "attribute", "value", "element"]))
        spots = {"piece": rb"(?<=>)", "attribute": rb"(?<=<c)|(?<=<row)|(?<=\")(?=>)", "value": rb'"[^"<>]*"'}
        found = [
            match.span()
            for match in re.finditer(spots.get(kind, rb"<[^<>]*>"), part)
            if start <= match.end() <= end
        ]
        if found:
            first, last = draw(st.sampled_from(found))
            instead = {"piece": PIECES, "attribute": ATTRIBUTES, "value": VALUES}.get(
                kind, st.sampled_from([b"", part[first:last] * 2])
            )
            part = part[:first] + draw(instead) + part[last:]
    return part


def agree(part: bytes) -> bool:
    """Hold the quick way through a sheet to the walk; False where it steps aside, or the sheet is refused.

    Only what is there twice gets past the quick way: the reader then gives fewer values than were counted.
    """
    try:
        check_bytes(part, "sheet")
        quick = sheets.plain_sheet(part, "sheet", STRUCK)
    except Refusal:
        return False
    if quick is None:
        return False
    for whole in (part, b"".join(quick.readable)):
        found = walked(whole)
        if isinstance(found, Cells):
            assert found == quick.cells
            assert sheets.shell_of(part, "sheet") == quick.shell
        else:  # a row's attribute that is there twice changes nothing that is read
            assert "there twice" in found or "duplicate attribute" in found
    return True


def walked(part: bytes) -> Cells | str:
    """What the walk finds, or why it refuses."""
    try:
        return walk_cells(part, ANY_TEXTS, STRUCK)
    except Refusal as refusal:
        return refusal.detail
    except expat.ExpatError as fault:
        return str(fault)


class Pool(list[bytes]):
    """Sheets that a failing test does not print."""

    def __repr__(self) -> str:
        return f"{len(self)} sheets"


def some_rows(data: bytes) -> Iterator[bytes]:
    """The sheets of a workbook, each with a few rows from all over it."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        for name in archive.namelist():
            if re.fullmatch(r"xl/worksheets/\w+\.xml", name):
                part = archive.read(name)
                start, end = part.find(b"<sheetData>") + 11, part.rfind(b"</sheetData>")
                rows = re.findall(rb"<row.*?</row>", part[start:end])
                yield part[:start] + b"".join(rows[:: max(1, len(rows) // 4)]) + part[end:]


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A form of each kind, filled in a little oddly."""
    centre = Centre.make(tmp_path_factory.mktemp("centre"))
    return [
        put(fill(centre.issue()), {"Grades!E5": "m ", "Grades!E6": 3, "Grades!E7": "=1/0"}),
        put(fill(centre.issue(form=BY_UNIT, unit=3)), {"Claim!E5": "pass", "Claim!F5": True}),
    ]


@pytest.fixture(scope="module")
def saved(forms: list[Path], resave: Resave) -> list[Path]:
    """The same, saved again by LibreOffice."""
    return [resave(form) for form in forms]


@pytest.fixture(scope="module")
def pool(forms: list[Path]) -> Pool:
    written = [part for form in forms for part in some_rows(form.read_bytes())]
    return Pool([EXCEL, *written, *map(without_lxml, written)])


def without_lxml(part: bytes) -> bytes:
    """The part as openpyxl writes it where lxml is not installed."""
    return part.replace(b'"></c>', b'" />').replace(b'"/>', b'" />')


@pytest.fixture(scope="module")
def saved_pool(saved: list[Path]) -> Pool:
    return Pool(part for form in saved for part in some_rows(form.read_bytes()))


def test_excel_spelling_takes_the_quick_way() -> None:
    quick = sheets.plain_sheet(EXCEL, "sheet", STRUCK)
    assert quick
    assert quick.cells.error_cells == {(6, 6): "#DIV/0!"}
    assert quick.cells.empty_formulas == {(9, 1)}
    assert quick.cells.hidden_rows == {6}
    assert quick.cells.struck == {(5, 5), (6, 5), (9, 1)}
    assert (quick.cells.filled, quick.cells.formulas) == (8, 3)
    assert quick.shell.merges == (((1, 1), (1, 3)),)
    assert agree(EXCEL)


@settings(max_examples=400)
@given(st.data())
def test_whatever_is_put_into_a_form_both_ways_find_the_same(pool: Pool, data: st.DataObject) -> None:
    agree(data.draw(altered(pool)))


@pytest.mark.libreoffice
@settings(max_examples=200)
@given(st.data())
def test_whatever_is_put_into_what_libreoffice_saved_both_ways_find_the_same(
    saved_pool: Pool, data: st.DataObject
) -> None:
    agree(data.draw(altered(saved_pool)))


def test_every_form_takes_the_quick_way(forms: list[Path], pool: Pool) -> None:
    assert [agree(part) for part in pool] == [True] * len(pool)
    assert [admitted(form.read_bytes()).unusual for form in forms] == [False, False]


@pytest.mark.libreoffice
def test_every_form_that_libreoffice_saved_takes_the_quick_way(saved: list[Path], saved_pool: Pool) -> None:
    assert [agree(part) for part in saved_pool] == [True] * len(saved_pool)
    assert [admitted(form.read_bytes()).unusual for form in saved] == [False, False]


def test_the_reader_gives_the_same_of_what_is_left_as_of_the_whole(forms: list[Path]) -> None:
    """Values, rows and columns, though neither empty cells nor fonts nor what stands around the cells are handed on."""
    for form in forms:
        assert as_it_came(form.read_bytes()) == read_sheets(admitted(form.read_bytes()))


@pytest.mark.libreoffice
def test_the_reader_gives_the_same_of_what_libreoffice_saved(saved: list[Path]) -> None:
    for form in saved:
        assert as_it_came(form.read_bytes()) == read_sheets(admitted(form.read_bytes()))


@pytest.mark.parametrize(
    "shown", ["dd/mm/yyyy", "General", "0.00", 'd mmmm yyyy "& so <on>"', "[h]:mm", "[$-809]d mmm", "@"]
)
def test_a_number_is_shown_as_the_workbook_shows_it(shown: str) -> None:
    """The reader tells a date from a number by the few styles that it gets."""
    workbook = openpyxl.Workbook()
    assert workbook.active
    workbook.active.append([39480.5, 1, None, 7])
    for position in (1, 2):
        workbook.active.cell(1, position).number_format = shown
    file = BytesIO()
    workbook.save(file)
    assert as_it_came(file.getvalue()) == read_sheets(admitted(file.getvalue()))


def as_it_came(data: bytes) -> list[list[list[Any]]]:
    """What the reader gives of an archive that nobody looked into."""
    with CalamineWorkbook.from_filelike(BytesIO(data)) as workbook:
        return [
            workbook.get_sheet_by_index(index).to_python(skip_empty_area=False)
            for index in range(len(workbook.sheet_names))
        ]


def admitted(data: bytes) -> Package:
    found = admit("claim.xlsx", data)
    assert isinstance(found, Package), found.message
    return found


# --- texts -----------------------------------------------------------------------------------------------------

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12)
INLINE = ' t="inlineStr"'


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def content(text: str, kind: str) -> str:
    return f"<is><t>{text}</t></is>" if kind == INLINE else f"<f>A1</f><v>{text}</v>"


@settings(max_examples=150)
@given(st.lists(st.tuples(WORDS, st.sampled_from(["", ' t="str"', INLINE, ' t="e"', ' t="b"'])), max_size=6))
def test_whatever_a_cell_says_both_ways_count_the_same(cells: list[tuple[str, str]]) -> None:
    rows = "".join(
        f'<row r="{n}"><c r="A{n}"{kind}>{content(escaped(text), kind)}</c><c r="B{n}" s="1"/></row>'
        for n, (text, kind) in enumerate(cells, 1)
    )
    quick = scan_cells(rows.encode())
    assert quick is None or quick == walk_cells(sheet(rows).encode())


@settings(max_examples=150)
@given(st.lists(WORDS, min_size=1, max_size=6))
def test_whatever_a_shared_text_says_both_ways_count_the_same(texts: list[str]) -> None:
    made = "".join(f"<si><t>{escaped(text)}</t></si>" for text in texts)
    table = f'<sst xmlns="{MAIN}">{made}</sst>'.encode()
    blank = {index for index, text in enumerate(texts) if not text.strip()}
    assert walk_strings(table) == Texts(len(texts), frozenset(blank), walked=True)
    around = f'<sst xmlns="{MAIN}"></sst>'.encode()
    assert scan_strings(table) in ((None,) if blank else (None, (len(texts), around)))


def test_no_character_that_the_quick_way_takes_for_a_letter_is_blank() -> None:
    """Written as a reference, as openpyxl writes names, or as it is, as other programs do."""
    for number in [*range(0x80, 0xD800), *range(0xE000, 0xFFFE), *range(0x10000, 0x10400)]:
        for written in (f"&#{number};", chr(number)):
            if scan_cells(cell(f"<is><t>{written}</t></is>", INLINE).encode()):
                assert chr(number).strip(), hex(number)


@pytest.mark.parametrize(
    "name",
    ["Žofie", "&#381;ofie", "&#26446;&#26126;", "李明", "O'Neill &amp; Sons", "O&#8217;Neill", "Zo\u00eb"],
)
def test_a_name_in_any_script_takes_the_quick_way(name: str) -> None:
    inline = pack(parts(sheet1=sheet(cell(f"<is><t>{name}</t></is>", INLINE))))
    for data in (inline, with_strings(f"<si><t>{name}</t></si>", 0)):
        assert not admitted(data).unusual


# --- the rows that are walked ----------------------------------------------------------------------------------

FORMATTED = '<c r="B1" s="1"/><c r="C1" s="1"/>'
ONE = '<c r="A1"><v>1</v></c>'
WALKED = {
    "an oddly written row": (f"<row r='1'>{ONE}</row><row r='2'/>", [[1.0]]),
    "empty cells": (f"""<row r='1'>{ONE}{FORMATTED}<c r="D1"><v>4</v></c></row>""", [[1.0, "", "", 4.0]]),
    "a cell that follows empty ones": (f'<row r="1">{ONE}{FORMATTED}<c><v>4</v></c></row>', [[1.0, "", "", 4.0]]),
    "a row that follows an empty one": (
        f'<row r="1">{ONE}</row><row r="2"><c r="A2" s="1"/></row><row><c><v>3</v></c></row>', [[1.0], [""], [3.0]]),
    "an empty cell twice": (f"""<row r='1'>{ONE}<c r="A1" s="1"/></row>""", "CB003"),
    "an empty row twice": (f"""<row r='1'>{ONE}</row><row r="1"/>""", "CB003"),
    "rows that are not well-formed": ("""<row r='1'><c r="A1"><v>1</v></row>""", "CB003"),
    "rows that end and begin again": ("<row r='1'/></sheetData></worksheet><worksheet><sheetData>", "CB003"),
    "an unknown prefix": ("""<row r='1' x:y="1"/>""", "CB003"),
    "a text nested too deep": (
        f"""<row r='1'><c r="A1" t="inlineStr"><is><r><rPr>{"<b>" * 60}{"</b>" * 60}</rPr></r></is></c></row>""",
        "CB006"),
}  # fmt: skip


@pytest.mark.parametrize("case", WALKED)
def test_the_rows_of_an_unusual_sheet_are_walked_and_read_by_themselves(case: str) -> None:
    rows, expected = WALKED[case]
    found = admit("claim.xlsx", pack(parts(sheet1=sheet(rows))))
    assert (read_values(found) if isinstance(found, Package) else found.rule.code) == expected


def read_values(package: Package) -> object:
    assert package.unusual
    sheets_read = read_sheets(package)
    return sheets_read[0] if isinstance(sheets_read, list) else sheets_read.rule.code


# --- limits, and what is known ---------------------------------------------------------------------------------


@pytest.mark.parametrize("where", [0, 1, 30_000, 32_767, 32_768, 70_000])
@pytest.mark.parametrize(("more", "kept_out"), [(0, False), (1, True)])
@pytest.mark.parametrize(("start", "limit"), [(b'<a b="', ATTRIBUTE), (b"<a>", TEXT - 2)])
def test_a_text_is_too_long_wherever_it_stands(
    start: bytes, limit: int, where: int, more: int, *, kept_out: bool
) -> None:
    part = b"<x/>" * where + start + b"y" * (limit + more) + b"<x/>" * 9000
    with pytest.raises(Refusal, match="CB006") if kept_out else nullcontext():
        check_bytes(part, "part")


def test_what_is_learnt_of_a_small_part_is_learnt_once() -> None:
    asked: list[str] = []

    @remembered
    def length(part: bytes, about: str) -> int:
        asked.append(about)
        return len(part)

    for part, about in [(b"abc", "a"), (b"abc", "b"), (b"x" * (SMALL + 1), "c")]:
        assert [length(part, about), length(bytes(bytearray(part)), about)] == [len(part)] * 2
    assert asked == ["a", "b", "c", "c"]


def test_a_refusal_is_no_matter_of_what_came_before() -> None:
    """The same damaged part is refused each time, and the sound one beside it is let in each time."""
    sound = parts(sheet1=sheet(cell("<v>1</v>")))
    damaged = sound | {"xl/theme/theme1.xml": "<a><b></a>"}
    told = [admit("a.xlsx", pack(members)) for members in (sound, damaged, sound, damaged)]
    assert [isinstance(found, Package) for found in told] == [True, False, True, False]
