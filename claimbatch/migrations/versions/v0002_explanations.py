"""Answers to queries: the words stand beside the history, so that they can be removed with the other personal data.

The history keeps that a query was answered, by whom and when, and the SHA-256 of the words.
"""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the table of explanations."""
    op.execute(
        """CREATE TABLE explanation (
            claim_id INTEGER NOT NULL REFERENCES claim (id),
            revision INTEGER NOT NULL,
            text TEXT NOT NULL,
            PRIMARY KEY (claim_id, revision))"""
    )
