"""A backup is the workspace at one moment, whoever works meanwhile; what comes back is that, proved, or nothing."""

import json
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from claimbatch.claims.proof import examine
from claimbatch.claims.store.copying import copy_store
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.files import clear_stale
from claimbatch.night.lock import locked
from claimbatch.office.archive import MANIFEST, open_archive
from claimbatch.office.backup import back_up
from claimbatch.office.restoring import restore
from claimbatch.workspace import CONFIG, KEY, Workspace
from tests.centre import CENTRE, IT, Centre, fill
from tests.failing_disk import BROKEN, Disk, each_call, failing
from tests.servers import database, rows
from tests.test_serve import serving

CLAIM = f"{CENTRE}-{IT}-1"
FIRST = (Path(__file__).parent / "golden" / "store-0001.sql").read_text("utf-8")


def claimed(centre: Centre) -> Centre:
    """With a claim, a file of its own in schemas, remembered columns and a record of a message."""
    centre.done("merge", fill(centre.issue()))
    folder = centre.workspace.folder
    own = folder / "schemas" / "declaration.toml"
    shutil.copy(Path(__file__).parents[1] / "schemas" / "declaration.toml", own)
    (folder / "columns.json").write_text("{}\n")
    (folder / "runs" / "letters").mkdir()
    (folder / "runs" / "letters" / "x_submitted.json").write_text('{"sent": "2026-11-26T02:00:00Z"}\n')
    return centre


@pytest.fixture
def here(centre: Centre) -> Centre:
    return claimed(centre)


@pytest.fixture
def there(tmp_path: Path) -> Path:
    """A folder that is not there yet."""
    return tmp_path / "there"


def holds(folder: Path) -> dict[str, object]:
    """All that a workspace is: its files, and each row of its store."""
    with closing(sqlite3.connect(folder / "claims.db")) as connection:
        rows = list(connection.iterdump())
    names = [CONFIG, KEY, "columns.json", *(str(path) for path in sorted(Path("schemas").glob("*")))]
    names += [
        f"{top}/{path.name}"
        for top in ("schemas", "runs/letters")
        for path in sorted((folder / top).glob("*"))
    ]
    return {"store": rows} | {
        name: (folder / name).read_bytes() for name in names if (folder / name).exists()
    }


def test_what_comes_back_is_what_was_there(here: Centre, there: Path) -> None:
    """Every row of the store, the key, the settings, the centre's own files, what runs remember."""
    said = here.done("backup")
    (path,) = (here.workspace.folder / "backups").iterdir()
    before = holds(here.workspace.folder)
    code, told = run("restore", path, there)
    assert code == 0, told
    assert holds(there) == before
    assert sorted(before) == [
        "claimbatch.key", "claimbatch.toml", "columns.json", "runs/letters/x_submitted.json",
        "schemas/declaration.toml", "store",
    ]  # fmt: skip
    assert re.sub(r"\d+ KB", "N KB", said.splitlines()[0]).endswith(
        f"N KB: the store (1 claim, {len(history(there))} changes), the key, the settings, what was said of columns, "
        "1 schema file and 1 record of runs. Read back, and found the same."
    )
    assert "Every part is as it was; the histories of 1 claim prove whole." in told


def run(*args: object) -> tuple[int, str]:
    """A command that takes no workspace: its exit code and what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "claimbatch", *map(str, args)], capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout + done.stderr


def history(folder: Path) -> list[object]:
    with Workspace(folder).store() as store:
        return list(store.history(CLAIM))


def attempt(act: Callable[[], object]) -> Exit | None:
    """Do it; the exit code of the error that it says, if any."""
    said = None
    try:
        act()
    except ClaimbatchError as error:
        said = error.exit_code
    return said


def made(centre: Centre, **how: int) -> Path:
    return back_up(centre.workspace, **how).archive.path


def refused(path: Path, folder: Path, **how: bool) -> str:
    """What is said of a backup that cannot be brought back; nothing of it is left anywhere."""
    before = sorted(folder.parent.rglob("*"))
    with pytest.raises(ClaimbatchError) as error:
        restore(path, folder, **how)
    assert error.value.exit_code is Exit.WRONG_SETUP
    assert sorted(folder.parent.rglob("*")) == before
    return error.value.message.replace(str(path), "FILE")


def test_files_are_for_their_owner_alone(here: Centre, there: Path) -> None:
    path = made(here)
    restore(path, there)
    modes = {stat.S_IMODE(one.stat().st_mode) for one in [path, *there.rglob("*")] if one.is_file()}
    assert modes == {0o600}
    folders = [path.parent, there, *(one for one in there.rglob("*") if one.is_dir())]
    assert {stat.S_IMODE(one.stat().st_mode) for one in folders} == {0o700}


WRITER = """
import sys, time
from pathlib import Path
from claimbatch.claims.correcting import set_lines
from claimbatch.workspace import Workspace
workspace = Workspace(Path(sys.argv[1]))
catalogue, until = workspace.catalogue(), time.monotonic() + float(sys.argv[2])
print("started", flush=True)
number = 0
while time.monotonic() < until:
    with workspace.store() as store:
        for _ in range(20):
            number += 1
            claim = store.claim(sys.argv[3], catalogue)
            set_lines(store, claim, dict.fromkeys([("0042", "3"), ("0043", "3")], ("PMD"[number % 3], "JH")), "Pat")
