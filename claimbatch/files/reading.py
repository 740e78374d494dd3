"""A file's bytes in pieces, and the hash by which the history names them."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from claimbatch.files import disk

PIECE = 1024 * 1024  # bytes
READ_ONLY = os.O_RDONLY | getattr(os, "O_BINARY", 0)
NO_LINK = getattr(os, "O_NOFOLLOW", 0)  # Windows has it not


def sha256(data: bytes) -> str:
    """The SHA-256 of *data* in hexadecimal: how the history names a file."""
    return hashlib.sha256(data).hexdigest()


def digest(path: Path) -> str:
    """The SHA-256 of the file *path*, read piece by piece. Raises :class:`OSError`."""
    handle = disk.open_file(path, READ_ONLY)
    try:
        found = hashlib.sha256()
        for piece in pieces(handle):
            found.update(piece)
    finally:
        disk.close(handle)
    return found.hexdigest()


def pieces(handle: int) -> Iterator[bytes]:
    """What is still to be read of an open file."""
    while piece := disk.read(handle, PIECE):
        yield piece
