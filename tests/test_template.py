"""What a teacher gets: the template of each form, and that it stays within what Excel can do."""

import os
import re
import zipfile
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Color
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from claimbatch.form.contents import Contents, Other, Row, default_assessors, entered_first, file_name
from claimbatch.form.identity import DEFINED_NAME, PROPERTY, TOKEN_ITEM, issue, locked_values
from claimbatch.form.layout import BY_CANDIDATE, BY_UNIT, HEADER_ROW, lay_out, limit
from claimbatch.form.qualification import Qualification, Unit
from claimbatch.form.qualification_file import load_catalogue
from claimbatch.form.style import LOOKS, SOME_WITHOUT, TINTS, WITHOUT_ASSESSOR
from claimbatch.form.template import build, save
from tests.conftest import Printed, ResaveBytes
from tests.dump import dump

KEY = b"a key for tests"
GOLDEN = Path(__file__).parent / "golden"
CATALOGUE = load_catalogue()
CODES = [known.entry_code for known in CATALOGUE.qualifications if known.has_units]
SHORT = Qualification(  # its own, so that a correction to the catalogue changes no golden file
    "05999",
    "OCR Level 3 Cambridge Technical Certificate in Testing",
    2012,
    3,
    "testing",
    (
        Unit(1, "Exam", credits=10, assessment="external", verified=True),
        Unit(2, "Test plans", credits=10, assessment="internal", verified=True),
        Unit(3, "Test data", credits=5, verified=True),
        Unit(12, None, assessment="internal", verified=True),
    ),
)
ROWS = (
    Row("0042", "Ahmed, Sana", date(2008, 1, 2), "100042"),
    Row("0043", "O'Neill, Aoife", None, "", frozenset({2, 12})),
    Row("0107", "Zając, Jan", date(2007, 12, 31), "", frozenset({3})),
)
TWO = (("JH", "Jo Hughes"), ("RK", "Ravi Kapoor"))
CLAIMED = {("0042", 2): ("M", "JH"), ("0043", 2): ("P", "RK"), ("0042", 3): ("D", "RK")}


def contents(
    qualification: Qualification = SHORT, form: str = BY_CANDIDATE, unit: int = 0, **changes: object
) -> Contents:
    rows = changes.get("rows", ROWS)
    layout = lay_out(form, qualification, unit)
    identity = issue(
        KEY, centre_number="68199", entry_code=qualification.entry_code, form=form, unit=unit,
        fingerprint=layout.fingerprint, issued_at="2026-11-23T09:30:00Z", revision=3, claim_key="68199-05349-2",
        locked_rows=[locked_values(r.number, r.name, str(r.born or ""), r.ocr_number) for r in rows],
    )  # fmt: skip
    start = Contents(
        qualification, layout, identity, identity.token(KEY), "Example College", ROWS, TWO, CLAIMED
    )
    return replace(start, **changes)


def workbook(wanted: Contents) -> Workbook:
    return load_workbook(BytesIO(build(wanted)))


def column(sheet: Worksheet, letter: str, count: int = len(ROWS)) -> list[object]:
    return [sheet[f"{letter}{HEADER_ROW + 1 + index}"].value for index in range(count)]


OTHER = (Other("0042", "Team leading", "Pearson", "P", "JH", "Yes"),)
FORMS = {"by-candidate": contents(other=OTHER), "by-unit": contents(form=BY_UNIT, unit=3)}


@pytest.mark.parametrize("form", FORMS)
def test_golden(form: str) -> None:
    """A template is what was last reviewed. To take a change: make update, and read the diff."""
    found, golden = dump(build(FORMS[form])), GOLDEN / f"{form}.txt"
    if os.environ.get("CLAIMBATCH_UPDATE"):
        golden.write_text(found, "utf-8")
    assert found == golden.read_text("utf-8")


@pytest.mark.parametrize("form", FORMS)
def test_same_contents_same_bytes(form: str) -> None:
    """No clock and no machine shows in a template."""
    data = build(FORMS[form])
    assert data == build(FORMS[form])
    with zipfile.ZipFile(BytesIO(data)) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2026-11-23T09:30:00Z</dcterms:modified>" in archive.read("docProps/core.xml")


def test_every_sheet_of_the_layout_in_its_order() -> None:
    """The writer leaves no sheet out and adds none."""
    assert workbook(contents()).sheetnames == [
        "Start here", "Grades", "Assessed by", "Units", "Assessors", "Other units", "Notes", "About",
    ]  # fmt: skip
    assert workbook(contents(form=BY_UNIT, unit=2)).sheetnames == [
        "Start here",
        "Claim",
        "Assessors",
        "Notes",
        "About",
    ]


