"""What a cell says: raw values made into text, grades, candidate numbers and dates, with the fault named.

Readers give text, floats (every number), booleans, dates and, from the guard, error cells. Each function here
returns what was understood and a *fault*: an empty text, or one word that a rule looks for.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from claimbatch import names
from claimbatch.form.layout import form_file, normal
from claimbatch.names import visible

squeeze = names.squeeze  # whatever is compared, is compared as names are

UNREADABLE = "unreadable"
NO_VALUE = "no-value"
CONTROL = "control"
MODERATOR = "moderator"
LOOK_ALIKE = "look-alike"
UNKNOWN = "unknown"
LOST_ZERO = "lost-zero"
MERGED = "merged"
REPEATED = "repeated"
FORMAT = "format"

_SPACES = re.compile(r"\s+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_UK_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00:00)?")


@dataclass(frozen=True, slots=True)
class ErrorCell:
    """A cell that shows an error such as ``#N/A``: the reader alone would have called it blank."""

    text: str


@dataclass(frozen=True, slots=True)
class FormulaWithoutValue:
    """A formula whose result was never calculated and saved."""


class Read(NamedTuple):
    """What was understood, the fault if any, and the value as it is shown to a person."""

    value: str = ""
    fault: str = ""
    shown: str = ""


BLANK = Read()


def read_text(raw: Any) -> Read:
    """Plain text, with spaces tidied and without what nobody sees; whole numbers lose their ``.0``."""
    if isinstance(raw, str):
        return _text(raw)
    if raw is None:
        return BLANK
    if isinstance(raw, bool):
        return Read("", UNREADABLE, "TRUE" if raw else "FALSE")
    if isinstance(raw, int | float):
        text = _number(raw)
        return Read(text, "", text)
    return _odd(raw)


def read_grade(raw: Any) -> Read:
    """A grade: ``P``, ``M``, ``D``, ``Not claiming`` or blank; ``p``, `` Pass `` and the like are taken."""
    if isinstance(raw, str):
        return _grade(raw)
    read = read_text(raw)
    return read if read.fault or not read.shown else Read("", UNKNOWN, read.shown)


def read_candidate_number(raw: Any) -> Read:
    """A candidate number of four digits; ``42`` is read as ``0042`` and says so."""
    read = read_text(raw)
    if read.fault or not read.value:
        return read
    if re.fullmatch(r"[0-9]{4}", read.value) and read.value != "0000":
        return read
    if re.fullmatch(r"[1-9][0-9]{0,2}", read.value):
        return Read(read.value.zfill(4), LOST_ZERO, read.shown)
    return Read("", FORMAT, read.shown)


def read_date(raw: Any) -> Read:
    """A date as ISO text; a real date, or text ``dd/mm/yyyy`` or ``yyyy-mm-dd``."""
    if isinstance(raw, datetime):
        raw = raw.date()
    if isinstance(raw, date):
        return _date(raw)
    read = read_text(raw)
    if read.fault or not read.value:
        return read
    iso = _iso_date(read.value)
    return Read(iso, "" if iso else FORMAT, read.shown)


def read_yes(raw: Any) -> Read:
    """``Yes`` or blank, for *Evidence held*; ``y``, a tick and ``TRUE`` mean yes, ``no`` means blank."""
    if raw is True:
        return Read("Yes", "", "TRUE")
    read = read_text(raw)
    if normal(read.value) in {"yes", "y", "✓", "✔", "x", "held"}:
        return Read("Yes", read.fault, read.shown)
    return Read("", read.fault, read.shown)


def is_blank(value: Any) -> bool:
    """Whether a cell says nothing: empty, or only spaces and characters that nobody sees."""
    if isinstance(value, str):
        return not (value if value.isascii() else visible(value)).strip()
    return value is None


@lru_cache(maxsize=65536)
def _date(raw: date) -> Read:
    return Read(raw.isoformat(), "", raw.strftime("%d/%m/%Y"))


@lru_cache(maxsize=65536)
def _text(raw: str) -> Read:
    text = _SPACES.sub(" ", visible(raw)).strip(" ")
    if _CONTROL.search(text):
        return Read("", CONTROL, _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text))
    return Read(text, "", text)


@lru_cache(maxsize=65536)
def _grade(raw: str) -> Read:
    read = _text(raw)
    if read.fault or not read.value:
        return read
    grades: Mapping[str, Any] = form_file()["grades"]
    known: Mapping[str, str] = grades["read"]
    word = normal(read.value)
    if word in known:
        return Read(known[word], "", read.shown)
    if word.upper() in grades["moderator_only"]:
        return Read("", MODERATOR, read.shown)
    plain = "".join(grades["look_alikes"].get(letter, letter) for letter in read.value)
    if normal(unicodedata.normalize("NFKC", plain)) in known:
        return Read("", LOOK_ALIKE, read.shown)
    return Read("", UNKNOWN, read.shown)


def _number(raw: float) -> str:
    return str(int(raw)) if float(raw).is_integer() else repr(raw)


def _odd(raw: Any) -> Read:
    if isinstance(raw, ErrorCell):
        return Read("", UNREADABLE, raw.text)
    if isinstance(raw, FormulaWithoutValue):
        return Read("", NO_VALUE, "a formula")
    if isinstance(raw, datetime | date):
        return Read("", UNREADABLE, raw.strftime("%d/%m/%Y"))
    return Read("", UNREADABLE, str(raw))


def _iso_date(text: str) -> str:
    if match := _UK_DATE.fullmatch(text):
        day, month, year = map(int, match.groups())
    elif match := _ISO_DATE.fullmatch(text):
        year, month, day = map(int, match.groups())
    else:
        return ""
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""
