"""Each centre's role works on its own rows of a store that many share: of another's it sees and changes nothing.

Two centres do their everyday work on a real server, each from a workspace of its own, by its own role.
"""

import json
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Connection, NullPool, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from claimbatch.claims.holder import Holder
from claimbatch.claims.proof import examine
from claimbatch.claims.store import Store, roles
from claimbatch.claims.store.tables import PASSING, metadata
from claimbatch.cli.main import cli
from claimbatch.cli.session import run
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.office.centre_roles import give
from claimbatch.office.store_copy import copy, way
from claimbatch.settings import set_store
from claimbatch.workspace import CONFIG, Workspace
from tests.centre import IT, Centre, put
from tests.servers import database

# ruff: noqa: S608 - the statements are put together from the tests' own words
OURS, THEIRS = "68199", "12345"
NAMES = {OURS: "Example College", THEIRS: "Other School"}
REGISTER = f"""\
entry_code,candidate_number,candidate_name,date_of_birth,units
{IT},0042,"Ahmed, Sana",2008-01-02,1 2 3 4
{IT},0043,"Brown, Tom",2008-03-04,1 2 3 4
"""
ASSESSORS = f"entry_code,initials,name\n{IT},JH,Jo Hughes\n{IT},SA,Sam Adeyemi\n"
# Which rows of a table are a centre's, said once more and otherwise than by the policies.
OF_CENTRE: Mapping[str, str] = {
    "centre": "number = '{0}'",
    **dict.fromkeys(
        (
            "candidate", "entry", "unit_entry", "assessor", "assessor_of", "template", "claim", "received",
            "register_change", "register_import", "centre_role",
        ),
        "centre_number = '{0}'",
    ),
    "template_row": "template_id IN (SELECT template_id FROM template WHERE centre_number = '{0}')",
    **dict.fromkeys(
        ("event", "explanation", "claim_line"), "claim_id IN (SELECT id FROM claim WHERE centre_number = '{0}')"
    ),
    "written": "word LIKE '{0}:%'",
    "night": "what = '{0}:night'",
}  # fmt: skip
INTO_THEIR_CLAIM = """INSERT INTO event SELECT (SELECT max(claim_id) + 1 FROM event), 99, kind, at, who, candidate,
unit, old_grade, old_assessor, grade, assessor, workbook, sha256, sheet, cell, template_id, detail, previous, hash
FROM event LIMIT 1"""
INTO_THEIR_IMPORT = f"""INSERT INTO register_change
VALUES ((SELECT max(import_number) + 1 FROM register_change), 'entry', '{OURS}', '', '', '', '')"""
EVERY = [*OF_CENTRE]
REFUSED = "permission denied|must be (owner|member|superuser)|would be affected|does not exist"


@dataclass
class Shared:
    """A store of two centres: the workspace of its owner, and those of the centres by their roles."""

    owner: Centre
    centres: dict[str, Centre]

    def asks(self, centre: str = "") -> "Connection":
        """A connection as that centre's role; as the owner's where none is named."""
        workspace = (self.centres[centre] if centre else self.owner).workspace
        return create_engine(workspace.config.store, poolclass=NullPool).connect()

    def rows(self, centre: str, table: str, where: str = "true") -> list[tuple[object, ...]]:
        with self.asks(centre) as connection:
            found = connection.execute(text(f"SELECT * FROM {table} WHERE {where}"))
            return sorted(map(tuple, found))

    def refuses(self, centre: str, statement: str) -> str:
        """What the server says to a statement that the role may not run; it must be refused, and say no value."""
        with self.asks(centre) as connection, pytest.raises(DBAPIError) as error:
            connection.execute(text(statement))
        return str(error.value.orig)


@contextmanager
def owned(server: str) -> Iterator[str]:
    """An empty database whose owner is nobody special: it may make roles, and no more."""
    with database(server) as address:
        name = str(make_url(address).database)
        admin = create_engine(server, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f"CREATE ROLE owner_{name} LOGIN CREATEROLE NOSUPERUSER"))
            connection.execute(text(f"ALTER DATABASE {name} OWNER TO owner_{name}"))
        try:
            yield make_url(address).set(username=f"owner_{name}").render_as_string(hide_password=False)
        finally:
            with admin.connect() as connection:
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
                made = text("SELECT rolname FROM pg_roles WHERE rolname LIKE :like")
                for role in connection.scalars(made, {"like": f"%{name}"}).all():
                    connection.execute(text(f"DROP ROLE {role}"))
            admin.dispose()


