"""Backups: all of a workspace that cannot be made again, in one file, as it stands at one moment.

That is the store with its register, claims and histories, the key without which no workbook is recognised, the
settings, the centre's own qualification files, what was learnt about register files, and what runs remember (which
message went, what a night did). Workbooks are not in it: those in inbox and outbox are files of people.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from claimbatch import __version__
from claimbatch.claims.store.copying import POSTGRESQL, SQLITE, copy_store
from claimbatch.clock import STAMP, now, zoned
from claimbatch.errors import ClaimbatchError
from claimbatch.files import plain_name, remove, temporary_file
from claimbatch.office.archive import FORMAT, UNFINISHED, Archive, Manifest, open_archive, write_archive
from claimbatch.workspace import CONFIG, KEY, REMEMBERED, Workspace

FOLDER = "backups"
STORED = {SQLITE: "claims.db", POSTGRESQL: "claims.pgdump"}  # what the store is called in a backup
USERS = "users.json"  # who may sign in to the page
NOT_KEPT = ("night.lock", "night.json", "serve.json")  # of runs: what is at work now
_NAME = "claimbatch_{folder}_{moment}.zip"
_MADE = re.compile(r"claimbatch_.*_(\d{8}T\d{6}Z)(_\d+)?\.zip")
_READ_ME = """\
This is a backup of the claimbatch workspace {folder}, made {made}.

It holds names and dates of birth, and the key that seals the centre's templates: keep it where only those can read it
who may.

To bring it back, into a folder that is new or empty:

    claimbatch restore "{name}" FOLDER

{kind}manifest.json lists all that is in here, with the SHA-256 of each file and the head of each claim's history.
"""
_DUMPED = "claims.pgdump was made by pg_dump --format=custom; pg_restore reads it.\n"


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made and read back, and the older ones that were removed."""

    archive: Archive
    size: int
    removed: tuple[Path, ...] = ()


def back_up(workspace: Workspace, folder: Path | None = None, keep: int = 0) -> Backup:
    """Make a backup of *workspace* in *folder* (its own ``backups``), read it back, and *keep* so many (0: all).

    Others may work on meanwhile. An older one goes only when the new one has been read back, and only where it is of
    this workspace.
    """
    into = folder or workspace.folder / FOLDER
    moment, name = now(), plain_name(workspace.folder.absolute().name, 40) or "workspace"
    path = _free(into, _NAME.format(folder=name, moment=f"{moment:%Y%m%dT%H%M%SZ}"))
    own = fingerprint(workspace.key())
    with temporary_file(into) as copy:
        copied = copy_store(workspace.config.store, workspace.folder, copy)
        made = moment.strftime(STAMP)
        manifest = Manifest(
            format=FORMAT,
            made=made,
            made_by=f"claimbatch {__version__}",
            workspace=own,
            folder=name,
            store=copied.kind,
            version=copied.version,
            heads=copied.heads,
        )
        members = {STORED[copied.kind]: copy} | dict(_parts(workspace.folder))
        kind = _DUMPED if copied.kind == POSTGRESQL else ""
        text = _READ_ME.format(folder=name, made=zoned(made), name=path.name, kind=kind)
        archive = write_archive(path, members, manifest, text)
    old = _older(into, path, own, keep) if keep else []
    for one in old:
        remove(one)
    return Backup(archive, path.stat().st_size, tuple(old))


def newest(folder: Path) -> Path:
    """The newest backup in *folder*, by its name."""
    found = [path for path in folder.glob("*.zip") if _MADE.fullmatch(path.name)]
    if not found:
        raise ClaimbatchError(f"In {folder} there is no backup.", "Name the file, claimbatch_…zip.")
    return max(found, key=_moment)


def fingerprint(key: bytes) -> str:
    """By what a backup is known to be of a workspace: it tells nothing of the key."""
    return sha256(b"claimbatch backup\0" + key).hexdigest()[:16]


def _free(into: Path, name: str) -> Path:
    """The next name in the order of age: one that an older backup of the same second has left is not used again."""
    alike = [path for path in into.glob(f"{Path(name).stem}*.zip") if _MADE.fullmatch(path.name)]
    if not alike:
        return into / name
    made = _MADE.fullmatch(max(alike, key=_moment).name)
    last = int(made[2][1:]) if made and made[2] else 1
    return into / f"{Path(name).stem}_{last + 1}.zip"


def _moment(path: Path) -> tuple[str, int, str]:
    made = _MADE.fullmatch(path.name)
    return (made[1], len(path.name), path.name) if made else ("", 0, path.name)  # _10 after _9


def _parts(folder: Path) -> Iterator[tuple[str, Path]]:
    """What belongs to a workspace beside its store, by its name in the archive."""
    for name in (CONFIG, KEY, REMEMBERED, USERS):
        if (folder / name).exists():
            yield name, folder / name
    for path in sorted([*(folder / "schemas").rglob("*"), *_of_runs(folder / "runs")]):
        inner = path.relative_to(folder)
        if path.is_file() and not path.is_symlink() and not any(step.startswith(".") for step in inner.parts):
            yield inner.as_posix(), path


def _of_runs(runs: Path) -> Iterator[Path]:
    """What runs remember: not the lock, not the work of a run that has not ended, no workbook that it still held."""
    for path in runs.glob("*"):
        if not path.is_dir() and path.name not in NOT_KEPT:
            yield path
        elif not (path / "journal.jsonl").exists():
            yield from path.rglob("*")
        elif (path / "manifest.json").exists() and not any((path / name).exists() for name in UNFINISHED):
            yield from path.glob("*")


def _older(folder: Path, new: Path, own: str, keep: int) -> list[Path]:
    """Those of the backups of this workspace in *folder* that are more than *keep*; one that cannot be read stays."""
    found = [path for path in folder.glob("*.zip") if _MADE.fullmatch(path.name)]
    ours = [path for path in found if path == new or _is_of(path, own)]
    return [path for path in sorted(ours, key=_moment, reverse=True)[keep:] if path != new]


def _is_of(path: Path, own: str) -> bool:
    try:
        return open_archive(path).manifest.workspace == own
    except ClaimbatchError:
        return False
