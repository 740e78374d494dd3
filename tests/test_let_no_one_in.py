"""No text of a workbook, a register or a message becomes a file's name or a formula before it is made harmless."""

import csv
import io
import re
import shutil
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from tests.centre import CENTRE, IT, Centre, fill, put

CLAIM = f"{CENTRE}-{IT}-1"
ATTACKS = (
    ("../../../escaped", "..\\..\\escaped", '=HYPERLINK("//evil/x")', "CON"),
    ("/escaped", "C:\\escaped", "@SUM(1+1)*cmd|' /C calc'!A0", "\u202excod.exe"),
    ("..", "~root/escaped", "+cmd|'/C calc'!A0", "x" * 300),
    ("a\nb", "$(touch escaped)", "\uff1dcmd()", "-rf escaped"),
)
BORN = date(2008, 1, 2)
NAME = re.compile(r"[\w.,’ -]{1,200}")  # what every system can have, and no shell or spreadsheet runs


@pytest.fixture(params=ATTACKS, ids=range(len(ATTACKS)))
def attack(request: pytest.FixtureRequest) -> tuple[str, ...]:
    return tuple(request.param)


@pytest.fixture
def attacked(tmp_path: Path, attack: tuple[str, ...]) -> Centre:
    """A centre of which everybody is called something that should be no file: as if it had come past every check."""
    people = [(f"00{number}", name, BORN) for number, name in enumerate(attack, 42)]
    return Centre.make(
        tmp_path / "deep" / "er" / "centre",
        (IT,),
        people=people,
        assessors=[("A", attack[0]), ("B", attack[2])],
    )


def files(folder: Path) -> dict[Path, bytes]:
    return {
        path: path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.match("claims.db*")
    }


def test_what_people_are_called_leads_no_file_out_of_its_folder(
    attacked: Centre, attack: tuple[str, ...], tmp_path: Path
) -> None:
    """Templates, marked copies, lists of errors, exports, reports, samples, folders and messages, each in its place."""
    folder = attacked.workspace.folder
    root, before = tmp_path, files(tmp_path)
    attacked.done("template", IT, "--for-each-assessor", "-o", root / "out")
    templates = sorted((root / "out").glob("*.xlsx"))
    assert len(templates) == 2
    back = root / "back" / "back.xlsx"
    back.parent.mkdir()
    shutil.copy(fill(templates[0]), back)
    put(back, {"Grades!E5": "Z", "Notes!E5": attack[0]}, "=cmd 'n' wrong.xlsx")
    wrong = back.with_name("=cmd 'n' wrong.xlsx")
    assert attacked.run("check", wrong, "--mark", root / "out")[0] == 1
    assert attacked.run("check", wrong, "--to", "pdf", "-o", root / "out")[0] == 1
    for may_refuse, args in (
        (False, ["merge", back]),
        (True, ["claim", "set", CLAIM, "0042", f"other:{attack[0]}:{attack[1]}", "P", "A"]),
        (False, ["export", CLAIM]),
        (False, ["export", CLAIM, "--format", "xlsx"]),
        (False, ["export", CLAIM, "--format", "json"]),
        (False, ["report", CLAIM, "-o", root / "out"]),
        (False, ["report", CLAIM, "--kind", "recording-sheets", "-o", root / "out"]),
        (False, ["report", CLAIM, "--kind", "signing-list", "--per", "assessor", "-o", root / "out"]),
        (False, ["sample", "draw", CLAIM, "--seed", attack[0], "-o", root / "out"]),
        (False, ["backup", root / "out"]),
    ):
        done, said = attacked.run(*args)
        assert done == 0 or (may_refuse and done == 2), (args, said)
        assert "Traceback" not in said
    new = files(root).keys() - before.keys() - {back, wrong}
    assert len(new) > 10
    allowed = (root / "out", folder / "outbox")
    assert [path for path in new if path.parent not in allowed] == []
    own = {path for path in new if path.name.startswith("=cmd")}  # a marked copy is called like its workbook
    assert [path.name for path in new - own if not NAME.fullmatch(path.name)] == []
    assert all(files(root)[path] == content for path, content in before.items() if path.suffix != ".json")
    for path in new:
        runs = formulas(path)
        assert [text for text in runs if any(bad[:20] in text for bad in attack if len(bad) > 3)] == [], path


def formulas(path: Path) -> list[str]:
    """What a spreadsheet would run of a file when it is opened."""
    if path.suffix == ".csv":
        rows = csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline=""))
        return [
            cell for row in rows for cell in row if re.match("[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]", cell)
        ]
    if path.suffix != ".xlsx":
        return []
    book = openpyxl.load_workbook(path)
    return [
        str(cell.value)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type in {"f", "e"}
    ]


def test_a_night_over_hostile_names_stays_within_its_folders(attacked: Centre) -> None:
    folder = attacked.workspace.folder
    (folder / "claimbatch.toml").write_text("[night]\nsettle = 0\nreport = []\nerror_list = []\n")
    inbox = folder / "inbox" / "$(x) .." / "=y"
    inbox.mkdir(parents=True)
    clean = fill(attacked.issue())
    shutil.copy(clean, inbox / "=cmd.xlsx")
    put(clean, {"Grades!E5": "Z"}, "wrong.xlsx")
    shutil.move(clean.with_name("wrong.xlsx"), inbox / "-rf \u202excod.xlsx")
    outside = files(folder.parent).keys() - files(folder).keys()
    code, said = attacked.run("nightly")
    assert code in {0, 1}, said
    assert "Traceback" not in said
    assert files(folder.parent).keys() - files(folder).keys() == outside
    places = {path.relative_to(folder).parts[0] for path in files(folder)}
    known = {"claimbatch.key", "claimbatch.toml", "done", "inbox", "outbox", "quarantine", "rejected", "runs"}
    assert places <= known
    assert list(folder.glob("inbox/**/*.xlsx")) == []
    rejected = [path for path in (folder / "rejected").rglob("*.xlsx") if path.is_file()]
    assert len(rejected) >= 2  # as it came, and marked
    assert all(NAME.fullmatch(path.name.lstrip("=$(")) for path in rejected)
