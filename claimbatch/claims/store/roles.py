"""Roles of a PostgreSQL server that see and change the rows of one centre alone.

The policies that see to it are in the database (migration 0010); here roles are made and taken away, and get the rights
that a centre's everyday work needs. The owner of the tables has no part in it: it sees all.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select, text
from sqlalchemy.exc import DBAPIError

from claimbatch.claims.store.faults import explained, where
from claimbatch.claims.store.tables import centre, centre_role
from claimbatch.errors import ClaimbatchError, Exit

OLDEST = 150_000  # the server's version from which a view shows whoever reads it their own rows
_NAME = re.compile(r"(?!pg_)[a-z_][a-z0-9_]{0,62}")
_TAKE_IN, _ALTER = "SELECT, INSERT, DELETE", "SELECT, INSERT, UPDATE, DELETE"
# What a centre's work needs of each table, and nothing more. A table that is not here, its roles cannot reach.
RIGHTS: Mapping[str, str] = {
    **dict.fromkeys(("alembic_version", "centre_role", "claim_line"), "SELECT"),
    "centre": "SELECT, UPDATE (name)",
    **dict.fromkeys(("candidate", "entry", "assessor", "night"), _ALTER),
    **dict.fromkeys(
        ("unit_entry", "assessor_of", "template_row", "explanation", "register_change", "written"), _TAKE_IN
    ),
    **dict.fromkeys(("template", "claim"), "SELECT, INSERT, UPDATE"),
    **dict.fromkeys(("event", "received", "register_import"), "SELECT, INSERT"),
}
FUNCTIONS = ("next_claim_id()", "next_import()", "claims_numbered()", "is_claim_number(text)")
_ATTRIBUTES = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS"
_MIGHTY = text(
    "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR EXISTS (SELECT 1 FROM pg_auth_members WHERE member = r.oid) "
    "FROM pg_roles r WHERE rolname = :role"
)
_MAY_MAKE = text("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
_THERE = text("SELECT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = :role)")
_HAS_RIGHTS = text(
    "SELECT coalesce(has_table_privilege(to_regrole(quote_ident(:role)), 'claim', 'SELECT'), false)"
)
# What a role reaches that shows it more than its centre: a table without policies, a view or function with its owner's
# eyes. What extensions bring is not about anybody's rows.
_OF_OURS = (
    "n.nspname NOT IN ('pg_catalog', 'information_schema') AND NOT EXISTS (SELECT 1 FROM pg_depend d "
    "WHERE d.objid = o.oid AND d.classid = o.tableoid AND d.deptype = 'e')"
)
_OPEN_TABLE = (  # noqa: S608 - our own words
    "SELECT o.oid::regclass::text FROM pg_class o JOIN pg_namespace n ON n.oid = o.relnamespace "
    "WHERE o.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT o.relrowsecurity "
    "AND (has_table_privilege(:role, o.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER') "
    "OR has_any_column_privilege(:role, o.oid, 'SELECT, INSERT, UPDATE')) "
    "AND NOT (o.relkind = 'v' AND coalesce(o.reloptions @> '{security_invoker=true}', false)) "
    "AND o.oid <> 'alembic_version'::regclass AND "
) + _OF_OURS
_OPEN_FUNCTION = (  # noqa: S608 - our own words
    "SELECT 'FUNCTION ' || o.oid::regprocedure::text FROM pg_proc o JOIN pg_namespace n ON n.oid = o.pronamespace "
    "WHERE o.prosecdef AND has_function_privilege(:role, o.oid, 'EXECUTE') "
    "AND o.oid::regprocedure::text <> ALL (:known) AND "
) + _OF_OURS
_OPEN = text(" UNION ALL ".join((_OPEN_TABLE, _OPEN_FUNCTION)) + " ORDER BY 1")


@dataclass(frozen=True, slots=True)
class Role:
    """A role and whose it is; whether the server knows it (*there*), and whether it may do anything here (*works*)."""

    name: str
    centre_number: str
    centre_name: str
    there: bool
    works: bool


def centre_of_role(connection: Connection) -> str:
    """The centre whose rows alone are seen here; blank where all are."""
    name, apart = connection.execute(text("SELECT current_user, row_security_active('claim')")).one()
    if not apart:
        return ""
    number = connection.execute(select(centre_role.c.centre_number)).scalar()  # no other role's is seen
    if number is None:
        raise ClaimbatchError(
            f"The store's role {name} has no centre, so it sees nothing.",
            "Whoever looks after the store gives it one: claimbatch store role add CENTRE",
            Exit.WRONG_SETUP,
        )
    return str(number)


def refuse_to_migrate(connection: Connection, version: str) -> None:
    """Refuse where the tables are of an older *version* and another role owns them: it alone can bring them up."""
    owned = text(
        "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = 'alembic_version'::regclass"
    )
    if version and not connection.execute(owned).scalar_one():
        raise ClaimbatchError(
            f"The store {where(connection.engine.url)} was made by an older claimbatch (its version is {version}), and "
            "its role may not bring it up to date.",
            "Whoever looks after the store does so with today's claimbatch: claimbatch claims. Nothing was changed.",
            Exit.WRONG_SETUP,
        )


def list_roles(engine: Engine) -> list[Role]:
    """The roles that have a centre, in order of centre and name."""
    query = select(centre_role, centre.c.name).join_from(
        centre_role, centre, centre.c.number == centre_role.c.centre_number
    )
    with explained(engine.url), engine.connect() as connection:
        _see_that_it_can_be(connection)
        rows = connection.execute(query.order_by(centre_role.c.centre_number, centre_role.c.role)).all()
        return [
            Role(name, number, called, _ask(connection, _THERE, name), _ask(connection, _HAS_RIGHTS, name))
            for name, number, called in rows
        ]


def add_role(engine: Engine, number: str, name: str, password: str) -> bool:
    """Make the role *name* for the centre *number*, or give the centre's own another password; whether it is new.

    Raises :class:`ClaimbatchError`, and makes nothing, where the role could see more than that centre's rows.
    """
    with explained(engine.url), engine.begin() as connection:
        _see_that_it_can_be(connection)
        if connection.execute(select(centre.c.number).where(centre.c.number == number)).first() is None:
            raise ClaimbatchError(f"There is no centre {number}.", "Add it first: claimbatch centre add")
        there = _see_that_it_is_free(connection, number, name)
        _make(connection, name, password, anew=not there)
        connection.execute(delete(centre_role).where(centre_role.c.role == name))
        connection.execute(insert(centre_role), {"role": name, "centre_number": number})
        _give_rights(connection, name)
        _see_that_it_is_shut(connection, name)
    return not there


def remove_role(engine: Engine, name: str) -> bool:
    """Take all rights from the role *name*, and the role from the server; False where the server keeps it.

    It does where the role has something in another database.
    """
    with explained(engine.url), engine.begin() as connection:
        _see_that_it_can_be(connection)
        if not connection.execute(delete(centre_role).where(centre_role.c.role == name)).rowcount:
            raise ClaimbatchError(f"No centre has a role {name}.", "claimbatch store role list names them.")
        if not _ask(connection, _THERE, name):
            return True
        _take_rights(connection, name)
        try:
            with connection.begin_nested():
                connection.exec_driver_sql(f"DROP ROLE {_quoted(connection, name)}")
        except DBAPIError:
            return False
    return True


def renew_rights(connection: Connection) -> None:
    """Give the roles that work here what they need of tables that a migration has just made."""
    for name in connection.scalars(select(centre_role.c.role)).all():
        if _ask(connection, _HAS_RIGHTS, name):
            _give_rights(connection, name)


def _make(connection: Connection, name: str, password: str, *, anew: bool) -> None:
    # The server gets what it checks a password by, not the password: its log may keep statements.
    how = (
        f"CREATE ROLE {_quoted(connection, name)} {_ATTRIBUTES}"
        if anew
        else f"ALTER ROLE {_quoted(connection, name)}"
    )
    try:
        connection.exec_driver_sql(f"{how} LOGIN PASSWORD '{_sealed(connection, name, password)}'")
    except DBAPIError as error:
        raise ClaimbatchError(
            f"The server did not take the role {name}: {error.orig}.",
            "Have whoever looks after the server see.",
        ) from None


def _give_rights(connection: Connection, name: str) -> None:
    role, schema = _quoted(connection, name), _schema(connection)
    connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA {schema} TO {role}")
    for table, rights in RIGHTS.items():
        connection.exec_driver_sql(f"GRANT {rights} ON {table} TO {role}")
    connection.exec_driver_sql(f"GRANT EXECUTE ON FUNCTION {', '.join(FUNCTIONS)} TO {role}")


def _take_rights(connection: Connection, name: str) -> None:
    role, schema = _quoted(connection, name), _schema(connection)
    for what in ("ALL TABLES IN SCHEMA", "ALL FUNCTIONS IN SCHEMA", "SCHEMA"):
        connection.exec_driver_sql(f"REVOKE ALL ON {what} {schema} FROM {role}")


def _see_that_it_can_be(connection: Connection) -> None:
    """Refuse where a server knows no roles that keep rows apart, or these are for somebody else to give."""
    if connection.dialect.name == "sqlite":
        raise ClaimbatchError(
            "This store is a file, and whoever may read it reads all of it.",
            "Roles are those of a PostgreSQL server: docs/postgresql.md says how a store moves there.",
        )
    if connection.execute(text("SELECT current_setting('server_version_num')::int")).scalar_one() < OLDEST:
        raise ClaimbatchError("A role for a centre needs PostgreSQL 15 or newer.", exit_code=Exit.WRONG_SETUP)
    if connection.execute(text("SELECT row_security_active('claim')")).scalar_one():
        raise ClaimbatchError(
            "The store's role is one of a centre itself.",
            "Whoever looks after the store gives and takes roles.",
        )


def _see_that_it_is_free(connection: Connection, number: str, name: str) -> bool:
    """Whether the role is there and that centre's already; refused where it is anybody else's, or cannot be made."""
    if not _NAME.fullmatch(name):
        raise ClaimbatchError(
            f"A role cannot be called {name}.",
            "Small letters, digits and _; not pg_ in front: --name centre_68199",
        )
    whose = connection.execute(select(centre_role.c.centre_number).where(centre_role.c.role == name)).scalar()
    there: bool = _ask(connection, _THERE, name)
    if whose not in (None, number):
        raise ClaimbatchError(f"The role {name} is that of centre {whose}.", "Name another one: --name")
    if there and (
        whose is None or not _ask(connection, _HAS_RIGHTS, name)
    ):  # of another database, or of something else
        raise ClaimbatchError(
            f"The server has a role {name} already, and it is not that of a centre here.",
            "Name another one: --name",
        )
    if not connection.execute(_MAY_MAKE).scalar_one():
        raise ClaimbatchError(
            f"The store's own role, {connection.engine.url.username}, may not make others.",
            "Whoever looks after the server lets it: ALTER ROLE … CREATEROLE",
            Exit.WRONG_SETUP,
        )
    return there


def _see_that_it_is_shut(connection: Connection, name: str) -> None:
    """Refuse where the role may make things that others would run into, or reaches what is not kept apart."""
    schema = _schema(connection)
    may_create = text("SELECT has_schema_privilege(:role, current_schema(), 'CREATE')")
    if _ask(connection, may_create, name):  # as everybody before PostgreSQL 15, and in databases from then
        connection.exec_driver_sql(f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC")
    if _ask(connection, _MIGHTY, name):  # somebody has made it so since
        raise ClaimbatchError(
            f"The role {name} may do more on the server than is its centre's; nothing was done.",
            "Have whoever looks after the server take that from it, or remove it: claimbatch store role remove",
            Exit.WRONG_SETUP,
        )
    found = [f"SCHEMA {schema}"] if _ask(connection, may_create, name) else []
    found += connection.scalars(_OPEN, {"role": name, "known": list(FUNCTIONS)}).all()
    if found:
        raise ClaimbatchError(
            f"The role would see or do more than is its centre's ({', '.join(found)}); it was not made.",
            f"Everybody may: take that away first (REVOKE ALL ON {found[0]} FROM PUBLIC).",
            Exit.WRONG_SETUP,
        )


def _sealed(connection: Connection, name: str, password: str) -> str:
    driver: Any = connection.connection.driver_connection
    sealed: bytes = driver.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256")
    return sealed.decode("ascii")


def _schema(connection: Connection) -> str:
    return str(connection.execute(text("SELECT quote_ident(current_schema())")).scalar_one())


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote_identifier(name)


def _ask(connection: Connection, query: Any, name: str) -> Any:
    return connection.execute(query, {"role": name}).scalar_one()
