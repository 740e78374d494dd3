"""Whether a server is the one it says it is: its key must stand in ``known_hosts``, as for ``ssh`` itself."""

from pathlib import Path
from typing import Any

import paramiko


class UnknownHostKeyError(Exception):
    """A server shows a key that nobody has accepted."""


class _Known(paramiko.MissingHostKeyPolicy):  # type: ignore[misc]  # paramiko says nothing of types
    def __init__(self, known: Path) -> None:
        self._keys = paramiko.HostKeys(str(known)) if known.is_file() else paramiko.HostKeys()

    def missing_host_key(self, _client: Any, hostname: str, key: paramiko.PKey) -> None:
        if not self._keys.check(hostname, key):
            raise UnknownHostKeyError(hostname)


def policy(known_hosts: str) -> paramiko.MissingHostKeyPolicy:
    """Let in no server but those in the file *known_hosts*, by default that of the user's ``.ssh``."""
    return _Known(Path(known_hosts).expanduser() if known_hosts else Path.home() / ".ssh" / "known_hosts")
