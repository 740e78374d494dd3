"""Draws a sample of a claim as a moderator might, so that a centre sees beforehand what it may be asked for.

What a moderator agrees or withdraws is a cell, unit × assessor × grade, so a draw takes something of every
cell first, the highest risk first (D, then M, then P), from as few candidates' folders as it can. Then it
fills each group up to the size that the strategy asks for. Sizes are minimums: cells come first always.

Every choice between equals goes by *tickets*. The ticket of a line is the SHA-256 of the seed and the line's
canonical key, and the smallest ticket wins. So the order of the lines does not matter, one more line moves no
other ticket, and anybody can check a ticket without claimbatch::

    $ printf %s '7|68199|05347|0042|3' | sha256sum

A draw is a *simulation*: OCR publishes no sample size for Cambridge Technicals, and the moderator chooses.
"""

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar, TypeVar

from claimbatch.claims.claim import GRADES, Claim, Line, unit_order
from claimbatch.data import schema_file
from claimbatch.errors import ClaimbatchError
from claimbatch.form.handwritten import STRICT, make, read_toml

RISK = "DMP"  # the highest first: the grade that gains most where an assessor was too kind

Cell = tuple[str, str, str]  # unit, assessor's initials, grade
Key = TypeVar("Key")


class Basis(StrEnum):
    """What one size of a strategy applies to."""

    UNIT = "unit"
    PROGRAMME = "programme"
    STRATUM = "stratum"


_GROUP: Mapping[Basis, Callable[[Line], tuple[str, ...]]] = {
    Basis.UNIT: lambda line: (line.unit,),
    Basis.PROGRAMME: lambda _: (),
    Basis.STRATUM: lambda line: line.cell,
}


@dataclass(frozen=True, slots=True)
class Strategy:
    """A published rule for the size of a sample, from ``schemas/sampling.toml``.

    *bands* are pairs: up to this many candidates, this many in the sample (0: all). *further* is what every
    further hundred adds beyond the last band; *root* takes the square root instead of bands.
    """

    __pydantic_config__: ClassVar = STRICT

    key: str
    title: str
    body: str
    basis: Basis
    source: str
    note: str
    bands: tuple[tuple[int, int], ...] = ()
    further: int = 0
    root: bool = False

    def size(self, candidates: int) -> int:
        """How many of a group of *candidates* a sample must hold at least."""
        return min(candidates, self._size(candidates))

    def _size(self, candidates: int) -> int:
        if self.root:
            return math.isqrt(max(candidates - 1, 0)) + 1  # the root, rounded up
        for up_to, size in self.bands:
            if candidates <= up_to:
                return size or candidates
        last, size = self.bands[-1]
        return size + self.further * math.ceil((candidates - last) / 100)


@dataclass(frozen=True, slots=True)
class Group:
    """How one group fared: *name* is ``()`` for the whole claim, ``("3",)`` for a unit, or a cell.

    *candidates* stand in the group, *size* of them are asked for, *taken* of them are in the sample.
    """

    name: tuple[str, ...]
    candidates: int
    size: int
    taken: int

    @property
    def above(self) -> int:
        """How far covering every cell went above the size."""
        return max(0, self.taken - self.size)


@dataclass(frozen=True, slots=True)
class Sample:
    """The lines chosen, in order of candidate and unit, and the cells of the claim that none of them covers.

    *strategy* is None for a sample that a moderator chose; then there is no *seed* and there are no *groups*.
    """

    strategy: Strategy | None
    seed: str
    lines: tuple[Line, ...]
    uncovered: tuple[Cell, ...] = ()
    groups: tuple[Group, ...] = ()

    @property
    def simulated(self) -> bool:
        """Whether it was drawn here rather than chosen by a moderator."""
        return self.strategy is not None

    @property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """The candidate × unit pairs in the sample."""
        return frozenset((line.candidate, line.unit) for line in self.lines)

    @property
    def candidates(self) -> list[str]:
        """The candidates whose folders are asked for."""
        return sorted({line.candidate for line in self.lines})


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
        raise ClaimbatchError(f"There is no sampling strategy {key}.", f"Choose one of: {', '.join(known)}.")
    return known[key]


