"""A night whose folders lie behind SFTP: names that files get when they are whole, and a server that is known."""

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from claimbatch.errors import ClaimbatchError
from claimbatch.files.anywhere import look_of, move, read, write
from claimbatch.files.far import Far
from claimbatch.files.server import Server, Servers
from claimbatch.workspace import CONFIG
from tests.at_night import FAST, night_centre
from tests.centre import MEDIA, fill, put
from tests.sftp_server import PASSWORD, Served, served


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("sftp")) as one:
        yield one


@pytest.fixture(autouse=True)
def _let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "fsspec.config.conf", {"sftp": {"password": PASSWORD}}
    )  # as FSSPEC_SFTP_PASSWORD at the start


def at(server: Served, path: str, **options: Any) -> Far:
    return Servers({"sftp": {"known_hosts": str(server.known_hosts), **options}}).at(f"{server.url}/{path}")


def below(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_file_gets_its_name_when_it_is_whole(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it breaks off before that, what was there is there; what a killed run has left half is cleared away."""
    spot = at(server, "whole/a.xlsx")
    assert (read(write(spot, b"first")), read(write(spot, b"second"))) == (b"first", b"second")
    if sys.platform != "win32":
        assert stat.S_IMODE((server.folder / "whole/a.xlsx").stat().st_mode) == 0o600
        assert stat.S_IMODE((server.folder / "whole").stat().st_mode) == 0o700

    def broken(*_: Any) -> None:
        raise EOFError

    monkeypatch.setattr(type(spot.server._open()), "mv", broken)
    with pytest.raises(ClaimbatchError, match="the server does not answer"):
        write(spot, b"third")
    assert read(spot) == b"second"
    (server.folder / "whole/.claimbatch-0123.tmp").write_bytes(b"th")
    spot.server.clear("whole")
    assert below(server.folder / "whole") == ["a.xlsx"]


def test_what_was_saved_anew_within_a_second_stays(
    server: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SFTP tells no versions apart, so the bytes are looked at before the original goes."""
    source, path = at(server, "anew/a.xlsx"), server.folder / "anew/a.xlsx"
    write(source, b"first")
    how, real = path.stat(), Server.write

    def write_late(server: Server, key: str, content: bytes | Path) -> None:
        real(server, key, content)
        path.write_bytes(b"other")
        os.utime(path, ns=(how.st_atime_ns, how.st_mtime_ns))

    monkeypatch.setattr(Server, "write", write_late)
    move(source, at(server, "gone/a.xlsx"), tmp_path / "via")
    assert (path.read_bytes(), (server.folder / "gone/a.xlsx").read_bytes()) == (b"other", b"first")


def test_a_move_there_and_back(server: Served, tmp_path: Path) -> None:
    """The same bytes, and nothing is left behind."""
    (tmp_path / "a.xlsx").write_bytes(b"grades" * 100_000)
    far = move(tmp_path / "a.xlsx", at(server, "moved/Jones/a.xlsx"), tmp_path / "via")
    assert (below(server.folder / "moved"), below(tmp_path)) == (["Jones/a.xlsx"], [])
    move(far, tmp_path / "b.xlsx", tmp_path / "via")
    assert (below(server.folder / "moved"), (tmp_path / "b.xlsx").read_bytes()) == ([], b"grades" * 100_000)


def test_what_is_there_is_listed_as_it_is(server: Served) -> None:
    """Links are told from files; what is not there is none; a folder that is missing is told."""
    folder = server.folder / "listed"
    (folder / "Jones").mkdir(parents=True)
    (folder / "Jones/a#1?.xlsx").write_bytes(b"a")
    (folder / "link.xlsx").symlink_to("Jones/a#1?.xlsx")
    far = at(server, "listed")
    found = sorted((one.key, one.kind, one.odd) for one in far.server.walk("listed"))
    assert found == [("listed/Jones/a#1?.xlsx", "file", False), ("listed/link.xlsx", "link", False)]
    assert (far.server.names("listed"), far.server.names("none")) == ({"Jones", "link.xlsx"}, frozenset())
    assert (look_of(far / "none"), look_of(far / "Jones")) == (None, None)
    with pytest.raises(ClaimbatchError, match=r"The folder .*/nothing is not there\."):
        list(far.server.walk("nothing"))


@pytest.mark.parametrize(
    ("options", "password", "why"),
    [
        ({"known_hosts": "/nowhere"}, PASSWORD, "the server does not allow it (UnknownHostKeyError)."),
        ({}, "wrong", "the server does not allow it (AuthenticationException)."),
    ],
)
def test_a_server_that_is_not_known_and_one_that_does_not_know_us(
    server: Served, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], password: str, why: str
) -> None:
    """Nothing is sent to either."""
    monkeypatch.setattr("fsspec.config.conf", {"sftp": {"password": password}})
    with pytest.raises(ClaimbatchError) as said:
        look_of(at(server, "a.xlsx", **options))
    assert said.value.message == f"{server.url}/a.xlsx could not be looked at: {why}"


def test_a_night(server: Served, tmp_path: Path) -> None:
    """As everywhere; and its inbox stays, with the folders in it."""
    names = ("inbox", "done", "rejected", "quarantine", "claims")
    centre = night_centre(tmp_path / "c", "")
    with (tmp_path / "c" / CONFIG).open("a", encoding="utf-8") as config:
        folders = "".join(f'{name} = "{server.url}/night/{name}"\n' for name in names)
        config.write(f'{FAST}{folders}[files.sftp]\nknown_hosts = "{server.known_hosts}"\n')
    inbox = server.folder / "night/inbox"
    (inbox / "Jones").mkdir(parents=True)
    fill(centre.issue(into=inbox / "Jones"))
    put(centre.issue(MEDIA, into=inbox), {"Grades!E5": "X"})
    assert centre.run("nightly")[0] == 1
    assert below(server.folder / "night") == [
        "claims/68199-05349-1.csv",
        "done/Jones/68199_05349_by-candidate.xlsx",
        "rejected/68199_05844_by-candidate.xlsx",
        "rejected/68199_05844_by-candidate_marked.xlsx",
        "rejected/68199_05844_by-candidate_problems.html",
    ]
    assert (inbox / "Jones").is_dir()
    assert centre.run("nightly")[0] == 0
