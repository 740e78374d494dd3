"""Nights in whose way something stands: the disk, the store, the settings, the clock, files that change meanwhile.

After each there is a clear sentence and an exit code of the contract; and when it is out of the way, the next night
ends as if it had never been there.
"""

import errno
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.faults.lanes import lanes
from benchmarks.faults.nights import TONIGHT, Evening, Picture, difference, night, picture, timeless
from benchmarks.faults.process import Done, Setup
from claimbatch.claims.store import engine
from claimbatch.files import disk
from claimbatch.workspace import CONFIG, KEY
from tests.failing_disk import failing

YEAR = 365 * 86400
ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES)


@dataclass(frozen=True, slots=True)
class Hindered:
    """What came of a night in whose way *what* stood, and of the one after it."""

    what: str
    done: Done
    wrong: tuple[str, ...]


# --- the disk, call by call


def disk_fails(number: int, error: int, *, stays: bool) -> Setup:
    """The call to the disk with this *number* fails with *error*; with *stays* everything does from there on."""

    def setup() -> Callable[[], str]:
        held = failing(number, error, stays=stays)
        made = held.__enter__()
        _held.append(held)  # let go of, it would put the true calls back
        return lambda: made.calls[number - 1] if made.failed else ""

    return setup


_held: list[Any] = []


def each_call(
    evening: Evening, expected: Picture, numbers: Sequence[int], jobs: int = 1
) -> Iterator[Hindered]:
    """Nights whose disk fails at each of the calls with these *numbers*: once, or from there on, each in its way."""

    def one(at: int) -> Hindered:
        number = numbers[at]
        error, stays = ERRORS[number % len(ERRORS)], bool(number % 2)
        what = f"call {number} fails with {errno.errorcode[error]}{', and all after it' if stays else ''}"
        with TemporaryDirectory(prefix="claimbatch-fault-") as name:
            folder = evening.copy(Path(name) / "centre")
            done = night(folder, disk_fails(number, error, stays=stays))
            return _after(folder, expected, what, done, {0, 1, 5}, partial(timeless, unordered=True))

    yield from lanes(one, len(numbers), jobs)


def _after(
    folder: Path,
    expected: Picture,
    what: str,
    done: Done,
    codes: set[int],
    seen: Callable[[Picture], Picture] = lambda seen: seen,
) -> Hindered:
    """The night after, which nothing hinders; *seen* says how its picture is looked at."""
    wrong = [*unclear(done, codes)]
    after = night(folder)
    if after.code not in {0, 1}:
        wrong.append(f"the next night ended with {after.code}: {after.err.strip()[-300:]}")
    wrong += difference(seen(expected), seen(picture(folder)))
    return Hindered(f"{done.report}, {what}" if done.report else what, done, tuple(wrong))


def unclear(done: Done, codes: set[int]) -> Iterator[str]:
    """What is not clear about how a night ended."""
    if done.code not in codes:
        yield f"ended with {done.code}, not with {sorted(codes)}: {done.err.strip()[-300:]}"
    if "Traceback" in done.err + done.out:
        yield f"a traceback: {done.err.strip().splitlines()[-1]}"
    if done.code > 1 and len(done.err.strip()) < 20:
        yield "no sentence says why"


