"""The rounds of looking for few folders (``folders``), thousands at once: a row of an array is a round.

It chooses what :meth:`~claimbatch.moderation.folders.Demands.fewest` chooses, to the folder; a test holds the two
together. Python goes through the steps of a round, numpy through the rounds.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from claimbatch.moderation.folders import Demands

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Whole = NDArray[np.signedinteger[Any]]
    Marks = NDArray[np.bool_]


class Rounds:
    """What the rounds of one claim have in common: which folder serves what, and how things stand at their start."""

    def __init__(self, demands: Demands) -> None:
        import numpy as np  # noqa: PLC0415

        folders, wanted = len(demands.adds), len(demands.wants)
        self.folders = folders
        self._serves = np.zeros((folders + 1, wanted), bool)  # the row after the last: no folder
        for demand, able in enumerate(demands.servers):
            self._serves[able, demand] = True
        most = max(demands.adds, default=0)
        kind = np.int16 if most < np.iinfo(np.int16).max else np.int32
        self._loses = np.zeros((wanted + 1, folders), kind)  # the row after the last: no demand
        self._loses[:-1] = self._serves[:-1].T * np.array(demands.weights)[:, None]
        self.forced = [
            folder
            for folder in range(folders)
            if any(demands.wants[d] == len(demands.servers[d]) for d in demands.served[folder])
        ]
        small = np.int8 if folders < np.iinfo(np.int8).max else np.int16  # a folder takes one of each at most
        self._left = np.array(demands.wants, small) - self._serves[self.forced].sum(0, dtype=small)
        self._adds = np.array(demands.adds, kind) - self._loses[:-1][self._left <= 0].sum(0, dtype=kind)
        self._adds[self.forced] = -1  # below all others: a folder is pulled once

    def choose(self, ranks: "Whole") -> "Marks":
        """The folders chosen, [round, folder], where each round welcomes them by their *ranks*, 0 before all."""
        import numpy as np  # noqa: PLC0415

        chosen = np.zeros((len(ranks), self.folders + 1), bool)
        chosen[:, self.forced] = True
        if (self._left > 0).any():
            pulled, left = self._pull(ranks)
            rows = np.arange(len(ranks))
            for folder in pulled:
                chosen[rows, folder] = True
            self._drop_idle(chosen, pulled, left)
        return chosen[:, :-1]

    def _pull(self, ranks: "Whole") -> "tuple[list[Whole], Whole]":
        """The folders pulled in each step, [round], and what each demand is left to want then, [round, demand]."""
        import numpy as np  # noqa: PLC0415

        first, left, adds = self._start(ranks)
        pulled, last = [first], np.empty_like(left)
        rows, welcome = np.arange(len(ranks)), self.folders - ranks  # the rounds that go on
        while True:
            # What adds most; among equals, what is most welcome.
            folder = (adds * np.int32(self.folders + 1) + welcome).argmax(1)
            goes_on = adds[np.arange(len(rows)), folder] > 0
            if not goes_on.all():
                last[rows[~goes_on]] = left[~goes_on]
                rows, left, adds, welcome = (part[goes_on] for part in (rows, left, adds, welcome))
                folder = folder[goes_on]
            if not len(rows):
                return pulled, last
            step = np.full(len(last), self.folders)
            step[rows] = folder
            pulled.append(step)
            serves = self._serves[folder]
            met = (left == 1) & serves
            left -= serves.view(np.int8)
            adds[np.arange(len(rows)), folder] = -1
            self._lose(adds, met)

    def _start(self, ranks: "Whole") -> "tuple[Whole, Whole, Whole]":
        """The first folder of each round that adds anything; and how things stand when it is pulled.

        Many rounds start alike, so that is found once for each first folder.
        """
        import numpy as np  # noqa: PLC0415

        never = np.iinfo(ranks.dtype).max
        first = np.where(self._adds > 0, ranks, never).argmin(1)
        which, alike = np.unique(first, return_inverse=True)
        left = self._left - self._serves[which]
        met = self._serves[which] & (left == 0)
        adds = np.tile(self._adds, (len(which), 1))
        self._lose(adds, met)
        adds[np.arange(len(which)), which] = -1
        return first, left[alike], adds[alike]

    def _lose(self, adds: "Whole", met: "Marks") -> None:
        """Take from what folders add the weight of the demands that were just *met*; in place.

        The first of each round, then the second of each … A round that has no more of them loses nothing.
        """
        import numpy as np  # noqa: PLC0415

        rows, demands = np.divmod(np.flatnonzero(met), met.shape[1])
        many = np.bincount(rows, minlength=len(met))
        nth = np.full((int(many.max(initial=0)), len(met)), met.shape[1])  # the n-th demand met in each round
        nth[np.arange(len(rows)) - (many.cumsum() - many)[rows], rows] = demands
        for of in nth:
            have = np.flatnonzero(of < met.shape[1])
            if 2 * len(have) > len(met):
                adds -= self._loses.take(of, 0)
            else:
                now = adds.take(have, 0)
                now -= self._loses.take(of[have], 0)
                adds[have] = now

    def _drop_idle(self, chosen: "Marks", pulled: "Sequence[Whole]", left: "Whole") -> None:
        """Unmark the folders *chosen* that others make needless, the last *pulled* being the first to go; in place."""
        import numpy as np  # noqa: PLC0415

        serves = np.packbits(self._serves, axis=1)
        none_spare = np.packbits(left == 0, axis=1)
        for folder in reversed(pulled):
            needed = (serves[folder] & none_spare).any(1)
            idle = np.flatnonzero(~needed & (folder < self.folders))
            if len(idle):
                chosen[idle, folder[idle]] = False
                left[idle] += self._serves[folder[idle]]
                none_spare[idle] = np.packbits(left[idle] == 0, axis=1)
