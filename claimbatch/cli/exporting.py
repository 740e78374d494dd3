"""``claimbatch export``: a claim as a file for other programs."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from claimbatch.cli.session import count, say, workspace_option
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
    from claimbatch.office.exporting import export as write_export  # noqa: PLC0415
    from claimbatch.office.exporting import exported, style_of  # noqa: PLC0415

    if output == Path("-"):
        content, _ = exported(workspace, key, style or style_of(output))
        click.echo(content, nl=False)
        return
    done = write_export(workspace, key, output, style or "", force=force)
    rows = count(done.rows, "row")
    say(
        f"Wrote {shown(done.path)}: {rows}." if done.new else f"{shown(done.path)} says this already: {rows}."
    )
