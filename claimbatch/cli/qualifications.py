"""``claimbatch qualifications``: which qualifications there are, and which units one has."""

import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from claimbatch.cli.other_words import OrOthers
from claimbatch.cli.session import format_option, say, show_table, volume_options

if TYPE_CHECKING:
    from claimbatch.form.qualification import Qualification

_COLUMNS = {
    "entry_code": "Entry code",
    "title": "Title",
    "suite": "Suite",
    "level": "Level",
    "size": "Size",
    "units": "Units to claim",
    "unit_list": "Unit list",
    "qan": "QAN",
    "verified": "Verified",
}
_UNIT_COLUMNS = {
    "unit": "Unit",
    "title": "Title",
    "reference": "Reference",
    "size": "Size",
    "assessment": "Assessment",
    "remarks": "Remarks",
}


class OrUnits(OrOthers):
    """Shows qualifications, unless its first word is ``add-unit`` or the like: then that command takes over."""

    @staticmethod
    def others() -> dict[str, click.Command]:
        """The commands that change the list of units, by their word."""
        from claimbatch.cli.units import add_unit, add_units, remove_unit  # noqa: PLC0415

        return {"add-unit": add_unit, "add-units": add_units, "remove-unit": remove_unit}


@click.command(
    cls=OrUnits,
    epilog="Where the list of units is not complete: claimbatch qualifications add-unit ENTRY_CODE N TITLE, or "
    "add-units ENTRY_CODE FILE (--help says more); remove-unit takes one off again.",
)
@click.argument("entry_code", required=False)
@click.option("--search", metavar="TEXT", help="Only those with TEXT in their entry code or title.")
@click.option(
    "-w",
    "--workspace",
    "folder",
    type=click.Path(path_type=Path),
    help="A workspace, whose own qualification files win.  [default: the one you are in, if any]",
)
@format_option("table", "json", "csv")
@volume_options
def qualifications(entry_code: str | None, search: str | None, folder: Path | None, style: str) -> None:
    """List the qualifications, or show ENTRY_CODE (or one title) with its units.

    Those whose entry code is not known stand at the end, without one. A centre can add or correct
    qualifications in the schemas folder of its workspace.

    \b
    claimbatch qualifications --search it
    claimbatch qualifications 05838
    """
    if entry_code and search:
        raise click.UsageError("Give an entry code or --search, not both.")
    from claimbatch.office.qualifications import catalogue_of, qualification_row  # noqa: PLC0415
    from claimbatch.workspace import VARIABLE  # noqa: PLC0415

    catalogue = catalogue_of(folder, named=bool(folder or os.environ.get(VARIABLE)))
    if entry_code:
        _show(catalogue.named(entry_code), style)
        return
    found = catalogue.search(search or "")
    show_table([asdict(qualification_row(one)) for one in found], _COLUMNS, style)
    if not found:
        say(f'No qualification has "{search}" in its entry code or title.')


def _show(qualification: "Qualification", style: str) -> None:
    from claimbatch.form.qualification import UnitList  # noqa: PLC0415
    from claimbatch.office.qualifications import qualification_row, unit_row  # noqa: PLC0415

    if style == "table":
        facts = asdict(qualification_row(qualification)) | {"title": qualification.title}
        click.echo("\n".join(f"{heading + ':':<16}{facts[key]}" for key, heading in _COLUMNS.items()) + "\n")
    show_table([asdict(unit_row(unit)) for unit in qualification.units], _UNIT_COLUMNS, style)
    if qualification.titles_without_number:
        say(f"\nUnits whose numbers are not known: {'; '.join(qualification.titles_without_number)}.")
    if qualification.units_missing:
        say(f"\n{qualification.units_missing}")
    if not qualification.has_units:
        say("Its units are not known.")
    if qualification.entry_code and qualification.unit_list is not UnitList.COMPLETE:
        say(
            f'Add one that the handbook has: claimbatch qualifications add-unit {qualification.entry_code} N "Title"'
        )
