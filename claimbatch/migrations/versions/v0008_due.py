"""The day by which a template is to come back, as ISO text: printed on it, and what reminders go by.

Empty for templates without one, and for those issued before.
"""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column to the issued templates."""
    op.execute("ALTER TABLE template ADD COLUMN due TEXT NOT NULL DEFAULT ''")