def test_external_units_are_not_offered() -> None:
    """Unit 1 is an exam: it has no column and no row."""
    book = workbook(contents())
    assert [cell.value for cell in book["Grades"][HEADER_ROW]][4:] == ["Unit 2", "Unit 3", "Unit 12"]
    assert column(book["Units"], "A") == ["Unit 2", "Unit 3", "Unit 12"]


def test_what_is_claimed_is_filled_in() -> None:
    """Grades stand in the grid; an assessor who is not the unit's default stands on Assessed by."""
    book = workbook(contents())
    assert [column(book["Grades"], letter) for letter in "EFG"] == [
        ["M", "P", None],
        ["D", None, None],
        [None] * 3,
    ]
    assert column(book["Units"], "D") == [None, "RK", None]
    assert [column(book["Assessed by"], letter) for letter in "EFG"] == [
        ["JH", "RK", None],
        [None] * 3,
        [None] * 3,
    ]
    by_unit = workbook(contents(form=BY_UNIT, unit=2))["Claim"]
    assert (column(by_unit, "E"), column(by_unit, "F")) == (["M", "P", None], ["JH", "RK", None])


def test_the_only_assessor_is_everywhere_the_default() -> None:
    """One assessor in the register: named for every unit, and for every open row of a by-unit form."""
    alone = {"assessors": TWO[:1], "claimed": {}}
    assert default_assessors(contents(**alone)) == {2: "JH", 3: "JH", 12: "JH"}
    assert column(workbook(contents(form=BY_UNIT, unit=2, **alone))["Claim"], "F") == ["JH", "JH", None]


def test_cells_of_units_not_entered_are_closed() -> None:
    """Unit entries close the other cells, unless a grade is claimed that may have to be taken off again."""
    claimed = {("0107", 2): ("P", "JH")}
    book = workbook(contents(claimed=claimed))
    closed = {
        cell.coordinate
        for sheet in ("Grades", "Assessed by")
        for line in book[sheet]["E5:G7"]
        for cell in line
        if cell.protection.locked and cell.style == "Not entered" and cell.border.diagonalUp
    }
    assert closed == {"F6", "G7"}
    rules = book["Grades"].data_validations.dataValidation
    assert {str(rule.sqref) for rule in rules if rule.formula1 == "FALSE"} == {"F6", "G7"}


def test_titles_stand_above_the_headings() -> None:
    """The headings stay what they are; a title that is not known leaves its cell empty."""
    book = workbook(contents())
    for sheet in ("Grades", "Assessed by"):
        above, headings = ([cell.value for cell in book[sheet][row]] for row in (HEADER_ROW - 1, HEADER_ROW))
        assert (above[0], above[4:]) == ("Unit titles", ["Test plans", "Test data", None])
        assert headings[4:] == ["Unit 2", "Unit 3", "Unit 12"]
        assert book[sheet].print_title_rows == f"$1:${HEADER_ROW}"


def test_a_long_word_of_a_title_is_not_broken() -> None:
    """Its column is a little wider, and the row as high as the longest title needs."""
    units = (replace(SHORT.units[1], title="Communication and employability skills"), SHORT.units[2])
    sheet = workbook(contents(replace(SHORT, units=units)))["Grades"]
    assert [round(sheet.column_dimensions[letter].width) for letter in "EF"] == [11, 9]
    assert sheet.row_dimensions[HEADER_ROW - 1].height == 48


def test_units_that_nobody_is_entered_for_are_folded_away() -> None:
    """In a group that can be opened, and said so; the first cell that is chosen is one that shows."""
    rows = tuple(replace(row, units=frozenset({3})) for row in ROWS)
    for name in ("Grades", "Assessed by"):
        sheet = workbook(contents(rows=rows, claimed={("0043", 12): ("P", "JH")}))[name]
        found = {
            letter: (sheet.column_dimensions[letter].hidden, sheet.column_dimensions[letter].outlineLevel)
            for letter in "EFG"
        }
        assert found == {"E": (True, 1), "F": (False, 0), "G": (False, 0)}
        assert sheet.column_dimensions["F"].collapsed
        assert "1 unit that nobody is entered for" in sheet["A3"].value
        assert sheet.sheet_view.selection[-1].activeCell == "F5"


