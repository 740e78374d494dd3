"""*Qualifications*: what is known of each and its units, what is not verified, and where it was seen."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from starlette.responses import Response

from claimbatch.form.qualification import Qualification, Unit
from claimbatch.office.new_qualifications import is_own
from claimbatch.office.qualifications import qualification_row, unit_row
from claimbatch.office.units import added_here, remove_unit, sources_of
from claimbatch.web.forms import whole
from claimbatch.web.listing import Column, Listing
from claimbatch.web.page import Page, Visit
from claimbatch.web.pages.register import held_in
from claimbatch.web.roles import Right

STORING = threading.Lock()  # the file of added units is read, then written
page = Page("qualifications", "Qualifications", "/qualifications")
COLUMNS = (
    Column("title", "Qualification"),
    Column("suite", "Suite"),
    Column("level", "Level"),
    Column("size", "Size"),
    Column("units", "Units to claim", number=True),
    Column("unit_list", "List of units"),
    Column("verified", "Verified"),
)
UNITS = (
    Column("number", "Unit", number=True),
    Column("title", "Title"),
    Column("reference", "Reference"),
    Column("size", "Size"),
    Column("assessment", "Assessment"),
    Column("remarks", "Remarks"),
    Column("", ""),
)


@page.get()
def qualifications(visit: Visit) -> Response:
    """Those that candidates are entered for first, or what a search finds."""
    query, catalogue = visit.query.get("q", ""), visit.workspace.catalogue()
    entered = {course["code"] for course in held_in(visit.workspace).courses}
    found = catalogue.search(query)
    rows = [{**asdict(qualification_row(one)), "entered": one.entry_code in entered} for one in found]
    rows.sort(key=lambda row: (not row["entered"], row["entry_code"] or "99999"))
    listing = Listing.of(visit, COLUMNS, rows, matches=lambda _row, _words: True)
    return visit.show("qualifications.html.j2", listing=listing)


@page.get("/qualifications/{code:int}")
def qualification(visit: Visit) -> Response:
    """One of them, with its units."""
    one = named(visit)
    here = added_here(visit.workspace, one)
    sources = sources_of(visit.workspace, one)
    rows = [_unit(unit, sources, unit.number in here) for unit in one.units]
    others = [
        other.entry_code
        for other in visit.workspace.catalogue().qualifications
        if other.file == one.file and other is not one
    ]
    return visit.show(
        "qualification.html.j2",
        one=one,
        row=qualification_row(one),
        others=others,
        sources=_seen(one.source, sources),
        size_sources=_seen(one.size.source, sources) if one.size else [],
        listing=Listing.of(visit, UNITS, rows, size=500),
        own=is_own(visit.workspace, one),
    )


@page.post("/qualifications/{code:int}/remove", right=Right.QUALIFICATIONS)
def removed(visit: Visit) -> Response:
    """Take off a unit that was added here, or a correction of one."""
    one = named(visit)
    with STORING:
        gone = remove_unit(visit.workspace, one.entry_code, whole(visit.form["number"]) or 0)
    still = visit.workspace.catalogue().get(one.entry_code).unit(gone.units[0].number)
    words = "is as it ships again" if still else "was taken off"
    return visit.go(f"/qualifications/{one.entry_code}", f"{gone.units[0].label} {words}.")


def named(visit: Visit) -> Qualification:
    """The qualification that the address names."""
    return visit.workspace.catalogue().get(visit["code"])


def _unit(unit: Unit, sources: Mapping[str, str], here: bool) -> dict[str, Any]:
    return {
        **asdict(unit_row(unit)),
        "number": unit.number,
        "verified": not unit.unverified,
        "external": unit.external,
        "sources": _seen(unit.source, sources),
        "note": unit.note,
        "here": here,
    }


def _seen(keys: Iterable[str], sources: Mapping[str, str]) -> list[str]:
    """Where something was seen, in words."""
    return [sources.get(key, key) for key in keys]
