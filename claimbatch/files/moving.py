"""Moving a file and taking a copy of one, in a folder where other people work at the same time.

What comes in lies where teachers put it: it may still grow, be saved again, or be gone, while it is read.
"""

import errno
import hashlib
import os
import stat
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.files import disk
from claimbatch.files.far import Far
from claimbatch.files.reading import NO_LINK, READ_ONLY, digest, pieces
from claimbatch.files.writing import make_folder, put, remove, sync_folder, told


class SourceError(ClaimbatchError):
    """The file that was to be copied or moved is not as it was, is gone or cannot be read. It was left as it is."""

    def __init__(self, path: Path | Far, why: str) -> None:
        super().__init__(f"{path} {why}.", "It was left where it is; try again later.", Exit.NOT_FINISHED)


@dataclass(frozen=True, slots=True)
class Staged:
    """A copy that was taken: where it is, and the SHA-256 and size of its bytes."""

    path: Path
    sha256: str
    size: int


def copy_staged(source: Path, target: Path, most: int | None = None) -> Staged:
    """Copy *source* to *target*, hashing what is read; the copy is there whole, or not at all.

    It is for reading, while the source is there: nobody waits until the disk has it.
    Raises :class:`SourceError` where the source is no ordinary file (a link is not followed), has more than *most*
    bytes, or does not stand still: is gone, grows, shrinks or is saved again while it is read.
    """
    reading = _Reading(source, most)
    with (
        closing(reading.pieces()) as pieces_read,
        told(target),
    ):  # or it stays open until the garbage is collected
        put(target, pieces_read, lasting=False)
    return Staged(target, reading.hash.hexdigest(), reading.size)


def move(source: Path, target: Path, sha256: str = "") -> Path:
    """Move the file *source* to *target*, its bytes unchanged: by renaming it, or onto another disk.

    Onto another disk goes a copy, proved by its SHA-256, before the original is removed: killed at any moment, at least
    one of the two is there whole; the same move again ends it. Nothing that is there is written over. Where the bytes
    of *source* no longer have the hash *sha256*, somebody has saved it anew, and it stays (:class:`SourceError`).
    """
    if sha256 and digest_of(source) != sha256:
        raise SourceError(source, "was changed after it was read")
    if os.path.lexists(target):
        return _was_moved(source, target)
    make_folder(target.parent)
    with told(source, "moved"):
        try:
            disk.rename(source, target)
        except FileNotFoundError:
            raise SourceError(source, "is not there any more") from None
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            _move_across(source, target)
            return target
    with told(target, "secured on the disk"):
        sync_folder(target.parent)  # first, so that it cannot be in neither
        sync_folder(source.parent)
    return target


def rename(source: Path, target: Path) -> Path:
    """Give a file or folder another name on the same disk, under which nothing stands."""
    if os.path.lexists(target):
        raise ClaimbatchError(f"{target} is there already.", "Take it away first.", Exit.NOT_FINISHED)
    make_folder(target.parent)
    with told(source, "moved"):
        disk.rename(source, target)
        sync_folder(target.parent)
        sync_folder(source.parent)
    return target


def _was_moved(source: Path, target: Path) -> Path:
    """Where an earlier run was killed between copying and removing, only the latter is left to do."""
    with told(source, "moved"):
        if source.samefile(target):
            return target
        if not target.is_file() or digest(target) != digest_of(source):
            raise ClaimbatchError(
                f"{source} could not be moved to {target}: another file is there.",
                "Move one of them by hand, then try again.",
                Exit.NOT_FINISHED,
            )
    remove(source)
    return target


def _move_across(source: Path, target: Path) -> None:
    reading = _Reading(source, None)

    def proof(copy: Path) -> None:
        disk.set_times(copy, ns=(reading.found.st_atime_ns, reading.found.st_mtime_ns))
        if digest(copy) != reading.hash.hexdigest():
            raise OSError(errno.EIO, "the copy is not the same")

    with closing(reading.pieces()) as pieces_read:
        put(target, pieces_read, proof)
    if digest_of(source) != reading.hash.hexdigest():  # saved again just now: then there are two files
        raise SourceError(source, f"was saved again while it was moved; as it was before it is {target}")
    remove(source)


def digest_of(source: Path) -> str:
    """The SHA-256 of a file; :class:`SourceError` where it cannot be read."""
    try:
        return digest(source)
    except FileNotFoundError:
        raise SourceError(source, "is not there any more") from None
    except OSError as error:
        raise SourceError(source, f"cannot be read: {error.strerror}") from None


@dataclass
class _Reading:
    """A source read once: *size* and *hash* grow with what is read, and in the end it must be what it was."""

    source: Path
    most: int | None
    size: int = 0
    hash: Any = field(default_factory=hashlib.sha256)
    found: os.stat_result = field(init=False)

    def pieces(self) -> Generator[bytes]:
        try:
            handle = disk.open_file(self.source, READ_ONLY | NO_LINK | getattr(os, "O_NONBLOCK", 0))
            try:
                yield from self._checked(handle)
            finally:
                disk.close(handle)
        except FileNotFoundError:
            raise SourceError(self.source, "is not there any more") from None
        except OSError as error:
            why = "is a link" if error.errno == errno.ELOOP else f"cannot be read: {error.strerror}"
            raise SourceError(self.source, why) from None

    def _checked(self, handle: int) -> Generator[bytes]:
        self.found = os.fstat(handle)
        if not stat.S_ISREG(self.found.st_mode):
            raise SourceError(self.source, "is not a file")
        for piece in pieces(handle):
            self.hash.update(piece)
            self.size += len(piece)
            if self.most is not None and self.size > self.most:
                raise SourceError(self.source, f"is larger than {self.most} bytes")
            yield piece
        now = os.fstat(handle)
        if self.size != self.found.st_size or now.st_size != self.size:
            word = "grew" if max(now.st_size, self.size) > self.found.st_size else "became shorter"
            raise SourceError(self.source, f"{word} while it was read")
        named = self.source.stat(follow_symlinks=False)
        if now.st_mtime_ns != self.found.st_mtime_ns or (named.st_dev, named.st_ino) != (
            now.st_dev,
            now.st_ino,
        ):
            raise SourceError(self.source, "was saved again while it was read")
