"""``claimbatch template refresh``: a current template in the place of an old one that is filled in already."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from claimbatch.cli.by_day import due_option, say_due
from claimbatch.cli.session import count, format_option, say, show_table, workspace_option
from claimbatch.errors import Exit
from claimbatch.files import shown

if TYPE_CHECKING:
    from datetime import date

    from claimbatch.workspace import Workspace

COLUMNS = {
    "sheet": "Sheet",
    "cell": "Cell",
    "candidate": "Candidate",
    "unit": "Unit",
    "value": "Value",
    "why": "Why it did not fit",
}


@click.command()
@click.argument("old", metavar="OLD.xlsx", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder to write to.  [default: outbox]",
)
@due_option("  [default: as on OLD.xlsx]")
@format_option("table", "json", "csv")
@workspace_option
def refresh(workspace: "Workspace", old: Path, output: Path | None, due: "date | None", style: str) -> int:
    """Move what was filled in on OLD.xlsx into a current template, by candidate and unit.

    For templates that are outdated: new candidates, changed units, a new year. OLD.xlsx stays as it is.

    The new workbook says what OLD.xlsx says, no more and no less: each grade keeps its assessor, what was cleared stays
    blank, what has to be put right is found again. What the claim has come to say since stands, as when OLD.xlsx is
    merged.

    Nothing is carried of a row whose name or date of birth was typed over, of a candidate who stands on a sheet twice,
    or of a candidate number that is somebody else's now.

    What has no place on the current template, or may not go there, is listed with the reason; then the exit code is 1.
    """
    from claimbatch.office.refreshing import refresh as refresh_one  # noqa: PLC0415

    path, new = refresh_one(workspace, old, output, due)
    show_table([asdict(item) for item in new.left], COLUMNS, style)
    fits = (
        f"{count(len(new.left), 'value')} did not fit and stayed in {old}"
        if new.left
        else "everything fitted"
    )
    if new.kept:
        say(f"{count(len(new.kept), 'comment')} went along, and checking will ask: {', '.join(new.kept)}.")
    say(f"Made {shown(path)}: {fits}.")
    say_due(new.due)
    return int(Exit.ERRORS_FOUND if new.left else Exit.DONE)
