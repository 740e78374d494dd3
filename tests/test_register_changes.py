"""The register changes between issue and return, or before it: what stands as issued is no contradiction, and nothing
is credited to somebody else. On both databases.
"""

import json
from pathlib import Path

import openpyxl
import pytest

from claimbatch.form.layout import BY_UNIT
from tests.centre import CENTRE, Centre, put
from tests.small import CODE, offer
from tests.test_today import FIRST_AID, register

KEY = f"{CENTRE}-{CODE}-1"
JH_ONLY = {"Grades!E5": "P", "Grades!E6": "M", "Units!D5": "JH"}  # Unit 1 of 0042 and 0043, by default


@pytest.fixture
def centre(tmp_path: Path, url: str) -> Centre:
    centre = Centre.make(tmp_path / "centre", (CODE,), address=url)
    offer(centre)
    return centre


def claimed(centre: Centre, cells: dict[str, str] = JH_ONLY) -> None:
    centre.done("merge", put(centre.issue(CODE), cells, "first.xlsx"))


def lines(centre: Centre) -> dict[tuple[str, str], str]:
    with centre.workspace.store() as store:
        return {target: " ".join(mark) for target, mark in store.lines_at(KEY).items()}


def initials(centre: Centre) -> list[tuple[str, str, bool]]:
    """The register's assessors: initials, name, and whether they assess the qualification."""
    with centre.workspace.store() as store:
        return [(a.initials, a.name, CODE in a.entry_codes) for a in store.assessors()]


def messages(centre: Centre, path: Path) -> list[tuple[str, str, str]]:
    return [(*problem.brief, problem.message) for problem in centre.check(path).problems]


# --- assessors ---------------------------------------------------------------------------------------------------


def test_a_renamed_assessor_turns_no_template_away(centre):
    """By the old name on the sheet, by the old name typed, and no second assessor comes of it."""
    path = centre.issue(CODE)
    centre.done("assessors", "rename", "JH", "Jo Hughes-Smith")
    put(path, {**JH_ONLY, "Grades!F5": "D", "Assessed by!F5": "Jo Hughes"})
    assert centre.finds(path) == []
    centre.done("merge", path)
    assert lines(centre)["0042", "2"] == "D JH"
    assert initials(centre) == [("JH", "Jo Hughes-Smith", True), ("SA", "Sam Adeyemi", True)]


def test_whoever_was_removed_stays_removed(centre):
    """Whatever an older template lists; and what they give is an error that says so, and is given to nobody else."""
    grid, unit = centre.issue(CODE), centre.issue(CODE, BY_UNIT, 2)
    centre.done("assessors", "remove", CODE, "JH")
    put(grid, {"Grades!E5": "P", "Units!D5": "JH", "Grades!G6": "M", "Assessed by!G6": "SA"})
    put(unit, {"Claim!E5": "D", "Claim!F5": "jh"})
    said = "is given by JH, who does not assess this qualification any more."
    assert messages(centre, grid) == [("Grades!E5", "CB213", f"The grade P {said}")]
    assert messages(centre, unit) == [("Claim!E5", "CB213", f"The grade D {said}")]
    assert centre.run("merge", grid, unit, "--partial")[0] == 1
    assert lines(centre) == {("0043", "3"): "M SA"}
    assert initials(centre) == [("SA", "Sam Adeyemi", True)]


def test_an_untouched_template_brings_nobody_back(centre):
    path = centre.issue(CODE)
    centre.done("assessors", "remove", CODE, "JH")
    centre.done("merge", path)
    assert initials(centre) == [("SA", "Sam Adeyemi", True)]


def test_initials_given_to_somebody_else_are_not_hers(centre):
    """JH is James Hill by now: what the older template says of JH is not his."""
    path = centre.issue(CODE)
    centre.done("assessors", "remove", CODE, "JH")
    centre.done("assessors", "add", CODE, "James Hill", "JH")
    assert centre.finds(path) == []
    assert centre.finds(put(path, JH_ONLY)) == [("Grades!E5", "CB213"), ("Grades!E6", "CB213")]
    assert centre.finds(put(centre.issue(CODE), JH_ONLY)) == []


def test_whoever_is_added_again_or_typed_anew_may_assess(centre):
    path = put(centre.issue(CODE), JH_ONLY)
    centre.done("assessors", "remove", CODE, "JH")
    assert len(centre.finds(path)) == 2
    centre.done("assessors", "add", CODE, "Jo Hughes", "JH")
    assert centre.finds(path) == []
    centre.done("assessors", "remove", CODE, "JH")
    fresh = put(centre.issue(CODE), {**JH_ONLY, "Assessors!A6": "JH", "Assessors!B6": "Jo Hughes"})
    assert centre.finds(fresh) == []