def test_nothing_is_folded_away_where_nothing_else_would_be_left() -> None:
    rows = tuple(replace(row, units=frozenset({1})) for row in ROWS)
    sheet = workbook(contents(rows=rows, claimed={}))["Grades"]
    assert [sheet.column_dimensions[letter].hidden for letter in "EFG"] == [False] * 3


def test_candidates_who_are_not_entered_come_last() -> None:
    """In their order; on the form for all units, those for whom no unit is left."""
    found = [
        [row.number for row in entered_first(contents(form=form, unit=unit, claimed={})).rows]
        for form, unit in ((BY_CANDIDATE, 0), (BY_UNIT, 2), (BY_UNIT, 3))
    ]
    assert found == [["0042", "0043", "0107"], ["0042", "0043", "0107"], ["0042", "0107", "0043"]]


@pytest.mark.parametrize("protect", [True, False])
def test_protection_leaves_the_input_cells_open(protect: bool) -> None:
    """What is ours is locked, what is the teacher's is open; no password; protection can be left out."""
    book = workbook(contents(protect=protect))
    assert {sheet.protection.sheet for sheet in book} == {protect}
    assert {sheet.protection.password for sheet in book} == {None}
    locked = {
        address: book["Grades"][address].protection.locked for address in ("A4", "A5", "B5", "C5", "D5", "E5")
    }
    assert locked == {"A4": True, "A5": True, "B5": True, "C5": True, "D5": True, "E5": False}
    assert not book["Units"]["D5"].protection.locked
    assert not book["Notes"]["E19"].protection.locked


def test_identifiers_are_text_and_dates_are_dates() -> None:
    """0042 keeps its zeros wherever it may be typed, and dates can be sorted."""
    book = workbook(contents())
    spare = [f"A{row}" for row in range(5, 5 + limit("spare_rows"))]
    assert {
        book[sheet][cell].number_format for sheet in ("Other units", "Notes", "Assessors") for cell in spare
    } == {"@"}
    grades = book["Grades"]
    assert [(grades[cell].data_type, grades[cell].number_format) for cell in ("A5", "C5", "C6", "D5")] == [
        ("s", "@"), ("d", "dd/mm/yyyy"), ("n", "dd/mm/yyyy"), ("s", "@"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ['=HYPERLINK("http://x")', "#N/A", "+1", "@SUM", "\x07Bell, Al"])
def test_a_name_is_never_a_formula(name: str) -> None:
    """Whatever the register holds is written as text."""
    cell = workbook(contents(rows=(Row("0042", name),)))["Grades"]["B5"]
    assert (cell.data_type, cell.value) == ("s", name.replace("\x07", ""))


def test_the_token_stands_in_three_places() -> None:
    """Each of them is lost by one program or another."""
    wanted = contents()
    book = workbook(wanted)
    about = {line[0].value: line[1].value for line in book["About"].iter_rows(HEADER_ROW + 1)}
    found = [
        about[TOKEN_ITEM],
        book.defined_names[DEFINED_NAME].attr_text,
        book.custom_doc_props[PROPERTY].value,
    ]
    assert found == [wanted.token, f'"{wanted.token}"', wanted.token]


def test_unconfirmed_units_say_so() -> None:
    """A star in the heading (not in its text), the doubt in its prompt, and in words on Units."""
    book = workbook(contents())
    doubt = "Whether this unit is assessed internally is not confirmed. Check the handbook."
    prompts = {str(rule.sqref): rule.prompt for rule in book["Grades"].data_validations.dataValidation}
    assert (book["Grades"]["F4"].value, book["Grades"]["F4"].number_format) == ("Unit 3", '@" *"')
    assert (prompts["E4"], prompts["F4"]) == ("Test plans.", f"Test data. {doubt}")
    assert column(book["Units"], "B") == ["Test plans", f"Test data ({doubt})", "(title not known)"]
    assert workbook(contents(form=BY_UNIT, unit=3))["Claim"]["A2"].value.endswith(doubt)


@pytest.mark.parametrize(("form", "unit", "expected"), [
    (BY_CANDIDATE, 0, "68199_05999_by-candidate.xlsx"),
    (BY_UNIT, 3, "68199_05999_unit-03.xlsx"),
    (BY_UNIT, 12, "68199_05999_unit-12.xlsx"),
])  # fmt: skip
def test_file_names(form: str, unit: int, expected: str) -> None:
    """Sorted by name, a centre's templates stand in order."""
    assert file_name(contents(form=form, unit=unit).identity) == expected


def every_template() -> list[tuple[str, str]]:
    return [(code, form) for code in CODES for form in (BY_CANDIDATE, BY_UNIT)]


@pytest.mark.parametrize(("code", "form"), every_template())
def test_every_entry_code(code: str, form: str) -> None:
    """Both forms of every qualification: ranges cover exactly the rows there are, within Excel's limits."""
    qualification = CATALOGUE.get(code)
    unit = qualification.offered[-1].number if form == BY_UNIT else 0
    rows = tuple(Row(f"{number:04}", f"Name {number}") for number in range(1, 2 + int(code) % 7))
    book = workbook(contents(qualification, form, unit, rows=rows, claimed={}))
    last = {sheet.title: _last_row(sheet) for sheet in book}
    assert last["Claim" if form == BY_UNIT else "Grades"] == HEADER_ROW + len(rows)
    for sheet in book:
        assert _ends(sheet) <= {HEADER_ROW, last[sheet.title]}
        _within_limits(sheet)
        _one_rule_a_cell(sheet)
    _names_cover(book, last)


def _last_row(sheet: Worksheet) -> int:
    return max(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 1).has_style)


