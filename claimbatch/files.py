"""Files that are either there whole or not there at all, and readable by their owner alone."""

import hashlib
import os
import re
import tempfile
import time
from contextlib import suppress
from itertools import count
from pathlib import Path

from claimbatch.errors import ClaimbatchError, Exit

FILE_MODE = 0o600
FOLDER_MODE = 0o700
STALE = 3600  # seconds after which a temporary file is nobody's any more
_TEMPORARY = ".claimbatch-"


def make_folder(folder: Path) -> Path:
    """Make *folder* and its parents, 0700; one that is there stays as it is."""
    for missing in reversed([f for f in (folder, *folder.parents) if not f.exists()]):
        missing.mkdir(mode=FOLDER_MODE, exist_ok=True)
    return folder


def write_atomic(path: Path, content: bytes | str) -> Path:
    """Write *content* to *path* so that a run killed at any moment leaves the old file or the new one.

    Temporary file in the same folder, flush, fsync, rename, fsync of the folder; mode 0600,
    because what claimbatch writes mostly holds names and dates of birth. A link is followed, so that what it leads to
    is replaced and not the link. Raises :class:`ClaimbatchError` where it cannot be done.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    target = path.resolve() if path.is_symlink() else path
    if target.exists() and not target.is_file():
        raise ClaimbatchError(f"{path} is not a file, so it cannot be written.", "Name a file.")
    try:
        _write(target, data)
    except OSError as error:
        raise ClaimbatchError(
            f"{path} could not be written: {error.strerror or 'the disk did not take it'}.",
            "Close it if it is open in another program; see that its folder may be written to and has room.",
            Exit.NOT_FINISHED,
        ) from None
    return path


def _write(path: Path, data: bytes) -> None:
    make_folder(path.parent)
    _clear_stale(path.parent)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=_TEMPORARY, suffix=".tmp")
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


def shown(path: Path) -> str:
    """A path as it is printed and kept: with ``/`` on every system, and text even where the name is not (old zips)."""
    return os.fsencode(path.as_posix()).decode("utf-8", "replace")


def plain_name(text: str, longest: int = 60) -> str:
    """*text* as a part of a file name on every system: letters, digits, ``_`` and ``-``, never too long; maybe empty.

    >>> plain_name("13 A/B"), plain_name("../../x"), plain_name("24/11/2026")
    ('13-A-B', 'x', '24-11-2026')
    """
    return re.sub(r"[^\w-]+", "-", text).strip("-")[:longest].rstrip("-")


def free_path(path: Path, ending: str = "") -> Path:
    """*path*, or the next that nothing stands under: with *ending*, then numbered (``x_2.xlsx``)."""
    if not path.exists():
        return path
    stems = (f"{path.stem}{ending}{f'_{n}' if n > 1 else ''}" for n in count(1 if ending else 2))
    return next(name for stem in stems if not (name := path.with_name(stem + path.suffix)).exists())


def sha256(data: bytes) -> str:
    """The SHA-256 of *data* in hexadecimal: how the history names a file."""
    return hashlib.sha256(data).hexdigest()


def _clear_stale(folder: Path) -> None:
    """Remove what runs that were killed have left half-written: it may hold names."""
    for left in folder.glob(f"{_TEMPORARY}*.tmp"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > STALE:
                left.unlink()


def _sync_folder(folder: Path) -> None:
    with suppress(OSError, AttributeError):  # Windows cannot open a folder, and need not
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
