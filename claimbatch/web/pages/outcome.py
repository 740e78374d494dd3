"""*Outcome*: what the moderator decided of the sample, line by line and by group; seen before it is recorded."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from claimbatch.claims.decisions import Decision, Verdict
from claimbatch.office.moderating import (
    agreeing,
    changing,
    outcome_of,
    record_decisions,
    take_back_withdrawal,
    undecided,
    what_is_recorded,
)
from claimbatch.office.opened import OpenClaim, open_claim
from claimbatch.office.submitting import Group, lines_to_withdraw, withdraw
from claimbatch.web.forms import Form
from claimbatch.web.listing import Column, Listing
from claimbatch.web.page import Fault, Page, Visit
from claimbatch.web.pages.sample import Target, head, line_row
from claimbatch.web.roles import Right

if TYPE_CHECKING:
    from claimbatch.moderation.outcome import Outcome, Result

page = Page("claims", "", "/claims")
GRADES = ("D", "M", "P", "U")
AGREED, CHANGED, WITHDRAWN, OPEN = "agreed", "changed", "withdrawn", "open"  # what became of a line
STANDS = {AGREED: "good", CHANGED: "ask", WITHDRAWN: "bad"}
LINES = (
    Column("name", "Candidate"),
    Column("unit", "Unit"),
    Column("grade", "Claimed"),
    Column("assessor", "Assessor"),
    Column("", "Decision"),
    Column("words", "Moderator’s comment"),
)


@page.get("/claims/{key}/outcome")
def outcome(visit: Visit) -> Response:
    """What is decided, and where it is recorded."""
    with open_claim(visit.workspace, visit["key"]) as opened:
        return _shown(visit, opened)


@page.post("/claims/{key}/outcome/decide", right=Right.MODERATE)
def decided(visit: Visit) -> Response:
    """What the form would record; and when that was seen, record it."""
    with open_claim(visit.workspace, visit["key"]) as opened:
        if "seen" in visit.form:
            opened.refuse_unless_seen(visit.form.seen)
        if faults := [*_comments_alone(visit, opened), *_crossed(visit, opened)]:
            return _shown(visit, opened, faults)
        decisions, back = _said(visit, opened)
        if not decisions and not back:
            return _shown(visit, opened, [Fault("decisions", "Say first what the moderator decided")])
        if "seen" not in visit.form:
            again = [(f"decision:{_value(one)}", "") for one in back]
            again += [(f"decision:{_value(one[:2])}", _word(one)) for one in decisions]
            again += [(f"comment:{_value(one[:2])}", one.comment) for one in decisions]
            return preview(visit, opened, decisions, back, to="/outcome/decide", again=again)
        record_decisions(opened, decisions, back=back, who=visit.who)
    return visit.go(f"/claims/{visit['key']}/outcome", "What the moderator decided is recorded.")


@page.post("/claims/{key}/outcome/withdraw", right=Right.MODERATE)
def withdrawn(visit: Visit) -> Response:
    """Whom withdrawing a group would concern; and when that was seen, and a reason given, withdraw it."""
    group = _group(visit)
    with open_claim(visit.workspace, visit["key"]) as opened:
        lines = lines_to_withdraw(opened, group)
        reason, faults = visit.form["reason"], []
        if "seen" in visit.form:
            if reason:
                withdraw(opened, reason, group, who=visit.who, seen=visit.form.seen)
                return visit.go(f"/claims/{opened.key}/outcome", _taken(len(lines), "withdrawn"))
            faults = [Fault("reason", "Say why the moderator withdrew it")]
        return visit.show(
            "outcome_withdraw.html.j2",
            faults=faults,
            **head(visit, opened, "outcome"),
            group=group,
            rows=[line_row(opened, line) for line in lines],
            revision=opened.claim.revision,
        )


@page.post("/claims/{key}/outcome/reinstate", right=Right.MODERATE)
def reinstated(visit: Visit) -> Response:
    """Take the withdrawal of a group back."""
    with open_claim(visit.workspace, visit["key"]) as opened:
        lines = take_back_withdrawal(opened, _group(visit), who=visit.who)
    return visit.go(f"/claims/{visit['key']}/outcome", _taken(lines, "on the claim again"))


def preview(
    visit: Visit,
    opened: OpenClaim,
    decisions: Sequence[Decision],
    back: Sequence[Target],
    *,
    to: str,
    again: Sequence[tuple[str, str]] = (),
) -> Response:
    """What would be recorded, by name, and taken back; nothing is yet. *again* are the fields that record it."""
    lines = {(line.candidate, line.unit): line for line in opened.claim.lines}
    planned = what_is_recorded(opened, decisions, who=visit.who) if decisions else None
    rows = [
        {**line_row(opened, lines[one[:2]]), "new": one.grade or "withdrawn", "words": one.comment}
        for one in decisions
        if one[:2] in lines
    ]
    return visit.show(
        "outcome_preview.html.j2",
        **head(visit, opened, "outcome"),
        rows=[row for row in rows if row["new"] != row["grade"] or row["words"]],
        planned=planned,
        back=[line_row(opened, lines[one]) for one in back],
        again=again,
        to=to,
        revision=opened.claim.revision,
    )


def _shown(visit: Visit, opened: OpenClaim, faults: Sequence[Fault] = ()) -> Response:
    seen = outcome_of(opened)
    told = [_result(opened, one, seen.words) for one in seen.outcome.told]
    top = head(visit, opened, "outcome")
    return visit.show(
        "outcome.html.j2",
        faults=faults,
        **top,
        listing=Listing.of(visit, LINES, told),
        facts=list(_facts(seen.outcome)),
        groups=[one for one in seen.outcome.groups if one.sampled or one.withdrawn],
        others=[one for one in seen.outcome.groups if not one.sampled and not one.withdrawn],
        open=len(undecided(opened.standing)),
        may_decide=visit.may(Right.MODERATE) and top["with_moderator"],
        grades=GRADES,
    )


def _facts(found: "Outcome") -> list[tuple[str, str, str, str]]:
    sampled, became = (
        sum(one.sampled for one in found.results),
        Counter(one.state.value for one in found.told),
    )
    left, changed, gone = became[OPEN], became[CHANGED], became[WITHDRAWN]
    return [
        ("In the sample", f"{sampled:,}", "", ""),
        ("Agreed", f"{became[AGREED]:,}", "", ""),
        ("Changed", f"{changed:,}", "", "ask" if changed else ""),
        ("Withdrawn", f"{gone:,}", "", "bad" if gone else ""),
        ("Not decided", f"{left:,}", "", "ask" if left else "good" if sampled else ""),
    ]


def _result(opened: OpenClaim, one: "Result", words: Mapping[int, str]) -> dict[str, Any]:
    state = one.state.value
    now = AGREED if state is AGREED else one.grade if state is CHANGED else ""
    return {
        **line_row(opened, one.line),
        "state": "not yet"
        if state is OPEN
        else f"{state}{f' to {one.grade}' if now not in ('', AGREED) else ''}",
        "stands": STANDS.get(state, ""),
        "now": now,
        "here": state is not WITHDRAWN,
        "words": words.get(one.revision, "") if one.revision else "",
    }


def _said(visit: Visit, opened: OpenClaim) -> tuple[list[Decision], list[Target]]:
    """The decisions that differ from those recorded, and the lines of which none is to be recorded any more."""
    form, stands, recorded = visit.form, opened.standing, _recorded(opened)
    lines = {_value((line.candidate, line.unit)): (line.candidate, line.unit) for line in opened.claim.lines}
    found: list[Decision] = []
    back: list[Target] = []
    for value, word in form.starting("decision:"):
        if (target := lines.get(value)) is None:
            continue
        comment = form[f"comment:{value}"]
        if not _changed(form, value) or f"{word} {comment}".strip() == recorded.get(value, ""):
            continue
        if not word:
            back.append(target)
        elif word == AGREED:
            found += agreeing(opened, [target], comment)
        else:
            found += changing(opened, [target], word, comment)
    if "rest" in form:
        said = {one[:2] for one in found}
        left = [(one, form[f"comment:{_value(one)}"]) for one in undecided(stands) if one not in said]
        found += agreeing(opened, [one for one, comment in left if not comment])
        for one, comment in left:
            found += agreeing(opened, [one], comment) if comment else []
    return found, back


def _changed(form: Form, value: str) -> bool:
    """Whether a row says another thing than when it was shown; if not, it says nothing."""
    said = f"{form[f'decision:{value}']} {form[f'comment:{value}']}".strip()
    return f"was:{value}" not in form or form[f"was:{value}"] != said


def _recorded(opened: OpenClaim) -> dict[str, str]:
    """What is recorded of each line that was decided, as the rows of the form have it: decision and comment."""
    words = opened.store.explanations(opened.key)
    return {
        _value(target): " ".join(
            filter(
                None, (AGREED if one.verdict is Verdict.AGREED else one.grade, words.get(one.revision, ""))
            )
        )
        for target, one in opened.standing.decided.items()
    }


def _crossed(visit: Visit, opened: OpenClaim) -> Iterator[Fault]:
    """Rows that were changed here, and by somebody else since they were shown."""
    form, recorded = visit.form, _recorded(opened)
    for value, was in form.starting("was:"):
        now = recorded.get(value, "")
        if now != was and _changed(form, value):
            yield Fault(
                f"comment:{value}", f"It is recorded as {now or 'not decided'} now: look again, then continue"
            )


def _comments_alone(visit: Visit, opened: OpenClaim) -> Iterator[Fault]:
    """Comments on work of which nothing is decided: they would be kept nowhere."""
    form, decided = visit.form, {_value(target) for target in opened.standing.decided}
    for value, word in form.starting("decision:"):
        if not word and value not in decided and "rest" not in form and form[f"comment:{value}"]:
            yield Fault(f"comment:{value}", "Say what was decided, too: a comment goes with a decision")


def _group(visit: Visit) -> Group:
    return visit.form["of"], visit.form["assessor"], visit.form["grade"]


def _value(target: Sequence[str]) -> str:
    return f"{target[0]}|{target[1]}"


def _word(decision: Decision) -> str:
    return AGREED if decision.verdict is Verdict.AGREED else decision.grade


def _taken(lines: int, what: str) -> str:
    return f"{lines} {'piece of work is' if lines == 1 else 'pieces of work are'} {what}."
