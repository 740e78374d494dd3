"""How large a sample is: rules that awarding bodies have published for other work, as data in ``sampling.toml``.

OCR publishes no sample size for Cambridge Technicals, so whatever is drawn by one of these is a simulation.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar

from claimbatch.data import schema_file
from claimbatch.errors import ClaimbatchError
from claimbatch.form.handwritten import STRICT, make, read_toml


class Basis(StrEnum):
    """What one size of a strategy applies to."""

    UNIT = "unit"
    PROGRAMME = "programme"
    STRATUM = "stratum"


@dataclass(frozen=True, slots=True)
class Strategy:
    """A published rule for the size of a sample, from ``schemas/sampling.toml``.

    *bands* are pairs: up to this many candidates, this many in the sample (0: all). *further* is what every
    further hundred adds beyond the last band. *shares* are for from … to … candidates a percentage of them, rounded
    up; *root* takes the square root. *minimum* is what a group has in the sample whatever its size says, and all that
    there is where none of these is given. *first* is how many of a group are looked at before the rest, which is looked
    at only if those are not agreed (0: no stages).
    *purpose* says what the rule is for, *note* what was read into it and what its source leaves open.
    """

    __pydantic_config__: ClassVar = STRICT

    key: str
    title: str
    body: str
    basis: Basis
    source: str
    note: str
    purpose: str = ""
    bands: tuple[tuple[int, int], ...] = ()
    further: int = 0
    shares: tuple[tuple[int, int, int], ...] = ()
    root: bool = False
    minimum: int = 0
    first: int = 0

    def size(self, candidates: int) -> int:
        """How many of a group of *candidates* a sample must hold at least."""
        return min(candidates, self.asked(candidates) or self.minimum)

    def asked(self, candidates: int) -> int | None:
        """How many the rule asks for, even if there are fewer *candidates*; None where its source says nothing."""
        published = self._published(candidates)
        return None if published is None else max(published, self.minimum)

    def _published(self, candidates: int) -> int | None:
        if self.root:
            return math.isqrt(max(candidates - 1, 0)) + 1  # the root, rounded up
        if self.shares:
            shares = (share for start, end, share in self.shares if start <= candidates <= end)
            share = next(shares, None)
            return None if share is None else -(-candidates * share // 100)
        if not self.bands:
            return None
        for up_to, size in self.bands:
            if candidates <= up_to:
                return size or candidates
        last, size = self.bands[-1]
        return size + self.further * math.ceil((candidates - last) / 100)


@cache
def load_strategies(path: Path | None = None) -> Mapping[str, Strategy]:
    """Every strategy by its key, in the order of the file *path*; of the shipped one where none is given."""
    path = path or schema_file("sampling.toml")
    return MappingProxyType(
        {
            key: make(Strategy, table | {"key": key}, f"{path}, {key}")
            for key, table in read_toml(path).items()
        }
    )


def find_strategy(key: str, strategies: Mapping[str, Strategy] | None = None) -> Strategy:
    """The strategy *key*; ``ClaimbatchError`` that lists the keys where there is none."""
    known = load_strategies() if strategies is None else strategies
    if key not in known:
        raise ClaimbatchError(
            f"There is no sampling strategy {key}.",
            f"Choose one of: {', '.join(known)}. claimbatch sample strategies says what each is.",
        )
    return known[key]
