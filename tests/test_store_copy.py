"""A store that was copied holds every row and works on as the other would have; the target has all of it or nothing."""

import json
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import create_engine, text

from claimbatch.claims.proof import examine
from claimbatch.claims.store import Store, moving
from claimbatch.claims.store.tables import PASSING
from claimbatch.cli.main import cli
from claimbatch.cli.session import run
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.night.lock import locked
from claimbatch.office.store_copy import copy, way
from claimbatch.settings import read_settings, set_store
from claimbatch.web import run as page
from claimbatch.web.settings import Settings
from claimbatch.workspace import CONFIG, Workspace
from tests.centre import CENTRE, IT, Centre, fill, put
from tests.servers import database, rows
from tests.test_claim_laws import Life

CLAIM = f"{CENTRE}-{IT}-1"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a claim, which nothing changes."""
    centre = Centre.make(tmp_path_factory.mktemp("made") / "centre")
    centre.done("merge", fill(centre.issue()))
    return centre.workspace.folder


@pytest.fixture
def here(made: Path, tmp_path: Path) -> Centre:
    """The same, in a folder of the test's own."""
    return Centre(Workspace(shutil.copytree(made, tmp_path / "centre")))


@pytest.fixture
def empty(server: str) -> Iterator[str]:
    """The address of an empty database."""
    with database(server) as address:
        yield address


def told(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str]:
    """What ``claimbatch store copy`` exits with, and says beside its account."""
    code = run(cli, ["store", "copy", *map(str, words)])
    return code, capsys.readouterr().err


def held(address: str) -> dict[str, list[object]]:
    """Every row of a store, by table: not whose its roles are, nor who is at work in it."""
    beside = {"centre_role", *(table.name for table in PASSING)}
    return {name: found for name, found in rows(address).items() if name not in beside}


def in_file(path: Path) -> str:
    return f"sqlite:///{path}"


class Carried(Life):
    """A store in whatever state commands have brought it into, carried to and fro; then the same is done in all."""

    def teardown(self) -> None:
        try:
            self._see()
        finally:
            super().teardown()

    def _see(self) -> None:
        book = put(self.issue("grid").path, {"Grades!E5": "D", "Assessed by!E5": "JH"}, "late.xlsx")
        first = self.centre.workspace
        server, back = self.server(self.kept), in_file(self.folder / "back.db")
        copy(way(str(first.folder), server))
        copy(way(server, back))
        stores = [first.config.store, server, back]
        assert held(stores[0]) == held(stores[1]) == held(stores[2])
        said = [self._merged(store, book, self.folder / str(n)) for n, store in enumerate(stores)]
        assert said[0] == said[1] == said[2]
        assert held(stores[0]) == held(stores[1]) == held(stores[2])

    def _merged(self, store: str, book: Path, folder: Path) -> tuple[int, str]:
        """What merging *book* into the *store* says, at the same moment in all of them."""
        shutil.copytree(self.centre.workspace.folder, folder)
        set_store(folder / CONFIG, store)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SOURCE_DATE_EPOCH", str(int(time.time()) // 1000 * 1000 + 1000))
            code, said = Centre(Workspace(folder)).run("merge", book)
        with Workspace(folder).store() as opened:
            assert [row.key for row in opened.claims() if not examine(opened, row.key).is_whole] == []
        return code, said

    server: Callable[[ExitStack], str]


