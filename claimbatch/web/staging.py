"""What was dropped on a page: in a private folder that is gone with the session, or the program."""

import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

from claimbatch.errors import ClaimbatchError
from claimbatch.web.forms import Upload
from claimbatch.web.settings import MIB

PREFIX = "claimbatch-page-"
_NOT_IN_NAMES = frozenset('<>:"/\\|?*')
_DEVICES = frozenset(["con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(10))])


class Staging:
    """A folder that only its owner can read, with the files of one drop; removed when nobody needs it any more."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True)
        self.folder = Path(self._folder.name)
        self._names: set[str] = set()

    def __enter__(self) -> "Staging":
        """For as long as one request takes."""
        return self

    def __exit__(self, *_: object) -> None:
        """It is not needed any more."""
        self.clear()

    def keep(self, upload: Upload) -> tuple[Path, str]:
        """Keep a file: where it is, and the name to call it by, which no other has."""
        name = self._free(_on_disk(upload.name))
        return upload.save(self.folder / name), name

    def told(self, error: ClaimbatchError) -> str:
        """What is wrong with a file of it, by the name that people know it by."""
        words = error.message.replace(str(self.folder), "").lstrip("/\\")
        return f"{words} {error.hint}".strip()

    def clear(self) -> None:
        """Remove the folder, and all that is in it."""
        self._folder.cleanup()

    def _free(self, name: str) -> str:
        stem, dot, ending = name.rpartition(".")
        if not dot:
            stem, ending = name, ""
        number, free = 2, name
        while free.casefold() in self._names:
            free = f"{stem} ({number}){dot}{ending}"
            number += 1
        self._names.add(free.casefold())
        return free


def _on_disk(name: str) -> str:
    """*name* as every system can write it."""
    plain = "".join("_" if letter in _NOT_IN_NAMES else letter for letter in name).strip(" .") or "file"
    return f"_{plain}" if plain.partition(".")[0].casefold() in _DEVICES else plain


def zipped(files: Iterable[Path], below: Path | None = None) -> Iterator[bytes]:
    """A zip of *files*, piece by piece; past some megabytes it is made on disk, without a name.

    They are called by their names alone, or, with their folders, as they lie *below* one.
    """
    with tempfile.SpooledTemporaryFile(max_size=8 * MIB) as spooled:
        buffer = cast("BinaryIO", spooled)
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
            for path in files:
                archive.write(path, path.relative_to(below).as_posix() if below else path.name)
        buffer.seek(0)
        while piece := buffer.read(MIB):
            yield piece
