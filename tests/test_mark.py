"""A marked copy: every problem at its cell and on a first sheet, all else as it was, and valid input again."""

import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet

from claimbatch.cli.main import cli
from claimbatch.form.layout import BY_UNIT
from claimbatch.intake.check import check
from claimbatch.intake.guard import Package, admit, admit_file, read_sheets
from claimbatch.intake.mark import mark
from claimbatch.intake.mark.cells import note
from claimbatch.problems import Place, Problem
from tests import hostile
from tests.beside import with_thread
from tests.centre import IT, MEDIA, Centre, edit, fill, put

FAULTS = {
    "Grades!E5": "X",  # no grade
    "Grades!F6": "\N{CYRILLIC CAPITAL LETTER ER}",  # a look-alike
    "Grades!G7": "U",  # the moderator's
    "Grades!B6": "Braun, Tom",  # a locked value
    "Units!D7": "ZZ",  # nobody's initials
    "Notes!H9": "a remark",  # outside the form: a query
}
FOUND = [
    ("Grades!E5", "CB104"), ("Grades!B6", "CB207"), ("Grades!F6", "CB105"), ("Grades!G7", "CB103"),
    ("Grades!K8", "CB022"), ("Notes!H9", "CB019"), ("Units!D7", "CB106"),
]  # fmt: skip
REMARKS = [("Grades!E5", "CB022"), ("Grades!K8", "CB022")]  # what people wrote is still asked about
RIGHT = {
    "Grades!E5": "P", "Grades!F6": "M", "Grades!G7": None,
    "Grades!B6": "Brown, Tom", "Units!D7": "JH", "Notes!H9": None,
}  # fmt: skip


@pytest.fixture
def faulty(centre: Centre) -> Path:
    """A by-candidate template filled in, with six faults, and with a remark by a person in two cells."""
    path = put(fill(centre.issue(), seed=1, share=0.3), FAULTS)

    def remark(workbook: openpyxl.Workbook) -> None:
        workbook["Grades"]["E5"].comment = Comment("Ask Jo about this.", "A teacher")
        workbook["Grades"]["K8"].comment = Comment("Resubmitted in May.", "A teacher")

    return edit(path, remark)


def marked(centre: Centre, path: Path, name: str = "marked.xlsx") -> Path:
    """The marked copy of what checking finds in a workbook."""
    package = admit_file(path)
    assert isinstance(package, Package)
    target = path.with_name(name)
    target.write_bytes(mark(package, centre.check(path).problems))
    return target


def comments(path: Path) -> dict[str, str]:
    return {
        f"{sheet.title}!{cell.coordinate}": cell.comment.text
        for sheet in openpyxl.load_workbook(path)
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    }


def rows(path: Path) -> list[tuple[Any, ...]]:
    sheet = openpyxl.load_workbook(path).worksheets[0]
    return [tuple(value or "" for value in row) for row in sheet.iter_rows(min_row=5, values_only=True)]


def look(cell: Any) -> tuple[Any, ...]:
    font, fill, border = cell.font, cell.fill, cell.border
    return (
        font.name, font.b, font.sz, font.color and font.color.rgb, fill.patternType, fill.fgColor.rgb,
        border.left and border.left.style, border.diagonal and border.diagonal.style, cell.alignment.horizontal,
        cell.alignment.wrap_text, cell.number_format, cell.protection.locked,
    )  # fmt: skip


def settings(sheet: Worksheet) -> dict[str, Any]:
    """All that a person could see or feel of a sheet, marks aside."""
    return {
        "values": [[cell.value for cell in row] for row in sheet.iter_rows()],
        "looks": [[look(cell) for cell in row] for row in sheet.iter_rows()],
        "lists": sorted(
            (str(v.sqref), v.type, v.formula1, v.prompt, v.error)
            for v in sheet.data_validations.dataValidation
        ),
        "colours": sorted(
            (str(area.sqref), [(rule.formula, rule.dxf and rule.dxf.fill.bgColor.rgb) for rule in area.rules])
            for area in sheet.conditional_formatting
            if "claimbatch mark" not in str([rule.formula for rule in area.rules])
        ),
        "protection": vars(sheet.protection),
        "panes": sheet.freeze_panes,
        "filter": sheet.auto_filter.ref,
        "paper": (sheet.print_area, sheet.print_title_rows, sheet.print_title_cols, vars(sheet.page_setup)),
        "footer": (sheet.oddFooter.left.text, sheet.oddFooter.center.text, sheet.oddFooter.right.text),
        "widths": {letter: column.width for letter, column in sheet.column_dimensions.items()},
        "heights": {number: row.height for number, row in sheet.row_dimensions.items()},
    }  # fmt: skip


