"""A copy of the whole store as it stands at one moment, while others go on working; and bringing one back.

A SQLite store is copied by SQLite itself, which writes nothing while it does and waits for nobody; one in PostgreSQL by
that database's own programs, ``pg_dump`` and ``pg_restore``, from the very state in which its histories were looked at.
"""

import os
import shutil
import sqlite3
import subprocess  # PostgreSQL's own programs, by no shell  # nosec B404
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.exc import DBAPIError

from claimbatch.claims.store.claims import read_heads
from claimbatch.claims.store.engine import connect, refuse_newer, version_of
from claimbatch.claims.store.faults import busy, damaged, explained
from claimbatch.errors import ClaimbatchError, Exit

SQLITE, POSTGRESQL = "sqlite", "postgresql"


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied: the *kind* of database, the *version* of its tables, and the last revision and hash of each
    claim's history, by the claim's key.
    """

    kind: str
    version: str
    heads: Mapping[str, tuple[int, str]]


def copy_store(address: str, folder: Path, target: Path) -> Copied:
    """Copy the store at *address* (a file's path from *folder*) to the file *target*, which is there and empty.

    A store that an older claimbatch made stays one, here and there.
    """
    engine = connect(address, folder, new=False)
    try:
        with explained(engine.url):
            return _of_sqlite(engine, target) if engine.dialect.name == SQLITE else _of_server(engine, target)
    finally:
        engine.dispose()


def load_dump(address: str, dump: Path) -> None:
    """Bring a *dump* of a PostgreSQL store back into the database at *address*, which must be empty: all or nothing."""
    engine = connect(address)
    try:
        with explained(engine.url), engine.connect() as connection:
            if inspect(connection).get_table_names():
                raise ClaimbatchError(
                    "The database of the store holds tables already; nothing was done.",
                    "Make an empty one (createdb), and name it with: --store postgresql+psycopg://user@host/database",
                )
        # The dump makes the schema's tables, triggers and rows in one transaction.
        _run(engine, "pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", str(dump))
    finally:
        engine.dispose()


def see_that_nobody_writes(address: str, folder: Path) -> None:
    """Raise :class:`ClaimbatchError` where another run is writing to a SQLite store; a damaged one is nobody's."""
    engine = connect(address, folder)
    try:
        with engine.connect().execution_options(writing=True) as connection, connection.begin():
            pass
    except DBAPIError as error:
        if "is locked" in str(error.orig):
            raise busy(str(engine.url.database)) from None
    finally:
        engine.dispose()


def look_through(engine: Engine) -> None:
    """See that the database is in order throughout: each page, index and reference. PostgreSQL sees to it itself."""
    if engine.dialect.name != SQLITE:
        return
    with explained(engine.url), engine.connect() as connection:
        whole = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar() == "ok"
        if not whole or connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise damaged(str(engine.url.database))


def _of_sqlite(engine: Engine, target: Path) -> Copied:
    # The copy would wait for ever for a program that holds the whole file; beginning to read waits as long as any run.
    with engine.connect() as source, closing(sqlite3.connect(target)) as copy:
        source.exec_driver_sql("SELECT count(*) FROM sqlite_master")
        source.connection.driver_connection.backup(copy)  # type: ignore[union-attr]
    taken = connect(f"sqlite:///{target.name}", target.parent, new=False)
    try:
        look_through(taken)
        with taken.connect() as connection:
            copied = _copied(connection)
    finally:
        taken.dispose()
    with closing(sqlite3.connect(target)) as copy:
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it
    return copied


def _of_server(engine: Engine, target: Path) -> Copied:
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        copied = _copied(connection)
        moment = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar()
        options = (
            "--format=custom",
            "--no-owner",
            "--no-privileges",
            "--enable-row-security",  # a centre's role has its own rows copied; the owner all
            f"--snapshot={moment}",
            f"--file={target}",
        )
        _run(engine, "pg_dump", *options)
        return copied


def _copied(connection: Connection) -> Copied:
    version = version_of(connection)
    refuse_newer(version)
    if not version:
        raise damaged(connection.engine.url.render_as_string())
    return Copied(connection.dialect.name, version, dict(sorted(read_heads(connection).items())))


def _run(engine: Engine, program: str, *options: str) -> None:
    """Run one of PostgreSQL's programs on the store; the password goes where other users cannot see it."""
    path = shutil.which(program)
    if not path:
        raise ClaimbatchError(
            f"The store is in PostgreSQL, and its program {program} is not on this computer.",
            "Install PostgreSQL's client programs; or have whoever looks after the server do it there with pg_dump "
            "and pg_restore, and keep the workspace's folder beside the dump: its key belongs to it.",
            Exit.NOT_FINISHED,
        )
    url, surroundings = engine.url, dict(os.environ)
    if url.password is not None:
        surroundings["PGPASSWORD"] = str(url.password)
    named = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    command = [path, f"--dbname={named}", "--no-password", *options]
    done = subprocess.run(  # noqa: S603 - no shell; whole words  # nosec B603
        command, env=surroundings, capture_output=True, check=False
    )
    if done.returncode:
        said = done.stderr.decode(
            "utf-8", "replace"
        ).splitlines()  # its first line; those after may show rows
        raise ClaimbatchError(
            f"{program} could not do it: {said[0].removeprefix(f'{program}: ') if said else done.returncode}",
            "Its version must be that of the server, or newer.",
            Exit.NOT_FINISHED,
        )
