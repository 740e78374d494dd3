"""``claimbatch letters``: tell the moderator and the centre how a claim stands, with messages for a mail program."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from claimbatch.cli.documents import folder_option
from claimbatch.cli.session import an_address, confirm, say, workspace_option
from claimbatch.files import shown

if TYPE_CHECKING:
    from claimbatch.office.letters import Letter
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
    from claimbatch.office.letters import letter, write_draft  # noqa: PLC0415

    if again and not send:
        raise click.UsageError("--again goes with --send.")
    due = letter(workspace, key, event or "", to)
    if due.has_only_our_number:
        say(
            f"It has only our own number, {due.claim.claim_number}. With the awarding body's, write it again:"
        )
        say(f"  claimbatch claim number {due.claim.key} NUMBER")
    if send:
        _send(workspace, due, folder, again=again, yes=yes)
    else:
        _tell(due, write_draft(workspace, due, folder))


def _send(workspace: "Workspace", due: "Letter", folder: Path | None, *, again: bool, yes: bool) -> None:
    from claimbatch.office.letters import send, server_for  # noqa: PLC0415

    server_for(workspace, due)  # before anybody is asked
    question = f"Send {due.message['Subject']!s} to {due.address}?"
    confirm(question, yes=yes, because="What is sent cannot be called back")
    path = send(workspace, due, folder, again=again)
    say(f"Sent to the {due.whom}, {due.address}. As it was sent: {shown(path)}.")


def _tell(due: "Letter", path: Path) -> None:
    names = ", ".join(due.attached)
    address = f", {due.address}" if due.address else ""
    say(f"Wrote {shown(path)}: to the {due.whom}{address}; attached: {names or 'nothing'}.")
    if not due.address:
        say(f"It has no address yet: the {due.whom}'s is not known. Put it in when you send the message,")
        say(f'  or for next time into claimbatch.toml, under [mail]: {due.whom} = "..."')
    if due.is_too_large:
        say("It is larger than the 10 MB that OCR takes by e-mail: send the documents in several messages.")
    held = " The documents hold candidates' names." if names else ""
    say(f"Open it in your mail program, read it, and send it.{held}")
