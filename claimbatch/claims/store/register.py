"""The register in the store: candidates, their entries and unit entries, and the centre assessors."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import (
    Connection,
    ScalarSelect,
    Table,
    and_,
    bindparam,
    delete,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from claimbatch.claims.claim import Candidate
from claimbatch.claims.history import STATEMENTS, Kind
from claimbatch.claims.register import Assessor, Entry, RegisterFile
from claimbatch.claims.store.tables import assessor, assessor_of, candidate, claim, entry, event, unit_entry

Key = tuple[str, str, str]  # centre number, entry code, candidate number
_NUMBERS = {
    "ocr_candidate_number": "ocr_number",
    "uci": "uci",
    "uln": "uln",
}  # column -> field of a candidate


@dataclass(frozen=True, slots=True)
class Counts:
    """What an import did (or, in a dry run, would do); *removed* are the entries that went."""

    candidates: int = 0
    entries: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: tuple[Key, ...] = ()


def read_entries(connection: Connection, centre: str | None, entry_code: str | None) -> list[Entry]:
    """The entries of *centre* for *entry_code* (None: all), in order, each with its candidate."""
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
            json.loads(more),
        )
        for number, code, who, more, *person in connection.execute(_only(query, entry, wanted))
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


def read_assessors(connection: Connection, centre: str | None) -> list[Assessor]:
    """The assessors of *centre* (None: all), in order, with the entry codes they assess."""
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


def save_register(
    connection: Connection, register: RegisterFile, *, replacing: bool, dry_run: bool
) -> Counts:
    """Store the clean rows of *register*; a column that the file has not keeps what is stored.

    With *replacing*, entries of the file's entry codes that are not in the file go, and with the last entry of a
    candidate whom no claim names the candidate.
    """
    stored = read_entries(connection, None, None)
    there = {_key(item): item for item in stored}
    people = {_whose(item): item.candidate for item in stored}
    here = {
        _key(item): _kept(item, there.get(_key(item)), people.get(_whose(item)), register.columns)
        for item in register.entries
    }
    codes = {key[:2] for key in here}
    gone = [key for key in there if replacing and key[:2] in codes and key not in here]
    new = [item for key, item in here.items() if key not in there]
    changed = [item for key, item in here.items() if key in there and item != there[key]]
    if not dry_run:
        _delete(connection, unit_entry, gone)
        _delete(connection, entry, gone)
        _forget(connection, gone)
        _write_entries(connection, new, changed)
    return Counts(
        candidates=len({_whose(item) for item in here.values()}),
        entries=len(here),
        new=len(new),
        changed=len(changed),
        unchanged=len(here) - len(new) - len(changed),
        removed=tuple(gone),
    )


def save_assessors(connection: Connection, assessors: Iterable[Assessor], *, dry_run: bool = False) -> Counts:
    """Store *assessors*. Initials that are there, in any case, keep their name and entry codes."""
    there = {_who(item): item for item in read_assessors(connection, None)}
    here: dict[tuple[str, str], Assessor] = {}
    for item in assessors:
        known = here.get(_who(item)) or there.get(_who(item)) or item
        here[_who(item)] = replace(known, entry_codes=known.entry_codes | item.entry_codes)
    new = [item for who, item in here.items() if who not in there]
    changed = [item for who, item in here.items() if who in there and item != there[who]]
    if not dry_run:
        _insert(connection, assessor, [(item.centre_number, item.initials, item.name, "[]") for item in new])
        more = [(i, i.entry_codes) for i in new] + [
            (i, i.entry_codes - there[_who(i)].entry_codes) for i in changed
        ]
        rows = [(item.centre_number, code, item.initials) for item, codes in more for code in sorted(codes)]
        _insert(connection, assessor_of, rows)
    unchanged = len(here) - len(new) - len(changed)
    return Counts(entries=len(here), new=len(new), changed=len(changed), unchanged=unchanged)


def rename_assessor(connection: Connection, centre: str, initials: str, name: str) -> Assessor | None:
    """Give the assessor with these *initials*, in any case, another *name*; returns it as it was, if there is one.

    The former name is kept: templates that are still out name the same person by it.
    """
    found = find_assessor(connection, centre, initials)
    if found and found.name != name:
        former = json.dumps(list(dict.fromkeys((*found.former, found.name))), ensure_ascii=False)
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


def _forget(connection: Connection, gone: Iterable[Key]) -> None:
    """Remove the candidates of entries that are *gone* whom no other entry and no claim needs any more."""
    entered = select(entry.c.candidate_number).where(entry.c.centre_number == candidate.c.centre_number)
    named = (
        select(event.c.candidate)
        .join_from(event, claim, claim.c.id == event.c.claim_id)
        .where(claim.c.centre_number == candidate.c.centre_number)
    )
    for centre, _, number in gone:
        whose = (candidate.c.centre_number == centre, candidate.c.number == number)
        needed = (candidate.c.number.not_in(entered), candidate.c.number.not_in(named))
        connection.execute(delete(candidate).where(*whose, *needed))


def _is(table: Table, who: Assessor) -> tuple[Any, ...]:
    return table.c.centre_number == who.centre_number, table.c.initials == who.initials


def _who(item: Assessor) -> tuple[str, str]:
    return (item.centre_number, item.initials.casefold())


def _candidate(number: str, name: str, born: str, *numbers: str) -> Candidate:
    return Candidate(number, name, date.fromisoformat(born) if born else None, *numbers)


def _key(item: Entry) -> Key:
    return (item.centre_number, item.entry_code, item.candidate.number)


def _whose(item: Entry) -> tuple[str, str]:
    return (item.centre_number, item.candidate.number)


def _kept(item: Entry, before: Entry | None, person: Candidate | None, columns: frozenset[str]) -> Entry:
    """*item*, completed where the file has no such column: from the entry as it was *before*, and from the *person*."""
    if person:
        absent = [kept for column, kept in _NUMBERS.items() if column not in columns]
        stored = {name: getattr(person, name) for name in absent}
        item = replace(item, candidate=replace(item.candidate, **stored))
    if before is None:
        return item
    units = item.units if "units" in columns else before.units
    return replace(item, units=units, details={**before.details, **item.details})


def _write_entries(connection: Connection, new: list[Entry], changed: list[Entry]) -> None:
    people = {(item.centre_number, item.candidate.number): _person(item) for item in (*new, *changed)}
    stored = {
        (number, who)
        for number, who in connection.execute(select(candidate.c.centre_number, candidate.c.number))
    }
    _insert(connection, candidate, [row for key, row in people.items() if key not in stored])
    _update(connection, candidate, [row for key, row in people.items() if key in stored])
    _insert(connection, entry, [_entry(item) for item in new])
    _update(connection, entry, [_entry(item) for item in changed])
    _delete(connection, unit_entry, [_key(item) for item in changed])
    _insert(
        connection, unit_entry, [(*_key(item), n) for item in (*new, *changed) for n in sorted(item.units)]
    )


def _person(item: Entry) -> tuple[str, ...]:
    who = item.candidate
    born = who.born.isoformat() if who.born else ""
    return (item.centre_number, who.number, who.name, born, who.ocr_number, who.uci, who.uln)


def _entry(item: Entry) -> tuple[str, ...]:
    return (*_key(item), json.dumps(dict(item.details), ensure_ascii=False, sort_keys=True))


def _only(query: Any, table: Table, wanted: Iterable[tuple[str, str | None]]) -> Any:
    """*query* narrowed to those values of *table*'s columns that are not None."""
    return query.where(*(table.c[name] == value for name, value in wanted if value is not None))


def _insert(connection: Connection, table: Table, rows: list[tuple[Any, ...]]) -> None:
    if rows:
        names = table.c.keys()
        connection.execute(insert(table), [dict(zip(names, row, strict=True)) for row in rows])


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


def _delete(connection: Connection, table: Table, keys: list[Key]) -> None:
    """Delete the rows of these entries."""
    if keys:
        names = ("centre_number", "entry_code", "candidate_number")
        match = [table.c[name] == bindparam(f"{name}_") for name in names]
        rows: list[Mapping[str, str]] = [
            dict(zip((f"{name}_" for name in names), key, strict=True)) for key in keys
        ]
        connection.execute(delete(table).where(*match), rows)
