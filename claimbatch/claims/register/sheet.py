"""A register file's rows under their headings: each cell as text, tidied the way registers need it.

Spreadsheets eat leading zeros and make dates of text; what can be put back for certain is put back here.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, Self

from claimbatch.claims.register.file import Fault, Table
from claimbatch.form.qualification import Catalogue
from claimbatch.problems import Place

# The columns of each file: field -> whether the file must have it.
ENTRIES: Mapping[str, bool] = {
    "centre_number": False,
    "entry_code": True,
    "candidate_number": True,
    "candidate_name": True,
    "date_of_birth": True,
    "ocr_candidate_number": False,
    "uci": False,
    "uln": False,
    "units": False,
}
ASSESSORS: Mapping[str, bool] = {"centre_number": False, "entry_code": True, "initials": True, "name": True}
# Other headings that school systems use for the same, without case, spaces, underscores and full stops.
ALSO: Mapping[str, str] = {
    "centreno": "centre_number", "ncn": "centre_number", "candno": "candidate_number",
    "candidateno": "candidate_number", "candnumber": "candidate_number", "dob": "date_of_birth",
    "birthdate": "date_of_birth", "name": "candidate_name",
    "assessor": "name", "assessorname": "name", "fullname": "name", "qualificationcode": "entry_code",
}  # fmt: skip
DIGITS = {"centre_number": 5, "entry_code": 5, "candidate_number": 4}
_ODD = (bool, time, timedelta, Fault)
_HEADING_WITHIN = 10  # rows; some exports begin with a title
_UK_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_INVISIBLE = str.maketrans("", "", "\u200b\u200c\u200d\u2060\ufeff")


@dataclass(frozen=True, slots=True)
class Known:
    """What a file is judged against: centres, qualifications, assessors' names by centre and initials.

    *claimed* are name and date of birth of those whom claims name, by centre and candidate number.
    """

    centres: Mapping[str, str]
    catalogue: Catalogue
    assessors: Mapping[tuple[str, str], str] = field(default_factory=dict)
    claimed: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: each field's text as understood and as it stood, and the other columns by heading.

    *odd* names the fields whose cell holds no text, number or date; *restored* those whose
    leading zeros were put back. *beyond* is what stands to the right of the last heading.
    """

    number: int
    text: Mapping[str, str]
    shown: Mapping[str, str]
    details: Mapping[str, str]
    odd: frozenset[str]
    restored: frozenset[str]
    beyond: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table whose headings were found: which column holds which field, and the rows under them.

    *headings* are as they stand in the file, by column; *repeated* the columns whose heading came before, *others*
    the headings that are no field of this file.
    """

    table: Table
    wanted: Mapping[str, bool]
    known: Known
    header: int = 0
    headings: tuple[str, ...] = ()
    columns: Mapping[str, int] = field(default_factory=dict)
    repeated: tuple[int, ...] = ()
    rows: tuple[Row, ...] = ()
    others: tuple[str, ...] = ()

    @classmethod
    def of(cls, table: Table, wanted: Mapping[str, bool], known: Known) -> Self:
        """Find the headings among the first rows of *table* and read what stands under them."""
        position = _header(table, wanted)
        if position is None:
            return cls(table, wanted, known)
        header, cells = table.rows[position]
        headings = tuple(tidy(cell) for cell in cells)
        fields = _fields(headings, wanted)
        columns = {name: fields.index(name) for name in wanted if name in fields}
        repeated = tuple(i for i, name in enumerate(fields) if name and i != columns[name])
        others = {i: heading for i, heading in enumerate(headings) if heading and not fields[i]}
        rows = tuple(
            _row(number, values, columns, others, len(cells)) for number, values in table.rows[position + 1 :]
        )
        return cls(table, wanted, known, header, headings, columns, repeated, rows, tuple(others.values()))

    def centre(self, row: Row) -> str:
        """The centre of a row; where the file names none, the workspace's only one."""
        return row.text.get("centre_number", "") or next(iter(self.known.centres), "")

    def place(self, row: Row, name: str) -> Place:
        """Where a field of a row stands."""
        column = self.columns[name]
        return self.table.place(row.number, column, self.headings[column])

    def places(self, row: Row) -> list[Place]:
        """Where all fields of a row stand, and what is beyond them."""
        return [self.beyond(row), *(self.place(row, name) for name in self.columns)]

    def beyond(self, row: Row) -> Place:
        """The place to the right of the headings."""
        return self.table.place(row.number, len(self.headings), "")

    def cells(self, *names: str) -> Iterator[tuple[Row, str, str]]:
        """The filled cells of these fields: row, field, text."""
        for row in self.rows:
            for name in names:
                if row.text.get(name):
                    yield row, name, row.text[name]

    def notes(self, fate: str) -> list[str]:
        """What a person should know of how it was read; *fate* is what became of the other columns."""
        notes = [f"Columns that claimbatch does not know were {fate}: {', '.join(self.others)}."]
        zeros = sum(len(row.restored) for row in self.rows)
        cells = "1 cell" if zeros == 1 else f"{zeros} cells"
        return notes * bool(self.others) + [f"Leading zeros were put back in {cells}."] * bool(zeros)


