"""The store keeps register, templates, claims and their history, and says plainly what it could not do.

What is not about SQLite files themselves runs on SQLite and on PostgreSQL.
"""

import multiprocessing
import sqlite3
import stat
import traceback
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

import claimbatch.migrations
from claimbatch.claims.claim import Candidate, Line, Status
from claimbatch.claims.history import Event, verify
from claimbatch.claims.register import Assessor, Entry, RegisterFile
from claimbatch.claims.register.changes import of_entries
from claimbatch.claims.store import ClaimRow, Counts, Source, Store, engine
from claimbatch.claims.store.register_state import read_state
from claimbatch.claims.store.rows import insert_rows
from claimbatch.claims.store.tables import VERSION, candidate, metadata
from claimbatch.claims.store.transactions import reading, writing
from claimbatch.data import schema_folder
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.form.identity import issue
from claimbatch.form.qualification_file import load_catalogue

CENTRE, CODE = "68199", "05347"
SMITH = Candidate("0042", "Smith, Jo", date(2008, 4, 3), uln="9276308686")
JONES = Candidate("0043", "Jones, Zoë")
UPSERT = "INSERT INTO event SELECT * FROM event WHERE true ON CONFLICT (claim_id, revision)"
sqlite_only = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
postgresql_only = pytest.mark.parametrize("url", ["postgresql"], indirect=True)


@pytest.fixture
def store(url):
    with Store.open(url) as store:
        store.add_centre(CENTRE, "Example College")
        yield store


@pytest.fixture
def path(tmp_path):
    return tmp_path / "claims.db"


def said(candidate, unit, grade, assessor="JS", kind="added"):
    return Event(kind, who="teacher", candidate=candidate, unit=unit, grade=grade, assessor=assessor)


def entry(candidate=SMITH, code=CODE, **more):
    return Entry(CENTRE, code, candidate, **more)


def register(*entries, columns=("ocr_candidate_number", "uci", "uln", "units")):
    return RegisterFile(entries, columns=frozenset(columns))


def claim_with(store, *events):
    with store.writing() as writer:
        key = writer.open_claim(CENTRE, CODE, "teacher")
        writer.record(key, events)
    return key


def submit(store, key):
    claim = store.claim(key, load_catalogue(schema_folder()))
    with store.writing() as writer:
        writer.move(
            key,
            Status.SUBMITTED,
            Event("submitted"),
            expected=claim,
            claim_number="1000001",
            submitted_by="head",
        )


# --- the register ----------------------------------------------------------------------------------------


def test_a_register_comes_back_as_it_was_stored(store):
    entries = [
        entry(units=frozenset({3, 12}), details={"Group": "13B"}),
        entry(JONES),
        entry(SMITH, "05349"),
    ]
    store.save_register(register(*entries))
    assert store.entries() == entries
    assert store.entries(CENTRE, "05349") == entries[2:]
    assert store.entries("12345") == []


def test_importing_again_changes_only_what_differs(store):
    store.save_register(register(entry(), entry(JONES)))
    renamed = Candidate("0043", "Jones-Lee, Zoë")
    new = Candidate("0044", "Khan, A")
    again = register(entry(), entry(renamed, units=frozenset({4})), entry(new))
    assert store.save_register(again, dry_run=True) == Counts(3, 3, new=1, changed=1, unchanged=1)
    assert store.entries() == [entry(), entry(JONES)]
    assert store.save_register(again) == Counts(3, 3, new=1, changed=1, unchanged=1)
    assert store.save_register(again) == Counts(3, 3, unchanged=3)
    assert store.entries() == list(again.entries)


def test_a_column_that_the_file_has_not_keeps_what_is_stored(store):
    full = entry(units=frozenset({3}), details={"Group": "13B"})
    store.save_register(register(full))
    bare = Candidate("0042", "Smith, Jo", date(2008, 4, 3))
    assert store.save_register(register(entry(bare), columns=())) == Counts(1, 1, unchanged=1)
    assert store.entries() == [full]
    store.save_register(register(entry(bare)))
    assert store.entries() == [entry(bare, details={"Group": "13B"})]


