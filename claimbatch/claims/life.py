"""The life of a claim until it is submitted: how it stands, declarations, answers, submission.

Each step is one transaction and leaves its trace in the history. Corrections by hand are in
:mod:`claimbatch.claims.correcting`, what comes after submission in :mod:`claimbatch.claims.submitted`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from claimbatch.claims.claim import LABELS, Claim, Status
from claimbatch.claims.claim_rules import lacking
from claimbatch.claims.history import Event, Kind, detail, words_digest
from claimbatch.claims.proof import lines_digest
from claimbatch.claims.standing import CLAIMED_BEFORE, Query, Standing, standing
from claimbatch.claims.store import Store, Writer
from claimbatch.claims.today import Today
from claimbatch.errors import ClaimbatchError
from claimbatch.form.qualification import Catalogue
from claimbatch.problems import Problem, errors_in


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


def declare(store: Store, claim: Claim, candidates: Collection[str], who: str, *, undo: bool = False) -> int:
    """Record signed declarations (or, with *undo*, take a record back); returns how many were new.

    Raises :class:`ClaimbatchError` for a candidate who is not on the claim, unless it is to be taken back.
    """
    refuse_closed(claim)
    people = {line.candidate for line in claim.lines}
    strangers = sorted(set(candidates) - people)
    if strangers and not undo:
        raise ClaimbatchError(
            f"Not on claim {claim.key}: candidate {', '.join(strangers)}.",
            f"claimbatch claim show {claim.key} lists its candidates.",
        )

    def work(writer: Writer) -> int:
        already = standing(claim, writer.history(claim.key)).declared
        new = sorted(set(candidates) & already if undo else set(candidates) - already)
        kind = Kind.UNDECLARED if undo else Kind.DECLARED
        writer.record(claim.key, [Event(kind, who=who, candidate=number) for number in new])
        return len(new)

    return store.write(work)


def answer(store: Store, claim: Claim, number: int, explanation: str, who: str) -> None:
    """Answer the query *number* of a claim; the explanation is kept with the claim."""
    key = claim.key
    stands = standing(claim, store.history(key))
    found = next((query for query in stands.queries if query.number == number), None)
    if found is None:
        raise ClaimbatchError(
            f"Claim {key} has no query {number}.", f"List them with: claimbatch claim queries {key}"
        )
    refuse_closed(claim)

    def work(writer: Writer) -> None:
        event = Event(
            Kind.ANSWERED,
            who=who,
            candidate=found.candidate,
            unit=found.unit,
            detail=detail(query=found.revision, sha256=words_digest(explanation)),
        )
        revision = writer.record(key, [event])
        writer.explain(key, {revision: explanation})

    store.write(work)


def missing(
    store: Store, claim: Claim, *, centre_declared: bool | None = None, stands: Standing | None = None
) -> list[Problem]:
    """What still keeps *claim* from submission (errors), and what to remember (queries)."""
    refuse_closed(claim)
    return lacking(replace(stands or standing_now(store, claim), centre_declared=centre_declared))


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

    def work(writer: Writer) -> str:
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

    return store.write(work)


def refuse_closed(claim: Claim) -> None:
    """Refuse what the centre alone may do, where the claim is not its own any more."""
    if claim.status is not Status.NOT_SUBMITTED:
        raise ClaimbatchError(
            f"Claim {claim.key} is {LABELS[claim.status].lower()}: the centre can no longer change it.",
            "What is missing goes into a new claim; what is wrong, to the moderator, who alone can withdraw it.",
        )
