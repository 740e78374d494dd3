"""Dates of birth as files write them. The order of day and month is a property of a column, never of one cell.

``04/03/2008`` is the fourth of March or the third of April; a column that holds ``04/13/2008`` was written month
first throughout. So a column is read whole: what one cell proves holds for all, and where nothing is proved it is day
first, and said.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

OLDEST = 100  # years; nobody on a register is older
_FEW = 3  # cells from which a pattern is none of chance
YOUNGEST = 10  # years, where the century is not written
DAY_FIRST, MONTH_FIRST, YEAR_FIRST = "day first", "month first", "year first"
_ORDERS = {
    DAY_FIRST: (2, 1, 0),
    MONTH_FIRST: (2, 0, 1),
    YEAR_FIRST: (0, 1, 2),
}  # where year, month and day stand
_EPOCH = date(1899, 12, 30)  # day 0 of spreadsheets, from March 1900 on
_SERIALS = range(3653, 73051)  # 1910 to 2099: no shorter or longer number is a date
_TRIPLE = re.compile(r"(\d{1,4})\s*[/.\-\s]\s*(\d{1,2})\s*[/.\-\s]\s*(\d{1,4})")
_COMPACT = re.compile(r"(?:19|20)\d{6}")
_CLOCK = re.compile(
    r"(?P<date>.*?\d)(?:[T ]\s*(?P<time>\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)\s*(?P<half>[ap]\.?m\.?)?)"
    r"\s*(?:Z|UTC|[+-]\d\d:?\d\d)?",
    re.IGNORECASE,
)
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_WORDS = re.compile(
    r"(?:[a-z]{3,9}day,?\s+|(?:mon|tue|wed|thu|fri|sat|sun)[.,]?\s+)?"
    r"(?:(?P<day>\d{1,2})(?:st|nd|rd|th)?[\s/.\-,]*(?:of\s+)?(?P<month>[a-z]{3,9})\.?|"
    r"(?P<month2>[a-z]{3,9})\.?[\s/.\-]*(?P<day2>\d{1,2})(?:st|nd|rd|th)?)[\s/.\-,']*(?P<year>\d{4}|\d{2})",
    re.IGNORECASE,
)

NOT_A_DATE = ""
WITH_TIME = ": it has a time of day, as when a time zone has moved it"
TURNED = ": day and month seem turned, as all real dates here come by the 12th and those after it are text"
TWO_ORDERS = ": day and month stand in two orders in this column"
CENTURY_OPEN = ": its year has two digits, and the century is not clear"


@dataclass(frozen=True, slots=True)
class Born:
    """One cell: the date as ISO text, or *why* it is none, as the end of a sentence."""

    iso: str = ""
    why: str = NOT_A_DATE


@dataclass(frozen=True, slots=True)
class Column:
    """A column of dates: each cell as read; in which *order*, where figures alone were read, and whether *proved*.

    *quarrel* are two positions that prove two orders: then no cell of figures can be read.
    """

    cells: tuple[Born | None, ...]
    order: str = ""
    proved: bool = False
    quarrel: tuple[int, ...] = ()


def read_column(values: Sequence[Any], today: date) -> Column:
    """Read the dates of a column whole; a blank cell is None."""
    found = [_look(value, today) for value in values]
    possible = {i: orders for i, item in enumerate(found) if (orders := _possible(item, today))}
    proofs: dict[str, int] = {}
    for i, orders in possible.items():
        if len(orders) == 1:
            proofs.setdefault(next(iter(orders)), i)
    quarrel = tuple(sorted(proofs.values())[:2]) if len(proofs) > 1 else ()
    order = next(iter(proofs), DAY_FIRST)
    cells = [_read(item, order, quarrel, today) for item in found]
    if any(cell and cell.why == CENTURY_OPEN for cell in cells):  # then the year may stand first throughout
        cells = [
            Born(why=CENTURY_OPEN)
            if isinstance(item, tuple) and len(item[2]) == 2 and cell and cell.iso
            else cell
            for item, cell in zip(found, cells, strict=True)
        ]
    for i in _turned(values, found):
        cells[i] = Born(why=TURNED)
    told = order if possible and (order != DAY_FIRST or len(proofs) < len(possible)) else ""
    return Column(tuple(cells), told, bool(proofs), quarrel)


def is_date_text(text: str) -> bool:
    """Whether *text* is written like a date.

    >>> is_date_text("03/04/2008"), is_date_text("10-Feb"), is_date_text("13A")
    (True, True, False)
    """
    return bool(_TRIPLE.fullmatch(text) or _in_words(text) or _in_words(f"{text} 2000"))


_Figures = tuple[str, str, str]


def _turned(values: Sequence[Any], found: Sequence["Born | _Figures | None"]) -> list[int]:
    """The real dates of a column that a program with American dates has turned, day for month.

    It makes a date of ``03/04/2008``, the fourth of March, and leaves ``13/04/2008`` as the text that it is to it. So
    all real dates come no later than the 12th and all texts after it, which hardly happens otherwise.
    """
    real = [i for i, value in enumerate(values) if isinstance(value, date)]
    texts = [item for item in found if isinstance(item, tuple)]
    if len(real) < _FEW or len(texts) < _FEW:
        return []
    late = all(int(day) > _MONTHS["dec"] and len(day) <= 2 for day, _, _ in texts)
    return real if late and all(values[i].day <= _MONTHS["dec"] for i in real) else []


def _look(value: Any, today: date) -> "Born | _Figures | None":
    """What one cell says for certain, or the three figures whose order the column must tell."""
    if isinstance(value, datetime):
        return Born(why=WITH_TIME) if value.time() != time() else _checked(value.date(), today)
    if isinstance(value, date):
        return _checked(value, today)
    text = str(value).strip() if value is not None else ""
    return _from_text(text, today) if text else None


@lru_cache(maxsize=65536)
def _from_text(text: str, today: date) -> "Born | _Figures":
    if serial := _serial(text):
        return Born(why=WITH_TIME) if serial % 1 else _checked(_EPOCH + timedelta(int(serial)), today)
    if clock := _CLOCK.fullmatch(text):
        midnight = not clock["time"].strip("0:.,") or (clock["time"].startswith("12:00") and clock["half"])
        return _from_text(clock["date"].strip(), today) if midnight else Born(why=WITH_TIME)
    if _COMPACT.fullmatch(text):
        return _made(text[:4], text[4:6], text[6:], today)
    if triple := _TRIPLE.fullmatch(text):
        figures = (triple[1], triple[2], triple[3])
        return _made(*figures, today) if len(triple[1]) > 2 else figures
    year, month, day = _in_words(text) or ("", "", "")
    return _made(year, month, day, today) if year else Born()


def _serial(text: str) -> float:
    """The day's number in a spreadsheet, where *text* is one: a column of dates that lost its format."""
    try:
        number = float(text) if re.fullmatch(r"\d{4,5}(?:\.\d+)?", text) else 0.0
    except ValueError:
        return 0.0
    return number if int(number) in _SERIALS else 0.0


