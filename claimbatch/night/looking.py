"""Which files of the inbox may be taken: those that have arrived, that nobody works on, and that stand still.

Nothing is passed over in silence: a file that stays is named with the reason. Links and devices are never followed.
"""

import os
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.files import server
from claimbatch.files.anywhere import Spot, look_of
from claimbatch.files.far import Far
from claimbatch.night.places import names_of
from claimbatch.office.inbox import NOT_LOOKED_AT, WORKBOOKS

ARRIVING = (".part", ".partial", ".crdownload", ".download", ".filepart", ".opdownload", ".icloud", ".tmp")
BLOCK = 4096  # bytes: a file that is larger and has no block on the disk is a placeholder of a synced folder
_NOT_HERE = 0x1000 | 0x40000 | 0x400000  # Windows: offline, and two kinds of being fetched when it is opened

OPEN = "It is open in Excel or LibreOffice; if nobody has it open, delete the small file {lock} beside it."
ON_ITS_WAY = "It has not arrived completely; the next run looks again."
NOT_HERE = "It is only a placeholder of a synced folder; let the folder be kept on this computer."
LINK = "It is a link, and links are not followed; put the workbook itself here."
ODD = "Its name on the server leads elsewhere; give it a plain one."
NO_FILE = "It is not a file that can be read, such as a pipe or a device."
OTHER = "It is no workbook; if grades stand in it, they belong in the template."
MOVING = "It was changed while this run looked at it; the next run takes it when it stands still."
GONE = "It was taken away while this run looked at it."
UNREADABLE = "It cannot be read: {why}."


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file that may be taken: the *name* to call it by, and how it looked (size, time, and which file it is)."""

    path: Spot
    name: str
    look: tuple[int, int, int]
    stays: bool = False  # it lies elsewhere than in the inbox, and is no business of ours


@dataclass(frozen=True, slots=True)
class Look:
    """The files of an inbox: those that may be taken, and of each other one its name and why it stays."""

    arrived: tuple[Arrived, ...] = ()
    left: tuple[tuple[str, str], ...] = ()


def look(inbox: Spot, settle: float, wait: Callable[[float], None] = time.sleep) -> Look:
    """Look at the *inbox* and the folders in it twice, *settle* seconds apart."""
    if isinstance(inbox, Path) and not inbox.is_dir():
        raise ClaimbatchError(
            f"The inbox {inbox} is not there.",
            "See that its disk is connected, or put right the setting inbox under [night].",
            Exit.NOT_FINISHED,
        )
    first = scan(inbox)
    if settle and any(why == "" for why, _ in first.values()):
        wait(settle)
        second = scan(inbox)
    else:
        second = first
    seen = {path: _both(first.get(path), second.get(path)) for path in sorted({*first, *second}, key=_order)}
    named = dict(names_of(seen, inbox))
    arrived = tuple(
        Arrived(path, named[path], how) for path, (why, how) in seen.items() if not why and how is not None
    )
    return Look(arrived, tuple((named[path], why) for path, (why, _) in seen.items() if why))


Seen = tuple[str, tuple[int, int, int] | None]  # why it cannot be taken, or empty; and how it looks


def _both(first: Seen | None, second: Seen | None) -> Seen:
    if second is None:
        return GONE, None
    if first != second and not second[0]:
        return MOVING, None
    return second


def _order(path: Spot) -> tuple[Path | str, ...]:
    return (path,) if isinstance(path, Path) else (path.key,)


def scan(inbox: Spot) -> Mapping[Spot, Seen]:
    """Every file in *inbox* and below it."""
    return _scan_far(inbox) if isinstance(inbox, Far) else _scan(inbox)


def _scan_far(inbox: Far) -> Mapping[Spot, Seen]:
    """The same on a server. What cannot be asked for by its name, because that leads elsewhere, is left."""
    found: dict[Far, server.Entry] = {
        Far(inbox.base, one.key, inbox.server): one for one in inbox.server.walk(inbox.key)
    }
    beside: dict[str, set[str]] = {}
    for one in found:
        beside.setdefault(one.parent.key, set()).add(one.name)
    return {
        path: (next(_against_far(path, entry, beside[path.parent.key]), ""), entry.look)
        for path, entry in found.items()
        if entry.odd or not _is_hidden(path, inbox)
    }


def _is_hidden(path: Far, inbox: Far) -> bool:
    *folders, name = steps.parts if (steps := path.below(inbox)) else (path.name,)
    return name.startswith(NOT_LOOKED_AT) or any(folder.startswith(".") for folder in folders)


def _against_far(path: Far, entry: server.Entry, beside: set[str]) -> Iterator[str]:
    """What speaks against taking a file of a server now."""
    if entry.odd:
        yield ODD
    if entry.kind == server.CLOSED:
        yield UNREADABLE.format(why="the server does not allow it")
    if entry.kind != server.FILE:
        yield LINK if entry.kind == server.LINK else NO_FILE
    yield from _against_name(path.name, entry.look[0], beside)


def _scan(inbox: Path) -> Mapping[Spot, Seen]:
    found: dict[Spot, Seen] = {}

    def unreadable(error: OSError) -> None:
        found[Path(error.filename)] = UNREADABLE.format(why=error.strerror), None

    for above, folders, files in os.walk(inbox, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        beside = set(files)
        for name in [*folders, *files]:
            path = Path(above, name)
            if name in files and not name.startswith(NOT_LOOKED_AT):
                found[path] = look_at(path, beside)
            elif name in folders and path.is_symlink():
                found[path] = LINK, None
    return found


def look_at(path: Path, beside: set[str]) -> Seen:
    """A file, with the names of those *beside* it: why it cannot be taken now, or how it looks."""
    try:
        how = path.lstat()
    except FileNotFoundError:
        return GONE, None
    except OSError as error:
        return UNREADABLE.format(why=error.strerror), None
    why = next(_against(path, how, beside), "")
    return why, (how.st_size, how.st_mtime_ns, how.st_ino)


def still_looks_so(one: Arrived) -> bool:
    """Whether a file is there, and as it was when it arrived."""
    return look_of(one.path) == one.look


def _against(path: Path, how: os.stat_result, beside: set[str]) -> Iterator[str]:
    """What speaks against taking a file now."""
    if stat.S_ISLNK(how.st_mode):
        yield LINK
    if not stat.S_ISREG(how.st_mode):
        yield NO_FILE
    yield from _against_name(path.name, how.st_size, beside)
    if getattr(how, "st_blocks", 1) == 0 and how.st_size > BLOCK:
        yield NOT_HERE
    if getattr(how, "st_file_attributes", 0) & _NOT_HERE:
        yield NOT_HERE


def _against_name(name: str, size: int, beside: set[str]) -> Iterator[str]:
    """What its name, its size and the files *beside* it say against taking a file now."""
    if name.casefold().endswith(ARRIVING) or any(name + ending in beside for ending in ARRIVING):
        yield ON_ITS_WAY
    if PurePosixPath(name).suffix.casefold() not in WORKBOOKS:
        yield OTHER
    for lock in (f"~${name}", f"~${name[2:]}", f".~lock.{name}#"):
        if lock in beside:
            yield OPEN.format(lock=lock)
    if not size:
        yield ON_ITS_WAY
