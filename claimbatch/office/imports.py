"""The imports of the register that were made: what each changed, and taking one back."""

from dataclasses import dataclass
from functools import cached_property

from claimbatch.claims.register.changes import of_undo
from claimbatch.claims.store import Import, Source, Store
from claimbatch.errors import ClaimbatchError
from claimbatch.office.changes import ChangeRow, Changing, KeptRow, kept_rows, rows_of
from claimbatch.office.register import refuse_unseen


@dataclass(frozen=True)
class Undoing(Changing):
    """What taking the import *found* back would change."""

    found: Import

    @cached_property
    def kept(self) -> list[KeptRow]:
        """What cannot be taken back, and why."""
        return kept_rows(self.plan.kept, self.register)


def changed_by(store: Store, kind: str, number: int) -> list[ChangeRow]:
    """What the import *number* of *kind* changed, old and new by name.

    Raises :class:`ClaimbatchError` where there is no such import, or a purge has removed what it changed.
    """
    found, changes = store.made_by(kind, number)
    _refuse_forgotten(found)
    return rows_of(changes, store.register())


def plan_undo(store: Store, kind: str, number: int | None = None) -> Undoing:
    """What takes back the import *number* of *kind*; None: the last that changed something and was not taken back."""
    found, changes = store.made_by(kind, number)
    _refuse_forgotten(found)
    register = store.register()
    return Undoing(of_undo(changes, register), register, found)


def take_back(store: Store, undoing: Undoing, who: str, *, in_part: bool = False, seen: str = "") -> int:
    """Carry out an undo, whole or, where that is said, *in_part*; the number of the import that it is itself.

    *seen* is as with storing a file. Raises :class:`ClaimbatchError` where not all can be taken back, there is nothing
    to take back, or the register has changed since.
    """
    refuse_unseen(undoing.seal, seen)
    found = undoing.found
    if not undoing.plan.changes:
        raise ClaimbatchError(f"There is nothing to take back of import {found.number}.")
    if undoing.plan.kept and not in_part:
        raise ClaimbatchError(
            f"Not all of import {found.number} can be taken back: something has changed it since.",
            "Take that back first, or take back the rest alone.",
        )
    source = Source(found.source.kind, who, undoes=found.number)
    return store.undo_import(found.number, undoing.plan, source)


def _refuse_forgotten(found: Import) -> None:
    if found.changes and not found.kept:
        raise ClaimbatchError(
            f"What import {found.number} changed is not known any more: its time was over, and a purge removed it.",
            "Correct the register by importing a file that is right.",
        )
