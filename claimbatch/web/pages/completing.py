"""The end of a claim: the moderator has sent it on, under a reference; and taking that back, which was a slip."""

from starlette.responses import Response

from claimbatch.office.moderating import complete, reopen, still_open
from claimbatch.office.opened import OpenClaim, open_claim
from claimbatch.web.page import Fault, Page, Visit
from claimbatch.web.pages.sample import head
from claimbatch.web.roles import Right

page = Page("claims", "", "/claims")


@page.get("/claims/{key}/outcome/complete", right=Right.MODERATE)
def completing(visit: Visit) -> Response:
    """What is still open, and where the reference is entered."""
    with open_claim(visit.workspace, visit["key"]) as opened:
        return _asked(visit, opened)


@page.post("/claims/{key}/outcome/complete", right=Right.MODERATE)
def completed(visit: Visit) -> Response:
    """Record it."""
    form, faults = visit.form, []
    with open_claim(visit.workspace, visit["key"]) as opened:
        if not form["reference"]:
            faults.append(
                Fault("reference", "Give the reference under which the moderator sent the claim on")
            )
        if "sent" not in form:
            faults.append(Fault("sent", "Confirm that the moderator has sent the claim on"))
        if faults:
            return _asked(visit, opened, faults)
        opened.refuse_unless_seen(form.seen)
        done = complete(opened, form["reference"], who=visit.who)
    return visit.go(f"/claims/{visit['key']}/outcome", f"The claim is completed under {done.reference}.")


@page.post("/claims/{key}/outcome/reopen", right=Right.MODERATE)
def reopened(visit: Visit) -> Response:
    """Take the record of completion back."""
    with open_claim(visit.workspace, visit["key"]) as opened:
        reopen(opened, who=visit.who)
    return visit.go(f"/claims/{visit['key']}/outcome", "The claim is with the moderator again.")


def _asked(visit: Visit, opened: OpenClaim, faults: list[Fault] | None = None) -> Response:
    left, sampled = still_open(opened)
    return visit.show(
        "outcome_complete.html.j2",
        faults=faults or [],
        **head(visit, opened, "outcome"),
        sampled=sampled,
        left=left,
        withdrawn=len(opened.standing.withdrawn),
        reference=visit.form["reference"] or opened.claim.reference,
        revision=opened.claim.revision,
    )