def workspace_of(folder: Path, store: str) -> Workspace:
    Workspace.create(folder)
    set_store(folder / CONFIG, store)
    return Workspace(folder)


def role_of(owner: Workspace, centre: str) -> str:
    """The name of a centre's role; a server holds roles of many databases."""
    return f"c{centre}_{make_url(owner.config.store).database}"


def listed(centre: Centre, *words: object) -> list[dict[str, str]]:
    """What a command lists as JSON; what it says beside that is left out."""
    found: list[dict[str, str]] = json.JSONDecoder().raw_decode(centre.done(*words))[0]
    return found


def everyday(centre: Centre) -> None:
    """The story of a term: register, templates, workbooks with a query, corrections, submission, sample, outcome."""
    folder = centre.workspace.folder
    (folder / "register.csv").write_text(REGISTER, "utf-8")
    (folder / "assessors.csv").write_text(ASSESSORS, "utf-8")
    centre.done("entries", "import", folder / "register.csv")
    centre.done("assessors", "import", folder / "assessors.csv")
    centre.done("template", IT)
    (book,) = (folder / "outbox").glob("*.xlsx")
    cells = {
        "Grades!E5": "P",
        "Assessed by!E5": "JH",
        "Grades!F5": "M",
        "Assessed by!F5": "SA",
        "Assessed by!E6": "JH",
    }
    centre.done("merge", put(book, cells, "back.xlsx"))
    (number,) = listed(centre, "centre", "list", "--format", "json")
    key = f"{number['centre_number']}-{IT}-1"
    for query in listed(centre, "claim", "queries", key, "--format", "json"):
        centre.done("claim", "answer", key, query["query"], "--because", "Tom left")
    centre.done("claim", "set", key, "0043", "3", "D", "JH")
    centre.done("claim", "declare", key, "--all")
    centre.done("claim", "submit", key, "--centre-declaration", "--submitted-by", "Pat", "--yes")
    centre.done("sample", "record", key, "--candidate", "0042", "--unit", "1")
    centre.done("template", IT, "--by", "unit", "--unit", 4)
    (book,) = (folder / "outbox").glob("*unit-04.xlsx")
    centre.done("merge", put(book, {"Claim!E5": "P", "Claim!F5": "JH"}))  # into the next claim


@pytest.fixture(scope="module")
def shared(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """Both centres have had their term."""
    home = tmp_path_factory.mktemp("shared")
    with owned(server) as address:
        owner = workspace_of(home / "owner", address)
        with owner.store() as store:
            for number, name in NAMES.items():
                store.add_centre(number, name)
        centres = {}
        for number in NAMES:
            line = give(owner, number, role_of(owner, number)).line
            centres[number] = Centre(workspace_of(home / number, line.partition('"')[2].rstrip('"')))
            everyday(centres[number])
        yield Shared(Centre(owner), centres)


def test_every_table_is_kept_apart(shared: Shared) -> None:
    """Whoever adds one says whose its rows are, in a policy, in the rights of roles, and here."""
    tables = text("SELECT relname, relrowsecurity FROM pg_class WHERE relkind IN ('r', 'v', 'm', 'p') "
                  "AND relnamespace = current_schema()::regnamespace")  # fmt: skip
    ruled = text("SELECT tablename FROM pg_policies WHERE schemaname = current_schema()")
    with shared.asks() as connection:
        found = dict(map(tuple, connection.execute(tables)))
        assert set(found) == set(EVERY) | {"alembic_version"} == set(roles.RIGHTS)
        assert {name for name, apart in found.items() if not apart} == {"alembic_version", "claim_line"}
        assert set(connection.scalars(ruled)) == set(found) - {"alembic_version", "claim_line"}
        options = "SELECT relname, reloptions FROM pg_class WHERE relkind = 'v' AND relname = 'claim_line'"
        assert connection.execute(text(options)).all() == [("claim_line", ["security_invoker=true"])]
    assert {table.name for table in metadata.sorted_tables} == set(EVERY) - {"claim_line", "centre_role"}


@pytest.mark.parametrize("table", EVERY)
def test_a_role_sees_its_own_rows_and_no_others(shared: Shared, table: str) -> None:
    """All of its own; and there are others, or this would prove nothing."""
    for centre in (OURS, THEIRS):
        own = shared.rows("", table, OF_CENTRE[table].format(centre))
        assert shared.rows(centre, table) == own
        assert own or table == "night"


@pytest.mark.parametrize("table", [table.name for table in metadata.sorted_tables if table not in PASSING])
def test_a_role_changes_no_other_row(shared: Shared, table: str) -> None:
    """Whatever it tries, those of the other centre stay; of its own the history stays as well."""
    before = shared.rows("", table)
    columns = [column.name for column in metadata.tables[table].c]
    names, marks = ", ".join(columns), ", ".join(f":{name}" for name in columns)
    others = f"WHERE NOT ({OF_CENTRE[table].format(OURS)})"
    same = f"{columns[-1]} = {columns[-1]}"
    for statement in (f"DELETE FROM {table} {others}", f"UPDATE {table} SET {same} {others}"):
        with shared.asks(OURS) as connection, forbidden_or_none():
            assert connection.execute(text(statement)).rowcount == 0
    with shared.asks() as connection:
        theirs = text(f"SELECT * FROM {table} WHERE {OF_CENTRE[table].format(THEIRS)} LIMIT 1")
        row = dict(connection.execute(theirs).mappings().one())
    refused = "new row violates row-level security policy|permission denied for table"
    with shared.asks(OURS) as connection, pytest.raises(DBAPIError, match=refused) as error:
        connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), row)
    assert "already exists" not in str(error.value.orig)
    assert shared.rows("", table) == before


