"""Which nightly runs there were, and how one of them went: from real nights, as the command tells it."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from claimbatch.night.run import run as night
from claimbatch.night.runs import Run, all_runs
from claimbatch.workspace import CONFIG
from tests.at_night import night_centre
from tests.centre import PEOPLE, Centre, fill, put


@pytest.fixture
def centre(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Centre:
    """One clean workbook, one with errors and one that is none lie in the inbox."""
    centre = night_centre(tmp_path / "c")
    monkeypatch.chdir(centre.workspace.folder)
    return centre


def bring(centre: Centre) -> None:
    inbox = centre.workspace.folder / "inbox"
    clean = fill(centre.issue(into=inbox / "12A"))
    clean.rename(clean.with_name("clean.xlsx"))
    faulty = centre.issue(into=inbox / "12B", addressee="Jo Hughes")
    put(faulty, {"Grades!E5": PEOPLE[1][1], "Grades!E6": "04/03/2008"}, "faulty.xlsx")
    faulty.unlink()
    (inbox / "letter.xlsx").write_text("Dear exams office", "utf-8")


def page_of(centre: Centre, run: str) -> str:
    return f"{centre.workspace.folder.as_posix()}/runs/{run}/summary.html"


def ids(centre: Centre) -> list[str]:
    """The runs, newest first."""
    return [run["run"] for run in json.loads(centre.done("runs", "--format", "json"))]


def test_before_the_first_night_it_says_how_to_begin(centre: Centre) -> None:
    assert centre.done("runs") == "There was no nightly run yet. Start one with: claimbatch nightly\n"
    code, said = centre.run("runs", "show", "last")
    assert (code, said.splitlines()[0]) == (2, "claimbatch: There was no nightly run yet.")


def test_runs_that_begin_in_one_second_stand_in_the_order_in_which_they_began(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    begun = [Run.begin(tmp_path, "Pat").id for _ in range(20)]
    assert [run.id for run in all_runs(tmp_path)] == begun


def test_the_list_says_how_each_run_went(centre: Centre) -> None:
    """Newest first; at a terminal without the noughts."""
    bring(centre)
    centre.run("nightly")
    centre.run("nightly")
    second, first = json.loads(centre.done("runs", "--format", "json"))
    numbers = {
        key: first[key]
        for key in ("state", "files", "merged", "rejected", "quarantined", "left", "claims", "undone")
    }
    assert numbers == {
        "state": "finished", "files": 3, "merged": 1, "rejected": 1, "quarantined": 1, "left": 0, "claims": 1,
        "undone": 0,
    }  # fmt: skip
    assert (second["files"], second["summary"]) == (0, page_of(centre, second["run"]))
    lines = centre.done("runs").splitlines()
    assert re.split(r"  +", lines[0]) == [
        "Run", "Began", "Took", "State", "Files", "Taken", "To put right", "Kept apart", "Errors", "Claims changed",
    ]  # fmt: skip
    assert [line.split()[0] for line in lines[2:]] == [second["run"], first["run"]]
    assert centre.done("runs", "--limit", "1", "--format", "csv").splitlines()[1].startswith(second["run"])


def test_one_run_is_shown_by_how_it_begins(centre: Centre) -> None:
    """What somebody has to look at, that everything is accounted for, and where the page is."""
    bring(centre)
    centre.run("nightly")
    (run,) = ids(centre)
    told = centre.done("runs", "show", run[:9])
    assert told == centre.done("runs", "show", "last") == centre.done("runs", "show", run)
    lines = told.splitlines()
    assert lines[0] == f"Run {run}: finished."
    assert lines[2] == "3 files: 1 taken, 1 to put right, 1 kept apart."
    assert [line.split()[0] for line in lines[8:10]] == ["12B/faulty.xlsx", "letter.xlsx"]
    assert lines[-2:] == [
        "Every file and every line is accounted for.",
        f"For people: {page_of(centre, run)}",
    ]
    assert "12A/clean.xlsx" in centre.done("runs", "show", "last", "--all")


def test_programs_get_the_manifest(centre: Centre) -> None:
    bring(centre)
    centre.run("nightly")
    (run,) = ids(centre)
    shown = json.loads(centre.done("runs", "show", "last", "--format", "json"))
    manifest = json.loads(Path(f"runs/{run}/manifest.json").read_text("utf-8"))
    assert (shown["manifest"], shown["doubts"], shown["state"]) == (manifest, [], "finished")
    rows = centre.done("runs", "show", "last", "--format", "csv").splitlines()
    assert [row.split(",")[:2] for row in rows] == [
        ["name", "fate"], ["12A/clean.xlsx", "merged"], ["12B/faulty.xlsx", "rejected"], ["letter.xlsx", "quarantined"],
    ]  # fmt: skip


def test_an_account_that_somebody_altered_is_found_out(centre: Centre) -> None:
    """A number in it, or a line of a list beside it: the exit code is 1."""
    bring(centre)
    centre.run("nightly")
    (run,) = ids(centre)
    changes, manifest = Path(f"runs/{run}/changes.csv"), Path(f"runs/{run}/manifest.json")
    whole = changes.read_bytes()
    changes.write_bytes(whole.replace(b"added", b"Added", 1))
    code, said = centre.run("runs", "show", "last")
    assert (code, said.splitlines()[-1]) == (
        1,
        "This does not add up. changes.csv was altered after it was written.",
    )
    changes.write_bytes(whole)
    manifest.write_text(manifest.read_text("utf-8").replace('"files": 3', '"files": 4', 1), "utf-8")
    code, said = centre.run("runs", "show", "last")
    assert (code, said.splitlines()[-1]) == (
        1,
        "This does not add up. All fates: 4 by one count, 3 by another.",
    )


@pytest.mark.parametrize("text", ["{", '{"manifest_version": 1, "totals": {}}', ""])
def test_an_account_that_is_damaged_hides_no_other(centre: Centre, text: str) -> None:
    centre.done("nightly")
    (run,) = ids(centre)
    Path(f"runs/{run}/manifest.json").write_text(text, "utf-8")
    assert ids(centre) == [run]
    code, said = centre.run("runs", "show", "last")
    assert code == 5
    assert said.splitlines()[0].endswith(f"runs/{run}/manifest.json is damaged: it is no account of a night.")


@pytest.mark.parametrize("name", ["20991231", "lost", "../..", "", "Last"])
def test_a_run_that_there_is_not_is_told(centre: Centre, name: str) -> None:
    centre.done("nightly")
    time.sleep(1.1)
    centre.done("nightly")
    assert centre.run("runs", "show", name)[0] == 2


def test_a_name_that_may_be_several_says_which(centre: Centre) -> None:
    centre.done("nightly")
    time.sleep(1.1)
    centre.done("nightly")
    code, said = centre.run("runs", "show", "2")
    assert (code, said.splitlines()[0]) == (2, "claimbatch: 2 may be any of 2 runs.")
    assert all(run in said for run in ids(centre))


# --- while a run is at work, and after it was killed -------------------------------------------------------------

HOLD = """
import sys, time
from pathlib import Path
from claimbatch.night.lock import locked
from claimbatch.night.run import run as night
from claimbatch.night.runs import Run, all_runs
with locked(Path("runs"), "Pat"):
    print(Run.begin(Path("runs"), "Pat").id, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def at_work(centre: Centre) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A run in another process, which goes on until it is killed."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD], cwd=centre.workspace.folder, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        yield process.stdout.readline().strip(), process
        process.kill()


def states(centre: Centre) -> dict[str, Any]:
    return {run["run"]: run["state"] for run in json.loads(centre.done("runs", "--format", "json"))}


def test_a_run_is_at_work_until_it_is_killed_and_is_told_as_killed_then(
    centre: Centre, at_work: tuple[str, subprocess.Popen[str]]
) -> None:
    run, process = at_work
    assert states(centre) == {run: "running"}
    assert "There is no account of it yet." in centre.done("runs", "show", run)
    process.kill()
    process.wait()
    assert states(centre) == {run: "killed"}
    assert "the next run ends what it had begun" in centre.done("runs", "show", run)


def test_the_run_that_ends_a_killed_one_is_named(centre: Centre) -> None:
    killed = Run.begin(Path("runs"), "Pat")
    time.sleep(1.1)
    centre.done("nightly")
    last, first = json.loads(centre.done("runs", "--format", "json"))
    assert (first["run"], first["state"], first["finished_by"]) == (killed.id, "killed", last["run"])
    assert f"Run {killed.id}: killed, ended by {last['run']}." in centre.done("runs", "show", killed.id)


@pytest.fixture
def killed(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> str:
    """A run that was killed when it had taken what is clean, and moved nothing yet; the next one has finished it."""
    bring(centre)
    with monkeypatch.context() as patch:
        patch.setattr("claimbatch.night.run.carry_out", _killed)
        with pytest.raises(KeyboardInterrupt):
            night(centre.workspace, "Pat")
    time.sleep(1.1)
    centre.run("nightly")
    return ids(centre)[1]


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_of_a_killed_run_every_line_is_accounted_for(centre: Centre, killed: str) -> None:
    """Under its own name, with the lines that it changed, on its page too."""
    told = json.loads(centre.done("runs", "show", killed, "--format", "json"))
    assert (told["state"], told["doubts"], told["manifest"]["totals"]["added"] > 50) == ("killed", [], True)
    page = Path(f"runs/{killed}/summary.html").read_text("utf-8")
    assert ("What changed (1 claim)" in page, "This run was killed" in page) == (True, True)


def test_where_nothing_is_written_of_claims_they_are_accounted_for_all_the_same(centre: Centre) -> None:
    config = centre.workspace.folder / CONFIG
    config.write_text(config.read_text("utf-8") + "export = []\n", "utf-8")
    bring(centre)
    centre.run("nightly")
    told = json.loads(centre.done("runs", "show", "last", "--format", "json"))
    assert [
        (claim["claim"], claim["written"], claim["added"] > 50) for claim in told["manifest"]["claims"]
    ] == [("68199-05349-1", [], True)]


def test_looking_at_the_runs_does_not_take_the_lock_away(centre: Centre) -> None:
    begun = Run.begin(Path("runs"), "Pat")
    assert states(centre) == {begun.id: "killed"}
    assert centre.run("nightly")[0] == 0


# --- what is kept ------------------------------------------------------------------------------------------------


def test_of_old_runs_only_the_account_and_the_page_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No workbook is removed; an old run is shown as before."""
    centre = night_centre(tmp_path / "c")
    with (centre.workspace.folder / CONFIG).open("a", encoding="utf-8") as config:
        config.write("keep_runs = 1\n")
    monkeypatch.chdir(centre.workspace.folder)
    bring(centre)
    centre.run("nightly")
    (first,) = ids(centre)
    assert Path(f"runs/{first}/changes.csv").exists()
    before = {
        path: path.read_bytes()
        for name in ("done", "rejected", "quarantine")
        for path in Path(name).rglob("*.xlsx")
    }
    told = centre.done("runs", "show", first)
    time.sleep(1.1)
    centre.run("nightly")
    assert {path.name for path in Path(f"runs/{first}").iterdir()} == {
        "journal.jsonl",
        "manifest.json",
        "summary.html",
    }
    assert centre.done("runs", "show", first) == told
    assert {path: path.read_bytes() for path in before} == before
    (last, *others) = ids(centre)
    assert (others, Path(f"runs/{last}/changes.csv").exists()) == ([first], True)


def test_the_metrics_go_where_the_settings_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    centre = night_centre(tmp_path / "c")
    with (centre.workspace.folder / CONFIG).open("a", encoding="utf-8") as config:
        config.write(f'metrics = "{tmp_path / "collector" / "claimbatch.prom"}"\n')
    centre.done("nightly")
    assert (
        (tmp_path / "collector" / "claimbatch.prom").read_text("utf-8").startswith("# HELP claimbatch_night_")
    )