def _ends(sheet: Worksheet) -> set[int]:
    """The last rows of every range that the sheet knows."""
    ranges = [str(part) for rule in sheet.data_validations.dataValidation for part in rule.sqref.ranges]
    ranges += [str(part) for area in sheet.conditional_formatting for part in area.sqref.ranges]
    ranges += [sheet.auto_filter.ref] if sheet.auto_filter.ref else []
    return {range_boundaries(part)[3] for part in ranges}


def _within_limits(sheet: Worksheet) -> None:
    assert len(sheet.title) <= 31
    for rule in sheet.data_validations.dataValidation:
        for text, most in (
            (rule.prompt, 255),
            (rule.error, 255),
            (rule.promptTitle, 32),
            (rule.errorTitle, 32),
        ):
            assert len(text or "") <= most
        assert len(rule.formula1 or "") <= 255
    assert all(len(part.text or "") <= 255 for part in (sheet.oddFooter.left, sheet.oddFooter.right))


def _one_rule_a_cell(sheet: Worksheet) -> None:
    cells = [
        cell
        for rule in sheet.data_validations.dataValidation
        for part in rule.sqref.ranges
        for cell in part.cells
    ]
    assert len(cells) == len(set(cells))


def _names_cover(book: Workbook, last: dict[str, int]) -> None:
    for name, found in book.defined_names.items():
        if name in {DEFINED_NAME, "grades_offered", "yes_offered"}:
            continue
        sheet, cells = found.attr_text.split(":INDEX(")[-1].split(",")[0].split("!")
        assert range_boundaries(cells.replace("$", ""))[3] == last[sheet.strip("'")], name


def test_titles_end_within_the_page() -> None:
    """Above a narrow table they have room beside it, however long they are."""
    areas = {
        title: workbook(contents(replace(SHORT, title=title)))["Grades"].print_area.partition(":")[2]
        for title in ("Short", "Certificate" + " in Something" * 6)
    }
    assert list(areas.values()) == ["$K$1048576", "$O$1048576"]


@pytest.mark.parametrize(("count", "pages"), [(3, 1), (25, 1), (27, 2), (60, 3)])
def test_no_last_row_has_a_page_of_its_own(count: int, pages: int) -> None:
    """A class fits on one page, printed a little smaller."""
    rows = tuple(Row(f"{number:04}", f"Name {number}") for number in range(1, count + 1))
    page = workbook(contents(form=BY_UNIT, unit=3, rows=rows, claimed={}))["Claim"].page_setup
    assert (page.fitToWidth, page.fitToHeight) == (1, pages)


def test_a_long_name_is_wrapped_in_a_row_that_holds_it() -> None:
    """Shrunk into one line it could not be read."""
    names = [
        "Nguyen, Thi",
        "Wolfeschlegelsteinhausenbergerdorff, Hubert",
        "FEATHERSTONEHAUGH-CHOLMONDELEY, MAX ADAM",
    ]
    rows = tuple(Row(f"{number:04}", name) for number, name in enumerate(names))
    sheet = workbook(contents(rows=rows, claimed={}))["Grades"]
    looks = [cell.alignment for (cell,) in sheet["B5:B7"]]
    assert all(look.wrap_text and not look.shrink_to_fit for look in looks)
    assert [sheet.row_dimensions[row].height for row in (5, 6, 7)] == [21, 35, 49]


