"""All that happened to a claim, each entry in words, and the way back to any of them."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from claimbatch.claims.claim import Status, candidate_named, unit_label
from claimbatch.claims.history import DECISIONS, STATEMENTS, Kind
from claimbatch.claims.merge import in_words
from claimbatch.office.by_hand import go_back
from claimbatch.office.history import Entry, latest
from claimbatch.office.opened import OpenClaim, open_claim
from claimbatch.web.draw import count
from claimbatch.web.listing import Listing
from claimbatch.web.of_claim import changes_of, frame, seen_claim
from claimbatch.web.page import Page, Visit
from claimbatch.web.roles import Right

page = Page("claims", "", "/claims")
SHOWN = 100  # entries on a page
CHANGES = 500  # that are shown before going back
WORDS: Mapping[str, str] = {
    Kind.CREATED: "Claim begun",
    Kind.ADDED: "Grade added",
    Kind.CHANGED: "Grade changed",
    Kind.REMOVED: "Grade taken off",
    Kind.RECEIVED: "Workbook taken",
    Kind.QUERY: "Query raised",
    Kind.ANSWERED: "Query answered",
    Kind.DECLARED: "Declaration recorded",
    Kind.UNDECLARED: "Record of the declaration taken back",
    Kind.SUBMITTED: "Submitted",
    Kind.SAMPLED: "Sampled",
    Kind.IN_SAMPLE: "In the sample",
    Kind.NOT_IN_SAMPLE: "Taken out of the sample",
    Kind.AGREED: "Agreed by the moderator",
    Kind.REGRADED: "Another grade agreed by the moderator",
    Kind.UNDECIDED: "Record of the decision taken back",
    Kind.WITHDRAWN_LINE: "Withdrawn by the moderator",
    Kind.REINSTATED: "Record of the withdrawal taken back",
    Kind.WITHDRAWN: "The whole claim withdrawn by the moderator",
    Kind.COMPLETED: "Completed",
    Kind.REOPENED: "Record of completion taken back",
    Kind.NUMBERED: "Number, reference or address put right",
    Kind.PURGED: "Personal data removed",
}


@page.get("/claims/{key}/history")
def history(visit: Visit) -> Response:
    """The entries, last things first; of one candidate alone, if that is asked for."""
    candidate = visit.query.get("candidate", "")
    with seen_claim(visit) as opened:
        number = candidate_named(candidate) if candidate else ""
        found = latest(opened.store, opened.key, number, skip=(visit.part - 1) * SHOWN, most=SHOWN)
        names = opened.names
        rows = [_row(entry, names) for entry in found.entries]
        listing = Listing((), rows, found.total, visit.path, visit.query, "", visit.part, SHOWN)
        return visit.show(
            "claim_history.html.j2", **frame(visit, opened), listing=listing, candidate=candidate,
            may_go_back=opened.claim.status is Status.NOT_SUBMITTED and visit.may(Right.CORRECT),
        )  # fmt: skip


@page.get("/claims/{key}/history/{revision:int}", right=Right.CORRECT)
def back(visit: Visit) -> Response:
    """What going back to an entry would change."""
    with seen_claim(visit) as opened:
        return _back(visit, opened)


@page.post("/claims/{key}/history/{revision:int}", right=Right.CORRECT)
def gone_back(visit: Visit) -> Response:
    """Go back, as it was shown."""
    with open_claim(visit.workspace, visit["key"]) as opened:
        opened.refuse_unless_seen(visit.form.seen)
        made = go_back(opened, int(visit["revision"]), who=visit.who)
    way = f"To take that back in turn: back to entry {opened.claim.revision}."
    return visit.go(f"/claims/{visit['key']}/history", f"{count(len(made), 'grade')} set back. {way}")


def _back(visit: Visit, opened: OpenClaim) -> Response:
    revision = int(visit["revision"])
    would = go_back(opened, revision, who=visit.who, dry_run=True)
    return visit.show(
        "claim_back.html.j2",
        **frame(visit, opened),
        revision=revision,
        changes=changes_of(opened, would[:CHANGES]),
        total=len(would),
    )


def _row(entry: Entry, names: Mapping[str, str]) -> dict[str, Any]:
    event = entry.event
    stated = event.kind in (*STATEMENTS, *DECISIONS)
    return {
        "revision": event.revision,
        "at": event.at,
        "who": event.who,
        "what": WORDS.get(event.kind, event.kind),
        "number": event.candidate,
        "name": names.get(event.candidate, ""),
        "unit": unit_label(event.unit) if event.unit else "",
        "old": in_words((event.old_grade, event.old_assessor)) if stated else "",
        "new": in_words((event.grade, event.assessor)) if stated and event.kind != Kind.UNDECIDED else "",
        "stated": stated,
        "workbook": event.workbook,
        "cell": f"{event.sheet}!{event.cell}" if event.cell else "",
        "note": entry.note,
    }
