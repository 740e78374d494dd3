"""Makes the account of a night from its plan, what came of it, and what the history says since."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from claimbatch.claims.merge import Change
from claimbatch.claims.store import ClaimRow
from claimbatch.form.qualification import Qualification
from claimbatch.night.account import Account, ClaimChanged
from claimbatch.night.carrying import Carried
from claimbatch.night.changes import changes_of, counted, with_counts
from claimbatch.night.plan import Plan
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


def with_all_claims(tonight: Tonight, account: Account) -> Account:
    """The account with every claim of which a line changed, those too of which nothing was written.

    The settings may want no documents, a document may be open in another program, or the run was killed before.
    """
    counts, _ = counted(account.changes)
    lacking = counts.keys() - {claim.key for claim in account.claims}
    if not lacking:
        return account
    heads, catalogue = tonight.store.heads(), tonight.workspace.catalogue()
    more = [
        _unwritten(row, counts[row.key], catalogue.find(row.entry_code), heads.get(row.key, (0, ""))[1])
        for row in tonight.store.claims()
        if row.key in lacking
    ]
    return replace(account, claims=tuple(sorted((*account.claims, *more), key=lambda claim: claim.key)))


def _unwritten(row: ClaimRow, count: Counter[str], of: Qualification | None, head: str) -> ClaimChanged:
    title = of.title if of else ""
    return ClaimChanged(
        row.key, row.centre_number, row.entry_code, title, row.status.value,
        count["added"], count["changed"], count["removed"], head,
    )  # fmt: skip
