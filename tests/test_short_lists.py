"""A list of who has signed, or what was sampled, is recorded whole, or not at all where anything speaks against it."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from claimbatch.form.layout import BY_UNIT
from claimbatch.intake.against import Column, against
from tests.centre import CENTRE, IT, Centre, put

KEY = f"{CENTRE}-{IT}-1"
HEAD = ("Candidate number", "Name", "Signed")
AHMED, BROWN, CLARK, ONEILL = (
    ("0042", "Ahmed, Sana"),
    ("0043", "Brown, Tom"),
    ("0044", "Clark, Zoë"),
    ("0051", "O'Neill, Fay"),
)


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    """A claim of one unit for all four candidates."""
    centre = Centre.make(tmp_path / "centre", (IT,))
    cells = {
        f"Claim!{column}{row}": value for row in range(5, 9) for column, value in (("E", "P"), ("F", "JH"))
    }
    centre.done("merge", put(centre.issue(IT, BY_UNIT, 3), cells))
    return centre


def csv_of(folder: Path, *rows: Sequence[str]) -> Path:
    path = folder / "signed.csv"
    path.write_text("\n".join(";".join(row) for row in rows), "utf-8")
    return path


def workbook(folder: Path, hidden: Sequence[int] = (), /, **sheets: Sequence[Sequence[Any]]) -> Path:
    """A workbook of these sheets, with rows of the first of them *hidden*; a sheet called veiled_… is hidden."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        sheet.sheet_state = "hidden" if name.startswith("veiled") else "visible"
    for number in hidden:
        book.worksheets[0].row_dimensions[number].hidden = True
    book.save(folder / "signed.xlsx")
    return folder / "signed.xlsx"


def declared(centre: Centre) -> list[str]:
    with centre.workspace.store() as store:
        return [event.candidate for event in store.history(KEY) if event.kind == "declared"]


def refused(centre: Centre, file: Path, *options: str) -> str:
    """Nothing is recorded of *file*; what was said."""
    code, said = centre.run("claim", "declare", KEY, "--file", file, *options)
    assert (code, declared(centre)) == (2, [])
    return said


# --- what is taken -----------------------------------------------------------------------------------------------

TAKEN = {
    "numbers alone": [["42"], ["0043"]],
    "under any heading": [["Cand No"], ["42"], ["0043"]],
    "the number in another column, under a title": [
        ["Example College"], ["Name", "Exam No"], ["Brown, Tom", "43"], ["Ahmed, Sana", "42"],
    ],
    "all say yes, each in words of its own": [HEAD, [*AHMED, "Yes"], [*BROWN, "Signed 12/10"]],
    "dates of signing": [HEAD, [*AHMED, "12/10/2026"], [*BROWN, "2026-10-13"]],
    "whose signature it is": [HEAD, [*AHMED, "S. Ahmed"], [*BROWN, "tb"]],
    "columns that say other things": [
        ["Exam No", "Student", "Class", "FSM", "Assessor initials", "Entry code"],
        ["0042", "AHMED Sana", "12N", "No", "NO", IT],
        ["0043", "Tom Brown", "", "N", "", ""],
    ],
    "a note that says nothing against it": [["Exam No", "Notes"], ["0042", "handed in late"], ["0043", ""]],
    "nobody in the column of who has not": [["Exam No", "Withdrawn"], ["0042", ""], ["0043", "No"]],
}  # fmt: skip


@pytest.mark.parametrize("rows", TAKEN.values(), ids=TAKEN)
def test_a_list_that_says_nothing_else_is_taken(centre, tmp_path, rows):
    said = centre.done("claim", "declare", KEY, "--file", csv_of(tmp_path, *rows))
    assert (said, sorted(declared(centre))) == ("2 declarations recorded.\n", ["0042", "0043"])


# --- what speaks against a row -----------------------------------------------------------------------------------

AGAINST = {
    "No": ([HEAD, [*AHMED, "Yes"], [*BROWN, "No"]], 'Signed is "No"'),
    "blank where others say yes": ([("Exam No", "x"), ["0042", "✓"], ["0043", ""]], "x is blank"),
    "blank where a yes is asked for": ([HEAD, [*AHMED, "SA"], [*BROWN, ""]], "Signed is blank"),
    "perhaps": ([HEAD, [*AHMED, "Yes"], [*BROWN, "?"]], 'Signed is "?"'),
    "something else than yes": ([HEAD, [*AHMED, "Yes"], [*BROWN, "see Jo"]], "Signed does not say yes"),
    "not yet": ([HEAD, [*AHMED, "Yes"], [*BROWN, "Yes, but not yet by hand"]], 'Signed says "not"'),
    "a tick column": ([("Exam No", "Form"), ["0042", "TRUE"], ["0043", "FALSE"]], 'Form is "FALSE"'),
    "noughts and ones": ([("Exam No", "Form"), ["0042", "1"], ["0043", "0"]], 'Form is "0"'),
    "a state": ([("Exam No", "State"), ["0042", "active"], ["0043", "Withdrawn"]], 'State is "Withdrawn"'),
    "a note": ([("Exam No", "Notes"), ["0042", ""], ["0043", "has left the course"]], 'Notes says "has left"'),
    "a column of who has not": ([("Exam No", "Absent"), ["0042", ""], ["0043", "x"]], "Absent is not blank"),
    "without headings": ([["0042", "Ahmed, Sana", "yes"], ["0043", "Brown, Tom", "no"]], 'column 3 is "no"'),
    "another qualification": ([("Exam No", "Element"), ["0042", IT], ["0043", "05844"]], "is for entry code 05844"),
    "another centre": ([("Exam No", "Centre"), ["0042", CENTRE], ["0043", "12345"]], "is for centre number 12345"),
    "somebody else's name": ([HEAD[:2], AHMED, ["0043", "Clark, Zoë"]], "has the name of somebody else"),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "why"), AGAINST.values(), ids=AGAINST)
