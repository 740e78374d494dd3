"""What becomes of a claim that was submitted: the sample, the moderator's withdrawals, completion.

Submitted → Sampled → Completed; Submitted or Sampled → Withdrawn, whole or by unit × assessor × grade. Each step is one
transaction and leaves its trace in the history. After submission only the moderator's decisions change a claim.
"""

from collections.abc import Collection, Iterable, Sequence

from claimbatch.claims.claim import LABELS, Claim, Line, Status, unit_label
from claimbatch.claims.history import Event, Kind, detail, words_digest
from claimbatch.claims.standing import standing
from claimbatch.claims.store import Store, Writer
from claimbatch.errors import ClaimbatchError
from claimbatch.problems import word

Target = tuple[str, str]  # candidate number, unit
AFTER = {Status.SUBMITTED, Status.SAMPLED}


def record_sample(
    store: Store, claim: Claim, pairs: Iterable[Target], who: str, *, undo: bool = False
) -> int:
    """Record the sample that the moderator chose, candidate × unit; the claim is then *Sampled*. Returns what is new.

    More may be recorded later: what a moderator wants beyond the request is asked for by e-mail (OCR). With *undo* the
    record is taken back, for what was mistyped; that of a line that was withdrawn since, too.
    """
    more, out = ((), pairs) if undo else (pairs, ())
    return sum(change_sample(store, claim, more, out, who))


def change_sample(
    store: Store, claim: Claim, more: Iterable[Target], out: Iterable[Target], who: str
) -> tuple[int, int]:
    """Put *more* lines into the sample and take others *out*, all or none; how many of each were new."""
    refuse_unless(claim, AFTER, "sampled")
    chosen, mistyped = sorted(set(more)), sorted(set(out))
    held = standing(claim, store.history(claim.key)).sampled if mistyped else frozenset()
    _refuse_not_claimed(claim, chosen, mistyped, held)

    def work(writer: Writer) -> tuple[int, int]:
        stands = standing(claim, writer.history(claim.key))
        new = [pair for pair in chosen if pair not in stands.sampled]
        gone = [pair for pair in mistyped if pair in stands.sampled]
        if decided := [pair for pair in gone if pair in stands.decided]:
            _refuse_decided(claim, decided)
        if claim.status is Status.SUBMITTED and chosen:
            event = Event(Kind.SAMPLED, who=who, detail=detail(lines=len(new)))
            writer.move(claim.key, Status.SAMPLED, event, expected=claim)
        else:
            writer.refuse_moved(claim)
        said = [(Kind.IN_SAMPLE, pair) for pair in new] + [(Kind.NOT_IN_SAMPLE, pair) for pair in gone]
        writer.record(claim.key, [Event(kind, who=who, candidate=c, unit=u) for kind, (c, u) in said])
        return len(new), len(gone)

    return store.write(work)


def _refuse_not_claimed(
    claim: Claim, chosen: Sequence[Target], out: Sequence[Target], held: Collection[Target]
) -> None:
    """Refuse lines that are not on the claim, nor were in the sample before they were withdrawn; and none at all."""
    lines = {(line.candidate, line.unit) for line in claim.lines}
    unknown = [pair for pair in chosen if pair not in lines]
    unknown += [pair for pair in out if pair not in lines and pair not in held]
    if unknown or not (chosen or out):
        named = ", ".join(f"{candidate} {unit_label(unit)}" for candidate, unit in unknown)
        raise ClaimbatchError(
            f"Not claimed in {claim.key}: {named or 'nothing was named'}.",
            f"claimbatch claim show {claim.key} lists what is claimed.",
        )


def number(
    store: Store, claim: Claim, claim_number: str, reference: str, who: str, *, results_email: str = ""
) -> bool:
    """Give a submitted claim the awarding body's claim number, its reference, another address for its results.

    Whether any of it is new. The number is made by the awarding body's own system, so that a centre has it only after
    it has submitted there; and numbers are mistyped. What is empty stays as it is. The history keeps what number was
    there before; of an address, which may name somebody, the digest.
    """
    if claim.status is Status.NOT_SUBMITTED:
        raise ClaimbatchError(
            f"Claim {claim.key} is not submitted: it gets its claim number on submission.",
            f"claimbatch claim submit {claim.key}",
        )
    given = {"claim_number": claim_number, "reference": reference, "results_email": results_email}
    new = {name: text for name, text in given.items() if text and text != getattr(claim, name)}

    def work(writer: Writer) -> None:
        if given_number := new.get("claim_number"):
            writer.claim_number(given_number)  # refuses that of another claim
        told = {name: text for name, text in new.items() if name != "results_email"}
        was = {f"{name}_was": old for name in told if (old := getattr(claim, name))}
        address = {"email_sha256": words_digest(results_email)} if "results_email" in new else {}
        event = Event(Kind.NUMBERED, who=who, detail=detail(**told, **was, **address))
        writer.move(claim.key, claim.status, event, expected=claim, **new)

    if new:
        store.write(work)
    return bool(new)


