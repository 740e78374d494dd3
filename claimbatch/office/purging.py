"""Removes names and dates of birth when their time is over: first what would go, then its going."""

from claimbatch.claims import purge as purges
from claimbatch.claims.purge import Purge
from claimbatch.workspace import Workspace


def plan_purge(workspace: Workspace, months: int | None = None) -> Purge:
    """What a purge would remove now: of claims that ended more than so many *months* ago, or as the settings say."""
    kept = workspace.config.retention_months if months is None else months
    with workspace.store() as store:
        return purges.plan(store, kept)


def purge(workspace: Workspace, planned: Purge, who: str) -> Purge:
    """Remove for good what *planned* names, as far as it still may go; returns what was removed."""
    with workspace.store() as store:
        return purges.carry_out(store, planned, who)
