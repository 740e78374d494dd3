"""Files on a server: moved without loss, named without harm, and what a server refuses said in plain words."""

import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.files import SourceError
from claimbatch.files.anywhere import Names, Spot, copy_staged, is_there, look_of, move, read, write
from claimbatch.files.far import Far, address, is_far, near, without_password
from claimbatch.files.naming import portable
from claimbatch.files.refusals import refusal
from claimbatch.files.server import PATIENCE, Server, Servers
from tests.object_store import SECRET, Bucket, bucket, served

CALLS = ("look", "read", "write", "remove", "names", "walk")


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with served() as address:
        yield address


@pytest.fixture
def store(endpoint: str) -> Bucket:
    return bucket(endpoint)


@cache
def servers(endpoint: str) -> Servers:
    return Servers({"s3": {"endpoint_url": endpoint}})


def at(store: Bucket, key: str = "") -> Far:
    return servers(store.endpoint).at(f"{store.url}/{key}")


class Killed(BaseException):
    """What no handler of errors hears."""


def killing(patch: pytest.MonkeyPatch, number: int) -> list[str]:
    """From now on the call *number* to a server, from 1, is not made, nor any after it: the names of all."""
    calls: list[str] = []

    def deadly(name: str) -> Any:
        real = getattr(Server, name)

        def call(*args: Any) -> Any:
            calls.append(name)
            if 0 < number <= len(calls):
                raise Killed
            return real(*args)

        return call

    for name in CALLS:
        patch.setattr(Server, name, deadly(name))
    return calls


# An address


@pytest.mark.parametrize(
    ("text", "base", "key"),
    [
        ("s3://exams/inbox/", "s3://exams", "inbox"),
        ("s3a://exams", "s3://exams", ""),
        ("S3://exams//a//b", "s3://exams", "a/b"),
        ("abfs://exams/inbox", "abfs://exams", "inbox"),
        ("az://exams@trust.dfs.core.windows.net/in", "abfs://exams@trust.dfs.core.windows.net", "in"),
        ("sftp://pat@files.example.ac.uk:22/srv/in", "sftp://pat@files.example.ac.uk", "srv/in"),
        ("ssh://files.example.ac.uk:2222/srv", "sftp://files.example.ac.uk:2222", "srv"),
    ],
)
def test_an_address_is_taken_apart(text: str, base: str, key: str) -> None:
    """However it is spelt; put together again it is the same one."""
    found = address(text)
    assert (found.base, found.key) == (base, key)
    assert address(f"{base}/{key}") == found


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("gs://exams/inbox", '"gs://" is not known; claimbatch knows s3://, abfs:// and sftp://'),
        ("s3:///inbox", '"s3:///inbox" names no bucket or container'),
        ("sftp://host:x/inbox", '"sftp://host:x/inbox" names no server'),
        (
            f"sftp://pat:{SECRET}@host/inbox",
            '"sftp://pat@host/inbox" had a password in it, which does not belong there; '  # noqa: ISC004
            "it is taken from the environment",
        ),
    ],
)
def test_an_address_that_is_none_says_why(text: str, why: str) -> None:
    """A password in it is not even repeated."""
    with pytest.raises(ValueError, match=f"^{re.escape(why)}$"):
        address(text)


def test_a_password_is_never_shown() -> None:
    """Whatever it is made of."""
    assert without_password("sftp://pat:p@s:s@host/in:b@x") == "sftp://pat@host/in:b@x"
    assert without_password("C:/a@b") == "C:/a@b"


def test_a_local_address_is_a_path() -> None:
    """``file://`` is another way to say it."""
    assert near("file:///srv/inbox") == "/srv/inbox"
    assert near("file:///C:/inbox") == "C:/inbox"
    assert [is_far(text) for text in ("inbox", "C:/inbox", "//server/inbox", "s3://b/inbox")] == [
        False
    ] * 3 + [True]


