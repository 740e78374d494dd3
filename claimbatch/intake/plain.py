"""The lines of which no rule can speak, nearly all there are: taken at a glance, without a row in any table.

A line is *plain* where all of this is certain: its cell says P, M, D or *Not claiming* just as the list offers it; the
candidate is entered for the unit and named once, in a row that is as the register has it; the unit is claimed, and no
earlier claim holds it; and whoever assessed it is named in a cell by itself, and may assess. Whatever is not certain
goes the long way, cell by cell (:mod:`claimbatch.intake.lines`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from claimbatch.claims.claim import GRADES
from claimbatch.claims.merge import UNCLAIMED, Mark
from claimbatch.form.layout import NOT_CLAIMING
from claimbatch.intake.known import Issued, Target
from claimbatch.intake.people import NOBODY, Assessed, called, is_gone
from claimbatch.intake.reading import Work
from claimbatch.intake.sheet import NumberedRow, Table
from claimbatch.intake.stance import mark_of, says
from claimbatch.intake.submission import Submission
from claimbatch.intake.tables import OFFERED, Line, Plain, Rows, Source
from claimbatch.intake.values import read_text


class By(NamedTuple):
    """Somebody who may assess: initials, what the cell shows that names them, and what each grade beside it says."""

    initials: str
    shown: str
    marks: Mapping[str, Mark]


UNCERTAIN = By("", "", {})


class Names(dict[Any, By]):
    """Who is meant for certain by what stands in a cell for initials of one workbook, each looked up once."""

    def __init__(self, work: Work) -> None:
        super().__init__()
        self._work = work

    def __missing__(self, raw: Any) -> By:
        read = read_text(raw)
        initials = "" if read.fault or not isinstance(raw, str) else called(self._work, read.value)[0]
        self[raw] = certain(self._work, initials, read.shown)
        return self[raw]


def certain(work: Work, initials: str, shown: str) -> By:
    """Somebody by their *initials*, as long as they assess the qualification still."""
    return By(initials, shown, _marks_by(initials)) if initials and not is_gone(work, initials) else UNCERTAIN


@lru_cache(maxsize=4096)
def _marks_by(initials: str) -> Mapping[str, Mark]:
    return {**{grade: (grade, initials) for grade in GRADES}, NOT_CLAIMING: UNCLAIMED}


class Column(NamedTuple):
    """A unit's column: where the grade and the initials stand (from 0), and who is meant where these are blank.

    *default* is named in the cell *source*; where that is None, by the blank cell itself.
    """

    unit: str
    grade: int
    own: int
    default: By = UNCERTAIN
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Glance:
    """What is to be seen at a glance of a sheet with grades: its columns, and who is named beside them.

    *own_sheet* is the sheet that has the initials, *names* tells who is meant by them. Initials that were *left* over
    beside a blank grade say nothing.
    """

    columns: Sequence[Column]
    own_sheet: str
    names: Names
    left: str = ""

    def take(self, work: Work, number: str, row: NumberedRow, own_row: NumberedRow) -> Iterator[str]:
        """Take the plain lines of a candidate's row; the units that need more than a glance."""
        (place, values), (own_place, owns) = row, own_row
        only, earlier, add = work.entered[number].units, work.issued.earlier, work.rows.plain.lines.append
        for unit, grade, own, default, source in self.columns:
            raw, named = values[grade], owns[own]
            by = default if named == "" else self.names[named]
            if raw == "" and (named == "" or (by.initials and by.initials == self.left)):
                continue
            mark, target = by.marks.get(raw), (number, unit)
            if mark is None or target in earlier or (only and int(unit) not in only):
                yield unit
            elif named == "" and source:
                add((target, mark, place, grade + 1, source))
            else:
                add((target, mark, place, grade + 1, (by.shown, self.own_sheet, own_place, own + 1)))


def at_grid(
    work: Work, grades: Table, assessed: Table | None, defaults: Mapping[str, Assessed]
) -> Glance | None:
    """The glance at *Grades* and *Assessed by*; None where not every one of their columns can be told."""
    units = [key.removeprefix("unit:") for key in grades.columns if key.startswith("unit:")]
    if assessed is None or not all(f"unit:{unit}" in assessed.columns for unit in units):
        return None
    if not _is_clear(work, units, grades, assessed):
        return None
    columns = []
    for unit in units:
        by, key = defaults.get(unit, NOBODY), f"unit:{unit}"
        default = certain(work, by.initials if by.findable else "", by.source.read.shown)
        source = by.source.read.shown, *by.source.spot
        columns.append(Column(unit, grades.columns[key] - 1, assessed.columns[key] - 1, default, source))
    return Glance(columns, assessed.name, Names(work))


def at_claim(work: Work, table: Table, only: str, left: str) -> Glance | None:
    """The glance at a form for one unit; *only* is who assessed what names nobody."""
    unit = str(work.submission.layout.unit)
    if not {"grade", "assessor"} <= table.columns.keys() or not _is_clear(work, [unit], table):
        return None
    places = table.columns["grade"] - 1, table.columns["assessor"] - 1
    return Glance([Column(unit, *places, certain(work, only, ""))], table.name, Names(work), left)


def _is_clear(work: Work, units: Sequence[str], *tables: Table) -> bool:
    """Whether every cell of these *units* stands in its place, and all of them are claimed."""
    if work.every or any(table.merged for table in tables):
        return False
    for table in tables:
        width = max(table.columns.values(), default=0)
        if any(len(values) < width for _, values in table.rows):
            return False
    return all(work.offer(unit) == OFFERED for unit in units)


def said_in(rows: Rows, issued: Issued) -> dict[Target, Mark]:
    """What a workbook with these *rows* says that its template, as it was *issued*, did not."""
    said = {(line.candidate, line.unit): mark_of(line) for line in rows.lines if says(line)}
    base = issued.base
    for target, mark, *_ in rows.plain.lines:
        if mark == UNCLAIMED or mark != base.get(target, UNCLAIMED):
            said[target] = mark
    return said


def in_full(plain: Plain, file: int, submission: Submission, issued: Issued) -> Iterator[Line]:
    """Plain lines as rows of the table of lines."""
    identity = submission.identity
    for target, mark, row, column, source in plain.lines:
        grade = mark[0] or NOT_CLAIMING
        yield Line(
            file, identity.centre_number, identity.entry_code, target[0], True, target[1], OFFERED, True,
            grade, grade, plain.sheet, row, column, mark[1], False, True, *source,
            *issued.base.get(target, UNCLAIMED), *issued.now.get(target, UNCLAIMED), "",
        )  # fmt: skip
