"""What all steps of a night work with."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from claimbatch.claims.store import Store
from claimbatch.intake.results import Tell, Watch, untold
from claimbatch.night.lock import Confirm, nothing_to_lose
from claimbatch.night.log import Log, log_of
from claimbatch.night.places import Places
from claimbatch.night.runs import Run
from claimbatch.workspace import Workspace

if TYPE_CHECKING:
    from claimbatch.intake.check import Executor


@dataclass(frozen=True, slots=True)
class Tonight:
    """The workspace with its folders and its open store, the run, by *who*; who *watches* it, and is *told*.

    *confirm* sees, before a step that changes anything, that no other night has begun.
    """

    workspace: Workspace
    places: Places
    store: Store
    run: Run
    who: str
    watch: Watch
    confirm: Confirm = nothing_to_lose
    told: Tell = untold

    def reader(self) -> "Executor":
        """Who reads what came in."""
        return self.workspace.executor(tell=self.told)

    @property
    def log(self) -> Log:
        """The log of the run."""
        return log_of(self.run.folder)
