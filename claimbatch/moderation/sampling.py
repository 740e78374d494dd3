"""Draws a sample of a claim as a moderator might, so that a centre sees beforehand what it may be asked for.

What a moderator agrees or withdraws is a cell, unit × assessor × grade. So a sample takes something of every cell, and
of each group at least the size that the strategy asks for, out of few candidates' folders. The folders are chosen
first, with every cell and every size in view (``folders``). Out of them comes the smallest ticket of each cell, and
then more of each group up to its size.

The *ticket* of a line is made from the seed and the line's canonical key (``tickets``); that of a folder is the same
without the unit. The smallest is taken first, so the order of the lines does not matter, one more line moves no other
ticket, and anybody can check a ticket without claimbatch.

The choice is *fair*: another seed is another choice, every line has its chance, and nothing comes always but what the
claim or a size leaves no choice about. For that each round of looking for few folders begins with the folder whose lot
is smallest, not with the richest; and in some draws one folder more is pulled than was needed.

The *risk* tips the scales between equals (``plan``). So it is with folders that serve as much (a folder counts as its
lines do on average), and with the cells of a unit of which as many lines are left when its size is filled.

Where a strategy has *stages*, each group's sample has a first part, with its highest and its lowest grade; the rest is
looked at only if that part is not agreed.

A draw is a *simulation*: OCR publishes no sample size for Cambridge Technicals, and the moderator chooses.
``many_draws`` makes the same draws by the thousand.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from claimbatch.claims.claim import Claim, Line, line_order
from claimbatch.moderation.plan import (
    NOTHING,
    RISK,
    Cell,
    Moderated,
    Plan,
    by,
    candidates_of,
    canonical_key,
    cell_of,
    folder_key,
    name_order,
)
from claimbatch.moderation.strategies import Strategy
from claimbatch.moderation.tickets import END, LOTS, lot, ticket

ONE_MORE = 1 / 24  # on average, for each folder that is needed: so much a fair choice may cost


@dataclass(frozen=True, slots=True)
class Group:
    """How one group fared: *name* is ``()`` for the whole claim, ``("3",)`` for a unit, or a cell.

    *candidates* stand in the group, *size* of them are wanted, *taken* of them are in the sample. *asked* is what the
    strategy asks for even where there are fewer candidates; None where its source says nothing about so many.
    """

    name: tuple[str, ...]
    candidates: int
    size: int
    taken: int
    asked: int | None

    @property
    def above(self) -> int:
        """How far covering every cell went above the size."""
        return max(0, self.taken - self.size)

    @property
    def short(self) -> int:
        """How many more the strategy asks for than there are candidates."""
        return max(0, (self.asked or 0) - self.candidates)


@dataclass(frozen=True, slots=True)
class Sample:
    """The lines chosen, in order of candidate and unit, and the cells of the claim that none of them covers.

    *strategy* is None for a sample that a moderator chose; then there is no *seed* and there are no *groups*. *first*
    are the lines looked at first, where the strategy has stages. *passed_over* are lines of the claim that no sample
    can hold, because they have no grade that a centre gives.
    """

    strategy: Strategy | None
    seed: str
    lines: tuple[Line, ...]
    uncovered: tuple[Cell, ...] = ()
    groups: tuple[Group, ...] = ()
    first: tuple[Line, ...] = ()
    passed_over: tuple[Line, ...] = ()

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


def draw(claim: Claim, strategy: Strategy, seed: str, moderated: Moderated = NOTHING) -> Sample:
    """Draw a sample of *claim*: few folders, and out of them something of every cell and each group's size.

    *moderated* is what a moderator has seen before: new assessors and units are likelier to come.
    """
    plan = Plan.of(claim, strategy, moderated)
    pulled = _pull(plan, seed)
    tickets = {
        line: ticket(seed, canonical_key(claim, line)) for line in plan.lines if line.candidate in pulled
    }
    at_hand = sorted(tickets, key=tickets.__getitem__)
    taken = {cell[0] for cell in by(cell_of, at_hand).values()}
    for name, group in by(plan.group_of, at_hand).items():
        taken |= _fill(plan, group, taken, plan.sizes[name], tickets)
    groups = tuple(
        Group(
            name,
            candidates := candidates_of(plan.groups[name]),
            plan.sizes[name],
            candidates_of(taken & set(plan.groups[name])),
            strategy.asked(candidates),
        )
        for name in sorted(plan.groups, key=name_order)
    )
    return Sample(
        strategy,
        seed,
        _in_order(taken),
        uncovered(plan.lines, taken),
        groups,
        _in_order(_first_part(plan, taken, tickets)),
        _in_order(set(claim.lines) - set(plan.lines)),
    )


def recorded(claim: Claim, pairs: Collection[tuple[str, str]]) -> Sample:
    """The sample that a moderator chose, by candidate number and unit."""
    chosen = [line for line in claim.lines if (line.candidate, line.unit) in pairs]
    return Sample(None, "", _in_order(chosen), uncovered(claim.lines, chosen))


def uncovered(lines: Iterable[Line], sampled: Iterable[Line]) -> tuple[Cell, ...]:
    """The cells of *lines* of which no line was *sampled*, by unit, assessor and risk."""
    left = {line.cell for line in lines} - {line.cell for line in sampled}
    return tuple(sorted(left, key=name_order))


def _pull(plan: Plan, seed: str) -> set[str]:
    """The candidates whose folders are pulled.

    Few that are enough for all demands; in some draws (see ``ONE_MORE``) one more, rather one that is seldom enough.
    """
    tickets = [ticket(seed, folder_key(plan.claim, candidate)) for candidate in plan.folders]
    orders = [_order(tickets, digits, plan.folder_counts) for digits in LOTS]
    choices = plan.demands.fewest(orders)
    few, times = choices[0], Counter(chain.from_iterable(choices))
    chance = int(ticket(seed, folder_key(plan.claim))[LOTS[0]], 16) / END
    more = int(len(few) * ONE_MORE + chance)
    rest = _order(tickets, LOTS[0], [1 + times[number] for number in range(len(plan.folders))])
    return {plan.folders[number] for number in few + [number for number in rest if number not in few][:more]}


def _order(tickets: Sequence[str], digits: slice, counts: Sequence[float]) -> list[int]:
    """Folders by number, the smallest lot first: that of *digits* of their *tickets*, each by what it *counts*."""
    lots = [lot(of[digits], times) for of, times in zip(tickets, counts, strict=True)]
    return sorted(range(len(lots)), key=lots.__getitem__)


def _fill(
    plan: Plan, group: Sequence[Line], taken: Collection[Line], size: int, tickets: Mapping[Line, str]
) -> set[Line]:
    """More lines of *group*, of candidates of whom it has none *taken*, until it has *size* candidates.

    *group* comes in the order of its tickets. Each time the first line of the cell with most left is taken; among
    cells with as many left, of the one that draws the smallest lot.
    """

    def urgency(cell: Sequence[Line]) -> tuple[int, float, Cell]:
        first = cell[0]
        return -len(cell), lot(tickets[first][LOTS[-1]], plan.counts(first)), first.cell

    seen = {line.candidate for line in group if line in taken}
    more: set[Line] = set()
    while len(seen) < size:
        left = by(cell_of, (line for line in group if line.candidate not in seen))
        line = min(left.values(), key=urgency)[0]
        more.add(line)
        seen.add(line.candidate)
    return more


def _first_part(plan: Plan, taken: Iterable[Line], tickets: Mapping[Line, str]) -> list[Line]:
    """Of each group's lines *taken* those looked at first: its highest and lowest grade, then the smallest tickets."""
    if not plan.strategy.first:
        return []
    found: list[Line] = []
    for group in by(plan.group_of, sorted(taken, key=tickets.__getitem__)).values():
        highest = min(group, key=lambda line: RISK.index(line.grade))
        lowest = max(group, key=lambda line: RISK.index(line.grade))
        ends = [highest, lowest][: len({highest, lowest})]
        found += [*ends, *(line for line in group if line not in ends)][: plan.strategy.first]
    return found


def _in_order(lines: Iterable[Line]) -> tuple[Line, ...]:
    return tuple(sorted(lines, key=line_order))
