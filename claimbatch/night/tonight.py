"""What all steps of a night work with."""

from dataclasses import dataclass

from claimbatch.claims.store import Store
from claimbatch.intake.results import Watch
from claimbatch.night.lock import Confirm, nothing_to_lose
from claimbatch.night.log import Log, log_of
from claimbatch.night.places import Places
from claimbatch.night.runs import Run
from claimbatch.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Tonight:
    """The workspace with its folders and its open store, the run, by *who*, and who *watches* how far it is.

    *confirm* sees, before a step that changes anything, that no other night has begun.
    """

    workspace: Workspace
    places: Places
    store: Store
    run: Run
    who: str
    watch: Watch
    confirm: Confirm = nothing_to_lose

    @property
    def log(self) -> Log:
        """The log of the run."""
        return log_of(self.run.folder)
