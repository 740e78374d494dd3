"""Storing an import once its changes were seen, and ``entries`` and ``assessors`` ``history`` and ``restore``."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from claimbatch.cli.changes import aloud, ask, changed_numbers, counted, not_taken_back, rows_of, show_changes
from claimbatch.cli.session import format_option, say, show_table, who_option, workspace_option
from claimbatch.clock import local
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.files import shown

if TYPE_CHECKING:
    from claimbatch.claims.register.changes import Plan, Register
    from claimbatch.claims.store import Import, Store
    from claimbatch.workspace import Workspace

yes_option = click.option("--yes", is_flag=True, help="Do not ask.")
_SHORT = 12  # signs of a hash in a table
_IMPORTS = {
    "import": "Import",
    "at": "At",
    "who": "Who",
    "file": "File",
    "sha256": "SHA-256",
    "new": "New",
    "changed": "Changed",
    "gone": "Gone",
    "unchanged": "Unchanged",
    "note": "Note",
}
_CHANGES = {
    "change": "Change",
    "centre_number": "Centre",
    "number": "Number",
    "name": "Name",
    "entry_code": "Entry code",
    "what": "What",
    "old": "Was",
    "new": "Is",
}


class Storing(NamedTuple):
    """How an import is stored: by *who*, for show only, without being asked."""

    who: str
    dry_run: bool
    yes: bool


def storing_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give an import ``--dry-run``, ``--yes`` and ``--by``; it is called with ``how``, a :class:`Storing`."""

    @click.option("--dry-run", is_flag=True, help="Show what would change; store nothing.")
    @yes_option
    @who_option
    @wraps(function)
    def with_how(*args: Any, who: str, dry_run: bool, yes: bool, **options: Any) -> Any:
        return function(*args, how=Storing(who, dry_run, yes), **options)

    return with_how


def store_changes(
    store: "Store", plan_of: "Callable[[Register], Plan]", kind: str, file: Path, how: Storing
) -> str:
    """Show what an import of *file* changes, ask where a person must agree, store it; the sentence that says so."""
    from claimbatch.claims.store import Source  # noqa: PLC0415
    from claimbatch.files import sha256  # noqa: PLC0415

    register = store.register()
    plan = plan_of(register)
    _show(plan, register, dry_run=how.dry_run, yes=how.yes)
    sentence = counted(kind, plan.counts)
    if how.dry_run:
        return sentence
    ask(plan, yes=how.yes)
    source = Source(kind, how.who, shown(Path(file.name)), sha256(file.read_bytes()))
    number = store.change_register(plan_of, plan, source)
    undo = f". It is import {number}: claimbatch {kind} restore takes it back" if plan.changes else ""
    return f"{sentence}{undo}"


def _show(plan: "Plan", register: "Register", *, dry_run: bool, yes: bool) -> None:
    """By name; where a question is going to be asked, even if ``--quiet`` was said."""
    asks = any(change.asks for change in plan.changes) and not (yes or dry_run)
    show_changes(plan, register, every=dry_run, tell=aloud if asks else say)


def add_imports_to(group: click.Group) -> None:
    """Give ``entries`` or ``assessors`` the commands ``history`` and ``restore``."""
    kind = str(group.name)
    group.add_command(_history(kind))
    group.add_command(_restore(kind))


def _history(kind: str) -> click.Command:
    @click.command(
        "history", help=f"List the imports of {kind}: when, who, which file, and how much they changed."
    )
    @click.option(
        "--import",
        "number",
        type=click.IntRange(1),
        help="Instead: what this import changed, by name, old and new.",
    )
    @format_option("table", "json", "csv")
    @workspace_option
    def history(workspace: "Workspace", number: int | None, style: str) -> None:
        with workspace.store() as store:
            if number is not None:
                found, changes = store.made_by(kind, number)
                _refuse_forgotten(found)
                rows = rows_of(changes, store.register())
                show_table([{key: row[key] for key in _CHANGES} for row in rows], _CHANGES, style)
                return
            imports = store.imports(kind)
        show_table([_row(item, for_people=style == "table") for item in imports], _IMPORTS, style)
        if not imports and style == "table":
            say(f"Nothing was imported yet: claimbatch {kind} import FILE.")

    return history


def _restore(kind: str) -> click.Command:
    @click.command(
        "restore",
        help=f"Take an import of {kind} back: the register is as it was before, in what the import changed.\n\n"
        "What was changed again since is kept, and named. It asks as an import does. The undo is itself an import in "
        f"the history (claimbatch {kind} history), and can be taken back.",
    )
    @click.option(
        "--import",
        "number",
        type=click.IntRange(1),
        help="The import's number.  [default: the last that changed something and was not taken back]",
    )
    @click.option("--partial", is_flag=True, help="Take back what can be, where something cannot.")
    @click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
    @yes_option
    @who_option
    @workspace_option
    def restore(workspace: "Workspace", number: int | None, **options: Any) -> int:
        with workspace.store() as store:
            return int(_take_back(store, kind, number, **options))

    return restore


def _take_back(
    store: "Store", kind: str, wanted: int | None, *, partial: bool, dry_run: bool, yes: bool, who: str
) -> Exit:
    """Undo the import *wanted* of *kind*: whole, or with *partial* as far as it goes."""
    from claimbatch.claims.register.changes import of_undo  # noqa: PLC0415
    from claimbatch.claims.store import Source  # noqa: PLC0415

    found, changes = store.made_by(kind, wanted)
    _refuse_forgotten(found)
    register = store.register()
    plan = of_undo(changes, register)
    for line in not_taken_back(plan.kept, register):
        say(f"Not taken back: {line}.")
    if plan.kept and not partial:
        say(
            "Nothing was changed. Take back first what changed it since, or take back the rest alone with --partial."
        )
        return Exit.ERRORS_FOUND
    if not plan.changes:
        say(f"There is nothing to take back of import {found.number}.")
        return Exit.ERRORS_FOUND if plan.kept else Exit.DONE
    _show(plan, register, dry_run=dry_run, yes=yes)
    done = ", ".join(f"{number} {word}" for word, number in changed_numbers(plan.counts) if number)
    if dry_run:
        say(f"Nothing was changed; it would be: {done}.")
    else:
        ask(plan, yes=yes)
        number = store.undo_import(found.number, plan, Source(kind, who, undoes=found.number))
        say(f"Import {found.number} is taken back: {done}.")
        say(f"To do it again: claimbatch {kind} restore --import {number}")
    return Exit.ERRORS_FOUND if plan.kept else Exit.DONE


def _refuse_forgotten(found: "Import") -> None:
    if found.changes and not found.kept:
        raise ClaimbatchError(
            f"What import {found.number} changed is not known any more: its time was over, and a purge removed it.",
            "Correct the register by importing a file that is right.",
        )


def _row(item: "Import", *, for_people: bool) -> dict[str, Any]:
    """An import in a row: for people in their own time and with the first signs of the hash."""
    notes = (
        f"undoes {item.source.undoes}" * bool(item.source.undoes),
        f"taken back by {item.undone_by}" * bool(item.undone_by),
        "can no longer be taken back" * bool(item.changes and not item.kept),
    )
    return {
        "import": item.number,
        "at": local(item.at) if for_people else item.at,
        "who": item.source.who,
        "file": item.source.file,
        "sha256": item.source.sha256[: _SHORT if for_people else None],
        "new": item.new,
        "changed": item.changed,
        "gone": item.gone,
        "unchanged": item.unchanged,
        "note": ", ".join(filter(None, notes)),
    }