def tidy(raw: Any) -> str:
    """A cell as text: single spaces, nothing invisible, whole numbers without ``.0``, dates as ISO text."""
    if raw is None:
        return ""
    if isinstance(raw, datetime):
        raw = raw.date()  # Excel keeps a time beside every date
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    return " ".join(str(raw).translate(_INVISIBLE).split())


def unit_numbers(text: str) -> list[str]:
    """The units that a cell names: ``3 4``, ``3; 4``, ``Unit 3, Unit 4``.

    >>> unit_numbers("Unit 3; 4,12")
    ['3', '4', '12']
    """
    return [word for word in re.split(r"[\s;,]+", text) if word and word.casefold() not in ("unit", "units")]


def _header(table: Table, wanted: Mapping[str, bool]) -> int | None:
    """The row with the headings: the first with two that are known, else the first one of all."""
    for position, (_, cells) in enumerate(table.rows[:_HEADING_WITHIN]):
        if len({*_fields(list(map(tidy, cells)), wanted)} - {""}) > 1:
            return position
    return 0 if table.rows else None


def _fields(headings: Sequence[str], wanted: Mapping[str, bool]) -> list[str]:
    """The field of each heading, empty where it has none; other names for a field count where its own is not there."""
    plain = [re.sub(r"[\s_.-]", "", heading).casefold() for heading in headings]
    own = {name.replace("_", ""): name for name in wanted}
    found = [own.get(text, "") for text in plain]
    for i, text in enumerate(plain):
        if not found[i] and ALSO.get(text) in wanted and ALSO[text] not in found:
            found[i] = ALSO[text]
    return found


def _row(
    number: int, values: tuple[Any, ...], columns: Mapping[str, int], others: Mapping[int, str], width: int
) -> Row:
    cells = {name: values[i] for name, i in columns.items() if i < len(values)}
    shown = {name: tidy(raw) for name, raw in cells.items()}
    text = {name: _understood(name, value) for name, value in shown.items()}
    details = {heading: tidy(values[i]) for i, heading in others.items() if i < len(values)}
    odd = {name for name, raw in cells.items() if isinstance(raw, _ODD)}
    restored = {name for name in DIGITS if name in shown and text[name] != shown[name]}
    beyond = ", ".join(filter(None, map(tidy, values[width:])))
    return Row(number, text, shown, details, frozenset(odd), frozenset(restored), beyond)


def _understood(name: str, text: str) -> str:
    if name in DIGITS and text.isascii() and text.isdigit():
        return text.zfill(DIGITS[name])
    if name == "date_of_birth":
        match = _UK_DATE.fullmatch(text)
        return f"{match[3]}-{match[2]:0>2}-{match[1]:0>2}" if match else text
    if name in ("uci", "uln", "ocr_candidate_number"):
        return text.replace(" ", "").upper()
    return text
