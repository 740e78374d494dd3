"""Opening the store's database: SQLite on a local disk, or PostgreSQL, and bringing it up to date.

Errors never show the values of a statement: they may be names.
"""

import os
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

import claimbatch.migrations
from claimbatch.claims.store.faults import damaged, explained, where, without_rows
from claimbatch.claims.store.roles import centre_of_role, refuse_to_migrate, renew_rights
from claimbatch.claims.store.rows import copy_rows
from claimbatch.claims.store.server import settings_of
from claimbatch.claims.store.tables import PERSONAL, VERSION
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.files import make_empty

PATIENCE = 10_000  # how long to wait for another run's writing, milliseconds
LOOKED_OVER = 64 * 1024 * 1024  # bytes of a SQLite file up to which it is looked over at every start
WRITERS_LOCK = 68199_05347  # PostgreSQL's advisory lock for writing; any number that stays the same
_PRAGMAS = (
    f"PRAGMA busy_timeout = {PATIENCE}",
    "PRAGMA journal_mode = WAL",  # readers never wait for a writer
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",  # or deleted names stay readable in the file
)


def open_engine(
    address: str, folder: Path = Path(), *, new: bool = True, looked_over: bool = False
) -> Engine:
    """The database at *address* (a file's path from *folder*): brought up to date where it is older.

    A file that is missing is made, unless *new* is False. It is looked over, unless another process of the run has.
    """
    engine = connect(address, folder, new=new)
    try:
        with explained(engine.url):
            _bring_up_to_date(engine, new=new, looked_over=looked_over)
            if engine.dialect.name != "sqlite":
                with engine.connect() as connection:
                    engine.update_execution_options(centre=centre_of_role(connection))
    except BaseException:
        engine.dispose()
        raise
    return engine


def connect(address: str, folder: Path = Path(), *, new: bool = True) -> Engine:
    """The database at *address* as it is, of whatever version."""
    url = resolved(address, folder)
    if url.get_backend_name() == "sqlite":
        path = Path(str(url.database))
        if not new and not path.exists():
            raise _missing(path)
        _make_private(path)
    try:
        engine = create_engine(url, hide_parameters=True, **settings_of(url))
    except ModuleNotFoundError as error:
        raise ClaimbatchError(
            f"The store is in PostgreSQL, but the Python package {error.name} is missing.",
            'Install it where claimbatch was installed from: python -m pip install ".[postgres]"',
            Exit.WRONG_SETUP,
        ) from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    else:
        event.listen(engine, "do_executemany", copy_rows)
        event.listen(engine, "handle_error", without_rows)
    event.listen(engine, "begin", _begin)
    return engine


def resolved(address: str, folder: Path = Path()) -> URL:
    """*address* checked, with the whole path of a file, which it names from *folder*."""
    url = _url(address)
    if url.get_backend_name() == "sqlite":
        whole = os.path.abspath(folder / str(url.database))  # noqa: PTH100 - without "..", but a link stays one
        url = url.set(database=whole)
    return url


def file_of(address: str, folder: Path = Path()) -> Path | None:
    """The file of a store in SQLite; None for one in PostgreSQL."""
    url = resolved(address, folder)
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None


def state_of(engine: Engine) -> str:
    """A word for the state of the whole database: another one after whatever was written. It costs next to nothing.

    Of SQLite it is when its files were written last, and how long they are; of PostgreSQL how far its log has come.
    """
    if engine.dialect.name != "sqlite":
        with explained(engine.url), engine.connect() as connection:
            return str(connection.exec_driver_sql("SELECT pg_current_wal_insert_lsn()").scalar_one())
    path = Path(str(engine.url.database))
    log = path.with_name(f"{path.name}-wal")
    found = [file.stat() for file in (path, log) if file.exists()]
    return " ".join(f"{stat.st_mtime_ns}:{stat.st_size}" for stat in found if stat.st_size)


