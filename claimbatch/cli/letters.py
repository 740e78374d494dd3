"""``claimbatch letters``: tell the moderator and the centre how a claim stands, with messages for a mail program."""

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from claimbatch.cli.documents import folder_option
from claimbatch.cli.session import an_address, confirm, say, workspace_option
from claimbatch.errors import ClaimbatchError
from claimbatch.files import shown

if TYPE_CHECKING:
    from email.message import EmailMessage

    from claimbatch.claims.claim import Claim
    from claimbatch.output.letters import Words
    from claimbatch.output.view.brief import Brief
    from claimbatch.workspace import Workspace

PASSWORD = "CLAIMBATCH_MAIL_PASSWORD"  # noqa: S105 - the name of a variable
EVENTS = ("submitted", "sampled", "completed")


@click.command()
@click.argument("key", metavar="CLAIM")
@click.option(
    "--event",
    type=click.Choice(EVENTS),
    help="Which message, of those that the claim has come to.  [default: the last of them]",
)
@click.option(
    "--to",
    default="",
    callback=an_address,
    help="The address that it goes to.  [default: the claim's own for results, or as claimbatch.toml says]",
)
@click.option(
    "--send", is_flag=True, help="Send it, through the mail server under [mail] in claimbatch.toml."
)
@click.option("--again", is_flag=True, help="Send it although it was sent before.")
@click.option("--yes", is_flag=True, help="Do not ask before it is sent.")
@folder_option
@workspace_option
def letters(
    workspace: "Workspace",
    key: str,
    event: str | None,
    to: str,
    folder: Path | None,
    send: bool,
    again: bool,
    yes: bool,
) -> None:
    """Write the message that is due about CLAIM, as a file to open in a mail program, to read there and send.

    On submission it is for the moderator, with the claim attached; when the sample is recorded for the centre, with
    the sample list; on completion for the centre again, with the claim as it ended. It goes to the claim's own address
    for results, if it has one and is for the centre; else to those under [mail] in claimbatch.toml. Where none is known
    the message has no address yet.

    Names and dates of birth stand in no subject and no message, only in the documents. To have other words, copy
    schemas/letters.toml into the workspace's schemas folder.

    Nothing is sent, unless the settings name a mail server and --send is said; and no message twice, unless --again is.
    """
    from claimbatch.files import write_atomic  # noqa: PLC0415
    from claimbatch.office.documents import Sources, brief_of  # noqa: PLC0415
    from claimbatch.output.letters import as_draft, due  # noqa: PLC0415

    if again and not send:
        raise click.UsageError("--again goes with --send.")
    brief = replace(brief_of(Sources(workspace), key), wording=workspace.wording())
    event = due(brief.standing, event or "")
    words = workspace.letters().of(event)
    made = _message(workspace, brief, words, to)
    _tell_number(brief.claim)
    stem = workspace.outbox(folder) / f"{key}_{event}_to-{words.to}"
    if send:
        _send(workspace, made, f"{key}_{event}", again=again, yes=yes)
        path = write_atomic(stem.with_name(f"{stem.name}_sent.eml"), made.as_bytes())
        say(f"Sent to the {words.to}, {made['To']}. As it was sent: {shown(path)}.")
        return
    path, content = stem.with_name(f"{stem.name}.eml"), as_draft(made)
    write_atomic(path, content)
    _tell(path, made, words, len(content))


def _send(workspace: "Workspace", made: "EmailMessage", name: str, *, again: bool, yes: bool) -> None:
    """Send the message, once, or refuse; what was sent is remembered in the workspace's folder of runs."""
    from claimbatch.output.posting import Server, as_sent, post  # noqa: PLC0415

    mail = workspace.config.mail
    lacking = [word for word, there in (("server", mail.server), ("sender", mail.sender)) if not there]
    if lacking:
        raise ClaimbatchError(
            f"Nothing is sent: claimbatch.toml names no {' and no '.join(lacking)} under [mail].",
            "Put it there; or leave --send out, and send the message with your mail program.",
        )
    if not made["To"]:
        raise ClaimbatchError(
            "Nothing is sent: no address is known.", "Say --to, or put it into claimbatch.toml."
        )
    confirm(
        f"Send {made['Subject']!s} to {made['To']}?", yes=yes, because="What is sent cannot be called back"
    )
    port = mail.port or (465 if mail.security == "tls" else 587)
    server = Server(mail.server, port, mail.security, mail.user, os.environ.get(PASSWORD, ""))
    post(server, as_sent(made), workspace.folder / "runs" / "letters" / f"{name}.json", again=again)


def _message(workspace: "Workspace", brief: "Brief", words: "Words", to: str) -> "EmailMessage":
    from claimbatch.output.letters import facts_of, kinds_of, message  # noqa: PLC0415
    from claimbatch.output.pdf import to_pdf  # noqa: PLC0415
    from claimbatch.output.view.kinds import KINDS  # noqa: PLC0415

    claim = brief.claim
    documents = [
        (f"{claim.key}_{kind}.pdf", to_pdf(KINDS[kind](brief))) for kind in kinds_of(words, brief.standing)
    ]
    return message(
        words,
        facts_of(brief.standing),
        documents,
        to=to or _known(workspace, claim, words.to),
        sender=workspace.config.mail.sender,
    )


def _known(workspace: "Workspace", claim: "Claim", whom: str) -> str:
    """The address that is known of the moderator, or of the centre; blank where none is, or it is none to write to."""
    from claimbatch.identifiers import is_email_address  # noqa: PLC0415

    mail = workspace.config.mail
    if whom == "moderator":
        return mail.moderator_of(claim.entry_code)
    own = claim.results_email
    return own if is_email_address(own) else mail.centre_of(claim.centre_number)


def _tell_number(claim: "Claim") -> None:
    from claimbatch.output.letters import has_only_our_number  # noqa: PLC0415

    if has_only_our_number(claim):
        say(f"It has only our own number, {claim.claim_number}. With the awarding body's, write it again:")
        say(f"  claimbatch claim number {claim.key} NUMBER")


def _tell(path: Path, made: "EmailMessage", words: "Words", size: int) -> None:
    from claimbatch.output.letters import MOST  # noqa: PLC0415

    names = ", ".join(str(part.get_filename()) for part in made.iter_attachments())
    address = f", {made['To']}" if made["To"] else ""
    say(f"Wrote {shown(path)}: to the {words.to}{address}; attached: {names or 'nothing'}.")
    if not made["To"]:
        say(f"It has no address yet: the {words.to}'s is not known. Put it in when you send the message,")
        say(f'  or for next time into claimbatch.toml, under [mail]: {words.to} = "..."')
    if size > MOST:
        say("It is larger than the 10 MB that OCR takes by e-mail: send the documents in several messages.")
    held = " The documents hold candidates' names." if names else ""
    say(f"Open it in your mail program, read it, and send it.{held}")