def names(path: Path) -> dict[str, str]:
    workbook = openpyxl.load_workbook(path)
    properties = workbook.custom_doc_props  # type: ignore[attr-defined]
    return {
        **{name: defined.attr_text for name, defined in workbook.defined_names.items()},
        **{f"property {p.name}": p.value for p in properties.props},
    }


def assert_all_else_the_same(before: Path, after: Path) -> None:
    old, new = openpyxl.load_workbook(before), openpyxl.load_workbook(after)
    assert new.sheetnames == ["Problems", *old.sheetnames]
    for name in old.sheetnames:
        assert settings(new[name]) == settings(old[name]), name
    assert names(after) == names(before)


# --- the law ---------------------------------------------------------------------------------------------------


def test_the_marked_copy_has_the_same_problems(centre: Centre, faulty: Path) -> None:
    assert centre.finds(faulty) == FOUND
    assert centre.finds(marked(centre, faulty)) == FOUND


def test_the_marked_copy_put_right_is_clean(centre: Centre, faulty: Path) -> None:
    assert centre.finds(put(marked(centre, faulty), RIGHT)) == REMARKS


def test_a_marked_copy_saved_by_libreoffice_is_still_valid_and_put_right_is_clean(
    centre: Centre, faulty: Path, resave: Callable[[Path], Path]
) -> None:
    saved = resave(marked(centre, faulty))
    assert centre.finds(saved) == FOUND
    again = marked(centre, saved, "again.xlsx")
    assert centre.finds(again) == FOUND
    assert openpyxl.load_workbook(again).sheetnames.count("Problems") == 1
    assert comments(again) == comments(marked(centre, faulty))
    assert centre.finds(put(again, RIGHT)) == REMARKS


def test_a_workbook_of_libreoffice_is_marked_and_all_else_stays(
    centre: Centre, faulty: Path, resave: Callable[[Path], Path]
) -> None:
    saved = resave(faulty)
    copy = marked(centre, saved)
    assert centre.finds(copy) == centre.finds(saved) == FOUND
    assert_all_else_the_same(saved, copy)
    assert centre.finds(put(copy, RIGHT)) == REMARKS


def test_a_by_unit_workbook_is_marked(centre: Centre) -> None:
    path = put(centre.issue(IT, BY_UNIT, 3), {"Claim!E5": "X", "Claim!E6": "P"})
    copy = marked(centre, path)
    assert centre.finds(copy) == centre.finds(path) == [("Claim!E5", "CB104"), ("Claim!E6", "CB201")]
    assert centre.finds(put(copy, {"Claim!E5": "M", "Claim!F5": "JH", "Claim!F6": "SA"})) == []


# --- the marks -------------------------------------------------------------------------------------------------


def test_every_problem_is_a_comment_and_what_people_wrote_stays(centre: Centre, faulty: Path) -> None:
    found = comments(marked(centre, faulty))
    assert sorted(found) == sorted([*FAULTS, "Grades!K8"])
    assert found["Grades!K8"] == "Resubmitted in May."
    assert found["Grades!E5"] == (
        "Ask Jo about this.\n\n"
        "claimbatch found an error (CB104):\n"
        "'X' is not a grade that can be claimed.\n"
        "→ Choose P, M, D or Not claiming from the list. Remarks belong on the sheet Notes.\n"
    )
    assert found["Notes!H9"].startswith(
        "claimbatch found a query (CB019):\n'a remark' stands outside the form"
    )


