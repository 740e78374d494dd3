"""The demo: the whole story in a fresh folder, told by the real commands, and nothing outside touched."""

import os
from pathlib import Path

import pytest

from claimbatch.cli.main import cli
from claimbatch.cli.session import run


def demo(folder: Path) -> int:
    return run(cli, ["demo", str(folder)])


def test_it_tells_the_whole_story_and_exits_with_0(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Today, whenever that is: no workbook is unknown, errors are found and put right, documents are written."""
    assert demo(tmp_path / "new" / "demo") == 0
    shown = capsys.readouterr()
    assert "CB012" not in shown.out
    assert "10 workbooks checked: 17 errors, 2 queries; 1 clean." in shown.err
    assert "10 workbooks checked: 1 query; 9 clean." in shown.err
    written = sorted(path.name for path in (tmp_path / "new" / "demo" / "outbox").iterdir())
    assert [name for name in written if not name.endswith(".xlsx")] == [
        "68199-05844-1.csv",
        "68199-05844-1_claim.html",
        "68199-05844-1_claim.pdf",
        "68199-05844-1_sample_ocr-visit_2026.html",
        "68199-05844-1_sample_ocr-visit_2026.pdf",
    ]


def test_it_names_only_files_that_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What it tells people to open in the end can be opened."""
    monkeypatch.chdir(tmp_path)
    assert run(cli, ["demo"]) == 0
    last = capsys.readouterr().out.partition("Now open:")[2]
    named = [Path(line.strip()) for line in last.splitlines() if line.strip().startswith("claimbatch-demo")]
    assert len(named) == 4
    assert [path for path in named if not path.is_file()] == []
    assert "in the browser: claimbatch serve --workspace claimbatch-demo\n" in last


def test_it_leaves_the_surroundings_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folder, clock and the reader's own workspace: the demo goes into none of them."""
    own = tmp_path / "own"
    assert run(cli, ["init", str(own), "--centre", "68200", "--name", "My College"]) == 0
    before = {path: path.read_bytes() for path in own.rglob("*") if path.is_file()}
    monkeypatch.setenv("CLAIMBATCH_WORKSPACE", str(own))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")
    monkeypatch.chdir(tmp_path)
    assert demo(tmp_path / "demo") == 0
    assert {path: path.read_bytes() for path in own.rglob("*") if path.is_file()} == before
    assert (os.environ["CLAIMBATCH_WORKSPACE"], os.environ["SOURCE_DATE_EPOCH"]) == (str(own), "1800000000")
    assert Path.cwd() == tmp_path


def test_it_refuses_a_folder_with_something_in_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence and a hint; what is there stays."""
    (tmp_path / "notes.txt").write_text("mine", "utf-8")
    assert demo(tmp_path) == 2
    assert capsys.readouterr().err == (
        f"claimbatch: {tmp_path} is there already and is not empty.\n  Name another folder: claimbatch demo DIR\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
