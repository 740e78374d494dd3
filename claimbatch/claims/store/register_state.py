"""Whether the register says what it said before, without reading it: by what each change of it leaves behind."""

import hashlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Text, cast, func, select

from claimbatch.claims.store.tables import (
    assessor,
    assessor_of,
    candidate,
    centre,
    entry,
    register_import,
    unit_entry,
)

_ENTERED = (candidate, entry, unit_entry)


def read_state(connection: Connection, of: str | None = None) -> str:
    """A word for all that the register of the centre *of* (None: of all) says: another one where it says anything else.

    Who is entered is changed by imports and by purges, each of which is recorded; so their records answer for the
    entries, however many there are. What is small is strung together by the database: in what order it does so is not
    promised, and need not be, since at worst the word is another one although nothing has changed.
    """
    digest = hashlib.sha256()
    for query in _queries(connection, of):
        for column in connection.execute(query).one():
            digest.update(f"{column or ''}\x1e".encode())
    return digest.hexdigest()


def _queries(connection: Connection, of: str | None) -> Iterator[Select[Any]]:
    yield _strings(*centre.c).where(*_is(centre.c.number, of))
    for table in (assessor, assessor_of):
        yield _strings(*table.c).where(*_is(table.c.centre_number, of))
    if connection.get_execution_options().get("centre"):
        # A role that sees one centre alone sees no import of several: the entries themselves have to tell.
        for table in _ENTERED:
            yield _strings(*table.c).where(*_is(table.c.centre_number, of))
        return
    yield _strings(*register_import.c).where(*_is(register_import.c.centre_number, of, ""))
    # of a purge by an older claimbatch there is no record
    yield select(func.count()).select_from(candidate).where(*_is(candidate.c.centre_number, of))


def _strings(*columns: ColumnElement[Any]) -> Select[Any]:
    strings: list[Any] = [func.aggregate_strings(cast(column, Text), "\x1f") for column in columns]
    return select(*strings)


def _is(column: ColumnElement[str], of: str | None, *others: str) -> tuple[ColumnElement[bool], ...]:
    return () if of is None else (column.in_((of, *others)),)