def test_every_comment_has_a_box_that_its_words_fit_in(centre: Centre, faulty: Path) -> None:
    """The remark on E5 had a small box; K8, to which nothing is added, keeps its own."""
    copy = marked(centre, faulty)
    with zipfile.ZipFile(copy) as archive:
        drawings = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".vml")]
    shapes = {
        (sheet, int(column), int(row)): (width, height)
        for sheet, drawing in enumerate(drawings)
        for width, height, row, column in re.findall(
            r"width:([^;]+);height:([^;\"']+).*?<\w+:Row>(\d+)</\w+:Row>\s*<\w+:Column>(\d+)<",
            drawing,
            re.DOTALL,
        )
    }
    assert shapes == {
        (0, 4, 4): ("270pt", "105pt"),
        (0, 10, 7): ("144px", "79px"),
        (0, 1, 5): ("270pt", "78pt"),
        (0, 5, 5): ("270pt", "65pt"),
        (0, 6, 6): ("270pt", "78pt"),
        (1, 7, 8): ("270pt", "78pt"),
        (2, 3, 6): ("270pt", "65pt"),
    }


def test_errors_are_hatched_and_queries_dotted_each_with_a_sign(centre: Centre, faulty: Path) -> None:
    """Text, numbers and dates show their sign behind what was typed."""
    put(faulty, {"Grades!H5": 7, "Grades!C7": date(2001, 2, 3)})
    crossed, asked = signed("General", "✗"), signed("General", "(?)")
    assert looks(marked(centre, faulty)) == {
        ("Grades", "B6 E5 F6 G7 H5"): (1, "lightUp", crossed),
        ("Grades", "C7"): (2, "lightUp", signed("dd/mm/yyyy", "✗")),
        ("Grades", "K8"): (3, "gray125", asked),
        ("Notes", "H9"): (1, "gray125", asked),
        ("Units", "D7"): (1, "lightUp", crossed),
    }


def looks(path: Path) -> dict[tuple[str, str], tuple[int, str, str]]:
    """Priority, pattern and number format of each mark, by sheet and cells."""
    return {
        (sheet.title, str(area.sqref)): (rule.priority, rule.dxf.fill.patternType, rule.dxf.numFmt.formatCode)
        for sheet in openpyxl.load_workbook(path)
        for area in sheet.conditional_formatting
        for rule in area.rules
        if "claimbatch mark" in rule.formula[0]
    }


def signed(above: str, sign: str) -> str:
    return f'{above}" {sign}";-General" {sign}";General" {sign}";@" {sign}"'


def test_no_other_format_hides_a_mark(centre: Centre) -> None:
    """On a grade with a tint of its own: Excel shows the first by priority, LibreOffice the first in the file."""
    path = put(centre.issue(), {"Grades!E5": "P", "Grades!E6": "M"})
    assert centre.finds(path) == [("Grades!E5", "CB201"), ("Grades!E6", "CB201")]
    xml = part(marked(centre, path), "xl/worksheets/sheet2.xml")
    rules = re.findall(r'priority="(\d+)".*?<formula>(.*?)</formula>', xml)
    assert [formula.startswith("LEN(") for _, formula in rules] == [True] + [False] * 5
    assert [int(priority) for priority, _ in rules] == [1, 2, 3, 4, 5, 6]


def test_the_first_sheet_lists_the_problems_and_leads_to_their_cells(centre: Centre, faulty: Path) -> None:
    path = marked(centre, faulty)
    workbook = openpyxl.load_workbook(path)
    sheet = workbook.worksheets[0]
    assert (sheet.title, workbook.active.title) == ("Problems", "Problems")
    assert [s.title for s in workbook if s.sheet_view.tabSelected] == ["Problems"]
    assert sheet["A1"].value == "Problems found by claimbatch: 5 errors, 2 queries"
    assert rows(path)[0] == (
        "✗ Error", "Grades", "E5", "0042", "Unit 1",
        "'X' is not a grade that can be claimed.",
        "Choose P, M, D or Not claiming from the list. Remarks belong on the sheet Notes.", "CB104",
    )  # fmt: skip
    assert [(f"{row[1]}!{row[2]}", row[7]) for row in rows(path)] == FOUND
    links = [sheet.cell(row, 3).hyperlink.location for row in range(5, 12)]
    assert links == [f"'{place.replace('!', chr(39) + '!')}" for place, _ in FOUND]


