"""*Qualifications*, put right: units added or corrected in a table or from a spreadsheet, and seen before that."""

from collections.abc import Sequence

from starlette.responses import Response

from claimbatch.errors import ClaimbatchError
from claimbatch.office.units import read_units, store_units, unit_changes
from claimbatch.web.page import Fault, Page, Visit
from claimbatch.web.pages.qualifications import STORING, named
from claimbatch.web.roles import Right
from claimbatch.web.staging import Staging
from claimbatch.web.units_draft import Draft, Row, draft_of, facts_of, filled_in, rows_of, seal_of, size_key

page = Page("qualifications", "", "/qualifications/{code:int}/units", right=Right.QUALIFICATIONS)
LABELS = {
    "title": "Title",
    "reference": "Reference",
    "glh": "GLH",
    "credits": "Credits",
    "assessment": "Assessment",
}
CHANGED = "The units were changed since this was shown; nothing was stored. Look at it again"


@page.get()
def table(visit: Visit) -> Response:
    """The units as a table to fill in."""
    return _table(visit, rows_of(named(visit)))


@page.post()
def filled(visit: Visit) -> Response:
    """Show what the table as it was filled in would change."""
    one = named(visit)
    if visit.form["seal"] != seal_of(one):
        return _table(visit, rows_of(one), [Fault("", CHANGED)])
    rows = filled_in(one, visit.form)
    draft, faults = draft_of(one, rows, visit.form["source"])
    if any(row.checked for row in rows) and not draft.source:
        faults.append(Fault("source", "Say where the units that are ticked were seen"))
    if not faults and not draft.units:
        faults = [Fault("", "Nothing was changed in the table")]
    if faults:
        return _table(visit, rows, faults)
    return visit.go(f"/qualifications/{one.entry_code}/units/{draft.keep(visit).key}")


@page.post("/qualifications/{code:int}/list")
def dropped(visit: Visit) -> Response:
    """Show what a spreadsheet would change."""
    one, upload = named(visit), visit.form.upload("list")
    if upload is None:
        return _table(visit, rows_of(one), [Fault("list", "Choose the spreadsheet")])
    with Staging() as staging:
        path, name = staging.keep(upload)
        try:
            listed = read_units(visit.workspace, one.entry_code, path, visit.form["list_source"])
        except ClaimbatchError as error:
            return _table(visit, rows_of(one), [Fault("list", staging.told(error))])
    if listed.problems:
        places = [Fault("list", f"{name}, {problem.place}: {problem.message}") for problem in listed.problems]
        return _table(visit, rows_of(one), places[:50])
    units = list(facts_of((*listed.new, *listed.known)))
    draft = Draft(one.entry_code, units, visit.form["list_source"])
    return visit.go(f"/qualifications/{one.entry_code}/units/{draft.keep(visit).key}")


@page.get("/qualifications/{code:int}/units/{draft}")
def changes(visit: Visit) -> Response:
    """What would be added and corrected."""
    return _changes(visit)


def _changes(visit: Visit, faults: Sequence[Fault] = ()) -> Response:
    one, draft = named(visit), Draft.of(visit)
    found = unit_changes(one, draft.units)
    changed = {change.number for change in found}
    checked = [facts["number"] for facts in draft.units if facts["number"] not in changed]
    return visit.show(
        "units_changes.html.j2",
        faults=faults,
        seal=seal_of(one),
        one=one,
        draft=draft,
        changes=found,
        checked=sorted(checked) if draft.source else [],
        labels=LABELS,
    )


@page.post("/qualifications/{code:int}/units/{draft}")
def stored(visit: Visit) -> Response:
    """Store it, in the workspace's own file."""
    draft = Draft.of(visit)
    with STORING:
        one = named(visit)
        if visit.form["seal"] != seal_of(one):
            return _changes(visit, [Fault("", CHANGED)])
        changed = {change.number for change in unit_changes(one, draft.units)}
        units = [facts for facts in draft.units if draft.source or facts["number"] in changed]
        added = store_units(visit.workspace, one.entry_code, units, draft.source)
    draft.leave(visit)
    many = len(added.units)
    words = f"{many} unit{'s' * (many != 1)} stored"
    also = f", for {', '.join(added.others)} as well, which share them" if added.others else ""
    return visit.go(
        f"/qualifications/{one.entry_code}", f"{words}{also}. Templates that are made from now on have them."
    )


def _table(visit: Visit, rows: Sequence[Row], faults: Sequence[Fault] = ()) -> Response:
    one = named(visit)
    return visit.show(
        "units.html.j2",
        faults=faults,
        seal=seal_of(one),
        one=one,
        rows=rows,
        size=size_key(one),
        labels=LABELS,
    )
