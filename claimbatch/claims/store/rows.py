"""Many rows at once: as plain tuples, past the dictionaries that SQLAlchemy would make of each."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table


def insert_rows(
    connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Put *rows*, the values of *columns* in their order, into *table*; the other columns take their defaults."""
    if rows:
        mark = "?" if connection.dialect.name == "sqlite" else "%s"
        values = ", ".join([mark] * len(columns))
        statement = f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({values})"  # noqa: S608 - our own names
        connection.exec_driver_sql(statement, list(rows))
