"""A claim: the grades of one qualification at one centre, as they stand.

A claim belongs to one entry code and is built over weeks by many people; after submission nothing in it
changes. Exports, reports and samples are pure functions of the :class:`Claim` defined here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from claimbatch.errors import ClaimbatchError
from claimbatch.form.layout import normal, unit_number
from claimbatch.form.qualification import Qualification, Unit
from claimbatch.identifiers import candidate_number

OTHER = "other:"  # a unit of another awarding body: other:<awarding body>:<title>
GRADES = ("P", "M", "D")


class Status(StrEnum):
    """Where a claim stands. Only *Sampled* is OCR's own word; the rest are ours (labels below)."""

    NOT_SUBMITTED = "not-submitted"
    SUBMITTED = "submitted"
    SAMPLED = "sampled"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"


LABELS: Mapping[Status, str] = {
    Status.NOT_SUBMITTED: "Not submitted",
    Status.SUBMITTED: "Submitted",
    Status.SAMPLED: "Sampled",
    Status.COMPLETED: "Completed",
    Status.WITHDRAWN: "Withdrawn",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A candidate as the register has it. *born* may be unknown; empty text where a number is not known."""

    number: str
    name: str
    born: date | None = None
    ocr_number: str = ""
    uci: str = ""
    uln: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One claimed unit of one candidate: grade (P, M, D) and the initials of the centre assessor.

    *unit* is the unit's number as text, ``"3"``, or ``other:<awarding body>:<title>``.
    """

    candidate: str
    unit: str
    grade: str
    assessor: str

    @property
    def cell(self) -> tuple[str, str, str]:
        """Unit × assessor × grade: what a moderator agrees or withdraws as one (domain rule, section 2)."""
        return (self.unit, self.assessor, self.grade)


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim with all that documents need: nothing here is looked up again.

    *revision* counts the entries of its history, *head* is the hash of the last one. *submitted_by* and
    *results_email* (empty: not the claim's own affair) were given on submission. *candidates* and
    *assessors* (initials to full name) hold at least those that the lines name, unless they were purged.
    """

    key: str
    centre_number: str
    centre_name: str
    qualification: Qualification
    status: Status = Status.NOT_SUBMITTED
    claim_number: str = ""
    reference: str = ""
    revision: int = 0
    head: str = ""
    created_at: str = ""
    updated_at: str = ""
    submitted_by: str = ""
    results_email: str = ""
    lines: tuple[Line, ...] = ()
    candidates: Mapping[str, Candidate] = field(default_factory=dict)
    assessors: Mapping[str, str] = field(default_factory=dict)

    @property
    def entry_code(self) -> str:
        """The entry code of its qualification."""
        return self.qualification.entry_code

    @property
    def units(self) -> list[str]:
        """The units claimed, in order: numbers first, then other awarding bodies' units."""
        return sorted({line.unit for line in self.lines}, key=unit_order)

    def unit_label(self, unit: str) -> str:
        """``Unit 3``, or another awarding body's unit as ``First Aid (NCFE)``."""
        return unit_label(unit)

    def unit_named(self, text: str, also: Iterable[str] = ()) -> str:
        """The unit that people call *text*: ``3``, ``Unit 3``, or another awarding body's unit by title or key.

        One that is not on the claim (yet, or any more) goes by its key; *also* are units that are no longer claimed and
        may be meant by their title. Raises :class:`ClaimbatchError` where *text* names none, or more than one.
        """
        if number := unit_number(text):
            return str(number)
        found = [
            u
            for u in sorted({*self.units, *also})
            if u.startswith(OTHER) and normal(text) in map(normal, (u, unit_title(u), unit_label(u)))
        ]
        if len(found) == 1:
            return found[0]
        if found:
            keys = ", ".join(f'"{unit}"' for unit in found)
            raise ClaimbatchError(
                f'"{text}" is more than one unit of claim {self.key}.', f"Say which: {keys}."
            )
        if unit := other_unit(text):
            return unit
        raise ClaimbatchError(
            f'"{text}" is no unit of claim {self.key}.',
            f"claimbatch claim show {self.key} --by unit lists its units.",
        )

    def unit_title(self, unit: str) -> str:
        """The title of *unit*; empty where it is not known."""
        if unit.startswith(OTHER):
            return unit.split(":", 2)[2]
        found = self._unit(unit)
        return (found.title or "") if found else ""

    def unit_reference(self, unit: str) -> str:
        """The unit reference (URN) of *unit*, ``M/507/4999``; empty where it is not known."""
        found = self._unit(unit)
        return (found.reference or "") if found else ""

    def awarding_body(self, unit: str) -> str:
        """Who awards *unit*: ``OCR``, or the other awarding body's name."""
        return unit.split(":", 2)[1] if unit.startswith(OTHER) else "OCR"

    def only(self, candidate: str = "", unit: str = "") -> "Claim":
        """The same claim with only these of its lines; :class:`ClaimbatchError` where there are none."""
        lines = tuple(x for x in self.lines if candidate in ("", x.candidate) and unit in ("", x.unit))
        if not lines and (candidate or unit):
            whose = [f"candidate {candidate}"] if candidate else []
            whose += [unit_label(unit)] if unit else []
            raise ClaimbatchError(
                f"Claim {self.key} holds nothing for {', '.join(whose)}.",
                f"claimbatch claim show {self.key} lists what is claimed.",
            )
        return replace(self, lines=lines)

    def candidate(self, number: str) -> Candidate:
        """The candidate *number*; without a name where the register holds none any more."""
        return self.candidates.get(number) or Candidate(number, "")

    def _unit(self, unit: str) -> Unit | None:
        return self.qualification.unit(int(unit)) if unit.isdigit() else None


def candidate_named(text: str) -> str:
    """The candidate number that people write as ``0042`` or ``42``; :class:`ClaimbatchError` where it is none."""
    number = candidate_number(text.strip())
    if number is None:
        raise ClaimbatchError(f'"{text}" is not a candidate number.', "It has four digits, like 0042.")
    return number


def other_unit(text: str) -> str:
    """The key of another awarding body's unit, ``other:<awarding body>:<title>``, as people type it, or nothing.

    >>> other_unit("other: NCFE:First  Aid"), other_unit("other:NCFE")
    ('other:NCFE:First Aid', '')
    """
    parts = [" ".join(part.split()) for part in text.strip().split(":", 2)]
    return ":".join(parts) if f"{parts[0]}:" == OTHER and len(parts) == 3 and all(parts) else ""


def line_order(line: Line) -> tuple[str, tuple[int, int, str]]:
    """The sorting key of lines: by candidate, and the units of each in their order."""
    return line.candidate, unit_order(line.unit)


def unit_order(unit: str) -> tuple[int, int, str]:
    """The sorting key of a unit: by number, other awarding bodies' units last."""
    return (0, int(unit), "") if unit.isdigit() else (1, 0, unit)


def unit_title(unit: str) -> str:
    """``3``, or the title of another awarding body's unit."""
    return unit.split(":", 2)[2] if unit.startswith(OTHER) else unit


def unit_label(unit: str) -> str:
    """``Unit 3``, or another awarding body's unit as ``First Aid (NCFE)``.

    >>> unit_label("3"), unit_label("other:NCFE:First Aid")
    ('Unit 3', 'First Aid (NCFE)')
    """
    return f"Unit {unit}" if unit.isdigit() else unit_word(unit)


def unit_word(unit: str) -> str:
    """A unit in a column of units: ``3``, or ``First Aid (NCFE)``; a title without an awarding body as it is."""
    return f"{unit_title(unit)} ({unit.split(':', 2)[1]})" if unit.startswith(OTHER) else unit