@contextmanager
def forbidden_or_none() -> Iterator[None]:
    """Whatever the block asks for finds no row, or is refused altogether."""
    try:
        yield
    except DBAPIError as error:
        if "permission denied for" not in str(error.orig):
            raise


def test_a_row_does_not_change_its_centre(shared: Shared) -> None:
    """Nor is one of another's told by a key that is there already, or refers to one that is not its own."""
    policy = "new row violates row-level security policy"
    for statement in (
        f"UPDATE claim SET centre_number = '{THEIRS}'",
        f"UPDATE candidate SET centre_number = '{THEIRS}'",
        f"UPDATE claim SET key = '{THEIRS}-{IT}-1' WHERE key = '{OURS}-{IT}-1'",  # which is there
        f"UPDATE claim SET key = '{THEIRS}-{IT}-9' WHERE key = '{OURS}-{IT}-1'",  # which is not
        INTO_THEIR_CLAIM, INTO_THEIR_IMPORT,
        f"UPDATE template SET claim_key = '{THEIRS}-{IT}-1'",
    ):  # fmt: skip
        said = shared.refuses(OURS, statement)
        assert policy in said, said


def test_a_role_can_do_nothing_else_on_the_server(shared: Shared) -> None:
    """No tables, no other role's eyes, no policies, no functions of its own that others would run into."""
    own = role_of(shared.owner.workspace, OURS)
    owner = make_url(shared.owner.workspace.config.store).username
    for statement in (
        "CREATE TABLE mine (x INTEGER)", "CREATE FUNCTION lower(x centre) RETURNS text LANGUAGE sql AS ''",
        f"SET ROLE {owner}", "ALTER TABLE claim DISABLE ROW LEVEL SECURITY", "DROP POLICY own_centre ON claim",
        "TRUNCATE candidate", f"ALTER ROLE {own} BYPASSRLS", "UPDATE alembic_version SET version_num = '9999'",
        f"INSERT INTO centre_role VALUES ('{own}', '{THEIRS}')", f"UPDATE centre_role SET centre_number = '{THEIRS}'",
        "SET row_security = off; SELECT * FROM claim", "DELETE FROM event",
        "CREATE SCHEMA mine", "CREATE ROLE another", f"GRANT SELECT ON claim TO {own}_2",
    ):  # fmt: skip
        assert re.search(REFUSED, shared.refuses(OURS, statement))
    with shared.asks(OURS) as connection:
        about = text("SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, "
                     "(SELECT count(*) FROM pg_auth_members WHERE member = pg_roles.oid) "
                     "FROM pg_roles WHERE rolname = current_user")  # fmt: skip
        assert tuple(connection.execute(about).one()) == (False, False, False, False, False, 0)


def test_functions_with_the_owners_rights_look_nowhere_else(shared: Shared) -> None:
    """A path that is open would let whoever makes a table of that name answer in its place."""
    query = text(
        "SELECT proname, prosecdef, proconfig FROM pg_proc WHERE pronamespace = current_schema()::regnamespace"
    )
    with shared.asks() as connection:
        found = {name: (owners, path) for name, owners, path in connection.execute(query)}
    shut = (True, ["search_path=pg_catalog, pg_temp"])
    assert found == {"event_refuse": (False, None)} | {one.partition("(")[0]: shut for one in roles.FUNCTIONS}
    with shared.asks(OURS) as connection:
        connection.execute(text("CREATE TEMP TABLE claim (id INTEGER, claim_number TEXT)"))
        assert connection.execute(text("SELECT claims_numbered()")).scalar() == len(NAMES)


