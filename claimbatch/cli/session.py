"""What all commands share: the workspace option, the formats, how an error leaves, how a table is shown.

Data goes to stdout, everything else to stderr.
"""

import io
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from functools import wraps
from itertools import islice
from typing import Any

import click

from claimbatch.errors import ClaimbatchError, Exit

Rows = Sequence[Mapping[str, Any]]
_VOLUME = "claimbatch.volume"
AT_ONCE = 1000  # rows of CSV that are printed together


def run(command: click.Command, args: Sequence[str] | None = None) -> int:
    """Run *command* and return its exit code; no error on purpose ever shows a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")  # Windows pipes speak cp1252
    color = False if os.environ.get("NO_COLOR") else None
    try:
        result = command.main(args=args, prog_name="claimbatch", standalone_mode=False, color=color)
    except ClaimbatchError as error:
        click.echo(f"claimbatch: {error.message}{f'{chr(10)}  {error.hint}' if error.hint else ''}", err=True)
        return int(error.exit_code)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        say("claimbatch: stopped; nothing half-done is left.")
        return int(Exit.NOT_FINISHED)
    except SystemExit:  # click's way out where nobody reads what is printed any more, as after ``| head``
        return int(Exit.DONE)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        say(
            f"claimbatch: could not finish: {where}{error.strerror or 'a file could not be read or written'}."
        )
        return int(Exit.NOT_FINISHED)
    return int(result) if isinstance(result, int) else int(Exit.DONE)


def not_blank(_context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """A click callback: refuse a text that says nothing where it could not be put right later; None is not given."""
    if value is None:
        return None
    if not value.strip():
        raise click.BadParameter("it must not be blank", param=parameter)
    return " ".join(os.fsencode(value).decode("utf-8", "replace").split())


def not_blank_each(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> tuple[str, ...]:
    """The same for an option that may be repeated."""
    return tuple(text for value in values if (text := not_blank(context, parameter, value)))


def an_address(_context: click.Context, parameter: click.Parameter, value: str) -> str:
    """A click callback: an e-mail address, or nothing."""
    from claimbatch.identifiers import is_email_address  # noqa: PLC0415

    if value and not is_email_address(value):
        raise click.BadParameter(f"{value} is no e-mail address", param=parameter)
    return value


def confirm(question: str, *, yes: bool, because: str = "This cannot be undone") -> None:
    """Ask before what cannot be undone, or *because* of what it does; off a terminal ``--yes`` must have been given."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise ClaimbatchError(f"{because}, and nobody is here to ask.", "Say --yes if it is meant.")
    click.confirm(question, abort=True, err=True)


def say(text: str = "") -> None:
    """Tell the person at the terminal something that is not data, unless ``--quiet`` was said."""
    if _volume() is not Volume.QUIET:
        click.echo(text, file=sys.stderr)  # as it is now: while there is a progress bar, above that


def is_quiet() -> bool:
    """Whether nobody wants to be told anything beside the data: ``--quiet``, or data for a program."""
    context = click.get_current_context(silent=True)
    return _volume() is Volume.QUIET or (context is not None and context.params.get("style") == "json")


def is_verbose() -> bool:
    """Whether somebody wants to be told how it is done: ``--verbose``."""
    return _volume() is Volume.VERBOSE


def detail(text: str) -> None:
    """Tell whoever said ``--verbose`` how it is done."""
    if is_verbose():
        click.echo(text, err=True)


class Volume(Enum):
    """How much is said beside the data."""

    QUIET = "quiet"
    VERBOSE = "verbose"


def _volume() -> Volume | None:
    context = click.get_current_context(silent=True)
    return context.find_root().meta.get(_VOLUME) if context else None


