"""Files that are either there whole or not there at all, and readable by their owner alone."""

import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path

FILE_MODE = 0o600
FOLDER_MODE = 0o700


def make_folder(folder: Path) -> Path:
    """Make *folder* and its parents, 0700; one that is there stays as it is."""
    for missing in reversed([f for f in (folder, *folder.parents) if not f.exists()]):
        missing.mkdir(mode=FOLDER_MODE, exist_ok=True)
    return folder


def write_atomic(path: Path, content: bytes | str) -> Path:
    """Write *content* to *path* so that a run killed at any moment leaves the old file or the new one.

    Temporary file in the same folder, flush, fsync, rename, fsync of the folder; mode 0600,
    because what claimbatch writes mostly holds names and dates of birth.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    make_folder(path.parent)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".claimbatch-", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(FILE_MODE)
        Path(temporary).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(temporary).unlink()
        raise
    _sync_folder(path.parent)
    return path


def sha256(data: bytes) -> str:
    """The SHA-256 of *data* in hexadecimal: how the history names a file."""
    return hashlib.sha256(data).hexdigest()


def _sync_folder(folder: Path) -> None:
    with suppress(OSError, AttributeError):  # Windows cannot open a folder, and need not
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
