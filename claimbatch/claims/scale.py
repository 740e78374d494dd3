"""Overall grades as data: points for a unit's grade and size, awards for points, from ``schemas/award.toml``."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import ClassVar, Literal

from claimbatch.data import schema_file
from claimbatch.form.handwritten import STRICT, make, read_toml
from claimbatch.form.qualification import Unit


@dataclass(frozen=True, slots=True)
class Points:
    """What a grade gives for one step of size (30 GLH, or 1 credit)."""

    __pydantic_config__: ClassVar = STRICT

    value: int
    verified: bool = False
    why: str = ""
    source: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranges:
    """The awards of one *size* of qualification: the fewest points that make each, the lowest first."""

    __pydantic_config__: ClassVar = STRICT

    size: int
    lowest: dict[str, int]
    verified: bool = False
    why: str = ""
    source: tuple[str, ...] = ()

    def award(self, points: Fraction) -> str:
        """The award that *points* make, ``MM``; empty below the lowest."""
        return next((award for award, least in reversed(self.lowest.items()) if least <= points), "")


@dataclass(frozen=True, slots=True)
class Scale:
    """How one suite and level turns unit grades into an overall grade.

    *examined* says that examined units belong to every award: what a claim holds is then only a part of it.
    """

    __pydantic_config__: ClassVar = STRICT

    suite: int
    level: int
    unit: Literal["glh", "credits"]
    per: int
    points: dict[str, Points]
    award: tuple[Ranges, ...]
    examined: bool = False

    def size(self, unit: Unit) -> int:
        """The size of *unit* in what this scale counts; 0 where it is not known."""
        return (unit.glh if self.unit == "glh" else unit.credits) or 0

    def worth(self, grade: str, size: int) -> Fraction:
        """The points of *grade* for a *size*: 24 for M in 90 GLH. Exact, for not every size is a full step."""
        return Fraction(self.points[grade].value * size, self.per)

    def ranges(self, size: int) -> Ranges | None:
        """The awards of a qualification of *size*, where they are known."""
        return next((ranges for ranges in self.award if ranges.size == size), None)

    @property
    def measure(self) -> str:
        """What sizes are counted in, as people write it: ``GLH`` or ``credits``."""
        return "GLH" if self.unit == "glh" else self.unit


@dataclass(frozen=True, slots=True)
class _File:
    __pydantic_config__: ClassVar = STRICT

    scale: tuple[Scale, ...]
    sources: dict[str, str]


Scales = tuple[Scale, ...]


@cache
def load_scales(path: Path | None = None) -> Scales:
    """Every scale of the file *path*; the shipped ones where none is given."""
    path = path or schema_file("award.toml")
    return make(_File, read_toml(path), str(path)).scale


def find_scale(suite: int, level: int, scales: Scales | None = None) -> Scale | None:
    """The scale of the *suite* (2012, 2016) at *level*, where it is known; of the shipped ones where none are given."""
    known = load_scales() if scales is None else scales
    return next((scale for scale in known if (scale.suite, scale.level) == (suite, level)), None)
