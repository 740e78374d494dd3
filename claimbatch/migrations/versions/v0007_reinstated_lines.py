"""A line that was withdrawn by mistake and put back is on its claim again: the view knows that kind of entry."""

from alembic import op

revision = "0007"
down_revision = "0006"

KINDS = "'added', 'changed', 'removed', 'withdrawn', 'reinstated'"
VIEW = f"""CREATE VIEW claim_line AS
    SELECT claim_id, candidate, unit, grade, assessor, revision
    FROM event
    WHERE grade <> '' AND kind IN ({KINDS})
    AND NOT EXISTS (
        SELECT 1 FROM event AS later
        WHERE later.claim_id = event.claim_id AND later.candidate = event.candidate
        AND later.unit = event.unit AND later.revision > event.revision
        AND later.kind IN ({KINDS}))"""  # noqa: S608 - our own words


def upgrade() -> None:
    """Make the view anew."""
    op.execute("DROP VIEW claim_line")
    op.execute(VIEW)
