"""Many values in one question to the store: as many at a time as databases take."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

Value = TypeVar("Value", str, int)

MANY = 10_000  # SQLite takes some 32,000


def portions(values: Iterable[Value], many: int = MANY) -> Iterator[list[Value]]:
    """The *values*, each once and in order, in portions that one question may name."""
    listed = sorted(set(values))
    yield from (listed[first : first + many] for first in range(0, len(listed), many))
