"""One night at a time, whoever starts it."""

import json
import os
import platform
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from filelock import FileLock
from sqlalchemy import text

from claimbatch.claims.store import Store
from claimbatch.claims.store.transactions import reading
from claimbatch.errors import ClaimbatchError
from claimbatch.night.lock import HOLDER, LOCK, is_held, locked
from tests.at_night import night_centre
from tests.servers import database

HOLDING = """
import sys
from pathlib import Path
from claimbatch.night.lock import locked
with locked(Path(sys.argv[1]), "pat"):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def held_by(script: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock until its standard input is closed."""
    process = subprocess.Popen(
        [sys.executable, "-c", script, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()


def holding(runs: Path) -> subprocess.Popen[str]:
    """Another process that holds the lock until its standard input is closed."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(runs)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_night_says_who_is_at_work_since_when(tmp_path: Path) -> None:
    """It ends with 4 and has changed nothing; when the first has ended, the next one works."""
    centre = night_centre(tmp_path / "c")
    runs = centre.workspace.folder / "runs"
    first = holding(runs)
    code, said = centre.run("nightly")
    assert code == 4
    assert said.startswith(
        f"claimbatch: Another night is at work: pat on {platform.node()} (process {first.pid}), since 2"
    )
    assert list(runs.glob("2*")) == []
    first.communicate()
    assert centre.run("nightly")[0] == 0


def test_who_looks_whether_a_run_is_at_work_keeps_none_from_it(tmp_path: Path) -> None:
    """Looking takes the lock for a moment, and a page may look just when the timer starts the run."""
    looking = FileLock(tmp_path / LOCK, thread_local=False)
    looking.acquire()
    threading.Timer(0.2, looking.release).start()
    with locked(tmp_path, "sam"):
        assert is_held(tmp_path)
    assert not is_held(tmp_path)


def test_a_lock_whose_holder_died_is_free(tmp_path: Path) -> None:
    """The system lets it go; who follows learns that somebody came to no end."""
    first = holding(tmp_path)
    first.kill()
    first.wait()
    with locked(tmp_path, "sam") as (before, _):
        assert before
        assert (before.user, before.pid) == ("pat", first.pid)
    with locked(tmp_path, "sam") as (before, _):
        assert before is None


def test_a_night_on_another_computer_is_not_disturbed(tmp_path: Path) -> None:
    """A lock on a network disk may not be seen from here; so what stands beside it counts, until somebody says no."""
    there = {"user": "pat", "host": "elsewhere", "pid": os.getpid(), "since": "2026-11-26T02:00:00Z"}
    (tmp_path / HOLDER).write_text(json.dumps(there))
    with pytest.raises(ClaimbatchError, match="pat on elsewhere") as refused, locked(tmp_path, "sam"):
        raise AssertionError
    assert refused.value.exit_code == 4
    assert f"If that run is no more, delete {tmp_path / HOLDER}" in refused.value.hint
    (tmp_path / HOLDER).unlink()
    with locked(tmp_path, "sam") as (before, _):
        assert before is None


# --- one PostgreSQL store, and several computers ------------------------------------------------------------------

ELSEWHERE = """
import sys
from pathlib import Path
from claimbatch.claims.store import Store
from claimbatch.night.lock import locked
with Store.open(sys.argv[2]) as store, locked(Path(sys.argv[1]), "pat", store):
    print("held", flush=True)
    sys.stdin.read()
"""
KILL = text(
    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
)


@pytest.fixture
def shared(server: str, tmp_path: Path) -> Iterator[str]:
    """The address of a store that several computers use."""
    with database(server) as address:
        Store.open(address).close()
        yield address


@pytest.fixture
def elsewhere(shared: str, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A night at work in another workspace, as on another computer: what the two share is the store."""
    with held_by(ELSEWHERE, str(tmp_path / "elsewhere"), shared) as first:
        yield first


def test_nights_on_one_store_meet(elsewhere: subprocess.Popen[str], shared: str, tmp_path: Path) -> None:
    """The second says who is at work since when, and ends with 4; when the first was killed, the next one works."""
    centre = night_centre(tmp_path / "c", address=shared)
    code, said = centre.run("nightly")
    assert code == 4
    assert said.startswith(
        f"claimbatch: Another night is at work: pat on {platform.node()} (process {elsewhere.pid}), since 2"
    )
    assert list((centre.workspace.folder / "runs").glob("2*")) == []
    elsewhere.kill()
    elsewhere.wait()
    assert centre.run("nightly", "--wait", 1)[0] == 0  # the server needs a moment to see it


def test_a_night_waits_for_another_where_it_is_told_to(
    elsewhere: subprocess.Popen[str], shared: str, tmp_path: Path
) -> None:
    centre = night_centre(tmp_path / "c", address=shared)
    ending = threading.Timer(0.5, elsewhere.communicate)
    ending.start()
    assert centre.run("nightly", "--wait", 1)[0] == 0
    ending.join()
    with Store.open(shared) as store, reading(store._engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM night")).scalar() == 0


def test_a_lock_that_was_lost_with_its_connection_is_taken_again(shared: str, tmp_path: Path) -> None:
    """The server was restarted, say; where nobody came in between, the night goes on."""
    with Store.open(shared) as store, locked(tmp_path / "here", "sam", store) as (_, confirm):
        kill(store)
        confirm()
        confirm()
        with (
            Store.open(shared) as other,
            pytest.raises(ClaimbatchError, match="sam on"),
            locked(tmp_path / "there", "pat", other),
        ):
            raise AssertionError


def test_a_night_that_lost_its_lock_to_another_one_stops(shared: str, tmp_path: Path) -> None:
    """Whether that is at work still, or has ended meanwhile."""
    with Store.open(shared) as store, Store.open(shared) as other:
        with locked(tmp_path / "here", "sam", store) as (_, confirm):
            kill(store)
            with locked(tmp_path / "there", "pat", other), pytest.raises(ClaimbatchError) as refused:
                confirm()
            with pytest.raises(ClaimbatchError):
                confirm()
        assert refused.value.exit_code == 4


def test_with_a_store_of_its_own_server_nobody_has_to_say_that_the_other_run_is_no_more(
    shared: str, tmp_path: Path
) -> None:
    """The workspace is on a network disk, and a computer that held its lock lost its power."""
    there = {"user": "pat", "host": "elsewhere", "pid": os.getpid(), "since": "2026-11-26T02:00:00Z"}
    (tmp_path / HOLDER).write_text(json.dumps(there))
    with Store.open(shared) as store, locked(tmp_path, "sam", store) as (before, _):
        assert before
        assert before.host == "elsewhere"


def kill(store: Store) -> None:
    """End the connection that holds the lock, as the server does when it is restarted."""
    with reading(store._engine) as connection:
        assert connection.execute(KILL).scalar()
