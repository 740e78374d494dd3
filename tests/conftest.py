"""Fixtures for all tests: a centre on disk, stores in both databases, and LibreOffice where it is installed."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.centre import Centre
from tests.servers import database, programs
from tests.servers import server as private_server

pytest_plugins = ["tests.web"]  # the browser

settings.register_profile(
    "claimbatch",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("claimbatch")

Resave = Callable[[Path], Path]
ResaveBytes = Callable[[bytes], bytes]
Printed = Callable[[bytes], list[str]]


@pytest.fixture(autouse=True)
def _own_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the workspace, the clock, the time zone or the terminal of whoever runs it."""
    for name in ("CLAIMBATCH_WORKSPACE", "SOURCE_DATE_EPOCH", "NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TZ", "UTC")
    if hasattr(time, "tzset"):  # not on Windows
        time.tzset()


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    """A centre with four candidates entered for two qualifications."""
    return Centre.make(tmp_path / "centre")


def installed(program: str, package: str, required: str) -> str:
    """The path of a *program*. Without it a test is skipped, or fails where the variable *required* is set."""
    if path := shutil.which(program):
        return path
    if os.environ.get(required):
        pytest.fail(f"{program} is needed here: install {package}")
    pytest.skip(f"{program} ({package}) is not installed")


Convert = Callable[[str, list[Path]], Path]


@pytest.fixture(scope="session")
def convert(tmp_path_factory: pytest.TempPathFactory) -> Convert:
    """Let LibreOffice write files in another format; returns the folder that they are in."""
    program = installed("soffice", "libreoffice-calc", "CLAIMBATCH_REQUIRE_LIBREOFFICE")
    profile = tmp_path_factory.mktemp("profile")

    def convert(kind: str, paths: list[Path]) -> Path:
        folder = tmp_path_factory.mktemp("saved")
        command = [program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to"]
        command += [kind, "--outdir", str(folder), *map(str, paths)]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        return folder

    return convert


@pytest.fixture(scope="session")
def resave(convert: Convert) -> Resave:
    """Open a workbook in LibreOffice and save it again as .xlsx; returns the new file."""
    return lambda *paths: convert("xlsx:Calc MS Excel 2007 XML", list(paths)) / paths[0].name


@pytest.fixture
def printed(convert: Convert, tmp_path: Path) -> Printed:
    """Print the bytes of a workbook from LibreOffice; returns the words of each page."""
    program = installed("pdftotext", "poppler-utils", "CLAIMBATCH_REQUIRE_LIBREOFFICE")

    def pages(data: bytes) -> list[str]:
        (tmp_path / "sent.xlsx").write_bytes(data)
        paper = convert("pdf", [tmp_path / "sent.xlsx"]) / "sent.pdf"
        words = subprocess.run([program, "-layout", str(paper), "-"], check=True, capture_output=True).stdout
        return words.decode().split("\f")[:-1]

    return pages


@pytest.fixture
def resave_bytes(resave: Resave, tmp_path: Path) -> ResaveBytes:
    """Open and save again the bytes of a workbook."""

    def convert(data: bytes) -> bytes:
        (tmp_path / "sent.xlsx").write_bytes(data)
        return resave(tmp_path / "sent.xlsx").read_bytes()

    return convert


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a PostgreSQL server for this run."""
    folder = programs()
    if address := os.environ.get("CLAIMBATCH_TEST_STORE"):
        yield address
    elif folder and find_spec("psycopg"):
        with private_server(folder) as address:
            yield address
    elif os.environ.get("CLAIMBATCH_REQUIRE_POSTGRES"):
        pytest.fail("PostgreSQL is needed here: install postgresql, and psycopg by pip")
    else:
        pytest.skip("PostgreSQL, or psycopg for it, is not installed")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty store: once in SQLite, once in PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/claims.db"
        return
    with database(request.getfixturevalue("server")) as address:
        yield address
