"""A private PostgreSQL server for the tests, thrown away with them, and databases on it: each test has its own.

``CLAIMBATCH_TEST_STORE`` may name a server that runs already, as ``postgresql+psycopg://user@host/postgres``.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, inspect, make_url, text

SETTINGS = "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
_numbers = count(1)


def programs() -> Path | None:
    """The folder of PostgreSQL's programs, the newest where there are several; None where there are none."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if os.name == "nt":
        return None
    found = shutil.which("initdb") or (installed and installed[-1])
    return Path(found).resolve().parent if found else None


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Start a server that only this computer's user reaches, through a socket; gives its address."""
    with tempfile.TemporaryDirectory(prefix="claimbatch-pg") as home:  # a socket's path must be short
        if os.geteuid() == 0:
            os.chown(home, *_owner())
        data = Path(home) / "data"
        initdb = [
            "initdb",
            "-D",
            data,
            "-A",
            "trust",
            "-U",
            "claimbatch",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ]
        _run(folder, *map(str, initdb))
        log = str(Path(home) / "log")
        _run(folder, "pg_ctl", "-D", str(data), "-w", "-l", log, "-o", f"-k {home} {SETTINGS}", "start")
        try:
            yield f"postgresql+psycopg://claimbatch@/postgres?host={home}"
        finally:
            _run(folder, "pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop")


def restart(address: str) -> None:
    """Kill the server at *address* as a power cut would, and start it again."""
    home, folder = Path(str(make_url(address).query["host"])), programs()
    assert folder
    _run(
        folder,
        "pg_ctl",
        "-D",
        str(home / "data"),
        "-w",
        "-l",
        str(home / "log"),
        "-m",
        "immediate",
        "restart",
    )


@contextmanager
def database(address: str) -> Iterator[str]:
    """A new database beside the one at *address*, dropped in the end; gives its address."""
    name = f"claimbatch_{os.getpid()}_{next(_numbers)}"
    engine = create_engine(address, isolation_level="AUTOCOMMIT", pool_pre_ping=True)  # a test may restart it
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        yield make_url(address).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        engine.dispose()


def rows(address: str) -> dict[str, list[object]]:
    """Every row of a database, by table."""
    engine = create_engine(address)
    with engine.connect() as connection:
        found = {
            name: sorted(map(tuple, connection.exec_driver_sql(f"SELECT * FROM {name}").all()))  # noqa: S608
            for name in inspect(connection).get_table_names()
        }
    engine.dispose()
    return found


def _owner() -> tuple[int, int]:
    """Whom the server runs as: it refuses to be root."""
    import pwd  # noqa: PLC0415 - not on Windows

    user = pwd.getpwnam("postgres")
    return user.pw_uid, user.pw_gid


def _run(folder: Path, program: str, *options: str) -> None:
    user, group = _owner() if os.geteuid() == 0 else (None, None)
    command = [str(folder / program), *options]
    done = subprocess.run(
        command,
        user=user,
        group=group,
        cwd="/",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
