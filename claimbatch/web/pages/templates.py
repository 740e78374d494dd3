"""*Templates*: find a qualification, see who has a workbook of it, make those that are wanted, and save them."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response, StreamingResponse

from claimbatch.claims.due import read_due
from claimbatch.claims.term import Course
from claimbatch.clock import today
from claimbatch.errors import ClaimbatchError
from claimbatch.form.layout import BY_CANDIDATE, BY_UNIT
from claimbatch.form.qualification import Qualification
from claimbatch.office.templates import Planned, Wanted, plan_several
from claimbatch.web.forms import whole
from claimbatch.web.listing import Column, Listing
from claimbatch.web.making import MADE, Making
from claimbatch.web.page import XLSX, Fault, Page, Visit, disposition
from claimbatch.web.pages.register import held_in
from claimbatch.web.pages.today import now_in, sent_rows
from claimbatch.web.roles import Right
from claimbatch.web.staging import zipped
from claimbatch.web.work import HowFar, unless_over

page = Page("templates", "Templates", "/templates", right=Right.TEMPLATES)
COLUMNS = (
    Column("", ""),
    Column("title", "Qualification"),
    Column("candidates", "Candidates", number=True),
    Column("sent", "Workbooks sent", number=True),
    Column("back", "Back", number=True),
)
SENT = (
    Column("to", "Made for"),
    Column("form", "Form"),
    Column("at", "Sent"),
    Column("due", "Due"),
    Column("state", "State"),
    Column("came", "Came back"),
)


@page.get()
def find(visit: Visit) -> Response:
    """The qualifications: those that candidates are entered for, or what a search finds."""
    return _find(visit)


@page.post()
def chosen(visit: Visit) -> Response:
    """Go on with those that were ticked."""
    codes = [code for code in visit.form.all("code") if code.isdigit()]
    if not codes:
        return _find(visit, [Fault("code-1", "Tick the qualifications to make templates for")])
    return visit.go(f"/templates/{','.join(codes)}")


@page.get("/templates/made/{made}")
def made(visit: Visit) -> Response:
    """What was made, to be saved; until then how far it is."""
    found = _made(visit)
    far = HowFar(len(found.made), len(found.planned.orders), "template", "made")
    waiting = unless_over(visit, found.work, far, ("Templates", "/templates"))
    return waiting or visit.show("templates_made.html.j2", made=found)


@page.get("/templates/made/{made}/all")
def made_all(visit: Visit) -> Response:
    """All that was made, as one zip."""
    paths = [one.path for one in _made(visit).made if one.path.exists()]
    headers = {"content-disposition": disposition("templates.zip")}
    return StreamingResponse(zipped(paths), media_type="application/zip", headers=headers)


@page.get("/templates/made/{made}/{number:int}")
def made_one(visit: Visit) -> Response:
    """One of those that were made."""
    found, number = _made(visit).made, int(visit["number"])
    if number >= len(found) or not found[number].path.exists():
        raise ClaimbatchError("This template is not in the outbox any more.", "Make it again.")
    path = found[number].path
    return visit.download(path.name, path.read_bytes(), XLSX)


@page.get("/templates/{codes}")
def form(visit: Visit) -> Response:
    """What is wanted of these qualifications, and who has something already."""
    return _form(visit)


@page.post("/templates/{codes}")
def make(visit: Visit) -> Response:
    """Make them, into the outbox."""
    qualifications = _qualifications(visit)
    try:
        due = read_due(visit.form["due"], today()) if visit.form["due"] else None
    except ClaimbatchError as error:
        return _form(visit, [Fault("due", error.message)], error.hint)
    whom = visit.form["whom"]
    people = [name.strip() for name in [*visit.form.all("person"), *visit.form["others"].split(";")]]
    people = [name for name in dict.fromkeys(people) if name] if whom == "some" else []
    if whom == "some" and not people:
        return _form(visit, [Fault("whom", "Tick whom the templates are for, or write names")])
    by_unit = visit.form["form"] == BY_UNIT
    wanted = Wanted(
        form=BY_UNIT if by_unit else BY_CANDIDATE,
        units=tuple(filter(None, map(whole, visit.form.all("unit")))) if by_unit else (),
        centre=visit.form["centre"] or None,
        by_name=visit.form["order"] == "name",
        group=visit.form["group"],
        people=tuple(people),
        each_assessor=whom == "each",
        protect="unprotected" not in visit.form,
        due=due,
    )
    try:
        planned = _planned(visit, [one.entry_code for one in qualifications], wanted)
    except ClaimbatchError as error:
        return _form(visit, [Fault("", error.message)], error.hint)
    making = MADE.keep(visit.session, Making(planned))
    making.start(visit.workspace)
    return visit.go(f"/templates/made/{making.key}")


def _planned(visit: Visit, codes: Sequence[str], wanted: Wanted) -> Planned:
    with visit.workspace.store() as store:
        planned = plan_several(store, visit.workspace.catalogue(), codes, wanted)
    if not planned.orders:
        raise ClaimbatchError("There is nothing to make.", " ".join(planned.notes))
    return planned


def _made(visit: Visit) -> Making:
    return MADE.find(visit.session, visit["made"])


def _find(visit: Visit, faults: Sequence[Fault] = ()) -> Response:
    query, catalogue = visit.query.get("q", ""), visit.workspace.catalogue()
    entered: dict[str, int] = {}
    for course in held_in(visit.workspace).courses:
        entered[course["code"]] = entered.get(course["code"], 0) + course["candidates"]
    if query in entered and not faults:
        return visit.go(f"/templates/{query}")
    found = catalogue.search(query) if query else [catalogue.get(code) for code in entered]
    courses = now_in(visit.workspace).courses
    rows = [_row(one, entered.get(one.entry_code, 0), courses) for one in found if one.entry_code]
    rows.sort(key=lambda row: (not row["candidates"], row["code"]))
    listing = Listing.of(visit, COLUMNS, rows, matches=lambda _row, _words: True)
    every = [code for code in entered if catalogue.get(code).has_units]
    return visit.show(
        "templates.html.j2", faults=faults, listing=listing, every=",".join(every), many=len(every)
    )


def _row(one: Qualification, candidates: int, term: Sequence[Course]) -> dict[str, Any]:
    courses = [course for course in term if course.entry_code == one.entry_code]
    return {
        "code": one.entry_code,
        "title": one.short_title,
        "candidates": candidates,
        "has_units": one.has_units,
        "sent": sum(len(course.sent) for course in courses),
        "back": sum(course.back for course in courses),
    }


def _qualifications(visit: Visit) -> list[Qualification]:
    catalogue = visit.workspace.catalogue()
    return [catalogue.get(code) for code in dict.fromkeys(visit["codes"].split(",")[:200])]


def _form(visit: Visit, faults: Sequence[Fault] = (), trouble: str = "") -> Response:
    qualifications = _qualifications(visit)
    codes = {one.entry_code for one in qualifications}
    held = held_in(visit.workspace)
    groups = sorted(frozenset.intersection(*(held.columns.get(code, frozenset()) for code in codes)))
    now = now_in(visit.workspace)
    rows = [row for course in now.courses if course.entry_code in codes for row in sent_rows(course, now)]
    return visit.show(
        "templates_form.html.j2",
        faults=faults,
        trouble=trouble,
        codes=visit["codes"],
        qualifications=qualifications,
        entered=sum(course["candidates"] for course in held.courses if course["code"] in codes),
        centres=held.centres,
        people=[one for one in held.assessors if codes & set(one["codes"].split())],
        groups=[("", "One for all candidates"), *((name, f"One for each {name}") for name in groups)],
        listing=Listing.of(visit, SENT, rows),
        asked=_asked(visit),
    )


def _asked(visit: Visit) -> Mapping[str, Any]:
    """What the form says: what was sent, or what it begins with."""
    form = visit.form
    return {
        "form": form["form"] or BY_CANDIDATE,
        "whom": form["whom"],
        "order": form["order"] or "number",
        "units": set(form.all("unit")),
        "people": set(form.all("person")),
        "unprotected": "unprotected" in form,
    }