def test_a_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what installs it; before anything is done."""
    monkeypatch.setattr("claimbatch.files.server.find_spec", lambda name: None if name == "adlfs" else 1)
    with pytest.raises(ClaimbatchError) as said:
        Servers({}).at("abfs://exams/inbox")
    assert (said.value.message, said.value.hint, said.value.exit_code) == (
        "abfs://exams cannot be reached: adlfs is not installed.",
        'Install it where claimbatch was installed from: python -m pip install ".[azure]"',
        Exit.WRONG_SETUP,
    )


# Files


def test_what_is_written_is_read(store: Bucket) -> None:
    """Large or small, and under whatever name."""
    for name in ("in/a.xlsx", "in/Zoë #1 [2]*.xlsx", "in/ü%2e.xlsx"):
        spot = write(at(store) / name, name.encode() * 200_000)
        assert read(spot) == name.encode() * 200_000
    assert store.keys() == ["in/Zoë #1 [2]*.xlsx", "in/a.xlsx", "in/ü%2e.xlsx"]


def test_what_is_not_there_is_none(store: Bucket, tmp_path: Path) -> None:
    """A folder neither; reading it says so, removing it changes nothing."""
    store.put("in/a.xlsx", b"a")
    assert [look_of(at(store, key)) for key in ("b", "in", "in/a.xlsx/b")] == [None, None, None]
    with pytest.raises(SourceError, match=r"in/b is not there any more"):
        copy_staged(at(store, "in/b"), tmp_path / "b")
    at(store).server.remove("in/b")
    assert list(tmp_path.iterdir()) == []


def test_the_names_of_a_folder_are_asked_for_once(store: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    """As Windows sees them, where a name is to be new."""
    store.put("in/Claim.xlsx", b"a")
    calls, names = killing(monkeypatch, 0), Names()
    files = [at(store, f"in/{name}") for name in ("Claim.xlsx", "claim.xlsx", "other.xlsx")]
    assert [(names.has_file(file), names.has_like(file)) for file in files] == [
        (True, True), (False, True), (False, False),
    ]  # fmt: skip
    assert calls == ["names"]


def places(store: Bucket, folder: Path) -> dict[str, tuple[Spot, Spot]]:
    return {
        "within a store": (at(store, "in/a.xlsx"), at(store, "done/a.xlsx")),
        "down from it": (at(store, "in/a.xlsx"), folder / "done/a.xlsx"),
        "up to it": (folder / "in/a.xlsx", at(store, "done/a.xlsx")),
    }


@pytest.mark.parametrize("way", ["within a store", "down from it", "up to it"])
def test_a_move_that_is_killed_anywhere_is_ended_by_the_same_again(
    store: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """At any moment one of the two is there whole; in the end the new one alone."""
    source, target = places(store, tmp_path)[way]
    via = tmp_path / "via"
    for number in range(1, 20):
        write(source, b"grades")
        for path in (target,):
            if is_there(path):
                path.server.remove(path.key) if isinstance(path, Far) else path.unlink()
        with monkeypatch.context() as patch:
            calls = killing(patch, number)
            try:
                move(source, target, via)
            except Killed:
                pass
            else:
                assert number > len(calls)
                break
        assert [read(spot) for spot in (source, target) if is_there(spot)][-1:] == [b"grades"]
        if is_there(source):
            move(source, target, via)
        assert (is_there(source), read(target)) == (False, b"grades")
    assert (is_there(source), read(target), number > 3) == (False, b"grades", True)


def test_what_is_put_in_its_place_meanwhile_stays(
    store: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read is moved as it was read; the new one is not removed with it."""
    source, target, via = at(store, "in/a.xlsx"), at(store, "done/a.xlsx"), tmp_path / "via"
    store.put("in/a.xlsx", b"first")
    how = look_of(source)
    assert how is not None
    copy = copy_staged(source, via)
    real = Server.write

    def write_late(server: Server, key: str, content: bytes | Path) -> None:
        real(server, key, content)
        store.put("in/a.xlsx", b"second")

    monkeypatch.setattr(Server, "write", write_late)
    move(source, target, via, how, copy.sha256)
    assert (store.get("in/a.xlsx"), store.get("done/a.xlsx")) == (b"second", b"first")


def test_what_changed_after_it_was_read_is_not_moved(store: Bucket, tmp_path: Path) -> None:
    """Nor is what was copied of it passed off as it."""
    source, via = at(store, "in/a.xlsx"), tmp_path / "via"
    store.put("in/a.xlsx", b"first")
    how = look_of(source)
    assert how is not None
    copy_staged(source, via)
    store.put("in/a.xlsx", b"other")
    with pytest.raises(SourceError, match="was changed after it was read"):
        move(source, at(store, "done/a.xlsx"), via, how)
    assert store.keys() == ["in/a.xlsx"]


