"""A real mail server for tests, on this computer: aiosmtpd, encrypted at once or by STARTTLS, with faults on demand."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from tests.mail_server import certificate


@dataclass
class PostOffice:
    """What the server has taken, for whom, and its faults.

    *refuse* answers a step (``MAIL``, ``RCPT``, ``DATA``, ``AUTH``), or the RCPT of one address; *hang* says nothing at
    a step for so long; *leave* hangs up at one: ``text`` after the whole text, before it is answered.
    """

    port: int
    security: str
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    hang: dict[str, float] = field(default_factory=dict)
    leave: set[str] = field(default_factory=set)
    users: list[str] = field(default_factory=list)

    @property
    def settings(self) -> str:
        """The lines of claimbatch.toml for it."""
        return f'server = "localhost"\nport = {self.port}\nsecurity = "{self.security}"\n'

    @property
    def messages(self) -> list[EmailMessage]:
        """What it has taken, as a mail program reads it."""
        read = (message_from_bytes(content, policy=policy.default) for _, content in self.taken)
        return [message for message in read if isinstance(message, EmailMessage)]

    @property
    def whom(self) -> list[str]:
        """The addresses that it has taken messages for."""
        return [address for address, _ in self.taken]


class _Handler:
    def __init__(self, office: PostOffice) -> None:
        self.office = office

    async def _step(self, step: str, server: SMTP, *more: str) -> str:
        office = self.office
        if seconds := office.hang.get(step):
            await asyncio.sleep(seconds)
        if step in office.leave:
            server.transport.abort()
            return "421 gone"
        return next((office.refuse[word] for word in (step, *more) if word in office.refuse), "")

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await self._step("MAIL", server)
        if not answer:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return answer or "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = await self._step("RCPT", server, address)
        if not answer:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = await self._step("DATA", server)
        if answer:
            return answer
        content = envelope.content
        assert isinstance(content, bytes)
        self.office.taken.extend((address, content) for address in envelope.rcpt_tos)
        return await self._step("text", server) or "250 OK"


class _Controller(Controller):
    def __init__(self, office: PostOffice, trust: ssl.SSLContext) -> None:
        self.office, self.trust = office, trust
        at_once = {"ssl_context": trust} if office.security == "tls" else {}
        super().__init__(_Handler(office), hostname="127.0.0.1", port=0, **at_once)

    def factory(self) -> SMTP:
        later: dict[str, Any] = {"tls_context": self.trust, "require_starttls": True}
        return SMTP(
            self.handler,
            authenticator=self._login,
            auth_require_tls=self.office.security != "tls",
            hostname="localhost",
            **(later if self.office.security != "tls" else {}),
        )

    def _login(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _way: str, who: Any
    ) -> AuthResult:
        self.office.users.append(f"{who.login.decode()}:{who.password.decode()}")
        return AuthResult(success="AUTH" not in self.office.refuse, handled=False)

    def _trigger_server(self) -> None:
        self.port = self.office.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def post_office(folder: Path, security: str) -> Iterator[PostOffice]:
    """Run the server while the test does, on a port that is free."""
    folder.mkdir(exist_ok=True)
    key, proof = certificate(folder)
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trust.load_cert_chain(proof, key)
    office = PostOffice(0, security)
    controller = _Controller(office, trust)
    controller.start()
    try:
        yield office
    finally:
        controller.stop(no_assert=True)
