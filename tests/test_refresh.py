"""Refreshing a template: what was filled in moves to a current one by candidate and unit; nothing is lost."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result
from openpyxl.comments import Comment
from openpyxl.styles import Font

from claimbatch.claims.claim import Candidate
from claimbatch.claims.life import Submission, declare, submit
from claimbatch.claims.purge import Purge, carry_out
from claimbatch.claims.register import Entry, RegisterFile
from claimbatch.claims.submitted import withdraw
from claimbatch.cli.main import cli
from claimbatch.form.layout import BY_CANDIDATE, BY_UNIT
from claimbatch.form.qualification import Catalogue
from claimbatch.intake.carry import LeftOver
from claimbatch.intake.guard import Package, admit_file
from claimbatch.intake.mark import mark
from claimbatch.intake.refresh import Refreshed, refresh
from tests.beside import with_box, with_thread
from tests.centre import CENTRE, IT, PEOPLE, Centre, column_of, edit, fill, put
from tests.conftest import Resave


def enter(centre: Centre, *people: tuple[str, str, date]) -> None:
    """Make *people* the only candidates entered for IT."""
    entries = tuple(Entry(CENTRE, IT, Candidate(*person)) for person in people)
    file = RegisterFile(entries, columns=frozenset({"candidate_name", "date_of_birth"}))
    with centre.workspace.store() as store:
        store.save_register(file, replacing=True)


def refreshed(centre: Centre, old: Path, name: str = "new.xlsx") -> tuple[Path, list[LeftOver]]:
    new = _refresh(centre, old)
    path = old.with_name(name)
    path.write_bytes(new.content)
    return path, list(new.left)


def _refresh(centre: Centre, old: Path) -> Refreshed:
    with centre.workspace.store() as store:
        return refresh(store, centre.catalogue, centre.workspace.key(), old)


def without_unit(catalogue: Catalogue, number: int) -> Catalogue:
    """The catalogue of a year in which IT has lost a unit."""
    return replace(
        catalogue,
        qualifications=tuple(
            replace(q, units=tuple(u for u in q.units if u.number != number)) if q.entry_code == IT else q
            for q in catalogue.qualifications
        ),
    )


def filled(path: Path) -> dict[tuple[str, str, str], Any]:
    """What stands in the open cells, by sheet, row (candidate, unit, initials) and heading."""
    workbook = openpyxl.load_workbook(path)
    return {
        (sheet.title, str(row[0].value), str(sheet.cell(4, cell.column).value)): cell.value
        for sheet in workbook
        if sheet.title in ("Grades", "Assessed by", "Units", "Claim", "Assessors", "Notes", "Other units")
        for row in sheet.iter_rows(min_row=5)
        for cell in row
        if cell.value is not None and not cell.protection.locked
    }


def test_a_template_that_is_current_comes_back_with_the_same_values(centre: Centre) -> None:
    old = fill(centre.issue(), seed=3)
    new, left = refreshed(centre, old)
    assert left == []
    assert filled(new) == filled(old)
    assert centre.finds(new) == []


@pytest.mark.parametrize("seed", range(4))
def test_no_filled_cell_is_lost(centre: Centre, seed: int) -> None:
    """With a candidate gone, one come, another order and a unit less: each value has moved, or is listed."""
    old = fill(centre.issue(), seed=seed)
    before = filled(old)
    enter(centre, ("0001", "Aaron, New", date(2008, 9, 9)), *PEOPLE[:0:-1])
    centre.catalogue = without_unit(centre.catalogue, 2)
    new, left = refreshed(centre, old)
    after = filled(new)
    gone = {key: value for key, value in before.items() if after.get(key) != value}
    workbook = openpyxl.load_workbook(old)
    listed = {
        (item.sheet, str(sheet.cell(cell.row, 1).value), str(sheet.cell(4, cell.column).value)): item.value
        for item in left
        if (sheet := workbook[item.sheet]) and (cell := sheet[item.cell]).column > 1
    }
    assert gone == listed
    assert {key[1] for key in gone if key[0] in ("Grades", "Assessed by") and key[2] != "Unit 2"} == {"0042"}
    assert {key: value for key, value in after.items() if key not in before} == {}


def test_what_does_not_fit_is_listed_with_place_and_reason(centre: Centre) -> None:
    old = put(
        centre.issue(),
        {
            "Grades!E5": "P", "Grades!E6": "M", "Grades!F6": "D", "Grades!B7": "Clarke, Zoë",
            "Units!D6": "SA", "Notes!H9": "?",
        },
    )  # fmt: skip
    enter(centre, *PEOPLE[1:])
    centre.catalogue = without_unit(centre.catalogue, 2)
    new, left = refreshed(centre, old)
    assert left == [
        LeftOver("Grades", "A5", "0042", "", "0042", "the current template does not have this candidate"),
        LeftOver("Grades", "E5", "0042", "1", "P", "the current template does not have this candidate"),
        LeftOver("Grades", "F6", "0043", "2", "D", "the current template does not have Unit 2"),
        LeftOver("Grades", "B7", "0044", "", "Clarke, Zoë", "the register says otherwise"),
        LeftOver("Units", "D6", "", "2", "SA", "the current template does not have this unit"),
        LeftOver("Notes", "H9", "", "", "?", "it stands outside the form"),
    ]
    assert filled(new)["Grades", "0043", "Unit 1"] == "M"


def test_values_that_cannot_be_read_move_as_they_are(centre: Centre) -> None:
    values = {"Grades!E5": "P?", "Grades!E6": 7, "Grades!F5": "=1+", "Assessed by!E5": "XX"}

    def type_in(workbook: openpyxl.Workbook) -> None:
        for place, value in values.items():
            sheet, cell = place.split("!")
            workbook[sheet][cell].value = value
            workbook[sheet][cell].data_type = "s" if isinstance(value, str) else "n"

    new, left = refreshed(centre, edit(centre.issue(), type_in))
    workbook = openpyxl.load_workbook(new)
    assert left == []
    assert {place: workbook[place.split("!")[0]][place.split("!")[1]].value for place in values} == values


def test_lists_move_and_a_notes_cell_follows_what_it_speaks_of(centre: Centre) -> None:
    old = put(
        centre.issue(),
        {
            "Grades!E6": "M", "Assessors!A7": "NN", "Assessors!B7": "Nina Novak",
            "Notes!A5": "Grades", "Notes!B5": "E6", "Notes!E5": "Second attempt.",
        },
    )  # fmt: skip
    enter(centre, ("0001", "Aaron, New", date(2008, 9, 9)), *PEOPLE)
    new, left = refreshed(centre, old)
    workbook = openpyxl.load_workbook(new)
    assert left == []
    assert [cell.value for cell in workbook["Notes"][5]] == ["Grades", "E7", None, None, "Second attempt."]
    assert workbook["Grades"]["E7"].value == "M"
    assert [cell.value for cell in workbook["Assessors"][7]] == ["NN", "Nina Novak"]


def test_an_outdated_template_is_turned_away_by_check_and_taken_by_refresh(centre: Centre) -> None:
    old = fill(centre.issue(), seed=5)
    centre.catalogue = without_unit(centre.catalogue, 2)
    assert centre.finds(old) == [("", "CB013")]
    new, _ = refreshed(centre, old)
    assert centre.finds(new) == []


def test_a_by_unit_template_is_refreshed(centre: Centre) -> None:
    old = fill(centre.issue(IT, BY_UNIT, 3), seed=1, share=1)
    enter(centre, *PEOPLE[::-1])
    new, left = refreshed(centre, old)
    assert left == []
    assert filled(new) == filled(old)
    assert centre.finds(new) == []


def test_what_still_stands_as_it_was_issued_does_not_bring_back_an_old_claim(centre: Centre) -> None:
    """P was claimed when the template went out; another workbook has made it D since."""
    merge(centre, put(centre.issue(), {"Grades!E5": "P", "Units!D5": "JH"}))
    old = put(centre.issue(), {"Grades!E6": "M"}, "old.xlsx")
    merge(centre, put(centre.issue(), {"Grades!E5": "D"}))
    new, left = refreshed(centre, old)
    workbook = openpyxl.load_workbook(new)
    assert left == []
    assert (workbook["Grades"]["E5"].value, workbook["Grades"]["E6"].value) == ("D", "M")


def merge(centre: Centre, path: Path) -> None:
    result = run(centre, "merge", path)
    assert result.return_value == 0, result.output


# --- what it says, and no more ------------------------------------------------------------------------------------


def claiming(centre: Centre) -> Path:
    """A template on which Unit 1 is all JH's: 0042 has P and 0043 M; in Unit 2 0044 has D by SA, 0042 P by JH."""
    first = {
        "Units!D5": "JH", "Grades!E5": "P", "Grades!E6": "M",
        "Units!D6": "JH", "Grades!F5": "P", "Grades!F7": "D", "Assessed by!F7": "SA",
    }  # fmt: skip
    merge(centre, put(centre.issue(), first, "first.xlsx"))
    return centre.issue(into=centre.workspace.folder / "old")


