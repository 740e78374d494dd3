"""``claimbatch store``: where the claims are kept, and moving them elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from claimbatch.cli.at_work import refuse_while_the_page_is_open
from claimbatch.cli.session import count, format_option, hidden, say, show_table, volume_options
from claimbatch.errors import Exit
from claimbatch.files import shown

if TYPE_CHECKING:
    from claimbatch.office.store_copy import Copied, Way
    from claimbatch.workspace import Workspace

COLUMNS = {"table": "Table", "rows": "Rows", "sha256": "SHA-256 of all of them"}


@click.group()
def store() -> None:
    """Move the store between SQLite and PostgreSQL."""


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
