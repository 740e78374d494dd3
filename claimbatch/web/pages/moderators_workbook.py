"""The workbooks that a moderator fills in, for the sample and for the outcome: made, and dropped once they are back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import Response

from claimbatch.claims.decisions import Decision
from claimbatch.errors import ClaimbatchError
from claimbatch.office.marking import mark_one
from claimbatch.office.moderating import record_decisions
from claimbatch.office.moderators import hear_workbook, make_workbook
from claimbatch.office.opened import OpenClaim, open_claim
from claimbatch.office.sample import hear_sample
from claimbatch.web.forms import Upload
from claimbatch.web.page import XLSX, Fault, Page, Visit
from claimbatch.web.pages.outcome import preview as decisions_preview
from claimbatch.web.pages.sample import head
from claimbatch.web.pages.sample import preview as sample_preview
from claimbatch.web.roles import Right
from claimbatch.web.shelf import Shelf, new_key
from claimbatch.web.staging import Staging

if TYPE_CHECKING:
    from claimbatch.intake.moderators import Returned

page = Page("claims", "", "/claims")


@dataclass(frozen=True)
class Heard:
    """The *decisions* of a workbook about a *claim*, as they were shown."""

    claim: str
    decisions: Sequence[Decision]
    key: str = field(default_factory=new_key)


HEARD = Shelf[Heard]("decisions", 5, "What the workbook says is not here any more.", "Drop it again.")
FORMS = {"sample": "sample", "outcome": "moderation"}  # where it is dropped, and which form it is


@page.get("/claims/{key}/workbook/{at}", right=Right.MODERATE)
def dropping(visit: Visit) -> Response:
    """Where it is made, and dropped."""
    with open_claim(visit.workspace, visit["key"]) as opened:
        return _drop(visit, opened)


@page.post("/claims/{key}/workbook/{at}/make", right=Right.MODERATE)
def made(visit: Visit) -> Response:
    """Make it, to be sent to the moderator."""
    with Staging() as staging, open_claim(visit.workspace, visit["key"]) as opened:
        path = make_workbook(opened, FORMS[_at(visit)], staging.folder).path
        return visit.download(path.name, path.read_bytes(), XLSX)


@page.post("/claims/{key}/workbook/{at}", right=Right.MODERATE)
def dropped(visit: Visit) -> Response:
    """What it says, seen before it is recorded; or what is wrong with it, at its cell."""
    upload = visit.form.upload("workbook")
    with open_claim(visit.workspace, visit["key"]) as opened:
        if upload is None:
            return _drop(visit, opened, [Fault("workbook", "Choose the workbook that came back")])
        with Staging() as staging:
            return _heard(visit, opened, upload, staging)


@page.post("/claims/{key}/workbook/outcome/record", right=Right.MODERATE)
def recorded(visit: Visit) -> Response:
    """Record the decisions that were seen."""
    with open_claim(visit.workspace, visit["key"]) as opened:
        heard = HEARD.find(visit.session, visit.form["heard"])
        if heard.claim != opened.key:
            raise ClaimbatchError(HEARD.gone, HEARD.hint)
        record_decisions(opened, heard.decisions, who=visit.who, seen=visit.form.seen)
    HEARD.leave(visit.session, heard.key)
    return visit.go(f"/claims/{visit['key']}/outcome", "What the moderator decided is recorded.")


@page.get("/claims/{key}/workbook/{at}/marked", right=Right.MODERATE)
def marked(visit: Visit) -> Response:
    """The marked copy of the last one that was dropped with something wrong in it."""
    name, content = visit.session.shelf.get(f"marked {visit['key']}", ("", b""))
    if not content:
        return visit.go(f"/claims/{visit['key']}/workbook/{_at(visit)}", "Drop the workbook again.")
    return visit.download(name, content, XLSX)


def _heard(visit: Visit, opened: OpenClaim, upload: Upload, staging: Staging) -> Response:
    path, name = staging.keep(upload)
    if _at(visit) == "sample":
        heard = hear_sample(opened, path)
        if heard.returned and heard.returned.problems:
            return _wrong(visit, opened, heard.returned, path, name)
        sampled = opened.standing.sampled
        more = [one for one in heard.lines if one not in sampled]
        if not more:
            return _drop(
                visit, opened, [Fault("workbook", f"All that {name} asks for is in the sample already")]
            )
        return sample_preview(visit, opened, more, ())
    seal = visit.workspace.key()
    returned = hear_workbook(
        opened.store, opened.catalogue, seal, path, form=FORMS["outcome"], key=opened.key
    )
    if returned.problems:
        return _wrong(visit, opened, returned, path, name)
    if not returned.decisions:
        return _drop(visit, opened, [Fault("workbook", f"Nothing is decided in {name}")])
    shown = HEARD.keep(visit.session, Heard(opened.key, returned.decisions))
    return decisions_preview(
        visit, opened, shown.decisions, (), to="/workbook/outcome/record", again=[("heard", shown.key)]
    )


def _wrong(visit: Visit, opened: OpenClaim, returned: "Returned", path: Path, name: str) -> Response:
    """The problems of a workbook, each at its cell; and a marked copy to send back."""
    copy = mark_one(path.parent, path, name, returned.package, returned.problems, taken={path.resolve()})
    if copy.path:
        visit.session.shelf[f"marked {opened.key}"] = copy.path.name, copy.path.read_bytes()
    faults = [Fault("workbook", f"Nothing was recorded: {name} has something to put right")]
    return _drop(visit, opened, faults, returned, could_be_marked=copy.path is not None)


def _drop(
    visit: Visit,
    opened: OpenClaim,
    faults: list[Fault] | None = None,
    returned: "Returned | None" = None,
    *,
    could_be_marked: bool = False,
) -> Response:
    at = _at(visit)
    return visit.show(
        "moderators_workbook.html.j2",
        faults=faults or [],
        **head(visit, opened, at),
        form_of=at,
        problems=returned.problems if returned else (),
        could_be_marked=could_be_marked,
    )


def _at(visit: Visit) -> str:
    at = visit.request.path_params.get("at", "outcome")
    return at if at in FORMS else "outcome"