@pytest.mark.parametrize(
    ("typed", "stands", "says"),
    [
        pytest.param(
            {"Units!D5": "SA", "Assessed by!E5": "JH"},
            {"Units!D5": "SA", "Grades!E5": "P", "Assessed by!E5": "JH"},
            [("0043", "1", ("M", "SA"))],
            id="initials as the claim has them, typed because the default beside them was changed",
        ),
        pytest.param(
            {"Assessed by!F7": None, "Units!D6": "JH"},
            {"Grades!F7": "D", "Assessed by!F7": None},
            [("0044", "2", ("D", "JH"))],
            id="initials cleared, so that the default counts",
        ),
        pytest.param(
            {"Grades!E5": None, "Assessed by!E5": "SA"},
            {"Grades!E5": None, "Assessed by!E5": "SA", "Units!D5": "JH"},
            [],
            id="a grade cleared beside new initials",
        ),
        pytest.param(
            {"Units!D5": None, "Grades!E7": "P"},
            {"Units!D5": None, "Grades!E5": "P", "Assessed by!E5": None},
            [],
            id="a default cleared",
        ),
    ],
)
def test_a_refreshed_template_says_what_the_old_one_says(
    centre: Centre, typed: dict[str, str | None], stands: dict[str, str | None], says: list[Any]
) -> None:
    """The same statements and problems as the old workbook has, with the same cells filled in and blank."""
    old = put(claiming(centre), typed)
    new, left = refreshed(centre, old)
    assert left == []
    assert dict(zip(stands, cells(new, *stands), strict=True)) == stands
    assert [(s.candidate, s.unit, s.mark) for s in centre.check(new).statements] == says
    assert centre.finds(new) == centre.finds(old)


