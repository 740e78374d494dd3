"""Copies of what arrived, taken once: only they are read, so that nobody can change a workbook under our eyes."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from claimbatch.errors import ClaimbatchError
from claimbatch.files import SourceError, make_folder
from claimbatch.files.anywhere import copy_staged, each, nearest
from claimbatch.intake.guard import LARGEST_FILE
from claimbatch.intake.results import Watch
from claimbatch.night.account import Undone
from claimbatch.night.looking import MOVING, ON_ITS_WAY, Arrived, still_looks_so
from claimbatch.night.undone import told_of


@dataclass(frozen=True, slots=True)
class Book:
    """A file that arrived, and the copy of it that is read; one too large for a claim is not copied.

    Where that lies on a server its beginning is, which is enough to say what it is.
    """

    arrived: Arrived
    path: Path
    sha256: str
    size: int

    @property
    def is_copied(self) -> bool:
        """Whether there is a copy."""
        return bool(self.sha256)


@dataclass(frozen=True, slots=True)
class Staging:
    """The *books*, and what was *left*: the name, why, and what could not be done where it was our disk."""

    books: tuple[Book, ...] = ()
    left: tuple[tuple[str, str], ...] = ()
    undone: tuple[Undone, ...] = ()


def stage(arrived: Iterable[Arrived], folder: Path, watch: Watch, at_once: int = 1) -> Staging:
    """Copy what *arrived* into *folder*, so many *at_once*; what does not stand still is left."""
    some = tuple(arrived)
    books: list[Book] = []
    left: list[tuple[str, str]] = []
    undone: list[Undone] = []
    make_folder(folder)
    with watch("Copying", len(some)) as advance:
        numbered = [(one, folder / f"{number:06}.xlsx") for number, one in enumerate(some, 1)]
        for one, (book, why, error) in zip(some, each(_staged, numbered, at_once), strict=True):
            books += [book] if book else []
            left += [(one.name, why)] if why else []
            undone += told_of("stage", error)
            advance(1, 0)
    return Staging(tuple(books), tuple(left), tuple(undone))


def _staged(numbered: tuple[Arrived, Path]) -> tuple[Book | None, str, ClaimbatchError | None]:
    """The copy; or why it is left, with what could not be done."""
    try:
        return _book(*numbered), "", None
    except _NotYetError:
        return None, ON_ITS_WAY, None
    except SourceError:
        return None, MOVING, None
    except ClaimbatchError as error:
        return None, "It could not be copied to be read.", error


class _NotYetError(Exception):
    """A file is there, and its content is not."""


def _book(one: Arrived, target: Path) -> Book:
    if one.look[0] > LARGEST_FILE:
        return Book(one, nearest(one.path, target, LARGEST_FILE + 1), "", one.look[0])
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
