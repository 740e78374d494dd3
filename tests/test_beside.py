"""What people put on the cells and beside them is found, however a program writes it; and what is not theirs is not."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font

from claimbatch.intake.guard import Package, admit, admit_file
from claimbatch.intake.guard.beside import Beside, Drawing
from claimbatch.intake.guard.styles import read_styles
from claimbatch.intake.remarks import Remark, remarks
from tests import hostile
from tests.beside import DRAWING, with_box, with_thread
from tests.centre import IT, MEDIA, Centre, edit, fill, put
from tests.conftest import Resave
from tests.hostile import MAIN, relations, sheet

STYLES = (
    f'<styleSheet xmlns="{MAIN}"><fonts><font/><font><strike/></font><font><strike val="0"/></font></fonts>'
    '<cellXfs><xf fontId="0"/><xf fontId="1"/><xf fontId="2"/><xf/></cellXfs>'
    "<dxfs><dxf><font><strike/></font></dxf></dxfs></styleSheet>"
)
RICH = "<si><t>P</t></si><si><r><t>M</t></r><r><rPr><strike/></rPr><t>D</t></r></si>"


def package(path: Path) -> Package:
    found = admit_file(path)
    assert isinstance(found, Package)
    return found


def beside(rows: str, **parts: Any) -> Beside:
    """What the guard finds on the one sheet of a workbook with these *rows*."""
    styled = relations(("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId2", "styles", "styles.xml"))
    more = {"xl/_rels/workbook.xml.rels": styled, "xl/styles.xml": STYLES, **parts}
    found = admit("a.xlsx", hostile.pack(hostile.parts(sheet1=sheet(rows), **more)))
    assert isinstance(found, Package)
    return found.sheets[0].beside


# --- lines through ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "struck"),
    [
        ('<row r="2"><c r="B2" s="1"><v>1</v></c><c r="C2" s="2"><v>1</v></c></row>', {(2, 2)}),
        ("<row r='2'><c s='1' r='B2'><v>1</v></c></row>", {(2, 2)}),
        ('<row r="2"><c r="A2"><v>1</v></c><c s="1"><v>1</v></c></row>', {(2, 2)}),  # as the next of its row
        ('<row r="2"><c r="B2" s="1" t="inlineStr"><is><t>M</t></is></c></row>', {(2, 2)}),
        (
            '<row r="2"><c r="B2" t="inlineStr"><is><r><rPr><strike/></rPr><t>M</t></r></is></c></row>',
            {(2, 2)},
        ),
        ('<row r="2"><c r="B2" t="s"><v>1</v></c><c r="C2" t="s"><v>0</v></c></row>', {(2, 2)}),
        (
            '<row r="2" s="1" customFormat="1"><c r="B2"><v>1</v></c></row>',
            set(),
        ),  # the row's, not the cell's
        ('<row r="2"><c r="B2" s="1"/><c r="C2" s="11"><v>1</v></c></row>', set()),  # blank; another format
    ],
)
def test_a_line_through_is_found_however_it_is_written(rows: str, struck: set[tuple[int, int]]) -> None:
    """By the cell's format, or by that of a part of its text."""
    strings = RICH if 't="s"' in rows else ""
    assert beside(rows, strings=strings).struck == struck


def test_formats_with_a_line_through_are_told_by_their_fonts() -> None:
    """Not where it is switched off, and not those of conditional formats; an odd number is none."""
    assert read_styles(STYLES.encode()).struck == {1}
    assert read_styles(STYLES.replace('fontId="1"', f'fontId="{"9" * 5000}"').encode()).struck == frozenset()


# --- comments --------------------------------------------------------------------------------------------------


def written(path: Path) -> list[tuple[str, str, str, str]]:
    """Place, kind, words and writer of what people wrote."""
    return [(f"{r.sheet}!{r.cell}", r.kind, r.text, r.author) for r in remarks(package(path))]


def test_what_a_comment_says_is_told_without_the_name_before_it(centre: Centre) -> None:
    """Excel begins each with its writer; one that nothing was written into says nothing."""

    def change(workbook: openpyxl.Workbook) -> None:
        for cell, text in (("E5", "Jo:\nnot yet"), ("E6", "not\nyet"), ("E7", "Jo:\n"), ("E8", " ")):
            workbook["Grades"][cell].comment = Comment(text, "Jo")

    assert written(edit(centre.issue(), change)) == [
        ("Grades!E5", "a comment", "not yet", "Jo"),
        ("Grades!E6", "a comment", "not yet", "Jo"),
    ]


