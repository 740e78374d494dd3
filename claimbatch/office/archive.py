"""The file that a backup is: a zip with the parts of a workspace, and an account of them with their SHA-256.

Whoever opens it by hand finds what they know by its name. Whoever gives us one to bring back may have been given it by
somebody else: nothing in it is believed before it is looked at, and no name in it leads out of its folder.
"""

import hashlib
import json
import re
import shutil
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from pydantic import BaseModel, ConfigDict, ValidationError

from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.files import FILE_MODE, shown, write_pieces

MANIFEST, READ_ME = "manifest.json", "README.txt"
FORMAT = 1  # of the account; one with a higher number was made by a newer claimbatch
PIECE = 1024 * 1024  # bytes
MOST_FILES = 100_000
LARGEST_MANIFEST = 64 * 1024 * 1024  # bytes
FREELY, RATIO = (
    256 * 1024 * 1024,
    200,
)  # bytes that are inflated unasked; above that, so many times the file's own size
TOP = (
    "claimbatch.toml",
    "claimbatch.key",
    "columns.json",
    "users.json",
    "claims.db",
    "claims.pgdump",
    READ_ME,
)
FOLDERS = ("schemas", "runs")
# What a run goes on by after it was killed: it moves files, and holds what would be run when it is read.
UNFINISHED = ("plan.json", "problems.bin")
_FAULTS = (
    BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, KeyError, IndexError,
    OverflowError, OSError,
)  # fmt: skip
_NO_NAME = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]|[ .]$')  # what some system cannot have in a name
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)  # of Windows


class Part(BaseModel):
    """A file in the archive."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    sha256: str
    size: int


class Manifest(BaseModel):
    """The account of a backup: of which workspace (a fingerprint of its key), when, its files, and for each claim the
    last revision and the hash at the head of its history.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    format: int
    made: str
    made_by: str
    workspace: str
    folder: str
    store: str  # the kind of database
    version: str  # of its tables
    heads: Mapping[str, tuple[int, str]]
    files: Mapping[str, Part] = {}

    @property
    def revisions(self) -> int:
        """How many changes the histories hold."""
        return sum(revision for revision, _ in self.heads.values())


@dataclass(frozen=True, slots=True)
class Archive:
    """A backup that was looked at from outside: what its account says is in it, and nothing else is."""

    path: Path
    manifest: Manifest

    def verify(self) -> None:
        """Read it through, and hold every part against its hash."""
        with _opened(self.path) as archive:
            for name in self.manifest.files:
                for _ in self._content(archive, name):
                    pass

    def unpack(self, folder: Path) -> None:
        """Write its parts into *folder*, each held against its hash."""
        with _opened(self.path) as archive:
            for name in self.manifest.files:
                write_pieces(folder / name, self._content(archive, name))

    def _content(self, archive: ZipFile, name: str) -> Iterator[bytes]:
        part, size, found = self.manifest.files[name], 0, hashlib.sha256()
        with _readable(self.path, name), archive.open(name) as file:
            while piece := file.read(PIECE):
                size += len(piece)
                found.update(piece)
                if size > part.size:
                    break
                yield piece
        if size != part.size or found.hexdigest() != part.sha256:
            refuse(self.path, f"{name} in it is damaged")


def write_archive(path: Path, members: Mapping[str, Path], manifest: Manifest, read_me: str) -> Archive:
    """Write the files *members*, by their names in the archive, to *path*; a file that is gone by then is left out.

    Then read the whole again, as it stands on the disk, and hold it against what was meant.
    """
    check_names(path, members)
    write_pieces(path, _packed(members, manifest, read_me))
    archive = open_archive(path)
    archive.verify()
    return archive


def open_archive(path: Path) -> Archive:
    """Look at the backup *path*, and refuse what is none, is damaged, or was made by a newer claimbatch."""
    with _opened(path) as archive:
        members = archive.infolist()
        if MANIFEST not in archive.namelist():
            refuse(path, "it was not made by claimbatch backup, or not to its end")
        with _readable(path, MANIFEST), archive.open(MANIFEST) as file:
            text = file.read(LARGEST_MANIFEST + 1)
        manifest = _understood(path, text)
        names = [member.filename for member in members if member.filename != MANIFEST]
        check_names(path, names)
        if sorted(names) != sorted(manifest.files):
            refuse(path, "parts of it are missing, or were added")
        _check_size(path, manifest)
    return Archive(path, manifest)


