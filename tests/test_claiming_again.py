"""Claiming again: what was withdrawn stands on the next template as it was claimed, what is certificated is greyed."""

from datetime import date
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from claimbatch.form.layout import BY_UNIT
from tests.centre import PEOPLE, Centre, put
from tests.conftest import Resave
from tests.moderated import KEY, NEXT, moderated, pairs, stands, submit
from tests.small import CODE, offer

GROUP = ("--unit", "1", "--assessor", "JH", "--grade", "P")

AGAIN = "Left as it is, it is claimed again; correct it, or clear it."
ON_PURPOSE = "Enter a grade only where it is claimed again on purpose, say a better one."


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    """The group Unit 1, JH, P (0042, 0043, 0051) and the unit of another body were withdrawn; the rest is completed.

    Of what was left, Unit 2 of 0042 does not reach a pass.
    """
    centre = moderated(tmp_path / "centre")
    centre.done("moderation", "withdraw", KEY, *GROUP, "--reason", "not standardised", "--yes")
    first_aid = ("--unit", "First Aid", "--assessor", "SA", "--grade", "M")
    centre.done("moderation", "withdraw", KEY, *first_aid, "--reason", "no certificate", "--yes")
    centre.done("moderation", "change", KEY, *pairs(("0042", "2")), "--grade", "U")
    centre.done("moderation", "complete", KEY, "--reference", "R1")
    return centre


def grid(path: Path, sheet: str = "Grades", columns: str = "EFG") -> list[str]:
    """What stands in the cells for grades, row by row, and how they look: ``P again``, ``grey``, ``-``."""
    worksheet = openpyxl.load_workbook(path)[sheet]
    return [" ".join(_look(worksheet, f"{letter}{row}") for letter in columns) for row in range(5, 9)]


def _look(worksheet: Worksheet, cell: str) -> str:
    style = {"Claim again": " again", "Claimed before": "grey"}.get(str(worksheet[cell].style), "")
    return f"{worksheet[cell].value or ''}{style}" or "-"


def said_beside(path: Path, sheet: str, cell: str) -> list[str]:
    rules = openpyxl.load_workbook(path)[sheet].data_validations.dataValidation
    return [str(rule.prompt) for rule in rules if cell in rule.sqref]


def start(path: Path) -> str:
    rows = openpyxl.load_workbook(path)["Start here"].iter_rows(values_only=True)
    return "\n".join(str(row[1]) for row in rows)


def claimed(centre: Centre, key: str = NEXT) -> dict[str, str]:
    return {
        f"{line.candidate} {line.unit}": f"{line.grade} {line.assessor}"
        for line in stands(centre, key).claim.lines
    }


def test_the_next_template_fills_in_what_was_withdrawn_and_greys_what_is_certificated(centre: Centre) -> None:
    """What does not reach a pass is neither; and Start here says so."""
    path = centre.issue(CODE)
    assert grid(path) == ["P again - -", "P again grey -", "grey - -", "P again - -"]
    assert said_beside(path, "Grades", "E5") == [
        f"Withdrawn by the moderator: P by JH in claim {KEY}. {AGAIN}"
    ]
    assert said_beside(path, "Grades", "E7") == [f"M by JH in claim {KEY}, completed. {ON_PURPOSE}"]
    told = start(path)
    assert f"3 grades that the moderator withdrew (claim {KEY})" in told
    assert "1 unit that the moderator withdrew stand there again" in told
    assert f"2 units certificated, or with the moderator (claim {KEY})" in told


def test_a_template_of_a_first_claim_says_nothing_of_it(tmp_path: Path) -> None:
    centre = Centre.make(tmp_path / "centre")
    assert "Claimed before" not in str(list(openpyxl.load_workbook(centre.issue())["Start here"].values))


def test_left_as_it_is_it_is_claimed_again(centre: Centre) -> None:
    """Corrected it is claimed so, cleared it is not; nothing is asked of what was withdrawn."""
    path = put(centre.issue(CODE), {"Grades!E6": "M", "Grades!E8": None, "Other units!A5": None}, "back.xlsx")
    for cell in "BCDE":
        put(path, {f"Other units!{cell}5": None})
    centre.done("merge", path)
    assert claimed(centre) == {"0042 1": "P JH", "0043 1": "M JH"}
    fresh = centre.issue(CODE)
    assert grid(fresh) == ["P - -", "M grey -", "grey - -", "P again - -"]


def test_by_unit_and_for_a_teacher_only_what_is_theirs(centre: Centre) -> None:
    """A colleague's withdrawn grade stands on the colleague's workbook."""
    assert grid(centre.issue(CODE, BY_UNIT, 1), "Claim", "EF") == [
        "P again JH",
        "P again JH",
        "grey -",
        "P again JH",
    ]
    assert grid(centre.issue(CODE, BY_UNIT, 2), "Claim", "EF") == ["- -", "grey -", "- -", "- -"]
    assert grid(centre.issue(CODE, addressee="Sam Adeyemi"))[0] == "- - -"
    assert grid(centre.issue(CODE, addressee="Jo Hughes"))[0] == "P again - -"