def test_numbers_are_given_out_over_the_whole_store(shared: Shared) -> None:
    """Claim numbers of two centres differ, though neither sees the other's."""
    numbers = [shared.rows(centre, "claim", "claim_number <> ''")[0][5] for centre in (OURS, THEIRS)]
    assert numbers == ["C000001", "C000002"]
    code, said = shared.centres[OURS].run("claim", "number", f"{OURS}-{IT}-1", "C000002")
    assert (code, "Another claim has the claim number C000002 already" in said) == (2, True)


def test_what_the_commands_show_is_one_centre(shared: Shared) -> None:
    """And the owner sees both, with histories that prove whole."""
    for number, centre in shared.centres.items():
        assert [row["centre_number"] for row in listed(centre, "centre", "list", "--format", "json")] == [
            number
        ]
        claims = listed(centre, "claims", "--format", "json")
        assert {row["centre_number"] for row in claims} == {number}
        history = listed(centre, "entries", "history", "--format", "json")
        assert len(history) == 1
        centre.done("export", f"{number}-{IT}-1", "-o", centre.workspace.folder / "c.csv")
        centre.done("report", f"{number}-{IT}-1", "--to", "html")
        centre.done("status")
        other = next(one for one in NAMES if one != number)
        assert centre.run("claim", "show", f"{other}-{IT}-1")[0] == 2
    with shared.owner.workspace.store() as store:
        assert {row.centre_number for row in store.claims()} == set(NAMES)
        assert [row.key for row in store.claims() if not examine(store, row.key).is_whole] == []


def test_what_a_centre_may_not_do_is_said_plainly(shared: Shared) -> None:
    ours = shared.centres[OURS]
    for words in (
        ("centre", "add", "54321", "New School"),
        ("centre", "add", THEIRS, "Mine"),
    ):
        code, said = ours.run(*words)
        assert (code, "is opened may not do that; nothing was done" in said) == (2, True), said
    code, said = ours.run("store", "role", "add", THEIRS)
    assert (code, "is one of a centre itself" in said) == (2, True)
    theirs = ours.workspace.folder / "theirs.csv"
    theirs.write_text(f"centre_number,{REGISTER}".replace(f"\n{IT}", f"\n{THEIRS},{IT}"), "utf-8")
    code, said = ours.run("entries", "import", theirs)
    assert (code, THEIRS in said, NAMES[THEIRS] in said) == (1, True, False), said
    ours.done("centre", "add", OURS, NAMES[OURS])  # its own name it may put right


def test_a_centre_can_purge_and_is_told_what_is_left_to_the_owner(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs, before = shared.centres[THEIRS], shared.rows("", "candidate", f"centre_number = '{OURS}'")
    theirs.done("moderation", "complete", f"{THEIRS}-{IT}-1", "--reference", "R1")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(time.time()) + 60))
    said = theirs.done("purge", "--months", 0, "--yes")
    assert "VACUUM FULL" in said
    assert shared.rows("", "candidate", f"centre_number = '{OURS}'") == before
    assert [row[1] for row in shared.rows(THEIRS, "candidate")] == ["0042"]  # on a claim that is open


def test_a_night_of_a_centre_is_its_own(shared: Shared) -> None:
    """It neither waits for another's, nor sees who is at that; a second of its own is turned away."""
    stores = [Store.open(centre.workspace.config.store) for centre in shared.centres.values()]
    mine = Holder("Pat", "here", 1, "2026-11-26T02:00:00Z")
    with stores[0].night(mine), stores[1].night(mine):
        for number in (OURS, THEIRS):
            assert [row[0] for row in shared.rows(number, "night")] == [f"{number}:night"]
        with pytest.raises(ClaimbatchError), stores[0].night(mine):
            pass
    for store in stores:
        store.close()
    shared.centres[OURS].done("nightly")
    assert shared.rows("", "night") == []


