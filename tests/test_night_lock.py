"""One night at a time, whoever starts it."""

import json
import os
import platform
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from filelock import FileLock

from claimbatch.errors import ClaimbatchError
from claimbatch.night.lock import HOLDER, LOCK, is_held, locked
from tests.at_night import night_centre

HOLDING = """
import sys
from pathlib import Path
from claimbatch.night.lock import locked
with locked(Path(sys.argv[1]), "pat"):
    print("held", flush=True)
    sys.stdin.read()
"""


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
    with locked(tmp_path, "sam") as before:
        assert before
        assert (before.user, before.pid) == ("pat", first.pid)
    with locked(tmp_path, "sam") as before:
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
    with locked(tmp_path, "sam") as before:
        assert before is None