def test_only_replacing_removes_entries_and_only_of_the_entry_codes_in_the_file(store):
    store.save_register(register(entry(units=frozenset({3})), entry(JONES), entry(SMITH, "05349")))
    assert store.save_register(register(entry(JONES))).removed == ()
    assert store.save_register(register(entry(JONES)), replacing=True) == Counts(
        1, 1, unchanged=1, removed=((CENTRE, CODE, SMITH.number),)
    )
    assert store.entries() == [entry(JONES), entry(SMITH, "05349")]


def test_a_candidate_goes_with_the_last_entry_unless_a_claim_names_them(store):
    """Nobody's name is kept for nothing."""
    store.save_register(register(entry(), entry(JONES)))
    claim_with(store, said("0042", "3", "P"))
    store.save_register(register(entry(Candidate("0044", "Li"))), replacing=True)
    with reading(store._engine) as connection:
        assert connection.execute(text("SELECT number FROM candidate ORDER BY number")).scalars().all() == [
            "0042", "0044",
        ]  # fmt: skip


def test_assessors_gather_entry_codes_and_keep_the_name_and_spelling_first_given(store):
    store.save_assessors([Assessor(CENTRE, "JS", "Jo Smith", frozenset({CODE}))])
    more = [Assessor(CENTRE, "js", "J. Smith", frozenset({"05349"})), Assessor(CENTRE, "AK", "A Khan")]
    assert store.save_assessors(more) == Counts(entries=2, new=1, changed=1)
    assert store.assessors(CENTRE) == [
        Assessor(CENTRE, "AK", "A Khan"),
        Assessor(CENTRE, "JS", "Jo Smith", frozenset({CODE, "05349"})),
    ]


# --- templates and received workbooks --------------------------------------------------------------------


def an_identity(revision):
    return issue(
        b"key",
        centre_number=CENTRE,
        entry_code=CODE,
        form="by-unit",
        unit=3,
        fingerprint="ab" * 6,
        issued_at="2026-11-23T09:30:00Z",
        revision=revision,
        claim_key=f"{CENTRE}-{CODE}-1",
        locked_rows=[],
    )


def test_an_issued_template_is_remembered_with_the_claim_it_was_made_from(store):
    first = an_identity(0)
    to_come, is_open = store.current_key(CENTRE, CODE)
    store.issue(first, to_come, {"0042": "aa", "0043": "bb"})
    store.issue(first, to_come, {"0042": "other"})
    key = claim_with(store, said("0042", "3", "P"))
    assert (to_come, is_open, store.current_key(CENTRE, CODE)) == (key, False, (key, True))
    second = an_identity(2)
    store.issue(second, key, {})
    issued = store.templates([first.template_id, second.template_id, "ffffffffffff"])
    assert {i: (t.claim_key, t.revision, t.digests) for i, t in issued.items()} == {
        first.template_id: (key, 0, {"0042": "aa", "0043": "bb"}),  # the claim that was to come
        second.template_id: (key, 2, {}),
    }


def test_the_same_bytes_are_known_when_they_come_again(store):
    key = claim_with(store)
    with store.writing() as writer:
        for workbook in ("a.xlsx", "copy of a.xlsx"):
            writer.receive([("aa", CENTRE, CODE, workbook, key)])
    assert store.received(["aa", "bb", *map(str, range(40_000))]) == {"aa"}


# --- claims ----------------------------------------------------------------------------------------------


def test_the_present_claim_is_the_last_word_on_each_candidate_and_unit(store):
    other = "other:Pearson:Film"
    key = claim_with(
        store,
        said("0042", "3", "P"),
        said("0042", "12", "M"),
        said("0042", "3", "D", "AK", "changed"),
        said("0043", other, "P"),
        said("0042", "12", "", "", "removed"),
        Event("declared", candidate="0042"),
    )
    with store.writing() as writer:
        assert writer.lines(key) == {("0042", "3"): ("D", "AK"), ("0043", other): ("P", "JS")}
    assert store.lines_at(key, 3) == {("0042", "3"): ("P", "JS"), ("0042", "12"): ("M", "JS")}
    assert store.lines_at(key, 7) == {("0042", "3"): ("D", "AK"), ("0043", other): ("P", "JS")}
    assert store.lines_at("", 0) == {}


