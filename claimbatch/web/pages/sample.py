"""*Sample*: which claims wait for one; what the moderator chose, by ticking; what there is to print for it."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from claimbatch.claims.claim import Line, Status, unit_order
from claimbatch.office.claims import list_claims
from claimbatch.office.opened import OpenClaim, open_claim
from claimbatch.office.sample import choose_sample, sample_of
from claimbatch.office.work_folders import make_folders, plan_folders
from claimbatch.web.listing import Column, Listing
from claimbatch.web.of_claim import called, frame, sought_in
from claimbatch.web.page import Fault, Page, Visit
from claimbatch.web.roles import Right
from claimbatch.web.staging import Staging, zipped

Target = tuple[str, str]  # candidate number, unit
page = Page("sample", "Sample", "/sample")
BEFORE = (Status.SUBMITTED, Status.SAMPLED)  # the states in which a sample is recorded
WAITS: Mapping[Status, tuple[str, str]] = {
    Status.SUBMITTED: ("For the moderator's sample", "ask"),
    Status.SAMPLED: ("For the outcome", "good"),
    Status.NOT_SUBMITTED: ("For submission", ""),
}
WAITING = (
    Column("qualification", "Qualification"),
    Column("claim", "Claim"),
    Column("waits", "Waits"),
    Column("candidates", "Candidates", number=True),
    Column("lines", "Grades", number=True),
    Column("", ""),
)
CHOSEN = (
    Column("name", "Candidate"),
    Column("unit", "Unit"),
    Column("grade", "Claimed"),
    Column("assessor", "Assessor"),
    Column("outcome", "Decided"),
)
PEOPLE = (Column("name", "Candidate"), Column("number", "Number"))
SHOWN = 50  # candidates to tick on one page


@page.get()
def waiting(visit: Visit) -> Response:
    """The claims that wait for a sample first, then those with the moderator, then those that are not submitted."""
    with visit.workspace.store() as store:
        listed = list_claims(store, visit.workspace.catalogue(), short_titles=True)
    order = list(WAITS)
    found = sorted((one for one in listed if one.status in WAITS), key=lambda one: order.index(one.status))
    rows = [
        {
            "qualification": one.qualification,
            "claim": one.claim,
            "waits": WAITS[one.status][0],
            "stands": WAITS[one.status][1],
            "candidates": one.candidates,
            "lines": one.lines,
            "with_moderator": one.status in BEFORE,
        }
        for one in found
    ]
    return visit.show("samples.html.j2", listing=Listing.of(visit, WAITING, rows))


@page.get("/claims/{key}/sample")
def sample(visit: Visit) -> Response:
    """The sample as it is recorded, and what can be done about it."""
    with open_claim(visit.workspace, visit["key"]) as opened:
        seen = sample_of(opened)
        rows = [
            {**line_row(opened, line), "outcome": seen.outcomes.get((line.candidate, line.unit), "")}
            for line in seen.sample.lines
        ]
        return visit.show(
            "sample.html.j2",
            **head(visit, opened),
            listing=Listing.of(visit, CHOSEN, rows),
            folders=len(seen.sample.candidates),
            uncovered=len(seen.sample.uncovered) if rows else 0,
            may_choose=visit.may(Right.MODERATE) and opened.claim.status in BEFORE,
        )


@page.get("/claims/{key}/sample/choose", right=Right.MODERATE)
def choosing(visit: Visit) -> Response:
    """Where the moderator's choice is ticked."""
    with open_claim(visit.workspace, visit["key"]) as opened:
        return _choosing(visit, opened)


@page.post("/claims/{key}/sample/choose", right=Right.MODERATE)
def chosen(visit: Visit) -> Response:
    """What the ticks would change; and when that was seen, record it."""
    form = visit.form
    with open_claim(visit.workspace, visit["key"]) as opened:
        if "seen" in form:
            more, out = (_targets(form.all(name)) for name in ("more", "out"))
            done = choose_sample(opened, more, out, who=visit.who, seen=form.seen)
            words = f"The sample is recorded: {done.new} added, {done.out} taken out."
            return visit.go(f"/claims/{opened.key}/sample", words)
        more, out = _ticked(visit, opened)
        if not more and not out:
            return _choosing(visit, opened, [Fault("ticks", "Tick the work that the moderator asks for")])
        return preview(visit, opened, more, out)


