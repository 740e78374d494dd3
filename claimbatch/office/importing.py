"""Takes a register file in at one go, for whoever needs to see nothing before it is stored."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from claimbatch.errors import ClaimbatchError
from claimbatch.office.asked_for import a_file, one_of
from claimbatch.office.changes import ChangeRow
from claimbatch.office.register import (
    AS_IT_COMES,
    Extent,
    FileRead,
    Manner,
    Planned,
    read_file,
    store_file,
    what_changes,
)
from claimbatch.office.who import computer_user
from claimbatch.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a register *file*: the *rows* that changed in the register, old and new, by name.

    *number* is that of the import, by which it can be taken back; None where nothing was stored, because of problems.
    """

    file: FileRead
    rows: Sequence[ChangeRow] = ()
    number: int | None = None


def refuse_what_asks(planned: Planned) -> None:
    """Agree to what needs nobody's answer; :class:`ClaimbatchError` for what a person must agree to."""
    if planned.asks:
        raise ClaimbatchError(
            f"{planned.file.name} gives somebody another name or date of birth, or removes entries or assessors.",
            "Look at what it changes, and agree to it.",
        )


def import_register(
    workspace: Workspace,
    kind: str,
    path: Path,
    *,
    who: str = "",
    manner: Manner = AS_IT_COMES,
    extent: Extent = Extent.WHOLE,
    agree: Callable[[Planned], None] = refuse_what_asks,
) -> Imported:
    """Take the file at *path* into the register, of *kind* ``entries`` or ``assessors``, on behalf of *who*.

    *manner* says how it is read, *extent* how much of it is stored. A file with errors is stored in part or not at all;
    they are among its problems. *agree* is told what would change before it is stored, and may raise an exception: by
    itself it does where a person would be asked.
    """
    one_of("kind of register file", kind, workspace.register_kinds())
    a_file(path)
    with workspace.store() as store:
        read = read_file(workspace, store, kind, path, manner)
        if read.found is None or (read.has_errors and extent is not Extent.CLEAN_ROWS):
            return Imported(read)
        planned = what_changes(store, read, extent)
        agree(planned)
        return Imported(read, planned.rows, store_file(workspace, store, planned, who or computer_user()))
