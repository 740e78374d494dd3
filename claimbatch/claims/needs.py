"""What a qualification asks for its award, as far as it is known, and in words how far that is."""

from collections.abc import Iterator
from dataclasses import dataclass

from claimbatch.claims.scale import Ranges, Scale, Scales, find_scale
from claimbatch.form.qualification import Qualification, Unit


@dataclass(frozen=True, slots=True)
class Needs:
    """The needs of an award of *qualification*, counted on *scale*."""

    qualification: Qualification
    scale: Scale

    @property
    def size(self) -> int:
        """The size of the qualification in what the scale counts; 0 where it is not known."""
        size = self.qualification.size
        return size.value if size and size.unit == self.scale.unit else 0

    @property
    def ranges(self) -> Ranges | None:
        """The awards of this size, where they are known."""
        return self.scale.ranges(self.size)

    @property
    def examined(self) -> bool:
        """Whether examined units belong to it, so that a claim never holds all of it."""
        return self.scale.examined or any(unit.external for unit in self.qualification.units)

    @property
    def mandatory(self) -> tuple[Unit, ...]:
        """The units known to be mandatory whatever the pathway, examined ones too."""
        return tuple(unit for unit in self.qualification.units if unit.mandatory is True)

    @property
    def room(self) -> int:
        """The size that is left for optional units beside all mandatory ones, claimed or not."""
        return max(self.size - sum(self.scale.size(unit) for unit in self.mandatory), 0)

    def caveats(self) -> Iterator[str]:
        """What is not known or not verified of all this, and what a claim cannot tell."""
        if self.examined:
            yield "Examined units are not part of a claim and are not counted: the claim alone cannot give the award."
        yield from self._size_caveats()
        doubted = [grade for grade, points in self.scale.points.items() if not points.verified]
        if doubted:
            why = "; ".join(dict.fromkeys(self.scale.points[grade].why for grade in doubted))
            yield f"Not verified: the points for {', '.join(doubted)} ({why})."
        yield from self._unit_caveats()

    def _size_caveats(self) -> Iterator[str]:
        size, ranges = self.qualification.size, self.ranges
        if not self.size:
            yield "Not known: the size of the qualification, so also the award and how much is missing."
        elif size and not size.verified:
            yield f"Not verified: the size of the qualification, {size} ({size.why})."
        if self.size and ranges is None:
            yield f"Not known: the points that each award of {self.size} {self.scale.measure} needs."
        elif ranges and not ranges.verified:
            yield f"Not verified: the points that each award needs ({ranges.why})."

    def _unit_caveats(self) -> Iterator[str]:
        units = self.qualification.units
        if any(self.scale.size(unit) and not (unit.verified and unit.size_verified) for unit in units):
            yield f"Not verified: the sizes of some units (see {self.qualification.file})."
        if any(unit.mandatory is None for unit in units):
            yield "Not known of every unit: whether it is mandatory."
        for unit in units:
            if isinstance(unit.mandatory, str):
                yield f"{unit.label} is mandatory in the {unit.mandatory}; it is counted as optional."


def needs_of(qualification: Qualification, scales: Scales | None = None) -> Needs | None:
    """The needs of *qualification*; None where no points are known for its suite and level."""
    scale = find_scale(qualification.suite, qualification.level, scales)
    return Needs(qualification, scale) if scale else None