def test_a_colleagues_untouched_copy_contradicts_nobody(centre: Centre) -> None:
    """Somebody corrected the grade in the meantime: what only we filled in says nothing any more."""
    mine, theirs = centre.issue(CODE), centre.issue(CODE, into=centre.workspace.folder / "theirs")
    centre.done("merge", put(mine, {"Grades!E5": "D"}, "mine.xlsx"))
    put(theirs, {"Grades!G5": "P", "Units!D7": "SA", "Other units!F5": "Yes"})
    assert centre.finds(theirs) == []
    centre.done("merge", theirs)
    assert claimed(centre)["0042 1"] == "D JH"
    assert claimed(centre)["0042 3"] == "P SA"


def test_what_could_not_be_claimed_today_is_not_filled_in(centre: Centre) -> None:
    """The assessor is gone. Of another body's unit the evidence is asked for, as ever."""
    centre.done("assessors", "remove", CODE, "JH")
    path = centre.issue(CODE)
    assert [row.split()[0] for row in grid(path)] == ["-", "-", "grey", "-"]
    assert centre.finds(path) == [("Other units!F5", "CB210")]
    assert centre.finds(put(path, {"Other units!F5": "Yes"})) == []


def test_a_claim_withdrawn_whole_is_filled_in_again(tmp_path: Path) -> None:
    """All of it, what was withdrawn by group before too; nothing is greyed."""
    centre = moderated(tmp_path / "centre")
    centre.done("moderation", "withdraw", KEY, *GROUP, "--reason", "R", "--yes")
    centre.done("claim", "withdraw", KEY, "--reason", "many errors", "--yes")
    path = centre.issue(CODE)
    assert grid(path) == ["P again D again -", "P again M again -", "M again - -", "P again - -"]
    others = [cell.value for cell in openpyxl.load_workbook(path)["Other units"][5]]
    assert others == ["0044", "First Aid", "NCFE", "M", "SA", None]
    put(path, {"Other units!F5": "Yes"})
    assert centre.finds(path) == []
    centre.done("merge", path)
    assert len(claimed(centre)) == 7
    submit(centre, NEXT)


def test_what_is_with_the_moderator_is_greyed_too_and_asked_about(tmp_path: Path) -> None:
    """It may be claimed again on purpose (CB306), with the grade that was agreed in the question."""
    centre = moderated(tmp_path / "centre")
    centre.done("moderation", "change", KEY, *pairs(("0042", "2")), "--grade", "M")
    path = centre.issue(CODE)
    assert grid(path)[0] == "grey grey -"
    assert f"M by SA in claim {KEY}, sampled" in said_beside(path, "Grades", "F5")[0]
    put(path, {"Grades!F5": "D", "Units!D6": "SA"})
    (problem,) = centre.check(path).problems
    assert (problem.rule.code, f"M by SA in claim {KEY}, sampled" in problem.message) == ("CB306", True)


def test_what_is_held_of_a_unit_that_has_no_column_any_more_is_left_out(tmp_path: Path) -> None:
    """The qualification's file was corrected: the unit is an exam. Each workbook counts what it shows."""
    centre = moderated(tmp_path / "centre")
    assert "2 units certificated, or with the moderator" in start(centre.issue(CODE, BY_UNIT, 2))
    offer(centre, (1, 3), examined=(2,))
    path = centre.issue(CODE)
    assert grid(path, columns="EF") == ["grey -", "grey -", "grey -", "grey -"]
    assert "4 units certificated, or with the moderator" in start(path)


def test_what_was_purged_is_nobodys(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    """A number's new owner is not offered what another was withdrawn."""
    file = centre.workspace.folder / "new.csv"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "4102444800")
    centre.done("purge", "--months", 0, "--yes")
    people = (("0042", "Novak, Ben", date(2009, 9, 9)), *PEOPLE[1:])
    file.write_text(
        "entry_code,candidate_number,candidate_name,date_of_birth\n"
        + "".join(f'{CODE},{number},"{name}",{born}\n' for number, name, born in people)
    )
    centre.done("entries", "import", file, "--yes")
    assert grid(centre.issue(CODE)) == ["- - -"] * 4


@pytest.mark.libreoffice
def test_saved_by_libreoffice(centre: Centre, resave: Resave) -> None:
    """The looks and the words are there, and what is filled in is heard."""
    path = centre.issue(CODE)
    for cell in "ABCDE":
        put(path, {f"Other units!{cell}5": None})
    saved = resave(path)
    assert centre.finds(saved) == []
    centre.done("merge", saved)
    assert claimed(centre) == {"0042 1": "P JH", "0043 1": "P JH", "0051 1": "P JH"}
