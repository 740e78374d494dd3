"""``claimbatch template``: make the workbooks that go out to teachers."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from claimbatch.cli.by_day import due_option, say_due
from claimbatch.cli.other_words import OrOthers
from claimbatch.cli.progress import progress
from claimbatch.cli.session import count, not_blank_each, say, workspace_option
from claimbatch.files import shown

if TYPE_CHECKING:
    from datetime import date

    from claimbatch.office.templates import Made
    from claimbatch.workspace import Workspace

LISTED = 20  # templates that are named one by one


class OrRefresh(OrOthers):
    """Makes templates, unless its first word is ``refresh``: then that command takes over."""

    @staticmethod
    def others() -> dict[str, click.Command]:
        """The command that takes over, by its word."""
        from claimbatch.cli.refresh import refresh  # noqa: PLC0415

        return {"refresh": refresh}


@click.command(
    cls=OrRefresh,
    epilog="To move what was filled in on an outdated template into a current one: "
    "claimbatch template refresh OLD.xlsx (--help says more).",
)
@click.argument("entry_code", required=False)
@click.option(
    "--by",
    type=click.Choice(["candidate", "unit"]),
    help="Which form.  [default: candidate; with --unit: unit]",
)
@click.option(
    "--unit", "units", type=int, multiple=True, metavar="N", help="By unit: only this unit; may be repeated."
)
@click.option("--centre", help="The centre, where the workspace holds several.")
@click.option(
    "--all", "every", is_flag=True, help="Templates for every entry code that candidates are entered for."
)
@click.option(
    "--sort",
    type=click.Choice(["number", "name"]),
    default="number",
    show_default=True,
    help="The order of the candidates.",
)
@click.option(
    "--group", metavar="COLUMN", help="A workbook for each value of this register column (tutor group …)."
)
@click.option(
    "--for",
    "people",
    multiple=True,
    metavar="NAME",
    callback=not_blank_each,
    help="A workbook for this assessor, by full name or initials; may be repeated.",
)
@click.option(
    "--for-each-assessor", "each", is_flag=True, help="A workbook for each assessor in the register."
)
@due_option()
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
    by: str | None,
    units: tuple[int, ...],
    centre: str | None,
    every: bool,
    sort: str,
    group: str | None,
    people: tuple[str, ...],
    each: bool,
    due: "date | None",
    unprotected: bool,
    output: Path | None,
) -> None:
    """Make the Excel claim template for ENTRY_CODE (or one title), pre-filled from the register and the open claim.

    By candidate: one workbook with a grid of candidates and units. By unit: one workbook for each unit. Where several
    teachers fill in the same form, give each a workbook of their own, with --for or --for-each-assessor.

    What a moderator withdrew from an earlier claim is filled in as it was claimed ("P again"), to be claimed again,
    corrected or cleared; what another claim holds already is grey with a cross.

    What is on the claim and may no longer be claimed is shown in red, with the reason, and can only be taken off there;
    what has no cell in the workbook any more is named on its sheet Start here.
    """
    from claimbatch.office.templates import Wanted, make_templates, plan_templates  # noqa: PLC0415

    if bool(entry_code) == every:
        raise click.UsageError("Give an entry code, or --all for every one.")
    if by == "candidate" and units:
        raise click.UsageError("--unit goes with the form by unit: leave out --by candidate.")
    if people and each:
        raise click.UsageError("Give --for or --for-each-assessor, not both.")
    wanted = Wanted(
        qualification=entry_code or "",
        form=f"by-{by or ('unit' if units else 'candidate')}",
        units=units,
        centre=centre,
        by_name=sort == "name",
        group=group or "",
        people=people,
        each_assessor=each,
        protect=not unprotected,
        due=due,
    )
    with workspace.store() as store:
        planned = plan_templates(store, workspace.catalogue(), wanted)
        for note in planned.notes:
            say(note)
        number = len(planned.orders)
        for made in progress(make_templates(workspace, store, planned, output), "Making templates", number):
            tell_made(made, alone=number <= LISTED)
    if number > LISTED:
        say(f"Made {count(number, 'template')} in {shown(workspace.outbox(output))}.")
    say_due(due)
    for doubt in planned.doubts:
        say(doubt)
    if planned.incomplete:
        code = planned.incomplete[0] if len(planned.incomplete) == 1 else "ENTRY_CODE"
        say(f'Add one that the handbook has: claimbatch qualifications add-unit {code} N "Title"')


def tell_made(made: "Made", *, alone: bool) -> None:
    """Say where a template is, where it is told of *alone*; and that a workbook under its name was left as it is."""
    if made.left:
        say(f"{shown(made.left)} was filled in or saved again since it was made; it stays as it is.")
    if alone:
        say(f"Made {shown(made.path)}.")