def check_names(path: Path, names: Iterable[str]) -> None:
    """Refuse names that lead out of a workspace, that some system cannot have, or that are one on some system."""
    seen: set[str] = set()
    for name in names:
        top, *rest = name.split("/")
        known = name in TOP or (top in FOLDERS and rest and rest[-1].casefold() not in UNFINISHED)
        if not known or any(not _is_name(step) for step in (top, *rest)) or name.casefold() in seen:
            refuse(path, f"a part of it is called {name[:80]!a}, which no part of a workspace is")
        seen.add(name.casefold())
    if len(seen) > MOST_FILES:
        refuse(path, f"it has more than {MOST_FILES} parts")


def refuse(path: Path, why: str) -> NoReturn:
    """Say that *path* cannot be brought back."""
    raise ClaimbatchError(
        f"{shown(path)} cannot be brought back: {why}.",
        "Nothing was changed. Try an earlier backup.",
        Exit.WRONG_SETUP,
    )


def _is_name(step: str) -> bool:
    return step not in {"", ".", ".."} and not _NO_NAME.search(step) and not _DEVICES.fullmatch(step)


def _understood(path: Path, text: bytes) -> Manifest:
    try:
        found: Any = json.loads(text)
        if isinstance(found, dict) and isinstance(found.get("format"), int) and found["format"] > FORMAT:
            raise ClaimbatchError(
                f"{shown(path)} was made by a newer claimbatch ({str(found.get('made_by'))[:40]!a}).",
                "Install the newer claimbatch: pip install --upgrade claimbatch",
                Exit.WRONG_SETUP,
            )
        manifest = Manifest.model_validate(found)
        datetime.fromisoformat(manifest.made)
    except (ValueError, ValidationError, RecursionError):
        refuse(path, f"{MANIFEST} in it is damaged")
    return manifest


def _check_size(path: Path, manifest: Manifest) -> None:
    total, own = sum(part.size for part in manifest.files.values()), path.stat().st_size
    if any(part.size < 0 for part in manifest.files.values()) or total > max(FREELY, own * RATIO):
        refuse(path, "it would become far larger than a backup does")


def _opened(path: Path) -> ZipFile:
    if not path.is_file():
        raise ClaimbatchError(f"{shown(path)} is not there, or is not a file.", "Name a backup.")
    with _readable(path, "the list of its parts"):
        return ZipFile(path)


@contextmanager
def _readable(path: Path, what: str) -> Iterator[None]:
    """Say of what zipfile raises, in whichever of its many ways, that *what* is damaged."""
    try:
        yield
    except _FAULTS:
        refuse(path, f"{what} cannot be read")


class _Buffer:
    """What the zip's writer has written and the disk has not."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        return None

    def taken(self) -> list[bytes]:
        pieces, self._pieces = self._pieces, []
        return pieces


def _packed(members: Mapping[str, Path], manifest: Manifest, read_me: str) -> Iterator[bytes]:
    buffer, parts = _Buffer(), {}
    moment = datetime.fromisoformat(manifest.made).astimezone().timetuple()[:6]
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:  # type: ignore[call-overload]  # written as it comes
        for name, source in members.items():
            try:
                file = source.open("rb")
            except FileNotFoundError:
                continue
            info, size, found = _info(name, moment), 0, hashlib.sha256()
            info.file_size = source.stat().st_size  # so that it knows whether it will be a large one
            with file, archive.open(info, "w") as out:
                while piece := file.read(PIECE):
                    size += len(piece)
                    found.update(piece)
                    out.write(piece)
                    yield from buffer.taken()
            parts[name] = Part(sha256=found.hexdigest(), size=size)
        text = read_me.encode()
        archive.writestr(_info(READ_ME, moment), text)
        parts[READ_ME] = Part(sha256=hashlib.sha256(text).hexdigest(), size=len(text))
        account = manifest.model_copy(update={"files": parts})
        archive.writestr(_info(MANIFEST, moment), account.model_dump_json(indent=1) + "\n")
    yield from buffer.taken()


def _info(name: str, moment: tuple[int, ...]) -> ZipInfo:
    info = ZipInfo(name, (max(moment[0], 1980), *moment[1:]))  # type: ignore[arg-type]
    info.compress_type, info.external_attr = ZIP_DEFLATED, FILE_MODE << 16
    return info


def room_for(archive: Archive, folder: Path) -> bool:
    """Whether the disk of *folder* has room for what is in the archive."""
    total = sum(part.size for part in archive.manifest.files.values())
    return shutil.disk_usage(folder).free > total
