"""The log of a night: what is done, for whoever keeps the computer; nothing in it can be somebody's name."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest

import claimbatch
from claimbatch.night.log import ALOUD, REFUSED, Facts, Log, _fits, log_of
from tests.failing_disk import failing

NIGHT = Path(claimbatch.__file__).parent / "night"


def logged(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "log.jsonl").read_text("utf-8").splitlines()]


def test_it_is_a_line_of_json_for_each_event(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the moment first; the file is its owner's alone, and gone on with where a run takes another over."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795658400")
    log = log_of(tmp_path)
    log("run began", run="20261126T020000Z-3f2a", dry_run=False)
    log = log_of(tmp_path)
    log("file put away", file="12A/Novák.xlsx", fate="merged", lines=40, seconds=0.25)
    assert (tmp_path / "log.jsonl").read_text("utf-8") == (
        '{"timestamp": "2026-11-26T02:00:00Z", "event": "run began", "run": "20261126T020000Z-3f2a", '
        '"dry_run": false}\n'
        '{"timestamp": "2026-11-26T02:00:00Z", "event": "file put away", "file": "12A/Novák.xlsx", "fate": "merged", '
        '"lines": 40, "seconds": 0.25}\n'
    )
    assert (tmp_path / "log.jsonl").stat().st_mode & 0o777 == 0o600


def test_what_was_noted_is_there_although_the_run_is_killed(tmp_path: Path) -> None:
    log = log_of(tmp_path)
    log("run began")
    assert [line["event"] for line in logged(tmp_path)] == ["run began"]


def test_who_asks_reads_it_at_the_terminal_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = log_of(tmp_path)
    log("claim written", claim="68199-05349-1")
    assert capsys.readouterr().err == ""
    ALOUD.set(True)
    log("file put away", file="12A/Jones.xlsx", lines=40)
    ALOUD.set(False)
    told = capsys.readouterr().err.split()
    assert told[1:] == ["file", "put", "away", "file=12A/Jones.xlsx", "lines=40"]


NAME = "Brown, Tom"


@pytest.mark.parametrize(
    "facts",
    [
        {"candidate": "0042"},
        {"who": NAME},
        {"why": f"The name was {NAME}."},
        {NAME: 1},
        {"claim": NAME},
        {"template": NAME},
        {"rule": NAME},
        {"error": f"ValueError: {NAME}"},
        {"kind": NAME},
        {"lines": NAME},
        {"lines": [NAME]},
        {"file": f"a.xlsx\n{NAME}"},
        {"exc_info": True},
    ],
    ids=str,
)
def test_what_is_not_on_the_list_is_not_logged(facts: dict[str, Any], tmp_path: Path) -> None:
    """The line says that something was left out; the night goes on."""
    log = log_of(tmp_path)
    log("file read", count=1, **facts)
    log(f"reading {NAME}")
    first, second = logged(tmp_path)
    assert (first["count"], len(first[REFUSED]), second["event"]) == (1, 1, "?")
    assert "Brown" not in (tmp_path / "log.jsonl").read_text("utf-8")


def test_no_fact_could_hold_a_name_but_that_of_a_file() -> None:
    """Texts have a look of their own, and no name has it."""
    texts = [key for key, kind in Facts.__annotations__.items() if kind is str]
    names = (NAME, "Brown", "Tom Brown", "Łukasik", "O'Neill", "02/01/2008", "2008-01-02", "jo@example.org")
    assert [key for key in texts if any(_fits(key, name) for name in names)] == ["file", "folder"]


def test_the_code_logs_only_what_is_on_the_list() -> None:
    """Every call in the night's modules: its event is plain words, and its facts are known."""
    calls = [
        (path.name, call)
        for path in NIGHT.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func).split(".")[-1].lstrip("_") == "log"
    ]
    wrong = [
        (name, ast.unparse(call))
        for name, call in calls
        if not (len(call.args) == 1 and isinstance(call.args[0], ast.Constant))
        or any(keyword.arg not in Facts.__annotations__ for keyword in call.keywords)
    ]
    assert wrong == []


def test_a_log_that_nobody_opened_says_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither at the terminal nor in a file."""
    monkeypatch.chdir(tmp_path)
    Log()("run began", files=3)
    assert (*capsys.readouterr(), *tmp_path.iterdir()) == ("", "")


@pytest.mark.parametrize("number", [1, 2])
def test_a_full_disk_does_not_stop_the_night_at_its_log(tmp_path: Path, number: int) -> None:
    """Whether the file cannot be opened or its line not be written; the log goes on when there is room again."""
    log = log_of(tmp_path)
    with failing(number, stays=True) as disk:
        log("run began")
    assert disk.failed
    log("run ended")
    assert logged(tmp_path)[-1]["event"] == "run ended"
