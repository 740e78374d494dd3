"""The history of imports in the store: that each was made, and what it changed, so that it can be undone."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select

from claimbatch import clock
from claimbatch.claims.register.changes import Change, Key, Plan, What
from claimbatch.claims.store.numbers import next_import
from claimbatch.claims.store.rows import insert_rows
from claimbatch.claims.store.tables import centre, register_change, register_import
from claimbatch.errors import ClaimbatchError


@dataclass(frozen=True, slots=True)
class Source:
    """Where changes of the register come from: a file of *kind* ``entries`` or ``assessors``, an undo, a ``purge``."""

    kind: str
    who: str
    file: str = ""
    sha256: str = ""
    undoes: int = 0


@dataclass(frozen=True, slots=True)
class Import:
    """One import in the history: who read which file when, and how much it changed.

    *undone_by* is the import that took it back (0: none), *kept* how many of its changes are still stored: a purge
    removes them, and then it can no longer be undone.
    """

    number: int
    at: str
    source: Source
    new: int
    changed: int
    gone: int
    unchanged: int
    undone_by: int = 0
    kept: int = 0

    @property
    def changes(self) -> int:
        """How many entries or assessors it made, changed or removed."""
        return self.new + self.changed + self.gone


def record_import(connection: Connection, source: Source, plan: Plan) -> int:
    """Add an import to the history, with what it changed; its number."""
    number = next_import(connection)
    values = {
        "number": number,
        "kind": source.kind,
        "at": clock.stamp(),
        "who": source.who,
        "file": source.file,
        "sha256": source.sha256,
        "undoes": source.undoes,
        "added": plan.counts.new,
        "changed": plan.counts.changed,
        "gone": len(plan.counts.removed),
        "unchanged": plan.counts.unchanged,
        "centre_number": _centre_of(connection, plan),
    }
    connection.execute(insert(register_import), values)
    rows = [
        (number, change.key.what.value, *change.key[1:], _written(change.before), _written(change.after))
        for change in plan.changes
    ]
    insert_rows(connection, register_change, register_change.c.keys(), rows)
    return number


def _centre_of(connection: Connection, plan: Plan) -> str:
    """The centre whose import it is: the only one that it changes, or the only one there is; blank where of several."""
    changed = {change.key.centre_number for change in plan.changes}
    centres = changed or set(connection.scalars(select(centre.c.number).limit(2)))
    return centres.pop() if len(centres) == 1 else ""


def read_imports(connection: Connection, kind: str) -> list[Import]:
    """The imports of this *kind*, first things first."""
    number = register_change.c.import_number
    kept = {row[0]: row[1] for row in connection.execute(select(number, func.count()).group_by(number))}
    query = select(register_import).where(register_import.c.kind == kind)
    rows = connection.execute(query.order_by(register_import.c.number)).all()
    undone: dict[int, int] = {}
    for row in reversed(rows):  # what was undone and then done again is not undone
        if row.undoes and row.number not in undone:
            undone.setdefault(row.undoes, row.number)
    return [
        Import(
            row.number,
            row.at,
            Source(row.kind, row.who, row.file, row.sha256, row.undoes),
            row.added,
            row.changed,
            row.gone,
            row.unchanged,
            undone.get(row.number, 0),
            kept.get(row.number, 0),
        )
        for row in rows
    ]


def find_import(connection: Connection, kind: str, number: int | None) -> Import:
    """The import *number*; None: the last one that changed something and was not undone, and is no undo itself.

    Raises :class:`ClaimbatchError` where there is none.
    """
    every = read_imports(connection, kind)
    wanted = [
        item
        for item in every
        if (item.number == number if number else item.changes and not (item.undone_by or item.source.undoes))
    ]
    if not wanted:
        what = f"There is no import {number} of {kind}." if number else f"No import of {kind} can be undone."
        raise ClaimbatchError(what, f"List them with: claimbatch {kind} history")
    return wanted[-1]


def read_made_by(connection: Connection, kind: str, number: int | None) -> tuple[Import, list[Change]]:
    """An import as :func:`find_import` finds it, and what is still stored of what it changed."""
    found = find_import(connection, kind, number)
    return found, read_changes(connection, found.number)


def read_changes(connection: Connection, number: int) -> list[Change]:
    """What the import *number* changed, as far as it is still stored."""
    rows = connection.execute(select(register_change).where(register_change.c.import_number == number))
    return [
        Change(
            Key(What(row.what), row.centre_number, row.entry_code, row.number),
            _read(row.before),
            _read(row.after),
        )
        for row in rows
    ]


def old_imports(connection: Connection, before: str) -> int:
    """How many imports from *before* this moment still keep what they changed."""
    query = select(func.count(register_change.c.import_number.distinct())).where(_old(before))
    return int(connection.execute(query).scalar_one())


def forget_imports(connection: Connection, before: str, people: Iterable[tuple[str, str]]) -> None:
    """Remove what imports from *before* this moment changed, and what any import changed of these *people*."""
    connection.execute(delete(register_change).where(_old(before)))
    for centre_number, number in people:
        whose = (register_change.c.centre_number == centre_number, register_change.c.number == number)
        connection.execute(delete(register_change).where(*whose, register_change.c.what != What.ASSESSOR))


def _old(before: str) -> ColumnElement[bool]:
    old = select(register_import.c.number).where(register_import.c.at < before)
    return register_change.c.import_number.in_(old)


def _written(record: Mapping[str, Any] | None) -> str:
    return json.dumps(record, ensure_ascii=False, sort_keys=True) if record else ""


def _read(text: str) -> Mapping[str, Any] | None:
    record: Mapping[str, Any] | None = json.loads(text) if text else None
    return record