def test_a_copy_is_the_same_and_works_on_as_the_other_would(server: str) -> None:
    """From SQLite to PostgreSQL and back, whatever has happened in it: each row of each table, before and after."""

    def machine() -> Carried:
        carried = Carried(lambda _, folder: in_file(folder / "first.db"))
        carried.server = lambda kept: kept.enter_context(database(server))
        return carried

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=2, stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def test_what_is_said(here: Centre, empty: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What was copied, what proves it, which line to change; and no password, wherever it stood."""
    folder = here.workspace.folder
    with_password = empty.replace("claimbatch@", "claimbatch:geheim@")
    code, said = told(capsys, folder, with_password)
    account = held(empty)
    changes, counted = len(account["event"]), sum(map(len, account.values())) - 1  # but the version
    shown = with_password.replace("geheim", "***")
    place = re.escape(shown).replace("/", "(/|%2F)")
    assert code == 0
    assert re.fullmatch(
        f"""\
Copied {folder}/claims.db to {place}: {counted} rows, 1 claim with {changes} changes.
Read back: every row is the same, and each claim's history ends with the same hash.
The history of each claim proves whole.
To use the copy, let nobody work on, and change the line in {folder}/claimbatch.toml:
  store = "{place}"
What is written to {folder}/claims.db from now on is not in the copy. It stays as it is; --use does both at once.
""",
        said,
    )
    assert run(cli, ["store", "copy", with_password, str(tmp_path / "b.db"), "--format", "json"]) == 0
    out, err = capsys.readouterr()
    assert {row["table"]: row["rows"] for row in json.loads(out)} == {
        name: len(held) for name, held in account.items() if name != "alembic_version"
    }
    assert "geheim" not in out + err
    assert "the workspace's claimbatch.toml" in err


def test_use_lets_the_settings_say_so_and_back_again(
    here: Centre, empty: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The line alone changes; the old store stays as it was."""
    folder = here.workspace.folder
    settings_before = (folder / CONFIG).read_text("utf-8")
    code, said = told(capsys, folder, empty, "--use")
    assert (code, "says so from now on" in said, 'let it say: store = "sqlite:///claims.db"' in said) == (
        0, True, True,
    )  # fmt: skip
    assert read_settings(folder / CONFIG).store == empty
    now = (folder / CONFIG).read_text("utf-8").splitlines()
    assert [one for one, other in zip(settings_before.splitlines(), now, strict=True) if one != other] == [
        'store = "sqlite:///claims.db"'
    ]
    Centre(Workspace(folder)).done("claim", "set", CLAIM, "0042", "4", "D", "JH")
    code, said = told(capsys, folder, folder / "again.db", "--use")
    assert (code, "Every other workspace" in said) == (0, True)
    assert read_settings(folder / CONFIG).store == "sqlite:///again.db"
    assert held(in_file(folder / "again.db")) == held(empty)
    assert len(held(in_file(folder / "claims.db"))["event"]) == len(held(empty)["event"]) - 1


def test_while_it_is_put_to_use_nobody_writes(here: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or what they wrote would stay behind: in the store, and by a night or a page that begins."""
    monkeypatch.setattr("claimbatch.claims.store.engine._PRAGMAS", ("PRAGMA busy_timeout = 50",))
    folder, seen = here.workspace.folder, []

    def move(source: object, target: object) -> object:
        seen.append(here.run("claim", "set", CLAIM, "0042", "4", "D", "JH")[0])
        seen.append(here.run("nightly")[0])
        return moving.move_rows(source, target)

    monkeypatch.setattr("claimbatch.office.store_copy.move_rows", move)
    assert run(cli, ["store", "copy", str(folder), str(folder / "new.db"), "--use"]) == 0
    assert seen == [Exit.LOCKED, Exit.LOCKED]


def test_it_is_not_put_to_use_while_a_night_runs_or_the_page_is_open(
    here: Centre, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, new = here.workspace.folder, here.workspace.folder / "new.db"
    with locked(folder / "runs", "Pat"):
        assert told(capsys, folder, new, "--use")[0] == Exit.LOCKED
    (folder / page.RUNNING).write_text("{}")
    monkeypatch.setattr(page, "open_page", lambda _: Settings(8377))
    code, said = told(capsys, folder, new, "--use")
    assert (code, "open as a page" in said) == (Exit.LOCKED, True)
    assert not new.exists()
    assert read_settings(folder / CONFIG).store == "sqlite:///claims.db"


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_others_work_on_meanwhile_and_it_is_told(
    here: Centre, empty: str, kind: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy is of one moment; what was written while it was made is not in it."""
    folder = here.workspace.folder
    before, taken, done = held(in_file(folder / "claims.db")), moving.Account.of, []
    if kind == "postgresql":
        copy(way(str(folder), empty), use=True)

    def of(account: moving.Account, table: object, found: object) -> object:
        if table is moving.claim and not done:
            done.append(Centre(Workspace(folder)).done("claim", "set", CLAIM, "0042", "4", "D", "JH"))
        return taken(account, table, found)

    monkeypatch.setattr(moving.Account, "of", of)
    target = empty if kind == "sqlite" else in_file(folder / "c.db")
    code, said = told(capsys, folder, target)
    assert (code, "1 claim went on" in said) == (0, True)
    assert held(target) == before


def test_only_an_empty_database_takes_a_store(
    here: Centre, empty: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One in which anything stands is left as it is; tables without a row are as good as none."""
    folder, used = here.workspace.folder, tmp_path / "used.db"
    Store.open(empty).close()
    assert told(capsys, folder, empty)[0] == 0
    before = held(empty)
    code, said = told(capsys, folder, empty)
    assert (code, "holds a store already; nothing was done" in said) == (2, True)
    with closing(sqlite3.connect(used)) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    code, said = told(capsys, folder, used)
    assert (code, "not claimbatch's; nothing was done" in said) == (2, True)
    assert (held(empty), held(in_file(used))) == (before, {"theirs": []})


def test_wrong_requests_are_told(
    here: Centre, empty: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = here.workspace.folder
    for words, code, sentence in (
        ((folder, folder / "claims.db"), 2, "Both are the same store"),
        ((folder, tmp_path), 2, "is a folder"),
        ((tmp_path, tmp_path / "x.db"), 2, "is not a claimbatch workspace"),
        ((tmp_path / "y.db", tmp_path / "x.db"), 2, "There is no store at"),
        ((empty, tmp_path / "x.db"), 2, "There is no claimbatch store in"),
        ((folder, "mysql://x/y"), 3, "A store cannot be kept in mysql"),
        ((folder, tmp_path / "no" / "x.db"), 5, "could not be read or written"),
        ((folder, empty.replace("/claimbatch_", "/nothing_")), 5, "could not be read or written"),
        ((folder / "claims.db", tmp_path / "x.db", "--use"), 2, "No workspace is known"),
    ):
        got, said = told(capsys, *words)
        assert (got, sentence in said) == (code, True), said
    assert list(tmp_path.glob("x.db*")) == []


def test_a_newer_store_is_left_alone(
    here: Centre, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(here.workspace.folder / "claims.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    code, said = told(capsys, here.workspace.folder, tmp_path / "x.db")
    assert (code, "A newer claimbatch made the store" in said) == (3, True)


@contextmanager
def spoilt(path: Path, statement: str) -> Iterator[None]:
    """A store in which somebody wrote past claimbatch."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER event_no_update")
        connection.execute(statement)
        connection.commit()
    yield


def test_a_history_that_was_altered_before_is_copied_told_and_not_put_to_use(
    here: Centre, empty: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = here.workspace.folder
    with spoilt(folder / "claims.db", "UPDATE event SET grade = 'D' WHERE revision = 3"):
        code, said = told(capsys, folder, empty, "--use")
    assert (code, f"The history was altered, before it was copied, of: {CLAIM}." in said) == (1, True)
    assert read_settings(folder / CONFIG).store == "sqlite:///claims.db"
    assert held(empty) == held(in_file(folder / "claims.db"))


def test_what_postgresql_cannot_hold_is_told(
    here: Centre, empty: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = here.workspace.folder
    with spoilt(folder / "claims.db", "UPDATE candidate SET name = 'a' || char(0)"):
        code, said = told(capsys, folder, empty)
    assert (code, "In the table candidate there is something" in said) == (5, True)
    assert held(empty) == {}


@pytest.mark.parametrize("change", ["UPDATE centre SET name = 'x'", "DELETE FROM unit_entry", None])
def test_what_is_read_back_otherwise_is_not_kept(
    here: Centre, empty: str, change: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proof can fail: one value, one row, or a history."""
    folder = here.workspace.folder
    if change and "unit_entry" in change:
        here.done("entries", "import", _with_units(folder), "--yes")
    carry = moving._carry

    def carrying(reading: object, writing: object) -> moving.Account:
        account = carry(reading, writing)
        if change:
            writing.execute(text(change))
        else:
            account.heads[CLAIM] = (1, "")
        return account

    monkeypatch.setattr(moving, "_carry", carrying)
    with pytest.raises(ClaimbatchError, match="is not what was written") as error:
        copy(way(str(folder), empty))
    assert error.value.exit_code is Exit.NOT_FINISHED
    assert held(empty) == {}


def _with_units(folder: Path) -> Path:
    path = folder / "register.csv"
    path.write_text(
        f'entry_code,candidate_number,candidate_name,date_of_birth,units\n{IT},0042,"Ahmed, Sana",2008-01-02,3\n'
    )
    return path


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_one_that_is_killed_leaves_nothing_or_all(
    here: Centre, server: str, kind: str, tmp_path: Path
) -> None:
    """At whatever moment; and what it left does not hinder the next."""
    folder = here.workspace.folder
    whole = held(in_file(folder / "claims.db"))
    with ExitStack() as kept:
        for number, wait in enumerate((0.5, 0.7, 0.9)):
            target = in_file(tmp_path / f"{number}.db")
            if kind == "postgresql":
                target = kept.enter_context(database(server))
            command = [sys.executable, "-m", "claimbatch", "store", "copy", str(folder), target]
            with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
                time.sleep(wait)
                process.kill()
            there = held(target)
            assert there in ({}, whole)
            if not there:
                copy(way(str(folder), target))
                assert held(target) == whole


def test_nothing_numbers_itself_in_the_store(empty: str) -> None:
    """Numbers are given out by the writer from what is there: after a copy no sequence has to be set on."""
    Store.open(empty).close()
    engine = create_engine(empty)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT count(*) FROM information_schema.sequences")).scalar()
        numbered = "SELECT count(*) FROM information_schema.columns WHERE is_identity = 'YES'"
        assert (found, connection.execute(text(numbered)).scalar()) == (0, 0)
    engine.dispose()
