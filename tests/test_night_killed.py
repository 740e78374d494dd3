"""A night that is killed at any call to the disk, and the next one, end as one night that was left in peace."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from claimbatch.files import disk
from claimbatch.intake.results import unwatched
from claimbatch.night.arrivals import arrivals
from claimbatch.night.places import Places
from claimbatch.night.remembered import Remembered
from claimbatch.night.runs import Run
from claimbatch.night.staging import stage
from claimbatch.night.taking import prepare
from claimbatch.night.tonight import Tonight
from claimbatch.workspace import Workspace
from tests.at_night import FAST, night_centre, picture
from tests.centre import MEDIA, Centre, put

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks")
KILLED = 99
WORKING = ("staged", "answers", "plan.json", "problems.bin", "night.json")


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in the evening: a correction, a clean workbook twice, a faulty one, one that is none."""
    folder = tmp_path_factory.mktemp("evening") / "c"
    centre, inbox = night_centre(folder), folder / "inbox"
    put(centre.issue(into=inbox / "Jones"), {"Grades!E5": "X", "Grades!E6": "P", "Assessed by!E6": "JH"})
    assert centre.run("nightly")[0] == 1
    marked = folder / "rejected/Jones/68199_05349_by-candidate_marked.xlsx"
    put(marked, {"Grades!E5": "M", "Assessed by!E5": "SA"})
    shutil.move(marked, inbox / "Jones")
    clean = put(centre.issue(into=inbox / "Smith"), {"Grades!F6": "M", "Assessed by!F6": "SA"})
    shutil.copy(clean, inbox / "again.xlsx")
    put(centre.issue(MEDIA, into=inbox / "Jones"), {"Grades!E5": "X"})
    (inbox / "holiday.xlsx").write_bytes(b"%PDF-1.7")
    return folder


def copy(evening: Path, to: Path) -> Centre:
    shutil.copytree(evening, to)
    return Centre(Workspace(to))


def stands(centre: Centre) -> dict[str, Any]:
    """Every file of the folders with its bytes (of lists, which are dated, only that they are there), every claim."""
    root = centre.workspace.folder
    files = {
        name: path.read_bytes() if path.suffix != ".html" else b""
        for path in sorted(root.rglob("*"))
        if path.is_file()
        and not (name := path.relative_to(root).as_posix()).startswith(("runs/", "claims.db"))
    }
    keys = [row["claim"] for row in json.loads(centre.done("claims", "--format", "json"))]
    return files | {key: centre.done("claim", "show", key, "--format", "json") for key in keys}


def killed_at(centre: Centre, number: int) -> bool:
    """Run a night that is killed, without a word, just before its call *number* to the disk; whether it came so far."""
    child = os.fork()
    if not child:
        calls = iter(range(1, sys.maxsize))
        for name in disk.CALLS:
            setattr(disk, name, _deadly(getattr(disk, name), calls, number))
        os._exit(centre.run("nightly")[0])
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == KILLED


def _deadly(call: Any, calls: Iterator[int], number: int) -> Any:
    def called(*args: Any, **options: Any) -> Any:
        if next(calls) == number:
            os._exit(KILLED)
        return call(*args, **options)

    return called


def test_killed_anywhere_the_next_night_ends_as_if_nothing_had_been(
    evening: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same claims, and the same files in the same folders; nothing half-written is left."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1900000000")
    undisturbed = copy(evening, tmp_path / "undisturbed")
    assert undisturbed.run("nightly")[0] == 1
    expected = stands(undisturbed)
    for number in range(1, 1000, 29):
        centre = copy(evening, tmp_path / f"{number}")
        if not killed_at(centre, number):
            assert number > 250  # it was killed often enough to say so
            break
        centre.run("nightly")
        left = [
            p.name
            for p in centre.workspace.folder.rglob("*")
            if p.name in WORKING or ".claimbatch-" in p.name
        ]
        assert (stands(centre), left) == (expected, []), number
        shutil.rmtree(tmp_path / f"{number}")


