"""One workbook a teacher: a template of their own, with their name and initials on it, and in what is said of it."""

from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

from claimbatch.form.identity import read_token
from claimbatch.form.layout import BY_CANDIDATE, BY_UNIT
from claimbatch.intake.refresh import refresh
from tests.centre import CENTRE, IT, Centre, put

NAME = f"{CENTRE}_{IT}_by-candidate"


@pytest.fixture
def here(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> Centre:
    """A centre that stands in its workspace."""
    monkeypatch.chdir(centre.workspace.folder)
    return centre


def made() -> list[str]:
    return sorted(path.name for path in Path("outbox").glob("*.xlsx"))


def cells(path: Path, places: Sequence[str]) -> list[object]:
    workbook = openpyxl.load_workbook(path)
    return [workbook[sheet][cell].value for sheet, cell in (place.split("!") for place in places)]


def template_id(path: Path) -> str:
    about = dict(openpyxl.load_workbook(path)["About"].iter_rows(min_row=5, max_col=2, values_only=True))
    identity = read_token(str(about["Template token"]))
    assert identity is not None
    return identity.template_id


def test_each_teacher_gets_a_template_of_their_own(here: Centre) -> None:
    """The name in the file name, on Start here and on About, and an identity that no other has."""
    here.done("template", IT)
    here.done("template", IT, "--for", "Jo Hughes", "--for", "sa")
    assert made() == [f"{NAME}.xlsx", f"{NAME}_Jo-Hughes.xlsx", f"{NAME}_Sam-Adeyemi.xlsx"]
    assert len({template_id(Path("outbox") / name) for name in made()}) == 3
    start = ["Start here!A1", "Start here!A3", "About!B11"]
    title, initials, for_whom = cells(Path(f"outbox/{NAME}_Jo-Hughes.xlsx"), start)
    assert (title, for_whom) == (f"Claim {IT}: all units, for Jo Hughes", "Jo Hughes")
    assert str(initials).startswith("Your initials, JH, are the default assessor of every unit")
    assert cells(Path(f"outbox/{NAME}.xlsx"), start[:2]) == [f"Claim {IT}: all units", None]


def test_for_each_assessor_of_the_register(here: Centre) -> None:
    here.done("template", IT, "--for-each-assessor", "--unit", "3")
    assert made() == [f"{CENTRE}_{IT}_unit-03_{name}.xlsx" for name in ("Jo-Hughes", "Sam-Adeyemi")]


def test_their_initials_are_filled_in(here: Centre) -> None:
    """As the default of every unit, or beside every candidate; what others assessed stays theirs."""
    here.done("merge", put(here.issue(IT, BY_UNIT, 3), {"Claim!E5": "P", "Claim!F5": "SA"}))
    by_candidate = here.issue(IT, BY_CANDIDATE, addressee="Jo Hughes")
    assert cells(by_candidate, ["Units!D5", "Units!D6", "Grades!G5", "Assessed by!G5"]) == [
        "JH", "JH", "P", "SA",
    ]  # fmt: skip
    by_unit = here.issue(IT, BY_UNIT, 3, addressee="Jo Hughes")
    assert cells(by_unit, ["Claim!F5", "Claim!F6"]) == ["SA", "JH"]
    assert [here.finds(path) for path in (by_candidate, by_unit)] == [[], []]


def test_initials_that_were_filled_in_say_nothing_alone(here: Centre) -> None:
    """A grade of hers needs no initials; a workbook that holds only them is blank."""
    path = here.issue(IT, BY_UNIT, 3, addressee="Jo Hughes")
    assert [result.lines for result in here.check(path).files] == [0]
    here.done("merge", put(path, {"Claim!E5": "M"}))
    assert "M JH" in here.done("claim", "show", IT)


def test_messages_name_whose_workbook_it_is(here: Centre) -> None:
    path = put(here.issue(IT, BY_UNIT, 3, into=Path("inbox"), addressee="Jo Hughes"), {"Claim!E5": "X"})
    title = f"Jo Hughes's workbook inbox/{path.name}: 1 error"
    assert f"{title}; 1 grade\n" in here.run("check", "inbox")[1]
    assert f"{title}\n" in here.run("merge", "inbox")[1]
    assert f"{title}\n" in here.run("merge", "inbox", "--all")[1]


def test_the_doctor_says_whose_it_is(here: Centre) -> None:
    assert "made for Jo Hughes" in here.done("doctor", here.issue(IT, addressee="Jo Hughes"))


def test_refresh_keeps_whom_it_is_for(here: Centre) -> None:
    """Also where the register writes the name in another way by now."""
    old = put(here.issue(IT, BY_UNIT, 3, addressee="Jo Hughes"), {"Claim!E5": "M"})
    here.done("assessors", "rename", "JH", "Joanna Hughes")
    with here.workspace.store() as store:
        new = refresh(store, here.catalogue, here.workspace.key(), old)
    assert new.name == f"{CENTRE}_{IT}_unit-03_Joanna-Hughes.xlsx"
    path = Path("outbox") / new.name
    path.write_bytes(new.content)
    assert cells(path, ["Claim!E5", "Claim!F5", "Claim!F6"]) == ["M", "JH", "JH"]
    assert str(cells(path, ["Start here!A1"])[0]).endswith(", for Joanna Hughes")


def test_the_store_knows_what_went_out_to_whom(here: Centre) -> None:
    path = here.issue(IT, addressee="Jo Hughes")
    with here.workspace.store() as store:
        (issued,) = store.templates([template_id(path)]).values()
    assert (issued.made_with["for"], issued.made_with["prefilled"]) == ("Jo Hughes", "JH")


def test_who_is_not_in_the_register_is_named_and_gets_no_initials(here: Centre) -> None:
    """A slip in the name is seen; somebody new may get a workbook all the same."""
    said = here.done("template", IT, "--for", "Jo  Hughs", "--for", "Ann O’Neill/Grey")
    assert said.splitlines()[:2] == [
        f"Jo Hughs is no assessor of {IT} in the register: no initials are filled in. Did you mean Jo Hughes?",
        f"Ann O’Neill/Grey is no assessor of {IT} in the register: no initials are filled in.",
    ]
    assert made() == [f"{NAME}_Ann-O-Neill-Grey.xlsx", f"{NAME}_Jo-Hughs.xlsx"]
    assert cells(Path("outbox") / made()[1], ["Start here!A3", "Units!D5"]) == [None, None]


def test_two_of_one_name_are_told_apart(here: Centre) -> None:
    here.done("assessors", "add", IT, "Jo Hughes", "JOH")
    code, said = here.run("template", IT, "--for", "jo hughes")
    assert (code, "Say which: --for JH or --for JOH." in said) == (2, True)
    here.done("template", IT, "--for", "JH", "--for", "JOH")
    assert made() == [f"{NAME}_Jo-Hughes-JH.xlsx", f"{NAME}_Jo-Hughes-JOH.xlsx"]
    assert [cells(Path("outbox") / name, ["Units!D5"]) for name in made()] == [["JH"], ["JOH"]]


def test_no_workbook_is_written_over_by_one_whose_name_comes_out_alike(here: Centre) -> None:
    here.done("template", IT, "--for", "Zoe Li", "--for", "Zoe/Li")
    assert made() == [f"{NAME}_Zoe-Li.xlsx", f"{NAME}_Zoe-Li_2.xlsx"]


@pytest.mark.parametrize(
    "words",
    [
        (IT, "--for", " "),
        (IT, "--for", "Jo Hughes", "--for-each-assessor"),
        ("05838", "--for-each-assessor"),
    ],
    ids=" ".join,
)
def test_nobody_in_particular_is_refused(here: Centre, words: tuple[str, ...]) -> None:
    assert here.run("template", *words)[0] == 2
    assert made() == []
