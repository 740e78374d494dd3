"""A register file's rows under their headings: each field as text, from whichever columns hold it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from claimbatch import clock
from claimbatch.claims.register import dates
from claimbatch.claims.register.cells import DIGITS, ODD, shown, tidy, understood
from claimbatch.claims.register.file import Table
from claimbatch.claims.register.headings import ASSESSORS, Columns, Kind
from claimbatch.form.qualification import Catalogue
from claimbatch.names import is_damaged, is_name, may_have_been, squeeze, surname_first, typed
from claimbatch.problems import Place

BORN = "date_of_birth"
NAMES = ("candidate_name", "name")
_OF_DATES = re.compile(r"(?i)date|day|start|end|enrol|left|leav|born|since|from|until|time")


@dataclass(frozen=True, slots=True)
class Known:
    """What a file is judged against: centres, qualifications, assessors' names by centre and initials.

    *people* are the candidates' names in the register by centre and candidate number; *claimed* are name and date of
    birth of those whom claims name.
    """

    centres: Mapping[str, str]
    catalogue: Catalogue
    assessors: Mapping[tuple[str, str], str] = field(default_factory=dict)
    claimed: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    people: Mapping[tuple[str, str], str] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Row:
    """One row: each field's text as understood and as it stood, and the other columns by heading.

    Its cells are read one by one, then its date with the whole column, then its name with the whole register.
    *odd* names the fields whose cell holds no text, number or date; *restored* those whose leading zeros were put
    back; *dated* the further columns that hold a date. *why* says of a date of birth why it is none; *halves* are the
    texts of a name in two columns, and *column* says which of them a fault is told at. *beyond* is what stands to the
    right of the last heading. *better* is the name that the register has whole where this one is damaged.
    """

    part: "Part"
    number: int
    text: dict[str, str]
    shown: Mapping[str, str]
    column: Mapping[str, int]
    details: Mapping[str, str]
    dated: frozenset[str]
    odd: frozenset[str]
    restored: frozenset[str]
    why: dict[str, str]
    halves: Mapping[str, tuple[str, ...]]
    beyond: str = ""
    better: str = ""

    def place(self, name: str) -> Place:
        """Where a field stands."""
        if name in self.part.stated:
            return self.part.stated[name][0]
        column = self.column.get(name, self.part.columns.fields[name][0])
        return self.part.place(self.number, column)

    def places(self) -> list[Place]:
        """Where all fields stand, and what is beyond them."""
        names = [*self.part.columns.fields, *self.part.stated]
        return [self.part.place(self.number, len(self.part.headings)), *(self.place(name) for name in names)]


@dataclass(frozen=True, slots=True)
class Part:
    """A table under its headings: the *header* row's number, its *headings* by column, and which column is which.

    *stated* are fields that no column has, and that are said once for all rows: where, and what.
    *hidden* and *passed_over* are rows that were not read: those a person does not see, and totals, guidance and
    remarks; each with what stands in it. *order* tells how its dates were read.
    """

    table: Table
    header: int
    headings: tuple[str, ...]
    columns: Columns
    stated: Mapping[str, tuple[Place, str]] = field(default_factory=dict)
    hidden: tuple[tuple[int, str], ...] = ()
    passed_over: tuple[tuple[int, str], ...] = ()
    order: dates.Column = field(default_factory=lambda: dates.Column(()))
    dated: tuple[int, ...] = ()

    def place(self, number: int, column: int) -> Place:
        """Where a cell stands."""
        heading = self.headings[column] if column < len(self.headings) else ""
        return self.table.place(number, column, heading)

    def named(self, name: str) -> str:
        """The heading, or headings, of a field."""
        return " + ".join(self.headings[column] for column in self.columns.fields[name])


@dataclass(frozen=True, slots=True)
class Left:
    """A sheet that was not read, and *why*; *matters*: it seems to hold candidates, so the rest is only a part."""

    title: str
    why: str
    matters: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """A register file as it was read: the parts that hold its rows, and the sheets that were left.

    *seems* is the kind of file whose columns it has, where that is another.
    """

    table: Table
    kind: Kind
    known: Known
    parts: tuple[Part, ...] = ()
    rows: tuple[Row, ...] = ()
    left: tuple[Left, ...] = ()
    seems: str = ""

    @property
    def wanted(self) -> Mapping[str, bool]:
        """The fields of this kind of file, and whether it must have them."""
        return self.kind.wanted

    @property
    def columns(self) -> frozenset[str]:
        """The fields that any part has."""
        return frozenset(name for part in self.parts for name in part.columns.fields)

    def centre(self, row: Row) -> str:
        """The centre of a row; where the file names none, the workspace's only one."""
        return row.text.get("centre_number", "") or next(iter(self.known.centres), "")

    def cells(self, *names: str) -> Iterator[tuple[Row, str, str]]:
        """The filled cells of these fields: row, field, text."""
        for row in self.rows:
            for name in names:
                if row.text.get(name):
                    yield row, name, row.text[name]


