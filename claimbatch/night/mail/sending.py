"""The messages of a night: each is written to the queue, then sent; what the server does not take waits for the next.

Off unless the settings name somebody to write to. Nothing that a mail server does ends the run.
"""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from claimbatch import clock
from claimbatch.errors import ClaimbatchError
from claimbatch.night.account import Account, Mailed, Undone
from claimbatch.night.mail.answers import answers
from claimbatch.night.mail.background import Background
from claimbatch.night.mail.drafts import OFFICE, REMINDER, Draft, digest, some
from claimbatch.night.mail.overview import summary
from claimbatch.night.mail.queue import REFUSED, UNCERTAIN, WAITING, Message, Queue
from claimbatch.night.mail.reminders import reminders
from claimbatch.office.letters import mail_server
from claimbatch.output.posting import LONGEST, Server, as_sent
from claimbatch.settings import Mail
from claimbatch.workspace import Workspace

PLANNED, NOT_MADE = "planned", "not made"
_UNSENT: Mapping[str, str] = {
    WAITING: "The next run sends what waits; claimbatch mails lists it.",
    UNCERTAIN: "Ask whether it has arrived; claimbatch mails lists it, to be sent again or dropped.",
    REFUSED: "claimbatch mails lists it: send it to another address, or drop it. It is not told again.",
    NOT_MADE: "See to what is named there; the account of the run says what it would have told.",
}
ALL_NIGHT = 1800  # seconds for all messages together


def queue_of(workspace: Workspace) -> Queue:
    """The messages that wait in this workspace."""
    return Queue(workspace.folder / "runs" / "mail")


def send(workspace: Workspace, account: Account) -> list[Mailed]:
    """Send the messages of the night of *account*, and those that wait from earlier ones; what came of each.

    A dry run sends and writes nothing: its messages are *planned*. What could not even be written is *not made*, with
    the reason: no mail ends a run.
    """
    settings = workspace.config.mail
    if not settings.at_night:
        return []
    try:
        night = _Night(workspace, account, settings)
        return list(night.planned() if account.dry_run else night.sent())
    except (ClaimbatchError, OSError) as error:
        why = (
            error.message
            if isinstance(error, ClaimbatchError)
            else error.strerror or "the disk did not take it"
        )
        return [Mailed("messages", OFFICE, NOT_MADE, why)]


def unsent(mails: Sequence[Mailed]) -> Iterator[Undone]:
    """What the night could not do: the messages that did not go, by the reason."""
    reasons = Counter((mailed.state, mailed.why) for mailed in mails if mailed.state in _UNSENT)
    for (state, why), number in sorted(reasons.items()):
        verb = "is" if number == 1 else "are"
        yield Undone("mail", f"{some(number, 'message')} {verb} {state}: {why}.", _UNSENT[state])


def post(
    queue: Queue, messages: Iterable[Message], server: Server, seconds: float = ALL_NIGHT
) -> Iterator[Message]:
    """Send *messages* one after the other; once the server cannot be reached, or time is up, the others wait."""
    end, why = time.monotonic() + seconds, ""
    for message in messages:
        left = end - time.monotonic()
        if not why and left <= 0:
            why = "the messages before it took too long"
        try:
            if why:
                done = queue.wait(message, why)
            else:
                done, reached = queue.send(message, server, min(left, LONGEST))
                why = "" if reached else done.why
        except ClaimbatchError as error:
            done = replace(message, why=error.message)
        yield done


class _Night:
    """The messages of one night, and what they are made from."""

    def __init__(self, workspace: Workspace, account: Account, settings: Mail) -> None:
        self.account, self.settings = account, settings
        self.queue, self.background = queue_of(workspace), Background.of(workspace, account)

    def planned(self) -> Iterator[Mailed]:
        """What would be sent, to whom."""
        drafts = [*answers(self.background), *self._reminders(self.queue.messages())]
        told = [Mailed(draft.kind, draft.whom, PLANNED) for draft in drafts]
        yield from told
        for draft in self._summary(told):
            yield Mailed(draft.kind, draft.whom, PLANNED)

    def sent(self) -> Iterator[Mailed]:
        """Queue tonight's messages, send all that wait, the summary last: it tells what came of the others."""
        told = [_mailed(message) for message in self.queue.drop_old(self.settings.keep_days)]
        refused = [message for message in self.queue.messages() if message.state == REFUSED]
        waiting = self._of_before()
        before = self.queue.messages()
        told += [_mailed(message) for message in before if message.state == UNCERTAIN]
        tonight = [
            *self._queued(answers(self.background), before),
            *self._queued(self._reminders(before), before),
        ]
        server = mail_server(self.settings)
        end = time.monotonic() + ALL_NIGHT
        posted = post(self.queue, [*waiting, *tonight], server)
        told += [_mailed(message) for message in posted if not _is_told(message, refused)]
        yield from told
        summaries = self._queued(self._summary(told), before)
        yield from map(_mailed, post(self.queue, list(summaries), server, end - time.monotonic()))

    def _of_before(self) -> list[Message]:
        """What waits from earlier nights; but a reminder is made anew, or not any more: it may have come back since."""
        waiting = [message for message in self.queue.messages() if message.state in (WAITING, REFUSED)]
        for message in waiting:
            if message.kind == REMINDER:
                self.queue.drop(message, "not sent in its night; made anew where it is still due")
        return [message for message in waiting if message.kind != REMINDER]

    def _reminders(self, before: list[Message]) -> Iterator[Draft]:
        if self.settings.reminders:
            yield from reminders(self.background, before, clock.today())

    def _summary(self, told: list[Mailed]) -> Iterator[Draft]:
        something = self.account.changed_anything or self.account.undone or any(mailed.why for mailed in told)
        if something or self.settings.summary_when == "always":
            yield from summary(self.background, told)

    def _queued(self, drafts: Iterable[Draft], before: Iterable[Message]) -> Iterator[Message]:
        """Write them to the queue, but those that this run had written already when it was killed."""
        known = {message.key for message in before}
        for draft in drafts:
            key = digest(self.account.id, draft.key)
            if draft.kind != REMINDER and key in known:
                continue  # of reminders it is known by what they are about
            message = Message("", draft.kind, draft.whom, clock.stamp(), key, draft.about)
            yield self.queue.add(message, as_sent(draft.made(self.settings.sender)))


def _is_told(message: Message, refused: Iterable[Message]) -> bool:
    """Whether it was *refused* before already and is again; of a reminder, which is made anew, one of the same."""
    return message.state == REFUSED and any(
        one.id == message.id or (one.kind == REMINDER and one.about == message.about) for one in refused
    )


def _mailed(message: Message) -> Mailed:
    return Mailed(message.kind, message.whom, message.state, message.why)
