"""The register in the store: candidates, their entries and unit entries, and the centre assessors."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ScalarSelect,
    Select,
    Table,
    and_,
    bindparam,
    case,
    delete,
    or_,
    select,
    tuple_,
    update,
)

from claimbatch.claims.claim import Candidate
from claimbatch.claims.history import STATEMENTS, Kind
from claimbatch.claims.register import Assessor, Entry
from claimbatch.claims.register.changes import Change, Register, What
from claimbatch.claims.register.changes import Key as RecordKey
from claimbatch.claims.store.rows import insert_rows
from claimbatch.claims.store.tables import assessor, assessor_of, candidate, claim, entry, event, unit_entry

Key = tuple[str, str, str]  # centre number, entry code, candidate number
Wanted = str | Collection[str] | None  # one value of a column, several, or any
_ENTRY = ("centre_number", "entry_code", "candidate_number")
_PERSON = ("name", "born", "ocr_number", "uci", "uln")


def read_entries(connection: Connection, centre: Wanted, entry_code: Wanted) -> list[Entry]:
    """The entries of *centre* for *entry_code* (None: all; or several), in order, each with its candidate."""
    wanted = (("centre_number", centre), ("entry_code", entry_code))
    units: dict[Key, set[int]] = {}
    for *key, unit in connection.execute(_only(select(unit_entry), unit_entry, wanted)):
        units.setdefault((key[0], key[1], key[2]), set()).add(unit)
    joined = and_(
        entry.c.centre_number == candidate.c.centre_number, entry.c.candidate_number == candidate.c.number
    )
    columns = (candidate.c.name, candidate.c.born, candidate.c.ocr_number, candidate.c.uci, candidate.c.uln)
    query = select(entry, *columns).join_from(entry, candidate, joined).order_by(*entry.primary_key)
    return [
        Entry(
            number,
            code,
            _candidate(who, *person),
            frozenset(units.get((number, code, who), ())),
            json.loads(more) if more != "{}" else {},
        )
        for number, code, who, more, *person in connection.execute(_only(query, entry, wanted)).all()
    ]


def read_candidates(connection: Connection, centre: str, numbers: ScalarSelect[str]) -> dict[str, Candidate]:
    """The candidates of *centre* that the query *numbers* names, by number; a purged one is not there."""
    query = select(candidate).where(candidate.c.centre_number == centre, candidate.c.number.in_(numbers))
    return {number: _candidate(number, *person) for _, number, *person in connection.execute(query)}


def read_claimed_people(connection: Connection) -> dict[tuple[str, str], Candidate]:
    """The candidates whom a claim names, by centre and number; those whose data was purged from it aside."""
    purged = select(event.c.claim_id, event.c.candidate).where(event.c.kind == Kind.PURGED)
    named = (
        select(candidate)
        .join_from(candidate, claim, claim.c.centre_number == candidate.c.centre_number)
        .join(event, and_(event.c.claim_id == claim.c.id, event.c.candidate == candidate.c.number))
        .where(event.c.kind.in_(STATEMENTS), tuple_(event.c.claim_id, event.c.candidate).not_in(purged))
        .distinct()
    )
    return {
        (centre, number): _candidate(number, *person) for centre, number, *person in connection.execute(named)
    }


def read_assessors(connection: Connection, centre: Wanted) -> list[Assessor]:
    """The assessors of *centre* (None: all; or several), in order, with the entry codes they assess."""
    wanted = (("centre_number", centre),)
    codes: dict[tuple[str, str], set[str]] = {}
    for number, code, initials in connection.execute(_only(select(assessor_of), assessor_of, wanted)):
        codes.setdefault((number, initials), set()).add(code)
    rows = connection.execute(_only(select(assessor), assessor, wanted).order_by(*assessor.primary_key))
    return [
        Assessor(
            number, initials, name, frozenset(codes.get((number, initials), ())), tuple(json.loads(former))
        )
        for number, initials, name, former in rows
    ]


def read_register(connection: Connection) -> Register:
    """The register as it stands, with what claims need of it."""
    records: dict[RecordKey, dict[str, Any]] = {}
    for centre, number, *values in connection.execute(select(candidate)):
        records[RecordKey(What.CANDIDATE, centre, "", number)] = dict(zip(_PERSON, values, strict=True))
    for item in read_entries(connection, None, None):
        key = RecordKey(What.ENTRY, item.centre_number, item.entry_code, item.candidate.number)
        records[key] = {"units": sorted(item.units), "details": dict(item.details)}
    named = [
        (row[0], row[1], row[2], row[3].casefold())
        for column in (event.c.assessor, event.c.old_assessor)
        for row in connection.execute(_named_by_claims(column))
    ]
    return Register(
        {**records, **read_assessor_records(connection)},
        frozenset((centre, code, number) for centre, code, number, _ in named if number),
        frozenset((centre, initials) for centre, _, _, initials in named if initials),
    )


def read_assessor_records(connection: Connection) -> dict[RecordKey, dict[str, Any]]:
    """The assessors alone, as records of the register."""
    return {
        RecordKey(What.ASSESSOR, who.centre_number, "", who.initials.casefold()): {
            "initials": who.initials,
            "name": who.name,
            "entry_codes": sorted(who.entry_codes),
            "former": list(who.former),
        }
        for who in read_assessors(connection, None)
    }


def write_changes(connection: Connection, changes: Iterable[Change]) -> None:
    """Carry out *changes* of the register: what goes before what it belongs to, what comes after it."""
    listed = list(changes)
    _write_entries(connection, [change for change in listed if change.key.what is not What.ASSESSOR])
    _write_assessors(connection, [change for change in listed if change.key.what is What.ASSESSOR])


def rename_assessor(connection: Connection, centre: str, initials: str, name: str) -> Assessor | None:
    """Give the assessor with these *initials*, in any case, another *name*; returns it as it was, if there is one.

    The former name is kept: templates that are still out name the same person by it.
    """
    found = find_assessor(connection, centre, initials)
    if found and found.name != name:
        former = _names(dict.fromkeys((*found.former, found.name)))
        renamed = update(assessor).where(*_is(assessor, found)).values(name=name, former=former)
        connection.execute(renamed)
    return found


def remove_assessor(connection: Connection, centre: str, initials: str, entry_code: str) -> Assessor | None:
    """Take *entry_code* from an assessor; the one it was taken from, None where nobody had it.

    Who assesses nothing any more, and is named in no claim's history, goes altogether: the initials are free again.
    """
    found = find_assessor(connection, centre, initials)
    if found is None or entry_code not in found.entry_codes:
        return None
    of_code = assessor_of.c.entry_code == entry_code
    connection.execute(delete(assessor_of).where(*_is(assessor_of, found), of_code))
    named = select(event.c.claim_id).where(
        or_(event.c.assessor == found.initials, event.c.old_assessor == found.initials),
        event.c.claim_id == claim.c.id,
        claim.c.centre_number == centre,
    )
    if found.entry_codes == {entry_code} and connection.execute(named.limit(1)).first() is None:
        connection.execute(delete(assessor).where(*_is(assessor, found)))
    return found


def find_assessor(connection: Connection, centre: str, initials: str) -> Assessor | None:
    """The assessor of *centre* with these *initials*, in any case."""
    known = read_assessors(connection, centre)
    return next((who for who in known if who.initials.casefold() == initials.casefold()), None)


def _is(table: Table, who: Assessor) -> tuple[Any, ...]:
    return table.c.centre_number == who.centre_number, table.c.initials == who.initials


def _candidate(number: str, name: str, born: str, *numbers: str) -> Candidate:
    return Candidate(number, name, date.fromisoformat(born) if born else None, *numbers)


def _named_by_claims(assessor_column: Column[str]) -> Select[Any]:
    """Centre, entry code, candidate and assessor of all that claims say; no candidate whose data was purged."""
    purged = select(event.c.claim_id, event.c.candidate).where(event.c.kind == Kind.PURGED)
    is_purged = tuple_(event.c.claim_id, event.c.candidate).in_(purged)
    number = case((is_purged, ""), else_=event.c.candidate)
    columns = (claim.c.centre_number, claim.c.entry_code, number, assessor_column)
    return select(*columns).join_from(event, claim, claim.c.id == event.c.claim_id).distinct()


def _write_entries(connection: Connection, changes: Sequence[Change]) -> None:
    people = [change for change in changes if change.key.what is What.CANDIDATE]
    entries = [change for change in changes if change.key.what is What.ENTRY]
    _delete(connection, unit_entry, _ENTRY, [_entry_key(change.key) for change in entries if change.before])
    _delete(connection, entry, _ENTRY, [_entry_key(change.key) for change in entries if not change.after])
    gone = [(who.key.centre_number, who.key.number) for who in people if not who.after]
    _delete(connection, candidate, ("centre_number", "number"), gone)
    for write, is_there in ((_insert, False), (_update, True)):
        rows = [
            (who.key.centre_number, who.key.number, *(who.after[name] for name in _PERSON))
            for who in people
            if who.after and bool(who.before) == is_there
        ]
        write(connection, candidate, rows)
        texts = [
            (*_entry_key(item.key), _details(item.after["details"]))
            for item in entries
            if item.after and bool(item.before) == is_there
        ]
        write(connection, entry, texts)
    units = [(*_entry_key(item.key), unit) for item in entries if item.after for unit in item.after["units"]]
    _insert(connection, unit_entry, units)


def _write_assessors(connection: Connection, changes: Sequence[Change]) -> None:
    def of(record: Mapping[str, Any], change: Change) -> tuple[str, str]:
        return change.key.centre_number, record["initials"]

    there = [(of(change.before, change), change) for change in changes if change.before]
    _delete(connection, assessor_of, ("centre_number", "initials"), [who for who, _ in there])
    gone = [who for who, change in there if not change.after]
    _delete(connection, assessor, ("centre_number", "initials"), gone)
    coming = [(of(change.after, change), change.before, change.after) for change in changes if change.after]
    rows = [((*who, now["name"], _names(now.get("former", []))), before) for who, before, now in coming]
    _insert(connection, assessor, [row for row, before in rows if not before])
    _update(connection, assessor, [row for row, before in rows if before])
    codes = [(who[0], code, who[1]) for who, _, now in coming for code in now["entry_codes"]]
    _insert(connection, assessor_of, codes)


def _entry_key(key: RecordKey) -> tuple[str, ...]:
    return key[1:]


def _names(names: Iterable[str]) -> str:
    return json.dumps(list(names), ensure_ascii=False)


def _details(details: Mapping[str, str]) -> str:
    return json.dumps(dict(details), ensure_ascii=False, sort_keys=True)


def _only(query: Any, table: Table, wanted: Iterable[tuple[str, Wanted]]) -> Any:
    """*query* narrowed to those values of *table*'s columns that are not None."""
    asked = ((table.c[name], value) for name, value in wanted if value is not None)
    return query.where(*(c == value if isinstance(value, str) else c.in_(value) for c, value in asked))


def _insert(connection: Connection, table: Table, rows: list[tuple[Any, ...]]) -> None:
    insert_rows(connection, table, table.c.keys(), rows)


def _update(connection: Connection, table: Table, rows: list[tuple[Any, ...]]) -> None:
    """Update whole rows, found by the table's primary key."""
    if rows:
        match = [column == bindparam(f"{column.name}_") for column in table.primary_key]
        values: dict[str, Any] = {
            column.name: bindparam(f"{column.name}_") for column in table.c if not column.primary_key
        }
        names = [f"{column.name}_" for column in table.c]
        connection.execute(
            update(table).where(*match).values(values), [dict(zip(names, row, strict=True)) for row in rows]
        )


def _delete(
    connection: Connection, table: Table, names: Sequence[str], keys: Sequence[tuple[str, ...]]
) -> None:
    """Delete the rows whose columns *names* say one of *keys*."""
    if keys:
        match = [table.c[name] == bindparam(f"{name}_") for name in names]
        rows = [dict(zip((f"{name}_" for name in names), key, strict=True)) for key in keys]
        connection.execute(delete(table).where(*match), rows)
