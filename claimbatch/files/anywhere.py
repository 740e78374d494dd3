"""What is done with a file wherever it lies: on a disk as ever, on a server through that.

On a disk a file is moved by renaming it. To, from and between servers goes a copy that is read back and held against
the hash of what was read; then the original is removed, if it still is what was read. Killed at any moment, at least
one of the two is there whole; the same again ends it.
"""

import errno
import hashlib
import os
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path, PurePath
from typing import TypeVar

from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.files import moving, reading, writing
from claimbatch.files.far import Far
from claimbatch.files.moving import SourceError, Staged

T = TypeVar("T")
R = TypeVar("R")
Spot = Path | Far  # a file or folder, wherever it lies


def below(spot: Spot, folder: Spot) -> PurePath | None:
    """The path of *spot* from *folder*; None where it does not lie there."""
    if isinstance(spot, Far):
        return spot.below(folder) if isinstance(folder, Far) else None
    return spot.relative_to(folder) if isinstance(folder, Path) and spot.is_relative_to(folder) else None


def is_there(spot: Spot) -> bool:
    """Whether anything stands under this name."""
    return spot.server.look(spot.key) is not None if isinstance(spot, Far) else os.path.lexists(spot)


def is_file(spot: Spot) -> bool:
    """Whether a file stands under this name."""
    return is_there(spot) if isinstance(spot, Far) else spot.is_file()


class Names:
    """What stands in folders; of a server, each folder is asked for once, instead of each file."""

    def __init__(self) -> None:
        self._known: dict[Far, Mapping[str, str]] = {}

    def has_file(self, spot: Spot) -> bool:
        """Whether a file stands under this name."""
        return spot.is_file() if isinstance(spot, Path) else spot.name in self._of(spot.parent).values()

    def has_like(self, spot: Spot) -> bool:
        """Whether anything stands under this name, or on a server under one that Windows takes for the same."""
        return (
            os.path.lexists(spot) if isinstance(spot, Path) else spot.name.casefold() in self._of(spot.parent)
        )

    def _of(self, folder: Far) -> Mapping[str, str]:
        if folder not in self._known:
            self._known[folder] = {name.casefold(): name for name in folder.server.names(folder.key)}
        return self._known[folder]


def look_of(spot: Spot) -> tuple[int, int, int] | None:
    """What tells whether a file is still what it was: size, time, and which file it is; None where there is none."""
    if isinstance(spot, Far):
        entry = spot.server.look(spot.key)
        return entry.look if entry else None
    try:
        how = spot.lstat()
    except OSError:
        return None
    return how.st_size, how.st_mtime_ns, how.st_ino


def digest(spot: Spot) -> str:
    """The SHA-256 of a file, read piece by piece. Raises :class:`SourceError` where it cannot be read."""
    if isinstance(spot, Path):
        return moving.digest_of(spot)
    found = hashlib.sha256()
    for piece in _pieces(spot):
        found.update(piece)
    return found.hexdigest()


def read(spot: Spot) -> bytes:
    """The bytes of a file. Raises :class:`OSError` where there is none."""
    return spot.read_bytes() if isinstance(spot, Path) else b"".join(spot.server.read(spot.key))


def write(spot: Spot, content: bytes) -> Spot:
    """Write *content*, whole or not at all, over what stood there."""
    if isinstance(spot, Path):
        return writing.write_atomic(spot, content)
    spot.server.write(spot.key, content)
    return spot


def remove(spot: Spot) -> None:
    """Remove a file, if it is there."""
    if isinstance(spot, Path):
        writing.remove(spot)
    else:
        spot.server.remove(spot.key)


def copy_staged(source: Spot, target: Path, most: int | None = None) -> Staged:
    """Copy *source* to *target*, a file of this computer, hashing what is read (:func:`moving.copy_staged`)."""
    if isinstance(source, Path):
        return moving.copy_staged(source, target, most)
    found, size = hashlib.sha256(), 0

    def pieces() -> Iterator[bytes]:
        nonlocal size
        for piece in _pieces(source):
            found.update(piece)
            size += len(piece)
            if most is not None and size > most:
                raise SourceError(source, f"is larger than {most} bytes")
            yield piece

    with writing.told(target):
        writing.put(target, pieces(), lasting=False)
    return Staged(target, found.hexdigest(), size)


