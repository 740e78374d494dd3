"""``claimbatch qualifications add-unit`` and its kin: units that a centre knows and claimbatch does not."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from claimbatch.cli.problems import show_problems
from claimbatch.cli.session import count, format_option, not_blank, say, workspace_option
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.files import shown

if TYPE_CHECKING:
    from claimbatch.form.qualification import Qualification
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
    from claimbatch.form.added_units import add, new_unit  # noqa: PLC0415

    qualification = workspace.catalogue().get(entry_code)
    known = qualification.unit(number)
    if known:
        raise ClaimbatchError(
            f"{qualification.entry_code} has that unit already: {known.full_title}.",
            _how_to_correct(workspace, qualification, number),
        )
    stated = {"number": number, "title": title, **{key: fact for key, fact in facts.items() if fact}}
    unit = new_unit(stated, source or "")
    path = add(workspace.folder / "schemas", qualification.file, [unit])
    say(f"Added {unit.full_title} to {_sharing(workspace, qualification)} in {shown(path)}.")
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
    from claimbatch.form.added_units import add  # noqa: PLC0415
    from claimbatch.intake.unit_list import read_unit_list  # noqa: PLC0415

    qualification = workspace.catalogue().get(entry_code)
    listed = read_unit_list(file, source or "")
    if listed.problems:
        show_problems(listed.problems, style)
        say("Nothing was added.")
        return int(Exit.ERRORS_FOUND)
    new = [unit for unit in listed.units if qualification.unit(unit.number) is None]
    known = [unit.label for unit in listed.units if qualification.unit(unit.number) is not None]
    if new:
        path = add(workspace.folder / "schemas", qualification.file, new)
        names = ", ".join(unit.label for unit in new)
        say(
            f"Added {count(len(new), 'unit')} ({names}) to {_sharing(workspace, qualification)} in {shown(path)}."
        )
        _say_how_on(examined=all(unit.external for unit in new))
    if known:
        say(f"Known already, and left as they are: {', '.join(known)}.")
    return int(Exit.DONE)


@click.command()
@click.argument("entry_code")
@click.argument("number", type=click.IntRange(1, 9999), metavar="N")
@workspace_option
def remove_unit(workspace: "Workspace", entry_code: str, number: int) -> int:
    """Take unit N, which was added here, off the qualification ENTRY_CODE again.

    Only units of the workspace's own schemas/added-units.toml, and only while no claim has them.
    """
    from claimbatch.form.added_units import remove  # noqa: PLC0415

    catalogue = workspace.catalogue()
    qualification = catalogue.get(entry_code)
    codes = {q.entry_code for q in catalogue.qualifications if q.file == qualification.file}
    with workspace.store() as store:
        for claim in store.claims():
            if claim.entry_code in codes and any(u == str(number) for _, u in store.lines_at(claim.key)):
                raise ClaimbatchError(
                    f"Unit {number} is on the claim {claim.key}.",
                    "A unit that a claim has must stay known; take it off the claim first.",
                )
    if not remove(workspace.folder / "schemas", qualification.file, number):
        raise ClaimbatchError(
            f"Unit {number} of {qualification.entry_code} was not added here.",
            "Only units of the workspace's schemas/added-units.toml can be taken off.",
        )
    say(f"Took Unit {number} off {_sharing(workspace, qualification)}.")
    return int(Exit.DONE)


def _how_to_correct(workspace: "Workspace", qualification: "Qualification", number: int) -> str:
    """Where the unit *number* that is known already stands, and so what to do where it is wrong."""
    from claimbatch.form.added_units import ADDED, read_added  # noqa: PLC0415

    added = ((file, unit.number) for file, unit, _ in read_added(workspace.folder / "schemas" / ADDED))
    if (qualification.file, number) in added:
        return (
            f"It was added here. To correct it, take it off and add it again: claimbatch qualifications remove-unit "
            f"{qualification.entry_code} {number}"
        )
    return (
        f"To correct it, change {qualification.file} in the workspace's schemas folder "
        "(see docs/adding-a-qualification.md)."
    )


def _sharing(workspace: "Workspace", qualification: "Qualification") -> str:
    """The qualification, and the others that share its units."""
    others = [
        q.entry_code
        for q in workspace.catalogue().qualifications
        if q.file == qualification.file and q.entry_code != qualification.entry_code
    ]
    return qualification.entry_code + (f" (and {', '.join(others)}, which share its units)" if others else "")


def _say_how_on(examined: bool) -> None:
    if not examined:
        say(
            "Templates have it from now on; claimbatch template refresh FILE brings it to one that is filled in."
        )
