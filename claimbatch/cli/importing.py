"""Importing a register file: how it may be asked to be read, what is said of it, and what stops it."""

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from claimbatch.cli.changes import ask, show_changes
from claimbatch.cli.problems import show_problems
from claimbatch.cli.session import say, who_option, yes_option
from claimbatch.errors import Exit

if TYPE_CHECKING:
    from claimbatch.office.register import FileRead, Manner
    from claimbatch.workspace import Workspace

ENCODINGS = ("utf-8", "utf-16", "windows-1252", "windows-1250", "mac-roman", "dos-850")


class Storing(NamedTuple):
    """How an import is stored: by *who*, for show only, without being asked."""

    who: str
    dry_run: bool
    yes: bool


def reading_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give an import its options for files that are read otherwise than meant; it is called with ``manner``."""

    @click.option(
        "--map",
        "pairs",
        multiple=True,
        metavar="HEADING=FIELD",
        help='Which field a column holds: "Exam No=candidate_number"; "Exam No=ignore" passes it over. Remembered for '
        "the next file with the same headings.",
    )
    @click.option(
        "--sheet", "sheets", multiple=True, metavar="NAME", help="Read this sheet of a workbook alone."
    )
    @click.option("--hidden", is_flag=True, help="Take hidden rows and sheets as well.")
    @click.option(
        "--encoding",
        type=click.Choice(ENCODINGS),
        help="How a CSV file was saved.  [default: told by its letters]",
    )
    @click.option(
        "--entry-code", metavar="CODE", default="", help="The entry code of all rows, where no column has it."
    )
    @wraps(function)
    def with_manner(
        *args: Any,
        pairs: tuple[str, ...],
        sheets: tuple[str, ...],
        hidden: bool,
        encoding: str | None,
        entry_code: str,
        **options: Any,
    ) -> Any:
        from claimbatch.office.register import Manner  # noqa: PLC0415

        manner = Manner(pairs, sheets, hidden, encoding or "", entry_code)
        return function(*args, manner=manner, **options)

    return with_manner


def storing_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give an import ``--dry-run``, ``--yes`` and ``--by``; it is called with ``how``, a :class:`Storing`."""

    @click.option("--dry-run", is_flag=True, help="Show what would change; store nothing.")
    @yes_option
    @who_option
    @wraps(function)
    def with_how(*args: Any, who: str, dry_run: bool, yes: bool, **options: Any) -> Any:
        return function(*args, how=Storing(who, dry_run, yes), **options)

    return with_how


def import_file(
    workspace: "Workspace",
    kind: str,
    file: Path,
    manner: "Manner",
    how: Storing,
    *,
    partial: bool,
    replace: bool = False,
    style: str,
) -> int:
    """Read *file*, say what was read and what is wrong; store it where it is clean, or its clean rows where wanted.

    What storing it changes is shown by name first, and asked about where a person must agree.
    """
    from claimbatch.office.by_name import counted  # noqa: PLC0415
    from claimbatch.office.register import Extent, read_file, store_file, what_changes  # noqa: PLC0415

    with workspace.store() as store:
        read = read_file(workspace, store, kind, file, manner)
        _tell_reading(read, style)
        if read.found is None:
            return Exit.ERRORS_FOUND
        if read.has_errors and not partial:
            say("Nothing was stored. Put the file right, or take its clean rows with --partial.")
            return Exit.ERRORS_FOUND
        extent = Extent.REPLACES if replace else Extent.CLEAN_ROWS if partial else Extent.WHOLE
        planned = what_changes(store, read, extent)
        show_changes(planned, dry_run=how.dry_run, yes=how.yes)
        sentence = counted(kind, planned.plan.counts)
        if how.dry_run:
            say(f"Nothing was stored; it would be: {sentence}.")
        else:
            ask(planned, yes=how.yes)
            number = store_file(workspace, store, planned, how.who)
            undo = f". It is import {number}: claimbatch {kind} restore takes it back"
            say(f"{sentence}{undo * bool(planned.plan.changes)}.")
    return Exit.ERRORS_FOUND if read.has_errors else Exit.DONE


def _tell_reading(read: "FileRead", style: str) -> None:
    for note in read.notes:
        say(_fitted(note))
    if read.remembered:
        meant = ", ".join(f"{heading} is {name}" for heading, name in read.remembered.items())
        say(_fitted(f"Named with --map for the last file with these headings: {meant}."))
    show_problems(read.problems, style)


def _fitted(sentence: str) -> str:
    """A long *sentence* wrapped at words where a terminal shows it; elsewhere it is one line."""
    if not sys.stderr.isatty():
        return sentence
    return click.wrap_text(sentence, get_terminal_size().columns - 1, subsequent_indent="  ")