@pytest.mark.parametrize("overtyped", [{"Grades!B5": "Brown, Tom"}, {"Assessed by!C5": date(2001, 1, 1)}])
def test_a_row_whose_name_or_date_of_birth_was_typed_over_carries_nothing(
    centre: Centre, overtyped: dict[str, Any]
) -> None:
    """When number and name disagree, nobody can tell whose grades these are, and a current template agrees again."""
    old = put(claiming(centre), overtyped | {"Grades!E5": "D", "Assessed by!G5": "SA", "Grades!E7": "M"})
    new, left = refreshed(centre, old)
    unclear = "the row's name or date of birth was changed: nobody can tell whose it is"
    assert [item for item in whys(left) if item[2] == unclear] == [
        ("Grades!E5", "D", unclear), ("Assessed by!G5", "SA", unclear),
    ]  # fmt: skip
    assert [why for _, _, why in whys(left) if why != unclear] == ["the register says otherwise"]
    assert cells(new, "Grades!E5", "Assessed by!G5", "Grades!E7") == ["P", None, "M"]


def test_a_name_that_the_register_has_corrected_since_is_still_the_same_person(centre: Centre) -> None:
    """The row stands as it went out."""
    old = put(centre.issue(), {"Grades!E5": "P", "Units!D5": "JH"})
    enter(centre, ("0042", "Ahmed-Khan, Sana", PEOPLE[0][2]), *PEOPLE[1:])
    new, left = refreshed(centre, old)
    assert (left, cells(new, "Grades!E5")) == ([], ["P"])


@pytest.mark.parametrize("how", ["register replaced", "purged", "purged, names cleared", "another workspace"])
def test_of_a_number_that_is_somebody_elses_now_nothing_is_carried(tmp_path: Path, how: str) -> None:
    """Neither by a new register, nor after a purge, nor from a template of another year."""
    centre = Centre.make(tmp_path / "this", (IT,))
    values: dict[str, Any] = {"Grades!E6": "M", "Units!D5": "JH", "Notes!C5": "0042", "Notes!E5": "Was ill."}
    names = {"Grades!B5": None, "Grades!C5": None, "Assessed by!B5": None, "Assessed by!C5": None}
    cleared = names if how == "purged, names cleared" else {}
    old = put(centre.issue(), values | cleared | {"Grades!E5": "P"}, "old.xlsx")
    if how.startswith("purged"):
        merge(centre, put(centre.issue(), {"Grades!E5": "P", "Units!D5": "JH"}, "first.xlsx"))
        _withdraw_and_purge(centre, "0042")
    if how == "another workspace":
        centre = Centre.make(tmp_path / "next", (IT,))
    enter(centre, ("0042", "Young, Una", date(2010, 2, 2)), *PEOPLE[1:])
    new, left = refreshed(centre, old)
    assert {item.candidate for item in left if item.sheet == "Grades"} == {"0042"}
    assert ("Grades!E5", "P") in {(place, value) for place, value, _ in whys(left)}
    assert ("Notes!E5", "Was ill.") in {(place, value) for place, value, _ in whys(left)}
    assert cells(new, "Grades!E5", "Grades!E6", "Notes!E5") == [None, "M", None]


def _withdraw_and_purge(centre: Centre, number: str) -> None:
    key = f"{CENTRE}-{IT}-1"
    with centre.workspace.store() as store:
        declare(store, store.claim(key, centre.catalogue), {number}, "test")
        submit(store, store.claim(key, centre.catalogue), Submission("test", centre_declaration=True))
        withdraw(store, store.claim(key, centre.catalogue), "test", "test")
        done = carry_out(store, Purge("9999", tuple(store.old_claims("9999"))), "test")
    assert [old.candidates for old in done.claims] == [(number,)]


# --- nothing newer is undone, nothing is dropped ------------------------------------------------------------------


def whys(left: list[LeftOver]) -> list[tuple[str, str, str]]:
    """Place, value and reason of what was left."""
    return [(f"{item.sheet}!{item.cell}", item.value, item.why) for item in left]


def cells(path: Path, *places: str) -> list[Any]:
    workbook = openpyxl.load_workbook(path)
    return [workbook[sheet][cell].value for sheet, cell in (place.split("!") for place in places)]


def reassessed(centre: Centre) -> Path:
    """Unit 1 was all JH's when the template went out; since then it has become SA's."""
    merge(centre, put(centre.issue(), {"Units!D5": "JH", "Grades!E5": "P", "Grades!E6": "M"}, "first.xlsx"))
    old = centre.issue(into=centre.workspace.folder / "old")
    merge(centre, put(colleagues(centre), {"Units!D5": "SA"}))
    return old


def colleagues(centre: Centre) -> Path:
    """A template of its own: what comes from it is no earlier copy of any other workbook."""
    return centre.issue(into=centre.workspace.folder / "colleague", addressee="Col League")