def nearest(spot: Spot, target: Path, size: int) -> Path:
    """A file of this computer that begins as *spot* does: itself, or its first *size* bytes, copied to *target*."""
    if isinstance(spot, Path):
        return spot
    with writing.told(target):
        writing.put(target, _first(_pieces(spot), size), lasting=False)
    return target


def _first(pieces: Generator[bytes], size: int) -> Iterator[bytes]:
    with closing(pieces):
        while size > 0 and (piece := next(pieces, b"")):
            yield piece[:size]
            size -= len(piece)


@contextmanager
def nearby(spot: Spot, folder: Path) -> Iterator[Path]:
    """A file as one of this computer, to be read: itself, or a copy in *folder* that is gone after the block."""
    if isinstance(spot, Path):
        yield spot
        return
    with writing.temporary_file(folder) as copy:
        copy_staged(spot, copy)
        yield copy


def move(source: Spot, target: Spot, via: Path, look: tuple[int, ...] = (), sha256: str = "") -> Spot:
    """Move a file, its bytes unchanged. Nothing that is there is written over.

    *via* is a file of this computer through which the bytes go where a server is concerned: the copy of *source* that
    was taken when it had this *look*, else made anew. Where the source no longer is what the copy was taken of,
    somebody has put another one in its place meanwhile: that stays.
    """
    if isinstance(source, Path) and isinstance(target, Path):
        return moving.move(source, target, sha256)
    seen = look_of(source)
    if seen is None:
        raise SourceError(source, "is not there any more")
    is_made = not (look and via.exists())
    if is_made:
        copy_staged(source, via)
    hashed = reading.digest(via)
    if (sha256 and hashed != sha256) or (look and seen != tuple(look)):
        raise SourceError(source, "was changed after it was read")
    _copy(via, target, hashed)
    if _is_still(source, seen, hashed):
        remove(source)
    if is_made:
        writing.remove(via)
    return target


def _is_still(source: Spot, seen: tuple[int, int, int], sha256: str) -> bool:
    """Whether a file is what was read: by its look, where a server tells versions apart; else by its bytes."""
    tells = isinstance(source, Far) and seen[2]
    return look_of(source) == seen and (bool(tells) or digest(source) == sha256)


def each(work: Callable[[T], R], items: Iterable[T], at_once: int) -> Iterator[R]:
    """What *work* makes of each of the *items*, in their order; so many *at_once*, as servers are far away."""
    if at_once == 1:
        yield from map(work, items)
        return
    pool = ThreadPoolExecutor(at_once)
    try:
        yield from pool.map(work, items)
    finally:
        pool.shutdown(cancel_futures=True)  # whoever ends the run does not wait for thousands of files


def _copy(copy: Path, target: Spot, sha256: str) -> None:
    """Put the bytes of *copy* to *target*, and prove that they are there."""
    if is_there(target):
        if not is_file(target) or digest(target) != sha256:
            raise ClaimbatchError(
                f"{target} could not be written: another file is there.",
                "Move it by hand, then try again.",
                Exit.NOT_FINISHED,
            )
        return
    if isinstance(target, Far):
        target.server.write(target.key, copy)
        if digest(target) != sha256:
            target.server.remove(target.key)
            raise ClaimbatchError(
                f"{target} is not what was written there.",
                "Ask whoever looks after the server.",
                Exit.NOT_FINISHED,
            )
        return
    with writing.told(target):
        writing.put(target, _pieces(copy), _proof(sha256))


def _pieces(spot: Spot) -> Generator[bytes]:
    """The bytes of a file, piece by piece. Raises :class:`SourceError` where a server has it no more."""
    if isinstance(spot, Path):
        with spot.open("rb") as file:
            yield from iter(lambda: file.read(reading.PIECE), b"")
        return
    try:
        yield from spot.server.read(spot.key)
    except FileNotFoundError:
        raise SourceError(spot, "is not there any more") from None


def _proof(sha256: str) -> Callable[[Path], None]:
    def proof(made: Path) -> None:
        if reading.digest(made) != sha256:
            raise OSError(errno.EIO, "the copy is not the same")

    return proof
