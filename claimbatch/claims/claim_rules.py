"""The rules for a claim as a whole: what keeps it from being submitted, and what to remember (CB401–CB408).

They take the :class:`~claimbatch.claims.standing.Standing` (CB405 the awards); what each finds is a :class:`Lack`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from claimbatch.claims import today
from claimbatch.claims.award import Award
from claimbatch.claims.claim import OTHER, Status, unit_label
from claimbatch.claims.standing import Standing
from claimbatch.problems import Place, Problem, Rule, error, query, word


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that is missing: whom and which unit it is about, where, and the facts for the message."""

    candidate: str = ""
    unit: str = ""
    place: Place = field(default_factory=Place)
    value: str = ""
    facts: Mapping[str, Any] | None = None


@error(
    "CB401",
    "declaration-missing",
    message="{what}",
    hint="{advice}",
)
def declaration_missing(standing: Standing) -> Iterator[Lack]:
    """A candidate on the claim without a signed declaration, or a centre that has not made its own.

    Why: signed candidate declarations are needed for everyone on the claim before it is submitted, and are kept; then
    the centre makes its declaration.
    Wrong: a claim of 12 candidates with 11 declarations recorded.
    Right: ``claimbatch claim declare CLAIM --all`` once all are signed; then ``--centre-declaration`` on submission.
    """
    without = standing.undeclared
    whose = f"--candidate {without[0]}" if len(without) == 1 else "--all, or --candidate NUMBER for each"
    advice = f"Once signed and filed: claimbatch claim declare {standing.claim.key} {whose}"
    if without:
        people = (
            f"candidate {without[0]}"
            if len(without) == 1
            else f"{len(without)} candidates: {', '.join(without)}"
        )
        facts = {
            "what": f"No signed declaration is recorded for {people}.",
            "advice": advice,
        }
        yield Lack(without[0] if len(without) == 1 else "", value=" ".join(without), facts=facts)
    if standing.centre_declared is False:
        yield Lack(
            facts={
                "what": "The centre has not made its declaration.",
                "advice": "Make it with --centre-declaration: the candidates' declarations are held and the grades are "
                "final.",
            }
        )


@error(
    "CB402",
    "nothing-claimed",
    message="The claim holds no grade.",
    hint="Merge returned workbooks into it first: claimbatch merge FILE or FOLDER.",
)
def nothing_claimed(standing: Standing) -> Iterator[Lack]:
    """A claim without a single grade.

    Why: there would be nothing to moderate.
    Wrong: submitting a claim whose grades were all removed.
    Right: at least one unit of one candidate.
    """
    if not standing.claim.lines:
        yield Lack()


@error(
    "CB403",
    "query-unanswered",
    message="Query {number} ({value}) has no answer yet.",
    hint='Answer it with claimbatch claim answer {claim} {number} --because "…", or have it put right in the '
    "workbook, or explained on its sheet Notes, and merge that again.",
)
def query_unanswered(standing: Standing) -> Iterator[Lack]:
    """A query of a workbook that was neither put right nor explained.

    Why: a query is put right or explained; the explanation is kept with the claim.
    Wrong: submitting while an assessor is named for a unit without a grade, and nobody has said why.
    Right: every query answered.
    """
    for found in standing.open_queries:
        place = Place(found.workbook, found.sheet, found.cell)
        yield Lack(found.candidate, found.unit, place, found.rule, {"number": found.number})


@query(
    "CB404",
    "evidence-outstanding",
    message="{unit} of candidate {candidate} was awarded by another body: have its certificate or results slip ready.",
    hint="The moderator will ask for it. The report has a checklist.",
)
def evidence_outstanding(standing: Standing) -> Iterator[Lack]:
    """A unit of another awarding body, whose evidence the moderator will want.

    Why: the certificate or results slip goes to the moderator.
    Wrong: nothing; this is a reminder.
    Right: the certificate in the centre's file.
    """
    for line in standing.claim.lines:
        if line.unit.startswith(OTHER):
            yield Lack(line.candidate, line.unit)


@error(
    "CB406",
    "entry-missing",
    message="Candidate {candidate} is on the claim, but no longer entered for this qualification.",
    hint="Import the entry (claimbatch entries import FILE), or remove the candidate from the claim: "
    "claimbatch claim remove {claim} --candidate {candidate}.",
)
def entry_missing(standing: Standing) -> Iterator[Lack]:
    """A candidate on the claim whom the register no longer holds for the qualification.

    Why: a claim can be made only for candidates with a valid entry.
    Wrong: an entry removed from the register after its grades were merged.
    Right: every candidate on the claim entered.
    """
    for number in standing.people:
        if standing.entered is not None and number not in standing.entered:
            yield Lack(number)


