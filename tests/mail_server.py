"""A small mail server for tests, on this computer, with a certificate of its own: encrypted at once or by STARTTLS."""

import socketserver
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Office:
    """What the server has taken, and how it behaves: *refuse* answers a command, *hang_up* leaves after the message."""

    port: int
    security: str
    certificate: Path
    taken: list[bytes] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    hang_up: bool = False

    @property
    def settings(self) -> str:
        """The lines of claimbatch.toml for it."""
        return f'server = "localhost"\nport = {self.port}\nsecurity = "{self.security}"\n'


def certificate(folder: Path) -> tuple[Path, Path]:
    """A key and a certificate for localhost in *folder*."""
    key, proof = folder / "key.pem", folder / "certificate.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
    made = ["-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", proof]
    subprocess.run([*command.split(), *made], check=True, capture_output=True)
    return key, proof


@contextmanager
def mail_server(folder: Path, security: str) -> Iterator[Office]:
    """Run the server while the test does."""
    folder.mkdir(exist_ok=True)
    key, proof = certificate(folder)
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trust.load_cert_chain(proof, key)
    with socketserver.ThreadingTCPServer(("localhost", 0), _Talk) as server:
        server.daemon_threads = True
        office = Office(server.server_address[1], security, proof)
        server.office, server.trust = office, trust  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield office
        finally:
            server.shutdown()


class _Talk(socketserver.BaseRequestHandler):
    server: Any

    def handle(self) -> None:
        office: Office = self.server.office
        try:
            if office.security == "tls":
                self._encrypt()
            self.stream = self.request.makefile("rb")
            self._say("220 localhost")
            while (line := self.stream.readline().decode().strip()) and self._answer(office, line):
                pass
        except (OSError, ssl.SSLError):
            pass

    def _encrypt(self) -> None:
        self.request = self.server.trust.wrap_socket(self.request, server_side=True)

    def _say(self, text: str) -> None:
        self.request.sendall(text.encode() + b"\r\n")

    def _answer(self, office: Office, line: str) -> bool:
        word = line.split(maxsplit=1)[0].upper()
        office.heard.append(word)
        if word in office.refuse:
            self._say(office.refuse[word])
        elif word == "EHLO":
            encrypted = isinstance(self.request, ssl.SSLSocket)
            self._say("250-localhost\r\n250 AUTH PLAIN" if encrypted else "250-localhost\r\n250 STARTTLS")
        elif word == "STARTTLS":
            self._say("220 go on")
            self._encrypt()
            self.stream = self.request.makefile("rb")
        elif word == "AUTH":
            self._say("235 welcome")
        elif word == "DATA":
            self._say("354 go on")
            lines = iter(self.stream.readline, b".\r\n")
            office.taken.append(b"".join(line.removeprefix(b".") for line in lines))
            if office.hang_up:
                return False
            self._say("250 taken")
        else:
            self._say("250 ok")
        return word != "QUIT"
