"""One night at a time: a lock that the system lets go when its holder dies, and beside it who holds it since when."""

import json
import os
import platform
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from claimbatch import clock
from claimbatch.claims.holder import Holder, at_work
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.files import make_folder, remove, write_atomic

if TYPE_CHECKING:
    from claimbatch.claims.store import Store

LOCK, HOLDER = "night.lock", "night.json"
Confirm = Callable[[], None]
LOOKED_AT = 0.25  # seconds for which who only asks whether a run is at work may be in its way


@contextmanager
def locked(
    runs: Path, who: str, store: "Store | None" = None, *, patience: float = 0
) -> Iterator[tuple[Holder | None, Confirm]]:
    """Hold the lock in the folder *runs*; who held it before and came to no end, or None.

    Raises :class:`ClaimbatchError` where another run holds it, or where one on another computer may: what a system
    knows of locks on a network disk is not to be relied on. A *store* in PostgreSQL has a lock of its own besides, for
    all computers and workspaces that use it: then nobody has to guess. What comes second raises where that lock was
    lost, and another night has begun. Locks are waited for *patience* seconds.
    """
    mine = Holder(who, platform.node(), os.getpid(), clock.stamp())
    with (
        store.night(mine, patience) if store else nullcontext() as held,
        _in_folder(runs, mine, patience, sure=held is not None) as before,
    ):
        yield before, held.confirm if held else nothing_to_lose


def nothing_to_lose() -> None:
    """A lock on a file of this computer is not lost."""


@contextmanager
def _in_folder(runs: Path, mine: Holder, patience: float, *, sure: bool) -> Iterator[Holder | None]:
    """Hold the lock in the folder; *sure*: of no other computer is another run to be feared."""
    make_folder(runs)
    lock = FileLock(runs / LOCK, mode=0o600)
    try:
        lock.acquire(timeout=max(LOOKED_AT, patience))
    except Timeout:
        raise at_work(holder(runs)) from None
    except OSError as error:
        raise ClaimbatchError(
            f"{runs / LOCK} could not be locked: {error.strerror or error}.",
            "See that the folder may be written to.",
            Exit.NOT_FINISHED,
        ) from None
    try:
        before = holder(runs)
        if before and before.host != mine.host and not sure:
            raise at_work(before, f"\n  If that run is no more, delete {runs / HOLDER} and start again.")
        write_atomic(runs / HOLDER, json.dumps(asdict(mine)))
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