def test_what_the_claim_holds_already_is_not_turned_away_when_it_comes_again(centre):
    """One file all term: JH is removed meanwhile, and the file comes back with a grade more."""
    path = put(centre.issue(CODE), JH_ONLY)
    centre.done("merge", path)
    centre.done("assessors", "remove", CODE, "JH")
    register(centre, c0043="2")
    put(path, {"Grades!F6": "D", "Assessed by!F6": "SA"})
    assert centre.finds(path) == []
    centre.done("merge", path)
    assert lines(centre) == {("0042", "1"): "P JH", ("0043", "1"): "M JH", ("0043", "2"): "D SA"}


def test_two_assessors_of_one_name_are_told_apart(centre):
    centre.done("assessors", "add", CODE, "Jo Hughes", "JHU")
    path = put(centre.issue(CODE), {"Grades!E5": "P", "Assessed by!E5": "Jo Hughes"})
    assert messages(centre, path) == [
        ("Assessed by!E5", "CB214", "Jo Hughes is the name of more than one assessor: JH or JHU.")
    ]
    put(path, {"Assessed by!E5": "JHU"})
    centre.done("merge", path)
    assert lines(centre) == {("0042", "1"): "P JHU"}


# --- defaults ----------------------------------------------------------------------------------------------------


def test_a_changed_default_that_takes_over_claimed_grades_is_a_query(centre):
    claimed(centre)
    path = put(centre.issue(CODE), {"Units!D5": "SA", "Grades!E7": "D"})
    assert messages(centre, path) == [
        (
            "Units!D5",
            "CB215",
            "SA as the default assessor takes over 2 claimed grades that JH gave so far: candidate 0042, 0043.",
        )
    ]
    centre.done("merge", path)
    code, said = centre.run("claim", "submit", KEY, "--submitted-by", "Pat", "--centre-declaration", "--yes")
    assert (code, "Query 1 (CB215) has no answer yet" in said) == (1, True)
    centre.done("merge", put(path, {"Notes!A5": "Units", "Notes!B5": "D5", "Notes!E5": "SA re-marked both"}))
    assert "CB403" not in centre.run("claim", "submit", KEY, "--submitted-by", "Pat", "--yes")[1]


def test_it_is_asked_again_when_the_workbook_comes_again_and_settled_when_it_is_put_back(centre):
    claimed(centre)
    path = put(centre.issue(CODE), {"Units!D5": "SA"}, "again.xlsx")
    for cells in ({}, {"Grades!E7": "D"}):
        centre.done("merge", put(path, cells))
        assert [q["rule"] for q in json.loads(centre.done("claim", "queries", KEY, "--format", "json"))] == [
            "CB215"
        ]


def test_a_default_that_is_changed_in_a_later_copy_of_one_workbook_is_asked_about_too(centre):
    """The template went out before anything was claimed; the question stays while the file comes again."""
    path = put(centre.issue(CODE), {"Units!D5": "SA", "Grades!E5": "P"}, "one file.xlsx")
    centre.done("merge", path)
    for cells in ({"Units!D5": "JH"}, {"Grades!E7": "D"}):
        assert messages(centre, put(path, cells)) == [
            (
                "Units!D5",
                "CB215",
                "JH as the default assessor takes over 1 claimed grade that SA gave so far: candidate 0042.",
            )
        ]
        centre.done("merge", path)


def test_a_blank_beside_a_grade_is_no_default_for_what_another_claimed(centre):
    """By unit, with one assessor left: a cleared cell would silently give the grade to her."""
    claimed(centre)
    path = centre.issue(CODE, BY_UNIT, 1)
    centre.done("assessors", "remove", CODE, "JH")
    put(path, {"Claim!F5": None})
    assert centre.finds(path) == [("Claim!F5", "CB215")]


# --- what is claimed and no longer allowed -----------------------------------------------------------------------


def look_of(path: Path, place: str) -> tuple[str | None, bool, str]:
    """A cell of a template: its value, whether it is locked, and what Excel says beside it."""
    sheet, cell = place.split("!")
    worksheet = openpyxl.load_workbook(path)[sheet]
    prompts = [v.prompt for v in worksheet.data_validations.dataValidation if cell in v.cells]
    assert len(prompts) <= 1
    return worksheet[cell].value, worksheet[cell].protection.locked, (prompts or [None])[0] or ""


