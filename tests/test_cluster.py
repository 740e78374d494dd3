"""A Dask cluster reads: the same result with any number of workers, one of them killed; and clear words without one."""

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from claimbatch.errors import ClaimbatchError
from claimbatch.intake import cluster, connected, remote
from claimbatch.intake.check import Executor, Files, Load
from claimbatch.intake.cluster import Dask
from claimbatch.intake.engine import FromStore, Overheard, Processes
from claimbatch.intake.parcel import Parcel
from claimbatch.intake.remote import Batch, Contents, made_of, read
from claimbatch.intake.results import FileResult
from claimbatch.intake.workers import USUAL, Limits
from claimbatch.settings import read_settings
from claimbatch.workspace import CONFIG, Workspace
from tests.readers import ending_its_computer, failing
from tests.test_workers import BROKE, LIMIT, World, outcomes, picture

ROOT = Path(__file__).parent.parent
PASSWORD = "hunter2-of-the-store"  # noqa: S105


class Cluster:
    """A scheduler, and as many workers as somebody asks for, each a process of its own that writes a log."""

    def __init__(self, folder: Path, scheduler: Any) -> None:
        self.folder, self.scheduler = folder, scheduler
        self.workers: list[subprocess.Popen[bytes]] = []
        self.started = 0

    @property
    def address(self) -> str:
        return str(self.scheduler.scheduler_address)

    def have(self, count: int) -> None:
        """Have so many workers at work, or more."""
        self.workers = [worker for worker in self.workers if worker.poll() is None]
        while len(self.workers) < count:
            self.started += 1
            log = (self.folder / f"worker-{self.started}.log").open("wb")
            command = [sys.executable, "-m", "distributed.cli.dask_worker", self.address, "--no-nanny"]
            command += ["--nthreads", "1", "--no-dashboard", "--local-directory", str(self.folder)]
            self.workers.append(subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log))
        self.wait_for(len(self.workers))

    def wait_for(self, count: int) -> None:
        """Wait until the scheduler knows of so many workers."""
        until = time.monotonic() + 120
        while len(self.scheduler.scheduler.workers) != count and time.monotonic() < until:
            time.sleep(0.05)
        assert len(self.scheduler.scheduler.workers) == count, self.logs

    @property
    def logs(self) -> str:
        return "".join(path.read_text("utf-8", "replace") for path in self.folder.glob("worker-*.log"))


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    connected._settings()
    from distributed import LocalCluster  # noqa: PLC0415

    with ExitStack() as stack:
        scheduler = stack.enter_context(
            LocalCluster(
                n_workers=0,
                processes=False,
                protocol="tcp",
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",
            )
        )
        found = Cluster(tmp_path_factory.mktemp("cluster"), scheduler)
        yield found
        for worker in found.workers:
            worker.kill()
            worker.wait()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("workers"))


@pytest.fixture(scope="module")
def many(world: World, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, str]]:
    """Sixty workbooks of all kinds, and what is none: a folder, a link, and a file larger than any claim."""
    folder = tmp_path_factory.mktemp("many")
    for number in range(60):
        path, name = world.files[number % len(world.files)]
        shutil.copyfile(path, folder / f"{number:02}-{name}")
    (folder / "folder.xlsx").mkdir()
    (folder / "link.xlsx").symlink_to(world.files[0][0])
    with (folder / "vast.xlsx").open("wb") as file:
        file.truncate(17 << 20)
    return [(path, path.name) for path in sorted(folder.iterdir())] + [(folder / "none.xlsx", "none.xlsx")]


class Watched:
    """What another executor does; how many files were fetched and not yet back, and what happens after some batches."""

    def __init__(self, reader: Executor, fetched: list[str], after: int, happens: Callable[[], None]) -> None:
        self.reader, self.fetched, self.after, self.happens = reader, fetched, after, happens
        self.most = 0

    def parcels(self, files: Files, load: Load) -> Iterator[list[Parcel]]:
        back = 0
        for number, parcels in enumerate(self.reader.parcels(files, load)):
            if number == self.after:
                self.happens()
            self.most = max(self.most, len(set(self.fetched)) - back)
            back += len(parcels)
            yield parcels


