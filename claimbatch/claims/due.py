"""The day by which a template is to come back, as an exam officer writes it.

Day first, as in all of Britain; a year must be there, and a weekday must be right, so that no slip is taken for a date.
"""

import re
from datetime import date, timedelta
from typing import NoReturn

from claimbatch.clock import long_day
from claimbatch.errors import ClaimbatchError

LATEST = 731  # days ahead; what is later is a slip in the year
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})", re.ASCII)
_FIGURES = re.compile(r"(?P<day>\d{1,2})[/.\- ](?P<month>\d{1,2})[/.\- ](?P<year>\d{4})", re.ASCII)
_WORDS = re.compile(
    r"(?:(?P<weekday>[a-z]{3,9}),? )?(?P<day>\d{1,2})(?:st|nd|rd|th)? (?:of )?(?P<month>[a-z]{3,9}),? (?P<year>\d{4})",
    re.IGNORECASE | re.ASCII,
)


def read_due(text: str, today: date) -> date:
    """The day that *text* names; :class:`ClaimbatchError` where it names none, one that is over, or one far ahead.

    >>> [str(read_due(text, date(2026, 11, 26))) for text in ("4/12/2026", "2026-12-04", "Friday 4 December 2026")]
    ['2026-12-04', '2026-12-04', '2026-12-04']
    """
    due = _day(" ".join(text.split()))
    if due is None:
        _refuse(f'"{text}" is no date that can be read.')
    if due < today:
        _refuse(f"{long_day(due)} is over.")
    if due - today > timedelta(days=LATEST):
        _refuse(f"{long_day(due)} is more than two years ahead.")
    return due


def _refuse(why: str) -> NoReturn:
    raise ClaimbatchError(why, "Give the day as 2026-12-04, 4/12/2026 (day first) or 4 December 2026.")


def _day(text: str) -> date | None:
    found = _ISO.fullmatch(text) or _FIGURES.fullmatch(text) or _WORDS.fullmatch(text)
    if not found:
        return None
    parts = found.groupdict()
    month = parts["month"] if parts["month"].isdigit() else _number(parts["month"], _MONTHS)
    try:
        due = date(int(parts["year"]), int(month), int(parts["day"]))
    except ValueError:
        return None
    weekday = parts.get("weekday")
    return due if weekday is None or _number(weekday, _WEEKDAYS) == due.weekday() + 1 else None


def _number(name: str, names: tuple[str, ...]) -> int:
    """Which of the *names* a word begins with, from 1; 0 for none."""
    start = name[:3].casefold()
    return names.index(start) + 1 if start in names else 0