def test_a_backup_by_a_centre_holds_its_own_rows_and_comes_back(
    shared: Shared, server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = shared.centres[OURS]
    ours.done("backup", tmp_path)
    (path,) = tmp_path.glob("*.zip")
    with database(server) as empty:
        assert run(cli, ["restore", str(path), str(tmp_path / "back"), "--store", empty]) == 0, (
            capsys.readouterr()
        )
        with Store.open(empty) as store:
            assert {row.centre_number for row in store.claims()} == {OURS}
            assert list(store.centres()) == [OURS]
            assert [row.key for row in store.claims() if not examine(store, row.key).is_whole] == []
        code = run(cli, ["store", "role", "list", "-w", str(tmp_path / "back")])
        assert (code, "without rights" in capsys.readouterr().out) == (0, True)


def test_what_a_centre_copies_out_is_its_own(shared: Shared, tmp_path: Path) -> None:
    copied = copy(way(str(shared.centres[OURS].workspace.folder), str(tmp_path / "ours.db")))
    assert {key[:5] for key in copied.account.heads} == {OURS}
    with Store.open(f"sqlite:///{tmp_path}/ours.db") as store:
        assert list(store.centres()) == [OURS]


# --- making roles, and taking them away ------------------------------------------------------------------------


@pytest.fixture
def trust(server: str, tmp_path: Path) -> Iterator[Centre]:
    """The owner's workspace of a store with both centres and nothing else."""
    with owned(server) as address:
        owner = workspace_of(tmp_path / "owner", address)
        with owner.store() as store:
            for number, name in NAMES.items():
                store.add_centre(number, name)
        yield Centre(owner)


def test_a_role_is_made_shown_renewed_and_taken(trust: Centre, capsys: pytest.CaptureFixture[str]) -> None:
    """Its password is shown once, in the line alone; the server is never told it."""
    name, words = role_of(trust.workspace, OURS), ["-w", str(trust.workspace.folder)]
    assert run(cli, ["store", "role", "add", OURS, "--name", name, *words]) == 0
    out, err = capsys.readouterr()
    first = re.fullmatch(rf'store = "postgresql\+psycopg://{name}:([\w-]{{32}})@/.*"\n', out)
    assert first
    assert (first[1] in err, f"Made the role {name}" in err) == (False, True)
    with create_engine(trust.workspace.config.store).connect() as connection:
        assert connection.execute(text("SELECT role, centre_number FROM centre_role")).all() == [(name, OURS)]
    assert run(cli, ["store", "role", "add", OURS, "--name", name, *words]) == 0
    out, err = capsys.readouterr()
    assert (first[1] in out, "Gave a new password" in err) == (False, True)
    assert listed(trust, "store", "role", "list", "--format", "json") == [
        {"role": name, "centre_number": OURS, "centre_name": NAMES[OURS], "state": ""}
    ]
    address = re.findall('"(.*)"', out)[0]
    with Store.open(address) as store:
        assert list(store.centres()) == [OURS]
        assert "Removed" in trust.done("store", "role", "remove", name)
        with pytest.raises(ClaimbatchError):  # though it is connected still
            store.centres()
    assert listed(trust, "store", "role", "list", "--format", "json") == []


def test_a_centre_hears_of_an_import_of_several(trust: Centre, tmp_path: Path) -> None:
    """The record of it is not the centre's to see, so that its own entries have to tell."""
    line = give(trust.workspace, OURS, role_of(trust.workspace, OURS)).line
    mine = workspace_of(tmp_path / OURS, line.partition('"')[2].rstrip('"'))
    words = []
    for name in ("Ahmed, Sana", "Ahmed, Sanaa"):
        rows = "".join(f'{centre},{IT},0042,"{name}",2008-01-02\n' for centre in NAMES)
        file = tmp_path / "all.csv"
        file.write_text(
            f"centre_number,entry_code,candidate_number,candidate_name,date_of_birth\n{rows}", "utf-8"
        )
        trust.done("entries", "import", file, "--yes")
        with mine.store() as store, store.counting() as counting:
            words.append((store.imports("entries"), counting.register_state()))
    assert [imports for imports, _ in words] == [[], []]
    assert words[0] != words[1]


def test_wrong_requests_are_told(trust: Centre, tmp_path: Path, server: str) -> None:
    """And nothing is made."""
    name = role_of(trust.workspace, OURS)
    trust.done("store", "role", "add", OURS, "--name", name)
    owner = str(make_url(trust.workspace.config.store).username)
    file = Centre(Workspace.create(tmp_path / "file", {OURS: "x"}))
    for where, words, sentence in (
        (trust, ("add", "54321"), "There is no centre 54321"),
        (trust, ("add", "5432"), "5432"),
        (trust, ("add", THEIRS, "--name", name), f"is that of centre {OURS}"),
        (trust, ("add", THEIRS, "--name", owner), f"The server has a role {owner} already"),
        (trust, ("add", THEIRS, "--name", 'a"; DROP TABLE claim'), "A role cannot be called"),
        (trust, ("add", THEIRS, "--name", "pg_x"), "A role cannot be called"),
        (trust, ("remove", "nobody"), "No centre has a role nobody"),
        (trust, ("remove", owner), f"No centre has a role {owner}"),
        (file, ("add", OURS), "This store is a file"),
        (file, ("list",), "This store is a file"),
    ):
        code, said = where.run("store", "role", *words)
        assert (code, sentence in said) == (2, True), said
    assert [row["role"] for row in listed(trust, "store", "role", "list", "--format", "json")] == [name]


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("CREATE TABLE more (name TEXT); GRANT SELECT ON more TO PUBLIC", "more"),
        ("CREATE VIEW people AS SELECT name FROM candidate; GRANT SELECT ON people TO PUBLIC", "people"),
        (
            "CREATE FUNCTION every() RETURNS BIGINT LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM claim'",
            "FUNCTION every()",
        ),
        ("ALTER TABLE claim DISABLE ROW LEVEL SECURITY", "claim"),
        ("ALTER VIEW claim_line RESET (security_invoker)", "claim_line"),
    ],
)
def test_no_role_is_made_that_would_see_more(trust: Centre, statement: str, named: str) -> None:
    """A table of somebody else's, a view past the policies, a policy that was switched off."""
    engine = create_engine(trust.workspace.config.store)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()
    code, said = trust.run("store", "role", "add", OURS, "--name", role_of(trust.workspace, OURS))
    assert (code, "more than is its centre's" in said, named in said) == (3, True, True), said
    assert listed(trust, "store", "role", "list", "--format", "json") == []