@pytest.mark.parametrize("form", FORMS)
def test_lists_hold_what_can_be_chosen(form: str) -> None:
    """The names behind the drop-down lists point at the very words."""
    book = workbook(FORMS[form])
    sheet, cells = book.defined_names["grades_offered"].attr_text.split("!")
    words = [cell.value for (cell,) in book[sheet.strip("'")][cells.replace("$", "")]]
    assert words == ["P", "M", "D", "Not claiming"]
    if form == BY_CANDIDATE:
        sheet, cell = book.defined_names["yes_offered"].attr_text.split("!")
        assert book[sheet.strip("'")][cell.replace("$", "")].value == "Yes"
    rules = [rule for sheet in book for rule in sheet.data_validations.dataValidation]
    assert {rule.formula1 for rule in rules if rule.type == "list"} <= set(book.defined_names)


@pytest.mark.parametrize("form", FORMS)
def test_accessible(form: str) -> None:
    """Each sheet has its title in A1, a description, unique headings, no merged cells and no hidden part."""
    for sheet in workbook(FORMS[form]):
        headings = [cell.value for cell in sheet[HEADER_ROW] if cell.value]
        assert sheet["A1"].value
        assert sheet["A2"].value
        assert sheet["A3"].value in (None, "Unit titles")
        assert len(headings) == len(set(headings)) >= 2
        assert (list(sheet.merged_cells.ranges), sheet.sheet_state) == ([], "visible")


