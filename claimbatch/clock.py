"""The time, always UTC but where people read it, and from ``SOURCE_DATE_EPOCH`` where that is set.

The same input gives the same bytes only where no clock gets in: whoever stamps a document asks here.
"""

import os
import re
from datetime import UTC, date, datetime
from functools import lru_cache

from claimbatch.errors import ClaimbatchError, Exit

STAMP = "%Y-%m-%dT%H:%M:%SZ"
_MONTHS = (  # not %B, which speaks the computer's language
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def now() -> datetime:
    """This moment in UTC, to the second."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not epoch:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        return datetime.fromtimestamp(int(epoch), UTC)
    except (ValueError, OverflowError, OSError):
        raise ClaimbatchError(
            f"SOURCE_DATE_EPOCH is set to {epoch}, which is no number of seconds since 1970.",
            "Put it right, or unset it: then the computer's clock is used.",
            Exit.WRONG_SETUP,
        ) from None


def local(stamp: str) -> str:
    """A :func:`stamp` as people read it, ``2026-11-23 09:30``: in local time, to the minute; blank stays blank.

    Programs get the stamp itself.
    """
    return datetime.fromisoformat(stamp).astimezone().strftime("%Y-%m-%d %H:%M") if stamp else ""


def zoned(stamp: str) -> str:
    """A :func:`stamp` as it is printed, in local time with its zone: ``23 November 2026, 09:30 GMT``.

    Windows spells zones out in its own language; there, and where a zone has no name, it is told by its distance.
    """
    if not stamp:
        return ""
    then = datetime.fromisoformat(stamp).astimezone()
    name = then.tzname() or ""
    zone = name if re.fullmatch("[A-Z]{3,4}", name) else f"UTC{then.isoformat()[-6:]}"
    return f"{then.day} {_MONTHS[then.month - 1]} {then.year}, {then:%H:%M} {zone}"


def school_year(stamp: str) -> str:
    """The school year of a :func:`stamp`, from September on.

    >>> school_year("2026-08-31T09:30:00Z"), school_year("2026-09-01T09:30:00Z")
    ('2025/26', '2026/27')
    """
    then = datetime.fromisoformat(stamp).astimezone()
    first = then.year if then.month >= 9 else then.year - 1
    return f"{first}/{(first + 1) % 100:02}"


def stamp() -> str:
    """This moment as it stands in the store: ``2026-11-23T09:30:00Z``."""
    return now().strftime(STAMP)


def today() -> date:
    """The day that it is here, where people are."""
    return now().astimezone().date()


def long_day(when: date) -> str:
    """A day with its weekday, as people write it.

    >>> long_day(date(2026, 12, 4))
    'Friday 4 December 2026'
    """
    return f"{_WEEKDAYS[when.weekday()]} {when.day} {_MONTHS[when.month - 1]} {when.year}"


def day_of(iso: str) -> str:
    """The day that *iso* text names, as people write it.

    >>> day_of("2026-12-04")
    '4 December 2026'
    """
    when = date.fromisoformat(iso)
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"


def duration(seconds: float) -> str:
    """How long something took, in words.

    >>> duration(0.4), duration(59.6), duration(200), duration(7260)
    ('less than a second', '1 min', '3 min 20 s', '2 h 1 min')
    """
    whole = round(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    parts = (hours, "h"), (minutes, "min"), (0 if hours else whole % 60, "s")
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "less than a second"


@lru_cache(maxsize=4096)
def day(moment: str) -> str:
    """The day of a *moment* in the store, as people write it.

    >>> day("2026-11-03T09:30:00Z")
    '3 November 2026'
    """
    then = datetime.strptime(moment, STAMP).replace(tzinfo=UTC)
    return f"{then.day} {_MONTHS[then.month - 1]} {then.year}"
