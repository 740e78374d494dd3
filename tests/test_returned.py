"""What check says a returned workbook holds: how many grades, how many are new, that a blank one is blank."""

import json
from pathlib import Path

import pytest

from claimbatch.form.layout import BY_UNIT
from tests.centre import IT, Centre, put

GRADES = {"Claim!E5": "P", "Claim!F5": "JH", "Claim!E6": "M", "Claim!F6": "SA"}


@pytest.fixture
def inbox(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The inbox of a centre that stands in its workspace."""
    monkeypatch.chdir(centre.workspace.folder)
    return Path("inbox")


def test_check_says_what_each_workbook_holds(centre: Centre, inbox: Path) -> None:
    """With problems and without; a blank one is blank, and one that says nothing new says so."""
    centre.done("merge", put(centre.issue(IT, BY_UNIT, 3, into=inbox), {"Claim!E5": "P", "Claim!F5": "JH"}))
    (inbox / "68199_05349_unit-03.xlsx").unlink()
    same = centre.issue(IT, BY_UNIT, 3, into=inbox)
    put(same, {"Claim!E6": "M", "Claim!F6": "SA"}, "b-more.xlsx")
    put(same, {"Notes!E5": "Nothing to add"}, "c-same.xlsx")
    same.unlink()
    blank = centre.issue(IT, BY_UNIT, 4, into=inbox)
    put(blank, {"Claim!E5": "X", "Claim!E6": "M", "Claim!F6": "SA"}, "a-wrong.xlsx")
    code, said = centre.run("check", "inbox")
    told = [line for line in said.splitlines() if not line.startswith(" ")]
    assert (code, told) == (1, [
        "inbox/a-wrong.xlsx: 1 error; 2 grades",
        "inbox/68199_05349_unit-04.xlsx: no problems; blank, no grade is filled in",
        "inbox/b-more.xlsx: no problems; 2 grades, 1 of them new",
        "inbox/c-same.xlsx: no problems; 1 grade, all as they were issued",
        "4 workbooks checked: 1 error; 3 clean.",
    ])  # fmt: skip


def test_of_many_without_a_problem_only_those_that_say_nothing_are_named(centre: Centre, inbox: Path) -> None:
    """Unless --all asks for each."""
    blank = centre.issue(IT, BY_UNIT, 4, into=inbox)
    filled = put(blank, GRADES, "filled.xlsx").read_bytes()
    for number in range(21):
        (inbox / f"copy-{number}.xlsx").write_bytes(filled)
    told = centre.done("check", "inbox").splitlines()
    assert told[:2] == [
        f"inbox/{blank.name}: no problems; blank, no grade is filled in",
        "22 more workbooks without problems; 44 grades",
    ]
    assert len(centre.done("check", "inbox", "--all").splitlines()) == 24


def test_programs_get_the_same_numbers(centre: Centre, inbox: Path) -> None:
    put(centre.issue(IT, BY_UNIT, 4, into=inbox), GRADES)
    (found,) = json.loads(centre.done("check", "inbox", "--format", "json").rpartition("}")[0] + "}")["files"]
    assert (found["lines"], found["new"], found["held"], found["issued_to"]) == (2, 2, 0, "")
