"""A claim carried on: queries answered, declarations ticked, submission, withdrawal, and the claim's number."""

from collections.abc import Collection, Sequence

from starlette.responses import Response

from claimbatch.claims.claim import Status
from claimbatch.claims.life import Submission
from claimbatch.claims.standing import signed_by
from claimbatch.errors import ClaimbatchError
from claimbatch.identifiers import is_email_address
from claimbatch.office.claim import groups_of
from claimbatch.office.declaring import answer, candidates_meant, declare, queries_of
from claimbatch.office.opened import OpenClaim, open_claim
from claimbatch.office.submitting import (
    checklist,
    give_number,
    group_named,
    lines_to_withdraw,
    submit,
    withdraw,
)
from claimbatch.problems import Problem
from claimbatch.web.draw import count
from claimbatch.web.forms import whole
from claimbatch.web.listing import Column, Listing
from claimbatch.web.of_claim import frame, seen_claim
from claimbatch.web.page import Fault, Page, Visit
from claimbatch.web.roles import Right
from claimbatch.web.staging import Staging

page = Page("claims", "", "/claims")
SHOWN = 25  # queries on a page
PUT_RIGHT = {
    "CB401": ("Declarations", "/declarations"),
    "CB403": ("Queries", "/queries"),
}  # by what is missing


@page.get("/claims/{key}/queries")
def queries(visit: Visit) -> Response:
    """The queries, each with its answer or room for one."""
    with seen_claim(visit) as opened:
        claim, names = opened.claim, opened.names
        told = [
            {
                "number": query.number,
                "what": what,
                "candidate": query.candidate,
                "name": names.get(query.candidate, ""),
                "unit": claim.unit_label(query.unit) if query.unit else "",
                "workbook": query.workbook,
                "cell": f"{query.sheet}!{query.cell}" if query.cell else query.sheet,
                "answer": words,
            }
            for query, what, words in queries_of(opened)
        ]
        told.sort(key=lambda one: bool(one["answer"]))
        left = sum(not one["answer"] for one in told)
        listing = Listing.of(visit, (Column("number", "Query"),), told, size=SHOWN)
        return visit.show("claim_queries.html.j2", **frame(visit, opened), listing=listing, left=left)


@page.post("/claims/{key}/queries", right=Right.CORRECT)
def answered(visit: Visit) -> Response:
    """Keep the answers that were written."""
    given = [
        (number, words)
        for told, words in visit.form.starting("because:")
        if words and (number := whole(told)) is not None
    ]
    with open_claim(visit.workspace, visit["key"]) as opened:
        for number, words in given:
            answer(opened, number, words, who=visit.who)
    return visit.go(
        visit.path, f"{count(len(given), 'query', 'queries')} answered." if given else "Nothing was answered."
    )


@page.get("/claims/{key}/declarations")
def declarations(visit: Visit) -> Response:
    """Whose signed declaration is recorded, and whose is missing."""
    with seen_claim(visit) as opened:
        return _declarations(visit, opened)


@page.post("/claims/{key}/declarations", right=Right.DECLARE)
def declared(visit: Visit) -> Response:
    """Record declarations, or take the record back: of those that are ticked, or of all."""
    undo, every = "undo" in visit.form, "all" in visit.form
    with open_claim(visit.workspace, visit["key"]) as opened:
        wanted = candidates_meant(opened, visit.form.all("candidate"), everyone=every)
        if not wanted:
            fault = Fault("back-0" if undo else "missing-0", "Tick whose declarations you mean")
            return _declarations(visit, opened, [fault])
        new = declare(opened, wanted, who=visit.who, undo=undo)
    return visit.go(visit.path, f"{count(new, 'declaration')} {'taken back' if undo else 'recorded'}.")


