"""The workbooks that a moderator fills in, on their way out and back: for ``sample`` and for ``moderation``."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from claimbatch.cli.problems import say_marked, show_problems, tally
from claimbatch.cli.session import say
from claimbatch.files import shown

if TYPE_CHECKING:
    from claimbatch.intake.moderators import Returned
    from claimbatch.workspace import Workspace

mark_option = click.option(
    "--mark",
    "marked",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write a copy of a workbook with problems to DIR, each problem marked at its cell.",
)


def make_workbook(workspace: "Workspace", key: str, form: str, folder: Path | None, *, protect: bool) -> None:
    """Make the workbook of *form* for the claim *key*, over none that was filled in."""
    from claimbatch.cli.template import tell_made  # noqa: PLC0415
    from claimbatch.office import moderators  # noqa: PLC0415
    from claimbatch.office.opened import open_claim  # noqa: PLC0415

    with open_claim(workspace, key) as opened:
        made = moderators.make_workbook(opened, form, folder, protect=protect)
    tell_made(made, alone=False)
    say(f"Made {shown(made.path)}. Send it to the moderator, and take it back in with:")
    took = f"claimbatch sample record {key} FILE" if form == "sample" else "claimbatch moderation import FILE"
    say(f"  {took}")


def tell_problems(file: Path, returned: "Returned", marked: Path | None, style: str = "text") -> bool:
    """Say what is wrong with a returned workbook, write a marked copy if asked; whether anything must be put right."""
    if returned.problems or style != "text":
        show_problems(returned.problems, style, err=style == "text")
    if returned.problems and marked:
        from claimbatch.office.marking import mark_one  # noqa: PLC0415

        taken = {file.resolve()}
        say_marked(
            mark_one(marked, file, returned.workbook, returned.package, returned.problems, taken=taken)
        )
    errors = any(problem.is_error for problem in returned.problems)
    if errors:
        say(f"Nothing was recorded: {tally(returned.problems)} in {returned.workbook}.")
    return errors
