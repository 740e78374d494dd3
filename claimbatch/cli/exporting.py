"""``claimbatch export``: a claim as a file for other programs."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from claimbatch.cli.session import count, say, workspace_option
from claimbatch.errors import ClaimbatchError
from claimbatch.files import shown

if TYPE_CHECKING:
    from claimbatch.workspace import Workspace

EXPORTS = ("csv", "xlsx", "json")


@click.command()
@click.argument("key", metavar="CLAIM")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="The file, or - for the standard output.  [default: in outbox]",
)
@click.option(
    "--format",
    "style",
    type=click.Choice(EXPORTS),
    help="What kind of file.  [default: what the file's name ends with, else csv]",
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@workspace_option
def export(workspace: "Workspace", key: str, output: Path | None, style: str | None, force: bool) -> None:
    """Write CLAIM as CSV (or Excel, or JSON): one row for each claimed unit.

    The grades that the moderator agreed stand beside those claimed. A line that was withdrawn with its group keeps its
    row, with the status withdrawn.

    A file that is there is never written over unasked; where it says the same already, nothing needs to be.
    """
    from claimbatch.claims.life import look  # noqa: PLC0415
    from claimbatch.files import write_atomic  # noqa: PLC0415
    from claimbatch.output.export import rows_of, to_csv, to_json, to_xlsx  # noqa: PLC0415

    kind = style or _kind_of(output)
    writers: dict[str, Callable[..., bytes]] = {"csv": to_csv, "xlsx": to_xlsx, "json": to_json}
    with workspace.store() as store:
        stands = look(store, workspace.catalogue(), key)
    rows = rows_of(stands)
    content = writers[kind](rows)
    if output == Path("-"):
        click.echo(content, nl=False)
        return
    path = output or workspace.folder / "outbox" / f"{key}.{kind}"
    if path.is_file() and not force:
        if path.read_bytes() != content:
            raise ClaimbatchError(
                f"{shown(path)} is there already, and says something else.",
                "Name another file with -o, or write over it with --force.",
            )
        say(f"{shown(path)} says this already: {count(len(rows), 'row')}.")
        return
    write_atomic(path, content)
    say(f"Wrote {shown(path)}: {count(len(rows), 'row')}.")


def _kind_of(output: Path | None) -> str:
    """The format that a file's name asks for."""
    ending = output.suffix.casefold().removeprefix(".") if output else ""
    return ending if ending in EXPORTS else EXPORTS[0]
