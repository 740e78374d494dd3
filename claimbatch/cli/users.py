"""``claimbatch users``: who may sign in, with a password, to a page that other computers reach."""

from typing import TYPE_CHECKING

import click

from claimbatch.cli.session import format_option, not_blank, say, show_table, workspace_option
from claimbatch.errors import ClaimbatchError

if TYPE_CHECKING:
    from claimbatch.workspace import Workspace

role_option = click.option(
    "--role",
    type=click.Choice(["administrator", "tutor"]),
    default="tutor",
    show_default=True,
    help="As what they work: a tutor submits nothing, and changes no register.",
)


@click.group()
def users() -> None:
    """Say who may sign in to a page that other computers reach (claimbatch serve --host)."""


@users.command("add")
@click.argument("name", callback=not_blank)
@role_option
@click.password_option(help="Their password; asked for where it is not given.")
@workspace_option
def users_add(workspace: "Workspace", name: str, role: str, password: str) -> None:
    """Add the user NAME, or give them another role and password. The page knows it when it is opened next."""
    from claimbatch.web.accounts import load_accounts, new_account, save_accounts  # noqa: PLC0415
    from claimbatch.web.roles import Role  # noqa: PLC0415

    accounts = load_accounts(workspace.folder)
    known = name in accounts
    save_accounts(workspace.folder, {**accounts, name: new_account(name, Role(role), password)})
    say(f"{'Changed' if known else 'Added'} {name}, {Role(role).label.lower()}.")


@users.command("remove")
@click.argument("name", callback=not_blank)
@workspace_option
def users_remove(workspace: "Workspace", name: str) -> None:
    """Remove the user NAME."""
    from claimbatch.web.accounts import load_accounts, save_accounts  # noqa: PLC0415

    accounts = load_accounts(workspace.folder)
    if name not in accounts:
        raise ClaimbatchError(f"There is no user {name}.", "claimbatch users list names them.")
    save_accounts(workspace.folder, {key: one for key, one in accounts.items() if key != name})
    say(f"Removed {name}.")


@users.command("list")
@format_option("table", "json", "csv")
@workspace_option
def users_list(workspace: "Workspace", style: str) -> None:
    """List who may sign in."""
    from claimbatch.web.accounts import load_accounts  # noqa: PLC0415

    accounts = load_accounts(workspace.folder)
    rows = [{"name": one.name, "role": one.role.value} for _, one in sorted(accounts.items())]
    show_table(rows, {"name": "Name", "role": "Role"}, style)
    if style == "table" and not rows:
        say("Nobody: the page is for this computer alone.")
