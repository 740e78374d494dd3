"""A sheet is read by its headings, wherever they stand, and every value keeps its place."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimbatch.form.layout import BY_CANDIDATE, lay_out
from claimbatch.form.qualification_file import load_catalogue
from claimbatch.intake.guard import SheetScan
from claimbatch.intake.sheet import Headings, Table, read_table, with_faults
from claimbatch.intake.submission import match_sheets
from claimbatch.intake.values import ErrorCell, FormulaWithoutValue
from tests.centre import MEDIA

LAYOUT = lay_out(BY_CANDIDATE, load_catalogue().get(MEDIA))
WHO = ["Candidate number", "Candidate name", "Date of birth", "OCR candidate number"]


def grades(*rows: list[Any]) -> Table:
    return read_table(Headings(LAYOUT.sheet("grades")), "Grades", rows)


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["Grades", "Units"], {"grades": 0, "units": 1}),
        (["Units", " GRADES"], {"grades": 1, "units": 0}),
        (["Grades (2)", "Units"], {"grades": 0, "units": 1}),
        (["Grades (2)", "Grades", "Units"], {"grades": 1, "units": 2}),
        (["Marks", "Units"], {"units": 1}),
        (["Grades - Table 1", "Units - Table 1"], {"grades": 0, "units": 1}),  # as Numbers calls them
        (["Grades - Table 1", "Grades", "Units"], {"grades": 1, "units": 2}),
        (["Grades-Table", "Units"], {"units": 1}),
    ],
)
def test_sheets_are_told_by_name(names: list[str], found: dict[str, int]) -> None:
    """Order, case and spaces do not matter; a copy serves only where the sheet itself is gone."""
    assert match_sheets(names, [LAYOUT.sheet("grades"), LAYOUT.sheet("units")]) == found


def test_of_several_tables_that_numbers_made_the_one_with_the_headings_is_read() -> None:
    """A sheet on which somebody put a table of their own comes back as two."""
    names = ["Grades - Table 2", "Grades - Table 1"]
    grids = [[["my own marks"]], [["Grades"], WHO]]
    assert match_sheets(names, [LAYOUT.sheet("grades")], grids) == {"grades": 1}


def test_columns_are_told_by_heading() -> None:
    """In any order, in any row of the first thirty, however the heading is spaced."""
    table = grades(["a title"], [""], ["", "unit 03", " Candidate\u00a0number "], ["", "P", "0042"])
    assert (table.header_row, table.columns) == (3, {"unit:3": 2, "number": 3})
    assert table.rows == [(4, ["", "P", "0042"])]
    assert table.value(table.rows[0][1], "unit:3") == "P"


def test_rows_keep_their_numbers() -> None:
    """Blank rows are passed over, not counted away."""
    table = grades(WHO, ["0042"], [""], ["  ", None], ["0043"])
    assert table.rows == [(2, ["0042"]), (5, ["0043"])]


def test_a_heading_that_stands_twice_is_not_read() -> None:
    """Nobody can tell which of the two is meant; it is there all the same, not missing."""
    table = grades([*WHO, "Unit 3", "Unit 03"], ["0042", "", "", "", "P", "M"])
    assert "unit:3" not in table.columns
    assert (table.repeated, "Unit 3" in table.missing) == ({"unit:3": [5, 6]}, False)


def test_what_is_missing_is_told_by_its_heading() -> None:
    """Every heading of the form that is not there."""
    assert grades(["Candidate number", "Candidate name"]).missing[:2] == WHO[2:]


def test_a_unit_of_no_qualification_has_a_column_too() -> None:
    """What stands below Unit 99 is read, so that it can be refused by name."""
    assert grades([*WHO, "Unit 99"]).columns["unit:99"] == 5


def test_a_number_alone_is_no_unit() -> None:
    """A heading 3 may be anything."""
    assert "unit:3" not in grades([*WHO, "3"]).columns


def test_a_sheet_without_headings() -> None:
    """Nothing is guessed."""
    table = grades(["0042", "P"], ["0043", "M"])
    assert (table.header_row, table.columns) == (0, {})


def test_a_short_row_is_blank_to_its_right() -> None:
    """Readers leave out what stands empty at the end of a row."""
    table = grades([*WHO, "Unit 3"], ["0042"])
    assert table.value(table.rows[0][1], "unit:3") == ""


def test_rows_above_the_headings_that_name_a_candidate_are_misplaced() -> None:
    """Title and description, and what stands beside them, are not."""
    table = grades(["Grades", "DRAFT"], ["42"], [""], ["0043", "Brown, Tom"], WHO, ["0044"])
    assert [row for row, _ in table.above] == [1, 2, 4]
    assert table.misplaced == {2: "candidate 0042", 4: "candidate 0043"}


def test_merged_cells_that_hold_a_value_are_known() -> None:
    """Below the headings and in columns of the form: each cell by its range, whichever of them holds the value."""
    rows = [[*WHO, "Unit 3"], ["0042", "", "", "", "P"], ["0043"], ["0044"]]
    merges = [((2, 5), (3, 5)), ((4, 5), (4, 9)), ((1, 1), (1, 5)), ((3, 2), (4, 2))]
    table = read_table(Headings(LAYOUT.sheet("grades")), "Grades", rows, merges)
    assert table.merged == {(2, 5): "E2:E3", (3, 5): "E2:E3"}


def test_errors_and_empty_formulas_are_put_back() -> None:
    """Where the reader gave blank: also below and right of all that it gave."""
    scan = SheetScan("Grades", False, {(1, 1): "#N/A"}, frozenset({(3, 2)}), 1, 0, True, 2)
    assert with_faults([["", "P"]], scan) == [[ErrorCell("#N/A"), "P"], [], ["", FormulaWithoutValue()]]


def test_the_titles_of_units_above_the_headings_are_ours() -> None:
    """Whatever the titles are by now; anything else in that row stands outside the form."""
    titles = ["Unit titles. Hidden: 2 units", "", "", "", "An old title"]
    headings, row = [*WHO, "Unit 3"], ["0042", "", "", "", "P"]
    assert [row for row, _ in grades(["Grades"], titles, headings, row).above] == [1]
    retyped = [*titles[:4], "Create a media product"], [*WHO, "Media"], row
    assert [row for row, _ in grades(["Grades"], *retyped).above] == [1]
    assert [row for row, _ in grades(["Grades"], [*titles[:3], "ask Jo"], headings, row).above] == [1, 2]
    assert [row for row, _ in grades(["Grades"], ["", *titles[1:]], headings, row).above] == [1, 2]


# --- heads that are read once ------------------------------------------------------------------------------------

CELLS = st.sampled_from(
    [
        "",
        " ",
        None,
        True,
        1.0,
        1,
        "TRUE",
        "1",
        *WHO,
        "unit 3",
        "Unit 03",
        "Unit 99",
        "Unit titles",
        "0042",
        "P",
        "a title",
    ]
)


@settings(max_examples=150, deadline=None)
@given(grids=st.lists(st.lists(st.lists(CELLS, max_size=8), max_size=6), min_size=2, max_size=6))
def test_a_head_is_the_same_whatever_was_read_before(grids: list[list[list[Any]]]) -> None:
    """A thousand sheets share the head that was read once; it says of each what reading it alone says."""
    shared = Headings(LAYOUT.sheet("grades"))
    together = [read_table(shared, "Grades", grid) for grid in [*grids, *grids]]
    alone = [read_table(Headings(LAYOUT.sheet("grades")), "Grades", grid) for grid in [*grids, *grids]]
    assert repr(together) == repr(alone)
