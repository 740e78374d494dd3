"""Short lists that come back as CSV: candidates who have signed, and the units that a moderator chose."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from claimbatch.claims.claim import Claim, candidate_named
from claimbatch.claims.register.cells import tidy
from claimbatch.claims.register.file import Table
from claimbatch.errors import ClaimbatchError
from claimbatch.form.layout import normal
from claimbatch.intake.register_table import read_register_table
from claimbatch.problems import Problem

CANDIDATE, UNIT = "candidate_number", "unit"


def candidates_in(file: Path) -> list[str]:
    """The candidate numbers in the first column of *file*, a heading aside.

    Raises :class:`ClaimbatchError` with the line of the first cell that is none.
    """
    (first, cells), *rest = _rows(file)
    listed = rest if not any(letter.isdigit() for letter in tidy(cells[0])) else [(first, cells), *rest]
    return [_at(file, number, row[:1])[0] for number, row in listed if tidy(row[0])]


def sample_in(file: Path, claim: Claim, also: Collection[str] = ()) -> list[tuple[str, str]]:
    """The candidate × unit pairs of *claim* that *file* names in its columns candidate_number and unit.

    *also* are units that are no longer claimed and may be meant. Raises :class:`ClaimbatchError` where it lacks one of
    them, or a row names no candidate or no unit.
    """
    (_, headings), *rows = _rows(file)
    plain = [normal(tidy(heading)).replace(" ", "_") for heading in headings]
    if not {CANDIDATE, UNIT} <= set(plain):
        raise ClaimbatchError(
            f"{file} lacks the columns {CANDIDATE} and {UNIT}.",
            "claimbatch sample draw --format csv has them.",
        )
    wanted = plain.index(CANDIDATE), plain.index(UNIT)
    found = []
    for number, row in rows:
        candidate, unit = _at(file, number, [row[i] if i < len(row) else "" for i in wanted])
        found.append((candidate, claim.unit_named(unit, also)))
    return found


def _rows(file: Path) -> Sequence[tuple[int, Sequence[Any]]]:
    table = read_register_table(file)
    fault = table.message if isinstance(table, Problem) else table.fault
    if fault or not isinstance(table, Table):
        raise ClaimbatchError(f"{file} cannot be read: {fault.rstrip('.')}.", "Save it as CSV UTF-8.")
    return table.rows


def _at(file: Path, number: int, row: Sequence[Any]) -> list[str]:
    """A row's cells as text, the first being a candidate number; the error says in which line it stands."""
    try:
        return [candidate_named(tidy(row[0])), *map(tidy, row[1:])]
    except ClaimbatchError as error:
        raise ClaimbatchError(f"{file}, line {number}: {error.message}", error.hint) from None