"""


def test_a_backup_while_another_process_writes_is_of_one_moment(here: Centre, tmp_path: Path) -> None:
    """Each of several is whole, and its histories are those of its account; the writer is never turned away."""
    folder = here.workspace.folder
    command = [sys.executable, "-c", WRITER, str(folder), "3", CLAIM]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as writer:
        assert writer.stdout
        assert writer.stdout.readline() == "started\n"
        paths = []
        while writer.poll() is None and len(paths) < 12:
            paths.append(made(here))
        writer.wait()
        assert writer.returncode == 0, writer.stderr and writer.stderr.read()
    heads = [open_archive(path).manifest.heads[CLAIM] for path in paths]
    assert len(set(heads)) > 2  # it did write in between
    for number, path in enumerate(paths):
        assert restore(path, tmp_path / str(number)).altered == ()


def test_a_byte_damaged_anywhere_is_refused_or_does_not_matter(here: Centre, tmp_path: Path) -> None:
    """What comes back is never anything else; a byte of a date in the zip's own lists changes nothing."""
    path, before = made(here), holds(here.workspace.folder)
    data, outcomes = path.read_bytes(), []
    for number in range(80):
        at = (len(data) * number) // 80 + number % 7
        spoilt = tmp_path / "spoilt.zip"
        spoilt.write_bytes(data[:at] + bytes([data[at] ^ (1 << number % 8)]) + data[at + 1 :])
        target = tmp_path / f"t{number}"
        outcomes.append(attempt(lambda path=spoilt, target=target: restore(path, target)))
        assert holds(target) == before if target.exists() else outcomes[-1] is Exit.WRONG_SETUP
    assert outcomes.count(Exit.WRONG_SETUP) > 60


