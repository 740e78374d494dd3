"""The printed list of what is wrong with one workbook: by who must put it right, with the cells around each place."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from string import Formatter

import openpyxl
import pytest
from openpyxl.comments import Comment

from claimbatch.form.layout import BY_UNIT
from claimbatch.intake.around import Around, Seen, around
from claimbatch.intake.guard import Package, admit_file
from claimbatch.intake.results import FileResult, Outcome
from claimbatch.intake.rules import RULES
from claimbatch.output.html import to_html
from claimbatch.output.pdf import to_pdf
from claimbatch.output.view.document import Document
from claimbatch.output.view.errors import CheckedWorkbook, error_list
from claimbatch.problems import Place, Problem, Whose
from tests.centre import IT, PEOPLE, Centre, edit, put
from tests.papers import Page, alone, body, pages_of, printed, tables, titles, words
from tests.test_paper import looks_as_it_looked, says_what_it_said

HOSTILE = ('#import "x"', "<script>alert(1)</script>", "{{ 7 * 7 }}", "ab\u202ecd", "x" * 300)
FAULTS = {
    "Grades!E5": "X",  # no grade
    "Grades!E7": "Q",
    "Grades!P6": "passed",  # far from it
    "Grades!F6": "P",
    "Grades!G6": "U",  # the moderator's
    "Grades!B6": "Braun, Tom",  # a locked value
    "Units!D7": "ZZ",  # nobody's initials
    "Notes!H9": "a remark",  # outside the form
}


def document(centre: Centre, *paths: Path) -> Document:
    """What is printed of the first of some workbooks that came together."""
    checked = centre.check(*paths)
    name = paths[0].name
    package = admit_file(paths[0], name)
    problems = [problem for problem in checked.problems if problem.place.workbook == name]
    seen = around(package, problems) if isinstance(package, Package) else {}
    answers = [answer for answer in checked.answers if answer[0].place.workbook == name]
    result = next(result for result in checked.files if result.workbook == name)
    at = "2026-07-01T08:00:00Z"
    return error_list(CheckedWorkbook(result, problems, answers, seen, "Example College", "IT", at))


@pytest.fixture
def faulty(centre: Centre) -> Path:
    """A workbook with faults for everybody: the teacher, either, and queries; one query is answered on Notes."""
    path = put(centre.issue(IT, addressee="Jo Hughes"), FAULTS, "Jones.xlsx")

    def remarks(workbook: openpyxl.Workbook) -> None:
        workbook["Grades"]["H5"].comment = Comment("Ask Jo about this.", "A teacher")
        workbook["Grades"]["H7"].comment = Comment("Resubmitted.", "A teacher")
        for cell, value in zip("ABE", ("Grades", "H7", "It is the second attempt."), strict=True):
            workbook["Notes"][f"{cell}5"] = value

    return edit(path, remarks)


def test_problems_stand_under_who_must_put_them_right(centre: Centre, faulty: Path) -> None:
    """What wants the same stands under one heading; what is answered on Notes needs nothing more."""
    assert titles(document(centre, faulty)) == [
        "To put right in the workbook (5)",
        "A grade cell holds something that is not a grade (CB104)",
        "A U was claimed (CB103)",
        "Initials that no assessor of the qualification has (CB106)",
        "To put right in the workbook, or by the exam officer (1)",
        "A candidate's name, date of birth or OCR candidate number is not what the template said (CB207)",
        "To answer (2)",
        "Somebody has written a comment on a cell (CB022)",
        "Something stands where the form has no column: beside the table, above it, or on a sheet of its own (CB019)",
        "Answered on the sheet Notes (1)",
    ]


def rows_of(document: Document, name: str) -> list[list[list[str]]]:
    """The tables of this name, in order (several may have it)."""
    page = Page(to_html(document))
    names = [block for block in page.text if block.startswith("On the sheet")]
    return [table for table, said in zip(page.tables, names, strict=False) if said == name]


def test_neighbours_stand_under_the_headings_of_the_sheet(centre: Centre) -> None:
    """The row's candidate, the cells to both sides, and the cell itself, pointed at by a word."""
    path = put(centre.issue(IT), {"Grades!E5": "X", "Grades!F5": "P", "Grades!E7": "Q"}, "Jones.xlsx")
    assert rows_of(document(centre, path), "On the sheet Grades")[0] == [
        ["Cell", "Candidate number", "Candidate name", "Unit 1", "Unit 2", "What was found"],
        ["E5", "0042", "Ahmed, Sana", "X error", "P", "'X' is not a grade that can be claimed."],
        ["E7", "0044", "Clark, Zoë", "Q error", "", "'Q' is not a grade that can be claimed."],
    ]


