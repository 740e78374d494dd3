"""Workers: the same result whoever reads the workbooks, and no file that can take others down with it."""

import os
import pickle
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claimbatch.claims.store import Store
from claimbatch.errors import ClaimbatchError
from claimbatch.intake import chunk, engine
from claimbatch.intake.check import Checked, Executor, Files, Load, check, chunks, parcels_of
from claimbatch.intake.engine import Auto, FromStore, Processes, Serial, processors
from claimbatch.intake.guard import Package, admit_file, fingerprint
from claimbatch.intake.parcel import Parcel
from claimbatch.intake.workers import Limits
from claimbatch.problems import Problem
from claimbatch.workspace import CONFIG, Workspace
from tests import hostile
from tests.centre import Centre, fill, put
from tests.readers import failing, faulty, killed, unguarded


class World:
    """A centre, and workbooks of all kinds that came back to it."""

    def __init__(self, folder: Path) -> None:
        self.centre = Centre.make(folder / "centre")
        self.folder = folder / "in"
        self.folder.mkdir()
        first = fill(self.centre.issue())
        self.clean = first.read_bytes()
        self.names = ["clean.xlsx"]
        self.add("clean.xlsx", self.clean)
        for name, cells in (
            ("faults.xlsx", {"Grades!E5": "X", "Grades!F6": "P", "Units!D5": "QQ"}),
            ("answered.xlsx", {"Grades!E6": "Not claiming", "Notes!A5": "0042", "Notes!E5": "so it is"}),
            ("newcomer.xlsx", {"Assessors!A9": "ZZ", "Assessors!B9": "Zoe Zed", "Grades!E5": "D"}),
            ("namesake.xlsx", {"Assessors!A9": "ZZ", "Assessors!B9": "Zack Zee", "Assessed by!E6": "ZZ"}),
            ("film.xlsx", film("Sound design")),
            ("spelt.xlsx", film("SOUND  design")),
        ):
            self.add(name, put(first, cells, name).read_bytes())
        self.add("empty.xlsx", b"")
        self.add("far.xlsx", hostile.value_at("XFD1048576"))
        self.add("foreign.xlsx", hostile.book())

    def add(self, name: str, data: bytes) -> tuple[Path, str]:
        path = self.folder / name
        path.write_bytes(data)
        return path, name

    @property
    def files(self) -> list[tuple[Path, str]]:
        return [
            (path, path.name)
            for path in sorted(self.folder.glob("*.xlsx"))
            if path.name.split("-")[0] in KEPT
        ]

    def known(self, store: Store) -> FromStore:
        return self.centre.workspace.known(store)

    def check(self, files: Files, by: Executor | None) -> Checked:
        with self.centre.workspace.store() as store:
            return check(files, self.known(store), by)


ALONE = ("clean", "faults", "answered", "newcomer", "empty", "far", "foreign")
KEPT = {f"{name}.xlsx" for name in (*ALONE, "namesake", "film", "spelt")}


def film(title: str) -> dict[str, str]:
    """A unit of another awarding body, on a row of its own."""
    row = ("0042", title, "NCFE", "P", "JH", "Yes")
    return {f"Other units!{column}5": text for column, text in zip("ABCDEF", row, strict=True)}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("workers"))


def picture(checked: Checked) -> bytes:
    """All of a result as bytes, its sentences included."""
    problems = [tuple(problem.row().items()) for problem in checked.problems]
    answers = [(*problem.row().values(), words) for problem, words in checked.answers]
    said = [(book.statements, book.silent, sorted(book.filled)) for book in checked.books]
    return repr((checked.files, problems, said, checked.people, answers, checked.overruled)).encode()


class Shuffled:
    """An executor that cuts as it likes, and gives what was found in any order, through the bytes that workers send."""

    def __init__(self, size: int, dice: random.Random) -> None:
        self.size, self.dice = size, dice

    def parcels(self, files: Files, load: Load) -> Iterator[list[Parcel]]:
        found = [pickle.loads(pickle.dumps(parcels_of(some, load))) for some in chunks(files, self.size)]
        self.dice.shuffle(found)
        return iter(found)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(size=st.integers(1, 9), dice=st.randoms(use_true_random=False))