def test_a_default_comes_along_with_what_relies_on_it_and_undoes_no_newer_one(centre: Centre) -> None:
    """What was filled in under it keeps its assessor; what the claim says gets its own."""
    new, left = refreshed(centre, put(reassessed(centre), {"Grades!E7": "P", "Grades!E8": "Not claiming"}))
    assert left == []
    assert cells(new, "Units!D5", "Grades!E7", *(f"Assessed by!E{row}" for row in range(5, 9))) == [
        "JH", "P", "SA", "SA", None, None,
    ]  # fmt: skip
    said = {(s.candidate, s.mark) for s in centre.check(new).statements}
    assert said == {("0044", ("P", "JH"))}


def test_a_default_that_was_typed_changes_no_line_that_is_newer(centre: Centre) -> None:
    """Merging would hold these back; what else it says is carried, and so is the default."""
    centre.done("assessors", "add", IT, "Ray Young", "RY")
    new, left = refreshed(centre, put(reassessed(centre), {"Units!D5": "RY", "Grades!E7": "P"}))
    newer = "the claim has changed since this template was issued: it says"
    assert whys(left) == [
        ("Grades!E5", "P", f"{newer} P by SA now"), ("Grades!E6", "M", f"{newer} M by SA now"),
    ]  # fmt: skip
    assert cells(new, "Units!D5", *(f"Assessed by!E{row}" for row in range(5, 8))) == ["RY", "SA", "SA", None]
    assert {(s.candidate, s.mark) for s in centre.check(new).statements} == {("0044", ("P", "RY"))}


def test_of_whoever_stands_on_a_sheet_twice_nothing_is_carried(centre: Centre) -> None:
    """Nobody can tell which of two rows is meant, of a candidate or of a unit; merging takes neither."""
    row = {"A": "0042", "B": "Ahmed, Sana", "E": "M", "F": "D"}
    old = put(
        centre.issue(),
        {
            "Grades!E5": "P", "Grades!G5": "P", **{f"Grades!{column}9": value for column, value in row.items()},
            "Grades!E6": "P", "Units!D5": "JH", "Units!A45": "Unit 1", "Units!D45": "SA",
        },
    )  # fmt: skip
    new, left = refreshed(centre, old)
    twice, different = (
        "the candidate stands on this sheet twice",
        "two rows of this sheet say different things here",
    )
    assert whys(left) == [
        ("Grades!E5", "P", twice), ("Grades!G5", "P", twice), ("Grades!E9", "M", twice), ("Grades!F9", "D", twice),
        ("Units!D5", "JH", different), ("Units!A45", "Unit 1", "the unit stands on this sheet twice"),
        ("Units!D45", "SA", different),
    ]  # fmt: skip
    assert cells(new, "Grades!E5", "Grades!F5", "Grades!G5", "Units!D5") == [None, None, None, None]
    assert centre.finds(new) == [("Grades!E6", "CB201")]


def test_two_rows_of_another_bodys_unit_stay_two(centre: Centre) -> None:
    """The second one does not go over the first."""
    sound = {"A": "0042", "B": "Sound", "C": "NCFE", "D": "P", "E": "JH", "F": "Yes"}
    merge(centre, put(centre.issue(), {f"Other units!{c}5": value for c, value in sound.items()}))
    both = {f"Other units!{c}6": value for c, value in sound.items()} | {
        "Other units!D5": "M",
        "Other units!D6": "D",
    }
    new, left = refreshed(centre, put(centre.issue(), both))
    assert left == []
    assert cells(new, "Other units!D5", "Other units!B6", "Other units!D6") == ["M", "Sound", "D"]


def test_another_bodys_unit_that_was_claimed_anew_is_left(centre: Centre) -> None:
    """An old workbook does not undo it."""
    sound = {
        f"Other units!{c}5": v
        for c, v in zip("ABCDEF", ("0042", "Sound", "NCFE", "P", "JH", "Yes"), strict=True)
    }
    old = centre.issue(into=centre.workspace.folder / "old")
    merge(centre, put(colleagues(centre), sound))
    _, left = refreshed(centre, put(old, sound | {"Other units!B5": "SOUND", "Other units!D5": "M"}))
    newer = "the claim has changed since this template was issued: it says P by JH now"
    assert whys(left) == [("Other units!D5", "M", newer), ("Other units!F5", "Yes", newer)]


def test_more_rows_than_there_is_room_for_are_listed(centre: Centre) -> None:
    """They do not land below the table, where nobody could correct them."""
    notes = {f"Notes!E{row}": f"note {row}" for row in range(5, 22)}
    new, left = refreshed(centre, put(centre.issue(), notes))
    full = "the sheet Notes has no empty row left"
    assert whys(left) == [("Notes!E20", "note 20", full), ("Notes!E21", "note 21", full)]
    assert openpyxl.load_workbook(new)["Notes"].max_row == 19


def test_what_cannot_be_carried_is_called_by_its_name(centre: Centre) -> None:
    """An error, a repeated column, merged cells."""

    def change(workbook: openpyxl.Workbook) -> None:
        grades, units = workbook["Grades"], workbook["Units"]
        grades["AS4"], grades["E5"], grades["AS5"] = "Unit 1", "P", "M"
        grades["F5"], units["D6"] = "#DIV/0!", "#N/A"
        grades["G5"] = "P"
        grades.merge_cells("G5:G6")

    _, left = refreshed(centre, edit(centre.issue(), change))
    error, twice = "it is an error, not a value", "its heading stands twice on the sheet"
    assert whys(left) == [
        ("Grades!E5", "P", twice),
        ("Grades!F5", "#DIV/0!", error),
        ("Grades!G5", "P", "it stands in merged cells (G5:G6)"),
        ("Grades!AS5", "M", twice),
        ("Units!D6", "#N/A", error),
    ]


