"""What a claim adds up to for each candidate: points, the units that count, the award, and what is missing.

For information only, before claiming: a claim may hold some or all of the units of an award, and OCR alone works out
overall grades. Mandatory units count first, and room is kept for those not claimed. Of the optional units those count
that fill the rest of the size, and among these the ones with most points (OCR: if more is held than is needed, only
the strongest optional units count). So a better grade never lowers points, and one more unit never lowers an award.

Little of this is verified. What is not, and what is not known, is said in :attr:`Award.notes`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from math import lcm

from claimbatch.claims.claim import OTHER, Claim, Line
from claimbatch.claims.needs import Needs, needs_of
from claimbatch.claims.scale import Scales
from claimbatch.form.qualification import Qualification, Unit


@dataclass(frozen=True, slots=True)
class Award:
    """What one candidate's lines add up to.

    *points* is None where no claimed unit can be counted. *counted* are the units that count, as in ``Line.unit``,
    mandatory ones first, and *counted_size* is their size in *measure* (GLH or credits); *full_size* is that of the
    qualification, 0 where it is not known. *reached* is the award, ``MM``, or empty where the claim does not give one;
    *in_reach* the one that a D in all that is missing would make. In words: *short*, how much of the size is missing,
    *needed*, the mandatory units that are, and *notes*. *unsized* are claimed units that cannot be counted, because
    their size is not known.
    """

    points: Fraction | None = None
    counted: tuple[str, ...] = ()
    counted_size: int = 0
    full_size: int = 0
    measure: str = ""
    reached: str = ""
    in_reach: str = ""
    short: str = ""
    needed: tuple[str, ...] = ()
    unsized: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """What keeps the award from being full, in words: all of it."""
        unknown = f"units with unknown size: {', '.join(f'Unit {unit}' for unit in self.unsized)}"
        return tuple(filter(None, (self.short, *self.needed, unknown if self.unsized else "")))

    @property
    def size(self) -> str:
        """How much of the full size is counted: ``60 of 360 GLH``; ``60 GLH`` where the full size is not known."""
        of = f" of {self.full_size}" if self.full_size else ""
        return f"{self.counted_size}{of} {self.measure}" if self.measure else ""


@dataclass(frozen=True, slots=True)
class _Held:
    """A claimed unit of known size, and what its grade is worth."""

    unit: Unit
    size: int
    points: Fraction


def awards(claim: Claim, scales: Scales | None = None) -> dict[str, Award]:
    """The award of each candidate on *claim*, by number, in order; *scales* are the shipped ones if not given."""
    lines = sorted(claim.lines, key=lambda line: line.candidate)
    return {
        candidate: award(tuple(group), claim.qualification, scales)
        for candidate, group in groupby(lines, key=lambda line: line.candidate)
    }


def notes_of(found: Iterable[Award]) -> list[str]:
    """What the notes of several awards say, each once."""
    return list(dict.fromkeys(note for one in found for note in one.notes))


def award(lines: Sequence[Line], qualification: Qualification, scales: Scales | None = None) -> Award:
    """What the *lines* of one candidate add up to in *qualification*."""
    needs = needs_of(qualification, scales)
    if needs is None:
        unknown = f"Not known: the points of the {qualification.suite} suite at Level {qualification.level}."
        return Award(notes=(unknown,))
    held = _held(lines, needs)
    counted = _counted(held, needs)
    points = sum((one.points for one in counted), Fraction())
    size = sum(one.size for one in counted)
    reached, in_reach = _reached(points, size, counted, needs)
    return Award(
        points=points if counted else None,
        counted=tuple(str(one.unit.number) for one in counted),
        counted_size=size,
        full_size=needs.size,
        measure=needs.scale.measure,
        reached=reached,
        in_reach=in_reach,
        short=_short(size, needs),
        needed=tuple(_needed(lines, needs)),
        unsized=tuple(_unsized(lines, needs)),
        notes=(*_notes(lines, len(held) > len(counted) and size < needs.size), *needs.caveats()),
    )


def _held(lines: Iterable[Line], needs: Needs) -> list[_Held]:
    """The claimed units that can be counted, in the order of their numbers."""
    scale, grades = needs.scale, {line.unit: line.grade for line in lines}
    return [
        _Held(unit, size, scale.worth(grades[str(unit.number)], size))
        for unit in needs.qualification.offered
        if str(unit.number) in grades and (size := scale.size(unit))
    ]


def _counted(held: Sequence[_Held], needs: Needs) -> list[_Held]:
    """Those that count: the mandatory ones, then the optional ones that fill the rest of the size best."""
    if not needs.size:
        return list(held)
    asked = needs.mandatory
    mandatory = [one for one in held if one.unit in asked]
    optional = [one for one in held if one.unit not in asked]
    return mandatory + _fullest(optional, needs.room)


def _fullest(held: Sequence[_Held], room: int) -> list[_Held]:
    """The units that fill most of *room* without going beyond it; among such choices the one with most points."""
    whole = lcm(*(one.points.denominator for one in held))  # whole numbers are added faster than fractions
    best: dict[int, tuple[int, list[_Held]]] = {0: (0, [])}  # by size filled
    for one in held:
        worth = int(one.points * whole)
        for size, (points, chosen) in list(best.items()):
            filled, total = size + one.size, points + worth
            if filled <= room and (filled not in best or best[filled][0] < total):
                best[filled] = total, [*chosen, one]
    return best[max(best)][1]


def _reached(points: Fraction, size: int, counted: Sequence[_Held], needs: Needs) -> tuple[str, str]:
    """The award reached, and the one in reach where the size is not full."""
    if needs.ranges is None:
        return "", ""
    if size < needs.size:
        return "", needs.ranges.award(points + needs.scale.worth("D", needs.size - size))
    mandatory = {one.unit for one in counted}.issuperset(needs.mandatory)
    return (needs.ranges.award(points), "") if mandatory and not needs.examined else ("", "")


def _short(size: int, needs: Needs) -> str:
    short = f"{needs.size - size} {needs.scale.measure}" if size < needs.size else ""
    if needs.examined:
        return f"{short}, examined units included" if short else "examined units"
    return short


def _needed(lines: Iterable[Line], needs: Needs) -> list[str]:
    claimed, asked = {line.unit for line in lines}, needs.mandatory
    offered = [unit for unit in needs.qualification.offered if unit in asked]
    return [f"mandatory {unit.label}" for unit in offered if str(unit.number) not in claimed]


def _unsized(lines: Iterable[Line], needs: Needs) -> list[str]:
    claimed = {line.unit for line in lines}
    sized = {str(unit.number) for unit in needs.qualification.units if needs.scale.size(unit)}
    return sorted((unit for unit in claimed - sized if unit.isdigit()), key=int)


def _notes(lines: Iterable[Line], unfitting: bool) -> Iterator[str]:
    """What is to be said of these lines; what holds for the whole qualification comes from its needs."""
    if any(line.unit.startswith(OTHER) for line in lines):
        yield "Units of other awarding bodies are not counted: how they would count is not known."
    if unfitting:
        yield "Units that do not fit into the size beside the mandatory units are not counted."
