"""Imports of registers and assessors: that they were made (who, when, which file, how many), and what they changed.

The history of imports is insert-only like that of claims, and names nobody. What each of them changed, old and new,
stands beside it, so that an import can be undone and a purge can remove it.
"""

from alembic import op

revision = "0006"
down_revision = "0005"

TABLES = (
    """CREATE TABLE register_import (
        number INTEGER NOT NULL PRIMARY KEY,
        kind TEXT NOT NULL,
        at TEXT NOT NULL,
        who TEXT NOT NULL,
        file TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        undoes INTEGER NOT NULL,
        added INTEGER NOT NULL,
        changed INTEGER NOT NULL,
        gone INTEGER NOT NULL,
        unchanged INTEGER NOT NULL)""",
    """CREATE TABLE register_change (
        import_number INTEGER NOT NULL REFERENCES register_import (number),
        what TEXT NOT NULL,
        centre_number TEXT NOT NULL,
        entry_code TEXT NOT NULL,
        number TEXT NOT NULL,
        before TEXT NOT NULL,
        after TEXT NOT NULL,
        PRIMARY KEY (import_number, what, centre_number, entry_code, number))""",
    "CREATE INDEX register_change_of ON register_change (centre_number, number)",
)

SQLITE_TRIGGERS = tuple(
    f"""CREATE TRIGGER register_import_no_{name} BEFORE {when}
        BEGIN SELECT RAISE(ABORT, 'the history is insert-only'); END"""
    for name, when in (
        ("update", "UPDATE ON register_import"),
        ("delete", "DELETE ON register_import"),
        (
            "replace",
            "INSERT ON register_import WHEN EXISTS (SELECT 1 FROM register_import WHERE number = NEW.number)",
        ),
    )
)

POSTGRESQL_TRIGGERS = (
    """CREATE TRIGGER register_import_no_change BEFORE UPDATE OR DELETE ON register_import
        FOR EACH ROW EXECUTE FUNCTION event_refuse()""",
    """CREATE TRIGGER register_import_no_truncate BEFORE TRUNCATE ON register_import
        FOR EACH STATEMENT EXECUTE FUNCTION event_refuse()""",
)


def upgrade() -> None:
    """Add the history of imports, and what they changed."""
    triggers = SQLITE_TRIGGERS if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_TRIGGERS
    for statement in (*TABLES, *triggers):
        op.execute(statement)