def test_a_cell_that_is_no_longer_allowed_says_so_and_leaves_not_claiming(centre):
    claimed(centre, {**JH_ONLY, "Grades!F5": "D", "Units!D6": "JH"} | FIRST_AID)
    register(centre, c0042="2 3")
    centre.done("assessors", "remove", CODE, "SA")
    path = centre.issue(CODE)
    no_entry = "The candidate is not entered for this unit. Choose Not claiming"
    value, locked, said = look_of(path, "Grades!E5")
    assert (value, locked, said.startswith(no_entry)) == ("P", False, True)
    value, locked, said = look_of(path, "Assessed by!E5")
    assert (value, locked, said.startswith(no_entry)) == ("JH", True, True)
    value, locked, said = look_of(path, "Other units!E5")
    assert (value, locked, said.startswith("SA does not assess this qualification any more.")) == (
        "SA",
        True,
        True,
    )
    rules = openpyxl.load_workbook(path)["Grades"].data_validations.dataValidation
    assert [rule.formula1 for rule in rules if "E5" in rule.cells] == ["removal_offered"]
    assert centre.finds(path) == []


@pytest.mark.parametrize("form", ["grid", "unit"])
def test_the_ways_on_are_not_claiming_and_the_register(centre, form):
    """A new grade there is an error; blank says nothing; Not claiming takes it off; the register puts it right."""
    claimed(centre)
    register(centre, c0042="2 3")
    path = centre.issue(CODE, *((BY_UNIT, 1) if form == "unit" else ()))
    cell = "Claim!E5" if form == "unit" else "Grades!E5"
    assert centre.finds(put(path, {cell: "M"})) == [(cell, "CB212")]
    assert centre.finds(put(path, {cell: "Not claiming"})) == []
    centre.done("merge", path)
    assert lines(centre) == {("0043", "1"): "M JH"}
    register(centre, c0042="1 2")
    assert centre.finds(put(centre.issue(CODE), {"Grades!E5": "M", "Units!D5": "JH"})) == []


def start_here(path: Path) -> list[tuple[object, object]]:
    rows = openpyxl.load_workbook(path)["Start here"].iter_rows(min_row=5, max_col=2, values_only=True)
    found = list(rows)
    heading = ("On the claim, but not in this workbook", None)
    if heading not in found:
        return []
    first = found.index(heading) + 1
    return found[first : next(n for n, row in enumerate(found) if row[0] == "What to do")]


def test_what_has_no_cell_is_named_on_start_here(centre):
    """A candidate who left, another body's unit of theirs too; a unit that is no more; a unit that is examined."""
    assert start_here(centre.issue(CODE)) == []
    more = {"Grades!E7": "P", "Grades!F5": "D", "Units!D6": "JH", "Grades!G5": "P", "Units!D7": "SA"}
    claimed(centre, JH_ONLY | more | FIRST_AID)
    register(centre, "0042", "0043", "0051")
    offer(centre, (1,), examined=(2,))
    by_unit = centre.issue(CODE, BY_UNIT, 1)
    path = centre.issue(CODE)
    assert start_here(path) == [
        ("0042", "Unit 2, D by JH. The unit is assessed by examination and is never claimed."),
        ("0042", "Unit 3, P by SA. The unit is none of this qualification's."),
        ("0044", "Unit 1, P by JH. The candidate is no longer entered for this qualification."),
        ("0044", "First Aid (NCFE), M by SA. The candidate is no longer entered for this qualification."),
    ]
    assert start_here(by_unit) == [
        ("0044", "Unit 1, P by JH. The candidate is no longer entered for this qualification.")
    ]
    assert (centre.finds(path), centre.finds(by_unit)) == ([], [])


def test_a_candidate_with_another_bodys_unit_who_left_turns_no_template_away(centre):
    """Nor one that was issued before."""
    claimed(centre, JH_ONLY | FIRST_AID)
    path = centre.issue(CODE)
    register(centre, "0042", "0043", "0051")
    assert centre.finds(path) == []
    assert centre.finds(put(path, {"Other units!D5": "D"})) == [
        ("Other units!A5", "CB203"),
        ("Other units!F5", "CB210"),
    ]


def test_a_number_that_is_somebody_elses_by_now(centre):
    """Her row as it was issued says nothing; a grade in it is not his."""
    path = centre.issue(CODE)
    register(centre, "0043", "0044", "0051")
    file = centre.workspace.folder / "new.csv"
    file.write_text(
        f'entry_code,candidate_number,candidate_name,date_of_birth\n{CODE},0042,"Novak, Ben",2009-09-09\n'
    )
    centre.done("entries", "import", file)
    assert centre.finds(path) == []
    assert {code for _, code in centre.finds(put(path, JH_ONLY))} == {"CB207"}