def test_chunks_and_their_order_decide_nothing(world: World, size: int, dice: random.Random) -> None:
    """Byte for byte the same, sentences included, for any size of a chunk and any order in which they are done."""
    files = world.files
    dice.shuffle(files)
    assert picture(world.check(files, Shuffled(size, dice))) == picture(world.check(files, None))


class Together:
    """An executor that lets no workbook be settled by itself: all are looked at together, as one would who has time."""

    def parcels(self, files: Files, load: Load) -> Iterator[list[Parcel]]:
        return iter([[parcel._replace(alone=False) for parcel in parcels_of(files, load)]])


@pytest.mark.parametrize("overruling", [False, True])
@pytest.mark.parametrize("received", [(), ("clean.xlsx", "faults.xlsx")])
def test_to_open_only_what_others_contradict_finds_all_there_is(
    world: World, received: tuple[str, ...], overruling: bool
) -> None:
    """The quick way and the plain one, which holds everything against everything, come to the same."""
    seen = {fingerprint(path) for path, name in world.files if name in received}
    with world.centre.workspace.store() as store:
        known = world.known(store)
        quick, plain = (
            check(world.files, known, by, received=seen, overruling=overruling) for by in (None, Together())
        )
    assert {"CB302", "CB304"} <= {problem.rule.code for problem in plain.problems}
    assert picture(quick) == picture(plain)


@pytest.mark.parametrize(
    "by", [Serial(2), Processes(1), Processes(3, chunk=1), Auto(2, pays_from=1), Auto(2)]
)
def test_it_is_the_same_whoever_reads(world: World, by: Executor) -> None:
    assert picture(world.check(world.files, by)) == picture(world.check(world.files, None))


# --- files that no reader survives -------------------------------------------------------------------------------

LIMIT = "This file is not safe to open: it could not be read within the limits ({})."
SLOW, BROKE, FAT = (
    LIMIT.format("it took longer than 6 seconds"),
    LIMIT.format("the program that reads it broke down"),
    LIMIT.format("it takes more than 1024 MiB of memory"),
)
SPOILT = {
    **{f"hang-{n}.xlsx": SLOW for n in range(2)},
    **{f"abort-{n}.xlsx": BROKE for n in range(7)},
    **{f"exit-{n}.xlsx": BROKE for n in range(6)},
    **{f"bloat-{n}.xlsx": FAT for n in range(6)},
}


def outcomes(checked: Checked) -> dict[str, str]:
    """What was said of each file as a whole; nothing of those whose reading came to an end."""
    told = {p.place.workbook: p.message for p in checked.problems if p.rule.code == "CB004"}
    return {result.workbook: told.get(result.workbook, "") for result in checked.files}


def test_a_file_that_spoils_its_reader_costs_only_itself(world: World, tmp_path: Path) -> None:
    """Twenty-one of them among ordinary ones: they hang, abort, end or bloat the process, each time they are read."""
    good = world.files
    bad = []
    for name in SPOILT:
        path = tmp_path / name
        path.write_bytes(world.clean)
        bad.append((path, name))
    mixed = [*bad, *good]
    random.Random(7).shuffle(mixed)
    checked = world.check(mixed, Processes(2, Limits(6, setup=failing), chunk=4))
    assert {name: said for name, said in outcomes(checked).items() if name in SPOILT} == SPOILT
    plain = world.check([file for file in mixed if file in good], None)
    assert [p for p in checked.problems if p.place.workbook not in SPOILT] == list(plain.problems)
    assert checked.statements == plain.statements
    assert [f for f in checked.files if f.workbook not in SPOILT] == list(plain.files)


@pytest.mark.parametrize("large", [False, True])
def test_a_few_files_are_read_here_but_for_the_large_and_the_unusual(
    world: World, monkeypatch: pytest.MonkeyPatch, large: bool
) -> None:
    """The reader of this process never sees them, and what comes of them is the same."""
    read, seen = chunk.read_sheets, []

    def note(package: Package) -> Any:
        seen.append(package.name)
        return read(package)

    def admit(path: Path, name: str) -> Package | Problem:
        package = admit_file(path, name)
        odd = not large and name == "faults.xlsx"
        return replace(package, unusual=True) if odd and isinstance(package, Package) else package

    expected = picture(world.check(world.files, None))
    monkeypatch.setattr(chunk, "read_sheets", note)
    monkeypatch.setattr(engine, "admit_file", admit)
    monkeypatch.setattr(engine, "_is_large", lambda path: large and path.name == "faults.xlsx")
    assert picture(world.check(world.files, Auto(1))) == expected
    assert (seen.count("clean.xlsx"), seen.count("faults.xlsx")) == (1, 0)


