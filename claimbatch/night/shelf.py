"""Names for files that are put away: what belongs together keeps one stem, and nothing that is there is in the way.

``claim.xlsx`` goes with ``claim_marked.xlsx`` and ``claim_problems.pdf``; the next one of that name is ``claim_2.xlsx``
with ``claim_2_marked.xlsx``. The same folders and the same files give the same names.
"""

import os
from collections.abc import Iterable, Sequence
from itertools import count
from pathlib import PurePosixPath

from claimbatch.files.anywhere import Names, Spot, digest
from claimbatch.files.far import Far
from claimbatch.files.naming import portable

LONGEST = 255  # bytes of a file's name
ROOM = 40  # of them for a number and an ending


class Shelf:
    """The names that a plan has given away, and those that become free by it."""

    def __init__(self, names: Names, free: Iterable[Spot] = ()) -> None:
        self._names = names
        self._taken: set[str] = set()
        self._free = set(free)

    def group(
        self, folder: Spot, name: PurePosixPath, sha256: str, endings: Sequence[str] = ()
    ) -> list[Spot]:
        """Paths in *folder* for the file *name* (with its sub-folder) and for what goes with it under *endings*.

        Where the very same bytes lie under that name already, they are this file.
        """
        if isinstance(folder, Far):
            name = PurePosixPath(*map(portable, name.parts))
        folder = folder / name.parent
        stem = _short(name.stem)
        for number in count(1):
            plain = stem if number == 1 else f"{stem}_{number}"
            paths: list[Spot] = [folder / f"{plain}{ending}" for ending in (name.suffix, *endings)]
            first, *more = paths
            if any(_key(path) in self._taken for path in paths):
                continue
            if self._is_same(first, sha256) or not any(self._is_there(path) for path in (first, *more)):
                self._taken.update(map(_key, paths))
                return paths
        raise AssertionError("numbers do not end")

    def _is_there(self, path: Spot) -> bool:
        return path not in self._free and self._names.has_like(path)

    def _is_same(self, path: Spot, sha256: str) -> bool:
        return bool(sha256) and self._is_there(path) and self._names.has_file(path) and digest(path) == sha256


def _key(path: Spot) -> str:
    """On some systems ``Claim.xlsx`` and ``claim.xlsx`` are one file."""
    return str(path).casefold()


def _short(stem: str) -> str:
    """*stem*, as far as a name has room for it."""
    return os.fsencode(stem)[: LONGEST - ROOM].decode("utf-8", "ignore")