def test_a_problem_of_the_whole_workbook_is_listed_without_a_link(centre: Centre) -> None:
    path = edit(centre.issue(), lambda workbook: workbook.remove(workbook["Assessors"]))
    copy = marked(centre, path)
    (row,) = rows(copy)
    assert (row[0], row[1], row[2], row[7]) == ("✗ Error", "Assessors", "", "CB015")
    assert centre.finds(copy) == centre.finds(path)


def test_what_stands_in_a_cell_is_quoted_in_part(centre: Centre) -> None:
    """A cell holds up to 32,767 characters, on many lines; a list, a comment and a row of it stay readable."""
    long = {
        "Grades!A5": "x" * 32767, "Grades!E6": "P\n" * 9000, "Grades!G4": "H" * 32000,
        "Other units!A5": "0042", "Other units!B5": "T" * 32767, "Other units!C5": "B" * 32767,
        "Other units!D5": "P", "Other units!E5": "N" * 32767,
        "Assessors!A9": "ab", "Assessors!B9": "N" * 32000, "Assessors!A10": "ab", "Assessors!B10": "M" * 32000,
    }  # fmt: skip
    path = put(centre.issue(), long)
    problems = centre.check(path).problems
    assert {"CB016", "CB104", "CB107"} <= {problem.rule.code for problem in problems}
    assert max(len(problem.message + problem.hint) for problem in problems) < 1000
    copy = marked(centre, path)
    assert max(len(text) for text in comments(copy).values()) < 1000
    assert max(len(str(value)) for row in rows(copy) for value in row) < 1000
    assert max(row.height for row in openpyxl.load_workbook(copy).worksheets[0].row_dimensions.values()) < 409


def test_marking_again_takes_the_old_marks_off(centre: Centre, faulty: Path) -> None:
    """What was put right is unmarked; nothing is doubled; the same problems give the same bytes."""
    once = marked(centre, faulty)
    assert marked(centre, once, "twice.xlsx").read_bytes() == once.read_bytes()
    package = admit_file(once)
    assert isinstance(package, Package)
    fewer = [problem for problem in centre.check(once).problems if problem.rule.code == "CB103"]
    copy = once.with_name("fewer.xlsx")
    copy.write_bytes(mark(package, fewer))
    assert sorted(comments(copy)) == ["Grades!E5", "Grades!G7", "Grades!K8"]
    assert comments(copy)["Grades!E5"] == "Ask Jo about this."
    assert_all_else_the_same(faulty, copy)


def test_a_thread_of_comments_keeps_its_words_for_older_programs(centre: Centre) -> None:
    """They are what Excel shows in its place, and throws away at the next reply: our words would go with them."""
    path = put(centre.issue(), {"Grades!E5": "U", "Grades!F6": "X"})
    path = with_thread(path, "Grades!E5", ["not yet"])
    before, copy = comments(path), marked(centre, path)
    after = comments(copy)
    assert after["Grades!E5"] == before["Grades!E5"]
    assert after["Grades!F6"].startswith("claimbatch found an error (CB104):")
    assert ("Grades", "E5 F6") in looks(copy)
    assert [row[2] for row in rows(copy)] == ["E5", "F6"]
    assert part(copy, "xl/threadedComments/threadedComment1.xml") == part(
        path, "xl/threadedComments/threadedComment1.xml"
    )


def test_our_words_leave_the_thread_that_an_earlier_version_put_them_into(centre: Centre) -> None:
    """A marked copy made before is marked again; what Excel keeps for older programs is as it was."""
    path = with_thread(put(centre.issue(), {"Grades!E5": "U"}), "Grades!E5", ["not yet"])
    words = comments(path)["Grades!E5"]
    ours = note(centre.check(path).problems[0])
    spoilt = with_part(path, "xl/comments1.xml", lambda xml: xml.replace("</t>", f"\n\n{ours}</t>"))
    assert comments(marked(centre, spoilt))["Grades!E5"].strip() == words


