"""``claimbatch mails``: the messages of the nightly run that wait, or of which nobody knows whether they went."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from claimbatch.cli.other_words import OrOthers
from claimbatch.cli.session import (
    an_address,
    confirm,
    count,
    format_option,
    say,
    show_table,
    workspace_option,
)
from claimbatch.clock import local
from claimbatch.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from claimbatch.night.mail.queue import Message, Queue
    from claimbatch.workspace import Workspace

COLUMNS = {
    "id": "Number", "kind": "Kind", "whom": "For", "made": "Made", "state": "State", "why": "Why",
}  # fmt: skip


class OrSend(OrOthers):
    """Lists messages, unless its first word says what becomes of them."""

    @staticmethod
    def others() -> dict[str, click.Command]:
        """The commands that take over, by their words."""
        return {"send": send, "drop": drop}


@click.command(
    cls=OrSend,
    epilog="To send or drop them by hand: claimbatch mails send [NUMBER]..., claimbatch mails drop [NUMBER]...",
)
@click.option("--all", "every", is_flag=True, help="Those that were sent or dropped, too.")
@format_option("table", "json", "csv")
@workspace_option
def mails(workspace: "Workspace", every: bool, style: str) -> None:
    """List the messages of the nightly run that wait to be sent, with their numbers.

    Whom a message is for is told by a folder, initials or a role, never by an address. What the mail server did not
    take is sent in the next night by itself. An uncertain one may have gone: the connection broke off. Ask whether it
    has arrived, then send it again or drop it.
    """
    from claimbatch.night.mail.sending import queue_of  # noqa: PLC0415

    messages = [message for message in queue_of(workspace).messages() if every or message.is_open]
    rows = [{key: asdict(message)[key] for key in COLUMNS} for message in messages]
    if style == "table":
        rows = [{**row, "made": local(row["made"]), "why": _why(row)} for row in rows]
    show_table(rows, COLUMNS, style)
    if style == "table":
        _say_how_many(messages)


_numbers = click.argument("numbers", metavar="[NUMBER]...", nargs=-1)
_yes = click.option("--yes", is_flag=True, help="Do not ask before it is done.")


@click.command("send")
@_numbers
@click.option(
    "--to",
    "address",
    default="",
    callback=an_address,
    help="Send the one with this number to another address.",
)
@_yes
@workspace_option
def send(workspace: "Workspace", numbers: tuple[str, ...], address: str, yes: bool) -> int:
    """Send the messages with these numbers now; without a number all that wait.

    An uncertain one is sent only where its number is said: it may arrive twice.
    """
    from claimbatch.night.mail.queue import SENT, UNCERTAIN  # noqa: PLC0415
    from claimbatch.night.mail.sending import post, queue_of  # noqa: PLC0415
    from claimbatch.office.letters import mail_server  # noqa: PLC0415

    queue = queue_of(workspace)
    if address and len(numbers) != 1:
        raise click.UsageError("Say the number of the one message that goes to another address.")
    messages = _chosen(queue, numbers)
    if not numbers:
        messages = [message for message in messages if message.state != UNCERTAIN]
    if not messages:
        _say_how_many(queue.messages())
        return Exit.DONE
    server = mail_server(workspace.config.mail)
    confirm(f"Send {count(len(messages), 'message')}?", yes=yes, because="What is sent cannot be called back")
    if address:
        queue.readdress(messages[0], address)
    done = [_told(message) for message in post(queue, messages, server)]
    return Exit.DONE if all(message.state == SENT for message in done) else Exit.NOT_FINISHED


@click.command("drop")
@_numbers
@_yes
@workspace_option
def drop(workspace: "Workspace", numbers: tuple[str, ...], yes: bool) -> None:
    """Give up the messages with these numbers; without a number all that wait, uncertain ones, too."""
    from claimbatch.night.mail.sending import queue_of  # noqa: PLC0415

    queue = queue_of(workspace)
    messages = _chosen(queue, numbers)
    if not messages:
        _say_how_many(messages)
        return
    confirm(f"Drop {count(len(messages), 'message')}?", yes=yes)
    for message in messages:
        _told(queue.drop(message, "dropped by hand"))


def _why(row: "Mapping[str, Any]") -> str:
    """Why a message stands as it does, as people read it."""
    from claimbatch.night.mail.queue import WAITING  # noqa: PLC0415

    return str(row["why"]) or ("not tried yet" if row["state"] == WAITING else "")


def _say_how_many(messages: "Sequence[Message]") -> None:
    """How many wait; and that somebody has to say what becomes of the others."""
    from claimbatch.night.mail.queue import REFUSED, UNCERTAIN, WAITING  # noqa: PLC0415

    waiting = sum(message.state == WAITING for message in messages)
    uncertain = sum(message.state == UNCERTAIN for message in messages)
    say(f"{count(waiting, 'message waits', 'messages wait').capitalize()}.")
    refused = sum(message.state == REFUSED for message in messages)
    if refused:
        said = count(refused, "was refused", "were refused")
        say(
            f"{said.capitalize()}: to another address: claimbatch mails send NUMBER --to ADDRESS, or drop NUMBER."
        )
    if uncertain:
        said = count(uncertain, "is uncertain: ask whether it has", "are uncertain: ask whether they have")
        say(
            f"{said.capitalize()} arrived, then say the number: claimbatch mails send NUMBER, or drop NUMBER."
        )


def _chosen(queue: "Queue", numbers: "Sequence[str]") -> "list[Message]":
    if numbers:
        return [queue.find(number) for number in dict.fromkeys(numbers)]
    return [message for message in queue.messages() if message.is_open]


def _told(message: "Message") -> "Message":
    said = f": {message.why}" if message.why else ""
    say(f"{message.id}, {message.kind} for {message.whom}: {message.state}{said}.")
    return message
