"""What goes on a template: candidates, assessors, what is claimed already: plain data."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple, TypeVar

from claimbatch.form.identity import Identity
from claimbatch.form.layout import BY_UNIT, Layout
from claimbatch.form.qualification import Qualification

_Unit = TypeVar("_Unit", int, str)


@dataclass(frozen=True, slots=True)
class Row:
    """One candidate on a template.

    *units* are the unit entries (2012 suite), whose absence closes a cell; None offers every unit.
    """

    number: str
    name: str
    born: date | None = None
    ocr_number: str = ""
    units: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Other:
    """A unit of another awarding body that is claimed already; *evidence* is ``Yes`` or empty.

    *refused* says why it may no longer be claimed, where it may not.
    """

    number: str
    title: str
    body: str
    grade: str
    assessor: str
    evidence: str = ""
    refused: str = ""


class Addressee(NamedTuple):
    """Whom a template is made for: by full name, and by initials where the register has an assessor of that name."""

    name: str = ""
    initials: str = ""


ANYBODY = Addressee()


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of a submitted claim, as a moderator's workbook lists it.

    *unit* is what people call it, *wanted* ``Yes`` where it is in the sample already. *agreed*, *decision* and
    *comment* are what the moderator has decided so far.
    """

    number: str
    name: str
    unit: str
    title: str
    claimed: str
    assessor: str
    wanted: str = ""
    agreed: str = ""
    decision: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Contents:
    """All that goes on one template.

    *assessors* are pairs of initials and full name. *claimed* gives grade and initials by candidate number
    and unit number, as the claim stood at issue, *refused* why some of it may no longer be claimed. *unshown* is
    what is claimed and has no cell here: the candidate, and in words the rest. Without *protect* no sheet is protected.
    *addressee* is whom it is made for, if for somebody, *due* when it is to come back, if by a day. A moderator's
    workbook has *listed* lines instead of rows, and *claim* says of which claim.

    *again* are those cells of *claimed* that no claim holds: a moderator withdrew them, and they are filled in to be
    claimed again. *held* are cells of which an earlier claim holds the unit. Each says so in a sentence; *before* are
    the same things in short: a word, and what it means.
    """

    qualification: Qualification
    layout: Layout
    identity: Identity
    token: str
    centre_name: str
    rows: tuple[Row, ...]
    assessors: tuple[tuple[str, str], ...]
    claimed: Mapping[tuple[str, int], tuple[str, str]]
    other: tuple[Other, ...] = ()
    refused: Mapping[tuple[str, int], str] = field(default_factory=dict)
    unshown: tuple[tuple[str, str], ...] = ()
    protect: bool = True
    addressee: Addressee = ANYBODY
    due: date | None = None
    listed: tuple[Listed, ...] = ()
    claim: str = ""
    again: Mapping[tuple[str, int], str] = field(default_factory=dict)
    held: Mapping[tuple[str, int], str] = field(default_factory=dict)
    before: tuple[tuple[str, str], ...] = ()

    @property
    def prefilled(self) -> str:
        """The initials that stand beside every candidate, or every unit, before anybody types; or nobody's.

        Those of whom it is made for; else of the centre's only assessor, who marks every unit (OCR pre-fills it so on
        its own claim screen).
        """
        return self.addressee.initials or (self.assessors[0][0] if len(self.assessors) == 1 else "")

    def grade(self, row: Row, unit: int) -> str:
        """The grade claimed at issue, or empty."""
        return self.claimed.get((row.number, unit), ("", ""))[0]

    def assessor(self, row: Row, unit: int) -> str:
        """The initials claimed at issue, or empty."""
        return self.claimed.get((row.number, unit), ("", ""))[1]

    @property
    def has_refused(self) -> bool:
        """Whether a cell shows something that may no longer be claimed."""
        return bool(self.refused) or any(unit.refused for unit in self.other)

    def offers(self, row: Row, unit: int) -> bool:
        """Whether the cell is open: the unit is entered, or claimed already (it can be taken off again)."""
        return row.units is None or unit in row.units or (row.number, unit) in self.claimed

    @property
    def open_cells(self) -> int:
        """How many grades it has room for: candidates by units, as far as they are entered for them."""
        one = self.layout.unit
        units = [one] if one else [unit.number for unit in self.qualification.offered]
        return sum(self.offers(row, unit) for row in self.rows for unit in units)

    def hides(self, unit: int) -> bool:
        """Whether nobody on it is entered for *unit*, so that its column would be closed from top to bottom."""
        return not any(self.offers(row, unit) for row in self.rows)


def entered_first(contents: Contents) -> Contents:
    """The same with the candidates last, in their order, who are entered for nothing that can be claimed on it."""
    units = [contents.layout.unit or unit.number for unit in contents.qualification.offered]

    def nothing(row: Row) -> bool:
        return not any(contents.offers(row, unit) for unit in units)

    return replace(contents, rows=tuple(sorted(contents.rows, key=nothing)))


def default_assessors(contents: Contents) -> dict[int, str]:
    """The pre-filled default assessor of each unit that has one.

    Whoever is pre-filled everywhere; otherwise whoever alone assessed all that is claimed of a unit, and still may.
    """
    if contents.prefilled:
        return {unit.number: contents.prefilled for unit in contents.qualification.offered}
    allowed = {cell: mark for cell, mark in contents.claimed.items() if cell not in contents.refused}
    return sole_assessors(allowed)


def sole_assessors(claimed: Mapping[tuple[str, _Unit], tuple[str, str]]) -> dict[_Unit, str]:
    """Whoever alone assessed all that is claimed of a unit, by unit."""
    named: dict[_Unit, set[str]] = {}
    for (_, unit), (_, assessor) in claimed.items():
        named.setdefault(unit, set()).add(assessor)
    return {unit: min(initials) for unit, initials in sorted(named.items()) if len(initials) == 1}


def file_name(identity: Identity) -> str:
    """What a template's file is called: ``68199_05347_by-candidate.xlsx``, ``68199_05347_unit-03.xlsx``."""
    kind = f"unit-{identity.unit:02}" if identity.form == BY_UNIT else identity.form
    return f"{identity.centre_number}_{identity.entry_code}_{kind}.xlsx"
