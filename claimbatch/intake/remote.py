"""What another computer does for a run: it is sent a few workbooks as bytes, and gives back what was found in them.

The bytes come along because nobody has to see the run's folders then, which are for their owner alone. Whoever reads
is a worker process of that computer (:mod:`claimbatch.intake.workers`), held to the same limits: a file that ends it,
hangs or takes too much memory costs only itself there, too. Between two batches of a run that process lives on.

Whatever is raised here would be written to logs and pages of the cluster, so what went wrong goes back as a value; and
nothing that is sent shows in a ``repr``.
"""

import importlib.metadata
import multiprocessing
import platform
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from claimbatch import __version__
from claimbatch.data import schema_folder
from claimbatch.errors import ClaimbatchError
from claimbatch.intake.check import Load
from claimbatch.intake.guard import Package, admit
from claimbatch.intake.parcel import Parcel
from claimbatch.intake.workers import USUAL, Crew, Limits
from claimbatch.problems import Problem

IDLE = 30.0  # seconds after which a reading process goes that no batch has come for
_LIBRARIES = ("python-calamine", "pandas", "pandera")


@dataclass(frozen=True)
class Contents:
    """Workbooks by name, as bytes: who guards the door (:data:`~claimbatch.intake.chunk.Admit`) finds them here."""

    files: Mapping[str, bytes] = field(repr=False)

    def __call__(self, _path: Path, name: str) -> Package | Problem:
        """The workbook of this *name*, if it may be opened."""
        return admit(name, self.files[name])


@dataclass(frozen=True)
class Batch:
    """Some workbooks of a *run*, and all that is needed to check them.

    *made* is what the sender's program is made of, *at* its computer where the store can be opened on that alone.
    """

    run: str
    contents: Contents
    load: Load = field(repr=False)
    made: Mapping[str, str] = field(repr=False)
    at: str = ""
    limits: Limits = USUAL


class Answer(NamedTuple):
    """What came of a batch: *parcels*; or the *error* to raise, or a *fault* of ours, in words that name nobody.

    *different* is what another computer's program is made of where that is not the sender's; *elsewhere* is True where
    the store cannot be opened from there.
    """

    where: str
    parcels: Sequence[Parcel] = ()
    error: ClaimbatchError | None = None
    fault: str = ""
    different: Mapping[str, str] | None = None
    elsewhere: bool = False


def read(batch: Batch) -> Answer:
    """Check the workbooks of a *batch* in a process that lives on."""
    where = platform.node()
    if batch.made != made_of():
        return Answer(where, different=made_of())
    if batch.at and batch.at != machine():
        return Answer(where, elsewhere=True)
    files = [(Path(), name) for name in batch.contents.files]
    try:
        with _crew(batch) as crew:
            return Answer(where, [one for some in crew.work([files], 1, batch.contents) for one in some])
    except ClaimbatchError as error:
        return Answer(where, error=error)
    except Exception as fault:  # what the readers met has its traceback in its words
        return Answer(where, fault="".join(traceback.format_exception(fault)))


@cache
def made_of() -> Mapping[str, str]:
    """What this program is made of, as far as results hang on it: the same everywhere, or the cluster is none."""
    code = sha256()
    package = Path(__file__).parent.parent
    for root, pattern in ((package, "*.py"), (schema_folder(), "*.toml")):
        for path in sorted(
            path for path in root.rglob(pattern) if "_data" not in path.relative_to(root).parts
        ):
            code.update(path.relative_to(root).as_posix().encode())
            code.update(path.read_bytes().replace(b"\r\n", b"\n"))
    libraries = {name: importlib.metadata.version(name) for name in _LIBRARIES}
    return {
        "claimbatch": f"{__version__} ({code.hexdigest()[:8]})",
        "Python": f"{sys.version_info[0]}.{sys.version_info[1]}",
        **libraries,
    }


def differences(theirs: Mapping[str, str]) -> Mapping[str, tuple[str, str]]:
    """Where *theirs* is made of something else, by name: what they have, and what is here."""
    ours = made_of()
    return {name: (theirs.get(name, "none"), ours[name]) for name in ours if theirs.get(name) != ours[name]}


def machine() -> str:
    """This computer, as long as it runs: the same for all that shares its kernel, containers included."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return platform.node()


# --- processes that live on ----------------------------------------------------------------------------------------

_lock = threading.Lock()
_idle: list[tuple[float, str, Crew]] = []  # since when, for which run


@contextmanager
def _crew(batch: Batch) -> Iterator[Crew]:
    """A crew of one for the run of this *batch*: one that has nothing to do, or a new one."""
    multiprocessing.current_process().daemon = (
        False  # a cluster's worker may be one, and have no processes of its own
    )
    with _lock:
        found = next((entry for entry in _idle if entry[1] == batch.run), None)
        if found:
            _idle.remove(found)
    crew = found[2] if found else Crew(batch.load, batch.limits)
    try:
        yield crew
    except BaseException:
        crew.end()
        raise
    with _lock:
        _idle.append((time.monotonic(), batch.run, crew))
    _tidy_up()


@cache
def _tidy_up() -> None:
    """Let crews go that no batch has come for, from now on and as long as this process lives."""

    def go_round() -> None:
        while True:
            time.sleep(IDLE / 4)
            with _lock:
                late = [entry for entry in _idle if time.monotonic() - entry[0] > IDLE]
                _idle[:] = [entry for entry in _idle if entry not in late]
            for _, _, crew in late:
                crew.end()

    threading.Thread(target=go_round, daemon=True, name="claimbatch readers").start()