def test_cells_far_from_each_other_name_their_columns(centre: Centre) -> None:
    path = put(centre.issue(IT), {"Grades!E5": "X", "Grades!F5": "P", "Grades!P6": "passt"}, "Jones.xlsx")
    found = rows_of(document(centre, path), "On the sheet Grades")[0]
    assert [row[3:6] for row in found] == [
        ["To its left", "The cell", "To its right"],
        ["", "X error Unit 1", "P Unit 2"],
        ["Unit 11", "passt error Unit 12", "Unit 13"],
    ]


def test_dates_of_birth_are_shown_only_where_they_are_the_fault(centre: Centre) -> None:
    path = put(centre.issue(IT), {"Grades!E5": "X"}, "one.xlsx")
    other = put(path, {"Grades!E5": None, "Grades!C5": date(2001, 1, 1)}, "other.xlsx")
    assert (
        "02/01/2008" in words(document(centre, path)),
        "01/01/2001" in words(document(centre, other)),
    ) == (
        False,
        True,
    )


def test_moved_columns_and_rows_are_read_by_their_headings(centre: Centre) -> None:
    """The heading that is shown is that of the column, wherever the row of headings is by now."""
    path = put(centre.issue(IT), {"Grades!E5": "X"}, "Jones.xlsx")
    edit(path, lambda workbook: workbook["Grades"].insert_rows(2))
    found = rows_of(document(centre, path), "On the sheet Grades")[0]
    assert (found[0][3], found[1][:4]) == ("Unit 1", ["E6", "0042", "Ahmed, Sana", "X error"])


def test_an_error_cell_and_a_formula_without_a_result_are_pointed_at(centre: Centre) -> None:
    path = put(centre.issue(IT), {"Grades!E5": "=1/0", "Grades!F6": "#N/A"}, "Jones.xlsx")
    told = words(document(centre, path))
    assert ("#N/A error" in told, told.count(" error ")) == (True, 2)


def test_who_must_put_right_is_known_of_every_rule() -> None:
    """The exam officer's are those that no cell can put right; a query is nobody's until it is looked at."""
    whose = {rule.code: rule.whose for rule in RULES if rule.code < "CB400"}
    assert [code for code, who in whose.items() if who is Whose.OFFICE] == [
        "CB011",
        "CB012",
        "CB013",
        "CB014",
    ]
    assert {who for rule in RULES if rule.severity.value == "query" for who in [rule.whose]} == {Whose.NOBODY}
    either = [code for code, who in whose.items() if who is Whose.EITHER]
    assert either == ["CB203", "CB204", "CB205", "CB207", "CB212", "CB213", "CB303", "CB304"]


def test_a_workbook_that_was_turned_away_says_whose_turn_it_is(centre: Centre) -> None:
    """The command that the exam officer runs is told as it is at the terminal."""
    result = FileResult("inbox/Jones.xlsx", centre_number="68199", entry_code=IT)
    rule = next(rule for rule in RULES if rule.code == "CB013")
    problem = Problem(rule, Place("inbox/Jones.xlsx"), facts={"issued": "01/09/2025"})
    told = error_list(CheckedWorkbook(result, [problem]))
    assert titles(told)[0] == "For the exam officer to put right (1)"
    assert (told.stamp, "claimbatch template refresh inbox/Jones.xlsx" in words(told)) == (
        "Turned away",
        True,
    )
    assert tables(told)["Where, and what was found"][1][0] == "the whole file"


def test_another_teachers_workbook_is_named_without_its_folders(centre: Centre) -> None:
    """And of its rows nothing is shown."""
    one = put(centre.issue(IT, BY_UNIT, 1), {"Claim!E5": "P", "Claim!F5": "JH"}, "one.xlsx")
    other = put(one, {"Claim!E5": "M", "Claim!F6": "JH", "Claim!E6": "D"}, "other.xlsx")
    told = words(document(centre, one, other))
    assert ("other.xlsx" in told, "Brown" in told) == (True, False)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_stand_as_plain_text_in_both(text: str, centre: Centre) -> None:
    """In a cell, in the cell beside it, and in the name of the file."""
    path = put(centre.issue(IT), {"Grades!E5": text, "Grades!F5": text, "Grades!B6": text}, "Jones.xlsx")
    made = document(centre, path)
    seen = text.replace("\u202e", "")[:50]
    for page in (" ".join(Page(to_html(made)).text), " ".join(pages_of(to_pdf(made), "-layout"))):
        plain = "".join(page.split()).replace("\u200b", "").replace("[U+202E]", "")
        assert "".join(seen.split())[:20] in plain
    assert "<script>alert" not in to_html(made)


