"""Every class of hostile, damaged and unlucky workbook, each made out of a real one that was filled in.

A maker takes a :class:`~benchmarks.faults.parts.Base` and gives bytes. Beside it stands what must come of it: codes of
rules of which one must be found (``CB003|CB004``), ``read`` (everything is taken as if nothing had been done), or
``any`` (it may be turned away or taken, but no value may be another).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchmarks.faults.classes import archives, files, hands, markup, readers, sheets
from benchmarks.faults.parts import Base

Made = bytes | None  # None: this workbook has nothing to which that could be done
Class = tuple[str, Callable[[Base], Made]]

CLASSES: Mapping[str, Mapping[str, Class]] = {
    "what readers lose or choke on": readers.CLASSES,
    "what is no workbook": files.CLASSES,
    "archives": archives.CLASSES,
    "markup": markup.CLASSES,
    "sheets": sheets.CLASSES,
    "what people do by hand": hands.CLASSES,
}


@dataclass(frozen=True, slots=True)
class Case:
    """One workbook: its *name*, its *kind* (a heading of :data:`CLASSES`), what must come of it, and its maker.

    It is made when it is wanted, since some are large.
    """

    name: str
    kind: str
    expected: str
    base: Base
    make: Callable[[Base], Made]


def cases(base: Base) -> list[Case]:
    """Every class, done to *base*."""
    return [
        Case(f"{name} ({base.name})", kind, expected, base, make)
        for kind, classes in CLASSES.items()
        for name, (expected, make) in classes.items()
    ]
