"""Lots that nobody chose and anybody can check: the *ticket* of a piece of work, or of a folder, under a seed.

The SHA-256 of a text is read as four numbers of 16 hexadecimal digits. Each of the key's is mixed with the seed's at
the same place (the text of seed 7 is ``seed|7``), and the four results, written one after the other, are the ticket. So
a ticket depends on the seed and the key and on nothing else; and since the key's numbers need no seed, the tickets of
ten thousand draws are had at once.

Anybody can check one, with the lines of Python that :func:`check` writes.
"""

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.uint64]

PLACES = range(4)  # of the numbers in a SHA-256, and in a ticket
DIGITS, END = 8, 16**8  # of the 64 digits of a ticket 8 make a lot: a number from 0 up to END
LOTS = [slice(at, at + DIGITS) for at in range(0, 64, DIGITS)]
# The finisher of SplitMix64 (Steele, Lea and Flood, 2014): each step shifts and multiplies. Every bit of the result
# depends on every bit of the number, and no two numbers have the same result.
MIX = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1))
_WHOLE = 2**64 - 1
_SEED = "seed|"  # before a seed, so that none is the text of a key
_CHECK = """\
from hashlib import sha256
def four(text):
    digits = sha256(text.encode()).hexdigest()
    return [int(digits[at:at + 16], 16) for at in (0, 16, 32, 48)]
def mixed(x):
    for shift, times in {mix}:
        x = (x ^ x >> shift) * times % 2**64
    return f"{{x:016x}}"
print(*(mixed(a ^ b) for a, b in zip(four({seed!r}), four({key!r}))), sep="")
"""


def ticket(seed: str, key: str) -> str:
    """The ticket of the line (or folder) with this *key*: 64 hexadecimal digits.

    >>> ticket("7", "68199|05347|0042|3")[:16]
    'ae022b01225fabf9'
    """
    return "".join(f"{_mixed(s ^ k):016x}" for s, k in zip(numbers(_SEED + seed), numbers(key), strict=True))


def check(seed: str, key: str) -> str:
    """Lines of Python that print :func:`ticket` and need nothing of claimbatch."""
    mix = ", ".join(f"({shift}, {times if times == 1 else hex(times)})" for shift, times in MIX)
    return _CHECK.format(mix=mix, seed=_SEED + seed, key=key)


def numbers(text: str) -> tuple[int, ...]:
    """The four numbers of *text*, from its SHA-256 in UTF-8."""
    digest = hashlib.sha256(text.encode()).digest()
    return tuple(int.from_bytes(digest[8 * place : 8 * place + 8]) for place in PLACES)


def lot(digits: str, counts: float) -> float:
    """What these *digits* of a ticket draw, where the smallest wins: their odds, times what it *counts*.

    Odds have no upper end, so that now and then what counts once still comes after all that count three times.
    """
    number = int(digits, 16)
    return counts * number / (END - number)


def all_numbers(texts: Sequence[str]) -> "Numbers":
    """The four :func:`numbers` of each of *texts*, [place, text]."""
    import numpy as np  # noqa: PLC0415

    return np.array([numbers(text) for text in texts], np.uint64).reshape(-1, len(PLACES)).T


def seed_numbers(seeds: Sequence[str]) -> "Numbers":
    """The four numbers of each of *seeds*, [place, seed]."""
    return all_numbers([_SEED + seed for seed in seeds])


def mixed(seeds: "Numbers", keys: "Numbers") -> "Numbers":
    """One place of the tickets of *keys* under *seeds*; both are of that place, and of shapes that go together."""
    import numpy as np  # noqa: PLC0415

    number = seeds ^ keys
    for shift, times in MIX:
        number ^= number >> np.uint64(shift)
        number *= np.uint64(times)
    return number


def lots(mixes: "Numbers", half: int, counts: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """:func:`lot` of the first or last 8 digits (*half* 0 or 1) of *mixes*."""
    import numpy as np  # noqa: PLC0415

    number = (mixes & np.uint64(END - 1) if half else mixes >> np.uint64(32)).astype(np.float64)
    drawn: NDArray[np.float64] = counts * number / (END - number)
    return drawn


def _mixed(number: int) -> int:
    for shift, times in MIX:
        number = (number ^ number >> shift) * times & _WHOLE
    return number
