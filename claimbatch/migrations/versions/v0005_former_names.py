"""The names that an assessor had before they were corrected, as JSON.

A template still out names an assessor as they were called when it was issued. By the former names it is known who is
meant; and whoever was given the initials of somebody removed is somebody else.
"""

from alembic import op

revision = "0005"
down_revision = "0003"


def upgrade() -> None:
    """Add the column to the assessors."""
    op.execute("ALTER TABLE assessor ADD COLUMN former TEXT NOT NULL DEFAULT '[]'")