def test_what_everybody_may_make_is_taken_away(trust: Centre) -> None:
    """Before PostgreSQL 15 everybody could make functions that others run into."""
    engine = create_engine(trust.workspace.config.store)
    with engine.begin() as connection:
        connection.execute(text("GRANT CREATE ON SCHEMA public TO PUBLIC"))
    trust.done("store", "role", "add", OURS, "--name", (name := role_of(trust.workspace, OURS)))
    with engine.connect() as connection:
        may = text("SELECT has_schema_privilege(:role, 'public', 'CREATE')")
        assert connection.execute(may, {"role": name}).scalar() is False
    engine.dispose()


def test_an_older_store_is_brought_up_to_date_by_its_owner_alone(trust: Centre) -> None:
    given = give(trust.workspace, OURS, role_of(trust.workspace, OURS))
    address = re.findall('"(.*)"', given.line)[0]
    engine = create_engine(trust.workspace.config.store)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0009'"))
    with pytest.raises(ClaimbatchError, match="may not bring it up to date") as error:
        Store.open(address)
    assert error.value.exit_code is Exit.WRONG_SETUP
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ClaimbatchError, match="A newer claimbatch made the store"):
        Store.open(address)
    engine.dispose()


def test_after_a_migration_roles_reach_what_is_new(trust: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only those that worked here before: another of that name on the server has no part in it."""
    name = role_of(trust.workspace, OURS)
    give(trust.workspace, OURS, name)
    engine = create_engine(trust.workspace.config.store)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE later (x TEXT)"))
        monkeypatch.setattr(roles, "RIGHTS", {**roles.RIGHTS, "later": "SELECT"})
        connection.execute(text(f"CREATE ROLE other_{name}"))
        connection.execute(text(f"INSERT INTO centre_role VALUES ('other_{name}', '{OURS}')"))
        roles.renew_rights(connection)
        may = text("SELECT has_table_privilege(:role, 'later', 'SELECT')")
        assert [connection.execute(may, {"role": role}).scalar() for role in (name, f"other_{name}")] == [
            True,
            False,
        ]
    engine.dispose()


def test_a_role_without_a_centre_is_told_so(trust: Centre) -> None:
    """It would seem to it that all claims had vanished."""
    name = role_of(trust.workspace, OURS)
    address = re.findall('"(.*)"', give(trust.workspace, OURS, name).line)[0]
    engine = create_engine(trust.workspace.config.store)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM centre_role"))
    with pytest.raises(ClaimbatchError, match="has no centre, so it sees nothing"):
        Store.open(address)
    engine.dispose()