def test_a_reply_below_our_words_stays(centre: Centre, faulty: Path) -> None:
    """In a comment of ours, and in one that began with a remark by a person; marked again, or put right and marked."""

    def reply(workbook: openpyxl.Workbook) -> None:
        for cell in ("E5", "G7"):
            comment = workbook["Grades"][cell].comment
            workbook["Grades"][cell].comment = Comment(
                comment.text + "He withdrew in May.\n\nJo", "A teacher"
            )

    replied = edit(marked(centre, faulty), reply)
    again = comments(marked(centre, replied, "again.xlsx"))
    own = "He withdrew in May.\n\nJo"
    assert again["Grades!G7"].startswith(f"{own}\n\nclaimbatch found an error (CB103):")
    assert again["Grades!E5"].startswith(f"Ask Jo about this.\n\n{own}\n\nclaimbatch found an error (CB104):")
    assert [again[f"Grades!{cell}"].count("claimbatch found") for cell in ("E5", "G7")] == [1, 1]
    right = comments(marked(centre, put(replied, {**RIGHT, "Grades!H5": "X"}), "right.xlsx"))
    assert {cell: text for cell, text in right.items() if cell != "Grades!H5"} == {
        "Grades!E5": f"Ask Jo about this.\n\n{own}",
        "Grades!G7": own,
        "Grades!K8": "Resubmitted in May.",
    }


@pytest.mark.parametrize("ref", ["e5", "E5:E5"])
def test_a_comment_is_found_however_its_cell_is_written(centre: Centre, faulty: Path, ref: str) -> None:
    with_part(faulty, "xl/comments/comment1.xml", lambda xml: xml.replace('ref="E5"', f'ref="{ref}"'))
    copy = marked(centre, faulty)
    words = part(copy, "xl/comments/comment1.xml")
    assert words.count(f'ref="{ref}"') == 1
    assert 'ref="E5"' not in words
    assert "Ask Jo about this.</t></r><r><t" in re.sub(' (xmlns|xml:space)="[^"]*"', "", words)
    assert marked(centre, copy, "twice.xlsx").read_bytes() == copy.read_bytes()


# --- all else --------------------------------------------------------------------------------------------------


def test_everything_else_stays_as_it_was(centre: Centre, faulty: Path) -> None:
    assert_all_else_the_same(faulty, marked(centre, faulty))


