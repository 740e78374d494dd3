"""Chooses few candidates' folders that meet every demand of a sample together.

Pulling a folder is what costs a centre, whatever is taken out of it. So the fewest folders are looked for with all
demands in view at once: something of every cell, and every group's size. (Elsewhere this is called set multicover. To
be sure of the very fewest is hard; several quick rounds come near.)
"""

from collections.abc import Iterable, Sequence


class Demands:
    """What is wanted of the *folders*, and which of them can serve it; both are numbered from 0.

    *servers* holds for each demand the folders that can serve it, *wants* how many of those it wants: one or more, at
    most all.
    """

    def __init__(self, folders: int, servers: Sequence[Sequence[int]], wants: Sequence[int]) -> None:
        self.servers = servers
        self.wants = wants
        self.served: list[list[int]] = [[] for _ in range(folders)]  # the demands that each folder can serve
        for demand, able in enumerate(servers):
            for folder in able:
                self.served[folder].append(demand)
        # The fewer can serve a demand the more it weighs: one more for each halving.
        self.weights = [
            (folders * wanted // len(able)).bit_length() for able, wanted in zip(servers, wants, strict=True)
        ]
        self.adds = [sum(self.weights[demand] for demand in demands) for demands in self.served]

    def fewest(self, orders: Iterable[Sequence[int]]) -> list[list[int]]:
        """Choices of few folders that meet all demands: those of the rounds that came out with the fewest.

        Each of *orders* makes a round: all folders, the more welcome first.
        """
        forced = {
            folder
            for able, wanted in zip(self.servers, self.wants, strict=True)
            for folder in able
            if wanted == len(able)
        }
        choices = [self._round(sorted(forced), order) for order in orders]
        return [choice for choice in choices if len(choice) == min(map(len, choices))]

    def _round(self, forced: Sequence[int], order: Sequence[int]) -> list[int]:
        """Those *forced*, then the first of *order* that adds anything, then always one that adds most.

        To begin with whatever comes first, and not with the richest, is what gives every folder its turn. Among
        those that add as much the first of *order* is pulled.
        """
        pile = _Pile(self)
        for folder in forced:
            pile.pull(folder)
        others = [folder for folder in order if folder not in pile.folders]
        starter = next((folder for folder in others if pile.adds[folder]), None)
        while pile.open:
            folder = max(others, key=pile.adds.__getitem__) if starter is None else starter
            pile.pull(folder)
            others.remove(folder)
            starter = None
        return self._without_idle(pile.folders)

    def _without_idle(self, folders: Sequence[int]) -> list[int]:
        """*folders* without those that the others make needless, the last pulled being the first to go."""
        kept = list(folders)
        spare = [-wanted for wanted in self.wants]
        for folder in folders:
            for demand in self.served[folder]:
                spare[demand] += 1
        for folder in reversed(folders):
            if all(spare[demand] for demand in self.served[folder]):
                kept.remove(folder)
                for demand in self.served[folder]:
                    spare[demand] -= 1
        return kept


class _Pile:
    """The *folders* pulled so far, how many demands are *open*, and what each other folder *adds*, by their weight."""

    def __init__(self, demands: Demands) -> None:
        self._demands = demands
        self._left = list(demands.wants)
        self.folders: list[int] = []
        self.open = len(demands.wants)
        self.adds = list(demands.adds)

    def pull(self, folder: int) -> None:
        self.folders.append(folder)
        for demand in self._demands.served[folder]:
            self._left[demand] -= 1
            if not self._left[demand]:
                self.open -= 1
                for other in self._demands.servers[demand]:
                    self.adds[other] -= self._demands.weights[demand]