def preview(visit: Visit, opened: OpenClaim, more: Sequence[Target], out: Sequence[Target]) -> Response:
    """What would be put into the sample and taken out of it, by name; nothing is recorded yet."""
    lines = {(line.candidate, line.unit): line for line in opened.claim.lines}
    return visit.show(
        "sample_preview.html.j2",
        **head(visit, opened),
        groups=[
            ("more", "Into the sample", [line_row(opened, lines[one]) for one in more]),
            ("out", "Out of the sample", [line_row(opened, lines[one]) for one in out]),
        ],
        revision=opened.claim.revision,
    )


@page.get("/claims/{key}/sample/folders.zip")
def folders(visit: Visit) -> Response:
    """A folder for each piece of work, with its recording sheet, as one zip."""
    with Staging() as staging:
        planned = plan_folders(visit.workspace, visit["key"], staging.folder)
        made = list(make_folders(visit.workspace, planned))
        content = b"".join(zipped(made, below=staging.folder))
    return visit.download(f"{visit['key']}_work.zip", content, "application/zip")


def head(visit: Visit, opened: OpenClaim, at: str = "sample") -> dict[str, Any]:
    """What the heading of each page about a sample or an outcome says; *at* is which of the claim's pages it is."""
    path = f"/claims/{opened.key}"
    return {
        **frame(visit, opened),
        "with_moderator": opened.claim.status in BEFORE,
        "path": path,
        "at": f"{path}/{at}",
    }


def named(opened: OpenClaim, number: str) -> str:
    """What a candidate is called."""
    return opened.claim.candidate(number).name or "(removed)"


def line_row(opened: OpenClaim, line: Line) -> dict[str, Any]:
    """A line as a row of a table; *value* names it in a form."""
    return {
        "name": named(opened, line.candidate),
        "number": line.candidate,
        "unit": opened.claim.unit_label(line.unit),
        "title": opened.claim.unit_title(line.unit) if line.unit.isdigit() else "",
        "grade": line.grade,
        "assessor": line.assessor,
        "value": f"{line.candidate}|{line.unit}",
    }


def _choosing(visit: Visit, opened: OpenClaim, faults: Sequence[Fault] = ()) -> Response:
    claim, stands = opened.claim, opened.standing
    grid: dict[str, dict[str, Line]] = {}
    for line in claim.lines:
        grid.setdefault(line.candidate, {})[line.unit] = line
    rows = [
        {"number": number, "name": named(opened, number), "cells": cells}
        for number, cells in sorted(grid.items())
    ]
    sought = sought_in(visit)
    return visit.show(
        "sample_choose.html.j2",
        faults=faults,
        **head(visit, opened),
        listing=Listing.of(visit, PEOPLE, called(rows, sought), size=SHOWN),
        sought=sought,
        units=sorted(claim.units, key=unit_order),
        sampled=stands.sampled,
        decided=set(stands.decided),
        ticked=set(visit.form.all("line")),
    )


def _ticked(visit: Visit, opened: OpenClaim) -> tuple[list[Target], list[Target]]:
    """What the ticks put in and take out: whatever was ticked when it was shown (``was``), and is not now.

    So that nobody takes out what somebody else has put in since.
    """
    form, stands = visit.form, opened.standing
    lines = [(line.candidate, line.unit) for line in opened.claim.lines]
    was, people, units = (set(form.all(name)) for name in ("was", "person", "unit"))
    ticked = set(form.all("line"))
    wanted = [one for one in lines if "|".join(one) in ticked or one[0] in people or one[1] in units]
    more = [one for one in wanted if one not in stands.sampled]
    out = [
        one
        for one in lines
        if "|".join(one) in was and one in stands.sampled and one not in stands.decided and one not in wanted
    ]
    return more, out


def _targets(values: Sequence[str]) -> list[Target]:
    found = [value.partition("|") for value in values]
    return [(number, unit) for number, _, unit in found]
