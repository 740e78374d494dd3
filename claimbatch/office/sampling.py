"""Simulating the moderator's sample: one draw, or what thousands of them have in common. OCR publishes no rule."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from claimbatch.claims.claim import Claim, unit_label
from claimbatch.errors import ClaimbatchError
from claimbatch.files import plain_name
from claimbatch.moderation.plan import Moderated
from claimbatch.moderation.sampling import Sample, draw
from claimbatch.moderation.seen import moderated
from claimbatch.moderation.simulation import DRAWS, Portions, Simulation, simulate
from claimbatch.moderation.strategies import Strategy, find_strategy
from claimbatch.office.documents import Sources, brief_of
from claimbatch.office.drawing import write_document
from claimbatch.output.view.brief import Brief
from claimbatch.output.view.sample import sample_list
from claimbatch.output.view.simulation import simulation_report
from claimbatch.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Basis:
    """What samples of a claim are drawn from: all that is known of it, whose sizes, and what moderators have seen.

    *staged* are the strategies, by key, of which a part is looked at first.
    """

    workspace: Workspace
    brief: Brief
    strategy: Strategy
    seen: Moderated
    staged: tuple[str, ...] = ()

    @property
    def claim(self) -> Claim:
        """The claim."""
        return self.brief.claim

    @property
    def likelier(self) -> str:
        """What is likelier to be drawn because no moderator has seen it, in a sentence; blank where there is none."""
        if not self.seen.assessors:
            return ""
        new = [f"the work of {who}" for who in self.seen.new_assessors(self.claim)]
        new += map(unit_label, self.seen.new_units(self.claim))
        return f"Not seen by a moderator here before, and so likelier: {', '.join(new)}." if new else ""


def basis_of(workspace: Workspace, key: str, strategy: str) -> Basis:
    """What samples of the claim *key* are drawn from by the *strategy* of that name.

    Raises :class:`ClaimbatchError` where it claims nothing yet, or there is no such strategy.
    """
    known = workspace.strategies()
    chosen, sources = find_strategy(strategy, known), Sources(workspace)
    brief = brief_of(sources, key, award=False)
    if not brief.claim.lines:
        raise ClaimbatchError(
            f"Claim {key} claims nothing yet.", "Merge workbooks into it first: claimbatch merge."
        )
    with workspace.store() as store:
        seen = moderated(store, sources.catalogue, brief.claim)
    return Basis(workspace, brief, chosen, seen, tuple(name for name, one in known.items() if one.first))


def draw_sample(basis: Basis, seed: str = "") -> Sample:
    """One sample, the same on any computer for the same *seed*; blank: the claim's own hash."""
    return draw(basis.claim, basis.strategy, seed or basis.claim.head[:12], basis.seen)


def simulate_samples(
    basis: Basis,
    draws: int = DRAWS,
    *,
    first_part: bool = False,
    watch: Callable[[Portions], Iterable[Sequence[str]]] = iter,
) -> Simulation:
    """What the samples of the seeds 1 to *draws* have in common: how likely each piece of work, how many folders.

    With *first_part*, only what a strategy with stages looks at first; :class:`ClaimbatchError` where it has none.
    *watch* is as in :func:`~claimbatch.moderation.simulation.simulate`.
    """
    if first_part and not basis.strategy.first:
        raise ClaimbatchError(
            f"The strategy {basis.strategy.key} has no stages.",
            f"Leave --first-part out, or choose one of: {', '.join(basis.staged)}.",
        )
    return simulate(basis.claim, basis.strategy, draws, basis.seen, first_part=first_part, watch=watch)


def write_sample_list(
    basis: Basis, drawn: Sample, folder: Path | None = None, styles: Sequence[str] = ()
) -> list[Path]:
    """Write the list of a drawn sample, to print, in *folder* or the outbox; the files."""
    name = f"{basis.claim.key}_sample_{basis.strategy.key}_{plain_name(drawn.seed)}"
    return write_document(sample_list(basis.brief, drawn), basis.workspace.outbox(folder) / name, styles)


def write_simulation(
    basis: Basis, made: Simulation, folder: Path | None = None, styles: Sequence[str] = ()
) -> list[Path]:
    """Write the page about a simulation, in *folder* or the outbox; the files."""
    part = "_first-part" if made.first_part else ""
    name = f"{basis.claim.key}_simulation_{basis.strategy.key}{part}"
    return write_document(simulation_report(basis.brief, made), basis.workspace.outbox(folder) / name, styles)
