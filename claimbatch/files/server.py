"""A server on which files lie, S3 or Azure or one that speaks SFTP, reached through fsspec; and no other way.

An object store has no folders and no half-written file: an object is there once all of it is. A server of files has
both, so there a file gets its name when it is whole. Every call is one that can be made again: whoever was killed, or
heard no answer, does the same once more. What a library says of a failure is never shown: it may hold a credential.
"""

import hashlib
import secrets
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from threading import Lock
from typing import Any

from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.files.far import Address, Far, address
from claimbatch.files.moving import SourceError
from claimbatch.files.reading import PIECE
from claimbatch.files.refusals import Silent, refusal
from claimbatch.files.writing import FILE_MODE, FOLDER_MODE, TEMPORARY

FILE, LINK, OTHER, CLOSED = (
    "file",
    "link",
    "other",
    "closed",
)  # the last: a folder that may not be looked into
PATIENCE = 3  # failures to answer, one after the other, after which a server is not asked again
BLOCK = 8 * 1024 * 1024  # bytes that are asked for at once
_OTHERWISE_READ = "?versionId="  # s3fs takes what follows for something else than a part of the key


@dataclass(frozen=True, slots=True)
class Kind:
    """What is needed for a kind of server (the *library*, which an *extra* brings), and how it behaves."""

    library: str
    extra: str
    objects: bool
    at_once: int  # calls that may be made at the same time
    options: Mapping[str, Any]