def canonical_key(claim: Claim, line: Line) -> str:
    """What names *line*: centre number, entry code, candidate number and unit, ``68199|05347|0042|3``."""
    return "|".join((claim.centre_number, claim.entry_code, line.candidate, line.unit))


def ticket(seed: str, key: str) -> str:
    """The ticket of the line with the canonical *key*: SHA-256 of ``seed|key`` in UTF-8, in hexadecimal.

    >>> ticket("7", "68199|05347|0042|3")[:16]
    '8b0cb45c9fe87eae'
    """
    return hashlib.sha256(f"{seed}|{key}".encode()).hexdigest()


def draw(claim: Claim, strategy: Strategy, seed: str) -> Sample:
    """Draw a sample of *claim*: every cell covered, then each group filled up to its size."""
    lines = sorted(
        (line for line in claim.lines if line.grade in GRADES),
        key=lambda line: ticket(seed, canonical_key(claim, line)),
    )
    taken = _cover(lines)
    grouped = _by(_GROUP[strategy.basis], lines)
    for group in grouped.values():
        taken |= _fill(group, taken, strategy.size(_candidates(group)))
    groups = tuple(
        Group(name, _candidates(group), strategy.size(_candidates(group)), _candidates(taken & set(group)))
        for name, group in sorted(grouped.items(), key=lambda item: _name_order(item[0]))
    )
    return Sample(strategy, seed, _in_order(taken), uncovered(lines, taken), groups)


def recorded(claim: Claim, pairs: Collection[tuple[str, str]]) -> Sample:
    """The sample that a moderator chose, by candidate number and unit."""
    chosen = [line for line in claim.lines if (line.candidate, line.unit) in pairs]
    return Sample(None, "", _in_order(chosen), uncovered(claim.lines, chosen))


def uncovered(lines: Iterable[Line], sampled: Iterable[Line]) -> tuple[Cell, ...]:
    """The cells of *lines* of which no line was *sampled*, by unit, assessor and risk."""
    left = {line.cell for line in lines} - {line.cell for line in sampled}
    return tuple(sorted(left, key=_name_order))


def _cover(lines: Sequence[Line]) -> set[Line]:
    """Lines of few candidates that touch every cell: each time the folder with most of the riskiest grade.

    Among equals the folder with the smallest ticket, for *lines* come in the order of their tickets.
    """
    open_cells = {line.cell for line in lines}
    taken: set[Line] = set()
    while open_cells:
        folders = _by(lambda line: line.candidate, (line for line in lines if line.cell in open_cells))
        folder = max(folders.values(), key=_risk_shown)
        taken.update(folder)
        open_cells.difference_update(line.cell for line in folder)
    return taken


def _risk_shown(folder: Sequence[Line]) -> list[int]:
    grades = Counter(line.grade for line in folder)
    return [grades[grade] for grade in RISK]


def _fill(group: Sequence[Line], taken: Collection[Line], size: int) -> set[Line]:
    """More lines of *group*, of candidates not yet in it, until it has *size* candidates.

    Each time from the cell with most lines left, among equals from the riskier; there the smallest ticket.
    """
    seen = {line.candidate for line in group if line in taken}
    more: set[Line] = set()
    while len(seen) < size:
        left = _by(lambda line: line.cell, (line for line in group if line.candidate not in seen))
        cell = min(left, key=lambda cell: (-len(left[cell]), RISK.find(cell[2]), _name_order(cell)))
        line = left[cell][0]
        more.add(line)
        seen.add(line.candidate)
    return more


def _by(key: Callable[[Line], Key], lines: Iterable[Line]) -> dict[Key, list[Line]]:
    groups: dict[Key, list[Line]] = defaultdict(list)
    for line in lines:
        groups[key(line)].append(line)
    return groups


def _candidates(lines: Iterable[Line]) -> int:
    return len({line.candidate for line in lines})


def _in_order(lines: Iterable[Line]) -> tuple[Line, ...]:
    return tuple(sorted(lines, key=lambda line: (line.candidate, unit_order(line.unit))))


def _name_order(name: tuple[str, ...]) -> tuple[object, ...]:
    if not name:
        return ()
    unit, *rest = name
    return (unit_order(unit), *rest[:1], *(RISK.find(grade) for grade in rest[1:]))