@page.post("/claims/{key}/declarations/list", right=Right.DECLARE)
def listed(visit: Visit) -> Response:
    """Tick those whom a list names that somebody dropped; nothing is recorded yet."""
    upload = visit.form.upload("list")
    with seen_claim(visit) as opened, Staging() as staging:
        if upload is None:
            return _declarations(visit, opened, [Fault("list", "Choose the list")])
        path, name = staging.keep(upload)
        try:
            named = candidates_meant(opened, file=path)
        except ClaimbatchError as error:
            return _declarations(visit, opened, [Fault("list", staging.told(error))])
        stands = opened.standing
        if unknown := sorted(named - set(stands.people)):
            words = f"{name} names candidates who are not on the claim: {', '.join(unknown[:20])}"
            return _declarations(visit, opened, [Fault("list", words)])
        if not named - set(stands.declared):
            words = f"The declarations of all whom {name} names are recorded already"
            return _declarations(visit, opened, [Fault("list", words)])
        return _declarations(visit, opened, ticked=named)


@page.get("/claims/{key}/submit", right=Right.SUBMIT)
def submission(visit: Visit) -> Response:
    """What is still missing, or the form that submits."""
    with seen_claim(visit) as opened:
        return _submission(visit, opened)


@page.post("/claims/{key}/submit", right=Right.SUBMIT)
def submitted(visit: Visit) -> Response:
    """Ask once more; then submit."""
    form = visit.form
    with open_claim(visit.workspace, visit["key"]) as opened:
        if faults := list(_wrong(visit)):
            return _submission(visit, opened, faults)
        if "sure" not in form or "back" in form:
            return _submission(visit, opened, sure="back" not in form)
        said = Submission(form["by"], form["results_email"], form["claim_number"], centre_declaration=True)
        number = submit(opened, said, seen=visit.form.seen)
    ours = "" if form["claim_number"] else ", our own: put it right here once the awarding body has given one"
    return visit.go(f"/claims/{visit['key']}", f"The claim is submitted. Its claim number is {number}{ours}.")


@page.get("/claims/{key}/withdraw", right=Right.SUBMIT)
def withdrawal(visit: Visit) -> Response:
    """The form that records what the moderator withdrew."""
    with seen_claim(visit) as opened:
        lines_to_withdraw(opened)  # refuses where it is not with the moderator
        return _withdrawal(visit, opened)


@page.post("/claims/{key}/withdraw", right=Right.SUBMIT)
def withdrawn(visit: Visit) -> Response:
    """Show who goes; then record it."""
    with open_claim(visit.workspace, visit["key"]) as opened:
        unit, assessor, grade = [*visit.form["group"].split("|"), "", ""][:3]
        faults = [] if visit.form["group"] else [Fault("group", "Choose what was withdrawn")]
        faults += [] if visit.form["reason"] else [Fault("reason", "Say why the moderator withdrew it")]
        if faults:
            return _withdrawal(visit, opened, faults)
        group = None if visit.form["group"] == "whole" else group_named(opened, unit, assessor, grade)
        if "sure" not in visit.form:
            return _withdrawal(visit, opened, going=lines_to_withdraw(opened, group), whole=group is None)
        gone = withdraw(opened, visit.form["reason"], group, who=visit.who, seen=visit.form.seen)
    return visit.go(
        f"/claims/{visit['key']}",
        f"{count(gone, 'grade')} withdrawn. They may be claimed again in a new claim.",
    )


@page.get("/claims/{key}/number", right=Right.SUBMIT)
def number(visit: Visit) -> Response:
    """The form for the awarding body's claim number and reference."""
    with seen_claim(visit) as opened:
        if opened.claim.status is Status.NOT_SUBMITTED:
            raise ClaimbatchError("The claim is not submitted: it gets its claim number on submission.", "")
        return visit.show("claim_number.html.j2", **frame(visit, opened))