def test_a_thread_is_one_remark_with_its_replies(centre: Centre) -> None:
    """And the comment that Excel keeps for older programs is not a second one."""
    path = with_thread(centre.issue(), "Grades!E5", ["not yet?", "in June"])
    assert written(path) == [("Grades!E5", "a comment", "not yet? Jo Hughes: in June", "Jo Hughes")]


def test_of_a_thread_that_a_program_dropped_its_words_are_left(centre: Centre) -> None:
    """openpyxl, like some programs, keeps only the comment for older ones: its preface is nobody's remark."""
    path = edit(with_thread(centre.issue(), "Grades!E5", ["not yet"]), lambda _: None)
    assert [remark[:3] for remark in written(path)] == [("Grades!E5", "a comment", "not yet")]


def test_a_comment_without_a_place_keeps_the_workbook_out(centre: Centre) -> None:
    """Threads are held to the rows and columns of the form, as comments are."""
    path = with_thread(centre.issue(), "Grades!XFD1048576", ["far out"])
    found = admit_file(path)
    assert not isinstance(found, Package)
    assert found.rule.code == "CB006"


# --- drawings --------------------------------------------------------------------------------------------------


def test_every_kind_of_drawing_is_told_with_its_words() -> None:
    """A box, a picture, a group, a shape that begins at no cell, ink; of two versions of one shape the first."""
    box = "<xdr:sp><xdr:txBody><a:p><a:r><a:t>{}</a:t></a:r></a:p></xdr:txBody></xdr:sp>"
    start = "<xdr:from><xdr:col>1</xdr:col><xdr:row>4</xdr:row></xdr:from>"
    twice = f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    drawing = (
        f'<xdr:wsDr xmlns:xdr="{DRAWING}/spreadsheetDrawing" xmlns:a="{DRAWING}/main" xmlns:mc="urn:mc">'
        f"<xdr:oneCellAnchor>{start}{box.format('one')}</xdr:oneCellAnchor>"
        f"<xdr:oneCellAnchor>{start}<xdr:pic/></xdr:oneCellAnchor>"
        f"<xdr:twoCellAnchor>{start}<xdr:grpSp>{box.format('two')}{box.format('three')}</xdr:grpSp></xdr:twoCellAnchor>"
        f"<xdr:absoluteAnchor>{twice.format('four', 'four')}</xdr:absoluteAnchor>"
        f"<xdr:oneCellAnchor><xdr:from><xdr:col>x</xdr:col></xdr:from><xdr:cxnSp/></xdr:oneCellAnchor></xdr:wsDr>"
    )
    found = beside(
        hostile.cell("<v>1</v>"),
        **{
            "xl/worksheets/_rels/sheet1.xml.rels": relations(("rId1", "drawing", "../drawings/drawing1.xml")),
            "xl/drawings/drawing1.xml": drawing,
        },
    )
    assert found.drawings == (
        Drawing(5, 2, "a text box", "one"),
        Drawing(5, 2, "a picture"),
        Drawing(5, 2, "a text box", "two\nthree"),
        Drawing(0, 0, "a text box", "four"),
        Drawing(0, 0, "a drawing"),
    )


@pytest.mark.libreoffice
def test_libreoffice_keeps_what_people_wrote(centre: Centre, resave: Resave) -> None:
    """A line through, a comment and a text box, saved by it: found as before."""

    def change(workbook: openpyxl.Workbook) -> None:
        workbook["Grades"]["E5"].font = Font(strike=True)
        workbook["Grades"]["E6"].comment = Comment("not yet", "Jo")

    path = resave(with_box(edit(fill(centre.issue(), share=1), change), "Grades!H9", "do not claim"))
    grades = next(scan for scan in package(path).sheets if scan.name == "Grades")
    assert grades.beside.struck == {(5, 5)}
    assert [remark[:3] for remark in written(path)] == [
        ("Grades!E6", "a comment", "not yet"),
        ("Grades!H9", "a text box", "do not claim"),
    ]


# --- what is said of it ----------------------------------------------------------------------------------------