def read_rows(
    part: Part, kind: Kind, numbered: Sequence[tuple[int, tuple[Any, ...]]]
) -> tuple[Part, list[Row]]:
    """The rows of *part*, and the part with what its column of dates is like."""
    rows = [_row(part, kind, number, values) for number, values in numbered]
    if BORN not in part.columns.fields:
        return part, rows
    column = part.columns.fields[BORN][0]
    values = [
        None if BORN in row.odd else _raw(cells, column)
        for row, (_, cells) in zip(rows, numbered, strict=True)
    ]
    order = dates.read_column([tidy(v) if isinstance(v, str) else v for v in values], _today())
    for row, born in zip(rows, order.cells, strict=True):
        if born and born.iso:
            row.text[BORN] = born.iso
        elif born:
            row.why[BORN] = born.why
    quarrel = tuple(rows[i].number for i in order.quarrel)
    dated = tuple(sorted({i for i in part.columns.others for row in rows if part.headings[i] in row.dated}))
    part = replace(part, order=dates.Column((), order.order, order.proved, quarrel), dated=dated)
    for row in rows:
        row.part = part
    return part, rows


def settle_names(sheet: Sheet) -> None:
    """Give each person one spelling: the register's where only the typing differs, else the first in the file.

    A name that was damaged on its way never stands in for a whole one that the register has.
    """
    first: dict[tuple[str, str], str] = {}
    for row, name, text in sheet.cells("candidate_name"):
        who = sheet.centre(row), row.text.get("candidate_number", "")
        stored = sheet.known.people.get(who, "")
        if typed(stored) == typed(text):
            row.text[name] = stored
        elif stored and is_damaged(text) and may_have_been(text, stored):
            row.better = row.text[name] = stored
        spelt = first.setdefault(who, row.text[name])
        if squeeze(spelt) == squeeze(row.text[name]):
            row.text[name] = spelt


def _today() -> date:
    return clock.now().date()


def _raw(values: Sequence[Any], column: int) -> Any:
    return values[column] if column < len(values) else None


def _row(part: Part, kind: Kind, number: int, values: tuple[Any, ...]) -> Row:
    columns = part.columns
    cells = {name: [_raw(values, i) for i in where] for name, where in columns.fields.items()}
    texts = {name: said for name, (_, said) in part.stated.items()}
    texts |= {name: _joined(kind, [shown(raw) for raw in raws]) for name, raws in cells.items()}
    text = {name: _read(kind, name, said) for name, said in texts.items()}
    others = {i: _raw(values, i) for i in columns.others}
    width = len(part.headings)
    return Row(
        part=part,
        number=number,
        text=text,
        shown=texts,
        column={name: _at_fault(part, name, raws) for name, raws in cells.items() if len(raws) > 1},
        details={part.headings[i]: tidy(raw) for i, raw in others.items() if i < len(values)},
        dated=frozenset(
            heading for i, heading in columns.others.items() if _became_a_date(heading, others[i])
        ),
        odd=frozenset(name for name, raws in cells.items() if any(isinstance(raw, ODD) for raw in raws)),
        restored=frozenset(name for name in DIGITS if name in cells and _longer(text[name], texts[name])),
        why={},
        halves={
            name: tuple(map(tidy, raws)) for name, raws in cells.items() if name in NAMES and len(raws) > 1
        },
        beyond=", ".join(filter(None, map(tidy, values[width:]))),
    )


def _longer(number: str, stood: str) -> bool:
    """Whether zeros were put back in front of a number."""
    return number != stood and number.lstrip("0") == stood


def _became_a_date(heading: str, raw: Any) -> bool:
    """Whether a cell that names a class or the like holds a date: ``10/2``, changed by a spreadsheet."""
    if isinstance(raw, date) or (
        isinstance(raw, str) and raw[:1].isdigit() and dates.is_date_text(raw.strip())
    ):
        return not _OF_DATES.search(heading)
    return False


def _joined(kind: Kind, texts: Sequence[str]) -> str:
    return (" " if kind.name == ASSESSORS else ", ").join(filter(None, texts))


def _read(kind: Kind, name: str, text: str) -> str:
    read = understood(name, text)
    return surname_first(read) if name == "candidate_name" and kind.name != ASSESSORS else read


def _at_fault(part: Part, name: str, raws: Sequence[Any]) -> int:
    """Of a name in two columns, the column that a fault is told at: the first that is blank or no name."""
    columns = part.columns.fields[name]
    texts = [tidy(raw) for raw in raws]
    wrong = (
        i for i, text in zip(columns, texts, strict=True) if text and (not is_name(text) or is_damaged(text))
    )
    blank = (i for i, text in zip(columns, texts, strict=True) if not text)
    return next(wrong, next(blank, columns[0]))
