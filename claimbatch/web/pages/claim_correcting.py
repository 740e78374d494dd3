"""A claim corrected in place: the units of one candidate, or the candidates of one unit; and a grade for all below."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from claimbatch.claims.claim import Status, candidate_named, unit_order
from claimbatch.claims.correcting import Target
from claimbatch.errors import ClaimbatchError
from claimbatch.office.by_hand import correct, correct_lines
from claimbatch.office.opened import OpenClaim, open_claim
from claimbatch.web.draw import count
from claimbatch.web.grade_form import CHOICES, Filled, assessors_of, faults_of, rows_of
from claimbatch.web.listing import Column, Listing
from claimbatch.web.of_claim import called, changes_of, frame, seen_claim, sought_in
from claimbatch.web.page import Fault, Page, Visit
from claimbatch.web.roles import Right

page = Page("claims", "", "/claims")
CANDIDATE, UNIT = "/claims/{key}/candidates/{number}", "/claims/{key}/units/{unit:path}"
BELOW = "/claims/{key}/below/{unit:path}"
SHOWN = 50
PEOPLE = (Column("name", "Candidate"), Column("number", "Number"))


@page.get(CANDIDATE)
def candidate(visit: Visit) -> Response:
    """The units of one candidate, each to be corrected."""
    with seen_claim(visit) as opened:
        return _candidate(visit, opened)


@page.post(CANDIDATE, right=Right.CORRECT)
def candidate_corrected(visit: Visit) -> Response:
    """Save what was changed."""
    number, filled = candidate_named(visit["number"]), Filled.of(visit.form)
    with open_claim(visit.workspace, visit["key"]) as opened:
        said, faults = _saved(visit, opened, filled, {unit: (number, unit) for unit in filled.seen})
        if faults:
            return _candidate(visit, opened.again(), filled, faults)
    return visit.go(visit.path, said)


@page.get(UNIT)
def unit(visit: Visit) -> Response:
    """The candidates of one unit, each to be corrected."""
    with seen_claim(visit) as opened:
        return _unit(visit, opened, opened.claim.unit_named(visit["unit"]))


@page.post(UNIT, right=Right.CORRECT)
def unit_corrected(visit: Visit) -> Response:
    """Save what was changed; or lead on to what "and all below" would change."""
    filled = Filled.of(visit.form)
    with open_claim(visit.workspace, visit["key"]) as opened:
        wanted = opened.claim.unit_named(visit["unit"])
        first = visit.form["below"]
        if first:
            if filled.changed.keys() - {first}:
                faults = [Fault("", "Save what else you have changed first; then set a grade for all below")]
                return _unit(visit, opened, wanted, filled, faults)
            return _below(visit, opened, wanted, first)
        said, faults = _saved(visit, opened, filled, {number: (number, wanted) for number in filled.seen})
        if faults:
            return _unit(visit, opened.again(), wanted, filled, faults)
    return visit.go(_here(visit), said)


@page.post(BELOW, right=Right.CORRECT)
def set_below(visit: Visit) -> Response:
    """Set one grade for a candidate and all below, as it was shown."""
    grade = visit.form["grade"] or "Not claiming"
    with open_claim(visit.workspace, visit["key"]) as opened:
        opened.refuse_unless_seen(visit.form.seen)
        wanted = opened.claim.unit_named(visit["unit"])
        done = correct(
            opened, wanted, grade, visit.form["assessor"], below=visit.form["first"], who=visit.who
        )
        said = f"{count(len(done.made), 'grade')} changed. {_way_back(opened)}"
    return visit.go(f"/claims/{opened.key}/units/{quote(wanted)}", said)


def _saved(
    visit: Visit, opened: OpenClaim, filled: Filled, targets: dict[str, Target]
) -> tuple[str, list[Fault]]:
    """Save what was changed in a form, all or nothing: what to say, or why not."""
    if not filled.changed:
        return "Nothing was changed.", []
    if faults := faults_of(filled, assessors_of(opened)):
        return "", faults
    marks = {targets[name]: mark for name, mark in filled.changed.items() if name in targets}
    seen = {targets[name]: filled.seen[name] for name in filled.changed if name in targets}
    try:
        made = correct_lines(opened, marks, seen=seen, who=visit.who)
    except ClaimbatchError as error:
        return "", [Fault("", f"{error.message} {error.hint}")]
    return f"{count(len(made), 'grade')} changed. {_way_back(opened)}", []


def _way_back(opened: OpenClaim) -> str:
    return f"To take it back: History, back to entry {opened.claim.revision}."


def _candidate(
    visit: Visit, opened: OpenClaim, filled: Filled | None = None, faults: Sequence[Fault] = ()
) -> Response:
    claim, number = opened.claim, candidate_named(visit["number"])
    has = {line.unit for line in claim.lines if line.candidate == number}
    entry, names = opened.entries.get(number), opened.names
    if not (entry or has):
        raise ClaimbatchError(
            f"Candidate {number} is neither entered for {claim.entry_code} nor on the claim."
        )
    may = {
        str(one.number)
        for one in claim.qualification.offered
        if not entry or not entry.units or one.number in entry.units
    }
    units = sorted(has | (may if _is_open(opened) else set()), key=unit_order)
    named = [
        (one, (number, one), claim.unit_label(one), claim.unit_title(one) if one.isdigit() else "")
        for one in units
    ]
    people = sorted(
        {*opened.entries, *(line.candidate for line in claim.lines)}
        if _is_open(opened)
        else {line.candidate for line in claim.lines}
    )
    before, after = _beside(people, number)
    return visit.show(
        "claim_candidate.html.j2",
        faults=faults,
        **frame(visit, opened),
        number=number,
        name=names.get(number, ""),
        rows=rows_of(opened, named, filled),
        before=before,
        after=after,
        **_choices(opened),
    )  # fmt: skip


def _unit(
    visit: Visit, opened: OpenClaim, wanted: str, filled: Filled | None = None, faults: Sequence[Fault] = ()
) -> Response:
    claim, names = opened.claim, opened.names
    has = {line.candidate for line in claim.lines if line.unit == wanted}
    may = {
        number
        for number, entry in opened.entries.items()
        if not entry.units or not wanted.isdigit() or int(wanted) in entry.units
    }
    numbers = sorted(has | (may if _is_open(opened) else set()))
    people = called(
        [{"number": number, "name": names.get(number, "")} for number in numbers], sought_in(visit)
    )
    listing = Listing.of(visit, PEOPLE, people, size=SHOWN)
    named = [
        (row["number"], (row["number"], wanted), row["name"] or "(removed)", row["number"])
        for row in listing.rows
    ]
    before, after = _beside(claim.units, wanted)
    return visit.show(
        "claim_unit.html.j2",
        faults=faults,
        **frame(visit, opened),
        unit=wanted,
        listing=listing,
        sought=sought_in(visit),
        rows=rows_of(opened, named, filled),
        before=before,
        after=after,
        action=_here(visit),
        **_choices(opened),
    )


def _below(visit: Visit, opened: OpenClaim, wanted: str, first: str) -> Response:
    """What a grade for a candidate and all below would change."""
    grade, assessor = visit.form[f"grade:{first}"], visit.form[f"assessor:{first}"]
    would = correct(
        opened, wanted, grade or "Not claiming", assessor, below=first, who=visit.who, dry_run=True
    )
    return visit.show(
        "claim_below.html.j2",
        **frame(visit, opened),
        unit=wanted,
        first=first,
        name=opened.names.get(first, ""),
        grade=grade,
        assessor=assessor,
        changes=changes_of(opened, would.made),
        same=would.same,
        over=would.over,
    )


def _choices(opened: OpenClaim) -> dict[str, Any]:
    return {"grades": CHOICES, "assessors": assessors_of(opened)}


def _is_open(opened: OpenClaim) -> bool:
    return opened.claim.status is Status.NOT_SUBMITTED


def _beside(some: Sequence[str], one: str) -> tuple[str, str]:
    """What comes before and after one of them; blank at the ends."""
    listed = list(some)
    at = listed.index(one) if one in listed else -1
    if at < 0:
        return "", ""
    return listed[at - 1] if at else "", listed[at + 1] if at + 1 < len(listed) else ""


def _here(visit: Visit) -> str:
    """The address with its query: the same part of a long list."""
    query = visit.request.url.query
    return f"{visit.path}?{query}" if query else visit.path
