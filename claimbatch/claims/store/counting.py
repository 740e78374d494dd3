"""How far many claims are: counts and the few events that matter, in the same statements however many lines they have.

A history has an event for each line; nothing here reads one for each. What leaves the database are the groups of lines
that are alike, the candidates, and what workbooks brought besides lines.
"""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    Table,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    or_,
    select,
)

from claimbatch.claims.claim import OTHER, Status
from claimbatch.claims.history import STATEMENTS, Event, Kind
from claimbatch.claims.store.claims import Before, find_claim, last_of_claim, read_claimed_before
from claimbatch.claims.store.portions import portions
from claimbatch.claims.store.register_state import read_state
from claimbatch.claims.store.tables import assessor_of, claim, entry, event, unit_entry
from claimbatch.claims.store.templates import Issued, read_sent

Of = tuple[str, str]  # centre number, entry code
AT_ONCE = 500  # claims: what is held of them at a time stays small
_TOLD = (
    "kind", "candidate", "unit", "grade", "workbook", "sha256", "sheet", "cell", "template_id", "detail", "at",
    "revision",
)  # fmt: skip


class Begun(NamedTuple):
    """A claim that was begun, without its lines; *head* is the last hash of its history."""

    key: str
    centre_number: str
    entry_code: str
    status: Status
    claim_number: str
    head: str


class Entered(NamedTuple):
    """How many *candidates* are entered for a qualification at a centre.

    *who* are their numbers and *units* their unit entries, as text in no certain order: it tells that they are the same
    as before.
    """

    candidates: int
    who: str
    units: str = ""


@dataclass(slots=True)
class Progress:
    """How far one claim is.

    *alike* counts its lines by unit, assessor's initials and the template they were last stated in. Of its candidates
    there are so many *people*, and those *declared* whose signed declaration is recorded; *strangers* are the lines of
    those whom the register does not hold for the qualification, *besides* counts, by unit, the lines for which the
    candidate has other unit entries. *events* are those of workbooks and their queries, and what restores them; *said*
    are the statements on the candidates whom a query is about. First things first, with the fields alone that these
    need.
    """

    people: int = 0
    declared: int = 0
    strangers: int = 0
    alike: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    besides: Counter[str] = field(default_factory=Counter)
    events: list[Event] = field(default_factory=list)
    said: list[Event] = field(default_factory=list)