@pytest.mark.parametrize("tenths", range(10))
def test_a_backup_cut_off_is_refused(here: Centre, there: Path, tmp_path: Path, tenths: int) -> None:
    data = made(here).read_bytes()
    cut = tmp_path / "cut.zip"
    cut.write_bytes(data[: len(data) * tenths // 10])
    assert refused(cut, there) == "FILE cannot be brought back: the list of its parts cannot be read."


def rewritten(path: Path, change: Callable[[dict[str, bytes], dict[str, object]], object]) -> Path:
    """The backup with its parts and its account changed by somebody who knows how it is made."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    account = json.loads(parts.pop(MANIFEST))
    change(parts, account)
    other = path.with_name("other.zip")
    with zipfile.ZipFile(other, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
        archive.writestr(MANIFEST, json.dumps(account))
    return other


def added(name: str, data: bytes = b"x") -> Callable[[dict[str, bytes], dict[str, object]], object]:
    """With a part that its account knows of."""
    import hashlib  # noqa: PLC0415

    def change(parts: dict[str, bytes], account: dict[str, object]) -> None:
        parts[name] = data
        account["files"][name] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}  # type: ignore[index]

    return change


@pytest.mark.parametrize(
    "name",
    [
        "../evil", "schemas/../../evil", "/etc/evil", "schemas//evil", "schemas/./evil", "C:/evil", "schemas\\evil",
        "schemas/..", "schemas/a:b", "schemas/nul", "runs/COM1.txt", "schemas/a.", "inbox/evil.xlsx", "evil", "schemas",
        "schemas/\nevil", "CLAIMS.DB", "runs/", ".ssh/authorized_keys", "claims.db-wal",
        "runs/20261126T020000Z-3f2a/problems.bin", "runs/20261126T020000Z-3f2a/Problems.BIN",
        "runs/20261126T020000Z-3f2a/plan.json",
    ],
)  # fmt: skip
def test_no_name_in_an_archive_leads_out_of_its_folder(here: Centre, there: Path, name: str) -> None:
    assert "which no part of a workspace is" in refused(rewritten(made(here), added(name)), there)


DAMAGES: dict[str, tuple[Callable[[dict[str, bytes], dict[str, object]], object], str]] = {
    "without its store": (lambda parts, _: parts.pop("claims.db"), "parts of it are missing, or were added"),
    "with a part that nobody told of": (
        lambda parts, _: parts.update({"schemas/x.toml": b""}),
        "parts of it are",
    ),
    "without its key": (
        lambda parts, account: (parts.pop("claimbatch.key"), account["files"].pop("claimbatch.key")),  # type: ignore[attr-defined]
        "the store, the settings or the key is missing in it",
    ),
    "with another key": (added("claimbatch.key", b"00" * 32 + b"\n"), "the key in it is another one"),
    "of a newer format": (lambda _, account: account.update(format=2), "was made by a newer claimbatch"),
    "with a newer store": (
        lambda _, account: account.update(version="9999"),
        "was made by a newer claimbatch",
    ),
    "with another history": (
        lambda _, account: account["heads"].update({CLAIM: [1, "0" * 64]}),  # type: ignore[attr-defined]
        "the histories in it are not those of its account",
    ),
    "without a claim's history": (lambda _, account: account.update(heads={}), "the histories in it are not"),
    "with another store": (
        added("claims.db", b"SQLite format 3\0" + b"\0" * 5000),
        "is damaged, or it is not",
    ),
    "with a store that is none": (
        added("claims.db", b"hello"),
        "is damaged, or it is not a claimbatch store",
    ),
    "with an account that is none": (
        lambda _, account: account.update(files=7),
        "manifest.json in it is damaged",
    ),
    "with a date that is none": (
        lambda _, account: account.update(made="yesterday"),
        "manifest.json in it is damaged",
    ),
    "that grows": (added("runs/x", b"\0" * 300_000_000), "it would become far larger than a backup does"),
    "with settings that are none": (
        added("claimbatch.toml", b"store = 7"),
        "store: Input should be a valid string",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_backup_that_somebody_changed_is_refused(here: Centre, there: Path, damage: str) -> None:
    change, says = DAMAGES[damage]
    assert says in refused(rewritten(made(here), change), there)


def test_an_archive_that_inflates_to_more_than_it_says_is_stopped(here: Centre, there: Path) -> None:
    """What its account says is what it may become, and no byte more."""

    def change(parts: dict[str, bytes], account: dict[str, object]) -> None:
        added("runs/x", b"\0" * 50_000_000)(parts, account)
        account["files"]["runs/x"]["size"] = 10  # type: ignore[index]

    assert (
        refused(rewritten(made(here), change), there)
        == "FILE cannot be brought back: runs/x in it is damaged."
    )


def test_a_store_of_a_newer_version_is_neither_saved_nor_brought_back(here: Centre) -> None:
    with closing(sqlite3.connect(here.workspace.folder / "claims.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    code, said = here.run("backup")
    assert (code, "A newer claimbatch made the store" in said) == (3, True)
    assert list((here.workspace.folder / "backups").iterdir()) == []


def test_a_store_of_the_first_version_comes_back_as_todays(tmp_path: Path, there: Path) -> None:
    """The backup before an upgrade is of what was there; it is brought up to date where it is brought back."""
    old = Workspace.create(tmp_path / "old")
    (old.folder / "claims.db").unlink()
    with closing(sqlite3.connect(old.folder / "claims.db")) as connection:
        connection.executescript(FIRST)
    made = back_up(old).archive
    assert made.manifest.version == "0001"
    code, said = run("restore", made.path, there)
    assert code == 0, said
    assert "An older claimbatch made it; the store was brought up to date." in said
    with closing(sqlite3.connect(old.folder / "claims.db")) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)


def test_nothing_is_written_over_unasked(here: Centre, there: Path) -> None:
    path = made(here)
    there.mkdir()
    (there / "letter.txt").write_text("mine")
    assert run("restore", path, there) == (
        2, f"claimbatch: {there} is not empty.\n  Name a folder that is new or empty, or a workspace.\n",
    )  # fmt: skip
    assert run("restore", path, there, "--yes")[0] == 2
    code, said = run("restore", path, here.workspace.folder)
    assert (code, "is a workspace already" in said) == (2, True)
    code, said = run("restore", path, "--workspace", here.workspace.folder)
    assert (code, said.splitlines()[1]) == (2, "  Say --yes if it is meant.")


def test_what_was_there_is_put_aside_and_its_workbooks_stay(here: Centre) -> None:
    """A message that went since is not forgotten, and what was taken since can be taken again."""
    folder = here.workspace.folder
    path, before = made(here), holds(folder)
    here.done("claim", "set", CLAIM, "0042", "4", "D", "JH")
    (folder / "runs" / "letters" / "y_sampled.json").write_text("{}")
    (folder / "inbox" / "back.xlsx").write_bytes(b"a workbook")
    later = holds(folder)
    code, said = run("restore", path, "-w", folder, "--yes")
    assert code == 0, said
    (aside,) = folder.glob("before-restore-*")
    assert holds(aside) == later
    assert holds(folder) == before | {"runs/letters/y_sampled.json": b"{}"}
    assert (folder / "inbox" / "back.xlsx").read_bytes() == b"a workbook"
    assert f"What was there before is in {aside}.\n" in said
    assert f"claimbatch merge {folder / 'inbox'}" in said


def test_no_message_goes_twice_for_a_restore(here: Centre, there: Path) -> None:
    """What is there knows best what went; where nothing does, the messages that waited are told."""
    queue = here.workspace.folder / "runs" / "mail"
    queue.mkdir()
    (queue / "20261126-01.json").write_text('{"state": "waiting"}')
    (queue / "20261126-01.eml").write_text("to be sent")
    path = made(here)
    code, said = run("restore", path, there)
    assert (code, "1 message waited then, and may have gone since." in said) == (0, True)
    (queue / "20261126-01.json").write_text('{"state": "sent"}')
    (queue / "20261126-01.eml").unlink()
    code, said = run("restore", path, "-w", here.workspace.folder, "--yes")
    assert (code, "waited" in said) == (0, False)
    assert {one.name: one.read_text() for one in queue.iterdir()} == {"20261126-01.json": '{"state": "sent"}'}


def test_what_a_run_works_with_is_not_in_a_backup(here: Centre) -> None:
    """The lock of tonight would hold up the night after a restore; what an ended run accounts for is kept."""
    runs = here.workspace.folder / "runs"
    ended, at_work, killed = "20261126T020000Z-3f2a", "20261127T020000Z-77aa", "20261128T020000Z-0b1c"
    for name in (
        "night.lock", "night.json", "remembered.json", f"{ended}/journal.jsonl", f"{ended}/manifest.json",
        f"{ended}/staged/1.xlsx", f"{at_work}/journal.jsonl", f"{at_work}/staged/1.xlsx",
        f"{killed}/journal.jsonl", f"{killed}/manifest.json", f"{killed}/plan.json", f"{killed}/problems.bin",
    ):  # fmt: skip
        (runs / name).parent.mkdir(parents=True, exist_ok=True)
        (runs / name).write_text("{}")
    names = [name for name in open_archive(made(here)).manifest.files if name.startswith("runs/")]
    assert names == [
        f"runs/{ended}/journal.jsonl", f"runs/{ended}/manifest.json", "runs/letters/x_submitted.json",
        "runs/remembered.json",
    ]  # fmt: skip


@pytest.mark.parametrize("named", [("-w",), ()], ids=["as a workspace", "as a folder"])
def test_nothing_is_put_aside_while_a_night_runs(here: Centre, named: tuple[str, ...]) -> None:
    path = made(here)
    with locked(here.workspace.folder / "runs", "Pat"):
        code, said = run("restore", path, *named, here.workspace.folder, "--yes")
    assert (code, said.startswith("claimbatch: A nightly run is at work: Pat on ")) == (4, True)


def test_nothing_is_put_aside_while_the_page_is_open(here: Centre) -> None:
    """The page would go on with what was put aside."""
    path = made(here)
    with serving(here) as (_, address):
        code, said = run("restore", path, "-w", here.workspace.folder, "--yes")
        assert (code, f": {address}.\n  Close it there" in said) == (4, True)
    assert run("restore", path, "-w", here.workspace.folder, "--yes")[0] == 0


def test_in_a_new_folder_there_is_nothing_to_put_aside(here: Centre, there: Path) -> None:
    code, said = run("restore", made(here), "-w", there, "--yes")
    assert (code, "What was there before" in said) == (0, False)
    assert list(there.glob("before*")) == []


def test_a_damaged_store_is_put_aside_too(here: Centre) -> None:
    """That is what backups are for."""
    folder = here.workspace.folder
    path, before = made(here), holds(folder)
    (folder / "claims.db").write_bytes(b"not a database at all")
    (folder / CONFIG).write_text("store = ")
    restore(path, folder, over=True)
    assert holds(folder) == before


def test_nothing_is_put_aside_while_somebody_writes(here: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("claimbatch.claims.store.engine._PRAGMAS", ("PRAGMA busy_timeout = 50",))
    path = made(here)
    with closing(sqlite3.connect(here.workspace.folder / "claims.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ClaimbatchError, match="Another run is writing") as error:
            restore(path, here.workspace.folder, over=True)
    assert error.value.exit_code is Exit.LOCKED
    assert list(here.workspace.folder.glob("before*")) == []


def test_a_backup_is_whole_or_not_there_whichever_call_fails(here: Centre, tmp_path: Path) -> None:
    target = tmp_path / "usb"
    target.mkdir()

    def act(_: Disk) -> None:
        assert attempt(lambda: back_up(here.workspace, target)) in (None, Exit.NOT_FINISHED)
        clear_stale(target, older=0)  # where not even the temporary file could be removed
        for path in target.iterdir():
            open_archive(path).verify()
            path.unlink()

    assert each_call(act) > 10


def test_a_restore_is_done_or_can_be_done_again_whichever_call_fails(here: Centre, tmp_path: Path) -> None:
    """Over a workspace: at each call that fails, nothing of what was there is lost, and the same again ends it."""
    path, was = made(here), holds(here.workspace.folder)
    here.done("claim", "set", CLAIM, "0042", "4", "D", "JH")
    later = holds(here.workspace.folder)
    with failing() as disk:
        restore(path, copied(here, tmp_path / "counted"), over=True)
    assert len(disk.calls) > 50
    for number in [*range(1, len(disk.calls), 4), len(disk.calls)]:
        folder = copied(here, tmp_path / str(number))
        with failing(number, BROKEN):
            outcome = attempt(lambda folder=folder: restore(path, folder, over=True))
        assert outcome in (None, Exit.NOT_FINISHED)
        assert outcome is None or together(folder) >= set(map(repr, later.values()))
        if outcome:
            restore(path, folder, over=True)
        assert holds(folder) == was


def copied(centre: Centre, folder: Path) -> Path:
    return shutil.copytree(centre.workspace.folder, folder)


def together(folder: Path) -> set[str]:
    """What stands in the workspace or was put aside in it."""
    found: set[str] = set()
    for place in (folder, *folder.glob("before-restore-*")):
        names = ["claims.db", CONFIG, KEY, "columns.json"]
        names += [
            str(path.relative_to(place)) for top in ("schemas", "runs") for path in (place / top).rglob("*")
        ]
        for name in names:
            if (place / name).is_file() and name != "claims.db":
                found.add(repr((place / name).read_bytes()))
        if (place / "claims.db").is_file():
            with closing(sqlite3.connect(place / "claims.db")) as connection:
                found.add(repr(list(connection.iterdump())))
    return found


def test_only_so_many_are_kept_and_only_of_this_workspace(here: Centre, tmp_path: Path) -> None:
    usb = tmp_path / "usb"
    other = Workspace.create(tmp_path / "other" / "centre")  # of the same name
    theirs = back_up(other, usb).archive.path
    (usb / "claimbatch_centre_20200101T000000Z.zip").write_bytes(b"who knows")
    (usb / "holiday.zip").write_bytes(b"mine")
    kept = [back_up(here.workspace, usb, 3).archive.path for _ in range(5)][-3:]
    assert {path.name for path in usb.iterdir()} == {
        "claimbatch_centre_20200101T000000Z.zip", "holiday.zip", theirs.name, *(path.name for path in kept),
    }  # fmt: skip


def test_of_a_folder_the_newest_is_brought_back(
    here: Centre, there: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for moment in ("1700000000", "1800000000", "1750000000"):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", moment)
        path = made(here)
    code, said = run("restore", path.parent, there)
    assert (code, "20270115T080000Z.zip, as of 2027-01-15 08:00" in said) == (0, True)
    assert run("restore", there, there.with_name("x")) == (
        2, f"claimbatch: In {there} there is no backup.\n  Name the file, claimbatch_…zip.\n",
    )  # fmt: skip


def test_a_dry_run_proves_and_leaves_nothing(here: Centre) -> None:
    path = made(here)
    code, said = run("restore", path, "--dry-run")
    assert (code, "could be brought back" in said) == (0, True)
    assert list(path.parent.iterdir()) == [path]


def test_a_history_that_was_altered_before_is_told(here: Centre, there: Path) -> None:
    """It comes back as it was, because nothing better may be left; and nobody is told that all is well."""
    with closing(sqlite3.connect(here.workspace.folder / "claims.db")) as connection:
        connection.execute("DROP TRIGGER event_no_update")
        connection.execute("UPDATE event SET grade = 'D' WHERE revision = 3")
        connection.commit()
    code, said = run("restore", made(here), there)
    assert (code, f"The history was altered, before the backup was made, of: {CLAIM}." in said) == (1, True)


@pytest.mark.parametrize(
    "line", ['store = "sqlite:///{elsewhere}/my claims.db"', 'store = "sqlite:///data/c.db"']
)
def test_a_store_elsewhere_comes_back_into_the_workspace(
    here: Centre, there: Path, tmp_path: Path, line: str
) -> None:
    """The file that the settings named may be somebody's by now."""
    folder = here.workspace.folder
    for elsewhere in (tmp_path / "elsewhere", folder / "data"):
        elsewhere.mkdir()
        for name in ("my claims.db", "c.db"):
            shutil.copy(folder / "claims.db", elsewhere / name)
    (folder / "claims.db").unlink()
    text = (folder / CONFIG).read_text()
    (folder / CONFIG).write_text(
        text.replace('store = "sqlite:///claims.db"', line.format(elsewhere=tmp_path / "elsewhere"))
    )
    path = made(Centre(Workspace(folder)))
    code, said = run("restore", path, there)
    assert (code, "claimbatch.toml says so" in said) == (0, True)
    assert (there / CONFIG).read_text() == text
    assert len(history(there)) > 10


def test_wrong_requests_are_told(here: Centre, there: Path) -> None:
    path = made(here)
    for words in ([path], [path, there, "--dry-run"], [path, there, "-w", there]):
        code, said = run("restore", *words)
        assert (code, "one of them" in said) == (2, True)
    assert run("restore", there / "x.zip", there)[0] == 2
    code, said = run("restore", path, there, "--store", "postgresql+psycopg://x@/y")
    assert (code, "--store is for PostgreSQL" in said) == (2, True)
    assert not there.exists()


@pytest.fixture
def in_server(server: str, tmp_path: Path) -> Iterator[Centre]:
    with database(server) as address:
        yield claimed(Centre.make(tmp_path / "centre", address=address))


def test_a_store_in_postgresql_comes_back_into_an_empty_database(
    in_server: Centre, there: Path, server: str
) -> None:
    path, address = made(in_server), in_server.workspace.config.store
    code, said = run("restore", path, there)
    assert (code, "holds tables already; nothing was done" in said) == (2, True)
    assert not there.exists()
    with database(server) as empty:
        code, said = run("restore", path, there, "--store", empty)
        assert code == 0, said
        assert rows(empty) == rows(address)
        with Workspace(there).store() as store:
            assert examine(store, CLAIM).is_whole
    assert not list(there.glob("*.pgdump"))


def test_without_pg_dump_it_is_said_what_to_do(in_server: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    code, said = in_server.run("backup")
    assert (code, "its program pg_dump is not on this computer" in said) == (5, True)
    assert list((in_server.workspace.folder / "backups").iterdir()) == []


def test_a_copy_that_has_to_wait_too_long_says_so(
    here: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a program holds the whole file, as some that look into databases do."""
    target = tmp_path / "copy"
    target.touch()
    path = here.workspace.folder / "claims.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = DELETE")
        other.execute("BEGIN EXCLUSIVE")
        monkeypatch.setattr("claimbatch.claims.store.engine._PRAGMAS", ("PRAGMA busy_timeout = 50",))
        with pytest.raises(ClaimbatchError, match="Another run is writing"):
            copy_store("sqlite:///claims.db", path.parent, target)


def test_a_process_killed_while_it_makes_a_backup_leaves_no_half_one(here: Centre, tmp_path: Path) -> None:
    """At whatever moment: what it leaves is cleared before the next is made."""
    usb = tmp_path / "usb"
    usb.mkdir()
    command = [sys.executable, "-m", "claimbatch", "backup", str(usb), "-w", str(here.workspace.folder)]
    for wait in (0.4, 0.7, 0.9, 1.2):
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
            time.sleep(wait)
            process.kill()
        for path in usb.glob("*.zip"):
            open_archive(path).verify()
        clear_stale(usb, older=0)
        assert all(path.suffix == ".zip" for path in usb.iterdir())
