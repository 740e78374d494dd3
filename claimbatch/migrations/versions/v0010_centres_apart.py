"""Centres apart in PostgreSQL: a role per centre sees and changes that centre's rows alone.

``centre_role`` says which role is whose. The owner of the tables, and whoever has the owner's rights, sees all; any
other role sees nothing but the rows of its centre, by a policy on each table, and none where it has no centre. Numbers
that are given out over the whole store come from functions that tell a number and nothing else. SQLite knows no roles;
of an import it remembers the centre, too.
"""

from alembic import op
from sqlalchemy import text

revision = "0010"
down_revision = "0009"

CENTRE = "(SELECT r.centre_number FROM centre_role r WHERE r.role = current_user)"
# Which rows of a table are a centre's. A key begins with its number: nobody tries out whether another's is there.
KEYS = "split_part({0}, '-', 1) = centre_number"
CLAIM = "EXISTS (SELECT 1 FROM claim c WHERE c.id = claim_id)"  # one that the role sees
POLICIES = {
    "centre": (f"number = {CENTRE}",),
    **dict.fromkeys(
        ("candidate", "entry", "unit_entry", "assessor", "assessor_of", "register_import"),
        (f"centre_number = {CENTRE}",),
    ),
    "template": (f"centre_number = {CENTRE}", KEYS.format("claim_key")),
    "received": (f"centre_number = {CENTRE}", KEYS.format("claim_key")),
    "claim": (f"centre_number = {CENTRE}", KEYS.format("key")),
    "register_change": (
        f"centre_number = {CENTRE}",
        "EXISTS (SELECT 1 FROM register_import i WHERE i.number = import_number)",
    ),
    "template_row": ("EXISTS (SELECT 1 FROM template t WHERE t.template_id = template_row.template_id)",),
    "event": (CLAIM,),
    "explanation": (CLAIM,),
    "written": (f"split_part(word, ':', 1) = {CENTRE}",),
    "night": (f"split_part(what, ':', 1) = {CENTRE}",),
    "centre_role": ("role = current_user",),
}
FUNCTIONS = {
    "next_claim_id()": ("INTEGER", "SELECT coalesce(max(id), 0) + 1 FROM {schema}.claim"),
    "next_import()": ("INTEGER", "SELECT coalesce(max(number), 0) + 1 FROM {schema}.register_import"),
    "claims_numbered()": ("BIGINT", "SELECT count(*) FROM {schema}.claim WHERE claim_number <> ''"),
    "is_claim_number(asked TEXT)": (
        "BOOLEAN",
        "SELECT EXISTS (SELECT 1 FROM {schema}.claim WHERE claim_number = asked)",
    ),
}
INVOKERS_RIGHTS = 150_000  # the server's version from which a view goes by the rights of whoever reads it


def upgrade() -> None:
    """Let the database keep centres apart."""
    op.execute("ALTER TABLE register_import ADD COLUMN centre_number TEXT NOT NULL DEFAULT ''")
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        return
    op.execute(
        "CREATE TABLE centre_role (role TEXT NOT NULL PRIMARY KEY, centre_number TEXT NOT NULL REFERENCES centre)"
    )
    for table, (visible, *more) in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        written = " AND ".join([visible, *more])
        op.execute(f"CREATE POLICY own_centre ON {table} USING ({visible}) WITH CHECK ({written})")
    if (
        connection.execute(text("SELECT current_setting('server_version_num')::int")).scalar_one()
        >= INVOKERS_RIGHTS
    ):
        op.execute("ALTER VIEW claim_line SET (security_invoker = true)")
    schema = connection.execute(text("SELECT quote_ident(current_schema())")).scalar_one()
    for function, (kind, query) in FUNCTIONS.items():
        # The owner's rights, so nothing is looked up but where it is said to stand.
        op.execute(
            f"CREATE FUNCTION {function} RETURNS {kind} LANGUAGE sql STABLE SECURITY DEFINER "
            f"SET search_path = pg_catalog, pg_temp AS $${query.format(schema=schema)}$$"
        )
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
