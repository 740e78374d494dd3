"""The long lists of a night as CSV beside its account: every line that changed, and every problem by its place.

They open in a spreadsheet, and hold no name: a candidate is a number, and what somebody typed into a cell is not told,
because it may be anything. What exactly is wrong says the marked copy, and the list of errors beside it.
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from claimbatch.files import write_pieces
from claimbatch.form.layout import form_file, normal, sheet_name, unit_number
from claimbatch.identifiers import candidate_number
from claimbatch.night.file_names import CHANGES, PROBLEMS
from claimbatch.office.merging import LineChange, line_change
from claimbatch.output.disarm import disarmed

if TYPE_CHECKING:
    from claimbatch.claims.merge import Change
    from claimbatch.problems import Problem

CHANGE = tuple(field.name for field in fields(LineChange))
_told = attrgetter(*CHANGE)  # of hundreds of thousands; astuple takes ten times as long
PROBLEM = ("workbook", "sheet", "cell", "candidate", "unit", "rule", "name", "severity", "what")
_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"  # or Excel takes UTF-8 for the code page of the day
_AT_ONCE = 1000  # rows


@dataclass(frozen=True, slots=True)
class Listed:
    """A list as it was written: its file's *name*, how many *rows* it has below its headings, and its SHA-256."""

    name: str
    rows: int
    sha256: str


def write_changes(folder: Path, changes: "Iterable[tuple[str, Change]]") -> Listed:
    """Write every line that changed, in the order in which they were taken."""
    return _write(folder / CHANGES, CHANGE, (_told(line_change(key, change)) for key, change in changes))


def write_problems(folder: Path, problems: "Iterable[Problem]") -> Listed:
    """Write every problem: where, which rule, and of which candidate and unit."""
    return _write(folder / PROBLEMS, PROBLEM, map(_problem, problems))


def known_sheet(name: str) -> str:
    """The sheet *name* as the form calls it; ``another sheet`` for any other, whose name is somebody's own words."""
    return (_sheets().get(sheet_name(name)) or "another sheet") if name else ""


def known_candidate(text: str) -> str:
    """The candidate number in *text*; blank where it is none: people type names there, too."""
    number = candidate_number(text)
    return number if number and number.isdigit() else ""


@cache
def _sheets() -> Mapping[str, str]:
    return {normal(sheet["name"]): sheet["name"] for sheet in form_file()["sheets"].values()}


def _problem(problem: "Problem") -> Sequence[str]:
    place, rule = problem.place, problem.rule
    return (
        place.workbook,
        known_sheet(place.sheet),
        place.cell,
        known_candidate(problem.candidate),
        str(unit_number(problem.unit) or ""),
        rule.code,
        rule.name,
        rule.severity.value,
        rule.fault,
    )


def _write(path: Path, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Listed:
    digest, count = hashlib.sha256(), 0

    def pieces() -> Iterator[bytes]:
        nonlocal count
        for text, more in _as_csv(headings, iter(rows)):
            data = text.encode("utf-8", "replace")
            digest.update(data)
            count += more
            yield data

    write_pieces(path, pieces())
    return Listed(path.name, count, digest.hexdigest())


def _as_csv(headings: Sequence[str], rows: Iterator[Sequence[str]]) -> Iterator[tuple[str, int]]:
    """The text of the list, a piece at a time, and how many rows are in each piece."""
    yield _BOM + ",".join(headings) + "\r\n", 0
    while some := [[disarmed(cell) for cell in row] for row in islice(rows, _AT_ONCE)]:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\r\n").writerows(some)
        yield text.getvalue(), len(some)
