"""Removing people from the store: whom old claims may let go, and all that is kept of them beside the history."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, delete, func, not_, select, tuple_

from claimbatch.claims.claim import Status
from claimbatch.claims.history import ENDS, STATEMENTS, Kind
from claimbatch.claims.register.changes import Plan
from claimbatch.claims.store.imports import Source, forget_imports, record_import
from claimbatch.claims.store.tables import (
    candidate,
    claim,
    entry,
    event,
    explanation,
    template,
    template_row,
    unit_entry,
)

_ENDED = (Status.COMPLETED, Status.WITHDRAWN)
Person = tuple[str, str]  # centre number, candidate number


@dataclass(frozen=True, slots=True)
class Old:
    """A claim that ended long ago: the candidates to remove, how many stay, and how many explanations go."""

    key: str
    status: Status
    ended_at: str
    centre_number: str
    candidates: tuple[str, ...]
    staying: int
    explanations: int


def old_claims(connection: Connection, before: str) -> list[Old]:
    """The claims that ended *before* this moment and still name somebody whom nothing else needs.

    Needed are those on a later or unfinished claim, and those entered for a qualification that none of these claims
    was for: on a course of two years, one qualification is completed long before the other is claimed.
    """
    last = select(event.c.claim_id, func.max(event.c.at).label("at")).where(event.c.kind.in_(ENDS))
    ended = last.group_by(event.c.claim_id).subquery()
    rows = connection.execute(
        select(claim.c.id, claim.c.key, claim.c.status, claim.c.centre_number, ended.c.at)
        .join_from(claim, ended, ended.c.claim_id == claim.c.id)
        .where(claim.c.status.in_(_ENDED), ended.c.at < before)
        .order_by(claim.c.id)
    ).all()
    old = {row.id for row in rows}
    needed = _people(connection, claim.c.id.not_in(old)) | _still_entered(connection, old)
    claims = []
    for row in rows:
        here = _people(connection, and_(claim.c.id == row.id, event.c.kind.in_(STATEMENTS)))
        words = select(func.count()).select_from(explanation).where(explanation.c.claim_id == row.id)
        going = tuple(sorted(number for _, number in here - needed))
        number = connection.execute(words).scalar_one()
        if going or number:
            claims.append(
                Old(row.key, Status(row.status), row.at, row.centre_number, going, len(here & needed), number)
            )
    return claims


def remove_people(connection: Connection, claims: Iterable[Old], before: str, who: str) -> None:
    """Remove the candidates and explanations of these claims; their history stays as it is.

    What imports changed of these candidates goes too, and all that imports from *before* this moment changed: people
    who went from the register without ever being claimed stand there alone. That *who* did so is recorded beside the
    imports, without a name: it tells that the register is another one.
    """
    listed = list(claims)
    people = sorted({(old.centre_number, number) for old in listed for number in old.candidates})
    for person in people:
        _remove(connection, person)
    if people:
        record_import(connection, Source("purge", who), Plan())
    forget_imports(connection, before, people)
    ids = select(claim.c.id).where(claim.c.key.in_([old.key for old in listed]))
    connection.execute(delete(explanation).where(explanation.c.claim_id.in_(ids)))


def _people(connection: Connection, which: ColumnElement[bool]) -> set[Person]:
    """The people in the register of whom these events of claims speak, and who were not purged from the claim."""
    there = select(event.c.claim_id, event.c.candidate).where(event.c.kind == Kind.PURGED)
    query = (
        select(claim.c.centre_number, event.c.candidate)
        .join_from(event, claim, claim.c.id == event.c.claim_id)
        .join(
            candidate,
            and_(candidate.c.centre_number == claim.c.centre_number, candidate.c.number == event.c.candidate),
        )
        .where(which, not_(tuple_(event.c.claim_id, event.c.candidate).in_(there)))
        .distinct()
    )
    return {(centre, number) for centre, number in connection.execute(query)}


def _still_entered(connection: Connection, old: Collection[int]) -> set[Person]:
    """The people entered for a qualification for which none of the *old* claims names them."""
    named = (
        select(claim.c.centre_number, claim.c.entry_code, event.c.candidate)
        .join_from(event, claim, claim.c.id == event.c.claim_id)
        .where(claim.c.id.in_(old), event.c.kind.in_(STATEMENTS))
    )
    whose = (entry.c.centre_number, entry.c.entry_code, entry.c.candidate_number)
    query = select(entry.c.centre_number, entry.c.candidate_number).where(tuple_(*whose).not_in(named))
    return {(centre, number) for centre, number in connection.execute(query.distinct())}


def _remove(connection: Connection, person: Person) -> None:
    centre, number = person
    mine = select(template.c.template_id).where(template.c.centre_number == centre)
    digests = and_(template_row.c.template_id.in_(mine), template_row.c.candidate_number == number)
    connection.execute(delete(template_row).where(digests))
    for table in (unit_entry, entry):
        whose = and_(table.c.centre_number == centre, table.c.candidate_number == number)
        connection.execute(delete(table).where(whose))
    whose = and_(candidate.c.centre_number == centre, candidate.c.number == number)
    connection.execute(delete(candidate).where(whose))
