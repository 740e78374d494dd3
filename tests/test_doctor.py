"""What the doctor says of workbooks, as it came and after people had their hands on it."""

from pathlib import Path

import openpyxl
import pytest

from claimbatch.form.identity import read_token
from claimbatch.intake.doctor import AS_IT_CAME, examine
from claimbatch.intake.guard import Package, admit_file
from tests.centre import MEDIA, Centre, edit, put
from tests.conftest import Resave


def odd(centre: Centre, path: Path) -> list[str]:
    """Topic and text of all that is not as it came."""
    package = admit_file(path)
    assert isinstance(package, Package)
    identity = read_token(package.token)
    with centre.workspace.store() as store:
        known = centre.known(store, {identity.template_id} if identity else set())
    return [f"{r.topic}: {r.text}" for r in examine(package, known) if r.verdict != AS_IT_CAME]


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
        workbook["Grades (2)"].insert_rows(1)

    assert odd(centre, edit(centre.issue(MEDIA), change)) == [
        "Sheets: 'Grades' is now called 'Grades (2)'",
        "Protection: removed from 'Grades (2)'",
        "Sheets: 'Notes' is hidden",
        "Sheets: 'Jottings' is not one of the form's",
        "Rows: the headings of 'Grades (2)' stand in row 5",
        "Cells: 1 with formulas on 'Grades (2)'",
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
