"""``claimbatch template``: make the workbooks that go out to teachers."""

import re
from collections.abc import Collection, Sequence
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from claimbatch.cli.by_day import due_option, say_due
from claimbatch.cli.other_words import OrOthers
from claimbatch.cli.progress import progress
from claimbatch.cli.session import count, not_blank_each, say, workspace_option
from claimbatch.errors import ClaimbatchError
from claimbatch.files import shown

if TYPE_CHECKING:
    from datetime import date

    from claimbatch.claims.issue import Order
    from claimbatch.claims.store import Store
    from claimbatch.form.contents import Addressee
    from claimbatch.form.qualification import Catalogue, Qualification
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
    from claimbatch.office.centres import the_centre  # noqa: PLC0415

    if bool(entry_code) == every:
        raise click.UsageError("Give an entry code, or --all for every one.")
    if by == "candidate" and units:
        raise click.UsageError("--unit goes with the form by unit: leave out --by candidate.")
    if people and each:
        raise click.UsageError("Give --for or --for-each-assessor, not both.")
    form = f"by-{by or ('unit' if units else 'candidate')}"
    catalogue, key = workspace.catalogue(), workspace.key()
    with workspace.store() as store:
        number = the_centre(store, centre)
        whom = None if each else people or ("",)
        wanted = Wanted(number, form, units, sort == "name", group or "", not unprotected, whom, due)
        codes = (
            [_code(store, catalogue, number, entry_code)] if entry_code else _codes(store, catalogue, number)
        )
        orders = [order for code in codes for order in _orders(store, catalogue.get(code), wanted)]
        _make(store, catalogue, key, orders, workspace.outbox(output))
    say_due(due)
    missing = [code for code in codes if _say_what_is_not_known(catalogue.get(code))]
    if missing:
        code = missing[0] if len(missing) == 1 else "ENTRY_CODE"
        say(f'Add one that the handbook has: claimbatch qualifications add-unit {code} N "Title"')


def _make(
    store: "Store", catalogue: "Catalogue", key: bytes, orders: "Sequence[Order]", folder: Path
) -> None:
    """Make the templates of *orders* in *folder*, and say where they are."""
    from claimbatch.claims.issue import issue_template  # noqa: PLC0415
    from claimbatch.files import write_atomic  # noqa: PLC0415

    for dated in sorted({order.group[1] for order in orders if _is_date(order.group[1])}):
        say(f"The group {dated} is a date: perhaps a class such as 10/2, which a spreadsheet has changed.")
    made: set[Path] = set()
    for order in progress(orders, "Making templates"):
        name, content = issue_template(store, catalogue, key, order)
        path = write_atomic(place(store, folder / name, made), content)
        made.add(path)
        if len(orders) <= LISTED:
            say(f"Made {shown(path)}.")
    if len(orders) > LISTED:
        say(f"Made {count(len(orders), 'template')} in {shown(folder)}.")


def _say_what_is_not_known(qualification: "Qualification") -> bool:
    """Say so where the entry code is not verified, or the list of units is not complete; gives whether it is not."""
    code = qualification.entry_code
    if not qualification.verified:
        why = f": {qualification.why}" if qualification.why else ""
        say(f"{code} {qualification.short_title} is not verified{why}.")
    if qualification.units_missing:
        say(f"{code}: {qualification.units_missing}")
    return bool(qualification.units_missing)


def _is_date(text: str) -> bool:
    return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text))


def place(store: "Store", path: Path, made: Collection[Path]) -> Path:
    """Where a template goes: over an old one that nobody has touched, beside a workbook that may be filled in.

    Never over one that this run has *made*, for somebody whose name comes out alike.
    """
    from claimbatch.files import free_path  # noqa: PLC0415
    from claimbatch.intake.guard import fingerprint  # noqa: PLC0415

    if path in made:
        return free_path(path)
    if not path.exists() or store.is_issued(fingerprint(path)):
        return path
    say(f"{shown(path)} was filled in or saved again since it was made; it stays as it is.")
    return free_path(path)


class Wanted(NamedTuple):
    """What was asked for, whatever the qualification. *people* are names or initials; None asks for each assessor."""

    centre_number: str
    form: str
    units: tuple[int, ...]
    by_name: bool
    group: str
    protect: bool
    people: tuple[str, ...] | None
    due: "date | None" = None


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


def _orders(store: "Store", qualification: "Qualification", wanted: Wanted) -> "list[Order]":
    """The templates of one qualification: one, or one for each unit, for each group, and for each teacher."""
    from claimbatch.claims.issue import Order, claimable, groups  # noqa: PLC0415
    from claimbatch.form.qualification import require_units  # noqa: PLC0415

    require_units(qualification)
    code = qualification.entry_code
    units = _units(qualification, wanted.units) if wanted.form == "by-unit" else [0]
    values = groups(store, wanted.centre_number, code, wanted.group) if wanted.group else [""]
    whom = _addressees(store, code, wanted)
    asked = (
        Order(
            wanted.centre_number, code, wanted.form, unit, wanted.protect, wanted.by_name, (wanted.group, value), who,
            wanted.due,
        )
        for unit, value, who in product(units, values, whom)
    )  # fmt: skip
    if wanted.form != "by-unit":
        return list(asked)
    open_to = {
        value: claimable(store, wanted.centre_number, qualification, (wanted.group, value))
        for value in values
    }
    orders = [order for order in asked if order.unit in open_to[order.group[1]]]
    _say_without(qualification, sorted(set(units) - {order.unit for order in orders}), wanted)
    return orders


def _say_without(qualification: "Qualification", units: list[int], wanted: Wanted) -> None:
    """Name the *units* that nobody may claim; refuse them where they were asked for one by one."""
    if not units:
        return
    named = f"{'Units' if len(units) > 1 else 'Unit'} {', '.join(map(str, units))}"
    if wanted.units:
        raise ClaimbatchError(
            f"Nobody is entered for {named} of {qualification.entry_code}.",
            "Import the unit entries first: claimbatch entries import FILE.",
        )
    say(f"No workbook for {named}: nobody is entered for {'them' if len(units) > 1 else 'it'}.")


def _addressees(store: "Store", code: str, wanted: Wanted) -> "list[Addressee]":
    """Whom the templates are for; who is no assessor of the qualification is named, because it may be a slip."""
    from claimbatch.claims.addressee import addressees, nearest  # noqa: PLC0415

    assessors = store.assessors(wanted.centre_number)
    found = addressees(assessors, code, wanted.people)
    for name in (who.name for who in found if who.name and not who.initials):
        near = nearest(name, assessors)
        meant = f" Did you mean {near}?" if near and near != name else ""
        say(f"{name} is no assessor of {code} in the register: no initials are filled in.{meant}")
    return found


def _units(qualification: "Qualification", wanted: tuple[int, ...]) -> list[int]:
    offered = [unit.number for unit in qualification.offered]
    for number in wanted:
        if number not in offered:
            known = qualification.unit(number)
            add = f'claimbatch qualifications add-unit {qualification.entry_code} {number} "Title"'
            raise ClaimbatchError(
                f"Unit {number} cannot be claimed for {qualification.entry_code}{': it is an exam' * bool(known)}.",
                f"Its units are: {', '.join(map(str, offered))}."
                + ("" if known else f" One that is missing: {add}"),
            )
    return list(dict.fromkeys(wanted)) or offered
