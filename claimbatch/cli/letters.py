"""``claimbatch letters``: tell the moderator and the centre how a claim stands, with messages for a mail program."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from claimbatch.cli.asked import brief_of
from claimbatch.cli.documents import folder_option
from claimbatch.cli.session import an_address, say, shown, workspace_option

if TYPE_CHECKING:
    from email.message import EmailMessage

    from claimbatch.claims.claim import Claim
    from claimbatch.output.letters import Words
    from claimbatch.output.view.brief import Brief
    from claimbatch.workspace import Workspace

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
@folder_option
@workspace_option
def letters(workspace: "Workspace", key: str, event: str | None, to: str, folder: Path | None) -> None:
    """Write the message that is due about CLAIM, as a file to open in a mail program, to read there and send.

    On submission it is for the moderator, with the claim attached; when the sample is recorded for the centre, with
    the sample list; on completion for the centre again, with the claim as it ended. It goes to the claim's own address
    for results, if it has one and is for the centre; else to those under [mail] in claimbatch.toml. Where none is known
    the message has no address yet.

    Names and dates of birth stand in no subject and no message, only in the documents. To have other words, copy
    schemas/letters.toml into the workspace's schemas folder. Nothing is sent.
    """
    from claimbatch.files import write_atomic  # noqa: PLC0415
    from claimbatch.output.letters import as_draft, due  # noqa: PLC0415

    brief = replace(brief_of(workspace, key), wording=workspace.wording())
    event = due(brief.standing, event or "")
    words = workspace.letters().of(event)
    made = _message(workspace, brief, words, to)
    path = (folder or workspace.folder / "outbox") / f"{key}_{event}_to-{words.to}.eml"
    content = as_draft(made)
    write_atomic(path, content)
    _tell(path, made, words, len(content))


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
    say("Open it in your mail program, read it, and send it. The documents hold candidates' names.")
