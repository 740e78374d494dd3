"""The register: a centre's candidates, their entries and its assessors, read from the files schools have.

A file is read whole and judged whole: every faulty cell is a problem with its place (rules CB501-CB509 in
:mod:`claimbatch.claims.register.rules`), and the rows without one become entries or assessors.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from claimbatch.claims.claim import Candidate
from claimbatch.claims.register.file import Table
from claimbatch.claims.register.rules import judge
from claimbatch.claims.register.sheet import ASSESSORS, ENTRIES, Known, Row, Sheet, unit_numbers
from claimbatch.form.qualification import Catalogue
from claimbatch.problems import Problem, errors_in


@dataclass(frozen=True, slots=True)
class Entry:
    """One candidate's entry for one qualification.

    *units* are the unit entries (2012 suite); empty: there are none, every unit may be claimed. *details* are
    the file's other columns, heading to text.
    """

    centre_number: str
    entry_code: str
    candidate: Candidate
    units: frozenset[int] = frozenset()
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Assessor:
    """A centre assessor: initials (unique in the centre), full name, and the entry codes they assess."""

    centre_number: str
    initials: str
    name: str
    entry_codes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RegisterFile:
    """What a register file says: entries of its clean rows, problems of the others, notes on how it was read.

    *columns* names the optional columns that it has: about what it has not, it says nothing.
    """

    entries: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    columns: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class AssessorsFile:
    """What an assessors file says: the assessors of its clean rows, problems and notes."""

    assessors: tuple[Assessor, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


def read_register(
    table: Table,
    *,
    centres: Mapping[str, str],
    catalogue: Catalogue,
    claimed: Mapping[tuple[str, str], Candidate] = MappingProxyType({}),
) -> RegisterFile:
    """The candidates and entries in *table*. The centre may go unnamed where the workspace has only one.

    *claimed* are the people whom claims name, by centre and candidate number: their numbers cannot become others'.
    """
    born = {
        who: (person.name, person.born.isoformat() if person.born else "") for who, person in claimed.items()
    }
    known = Known(centres, catalogue, claimed=born)
    sheet = Sheet.of(table, ENTRIES, known)
    problems, clean = _judged(sheet)
    return RegisterFile(
        tuple(_entry(sheet, row) for row in clean),
        problems,
        (*table.notes, *sheet.notes("kept beside the entry")),
        frozenset(sheet.columns),
    )


def read_assessors(
    table: Table, *, centres: Mapping[str, str], catalogue: Catalogue, assessors: Sequence[Assessor] = ()
) -> AssessorsFile:
    """The assessors in *table*; initials must not clash with those of the *assessors* known already."""
    names = {(who.centre_number, who.initials.casefold()): who.name for who in assessors}
    sheet = Sheet.of(table, ASSESSORS, Known(centres, catalogue, names))
    problems, clean = _judged(sheet)
    return AssessorsFile(
        tuple(_assessor(sheet, row) for row in clean), problems, (*table.notes, *sheet.notes("left out"))
    )


def _judged(sheet: Sheet) -> tuple[tuple[Problem, ...], list[Row]]:
    """The problems, and the rows without an error (none where the whole file is at fault)."""
    problems = judge(sheet)
    faulty = {problem.place.cell for problem in errors_in(problems)}
    clean = [row for row in sheet.rows if not faulty & {place.cell for place in sheet.places(row)}]
    return tuple(problems), [] if "" in faulty else clean


def _entry(sheet: Sheet, row: Row) -> Entry:
    text = row.text
    born = text.get("date_of_birth", "")
    candidate = Candidate(
        text["candidate_number"],
        text["candidate_name"],
        date.fromisoformat(born) if born else None,
        text.get("ocr_candidate_number", ""),
        text.get("uci", ""),
        text.get("uln", ""),
    )
    units = frozenset(int(unit) for unit in unit_numbers(text.get("units", "")))
    return Entry(sheet.centre(row), text["entry_code"], candidate, units, row.details)


def _assessor(sheet: Sheet, row: Row) -> Assessor:
    text = row.text
    return Assessor(sheet.centre(row), text["initials"], text["name"], frozenset({text["entry_code"]}))
