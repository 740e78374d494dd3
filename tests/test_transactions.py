"""What a server breaks off is done anew, and never twice: with a real server, and a connection that is really lost."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from claimbatch.claims.history import Event, verify
from claimbatch.claims.store import Store, Writer, engine, transactions
from claimbatch.claims.store.engine import settings_of
from claimbatch.claims.store.transactions import reading, writing
from claimbatch.errors import ClaimbatchError, Exit
from tests.centre import CENTRE, IT
from tests.cutting import Cutting, cutting
from tests.servers import database

KEY = f"{CENTRE}-{IT}-1"
LINE = Event("added", who="teacher", candidate="0042", unit="3", grade="P", assessor="JS")
KILL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'claimbatch%'"
COMMIT = b"COMMIT\0"  # not READ COMMITTED


@pytest.fixture(scope="module")
def address(server: str) -> Iterator[str]:
    """A store with a centre, shared by the tests of this file: each looks for what it has added itself."""
    with database(server) as made:
        with Store.open(made) as store:
            store.add_centre(CENTRE, "Example College")
        yield made


@pytest.fixture
def line(address: str) -> Iterator[Cutting]:
    """The line between claimbatch and the server, that can be cut."""
    with (
        tempfile.TemporaryDirectory(prefix="claimbatch-cut") as folder,
        cutting(address, Path(folder)) as made,
    ):
        yield made


@pytest.fixture
def store(line: Cutting, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr(transactions, "FIRST", 0.01)
    with Store.open(line.address) as opened:
        yield opened


def add(store: Store) -> int:
    """Add a line to the claim; how often that was begun."""
    begun = []

    def work(writer: Writer) -> int:
        begun.append(writer.open_claim(CENTRE, IT))
        writer.record(KEY, [LINE])
        return len(begun)

    assert store.write(work) == len(begun)
    return len(begun)


def lines(store: Store) -> int:
    """How often the line was added; the history is whole."""
    history = store.history(KEY)
    assert verify(KEY, history) is None
    return [event.kind for event in history].count("added")


def test_a_transaction_whose_commit_did_not_arrive_is_done_anew(store: Store, line: Cutting) -> None:
    add(store)
    before = lines(store)
    line.lose(COMMIT, answer=False)
    assert (add(store), line.cut, lines(store) - before) == (2, 1, 1)


def test_a_transaction_whose_commit_was_done_but_not_answered_is_not_done_twice(
    store: Store, line: Cutting
) -> None:
    """Nobody sees from the lost connection which of the two it was."""
    add(store)
    before = lines(store)
    line.lose(COMMIT, answer=True)
    assert (add(store), line.cut, lines(store) - before) == (1, 1, 1)


@pytest.mark.parametrize("word", [b"INSERT INTO event", b"pg_advisory_xact_lock", b"SELECT claim.key"])
def test_a_transaction_that_is_cut_in_the_middle_is_done_anew(
    store: Store, line: Cutting, word: bytes
) -> None:
    add(store)
    before = lines(store)
    line.lose(word, answer=True)
    add(store)
    assert (line.cut, lines(store) - before) == (1, 1)


def test_what_is_read_is_read_anew(store: Store, line: Cutting) -> None:
    line.lose(b"FROM centre", answer=True)
    assert (store.centres(), line.cut) == ({CENTRE: "Example College"}, 1)


def test_a_connection_that_died_while_nobody_used_it_is_not_handed_out(store: Store, address: str) -> None:
    """Not even the first statement sees that the server was restarted, or closed it, in between."""
    store.centres()
    with Store.open(address) as other, writing(other._engine) as connection:
        connection.execute(text(f"{KILL} AND pid <> pg_backend_pid()"))
    with reading(store._engine) as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1


@pytest.mark.parametrize("state", ["40001", "40P01"])
def test_a_transaction_that_another_one_broke_is_done_anew(store: Store, state: str) -> None:
    """It could not be serialised, or the two waited for each other."""
    begun = []

    def work(connection: object) -> int:
        begun.append(connection)
        if len(begun) < 3:
            connection.execute(text(f"DO $$ BEGIN RAISE 'broken' USING ERRCODE = '{state}'; END $$"))  # type: ignore[attr-defined]
        return len(begun)

    assert transactions.write(store._engine, work) == 3


def test_a_fault_is_a_fault_at_once(store: Store) -> None:
    """What is wrong would be wrong again."""
    begun = []

    def work(connection: object) -> None:
        begun.append(connection)
        connection.execute(text("INSERT INTO event SELECT * FROM event"))  # type: ignore[attr-defined]

    add(store)
    with pytest.raises((DBAPIError, IntegrityError)):
        transactions.write(store._engine, work)
    assert len(begun) == 1


def test_a_server_that_does_not_come_back_is_said_so(
    store: Store, line: Cutting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And where only it can know whether the last step was done, that is said, too."""
    monkeypatch.setattr(transactions, "TRIES", 2)
    said = []
    for word in (b"INSERT INTO event", COMMIT):
        add(store)
        line.lose(word, answer=True)
        there, line.there = line.there, "/nowhere"
        with pytest.raises(ClaimbatchError) as error:
            add(store)
        line.there = there
        said.append(
            (error.value.exit_code, error.value.message.partition("claims")[2] or error.value.message)
        )
    assert [code for code, _ in said] == [Exit.NOT_FINISHED, Exit.NOT_FINISHED]
    assert "nothing half-done is left" in said[0][1]
    assert "not known whether this was done" in said[1][1]


def test_who_waits_for_another_writer_is_told_so_after_a_while(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is no passing trouble: it has waited already."""
    monkeypatch.setattr(engine, "PATIENCE", 50)
    with writing(store._engine), pytest.raises(ClaimbatchError) as error:
        add(store)
    assert error.value.exit_code is Exit.LOCKED


def test_the_words_of_days_ago_go(store: Store) -> None:
    with writing(store._engine) as connection:
        connection.execute(text("INSERT INTO written VALUES ('old', '2020-01-01T00:00:00Z')"))
    add(store)
    with reading(store._engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM written WHERE word = 'old'")).scalar() == 0


def test_the_address_may_say_how_to_connect() -> None:
    """What it says is not overruled."""
    given = settings_of(make_url("postgresql+psycopg://h/d?connect_timeout=3&options=-c%20work_mem=9MB"))
    arguments = given["connect_args"]
    assert "connect_timeout" not in arguments
    assert arguments["application_name"].startswith("claimbatch on ")
    assert arguments["options"].endswith("tcp_keepalives_count=3 -c work_mem=9MB")
    assert settings_of(make_url("sqlite:///claims.db")) == {}