def test_a_claim_comes_with_the_names_its_documents_need(store):
    store.save_register(register(entry(), entry(JONES)))
    store.save_assessors([Assessor(CENTRE, "JS", "Jo Smith", frozenset({CODE}))])
    key = claim_with(store, said("0042", "12", "M"), said("0042", "3", "P"))
    claim = store.claim(key, load_catalogue(schema_folder()))
    assert (claim.centre_name, claim.entry_code, claim.revision) == ("Example College", CODE, 3)
    assert claim.lines == (Line("0042", "3", "P", "JS"), Line("0042", "12", "M", "JS"))
    assert (claim.candidates, claim.assessors) == ({"0042": SMITH}, {"JS": "Jo Smith"})
    assert claim.head == store.history(key)[-1].hash


def test_of_a_history_that_is_known_only_the_rest_is_read(store, monkeypatch):
    """Unless it is another one by now, as after a backup was brought back."""
    key = claim_with(store, said("0042", "3", "P"))
    known = store.history(key)
    with store.writing() as writer:
        writer.record(key, [said("0043", "3", "M")])
    whole = store.history(key)
    assert store.history(key, known) == store.history(key, whole) == whole
    assert [id(event) for event in store.history(key, known)[:2]] == [id(event) for event in known]
    other = [*known[:-1], known[-1]._replace(grade="D", hash="0" * 64)]
    longer = [*whole, whole[-1]._replace(revision=4)]
    assert store.history(key, other) == store.history(key, longer) == whole


def test_what_the_register_says_is_told_by_one_word(store):
    """The same as long as it says the same; of one centre, or of all."""
    words = []

    def imported(file):
        def plan(stored):
            return of_entries(file, stored)

        store.change_register(plan, plan(store.register()), Source("entries", "Pat"))

    def word():
        with store.counting() as counting:
            words.append((counting.register_state(), read_state(counting._connection, "12345")))
            assert words[-1][0] == counting.register_state()

    word()
    for change in (
        lambda: imported(register(entry())),
        lambda: imported(register(entry(units=frozenset({3})), columns=("units",))),
        lambda: imported(register(entry(replace(SMITH, name="Smith, Joanna")))),
        lambda: imported(register(entry(details={"group": "12A"}), columns=("group",))),
        lambda: store.save_assessors([Assessor(CENTRE, "JS", "Jo Smith", frozenset({CODE}))]),
        lambda: store.save_assessors([Assessor(CENTRE, "JS", "Jo Smith", frozenset({CODE, "05349"}))]),
        lambda: store.rename_assessor(CENTRE, "JS", "Jo Smythe"),
        lambda: store.remove_assessor(CENTRE, "JS", "05349"),
        lambda: store.add_centre(CENTRE, "Another name"),
    ):
        change()
        word()
    assert len({of_all for of_all, _ in words}) == len(words)
    assert len({of_another for _, of_another in words}) == 1
    key = claim_with(store, said("0042", "3", "P"))
    word()
    assert words[-1] == words[-2]
    with store.counting() as counting:
        assert counting.claim_state(key) == counting.claim_state(key)


