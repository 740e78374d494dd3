"""Bringing a backup back: unpacked aside, proved, and only then put in its place. What is there is never destroyed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from claimbatch.claims.proof import examine
from claimbatch.claims.store.copying import POSTGRESQL, SQLITE, load_dump, see_that_nobody_writes
from claimbatch.claims.store.tables import VERSION
from claimbatch.clock import now
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.files import free_path, make_folder, remove_folder, rename, write_atomic
from claimbatch.files.far import is_far, near
from claimbatch.office.archive import READ_ME, Archive, open_archive, refuse, room_for
from claimbatch.office.backup import STORED, USERS, fingerprint
from claimbatch.settings import STORE, read_settings, set_store
from claimbatch.workspace import CONFIG, FOLDERS, KEY, REMEMBERED, Workspace

UNPACKED = ".claimbatch-restore"  # where it is unpacked; one of a run that was killed is nobody's
ASIDE = "before-restore"
LETTERS, QUEUE = "letters", "mail"  # where runs remember messages that went, and keep those that wait


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back. *altered* are the claims whose history does not prove whole; it was so in the backup.

    *upgraded_from* is the version of an older store, *aside* the folder with what stood there before, *moved* where the
    settings named a store outside of the workspace, which now lies within. *later* are folders of workbooks that may
    have been taken after the backup.
    """

    archive: Archive
    folder: Path
    altered: tuple[str, ...] = ()
    upgraded_from: str = ""
    aside: Path | None = None
    moved: str = ""
    later: tuple[Path, ...] = ()

    @property
    def waiting(self) -> int:
        """How many messages waited when the backup was made, which nothing here knows to have gone since."""
        inside = self.archive.manifest.files
        return (
            0
            if self.aside
            else sum(name.startswith(f"runs/{QUEUE}/") and name.endswith(".eml") for name in inside)
        )


def restore(path: Path, folder: Path, *, over: bool = False, address: str = "") -> Restored:
    """Bring the backup *path* back into *folder*, which is new or empty; or *over* the workspace that is there.

    Then what stands there is put aside first, all but the workbooks. A store in PostgreSQL goes into the empty database
    at *address*, or that of the settings.
    """
    archive = _of_today(path)
    _see_that_it_may(folder, over=over)
    with _unpacked(archive, folder, address) as (unpacked, moved):
        altered = _proved(archive, unpacked)
        aside = _put_aside(folder) if over and _others(folder) else None
        if aside:
            _keep_sent(aside / "runs", unpacked / "runs")
        _put_in_place(unpacked, folder)
    upgraded = archive.manifest.version if archive.manifest.version != VERSION else ""
    return Restored(archive, folder, altered, upgraded, aside, moved, tuple(_workbooks(folder)))


def prove_backup(path: Path) -> Restored:
    """Do the same beside the backup and let nothing of it stay: whether it could be brought back.

    Of a store in PostgreSQL the histories cannot be proved so, only that nothing is damaged.
    """
    archive = _of_today(path)
    if archive.manifest.store != SQLITE:
        archive.verify()
        return Restored(archive, path.parent)
    with _unpacked(archive, path.parent, "") as (unpacked, moved):
        return Restored(archive, path.parent, _proved(archive, unpacked), moved=moved)


def _of_today(path: Path) -> Archive:
    archive = open_archive(path)
    manifest = archive.manifest
    if manifest.version > VERSION:
        raise ClaimbatchError(
            f"{path} was made by a newer claimbatch (its store's version is {manifest.version}, this one knows "
            f"{VERSION}).",
            "Install the newer claimbatch: pip install --upgrade claimbatch",
            Exit.WRONG_SETUP,
        )
    if STORED.get(manifest.store) not in manifest.files or not {CONFIG, KEY} <= manifest.files.keys():
        refuse(path, "the store, the settings or the key is missing in it")
    return archive


def _see_that_it_may(folder: Path, *, over: bool) -> None:
    """Refuse a folder that is something else, or a workspace that is there unless *over*, or is being worked in."""
    if not folder.exists() or (folder.is_dir() and not _others(folder)):
        return
    is_workspace = (folder / CONFIG).is_file()
    if not folder.is_dir() or not (is_workspace or any(map(_is_ours, folder.iterdir()))):
        raise ClaimbatchError(
            f"{folder} is not empty.", "Name a folder that is new or empty, or a workspace."
        )
    if not over:
        raise ClaimbatchError(
            f"{folder} is a workspace already, or part of one.",
            f"With --yes what it holds is put aside first, into {ASIDE}-…; its workbooks stay where they are.",
        )
    for name in _stores(folder):
        if (folder / name).is_file():
            see_that_nobody_writes(f"sqlite:///{name}", folder)


