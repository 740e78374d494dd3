"""What a moderator may ask for: thousands of simulated samples of a claim, as a heat map in numbers and shades."""

from dataclasses import dataclass, replace

from starlette.responses import Response

from claimbatch.moderation.simulation import Simulation
from claimbatch.office.opened import open_claim
from claimbatch.office.sampling import Basis, basis_of, simulate_samples
from claimbatch.office.strategies import strategies_known
from claimbatch.output.drawing import draw_document
from claimbatch.output.view.document import Document, as_data
from claimbatch.output.view.simulation import simulation_report
from claimbatch.web.page import Page, Visit
from claimbatch.web.pages.sample import head

page = Page("sample", "", "/sample/simulation")
KINDS = {"pdf": "application/pdf", "html": "text/html"}
DRAWS = ("1000", "10000", "100000")
STRATEGY = "ocr-visit"
KEPT = 8  # simulations that are not drawn again


@dataclass(frozen=True)
class Wanted:
    """Which simulation is asked for."""

    strategy: str
    draws: str
    first_part: bool


@page.get("/claims/{key}/sample/simulation")
def simulation(visit: Visit) -> Response:
    """The simulation that the address asks for."""
    wanted = _wanted(visit)
    basis, made = _simulated(visit, wanted)
    known = strategies_known(visit.workspace)
    with open_claim(visit.workspace, visit["key"]) as opened:
        return visit.show(
            "simulation.html.j2",
            **head(visit, opened),
            view=as_data(_report(visit, basis, made)),
            facts=[
                ("Folders to have ready", f"{made.folders.p95:,}", "for 95 of 100 samples", ""),
                ("Half of the samples", f"{made.folders.median:,}", "folders", ""),
                ("Simulated samples", f"{made.draws:,}", "", ""),
            ],
            wanted=wanted,
            strategies=[(one.strategy, f"{one.title} ({one.awarding_body})") for one in known],
            chosen=next(one for one in known if one.strategy == wanted.strategy),
            draws=[(draws, f"{int(draws):,}") for draws in DRAWS],
            likelier=basis.likelier,
            address=f"strategy={wanted.strategy}&draws={wanted.draws}{'&first=yes' if wanted.first_part else ''}",
        )


@page.get("/claims/{key}/sample/simulation.{style}")
def printed(visit: Visit) -> Response:
    """The same on paper."""
    style = visit["style"] if visit["style"] in KINDS else "pdf"
    content = draw_document(_report(visit, *_simulated(visit, _wanted(visit))), style)
    return visit.download(f"{visit['key']}_simulation.{style}", content, KINDS[style])


def _report(visit: Visit, basis: Basis, made: Simulation) -> Document:
    return simulation_report(replace(basis.brief, made_by=visit.who), made)


def _wanted(visit: Visit) -> Wanted:
    draws = visit.query.get("draws", "")
    strategy = visit.query.get("strategy") or STRATEGY
    staged = any(one.first for one in strategies_known(visit.workspace, strategy))
    return Wanted(strategy, draws if draws in DRAWS else DRAWS[0], staged and "first" in visit.query)


def _simulated(visit: Visit, wanted: Wanted) -> tuple[Basis, Simulation]:
    """Drawn once for as long as nothing changes."""
    basis = basis_of(visit.workspace, visit["key"], wanted.strategy)
    kept = visit.workspace.while_unchanged("simulation", dict[tuple[str, Wanted], Simulation])
    made = kept.get((visit["key"], wanted))
    if made is None:
        if len(kept) >= KEPT:
            kept.clear()
        made = simulate_samples(basis, int(wanted.draws), first_part=wanted.first_part)
        kept[visit["key"], wanted] = made
    return basis, made