def test_claims_are_listed_newest_first_with_their_counts(store, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    first = claim_with(store, said("0042", "3", "P"), said("0042", "4", "P"), said("0043", "3", "M"))
    submit(store, first)
    second = claim_with(store)
    then, heads = "1970-01-01T00:00:00Z", {key: store.history(key)[-1].hash for key in (first, second)}
    rows = [
        ClaimRow(second, "", "", Status.NOT_SUBMITTED, CENTRE, CODE, then, then, 0, 0, heads[second]),
        ClaimRow(first, "1000001", "", Status.SUBMITTED, CENTRE, CODE, then, then, 2, 3, heads[first]),
    ]
    assert store.claims() == rows
    assert store.claims(status=Status.SUBMITTED) == store.claims(CENTRE, CODE, Status.SUBMITTED) == rows[1:]
    assert store.claims("12345") == []


def test_a_claim_that_is_not_there_gets_the_nearest_one_as_a_hint(store):
    claim_with(store)
    with pytest.raises(ClaimbatchError) as error:
        store.history("68199-05347-2")
    assert (error.value.message, error.value.hint, error.value.exit_code) == (
        "There is no claim 68199-05347-2.",
        "Did you mean 68199-05347-1?",
        Exit.WRONG_REQUEST,
    )


def test_a_submitted_claim_takes_no_more_grades_and_the_next_one_is_a_new_claim(store):
    key = claim_with(store, said("0042", "3", "P"))
    submit(store, key)
    with (
        pytest.raises(ClaimbatchError, match="can no longer be changed: submitted"),
        store.writing() as writer,
    ):
        writer.record(key, [said("0042", "3", "M")])
    with store.writing() as writer:
        writer.record(key, [said("0042", "3", "", "", "withdrawn")])
        assert writer.lines(key) == {}
        assert writer.open_claim(CENTRE, CODE) == "68199-05347-2"


def test_the_database_itself_allows_one_unsubmitted_claim(store):
    claim_with(store)
    copy = "INSERT INTO claim SELECT 99, 'x', centre_number, entry_code, status, claim_number, reference, "
    rest = "results_email, submitted_by, submitted_sha256, created_at, updated_at FROM claim"
    with pytest.raises(IntegrityError), writing(store._engine) as connection:
        connection.execute(text(copy + rest))


@postgresql_only
def test_postgresql_allows_one_unsubmitted_claim_whoever_writes(store, url):
    """Not only claimbatch: the index is over the unsubmitted claims of a centre and entry code alone."""
    psycopg = pytest.importorskip("psycopg")
    submit(store, claim_with(store))
    address = url.replace("+psycopg", "")

    def put(number, status):
        with psycopg.connect(address, autocommit=True) as other:
            rest = "'', '', '', '', '', '', ''"
            other.execute(
                f"INSERT INTO claim VALUES (%s, %s, %s, %s, %s, {rest})",  # noqa: S608 - our own words
                (number, f"key {number}", CENTRE, CODE, status),
            )

    put(7, "submitted")
    put(8, "not-submitted")
    put(9, "completed")
    with pytest.raises(psycopg.errors.UniqueViolation, match="one_open_claim"):
        put(10, "not-submitted")
    with (
        psycopg.connect(address, autocommit=True) as other,
        pytest.raises(psycopg.errors.UniqueViolation, match="one_open_claim"),
    ):
        other.execute("UPDATE claim SET status = 'not-submitted' WHERE id = 9")


def write_two_claims_and_fail(store, key):
    with store.writing() as writer:
        writer.record(key, [said("0042", "3", "P")])
        writer.open_claim(CENTRE, "05349")
        raise ZeroDivisionError


def test_a_transaction_happens_whole_or_not_at_all(store):
    key = claim_with(store)
    with pytest.raises(ZeroDivisionError):
        write_two_claims_and_fail(store, key)
    assert [row.key for row in store.claims()] == [key]
    assert [event.kind for event in store.history(key)] == ["created"]


# --- the history -----------------------------------------------------------------------------------------


def test_the_stored_history_is_whole_and_keeps_who_said_what(store):
    key = claim_with(store, said("0042", "3", "P"))
    with store.writing() as writer:
        assert writer.record(key, [said("0042", "3", "D", kind="changed")]) == 3
        assert writer.record(key, []) == 3
    history = store.history(key)
    assert verify(key, history) is None
    assert [(event.revision, event.kind, event.who, event.grade) for event in history] == [
        (1, "created", "teacher", ""),
        (2, "added", "teacher", "P"),
        (3, "changed", "teacher", "D"),
    ]


REWRITING = (
    "UPDATE event SET grade = 'D'",
    "DELETE FROM event",
    f"{UPSERT} DO UPDATE SET at = ''",
)
OWN = {"sqlite": "INSERT OR REPLACE INTO event SELECT * FROM event", "postgresql": "TRUNCATE event CASCADE"}


@pytest.mark.parametrize("number", range(len(REWRITING) + 1))
def test_the_database_refuses_to_rewrite_history(store, number):
    statement = [*REWRITING, OWN[store._engine.dialect.name]][number]
    key = claim_with(store, said("0042", "3", "P"))
    before = store.history(key)
    with pytest.raises(DBAPIError, match="the history is insert-only"), store._engine.begin() as connection:
        connection.execute(text(statement))
    assert store.history(key) == before


@sqlite_only
def test_a_history_rewritten_behind_the_triggers_is_found_out(store, path):
    key = claim_with(store, said("0042", "3", "P"), said("0043", "3", "P"))
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "DROP TRIGGER event_no_update; UPDATE event SET grade = 'D' WHERE revision = 2"
        )
    assert verify(key, store.history(key)) == 2


