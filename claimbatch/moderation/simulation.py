"""What a centre may be asked for, before it is: thousands of samples drawn, and what they have in common.

The draws are those of ``sampling.draw`` with the seeds 1, 2, 3 …, so every number here can be had by drawing and
counting. As with every draw, this is a *simulation*: OCR publishes no sample size for Cambridge Technicals.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from claimbatch.claims.claim import Claim, Line, line_order
from claimbatch.moderation.many_draws import ManyDraws
from claimbatch.moderation.plan import NOTHING, Cell, Moderated, Plan, name_order
from claimbatch.moderation.strategies import Strategy

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Whole = NDArray[np.signedinteger[Any]]
    Marks = NDArray[np.bool_]

DRAWS = 10_000
WRONG = (1, 2, 3, 5)  # how many wrong grades of a cell are spoken of
Portions = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Exposure:
    """One piece of work, and how likely it is in a sample (0 to 1)."""

    line: Line
    probability: float


@dataclass(frozen=True, slots=True)
class Folders:
    """How many candidates' folders samples ask for: *draws* by the number of folders.

    With *median* folders ready half of the samples, with *p95* 95 of 100 could be shown.
    """

    draws: Mapping[int, int]

    @property
    def median(self) -> int:
        """As many as half of the draws need at most."""
        return self.enough_for(0.5)

    @property
    def p95(self) -> int:
        """As many as 95 of 100 draws need at most."""
        return self.enough_for(0.95)

    @property
    def enough(self) -> list[tuple[int, int, float]]:
        """Each number of folders, how many draws need just so many, and for what share of all (0 to 1) it is enough."""
        numbers, every = sorted(self.draws), sum(self.draws.values())
        so_far = accumulate(self.draws[number] for number in numbers)
        return [
            (number, self.draws[number], up_to / every) for number, up_to in zip(numbers, so_far, strict=True)
        ]

    def enough_for(self, share: float) -> int:
        """The fewest folders that are enough for this *share* (0 to 1) of the draws."""
        wanted, so_far = share * sum(self.draws.values()), 0
        for folders in sorted(self.draws):
            so_far += self.draws[folders]
            if so_far >= wanted:
                return folders
        return 0


@dataclass(frozen=True, slots=True)
class CellChance:
    """A cell of so many *lines*: how many of them samples hold (*draws* by that number), and what they would catch."""

    cell: Cell
    lines: int
    draws: Mapping[int, int]

    @property
    def average(self) -> float:
        """How many of the lines a sample holds on average."""
        return sum(held * times for held, times in self.draws.items()) / sum(self.draws.values())

    def catch(self) -> list[float]:
        """How likely a sample holds at least one of 1, 2, 3 … wrong grades, up to all of the lines.

        Any of the lines may be wrong, all alike: a sample that holds h of n lines misses k wrong ones in as many of the
        ways to choose k of n as there are ways to choose them from the n - h others (hypergeometric).
        """
        chances, all_draws = [0.0] * self.lines, sum(self.draws.values())
        for held, times in self.draws.items():
            missed = 1.0
            for wrong in range(self.lines):
                missed *= max(0, self.lines - held - wrong) / (self.lines - wrong)
                chances[wrong] += (1 - missed) * times / all_draws
        return chances


@dataclass(frozen=True, slots=True)
class Simulation:
    """What so many *draws* by a *strategy* have in common; *first_part*: of what is looked at first alone.

    *exposures* are by candidate and unit, *cells* by unit, assessor and risk. *people* says of each candidate how
    likely a sample asks for the folder.
    """

    strategy: Strategy
    draws: int
    first_part: bool
    exposures: tuple[Exposure, ...]
    folders: Folders
    cells: tuple[CellChance, ...]
    people: Mapping[str, float]


def in_100(share: float) -> tuple[str, int]:
    """A chance (0 to 1) in whole parts of 100, never 0 or 100 for what may happen or fail.

    >>> in_100(0.001), in_100(0.34), in_100(0.999), in_100(1.0)
    (('<', 1), ('', 34), ('>', 99), ('', 100))
    """
    if 0 < share <= 0.005:
        return "<", 1
    return (">", 99) if 0.995 <= share < 1 else ("", round(share * 100))


def simulate(
    claim: Claim,
    strategy: Strategy,
    draws: int = DRAWS,
    moderated: Moderated = NOTHING,
    *,
    first_part: bool = False,
    watch: Callable[[Portions], Iterable[Sequence[str]]] = iter,
) -> Simulation:
    """Draw samples of *claim* with the seeds 1 to *draws*, and count.

    With *first_part* only what is looked at first counts, where *strategy* has stages. *watch* is handed the seeds in
    portions and gives them out one by one, so that it can show how far it is.
    """
    many = ManyDraws(Plan.of(claim, strategy, moderated))
    seeds = [str(number) for number in range(1, draws + 1)]
    counts = _Counts(many.plan)
    for portion in watch([seeds[at : at + many.portion] for at in range(0, draws, many.portion)]):
        counts.add(many.draw(portion, first_part=first_part))
    return Simulation(
        strategy,
        draws,
        first_part,
        counts.exposures(draws),
        Folders(counts.folders),
        counts.chances(),
        counts.people(draws),
    )


class _Counts:
    """How often each line was drawn, so many folders were asked for, and so many lines of each cell."""

    def __init__(self, plan: Plan) -> None:
        import numpy as np  # noqa: PLC0415

        self._lines = plan.lines
        self._drawn = np.zeros(len(plan.lines), int)
        self.folders: Counter[int] = Counter()
        self._by_folder = _runs([line.candidate for line in plan.lines])
        self._by_cell = _runs([line.cell for line in plan.lines])
        self._asked = np.zeros(len(self._by_folder[0]), int)
        self._of_cell: dict[Cell, Counter[int]] = {cell: Counter() for cell in self._by_cell[0]}

    def add(self, drawn: "Marks") -> None:
        """Count these draws, [draw, line]."""
        import numpy as np  # noqa: PLC0415

        self._drawn += drawn.sum(0)
        if not drawn.shape[1]:
            self.folders[0] += len(drawn)
            return
        _, order, starts = self._by_folder
        asked = np.logical_or.reduceat(drawn[:, order], starts, axis=1)
        self._asked += asked.sum(0)
        self.folders.update(asked.sum(1).tolist())
        cells, order, starts = self._by_cell
        held = np.add.reduceat(drawn[:, order], starts, axis=1, dtype=np.int32)
        for cell, of in zip(cells, held.T, strict=True):
            self._of_cell[cell].update(dict(enumerate(np.bincount(of).tolist())))

    def exposures(self, draws: int) -> tuple[Exposure, ...]:
        """Each line's share of the *draws*."""
        found = [
            Exposure(line, int(times) / draws) for line, times in zip(self._lines, self._drawn, strict=True)
        ]
        return tuple(sorted(found, key=lambda one: line_order(one.line)))

    def people(self, draws: int) -> dict[str, float]:
        """In which share of the *draws* each candidate's folder is asked for."""
        return {who: int(times) / draws for who, times in zip(self._by_folder[0], self._asked, strict=True)}

    def chances(self) -> tuple[CellChance, ...]:
        """What is held of each cell."""
        sizes = Counter(line.cell for line in self._lines)
        return tuple(
            CellChance(cell, sizes[cell], {held: n for held, n in self._of_cell[cell].items() if n})
            for cell in sorted(self._of_cell, key=name_order)
        )


def _runs(keys: Sequence[Any]) -> "tuple[list[Any], Whole, Whole]":
    """The different *keys*; the order that brings alike ones together; and where in it each begins."""
    import numpy as np  # noqa: PLC0415

    order = sorted(range(len(keys)), key=keys.__getitem__)
    names = sorted(set(keys))
    sizes = Counter(keys)
    starts = np.cumsum([0, *(sizes[name] for name in names)])[:-1]
    return names, np.array(order, int), starts
