"""One claim, opened: what everything that is done to it needs, each of it read once."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

from claimbatch.claims.claim import Claim
from claimbatch.claims.history import Event
from claimbatch.claims.life import standing_now
from claimbatch.claims.register import Entry
from claimbatch.claims.standing import Standing
from claimbatch.claims.store import Store
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.form.qualification import Catalogue
from claimbatch.workspace import Workspace


@dataclass(frozen=True)
class OpenClaim:
    """The *claim* as it was read from the *store*, with the *catalogue* that it was read by."""

    workspace: Workspace
    store: Store
    catalogue: Catalogue
    claim: Claim

    @property
    def key(self) -> str:
        """The claim's key, ``68199-05349-1``."""
        return self.claim.key

    @cached_property
    def standing(self) -> Standing:
        """How it stood when this was first asked: declarations, queries, sample, decisions, steps."""
        return standing_now(self.store, self.claim, self.history)

    @cached_property
    def history(self) -> list[Event]:
        """All that happened to it when this was first asked."""
        return self.store.history(self.key)

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """Who is entered for the qualification, by candidate number."""
        found = self.store.entries(self.claim.centre_number, self.claim.entry_code)
        return {entry.candidate.number: entry for entry in found}

    @property
    def names(self) -> Mapping[str, str]:
        """What those are called who are entered or on the claim, by candidate number; not whose name was removed."""
        here = {
            line.candidate for line in self.claim.lines
        }  # a number there without a name: that was removed
        entered = {who: entry.candidate.name for who, entry in self.entries.items() if who not in here}
        return entered | {number: one.name for number, one in self.claim.candidates.items()}

    @property
    def units_before(self) -> set[str]:
        """Units that may be meant by their title although the claim has them no more: withdrawn, or in the sample."""
        return {line.unit for line in self.standing.withdrawn} | {unit for _, unit in self.standing.sampled}

    def again(self) -> "OpenClaim":
        """The same claim as it stands now, after something was done to it."""
        return OpenClaim(
            self.workspace, self.store, self.catalogue, self.store.claim(self.key, self.catalogue)
        )

    def over(self, store: Store) -> "OpenClaim":
        """The same, with all that was asked of it so far, over another opening of the *store*, unchanged."""
        other = OpenClaim(self.workspace, store, self.catalogue, self.claim)
        vars(other).update({name: value for name, value in vars(self).items() if name != "store"})
        return other

    def refuse_unless_seen(self, revision: int | None) -> None:
        """Raise :class:`ClaimbatchError` where somebody has seen it at another *revision*; None: nobody has."""
        if revision not in (None, self.claim.revision):
            raise ClaimbatchError(
                f"Claim {self.key} has changed since it was shown; nothing was done.",
                "See how it stands now, and try again.",
                Exit.LOCKED,
            )


@contextmanager
def open_claim(workspace: Workspace, key: str) -> Iterator[OpenClaim]:
    """Open the claim *key* for what stands below ``with``; then the store is closed.

    Raises :class:`ClaimbatchError` where there is none.
    """
    with workspace.store() as store:
        catalogue = workspace.catalogue()
        yield OpenClaim(workspace, store, catalogue, store.claim(key, catalogue))