# --- assessors whom the register has lost or renamed ---------------------------------------------------------------


@pytest.mark.parametrize(("form", "unit"), [(BY_CANDIDATE, 0), (BY_UNIT, 1)])
def test_an_assessor_who_was_removed_stays_removed(centre: Centre, form: str, unit: int) -> None:
    """The row stands as it went out: it is nobody's statement, and does not become one on the new template."""
    old = _graded(centre.issue(IT, form, unit), "JH")
    centre.done("assessors", "remove", IT, "SA")
    new, left = refreshed(centre, old)
    assert left == []
    assert cells(new, "Assessors!A5", "Assessors!A6") == ["JH", None]
    assert centre.finds(new) == []
    merge(centre, new)
    assert _assessing(centre) == {"JH": "Jo Hughes"}


@pytest.mark.parametrize(("form", "unit"), [(BY_CANDIDATE, 0), (BY_UNIT, 1)])
def test_of_an_assessor_who_was_renamed_only_the_new_name_is_there(
    centre: Centre, form: str, unit: int
) -> None:
    old = _graded(centre.issue(IT, form, unit), "SA")
    centre.done("assessors", "rename", "SA", "Samira Adeyemi")
    centre.wait(IT, form, unit)
    new, left = refreshed(centre, old)
    assert left == []
    assert cells(new, "Assessors!B5", "Assessors!B6", "Assessors!B7") == ["Jo Hughes", "Samira Adeyemi", None]
    merge(centre, new)
    assert _assessing(centre) == {"JH": "Jo Hughes", "SA": "Samira Adeyemi"}


def test_what_was_typed_over_an_assessor_who_was_removed_is_listed(centre: Centre) -> None:
    """A new assessor beside it comes along."""
    typed = {"Assessors!B6": "Samira Adeyemi", "Assessors!A7": "NN", "Assessors!B7": "Nina Novak"}
    old = put(centre.issue(), typed)
    centre.done("assessors", "remove", IT, "SA")
    new, left = refreshed(centre, old)
    why = "this assessor has been removed from the register since"
    assert whys(left) == [("Assessors!A6", "SA", why), ("Assessors!B6", "Samira Adeyemi", why)]
    assert cells(new, "Assessors!A6", "Assessors!B6", "Assessors!A7") == ["NN", "Nina Novak", None]


@pytest.mark.parametrize("blank", [False, True])
def test_a_grade_by_an_assessor_who_was_removed_is_asked_about_again(centre: Centre, *, blank: bool) -> None:
    """It goes as it was typed, and cannot be claimed there either."""
    old = _graded(centre.issue(IT, BY_UNIT, 1), "SA")
    if blank:
        put(old, {"Assessors!A6": None, "Assessors!B6": None})
    centre.done("assessors", "remove", IT, "SA")
    new, left = refreshed(centre, old)
    assert left == []
    assert cells(new, "Claim!E5", "Claim!F5", "Assessors!A6") == ["P", "SA", None]
    assert [place for place, _ in centre.finds(new)] in (["Claim!E5"], ["Claim!F5"])


def _graded(path: Path, initials: str) -> Path:
    """The template with a P for 0042 in Unit 1."""
    claim = "Claim" in openpyxl.load_workbook(path).sheetnames
    by_candidate = {"Grades!E5": "P", "Assessed by!E5": initials}
    return put(path, {"Claim!E5": "P", "Claim!F5": initials} if claim else by_candidate)


def _assessing(centre: Centre) -> dict[str, str]:
    with centre.workspace.store() as store:
        return {who.initials: who.name for who in store.assessors(CENTRE) if IT in who.entry_codes}


# --- a workbook of which an earlier copy was merged ---------------------------------------------------------------


def kept(centre: Centre) -> Path:
    """A workbook issued with P for 0042, filled in and merged in October; it is kept and filled in further."""
    merge(centre, put(centre.issue(), {"Units!D5": "JH", "Grades!E5": "P"}, "first.xlsx"))
    october = {"Grades!E5": "M", "Grades!E6": "P", "Grades!E7": "P", "Notes!C5": "0051", "Notes!E5": "Resit."}
    path = put(centre.issue(into=centre.workspace.folder / "kept"), october, "Jones.xlsx")
    merge(centre, path)
    return path


def test_what_is_corrected_in_a_later_copy_is_carried(centre: Centre) -> None:
    """A grade improved, one taken back, one that is new: merging would take them, and takes them refreshed."""
    old = put(kept(centre), {"Grades!E5": "D", "Grades!E6": "Not claiming", "Grades!E8": "P"})
    new, left = refreshed(centre, old)
    assert left == []
    assert cells(new, *(f"Grades!E{row}" for row in range(5, 9))) == ["D", "Not claiming", "P", "P"]
    said = {(s.candidate, s.mark) for s in centre.check(old).statements if (s.candidate, s.mark) != HELD}
    assert {(s.candidate, s.mark) for s in centre.check(new).statements} == said
    merge(centre, new)
    with centre.workspace.store() as store:
        lines = store.lines_at(f"{CENTRE}-{IT}-1")
    assert {who: grade for (who, _), (grade, _) in lines.items()} == {"0042": "D", "0044": "P", "0051": "P"}


