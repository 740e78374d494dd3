"""Sends a message through a mail server, encrypted, and never twice unasked.

What was sent is remembered in a file for each message, which is made before the server is asked: where it is still
empty, after a crash or a lost connection, nobody can know whether the message went, and that is told. It holds no
address.
"""

import json
import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path

from claimbatch.clock import local, now, stamp
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.files import make_empty, make_folder, remove, sha256, write_atomic

WAIT = 30  # seconds for an answer of the server
LONGEST = 300  # seconds for a message as a whole
READY, TAKEN, FORWARDED, GO_ON = 220, 250, 251, 354  # answers of a server (RFC 5321, 4.2.3)
FOR_GOOD = 500  # answers from here on are for good

_REASONS: tuple[tuple[type[Exception], str], ...] = (  # the first that fits
    (smtplib.SMTPAuthenticationError, "the server does not take the user and the password"),
    (smtplib.SMTPRecipientsRefused, "the server does not take the address that it goes to"),
    (smtplib.SMTPSenderRefused, "the server does not take the sender"),
    (smtplib.SMTPNotSupportedError, "the server offers no encryption, or no way to log in"),
    (smtplib.SMTPResponseException, "the server refused it"),
    (ssl.SSLCertVerificationError, "the server's certificate is not one to trust"),
    (ssl.SSLError, 'the server does not speak the encryption of the settings ("tls" or "starttls")'),
    (Exception, "the server does not answer"),
)


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server: ``tls`` is encrypted from the first byte, ``starttls`` before anything is said that matters."""

    host: str
    port: int
    security: str
    user: str = ""
    password: str = ""


class NotSentError(Exception):
    """The message certainly did not go; says why, and whether it came so far that the server was *reached*.

    It is refused *for good* where the server will not take the message itself, or the address that it goes to: then the
    same again is of no use, until somebody puts something right (RFC 5321, 4.2.1).
    """

    def __init__(self, why: str, *, reached: bool = True, for_good: bool = False) -> None:
        super().__init__(why)
        self.reached = reached
        self.for_good = for_good


class UncertainError(Exception):
    """The message may have gone or not; says why."""


def as_sent(made: EmailMessage) -> EmailMessage:
    """The message with what a sent one has, and a draft has not: its date, and a name of its own."""
    sent = deepcopy(made)
    sent["Date"] = format_datetime(now())
    sent["Message-ID"] = make_msgid(domain=str(made["From"]).rpartition("@")[2])
    return sent


def post(server: Server, made: EmailMessage, record: Path, *, again: bool = False) -> None:
    """Send the message, and remember it in the file *record*.

    Raises :class:`ClaimbatchError` where it was sent before (unless *again*), where the server refuses it, and where
    nobody can know.
    """
    before = _begin(record, again=again)
    try:
        deliver(server, made)
    except NotSentError as error:
        _take_back(record, before)
        raise _could_not(server, f"was not sent: {error}", "Put it right, and try again.") from None
    except UncertainError as error:
        hint = "Look whether it has arrived; if it has not: letters --send --again."
        raise _could_not(server, f"may or may not have been sent: {error}", hint) from None
    write_atomic(record, json.dumps({"sent": stamp(), "sha256": sha256(made.as_bytes())}) + "\n")


def deliver(server: Server, made: EmailMessage, seconds: float = LONGEST) -> None:
    """Hand the message to the server, encrypted, within so many *seconds*.

    Raises :class:`NotSentError` where it certainly did not go, and :class:`UncertainError` where the connection broke
    off after the text had begun to go: whether the server has taken it by then, nobody can know.
    """
    if seconds <= 0:
        raise NotSentError("the server took too long", reached=False)
    with _connected(server, seconds) as connection:
        try:
            _envelope(connection, made)
            code, answer = connection.docmd("DATA")
            if code != GO_ON:
                raise smtplib.SMTPDataError(code, answer)
        except (OSError, smtplib.SMTPException) as error:
            reached = isinstance(error, smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused)
            raise NotSentError(_reason(error), reached=reached, for_good=_is_for_good(error)) from None
        try:
            connection.send(_stuffed(made.as_bytes()))
            code, answer = connection.getreply()
        except (OSError, smtplib.SMTPException):
            raise UncertainError("the connection broke off") from None
        if code != TAKEN:
            refused = smtplib.SMTPDataError(code, answer)
            raise NotSentError(_reason(refused), for_good=_is_for_good(refused))


def _envelope(connection: smtplib.SMTP, made: EmailMessage) -> None:
    """Say who sends it and whom it is for; the server must take everybody."""
    code, answer = connection.mail(_addresses(made, "From")[0])
    if code != TAKEN:
        raise smtplib.SMTPSenderRefused(code, answer, "")
    for address in _addresses(made, "To"):
        code, answer = connection.rcpt(address)
        if code not in (TAKEN, FORWARDED):
            raise smtplib.SMTPRecipientsRefused({"": (code, answer)})


def _addresses(made: EmailMessage, header: str) -> list[str]:
    return [address.addr_spec for address in made[header].addresses]


def _stuffed(content: bytes) -> bytes:
    """The text as it goes: a line that begins with a dot gets another; a dot alone ends it (RFC 5321, 4.5.2)."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", content)
    return re.sub(rb"(?m)^\.", b"..", lines.removesuffix(b"\r\n") + b"\r\n") + b".\r\n"


