"""Correcting a claim by hand while it is the centre's: setting lines, taking them off, going back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from claimbatch.claims import correcting
from claimbatch.claims.claim import candidate_named
from claimbatch.claims.correcting import Target
from claimbatch.claims.history import Event
from claimbatch.claims.merge import UNCLAIMED, Mark
from claimbatch.errors import ClaimbatchError
from claimbatch.form.layout import NOT_CLAIMING
from claimbatch.intake.values import read_grade
from claimbatch.office.opened import OpenClaim


@dataclass(frozen=True, slots=True)
class Corrected:
    """What became of lines of *unit* that were set: changes *made*, how many stay the *same*, who is passed *over*."""

    unit: str
    made: tuple[Event, ...]
    same: int
    over: tuple[str, ...] = ()


def correct(
    opened: OpenClaim,
    unit: str,
    grade: str,
    assessor: str = "",
    *,
    candidates: Sequence[str] = (),
    below: str | None = None,
    seen: Mapping[str, Mark] = MappingProxyType({}),
    who: str,
    dry_run: bool = False,
) -> Corrected:
    """Set *unit* to *grade* by *assessor* for some *candidates*, or for one and everyone *below* on the list.

    *below* may be blank: everyone who is entered. It passes over who is not entered for the unit, and who has it in an
    earlier claim. Units, grades and candidates are as people write them; a grade may be ``Not claiming``. Without an
    assessor a line keeps the one it has. *seen* is the grade and initials of each candidate that somebody looked at
    before (both blank: not claimed). In a dry run nothing is changed. Raises :class:`ClaimbatchError` for what a
    workbook may not say either, and where somebody else has changed a line that was *seen*.
    """
    claim = opened.claim
    key = claim.unit_named(unit)
    numbers = [candidate_named(number) for number in candidates]
    over: list[str] = []
    if below is not None:
        first = candidate_named(below) if below else ""
        numbers, over = correcting.all_below(opened.store, claim, key, first)
    mark = _mark(grade, assessor)
    before = {(candidate_named(number), key): was for number, was in seen.items()}
    marks = dict.fromkeys(((number, key) for number in numbers), mark)
    made = correcting.set_lines(opened.store, claim, marks, who, seen=before, dry_run=dry_run)
    return Corrected(key, tuple(made), len(numbers) - len(made), tuple(over))


def correct_lines(
    opened: OpenClaim,
    marks: Mapping[Target, Mark],
    *,
    seen: Mapping[Target, Mark] = MappingProxyType({}),
    who: str,
) -> list[Event]:
    """Set several lines, candidate × unit, each to a grade and initials of its own, all or none; the changes.

    A blank grade is *Not claiming*. *seen* and what is refused are as in :func:`correct`.
    """
    return correcting.set_lines(opened.store, opened.claim, marks, who, seen=seen)


def take_off(opened: OpenClaim, *, candidate: str = "", unit: str = "", who: str) -> int:
    """Set lines back to *Not claiming*: a *unit* for all, a *candidate* for all units, or one line; how many."""
    number = candidate_named(candidate) if candidate else ""
    key = opened.claim.unit_named(unit) if unit else ""
    if not (number or key):
        raise ClaimbatchError("Nothing is named to be removed.", "Name a candidate, a unit, or both.")
    return correcting.remove(opened.store, opened.claim, who, candidate=number, unit=key)


def go_back(opened: OpenClaim, revision: int, *, who: str, dry_run: bool = False) -> list[Event]:
    """Set the grades back to what they were after the entry *revision* of the history; the changes that makes.

    It undoes merges and changes by hand, and is itself an entry that can be undone.
    """
    if dry_run:
        return correcting.would_restore(opened.claim, opened.history, revision, who)
    return correcting.restore(opened.store, opened.claim, revision, who)


def _mark(grade: str, assessor: str) -> tuple[str, str]:
    """Grade and initials as the claim writes them."""
    read = read_grade(grade).value or grade.strip()
    if not read:
        raise ClaimbatchError("The grade is blank.", 'It is P, M, D or "Not claiming".')
    return UNCLAIMED if read in (NOT_CLAIMING, "not-claiming") else (read, assessor.strip())
