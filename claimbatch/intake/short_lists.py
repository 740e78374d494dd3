"""Short lists that come back as CSV or workbooks: candidates who have signed, and the units that a moderator chose.

They are read as registers are: columns by their headings, whatever stands above them, each cell tidied. A list is
recorded as a whole or not at all: a row that is hidden, that a column beside it speaks against, or that is about
another claim or another person, stops it with a sentence that names the row.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from claimbatch.claims.claim import Claim, candidate_named
from claimbatch.claims.register.cells import tidy, understood
from claimbatch.claims.register.file import Table
from claimbatch.claims.register.headings import ASSESSORS, ENTRIES, Columns, Kind, find_columns, plain
from claimbatch.claims.register.layout import HEADING_WITHIN, known_headings
from claimbatch.errors import ClaimbatchError
from claimbatch.intake.against import Column, against
from claimbatch.intake.register_table import read_register_tables
from claimbatch.names import is_damaged, squeeze
from claimbatch.problems import Problem

CANDIDATE, UNIT = "candidate_number", "units"
SHOWN = 8  # rows that are named
_TOLD = frozenset(("notes", "note", "remarks", "comment", "comments"))  # known headings that may still say No
_ASIDE = frozenset(("grade", "assessorname"))  # what our own lists have beside the numbers
_HIDDEN = "is hidden or filtered out"


@dataclass(frozen=True, slots=True)
class _List:
    """The rows of a list: each with its number in the file, and which column holds which field."""

    table: Table
    headings: tuple[str, ...]
    columns: Columns
    rows: tuple[tuple[int, tuple[Any, ...]], ...]

    def text(self, row: Sequence[Any], name: str) -> str:
        """What a row says in the columns of a field."""
        columns = self.columns.fields.get(name, ())
        return " ".join(filter(None, (tidy(_cell(row, i)) for i in columns)))

    def place(self, number: int) -> str:
        """Where a row stands: ``line 3``, or ``row 3 of Declarations``."""
        return f"row {number} of {self.table.sheet}" if self.table.sheet else f"line {number}"


def candidates_in(file: Path, claim: Claim, kinds: Mapping[str, Kind]) -> list[str]:
    """The candidate numbers that *file* lists for *claim*: in the column that says so, else in the first.

    Raises :class:`ClaimbatchError` with the line of the first cell that is none, and where rows speak against it.
    """
    listed = _read(file, kinds[ENTRIES], (CANDIDATE,))
    numbers = [_number(file, listed, number, row) for number, row in listed.rows]
    _refuse_doubtful(file, listed, numbers, claim, kinds)
    return numbers


def sample_in(
    file: Path, claim: Claim, kinds: Mapping[str, Kind], also: Collection[str] = ()
) -> list[tuple[str, str]]:
    """The candidate × unit pairs of *claim* that *file* names in its columns for candidate number and unit.

    *also* are units that are no longer claimed and may be meant. Raises :class:`ClaimbatchError` where it lacks one of
    the columns, a row names no candidate or no unit, or speaks against itself.
    """
    listed = _read(file, kinds[ENTRIES], (CANDIDATE, UNIT))
    numbers = [_number(file, listed, number, row) for number, row in listed.rows]
    _refuse_doubtful(file, listed, numbers, claim, kinds)
    units = [claim.unit_named(listed.text(row, UNIT), also) for _, row in listed.rows]
    return list(zip(numbers, units, strict=True))


def _read(file: Path, kind: Kind, needed: tuple[str, ...]) -> _List:
    """The one list in *file*, with the columns *needed*; a list of candidates alone may have no headings."""
    tables = read_register_tables(file, known=lambda cells: known_headings(kind, (), cells))
    fault = tables.message if isinstance(tables, Problem) else tables[0].fault
    if fault or isinstance(tables, Problem):
        raise ClaimbatchError(f"{file} cannot be read: {fault.rstrip('.')}.", "Save it as CSV UTF-8.")
    seen = [table for table in tables if table.rows and not table.veiled]
    found = [listed for table in seen if (listed := _under_headings(table, kind, needed))]
    if not found and len(seen) == 1 and UNIT not in needed:
        return _without_headings(seen[0], kind)
    if len(found) == 1:
        return found[0]
    if found or len(seen) > 1:
        names = ", ".join(item.table.sheet for item in found) or ", ".join(table.sheet for table in seen)
        raise ClaimbatchError(
            f"{file} has more than one sheet that may be the list: {names}.",
            "Save the right one in a file of its own.",
        )
    columns = " and ".join(name.removesuffix("s") for name in needed)
    raise ClaimbatchError(
        f"{file} lacks the columns {columns}." if seen else f"{file} has nothing on it that is not hidden.",
        "claimbatch sample draw --format csv has them."
        if UNIT in needed
        else "Show the sheet that is meant.",
    )


def _under_headings(table: Table, kind: Kind, needed: tuple[str, ...]) -> _List | None:
    """The rows under the row of headings with the most that are known; None where it lacks what is *needed*."""
    best: tuple[int, int, Columns] | None = None
    for position, (_, cells) in enumerate(table.rows[:HEADING_WITHIN]):
        columns = find_columns(kind, [tidy(cell) for cell in cells])
        count = known_headings(kind, (), cells)
        if set(needed) <= set(columns.fields) and (best is None or count > best[0]):
            best = count, position, columns
    if best is None:
        return None
    _, position, columns = best
    headings = tuple(tidy(cell) for cell in table.rows[position][1])
    return _List(table, headings, columns, tuple(_filled(table, position + 1, columns, headings)))


def _without_headings(table: Table, kind: Kind) -> _List:
    """The rows of a list with the numbers in its first column; a first row without a figure there is a heading."""
    (_, cells), *_ = table.rows
    first = not any(letter.isdigit() for letter in tidy(_cell(cells, 0)))
    headings = tuple(tidy(cell) for cell in cells) if first else ()
    others = find_columns(kind, headings).fields
    columns = Columns({**{name: at for name, at in others.items() if 0 not in at}, CANDIDATE: (0,)})
    return _List(table, headings, columns, tuple(_filled(table, int(first), columns, headings)))


def _filled(
    table: Table, start: int, columns: Columns, headings: Sequence[str]
) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """The rows from *start* on that have a number, a name or a unit, but repeated headings."""
    (column,) = columns.fields[CANDIDATE]
    wanted = [i for name in (CANDIDATE, UNIT, "candidate_name") for i in columns.fields.get(name, ())]
    for number, cells in table.rows[start:]:
        repeated = headings and plain(tidy(_cell(cells, column))) == plain(headings[column])
        if any(tidy(_cell(cells, i)) for i in wanted) and not repeated:
            yield number, cells


def _number(file: Path, listed: _List, number: int, row: Sequence[Any]) -> str:
    text = listed.text(row, CANDIDATE)
    if not text:
        raise ClaimbatchError(
            f"{file}, {listed.place(number)}: the candidate number is blank.",
            "Write it, or take the row out.",
        )
    try:
        return candidate_named(text)
    except ClaimbatchError as error:
        raise ClaimbatchError(f"{file}, {listed.place(number)}: {error.message}", error.hint) from None


def _refuse_doubtful(
    file: Path, listed: _List, numbers: Sequence[str], claim: Claim, kinds: Mapping[str, Kind]
) -> None:
    """Raise where any row is hidden, is spoken against, or is about somebody or something else."""
    doubts: dict[int, str] = {}
    for row, why in (*_hidden(listed), *_elsewhere(listed, numbers, claim), *_spoken(listed, kinds)):
        doubts.setdefault(row, why)
    if not doubts:
        return
    told = [
        f"{numbers[row]} ({listed.place(listed.rows[row][0])}) {why}"
        for row, why in sorted(doubts.items())[:SHOWN]
    ]
    told += [f"and {len(doubts) - SHOWN} more"] * (len(doubts) > SHOWN)
    hidden = _HIDDEN in doubts.values()
    show = "Show all rows, and see whether those are meant; or copy the rows that you see into a file of their own. "
    rest = "Take these rows out of the file, or the column where it means something else, and try again."
    raise ClaimbatchError(
        f"{file}: nothing was done, as {len(doubts)} of its {len(numbers)} rows cannot be meant: {'; '.join(told)}.",
        (show * hidden + rest * (not hidden or set(doubts.values()) != {_HIDDEN})).strip(),
    )


def _hidden(listed: _List) -> Iterator[tuple[int, str]]:
    for row, (number, _) in enumerate(listed.rows):
        if number in listed.table.hidden:
            yield row, _HIDDEN


def _elsewhere(listed: _List, numbers: Sequence[str], claim: Claim) -> Iterator[tuple[int, str]]:
    """Rows of another centre or entry code than the claim's, or with the name of somebody else altogether."""
    for row, (_, cells) in enumerate(listed.rows):
        for name, ours in (("centre_number", claim.centre_number), ("entry_code", claim.entry_code)):
            theirs = understood(name, listed.text(cells, name)).split()
            if theirs and ours not in theirs and all(map(str.isdigit, theirs)):
                yield row, f"is for {name.replace('_', ' ')} {' '.join(theirs)}"
        name = listed.text(cells, "candidate_name")
        known = claim.candidate(numbers[row]).name
        if name and known and not is_damaged(name) and not _words(name) & _words(known):
            yield row, "has the name of somebody else"


def _spoken(listed: _List, kinds: Mapping[str, Kind]) -> Iterator[tuple[int, str]]:
    """Rows that a column beside the numbers speaks against; columns that are known to say other things aside."""
    known = kinds[ENTRIES].known | kinds[ASSESSORS].known | _ASIDE
    used = {column for columns in listed.columns.fields.values() for column in columns}
    width = max((len(cells) for _, cells in listed.rows), default=0)
    for column in set(range(width)) - used:
        heading = listed.headings[column] if column < len(listed.headings) else ""
        if plain(heading) in known - _TOLD:
            continue
        cells = [_cell(row, column) for _, row in listed.rows]
        yield from against(Column(heading or f"column {column + 1}", cells, plain(heading) in _TOLD))


def _words(name: str) -> set[str]:
    """The words of a name without accents: two names of one person have one in common."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", squeeze(name)) if not unicodedata.combining(c))
    return set(re.findall(r"\w+", bare))


def _cell(row: Sequence[Any], column: int) -> Any:
    return row[column] if column < len(row) else ""