HELD = ("0044", ("P", "JH"))  # which the claim says already


def test_what_a_later_copy_does_not_say_any_more_is_listed(centre: Centre) -> None:
    """Cleared (CB310), and set back to what the template came with (CB311): the new one shows what is claimed."""
    old = put(kept(centre), {"Grades!E5": "P", "Grades!E6": None})
    asked = [("Grades!E5", "CB311"), ("Grades!E6", "CB310")]
    assert [brief for brief in centre.finds(old) if brief[1].startswith("CB31")] == asked
    new, left = refreshed(centre, old)
    holds = [
        "the claim still holds M by JH, as Jones.xlsx said on",
        "the claim still holds P by JH, as Jones.xlsx",
    ]
    assert [place for place, *_ in whys(left)] == ["Grades!E5", "Grades!E6"]
    assert [why.startswith(words) for (_, _, why), words in zip(whys(left), holds, strict=True)] == [
        True,
        True,
    ]
    assert cells(new, "Grades!E5", "Grades!E6", "Grades!E7") == ["M", "P", "P"]
    assert centre.finds(new) == []


def test_a_later_copy_undoes_nothing_that_a_colleague_has_changed(centre: Centre) -> None:
    old = put(kept(centre), {"Grades!E8": "P"})
    merge(centre, put(colleagues(centre), {"Grades!E5": "D"}))
    new, left = refreshed(centre, old)
    newer = "the claim has changed since this template was issued: it says D by JH now"
    assert whys(left) == [("Grades!E5", "M", newer)]
    assert cells(new, "Grades!E5", "Grades!E8") == ["D", "P"]


# --- as other programs save it, and as claimbatch marked it ---------------------------------------------------------


@pytest.mark.libreoffice
@pytest.mark.parametrize(("form", "unit"), [(BY_CANDIDATE, 0), (BY_UNIT, 3)])
def test_what_libreoffice_saved_is_refreshed(centre: Centre, resave: Resave, form: str, unit: int) -> None:
    """Nothing is listed, and the assessor who was removed stays away."""
    old = fill(centre.issue(IT, form, unit), seed=4)
    before = {key: value for key, value in filled(old).items() if key[0] != "Assessors"}
    new, left = refreshed(centre, resave(old))
    assert left == []
    assert {key: value for key, value in filled(new).items() if key[0] != "Assessors"} == before
    assert centre.finds(new) == []
    centre.done("assessors", "remove", IT, "SA")
    new, left = refreshed(centre, resave(centre.issue(IT, form, unit)))
    assert (left, cells(new, "Assessors!A5", "Assessors!A6")) == ([], ["JH", None])


@pytest.mark.parametrize(("form", "unit"), [(BY_CANDIDATE, 0), (BY_UNIT, 1)])
def test_a_marked_copy_is_refreshed_without_its_marks(centre: Centre, form: str, unit: int) -> None:
    """The same values and the same problems; neither its comments nor its sheet of problems go along."""
    sheet = "Claim" if unit else "Grades"
    by = "Claim!F6" if unit else "Assessed by!E6"
    old = put(centre.issue(IT, form, unit), {f"{sheet}!E5": "P?", f"{sheet}!E6": "M", by: "XX"})
    edit(old, lambda book: setattr(book[sheet]["E7"], "comment", Comment("not yet", "Jo")))
    package = admit_file(old)
    assert isinstance(package, Package)
    marked = old.with_name("marked.xlsx")
    marked.write_bytes(mark(package, centre.check(old).problems))
    plain, left = refreshed(centre, old, "plain.xlsx")
    new, left_of_marked = refreshed(centre, marked)
    assert (left, left_of_marked) == ([], [])
    assert filled(new) == filled(plain)
    assert centre.finds(new) == centre.finds(marked) == centre.finds(old)
    book = openpyxl.load_workbook(new)
    told = {
        cell.coordinate: cell.comment.text for row in book[sheet].iter_rows() for cell in row if cell.comment
    }
    assert told == {"E7": "not yet"}
    assert "Problems" not in book.sheetnames


# --- after its claim was closed -----------------------------------------------------------------------------------


def closed(centre: Centre, then: str) -> Path:
    """A template issued with 0042's P, and 0043's M filled in and merged; its claim was submitted, *then* something."""
    merge(centre, put(centre.issue(), {"Grades!E5": "P", "Assessed by!E5": "JH"}, "first.xlsx"))
    old = put(centre.issue(), {"Grades!E6": "M", "Units!D5": "JH"}, "old.xlsx")
    merge(centre, old)
    key = f"{CENTRE}-{IT}-1"
    with centre.workspace.store() as store:
        declare(store, store.claim(key, centre.catalogue), {"0042", "0043"}, "test")
        submit(store, store.claim(key, centre.catalogue), Submission("test", centre_declaration=True))
        claim = store.claim(key, centre.catalogue)
        if then == "withdrawn":
            withdraw(store, claim, "test", "test")
        elif then == "M withdrawn":
            withdraw(store, claim, "test", "test", ("1", "JH", "M"))
    return put(old, {"Grades!E7": "D"}, "later.xlsx")


