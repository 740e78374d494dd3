"""The messages about a claim: which is due, to whom, as a draft for a mail program or sent."""

import os
from dataclasses import dataclass, replace
from email.message import EmailMessage
from pathlib import Path

from claimbatch.claims.claim import Claim
from claimbatch.errors import ClaimbatchError
from claimbatch.files import write_atomic
from claimbatch.identifiers import is_email_address
from claimbatch.office.documents import Sources, brief_of
from claimbatch.output.letters import MOST, as_draft, due, facts_of, has_only_our_number, kinds_of, message
from claimbatch.output.pdf import to_pdf
from claimbatch.output.posting import Server, as_sent, post
from claimbatch.output.view.kinds import KINDS
from claimbatch.settings import Mail
from claimbatch.workspace import Workspace

PASSWORD = "CLAIMBATCH_MAIL_PASSWORD"  # noqa: S105 - the name of a variable


@dataclass(frozen=True, slots=True)
class Letter:
    """The message about a *claim* that has come to an *event*, with its documents; for *whom* is a role.

    Its address is blank where none is known.
    """

    claim: Claim
    event: str
    whom: str
    message: EmailMessage

    @property
    def address(self) -> str:
        """Where it goes."""
        return str(self.message["To"] or "")

    @property
    def attached(self) -> list[str]:
        """The documents that go with it, by their file names."""
        return [str(part.get_filename()) for part in self.message.iter_attachments()]

    @property
    def is_too_large(self) -> bool:
        """Whether the awarding body takes no message of this size by e-mail."""
        return len(as_draft(self.message)) > MOST

    @property
    def has_only_our_number(self) -> bool:
        """Whether the claim number in it is one that nobody at the awarding body knows."""
        return has_only_our_number(self.claim)

    @property
    def stem(self) -> str:
        """What its file is called, without the ending."""
        return f"{self.claim.key}_{self.event}_to-{self.whom}"


def letter(workspace: Workspace, key: str, event: str = "", to: str = "") -> Letter:
    """The message that is due about the claim *key*, or that of an *event* that it has come to.

    It goes *to* that address, or to the one that is known. Raises :class:`ClaimbatchError` where no message is due.
    """
    sources = Sources(workspace)
    brief = replace(brief_of(sources, key), wording=sources.wording)
    event = due(brief.standing, event)
    words = workspace.letters().of(event)
    documents = [
        (f"{key}_{kind}.pdf", to_pdf(KINDS[kind](brief))) for kind in kinds_of(words, brief.standing)
    ]
    made = message(
        words,
        facts_of(brief.standing),
        documents,
        to=to or known_address(workspace.config.mail, brief.claim, words.to),
        sender=workspace.config.mail.sender,
    )
    return Letter(brief.claim, event, words.to, made)


def write_draft(workspace: Workspace, due: Letter, folder: Path | None = None) -> Path:
    """Write the message as a file that a mail program opens, to be read there and sent."""
    return write_atomic(workspace.outbox(folder) / f"{due.stem}.eml", as_draft(due.message))


def send(workspace: Workspace, due: Letter, folder: Path | None = None, *, again: bool = False) -> Path:
    """Send the message, never twice unless *again*; returns the file of it as it was sent.

    What was sent is remembered in the workspace's folder of runs. Raises :class:`ClaimbatchError` where the settings
    name no server, no address is known, it was sent before, the server refuses it, or nobody can know.
    """
    server = server_for(workspace, due)
    sent = as_sent(due.message)
    record = workspace.folder / "runs" / "letters" / f"{due.claim.key}_{due.event}.json"
    post(server, sent, record, again=again)
    return write_atomic(workspace.outbox(folder) / f"{due.stem}_sent.eml", sent.as_bytes())


def server_for(workspace: Workspace, due: Letter) -> Server:
    """The server that would send it; :class:`ClaimbatchError` where it cannot be sent as things stand."""
    server = mail_server(workspace.config.mail)
    if not due.address:
        raise ClaimbatchError(
            "Nothing is sent: no address is known.", "Say --to, or put it into claimbatch.toml."
        )
    return server


def mail_server(mail: Mail) -> Server:
    """The mail server of the settings, with the password of the environment; :class:`ClaimbatchError` without one."""
    lacking = [word for word, there in (("server", mail.server), ("sender", mail.sender)) if not there]
    if lacking:
        raise ClaimbatchError(
            f"Nothing is sent: claimbatch.toml names no {' and no '.join(lacking)} under [mail].",
            "Put it there; or leave --send out, and send the message with your mail program.",
        )
    port = mail.port or (465 if mail.security == "tls" else 587)
    return Server(mail.server, port, mail.security, mail.user, os.environ.get(PASSWORD, ""))


def known_address(mail: Mail, claim: Claim, whom: str) -> str:
    """The address that is known of the moderator, or of the centre; blank where none is, or it is none to write to."""
    if whom == "moderator":
        return mail.moderator_of(claim.entry_code)
    own = claim.results_email
    return own if is_email_address(own) else mail.centre_of(claim.centre_number)