_STORE = {"use_listings_cache": False}
KINDS = {
    "s3": Kind("s3fs", "s3", objects=True, at_once=16, options=_STORE),
    "abfs": Kind("adlfs", "azure", objects=True, at_once=16, options=_STORE),
    "sftp": Kind("paramiko", "sftp", objects=False, at_once=1, options={"timeout": 20, "banner_timeout": 20}),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands under a key, of a *kind*; *look* is size, time, and which one it is.

    One that is *odd* cannot be asked for by its key: that leads elsewhere.
    """

    key: str
    kind: str
    look: tuple[int, int, int]
    odd: bool = False


class Server:
    """One server, called *name* (``s3://exams``); it is connected to when it is first asked for something."""

    def __init__(self, at: Address, options: Mapping[str, Any]) -> None:
        self.name, self.kind, self._at = at.base, KINDS[at.scheme], at
        self._options, self._silent = dict(options), 0
        self._fs: Any = None
        self._opening = Lock()

    def walk(self, key: str) -> Iterator[Entry]:
        """Every file below *key*, in no order. What is there and cannot be listed raises :class:`ClaimbatchError`."""
        with self._told(key, "looked into", gone="The folder {what} is not there."):
            found = self._store_walk(key) if self.kind.objects else self._folder_walk(key)
        yield from found

    def names(self, key: str) -> frozenset[str]:
        """The names of all that stands in the folder *key*; none where there is no such folder."""
        with self._told(key, "looked into"), suppress(FileNotFoundError):
            listed = self._open().ls(self._path(key), detail=False)
            return frozenset(PurePosixPath(name.rstrip("/")).name for name in listed) - {""}
        return frozenset()

    def look(self, key: str) -> Entry | None:
        """What stands under *key*; None where there is no file."""
        with self._told(key, "looked at"), suppress(FileNotFoundError):
            info = self._open().info(self._path(key))
            return None if info["type"] == "directory" else self._entry(info)
        return None

    def read(self, key: str) -> Generator[bytes]:
        """The bytes of a file, piece by piece. Raises :class:`FileNotFoundError` too."""
        with self._told(key, "read"), self._open().open(self._path(key), "rb", block_size=BLOCK) as file:
            while piece := file.read(PIECE):
                yield piece

    def write(self, key: str, content: bytes | Path) -> None:
        """Write the bytes, or those of a file of this computer, to *key*: whole, or not at all."""
        with self._told(key, "written", gone="{what} could not be written: there is no such place."):
            if self.kind.objects:
                self._put(self._path(key), content)
            else:
                self._put_by_name(self._path(key), content)

    def remove(self, key: str) -> None:
        """Remove the file *key*, if it is there."""
        with self._told(key, "removed"), suppress(FileNotFoundError):
            self._open().rm_file(self._path(key))

    def clear(self, key: str) -> None:
        """Remove what was left half-written below *key*; in an object store there is no such thing."""
        for entry in () if self.kind.objects else self.walk(key):
            if PurePosixPath(entry.key).name.startswith(TEMPORARY):
                self.remove(entry.key)

    def _put(self, path: str, content: bytes | Path) -> None:
        fs = self._open()
        if isinstance(content, Path):
            fs.put_file(str(content), path)
        else:
            fs.pipe_file(path, content)

    def _put_by_name(self, path: str, content: bytes | Path) -> None:
        fs, folder = self._open(), path.rpartition("/")[0]
        fs.makedirs(folder, exist_ok=True, mode=FOLDER_MODE)
        temporary = f"{folder}/{TEMPORARY}{secrets.token_hex(8)}.tmp"
        try:
            self._put(temporary, content)
            with suppress(OSError):  # a server may have rights of its own
                fs.ftp.chmod(temporary, FILE_MODE)
            fs.mv(temporary, path)
        except BaseException:
            with suppress(Exception):  # if the connection is still there: it may hold names
                fs.rm_file(temporary)
            raise

    def _path(self, key: str) -> str:
        root = "" if not self.kind.objects else self._root
        return f"{root}/{key}".rstrip("/") or "/"

    @property
    def _root(self) -> str:
        """The bucket; of Azure the container, which stands before the account where that is named."""
        return self._at.user or self._at.host

    def _store_walk(self, key: str) -> list[Entry]:
        fs = self._open()
        found = [info for info in fs.find(self._path(key), detail=True).values() if info["type"] == "file"]
        if not found:
            fs.info(self._root)  # an empty folder of a store is none; the bucket must be there
        return [entry for info in found if not (entry := self._entry(info)).key.endswith("/")]

    def _folder_walk(self, key: str) -> list[Entry]:
        top = self._path(key)
        found, folders = [], [top]
        while folders:
            folder = folders.pop()
            try:
                listed = self._open().ls(folder, detail=True)
            except PermissionError:
                if folder == top:
                    raise
                found.append(Entry(folder.lstrip("/"), CLOSED, (0, 0, 0)))
                continue
            folders += [info["name"] for info in listed if info["type"] == "directory"]
            found += [self._entry(info) for info in listed if info["type"] != "directory"]
        return found

    def _entry(self, info: Mapping[str, Any]) -> Entry:
        path = str(info["name"])
        key = path.removeprefix(f"{self._root}/") if self.kind.objects else path.lstrip("/")
        time = info.get("LastModified") or info.get("last_modified") or info.get("mtime")
        seconds = int(time.timestamp()) if time else 0  # lists and looks differ in what is smaller
        which = str(info.get("ETag") or info.get("etag") or "").strip('"')
        mark = int(hashlib.sha256(which.encode()).hexdigest()[:12], 16) if which else 0
        kind = info["type"] if info["type"] in (FILE, LINK) else OTHER
        return Entry(key, kind, (int(info["size"] or 0), seconds, mark), odd=self._is_odd(key))

    def _is_odd(self, key: str) -> bool:
        path = self._path(key)
        steps = key.removesuffix("/").split("/")
        return (
            any(step in ("", ".", "..") for step in steps)
            or (self.kind.objects and _OTHERWISE_READ in key)
            or self._open()._strip_protocol(path) != path.rstrip("/")
        )

    def _open(self) -> Any:
        with self._opening:
            if self._fs is None:
                self._fs = self._connected()
            return self._fs

    def _connected(self) -> Any:
        import fsspec  # noqa: PLC0415 - only those need it whose folders lie on a server

        options = {**self.kind.options, **self._options}
        if self._at.scheme == "abfs" and self._at.user:
            options.setdefault("account_name", self._at.host.partition(".")[0])
        elif self._at.scheme == "sftp":
            from claimbatch.files.known_hosts import policy  # noqa: PLC0415

            options.setdefault("host_key_policy", policy(options.pop("known_hosts", "")))
            options |= {"host": self._at.host, "port": self._at.port or 22}
            options |= {"username": self._at.user} if self._at.user else {}
        try:
            return fsspec.filesystem(self._at.scheme, skip_instance_cache=True, **options)
        except TypeError:
            raise self._misunderstood() from None

    def _misunderstood(self) -> ClaimbatchError:
        return ClaimbatchError(
            f"What stands under [files.{self._at.scheme}] in claimbatch.toml is not understood.",
            f"The options are those of {self.kind.library}.",
            Exit.WRONG_SETUP,
        )

    @contextmanager
    def _told(self, key: str, done: str, gone: str = "") -> Iterator[None]:
        what = str(Far(self.name, key, self))
        if self._silent >= PATIENCE:
            raise Silent(what, done, again=True)
        try:
            yield
        except (ClaimbatchError, GeneratorExit):
            raise
        except FileNotFoundError:
            self._silent = 0
            if not gone:
                raise
            raise ClaimbatchError(
                gone.format(what=what), "See that its address is right in claimbatch.toml.", Exit.NOT_FINISHED
            ) from None
        except TypeError:  # an option that there is none of, it may be only now
            raise self._misunderstood() from None
        except Exception as error:  # each library has its own, and each kind of network
            if (
                type(error).__name__ == "FileExpired"
            ):  # of s3fs: another one lies there than when it was opened
                raise SourceError(Far(self.name, key, self), "was changed while it was read") from None
            found = refusal(error, what, done)
            if isinstance(found, Silent):
                self._silent += 1
                self._fs = None if not self.kind.objects else self._fs  # what has broken off is opened anew
            raise found from None
        self._silent = 0


class Servers:
    """The servers that addresses name, each reached with the *options* of its kind."""

    def __init__(self, options: Mapping[Any, Mapping[str, Any]]) -> None:
        self._options = options
        self._known: dict[str, Server] = {}

    def at(self, text: str) -> Far:
        """What stands at the address *text*. Raises :class:`ClaimbatchError` where claimbatch cannot get there."""
        try:
            found = address(text)
        except ValueError as error:
            raise ClaimbatchError(f"{error}.", "", Exit.WRONG_SETUP) from None
        server = self._known.get(found.base)
        if server is None:
            see_that_it_can_be_reached(found)
            server = self._known[found.base] = Server(found, self._options.get(found.scheme, {}))
        return Far(found.base, found.key, server)


def see_that_it_can_be_reached(at: Address) -> None:
    """Raise :class:`ClaimbatchError` where the library for this kind of server is not installed."""
    kind = KINDS[at.scheme]
    if any(find_spec(name) is None for name in ("fsspec", kind.library)):
        raise ClaimbatchError(
            f"{at.base} cannot be reached: {kind.library} is not installed.",
            f'Install it where claimbatch was installed from: python -m pip install ".[{kind.extra}]"',
            Exit.WRONG_SETUP,
        )
