"""One night at a time: a lock that the system lets go when its holder dies, and beside it who holds it since when."""

import json
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from claimbatch import clock
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.files import make_folder, remove, write_atomic

LOCK, HOLDER = "night.lock", "night.json"
LOOKED_AT = 1  # seconds for which who only asks whether a run is at work may be in its way


@dataclass(frozen=True, slots=True)
class Holder:
    """Who runs, on which computer, as which process, since when."""

    user: str
    host: str
    pid: int
    since: str

    def __str__(self) -> str:
        return f"{self.user} on {self.host} (process {self.pid}), since {clock.local(self.since)}"


@contextmanager
def locked(runs: Path, who: str) -> Iterator[Holder | None]:
    """Hold the lock in the folder *runs*; who held it before and came to no end, or None.

    Raises :class:`ClaimbatchError` where another run holds it, or where one on another computer may: what a system
    knows of locks on a network disk is not to be relied on.
    """
    make_folder(runs)
    lock = FileLock(runs / LOCK, mode=0o600)
    try:
        lock.acquire(timeout=LOOKED_AT)
    except Timeout:
        raise _held(holder(runs)) from None
    except OSError as error:
        raise ClaimbatchError(
            f"{runs / LOCK} could not be locked: {error.strerror or error}.",
            "See that the folder may be written to.",
            Exit.NOT_FINISHED,
        ) from None
    try:
        before = holder(runs)
        if before and before.host != platform.node():
            raise _held(before, f"\n  If that run is no more, delete {runs / HOLDER} and start again.")
        write_atomic(
            runs / HOLDER, json.dumps(asdict(Holder(who, platform.node(), os.getpid(), clock.stamp())))
        )
        try:
            yield before
        finally:
            remove(runs / HOLDER)
    finally:
        lock.release()


def holder(runs: Path) -> Holder | None:
    """Who holds the lock, or held it last and came to no end."""
    with suppress(OSError, ValueError, TypeError):
        return Holder(**json.loads((runs / HOLDER).read_text("utf-8")))
    return None


def is_held(runs: Path) -> bool:
    """Whether a run is at work now; asked by taking the lock, for no longer than that takes."""
    try:
        with FileLock(runs / LOCK, mode=0o600).acquire(timeout=0):
            return False
    except Timeout:
        return True
    except OSError:  # a folder in which nothing may be made
        return False


def _held(by: Holder | None, more: str = "") -> ClaimbatchError:
    return ClaimbatchError(
        f"Another night is at work: {by}." if by else "Another night is just beginning.",
        f"Wait until it has finished; nothing was done now.{more}",
        Exit.LOCKED,
    )
