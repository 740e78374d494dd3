"""Correcting a claim by hand while it is the centre's: lines set, taken off, and set back to what they were.

All lines of one correction are changed or none, and each change leaves its trace in the history.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

from claimbatch.claims.claim import GRADES, OTHER, Claim, unit_label, unit_order
from claimbatch.claims.history import Event, Kind, detail, lines_after
from claimbatch.claims.life import refuse_closed
from claimbatch.claims.merge import UNCLAIMED, Mark, in_words
from claimbatch.claims.register import Entry
from claimbatch.claims.standing import CLAIMED_BEFORE
from claimbatch.claims.store import Lines, Store, Writer
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.problems import word

Target = tuple[str, str]  # candidate number, unit


def set_lines(
    store: Store,
    claim: Claim,
    marks: Mapping[Target, Mark],
    who: str,
    *,
    seen: Mapping[Target, Mark] = MappingProxyType({}),
    dry_run: bool = False,
) -> list[Event]:
    """Correct lines of an unsubmitted claim by hand, all of them or none; returns the changes.

    *marks* are the grade and initials of each. Initials are taken in any case, as workbooks take them; without any, a
    line keeps its assessor, and a new one gets the only assessor there is. As with workbooks, a unit claimed before is
    a query. *seen* is what lines said when somebody looked at them; :class:`ClaimbatchError` where one says something
    else by now.
    """
    refuse_closed(claim)
    known = [
        who.initials for who in store.assessors(claim.centre_number) if claim.entry_code in who.entry_codes
    ]
    given = _meant(claim, marks, known)
    entries = {e.candidate.number: e for e in store.entries(claim.centre_number, claim.entry_code)}
    for target, new in given.items():
        _check_line(entries, claim, target, new, known)
    before = store.claimed_before(claim.centre_number, claim.entry_code)

    def work(writer: Writer) -> list[Event]:
        now = writer.lines(claim.key)
        _refuse_unseen(seen, now)
        changes = (_change(target, now.get(target, UNCLAIMED), new, who) for target, new in given.items())
        made = [event for event in changes if event]
        writer.record(claim.key, made)
        again = [(e.candidate, e.unit) for e in made if e.grade and (e.candidate, e.unit) in before]
        rule = detail(rule=CLAIMED_BEFORE)
        writer.record(claim.key, [Event(Kind.QUERY, who, *target, detail=rule) for target in again])
        return made

    return store.write(work, dry_run=dry_run)


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
    refuse_closed(claim)

    def work(writer: Writer) -> int:
        lines = writer.lines(claim.key)
        targets = _in_order(t for t in lines if candidate in ("", t[0]) and unit in ("", t[1]))
        if not targets:
            raise ClaimbatchError(
                f"Claim {claim.key} has no such line.",
                f"claimbatch claim show {claim.key} lists what is claimed.",
            )
        writer.record(claim.key, filter(None, (_change(t, lines[t], UNCLAIMED, who) for t in targets)))
        return len(targets)

    return store.write(work)


def restore(store: Store, claim: Claim, revision: int, who: str, *, unmoved: bool = False) -> list[Event]:
    """Set the lines of an unsubmitted claim back to what they were at *revision*: the undo of all that came after.

    Nothing is taken out of the history: what is undone is stated anew. A workbook that was taken since may be merged
    again. With *unmoved* it is refused where another run has changed the claim since it was read. Returns the changes.
    """
    _refuse_revision(claim, revision)

    def work(writer: Writer) -> list[Event]:
        if unmoved:
            writer.refuse_moved(claim)
        then, now = writer.lines_at(claim.key, revision), writer.lines(claim.key)
        made = _set_back(then, now, revision, who)
        writer.record(claim.key, made)
        return made

    return store.write(work)


def would_restore(claim: Claim, history: Sequence[Event], revision: int, who: str) -> list[Event]:
    """What :func:`restore` would change, by the claim's own *history*: nothing is asked of the store."""
    _refuse_revision(claim, revision)
    return _set_back(lines_after(history[:revision]), lines_after(history), revision, who)


def _refuse_revision(claim: Claim, revision: int) -> None:
    refuse_closed(claim)
    if not 1 <= revision <= claim.revision:
        raise ClaimbatchError(
            f"Claim {claim.key} has no revision {revision}: it stands at {claim.revision}.",
            f"claimbatch claim history {claim.key} lists them.",
        )


def _set_back(then: Lines, now: Lines, revision: int, who: str) -> list[Event]:
    said = detail(restored_to=revision)
    others = (target for target in {*then, *now} if then.get(target) != now.get(target))
    changes = (
        _change(target, now.get(target, UNCLAIMED), then.get(target, UNCLAIMED), who, said)
        for target in _in_order(others)
    )
    return [event for event in changes if event]


def _meant(claim: Claim, marks: Mapping[Target, Mark], known: Sequence[str]) -> dict[Target, Mark]:
    """The *marks* in order, with the initials of assessors who are *known* as they are written there."""
    as_known = {initials.casefold(): initials for initials in known}
    kept = {(line.candidate, line.unit): line.assessor for line in claim.lines}
    only = known[0] if len(known) == 1 else ""

    def meant(target: Target) -> Mark:
        grade, initials = marks[target]
        if not grade:
            return UNCLAIMED
        return grade, as_known.get(initials.casefold(), initials) if initials else kept.get(target, only)

    return {target: meant(target) for target in _in_order(marks)}


def _in_order(targets: Iterable[Target]) -> list[Target]:
    """By candidate, and the units of each in their order: 3 before 10."""
    return sorted(targets, key=lambda target: (target[0], unit_order(target[1])))


def _change(target: Target, old: Mark, new: Mark, who: str, more: str = "") -> Event | None:
    """The event that sets a line from *old* to *new*; None where that is the same."""
    if old == new:
        return None
    kind = Kind.ADDED if old == UNCLAIMED else Kind.REMOVED if new == UNCLAIMED else Kind.CHANGED
    return Event(
        kind, who=who, candidate=target[0], unit=target[1],
        old_grade=old[0], old_assessor=old[1], grade=new[0], assessor=new[1], detail=more,
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