def with_part(path: Path, part: str, change: Callable[[str], str]) -> Path:
    """Change the XML of one part, as no library would."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    before = parts[part].decode()
    parts[part] = change(before).encode()
    assert parts[part].decode() != before
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def part(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode()


X14 = (
    '<extLst><ext xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" '
    'uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"><x14:dataValidations count="1" '
    'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:dataValidation type="list" allowBlank="1">'
    "<x14:formula1><xm:f>Assessors!$A$5:$A$9</xm:f></x14:formula1><xm:sqref>E5:E8</xm:sqref></x14:dataValidation>"
    "</x14:dataValidations></ext></extLst>"
)


def test_lists_that_desktop_excel_keeps_in_an_extension_stay(centre: Centre, faulty: Path) -> None:
    """openpyxl would drop them: a marked copy is not written by it."""
    path = with_part(
        faulty, "xl/worksheets/sheet2.xml", lambda xml: xml.replace("</worksheet>", X14 + "</worksheet>")
    )
    copy = marked(centre, path)
    assert part(copy, "xl/worksheets/sheet2.xml").endswith(X14 + "</worksheet>")
    assert centre.finds(copy) == FOUND
    assert [p.place.cell for p in _checked(centre, copy) if p.place.sheet == "Grades"] == [
        "E5",
        "B6",
        "F6",
        "G7",
        "K8",
    ]


def test_a_formula_keeps_the_result_that_was_saved_with_it(centre: Centre, faulty: Path) -> None:
    """A grade looked up in a mark book: without its result the copy would have a problem more."""
    put(faulty, {"Grades!H5": "M"})
    path = with_part(
        faulty,
        "xl/worksheets/sheet2.xml",
        lambda xml: _formula(xml, "H5", "IF(1=1,&quot;M&quot;,&quot;&quot;)", "M"),
    )
    assert centre.finds(path) == FOUND
    copy = marked(centre, path)
    assert centre.finds(copy) == FOUND
    assert openpyxl.load_workbook(copy, data_only=True)["Grades"]["H5"].value == "M"


def _formula(xml: str, cell: str, formula: str, value: str) -> str:
    start = xml.index(f'<c r="{cell}"')
    end = xml.index("</c>", start)
    (style,) = re.findall(r's="(\d+)"', xml[start:end])
    return f'{xml[:start]}<c r="{cell}" s="{style}" t="str"><f>{formula}</f><v>{value}</v>{xml[end:]}'


def test_parts_that_no_mark_touches_are_copied_byte_for_byte(centre: Centre, faulty: Path) -> None:
    copy = marked(centre, faulty)
    touched = {
        "[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml",
        "xl/worksheets/sheet1.xml",  # it was the chosen sheet
    }  # fmt: skip
    with zipfile.ZipFile(faulty) as old, zipfile.ZipFile(copy) as new:
        changed = {name for name in old.namelist() if new.read(name) != old.read(name)}
        added = sorted(set(new.namelist()) - set(old.namelist()))
    about_cells = {
        name for name in changed if name.startswith(("xl/worksheets/", "xl/comments", "xl/drawings"))
    }
    assert changed - about_cells <= touched
    assert "xl/worksheets/sheet3.xml" not in changed, "Assessed by has no problem"
    assert "xl/worksheets/claimbatch-problems1.xml" in added


HEADER_PICTURE = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">'
    '<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="2"/></o:shapelayout><v:shapetype id="_x0000_t75"/>'
    '<v:shape id="LH" o:spid="_x0000_s2049" type="#_x0000_t75"><v:imagedata o:relid="rId1"/></v:shape></xml>'
)


def test_a_picture_in_the_header_is_not_taken_for_the_comments_drawing(
    centre: Centre, tmp_path: Path
) -> None:
    """Both drawings are of one kind; which is the comments' only the sheet says."""
    path = put(centre.issue(), {"Grades!E5": "X"})
    relation = hostile.relations(("rId9", "vmlDrawing", "../drawings/vmlDrawing1.vml"))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/drawings/vmlDrawing1.vml", HEADER_PICTURE)
        archive.writestr("xl/worksheets/_rels/sheet2.xml.rels", relation)
    picture = f'<legacyDrawingHF xmlns:r="{hostile.OFFICE}" r:id="rId9"/></worksheet>'
    with_part(path, "xl/worksheets/sheet2.xml", lambda xml: xml.replace("</worksheet>", picture))
    copy = marked(centre, path)
    assert part(copy, "xl/drawings/vmlDrawing1.vml") == HEADER_PICTURE
    drawings = re.findall(r'<(legacyDrawing\w*) .*?r:id="(\w+)"', part(copy, "xl/worksheets/sheet2.xml"))
    assert drawings == [("legacyDrawing", "claimbatch2"), ("legacyDrawingHF", "rId9")]
    assert list(comments(copy)) == ["Grades!E5"]
    assert marked(centre, copy, "twice.xlsx").read_bytes() == copy.read_bytes()


def test_a_drawing_without_boxes_gets_their_kind(centre: Centre, faulty: Path) -> None:
    """A drawing that has held nothing but buttons so far has no shapetype for comments."""
    name = "xl/drawings/commentsDrawing1.vml"
    without = re.compile(r"<(\w+):shapetype.*?</\1:shapetype>", re.DOTALL)
    with_part(faulty, name, lambda drawing: without.sub("", drawing))
    once = marked(centre, faulty)
    assert len(re.findall(r'<\w+:shapetype .*?id="_x0000_t202"', part(once, name))) == 1
    assert part(marked(centre, once, "twice.xlsx"), name).count(":shapetype ") == 1


def test_a_teachers_own_sheet_called_problems_stays(centre: Centre) -> None:
    def own(workbook: openpyxl.Workbook) -> None:
        workbook.create_sheet("Problems")["A1"] = "Ask about Tom"
        workbook["Grades"]["E5"] = "X"

    copy = marked(centre, edit(centre.issue(), own))
    workbook = openpyxl.load_workbook(copy)
    assert workbook.sheetnames[0] == "Problems 2"
    assert workbook["Problems"]["A1"].value == "Ask about Tom"
    assert centre.finds(copy) == [("Grades!E5", "CB104"), ("Problems!A1", "CB019")]


