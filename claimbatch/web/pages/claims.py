"""*Claims*: all that there are, newest first; and one *Claim*, by candidate and by unit."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from claimbatch.claims.award import notes_of
from claimbatch.claims.claim import LABELS, OTHER, Status, unit_order
from claimbatch.office.claim import awards_of, groups_of
from claimbatch.office.claims import ClaimListed, list_claims
from claimbatch.office.opened import OpenClaim
from claimbatch.web.kept import KeptWorkspace
from claimbatch.web.listing import Column, Listing
from claimbatch.web.of_claim import STANDS, called, frame, seek, seen_claim, sought_in
from claimbatch.web.page import Page, Visit

page = Page("claims", "Claims", "/claims")
COLUMNS = (
    Column("key", "Claim"),
    Column("qualification", "Qualification"),
    Column("status", "Status"),
    Column("number", "Claim number"),
    Column("reference", "Reference"),
    Column("candidates", "Candidates", number=True),
    Column("lines", "Grades", number=True),
    Column("created", "Begun"),
    Column("updated", "Last changed"),
)
PEOPLE = (Column("name", "Candidate"), Column("number", "Number"), Column("lines", "Grades", number=True))
AWARDS = (
    Column("name", "Candidate"),
    Column("number", "Number"),
    Column("points", "Points", number=True),
    Column("units", "Units counted"),
    Column("size", "Size"),
    Column("award", "Award"),
    Column("in_reach", "With D in the rest"),
    Column("missing", "Missing"),
)
SHOWN = 50  # candidates on a page


@page.get()
def claims(visit: Visit) -> Response:
    """All claims, or those that are asked for."""
    asked = {name: visit.query.get(name, "") for name in ("status", "code", "centre")}
    centres, every = listed(visit.workspace)
    wanted = {"status": asked["status"], "entry_code": asked["code"], "centre_number": asked["centre"]}
    found = [
        one for one in every if all(getattr(one, key) == value for key, value in wanted.items() if value)
    ]
    rows = [
        {
            "key": one.claim,
            "qualification": one.qualification,
            "status": LABELS[one.status],
            "number": one.claim_number,
            "reference": one.reference,
            "candidates": one.candidates,
            "lines": one.lines,
            "created": one.created_at,
            "updated": one.updated_at,
        }
        for one in found
    ]
    return visit.show(
        "claims.html.j2",
        listing=Listing.of(visit, COLUMNS, rows, size=50),
        asked=asked,
        states=[("", "Any"), *((state.value, LABELS[state]) for state in Status)],
        codes=[("", "Any"), *sorted({(one.entry_code, f"{one.entry_code} {one.qualification}") for one in every})],
        centres=[("", "Any"), *((number, f"{number} {name}") for number, name in centres.items())],
        kinds={LABELS[state]: kind for state, kind in STANDS.items()},
        begun=bool(every),
    )  # fmt: skip


def listed(workspace: KeptWorkspace) -> tuple[dict[str, str], list[ClaimListed]]:
    """The centres, and all claims, newest first; only those that have changed since the last time are counted anew."""
    catalogue = workspace.catalogue()
    with workspace.store() as store:
        return store.centres(), list_claims(store, catalogue, short_titles=True, counted=workspace.counted)


@page.get("/claims/{key}")
def by_candidate(visit: Visit) -> Response:
    """A claim: a row for each candidate, a column for each unit."""
    sought = sought_in(visit)
    with seen_claim(visit) as opened:
        return visit.show(
            "claim.html.j2",
            **frame(visit, opened),
            **_seen(opened),
            sought=sought,
            listing=Listing.of(visit, PEOPLE, called(_people(opened), sought), size=SHOWN),
            facts=_facts(opened),
        )


@page.get("/claims/{key}/units")
def by_unit(visit: Visit) -> Response:
    """A claim: a row for each unit, with the groups of assessor and grade that a moderator looks at."""
    with seen_claim(visit) as opened:
        claim = opened.claim
        units: dict[str, list[Any]] = {}
        for group in groups_of(claim):
            units.setdefault(group.unit, []).append(group)
        others = [unit for unit in claim.qualification.offered if str(unit.number) not in units]
        return visit.show(
            "claim_units.html.j2",
            **frame(visit, opened),
            units=units,
            others=[(str(unit.number), f"{unit.number} {unit.title or ''}") for unit in others],
            shown=12,
            takes_others=claim.qualification.other_units_possible,
        )


@page.get("/claims/{key}/award")
def by_award(visit: Visit) -> Response:
    """A claim: what each candidate has towards the award, and what is missing."""
    sought = sought_in(visit)
    with seen_claim(visit) as opened:
        name = f"award {opened.key} {id(opened.workspace.scales())}"  # other scales, other awards
        found = visit.workspace.while_unchanged(
            name, lambda: awards_of(opened), of=lambda counting: counting.claim_state(opened.key)
        )
        names = opened.names
        rows = [
            {
                "number": number,
                "name": names.get(number, ""),
                "points": None if award.points is None else float(award.points),
                "told": "" if award.points is None else str(award.points),
                "units": " ".join(award.counted),
                "size": award.size,
                "award": award.reached,
                "in_reach": award.in_reach,
                "missing": "; ".join(award.missing),
            }
            for number, award in found.items()
        ]
        return visit.show(
            "claim_award.html.j2",
            **frame(visit, opened),
            listing=Listing.of(visit, AWARDS, called(rows, sought), size=SHOWN),
            sought=sought,
            notes=notes_of(found.values()),
        )


@page.post("/claims/{key}/search")
def searched(visit: Visit) -> Response:
    """Find candidates of the claim, on the page of it where somebody is."""
    seek(visit, "" if "all" in visit.form else visit.form["sought"])
    at, here = visit.form["at"], f"/claims/{visit['key']}"
    return visit.go(at if at.startswith(f"{here}/") else here)


@page.get("/claims/{key}/unit")
def a_unit(visit: Visit) -> Response:
    """Lead on to a unit that was chosen, or named."""
    with seen_claim(visit) as opened:
        words = {name: " ".join(visit.query.get(name, "").split()) for name in ("unit", "body", "title")}
        wanted = words["unit"] or f"{OTHER}{words['body'].replace(':', ' ')}:{words['title']}"
        return visit.go(f"/claims/{opened.key}/units/{quote(opened.claim.unit_named(wanted))}")


def _people(opened: OpenClaim) -> list[dict[str, Any]]:
    """A row for each candidate who is entered or claimed for."""
    claim = opened.claim
    grid: dict[str, dict[str, Any]] = {}
    for line in claim.lines:
        grid.setdefault(line.candidate, {})[line.unit] = line
    numbers = sorted(
        {*grid, *(opened.standing.entered or () if claim.status is Status.NOT_SUBMITTED else ())}
    )
    names = opened.names
    return [
        {"number": number, "name": names.get(number, ""), "cells": cells, "lines": len(cells)}
        for number in numbers
        for cells in [grid.get(number, {})]
    ]


def _seen(opened: OpenClaim) -> Mapping[str, Any]:
    """What is told of lines beside their grades."""
    stands = opened.standing
    return {
        "units": sorted(opened.claim.units, key=unit_order),
        "sampled": stands.sampled,
        "agreed": stands.agreed,
        "unfit": {(one.line.candidate, one.line.unit): one.why for one in stands.unfit},
        "steps": stands.steps,
    }


def _facts(opened: OpenClaim) -> list[tuple[str, str, str, str]]:
    """What is read at a glance."""
    stands, claim = opened.standing, opened.claim
    people = len(stands.people)
    told = [("Candidates", f"{people:,}", "", ""), ("Grades", f"{len(claim.lines):,}", "", "")]
    if claim.status is Status.NOT_SUBMITTED:
        unfit, queries, signed = len(stands.unfit), len(stands.open_queries), people - len(stands.undeclared)
        told += [
            ("To put right", f"{unfit:,}", "", "bad" if unfit else ""),
            ("Queries open", f"{queries:,}", "", "ask" if queries else ""),
            (
                "Declarations",
                f"{signed:,}",
                f"of {people:,}",
                "good" if people and signed == people else "ask",
            ),
        ]
    elif stands.sampled:
        told += [
            ("In the sample", f"{len(stands.sampled):,}", "", ""),
            ("Decided", f"{len(stands.agreed):,}", f"of {len(stands.sampled):,}", ""),
        ]
    return told