def _set_volume(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value:
        context.find_root().meta[_VOLUME] = Volume(parameter.name)


def volume_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--quiet`` and ``--verbose``."""
    quiet = click.option(
        "-q",
        "--quiet",
        is_flag=True,
        expose_value=False,
        callback=_set_volume,
        help="Say nothing beside the data.",
    )
    verbose = click.option(
        "-v",
        "--verbose",
        is_flag=True,
        expose_value=False,
        callback=_set_volume,
        help="Say how it is done, too.",
    )
    return quiet(verbose(function))


yes_option = click.option("--yes", is_flag=True, help="Do not ask.")
workers_option = click.option(
    "--workers",
    type=click.IntRange(1, 256),
    metavar="N",
    help="Read the workbooks in N processes of their own, or by N workers of the cluster.  "
    "[default: as claimbatch.toml says]",
)


def workspace_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--workspace``; it is called with ``workspace``, a :class:`~claimbatch.workspace.Workspace`.

    Where it takes a CLAIM, its ``key`` may be given as an entry code or a claim number: it is called with the key.
    """
    from pathlib import Path  # noqa: PLC0415 - no import for --help that it can do without

    @volume_options
    @click.option(
        "-w",
        "--workspace",
        "workspace_folder",
        type=click.Path(path_type=Path),
        help="The workspace's folder.  [default: $CLAIMBATCH_WORKSPACE, else the nearest folder upwards]",
    )
    @wraps(function)
    def with_workspace(*args: Any, workspace_folder: Path | None, **options: Any) -> Any:
        from claimbatch.workspace import Workspace  # noqa: PLC0415

        workspace = Workspace.find(workspace_folder)
        detail(f"The workspace is {workspace.folder.absolute()}, its store {hidden(workspace.config.store)}.")
        if "key" in options:
            options["key"] = workspace.claim_key(options["key"])
        return function(*args, workspace=workspace, **options)

    return with_workspace


def who_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--by NAME``, which the history keeps; it is called with ``who``."""

    @click.option(
        "--by",
        "who",
        callback=not_blank,
        help="Who does this, for the history.  [default: the computer's user]",
    )
    @wraps(function)
    def with_who(*args: Any, who: str | None, **options: Any) -> Any:
        from claimbatch.office.who import computer_user  # noqa: PLC0415

        return function(*args, who=who or computer_user(), **options)

    return with_who


def hidden(address: str) -> str:
    """A store's address as it may be seen by others: without its password."""
    return re.sub(r"(://[^:/@]*):[^@]*@", r"\1:***@", address)


def format_option(*formats: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command ``--format`` with the choices *formats*, the first being the default."""
    return click.option(
        "--format",
        "style",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        help="How to print. It never changes the exit code.",
    )


def show_table(rows: Rows, columns: Mapping[str, str], style: str = "table") -> None:
    """Print *rows* (keys of *columns*) as a table with the headings of *columns*, as JSON or as CSV.

    The table leaves out the columns that are blank in every row. At a terminal it is fitted to its width; elsewhere it
    is plain text, the same everywhere.
    """
    if style == "json":
        import json  # noqa: PLC0415

        click.echo(json.dumps([dict(row) for row in rows], indent=2, ensure_ascii=False))
    elif style == "csv":
        echo_csv(rows, list(columns))
    elif rows:
        filled = [key for key in columns if any(_text(row.get(key)) for row in rows)]
        headings = [columns[key] for key in filled]
        _show_table(headings, [[_text(row.get(key)) for key in filled] for row in rows])


def echo_json(value: Mapping[str, Any]) -> None:
    """Print *value* as JSON with an indent of two; what it reads from a stream goes out item by item."""
    import json  # noqa: PLC0415

    from claimbatch.spool import Stream  # noqa: PLC0415

    lead = "{\n"
    for key, item in value.items():
        click.echo(f"{lead}  {json.dumps(key, ensure_ascii=False)}: ", nl=False)
        if isinstance(item, Stream):
            _echo_items(item)
        else:
            click.echo(_indented(item), nl=False)
        lead = ",\n"
    click.echo("\n}" if value else "{}")


def _echo_items(items: Iterable[Any]) -> None:
    lead = "["
    for item in items:
        click.echo(f"{lead}\n    {_indented(item, 4)}", nl=False)
        lead = ","
    click.echo("[]" if lead == "[" else "\n  ]", nl=False)


def _indented(value: Any, spaces: int = 2) -> str:
    import json  # noqa: PLC0415

    return json.dumps(value, indent=2, ensure_ascii=False).replace("\n", "\n" + " " * spaces)


def echo_csv(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Print *rows* as CSV with a header, some at a time; cells that a spreadsheet would run are escaped."""
    import csv  # noqa: PLC0415

    from claimbatch.output.disarm import disarmed  # noqa: PLC0415

    left = iter(rows)
    some: list[Sequence[str]] = [columns]
    while some:
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(some)
        click.echo(out.getvalue(), nl=False)
        some = [[disarmed(_text(row.get(key))) for key in columns] for row in islice(left, AT_ONCE)]


def count(number: int, singular: str, plural: str = "") -> str:
    """*number* things in correct English.

    >>> count(0, "query", "queries"), count(1, "error"), count(2, "error")
    ('no queries', '1 error', '2 errors')
    """
    word = singular if number == 1 else plural or f"{singular}s"
    return f"{number or 'no'} {word}"


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _show_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    if sys.stdout.isatty():
        from claimbatch.cli.tables import print_fitted  # noqa: PLC0415

        print_fitted(headings, rows)
    else:
        click.echo(_table([headings, *rows]))


def _table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(line.rstrip() for line in lines)
