"""What a template was made with, beside its identity: the group, the order, the protection, the pre-filled assessor.

So ``template refresh`` makes the same kind of template again, and initials that nobody typed are known as such even
where the centre has more assessors by now. JSON. And the SHA-256 of its bytes, which tells a file that nobody has
touched from one that was filled in. Empty for templates issued before.
"""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns to the issued templates."""
    op.execute("ALTER TABLE template ADD COLUMN made_with TEXT NOT NULL DEFAULT '{}'")
    op.execute("ALTER TABLE template ADD COLUMN sha256 TEXT NOT NULL DEFAULT ''")
