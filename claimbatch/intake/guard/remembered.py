"""What is learnt from the bytes of a small part is learnt once.

The styles, the theme, the relations and the sheets that nobody fills in are the same in most workbooks of a run. What
a function of such bytes alone comes to, it comes to again, so it is kept for a while; so are the bytes.
"""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar, TypeVarTuple

SMALL = 64 * 1024  # bytes
KEPT = 256  # results of each function: at the most 16 MiB of parts

About = TypeVarTuple("About")
Result = TypeVar("Result")


def remembered(function: Callable[[bytes, *About], Result]) -> Callable[[bytes, *About], Result]:
    """*function*, with its results for small parts kept; it must depend on nothing but its arguments."""
    kept = lru_cache(maxsize=KEPT)(function)

    @wraps(function)
    def recall(part: bytes, *about: *About) -> Result:
        return kept(part, *about) if len(part) <= SMALL else function(part, *about)

    return recall
