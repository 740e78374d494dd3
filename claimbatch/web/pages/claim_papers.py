"""A claim printed, and saved for other programs: reports, forms to sign, exports, and the messages about it."""

from collections.abc import Mapping
from dataclasses import replace

from starlette.responses import Response

from claimbatch.claims.claim import Status
from claimbatch.office.asked_for import one_of
from claimbatch.office.documents import CLAIM_REPORT, Asked, Sources, document
from claimbatch.office.exporting import exported
from claimbatch.office.letters import letter
from claimbatch.office.opened import OpenClaim
from claimbatch.output.drawing import STYLES, draw_document
from claimbatch.output.letters import as_draft, reached
from claimbatch.web.of_claim import frame, seen_claim
from claimbatch.web.page import XLSX, Page, Visit
from claimbatch.web.roles import Right

page = Page("claims", "", "/claims")
MEDIA: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": XLSX,
    "json": "application/json",
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
}
REPORTS: Mapping[str, str] = {
    "claim": "Claim report",
    "sample": "The moderator's sample",
    "outcome": "Outcome of moderation",
}
FORMS: Mapping[str, str] = {
    "declarations": "Candidates' declarations to sign",
    "signing-list": "Signing list",
    "recording-sheets": "Unit recording sheets",
}
LETTERS: Mapping[str, str] = {
    "submitted": "To the moderator: submitted",
    "sampled": "To the centre: sampled",
    "completed": "To the centre: completed",
}


@page.get("/claims/{key}/papers")
def papers(visit: Visit) -> Response:
    """All that can be printed and saved."""
    with seen_claim(visit) as opened:
        return visit.show(
            "claim_papers.html.j2",
            **frame(visit, opened),
            reports=[(kind, words) for kind, words in REPORTS.items() if kind in _there(opened)],
            forms=list(FORMS.items()),
            letters=[(event, LETTERS[event]) for event in reached(opened.standing)],
            sampled=bool(opened.standing.sampled),
            can_send=visit.may(Right.SUBMIT) and bool(visit.workspace.config.mail.server),
        )


@page.get("/claims/{key}/print")
def printed(visit: Visit) -> Response:
    """A document, as a file."""
    asked, style = _asked(visit), visit.query.get("style") or "pdf"
    one_of("kind of file", style, STYLES)
    content = draw_document(document(Sources(visit.workspace), visit["key"], asked), style)
    return visit.download(f"{visit['key']}_{asked.kind}.{style}", content, MEDIA[style])


@page.get("/claims/{key}/export/{style}")
def export(visit: Visit) -> Response:
    """The claim for another program."""
    content, _ = exported(visit.workspace, visit["key"], visit["style"])
    return visit.download(f"{visit['key']}.{visit['style']}", content, MEDIA[visit["style"]])


@page.get("/claims/{key}/letter/{event}")
def message(visit: Visit) -> Response:
    """A message, as a file that a mail program opens, to be read there and sent."""
    due = letter(visit.workspace, visit["key"], visit["event"])
    return visit.download(f"{due.stem}.eml", as_draft(due.message), "message/rfc822")


def _asked(visit: Visit) -> Asked:
    query = visit.query
    asked = replace(
        CLAIM_REPORT,
        kind=query.get("kind") or "claim",
        sort=query.get("sort") or "number",
        per=query.get("per") or "claim",
        made_by=visit.who,
    )
    if asked.kind not in FORMS:
        return asked
    return replace(asked, sampled=query.get("which") == "sampled", unsigned=query.get("which") == "unsigned")


def _there(opened: OpenClaim) -> set[str]:
    """The reports that there are of a claim as it stands."""
    stands = opened.standing
    there = {"claim"}
    if stands.sampled:
        there.add("sample")
    if stands.sampled or stands.withdrawn or opened.claim.status is Status.WITHDRAWN:
        there.add("outcome")
    return there