# --- opening, racing, failing ----------------------------------------------------------------------------


def open_and_claim(url):
    with Store.open(url) as store:
        store.add_centre(CENTRE, "Example College")
        return claim_with(store, said("0042", "3", "P"))


def test_processes_that_race_for_a_new_store_and_its_claim_end_with_one_of_each(url):
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        keys = pool.map(open_and_claim, [url] * 4, chunksize=1)
    with Store.open(url) as store:
        history = store.history(keys[0])
        assert (set(keys), len(store.claims())) == ({"68199-05347-1"}, 1)
        assert [event.kind for event in history] == ["created", *["added"] * 4]
        assert verify(keys[0], history) is None


@pytest.mark.filterwarnings("ignore:.*expression-based index")
def test_the_migrations_make_what_the_tables_say(store):
    def of_both(_item, name, *_):
        return name != "centre_role"  # PostgreSQL's alone: tests/test_centre_roles.py

    with store._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": of_both})
        assert compare_metadata(context, metadata) == []


def test_the_newest_migration_is_the_version_that_the_program_knows():
    folder = Path(claimbatch.migrations.__file__).parent
    config = Config()
    config.set_main_option("script_location", str(folder))
    assert ScriptDirectory.from_config(config).get_heads() == [VERSION]


def test_opening_again_changes_nothing(url):
    open_and_claim(url)
    with Store.open(url) as store:
        assert [row.lines for row in store.claims()] == [1]


def failure(url):
    with pytest.raises(ClaimbatchError) as error:
        Store.open(url)
    assert error.value.hint
    return error.value.exit_code, error.value.message


def test_a_store_of_a_newer_claimbatch_is_left_alone(url):
    with Store.open(url) as store, writing(store._engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert failure(url) == (
        Exit.WRONG_SETUP,
        f"A newer claimbatch made the store (its version is 9999, this one knows {VERSION}).",
    )


@pytest.mark.parametrize(
    "content", [b"no database at all, but text" * 50, b"SQLite format 3\0" + b"x" * 4096]
)
def test_a_file_that_is_no_database_is_named_and_left_alone(path, content):
    path.write_bytes(content)
    assert failure(f"sqlite:///{path}") == (
        Exit.WRONG_SETUP,
        f"{path} is damaged, or it is not a claimbatch store.",
    )
    assert path.read_bytes() == content


@sqlite_only
def test_a_damaged_page_is_no_traceback(url, path):
    open_and_claim(url)
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)
    with pytest.raises(ClaimbatchError) as error, Store.open(url) as store:
        store.claims()
    assert error.value.exit_code == Exit.WRONG_SETUP


def test_a_store_that_was_emptied_is_not_made_anew(path):
    """The claims would seem to have vanished."""
    path.touch()
    with pytest.raises(ClaimbatchError) as error:
        Store.open(f"sqlite:///{path}", new=False)
    assert error.value.exit_code == Exit.WRONG_SETUP


def test_a_store_without_a_version_is_damaged(path):
    with Store.open(f"sqlite:///{path}") as store, writing(store._engine) as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    assert failure(f"sqlite:///{path}")[0] == Exit.WRONG_SETUP


def test_a_template_is_not_issued_from_a_claim_that_has_moved_on(store):
    """Another run may have changed it since it was read: the template would say what is no longer so."""
    key = claim_with(store, said("0042", "3", "P"))
    with pytest.raises(ClaimbatchError) as error:
        store.issue(an_identity(1), key, {})
    assert error.value.exit_code == Exit.LOCKED


