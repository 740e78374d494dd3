"""Templates that somebody asked for on the page: made in the background, then there to be saved."""

from dataclasses import dataclass, field

from claimbatch.office.templates import Made, Planned, make_templates
from claimbatch.web.shelf import Shelf, new_key
from claimbatch.web.work import Work
from claimbatch.workspace import Workspace

SOON = 2.0  # seconds in which one or two are made: whoever asked for them sees them at once


@dataclass
class Making:
    """What was *planned*, and what of it is *made*."""

    planned: Planned
    key: str = field(default_factory=new_key)
    made: list[Made] = field(default_factory=list)
    work: Work = field(default_factory=lambda: Work("Making templates"))

    @property
    def notes(self) -> tuple[str, ...]:
        """What there is to know of them."""
        return (*self.planned.notes, *self.planned.doubts)

    def start(self, workspace: Workspace) -> None:
        """Begin, and wait a moment."""
        self.work.start(lambda: self._make(workspace))
        self.work.wait(SOON)

    def _make(self, workspace: Workspace) -> None:
        with workspace.store() as store:
            self.made.extend(make_templates(workspace, store, self.planned))


MADE = Shelf[Making](
    "templates", 20, "These templates are not shown any more.", "They are in the outbox, as they were made."
)
