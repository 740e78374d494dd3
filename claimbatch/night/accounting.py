"""Makes the account of a night from its plan, what came of it, and what the history says since."""

from collections.abc import Iterator, Sequence

from claimbatch.claims.merge import Change
from claimbatch.night.account import Account
from claimbatch.night.carrying import Carried
from claimbatch.night.plan import Plan
from claimbatch.night.taken import changes_of, counted, with_counts
from claimbatch.night.tonight import Tonight
from claimbatch.problems import Problem
from claimbatch.spool import Stream


def account_of(tonight: Tonight, plan: Plan, carried: Carried, problems: Sequence[Problem]) -> Account:
    """What the *plan* came to: its files with all their lines, and the changes."""
    workspace = tonight.workspace

    def changes() -> Iterator[tuple[str, Change]]:
        with workspace.store() as store:  # whoever reads it may do so when this one is closed
            yield from changes_of(store, plan)

    _, books = counted(changes_of(tonight.store, plan))
    begun = tonight.run.begun
    return Account(
        tonight.run.id,
        str(begun.get("who", tonight.who)),
        str(begun.get("at", plan.at)),
        files=tuple(with_counts(file, books) for file in carried.files),
        changes=Stream(changes),
        problems=problems,
        retired=tuple(path for paths in carried.aside.values() for path in paths),
        undone=tuple(carried.undone),
    )
