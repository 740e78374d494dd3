"""A server of files behind SSH for tests, on this computer: it lets in one user with a password, to one folder."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import paramiko

USER, PASSWORD = "pat", "not-to-be-told-4712"


@dataclass(frozen=True)
class Served:
    """The server: its *port*, the *folder* that is its top, and the file of keys in which its own stands."""

    port: int
    folder: Path
    known_hosts: Path

    @property
    def url(self) -> str:
        return f"sftp://{USER}@127.0.0.1:{self.port}"


class _Door(paramiko.ServerInterface):
    def check_auth_password(self, username: str, password: str) -> int:
        let_in = (username, password) == (USER, PASSWORD)
        return paramiko.common.AUTH_SUCCESSFUL if let_in else paramiko.common.AUTH_FAILED

    def check_channel_request(self, _kind: str, _number: int) -> int:
        return paramiko.common.OPEN_SUCCEEDED

    def get_allowed_auths(self, _username: str) -> str:
        return "password"


class _Handle(paramiko.SFTPHandle):
    def stat(self) -> Any:
        return paramiko.SFTPAttributes.from_stat(os.fstat(self.readfile.fileno()))


class _Files(paramiko.SFTPServerInterface):
    """The files of *folder*, as SFTP asks for them."""

    def __init__(self, server: _Door, *, folder: Path) -> None:
        super().__init__(server)
        self._folder = folder

    def list_folder(self, path: str) -> Any:
        names = paramiko.SFTPAttributes.from_stat
        return _told(lambda: [names(one.lstat(), one.name) for one in self._at(path).iterdir()])

    def stat(self, path: str) -> Any:
        return _told(lambda: paramiko.SFTPAttributes.from_stat(self._at(path).stat()))

    def lstat(self, path: str) -> Any:
        return _told(lambda: paramiko.SFTPAttributes.from_stat(self._at(path).lstat()))

    def open(self, path: str, flags: int, _attributes: Any) -> Any:
        def opened() -> _Handle:
            handle = _Handle(flags)
            mode = "wb" if flags & (os.O_WRONLY | os.O_RDWR) else "rb"
            handle.readfile = handle.writefile = os.fdopen(os.open(self._at(path), flags, 0o600), mode)
            return handle

        return _told(opened)

    def remove(self, path: str) -> Any:
        return _told(self._at(path).unlink)

    def posix_rename(self, old: str, new: str) -> Any:
        return _told(lambda: self._at(old).replace(self._at(new)))

    def mkdir(self, path: str, attributes: Any) -> Any:
        return _told(lambda: self._at(path).mkdir(attributes.st_mode or 0o777))

    def chattr(self, path: str, attributes: Any) -> Any:
        return _told(lambda: self._at(path).chmod(attributes.st_mode))

    def _at(self, path: str) -> Path:
        return Path(f"{self._folder}{os.path.normpath(f'/{path}')}")


def _told(act: Callable[[], Any]) -> Any:
    try:
        found = act()
    except OSError as error:
        return paramiko.SFTPServer.convert_errno(error.errno)
    return paramiko.SFTP_OK if found is None or isinstance(found, Path) else found


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    """A server whose top is ``folder/files``."""
    top = folder / "files"
    top.mkdir()
    key = paramiko.ECDSAKey.generate()
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    known = folder / "known_hosts"
    known.write_text(f"[127.0.0.1]:{port} {key.get_name()} {key.get_base64()}\n")
    stopped = threading.Event()
    threading.Thread(target=_serve, args=(listening, key, top, stopped), daemon=True).start()
    try:
        yield Served(port, top, known)
    finally:
        stopped.set()
        listening.close()


def _serve(listening: socket.socket, key: paramiko.PKey, top: Path, stopped: threading.Event) -> None:
    while not stopped.is_set():
        with suppress(OSError, EOFError, paramiko.SSHException):
            transport = paramiko.Transport(listening.accept()[0])
            transport.add_server_key(key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _Files, folder=top)
            transport.start_server(server=_Door())
