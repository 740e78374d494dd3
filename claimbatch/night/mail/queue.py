"""The messages that wait to be sent, ``runs/mail``: each is written there first, and sent from there.

A message is two files: ``20261126-01.json`` says what it is and what became of it, and holds no address and no name;
``20261126-01.eml`` is the message. It is called ``….sending`` from before the server is asked until the answer is
there: where it is still called so afterwards, nobody can know whether it went, and it is never sent again unasked. What
was sent is removed, because marked copies hold names; what it was is remembered.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from claimbatch import clock
from claimbatch.errors import ClaimbatchError
from claimbatch.files import make_empty, make_folder, move, remove, write_atomic
from claimbatch.output.posting import LONGEST, NotSentError, Server, UncertainError, deliver

WAITING, SENDING, SENT, UNCERTAIN, DROPPED = "waiting", "being sent", "sent", "uncertain", "dropped"
REFUSED = "refused"  # the server will not take it; it is tried again, and told no more
OPEN = (WAITING, REFUSED, UNCERTAIN)
# Bytes stay as they are written; 998 is how long a line of a head may be (RFC 5322, 2.1.1).
_AS_IT_IS = SMTP.clone(refold_source="none", max_line_length=998)
REMEMBERED = 400  # days for which it is known what was sent
BROKEN_OFF = "the connection broke off, or the program was ended"


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the queue: its *kind*, *whom* it is for (no address), when it was *made*, what came of it and why.

    *key* is the same for the same message of the same run. *about* are the things that it tells of, as hashes, by which
    nobody is reminded of the same twice. *began* is when it was last begun to send it.
    """

    id: str
    kind: str
    whom: str
    made: str
    key: str
    about: tuple[str, ...] = ()
    state: str = WAITING
    why: str = ""
    began: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it is still to be sent, or somebody has to say what becomes of it."""
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class Queue:
    """The queue in *folder*."""

    folder: Path

    def messages(self) -> list[Message]:
        """All that is remembered, first things first."""
        return list(self._read())

    def find(self, name: str) -> Message:
        """The message called *name*; :class:`ClaimbatchError` where it is not open."""
        for message in self._read():
            if message.id == name and message.is_open:
                return message
        raise ClaimbatchError(
            f"No message {name} waits to be sent.",
            "claimbatch mails lists those that do, with their numbers.",
        )

    def add(self, message: Message, made: EmailMessage) -> Message:
        """Write a message to the queue; it gets a number of its own."""
        make_folder(self.folder)
        day = f"{clock.today():%Y%m%d}"
        number = 1 + max(
            (int(n) for path in self.folder.glob(f"{day}-*.json") if (n := path.stem[9:]).isdigit()),
            default=0,
        )
        while not make_empty(self.folder / f"{day}-{number:02}.json"):
            number += 1
        message = replace(message, id=f"{day}-{number:02}")
        self._remember(message)
        write_atomic(self._file(message), _as_bytes(made))
        return message

    def send(self, message: Message, server: Server, seconds: float) -> tuple[Message, bool]:
        """Send it within so many *seconds*: what came of it, and whether the server could be reached at all."""
        waiting, sending = self._file(message), self._sending(message)
        if message.state != UNCERTAIN:
            move(waiting, sending)  # of two who try, one alone can
        try:
            message = self._remember(replace(message, began=clock.stamp()))
        except ClaimbatchError:
            move(sending, waiting)
            raise
        reached = True
        try:
            deliver(server, self.read(message), seconds)
        except NotSentError as error:
            reached, state = error.reached, UNCERTAIN
            if message.state != UNCERTAIN:  # whether it went the first time is as open as before
                state = REFUSED if error.for_good else WAITING
                move(sending, waiting)
            return self._remember(replace(message, state=state, why=str(error), began="")), reached
        except UncertainError:
            return self._remember(replace(message, state=UNCERTAIN, why=BROKEN_OFF, began="")), reached
        done = self._remember(replace(message, state=SENT, why="", began=""))
        remove(sending)
        return done, reached

    def wait(self, message: Message, why: str) -> Message:
        """Leave it for another time, and remember why; but not of one that somebody else sends just now."""
        left = replace(message, why=why)
        return self._remember(left) if self._file(message).exists() else left

    def read(self, message: Message) -> EmailMessage:
        """The message itself."""
        made = message_from_bytes(self._where(message).read_bytes(), policy=_AS_IT_IS)
        assert isinstance(made, EmailMessage)  # noqa: S101 - the policy makes no other
        return made

    def readdress(self, message: Message, address: str) -> None:
        """Let it go to another *address*."""
        made = self.read(message)
        del made["To"]
        made["To"] = Address(addr_spec=address)
        write_atomic(self._where(message), _as_bytes(made))

    def _where(self, message: Message) -> Path:
        path = next((p for p in (self._sending(message), self._file(message)) if p.exists()), None)
        if path is None:
            raise ClaimbatchError(
                f"Message {message.id} is not there any more.", "Somebody has sent it just now."
            )
        return path

    def drop(self, message: Message, why: str) -> Message:
        """Do not send it any more."""
        dropped = self._remember(replace(message, state=DROPPED, why=why))
        for path in (self._file(message), self._sending(message)):
            if path.exists():
                remove(path)
        return dropped

    def drop_old(self, days: int) -> list[Message]:
        """Drop what has waited for more than so many *days*, and forget what is long past; those dropped."""
        dropped = []
        for message in self._read():
            if message.is_open and _age(message) > timedelta(days=days):
                dropped.append(
                    self.drop(message, f"not sent within {days} days: {message.why or 'not tried'}")
                )
            elif not message.is_open and _age(message) > timedelta(days=REMEMBERED):
                remove(self._record(message.id))
        return dropped

    def _read(self) -> Iterator[Message]:
        for path in sorted(self.folder.glob("*.json")) if self.folder.is_dir() else ():
            try:
                told = json.loads(path.read_text("utf-8"))
                message = Message(**{**told, "id": path.stem, "about": tuple(told["about"])})
            except (OSError, ValueError, TypeError, KeyError):
                continue  # a run was killed before it had written it
            if not message.is_open:
                self._clear(message)
                yield message
            elif self._sending(message).exists() and message.state != UNCERTAIN and _is_recent(message.began):
                yield replace(message, state=SENDING, why="")
            elif self._sending(message).exists():
                yield replace(
                    message, state=UNCERTAIN, why=message.why if message.state == UNCERTAIN else BROKEN_OFF
                )
            elif self._file(message).exists():
                yield replace(message, state=REFUSED if message.state == REFUSED else WAITING)

    def _clear(self, message: Message) -> None:
        """Remove what a run that was killed has left of a message that went."""
        for path in (self._file(message), self._sending(message)):
            if path.exists():
                remove(path)

    def _remember(self, message: Message) -> Message:
        told = {key: value for key, value in asdict(message).items() if key != "id"}
        write_atomic(self._record(message.id), json.dumps(told, ensure_ascii=False, indent=1) + "\n")
        return message

    def _record(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    def _file(self, message: Message) -> Path:
        return self.folder / f"{message.id}.eml"

    def _sending(self, message: Message) -> Path:
        return self.folder / f"{message.id}.sending"


def _as_bytes(made: EmailMessage) -> bytes:
    return made.as_bytes(policy=_AS_IT_IS.clone(cte_type="7bit"))


def _is_recent(began: str) -> bool:
    """Whether a program that began then to send a message may still be at it."""
    return bool(began) and abs(clock.now() - datetime.fromisoformat(began)) < timedelta(seconds=2 * LONGEST)


def _age(message: Message) -> timedelta:
    return clock.now() - datetime.fromisoformat(message.made)