def test_a_row_that_something_speaks_against_stops_the_whole_list(centre, tmp_path, rows, why):
    said = refused(centre, csv_of(tmp_path, *rows))
    assert (f"0043 (line {len(rows)}) {why}" in said, "0042" in said) == (True, False)


def test_it_names_the_rows_and_says_what_to_do(centre, tmp_path):
    """The whole sentence; no name of anybody stands in it."""
    file = csv_of(tmp_path, HEAD, [*AHMED, "Yes"], [*BROWN, "No"], [*CLARK, ""], [*ONEILL, "Yes"])
    assert refused(centre, file).splitlines() == [
        (
            f"claimbatch: {file}: nothing was done, as 2 of its 4 rows cannot be meant: "
            '0043 (line 3) Signed is "No"; 0044 (line 4) Signed is blank.'
        ),
        "  Take these rows out of the file, or the column where it means something else, and try again.",
    ]


def test_rows_that_nobody_sees_stop_it(centre, tmp_path):
    """Hidden by hand or by a filter."""
    file = workbook(tmp_path, (3, 5), Declarations=[HEAD[:2], AHMED, BROWN, CLARK, ONEILL])
    assert refused(centre, file).splitlines() == [
        (
            f"claimbatch: {file}: nothing was done, as 2 of its 4 rows cannot be meant: "
            "0043 (row 3 of Declarations) is hidden or filtered out; "
            "0051 (row 5 of Declarations) is hidden or filtered out."
        ),
        (
            "  Show all rows, and see whether those are meant; or copy the rows that you see into a file of their own."
        ),
    ]
    rows = [HEAD, [*AHMED, True], [*BROWN, False], [*CLARK, date(2026, 10, 12)]]
    assert '0043 (row 3 of Sheet) Signed is "False"' in refused(centre, workbook(tmp_path, (2,), Sheet=rows))


def test_of_several_sheets_none_is_chosen_by_chance(centre, tmp_path):
    """A hidden sheet is not the list; two that may be it are named; a read-me in front is passed over."""
    said = refused(centre, workbook(tmp_path, A=[["Exam No"], ["0042"]], B=[["Exam No"], ["0043"]]))
    assert "more than one sheet that may be the list: A, B" in said
    assert "more than one sheet" in refused(centre, workbook(tmp_path, A=[["0042"]], B=[["0043"]]))
    file = workbook(tmp_path, Read=[["How to"]], List=[["Exam No"], [42]], veiled_old=[["Exam No"], [43]])
    centre.done("claim", "declare", KEY, "--file", file)
    assert declared(centre) == ["0042"]


def test_a_row_without_a_number_is_not_passed_over_in_silence(centre, tmp_path):
    said = refused(centre, csv_of(tmp_path, HEAD, [*AHMED, "Yes"], ["", "Brown, Tom", "Yes"]))
    assert "line 3: the candidate number is blank" in said


def test_taking_back_is_as_strict(centre, tmp_path):
    assert "0043 (line 3)" in refused(
        centre, csv_of(tmp_path, HEAD, [*AHMED, "Yes"], [*BROWN, "No"]), "--undo"
    )


# --- the moderator's sample --------------------------------------------------------------------------------------


def sampled(centre: Centre, file: Path) -> tuple[int, str]:
    centre.done("claim", "declare", KEY, "--all")
    centre.done("claim", "submit", KEY, "--centre-declaration", "--submitted-by", "Pat Lee", "--yes")
    return centre.run("sample", "record", KEY, file)


def test_a_sample_is_read_by_its_headings(centre, tmp_path):
    """A list that the moderator ticked, in a workbook of theirs."""
    rows = [
        ["Visit of 12 May"],
        ["Unit no", "Grade", "Cand. no", "In sample?"],
        [3, "P", 42, "x"],
        ["Unit 3", "P", 43, "x"],
    ]
    assert sampled(centre, workbook(tmp_path, List=rows)) == (
        0,
        f"The sample of claim {KEY}: 2 lines added, 2 in all.\nTo tell the centre: claimbatch letters {KEY}\n",
    )


def test_a_sample_with_rows_that_were_not_chosen_is_not_recorded(centre, tmp_path):
    rows = [
        ["Candidate number", "Unit", "Chosen"],
        ["0042", "3", "Yes"],
        ["0043", "3", "No"],
        ["0044", "3", ""],
    ]
    code, said = sampled(centre, csv_of(tmp_path, *rows))
    assert (code, '0043 (line 3) Chosen is "No"; 0044 (line 4) Chosen is blank' in said) == (2, True)
    assert "0 lines" in centre.done("sample", "show", KEY) or "No lines" in centre.done("sample", "show", KEY)


# --- laws --------------------------------------------------------------------------------------------------------

said = st.sampled_from(
    ["Yes", "yes", "y", "✓", "x", "Signed", "No", "no", "n", "", "?", "absent", "12/10/2026", "not yet"]
)
GOOD = {"Yes", "yes", "y", "✓", "x", "Signed", "12/10/2026"}


@given(st.lists(said, min_size=1, max_size=6))
def test_in_a_column_that_asks_for_a_yes_only_a_yes_or_a_day_passes(cells):
    assert {row for row, _ in against(Column("Declaration signed", cells))} == {
        row for row, cell in enumerate(cells) if cell not in GOOD
    }


@given(
    st.lists(st.text("ABC 0123", max_size=4).filter(lambda text: text.strip() not in ("0", "1")), max_size=6)
)
def test_a_column_of_classes_speaks_against_nobody(cells):
    assert list(against(Column("Class", cells))) == []