def _begin(record: Path, *, again: bool) -> bytes | None:
    """Make the record, empty yet, which two runs at once cannot both; what stood in it before, if anything."""
    make_folder(record.parent)
    before = record.read_bytes() if again and record.exists() else None
    if before is not None:
        remove(record)
    if not make_empty(record):
        raise ClaimbatchError(_told(record), "To send it all the same, as it is now: --again.")
    return before


def _take_back(record: Path, before: bytes | None) -> None:
    """The message did not go; of an earlier one it is still remembered that it did."""
    if before is None:
        remove(record)
    else:
        write_atomic(record, before)


def _told(record: Path) -> str:
    try:
        sent = str(json.loads(record.read_text("utf-8"))["sent"])
        return f"This message was sent already, {local(sent)}."
    except (ValueError, KeyError, TypeError):
        return "This message may have been sent already: a run that sent it did not come to its end."


@contextmanager
def _connected(server: Server, seconds: float) -> Iterator[smtplib.SMTP]:
    """The server, encrypted and logged in; :class:`NotSentError` where it does not come to that.

    Each answer may take :data:`WAIT`, all of them together *seconds*: then the connection is cut, whatever it does.
    """
    connection = _connection(server)
    cut = threading.Timer(seconds, _cut, [connection])
    cut.daemon = True
    cut.start()
    try:
        try:
            _begin_talk(connection, server)
        except (OSError, smtplib.SMTPException) as error:
            raise NotSentError(_reason(error), reached=False) from None
        yield connection
    finally:
        cut.cancel()
        connection.close()  # the server has answered; its farewell is not waited for


def _connection(server: Server) -> smtplib.SMTP:
    if server.security != "tls":
        made = smtplib.SMTP(timeout=WAIT)
    else:
        made = smtplib.SMTP_SSL(timeout=WAIT, context=ssl.create_default_context())
    made._host = server.host  # type: ignore[attr-defined]  # whom the certificate must name; set by no other way
    return made


def _begin_talk(connection: smtplib.SMTP, server: Server) -> None:
    code, answer = connection.connect(server.host, server.port)
    if code != READY:
        raise smtplib.SMTPConnectError(code, answer)
    if server.security != "tls":
        connection.starttls(context=ssl.create_default_context())
    if server.user:
        connection.login(server.user, server.password)
    connection.ehlo_or_helo_if_needed()


def _cut(connection: smtplib.SMTP) -> None:
    if connection.sock is not None:
        with suppress(OSError):
            socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)


def _reason(error: Exception) -> str:
    """Why, in words without an address: what a server says may hold one."""
    code = f" (code {error.smtp_code})" if isinstance(error, smtplib.SMTPResponseException) else ""
    return next(words for kind, words in _REASONS if isinstance(error, kind)) + code


def _is_for_good(error: Exception) -> bool:
    """Whether the server refuses the message or its address, and not only now."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= FOR_GOOD for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= FOR_GOOD


def _could_not(server: Server, what: str, hint: str) -> ClaimbatchError:
    return ClaimbatchError(
        f"The message {what} ({server.host}, port {server.port}).", hint, Exit.NOT_FINISHED
    )
