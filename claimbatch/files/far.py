"""A file or folder on a server, by its address: ``s3://exams/inbox/Jones/claim.xlsx``.

It is named, compared and taken apart as a path is. What is done with it goes through its server
(:mod:`claimbatch.files.server`), and for those who do not care where a file lies through
:mod:`claimbatch.files.anywhere`. No address holds a password: what lets claimbatch in comes from elsewhere.
"""

import re
from dataclasses import dataclass, field
from pathlib import PurePath, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from claimbatch.files.server import Server

SCHEMES = {
    "s3": "s3",
    "s3a": "s3",
    "abfs": "abfs",
    "abfss": "abfs",
    "az": "abfs",
    "sftp": "sftp",
    "ssh": "sftp",
}
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_HIDDEN = re.compile(r"(?<=://)([^/@:]*):[^/]*@")
_PORT = {"sftp": 22}


@dataclass(frozen=True, slots=True)
class Address:
    """An address taken apart: the kind of server, *user* and *host* (of an object store its bucket), and the *key*."""

    scheme: str
    user: str
    host: str
    port: int
    key: str

    @property
    def base(self) -> str:
        """The server, ``s3://exams``, ``sftp://pat@files.example.ac.uk``."""
        port = f":{self.port}" if self.port else ""
        return f"{self.scheme}://{f'{self.user}@' if self.user else ''}{self.host}{port}"

    @property
    def parts(self) -> tuple[str, ...]:
        """Server and folders as they are compared: whoever asks, by whatever door."""
        container = (f"{self.user}@",) if self.scheme == "abfs" and self.user else ()
        return (f"{self.scheme}://{self.host}", *container, *filter(None, self.key.split("/")))


def is_far(text: str) -> bool:
    """Whether *text* is the address of something on a server, rather than a path of this computer."""
    return bool(_SCHEME.match(text))


def meant_by(path: PurePath) -> str:
    """The address that somebody wrote where a path was expected, which swallows one of its strokes; else nothing.

    >>> meant_by(PurePosixPath("s3://exams/inbox")), meant_by(PurePosixPath("inbox"))
    ('s3://exams/inbox', '')
    """
    scheme, *rest = path.parts or ("",)
    is_one = scheme.endswith(":") and scheme[:-1].lower() in SCHEMES
    return without_password(f"{scheme}//{'/'.join(rest)}") if is_one else ""


def without_password(text: str) -> str:
    """An address as it may be shown.

    >>> without_password("sftp://pat:secret@example.org/inbox")
    'sftp://pat@example.org/inbox'
    """
    return _HIDDEN.sub(r"\1@", text)


def near(text: str) -> str:
    """The path that a ``file://`` address stands for; anything else as it is."""
    if not text.startswith("file://"):
        return text
    path = text.removeprefix("file://").removeprefix("localhost")
    return path[1:] if re.match(r"/[A-Za-z]:", path) else path


def address(text: str) -> Address:
    """The address *text*, taken apart; :class:`ValueError` says in a person's words what is wrong with it."""
    if without_password(text) != text:
        raise ValueError(
            f'"{without_password(text)}" had a password in it, which does not belong there; '
            "it is taken from the environment"
        )
    scheme, _, rest = text.partition("://")
    kind = SCHEMES.get(scheme.lower())
    if kind is None:
        raise ValueError(f'"{scheme}://" is not known; claimbatch knows s3://, abfs:// and sftp://')
    authority, _, key = rest.partition("/")
    user, _, host = authority.rpartition("@")
    host, _, port = host.partition(":")
    if not host or (port and not port.isdecimal()):
        raise ValueError(f'"{text}" names no {"server" if kind == "sftp" else "bucket or container"}')
    number = int(port or 0)
    key = "/".join(part for part in key.split("/") if part)
    return Address(kind, user, host, 0 if number == _PORT.get(kind) else number, key)


@dataclass(frozen=True, slots=True, order=True)
class Far:
    """A file or folder on a *server*: *base* is what that is called, *key* the path below it, as the server has it."""

    base: str
    key: str
    server: "Server" = field(compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.base}/{self.key}" if self.key else self.base

    def __truediv__(self, below: PurePath | str) -> "Far":
        parts = PurePosixPath(below).parts
        return Far(self.base, "/".join((*filter(None, (self.key,)), *parts)), self.server)

    @property
    def _path(self) -> PurePosixPath:
        return PurePosixPath(self.key)

    @property
    def name(self) -> str:
        """The last part of its key."""
        return self._path.name

    @property
    def stem(self) -> str:
        """Its name without the ending."""
        return self._path.stem

    @property
    def suffix(self) -> str:
        """The ending of its name."""
        return self._path.suffix

    @property
    def parent(self) -> "Far":
        """The folder that it lies in."""
        above = self.key.rpartition("/")[0]
        return Far(self.base, above, self.server)

    def with_name(self, name: str) -> "Far":
        """Another file of the same folder."""
        return self.parent / name

    def below(self, folder: "Far") -> PurePosixPath | None:
        """Its path from *folder*; None where it does not lie there."""
        if self.base != folder.base:
            return None
        if folder.key in ("", self.key):
            return PurePosixPath(self.key if not folder.key else "")
        rest = self.key.removeprefix(f"{folder.key}/")
        return PurePosixPath(rest) if rest != self.key else None
