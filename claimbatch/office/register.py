"""Taking entries or assessors in from a file, in three steps that may be three requests of a page.

:func:`read_file` says which column was read as what, and what is wrong; nothing is stored, and it may be asked again
with other columns. :func:`what_changes` plans what storing it would change, by name. :func:`store_file` carries out the
plan that somebody has seen, or refuses where the register has changed meanwhile.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from pathlib import Path

from claimbatch.claims.register import AssessorsFile, RegisterFile, read_assessors, read_register
from claimbatch.claims.register.changes import Plan, Register, of_assessors, of_entries
from claimbatch.claims.register.headings import ENTRIES, IGNORE, Kind, read_map
from claimbatch.claims.register.layout import Asked, kind_of
from claimbatch.claims.store import Source, Store
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.files import free_path, sha256, shown, write_atomic
from claimbatch.intake.register_table import open_register, read_register_tables
from claimbatch.office.changes import Changing
from claimbatch.problems import Problem, errors_in
from claimbatch.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Manner:
    """How a file is to be read, where it is read otherwise than meant; nothing said: as it comes.

    *columns* are pairs of a heading and the field that it holds, ``Exam No=candidate_number``, or ``ignore`` to pass it
    over. Of a workbook only the *sheets* that are named are read, and *hidden* rows and sheets where that is said.
    *encoding* is how a CSV file was saved; *entry_code* that of all rows, where no column has it.
    """

    columns: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    hidden: bool = False
    encoding: str = ""
    entry_code: str = ""


AS_IT_COMES = Manner()


class Extent(Enum):
    """What of a file is stored: the whole of it; its clean rows, where others have errors; or it *replaces* the rest.

    Where it replaces, entries of its entry codes that it does not hold go.
    """

    WHOLE = "whole"
    CLEAN_ROWS = "clean rows"
    REPLACES = "replaces"


@dataclass(frozen=True, slots=True)
class FileRead:
    """A register file as it was read, of *kind* ``entries`` or ``assessors``; nothing of it is stored.

    *found* is what it says, None where it could not be opened. *said* are the headings whose field was named now,
    *remembered* those that were named for the last file with these headings.
    """

    kind: Kind
    name: str
    sha256: str
    problems: tuple[Problem, ...]
    found: RegisterFile | AssessorsFile | None = None
    said: Mapping[str, str] = field(default_factory=dict)
    remembered: Mapping[str, str] = field(default_factory=dict)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was read and how, in sentences."""
        return self.found.notes if self.found else ()

    @property
    def read_as(self) -> tuple[tuple[str, str], ...]:
        """Each heading with the field that it was read as; blank where nobody knows it."""
        return self.found.read_as if self.found else ()

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that a column may be chosen to hold."""
        return (*self.kind.fields, IGNORE)

    @property
    def has_errors(self) -> bool:
        """Whether not all of it can be stored."""
        return bool(errors_in(self.problems))


@dataclass(frozen=True)
class Planned(Changing):
    """What storing a *file* would change; *again* plans it anew, for the register as it stands then."""

    file: FileRead
    again: Callable[[Register], Plan] = field(compare=False)


def read_file(
    workspace: Workspace, store: Store, kind: str, path: Path, manner: Manner = AS_IT_COMES
) -> FileRead:
    """Read the file at *path*, of *kind* ``entries`` or ``assessors``; what is wrong in it is among its problems.

    Raises :class:`ClaimbatchError` where *manner* names a field or sheet that there is not.
    """
    kinds = workspace.register_kinds()
    said = read_map(kinds[kind], manner.columns)
    asked = Asked(said, manner.sheets, manner.hidden, manner.entry_code)
    opened = open_register(path, kinds[kind], asked, workspace.remembered_columns(), encoding=manner.encoding)
    name = shown(Path(path.name))
    if isinstance(opened, Problem):
        return FileRead(kinds[kind], name, "", (opened,))  # of a file that is refused, nothing more is read
    digest, (tables, asked) = sha256(path.read_bytes()), opened
    read = _reader(store, kind)
    found = read(tables, catalogue=workspace.catalogue(), kinds=kinds, asked=asked)
    remembered = {} if said else asked.said
    return FileRead(kinds[kind], name, digest, found.problems, found, said, remembered)


def kind_of_register(workspace: Workspace, path: Path) -> str:
    """Whether the file at *path* seems to be a register: ``entries``, ``assessors``, or blank where it is neither."""
    tables = read_register_tables(path)
    return "" if isinstance(tables, Problem) else kind_of(tables, workspace.register_kinds())


def _reader(store: Store, kind: str) -> Callable[..., RegisterFile | AssessorsFile]:
    """How a file of *kind* is read, with what of the store it is judged against."""
    if kind != ENTRIES:
        return partial(read_assessors, centres=store.centres(), assessors=store.assessors())
    people = {(entry.centre_number, entry.candidate.number): entry.candidate for entry in store.entries()}
    return partial(read_register, centres=store.centres(), claimed=store.claimed_people(), people=people)


def what_changes(store: Store, read: FileRead, extent: Extent = Extent.WHOLE) -> Planned:
    """What storing a file that was read would change in the register.

    Raises :class:`ClaimbatchError` where it has errors and not its clean rows alone are wanted, or where it is to
    replace the rest and is itself a part.
    """
    found = read.found
    if found is None or (read.has_errors and extent is not Extent.CLEAN_ROWS):
        raise ClaimbatchError(
            f"{read.name} has errors, so nothing of it is stored.",
            "Put the file right, or take its clean rows alone (--partial).",
            Exit.ERRORS_FOUND,
        )
    if isinstance(found, AssessorsFile):
        again = partial(of_assessors, found.assessors)
    else:
        if extent is Extent.REPLACES and found.unread:
            raise ClaimbatchError(
                "Only a whole file can replace what is there: who was not read would be taken as gone. "
                + " ".join(found.unread),
                "Put the file right, or let what it does not hold stay (leave out --replace).",
            )
        again = partial(of_entries, found, replacing=extent is Extent.REPLACES)
    register = store.register()
    return Planned(again(register), register, read, again)


def store_file(workspace: Workspace, store: Store, planned: Planned, who: str, *, seen: str = "") -> int:
    """Carry out a plan, keep it in the history, and remember which columns were named; the import's number.

    *seen* is the seal of the plan that somebody agreed to, where this one was made anew since. Raises
    :class:`ClaimbatchError` where it is another, or where the register has changed since the plan was made.
    """
    refuse_unseen(planned.seal, seen)
    read = planned.file
    source = Source(read.kind.name, who, read.name, read.sha256)
    number = store.change_register(planned.again, planned.plan, source)
    if read.said and read.found:
        workspace.remembered_columns().keep(read.kind, read.found.headings, read.said)
    return number


def refuse_unseen(seal: str, seen: str) -> None:
    """Raise :class:`ClaimbatchError` where somebody has *seen* another plan than the one with this *seal*."""
    if seen and seen != seal:
        raise ClaimbatchError(
            "The register, or the file, has changed since this was shown; nothing was done.",
            "Look at what it would change now.",
            Exit.LOCKED,
        )


def blank_register(workspace: Workspace, folder: Path | None = None) -> list[Path]:
    """Write a blank register to *folder*, or the outbox: a workbook with lists to choose from, and a CSV file."""
    from claimbatch.output.blank_register import blank_csv, blank_workbook  # noqa: PLC0415 - openpyxl

    with workspace.store() as store:
        centres = store.centres()
    made = {
        "register.xlsx": blank_workbook(workspace.catalogue(), centres),
        "register.csv": blank_csv(centres),
    }
    return [
        write_atomic(free_path(workspace.outbox(folder) / name), content) for name, content in made.items()
    ]