# --- what else may stand in the way


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in the way of a night: how it is put there (which gives how it is taken away again), and what the
    night may end with. *setup* is called in the process of the night, *at* is when it believes to be.
    """

    codes: set[int]
    put: Callable[[Path], Callable[[], object]] = lambda _: lambda: None
    setup: Callable[[Path], Setup | None] = lambda _: None
    at: int = TONIGHT
    later: bool = False  # something can only be taken a night later


def each_fault(evening: Evening, expected: Picture, jobs: int = 1, every: int = 1) -> Iterator[Hindered]:
    """Nights with each of :data:`FAULTS` in the way, or *every* which of them."""
    named = list(FAULTS.items())[::every]

    def one(number: int) -> Hindered:
        what, fault = named[number]
        with TemporaryDirectory(prefix="claimbatch-fault-") as name:
            folder = evening.copy(Path(name) / "centre")
            away = fault.put(folder)
            done = night(folder, fault.setup(folder), at=fault.at)
            away()
            return _after(folder, expected, what, done, fault.codes, _seen_of(fault))

    yield from lanes(one, len(named), jobs)


def _seen_of(fault: Fault) -> Callable[[Picture], Picture]:
    if fault.later:
        return partial(timeless, unordered=True)
    return timeless if fault.at != TONIGHT else lambda seen: seen


def other_bytes(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], Callable[[], object]]:
    """A file of the workspace with other bytes, until it is brought back."""

    def put(folder: Path) -> Callable[[], object]:
        path = folder / name
        whole = path.read_bytes()
        path.write_bytes(change(whole))

        def back() -> None:
            for beside in folder.glob(f"{name}-*"):  # what SQLite keeps beside a store belongs to that one
                beside.unlink()
            path.write_bytes(whole)

        return back

    return put


def gone(name: str) -> Callable[[Path], Callable[[], object]]:
    """A file or folder of the workspace is elsewhere, until it is brought back."""

    def put(folder: Path) -> Callable[[], object]:
        path, aside = folder / name, folder / "aside"
        path.rename(aside)
        return lambda: aside.rename(path)

    return put


def in_its_place(name: str) -> Callable[[Path], Callable[[], object]]:
    """Where a folder of the night is to be, a file lies."""

    def put(folder: Path) -> Callable[[], object]:
        path = folder / name
        back = gone(name)(folder) if path.exists() else lambda: None
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("in the way")

        def away() -> None:
            path.unlink()
            back()

        return away

    return put


def locked(folder: Path) -> Callable[[], object]:
    """Another program writes to the store, and goes on."""
    database = sqlite3.connect(folder / "claims.db", isolation_level=None)
    database.execute("BEGIN IMMEDIATE")

    def away() -> None:
        database.execute("ROLLBACK")
        database.close()

    return away


def newer(folder: Path) -> Callable[[], object]:
    """The store is of a version that is yet to come."""

    def version(number: str) -> str:
        with closing(sqlite3.connect(folder / "claims.db")) as database, database:
            (before,) = database.execute("SELECT version_num FROM alembic_version").fetchone()
            database.execute("UPDATE alembic_version SET version_num = ?", (number,))
        return before

    before = version("9999")
    return lambda: version(before)


def impatient(_: Path) -> Setup:
    """Wait for another program's writing no longer than a moment."""
    return partial(_pragma, "busy_timeout = 200")


def store_full(folder: Path) -> Setup:
    """The store cannot grow any more."""
    with closing(sqlite3.connect(folder / "claims.db")) as database:
        (pages,) = database.execute("PRAGMA page_count").fetchone()
    return partial(_pragma, f"max_page_count = {pages}")


def _pragma(text: str) -> None:
    kept = [one for one in engine._PRAGMAS if text.split(maxsplit=1)[0] not in one]
    engine._PRAGMAS = (*kept, f"PRAGMA {text}")


def folder_closed(name: str, error: int = errno.EROFS) -> Callable[[Path], Setup]:
    """Nothing can be written to a folder: the read-only disk, the share without the right."""

    def of(folder: Path) -> Setup:
        closed = str(folder / name)

        def setup() -> None:
            def instead_of(call: str, real: Callable) -> Callable:
                def refuse(*args, **options):
                    paths = [
                        str(arg) for arg in (*args, options.get("dir", "")) if isinstance(arg, str | Path)
                    ]
                    reads = call == "open_file" and not args[1] & (os.O_CREAT | os.O_RDWR | os.O_WRONLY)
                    if any(path == closed or path.startswith(closed + "/") for path in paths) and not reads:
                        raise OSError(error, os.strerror(error))
                    return real(*args, **options)

                return refuse

            for call in ("make_temporary", "make_folder", "open_file", "replace", "rename", "remove"):
                setattr(disk, call, instead_of(call, getattr(disk, call)))

        return setup

    return of


def while_read(act: Callable[[Path], object]) -> Callable[[Path], Setup]:
    """Something is done to a file of the inbox at the first read of it."""

    def of(folder: Path) -> Setup:
        victim = folder / "inbox" / "12A" / "clean 00.xlsx"

        def setup() -> None:
            real, done = disk.read, []

            def read(handle: int, size: int) -> bytes:
                if not done and Path(f"/proc/self/fd/{handle}").readlink() == victim:
                    done.append(act(victim))
                return real(handle, size)

            disk.read = read

        return setup

    return of


