"""What a draw of a claim starts from, whatever the seed: its lines, groups and sizes, and what each folder can serve.

The *risk order* is: an assessor whose work no moderator has seen here, a unit that none has seen here, then D, M, P.
Every cell is in the sample whatever its risk, so the order cannot say what is left out. It tips the scales between
equals, no more, or the same Ds would come every time: a D's lot counts once, an M's twice, a P's three times, four
times as much where the unit has been moderated before, eight times as much where the assessor has, and the smallest
wins. Lists of cells go by D, M, P.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from claimbatch.claims.claim import GRADES, Claim, Line, unit_order
from claimbatch.moderation.folders import Demands
from claimbatch.moderation.strategies import Basis, Strategy

RISK = "DMP"  # the highest first: the grade that gains most where an assessor was too kind
COUNTS = {"D": 1, "M": 2, "P": 3}  # how often a ticket counts: the more, the less likely it is the smallest
SEEN_UNIT, SEEN_ASSESSOR = 4, 8  # … times as often, where a moderator has seen the unit, the assessor's work

Cell = tuple[str, str, str]  # unit, assessor's initials, grade
Key = TypeVar("Key")

_GROUP: Mapping[Basis, Callable[[Line], tuple[str, ...]]] = {
    Basis.UNIT: lambda line: (line.unit,),
    Basis.PROGRAMME: lambda _: (),
    Basis.STRATUM: lambda line: line.cell,
}


@dataclass(frozen=True, slots=True)
class Moderated:
    """What a moderator has seen of a centre before: whose work (*assessors*, by initials), and which *units*."""

    assessors: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()

    def new_assessors(self, claim: Claim) -> list[str]:
        """The assessors on *claim* whose work no moderator has seen here."""
        return sorted({line.assessor for line in claim.lines} - self.assessors)

    def new_units(self, claim: Claim) -> list[str]:
        """The units of *claim* that no moderator has seen here."""
        return [unit for unit in claim.units if unit not in self.units]


NOTHING = Moderated()


@dataclass(frozen=True)
class Plan:
    """A *claim* and how to draw of it: *lines* may be drawn, *groups* are what each of the *sizes* applies to."""

    claim: Claim
    strategy: Strategy
    moderated: Moderated
    lines: Sequence[Line]
    groups: Mapping[tuple[str, ...], Sequence[Line]]
    sizes: Mapping[tuple[str, ...], int]

    @classmethod
    def of(cls, claim: Claim, strategy: Strategy, moderated: Moderated = NOTHING) -> "Plan":
        """For a sample of *claim* by *strategy*; *moderated* is what a moderator has seen before."""
        lines = [line for line in claim.lines if line.grade in GRADES]
        groups = by(_GROUP[strategy.basis], lines)
        sizes = {name: strategy.size(candidates_of(group)) for name, group in groups.items()}
        return cls(claim, strategy, moderated, lines, groups, sizes)

    def group_of(self, line: Line) -> tuple[str, ...]:
        """The name of the group of *line*."""
        return _GROUP[self.strategy.basis](line)

    def counts(self, line: Line) -> int:
        """How often the lot of *line* counts: the higher its risk, the less."""
        seen_unit = SEEN_UNIT if line.unit in self.moderated.units else 1
        seen_assessor = SEEN_ASSESSOR if line.assessor in self.moderated.assessors else 1
        return COUNTS[line.grade] * seen_unit * seen_assessor

    @cached_property
    def folders(self) -> list[str]:
        """The candidates whose folders could be pulled."""
        return sorted(self._by_folder)

    @cached_property
    def folder_counts(self) -> list[float]:
        """How often the lot of each of the :attr:`folders` counts: as its lines do on average."""
        of = self._by_folder
        return [sum(map(self.counts, of[folder])) / len(of[folder]) for folder in self.folders]

    @cached_property
    def demands(self) -> Demands:
        """What is wanted of the :attr:`folders`: something of every cell, and each group's size."""
        place = {candidate: number for number, candidate in enumerate(self.folders)}
        wanted: list[tuple[Sequence[Line], int]] = [(lines, 1) for lines in by(cell_of, self.lines).values()]
        wanted += [(lines, self.sizes[name]) for name, lines in self.groups.items() if self.sizes[name] > 0]
        servers = [sorted({place[line.candidate] for line in lines}) for lines, _ in wanted]
        return Demands(len(place), servers, [number for _, number in wanted])

    @cached_property
    def _by_folder(self) -> Mapping[str, Sequence[Line]]:
        return by(lambda line: line.candidate, self.lines)


def canonical_key(claim: Claim, line: Line) -> str:
    """What names *line*: its centre number, entry code, candidate number and unit, ``68199|05347|0042|3``."""
    return folder_key(claim, line.candidate, line.unit)


def folder_key(claim: Claim, *names: str) -> str:
    """What names a folder, by the candidate number in *names*; without any, the claim."""
    return "|".join((claim.centre_number, claim.entry_code, *names))


def by(key: Callable[[Line], Key], lines: Iterable[Line]) -> dict[Key, list[Line]]:
    """The *lines* by their *key*, in their order."""
    groups: dict[Key, list[Line]] = defaultdict(list)
    for line in lines:
        groups[key(line)].append(line)
    return groups


def cell_of(line: Line) -> Cell:
    """The cell of *line*."""
    return line.cell


def candidates_of(lines: Iterable[Line]) -> int:
    """How many candidates the *lines* are of."""
    return len({line.candidate for line in lines})


def name_order(name: tuple[str, ...]) -> tuple[object, ...]:
    """The sorting key of a group's or cell's name: by unit, assessor and risk."""
    if not name:
        return ()
    unit, *rest = name
    return (unit_order(unit), *rest[:1], *(RISK.find(grade) for grade in rest[1:]))
