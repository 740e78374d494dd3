"""A store of the first schema, with data in it, becomes today's: nothing is lost, and work goes on.

``golden/store-0001.sql`` is that store as it was; the schema in it is SQLite's, the rows are anybody's.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError

import claimbatch.migrations
from claimbatch.claims.claim import Status
from claimbatch.claims.history import Event, verify
from claimbatch.claims.life import Submission, declare, submit
from claimbatch.claims.proof import examine
from claimbatch.claims.register import RegisterFile
from claimbatch.claims.store import Store
from claimbatch.claims.store.tables import VERSION
from claimbatch.claims.submitted import complete
from claimbatch.form.qualification_file import load_catalogue
from claimbatch.output.export import claim_rows
from tests.centre import CENTRE, IT

GOLDEN = (Path(__file__).parent / "golden" / "store-0001.sql").read_text("utf-8")
CATALOGUE = load_catalogue()
OLD, OPEN = f"{CENTRE}-{IT}-1", f"{CENTRE}-{IT}-2"


@contextmanager
def database(url: str) -> Iterator[Connection]:
    engine = create_engine(url)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def upgrade(connection: Connection, revision: str) -> None:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(claimbatch.migrations.__file__).parent))
    command.upgrade(config, revision)


def version(url: str) -> str | None:
    with database(url) as connection:
        return MigrationContext.configure(connection).get_current_revision()


@pytest.fixture
def first(url: str) -> str:
    """A store of the first schema, full of data; its address."""
    with database(url) as connection:
        upgrade(connection, "0001")
        rows = [line for line in GOLDEN.splitlines() if line.startswith("INSERT")]
        for row in rows:
            if "alembic_version" not in row:
                connection.execute(text(row.replace(":", r"\:")))
    return url


def test_the_first_schema_is_what_it_was(tmp_path):
    """A migration that was released never changes."""
    with database(f"sqlite:///{tmp_path}/new.db") as connection:
        upgrade(connection, "0001")
        query = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid"
        made = [sql.strip() + ";" for sql in connection.execute(text(query)).scalars()]
    assert "\n".join(made) == GOLDEN.partition("\n\n")[2].partition("\nINSERT")[0]


def test_everything_in_it_is_there_afterwards(first):
    with Store.open(first) as store:
        assert version(first) == VERSION
        assert store.centres() == {CENTRE: "Example College"}
        assert [(e.entry_code, e.candidate.name, sorted(e.units)) for e in store.entries()] == [
            (IT, "Ahmed, Sana", [3, 12]),
            (IT, "O'Neill, Zoë", [3]),
            ("05844", "Ahmed, Sana", []),
        ]
        assert [a.initials for a in store.assessors()] == ["JH", "SA"]
        assert store.received(["ab" * 32]) == {"ab" * 32}
        assert [(issued.due, issued.sha256) for issued, _ in store.sent()] == [("", "")]
        assert [(c.key, c.status, c.candidates, c.lines) for c in store.claims()] == [
            (OPEN, Status.NOT_SUBMITTED, 1, 1),
            (OLD, Status.SUBMITTED, 2, 3),
        ]
        rows = claim_rows(store.claim(OLD, CATALOGUE))
        assert [(r["candidate_number"], r["unit"], r["grade"], r["assessor_name"]) for r in rows] == [
            ("0042", "3", "M", "Jo Hughes"),
            ("0042", "12", "D", "Jo Hughes"),
            ("0043", "3", "M", "Sam Adeyemi"),
        ]


def test_its_history_is_whole_and_goes_on(first):
    """What was hashed then is still so today, and new entries chain to old ones."""
    with Store.open(first) as store:
        assert [examine(store, key).is_whole for key in (OLD, OPEN)] == [True, True]
        complete(store, store.claim(OLD, CATALOGUE), "R1", "pat")
        claim = store.claim(OPEN, CATALOGUE)
        declare(store, claim, ["0043"], "pat")
        entered = store.entries(CENTRE, IT)[1]  # for Unit 3 alone, and Unit 4 is claimed
        corrected = replace(entered, units=entered.units | {4})
        store.save_register(RegisterFile((corrected,), columns=frozenset({"units"})))
        number = submit(store, store.claim(OPEN, CATALOGUE), Submission("pat", centre_declaration=True))
        assert number == "C000002"
        assert [verify(key, store.history(key)) for key in (OLD, OPEN)] == [None, None]


def test_old_history_is_still_protected(first):
    with Store.open(first):
        pass
    with pytest.raises(DBAPIError, match="insert-only"), database(first) as connection:
        connection.execute(text("UPDATE event SET grade = 'D'"))


def test_a_migration_that_fails_leaves_the_store_as_it_was(first):
    """Here the new table's name is taken; once it is free the migration goes through."""
    with database(first) as connection:
        connection.execute(text("CREATE TABLE explanation (oops TEXT)"))
    with pytest.raises(DBAPIError):
        Store.open(first)
    assert version(first) == "0001"
    with database(first) as connection:
        connection.execute(text("DROP TABLE explanation"))
    with Store.open(first) as store, store.writing() as writer:
        assert writer.record(OPEN, [Event("declared", candidate="0043")]) == 3
