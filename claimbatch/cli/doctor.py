"""``claimbatch doctor``: what is odd about one workbook, in plain words."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from claimbatch.cli.problems import show_problems
from claimbatch.cli.session import format_option, show_table, workspace_option
from claimbatch.errors import Exit
from claimbatch.problems import Problem

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
    from claimbatch.office.doctor import diagnose  # noqa: PLC0415

    remarks = diagnose(workspace, file)
    if isinstance(remarks, Problem):
        show_problems([remarks], "text" if style == "table" else style)
        return int(Exit.ERRORS_FOUND)
    rows = [{"topic": r.topic, "finding": r.text, "verdict": r.verdict} for r in remarks]
    show_table(rows, {"topic": "About", "finding": "What there is to say", "verdict": ""}, style)
    return int(Exit.DONE)
