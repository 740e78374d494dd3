"""``claimbatch qualifications add-unit`` and its kin: units that a centre knows and claimbatch does not."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from claimbatch.cli.problems import show_problems
from claimbatch.cli.session import count, format_option, not_blank, say, workspace_option
from claimbatch.errors import Exit
from claimbatch.files import shown

if TYPE_CHECKING:
    from claimbatch.office.units import Added
    from claimbatch.workspace import Workspace


@click.command()
@click.argument("entry_code")
@click.argument("number", type=click.IntRange(1, 9999), metavar="N")
@click.argument("title", callback=not_blank)
@click.option("--reference", metavar="REF", help="The unit reference, such as M/507/4999.")
@click.option("--glh", type=click.IntRange(1, 9999), metavar="N", help="Guided learning hours (2016 suite).")
@click.option("--credits", type=click.IntRange(1, 9999), metavar="N", help="Credits (2012 suite).")
@click.option(
    "--assessment",
    type=click.Choice(["internal", "external"]),
    help="Whether the centre assesses and claims it, or it is an exam.  [default: not known]",
)
@click.option(
    "--source", metavar="TEXT", help="Where you saw it, such as the handbook; then it counts as verified."
)
@workspace_option
def add_unit(
    workspace: "Workspace", entry_code: str, number: int, title: str, source: str | None, **facts: Any
) -> int:
    """Add unit N with TITLE to the qualification ENTRY_CODE, and so to all that share its units.

    For units that the handbook has and claimbatch does not. It goes into the workspace's own schemas/added-units.toml.
    Workbooks that are with teachers come in as they are; claimbatch template refresh gives them the new column.

    \b
    claimbatch qualifications add-unit 05838 14 "Computer game design" --glh 60 --assessment internal
    """
    from claimbatch.office import units  # noqa: PLC0415

    added = units.add_unit(workspace, entry_code, {"number": number, "title": title, **facts}, source or "")
    unit = added.units[0]
    say(f"Added {unit.full_title} to {_sharing(added)} in {shown(added.path)}.")
    _say_how_on(unit.external)
    return int(Exit.DONE)


@click.command()
@click.argument("entry_code")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--source", metavar="TEXT", help="Where they stand, such as the handbook; then they count as verified."
)
@format_option("text", "json", "csv")
@workspace_option
def add_units(workspace: "Workspace", entry_code: str, file: Path, source: str | None, style: str) -> int:
    """Add the units that FILE lists (.xlsx or CSV) to the qualification ENTRY_CODE.

    Its columns: Unit and Title; and, as far as they are known, Reference, GLH, Credits, Assessment (internal or
    external). Units that are known already are passed over. With a fault in any row nothing is added.
    """
    from claimbatch.office import units  # noqa: PLC0415

    listed = units.read_units(workspace, entry_code, file, source or "")
    if listed.problems:
        show_problems(listed.problems, style)
        say("Nothing was added.")
        return int(Exit.ERRORS_FOUND)
    if listed.new:
        added = units.add_units(workspace, entry_code, listed.new)
        names = ", ".join(unit.label for unit in added.units)
        say(f"Added {count(len(added.units), 'unit')} ({names}) to {_sharing(added)} in {shown(added.path)}.")
        _say_how_on(examined=all(unit.external for unit in added.units))
    if listed.known:
        say(f"Known already, and left as they are: {', '.join(unit.label for unit in listed.known)}.")
    return int(Exit.DONE)


@click.command()
@click.argument("entry_code")
@click.argument("number", type=click.IntRange(1, 9999), metavar="N")
@workspace_option
def remove_unit(workspace: "Workspace", entry_code: str, number: int) -> int:
    """Take unit N, which was added here, off the qualification ENTRY_CODE again.

    Only units of the workspace's own schemas/added-units.toml, and only while no claim has them.
    """
    from claimbatch.office import units  # noqa: PLC0415

    removed = units.remove_unit(workspace, entry_code, number)
    say(f"Took Unit {number} off {_sharing(removed)}.")
    return int(Exit.DONE)


def _sharing(added: "Added") -> str:
    """The qualification, and the others that share its units."""
    others = f" (and {', '.join(added.others)}, which share its units)" if added.others else ""
    return added.entry_code + others


def _say_how_on(examined: bool) -> None:
    if not examined:
        say(
            "Templates have it from now on; claimbatch template refresh FILE brings it to one that is filled in."
        )
