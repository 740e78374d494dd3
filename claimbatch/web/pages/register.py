"""*Register*: who is entered for what, who assesses it; and the centres that the workspace holds."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from starlette.responses import Response

from claimbatch.claims.register import Assessor
from claimbatch.claims.store import Counting
from claimbatch.errors import ClaimbatchError
from claimbatch.office.assessors import add_assessor, remove_assessor, rename_assessor
from claimbatch.office.centres import add_centre
from claimbatch.office.templates import group_columns
from claimbatch.web.kept import KeptWorkspace
from claimbatch.web.listing import Column, Lasting, Listing, holding, order_of
from claimbatch.web.page import Fault, Page, Visit
from claimbatch.web.roles import Right

page = Page("register", "Register", "/register")
CANDIDATES = (
    Column("number", "Number"),
    Column("name", "Name"),
    Column("born", "Date of birth"),
    Column("codes", "Entered for"),
    Column("units", "Unit entries"),
)
ASSESSORS = (
    Column("initials", "Initials"),
    Column("name", "Name"),
    Column("codes", "Assesses"),
    Column("", ""),
)
COURSES = (
    Column("title", "Qualification"),
    Column("candidates", "Candidates", number=True),
    Column("assessors", "Assessors", number=True),
)
Rows = Sequence[Mapping[str, Any]]


class Held(NamedTuple):
    """What the register holds, as rows of tables: *courses* are the qualifications that anybody is entered for.

    *columns* are the further columns of the register, by entry code.
    """

    centres: Mapping[str, str]
    courses: Rows
    candidates: Lasting
    assessors: Rows
    columns: Mapping[str, frozenset[str]]


@page.get()
def register(visit: Visit) -> Response:
    """What is in it: by qualification, and by name."""
    held = held_in(visit.workspace)
    code = visit.query.get("code", "")
    sought = visit.session.shelf.get("sought", "")
    rows = held.candidates.in_order(order_of(visit, CANDIDATES))
    if code:
        rows = [row for row in rows if code in row["codes"].split()]
    if sought:
        rows = holding(rows, sought, "number", "name", "codes")
    return visit.show(
        "register.html.j2",
        held=held,
        code=code,
        sought=sought,
        courses=Listing(COURSES, held.courses, len(held.courses), "/register", {}, "", size=10_000),
        listing=Listing.of(visit, CANDIDATES, rows, sorted_already=True),
    )


@page.post("/register/search")
def searched(visit: Visit) -> Response:
    """Search by name or number. What is sought stays out of the address: it is a name."""
    visit.session.shelf["sought"] = "" if "all" in visit.form else visit.form["sought"]
    code = visit.form["code"]
    return visit.go(f"/register?code={code}" if code.isdigit() else "/register")


@page.get("/register/assessors")
def assessors(visit: Visit) -> Response:
    """Who assesses what; somebody added, renamed or removed by hand."""
    return _assessors(visit)


@page.post("/register/assessors", right=Right.REGISTER)
def assessor_added(visit: Visit) -> Response:
    """Add one, or let one that is there assess another qualification."""
    form = visit.form
    wanted = (
        ("name", "Give the full name of the assessor"),
        ("initials", "Give initials, one to four characters"),
    )
    faults = [Fault(name, words) for name, words in wanted if not form[name]]
    if not faults:
        try:
            with visit.workspace.store() as store:
                add_assessor(
                    store,
                    visit.workspace.catalogue(),
                    form["entry_code"],
                    form["name"],
                    form["initials"],
                    centre=form["centre"] or None,
                )
        except ClaimbatchError as error:
            faults = [Fault("initials", error.message)]
    if faults:
        return _assessors(visit, faults)
    return visit.go("/register/assessors", f"{form['initials']} now assesses {form['entry_code']}.")


@page.post("/register/assessors/rename", right=Right.REGISTER)
def assessor_renamed(visit: Visit) -> Response:
    """Correct a name, everywhere."""
    centre, _, initials = visit.form["who"].partition(" ")
    if not visit.form["new_name"]:
        return _assessors(visit, [Fault("new_name", "Give the name as it is right")])
    with visit.workspace.store() as store:
        before = rename_assessor(store, initials, visit.form["new_name"], centre=centre)
    return visit.go(
        "/register/assessors", f"{initials} was {before.name}, and is {visit.form['new_name']} now."
    )


@page.post("/register/assessors/remove", right=Right.REGISTER)
def assessor_removed(visit: Visit) -> Response:
    """Let one assess a qualification no more."""
    form = visit.form
    with visit.workspace.store() as store:
        gone = remove_assessor(store, form["code"], form["initials"], centre=form["centre"])
    words = f"{gone.assessor.initials} ({gone.assessor.name}) assesses {gone.entry_code} no more."
    if gone.lines:
        words += f" Claim {gone.key} keeps {gone.lines} grades that name them."
    return visit.go("/register/assessors", words)


@page.post("/register/centres", right=Right.REGISTER)
def centre_added(visit: Visit) -> Response:
    """Add a centre, or give one another name."""
    try:
        with visit.workspace.store() as store:
            add_centre(store, visit.form["number"], visit.form["centre_name"])
    except ClaimbatchError as error:
        return _centres(visit, [Fault("number", error.message)])
    return visit.go("/register/centres", f"{visit.form['number']} is {visit.form['centre_name']}.")


@page.get("/register/centres")
def centres(visit: Visit) -> Response:
    """The centres that claims are made for."""
    return _centres(visit)


def held_in(workspace: KeptWorkspace) -> Held:
    """What the register holds now: read once for each state of the register."""
    return workspace.while_unchanged("register", lambda: _held(workspace), of=Counting.register_state)


def _held(workspace: KeptWorkspace) -> Held:
    with workspace.store() as store:
        centres, entries, assessors = store.centres(), store.entries(), store.assessors()
    people: dict[tuple[str, str], dict[str, Any]] = {}
    entered: Counter[tuple[str, str]] = Counter()
    for entry in entries:
        who = entry.candidate
        entered[entry.centre_number, entry.entry_code] += 1
        row = people.setdefault(
            (entry.centre_number, who.number),
            {
                "centre": entry.centre_number,
                "number": who.number,
                "name": who.name,
                "born": who.born.isoformat() if who.born else "",
                "codes": "",
                "units": "",
            },
        )
        row["codes"] = f"{row['codes']} {entry.entry_code}".strip()
        if entry.units:
            row["units"] = f"{row['units']} {' '.join(map(str, sorted(entry.units)))}".strip()
    catalogue = workspace.catalogue()
    courses = [
        {
            "centre": centre,
            "code": code,
            "title": found.short_title if (found := catalogue.find(code)) else code,
            "candidates": many,
            "assessors": sum(one.centre_number == centre and code in one.entry_codes for one in assessors),
        }
        for (centre, code), many in sorted(entered.items())
    ]
    listed = [_assessor(one) for one in assessors]
    return Held(centres, courses, Lasting(people.values()), listed, group_columns(entries))


def _assessor(one: Assessor) -> dict[str, Any]:
    return {
        "centre": one.centre_number,
        "initials": one.initials,
        "name": one.name,
        "codes": " ".join(sorted(one.entry_codes)),
    }


def _assessors(visit: Visit, faults: Sequence[Fault] = ()) -> Response:
    held = held_in(visit.workspace)
    codes = {course["code"]: f"{course['code']} {course['title']}" for course in held.courses}
    return visit.show(
        "register_assessors.html.j2",
        faults=faults,
        held=held,
        codes=sorted(codes.items()),
        listing=Listing.of(visit, ASSESSORS, held.assessors),
    )


def _centres(visit: Visit, faults: Sequence[Fault] = ()) -> Response:
    return visit.show("register_centres.html.j2", faults=faults, centres=held_in(visit.workspace).centres)