@pytest.mark.parametrize(
    ("then", "carried"),
    [
        ("withdrawn", ["P", "M", "D", "JH"]),
        ("M withdrawn", [None, "M", "D", "JH"]),
        ("submitted", [None, None, "D", "JH"]),
    ],
)
def test_what_a_closed_claim_does_not_hold_is_carried_to_the_next(
    centre: Centre, then: str, carried: list[str | None]
) -> None:
    """All of a withdrawn claim, the withdrawn lines of a submitted one, and what it never held."""
    new, left = refreshed(centre, closed(centre, then))
    assert left == []
    assert cells(new, "Grades!E5", "Grades!E6", "Grades!E7", "Units!D5") == carried
    assert centre.finds(new) == []


def test_what_a_closed_claim_holds_otherwise_is_listed(centre: Centre) -> None:
    """A better grade for a unit that was submitted is not slipped into the next claim."""
    _, left = refreshed(centre, put(closed(centre, "submitted"), {"Grades!E6": "D"}))
    held = f"it is claimed already: M by JH in claim {CENTRE}-{IT}-1, submitted"
    assert whys(left) == [("Grades!E6", "D", held)]


def test_what_the_next_claim_says_already_stays(centre: Centre) -> None:
    """The withdrawn claim was made again by other means; the old workbook does not undo it."""
    old = closed(centre, "withdrawn")
    anew = {
        "Grades!E5": "D",
        "Assessed by!E5": "SA",
        "Grades!E6": None,
    }  # filled in to be claimed again, and cleared
    merge(centre, put(centre.issue(), anew, "anew.xlsx"))
    new, left = refreshed(centre, old)
    newer = "the claim has changed since this template was issued: it says"
    assert whys(left) == [("Grades!E5", "P", f"{newer} D by SA now")]
    assert {(s.candidate, s.mark) for s in centre.check(new).statements} == {
        ("0043", ("M", "JH")),
        ("0044", ("D", "JH")),
    }


# --- the command -----------------------------------------------------------------------------------------------


def run(centre: Centre, *arguments: str | Path) -> Result:
    words = [*map(str, arguments), "-w", str(centre.workspace.folder)]
    return CliRunner().invoke(cli, words, standalone_mode=False)


def test_refresh_writes_beside_the_old_template_and_says_that_all_fitted(centre: Centre) -> None:
    old = put(centre.issue(), {"Grades!E5": "P", "Units!D5": "JH"})
    before = old.read_bytes()
    result = run(centre, "template", "refresh", old)
    new = old.with_name(f"{old.stem}_refreshed.xlsx")
    assert (result.return_value, result.stdout) == (0, "")
    assert result.stderr == f"Made {new}: everything fitted.\n"
    assert old.read_bytes() == before
    assert openpyxl.load_workbook(new)["Grades"]["E5"].value == "P"


def test_refresh_lists_what_did_not_fit_and_exits_with_1(centre: Centre, tmp_path: Path) -> None:
    old = put(centre.issue(), {"Grades!E5": "P"})
    enter(centre, *PEOPLE[1:])
    result = run(centre, "template", "refresh", old, "-o", tmp_path / "new")
    assert result.return_value == 1
    assert result.stdout.splitlines() == [
        "Sheet   Cell  Candidate  Unit  Value  Why it did not fit",
        "------  ----  ---------  ----  -----  -------------------------------------------------",
        "Grades  A5    0042             0042   the current template does not have this candidate",
        "Grades  E5    0042       1     P      the current template does not have this candidate",
    ]
    assert result.stderr == f"Made {tmp_path / 'new' / old.name}: 2 values did not fit and stayed in {old}.\n"


def test_refresh_says_how_it_is_used(centre: Centre) -> None:
    assert (
        "Usage: cli template refresh [OPTIONS] OLD.xlsx"
        in CliRunner().invoke(cli, ["template", "refresh", "--help"]).output
    )
    assert "template refresh OLD.xlsx" in CliRunner().invoke(cli, ["template", "--help"]).output


def test_a_file_that_is_no_template_is_refused_in_a_sentence(centre: Centre, tmp_path: Path) -> None:
    path = tmp_path / "own.xlsx"
    openpyxl.Workbook().save(path)
    result = run(centre, "template", "refresh", path)
    assert str(result.exception) == f"{path} was not made by claimbatch."


def _headings(path: Path) -> Iterator[str]:
    sheet = openpyxl.load_workbook(path)["Grades"]
    yield from (str(cell.value) for cell in sheet[4])