def test_what_changes_while_it_is_read_is_left(
    store: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between asking what it is and fetching it, too: a copy is of one version."""
    source = at(store, "in/a.xlsx")
    store.put("in/a.xlsx", b"first")
    fs = source.server._open()
    real = fs.open

    def open_late(*args: Any, **options: Any) -> Any:
        file = real(*args, **options)
        store.put("in/a.xlsx", b"other")
        return file

    monkeypatch.setattr(fs, "open", open_late)
    with pytest.raises(SourceError, match="was changed while it was read"):
        copy_staged(source, tmp_path / "a.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over(store: Bucket, tmp_path: Path) -> None:
    """Another file under the new name stays, and so does the one that was to be moved."""
    store.put("in/a.xlsx", b"mine")
    store.put("done/a.xlsx", b"another")
    with pytest.raises(ClaimbatchError, match="another file is there"):
        move(at(store, "in/a.xlsx"), at(store, "done/a.xlsx"), tmp_path / "via")
    assert (store.get("in/a.xlsx"), store.get("done/a.xlsx")) == (b"mine", b"another")


def test_a_copy_that_is_not_the_same_costs_nothing(
    store: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What arrived otherwise than it was sent is taken away again; the original stays."""
    store.put("in/a.xlsx", b"grades")
    real = Server.write
    monkeypatch.setattr(Server, "write", lambda server, key, _content: real(server, key, b"grad"))
    with pytest.raises(ClaimbatchError, match=r"done/a.xlsx is not what was written there"):
        move(at(store, "in/a.xlsx"), at(store, "done/a.xlsx"), tmp_path / "via")
    assert store.keys() == ["in/a.xlsx"]


def test_a_key_that_leads_elsewhere_is_known(store: Bucket) -> None:
    """What one program would take for a step upwards, or another for a version, is not asked for by its key."""
    keys = [
        "in/a.xlsx",
        "in/../b.xlsx",
        "in/./c.xlsx",
        "in//d.xlsx",
        "in/e.xlsx?versionId=1.xlsx",
        "in/f\\g.xlsx",
        "in/h/",
    ]
    for key in keys:
        store.put(key, b"x" * (not key.endswith("/")))
    folder = at(store, "in")
    assert sorted((one.key, one.odd) for one in folder.server.walk(folder.key)) == [
        ("in/../b.xlsx", True), ("in/./c.xlsx", True), ("in//d.xlsx", True), ("in/a.xlsx", False),
        ("in/e.xlsx?versionId=1.xlsx", True), ("in/f\\g.xlsx", False),
    ]  # fmt: skip


@given(st.text(max_size=300))
@example("..").via("a step upwards")
@example("C:")
@example("x" * 300 + ".xlsx")
def test_no_part_of_a_key_leads_anywhere_as_a_name(part: str) -> None:
    """Whatever it is made of, it is one name of one folder, on every system; a harmless one stays as it is."""
    name = portable(part)
    assert PurePosixPath(name).parts == PureWindowsPath(name).parts == (name,)
    assert name not in {"", ".", ".."}
    assert len(name.encode("utf-8", "replace")) <= 201
    assert portable(name) == name


# What a server refuses


def test_an_empty_folder_is_no_missing_bucket(store: Bucket) -> None:
    """There is no folder where nothing lies; a bucket that is spelt wrongly is told."""
    assert list(at(store).server.walk("inbox")) == []
    wrong = servers(store.endpoint).at("s3://exmas/inbox")
    with pytest.raises(ClaimbatchError) as said:
        list(wrong.server.walk(wrong.key))
    assert (said.value.message, said.value.exit_code) == (
        "The folder s3://exmas/inbox is not there.", Exit.NOT_FINISHED,
    )  # fmt: skip


def test_a_place_that_is_not_there_is_not_written_to(store: Bucket) -> None:
    """It is told, like all else."""
    with pytest.raises(ClaimbatchError, match=r"s3://exmas/a could not be written: there is no such place\."):
        write(servers(store.endpoint).at("s3://exmas/a"), b"grades")


def test_without_credentials_it_says_so(store: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the words of whoever has to put it right."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(ClaimbatchError) as said:
        look_of(Servers({"s3": {"endpoint_url": store.endpoint}}).at(f"{store.url}/in/a.xlsx"))
    assert said.value.message == (
        f"{store.url}/in/a.xlsx could not be looked at: the server does not allow it (NoCredentialsError)."
    )


def test_an_option_that_there_is_none_of_is_said(store: Bucket) -> None:
    """When the library finds it, which may be late."""
    wrong = Servers({"s3": {"endpoint_urll": store.endpoint}}).at(store.url)
    with pytest.raises(
        ClaimbatchError, match=r"What stands under \[files.s3\] in claimbatch.toml is not understood"
    ):
        look_of(wrong / "a")


def test_a_server_that_stays_silent_is_not_asked_for_ever(store: Bucket) -> None:
    """After some failures the rest waits for the next night at once."""
    options = {"endpoint_url": "http://127.0.0.1:1", "config_kwargs": {"retries": {"max_attempts": 0}}}
    far = Servers({"s3": options}).at("s3://exams/inbox")
    said = []
    for _ in range(PATIENCE + 1):
        with pytest.raises(ClaimbatchError) as failed:
            far.server.look("a")
        said.append(failed.value.message)
    assert said[0] == "s3://exams/a could not be looked at: the server does not answer."
    assert said[-1] == (
        "s3://exams/a could not be looked at: the server has not answered before, and was not asked again."
    )


def test_nothing_that_a_library_says_is_repeated() -> None:
    """It may hold a key or a signed address; its short codes may be shown."""

    class HttpResponseError(Exception):
        error_code = "AuthenticationFailed"

    for error in (OSError(f"https://x?sig={SECRET}"), HttpResponseError(SECRET), TimeoutError(SECRET)):
        told = refusal(error, "s3://exams/a", "read")
        assert SECRET not in told.message + told.hint
    assert refusal(HttpResponseError(SECRET), "a", "read").message.endswith(
        "does not allow it (AuthenticationFailed)."
    )


if sys.platform == "win32":  # pragma: no cover
    pytest.skip("the S3 server for tests", allow_module_level=True)
