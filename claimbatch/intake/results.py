"""What came of a run of workbooks: of each in a few words, and all that was found in them to go through."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from claimbatch.spool import Stream

if TYPE_CHECKING:
    from claimbatch.claims.merge import Statement
    from claimbatch.intake.known import Target
    from claimbatch.intake.said import Overruled
    from claimbatch.intake.tables import Person
    from claimbatch.problems import Problem

Item = TypeVar("Item")
Files = Sequence[tuple[Path, str]]
Advance = Callable[[int, int], None]  # so many more are done, so many of them with errors
Watch = Callable[[str, int], AbstractContextManager[Advance]]  # what is done, and with how many
Tell = Callable[[str], None]  # what somebody who waits may want to know, in a sentence


def untold(_text: str) -> None:
    """Nobody is there to be told."""


def unwatched(_what: str, _total: int) -> AbstractContextManager[Advance]:
    """Nobody waits to be told how far it is."""
    return nullcontext(lambda _done, _faulty: None)


def each(items: Iterable[Item], watch: Watch, what: str, total: int) -> Iterator[Item]:
    """The *items* one by one; *watch* is told of each that is done, of so many in *total*."""
    with watch(what, total) as advance:
        for item in items:
            yield item
            advance(1, 0)


class Outcome(StrEnum):
    """What became of a workbook."""

    CLEAN = "clean"
    QUERIES = "queries"
    ERRORS = "errors"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class FileResult:
    """One workbook of a run; what was not known of it is empty.

    *lines* counts the units that it says something of, *held* those among them that cannot be taken as they are, *new*
    those that say something else than its template when it was issued. *issued_to* is whose workbook it is, where it
    was made for somebody.
    """

    workbook: str
    sha256: str = ""
    outcome: Outcome = Outcome.REJECTED
    centre_number: str = ""
    entry_code: str = ""
    template_id: str = ""
    lines: int = 0
    held: int = 0
    new: int = 0
    issued_to: str = ""


class Book(NamedTuple):
    """One workbook with all that was found in it.

    *statements* are what it says that is clean and asks for something; *silent* those that ask for nothing, such as
    *Not claiming* of what is not claimed. *filled* are the lines (candidate and unit) of which it says anything.
    """

    result: FileResult
    problems: "Sequence[Problem]"
    answers: "Sequence[tuple[Problem, str]]"
    overruled: "Sequence[Overruled]"
    statements: "Sequence[Statement]"
    silent: "Sequence[Statement]"
    filled: "frozenset[Target]"


@dataclass(frozen=True)
class Checked:
    """What a run found. Its workbooks are held, in their order; the rest is read anew by whoever goes through it.

    All *problems* stand in the order of the workbooks, then of their places. *answers* are the queries that a workbook
    explains on its sheet *Notes*, with the explanation. *people* are the assessors that the register does not know yet,
    each with the workbook that names them. *overruled* are the statements against the claim that were to hold all the
    same. *open* gives some of the workbooks with all that was found in them, by their place in *files*.
    """

    files: tuple[FileResult, ...] = ()
    problems: "Sequence[Problem]" = field(default_factory=Stream)
    answers: "Sequence[tuple[Problem, str]]" = field(default_factory=Stream)
    people: "Sequence[tuple[str, Person]]" = field(default_factory=Stream)
    overruled: "Sequence[Overruled]" = field(default_factory=Stream)
    open: Callable[[Iterable[int]], Iterator[Book]] = lambda _: iter(())

    @property
    def books(self) -> Sequence[Book]:
        """All workbooks with what was found in them, one after the other."""
        return Stream(lambda: self.open(range(len(self.files))))

    @property
    def statements(self) -> "Sequence[Statement]":
        """What the workbooks say that is clean and asks for something."""
        return Stream(lambda: (statement for book in self.books for statement in book.statements))

    def by_claim(self) -> "Iterator[tuple[tuple[str, str], list[Book]]]":
        """The workbooks of each claim, claim by claim in order of centre number and entry code."""

        def claim(place: int) -> tuple[str, str]:
            return self.files[place].centre_number, self.files[place].entry_code

        for key, places in groupby(sorted(range(len(self.files)), key=claim), key=claim):
            yield key, list(self.open(places))
