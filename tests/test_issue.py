"""Templates as they are asked for on the command line: for everyone, by group, in order of name, one unit or all."""

from pathlib import Path

import openpyxl
import pytest

from claimbatch.cli.main import cli
from claimbatch.cli.session import run
from tests.centre import IT, MEDIA, Centre, put

REGISTER = """entry_code,candidate_number,candidate_name,date_of_birth,Tutor group
05349,0042,"Zed, Sana",2008-01-02,12A
05349,0043,"Brown, Tom",2008-03-04,12B
05349,0044,"Clark, Zoe",2008-05-06,12A
05803,0044,"Clark, Zoe",2008-05-06,12A
"""


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with three candidates in two tutor groups; one is entered for a qualification without units."""
    folder = tmp_path / "claims"
    assert run(cli, ["init", str(folder), "--centre", "68199", "--name", "Example College"]) == 0
    (tmp_path / "entries.csv").write_text(REGISTER, "utf-8")
    monkeypatch.chdir(folder)
    assert run(cli, ["entries", "import", "../entries.csv"]) == 0
    return folder


def made(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "outbox").iterdir())


def people(folder: Path, name: str) -> list[str]:
    sheet = openpyxl.load_workbook(folder / "outbox" / name)["Grades"]
    return [row[0] for row in sheet.iter_rows(min_row=5, max_col=1, values_only=True)]


def test_a_workbook_for_each_group(workspace: Path) -> None:
    """Each value of the column gets a workbook with its candidates; the heading may be spelt another way."""
    assert run(cli, ["template", "05349", "--group", "tutor_group"]) == 0
    assert made(workspace) == ["68199_05349_by-candidate_12A.xlsx", "68199_05349_by-candidate_12B.xlsx"]
    assert people(workspace, "68199_05349_by-candidate_12A.xlsx") == ["0042", "0044"]


def test_in_order_of_name(workspace: Path) -> None:
    """Candidates by name rather than number."""
    assert run(cli, ["template", "05349", "--sort", "name"]) == 0
    assert people(workspace, "68199_05349_by-candidate.xlsx") == ["0043", "0044", "0042"]


def test_all_leaves_out_what_has_no_units_and_says_so(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every entry code with units gets its template; the other is named with the file to complete."""
    assert run(cli, ["template", "--all"]) == 0
    assert made(workspace) == ["68199_05349_by-candidate.xlsx"]
    assert "Left out 05803: its units are not known (schemas/hsc-l4-2012.toml)." in capsys.readouterr().err


def test_one_unit_means_the_form_by_unit(workspace: Path) -> None:
    """--unit alone asks for the by-unit form."""
    assert run(cli, ["template", "05349", "--unit", "3"]) == 0
    assert made(workspace) == ["68199_05349_unit-03.xlsx"]


def enter_for_units(workspace: Path, *units: str) -> None:
    """Enter each of the three candidates for these units."""
    head, *rows = REGISTER.splitlines()[:4]
    lines = [f"{head},units", *(f"{row},{entered}" for row, entered in zip(rows, units, strict=True))]
    (workspace / "units.csv").write_text("\n".join(lines), "utf-8")
    assert run(cli, ["entries", "import", "units.csv"]) == 0


def test_no_workbook_for_a_unit_that_nobody_may_claim(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Left out and named; by group, each group gets those of its own candidates."""
    enter_for_units(workspace, "1 2", "1", "2")
    assert run(cli, ["template", "05349", "--by", "unit", "--group", "tutor_group"]) == 0
    assert made(workspace) == [f"68199_05349_unit-{unit}.xlsx" for unit in ("01_12A", "01_12B", "02_12A")]
    assert "No workbook for Units 3, 4, 5, " in capsys.readouterr().err


def test_such_a_unit_asked_for_by_number_is_refused(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    enter_for_units(workspace, "1", "1", "1")
    assert run(cli, ["template", "05349", "--unit", "1", "--unit", "3"]) == 2
    assert "Nobody is entered for Unit 3 of 05349." in capsys.readouterr().err
    assert made(workspace) == []


def test_whoever_is_not_entered_for_the_unit_comes_last(workspace: Path) -> None:
    enter_for_units(workspace, "1", "3", "3 4")
    assert run(cli, ["template", "05349", "--unit", "3"]) == 0
    sheet = openpyxl.load_workbook(workspace / "outbox" / "68199_05349_unit-03.xlsx")["Claim"]
    assert [sheet.cell(row, 1).value for row in (5, 6, 7)] == ["0043", "0044", "0042"]


def test_unprotected_leaves_every_sheet_open(workspace: Path) -> None:
    """--unprotected protects no sheet."""
    assert run(cli, ["template", "05349", "--unprotected"]) == 0
    workbook = openpyxl.load_workbook(workspace / "outbox" / "68199_05349_by-candidate.xlsx")
    assert [sheet.title for sheet in workbook if sheet.protection.sheet] == []


def test_a_template_of_the_same_second_belongs_to_the_next_claim(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is issued in the second in which the last claim was submitted is not taken for one of the last."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1791187200")
    centre = Centre.make(tmp_path / "claims", (IT,))
    cells = {"Grades!E5": "P", "Assessed by!E5": "JH"}
    centre.done("merge", put(centre.issue(IT), cells))
    centre.done("claim", "declare", "68199-05349-1", "--all")
    words = ("--centre-declaration", "--submitted-by", "Pat", "--yes")
    centre.done("claim", "submit", "68199-05349-1", *words)
    centre.done("claim", "withdraw", "68199-05349-1", "--reason", "redone", "--yes")
    assert centre.finds(put(centre.issue(IT, into=tmp_path / "new"), cells)) == []


@pytest.mark.parametrize(
    "asked",
    [[], ["05349", "--all"], ["12345"], ["05803"], ["05349", "--unit", "99"], ["05349", "--group", "house"]],
    ids=" ".join,
)
def test_what_cannot_be_made_is_refused(workspace: Path, asked: list[str]) -> None:
    """One sentence, exit code 2, and no file."""
    assert run(cli, ["template", *asked]) == 2
    assert made(workspace) == []


def test_an_exam_is_told_from_a_unit_that_is_missing(tmp_path: Path) -> None:
    """Only the latter can be added."""
    centre = Centre.make(tmp_path / "media", (MEDIA,))
    exam, missing = (centre.run("template", MEDIA, "--by", "unit", "--unit", n) for n in (1, 7))
    assert (exam[0], "cannot be claimed for 05844: it is an exam." in exam[1], "add-unit" in exam[1]) == (
        2,
        True,
        False,
    )
    assert (missing[0], f'add-unit {MEDIA} 7 "Title"' in missing[1]) == (2, True)