def scrub(engine: Engine) -> bool:
    """Rewrite the database's files, so that nothing deleted can be read in them; False: its role may not do that."""
    sqlite = engine.dialect.name == "sqlite"
    options: dict[str, Any] = {"bare": True} if sqlite else {"isolation_level": "AUTOCOMMIT"}
    with explained(engine.url), engine.connect().execution_options(**options) as connection:
        if not sqlite:
            if connection.get_execution_options().get("centre"):
                return False
            connection.exec_driver_sql(f"VACUUM FULL {', '.join(table.name for table in PERSONAL)}")
            return True
        connection.exec_driver_sql("VACUUM")
        busy, *_ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
    if busy:
        raise ClaimbatchError(
            f"Another program holds the store {where(engine.url)} open; deleted names may still stand in its files.",
            "Close the other program, then open the store once more: claimbatch claims.",
            Exit.LOCKED,
        )
    return True


def _missing(path: Path) -> ClaimbatchError:
    return ClaimbatchError(
        f"The workspace's store, {path}, is missing.",
        "Bring it back from a backup, or put right the line store in claimbatch.toml. To begin again without any "
        "claims, delete claimbatch.toml and make the workspace anew: claimbatch init.",
        Exit.WRONG_SETUP,
    )


def _url(address: str) -> URL:
    hint = (
        'In claimbatch.toml write: store = "sqlite:///claims.db" or "postgresql+psycopg://user@host/database"'
    )
    try:
        url = make_url(address)
        url.get_dialect()
    except (ArgumentError, NoSuchModuleError, ValueError):
        raise ClaimbatchError("The store's address is not one.", hint, Exit.WRONG_SETUP) from None
    if url.drivername not in ("sqlite", "postgresql+psycopg") or url.database in (None, "", ":memory:"):
        raise ClaimbatchError(f"A store cannot be kept in {url.render_as_string()}.", hint, Exit.WRONG_SETUP)
    return url


def _make_private(path: Path) -> None:
    """Make the file for its owner alone; SQLite gives its companions (-wal, -shm) the same rights."""
    if path.parent.is_dir() and not path.exists():
        make_empty(path)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver must not begin or commit by itself: see _begin
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin(connection: Connection) -> None:
    """Take the one writer's lock as a writing transaction starts, not in its middle."""
    options = connection.get_execution_options()
    writing = options.get("writing", False)
    if options.get("bare", False):  # VACUUM and checkpoints stand outside of transactions
        return
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
    elif writing:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {PATIENCE}")
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": WRITERS_LOCK})


def _bring_up_to_date(engine: Engine, *, new: bool, looked_over: bool) -> None:
    with engine.connect() as connection:
        if not looked_over:
            _look_over(connection)
        version = version_of(connection)
        if version == VERSION:
            return
        if not version and not new and engine.dialect.name == "sqlite":
            raise damaged(
                where(engine.url)
            )  # emptied, or another program's: the claims would seem to have vanished
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        version = version_of(connection)  # once more: another run may have been quicker
        refuse_newer(version)
        if version < VERSION:
            if engine.dialect.name != "sqlite":
                refuse_to_migrate(connection, version)
            migrate(connection)


def refuse_newer(version: str) -> None:
    """What a newer claimbatch made, this one may misread."""
    if version > VERSION:
        raise ClaimbatchError(
            f"A newer claimbatch made the store (its version is {version}, this one knows {VERSION}).",
            "Install the newer claimbatch: pip install --upgrade claimbatch",
            Exit.WRONG_SETUP,
        )


def _look_over(connection: Connection) -> None:
    """See that a SQLite file of ordinary size is in order, before anybody believes what it says."""
    if connection.dialect.name != "sqlite":
        return
    size = Path(str(connection.engine.url.database)).stat().st_size
    if size <= LOOKED_OVER and connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() != "ok":
        raise damaged(where(connection.engine.url))


def version_of(connection: Connection) -> str:
    """The last migration that the store has seen; empty text in an empty database."""
    tables = inspect(connection).get_table_names()
    if "alembic_version" in tables:
        version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        if version is None:
            raise damaged(where(connection.engine.url))
        return str(version)
    if "event" in tables or "claim" in tables:
        raise damaged(where(connection.engine.url))
    return ""


def migrate(connection: Connection) -> None:
    """Make the tables, or bring them up to date, in the transaction that *connection* is in."""
    from alembic import command  # noqa: PLC0415 - slow to import, and seldom needed
    from alembic.config import Config  # noqa: PLC0415

    folder = Path(claimbatch.migrations.__file__).parent
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    command.upgrade(config, VERSION)
    if connection.dialect.name != "sqlite":
        renew_rights(connection)