@page.post("/claims/{key}/number", right=Right.SUBMIT)
def numbered(visit: Visit) -> Response:
    """Keep them."""
    given = visit.form["claim_number"], visit.form["reference"]
    address = visit.form["results_email"]
    with open_claim(visit.workspace, visit["key"]) as opened:
        if faults := _address_faults(visit):
            return visit.show("claim_number.html.j2", faults=faults, **frame(visit, opened))
        try:
            new = any((*given, address)) and give_number(opened, *given, results_email=address, who=visit.who)
        except ClaimbatchError as error:
            faults = [Fault("claim_number", f"{error.message} {error.hint}")]
            return visit.show("claim_number.html.j2", faults=faults, **frame(visit, opened))
    return visit.go(f"/claims/{visit['key']}", "That is put right." if new else "Nothing was changed.")


def _declarations(
    visit: Visit, opened: OpenClaim, faults: Sequence[Fault] = (), ticked: Collection[str] = ()
) -> Response:
    stands, names, signed = opened.standing, opened.names, signed_by(opened.history)
    people = [(number, names.get(number, "") or "(removed)") for number in stands.people]
    return visit.show(
        "claim_declarations.html.j2",
        faults=faults,
        **frame(visit, opened),
        missing=[one for one in people if one[0] not in stands.declared],
        ticked=ticked,
        held=[(*one, *signed.get(one[0], ("", ""))) for one in people if one[0] in stands.declared],
        may_declare=opened.claim.status is Status.NOT_SUBMITTED and visit.may(Right.DECLARE),
    )


def _submission(
    visit: Visit, opened: OpenClaim, faults: Sequence[Fault] = (), *, sure: bool = False
) -> Response:
    problems = checklist(opened, stands=opened.standing).problems
    return visit.show(
        "claim_submit.html.j2",
        faults=faults,
        **frame(visit, opened),
        wrong=[(one, *_where(opened.key, one)) for one in problems if one.is_error],
        others=[(one, *_where(opened.key, one)) for one in problems if not one.is_error],
        put_right=PUT_RIGHT,
        sure=sure,
        people=len(opened.standing.people),
        given={name: visit.form[name] for name in ("by", "results_email", "claim_number")},
        begun="csrf" in visit.form,
    )


def _where(key: str, problem: Problem) -> tuple[str, str]:
    """The page where something is put right: its name and its address; both blank where the hint alone says it."""
    if problem.rule.code in PUT_RIGHT:
        title, path = PUT_RIGHT[problem.rule.code]
        return title, f"/claims/{key}{path}"
    if problem.is_error and problem.candidate:
        return f"The grades of {problem.candidate}", f"/claims/{key}/candidates/{problem.candidate}"
    return "", ""


def _wrong(visit: Visit) -> Sequence[Fault]:
    """What is wrong with the form that submits."""
    form, faults = visit.form, []
    if not form["by"]:
        faults.append(Fault("by", "Say who submits the claim"))
    faults += _address_faults(visit)
    if "declared" not in form:
        faults.append(Fault("declared", "The centre has to make its declaration"))
    return faults


def _address_faults(visit: Visit) -> list[Fault]:
    address = visit.form["results_email"]
    if not address or is_email_address(address):
        return []
    return [Fault("results_email", "This is no e-mail address: write one, or leave it blank")]


def _withdrawal(
    visit: Visit,
    opened: OpenClaim,
    faults: Sequence[Fault] = (),
    *,
    going: Sequence[object] = (),
    whole: bool = False,
) -> Response:
    claim = opened.claim
    groups = [
        (
            f"{one.unit}|{one.assessor}|{one.grade}",
            f"{claim.unit_label(one.unit)}, {one.grade} by {one.assessor}: {count(len(one.candidates), 'candidate')}",
        )
        for one in groups_of(claim)
    ]
    return visit.show(
        "claim_withdraw.html.j2",
        faults=faults,
        **frame(visit, opened),
        groups=[("", "Choose"), *groups, ("whole", f"The whole claim: {count(len(claim.lines), 'grade')}")],
        going=going,
        whole=whole,
        names=opened.names,
        chosen={name: visit.form[name] for name in ("group", "reason")},
    )
