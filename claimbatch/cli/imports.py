"""``claimbatch entries`` and ``assessors`` ``history`` and ``restore``: the imports that there were, and their undo."""

from typing import TYPE_CHECKING, Any

import click

from claimbatch.cli.changes import ask, show_changes
from claimbatch.cli.session import format_option, say, show_table, who_option, workspace_option, yes_option
from claimbatch.clock import local
from claimbatch.errors import Exit

if TYPE_CHECKING:
    from claimbatch.claims.store import Import, Store
    from claimbatch.workspace import Workspace

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
        from claimbatch.office.imports import changed_by  # noqa: PLC0415

        with workspace.store() as store:
            if number is not None:
                rows = changed_by(store, kind, number)
                show_table([{key: getattr(row, key) for key in _CHANGES} for row in rows], _CHANGES, style)
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
    from claimbatch.office.by_name import in_numbers, not_taken_back  # noqa: PLC0415
    from claimbatch.office.imports import plan_undo, take_back  # noqa: PLC0415

    undoing = plan_undo(store, kind, wanted)
    found = undoing.found.number
    for row in undoing.kept:
        say(f"Not taken back: {not_taken_back(row)}.")
    if undoing.kept and not partial:
        say(
            "Nothing was changed. Take back first what changed it since, or take back the rest alone with --partial."
        )
        return Exit.ERRORS_FOUND
    if not undoing.plan.changes:
        say(f"There is nothing to take back of import {found}.")
        return Exit.ERRORS_FOUND if undoing.kept else Exit.DONE
    show_changes(undoing, dry_run=dry_run, yes=yes)
    done = in_numbers(undoing.plan.counts)
    if dry_run:
        say(f"Nothing was changed; it would be: {done}.")
    else:
        ask(undoing, yes=yes)
        number = take_back(store, undoing, who, in_part=partial)
        say(f"Import {found} is taken back: {done}.")
        say(f"To do it again: claimbatch {kind} restore --import {number}")
    return Exit.ERRORS_FOUND if undoing.kept else Exit.DONE


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
