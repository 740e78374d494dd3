"""Copies of what arrived, taken once: only they are read, so that nobody can change a workbook under our eyes."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from claimbatch.errors import ClaimbatchError
from claimbatch.files import SourceError, copy_staged, make_folder
from claimbatch.intake.guard import LARGEST_FILE
from claimbatch.intake.results import Watch
from claimbatch.night.account import Undone
from claimbatch.night.looking import MOVING, ON_ITS_WAY, Arrived, still_looks_so


@dataclass(frozen=True, slots=True)
class Book:
    """A file that arrived, and the copy of it that is read; one too large for a claim is not copied."""

    arrived: Arrived
    path: Path
    sha256: str
    size: int

    @property
    def is_copied(self) -> bool:
        """Whether there is a copy."""
        return self.path != self.arrived.path


@dataclass(frozen=True, slots=True)
class Staging:
    """The *books*, and what was *left*: the name, why, and what could not be done where it was our disk."""

    books: tuple[Book, ...] = ()
    left: tuple[tuple[str, str], ...] = ()
    undone: tuple[Undone, ...] = ()


def stage(arrived: Iterable[Arrived], folder: Path, watch: Watch) -> Staging:
    """Copy what *arrived* into *folder*; what does not stand still is left."""
    some = tuple(arrived)
    books: list[Book] = []
    left: list[tuple[str, str]] = []
    undone: list[Undone] = []
    make_folder(folder)
    with watch("Copying", len(some)) as advance:
        for number, one in enumerate(some, 1):
            try:
                books.append(_book(one, folder / f"{number:06}.xlsx"))
            except _NotYetError:
                left.append((one.name, ON_ITS_WAY))
            except SourceError:
                left.append((one.name, MOVING))
            except ClaimbatchError as error:
                left.append((one.name, "It could not be copied to be read."))
                undone.append(Undone("stage", error.message, error.hint))
            advance(1, 0)
    return Staging(tuple(books), tuple(left), tuple(undone))


class _NotYetError(Exception):
    """A file is there, and its content is not."""


def _book(one: Arrived, target: Path) -> Book:
    if one.look[0] > LARGEST_FILE:
        return Book(one, one.path, "", one.look[0])
    copy = copy_staged(one.path, target)
    if not still_looks_so(one):
        raise SourceError(one.path, "was saved again")
    if _is_blank(target):
        raise _NotYetError
    return Book(one, copy.path, copy.sha256, copy.size)


def _is_blank(path: Path) -> bool:
    """Whether a file holds nothing but zeros, as when a synced one has not arrived yet."""
    with path.open("rb") as file:
        return not any(piece.strip(b"\0") for piece in iter(lambda: file.read(64 * 1024), b""))
