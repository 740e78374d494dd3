"""What claimbatch notes beside the claims, so that a lost connection and two computers at once do no harm.

``written`` holds, for a day, a word for each transaction that came to its end: where a server's answer to a commit was
lost, it tells whether the commit was. ``night`` holds who is at the nightly run, or was last. Both serve PostgreSQL.
"""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the two tables."""
    op.execute("CREATE TABLE written (word TEXT NOT NULL PRIMARY KEY, at TEXT NOT NULL)")
    op.execute("CREATE INDEX written_at ON written (at)")
    op.execute(
        """CREATE TABLE night (
        what TEXT NOT NULL PRIMARY KEY,
        who TEXT NOT NULL,
        host TEXT NOT NULL,
        pid INTEGER NOT NULL,
        since TEXT NOT NULL)"""
    )
