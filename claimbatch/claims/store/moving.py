"""A store carried over into another database, SQLite or PostgreSQL, and proved there: row by row, chain by chain.

It happens in one transaction of the new database: whenever it ends, that has all of it or nothing. The store that it
comes from is read as it stands at one moment, and stays as it is.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice
from operator import itemgetter
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, Text, func, inspect, select
from sqlalchemy.exc import DataError

from claimbatch.claims.history import FIELDS, Event, follows, start
from claimbatch.claims.store.claims import read_heads
from claimbatch.claims.store.engine import migrate, refuse_newer, version_of
from claimbatch.claims.store.faults import explained, where
from claimbatch.claims.store.rows import insert_rows
from claimbatch.claims.store.tables import PASSING, claim, event, metadata
from claimbatch.claims.store.transactions import writing
from claimbatch.errors import ClaimbatchError, Exit

TABLES = [table for table in metadata.sorted_tables if table not in PASSING]  # what is referred to first
AT_ONCE = 2000  # rows that are in memory together
_EVENT = itemgetter(*(event.c.keys().index(name) for name in FIELDS))
_CLAIM_OF = event.c.keys().index("claim_id")
_KEY = itemgetter(*(claim.c.keys().index(name) for name in ("id", "key")))

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """What one table holds: so many *rows*, and the SHA-256 of all of them in the order of their keys."""

    rows: int
    sha256: str


@dataclass(slots=True)
class Account:
    """What a store holds, told from its rows as they go by, in the order of :data:`TABLES`.

    *heads* are the last revision and hash of each claim's history, by the claim's key; *altered* those claims whose
    chain does not hold, each with the first revision at which it does not.
    """

    tables: dict[str, Content] = field(default_factory=dict)
    heads: dict[str, tuple[int, str]] = field(default_factory=dict)
    altered: dict[str, int] = field(default_factory=dict)
    _keys: dict[int, str] = field(default_factory=dict)

    def of(self, table: Table, rows: Iterator[Row]) -> Iterator[Row]:
        """The same *rows* of *table*, which are accounted for as they are taken."""
        look = {claim.name: self._see_claim, event.name: self._see_event}.get(table.name)
        count, digest = 0, hashlib.sha256()
        for row in rows:
            count += 1
            digest.update(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
            if look:
                look(row)
            yield row
        self.tables[table.name] = Content(count, digest.hexdigest())

    def _see_claim(self, row: Row) -> None:
        number, key = _KEY(row)
        self._keys[number] = key

    def _see_event(self, row: Row) -> None:
        key, item = self._keys[row[_CLAIM_OF]], Event._make(_EVENT(row))
        revision, head = self.heads.get(key, (0, start(key)))
        if not follows(item, revision + 1, head):
            self.altered.setdefault(key, revision + 1)
        self.heads[key] = item.revision, item.hash


def see_that_it_is_a_store(engine: Engine) -> None:
    """Refuse a database in which there is no store; an older one is still one."""
    with explained(engine.url), engine.connect() as connection:
        if not version_of(connection):
            raise ClaimbatchError(
                f"There is no claimbatch store in {where(engine.url)}.", "See that the address is right."
            )


def move_rows(source: Engine, target: Engine) -> Account:
    """Carry all that the store at *source* holds over into the empty database at *target*, and prove it there.

    Raises :class:`ClaimbatchError`, and leaves *target* as it was, where it is not empty, or where what is read back is
    not the same to the last row.
    """
    with _one_moment(source) as old, writing(target) as new:
        _see_that_it_is_empty(new)
        migrate(new)
        taken, brought = _carry(old, new), _look(new)
        if taken != brought:
            raise _differs(taken, brought, target.url)
        if target.dialect.name != "sqlite":
            new.exec_driver_sql("ANALYZE")  # or its first questions go by what an empty store was
    return taken


def gone_on(source: Engine, taken: Account) -> int:
    """How many claims have gone on in the store at *source* since it was *taken*, or are new there."""
    with explained(source.url), source.connect() as connection:
        return sum(taken.heads.get(key) != end for key, end in read_heads(connection).items())


@contextmanager
def _one_moment(engine: Engine) -> Iterator[Connection]:
    """A connection for which the store stands still."""
    sqlite = engine.dialect.name == "sqlite"  # which does so by itself
    options = {} if sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with explained(engine.url), engine.connect() as connection:
        connection.execution_options(**options)
        yield connection


def _carry(old: Connection, new: Connection) -> Account:
    account = Account()
    for table in TABLES:
        rows = account.of(table, _rows(old, table))
        while some := list(islice(rows, AT_ONCE)):
            try:
                insert_rows(new, table, table.c.keys(), some)
            except DataError:
                raise ClaimbatchError(
                    f"In the table {table.name} there is something that {where(new.engine.url)} cannot hold, "
                    "such as a character NUL or a number that is too large.",
                    "Nothing was copied. It cannot have come from a workbook: have whoever looks after the store see.",
                    Exit.NOT_FINISHED,
                ) from None
    return account


def _look(connection: Connection) -> Account:
    """What the store holds that *connection* reads."""
    account = Account()
    for table in TABLES:
        for _ in account.of(table, _rows(connection, table)):
            pass
    return account


def _rows(connection: Connection, table: Table) -> Iterator[Row]:
    """The rows of *table* in the order of their keys, a portion at a time; texts by their bytes, as SQLite has them."""
    sqlite = connection.dialect.name == "sqlite"
    order = [c.collate("C") if isinstance(c.type, Text) and not sqlite else c for c in table.primary_key]
    with explained(connection.engine.url):
        query = select(table).order_by(*order)
        found = connection.execute(query, execution_options={"yield_per": AT_ONCE})
        yield from map(tuple, chain.from_iterable(found.partitions()))


def _see_that_it_is_empty(connection: Connection) -> None:
    """Refuse a database with anything in it but the tables of a store, without a row."""
    named, names = where(connection.engine.url), set(inspect(connection).get_table_names())
    if names and "alembic_version" not in names:
        raise ClaimbatchError(
            f"{named} holds tables already that are not claimbatch's; nothing was done.",
            "Name a file that is not there yet, or make an empty database (createdb).",
        )
    refuse_newer(version_of(connection))
    for table in TABLES:
        if table.name in names and connection.execute(select(func.count()).select_from(table)).scalar():
            raise ClaimbatchError(
                f"{named} holds a store already; nothing was done.",
                "A store is copied into an empty one alone, so that nothing is mixed or lost: name a file that is not "
                "there yet, or make an empty database (createdb).",
            )


def _differs(taken: Account, brought: Account, url: URL) -> ClaimbatchError:
    names = [name for name, content in taken.tables.items() if brought.tables.get(name) != content]
    return ClaimbatchError(
        f"What was read back from {where(url)} is not what was written ({', '.join(names) or 'histories'}); nothing "
        "of it was kept.",
        "Another program may have changed it, or its disk is faulty. Try again, and then elsewhere.",
        Exit.NOT_FINISHED,
    )
