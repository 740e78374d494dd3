"""One workbook at work: reading its cells one by one, each with its place, and collecting the rows of the tables."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from claimbatch.claims.claim import OTHER
from claimbatch.intake.known import Entered, Issued, Known
from claimbatch.intake.sheet import NumberedRow, Table
from claimbatch.intake.submission import Submission
from claimbatch.intake.tables import EXTERNAL, NOT_OFFERED, OFFERED, Cell, Rows
from claimbatch.intake.values import BLANK, MERGED, Read, read_text

WANTED = {
    "number": "the candidate number",
    "date": "a date",
    "grade": "a grade",
    "initials": "an assessor's initials",
    "unit": "a unit",
    "yes": "Yes",
}
Spot = tuple[str, int, int]  # sheet, row, column
Reader = Callable[[Any], Read]


class Found(NamedTuple):
    """A cell as read, with its place."""

    read: Read = BLANK
    spot: Spot = ("", 0, 0)

    @property
    def filled(self) -> bool:
        """Whether the cell says anything, readable or not."""
        return bool(self.read.shown)

    @property
    def fillable(self) -> bool:
        """Whether it is a cell by itself, in a column that is there."""
        return self.spot[2] > 0 and not self.merged

    @property
    def merged(self) -> bool:
        """Whether it is one of several cells that were merged."""
        return self.read.fault == MERGED


NOTHING = Found()


class Row(NamedTuple):
    """One row of a sheet."""

    table: Table
    number: int
    values: Sequence[Any]

    def spot(self, key: str) -> Spot:
        """Where the row's cell in the column *key* stands."""
        return self.table.name, self.number, self.table.columns.get(key, 0)

    def raw(self, key: str) -> Any:
        """The value in the column *key* as it came."""
        return self.table.value(self.values, key)


@dataclass(slots=True)
class Work:
    """One workbook at work: the submission, what is known of its centre, and the rows made so far.

    *issued* is the template it was made from, *entered* are the candidates entered for its qualification. With *every*
    there are rows for all that it says, else only for what a rule could speak of.
    """

    file: int
    submission: Submission
    known: Known
    every: bool = False
    issued: Issued = field(init=False)
    entered: Mapping[str, Entered] = field(init=False)
    rows: Rows = field(default_factory=Rows)
    people: dict[str, str] = field(default_factory=dict)  # case-folded initials -> initials, as allowed here
    names: dict[str, list[str]] = field(
        default_factory=dict
    )  # squeezed full name -> initials of all called so
    gone: dict[str, str] = field(
        default_factory=dict
    )  # the same for those who assess the qualification no more
    offers: dict[str, str] = field(default_factory=dict)  # unit -> whether it is offered, as far as asked
    graded: Mapping[str, NumberedRow] = field(default_factory=dict)  # candidate -> the row with the grades

    def __post_init__(self) -> None:
        identity = self.submission.identity
        self.issued = self.known.issued[identity.template_id]
        self.entered = self.known.entries.get((identity.centre_number, identity.entry_code), {})

    def offer(self, unit: str) -> str:
        """Whether a *unit* can be claimed here, as the table of lines says it; another awarding body's always can."""
        if unit.startswith(OTHER):
            return OFFERED
        if unit not in self.offers:
            found = self.submission.qualification.unit(int(unit))
            self.offers[unit] = NOT_OFFERED if found is None else EXTERNAL if found.external else OFFERED
        return self.offers[unit]


def rows_of(table: Table | None) -> Iterator[Row]:
    """The rows of a sheet that say something in a column of the form."""
    for number, values in table.rows if table else ():
        if table and not table.blank(values):
            yield Row(table, number, values)


def find(work: Work, row: Row, key: str, reader: Reader, *about: str) -> Found:
    """Read one cell; one that cannot be read goes to the table of cells, about a candidate and unit.

    A cell that is merged with others says nothing by itself, whatever stands in it (rule CB018 tells).
    """
    table = row.table
    column = table.columns.get(key, 0)
    raw = row.values[column - 1] if 0 < column <= len(row.values) else ""
    spot = (table.name, row.number, column)
    if table.merged and spot[1:] in table.merged:
        return Found(Read("", MERGED, read_text(raw).shown), spot)
    read = reader(raw)
    if read.fault:
        kind, heading = _column(table, key)
        wanted = WANTED.get(kind) or f"the {heading if heading[:2].isupper() else heading.lower()}"
        candidate, unit = (read.value, "") if kind == "number" else (*about, "", "")[:2]
        note = read.value or f"'{read.shown}' is not a candidate number"
        fault = Cell(work.file, candidate, unit, kind, read.fault, wanted, note, read.shown, *spot)
        work.rows.cells.append(fault)
    return Found(read, spot)


def _column(table: Table, key: str) -> tuple[str, str]:
    """What a column holds, and its heading; one for a unit that the form has not holds grades."""
    found = next(((c.kind, c.heading) for c in table.sheet.columns if c.key == key), ("grade", ""))
    return ("number", "") if key == "number" else found
