"""``claimbatch doctor``: what is odd about one workbook, in plain words."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from claimbatch.cli.problems import show_problems
from claimbatch.cli.session import format_option, show_table, workspace_option
from claimbatch.errors import Exit

if TYPE_CHECKING:
    from claimbatch.workspace import Workspace


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@format_option("table", "json", "csv")
@workspace_option
def doctor(workspace: "Workspace", file: Path, style: str) -> int:
    """Say in plain words what is odd about the workbook FILE.

    Who saved it, from which template, what was changed about the form. What is wrong with the grades: claimbatch check.
    """
    from claimbatch.intake.doctor import examine  # noqa: PLC0415
    from claimbatch.intake.guard import Package, admit_file  # noqa: PLC0415
    from claimbatch.intake.known import load  # noqa: PLC0415

    package = admit_file(file, file.as_posix())
    if not isinstance(package, Package):
        show_problems([package], "text" if style == "table" else style)
        return int(Exit.ERRORS_FOUND)
    with workspace.store() as store:
        key, catalogue = workspace.key(), workspace.catalogue()
        remarks = examine(package, lambda ids: load(store, key, catalogue, ids))
    rows = [{"topic": r.topic, "finding": r.text, "verdict": r.verdict} for r in remarks]
    show_table(rows, {"topic": "About", "finding": "What there is to say", "verdict": ""}, style)
    return int(Exit.DONE)
