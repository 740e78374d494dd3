"""The words of the messages that the nightly run sends, ``mails.toml``, and how they become a subject and a text.

What may be put into them is a closed list (:data:`FACTS`, :data:`LISTS`), and no name and no date of birth is on it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import ClassVar

from claimbatch.data import schema_file
from claimbatch.form.handwritten import STRICT, did_you_mean, make, read_toml, wrong

FILE = "mails.toml"
_FILE = ("file", "qualification", "form", "found")
_SENT = ("qualification", "form", "due", "overdue", "filled")
# By message: what stands for a fact, and by list what stands for a fact of each thing on it.
FACTS: Mapping[str, tuple[str, ...]] = {
    "summary": (
        "day", "centres", "run", "page", "arrived", "merged", "faulty", "left", "claims", "lines", "outstanding",
        "late", "people",
    ),
    "workbooks": ("day", "centres", "workbooks", "errors"),
    "reminder": ("day", "centres", "workbooks"),
}  # fmt: skip
LISTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "summary": {
        "undone": ("why", "hint"),
        "rejected": (*_FILE, "told"),
        "queries": (*_FILE, "told"),
        "quarantined": ("file", "why", "told"),
        "left": ("file", "why", "told"),
        "claims": ("claim", "qualification", "status", "lines"),
        "late": _SENT,
        "mails": ("message", "why"),
    },
    "workbooks": {
        "rejected": (*_FILE, "copy"),
        "unmarked": ("file", "why"),
        "part": (*_FILE, "copy"),
        "queries": (*_FILE, "copy"),
        "quarantined": ("file", "why"),
        "attached": ("copy",),
        "left_out": ("copy", "where"),
    },
    "reminder": {"awaited": _SENT, "faulty": _SENT},
}
Facts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a message; *of* a list it stands there only where there is any such thing, with a *line* for each."""

    __pydantic_config__: ClassVar = STRICT
    text: str
    of: str = ""
    line: str = ""


@dataclass(frozen=True, slots=True)
class Mail:
    """The words of one message."""

    __pydantic_config__: ClassVar = STRICT
    subject: str
    part: tuple[Part, ...]

    def written(self, facts: Facts, lists: Mapping[str, Sequence[Facts]]) -> tuple[str, str]:
        """Subject, on one line whatever the facts hold, and text."""
        subject = " ".join(self.subject.format_map(facts).split())
        return subject, "\n\n".join(self._parts(facts, lists)) + "\n"

    def _parts(self, facts: Facts, lists: Mapping[str, Sequence[Facts]]) -> Iterator[str]:
        for part in self.part:
            listed = lists.get(part.of, ())
            if part.of and not listed:
                continue
            text = part.text.strip().format_map(facts)
            lines = [_one_line(part.line.format_map({**facts, **one})) for one in listed if part.line]
            yield "\n".join([f"{text}:" if lines else text, *lines])


@dataclass(frozen=True, slots=True)
class Mails:
    """The messages of ``mails.toml``."""

    __pydantic_config__: ClassVar = STRICT
    summary: Mail
    workbooks: Mail
    reminder: Mail


def load_mails(path: Path | None = None) -> Mails:
    """The messages of the file *path*, or the shipped ones; a slip in it is a ``ClaimbatchError`` with its place."""
    file = path or schema_file(FILE)
    mails = make(Mails, read_toml(file), f"{file}: ")
    for kind, known in FACTS.items():
        mail: Mail = getattr(mails, kind)
        _check(mail.subject, known, f"{file}: {kind}: subject")
        for number, part in enumerate(mail.part, 1):
            _check_part(part, kind, f"{file}: {kind}, part {number}")
    return mails


def _check_part(part: Part, kind: str, where: str) -> None:
    lists = LISTS[kind]
    if part.of and part.of not in lists:
        raise wrong(f'{where}: of = "{part.of}" is no list of this message', did_you_mean(part.of, lists))
    if part.line and not part.of:
        raise wrong(f"{where}: it has a line, and says not of what", f"Add of = …: {', '.join(lists)}.")
    _check(part.text, FACTS[kind], f"{where}: text")
    _check(part.line, (*FACTS[kind], *lists.get(part.of, ())), f"{where}: line")


def _check(text: str, known: Sequence[str], where: str) -> None:
    try:
        used = [(field, spec, how) for _, field, spec, how in Formatter().parse(text) if field is not None]
    except ValueError:
        raise wrong(f"{where}: a brace has no partner", "Write {{ or }} for a brace itself.") from None
    for field, spec, how in used:
        if field not in known or spec or how:
            raise wrong(f"{where}: {{{field}}} stands for nothing there", did_you_mean(field, known))


def _one_line(text: str) -> str:
    return " ".join(text.split())
