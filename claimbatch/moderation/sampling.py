"""Draws a sample of a claim as a moderator might, so that a centre sees beforehand what it may be asked for.

What a moderator agrees or withdraws is a cell, unit × assessor × grade. So a sample takes something of every cell, and
of each group at least the size that the strategy asks for, out of few candidates' folders. The folders are chosen
first, with every cell and every size in view (``folders``). Out of them comes the smallest ticket of each cell, and
then more of each group up to its size.

The *ticket* of a line is the SHA-256 of the seed and the line's canonical key; that of a folder is the same without the
unit. The smallest is taken first, so the order of the lines does not matter, one more line moves no other ticket, and
anybody can check a ticket without claimbatch::

    $ printf %s '7|68199|05347|0042|3' | sha256sum

The choice is *fair*: another seed is another choice, every line has its chance, and nothing comes always but what the
claim or a size leaves no choice about. For that each round of looking for few folders begins with the folder whose lot
is smallest, not with the richest; and in some draws one folder more is pulled than was needed.

The *risk order* is D, M, P. Every cell is in the sample whatever its grade, so the order cannot say what is left out.
It tips the scales between equals, no more, or the same Ds would come every time: a D's lot counts once, an M's twice,
a P's three times, and the smallest wins. So it is with folders that serve as much (a folder counts as its lines do on
average), and with the cells of a unit of which as many lines are left when its size is filled. Lists of cells go by it.

A draw is a *simulation*: OCR publishes no sample size for Cambridge Technicals, and the moderator chooses.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

from claimbatch.claims.claim import GRADES, Claim, Line, unit_order
from claimbatch.moderation.folders import Demands
from claimbatch.moderation.strategies import Basis, Strategy

RISK = "DMP"  # the highest first: the grade that gains most where an assessor was too kind
COUNTS = {"D": 1, "M": 2, "P": 3}  # how often a ticket counts: the more, the less likely it is the smallest
DIGITS, END = 8, 16**8  # of the 64 digits of a ticket 8 make a lot: a number from 0 up to END
LOTS = [slice(at, at + DIGITS) for at in range(0, 64, DIGITS)]
ONE_MORE = 1 / 24  # on average, for each folder that is needed: so much a fair choice may cost

Cell = tuple[str, str, str]  # unit, assessor's initials, grade
Key = TypeVar("Key")

_GROUP: Mapping[Basis, Callable[[Line], tuple[str, ...]]] = {
    Basis.UNIT: lambda line: (line.unit,),
    Basis.PROGRAMME: lambda _: (),
    Basis.STRATUM: lambda line: line.cell,
}


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


def canonical_key(claim: Claim, line: Line) -> str:
    """What names *line*: centre number, entry code, candidate number and unit, ``68199|05347|0042|3``."""
    return _key(claim, line.candidate, line.unit)


def ticket(seed: str, key: str) -> str:
    """The ticket of the line (or folder) with this *key*: SHA-256 of ``seed|key`` in UTF-8, in hexadecimal.

    >>> ticket("7", "68199|05347|0042|3")[:16]
    '8b0cb45c9fe87eae'
    """
    return hashlib.sha256(f"{seed}|{key}".encode()).hexdigest()


def draw(claim: Claim, strategy: Strategy, seed: str) -> Sample:
    """Draw a sample of *claim*: few folders, and out of them something of every cell and each group's size."""
    lines = [line for line in claim.lines if line.grade in GRADES]
    grouped = _by(_GROUP[strategy.basis], lines)
    sizes = {name: strategy.size(_candidates(group)) for name, group in grouped.items()}
    cells = [(cell, 1) for cell in _by(_cell, lines).values()]
    wanted = [(group, sizes[name]) for name, group in grouped.items() if sizes[name] > 0]
    pulled = _pull(claim, seed, [*cells, *wanted])
    tickets = {line: ticket(seed, canonical_key(claim, line)) for line in lines if line.candidate in pulled}
    at_hand = sorted(tickets, key=tickets.__getitem__)
    taken = {cell[0] for cell in _by(_cell, at_hand).values()}
    for name, group in _by(_GROUP[strategy.basis], at_hand).items():
        taken |= _fill(group, taken, sizes[name], tickets)
    groups = tuple(
        Group(name, _candidates(grouped[name]), sizes[name], _candidates(taken & set(grouped[name])))
        for name in sorted(grouped, key=_name_order)
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


def _pull(claim: Claim, seed: str, demands: Sequence[tuple[Sequence[Line], int]]) -> set[str]:
    """The candidates whose folders are pulled, for *demands*: lines, and of how many candidates they are wanted.

    Few that are enough for all demands; in some draws (see ``ONE_MORE``) one more, rather one that is seldom enough.
    """
    folders = sorted(_by(_candidate, {line for lines, _ in demands for line in lines}).items())
    place = {candidate: number for number, (candidate, _) in enumerate(folders)}
    servers = [sorted({place[line.candidate] for line in lines}) for lines, _ in demands]
    tickets = [ticket(seed, _key(claim, candidate)) for candidate, _ in folders]
    risk = [sum(COUNTS[line.grade] for line in lines) / len(lines) for _, lines in folders]
    orders = [_order(tickets, digits, risk) for digits in LOTS]
    choices = Demands(len(folders), servers, [wanted for _, wanted in demands]).fewest(orders)
    few, times = choices[0], Counter(chain.from_iterable(choices))
    chance = int(ticket(seed, _key(claim))[LOTS[0]], 16) / END
    more = int(len(few) * ONE_MORE + chance)
    rest = _order(tickets, LOTS[0], [1 + times[number] for number in range(len(folders))])
    return {folders[number][0] for number in few + [number for number in rest if number not in few][:more]}


def _order(tickets: Sequence[str], digits: slice, counts: Sequence[float]) -> list[int]:
    """Folders by number, the smallest lot first: that of *digits* of their *tickets*, each by what it *counts*."""
    lots = [_lot(of[digits], times) for of, times in zip(tickets, counts, strict=True)]
    return sorted(range(len(lots)), key=lots.__getitem__)


def _fill(
    group: Sequence[Line], taken: Collection[Line], size: int, tickets: Mapping[Line, str]
) -> set[Line]:
    """More lines of *group*, of candidates of whom it has none *taken*, until it has *size* candidates.

    *group* comes in the order of its tickets. Each time the first line of the cell with most left is taken; among
    cells with as many left, of the one that draws the smallest lot.
    """

    def urgency(cell: Sequence[Line]) -> tuple[int, float]:
        return -len(cell), _lot(tickets[cell[0]][LOTS[-1]], COUNTS[cell[0].grade])

    seen = {line.candidate for line in group if line in taken}
    more: set[Line] = set()
    while len(seen) < size:
        left = _by(_cell, (line for line in group if line.candidate not in seen))
        line = min(left.values(), key=urgency)[0]
        more.add(line)
        seen.add(line.candidate)
    return more


def _lot(digits: str, counts: float) -> float:
    """What these *digits* of a ticket draw, where the smallest wins: their odds, times what it *counts*.

    Odds have no upper end, so that now and then what counts once still comes after all that count three times.
    """
    number = int(digits, 16)
    return counts * number / (END - number)


def _key(claim: Claim, *names: str) -> str:
    return "|".join((claim.centre_number, claim.entry_code, *names))


def _cell(line: Line) -> Cell:
    return line.cell


def _candidate(line: Line) -> str:
    return line.candidate


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