def restored(folder: Path) -> Callable[[], object]:
    """Whatever was done to the file that is read meanwhile is undone: somebody sends it once more."""
    victim = folder / "inbox" / "12A" / "clean 00.xlsx"
    whole = victim.read_bytes()
    return lambda: victim.write_bytes(whole)


def _grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def _empty(path: Path) -> None:
    os.truncate(path, 0)


def _save_anew(path: Path) -> None:
    """As Excel does: another file takes its name."""
    other = path.with_name("other")
    other.write_bytes(b"other")
    other.replace(path)


def _fail(_: Path) -> None:
    raise OSError(errno.EIO, os.strerror(errno.EIO))


def _middle_spoilt(data: bytes) -> bytes:
    """Pages in the middle overwritten."""
    return data[: len(data) // 3] + bytes([90]) * 9000 + data[len(data) // 3 + 9000 :]


FAULTS: Mapping[str, Fault] = {
    "store locked by another program": Fault({4, 5}, locked, impatient),
    "store damaged in its middle": Fault({3}, other_bytes("claims.db", _middle_spoilt)),
    "store cut short": Fault({3}, other_bytes("claims.db", lambda data: data[: len(data) // 2])),
    "store is another kind of file": Fault({3}, other_bytes("claims.db", lambda _: b"not a store" * 500)),
    "store empty": Fault({3}, other_bytes("claims.db", lambda _: b"")),
    "store missing": Fault({3}, gone("claims.db")),
    "store of a newer version": Fault({3}, newer),
    "store that cannot grow": Fault({5}, setup=store_full),
    "key missing": Fault({3}, gone(KEY)),
    "key cut short": Fault({3}, other_bytes(KEY, lambda data: data[:20])),
    "settings not readable": Fault({3}, other_bytes(CONFIG, lambda data: data + b"\n[night")),
    "settings with an unknown word": Fault({3}, other_bytes(CONFIG, lambda data: data + b"\novernight = 1\n")),
    "clock back a year": Fault({1}, at=TONIGHT - YEAR),
    "clock forward a year": Fault({1}, at=TONIGHT + YEAR),
    "inbox missing": Fault({5}, gone("inbox")),
    **{f"a file where {name} should be": Fault({1, 2, 3, 5}, in_its_place(name))
       for name in ("done", "rejected", "quarantine", "outbox/claims")},
    **{f"{name} read-only": Fault({1, 5}, setup=folder_closed(name))
       for name in ("inbox", "done", "rejected", "quarantine", "outbox/claims", "runs", "done/12A")},
    "claims on a full disk": Fault({5}, setup=folder_closed("outbox/claims", errno.ENOSPC)),
    "a file deleted while it is read": Fault({1, 5}, restored, while_read(Path.unlink), later=True),
    "a file growing while it is read": Fault({1, 5}, restored, while_read(_grow), later=True),
    "a file emptied while it is read": Fault({1, 5}, restored, while_read(_empty), later=True),
    "a file saved anew while it is read": Fault({1, 5}, restored, while_read(_save_anew), later=True),
    "a file that cannot be read (EIO)": Fault({1, 5}, restored, while_read(_fail), later=True),
}  # fmt: skip


# --- two at once


def together(evening: Evening, expected: Picture, times: int) -> Iterator[Hindered]:
    """Two nights started at once on one workspace: one works, the other says who does."""
    for _ in range(times):
        with TemporaryDirectory(prefix="claimbatch-fault-") as name:
            folder = evening.copy(Path(name) / "centre")
            one, other = sorted(
                lanes(lambda _, folder=folder: night(folder), 2, 2), key=lambda done: done.code
            )
            wrong = difference(expected, picture(folder))
            if (one.code, other.code) != (1, 4):
                wrong.append(f"they ended with {one.code} and {other.code}")
            elif "timer" not in other.err and "just beginning" not in other.err:
                wrong.append(f"it is not said who is at work: {other.err}")
            yield Hindered("two at once", other, tuple(wrong))