def test_a_form_sheet_with_our_title_pasted_in_stays(centre: Centre) -> None:
    """Whoever copies our list to Notes, to answer it there, loses nothing."""
    pasted = {
        "Notes!A1": "Problems found by claimbatch: 1 error",
        "Notes!E5": "Tom resat in May",
        "Grades!E5": "X",
    }
    copy = marked(centre, put(centre.issue(), pasted))
    workbook = openpyxl.load_workbook(copy)
    assert workbook.sheetnames[0] == "Problems"
    assert [workbook["Notes"][cell].value for cell in ("A1", "E4", "E5")] == [
        "Problems found by claimbatch: 1 error", "Explanation", "Tom resat in May",
    ]  # fmt: skip


def test_only_the_first_sheet_is_chosen(centre: Centre) -> None:
    """What is typed goes to every sheet that is chosen: also one that a program marks so in another way, or a chart."""

    def own(workbook: openpyxl.Workbook) -> None:
        workbook.create_chartsheet("Chart")
        workbook.create_sheet("Mine")["A1"] = "x"
        workbook["Grades"]["E5"] = "X"

    chosen = '<sheetView tabSelected="1" workbookViewId="0">'
    path, parts = edit(centre.issue(), own), ("xl/worksheets/sheet9.xml", "xl/chartsheets/sheet1.xml")
    for name in parts:
        with_part(path, name, lambda xml: re.sub("<sheetView [^/>]*", chosen[:-1], xml))
    copy = marked(centre, path)
    assert ["tabSelected" in part(copy, name) for name in parts] == [False, False]
    assert "tabSelected" in part(copy, "xl/worksheets/claimbatch-problems1.xml")


def test_the_headings_of_the_list_are_repeated_on_every_page(centre: Centre, faulty: Path) -> None:
    """Each sheet keeps its own, though the new sheet moves them all on by one."""
    once = marked(centre, faulty)
    for copy in (once, marked(centre, once, "twice.xlsx")):
        names = re.findall(r'<definedName[^>]*Print_Titles"[^>]*>', part(copy, "xl/workbook.xml"))
        assert sorted(re.findall(r'localSheetId="(\d)"', "".join(names))) == list("012345678")
        assert openpyxl.load_workbook(copy)["Problems"].print_title_rows == "$4:$4"
    without = marked(
        centre,
        with_part(faulty, "xl/workbook.xml", lambda xml: re.sub("<definedNames>.*</definedNames>", "", xml)),
    )
    assert openpyxl.load_workbook(without)["Problems"].print_title_rows == "$4:$4"


def test_a_name_that_was_doubled_is_written_once(centre: Centre, faulty: Path) -> None:
    """As LibreOffice has saved older templates: Excel repairs such a workbook away."""
    own = "<definedName name=\"_xlnm.Print_Titles\" localSheetId=\"1\">'Grades'!$4:$4,'Grades'!$A:$B</definedName>"
    with_part(faulty, "xl/workbook.xml", lambda xml: xml.replace("</definedNames>", own + "</definedNames>"))
    names = part(marked(centre, faulty), "xl/workbook.xml")
    assert names.count('name="_xlnm.Print_Titles" localSheetId="2"') == 1


def test_another_workbook_is_called_by_its_file_name(centre: Centre, tmp_path: Path) -> None:
    """Where the exams office keeps it is no teacher's business."""
    one, other = centre.issue(into=tmp_path), centre.issue(into=tmp_path / "from Jo in week 3")
    for path, grade in ((one, "P"), (other, "M")):
        put(path, {"Grades!E5": grade, "Units!D5": "JH"})
    with centre.workspace.store() as store:
        checked = check(
            [(one, "a/one.xlsx"), (other, "a/from Jo in week 3/two.xlsx")],
            lambda ids: centre.known(store, ids),
        )
    package = admit_file(one)
    assert isinstance(package, Package)
    one.write_bytes(mark(package, checked.problems[:1]))
    (row,) = rows(one)
    assert row[5].startswith("P by JH here, but M by JH in two.xlsx, Grades!E5")


def test_whatever_the_guard_admits_can_be_marked(centre: Centre) -> None:
    """Workbooks with next to nothing in them: no formats, no views, a comment without words, another namespace."""
    problems = centre.check(put(centre.issue(), {"Grades!E5": "X"})).problems
    odd = [
        hostile.book(), hostile.comment("B2"), hostile.hyperlink("C3"), hostile.merges("A1:B2"), hostile.styled_far(),
        hostile.value_at("A1", "C9"), hostile.with_strings("<si><t>a</t></si>", 0),
    ]  # fmt: skip
    for data in odd:
        package = admit("odd.xlsx", data)
        assert isinstance(package, Package)
        name = package.sheets[0].name
        again = admit("marked.xlsx", mark(package, [replace(problems[0], place=Place("w", name, "B2"))]))
        assert isinstance(again, Package)
        assert [sheet.name for sheet in again.sheets][:2] == ["Problems", name]
        assert not isinstance(read_sheets(again), Problem)


