"""Writing: a temporary file in the same folder, 0600, write, fsync, rename, fsync of the folder.

What claimbatch writes mostly holds names and dates of birth, so nobody else may read it; and a run may be killed at any
moment, so there is the old file or the new one, never half of one. An fsync that fails is told: what the disk did not
take is not called written.
"""

import errno
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.files import disk

FILE_MODE = 0o600
FOLDER_MODE = 0o700
RUNNABLE_MODE = 0o700
STALE = 3600  # seconds after which a temporary file is nobody's any more
TEMPORARY = ".claimbatch-"  # how the names of temporary files begin
# What a system says of a folder that it cannot sync, which is no failure: some network disks know nothing of it.
_NO_SYNC = (errno.EINVAL, errno.EBADF, errno.ENOTSUP, errno.ENOSYS)


def make_folder(folder: Path) -> Path:
    """Make *folder* and its parents, 0700; one that is there stays as it is."""
    with told(folder, "made"):
        for missing in reversed([f for f in (folder, *folder.parents) if not f.exists()]):
            with suppress(FileExistsError):  # another run was quicker
                disk.make_folder(missing, FOLDER_MODE)
                sync_folder(missing.parent)
    return folder


def write_atomic(path: Path, content: bytes | str) -> Path:
    """Write *content* to *path* so that a run killed at any moment leaves the old file or the new one.

    A link is followed, so that what it leads to is replaced and not the link. Raises :class:`ClaimbatchError` where it
    cannot be done.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    target = path.resolve() if path.is_symlink() else path
    if target.exists() and not target.is_file():
        raise ClaimbatchError(f"{path} is not a file, so it cannot be written.", "Name a file.")
    with told(path):
        put(target, [data])
    return path


def write_pieces(path: Path, pieces: Iterable[bytes], mode: int = FILE_MODE) -> Path:
    """The same for what is too much to be held; *mode* is for what others than its owner have to read."""
    with told(path):
        put(path, pieces, (lambda made: disk.set_mode(made, mode)) if mode != FILE_MODE else lambda _: None)
    return path


def put(
    path: Path,
    pieces: Iterable[bytes],
    proof: Callable[[Path], None] = lambda _: None,
    *,
    lasting: bool = True,
) -> None:
    """Write *pieces* where *path* is to be, all or nothing. What *pieces* or *proof* (of the file, before it gets its
    name) raise leaves *path* as it was. Raises :class:`OSError` too: say it with :func:`told`.

    What is not *lasting* may be gone when the computer has lost its power, which spares half of the time.
    """
    make_folder(path.parent)
    _clear_once(path.parent)
    handle, temporary = disk.make_temporary(dir=path.parent, prefix=TEMPORARY, suffix=".tmp")
    try:
        try:
            for piece in pieces:
                write_all(handle, piece)
            if lasting:
                disk.sync(handle)
        finally:
            disk.close(handle)
        proof(Path(temporary))
        disk.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            disk.remove(temporary)
        raise
    if lasting:
        sync_folder(path.parent)


def make_runnable(path: Path) -> Path:
    """Let its owner run the file *path*, as a program is run."""
    with told(path):
        disk.set_mode(path, RUNNABLE_MODE)
    return path


def make_empty(path: Path) -> bool:
    """Make an empty file *path*, for its owner alone; False where something is there already.

    Of two runs that try at once, one alone makes it.
    """
    with told(path):
        try:
            disk.close(disk.open_file(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, FILE_MODE))
        except FileExistsError:
            return False
        sync_folder(path.parent)
    return True


def remove(path: Path) -> None:
    """Remove the file *path*, if it is there, for good."""
    with told(path, "removed"):
        with suppress(FileNotFoundError):
            disk.remove(path)
        sync_folder(path.parent)


def remove_folder(folder: Path) -> bool:
    """Remove *folder* with all that is in it, as far as that can be done; whether it is gone.

    What is left may hold names, so whoever calls it tries again another time. A link goes, not what it leads to.
    """
    with suppress(OSError):
        if folder.is_dir() and not folder.is_symlink():
            for path in [*folder.iterdir()]:
                remove_folder(path)
            disk.remove_empty(folder)
        else:
            disk.remove(folder)
    return not os.path.lexists(folder)


@contextmanager
def temporary_file(folder: Path) -> Iterator[Path]:
    """An empty file in *folder*, for its owner alone, that is gone after the block; whatever begins like it, too."""
    with told(folder / TEMPORARY):
        make_folder(folder)
        _clear_once(folder)
        handle, name = disk.make_temporary(dir=folder, prefix=TEMPORARY, suffix=".tmp")
    try:
        with told(folder / TEMPORARY):
            disk.close(handle)
        yield Path(name)
    finally:
        for left in folder.glob(f"{Path(name).name}*"):
            with suppress(OSError):
                disk.remove(left)


def clear_stale(folder: Path, older: float = STALE) -> None:
    """Remove what runs that were killed have left half-written in *folder*: it may hold names.

    It is anybody's guess whether a run still writes one that is not *older*, in seconds; only who knows that no other
    run is at work says 0.
    """
    for left in folder.glob(f"{TEMPORARY}*.tmp*"):  # a database's has companions
        with suppress(OSError):
            if time.time() - left.stat().st_mtime >= older:
                disk.remove(left)


@cache
def _clear_once(folder: Path) -> None:
    """To look through a folder of thousands before each of thousands of files would cost more than writing them."""
    clear_stale(folder)


@contextmanager
def told(path: Path, done: str = "written") -> Iterator[None]:
    """Say in a person's words what could not be *done* with *path*."""
    try:
        yield
    except OSError as error:
        raise ClaimbatchError(
            f"{path} could not be {done}: {error.strerror or 'the disk did not take it'}.",
            "Close it if it is open in another program; see that its folder may be written to and has room.",
            Exit.NOT_FINISHED,
        ) from None


def sync_folder(folder: Path) -> None:
    """See that the disk knows what stands in *folder* under which name; Windows cannot be asked, and need not."""
    try:
        handle = disk.open_file(folder, os.O_RDONLY | os.O_DIRECTORY)
    except (OSError, AttributeError):  # Windows; or a folder that may be written to and not be read
        return
    try:
        disk.sync(handle)
    except OSError as error:
        if error.errno not in _NO_SYNC:
            raise
    finally:
        disk.close(handle)


def write_all(handle: int, data: bytes) -> None:
    """Write all of *data*: a disk that is nearly full takes a part of it first."""
    left = memoryview(data)
    while left:
        left = left[disk.write(handle, left) :]
