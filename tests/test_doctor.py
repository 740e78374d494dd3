"""What the doctor says of workbooks, as it came and after people had their hands on it."""

import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font

from claimbatch.intake.doctor import AS_IT_CAME, examine
from claimbatch.intake.guard import Package, admit_file
from claimbatch.intake.mark import mark
from tests import hostile
from tests.beside import with_box, with_thread
from tests.centre import MEDIA, Centre, edit, put
from tests.conftest import Resave


def odd(centre: Centre, path: Path) -> list[str]:
    """Topic and text of all that is not as it came."""
    package = admit_file(path)
    assert isinstance(package, Package)
    with centre.workspace.store() as store:
        remarks = examine(package, lambda ids: centre.known(store, ids))
    return [f"{r.topic}: {r.text}" for r in remarks if r.verdict != AS_IT_CAME]


def test_a_template_as_it_went_out_has_nothing_odd(centre: Centre) -> None:
    """Nothing is odd about a fresh template."""
    assert odd(centre, centre.issue(MEDIA)) == []


@pytest.mark.libreoffice
def test_libreoffice_changes_nothing_that_matters(centre: Centre, resave: Resave) -> None:
    """Saved by LibreOffice, it still has its token, its protection and its lists."""
    assert odd(centre, resave(centre.issue(MEDIA))) == []


def test_what_people_do_is_named(centre: Centre) -> None:
    """Renamed, hidden, unprotected, moved, added: each is said in a sentence of its own."""

    def change(workbook: openpyxl.Workbook) -> None:
        workbook["Grades"].title = "Grades (2)"
        workbook["Grades (2)"].protection.sheet = False
        workbook["Notes"].sheet_state = "hidden"
        workbook.create_sheet("Jottings")["B2"] = "ask Jo"
        workbook["Grades (2)"]["E5"] = "=1+1"
        workbook["Grades (2)"]["Q6"] = "resit"
        workbook["Grades (2)"].insert_rows(1)

    assert odd(centre, edit(centre.issue(MEDIA), change)) == [
        "Sheets: 'Grades' is now called 'Grades (2)'",
        "Protection: removed from 'Grades (2)'",
        "Sheets: 'Notes' is hidden",
        "Sheets: 'Jottings' is not one of the form's",
        "Rows: the headings of 'Grades (2)' stand in row 5",
        "Content: stands outside the form on 'Grades (2)', in 1 column",
        "Cells: 1 with formulas on 'Grades (2)'",
    ]


def test_what_people_wrote_is_named(centre: Centre) -> None:
    """Comments, text boxes and pictures, lines through: what checking asks about, and what it does not."""

    def change(workbook: openpyxl.Workbook) -> None:
        workbook["Grades"]["E5"].comment = Comment("not yet", "Jo")
        workbook["Grades"]["E6"] = "M"
        workbook["Grades"]["E6"].font = Font(strike=True)

    path = with_box(edit(centre.issue(MEDIA), change), "Grades!F6", "do not claim")
    with_box(path, "Units!B9", "", kind="pic")
    with_thread(path, "Assessed by!E6", ["SA?", "yes"], done=True)
    assert odd(centre, path) == [
        "Comments: A comment on E5 of 'Grades', by Jo says: not yet",
        "Drawings: A text box near F6 of 'Grades' says: do not claim",
        "Comments: A comment on E6 of 'Assessed by', by Jo Hughes (resolved) says: SA? Jo Hughes: yes",
        "Drawings: A picture near B9 of 'Units'",
        "Cells: 1 on 'Grades' has a line through the text",
    ]


def test_a_workbook_of_somebody_else_is_told_at_once(centre: Centre, tmp_path: Path) -> None:
    """A teacher's own mark book was not made by claimbatch."""
    workbook = openpyxl.Workbook()
    workbook.active["A1"] = "My marks"
    workbook.save(tmp_path / "marks.xlsx")
    assert odd(centre, tmp_path / "marks.xlsx") == ["Template: none: claimbatch did not make this workbook"]


def test_a_template_of_another_workspace_is_told(centre: Centre, tmp_path: Path) -> None:
    """A token sealed with another key is not ours."""
    other = Centre.make(tmp_path / "other")
    path = put(other.issue(MEDIA), {"Grades!E5": "P"})
    assert odd(centre, path)[0] == "Template: its token was altered, or another workspace made it"


def test_a_marked_copy_is_called_one(centre: Centre) -> None:
    """Its sheet Problems is ours, and no sheet that somebody added."""
    path = put(centre.issue(MEDIA), {"Grades!E5": "X"})
    package = admit_file(path)
    assert isinstance(package, Package)
    path.write_bytes(mark(package, centre.check(path).problems))
    assert odd(centre, path) == [
        "Marks: a marked copy: the sheet 'Problems' and the comments of claimbatch are not read"
    ]


def test_a_template_issued_without_protection_has_lost_none(centre: Centre) -> None:
    """Whether its sheets were protected is remembered with the template."""
    centre.done("template", MEDIA, "--unprotected", "-o", centre.workspace.folder / "open")
    (path,) = (centre.workspace.folder / "open").iterdir()
    assert odd(centre, path) == []


def test_a_template_is_remembered_though_only_the_sheet_about_has_its_token(centre: Centre) -> None:
    """Some programs drop the property and the name; who issued it is known all the same."""

    def drop(workbook: openpyxl.Workbook) -> None:
        del workbook.defined_names["claimbatch_template"]
        del workbook.custom_doc_props["claimbatch"]

    path = edit(centre.issue(MEDIA), drop)
    assert odd(centre, path) == [
        "Token: only on the sheet About: the program that saved it dropped the other places"
    ]
    assert "does not remember" not in centre.done("doctor", path)


LISTS = "the name grades_offered leads nowhere: its drop-down list is broken"
DAMAGES = {  # part, what stands there, what comes instead, what there is to say of it
    "list": ("xl/workbook.xml", "'Start here'!$A$12:$A$15", "#REF!", [f"Lists: {LISTS}"]),
    "print titles": ("xl/workbook.xml", "'Grades'!$A:$B,'Grades'!$1:$4", "#REF!", []),
    "property": ("docProps/custom.xml", "</Properties>", '<property name="Y" pid="3"/></Properties>', []),
    "date of the file": ("docProps/core.xml", "2026-11-", "xx26-11-", []),
    "alignment": ("xl/styles.xml", 'vertical="center"', 'vertical="middle"', []),
    "colour": ("xl/styles.xml", '"001F3A5F"', '"1F3"', []),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_whatever_may_be_opened_can_be_examined(
    centre: Centre, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    """What claimbatch does not need may be as damaged as it likes."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795000000")
    path = centre.issue(MEDIA)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    part, old, new, said = DAMAGES[damage]
    assert old in parts[part]
    path.write_bytes(hostile.pack({**parts, part: parts[part].replace(old, new)}))
    assert odd(centre, path) == said
