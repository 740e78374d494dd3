"""The register: a centre's candidates, their entries and its assessors, read from the files schools have.

A file is read whole and judged whole: every faulty cell is a problem with its place (rules CB501-CB513), and the rows
without an error become entries or assessors, each with its place. Storing them is another step, in
:mod:`claimbatch.claims.store`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from types import MappingProxyType

from claimbatch.claims.claim import Candidate
from claimbatch.claims.register.cells import unit_numbers
from claimbatch.claims.register.described import described
from claimbatch.claims.register.doubts import judge, together
from claimbatch.claims.register.file import Table
from claimbatch.claims.register.headings import ASSESSORS, ENTRIES, IGNORE, Kind, load_kinds
from claimbatch.claims.register.layout import Asked, lay_out
from claimbatch.claims.register.sheet import Known, Row, Sheet
from claimbatch.form.qualification import Catalogue
from claimbatch.problems import Place, Problem, errors_in

Key = tuple[str, str, str]  # centre number, entry code, candidate number
AS_IT_COMES = Asked()


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
    """A centre assessor: initials (unique in the centre), full name, and the entry codes they assess.

    *former* are the names they had before they were corrected.
    """

    centre_number: str
    initials: str
    name: str
    entry_codes: frozenset[str] = frozenset()
    former: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RegisterFile:
    """What a register file says: entries of its clean rows, problems of the others, notes on how it was read.

    *columns* names the optional columns that it has: about what it has not, it says nothing. *places* is where each
    entry stands, the first of its rows. *unread* says, in a sentence each, what else in the file may hold candidates
    and was not read: such a file is a part, and nobody is gone because it does not name them. *headings* are those
    of the rows that were read, *read_as* those that are not blank, each with the field that it was read as: ``ignore``
    where it was passed over, blank where nobody knows it.
    """

    entries: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    columns: frozenset[str] = frozenset()
    places: Mapping[Key, Place] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    read_as: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class AssessorsFile:
    """What an assessors file says: the assessors of its clean rows, the rest as in a :class:`RegisterFile`."""

    assessors: tuple[Assessor, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    read_as: tuple[tuple[str, str], ...] = ()


def read_register(
    tables: Table | Sequence[Table],
    *,
    centres: Mapping[str, str],
    catalogue: Catalogue,
    claimed: Mapping[tuple[str, str], Candidate] = MappingProxyType({}),
    people: Mapping[tuple[str, str], Candidate] = MappingProxyType({}),
    kinds: Mapping[str, Kind] | None = None,
    asked: Asked = AS_IT_COMES,
) -> RegisterFile:
    """The candidates and entries in *tables*. The centre may go unnamed where the workspace has only one.

    *people* are the candidates in the register and *claimed* those whom claims name, by centre and candidate number:
    a damaged name does not replace a whole one, and the numbers of the latter cannot become others'.
    """
    born = {
        who: (person.name, person.born.isoformat() if person.born else "") for who, person in claimed.items()
    }
    names = {who: person.name for who, person in people.items()}
    sheet = _read(tables, ENTRIES, kinds, Known(centres, catalogue, claimed=born, people=names), asked)
    problems, clean = _judged(sheet)
    entries = _entries(sheet, clean)
    return RegisterFile(
        tuple(entry for entry, _ in entries.values()),
        problems,
        described(sheet, "kept beside the entry"),
        sheet.columns,
        {key: place for key, (_, place) in entries.items()},
        tuple(_unread(sheet)),
        _headings(sheet),
        tuple(_read_as(sheet)),
    )


def read_assessors(
    tables: Table | Sequence[Table],
    *,
    centres: Mapping[str, str],
    catalogue: Catalogue,
    assessors: Sequence[Assessor] = (),
    kinds: Mapping[str, Kind] | None = None,
    asked: Asked = AS_IT_COMES,
) -> AssessorsFile:
    """The assessors in *tables*; initials must not clash with those of the *assessors* known already."""
    names = {(who.centre_number, who.initials.casefold()): who.name for who in assessors}
    sheet = _read(tables, ASSESSORS, kinds, Known(centres, catalogue, names), asked)
    problems, clean = _judged(sheet)
    found = tuple(_assessor(sheet, row) for row in clean)
    return AssessorsFile(
        found, problems, described(sheet, "left out"), _headings(sheet), tuple(_read_as(sheet))
    )


@cache
def shipped_kinds() -> Mapping[str, Kind]:
    """The kinds of files with the headings that are shipped."""
    return load_kinds()


def _read(
    tables: Table | Sequence[Table], kind: str, kinds: Mapping[str, Kind] | None, known: Known, asked: Asked
) -> Sheet:
    every = kinds or shipped_kinds()
    return lay_out([tables] if isinstance(tables, Table) else tables, every, every[kind], known, asked)


def _judged(sheet: Sheet) -> tuple[tuple[Problem, ...], list[Row]]:
    """The problems, and the rows without an error (none where the whole file is at fault)."""
    problems = judge(sheet)
    if not problems:
        return (), list(sheet.rows)
    faulty = {(problem.place.sheet, problem.place.cell) for problem in errors_in(problems)}
    at_fault = [row for row in sheet.rows if faulty & {(place.sheet, place.cell) for place in row.places()}]
    # Of the rows that name one unit each for a candidate, all are taken or none.
    entries = {_whose(row) for row in at_fault if row.text.get("units")}
    numbers = {(row.part.table.sheet, row.number) for row in at_fault}
    clean = [
        row
        for row in sheet.rows
        if (row.part.table.sheet, row.number) not in numbers and _whose(row) not in entries
    ]
    whole = any(not problem.place.cell or not sheet.rows for problem in errors_in(problems))
    return tuple(together(problems)), [] if whole else clean


def _whose(row: Row) -> tuple[str, ...]:
    return tuple(row.text.get(name, "") for name in ("centre_number", "entry_code", "candidate_number"))


def _entries(sheet: Sheet, rows: Iterable[Row]) -> dict[Key, tuple[Entry, Place]]:
    """The entries of *rows*; several rows of one candidate for one code name a unit each, and are joined."""
    found: dict[Key, tuple[Entry, Place]] = {}
    for row in rows:
        entry = _entry(sheet, row)
        key = entry.centre_number, entry.entry_code, entry.candidate.number
        before, place = found.get(key, (entry, row.place("candidate_number")))
        units = before.units | entry.units
        found[key] = Entry(*key[:2], before.candidate, units, before.details), place
    return found


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
    return Assessor(sheet.centre(row), text["initials"], text["name"], frozenset(text["entry_code"].split()))


def _unread(sheet: Sheet) -> Iterable[str]:
    for left in sheet.left:
        if left.matters:
            yield f"The sheet {left.title} was not read: {left.why}."
    for part in sheet.parts:
        if part.hidden:
            rows = "1 hidden row was" if len(part.hidden) == 1 else f"{len(part.hidden)} hidden rows were"
            yield f"{rows} left out of {part.table.title}."


def _headings(sheet: Sheet) -> tuple[str, ...]:
    return sheet.parts[0].headings if sheet.parts else ()


def _read_as(sheet: Sheet) -> Iterable[tuple[str, str]]:
    """The headings of the rows that were read, from left to right, each with its field; a joined field by its parts."""
    if not sheet.parts:
        return
    part = sheet.parts[0]
    fields: dict[int, str] = {}
    for name, columns in part.columns.fields.items():
        names = (name,) if len(columns) == 1 else sheet.kind.parts(name)
        fields |= dict(zip(columns, names, strict=True))
    for column, heading in enumerate(part.headings):
        if heading:
            yield heading, fields.get(column, IGNORE if column in part.columns.passed_over else "")
