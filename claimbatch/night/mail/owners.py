"""Who is told of a workbook: whose folder of the inbox it came in, or else whom its template was made for.

Addresses stand in the settings alone. Nothing that a workbook, a register or a message says is ever taken for one.
"""

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import NamedTuple

from claimbatch.claims.register import Assessor
from claimbatch.names import squeeze

SOMEBODY = "teacher"


class Owner(NamedTuple):
    """An address, and *whom* it is of as may be told everywhere: a folder, initials, or just a teacher."""

    address: str
    whom: str


class Owners:
    """The people of the settings, by folder and by name."""

    def __init__(self, people: Mapping[str, str], assessors: Iterable[Assessor]) -> None:
        """*people* are addresses by folder or name; of an assessor in the register it is told by initials who it is."""
        self._initials = {squeeze(one.name): one.initials for one in assessors}
        self._by_name = {squeeze(key): address for key, address in people.items()}
        self._by_folder = {_parts(key): (address, key.strip()) for key, address in people.items()}

    def of_file(self, name: str, issued_to: str) -> Owner | None:
        """Whose the file *name* is, a path from the inbox, made for *issued_to*; the nearest folder counts first."""
        folder = _parts(name)[:-1]
        for length in range(len(folder), 0, -1):
            if found := self._by_folder.get(folder[:length]):
                return Owner(found[0], self._told(found[1]))
        return self.of_name(issued_to)

    def of_name(self, name: str) -> Owner | None:
        """Whose a workbook is that was made for *name*."""
        address = self._by_name.get(squeeze(name)) if name else None
        return Owner(address, self._initials.get(squeeze(name), SOMEBODY)) if address else None

    def _told(self, folder: str) -> str:
        return self._initials.get(squeeze(folder), folder)


def _parts(path: str) -> tuple[str, ...]:
    return tuple(squeeze(part) for part in PurePosixPath(path.strip().replace("\\", "/")).parts)