def with_every_fault() -> Document:
    """A list of one problem of each rule, with the cells around it; no workbook was read for it."""
    result = FileResult("Jones.xlsx", "", Outcome.ERRORS, "68199", IT, issued_to="Jo Hughes")
    problems, seen = [], {}
    for row, rule in enumerate((rule for rule in RULES if rule.code < "CB400"), 5):
        place = Place("Jones.xlsx", "Grades", f"E{row}", "Unit 1")
        spoken = Formatter().parse(rule.message + rule.hint + rule.teacher)
        facts = {name: "this" for _, name, _, _ in spoken if name}
        problems.append(Problem(rule, place, "X", "0042", "1", facts))
        seen[place] = Around(
            place,
            (Seen(1, "Candidate number", "0042"), Seen(2, "Name", "Ahmed, Sana"), Seen(5, "Unit 1", "X")),
        )
    return error_list(CheckedWorkbook(result, problems, (), seen, "Example College", "IT"))


def with_many(folder: Path, candidates: int) -> tuple[Centre, Path]:
    """A workbook in which every second grade is wrong, and other things here and there."""
    people = [(f"{n:04}", f"Surname{n}, Given", date(2008, 1, 1 + n % 28)) for n in range(1, candidates + 1)]
    centre = Centre.make(folder / "many", (IT,), people=people)
    cells = {f"Grades!{'EFGHP'[row % 5]}{row}": "XU?"[row % 3] for row in range(5, candidates + 5)}
    names = {f"Grades!B{row}": "Somebody, Else" for row in range(6, candidates + 5, 9)}
    return centre, put(centre.issue(IT), {**cells, **names, "Units!D7": "ZZ"}, "many.xlsx")


@pytest.mark.parametrize("candidates", [1, 12, 60])
def test_no_heading_is_the_last_thing_on_a_page(candidates: int, tmp_path: Path) -> None:
    """On paper, and printed by a browser; and no page is empty."""
    made = document(*with_many(tmp_path, candidates))
    for pages in (pages_of(to_pdf(made), "-layout"), pages_of(printed(to_html(made), tmp_path), "-layout")):
        assert alone(made, pages) == []
        assert [page for page in pages if not body(page)] == []


DOCUMENTS: dict[str, Callable[[Centre, Path], Document]] = {
    "errors": document,
    "errors-none": lambda centre, path: document(centre, put(path, dict.fromkeys(FAULTS), "Jones2.xlsx")),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_it_says_what_it_said_and_looks_as_it_looked(name: str, centre: Centre, faulty: Path) -> None:
    """As when somebody looked at it (CLAIMBATCH_UPDATE=1 renews it)."""
    made = replace(DOCUMENTS[name](centre, faulty), foot="Problems found · Jones.xlsx")
    says_what_it_said(name, made)
    looks_as_it_looked(name, made)


# --- the command -------------------------------------------------------------------------------------------------


@pytest.fixture
def inbox(centre: Centre, faulty: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two faulty workbooks of one name in two folders, and one in order."""
    monkeypatch.chdir(centre.workspace.folder)
    for folder in ("a", "b"):
        Path("inbox", folder).mkdir(parents=True)
        Path("inbox", folder, "Jones.xlsx").write_bytes(faulty.read_bytes())
    centre.issue(IT, BY_UNIT, 4, into=Path("inbox"))
    return Path("inbox")


def test_each_workbook_with_problems_gets_a_document_of_its_own(centre: Centre, inbox: Path) -> None:
    """Those without get none, and that is said; the exit code is that of the check."""
    code, said = centre.run("check", inbox, "--to", "html", "-o", "lists")
    told = [line for line in said.splitlines() if line.startswith(("Wrote", "1 workbook without"))]
    assert (code, told) == (1, [
        "Wrote lists/Jones_problems.html.",
        "Wrote lists/Jones_problems2.html.",
        "1 workbook without problems: no document.",
    ])  # fmt: skip
    assert PEOPLE[0][1] in Path("lists", "Jones_problems2.html").read_text("utf-8")


def test_all_of_them_go_into_one_pdf(centre: Centre, inbox: Path) -> None:
    _, said = centre.run("check", inbox, "--to", "pdf", "--bundle")
    assert "problems_bundle.pdf: 2 documents." in said
    assert centre.run("check", inbox, "--to", "html", "--bundle")[0] == 2
    assert centre.run("check", inbox, "-o", "lists")[0] == 2


def test_where_nothing_is_wrong_nothing_is_written(centre: Centre, inbox: Path) -> None:
    said = centre.done("check", inbox / "68199_05349_unit-04.xlsx", "--to", "pdf")
    assert "No workbook has a problem: there is nothing to print." in said
    assert list(Path("outbox").glob("*.pdf")) == []
