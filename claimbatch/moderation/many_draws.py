"""Thousands of draws of one claim at once: line by line those that ``sampling.draw`` makes, seed by seed.

Python goes through steps and units, numpy through the draws: a row of an array is a draw. A test holds both ways
together, over many claims, strategies and seeds.

Shapes: *n* draws, *F* folders, *L* lines, *U* units, *C* cells of a unit at most, *P* folders pulled at most. A line's
number is its place in the plan; *L* stands for no line, as *F* does for no folder.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from claimbatch.claims.claim import unit_order
from claimbatch.moderation.many_folders import Rounds
from claimbatch.moderation.plan import RISK, Plan, canonical_key, folder_key
from claimbatch.moderation.sampling import ONE_MORE
from claimbatch.moderation.strategies import Basis
from claimbatch.moderation.tickets import END, PLACES, all_numbers, lots, mixed, seed_numbers

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Whole = NDArray[np.signedinteger[Any]]
    Marks = NDArray[np.bool_]
    Seeds = NDArray[np.uint64]

BYTES = 16 * 2**20  # of working memory, about


class ManyDraws:
    """Draws samples by *plan*, as many at once as there are seeds."""

    def __init__(self, plan: Plan) -> None:
        import numpy as np  # noqa: PLC0415

        self.plan = plan
        self._rounds = Rounds(plan.demands)
        self._folder_keys = all_numbers([folder_key(plan.claim, folder) for folder in plan.folders])
        self._line_keys = all_numbers([*(canonical_key(plan.claim, line) for line in plan.lines), ""])
        self._claim_key = all_numbers([folder_key(plan.claim)])[0]
        self._folder_counts = np.array(plan.folder_counts)
        self._line_counts = np.array([*map(plan.counts, plan.lines), 1], float)
        place = {folder: number for number, folder in enumerate(plan.folders)}
        self._folder = np.array([*(place[line.candidate] for line in plan.lines), len(place)], int)
        self._units = sorted({line.unit for line in plan.lines}, key=unit_order)
        unit = np.array([self._units.index(line.unit) for line in plan.lines], int)
        self._at = np.full((len(self._units), len(place) + 1), len(plan.lines))
        self._at[unit, self._folder[:-1]] = np.arange(len(plan.lines))
        cells = sorted({line.cell for line in plan.lines})
        of_unit = {u: [cell for cell in cells if cell[0] == u] for u in self._units}
        self._most = max(map(len, of_unit.values()), default=0)
        self._cell = np.array(
            [*(of_unit[line.unit].index(line.cell) for line in plan.lines), self._most], np.int16
        )
        self._cell_of_all = np.array([*(cells.index(line.cell) for line in plan.lines), len(cells)], int)
        self._sizes = np.zeros((len(self._units), self._most), int)  # of the group of each cell
        for u, name in enumerate(self._units):
            for c, cell in enumerate(of_unit[name]):
                group = {Basis.UNIT: (name,), Basis.PROGRAMME: (), Basis.STRATUM: cell}[plan.strategy.basis]
                self._sizes[u, c] = plan.sizes[group]

    def draw(self, seeds: Sequence[str], *, first_part: bool = False) -> "Marks":
        """Which lines each of *seeds* draws, [n, L]; with *first_part* only those looked at first.

        For more seeds than :attr:`portion` memory grows.
        """
        import numpy as np  # noqa: PLC0415

        if not self.plan.lines:
            return np.zeros((len(seeds), 0), bool)
        numbers = seed_numbers(seeds)
        taken = self._take(numbers, self._pull(numbers))
        return self._first(numbers, taken) if first_part else taken

    @cached_property
    def portion(self) -> int:
        """How many draws at once memory (and the processor's cache) can well hold."""
        folders, demands = len(self.plan.folders), len(self.plan.demands.wants)
        a_draw = 8 * (24 * folders + 4 * demands) + 8 * len(self.plan.lines)
        return max(16, BYTES // max(a_draw, 1))

    def _pull(self, seeds: "Seeds") -> "Marks":
        """Which folders are pulled, [n, F]."""
        import numpy as np  # noqa: PLC0415

        drawn = [mixed(seeds[place][:, None], self._folder_keys[place]) for place in PLACES]
        ranks = np.stack(
            [_ranks(lots(numbers, half, self._folder_counts)) for numbers in drawn for half in (0, 1)], 1
        )
        chosen = self._rounds.choose(ranks.reshape(-1, ranks.shape[2])).reshape(ranks.shape)
        needed = chosen.sum(2)
        fewest = needed == needed.min(1, keepdims=True)
        pulled: Marks = chosen[np.arange(len(chosen)), fewest.argmax(1)]
        times = (chosen & fewest[:, :, None]).sum(1)
        chance = (mixed(seeds[0], self._claim_key) >> np.uint64(32)) / END
        more = (pulled.sum(1) * ONE_MORE + chance).astype(int)
        rest = lots(drawn[0], 0, 1.0 + times)
        for one in range(int(more.max(initial=0))):
            rest[pulled] = np.inf
            which = rest.argmin(1)
            rows = np.flatnonzero((more > one) & (rest[np.arange(len(rest)), which] < np.inf))
            pulled[rows, which[rows]] = True
        return pulled

    def _take(self, seeds: "Seeds", pulled: "Marks") -> "Marks":
        """Which lines are taken out of the folders *pulled*, [n, L]."""
        import numpy as np  # noqa: PLC0415

        at = self._at[:, _slots(pulled)]  # [U, n, P]
        tickets = mixed(seeds[0][:, None], self._line_keys[0][at])
        at = np.take_along_axis(at, np.lexsort((tickets, self._cell[at])), 2)  # by cell, then by ticket
        cell = self._cell[at]
        there = np.stack([(cell == c).sum(2) for c in range(self._most + 1)], 2)  # [U, n, C + 1]
        starts = there.cumsum(2) - there
        takes = np.minimum(there, 1)
        takes[:, :, -1] = 0
        if self.plan.strategy.basis is Basis.STRATUM:
            takes[:, :, :-1] = np.minimum(there[:, :, :-1], np.maximum(self._sizes[:, None], 1))
        elif self.plan.strategy.basis is Basis.UNIT:
            self._fill_units(seeds, at, there, starts, takes)
        rank = np.arange(at.shape[2]) - np.take_along_axis(starts, cell, 2)
        slots = rank < np.take_along_axis(takes, cell, 2)
        taken = np.zeros((len(pulled), len(self.plan.lines) + 1), bool)
        _, draws, _ = np.nonzero(slots)
        taken[draws, at[slots]] = True
        if self.plan.strategy.basis is Basis.PROGRAMME:
            self._fill_programme(seeds, at, taken)
        return taken[:, :-1]

    def _fill_units(
        self, seeds: "Seeds", at: "Whole", there: "Whole", starts: "Whole", takes: "Whole"
    ) -> None:
        """Take more of each unit's cells up to its size: always of the one with most left; *takes* is changed."""
        import numpy as np  # noqa: PLC0415

        left = (there - takes)[:, :, :-1]
        lacks = self._sizes[:, :1] - takes.sum(2)
        while (short := (lacks > 0) & left.any(2)).any():
            unit, draw = np.nonzero(short)
            most = left[unit, draw] == left[unit, draw].max(1, keepdims=True)
            cell = most.argmax(1)
            equals = np.flatnonzero(most.sum(1) > 1)
            next_ = (starts + takes)[unit[equals], draw[equals], :-1]
            slot = np.minimum(next_, at.shape[2] - 1)
            lines = at[unit[equals][:, None], draw[equals][:, None], slot]
            drawn = np.where(most[equals], self._line_lots(seeds[:, draw[equals]], lines), np.inf)
            cell[equals] = drawn.argmin(1)
            takes[unit, draw, cell] += 1
            left[unit, draw, cell] -= 1
            lacks[unit, draw] -= 1

    def _fill_programme(self, seeds: "Seeds", at: "Whole", taken: "Marks") -> None:
        """Take more lines, of candidates of whom there is none, until there are enough; *taken* is changed.

        Always of the cell with most left; as these are few lines of few folders, all cells are looked at together.
        """
        import numpy as np  # noqa: PLC0415

        size = int(self._sizes.max(initial=0))
        seen = np.zeros((len(taken), len(self.plan.folders) + 1), bool)
        seen[:, -1] = True
        draws, lines = np.nonzero(taken)
        seen[draws, self._folder[lines]] = True
        at = at.transpose(1, 0, 2).reshape(len(taken), -1)  # [n, any], each cell's lines by ticket
        while len(lacks := np.flatnonzero(seen[:, :-1].sum(1) < size)):
            of = at[lacks]
            row, slot = np.nonzero(~seen[lacks[:, None], self._folder[of]])
            cell = self._cell_of_all[of[row, slot]]
            left = np.zeros((len(lacks), int(self._cell_of_all.max()) + 1), int)
            np.add.at(left, (row, cell), 1)
            first = np.full_like(left, of.shape[1] - 1)
            np.minimum.at(first, (row, cell), slot)
            next_ = of[np.arange(len(of))[:, None], first]
            most = left == left.max(1, keepdims=True)
            drawn = np.where(most, self._line_lots(seeds[:, lacks], next_), np.inf)
            line = next_[np.arange(len(of)), drawn.argmin(1)]
            taken[lacks, line] = True
            seen[lacks, self._folder[line]] = True

    def _first(self, seeds: "Seeds", taken: "Marks") -> "Marks":
        """Which of the lines *taken* are looked at first, [n, L]: of each group both ends, then by ticket."""
        import numpy as np  # noqa: PLC0415

        found = np.zeros_like(taken)
        rows, number = np.arange(len(taken))[:, None], {line: n for n, line in enumerate(self.plan.lines)}
        for group in self.plan.groups.values():
            lines = np.array([number[line] for line in group])
            risk = np.array([RISK.index(line.grade) for line in group])
            tickets = mixed(seeds[0][:, None], self._line_keys[0][lines])
            order = np.lexsort((tickets, ~taken[:, lines]))  # those taken before the others
            there, risks = taken[rows, lines[order]], risk[order]
            ends = np.zeros_like(there)
            ends[rows, np.where(there, risks, len(RISK)).argmin(1)[:, None]] = True
            if self.plan.strategy.first > 1:
                ends[rows, np.where(there, risks, -1).argmax(1)[:, None]] = True
            others = there & ~ends
            room = self.plan.strategy.first - ends.sum(1, keepdims=True)
            found[rows, lines[order]] = there & (ends | (others & (others.cumsum(1) <= room)))
        return found

    def _line_lots(self, seeds: "Seeds", lines: "Whole") -> "NDArray[np.float64]":
        """The lots of *lines*, [n, any], that decide between cells with as many left."""
        last = mixed(seeds[-1][:, None], self._line_keys[-1][lines])
        return lots(last, 1, self._line_counts[lines])


def _ranks(drawn: "NDArray[np.float64]") -> "Whole":
    """The place of each of the lots *drawn* in its row, 0 for the smallest; among equals the first is before."""
    import numpy as np  # noqa: PLC0415

    order = drawn.argsort(1)
    along = np.take_along_axis(drawn, order, 1)
    if (along[:, 1:] == along[:, :-1]).any():
        order = drawn.argsort(1, kind="stable")
    ranks = np.empty(drawn.shape, np.int16 if drawn.shape[1] < 2**15 else np.int32)
    np.put_along_axis(ranks, order, np.arange(drawn.shape[1], dtype=ranks.dtype)[None, :], 1)
    return ranks


def _slots(pulled: "Marks") -> "Whole":
    """The numbers of the folders *pulled* in each row, [n, P]; F where a row has fewer."""
    import numpy as np  # noqa: PLC0415

    many = pulled.sum(1)
    slots = np.full((len(pulled), int(many.max(initial=0))), pulled.shape[1])
    rows, folders = np.nonzero(pulled)
    slots[rows, np.arange(len(rows)) - (many.cumsum() - many)[rows]] = folders
    return slots
