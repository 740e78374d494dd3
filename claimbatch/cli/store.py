"""``claimbatch store``: where the claims are kept, and moving them elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from claimbatch.cli.at_work import refuse_while_the_page_is_open
from claimbatch.cli.session import (
    count,
    format_option,
    hidden,
    say,
    show_table,
    volume_options,
    workspace_option,
)
from claimbatch.errors import Exit
from claimbatch.files import shown

if TYPE_CHECKING:
    from claimbatch.office.store_copy import Copied, Way
    from claimbatch.workspace import Workspace

ROLES = {"role": "Role", "centre_number": "Centre", "centre_name": "Name", "state": "State"}
COLUMNS = {"table": "Table", "rows": "Rows", "sha256": "SHA-256 of all of them"}


@click.group()
def store() -> None:
    """Move the store between SQLite and PostgreSQL; give centres roles of their own there."""


@store.command("copy")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option(
    "--use", is_flag=True, help="Let claimbatch.toml name the copy from now on; nobody can write meanwhile."
)
@format_option("table", "json", "csv")
@volume_options
def store_copy(source: str, target: str, use: bool, style: str) -> int:
    """Copy a store from SQLite to PostgreSQL, or back, and prove that nothing changed.

    FROM is the folder of a workspace, or a store: a file such as claims.db, or an address as in claimbatch.toml. TO is
    a file that is not there yet, or the address of an empty database: postgresql+psycopg://user@host/database. Leave
    the password out of it: it is taken from the environment (PGPASSWORD) or from your .pgpass.

    What is copied is one moment's state. It is read back before it counts: every row, and the history of each claim.
    Whatever happens meanwhile, TO has all of it or nothing, and FROM stays as it is.
    """
    from claimbatch.office.store_copy import copy, way  # noqa: PLC0415

    found = way(source, target)
    if use and found.workspace:
        with _nobody_at_work(found.workspace):
            done = copy(found, use=True)
    else:
        done = copy(found, use=use)
    rows = [
        {"table": name, "rows": seen.rows, "sha256": seen.sha256}
        for name, seen in done.account.tables.items()
    ]
    show_table(rows, COLUMNS, style)
    return _tell(found, done)


@contextmanager
def _nobody_at_work(workspace: "Workspace") -> Iterator[None]:
    """No night begins, and none is at work; nor does the page show the store that is left."""
    from claimbatch.night.lock import locked  # noqa: PLC0415
    from claimbatch.office.who import computer_user  # noqa: PLC0415

    refuse_while_the_page_is_open(workspace.folder)
    with locked(workspace.folder / "runs", computer_user()):
        yield


def _tell(way: "Way", done: "Copied") -> int:
    account = done.account
    rows = sum(seen.rows for seen in account.tables.values())
    changes = account.tables["event"].rows
    say(
        f"Copied {done.source} to {done.target}: {count(rows, 'row')}, {count(len(account.heads), 'claim')} with "
        f"{count(changes, 'change')}."
    )
    say("Read back: every row is the same, and each claim's history ends with the same hash.")
    if done.gone_on:
        say(
            f"{count(done.gone_on, 'claim')} went on in {done.source} meanwhile: that is not in the copy. Make it anew "
            "when nobody works."
        )
    if account.altered:
        say(f"The history was altered, before it was copied, of: {', '.join(sorted(account.altered))}.")
        say("  Look with: claimbatch claim history CLAIM --verify")
    else:
        say("The history of each claim proves whole.")
    _tell_next(way, done)
    return int(Exit.ERRORS_FOUND if account.altered else Exit.DONE)


def _tell_next(way: "Way", done: "Copied") -> None:
    from claimbatch.settings import store_line  # noqa: PLC0415
    from claimbatch.workspace import CONFIG  # noqa: PLC0415

    settings = shown(way.workspace.folder / CONFIG) if way.workspace else f"the workspace's {CONFIG}"
    line, before = hidden(store_line(done.setting)), hidden(store_line(done.before))
    if "://" in done.source:
        say("Every other workspace that has this store needs the new line, too.")
    if done.used:
        say(f"{settings} says so from now on: {line}")
        say(
            f"{done.source} is kept as it was. To go back before anything is done in the copy, let it say: {before}"
        )
        return
    say(f"To use the copy, let nobody work on, and change the line in {settings}:")
    say(f"  {line}")
    say(
        f"What is written to {done.source} from now on is not in the copy. It stays as it is; --use does both at once."
    )


@store.group("role")
def role() -> None:
    """Give a centre a role of its own in PostgreSQL, which sees and changes that centre's rows alone."""


@role.command("add")
@click.argument("centre")
@click.option(
    "--name", default="", help="What the role is called.  [default: centre_ and the centre's number]"
)
@click.option(
    "--ask-password", is_flag=True, help="Ask for its password.  [default: one is thought up and shown once]"
)
@workspace_option
def role_add(workspace: "Workspace", centre: str, name: str, ask_password: bool) -> None:
    """Make a role for CENTRE, or give the one that it has a new password.

    What is printed is the line for the claimbatch.toml of the centre's own workspace.
    """
    from claimbatch.office.centre_roles import give  # noqa: PLC0415

    password = (
        click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        if ask_password
        else None
    )
    given = give(workspace, centre, name, password)
    what = "Made the role" if given.new else "Gave a new password to the role"
    say(f"{what} {given.name}: it sees and changes the rows of centre {centre}, and no others.")
    say("In the claimbatch.toml of the centre's own workspace (claimbatch init) the store is:")
    click.echo(given.line)
    if ask_password:
        say("The password goes after the name, with : between them, or into the password file of PostgreSQL.")
    else:
        say("The password is in it and kept nowhere else: pass it on so that nobody reads along.")


@role.command("list")
@format_option("table", "json", "csv")
@workspace_option
def role_list(workspace: "Workspace", style: str) -> None:
    """List the roles of centres."""
    from claimbatch.office.centre_roles import roles  # noqa: PLC0415

    found = roles(workspace)
    rows = [
        {
            "role": one.name,
            "centre_number": one.centre_number,
            "centre_name": one.centre_name,
            "state": "" if one.works else "without rights" if one.there else "not on this server",
        }
        for one in found
    ]
    show_table(rows, ROLES, style)
    if not found:
        say("No centre has a role of its own.")
    elif not all(one.works for one in found):
        say(
            "After a restore, or on another server, a role is made anew with: claimbatch store role add CENTRE"
        )


@role.command("remove")
@click.argument("name")
@workspace_option
def role_remove(workspace: "Workspace", name: str) -> None:
    """Take the role NAME away, with all its rights. What its centre has in the store stays."""
    from claimbatch.office.centre_roles import take  # noqa: PLC0415

    gone = take(workspace, name)
    say(f"Removed {name}." if gone else f"{name} has no rights here any more.")
    if not gone:
        say("It stays on the server, because it has something in another database there.")