def test_it_is_the_same_on_1_2_and_4_workers_of_which_one_is_killed(
    world: World, many: list[tuple[Path, str]], there: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Byte for byte. No more is ever fetched than keeps the cluster busy; the dashboard is told once."""
    expected, told = picture(world.check(many, None)), []
    fetched: list[str] = []
    fetch = cluster.fetch
    monkeypatch.setattr(cluster, "fetch", lambda path, name: fetched.append(name) or fetch(path, name))
    reader = Dask(there.address, files=3, tell=told.append)
    for count in (1, 2, 4):
        there.have(count)
        fetched.clear()
        victim = there.workers[-1]
        watched = Watched(reader, fetched, 5, victim.kill if count == 4 else lambda: None)
        assert picture(world.check(many, watched)) == expected
        assert watched.most <= cluster.AHEAD * count * 3
    assert victim.wait() == -signal.SIGKILL
    assert told == [f"The cluster's dashboard: {there.scheduler.dashboard_link}"]
    assert there.scheduler.scheduler.tasks == {}


def test_nobody_writes_down_a_key_or_a_password_or_a_name(world: World, there: Cluster) -> None:
    """In what is sent, in the logs of the cluster, in what its dashboard calls a task."""
    key = world.centre.workspace.key()
    load = FromStore(
        f"postgresql+psycopg://me:{PASSWORD}@127.0.0.1:1/x", world.folder, key, world.known(None).catalogue
    )  # type: ignore[arg-type]
    sent = Batch("r", Contents({"Jo Hughes.xlsx": world.clean}), load, made_of())
    there.have(1)
    with pytest.raises(ClaimbatchError) as refused:
        list(Dask(there.address).parcels([(world.files[0][0], "Jo Hughes.xlsx")], load))
    shown = "\n".join((repr(sent), f"{sent}", str(refused.value), refused.value.hint, there.logs))
    told = [secret for secret in (PASSWORD, key.hex(), repr(key)[2:12], "Hughes") if secret in shown]
    assert (told, refused.value.exit_code) == ([], 5)
    assert "postgresql+psycopg://me:***@127.0.0.1:1/x" in refused.value.message


def test_a_file_that_takes_workers_with_it_is_given_up(world: World, there: Cluster, tmp_path: Path) -> None:
    """With the others first, then twice alone; the others are read by those that are left, and the run goes on."""
    there.have(3)
    there.scheduler.scheduler.allowed_failures = 0  # so that three workers are enough
    (tmp_path / "deadly-1.xlsx").write_bytes(world.clean)
    files = [*world.files[:2], (tmp_path / "deadly-1.xlsx", "deadly-1.xlsx")]
    reader = Dask(there.address, 1, replace(USUAL, setup=ending_its_computer))
    reader.files = 99
    found = world.check(files, reader)
    told = outcomes(found)
    assert told["deadly-1.xlsx"] == LIMIT.format("the computers that read it broke down")
    plain = world.check(files[:2], None)
    assert [file for file in found.files if file.workbook != "deadly-1.xlsx"] == list(plain.files)


# --- a cluster of this computer ----------------------------------------------------------------------------------


def test_without_an_address_the_cluster_is_this_computer(world: World, tmp_path: Path) -> None:
    """The same again, a few files at a time, and a file costs only itself; there is no dashboard to tell of."""
    told: list[str] = []
    heard: list[FileResult] = []
    files = world.files
    (tmp_path / "abort-1.xlsx").write_bytes(world.clean)
    files.insert(3, (tmp_path / "abort-1.xlsx", "abort-1.xlsx"))
    reader = Dask("", 1, Limits(setup=failing), tell=told.append)
    found, plain = world.check(files, Overheard(reader, heard.append, 6)), world.check(world.files, None)
    assert outcomes(found) == {**outcomes(plain), "abort-1.xlsx": BROKE}
    assert (found.statements, len(heard), told) == (plain.statements, len(files), [])


# --- what cannot be ----------------------------------------------------------------------------------------------


def said(world: World, by: Executor) -> str:
    with pytest.raises(ClaimbatchError) as refused:
        world.check(world.files, by)
    return f"{refused.value.exit_code:d} {refused.value.message}"


def test_where_no_scheduler_answers_it_is_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connected, "ANSWERS", 0.2)
    assert said(world, Dask("tcp://127.0.0.1:1")) == "5 The scheduler at tcp://127.0.0.1:1 does not answer."


def test_an_address_with_certificates_needs_certificates(world: World) -> None:
    assert said(world, Dask("tls://127.0.0.1:1")).startswith(
        "3 'tls://127.0.0.1:1' does not lead to a cluster"
    )


def test_a_cluster_without_workers_is_given_up(
    world: World, there: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said that it waits, and then that it waits no longer."""
    for worker in there.workers:
        worker.kill()
    there.wait_for(0)
    told: list[str] = []
    monkeypatch.setattr(cluster, "LOOKS", 0.1)
    monkeypatch.setattr(cluster, "NOBODY", 0.5)
    assert (
        said(world, Dask(there.address, tell=told.append))
        == "5 The cluster has had no worker for 0.5 seconds."
    )
    assert told[1:] == ["The cluster has no worker at the moment; waiting for one."]


def test_without_the_package_it_is_said_what_to_install(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert said(world, Dask()).startswith(
        "3 Workbooks are to be read on a Dask cluster, but the Python package"
    )


def sent(world: World, changes: Mapping[str, str] = {}, at: str = "") -> str:
    """What is said of a batch from a computer that has something else than this one, or the store."""
    with world.centre.workspace.store() as store:
        load = world.known(store)
    with pytest.MonkeyPatch.context() as there:
        there.setattr(remote, "made_of", lambda: {**made_of(), **changes})
        answer = read(Batch("r", Contents({"a.xlsx": world.clean}), load, made_of(), at))
    with pytest.raises(ClaimbatchError) as refused:
        cluster._raise_what_went_wrong(answer._replace(where="exams-07"))
    return f"{refused.value.exit_code:d} {refused.value.message}"


def test_another_program_and_a_store_of_another_computer_are_refused(world: World) -> None:
    """Before anything is read: results could differ, and SQLite goes wrong on a shared disk."""
    assert sent(world, {"pandas": "1.0"}) == (
        f"3 The worker on exams-07 has pandas 1.0, this computer {made_of()['pandas']}: results could differ."
    )
    assert sent(world, at="another") == (
        "3 The worker on exams-07 cannot open the store: it is a SQLite file of this computer."
    )
    assert remote.machine() == remote.machine() != ""


# --- settings ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "workers", "expected"),
    [
        ('executor = "dask"', None, Dask("", 0)),
        ('executor = "dask"\ndask_address = "tls://c.org:8786"\nworkers = 3', None, Dask("tls://c.org:8786", 3)),
        ('executor = "dask"\ndask_address = "[::1]:8786"', 2, Dask("[::1]:8786", 2)),
        ('dask_address = "tcp://c:1"', 2, Processes(2)),
    ],
)  # fmt: skip
def test_the_settings_say_which_cluster(
    tmp_path: Path, settings: str, workers: int | None, expected: Executor
) -> None:
    """``--workers`` is of the cluster, where one reads."""
    (tmp_path / CONFIG).write_text(settings, "utf-8")
    assert Workspace(tmp_path).executor(workers) == expected


@pytest.mark.parametrize(
    "address", ["cluster", "http://c:8786", "tcp://c", "tcp://c:8786/x", "tcp://me:pw@c:1"]
)
def test_an_address_that_is_none_is_refused(tmp_path: Path, address: str) -> None:
    (tmp_path / CONFIG).write_text(f'dask_address = "{address}"', "utf-8")
    with pytest.raises(ClaimbatchError, match=r"dask_address: .* is no address of a scheduler"):
        read_settings(tmp_path / CONFIG)
