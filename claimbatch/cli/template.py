"""``claimbatch template``: make the workbooks that go out to teachers."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from claimbatch.cli.session import count, progress, say, shown, workspace_option
from claimbatch.errors import ClaimbatchError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimbatch.claims.issue import Order
    from claimbatch.claims.store import Store
    from claimbatch.form.qualification import Catalogue, Qualification
    from claimbatch.workspace import Workspace

LISTED = 20  # templates that are named one by one


class OrRefresh(click.Command):
    """Makes templates, unless its first word is ``refresh``: then that command takes over."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """The context to run in: this command's own, or that of ``refresh``."""
        if args[:1] == ["refresh"]:
            from claimbatch.cli.refresh import refresh  # noqa: PLC0415

            return refresh.make_context(f"{info_name} refresh", args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)


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
    unprotected: bool,
    output: Path | None,
) -> None:
    """Make the Excel claim template for ENTRY_CODE (or one title), pre-filled from the register and the open claim.

    By candidate: one workbook with a grid of candidates and units. By unit: one workbook for each unit.
    """
    from claimbatch.claims.issue import issue_template  # noqa: PLC0415
    from claimbatch.cli.centres import the_centre  # noqa: PLC0415
    from claimbatch.files import write_atomic  # noqa: PLC0415

    if bool(entry_code) == every:
        raise click.UsageError("Give an entry code, or --all for every one.")
    if by == "candidate" and units:
        raise click.UsageError("--unit goes with the form by unit: leave out --by candidate.")
    form = f"by-{by or ('unit' if units else 'candidate')}"
    folder = output or workspace.folder / "outbox"
    catalogue, key = workspace.catalogue(), workspace.key()
    with workspace.store() as store:
        number = the_centre(store, centre)
        wanted = Wanted(number, form, units, sort == "name", group or "", not unprotected)
        codes = (
            [_code(store, catalogue, number, entry_code)] if entry_code else _codes(store, catalogue, number)
        )
        orders = [order for code in codes for order in _orders(store, catalogue.get(code), wanted)]
        for order in progress(orders, "Making templates"):
            name, content = issue_template(store, catalogue, key, order)
            path = write_atomic(_place(store, folder / name), content)
            if len(orders) <= LISTED:
                say(f"Made {shown(path)}.")
    if len(orders) > LISTED:
        say(f"Made {count(len(orders), 'template')} in {shown(folder)}.")


def _place(store: "Store", path: Path) -> Path:
    """Where a template goes: over an old one that nobody has touched, beside a workbook that may be filled in."""
    from claimbatch.files import free_path  # noqa: PLC0415
    from claimbatch.intake.guard import fingerprint  # noqa: PLC0415

    if not path.exists() or store.is_issued(fingerprint(path)):
        return path
    say(f"{shown(path)} was filled in or saved again since it was made; it stays as it is.")
    return free_path(path)


class Wanted(NamedTuple):
    """What was asked for, whatever the qualification."""

    centre_number: str
    form: str
    units: tuple[int, ...]
    by_name: bool
    group: str
    protect: bool


def _code(store: "Store", catalogue: "Catalogue", number: str, text: str) -> str:
    """The entry code of the qualification called *text*; of several the one that the centre's candidates do."""
    return catalogue.named(text, {entry.entry_code for entry in store.entries(number)}).entry_code


def _codes(store: "Store", catalogue: "Catalogue", number: str) -> list[str]:
    """The entry codes that candidates are entered for; those whose units are not known are left out, and named."""
    codes = []
    for code in sorted({entry.entry_code for entry in store.entries(number)}):
        qualification = catalogue.get(code)
        if qualification.has_units:
            codes.append(code)
        else:
            say(f"Left out {code}: its units are not known (schemas/{qualification.file}).")
    return codes


def _orders(store: "Store", qualification: "Qualification", wanted: Wanted) -> "Iterator[Order]":
    """The templates of one qualification: one, or one for each unit, and for each group."""
    from claimbatch.claims.issue import Order, groups  # noqa: PLC0415
    from claimbatch.form.qualification import require_units  # noqa: PLC0415

    require_units(qualification)
    code = qualification.entry_code
    units = _units(qualification, wanted.units) if wanted.form == "by-unit" else [0]
    values = groups(store, wanted.centre_number, code, wanted.group) if wanted.group else [""]
    for unit in units:
        for value in values:
            yield Order(
                wanted.centre_number,
                code,
                wanted.form,
                unit,
                wanted.protect,
                wanted.by_name,
                (wanted.group, value),
            )


def _units(qualification: "Qualification", wanted: tuple[int, ...]) -> list[int]:
    offered = [unit.number for unit in qualification.offered]
    for number in wanted:
        if number not in offered:
            raise ClaimbatchError(
                f"Unit {number} cannot be claimed for {qualification.entry_code}.",
                f"Its units are: {', '.join(map(str, offered))}.",
            )
    return list(dict.fromkeys(wanted)) or offered