def _light(rgb: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(rgb[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _rgb(colour: Color) -> str:
    return str(colour.rgb)[-6:]


def test_contrast() -> None:
    """Every text stands out from its ground by 4.5 to 1 (WCAG 2 AA)."""
    pairs = [(look.ink, look.fill or "FFFFFF") for look in LOOKS.values()]
    pairs += [
        (_rgb(d.font.color), _rgb(d.fill.bgColor)) for d in (WITHOUT_ASSESSOR, SOME_WITHOUT, *TINTS.values())
    ]
    for pair in pairs:
        dark, light = sorted(map(_light, pair))
        assert (light + 0.05) / (dark + 0.05) >= 4.5, pair


def test_a_table_wider_than_a_page_has_its_title_in_the_page_header() -> None:
    """On a page's second half its cell would be cut off; a narrow table has it where it stands."""
    many = tuple(Unit(n, f"Unit called {n}", assessment="internal", verified=True) for n in range(1, 39))
    book = workbook(contents(replace(SHORT, units=many)))
    wide, narrow = book["Grades"], book["Units"]
    assert (wide.page_setup.fitToWidth, narrow.page_setup.fitToWidth) == (3, 1)
    assert wide.oddHeader.left.text == wide["A1"].value
    assert narrow.oddHeader.left.text is None
    assert (wide.print_title_rows, narrow.print_title_rows) == ("$3:$4", "$1:$4")
    assert (wide.print_area, narrow.print_area) == ("'Grades'!$A$3:$AP$22", "'Units'!$A$1:$K$1048576")


@pytest.mark.parametrize(("unit", "said"), [(0, ""), (3, ", Unit 3")])
def test_the_footer_says_whose_page_it_is(unit: int, said: str) -> None:
    """Centre, unit and page, on every sheet."""
    form = BY_UNIT if unit else BY_CANDIDATE
    for sheet in workbook(contents(form=form, unit=unit)):
        footer = (sheet.oddFooter.left.text, sheet.oddFooter.center.text)
        assert footer == (f"Centre 68199, entry code 05999{said}", "Page &P of &N")


def test_what_is_repeated_on_paper_is_named_columns_first() -> None:
    """As Excel does it; in any other order LibreOffice saves the name twice, and Excel repairs the workbook."""
    assert "Grades!$A:$B,Grades!$1:$4" in _repeated(build(contents()))


def _repeated(data: bytes) -> list[str]:
    """What the workbook says is repeated on paper, of each sheet, without quotes, which are a matter of taste."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        text = archive.read("xl/workbook.xml").decode()
    found = re.findall(r'Print_Titles"[^>]*>([^<]*)<', text.replace("&apos;", "'"))
    return sorted(refers_to.replace("'", "") for refers_to in found)


MANY = tuple(Unit(n, f"Unit called {n}", assessment="internal", verified=True) for n in range(1, 21))
CLASS = tuple(Row(f"{n:04}", f"Name {n}") for n in range(1, 101))
PRINTED = {
    "Claim": (contents(form=BY_UNIT, unit=3, rows=CLASS, claimed={}), "Unit 3: Test data", 4),
    "Units": (contents(replace(SHORT, units=MANY * 2)), "Units: 05999", 2),
    "Grades": (contents(replace(SHORT, units=MANY), rows=CLASS, claimed={}), "Grades: 05999", 8),
}


@pytest.mark.libreoffice
@pytest.mark.parametrize("name", PRINTED)
def test_every_page_has_its_title_and_rows_added_are_printed(name: str, printed: Printed) -> None:
    """On as many pages as without them."""
    wanted, title, pages = PRINTED[name]
    book = workbook(wanted)
    for row in range(book[name].max_row + 1, book[name].max_row + 6):
        book[name].cell(row, 1, f"Added {row}")
    found = [page for page in printed(save(book)) if f"{name}, template" in page]
    assert [title in page and "Centre 68199" in page for page in found] == [True] * pages
    assert sum(page.count("Added") for page in found) == 5 * book[name].page_setup.fitToWidth


@pytest.mark.libreoffice
def test_libreoffice_keeps_it(resave_bytes: ResaveBytes) -> None:
    """Saved again, a template still knows itself, its lists and its protection."""
    wanted = contents(other=OTHER)
    saved = resave_bytes(build(wanted))
    before, after = workbook(wanted), load_workbook(BytesIO(saved))
    assert _repeated(saved) == _repeated(build(wanted))
    assert after.custom_doc_props[PROPERTY].value == wanted.token
    assert _names(after) == _names(before)
    assert wanted.token in [cell.value for cell in after["About"]["B"]]
    for sheet in before:
        again = after[sheet.title]
        assert again.protection.sheet
        assert _lists(again) == _lists(sheet)
        assert [c.value for c in again[HEADER_ROW]] == [c.value for c in sheet[HEADER_ROW]]
    assert after["Grades"]["A5"].value == "0042"


def _names(book: Workbook) -> dict[str, str]:
    """What each defined name refers to, without the signs that are a matter of taste."""
    return {
        name: found.attr_text.translate(str.maketrans("", "", "'$"))
        for name, found in book.defined_names.items()
    }


def _lists(sheet: Worksheet) -> set[tuple[str, str]]:
    rules = sheet.data_validations.dataValidation
    return {
        (cell.coordinate, rule.formula1)
        for rule in rules
        if rule.type == "list"
        for part in rule.sqref.ranges
        for line in sheet[part.coord if ":" in part.coord else f"{part.coord}:{part.coord}"]
        for cell in line
    }


@pytest.mark.libreoffice
def test_the_counts_keep_up(resave_bytes: ResaveBytes) -> None:
    """Units counts grades, and those that nobody assessed, even where Assessed by is sorted differently."""
    book = workbook(contents(rows=tuple(replace(row, units=None) for row in ROWS)))
    for cell, grade in {"E5": "M", "E6": "P", "E7": "P", "F7": "Not claiming", "G5": "D"}.items():
        book["Grades"][cell] = grade
    for row, (number, initials) in enumerate([("0107", "JH"), ("0042", ""), ("0043", "RK")], 5):
        book["Assessed by"][f"A{row}"], book["Assessed by"][f"E{row}"] = number, initials or None
    buffer = BytesIO()
    book.save(buffer)
    units = load_workbook(BytesIO(resave_bytes(buffer.getvalue())), data_only=True)["Units"]
    assert [[cell.value for cell in line] for line in units["E5:H7"]] == [
        [2, 1, 0, 1],
        [0, 0, 1, 0],
        [0, 0, 1, 1],
    ]


@pytest.mark.libreoffice
def test_the_list_of_initials_ends_with_the_last_typed(resave_bytes: ResaveBytes) -> None:
    """Whatever row a new assessor is typed in, the list reaches it and no further."""
    book = workbook(contents())
    assert [cell.value for cell in book["Assessors"]["A"][4:7]] == ["JH", "RK", None]
    book["Notes"]["A5"] = "=ROWS(assessor_initials)"
    book["Assessors"]["A9"], book["Assessors"]["A12"] = "XY", "=1/0"
    buffer = BytesIO()
    book.save(buffer)
    again = load_workbook(BytesIO(resave_bytes(buffer.getvalue())), data_only=True)
    assert again["Notes"]["A5"].value == 5
