"""One cell of a register file as text, tidied the way registers need it.

Spreadsheets eat leading zeros, make dates of text and leave marks of their own; what can be put back for certain is
put back here.
"""

import re
import unicodedata
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Any

from claimbatch.claims.register.file import Fault
from claimbatch.names import visible

DIGITS = {"centre_number": 5, "entry_code": 5, "candidate_number": 4}
ODD = (bool, time, timedelta, Fault)
_AS_TEXT = re.compile(r'="(.*)"', re.DOTALL)  # how some systems tell Excel to leave a number alone
_MARKED = re.compile(r"'(?=[\d=+\-@])")  # how Excel itself, and our own exports, mark text
_CODED = re.compile(r"(\d{4,5})(?:\s*[:–-]\s*|\s+)[^\d\s].*", re.DOTALL)  # "05349 - IT Introductory Diploma"
_SEVERAL = re.compile(r"\d{4,5}(?:[\s;,/]+\d{4,5})+")


def tidy(raw: Any) -> str:
    """A cell as text: single spaces, composed letters, nothing invisible, no mark of a spreadsheet.

    Whole numbers have no ``.0``; dates are ISO text, without the time that Excel keeps beside each.
    """
    if raw is None:
        return ""
    if isinstance(raw, str):
        return _tidy_text(raw)
    if isinstance(raw, datetime):
        raw = raw.date()
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    return str(raw)


def shown(raw: Any) -> str:
    """A cell as a person is shown it: a date with a time of day keeps that, to the nearest minute of the same day."""
    if isinstance(raw, datetime) and raw.time() != time():
        nearest = raw + timedelta(seconds=30)  # 23:00 comes as 22:59:59.7 from a day's fraction
        return (nearest if nearest.date() == raw.date() else raw).strftime("%d/%m/%Y %H:%M")
    return tidy(raw)


def understood(name: str, text: str) -> str:
    """What the field *name* says: zeros put back, a code without the title beside it, an identifier without spaces."""
    if name == "entry_code" and (coded := _CODED.fullmatch(text)):
        text = coded[1]
    if name == "entry_code" and _SEVERAL.fullmatch(text):
        return " ".join(code.zfill(DIGITS[name]) for code in re.split(r"[\s;,/]+", text))
    if name in DIGITS and text.isascii() and text.isdigit():
        return text.zfill(DIGITS[name])
    if name in ("uci", "uln", "ocr_candidate_number"):
        return text.replace(" ", "").upper()
    if name == "candidate_name":
        return re.sub(r"\s*,\s*", ", ", text).strip(" ,")
    return text


def unit_numbers(text: str) -> list[str]:
    """The units that a cell names: ``3 4``, ``3; 4``, ``Unit 3, Unit 4``.

    >>> unit_numbers("Unit 3; 4,12")
    ['3', '4', '12']
    """
    return [word for word in re.split(r"[\s;,]+", text) if word and word.casefold() not in ("unit", "units")]


@lru_cache(maxsize=65536)
def _tidy_text(raw: str) -> str:
    text = raw if raw.isascii() else unicodedata.normalize("NFC", visible(raw))
    text = " ".join(text.split())
    if text[:1] in ("'", "="):
        text = _MARKED.sub("", _AS_TEXT.sub(r"\1", text).strip(), count=1)
    return text
