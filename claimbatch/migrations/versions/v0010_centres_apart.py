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
OWN = f"centre_number = {CENTRE}"
# A key begins with its centre's number: nobody tries out whether another's is there.
KEY = OWN + " AND split_part({0}, '-', 1) = centre_number"
# What belongs to a claim or template is seen with it: found by the index, where the claims are known beforehand, and
# written where that one claim is seen.
OF_CLAIM = (
    "claim_id = ANY (ARRAY(SELECT c.id FROM claim c))",
    "EXISTS (SELECT 1 FROM claim c WHERE c.id = claim_id)",
)
# Which rows of a table a role sees, and which it may write where that is not the same.
POLICIES = {
    "centre": (f"number = {CENTRE}",),
    **dict.fromkeys(
        ("candidate", "entry", "unit_entry", "assessor", "assessor_of", "register_import"), (OWN,)
    ),
    "template": (OWN, KEY.format("claim_key")),
    "received": (OWN, KEY.format("claim_key")),
    "claim": (OWN, KEY.format("key")),
    "register_change": (
        OWN,
        OWN + " AND EXISTS (SELECT 1 FROM register_import i WHERE i.number = import_number)",  # noqa: S608 - our own words
    ),
    "template_row": (
        "template_id = ANY (ARRAY(SELECT t.template_id FROM template t))",
        "EXISTS (SELECT 1 FROM template t WHERE t.template_id = template_row.template_id)",
    ),
    "event": OF_CLAIM,
    "explanation": OF_CLAIM,
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
    for table, rules in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own_centre ON {table} USING ({rules[0]}) WITH CHECK ({rules[-1]})")
    version = connection.execute(text("SELECT current_setting('server_version_num')::int")).scalar_one()
    if version >= INVOKERS_RIGHTS:
        op.execute("ALTER VIEW claim_line SET (security_invoker = true)")
    schema = connection.execute(text("SELECT quote_ident(current_schema())")).scalar_one()
    for function, (kind, query) in FUNCTIONS.items():
        # The owner's rights, so nothing is looked up but where it is said to stand.
        op.execute(
            f"CREATE FUNCTION {function} RETURNS {kind} LANGUAGE sql STABLE SECURITY DEFINER "
            f"SET search_path = pg_catalog, pg_temp AS $${query.format(schema=schema)}$$"
        )
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