def complete(store: Store, claim: Claim, reference: str, who: str) -> None:
    """Record that the moderator has sent the claim to the awarding body under *reference*."""
    refuse_unless(claim, AFTER, "completed")

    def work(writer: Writer) -> None:
        event = Event(Kind.COMPLETED, who=who, detail=detail(reference=reference))
        writer.move(claim.key, Status.COMPLETED, event, expected=claim, reference=reference)

    store.write(work)


def reopen(store: Store, claim: Claim, who: str) -> None:
    """Take the record of completion back, which was a slip: the claim is with the moderator again, and no reference."""
    refuse_unless(claim, {Status.COMPLETED}, "taken back from completion")

    def work(writer: Writer) -> None:
        sampled = any(event.kind == Kind.SAMPLED for event in writer.history(claim.key))
        status = Status.SAMPLED if sampled else Status.SUBMITTED
        event = Event(
            Kind.REOPENED, who=who, detail=detail(status=status.value, reference_was=claim.reference)
        )
        writer.move(claim.key, status, event, expected=claim, reference="")

    store.write(work)


def withdraw(
    store: Store, claim: Claim, who: str, reason: str, cell: tuple[str, str, str] | None = None
) -> int:
    """Record that the moderator withdrew the claim, or one *cell* of it: unit, assessor and grade.

    Everyone in the cell is withdrawn, correct or not (OCR's rule for the claims system); those lines may be claimed
    again in a new claim. The *reason* stands with the first of them. Returns how many lines were withdrawn.
    """
    lines = to_withdraw(claim, cell)

    def work(writer: Writer) -> int:
        if cell is not None:
            writer.refuse_moved(claim)
            return withdraw_lines(writer, claim, lines, who, reason)
        why = detail(sha256=words_digest(reason))
        event = Event(Kind.WITHDRAWN, who=who, detail=why)
        revision = writer.move(claim.key, Status.WITHDRAWN, event, expected=claim)
        writer.explain(claim.key, {revision: reason})
        return len(lines)

    return store.write(work)


def withdraw_lines(writer: Writer, claim: Claim, lines: Sequence[Line], who: str, reason: str) -> int:
    """Record that the *lines* of a group were withdrawn; the *reason*, if any, stands with the first of them."""
    why = detail(sha256=words_digest(reason)) if reason else ""
    events = [
        Event(
            Kind.WITHDRAWN_LINE, who=who, candidate=line.candidate, unit=line.unit,
            old_grade=line.grade, old_assessor=line.assessor, detail="" if number else why,
        )
        for number, line in enumerate(lines)
    ]  # fmt: skip
    last = writer.record(claim.key, events)
    if reason and events:
        writer.explain(claim.key, {last - len(events) + 1: reason})
    return len(lines)


def to_withdraw(claim: Claim, cell: tuple[str, str, str] | None = None) -> list[Line]:
    """The lines that :func:`withdraw` would withdraw; :class:`ClaimbatchError` where it would refuse."""
    refuse_unless(claim, AFTER, "withdrawn")
    lines = [line for line in claim.lines if cell is None or is_of(line, cell)]
    if cell and not lines:
        raise ClaimbatchError(
            f"Claim {claim.key} has no line of that unit, assessor and grade.",
            f"claimbatch claim show {claim.key} --by unit lists them.",
        )
    return lines


def _refuse_decided(claim: Claim, pairs: Sequence[Target]) -> None:
    """Refuse to take lines out of the sample that the moderator has decided about."""
    named = ", ".join(f"{candidate} {unit_label(unit)}" for candidate, unit in pairs)
    candidate, unit = pairs[0]
    raise ClaimbatchError(
        f"The moderator's decision on {named} is recorded: that work was in the sample.",
        f"If it was not, take the decision back first: claimbatch moderation agree {claim.key} --candidate {candidate} "
        f"--unit {word(unit)} --undo",
    )


def is_of(line: Line, cell: tuple[str, str, str]) -> bool:
    """Whether *line* is one of the group: unit, assessor (in any case) and grade."""
    unit, assessor, grade = cell
    return (line.unit, line.assessor.casefold(), line.grade) == (unit, assessor.casefold(), grade)


def refuse_unless(claim: Claim, states: Collection[Status], done: str) -> None:
    """Raise :class:`ClaimbatchError` where the claim is in none of *states*: it cannot be *done* then."""
    if claim.status not in states:
        wanted = " or ".join(LABELS[state].lower() for state in sorted(states))
        raise ClaimbatchError(
            f"Claim {claim.key} is {LABELS[claim.status].lower()}; only a claim that is {wanted} can be {done}.",
            "claimbatch claims shows how each claim stands.",
        )
