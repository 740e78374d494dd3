"""The messages that go out about a claim: whom they are for, their words, and the message itself, with documents.

The words are data (``letters.toml``). What may be put into them is what :func:`facts_of` gives, and no name or date of
birth is among it: a subject and a body are seen in many places, an attached document by whoever opens it.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from string import Formatter
from typing import ClassVar, Literal

from claimbatch.claims.claim import Claim, Status
from claimbatch.claims.standing import Standing
from claimbatch.data import schema_file
from claimbatch.errors import ClaimbatchError
from claimbatch.form.handwritten import STRICT, did_you_mean, make, read_toml, wrong
from claimbatch.output.view.kinds import KINDS

FILE = "letters.toml"
OUTCOME = "outcome"  # attached as soon as there is such a document
MOST = 10_000_000  # bytes of a message that OCR takes by e-mail (10 MB: ocr.org.uk, Remote moderation: email)
_FACTS = (
    "claim", "claim_number", "reference", "centre_number", "centre_name", "entry_code", "qualification", "candidates",
    "units", "grades", "sampled", "folders",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """One message: to whom it goes, the kinds of document that go with it, and what it says."""

    __pydantic_config__: ClassVar = STRICT
    to: Literal["moderator", "centre"]
    subject: str
    body: str
    attach: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Letters:
    """The messages of ``letters.toml``, by the state that a claim has come to."""

    __pydantic_config__: ClassVar = STRICT
    submitted: Words
    sampled: Words
    completed: Words

    def of(self, event: str) -> Words:
        """The message for *event*, one of :data:`EVENTS`."""
        words: Words = getattr(self, event)
        return words


EVENTS = tuple(status.value for status in (Status.SUBMITTED, Status.SAMPLED, Status.COMPLETED))


def load_letters(path: Path | None = None) -> Letters:
    """The messages of the file *path*, or the shipped ones; a slip in it is a ``ClaimbatchError`` with its place."""
    file = path or schema_file(FILE)
    letters = make(Letters, read_toml(file), f"{file}: ")
    for event in EVENTS:
        _check(letters.of(event), f"{file}: {event}")
    return letters


def _check(words: Words, where: str) -> None:
    for kind in words.attach:
        if kind not in {*KINDS, OUTCOME}:
            raise wrong(f'{where}: there is no document "{kind}" to attach', did_you_mean(kind, KINDS))
    for name, text in (("subject", words.subject), ("body", words.body)):
        try:
            used = [field for _, field, _, _ in Formatter().parse(text) if field is not None]
        except ValueError:
            raise wrong(
                f"{where}: a brace in {name} has no partner", "Write {{ or }} for a brace itself."
            ) from None
        for field in used:
            if field not in _FACTS:
                raise wrong(f"{where}: {{{field}}} in {name} stands for nothing", did_you_mean(field, _FACTS))


def due(standing: Standing, event: str = "") -> str:
    """Which message a claim has come to, or *event*, if it has come to that; :class:`ClaimbatchError` where not."""
    claim = standing.claim
    come_to = reached(standing)
    if not come_to:
        raise ClaimbatchError(
            f"There is nobody to write to about claim {claim.key}: it is {_stands(claim.status)}.",
            f"claimbatch claim show {claim.key} says how it stands.",
        )
    if event and event not in come_to:
        raise ClaimbatchError(
            f"Claim {claim.key} is not {event} yet.", f"There is a message for: {', '.join(come_to)}."
        )
    return event or come_to[-1]


def reached(standing: Standing) -> list[str]:
    """What a claim has come to that there is a message for, first things first."""
    match standing.claim.status:
        case Status.NOT_SUBMITTED | Status.WITHDRAWN:
            return []
        case status:
            to_here = EVENTS[: EVENTS.index(status.value) + 1]
            return [event for event in to_here if event != Status.SAMPLED or standing.sampled]


def _stands(status: Status) -> str:
    return "withdrawn" if status is Status.WITHDRAWN else "not submitted"


def facts_of(standing: Standing) -> Mapping[str, str]:
    """What stands in the words of a message: all of it may be read by anybody."""
    claim, sampled = standing.claim, _to_be_seen(standing)
    values = (
        claim.key,
        claim.claim_number,
        claim.reference or "not recorded",
        claim.centre_number,
        claim.centre_name,
        claim.entry_code,
        claim.qualification.title,
        _count(len({line.candidate for line in claim.lines}), "candidate"),
        _count(len(claim.units), "unit"),
        _count(len(claim.lines), "grade"),
        _count(len(sampled), "piece of work", "pieces of work"),
        _count(len({candidate for candidate, _ in sampled}), "folder"),
    )
    return dict(zip(_FACTS, values, strict=True))


def has_only_our_number(claim: Claim) -> bool:
    """Whether the claim number is one that the store made (``C000001``): nobody at the awarding body knows that."""
    return bool(re.fullmatch("C[0-9]{6,}", claim.claim_number))


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def kinds_of(words: Words, standing: Standing) -> Iterator[str]:
    """The kinds of document that go with a message: those that there are of this claim."""
    return (kind for kind in words.attach if kind in KINDS and (kind != "sample" or _to_be_seen(standing)))


def _to_be_seen(standing: Standing) -> frozenset[tuple[str, str]]:
    """What is in the sample and was not withdrawn since, by candidate and unit."""
    return standing.sampled & {(line.candidate, line.unit) for line in standing.claim.lines}


def message(
    words: Words,
    facts: Mapping[str, str],
    documents: Iterable[tuple[str, bytes]],
    *,
    to: str = "",
    sender: str = "",
) -> EmailMessage:
    """The message with its *documents* (file name and PDF); without an address *to*, it has none.

    It has no date, which whoever sends it puts in, and its parts are divided by a digest of what they hold: the same
    message is the same bytes.
    """
    made = EmailMessage(policy=SMTP)
    made["Subject"] = " ".join(words.subject.format_map(facts).split())
    if sender:
        made["From"] = Address(addr_spec=sender)
    if to:
        made["To"] = Address(addr_spec=to)
    made.set_content(words.body.format_map(facts).strip() + "\n")
    digest = hashlib.sha256(made.as_bytes())
    for name, content in documents:
        digest.update(content)
        made.add_attachment(content, maintype="application", subtype="pdf", filename=name)
    if made.is_multipart():
        made.set_boundary(f"claimbatch-{digest.hexdigest()[:32]}")
    return made


def as_draft(made: EmailMessage) -> bytes:
    """The file that a mail program opens to be read and sent: ``X-Unsent`` says to Outlook that it is a draft."""
    draft = deepcopy(made)
    draft["X-Unsent"] = "1"
    return draft.as_bytes()