class Counting:
    """Counts how far claims are, all at one moment. Where a *centre* or *entry_code* is given, those alone."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def begun(self, centre: str | None = None, entry_code: str | None = None) -> list[Begun]:
        """The claims as they were begun, without counting their lines."""
        columns = claim.c.key, claim.c.centre_number, claim.c.entry_code, claim.c.status, claim.c.claim_number
        query = select(*columns, last_of_claim(event.c.hash))
        rows = self._ask(query.order_by(claim.c.id), claim, centre, entry_code)
        return [
            Begun(key, of, code, Status(status), number, end) for key, of, code, status, number, end in rows
        ]

    def sent(self, centre: str | None = None, entry_code: str | None = None) -> list[tuple[Issued, int]]:
        """The templates that were sent out, first things first, each with the number of its candidates."""
        return read_sent(self._connection, centre, entry_code)

    def entered(self, centre: str | None = None, entry_code: str | None = None) -> dict[Of, Entered]:
        """The candidates who are entered, by centre and entry code."""

        def told(table: Table, what: ColumnElement[str]) -> Iterable[Any]:
            of = table.c.centre_number, table.c.entry_code
            query = select(*of, func.count(), func.aggregate_strings(what, " ")).group_by(*of)
            return self._ask(query, table, centre, entry_code)

        units = told(unit_entry, unit_entry.c.candidate_number + ":" + cast(unit_entry.c.unit, Text))
        by_unit = {(at, code): text for at, code, _, text in units}
        return {
            (at, code): Entered(number, who, by_unit.get((at, code), ""))
            for at, code, number, who in told(entry, entry.c.candidate_number)
        }

    def assessing(self, centre: str | None = None, entry_code: str | None = None) -> dict[Of, frozenset[str]]:
        """The initials of those who assess, by centre and entry code."""
        found: dict[Of, set[str]] = {}
        for at, code, initials in self._ask(select(assessor_of), assessor_of, centre, entry_code):
            found.setdefault((at, code), set()).add(initials)
        return {of: frozenset(who) for of, who in found.items()}

    def held(self, of: Iterable[Of]) -> Mapping[Of, Before]:
        """What submitted claims hold, by centre and entry code; at least of all these."""
        centres, codes = ({code[part] for code in of} for part in (0, 1))
        return read_claimed_before(self._connection, centres, codes)

    def progress(self, keys: Iterable[str]) -> dict[str, Progress]:
        """How far those of the claims *keys* are that were begun: many of them cost no more questions than one."""
        return read_progress(self._connection, keys)

    def register_state(self) -> str:
        """A word for all that the register says."""
        return read_state(self._connection)

    def claim_state(self, key: str) -> Hashable:
        """All that the claim *key* and how it stands are made of: its history and those of its like, and the register.

        Raises :class:`ClaimbatchError` where there is no such claim.
        """
        row = find_claim(self._connection, key)
        centre = row.centre_number
        return (*self.begun(centre, row.entry_code), read_state(self._connection, centre))

    def _ask(
        self, query: Select[Any], table: Table, centre: str | None, entry_code: str | None
    ) -> Iterable[Any]:
        wanted = ((table.c.centre_number, centre), (table.c.entry_code, entry_code))
        return self._connection.execute(
            query.where(*(column == value for column, value in wanted if value is not None))
        ).all()


def read_progress(connection: Connection, keys: Iterable[str]) -> dict[str, Progress]:
    """How far the claims *keys* are; those that there are."""
    found: dict[str, Progress] = {}
    for some in portions(keys, AT_ONCE):
        rows = connection.execute(select(claim.c.id, claim.c.key).where(claim.c.key.in_(some)))
        known = {number: found.setdefault(key, Progress()) for number, key in rows}
        declared = _read_events(connection, known)
        _count_people(connection, known, declared)
        _count_lines(connection, known)
        if any(event.kind == Kind.QUERY for progress in known.values() for event in progress.events):
            _read_said(connection, known)
    return found


def _read_events(connection: Connection, known: dict[int, Progress]) -> set[tuple[int, str]]:
    """Read what workbooks brought besides lines; the claims and candidates whose declaration is recorded."""
    declared: dict[tuple[int, str, str], bool] = {}
    told = (Kind.RECEIVED, Kind.QUERY, Kind.ANSWERED, Kind.DECLARED, Kind.UNDECLARED)
    restoring = and_(event.c.kind.in_(STATEMENTS), event.c.detail.contains('"restored_to"'))
    columns = (event.c[name] for name in _TOLD)
    query = select(event.c.claim_id, *columns).where(
        event.c.claim_id.in_(known), or_(event.c.kind.in_(told), restoring)
    )
    for number, *fields in connection.execute(query.order_by(event.c.claim_id, event.c.revision)):
        if fields[0] in (Kind.DECLARED, Kind.UNDECLARED):
            declared[number, fields[1], fields[2]] = fields[0] == Kind.DECLARED
        else:
            known[number].events.append(_event(fields))
    return {(number, candidate) for (number, candidate, _), is_so in declared.items() if is_so}


def _count_people(connection: Connection, known: dict[int, Progress], declared: set[tuple[int, str]]) -> None:
    of = event.c.claim_id, event.c.candidate
    people = (
        select(*of, func.count().label("lines")).where(*_lines_of(known)).group_by(*of).subquery("people")
    )
    entered = and_(
        entry.c.centre_number == claim.c.centre_number,
        entry.c.entry_code == claim.c.entry_code,
        entry.c.candidate_number == people.c.candidate,
    )
    query = (
        select(people, entry.c.candidate_number.is_(None))
        .join_from(people, claim, claim.c.id == people.c.claim_id)
        .outerjoin(entry, entered)
    )
    for number, candidate, lines, is_stranger in connection.execute(query):
        progress = known[number]
        progress.people += 1
        progress.declared += (number, candidate) in declared
        progress.strangers += lines if is_stranger else 0


def _count_lines(connection: Connection, known: dict[int, Progress]) -> None:
    of = event.c.claim_id, event.c.unit, event.c.assessor, event.c.template_id
    counted = select(*of, func.count()).where(*_lines_of(known)).group_by(*of)
    for number, unit, assessor, template_id, lines in connection.execute(counted):
        known[number].alike[unit, assessor, template_id] = lines
    entered = (
        unit_entry.c.centre_number == claim.c.centre_number,
        unit_entry.c.entry_code == claim.c.entry_code,
    )
    by_units = select(claim.c.id).where(claim.c.id.in_(known), exists().where(*entered))
    person = (*entered, unit_entry.c.candidate_number == event.c.candidate)
    is_other = event.c.unit.startswith(OTHER)
    unit = case((is_other, -1), else_=cast(event.c.unit, Integer))
    besides = (
        select(event.c.claim_id, event.c.unit, func.count())
        .join_from(event, claim, claim.c.id == event.c.claim_id)
        .where(*_lines_of(by_units), exists().where(*person))
        .where(~exists().where(*person, unit_entry.c.unit == unit))
        .group_by(event.c.claim_id, event.c.unit)
    )
    for number, of_unit, lines in connection.execute(besides):
        known[number].besides[of_unit] = lines


def _read_said(connection: Connection, known: dict[int, Progress]) -> None:
    """Read the statements on candidates whom a query is about."""
    of = event.c.claim_id, event.c.candidate
    asked = (
        select(*of)
        .where(event.c.claim_id.in_(known), event.c.kind == Kind.QUERY)
        .distinct()
        .subquery("asked")
    )
    query = (
        select(event.c.claim_id, *(event.c[name] for name in _TOLD))
        .join_from(
            asked,
            event,
            and_(event.c.claim_id == asked.c.claim_id, event.c.candidate == asked.c.candidate),
        )
        .where(event.c.kind.in_(STATEMENTS))
        .order_by(event.c.claim_id, event.c.revision)
    )
    for number, *fields in connection.execute(query):
        known[number].said.append(_event(fields))


def _event(fields: Collection[Any]) -> Event:
    return Event(**dict(zip(_TOLD, fields, strict=True)))


def _lines_of(claims: Any) -> tuple[Any, ...]:
    """What holds of an event that is the last to state a line of *claims*: as in the view of lines, with its event."""
    later = event.alias("later")
    same = (later.c[name] == event.c[name] for name in ("claim_id", "candidate", "unit"))
    again = exists().where(*same, later.c.revision > event.c.revision, later.c.kind.in_(STATEMENTS))
    return event.c.claim_id.in_(claims), event.c.kind.in_(STATEMENTS), event.c.grade != "", ~again