def test_another_programs_database_is_left_alone(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE event (id INTEGER)")
    assert failure(f"sqlite:///{path}")[0] == Exit.WRONG_SETUP


def test_a_store_in_a_folder_that_is_not_there_could_not_be_finished(tmp_path):
    code, message = failure(f"sqlite:///{tmp_path}/gone/claims.db")
    assert (code, "gone/claims.db" in message) == (Exit.NOT_FINISHED, True)


@pytest.mark.parametrize(
    "address",
    [
        "claims.db", "sqlite://", "sqlite:///:memory:", "mysql://localhost/x", "nonsense://x", "",
        "postgresql+psycopg2://localhost/x", "postgresql+psycopg://localhost:abc/x", "sqlite+aiosqlite:///x.db",
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_a_store_is_refused(address):
    assert failure(address)[0] == Exit.WRONG_SETUP


@sqlite_only
def test_a_store_that_another_program_keeps_locked_is_said_to_be_in_use(store, path, monkeypatch):
    with store._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 50")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ClaimbatchError) as error:
            store.add_centre("12345", "Other")
    assert error.value.exit_code == Exit.LOCKED


@postgresql_only
def test_a_store_that_another_program_keeps_locked_does_not_keep_us_for_ever(store, url, monkeypatch):
    """In PostgreSQL, too: exit code 4 after a while."""
    monkeypatch.setattr(engine, "PATIENCE", 50)
    with Store.open(url) as other, other.writing(), pytest.raises(ClaimbatchError) as error:
        store.add_centre("12345", "Other")
    assert error.value.exit_code == Exit.LOCKED


def test_a_server_that_cannot_be_found_is_said_so():
    code, message = failure("postgresql+psycopg://me@no-such-host.invalid/claims")
    assert (code, "could not be read" in message) == (Exit.NOT_FINISHED, True)


@sqlite_only
def test_a_full_disk_leaves_the_store_as_it_was(store):
    key = claim_with(store)
    with store._engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(ClaimbatchError) as error, store.writing() as writer:
        writer.record(key, [said(f"{n:04}", "3", "P") for n in range(5000)])
    assert error.value.exit_code == Exit.NOT_FINISHED
    assert [event.kind for event in store.history(key)] == ["created"]


@sqlite_only
def test_the_file_is_its_owners_alone_and_safe_against_power_cuts(store, path):
    with store._engine.connect() as connection:
        settings = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        ]
    assert settings == ["wal", 2, 1, 1]
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.glob("claims.db*")} == {0o600}


def test_a_database_error_never_shows_a_name(store):
    statement = text("INSERT INTO candidate VALUES ('00000', '0042', :name, '', '', '', '')")
    with pytest.raises(IntegrityError) as error, writing(store._engine) as connection:
        connection.execute(statement, {"name": "Smith, Jo"})
    assert "Smith" not in str(error.value)


@postgresql_only
def test_what_postgresql_says_of_a_row_is_not_said_again(store):
    """Its DETAIL and CONTEXT quote values; many rows go by COPY, which names the line that it could not take."""
    with writing(store._engine) as connection:
        insert_rows(connection, candidate, candidate.c.keys(), [people(SMITH.name)])
    for rows in ([people(SMITH.name)], [people("Jones"), people(SMITH.name)], [people(None), people(None)]):
        with pytest.raises(IntegrityError) as error, writing(store._engine) as connection:
            insert_rows(connection, candidate, candidate.c.keys(), rows)
        told = "".join(traceback.format_exception(error.value))
        assert "Smith" not in told
        assert "violates" in str(error.value)


def people(name):
    return (CENTRE, "0042", name, "", "", "", "")


HOSTILE = (
    "tab\there",
    "line\nfeed\r\n",
    "\\N",
    "\\.",
    "back\\slash",
    "\"quoted\", 'twice'",
    "Zoë 😀",
    " ",
    "",
)


def test_many_rows_come_back_as_they_were_given(store):
    """Whatever stands in them, in either database and however many they are."""
    rows = [(CENTRE, f"{number:05}", name, "", "", "", "") for number, name in enumerate(HOSTILE)]
    with writing(store._engine) as connection:
        insert_rows(connection, candidate, candidate.c.keys(), rows[:1])
        insert_rows(connection, candidate, candidate.c.keys(), rows[1:])
        found = connection.execute(text("SELECT * FROM candidate ORDER BY number")).all()
    assert [tuple(row) for row in found] == rows


@postgresql_only
def test_many_rows_that_one_row_spoils_are_none(store):
    rows = [(CENTRE, f"{number:05}", name, "", "", "", "") for number, name in enumerate(("Li", "nul\0"))]
    with pytest.raises(DBAPIError), writing(store._engine) as connection:
        insert_rows(connection, candidate, candidate.c.keys(), rows)
    with reading(store._engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM candidate")).scalar() == 0


def test_a_password_in_the_address_is_never_shown():
    assert "secret" not in " ".join(map(str, failure("postgresql+psycopg://me:secret@127.0.0.1:1/claims")))