def test_a_copy_with_marks_in_twelve_thousand_cells_is_let_in_again(centre: Centre) -> None:
    """Lists of ranges stay short, neighbours are one range, and every comment's box has a number that counts."""
    path = put(centre.issue(), {"Grades!E5": "X"})
    package, (problem,) = admit_file(path), centre.check(path).problems
    assert isinstance(package, Package)
    cells = [f"{letter}{row}" for row in range(5, 505) for letter in "EFGHIJKLMNOPQRSTUVWXYZ"]
    one_area = [replace(problem, place=Place("w", "Grades", cell)) for cell in cells]
    scattered = [
        replace(problem, place=Place("w", "Units", cell)) for cell in [f"A{n}" for n in range(5, 9000, 2)]
    ]
    copy = path.with_name("many.xlsx")
    copy.write_bytes(mark(package, [*one_area, *scattered]))
    assert isinstance(admit_file(copy), Package)
    marks = {name: re.findall('sqref="([^"]*)"><cfRule [^>]*><formula>LEN', part(copy, f"xl/worksheets/{name}.xml"))
             for name in ("sheet2", "sheet4")}  # fmt: skip
    assert marks["sheet2"] == ["E5:Z504"]
    assert [len(area.split()) for area in marks["sheet4"]] == [1000, 1000, 1000, 1000, 498]
    for number, count in ((1, len(cells)), (2, len(scattered))):
        drawing = part(copy, f"xl/claimbatch-comments{number}.vml")
        numbers = [int(found) for found in re.findall(r'id="_x0000_s(\d+)"', drawing)]
        (blocks,) = re.findall(r'<o:idmap v:ext="edit" data="([\d,]+)"', drawing)
        assert len(set(numbers)) == count
        assert {number // 1024 for number in numbers} == set(map(int, blocks.split(",")))


def test_comments_with_a_damaged_namespace_are_added_to(centre: Centre, faulty: Path) -> None:
    """The guard lets them in, since nothing reads them; what is added must still be XML."""
    name = "xl/comments/comment1.xml"
    copy = marked(centre, with_part(faulty, name, lambda xml: xml.replace(hostile.MAIN, "a&amp;b")))
    assert "claimbatch found" in part(copy, name)
    assert isinstance(admit_file(copy), Package)


# --- the command -----------------------------------------------------------------------------------------------


def run(centre: Centre, *arguments: str | Path) -> Any:
    return CliRunner().invoke(
        cli, ["check", *map(str, arguments), "-w", str(centre.workspace.folder)], standalone_mode=False
    )


def test_check_mark_writes_a_copy_of_each_workbook_with_problems(
    centre: Centre, faulty: Path, tmp_path: Path
) -> None:
    clean = fill(centre.issue(MEDIA))
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"no workbook")
    result = run(centre, faulty, clean, broken, "--mark", tmp_path / "marked")
    assert result.return_value == 1
    copy = tmp_path / "marked" / f"{faulty.stem}_marked.xlsx"
    assert sorted((tmp_path / "marked").iterdir()) == [copy]
    assert result.stderr.splitlines()[-2:] == [
        f"Marked {copy}: 5 errors, 2 queries.",
        f"No marked copy of {broken}: it was turned away as a whole.",
    ]
    assert centre.finds(copy) == FOUND


def test_check_mark_never_writes_over_what_it_reads(centre: Centre, faulty: Path) -> None:
    copy = marked(centre, faulty, f"{faulty.stem}_marked.xlsx")
    before = copy.read_bytes()
    run(centre, copy, "--mark", copy.parent)
    assert copy.read_bytes() == before
    assert copy.with_name(f"{faulty.stem}_marked2.xlsx").exists()


def _checked(centre: Centre, path: Path) -> Sequence[Problem]:
    return centre.check(path).problems
