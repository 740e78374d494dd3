"""Every story in samples/ says what claimbatch really prints: a folder with the commands and the whole transcript.

``CLAIMBATCH_UPDATE=1 pytest tests/test_samples.py`` writes the transcripts anew, for a person to read through.
"""

import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest

from claimbatch.cli.demo import ISSUED_AT
from claimbatch.cli.main import cli
from claimbatch.cli.session import run
from claimbatch.form.template import save

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "samples"
STORIES = sorted(path.parent.name for path in SAMPLES.glob("*/cmd.txt"))
Run = Callable[[list[str]], tuple[str, int]]


def in_process(args: list[str]) -> tuple[str, int]:
    """Run claimbatch here: both streams as a terminal shows them, and the exit code."""
    with io.StringIO() as both, redirect_stdout(both), redirect_stderr(both):
        code = run(cli, args)
        return both.getvalue(), code


def for_real(args: list[str]) -> tuple[str, int]:
    """Run claimbatch as the operating system does."""
    done = subprocess.run(
        [sys.executable, "-m", "claimbatch", *args],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    return done.stdout, done.returncode


def copy(source: str, target: str) -> str:
    """``cp``, as far as the stories need it."""
    shutil.copy(source, target)
    return ""


def head(option: str, lines: str, file: str) -> str:
    """``head -n LINES FILE``."""
    assert option == "-n"
    return "".join(Path(file).read_text("utf-8-sig").splitlines(keepends=True)[: int(lines)])


def change_folder(folder: str) -> str:
    """``cd``; the runner goes back in the end."""
    os.chdir(folder)
    return ""


def fill(template: str, saved_as: str, *cells: str) -> str:
    """Type into a template as a teacher would: ``Claim!E5=P``. The same typing gives the same bytes."""
    workbook = openpyxl.load_workbook(template)
    for place, value in (cell.split("=", 1) for cell in cells):
        sheet, cell = place.split("!")
        workbook[sheet][cell] = value or None
    Path(saved_as).write_bytes(save(workbook))
    return ""


def make_folders(*folders: str) -> str:
    """``mkdir FOLDER...``."""
    for folder in folders:
        Path(folder).mkdir()
    return ""


def touch(file: str) -> str:
    """``touch FILE``."""
    Path(file).touch()
    return ""


def remove(file: str) -> str:
    """``rm FILE``."""
    Path(file).unlink()
    return ""


def truncate(option: str, size: str, file: str) -> str:
    """``truncate -s SIZE FILE``."""
    assert option == "-s"
    os.truncate(file, int(size))
    return ""


def find(*folders: str) -> str:
    """``find FOLDER... -type f``, in order."""
    assert folders[-2:] == ("-type", "f")
    below = (sorted(path.as_posix() for path in Path(f).rglob("*") if path.is_file()) for f in folders[:-2])
    return "".join(f"{path}\n" for paths in below for path in paths)


SHELL: dict[str, Callable[..., str]] = {
    "cd": change_folder, "cp": copy, "fill": fill, "find": find, "head": head, "mkdir": make_folders, "rm": remove,
    "touch": touch, "truncate": truncate,
}  # fmt: skip


def transcript(commands: str, claimbatch: Run) -> Iterator[str]:
    """What a terminal shows of *commands*: each after a ``$``, and what it prints; comments stand between.

    The head of a history is left out: it counts in the bytes of workbooks, which no two zlibs compress alike; and the
    letters by which two runs of one second are told apart.
    """
    for line in commands.splitlines():
        if not line or line.startswith("#"):
            yield f"{line}\n"
            continue
        program, *args = shlex.split(line)
        text, code = claimbatch(args) if program == "claimbatch" else (SHELL[program](*args), 0)
        text = re.sub(r"head [0-9a-f]{64}", "head [...]", text)
        text = re.sub(r"(\d{8}T\d{6}Z)-[0-9a-f]{4}", r"\1-[...]", text)
        yield f"$ {line}\n{text}" + (f"[exit {code}]\n" if code else "")


def tell(story: str, folder: Path, claimbatch: Run) -> str:
    """Run a story in *folder*, where the college and the story's own files lie."""
    shutil.copytree(SAMPLES / "college", folder / "college")
    for path in (SAMPLES / story).glob("*.*"):
        if path.suffix in (".csv", ".toml"):
            shutil.copy(path, folder)
    with chdir(folder):
        return "".join(transcript((SAMPLES / story / "cmd.txt").read_text("utf-8"), claimbatch))


@pytest.fixture(autouse=True)
def _moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """All stories happen when the samples' templates were issued, so that they are the same; Alex types them."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(ISSUED_AT))
    monkeypatch.setenv("LOGNAME", "alex")


def test_there_are_fourteen_stories() -> None:
    """No story is lost unnoticed."""
    assert len(STORIES) == 14


@pytest.mark.parametrize("story", STORIES)
def test_story(story: str, tmp_path: Path) -> None:
    """The transcript is what claimbatch prints, to the letter."""
    told = tell(story, tmp_path, in_process)
    expected = SAMPLES / story / "expected" / "transcript.txt"
    if os.environ.get("CLAIMBATCH_UPDATE"):
        expected.parent.mkdir(exist_ok=True)
        expected.write_text(told, "utf-8", newline="\n")
    assert told == expected.read_text("utf-8")


def test_a_story_in_real_processes(tmp_path: Path) -> None:
    """A story is the same when each command is a process of its own."""
    story = "register-with-errors"
    assert tell(story, tmp_path, for_real) == (SAMPLES / story / "expected" / "transcript.txt").read_text(
        "utf-8"
    )


def test_the_templates_are_those_of_the_samples(tmp_path: Path) -> None:
    """The workbooks were made from the templates of today: if this fails, run ``make samples``."""
    told = tell("faults", tmp_path, in_process)
    assert "CB012" not in told
    assert told.count("CB013") == 1


def test_half_of_the_workbooks_were_saved_by_libreoffice() -> None:
    """The samples are not only what our own libraries write."""
    saved = {
        path.name
        for path in (SAMPLES / "college" / "returned").glob("*.xlsx")
        if b"LibreOffice" in ZipFile(path).read("docProps/app.xml")
    }
    assert saved == {
        "Business_Whitfield.xlsx",
        "Business_unit-05_Whitfield.xlsx",
        "IT_Begum.xlsx",
        "IT_unit-19_Adeyemi.xlsx",
        "Media_Novak.xlsx",
    }
