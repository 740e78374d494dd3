"""The message about a claim, sent through the mail server of the settings: read first, and never sent twice unasked."""

from collections.abc import Sequence

from starlette.responses import Response

from claimbatch.errors import ClaimbatchError
from claimbatch.identifiers import is_email_address
from claimbatch.office.letters import Letter, letter, send
from claimbatch.web.of_claim import frame, seen_claim
from claimbatch.web.page import Fault, Page, Visit
from claimbatch.web.roles import Right

page = Page("claims", "", "/claims")
AT = "/claims/{key}/letter/{event}/send"


@page.get(AT, right=Right.SUBMIT)
def asked(visit: Visit) -> Response:
    """The message as it would go, to be read."""
    return _asked(visit, letter(visit.workspace, visit["key"], visit["event"]))


@page.post(AT, right=Right.SUBMIT)
def sent(visit: Visit) -> Response:
    """Send it, as it was shown."""
    form, to = visit.form, visit.form["to"]
    if not is_email_address(to):
        due = letter(visit.workspace, visit["key"], visit["event"])
        return _asked(visit, due, [Fault("to", "Give the address that it goes to")])
    due = letter(visit.workspace, visit["key"], visit["event"], to)
    with seen_claim(visit) as opened:
        opened.refuse_unless_seen(form.seen)
    try:
        send(visit.workspace, due, again="again" in form)
    except ClaimbatchError as error:
        return _asked(visit, due, [Fault("again", error.message)])
    return visit.go(f"/claims/{visit['key']}/papers", f"Sent to the {due.whom}, {due.address}.")


def _asked(visit: Visit, due: Letter, faults: Sequence[Fault] = ()) -> Response:
    body = due.message.get_body(("plain",))
    with seen_claim(visit) as opened:
        return visit.show(
            "claim_send.html.j2",
            faults=faults,
            **frame(visit, opened),
            due=due,
            subject=str(due.message["Subject"]),
            body=body.get_content() if body else "",
            to=visit.form["to"] or due.address,
        )
