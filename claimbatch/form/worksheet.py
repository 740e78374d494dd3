"""A template's workbook as plain data, before it is a file: what stands in its cells, and what surrounds them.

Sheets are described here and written by :mod:`claimbatch.form.xlsx`, in one pass and without an object for each cell:
that is what making many templates costs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from claimbatch.a1 import column_letters
from claimbatch.form.layout import HEADER_ROW


class Formula(NamedTuple):
    """What a cell calculates, without the ``=``; a text is a text, whatever it begins with."""

    text: str


Value = str | int | date | Formula
Cell = tuple[Value, str]  # what stands in it ("" where nothing does), and the name of its style


@dataclass(slots=True)
class Width:
    """One column: its *width* in digits; *folded* into a group, or the one *after* such a group."""

    width: float
    folded: bool = False
    after: bool = False


@dataclass(frozen=True, slots=True)
class Validation:
    """What the cells of *area* (ranges with spaces between them) take, and what is said beside them.

    *kind* is ``list``, ``custom`` or nothing; *refusal* and *prompt* are pairs of title and text.
    """

    area: str
    kind: str = ""
    formula: str = ""
    blank: bool = True
    refusal: tuple[str, str] = ("", "")
    prompt: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Highlight:
    """How the cells of *area* look where *formula* holds: a key of :data:`claimbatch.form.style.HIGHLIGHTS`."""

    area: str
    formula: str
    look: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet on A4 landscape: what is printed, what is repeated on each page, on how many pages; *top* is in inches.

    *header* is a text, the *footer* has three (left, centre, right) in Excel's own code for them, ``Page &P of &N``.
    """

    area: str
    rows: str
    columns: str
    pages: tuple[int, int]
    top: float
    header: str
    footer: tuple[str, str, str]


@dataclass(slots=True)
class Worksheet:
    """One sheet. Cells stand in its *rows*, from left to right; in those of its *table* the row *blank* lies below
    them, so that a grid that is still to be filled in costs next to nothing.

    *names* are the defined names of the workbook that it brings, each with what it refers to.
    """

    title: str
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    blank: dict[int, Cell] = field(default_factory=dict)
    table: range = range(0)
    heights: dict[int, float] = field(default_factory=dict)
    columns: dict[int, Width] = field(default_factory=dict)
    validations: list[Validation] = field(default_factory=list)
    highlights: list[Highlight] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    tab: str = ""
    filtered: str = ""
    frozen: tuple[int, int] = (0, 0)
    first_input: str = "A1"
    protect: bool = True
    paper: Paper | None = None

    @property
    def last_row(self) -> int:
        """The last row that holds a cell."""
        return max(self.table.stop - 1, *self.rows)

    @property
    def last_column(self) -> int:
        """The last column that has a heading."""
        return max(self.rows[HEADER_ROW])

    def row(self, number: int) -> dict[int, Cell]:
        """All the cells of a row."""
        return {**self.blank, **self.rows[number]} if number in self.table else self.rows[number]

    @property
    def corner(self) -> str:
        """The cell that the last row and the last column share."""
        return f"{column_letters(self.last_column)}{self.last_row}"

    def below_headings(self, letters: str, to: str = "") -> str:
        """The cells below the headings of one column, or as far as another: ``E5:H34``."""
        return f"{letters}{HEADER_ROW + 1}:{to or letters}{self.last_row}"


@dataclass(frozen=True, slots=True)
class Workbook:
    """The sheets in their order, more defined *names*, and the properties of the file; *issued* is in UTC."""

    sheets: tuple[Worksheet, ...]
    names: Mapping[str, str]
    title: str
    author: str
    issued: datetime
    token: tuple[str, str]  # a property of our own, and its value


def put(worksheet: Worksheet, row: int, column: int, value: Value, style: str) -> None:
    """Write *value*; in a row, from left to right."""
    worksheet.rows.setdefault(row, {})[column] = (value, style)