_OTHERWISE: Mapping[str, str] = {
    today.UNIT_ENTRY: "Or have the unit entry put into the register first: claimbatch entries import FILE.",
    today.NOT_OFFERED: "Or complete the qualification's file, where the unit is missing from it.",
    today.EXTERNAL: "The exam's result reaches the candidate by itself.",
    today.BODY: "Or say in the qualification's file that it takes such units: other_awarding_body_units = true.",
}


@error(
    "CB407",
    "unit-no-longer-claimable",
    message="{unit} of candidate {candidate} is on the claim ({value}). {why} ({judged})",
    hint="Take it off: claimbatch claim remove {claim} --candidate {candidate} --unit {typed}. {otherwise}",
)
def unit_no_longer_claimable(standing: Standing) -> Iterator[Lack]:
    """A unit on the claim that a workbook could not claim any more.

    Why: every line is judged again before submission, by the same rules as a workbook that comes in (CB204, CB205,
    CB206, CB208): the register or the qualification's file may have been corrected since the grade was merged.
    Wrong: Unit 7 claimed for a candidate whose unit entries have been corrected to 1, 2 and 3.
    Right: only units that the candidate is entered for and the centre may claim.
    """
    for found in standing.unfit:
        if found.rule in _OTHERWISE:
            yield _unfit(found, typed=word(found.line.unit), otherwise=_OTHERWISE[found.rule])


@error(
    "CB408",
    "assessor-removed",
    message="{unit} of candidate {candidate} is on the claim ({value}). {why} ({judged})",
    hint="If {assessor} marked the work: "
    "claimbatch assessors add {entry_code} {name} {assessor} --centre {centre}. If somebody else did: "
    "claimbatch claim set {claim} {candidate} {typed} {grade} INITIALS, or take it off: "
    "claimbatch claim remove {claim} --candidate {candidate} --unit {typed}.",
)
def assessor_removed(standing: Standing) -> Iterator[Lack]:
    """A line whose assessor does not assess the qualification any more.

    Why: each claimed grade carries one of the qualification's centre assessors. Nobody else can say who marked the
    work, so the line is not given to another one by itself.
    Wrong: grades by JH on the claim after ``claimbatch assessors remove``.
    Right: JH added again, or the assessor who did mark the work named.
    """
    for found in standing.unfit:
        if found.rule == today.ASSESSOR:
            line, claim = found.line, standing.claim
            name = word(claim.assessors.get(line.assessor) or "Full Name")
            who = {"assessor": line.assessor, "name": name, "grade": line.grade}
            where = {"entry_code": claim.entry_code, "centre": claim.centre_number}
            yield _unfit(found, typed=word(line.unit), **who, **where)


def _unfit(found: today.Unfit, **more: str) -> Lack:
    line, said = found.line, f"{found.line.grade} by {found.line.assessor}"
    return Lack(line.candidate, line.unit, value=said, facts={"why": found.why, "judged": found.rule, **more})


@query(
    "CB405",
    "award-incomplete",
    message="This claim does not complete the award of candidate {candidate}. Missing: {value}.",
    hint="Nothing, if more is to follow: a claim may hold some or all of the units. This is for information.",
)
def award_incomplete(found: Mapping[str, Award]) -> Iterator[Problem]:
    """The units claimed for a candidate do not add up to the full award, as far as can be told.

    Why: a unit forgotten is easily added before the claim is submitted, and not at all after it.
    Wrong: nothing; a partial claim is normal, and units claimed earlier or examined are not on this claim.
    Right: what is missing comes later, was claimed before, or is examined.
    """
    for candidate, award in found.items():
        if award.missing:
            yield Problem(award_incomplete, Place(), "; ".join(award.missing), candidate)


TODAY: tuple[Rule, ...] = (entry_missing, unit_no_longer_claimable, assessor_removed)
BEFORE_SUBMISSION: tuple[Rule, ...] = (
    nothing_claimed,
    *TODAY,
    declaration_missing,
    query_unanswered,
    evidence_outstanding,
)


def lacking(standing: Standing) -> list[Problem]:
    """All that is missing before the claim can be submitted, and the reminders; rule by rule."""
    return _found(standing, BEFORE_SUBMISSION)


def not_allowed(standing: Standing) -> list[Problem]:
    """The lines of an unsubmitted claim that the rules of today do not allow; of a submitted one nobody asks."""
    return _found(standing, TODAY) if standing.claim.status is Status.NOT_SUBMITTED else []


def _found(standing: Standing, rules: tuple[Rule, ...]) -> list[Problem]:
    return [
        Problem(
            rule,
            lack.place,
            lack.value,
            lack.candidate,
            unit_label(lack.unit) if lack.unit else "",
            {"claim": standing.claim.key, **(lack.facts or {})},
        )
        for rule in rules
        for lack in rule.find(standing)
    ]


RULES: tuple[Rule, ...] = (*BEFORE_SUBMISSION, award_incomplete)
