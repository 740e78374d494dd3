"""The life of a claim until it is submitted: how it stands, corrections by hand, declarations, answers, submission.

Each step is one transaction and leaves its trace in the history. What comes afterwards is in
:mod:`claimbatch.claims.submitted`.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from claimbatch.claims.claim import GRADES, LABELS, OTHER, Claim, Status, unit_label, unit_order
from claimbatch.claims.claim_rules import lacking
from claimbatch.claims.history import Event, Kind, detail, words_digest
from claimbatch.claims.merge import UNCLAIMED, Mark, in_words
from claimbatch.claims.proof import lines_digest
from claimbatch.claims.register import Entry
from claimbatch.claims.standing import CLAIMED_BEFORE, Query, Standing, standing
from claimbatch.claims.store import Store
from claimbatch.claims.today import Today
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.form.qualification import Catalogue
from claimbatch.problems import Problem, errors_in, word

Target = tuple[str, str]  # candidate number, unit


@dataclass(frozen=True, slots=True)
class Submission:
    """What a submission says besides the grades: who submits, and where results go.

    *claim_number* is the one that the awarding body's own system gave, where it is known; else one is made.
    """

    by: str
    results_email: str = ""
    claim_number: str = ""
    centre_declaration: bool = False


def look(store: Store, catalogue: Catalogue, key: str, history: Sequence[Event] | None = None) -> Standing:
    """The claim *key* with its standing; *history* is its own, where somebody has read that already."""
    return standing_now(store, store.claim(key, catalogue), history)


def standing_now(store: Store, claim: Claim, history: Sequence[Event] | None = None) -> Standing:
    """How *claim*, which was read just now, stands."""
    entries = store.entries(claim.centre_number, claim.entry_code)
    today = Today.of(claim.qualification, entries, store.assessors(claim.centre_number))
    stands = standing(claim, store.history(claim.key) if history is None else history)
    return replace(
        stands,
        queries=_still_asked(store, stands),
        entered=frozenset(today.entries),
        unfit=today.unfit(claim.lines) if claim.status is Status.NOT_SUBMITTED else (),
    )


def _still_asked(store: Store, stands: Standing) -> tuple[Query, ...]:
    """The queries, without those on units claimed before of which no earlier claim holds anything any more."""
    claim = stands.claim
    if all(query.answered or query.rule != CLAIMED_BEFORE for query in stands.queries):
        return stands.queries
    held = store.claimed_before(claim.centre_number, claim.entry_code, besides=claim.key)
    return tuple(
        query
        for query in stands.queries
        if query.answered or query.rule != CLAIMED_BEFORE or (query.candidate, query.unit) in held
    )


def set_lines(
    store: Store,
    claim: Claim,
    targets: Collection[Target],
    mark: Mark,
    who: str,
    *,
    seen: Mapping[Target, Mark] = MappingProxyType({}),
    dry_run: bool = False,
) -> list[Event]:
    """Correct lines of an unsubmitted claim by hand, all of them or none; returns the changes.

    Initials are taken in any case, as workbooks take them; where *mark* has none, a line keeps its assessor, and a new
    one gets the only assessor there is. As with workbooks, a unit claimed before is a query. *seen* is what lines said
    when somebody looked at them; :class:`ClaimbatchError` where one says something else by now.
    """
    _refuse_closed(claim)
    known = [
        who.initials for who in store.assessors(claim.centre_number) if claim.entry_code in who.entry_codes
    ]
    as_known = {initials.casefold(): initials for initials in known}
    given = as_known.get(mark[1].casefold(), mark[1]) or (known[0] if len(known) == 1 else "")
    kept = {} if mark[1] else {(line.candidate, line.unit): line.assessor for line in claim.lines}
    marks = {t: (mark[0], kept.get(t, given)) if mark[0] else UNCLAIMED for t in _in_order(targets)}
    entries = {e.candidate.number: e for e in store.entries(claim.centre_number, claim.entry_code)}
    for target, new in marks.items():
        _check_line(entries, claim, target, new, known)
    before = store.claimed_before(claim.centre_number, claim.entry_code)
    with store.trial() if dry_run else store.writing() as writer:
        now = writer.lines(claim.key)
        _refuse_unseen(seen, now)
        changes = (_change(target, now.get(target, UNCLAIMED), new, who) for target, new in marks.items())
        made = [event for event in changes if event]
        writer.record(claim.key, made)
        again = [(e.candidate, e.unit) for e in made if e.grade and (e.candidate, e.unit) in before]
        rule = detail(rule=CLAIMED_BEFORE)
        writer.record(claim.key, [Event(Kind.QUERY, who, *target, detail=rule) for target in again])
    return made


def all_below(store: Store, claim: Claim, unit: str, first: str = "") -> tuple[list[str], list[str]]:
    """Whom "apply to all" means: the candidates entered, from the number *first* on; and whom it passes over.

    Passed over is who is not entered for *unit*, and who has it in an earlier claim.
    """
    entries = store.entries(claim.centre_number, claim.entry_code)
    below = [entry for entry in entries if entry.candidate.number >= first]
    before = store.claimed_before(claim.centre_number, claim.entry_code)
    over = {
        entry.candidate.number
        for entry in below
        if (entry.units and unit.isdigit() and int(unit) not in entry.units)
        or (entry.candidate.number, unit) in before
    }
    numbers = [entry.candidate.number for entry in below]
    return [number for number in numbers if number not in over], sorted(over)


def remove(store: Store, claim: Claim, who: str, *, candidate: str = "", unit: str = "") -> int:
    """Set back to *Not claiming*: a unit for all, a candidate for all units, or one cell. Returns how many.

    Raises :class:`ClaimbatchError` where there is no such line.
    """
    _refuse_closed(claim)
    with store.writing() as writer:
        lines = writer.lines(claim.key)
        targets = _in_order(t for t in lines if candidate in ("", t[0]) and unit in ("", t[1]))
        if not targets:
            raise ClaimbatchError(
                f"Claim {claim.key} has no such line.",
                f"claimbatch claim show {claim.key} lists what is claimed.",
            )
        writer.record(claim.key, filter(None, (_change(t, lines[t], UNCLAIMED, who) for t in targets)))
    return len(targets)


def restore(
    store: Store, claim: Claim, revision: int, who: str, *, dry_run: bool = False, unmoved: bool = False
) -> list[Event]:
    """Set the lines of an unsubmitted claim back to what they were at *revision*: the undo of all that came after.

    Nothing is taken out of the history: what is undone is stated anew. A workbook that was taken since may be merged
    again. With *unmoved* it is refused where another run has changed the claim since it was read. Returns the changes.
    """
    _refuse_closed(claim)
    if not 1 <= revision <= claim.revision:
        raise ClaimbatchError(
            f"Claim {claim.key} has no revision {revision}: it stands at {claim.revision}.",
            f"claimbatch claim history {claim.key} lists them.",
        )
    with store.trial() if dry_run else store.writing() as writer:
        if unmoved:
            writer.refuse_moved(claim)
        then, now = writer.lines_at(claim.key, revision), writer.lines(claim.key)
        changes = (
            _change(target, now.get(target, UNCLAIMED), then.get(target, UNCLAIMED), who)
            for target in _in_order({*then, *now})
        )
        said = detail(restored_to=revision)
        made = [event._replace(detail=said) for event in changes if event]
        writer.record(claim.key, made)
    return made


def declare(store: Store, claim: Claim, candidates: Collection[str], who: str, *, undo: bool = False) -> int:
    """Record signed declarations (or, with *undo*, take a record back); returns how many were new.

    Raises :class:`ClaimbatchError` for a candidate who is not on the claim, unless it is to be taken back.
    """
    _refuse_closed(claim)
    people = {line.candidate for line in claim.lines}
    strangers = sorted(set(candidates) - people)
    if strangers and not undo:
        raise ClaimbatchError(
            f"Not on claim {claim.key}: candidate {', '.join(strangers)}.",
            f"claimbatch claim show {claim.key} lists its candidates.",
        )
    with store.writing() as writer:
        already = standing(claim, writer.history(claim.key)).declared
        new = sorted(set(candidates) & already if undo else set(candidates) - already)
        kind = Kind.UNDECLARED if undo else Kind.DECLARED
        writer.record(claim.key, [Event(kind, who=who, candidate=number) for number in new])
    return len(new)


def answer(store: Store, claim: Claim, number: int, explanation: str, who: str) -> None:
    """Answer the query *number* of a claim; the explanation is kept with the claim."""
    key = claim.key
    stands = standing(claim, store.history(key))
    found = next((query for query in stands.queries if query.number == number), None)
    if found is None:
        raise ClaimbatchError(
            f"Claim {key} has no query {number}.", f"List them with: claimbatch claim queries {key}"
        )
    _refuse_closed(claim)
    with store.writing() as writer:
        event = Event(
            Kind.ANSWERED,
            who=who,
            candidate=found.candidate,
            unit=found.unit,
            detail=detail(query=found.revision, sha256=words_digest(explanation)),
        )
        revision = writer.record(key, [event])
        writer.explain(key, {revision: explanation})


def missing(store: Store, claim: Claim, *, centre_declared: bool | None = None) -> list[Problem]:
    """What still keeps *claim* from submission (errors), and what to remember (queries)."""
    _refuse_closed(claim)
    return lacking(replace(standing_now(store, claim), centre_declared=centre_declared))


def submit(store: Store, claim: Claim, submission: Submission) -> str:
    """Submit *claim*: give it a claim number, freeze it, keep the SHA-256 of its lines. Returns the number.

    Raises :class:`ClaimbatchError` where something is missing (ask :func:`missing` first), or where another run changed
    the claim since it was read.
    """
    key = claim.key
    if errors_in(missing(store, claim, centre_declared=submission.centre_declaration)):
        raise ClaimbatchError(
            f"Claim {key} is not ready.", f"claimbatch claim submit {key} lists what is missing."
        )
    with store.writing() as writer:
        number = writer.claim_number(submission.claim_number)
        sha256 = lines_digest(writer.lines(key))
        email = words_digest(submission.results_email)
        said = detail(claim_number=number, lines_sha256=sha256, email_sha256=email)
        writer.move(
            key,
            Status.SUBMITTED,
            Event(Kind.SUBMITTED, who=submission.by, detail=said),
            expected=claim,
            claim_number=number,
            results_email=submission.results_email,
            submitted_by=submission.by,
            submitted_sha256=sha256,
        )
    return number


def _in_order(targets: Iterable[Target]) -> list[Target]:
    """By candidate, and the units of each in their order: 3 before 10."""
    return sorted(targets, key=lambda target: (target[0], unit_order(target[1])))


def _change(target: Target, old: Mark, new: Mark, who: str) -> Event | None:
    """The event that sets a line from *old* to *new*; None where that is the same."""
    if old == new:
        return None
    kind = Kind.ADDED if old == UNCLAIMED else Kind.REMOVED if new == UNCLAIMED else Kind.CHANGED
    return Event(
        kind, who=who, candidate=target[0], unit=target[1],
        old_grade=old[0], old_assessor=old[1], grade=new[0], assessor=new[1],
    )  # fmt: skip


def _check_line(
    entries: Mapping[str, Entry], claim: Claim, target: Target, mark: Mark, known: Collection[str]
) -> None:
    """Refuse by hand what a workbook may not say either; what is on the claim can be taken off, whatever it is."""
    (candidate, unit), (grade, initials) = target, mark
    if mark == UNCLAIMED and target in {(line.candidate, line.unit) for line in claim.lines}:
        return
    if candidate not in entries:
        raise ClaimbatchError(
            f"Candidate {candidate} is not entered for {claim.entry_code}.", "Check the number."
        )
    offered = {str(u.number) for u in claim.qualification.offered} | {
        u for u in claim.units if u.startswith(OTHER)
    }
    taken = unit.startswith(OTHER) and claim.qualification.other_units_possible
    if unit not in offered and not taken:
        exam = unit.isdigit() and claim.qualification.unit(int(unit)) is not None
        raise ClaimbatchError(
            f"{unit_label(unit)} cannot be claimed for {claim.entry_code}{': it is an exam' * exam}.",
            "Check the unit.",
        )
    units = entries[candidate].units
    if mark != UNCLAIMED and units and unit.isdigit() and int(unit) not in units:
        raise ClaimbatchError(
            f"Candidate {candidate} is not entered for Unit {unit}.", "Import the unit entry first."
        )
    if mark != UNCLAIMED and grade not in GRADES:
        raise ClaimbatchError(f"{grade} cannot be claimed.", "P, M or D; U is for the moderator alone.")
    if mark != UNCLAIMED and initials not in known:
        raise ClaimbatchError(
            f"{initials} is not an assessor of {claim.entry_code}."
            if initials
            else f"A grade needs its assessor: that of candidate {candidate}, {unit_label(unit)}, is not known.",
            f"The assessors are: {', '.join(sorted(known)) or 'none yet'}. "
            f'A new one: claimbatch assessors add {claim.entry_code} "Full name" {word(initials or "INITIALS")}',
        )


def _refuse_unseen(seen: Mapping[Target, Mark], now: Mapping[Target, Mark]) -> None:
    for (candidate, unit), mark in seen.items():
        found = now.get((candidate, unit), UNCLAIMED)
        if found != mark:
            raise ClaimbatchError(
                f"{unit_label(unit)} of candidate {candidate} has been changed since it was shown: "
                f"it is {in_words(found)} now. Nothing was changed.",
                "Correct it once more, if that is not right.",
                Exit.LOCKED,
            )


def _refuse_closed(claim: Claim) -> None:
    if claim.status is not Status.NOT_SUBMITTED:
        raise ClaimbatchError(
            f"Claim {claim.key} is {LABELS[claim.status].lower()}: the centre can no longer change it.",
            "What is missing goes into a new claim; what is wrong, to the moderator, who alone can withdraw it.",
        )
