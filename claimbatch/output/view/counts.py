"""How often each grade was given: by unit, and by assessor within a unit."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from claimbatch.claims.claim import GRADES, Line, unit_order


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of each grade an assessor gave in a unit; *grades* in the order P, M, D."""

    unit: str
    assessor: str
    grades: tuple[int, ...]

    @property
    def total(self) -> int:
        """All grades together."""
        return sum(self.grades)


def grades_of(lines: Iterable[Line]) -> tuple[int, ...]:
    """How many of each grade *lines* hold, in the order P, M, D."""
    counts = Counter(line.grade for line in lines)
    return tuple(counts[grade] for grade in GRADES)


def by_unit(lines: Iterable[Line]) -> list[list[Tally]]:
    """The tallies of each unit, in order of units and assessors."""

    def key(line: Line) -> tuple[tuple[int, int, str], str]:
        return unit_order(line.unit), line.assessor

    groups = (list(group) for _, group in groupby(sorted(lines, key=key), key=key))
    tallies = [Tally(group[0].unit, group[0].assessor, grades_of(group)) for group in groups]
    return [list(group) for _, group in groupby(tallies, key=lambda tally: tally.unit)]