def test_the_account_of_a_killed_night_is_completed(evening: Path, tmp_path: Path) -> None:
    """It is told like any other, with what had been taken, and says who finished it."""
    centre = copy(evening, tmp_path / "c")
    runs = centre.workspace.folder / "runs"
    before = set(runs.glob("2*"))
    number = 1
    while not any(
        '"taken"' in path.read_text() for path in runs.glob("*/journal.jsonl") if path.parent not in before
    ):
        shutil.rmtree(tmp_path / "c")
        centre = copy(evening, tmp_path / "c")
        assert killed_at(centre, number)
        number += 10
    (killed,) = {run.name for run in set(runs.glob("2*")) - before}
    code, said = centre.run("nightly")
    assert (code, said.splitlines()[0]) == (1, f"The run {killed} was killed. It is finished now:")
    manifest = json.loads((runs / killed / "manifest.json").read_text())
    assert sorted(file["fate"] for file in manifest["files"]) == [
        "already-received", "merged", "merged", "quarantined", "rejected",
    ]  # fmt: skip


def test_what_was_merged_by_hand_since_does_not_pass_for_the_whole_plan(tmp_path: Path) -> None:
    """The run was killed before it took anything; of its two workbooks an officer merges one before the next night."""
    centre = night_centre(tmp_path / "c")
    inbox, places = tmp_path / "c/inbox", Places.of(centre.workspace)
    ours = put(centre.issue(into=inbox), {"Grades!F6": "M", "Assessed by!F6": "SA"})
    put(centre.issue(MEDIA, into=inbox), {"Grades!F6": "P", "Assessed by!F6": "SA"})
    with centre.workspace.store() as store:
        killed = Tonight(centre.workspace, places, store, Run.begin(places.runs, "pat"), "pat", unwatched)
        books = stage(arrivals(centre.workspace, places, ()).arrived, killed.run.staged, unwatched).books
        assert len(prepare(killed, books, Remembered()).plan.whole) == 2
    centre.done("merge", str(ours))
    centre.done("nightly")
    claims = json.loads(centre.done("claims", "--format", "json"))
    assert sorted((claim["entry_code"], claim["lines"]) for claim in claims) == [("05349", 1), ("05844", 1)]


def test_a_run_that_is_asked_to_end_says_so_and_is_finished_by_the_next(tmp_path: Path) -> None:
    """As when the computer is shut down: it stands in the list as killed, and nobody has to unlock anything."""
    centre = night_centre(tmp_path / "c", FAST.replace("settle = 0", "settle = 60"))
    put(centre.issue(into=tmp_path / "c/inbox"), {"Grades!F6": "M", "Assessed by!F6": "SA"})
    command = [sys.executable, "-m", "claimbatch", "nightly", "--workspace", str(tmp_path / "c")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        while not (begun := list((tmp_path / "c/runs").glob("2*/journal.jsonl"))):
            time.sleep(0.05)
        running.terminate()
        said = running.communicate(timeout=30)[1]
    assert running.returncode == 5
    assert said == (
        "claimbatch: The run was ended before it had done its work. Nothing is lost.\n"
        "  The next one finishes what was begun: claimbatch nightly\n"
    )
    run = begun[0].parent.name
    assert centre.done("runs", "show", "last").startswith(f"Run {run}: killed.\n")
    settings = tmp_path / "c/claimbatch.toml"
    settings.write_text(settings.read_text().replace("settle = 60", "settle = 0"))
    said = Centre(Workspace(tmp_path / "c")).done("nightly")
    assert said.startswith(f"The run {run} was killed. It is finished now:")


def test_a_plan_of_another_version_is_not_guessed_at(evening: Path, tmp_path: Path) -> None:
    """It says what to do, and touches nothing."""
    centre = copy(evening, tmp_path / "c")
    run = Run.begin(centre.workspace.folder / "runs", "pat")
    (run.folder / "plan.json").write_text('{"items": []}')
    before = picture(centre)
    code, said = centre.run("nightly")
    assert (code, picture(centre)) == (3, before)
    assert f"The run {run.id} came to no end, and another version of claimbatch made its plan.\n" in said
