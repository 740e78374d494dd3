"""Sends a message through a mail server, encrypted, and never twice unasked.

What was sent is remembered in a file for each message, which is made before the server is asked: where it is still
empty, after a crash or a lost connection, nobody can know whether the message went, and that is told. It holds no
address.
"""

import json
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path

from claimbatch.clock import local, now, stamp
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.files import make_empty, make_folder, remove, sha256, write_atomic

WAIT = 30  # seconds for an answer of the server
# The server has refused, or was never asked: the message did not go.
_REFUSED = (
    smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused, smtplib.SMTPNotSupportedError,
)  # fmt: skip

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
    """The message certainly did not go; says why."""


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
        with _connected(server) as connection:
            connection.send_message(made)
    except (NotSentError, *_REFUSED) as error:
        _take_back(record, before)
        raise _could_not(server, f"was not sent: {_reason(error)}", "Put it right, and try again.") from None
    except (OSError, smtplib.SMTPException):
        hint = "Look whether it has arrived; if it has not: letters --send --again."
        raise _could_not(server, "may or may not have been sent: the connection broke off", hint) from None
    write_atomic(record, json.dumps({"sent": stamp(), "sha256": sha256(made.as_bytes())}) + "\n")


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
def _connected(server: Server) -> Iterator[smtplib.SMTP]:
    """The server, encrypted and logged in; :class:`NotSentError` where it does not come to that."""
    try:
        connection = _open(server)
    except (OSError, smtplib.SMTPException) as error:
        raise NotSentError(_reason(error)) from None
    try:
        yield connection
    finally:
        connection.close()  # the server has answered; its farewell is not waited for


def _open(server: Server) -> smtplib.SMTP:
    trust = ssl.create_default_context()
    if server.security == "tls":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=WAIT, context=trust)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=WAIT)
    try:
        if server.security != "tls":
            connection.starttls(context=trust)
        if server.user:
            connection.login(server.user, server.password)
    except BaseException:
        connection.close()
        raise
    return connection


def _reason(error: Exception) -> str:
    """Why, in words without an address: what a server says may hold one."""
    if isinstance(error, NotSentError):
        return str(error)
    code = f" (code {error.smtp_code})" if isinstance(error, smtplib.SMTPResponseException) else ""
    return next(words for kind, words in _REASONS if isinstance(error, kind)) + code


def _could_not(server: Server, what: str, hint: str) -> ClaimbatchError:
    return ClaimbatchError(
        f"The message {what} ({server.host}, port {server.port}).", hint, Exit.NOT_FINISHED
    )
