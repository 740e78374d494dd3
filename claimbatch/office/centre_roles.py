"""Roles of a PostgreSQL server for centres: each sees and changes its own centre's rows of a store that many share."""

import secrets
from dataclasses import dataclass

from claimbatch.claims.store.engine import open_engine, resolved
from claimbatch.claims.store.roles import Role, add_role, list_roles, remove_role
from claimbatch.identifiers import check_centre_number
from claimbatch.settings import store_line
from claimbatch.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Given:
    """A role that was made, or has a new password; and the line for the settings of the centre's own workspace.

    The line holds the password where it was thought up here: it is kept nowhere else.
    """

    name: str
    new: bool
    line: str


def give(workspace: Workspace, centre: str, name: str = "", password: str | None = None) -> Given:
    """Make a role for the *centre* in the store of *workspace*, or give its role a new *password*.

    Without a *name* it is called after the centre; without a *password* one is thought up.
    """
    check_centre_number(centre)
    role, thought_up = name or f"centre_{centre}", secrets.token_urlsafe(24)
    engine = open_engine(workspace.config.store, workspace.folder, new=False)
    try:
        new = add_role(engine, centre, role, password or thought_up)
    finally:
        engine.dispose()
    url = resolved(workspace.config.store).difference_update_query(["password", "user"])
    url = url.set(username=role, password=None if password else thought_up)
    return Given(role, new, store_line(url.render_as_string(hide_password=False)))


def roles(workspace: Workspace) -> list[Role]:
    """The roles that centres have in the store of *workspace*."""
    engine = open_engine(workspace.config.store, workspace.folder, new=False)
    try:
        return list_roles(engine)
    finally:
        engine.dispose()


def take(workspace: Workspace, name: str) -> bool:
    """Take the role *name* away with all its rights; False where the server keeps it, without any right here."""
    engine = open_engine(workspace.config.store, workspace.folder, new=False)
    try:
        return remove_role(engine, name)
    finally:
        engine.dispose()