ABORTING = {
    "raw-corners.xlsx": hostile.value_at("A1", "XFD1048576"),
    "raw-strings.xlsx": hostile.stated_strings("4294967295"),
}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="memory is limited where the system can do that")
def test_what_aborts_the_real_reader_past_the_guard_costs_only_itself(world: World, tmp_path: Path) -> None:
    """The guard turns these away; were it wrong, the reader would bring a worker down, and no more."""
    files = world.files
    (tmp_path / "harmless.xlsx").write_bytes(hostile.book())
    for name, data in ABORTING.items():
        (tmp_path / name).write_bytes(data)
        files.append((tmp_path / name, name))
    checked = world.check(files, Processes(2, Limits(20, setup=unguarded), chunk=5))
    told = outcomes(checked)
    assert {told[name] for name in ABORTING} <= {BROKE, FAT}
    assert checked.statements == world.check(world.files, None).statements


def test_killing_workers_at_random_changes_nothing(world: World, tmp_path: Path) -> None:
    """Fifty of them, over runs of two hundred workbooks."""
    files = []
    for number in range(200):
        path, name = world.files[number % len(world.files)]
        copy = tmp_path / f"{number:03}-{name}"
        copy.write_bytes(path.read_bytes())
        files.append((copy, copy.name))
    lives, undisturbed = tmp_path / "lives", picture(world.check(files, None))
    lives.write_text("", "ascii")
    while len(lives.read_text("ascii").splitlines()) <= 50:  # a fast machine is through before so many die
        setup = partial(killed, lives, 50, 0.3)
        found = world.check(files, Processes(2, Limits(setup=setup), chunk=4))
        assert picture(found) == undisturbed


# --- the process that started them -------------------------------------------------------------------------------


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="children are listed on Linux alone")
def test_ctrl_c_ends_all_workers_at_once(world: World) -> None:
    """Nothing is left behind, and one sentence says so."""
    folder = str(world.centre.workspace.folder)
    command = [sys.executable, "-m", "claimbatch", "check", str(world.folder), "--workers", "2", "-w", folder]
    ours = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # background jobs ignore it
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, preexec_fn=ours) as process:  # noqa: PLW1509
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        while len(started := children.read_text("ascii").split()) < 2:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert (process.returncode, said.lstrip()) == (5, "claimbatch: stopped; nothing half-done is left.\n")
    until = time.monotonic() + 20
    while any(left := [pid for pid in started if Path(f"/proc/{pid}").exists()]) and time.monotonic() < until:
        time.sleep(0.05)
    assert left == []


def test_workers_that_never_start_are_told(world: World) -> None:
    with pytest.raises(ClaimbatchError, match="cannot be started"):
        world.check(world.files, Processes(1, Limits(setup=partial(os._exit, 1))))


def test_a_fault_of_ours_is_raised_not_blamed_on_the_file(world: World) -> None:
    """As in one process."""
    with pytest.raises(RuntimeError, match="a worker met a fault of claimbatch's own"):
        world.check(world.files, Processes(1, Limits(setup=faulty)))


# --- settings ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "workers", "expected"),
    [
        ("", None, Auto(processors())),
        ('executor = "serial"', None, Serial()),
        ('executor = "processes"\nworkers = 3', None, Processes(3)),
        ("workers = 3", None, Auto(3)),
        ('executor = "serial"', 2, Processes(2)),
    ],
)
def test_the_settings_say_who_reads(
    tmp_path: Path, settings: str, workers: int | None, expected: Executor
) -> None:
    """``--workers`` is stronger."""
    (tmp_path / CONFIG).write_text(settings, "utf-8")
    assert Workspace(tmp_path).executor(workers) == expected


@pytest.mark.parametrize("settings", ['executor = "cluster"', "workers = -1", 'workers = "two"'])
def test_a_setting_that_is_none_is_refused(tmp_path: Path, settings: str) -> None:
    (tmp_path / CONFIG).write_text(settings, "utf-8")
    with pytest.raises(ClaimbatchError, match=settings.partition(" ")[0]):
        Workspace(tmp_path).executor()