def test_a_query_says_what_was_written_and_of_whom(centre: Centre) -> None:
    """Candidate and unit of the cell, so that the sheet Notes can answer; the words in full; the way out."""

    def change(workbook: openpyxl.Workbook) -> None:
        workbook["Grades"]["E6"] = "M"
        workbook["Grades"]["E6"].comment = Comment("NOT YET - resubmission due", "Jo Hughes")

    path = put(edit(centre.issue(), change), {"Units!D5": "JH"})
    [problem] = centre.check(path).problems
    assert (problem.candidate, problem.unit, problem.value) == ("0043", "1", "M")
    assert problem.message == "A comment here says: NOT YET - resubmission due (Jo Hughes)"


def test_text_boxes_of_a_sheet_are_one_query(centre: Centre) -> None:
    """With where each of them begins."""
    path = with_box(with_box(centre.issue(), "Grades!F6", "Sana: not unit 1"), "Grades!B9", "thanks")
    [problem] = centre.check(path).problems
    assert problem.message == "A text box on this sheet says: Sana: not unit 1 (near F6); thanks (near B9)"


def test_our_own_words_are_nobodys_remark(centre: Centre) -> None:
    """A marked copy is as it was; what somebody writes below our words is theirs."""
    copy = centre.workspace.folder / "marked"
    path = put(centre.issue(), {"Grades!E5": "X"})
    centre.run("check", path, "--mark", copy)
    [marked] = copy.iterdir()
    assert written(marked) == []

    def reply(workbook: openpyxl.Workbook) -> None:
        comment = workbook["Grades"]["E5"].comment
        comment.text += "He has left."

    assert [remark[2] for remark in written(edit(marked, reply))] == ["He has left."]


# --- boxes to tick ---------------------------------------------------------------------------------------------


def test_a_box_that_is_not_ticked_is_blank(centre: Centre) -> None:
    """Excel and Google Sheets keep it as FALSE: in the rows filled in, and down the rows that are not."""
    other = {"A5": "0042", "B5": "Networking", "C5": "NCFE", "D5": "P", "E5": "JH", "F5": True, "F6": False}
    path = put(centre.issue(IT), {f"Other units!{cell}": value for cell, value in other.items()})
    assert centre.finds(path) == [("Other units!B5", "CB211")]
    assert centre.finds(put(path, {"Other units!F5": False})) == [
        ("Other units!B5", "CB211"),
        ("Other units!F5", "CB210"),
    ]


# --- Numbers ---------------------------------------------------------------------------------------------------


def test_a_workbook_that_numbers_saved_is_read(centre: Centre) -> None:
    """Its sheets have other names and a summary before them; its names and properties, and so two tokens, are gone."""

    def as_numbers_saves(workbook: openpyxl.Workbook) -> None:
        for worksheet in workbook:
            worksheet.title = f"{worksheet.title} - Table 1"
        workbook.defined_names.clear()
        del workbook.custom_doc_props["claimbatch"]
        summary = workbook.create_sheet("Export Summary", 0)
        summary["B3"] = (
            "This document was exported from Numbers. Each table was converted to an Excel worksheet."
        )

    path = fill(centre.issue(MEDIA), seed=5)
    before = centre.check(path)
    after = centre.check(edit(path, as_numbers_saves, "numbers.xlsx"))
    assert (before.problems, after.problems) == ((), ())
    assert [(s.candidate, s.unit, s.mark) for s in after.statements] == [
        (s.candidate, s.unit, s.mark) for s in before.statements
    ]
    noted = put(
        path.with_name("numbers.xlsx"),
        {
            "Grades - Table 1!Z5": "?",
            "Notes - Table 1!A5": "Grades", "Notes - Table 1!B5": "Z5", "Notes - Table 1!E5": "A slip.",
        },
    )  # fmt: skip
    assert centre.finds(noted) == []


def test_a_summary_with_something_of_a_teachers_on_it_is_asked_about(centre: Centre) -> None:
    """Only the sheet that Numbers makes is passed over."""
    path = edit(
        centre.issue(), lambda workbook: workbook.create_sheet("Export Summary").append(["resits: 0042"])
    )
    assert centre.finds(path) == [("Export Summary!A1", "CB019")]


def test_a_remark_knows_its_cell() -> None:
    """One that begins nowhere has none."""
    assert [Remark("Grades", *place, "a text box", "").cell for place in ((6, 5), (0, 0))] == ["E6", ""]
