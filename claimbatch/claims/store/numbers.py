"""Numbers that are given out over the whole store, also where the role of its address sees one centre alone.

In PostgreSQL functions of the store's owner tell them (migration 0010), and tell nothing else of other centres.
"""

from typing import Any

from sqlalchemy import Column, Connection, func, select

from claimbatch.claims.store.tables import claim, register_import


def next_claim_id(connection: Connection) -> int:
    """The id of the claim that is started next."""
    return _next(connection, claim.c.id, "next_claim_id")


def next_import(connection: Connection) -> int:
    """The number of the import that is recorded next."""
    return _next(connection, register_import.c.number, "next_import")


def claims_numbered(connection: Connection) -> int:
    """How many claims have a claim number."""
    count = select(func.count()).select_from(claim).where(claim.c.claim_number != "")
    asked: Any = count if _is_sqlite(connection) else select(func.claims_numbered())
    return int(connection.execute(asked).scalar_one())


def is_claim_number(connection: Connection, number: str) -> bool:
    """Whether some claim has this claim number."""
    there = select(claim.c.id).where(claim.c.claim_number == number).exists()
    asked = select(there if _is_sqlite(connection) else func.is_claim_number(number))
    return bool(connection.execute(asked).scalar_one())


def _next(connection: Connection, column: Column[int], function: str) -> int:
    if _is_sqlite(connection):
        return 1 + (connection.execute(select(func.max(column))).scalar() or 0)
    return int(connection.execute(select(getattr(func, function)())).scalar_one())


def _is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"
