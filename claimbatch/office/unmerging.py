"""Takes a merge back: each claim that it changed is set to what it was before."""

from collections.abc import Mapping
from typing import NamedTuple

from claimbatch.claims.correcting import restore
from claimbatch.claims.store import Store
from claimbatch.errors import ClaimbatchError
from claimbatch.workspace import Workspace

NEW = 1  # the revision at which a claim is made, and says nothing yet


class Moved(NamedTuple):
    """From which revision to which a merge carried a claim."""

    before: int
    after: int


def moved(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, Moved]:
    """The claims whose revision is another *after* a merge than *before* it.

    >>> moved({"a": 4, "b": 7}, {"a": 4, "b": 9, "c": 5})
    {'b': Moved(before=7, after=9), 'c': Moved(before=1, after=5)}
    """
    return {
        key: Moved(before.get(key, NEW), revision)
        for key, revision in after.items()
        if before.get(key) != revision
    }


def revisions(store: Store) -> dict[str, int]:
    """The revision at which each claim stands."""
    return {key: revision for key, (revision, _) in store.heads().items()}


def unmerge(workspace: Workspace, claims: Mapping[str, Moved], who: str) -> int:
    """Set the *claims* back to what they were before a merge; how many lines that changed.

    Nothing is taken back where a claim was changed since by anybody: that would go with it.
    """
    catalogue = workspace.catalogue()
    with workspace.store() as store:
        found = {key: store.claim(key, catalogue) for key in claims}
        later = [key for key, claim in found.items() if claim.revision != claims[key].after]
        if later:
            raise ClaimbatchError(
                f"Claim {', '.join(later)} was changed since. Taking the merge back would undo that, too.",
                "Its history says what was changed; go back to an earlier state there.",
            )
        made = [
            restore(store, claim, claims[key].before, who, unmoved=True)
            for key, claim in found.items()
            if claims[key].before < claim.revision
        ]
    return sum(map(len, made))
