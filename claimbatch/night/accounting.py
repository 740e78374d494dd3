"""Makes the account of a night from its plan, what came of it, and what the history says since."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from claimbatch.claims.merge import Change
from claimbatch.night.account import Account, ClaimChanged
from claimbatch.night.carrying import Carried
from claimbatch.night.changes import changes_of, claim_changed, counted, with_counts
from claimbatch.night.plan import Plan
from claimbatch.night.tonight import Tonight
from claimbatch.problems import Problem
from claimbatch.spool import Stream


def account_of(tonight: Tonight, plan: Plan, carried: Carried, problems: Sequence[Problem]) -> Account:
    """What the *plan* came to: its files with all their lines, the changes, and how many there are in each claim."""
    workspace = tonight.workspace

    def changes() -> Iterator[tuple[str, Change]]:
        with workspace.store() as store:  # whoever reads it may do so when this one is closed
            yield from changes_of(store, plan)

    claims, books = counted(changes_of(tonight.store, plan))
    begun = tonight.run.begun
    return Account(
        tonight.run.id,
        str(begun.get("who", tonight.who)),
        str(begun.get("at", plan.at)),
        files=tuple(with_counts(file, books) for file in carried.files),
        claims=tuple(claim_changed(key, count) for key, count in sorted(claims.items())),
        changes=Stream(changes),
        problems=problems,
        retired=tuple(path for paths in carried.aside.values() for path in paths),
        undone=tuple(carried.undone),
    )


def as_claims_stand(tonight: Tonight, account: Account) -> Account:
    """The account with how every claim stands of which a line changed, those too of which nothing was written.

    The settings may want no documents, a document may be open in another program, or the run was killed before.
    """
    lacking = {claim.key for claim in account.claims if not claim.status}
    if not lacking:
        return account
    heads, catalogue = tonight.store.heads(), tonight.workspace.catalogue()
    rows = {row.key: row for row in tonight.store.claims() if row.key in lacking}

    def stands(claim: ClaimChanged) -> ClaimChanged:
        if claim.key not in rows:
            return claim
        of, head = catalogue.find(claim.entry_code), heads.get(claim.key, (0, ""))[1]
        return replace(claim, title=of.title if of else "", status=rows[claim.key].status.value, head=head)

    return replace(account, claims=tuple(map(stands, account.claims)))
