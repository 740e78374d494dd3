"""The tables that rules look at: what each row is, and how the rows of many workbooks become one frame.

Checking costs nearly the same for one workbook as for a thousand, so rows are plain tuples per workbook, joined
once. In every table a field ``x`` that a rule may point at has ``x_sheet``, ``x_row``, ``x_col`` and ``x_shown``
(the value as the person sees it); *file* is the workbook's position in the run.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from claimbatch.claims.merge import Mark

if TYPE_CHECKING:
    import pandas as pd

OFFERED, EXTERNAL, NOT_OFFERED = "offered", "external", "not-offered"
Source = tuple[str, str, int, int]  # a cell that names an assessor: what it shows, sheet, row, column
PlainLine = tuple[
    tuple[str, str], Mark, int, int, Source
]  # candidate and unit, mark, row and column of the grade


class Cell(NamedTuple):
    """A cell that could not be read, or only just, or not beside others: *fault* says how.

    The faults are those of :mod:`claimbatch.intake.values`.

    *kind* is ``number`` for a candidate number, else its column's; *wanted* names it in words, *note* adds a fact.
    """

    file: int
    candidate: str
    unit: str
    kind: str
    fault: str
    wanted: str
    note: str
    value_shown: str
    value_sheet: str
    value_row: int
    value_col: int


class CandidateRow(NamedTuple):
    """A row that names a candidate, on any sheet with one row for each candidate."""

    file: int
    candidate: str
    entered: bool
    repeated: bool
    twin: str
    number_shown: str
    number_sheet: str
    number_row: int
    number_col: int


class Locked(NamedTuple):
    """A locked value that is not the register's: *expected* is what that ``says``, or ``has none``.

    *unchanged*: the value stands as it went out, and the register has moved on.
    """

    file: int
    candidate: str
    expected: str
    unchanged: bool
    value_shown: str
    value_sheet: str
    value_row: int
    value_col: int


class Line(NamedTuple):
    """What a workbook says of one candidate's unit.

    *grade* is ``P``, ``M``, ``D``, ``Not claiming`` or empty; *assessor* the initials as the register has them,
    empty where none was found; *findable* whether all that could name them is there. *candidate_ok* says that the row's
    candidate is entered and named once. *base* is what the claim said when the template was issued, *now* what it
    says now, *earlier* which earlier claim holds the unit already. *gone* says that the assessor assesses the
    qualification no more.
    """

    file: int
    centre: str
    entry_code: str
    candidate: str
    candidate_ok: bool
    unit: str
    offer: str
    entered: bool
    grade: str
    grade_shown: str
    grade_sheet: str
    grade_row: int
    grade_col: int
    assessor: str
    gone: bool
    findable: bool
    assessor_shown: str
    assessor_sheet: str
    assessor_row: int
    assessor_col: int
    base_grade: str
    base_assessor: str
    now_grade: str
    now_assessor: str
    earlier: str


class Initials(NamedTuple):
    """A cell that names an assessor: *known* in the register or on the sheet *Assessors*.

    *namesakes* are the initials of all whom it may mean, where it is a full name that several have.
    """

    file: int
    candidate: str
    unit: str
    known: bool
    near: str
    namesakes: str
    value_shown: str
    value_sheet: str
    value_row: int
    value_col: int


class Moved(NamedTuple):
    """A default assessor who takes over claimed grades: *grades* of them, so far *whose*, of *candidates*."""

    file: int
    candidate: str
    unit: str
    grades: str
    whose: str
    candidates: str
    value_shown: str
    value_sheet: str
    value_row: int
    value_col: int


class Person(NamedTuple):
    """A row of the sheet *Assessors*. *holder* is who holds these initials in the centre already, if another.

    *lacks* says what is blank (the full name or the initials) of whom, *name* is the register's where it is known.
    *expected* is what should stand where something stands that is no name.
    """

    file: int
    centre: str
    entry_code: str
    initials: str
    name: str
    holder: str
    new: bool
    initials_shown: str
    initials_sheet: str
    initials_row: int
    initials_col: int
    lacks: str
    who: str
    lacks_shown: str
    lacks_sheet: str
    lacks_row: int
    lacks_col: int
    expected: str


class OtherUnit(NamedTuple):
    """A row of the sheet *Other units*: a unit that another awarding body has awarded.

    *confirmed* is whether it is known that the qualification takes such units, *new* whether the row claims what the
    template did not say already.
    """

    file: int
    candidate: str
    allowed: bool
    confirmed: bool
    missing: str
    new: bool
    evidence: bool
    unit: str
    title_shown: str
    title_sheet: str
    title_row: int
    title_col: int
    evidence_shown: str
    evidence_sheet: str
    evidence_row: int
    evidence_col: int


class Cleared(NamedTuple):
    """A cell that does not say any more what an earlier copy of the workbook *said*, and the claim still holds.

    *copy* is that one's file name, *when* the day on which it was taken. The cell is blank, or says again what the
    template was issued with.
    """

    file: int
    candidate: str
    unit: str
    said: str
    copy: str
    when: str
    grade_shown: str
    grade_sheet: str
    grade_row: int
    grade_col: int


@dataclass(slots=True)
class Plain:
    """The lines of one workbook of which no rule can speak (:mod:`claimbatch.intake.plain`): no table has them.

    Their grades stand on one *sheet*, and are in the order of their rows.
    """

    sheet: str = ""
    lines: list[PlainLine] = field(default_factory=list)


@dataclass(slots=True)
class Rows:
    """The rows of one workbook, by table, and its *plain* lines beside them.

    *said* is what it says that its template did not, by candidate and unit; only where copies of it were taken.
    """

    cells: list[Cell] = field(default_factory=list)
    candidates: list[CandidateRow] = field(default_factory=list)
    locked: list[Locked] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    initials: list[Initials] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    other: list[OtherUnit] = field(default_factory=list)
    cleared: list[Cleared] = field(default_factory=list)
    plain: Plain = field(default_factory=Plain)
    said: dict[tuple[str, str], Mark] = field(default_factory=dict)


TABLES: Mapping[str, type[NamedTuple]] = {
    "cells": Cell,
    "candidates": CandidateRow,
    "locked": Locked,
    "lines": Line,
    "initials": Initials,
    "moved": Moved,
    "people": Person,
    "other": OtherUnit,
    "cleared": Cleared,
}


def join(parts: Iterable[Rows]) -> "dict[str, pd.DataFrame]":
    """One frame for each table that has rows: those of all *parts* in their order, the values as they are."""
    kept = list(parts)
    joined = {name: [row for part in kept for row in getattr(part, name)] for name in TABLES}
    if not any(joined.values()):
        return {}
    import pandas as pd  # noqa: PLC0415 - slow to import, and only rows need it

    return {
        name: pd.DataFrame(rows, columns=list(TABLES[name]._fields), dtype=object)
        for name, rows in joined.items()
        if rows
    }
