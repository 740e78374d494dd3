"""``claimbatch template``: make the workbooks that go out to teachers."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from claimbatch.cli.session import count, say, workspace_option
from claimbatch.errors import ClaimbatchError

if TYPE_CHECKING:
    from claimbatch.claims.issue import Order
    from claimbatch.claims.store import Store
    from claimbatch.form.qualification import Qualification
    from claimbatch.workspace import Workspace


@click.command()
@click.argument("entry_code", required=False)
@click.option(
    "--by",
    type=click.Choice(["candidate", "unit"]),
    default="candidate",
    show_default=True,
    help="Which form.",
)
@click.option(
    "--unit", "units", type=int, multiple=True, metavar="N", help="By unit: only this unit; may be repeated."
)
@click.option("--centre", help="The centre, where the workspace holds several.")
@click.option(
    "--all", "every", is_flag=True, help="Templates for every entry code that candidates are entered for."
)
@click.option("--unprotected", is_flag=True, help="Leave the sheets unprotected.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder to write to.  [default: outbox]",
)
@workspace_option
def template(
    workspace: "Workspace",
    entry_code: str | None,
    by: str,
    units: tuple[int, ...],
    centre: str | None,
    every: bool,
    unprotected: bool,
    output: Path | None,
) -> None:
    """Make the Excel claim template for ENTRY_CODE, pre-filled from the register and the open claim.

    By candidate: one workbook with a grid of candidates and units. By unit: one workbook for each unit.
    """
    from claimbatch.claims.issue import issue_template  # noqa: PLC0415
    from claimbatch.cli.centres import the_centre  # noqa: PLC0415
    from claimbatch.files import write_atomic  # noqa: PLC0415

    if bool(entry_code) == every:
        raise click.UsageError("Give an entry code, or --all for every one.")
    folder = output or workspace.folder / "outbox"
    with workspace.store() as store:
        catalogue, key = workspace.catalogue(), workspace.key()
        number = the_centre(store, centre)
        form = f"by-{by}"
        for order in _orders(store, workspace, number, entry_code, form, units, not unprotected):
            name, content = issue_template(store, catalogue, key, order)
            path = write_atomic(folder / name, content)
            people = len(store.entries(number, order.entry_code))
            say(f"Made {path}: {count(people, 'candidate')}.")


def _orders(
    store: "Store",
    workspace: "Workspace",
    number: str,
    entry_code: str | None,
    form: str,
    units: tuple[int, ...],
    protect: bool,
) -> "list[Order]":
    """The templates asked for; with ``--all``, of every entry code whose units are known."""
    from claimbatch.claims.issue import Order  # noqa: PLC0415
    from claimbatch.form.qualification import require_units  # noqa: PLC0415

    catalogue = workspace.catalogue()
    codes = [entry_code] if entry_code else sorted({entry.entry_code for entry in store.entries(number)})
    orders = []
    for code in codes:
        qualification = catalogue.get(code)
        if entry_code:
            require_units(qualification)
        elif not qualification.has_units:
            say(f"Left out {code}: its units are not known ({qualification.file}).")
            continue
        chosen = _units(qualification, units) if form == "by-unit" else [0]
        orders += [Order(number, code, form, unit, protect) for unit in chosen]
    return orders


def _units(qualification: "Qualification", wanted: tuple[int, ...]) -> list[int]:
    offered = [unit.number for unit in qualification.offered]
    for number in wanted:
        if number not in offered:
            raise ClaimbatchError(
                f"Unit {number} cannot be claimed for {qualification.entry_code}.",
                f"Its units are: {', '.join(map(str, offered))}.",
            )
    return list(wanted) or offered
