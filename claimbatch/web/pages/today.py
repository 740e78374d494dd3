"""*Today*: how the term stands, and for each qualification what to do next, where that is done."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from starlette.responses import Response

from claimbatch.claims.claim import Status
from claimbatch.claims.sent import State
from claimbatch.claims.term import Course, Step
from claimbatch.clock import school_year, stamp
from claimbatch.office.term import TermNow, faulty_now, status_now
from claimbatch.output.view.status import STATES, form_of, next_step, workbooks_of
from claimbatch.web.kept import KeptWorkspace
from claimbatch.web.listing import Column, Listing, holding
from claimbatch.web.page import Page, Visit

page = Page("today", "Today", "/")

# Where the next step of a qualification is done.
DONE_AT: Mapping[Step, str] = {
    Step.ISSUE: "/templates?q={entry_code}",
    Step.PUT_RIGHT: "/claims/{key}",
    Step.CHASE: "/sent?q={entry_code}",
    Step.FILL_IN: "/sent?q={entry_code}",
    Step.ANSWER: "/claims/{key}/queries",
    Step.DECLARE: "/claims/{key}/declarations",
    Step.SUBMIT: "/claims/{key}/submit",
    Step.SAMPLE: "/claims/{key}/sample",
    Step.COMPLETE: "/claims/{key}/outcome",
}
CLAIM = "/claims/{key}"
STANDS: Mapping[Status | None, str] = {
    None: "",
    Status.NOT_SUBMITTED: "ask",
    Status.SUBMITTED: "good",
    Status.SAMPLED: "good",
    Status.COMPLETED: "good",
}
CAME: Mapping[State, str] = {
    State.OUT: "",
    State.FAULTY: "ask",
    State.PART: "ask",
    State.BACK: "good",
}
COLUMNS = (
    Column("qualification", "Qualification"),
    Column("step", "Next step"),
    Column("status", "Claim"),
    Column("claimed", "Candidates with grades", number=True),
    Column("back", "Workbooks back", number=True),
    Column("grades", "Grades", number=True),
    Column("queries", "Queries", number=True),
    Column("undeclared", "Declarations missing", number=True),
)
SENT = (
    Column("to", "Made for"),
    Column("qualification", "Qualification"),
    Column("form", "Form"),
    Column("at", "Sent"),
    Column("due", "Due"),
    Column("late", "Days late", number=True),
    Column("state", "State"),
    Column("came", "Came back"),
    Column("grades", "Grades", number=True),
)


@page.get()
def today(visit: Visit) -> Response:
    """The state of the term."""
    now = now_in(visit.workspace)
    rows = [_course(course, now) for course in now.courses]
    listing = Listing.of(visit, COLUMNS, rows)
    return visit.show(
        "today.html.j2",
        listing=listing,
        centres=now.centres,
        year=school_year(stamp()),
        facts=list(_facts(now.courses)),
        begun=bool(now.courses),
    )


@page.get("/sent")
def sent(visit: Visit) -> Response:
    """What went out for open claims, to whom, and what of it came back: first what is late and still out."""
    now = now_in(visit.workspace)
    rows = [row for course in now.courses if course.is_open for row in sent_rows(course, now)]
    rows.sort(key=lambda row: (bool(row["came"]), -row["late"], row["to"].casefold(), row["qualification"]))
    sought = "" if "q" in visit.query else visit.session.shelf.get("sought in what went out", "")
    listing = Listing.of(visit, SENT, holding(rows, sought, "to", "code", "qualification", "form"))
    return visit.show("sent.html.j2", listing=listing, sought=sought or listing.search)


@page.post("/sent/search")
def searched(visit: Visit) -> Response:
    """Search by teacher or qualification. What is sought stays out of the address: it may be a name."""
    visit.session.shelf["sought in what went out"] = "" if "all" in visit.form else visit.form["sought"]
    return visit.go("/sent")


def now_in(workspace: KeptWorkspace) -> TermNow:
    """How the term stands: worked out once for each state of the store, and then only of what has changed."""
    return workspace.while_unchanged(
        "term", lambda: status_now(workspace, workspace.courses), faulty_now(workspace)
    )


def _facts(courses: Sequence[Course]) -> Iterator[tuple[str, str, str, str]]:
    """What is read at a glance: heading, number, a word after it, and how good or bad it is."""
    opened = [course for course in courses if course.is_open]
    went = sum(len(course.sent) for course in opened)
    back = sum(course.back for course in opened)
    late = sum(len(course.late) for course in opened)
    stands = "bad" if late else "good" if went and back == went else ""
    yield "Workbooks back", f"{back:,}", f"of {went:,}{f', {late:,} late' if late else ''}", stands
    yield "Grades claimed", f"{sum(course.grades for course in opened):,}", "in open claims", ""
    unfit = sum(course.unfit for course in opened)
    yield "To put right", f"{unfit:,}", "grades", "bad" if unfit else ""
    queries = sum(course.queries for course in opened)
    yield "Queries open", f"{queries:,}", "", "ask" if queries else ""
    undeclared = sum(course.undeclared for course in opened)
    yield "Declarations missing", f"{undeclared:,}", "", "ask" if undeclared else ""


def _course(course: Course, now: TermNow) -> dict[str, Any]:
    (words, _), step = next_step(course), course.step
    path = DONE_AT.get(step, "")
    return {
        "code": course.entry_code,
        "centre": course.centre_number,
        "qualification": now.titles[course.entry_code] or course.entry_code,
        "key": course.key,
        "claim": CLAIM.format(key=course.key) if course.status else "",
        "status": course.label,
        "stands": STANDS.get(course.status, ""),
        "number": course.claim_number,
        "claimed": course.claimed,
        "entered": course.entered,
        "back": course.back,
        "sent": len(course.sent),
        "late": len(course.late),
        "due": min((one.due for one in course.outstanding if one.due), default=""),
        "grades": course.grades,
        "queries": course.queries,
        "undeclared": course.undeclared,
        "open": course.is_open,
        "step": words if step is not Step.NONE else "",
        "where": path.format(entry_code=course.entry_code, key=course.key),
    }


def sent_rows(course: Course, now: TermNow) -> Iterator[dict[str, Any]]:
    """The workbooks that went out for a qualification, as rows of a table."""
    for one in course.sent:
        yield {
            "to": one.to,
            "code": course.entry_code,
            "qualification": now.titles[course.entry_code] or course.entry_code,
            "form": form_of(one),
            "at": one.at,
            "times": one.times,
            "due": one.due,
            "late": one.days_late,
            "state": STATES[one.state],
            "stands": CAME[one.state],
            "came": one.copies[-1].at if one.copies else "",
            "workbooks": workbooks_of(one),
            "grades": one.grades,
        }
