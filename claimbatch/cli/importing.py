"""Importing a register file: how it may be asked to be read, what is said of it, and what stops it."""

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from claimbatch.cli.problems import show_problems
from claimbatch.cli.session import say
from claimbatch.errors import Exit

if TYPE_CHECKING:
    from claimbatch.workspace import Workspace

ENCODINGS = ("utf-8", "utf-16", "windows-1252", "windows-1250", "mac-roman", "dos-850")


class Wish(NamedTuple):
    """How a file is to be read, as the command line has it."""

    pairs: tuple[str, ...]
    sheets: tuple[str, ...]
    hidden: bool
    encoding: str
    entry_code: str


def reading_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give an import its options for files that are read otherwise than meant; it is called with ``wish``."""

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
    def with_wish(
        *args: Any,
        pairs: tuple[str, ...],
        sheets: tuple[str, ...],
        hidden: bool,
        encoding: str | None,
        entry_code: str,
        **options: Any,
    ) -> Any:
        return function(*args, wish=Wish(pairs, sheets, hidden, encoding or "", entry_code), **options)

    return with_wish


def import_file(
    workspace: "Workspace",
    file: Path,
    wish: Wish,
    kind: str,
    read: Callable[..., Any],
    save: Callable[[Any], str],
    *,
    partial: bool,
    dry_run: bool,
    style: str,
) -> int:
    """Read *file*, say what was read and what is wrong; save it where it is clean, or its clean rows where wanted."""
    from claimbatch.claims.register.headings import read_map  # noqa: PLC0415
    from claimbatch.claims.register.layout import Asked  # noqa: PLC0415
    from claimbatch.intake.register_table import open_register  # noqa: PLC0415
    from claimbatch.problems import Problem, errors_in  # noqa: PLC0415

    kinds, remembered = workspace.register_kinds(), workspace.remembered_columns()
    said = read_map(kinds[kind], wish.pairs)
    opened = open_register(
        file,
        kinds[kind],
        Asked(said, wish.sheets, wish.hidden, wish.entry_code),
        remembered,
        encoding=wish.encoding,
    )
    if isinstance(opened, Problem):
        show_problems([opened], style)
        return Exit.ERRORS_FOUND
    found = read(opened[0], catalogue=workspace.catalogue(), kinds=kinds, asked=opened[1])
    for note in found.notes:
        say(_fitted(note))
    if opened[1].said and not said:
        meant = ", ".join(f"{heading} is {name}" for heading, name in opened[1].said.items())
        say(_fitted(f"Named with --map for the last file with these headings: {meant}."))
    show_problems(found.problems, style)
    errors = errors_in(found.problems)
    if errors and not partial:
        say("Nothing was stored. Put the file right, or take its clean rows with --partial.")
        return Exit.ERRORS_FOUND
    say(f"{'Nothing was stored; it would be: ' * dry_run}{save(found)}.")
    if said and not dry_run:
        remembered.keep(kinds[kind], found.headings, said)
    return Exit.ERRORS_FOUND if errors else Exit.DONE


def _fitted(sentence: str) -> str:
    """A long *sentence* wrapped at words where a terminal shows it; elsewhere it is one line."""
    if not sys.stderr.isatty():
        return sentence
    return click.wrap_text(sentence, get_terminal_size().columns - 1, subsequent_indent="  ")