def _is_ours(path: Path) -> bool:
    """Whether it was left by a restore that was killed: the same restore again ends it."""
    return path.name == UNPACKED or path.name.startswith(ASIDE)


def _others(folder: Path) -> bool:
    return any(path.name != UNPACKED for path in folder.iterdir())


@contextmanager
def _unpacked(archive: Archive, folder: Path, address: str) -> Iterator[tuple[Path, str]]:
    """The backup as a workspace in a folder within *folder* that is gone in the end; and where its store was before."""
    there = folder.exists()
    make_folder(folder)
    if not room_for(archive, folder):
        raise ClaimbatchError(
            f"The disk of {folder} has no room for the backup.",
            "Make room, or name another.",
            Exit.NOT_FINISHED,
        )
    unpacked = folder / UNPACKED
    try:
        if not remove_folder(unpacked):
            raise ClaimbatchError(f"{unpacked} cannot be removed.", "Remove it by hand.", Exit.NOT_FINISHED)
        archive.unpack(unpacked)
        yield unpacked, _settle_store(archive, unpacked, address)
    finally:
        remove_folder(unpacked)
        if not there and not any(folder.iterdir()):
            remove_folder(folder)


def _settle_store(archive: Archive, unpacked: Path, address: str) -> str:
    """Let the settings say where the store is now; where they named a place outside, that place is returned."""
    settings = unpacked / CONFIG
    before = read_settings(settings).store
    if archive.manifest.store == POSTGRESQL:
        if address:
            set_store(settings, address)
        load_dump(address or before, unpacked / STORED[POSTGRESQL])
        return ""
    if address:
        raise ClaimbatchError(
            "The store in this backup is a file; --store is for PostgreSQL.", "Leave it out."
        )
    if before != STORE:
        set_store(settings, STORE)
    return before if before != STORE else ""


def _proved(archive: Archive, unpacked: Path) -> tuple[str, ...]:
    """Open it as a workspace; see that it is in order and of the account; the claims whose history does not hold."""
    workspace, manifest = Workspace(unpacked), archive.manifest
    if fingerprint(workspace.key()) != manifest.workspace:
        refuse(archive.path, "the key in it is another one")
    workspace.catalogue()
    with workspace.store() as store:
        store.look_through()
        proofs = {row.key: examine(store, row.key) for row in store.claims()}
    if {key: (proof.revisions, proof.head) for key, proof in proofs.items()} != dict(manifest.heads):
        refuse(archive.path, "the histories in it are not those of its account")
    return tuple(sorted(key for key, proof in proofs.items() if not proof.is_whole))


def _stores(folder: Path) -> Iterator[str]:
    """The names of SQLite files that may be the store of the workspace *folder*, as far as they lie in it."""
    yield STORED[SQLITE]
    try:
        named = read_settings(folder / CONFIG).store.removeprefix("sqlite:///")
    except (ClaimbatchError, OSError):
        return  # what cannot be read names none
    if (
        "://" not in named
        and named != STORED[SQLITE]
        and not Path(named).is_absolute()
        and ".." not in Path(named).parts
    ):
        yield named


def _put_aside(folder: Path) -> Path:
    """Move what a backup brings back out of its way; the settings first: without them it is no workspace."""
    aside = make_folder(free_path(folder / f"{ASIDE}-{now():%Y-%m-%d}"))
    stores = [f"{name}{ending}" for name in _stores(folder) for ending in ("", "-wal", "-shm", "-journal")]
    for name in (CONFIG, *stores, KEY, REMEMBERED, USERS, "schemas", "runs"):
        if (folder / name).exists():
            rename(folder / name, aside / name)
    return aside


def _put_in_place(unpacked: Path, folder: Path) -> None:
    """Move it where it belongs, the settings last: only with them is it a workspace."""
    stay = {CONFIG, READ_ME, STORED[POSTGRESQL]}
    for name in (*sorted(path.name for path in unpacked.iterdir() if path.name not in stay), CONFIG):
        rename(unpacked / name, folder / name)
    for name in FOLDERS:
        make_folder(folder / name)


def _keep_sent(before: Path, unpacked: Path) -> None:
    """What went after the backup went: what is there knows it better, or messages would go again."""
    if (before / QUEUE).is_dir():
        remove_folder(unpacked / QUEUE)
    for name in (LETTERS, QUEUE):
        for record in sorted((before / name).glob("*")):
            if record.is_file():
                write_atomic(unpacked / name / record.name, record.read_bytes())


def _workbooks(folder: Path) -> Iterator[Path]:
    """The folders in which workbooks lie that were taken, as the settings name them."""
    night = read_settings(folder / CONFIG).night
    for name in (near(night.done), near(night.inbox)):
        if not is_far(name) and (folder / name).is_dir() and any((folder / name).rglob("*.xlsx")):
            yield folder / name
