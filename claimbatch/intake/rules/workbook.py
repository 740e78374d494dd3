"""The rules for a workbook that has arrived: is it ours, is it for a claim, and is it current (CB010–CB014, CB601).

They take an :class:`Arrival`; the first that finds something turns the workbook away. Each yields :class:`Spotted`:
where, what stands there, and the facts for the message.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from claimbatch.claims.claim import LABELS, Status
from claimbatch.form.identity import Identity, is_sealed
from claimbatch.form.layout import MODERATORS, SAMPLE, Layout, form_file
from claimbatch.form.qualification import Qualification
from claimbatch.intake.known import Known
from claimbatch.problems import Rule, error


@dataclass(frozen=True, slots=True)
class Arrival:
    """A workbook that may be opened, before it is read: what it says of itself and what is known of that."""

    token: str
    identity: Identity | None
    qualification: Qualification | None
    layout: Layout | None
    sheets: tuple[str, ...]
    known: Known


@dataclass(frozen=True, slots=True)
class Spotted:
    """One finding: sheet, row and column (0: the sheet as a whole), heading, the value there, and facts.

    *candidate* and *unit* are those that the place belongs to, where it belongs to any.
    """

    sheet: str = ""
    row: int = 0
    column: int = 0
    heading: str = ""
    value: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    candidate: str = ""
    unit: str = ""


@error(
    "CB010",
    "not-our-template",
    message="This workbook was not made by claimbatch: it carries no template token.",
    hint="Send the template itself, filled in: copying its cells into another workbook loses what it is known by. "
    "Who has none yet is made one with claimbatch template.",
)
def not_our_template(arrival: Arrival) -> Iterator[Spotted]:
    """A workbook that was not made by claimbatch.

    Why: only a template says for certain which centre and qualification its grades belong to.
    Wrong: a teacher's own mark book, or a new workbook into which the cells were copied.
    Right: the template itself, filled in and saved under any name.
    """
    if arrival.identity is None:
        yield Spotted()


@error(
    "CB601",
    "moderators-workbook",
    message="This is the moderator's workbook of a claim that was submitted ({value}); no grade is claimed with it.",
    hint="{advice}",
)
def moderators_workbook(arrival: Arrival) -> Iterator[Spotted]:
    """A workbook that a moderator fills in has come among those for claims.

    Why: what a moderator ticks or decides is recorded with the claim that was submitted, and changes no open one.
    Wrong: the returned sample workbook in the inbox that is merged.
    Right: ``claimbatch sample record`` or ``claimbatch moderation import``, with that workbook.
    """
    identity = arrival.identity
    if identity and identity.form in MODERATORS:
        sample = "Record the sample with: claimbatch sample record CLAIM FILE"
        decided = "Record the decisions with: claimbatch moderation import FILE"
        advice = sample if identity.form == SAMPLE else decided
        yield Spotted(value=str(form_file()["forms"][identity.form]["title"]), facts={"advice": advice})


@error(
    "CB011",
    "unknown-centre",
    message="The workbook belongs to centre {value}, which this workspace does not hold.",
    hint="Send it on to that centre: only the workspace that made it can take it. To claim for that centre here, add "
    'it (claimbatch centre add {value} "Name"), import its entries and assessors, make a template of its own '
    "(claimbatch template {order}), and copy the grades into that.",
    office=True,
)
def unknown_centre(arrival: Arrival) -> Iterator[Spotted]:
    """A workbook of a centre that the workspace does not hold.

    Why: a grade must never reach the claim of another centre.
    Wrong: a workbook of centre 68200 in the inbox of a workspace that holds 68199 alone.
    Right: a workbook of a centre listed by ``claimbatch centre list``.
    """
    if arrival.identity and arrival.identity.centre_number not in arrival.known.centres:
        yield Spotted(value=arrival.identity.centre_number, facts={"order": _order(arrival.identity)})


@error(
    "CB012",
    "unknown-template",
    message="This template was not issued from this workspace, or its token was altered ({value}).",
    hint="Make a fresh template here (claimbatch template {order}) and copy the grades into it. If claimbatch "
    "qualifications does not list {entry_code}, put the qualification's file back into the workspace's folder schemas.",
    office=True,
)
def unknown_template(arrival: Arrival) -> Iterator[Spotted]:
    """A template that this workspace did not issue.

    Why: the token is sealed with the workspace's key, so that nobody can pass off one centre's, one
    qualification's or one year's workbook as another's.
    Wrong: a workbook made in another workspace, or one whose sheet *About* was retyped.
    Right: a workbook made by ``claimbatch template`` in this workspace.
    """
    identity = arrival.identity
    if identity is None:
        return
    known = arrival.known
    # An outdated template may be of an earlier year, whose workspace is gone; what to do about it is CB013's to say.
    expected = identity.template_id in known.issued or _is_outdated(arrival)
    ours = is_sealed(arrival.token, known.key) and expected
    if not ours or arrival.qualification is None:
        facts = {"entry_code": identity.entry_code, "order": _order(identity)}
        yield Spotted(value=identity.template_id, facts=facts)


@error(
    "CB013",
    "outdated-template",
    message="The template was issued on {issued} and has since been replaced: its units or headings have changed.",
    hint="Move what was filled in into a current one: claimbatch template refresh {file}",
    office=True,
)
def outdated_template(arrival: Arrival) -> Iterator[Spotted]:
    """A template made before the qualification's units, or the form itself, were changed.

    Why: a column may mean another unit now, or one that can no longer be claimed. A unit that only joins the list puts
    no workbook out of date, because it says nothing of it.
    Wrong: last year's template, sent after a unit was taken out of the qualification.
    Right: a template of the current qualification file and form.
    """
    identity = arrival.identity
    if identity and _is_outdated(arrival):
        year, month, day = identity.issued_at[:10].split("-")
        facts = {"issued": f"{day}/{month}/{year}", "entry_code": identity.entry_code}
        yield Spotted(value=identity.template_id, facts=facts)


@error(
    "CB014",
    "claim-closed",
    message="The claim {value} that this workbook belongs to is already {status}; nothing can be added to it.",
    hint="Put what is still to be claimed into a new claim: claimbatch template refresh {file} makes its template, "
    "with what was filled in. Only the moderator can change a claim that was submitted.",
    office=True,
)
def claim_closed(arrival: Arrival) -> Iterator[Spotted]:
    """A workbook whose claim has been submitted.

    Why: after submission the centre can no longer change a claim.
    Wrong: a workbook that comes back after its claim was submitted.
    Right: a workbook made for the claim that is open now.
    """
    issued = arrival.known.issued.get(arrival.identity.template_id) if arrival.identity else None
    status = arrival.known.statuses.get(issued.claim_key) if issued else None
    if issued and status and status is not Status.NOT_SUBMITTED:
        yield Spotted(value=issued.claim_key, facts={"status": LABELS[status].lower()})


def _order(identity: Identity) -> str:
    """What ``claimbatch template`` is told for a template of the same kind: ``05349 --unit 3 --centre 68199``."""
    unit = f" --unit {identity.unit}" if identity.unit else ""
    return f"{identity.entry_code}{unit} --centre {identity.centre_number}"


def _is_outdated(arrival: Arrival) -> bool:
    identity, layout = arrival.identity, arrival.layout
    return bool(identity and layout and identity.fingerprint != layout.fingerprint)


RULES: tuple[Rule, ...] = (
    not_our_template,
    moderators_workbook,
    unknown_centre,
    unknown_template,
    claim_closed,
    outdated_template,
)
