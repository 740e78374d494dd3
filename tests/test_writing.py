"""What is written is there whole or not at all, whichever call of the disk fails, and nothing half is left behind."""

import errno
import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.files import (
    SourceError,
    append_line,
    appending,
    clear_stale,
    copy_staged,
    disk,
    make_empty,
    make_folder,
    move,
    remove,
    remove_folder,
    sha256,
    whole_lines,
    write_atomic,
    write_pieces,
)
from tests.failing_disk import BROKEN, ELSEWHERE, FORBIDDEN, FULL, Disk, each_call, failing

OLD, NEW = b"old", b"new" * 1000
ERRORS = [FULL, BROKEN, FORBIDDEN]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def content(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def attempt(act: Callable[[], object]) -> ClaimbatchError | None:
    """Do it; the error that it said, if any. Whatever else it raises is a fault of ours."""
    said = None
    try:
        act()
    except ClaimbatchError as error:
        said = error
    assert said is None or said.exit_code is Exit.NOT_FINISHED
    return said


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file that is to be written, in a folder that is there."""
    (tmp_path / "in").mkdir()
    return tmp_path / "in" / "file"


@pytest.mark.parametrize("before", [None, OLD])
@pytest.mark.parametrize("error", ERRORS)
def test_writing_leaves_old_or_new_whichever_call_fails(path: Path, error: int, before: bytes | None) -> None:
    """And says so, in a sentence that names the file; no temporary file is left."""

    def act(made: Disk) -> None:
        path.unlink(missing_ok=True)
        if before is not None:
            path.write_bytes(before)
        said = attempt(lambda: write_atomic(path, NEW))
        assert (said is None) == (not made.failed or made.calls[made.fails - 1] == "open_file")
        assert content(path) in ((before, NEW) if said else (NEW,))
        assert names(path.parent) == (["file"] if path.exists() else [])
        assert said is None or f"{path} could not be written: {os.strerror(error)}." == said.message

    assert each_call(act, error) == len(WRITING)


# A folder that cannot be opened is none that can be synced: the only failure that goes unsaid.
WRITING = ["make_temporary", "write", "sync", "close", "replace", "open_file", "sync", "close"]


def test_every_write_is_synced_and_so_is_its_folder(path: Path) -> None:
    with failing() as made:
        write_atomic(path, NEW)
    assert made.calls == WRITING


def test_what_a_dead_disk_keeps_is_cleared_when_it_lives_again(path: Path) -> None:
    """Where not even the temporary file can be removed, whoever holds the lock removes it next time."""

    def act(_: Disk) -> None:
        path.write_bytes(OLD)
        attempt(lambda: write_atomic(path, NEW))

    each_call(act, stays=True)
    assert len(names(path.parent)) > 1
    clear_stale(path.parent, older=0)
    assert (names(path.parent), content(path)) == (["file"], NEW)


def test_a_temporary_file_that_is_old_is_cleared_by_the_next_run(path: Path) -> None:
    """One that another run may be writing stays."""
    for name, age in ((".claimbatch-a.tmp", 7200), (".claimbatch-b.tmp", 60)):
        path.with_name(name).write_bytes(OLD)
        os.utime(path.with_name(name), (time.time() - age,) * 2)
    write_atomic(path, NEW)
    assert names(path.parent) == [".claimbatch-b.tmp", "file"]


def test_a_disk_that_takes_only_a_part_at_a_time_has_it_all_in_the_end(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "write", lambda handle, data: os.write(handle, data[:7]))
    write_atomic(path, NEW)
    assert content(path) == NEW


def test_files_and_folders_are_for_their_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_atomic(tmp_path / "a" / "b" / "c", NEW)
        append_line(tmp_path / "a" / "journal", "x")
        assert make_empty(tmp_path / "a" / "empty")
        copy_staged(tmp_path / "a" / "b" / "c", tmp_path / "a" / "copy")
    finally:
        os.umask(before)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "a").rglob("*") if path.is_file()}
    assert modes == {0o600}
    assert {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("a", "a/b")} == {0o700}


def test_folders_are_made_or_told(tmp_path: Path) -> None:
    """Each new one is synced into the folder that it stands in."""
    with failing() as made:
        make_folder(tmp_path / "a" / "b")
    assert made.calls == ["make_folder", "open_file", "sync", "close"] * 2
    with failing(1), pytest.raises(ClaimbatchError, match="c could not be made: No space left"):
        make_folder(tmp_path / "c")


def test_a_folder_that_knows_nothing_of_syncing_is_no_failure(path: Path) -> None:
    """Some network disks say so; what is written to the file is synced there too."""
    with failing(7, errno.EINVAL):
        write_atomic(path, NEW)
    assert content(path) == NEW


@pytest.mark.parametrize("error", ERRORS)
def test_moving_leaves_the_file_in_one_place_whole(tmp_path: Path, error: int) -> None:
    """On the same disk: at no call that fails is it in neither place, and in both never."""
    source, target = tmp_path / "inbox" / "x", tmp_path / "done" / "y"
    make_folder(source.parent)

    def act(made: Disk) -> None:
        target.unlink(missing_ok=True)
        source.write_bytes(NEW)
        attempt(lambda: move(source, target, sha256(NEW)))
        assert {content(source), content(target)} == {None, NEW}
        assert names(source.parent) == [path.name for path in (source,) if path.exists()]

    assert each_call(act, error) > 8
    assert content(target) == NEW


@pytest.mark.parametrize("error", ERRORS)
def test_moving_to_another_disk_proves_the_copy_before_it_removes_the_original(
    tmp_path: Path, error: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At each call that fails at least one of the two is whole, the other whole or gone; the same again ends it."""
    source, target = tmp_path / "inbox" / "x", tmp_path / "done" / "y"
    make_folder(source.parent)
    make_folder(target.parent)
    monkeypatch.setattr(disk, "rename", refusing(ELSEWHERE))

    def act(_: Disk) -> None:
        target.unlink(missing_ok=True)
        source.write_bytes(NEW)
        os.utime(source, (1_700_000_000, 1_700_000_000))
        attempt(lambda: move(source, target, sha256(NEW)))
        assert {content(source), content(target)} <= {None, NEW}
        assert source.exists() or target.exists()
        assert names(target.parent) == ["y"] * target.exists()

    assert each_call(act, error) > 20
    act(Disk())
    if source.exists():
        move(source, target)
    assert (content(source), content(target)) == (None, NEW)
    assert target.stat().st_mtime == 1_700_000_000


def refusing(error: int) -> Callable[..., object]:
    def refuse(*_: object, **__: object) -> object:
        raise OSError(error, os.strerror(error))

    return refuse


def test_a_move_that_was_killed_after_the_copy_is_ended_by_the_same_move(tmp_path: Path) -> None:
    for name in ("x", "y"):
        (tmp_path / name).write_bytes(NEW)
    move(tmp_path / "x", tmp_path / "y", sha256(NEW))
    assert names(tmp_path) == ["y"]


def test_nothing_is_moved_over_another_file(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(NEW)
    (tmp_path / "y").write_bytes(OLD)
    with pytest.raises(ClaimbatchError, match="another file is there"):
        move(tmp_path / "x", tmp_path / "y")
    assert (content(tmp_path / "x"), content(tmp_path / "y")) == (NEW, OLD)


def test_a_file_moved_to_where_it_is_stays(path: Path) -> None:
    path.write_bytes(NEW)
    move(path, path)
    assert content(path) == NEW


def test_what_was_saved_again_since_it_was_read_is_not_moved(path: Path) -> None:
    path.write_bytes(NEW)
    with pytest.raises(SourceError, match="file was changed after it was read"):
        move(path, path.with_name("done"), sha256(OLD))
    assert names(path.parent) == ["file"]


def test_what_is_gone_is_not_moved(path: Path) -> None:
    for digest in ("", sha256(OLD)):
        with pytest.raises(SourceError, match="is not there any more"):
            move(path, path.with_name("done"), digest)


@pytest.mark.parametrize("error", ERRORS)
def test_a_staged_copy_is_whole_or_not_there(path: Path, error: int) -> None:
    source = path.with_name("source")
    source.write_bytes(NEW)

    def act(made: Disk) -> None:
        path.unlink(missing_ok=True)
        said = attempt(lambda: copy_staged(source, path))
        assert content(path) in ((None, NEW) if said else (NEW,))
        assert content(source) == NEW
        assert set(names(path.parent)) <= {"file", "source"}
        assert said or not made.failed or made.calls[made.fails - 1] == "open_file"

    assert each_call(act, error) >= 8


def while_reading(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """After the first piece of a file is read, somebody does something to it."""
    pending = [happens]

    def read(handle: int, most: int) -> bytes:
        piece = os.read(handle, min(most, 100))
        if pending:
            pending.pop()()
        return piece

    monkeypatch.setattr(disk, "read", read)


def _grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def _save_anew(path: Path) -> None:
    path.with_name("new").write_bytes(NEW)
    path.with_name("new").replace(path)


def _save_in_place(path: Path) -> None:
    path.write_bytes(NEW)
    os.utime(path, (1_700_000_000, 1_700_000_000))


@pytest.mark.parametrize(
    ("happens", "says"),
    [
        (_grow, "grew while it was read"),
        (lambda path: os.truncate(path, 200), "became shorter while it was read"),
        (Path.unlink, "is not there any more"),
        (_save_anew, "was saved again while it was read"),
        (_save_in_place, "was saved again while it was read"),
    ],
)
def test_a_source_that_does_not_stand_still_is_told_and_no_copy_made(
    path: Path, monkeypatch: pytest.MonkeyPatch, happens: Callable[[Path], object], says: str
) -> None:
    source = path.with_name("source")
    source.write_bytes(NEW)
    while_reading(monkeypatch, lambda: happens(source))
    with pytest.raises(SourceError) as told:
        copy_staged(source, path)
    assert told.value.message == f"{source} {says}."
    assert set(names(path.parent)) <= {"source"}


def test_a_copy_is_known_by_its_bytes(path: Path) -> None:
    path.write_bytes(NEW)
    made = copy_staged(path, path.with_name("copy"), len(NEW))
    assert (made.sha256, made.size, content(made.path)) == (sha256(NEW), len(NEW), NEW)


def test_only_an_ordinary_file_of_bearable_size_is_copied(path: Path) -> None:
    """No link, no folder, no pipe, which would wait for ever."""
    path.write_bytes(NEW)
    link, pipe = path.with_name("link"), path.with_name("pipe")
    link.symlink_to(path)
    os.mkfifo(pipe)
    cases = [(link, None, "is a link"), (pipe, None, "is not a file"), (path.parent, None, "is not a file")]
    for source, most, says in [*cases, (path, len(NEW) - 1, "is larger than 2999 bytes")]:
        with pytest.raises(SourceError, match=says):
            copy_staged(source, path.with_name("copy"), most)
    assert names(path.parent) == ["file", "link", "pipe"]


@pytest.mark.parametrize("error", ERRORS)
def test_a_journal_has_a_line_whole_or_not(path: Path, error: int) -> None:
    """Where a call failed, the lines before are there, and the line whole or gone; the next is on a line of its own."""

    def act(made: Disk) -> None:
        path.write_bytes(b"first\n")
        said = attempt(lambda: append_line(path, "second"))
        assert whole_lines(path) in ([["first"], ["first", "second"]] if said else [["first", "second"]])
        assert said or not made.failed

    assert each_call(act, error) > 4
    append_line(path, "third")
    assert whole_lines(path) == ["first", "second", "third"]


@given(
    torn=st.binary(min_size=1, max_size=9000).filter(lambda data: b"\n" not in data), lines=st.integers(0, 3)
)
def test_a_torn_line_is_passed_over_and_taken_away(
    tmp_path_factory: pytest.TempPathFactory, torn: bytes, lines: int
) -> None:
    path = tmp_path_factory.mktemp("torn") / "journal"
    path.write_bytes(b"one\n" * lines + torn)
    assert whole_lines(path) == ["one"] * lines
    append_line(path, "next")
    assert path.read_bytes() == b"one\n" * lines + b"next\n"


def test_what_is_added_to_a_log_is_there_at_once(path: Path) -> None:
    """A torn line of an earlier run is taken away; what the disk does not take is for the caller to hear of."""
    with appending(path) as add:
        add("one")
    with path.open("ab") as file:
        file.write(b"tw")
    with appending(path) as add:
        add("three")
        assert whole_lines(path) == ["one", "three"]
        with failing(1), pytest.raises(OSError, match="space"):
            add("four")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_others_have_to_read_gets_its_mode_before_its_name(path: Path) -> None:
    with failing() as made:
        write_pieces(path, [OLD, NEW], 0o644)
    assert (content(path), stat.S_IMODE(path.stat().st_mode)) == (OLD + NEW, 0o644)
    assert made.calls.index("set_mode") < made.calls.index("replace")


def test_a_journal_that_was_never_begun_has_no_lines(path: Path) -> None:
    assert whole_lines(path) == []


def test_of_two_runs_one_makes_the_file(path: Path) -> None:
    assert (make_empty(path), make_empty(path)) == (True, False)


def test_what_is_removed_is_gone_and_twice_is_once(path: Path) -> None:
    path.write_bytes(OLD)
    remove(path)
    remove(path)
    assert names(path.parent) == []


def test_a_link_is_followed(path: Path) -> None:
    path.symlink_to(path.with_name("real"))
    write_atomic(path, NEW)
    assert (path.is_symlink(), content(path.with_name("real"))) == (True, NEW)


def test_a_process_that_dies_at_any_call_leaves_old_or_new(path: Path) -> None:
    """Not by an error, which could be caught, but as by a power cut: nothing runs after that call."""
    code = (
        "import os, sys; from pathlib import Path; from claimbatch.files import write_atomic\n"
        "from tests.failing_disk import failing\n"
        "with failing(int(sys.argv[1]), dies=lambda: os._exit(9)): write_atomic(Path(sys.argv[2]), b'new' * 1000)"
    )
    for number in range(1, len(WRITING) + 2):
        path.write_bytes(OLD)
        done = subprocess.run([sys.executable, "-c", code, str(number), str(path)], check=False)
        assert done.returncode == (9 if number <= len(WRITING) else 0)
        assert content(path) == (OLD if number <= WRITING.index("replace") + 1 else NEW)
        clear_stale(path.parent, older=0)
        assert names(path.parent) == ["file"]


def some_folder(path: Path) -> Path:
    """A folder with two files, a folder with one, and a link to a folder that is somebody's."""
    theirs = path.parent / "theirs"
    for file in (theirs / "kept", path / "a", path / "b", path / "within" / "c"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(OLD)
    (path / "link").symlink_to(theirs)
    return theirs


def test_a_folder_is_removed_and_not_what_a_link_leads_to(tmp_path: Path) -> None:
    folder, link = tmp_path / "folder", tmp_path / "link"
    theirs = some_folder(folder)
    link.symlink_to(theirs)
    assert remove_folder(folder)
    assert remove_folder(link)
    assert remove_folder(tmp_path / "never there")
    assert (names(tmp_path), names(theirs)) == (["theirs"], ["kept"])


@pytest.mark.parametrize("call", range(1, 7))
def test_of_a_folder_as_much_is_removed_as_can_be_and_the_rest_another_time(
    tmp_path: Path, call: int
) -> None:
    """One file that is held open keeps its folders alone."""
    folder = tmp_path / "folder"
    theirs = some_folder(folder)
    with failing(call, FORBIDDEN) as disk_:
        assert not remove_folder(folder)
    assert disk_.failed
    assert sum(path.is_file() or path.is_symlink() for path in folder.rglob("*")) <= 1
    assert remove_folder(folder)
    assert (names(tmp_path), names(theirs)) == (["theirs"], ["kept"])
