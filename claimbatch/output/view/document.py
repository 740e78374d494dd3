"""The parts that every printed document is made of: texts, tables, lists, signatures, in sections.

A view is a pure function that makes a :class:`Document` of a claim (or of a sample, or of what was checked); it says
what stands where, and what must stay together. :mod:`claimbatch.output.html` and :mod:`claimbatch.output.pdf` draw any
document from :func:`as_data`, so another kind of document is another view and nothing else.

All that is text is taken as text: nothing in a name can become markup, or turn the line round that it stands in.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal

Align = Literal["left", "center", "right"]
KEPT_LIST = 14  # rows of a list that stays on one page with its heading and what is said of it
Mark = Literal["", "tick", "box"]
# What turns the direction of the text around it; a joiner inside a Persian or Indic word is left alone.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_JOINERS = frozenset("\u200c\u200d")


@dataclass(frozen=True, slots=True)
class Bold:
    """Words in a text that stand out."""

    text: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A word and what it is: ``Candidates`` 12, with *more* in small beside it."""

    key: str
    value: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts at the head of a form, three beside each other."""

    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; *framed* where nobody may miss it, *soft* where it only explains.

    It stays with what comes next if *lead*.
    """

    parts: tuple[str | Bold, ...]
    framed: bool = False
    soft: bool = False
    lead: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    """Something to type or to compare, letter by letter and line by line."""

    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a table beside plain text: *small* after it, a *mark* (a tick, or a box to tick), a *bar*.

    *bar* are amounts that lie end to end, on a scale that ends at *of*: the drawing of numbers beside it. *soft* is
    what only repeats the row above. *fault* is the word that points at the cell, ``error``: it is framed. *shade*
    colours the field, from 1 to 4, beside what it says.
    """

    text: str = ""
    small: str = ""
    strong: bool = False
    soft: bool = False
    mark: Mark = ""
    bar: tuple[int, ...] = ()
    of: int = 0
    fault: str = ""
    shade: int = 0


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, with *over* in small above it, and its width in millimetres.

    Columns without a width share what is left, by *share*. *legend* names the parts of the bars in the column.
    """

    head: str
    over: str = ""
    width: float = 0
    share: float = 1
    align: Align = "left"
    legend: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; a stronger line above it where it *starts* something: a unit, a candidate's folder."""

    cells: tuple[str | Cell, ...]
    starts: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a heading row that comes again on every page; no row is ever split.

    *name* says in a few words what it is, for who hears the page; it is printed above the table if *shown*. The first
    *heads* cells of each row are its heading. A *grid* has lines between its columns. It is set in *panels* columns
    side by side. The *foot* is its sum. Where people write by hand, rows have *room*: so many millimetres each. Where a
    table is to be kept on one page is said by its :class:`Section`.
    """

    name: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    foot: tuple[Row, ...] = ()
    heads: int = 1
    grid: bool = False
    panels: int = 1
    shown: bool = False
    room: float = 0


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a list: a text, after a tick or a box to tick."""

    text: str
    mark: Mark = ""


@dataclass(frozen=True, slots=True)
class Points:
    """A list, in *columns* side by side."""

    points: tuple[Point, ...]
    columns: int = 1


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs; name and date where they are known already."""

    role: str
    name: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class Signatures:
    """Lines for name, signature and date, one signer beside the other."""

    signers: tuple[Signer, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what belongs under it. *kept* on one page if it fits one; on a *fresh* page if so wished."""

    title: str
    blocks: "tuple[Block, ...]"
    kept: bool = False
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Beside:
    """Two or three sections beside each other, which together fit on a page."""

    sections: tuple[Section, ...]


Block = Facts | Text | Code | Table | Points | Signatures | Section | Beside


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document.

    *title* is what it is, ``Claim report``, with the *facts* of most interest beside it; *about* tells it from others
    of its kind in a window's title or a list of files. *running* are the facts at the head of every page, *stamp* the
    word in its corner, *foot* the words at its foot, beside the number of the page. *made* is the document's own
    moment, as the store keeps it (never the clock): so the same claim gives the same bytes. An *upright* one is forms,
    a page each: A4 portrait and larger, without the title above the first of them.
    """

    title: str
    about: str
    running: tuple[Fact, ...]
    stamp: str
    foot: str
    made: str
    blocks: tuple[Block, ...]
    facts: tuple[Fact, ...] = ()
    upright: bool = False


def text(*parts: str | Bold, framed: bool = False, soft: bool = False, lead: bool = False) -> Text:
    """A paragraph of *parts*."""
    return Text(parts, framed, soft, lead)


def sentences(*said: str) -> str:
    """Those of *said* that say something, one after the other."""
    return " ".join(filter(None, said))


def as_data(value: Any) -> Any:
    """A document, or a part of one, as JSON has it: dictionaries with their ``type``, lists, plain text.

    A cell that is only text is that text, so that a large grid stays small.
    """
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, Sequence):
        return [as_data(one) for one in value]
    if isinstance(value, Code):
        return {"type": "code", "text": "\n".join(map(plain, value.text.split("\n")))}
    if isinstance(value, Cell | Bold):
        return {f.name: as_data(v) for f in fields(value) if (v := getattr(value, f.name)) != f.default}
    if hasattr(value, "__dataclass_fields__"):
        told = {f.name: as_data(getattr(value, f.name)) for f in fields(value)}
        return {"type": type(value).__name__.lower(), **told}
    return value


def plain(words: str) -> str:
    """*words* as they can be printed: what would turn their direction, and what has no look, is named instead.

    >>> plain("Ab\\u202ecd"), plain("a\\tb"), plain("x\\x07")
    ('Ab[U+202E]cd', 'a b', 'x[U+0007]')
    """
    if words.isascii() and words.isprintable():
        return words
    return "".join(map(_printed, unicodedata.normalize("NFC", words)))


def _printed(letter: str) -> str:
    if letter.isspace():
        return " "
    category = unicodedata.category(letter)
    if letter in _TURNING or category in ("Cc", "Cs", "Co", "Cn"):
        return f"[U+{ord(letter):04X}]"
    return "" if category == "Cf" and letter not in _JOINERS else letter