def test_what_people_wrote_goes_with_the_cells(centre: Centre) -> None:
    """Comments and lines through stand on the same candidate's unit; checking asks about them as before."""
    enter(centre, *PEOPLE[1:])

    def change(workbook: openpyxl.Workbook) -> None:
        grades, units = workbook["Grades"], workbook["Units"]
        units["D5"] = units["D6"] = "JH"
        grades["E5"], grades["F6"] = "P", "M"
        grades["E5"].font = Font(strike=True)
        grades["F6"].comment = Comment("resubmitted\nin May", "Jo")
        grades["B7"].comment = Comment("has left?", "Jo")
        grades["H4"].comment = Comment("not taught", "Jo")
        units["D5"].comment = Comment("or SA?", "Jo")

    old = edit(centre.issue(), change)
    enter(centre, *PEOPLE)  # a candidate more, above the others
    path, left = refreshed(centre, old)
    assert left == []
    workbook = openpyxl.load_workbook(path)
    found = {
        f"{sheet.title}!{cell.coordinate}": (cell.comment.text, cell.comment.author)
        for sheet in workbook
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    }
    assert found == {
        "Grades!F7": ("resubmitted in May", "Jo"),
        "Grades!B8": ("has left?", "Jo"),
        "Grades!H4": ("not taught", "Jo"),
        "Units!D5": ("or SA?", "Jo"),
    }
    struck = [cell.coordinate for row in workbook["Grades"].iter_rows() for cell in row if cell.font.strike]
    assert struck == ["E6"]
    asked = [brief for brief in centre.finds(path) if brief[1] in ("CB021", "CB022")]
    assert asked == [
        ("Grades!H4", "CB022"), ("Grades!E6", "CB021"), ("Grades!F7", "CB022"), ("Grades!B8", "CB022"),
        ("Units!D5", "CB022"),
    ]  # fmt: skip


def test_what_lies_beside_the_cells_cannot_go_along_and_is_listed(centre: Centre) -> None:
    """A text box, a picture, a comment on a candidate who is gone or on a sheet of the teacher's own."""

    def change(workbook: openpyxl.Workbook) -> None:
        workbook["Grades"]["E5"].comment = Comment("on a course", "Jo")
        workbook["Start here"]["A1"].comment = Comment("thanks", "Jo")

    old = edit(centre.issue(), change)
    with_box(old, "Grades!F6", "do not claim unit 1")
    with_box(old, "Units!B9", "", kind="pic")
    with_thread(old, "Assessed by!E6", ["SA?", "yes"], done=True)
    enter(centre, *PEOPLE[1:])
    _, left = refreshed(centre, old)
    assert [fault for fault in whys(left) if not fault[0].startswith("Grades!A")] == [
        ("Start here!A1", "thanks", "it is a comment"),
        ("Grades!E5", "on a course", "it is a comment"),
        ("Grades!F6", "do not claim unit 1", "it is a text box"),
        ("Assessed by!E6", "SA? Jo Hughes: yes", "it is a comment, and somebody has resolved it"),
        ("Units!B9", "", "it is a picture"),
    ]


def test_the_refreshed_template_is_the_current_one(centre: Centre) -> None:
    """Candidates and units of now, in their order."""
    old = fill(centre.issue(), seed=2)
    enter(centre, *PEOPLE[2:])
    centre.catalogue = without_unit(centre.catalogue, 5)
    new, _ = refreshed(centre, old)
    sheet = openpyxl.load_workbook(new)["Grades"]
    assert "Unit 5" not in list(_headings(new))
    assert column_of(sheet, "Unit 6") == column_of(openpyxl.load_workbook(old)["Grades"], "Unit 6") - 1
    assert [row[0].value for row in sheet.iter_rows(min_row=5)] == ["0044", "0051"]


def test_a_groups_template_is_refreshed_for_its_group(centre: Centre, tmp_path: Path) -> None:
    """The same group, in the same order, without protection as before; whoever has joined the group is on it."""
    register = tmp_path / "entries.csv"
    head = "entry_code,candidate_number,candidate_name,date_of_birth,Tutor group\n"
    rows = [f'{IT},{n},"{name}",{born},{"AB"[n == "0043"]}\n' for n, name, born in PEOPLE]
    register.write_text(head + "".join(rows), "utf-8")
    centre.done("entries", "import", register)
    words = ("--group", "Tutor group", "--sort", "name", "--unprotected")
    centre.done("template", IT, *words, "-o", tmp_path / "out")
    old = put(tmp_path / "out" / f"{CENTRE}_{IT}_by-candidate_A.xlsx", {"Grades!E5": "M"})
    register.write_text(f'{head}{IT},0050,"Aaron, New",2008-09-09,A\n', "utf-8")
    centre.done("entries", "import", register)
    centre.done("template", "refresh", old, "-o", tmp_path / "new")
    book = openpyxl.load_workbook(tmp_path / "new" / f"{CENTRE}_{IT}_by-candidate_A.xlsx")
    found = {row[0].value: row[4].value for row in book["Grades"].iter_rows(min_row=5)}
    assert found == {"0050": None, "0042": "M", "0044": None, "0051": None}
    assert not book["Grades"].protection.sheet


def test_initials_that_nobody_typed_are_not_carried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A centre with one assessor, and by now with two: the blank rows of the old form say nothing, then and later."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1764150000")
    one = Centre.make(tmp_path / "one", (IT,), assessors=[("JH", "Jo Hughes")])
    old = put(one.issue(IT, BY_UNIT, 3), {"Claim!E5": "P"})
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1764160000")
    one.done("assessors", "add", IT, "Sam Adeyemi", "SA")
    assert one.finds(old) == []
    new, left = refreshed(one, old)
    assert left == []
    assert [row[5].value for row in openpyxl.load_workbook(new)["Claim"].iter_rows(min_row=5)] == [
        "JH", None, None, None,
    ]  # fmt: skip
    assert one.finds(new) == []