def _in_words(text: str) -> tuple[str, str, str] | None:
    words = _WORDS.fullmatch(text)
    month = _MONTHS.get((words["month"] or words["month2"])[:3].casefold()) if words else None
    return (words["year"], str(month), words["day"] or words["day2"]) if words and month else None


def _possible(item: "Born | _Figures | None", today: date) -> set[str]:
    """The orders in which three figures are a possible date of birth; the year goes first only where it must."""
    if not isinstance(item, tuple):
        return set()
    orders = (DAY_FIRST, MONTH_FIRST) if int(item[0]) <= 31 else (YEAR_FIRST,)
    read = {name: _ordered(item, name, today) for name in orders}
    return {name for name, born in read.items() if born.iso or born.why == CENTURY_OPEN}


def _ordered(figures: _Figures, order: str, today: date) -> Born:
    year, month, day = (figures[i] for i in _ORDERS[order])
    return _made(year, month, day, today)


def _read(item: "Born | _Figures | None", order: str, quarrel: Iterable[int], today: date) -> Born | None:
    if not isinstance(item, tuple):
        return item
    if not quarrel:
        return _ordered(item, order, today)
    return Born(why=TWO_ORDERS) if _possible(item, today) else Born()


@lru_cache(maxsize=65536)
def _made(year: str, month: str, day: str, today: date) -> Born:
    if len(year) not in (2, 4) or max(len(month), len(day)) > 2:
        return Born()
    number = int(year)
    if len(year) == 2:
        number += today.year // 100 * 100
        number -= 100 * (number > today.year)
    try:
        born = date(number, int(month), int(day))
    except ValueError:
        return Born()
    if len(year) == 2 and today.year - YOUNGEST < number:
        return Born(why=CENTURY_OPEN)
    return _checked(born, today)


def _checked(born: date, today: date) -> Born:
    return Born(born.isoformat()) if today.year - OLDEST <= born.year and born <= today else Born()
