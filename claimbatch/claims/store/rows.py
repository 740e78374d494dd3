"""Many rows at once: as plain tuples, past the dictionaries that SQLAlchemy would make of each.

PostgreSQL takes them by COPY, its own way of loading rows: from a hundred on in a third of the time or less, and from
two on in no more. Constraints and triggers are those of any other row.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Table

_COPY = "COPY "


def insert_rows(
    connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Put *rows*, the values of *columns* in their order, into *table*; the other columns take their defaults."""
    if rows:
        sqlite, names = connection.dialect.name == "sqlite", ", ".join(columns)
        values = ", ".join(["?" if sqlite else "%s"] * len(columns))
        statement = f"INSERT INTO {table.name} ({names}) VALUES ({values})"  # noqa: S608 - our own names
        alone = connection.get_execution_options().get(
            "centre"
        )  # whose rows are kept apart: it takes no COPY
        if not sqlite and len(rows) > 1 and not alone:
            statement = f"{_COPY}{table.name} ({names}) FROM STDIN"
        connection.exec_driver_sql(statement, list(rows))


def copy_rows(cursor: Any, statement: str, rows: Iterable[tuple[Any, ...]], _context: object) -> bool:
    """Load *rows* into PostgreSQL where the statement is a COPY; False: SQLAlchemy is to run it as any other.

    It stands inside of what SQLAlchemy runs, so that a connection lost here is lost as in any other statement.
    """
    if not statement.startswith(_COPY):
        return False
    with cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
    return True
