"""A register file as rows of cells: CSV in whatever way it was saved, or the rows of a workbook's sheet.

Nothing is judged here but whether it can be read at all; every row keeps its number in the file.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from claimbatch.a1 import a1
from claimbatch.claims.register.characters import Text, decode
from claimbatch.problems import Place

DELIMITERS: Mapping[str, str] = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
LARGEST = 16 * 1024 * 1024  # bytes; a register of a hundred thousand candidates has fewer
_LOOKED_AT = 60  # lines; some exports begin with a title or with instructions
_SEPARATOR = re.compile(r"sep=([,;\t|])[\r\n]", re.IGNORECASE)  # Excel's own hint in a first line
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx; .xls, and .xlsx with a password
Known = Callable[[Sequence[str]], int]


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell without a value to read: what a person sees there, such as ``#N/A``."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one register file or of one sheet of it, each with its number; *fault* says why it is unreadable.

    *sheet* is empty for CSV, where a place is a line; *fault_line* is where the fault shows. *hidden* are the numbers
    of rows that a person does not see in the sheet; *veiled*: the sheet itself is hidden. *text* is how a CSV file
    was decoded (its text aside), *delimiter* what stands between its cells.
    """

    name: str
    rows: tuple[tuple[int, tuple[Any, ...]], ...] = ()
    sheet: str = ""
    fault: str = ""
    fault_line: int = 0
    advice: str = ""
    hidden: frozenset[int] = frozenset()
    veiled: bool = False
    text: Text = field(default_factory=Text)
    delimiter: str = ""

    def place(self, row: int, column: int, heading: str) -> Place:
        """Where a cell stands: ``line 7`` of a CSV file, ``C7`` of a sheet (*column* counts from 0)."""
        cell = a1(row, column + 1) if self.sheet else f"line {row}"
        return Place(self.name, self.sheet, cell, heading)

    @property
    def title(self) -> str:
        """What people call it: the sheet, or the file."""
        return self.sheet or self.name


def is_workbook(data: bytes) -> bool:
    """Whether *data* is a workbook, whatever its file is called."""
    return data.startswith(_WORKBOOKS)


def read_sheet(
    name: str,
    sheet: str,
    rows: Sequence[Sequence[Any]],
    faults: Mapping[tuple[int, int], str],
    *,
    hidden: frozenset[int] = frozenset(),
    veiled: bool = False,
) -> Table:
    """A workbook's sheet: its rows from the first one on, and its error cells by row and column, from 1."""
    grid = [list(row) for row in rows]
    for (row, column), text in faults.items():
        grid += [[] for _ in range(row - len(grid))]
        grid[row - 1] += [""] * (column - len(grid[row - 1]))
        grid[row - 1][column - 1] = Fault(text)
    numbered = tuple((number, tuple(row)) for number, row in enumerate(grid, 1) if any(map(_filled, row)))
    fault = "" if numbered else "it is empty"
    return Table(name, numbered, sheet, fault, hidden=hidden, veiled=veiled)


def read_csv(name: str, data: bytes, *, encoding: str = "", known: Known | None = None) -> Table:
    """A CSV file: commas, semicolons, tabs or bars, in the *encoding* that a person named, else as told by its bytes.

    *known* counts the headings in a row that mean something: it tells the cells apart better than counting does.
    """
    if len(data) > LARGEST:
        return Table(name, fault="it is larger than 16 MB")
    text = decode(data, encoding)
    if text.fault:
        return Table(name, fault=text.fault, fault_line=text.line)
    if not text.text.strip():
        return Table(name, fault="it is empty")
    return _rows(name, text, known)


def _rows(name: str, text: Text, known: Known | None) -> Table:
    stated = _SEPARATOR.match(text.text)
    rows: list[tuple[int, tuple[Any, ...]]] = []
    start = 1
    try:
        delimiter = stated[1] if stated else _delimiter(text.text, known)
        reader = csv.reader(io.StringIO(text.text, newline=""), delimiter=delimiter, strict=True)
        for row in reader:
            if any(map(_filled, row)) and not (stated and start == 1):
                rows.append((start, tuple(row)))
            start = reader.line_num + 1  # a quoted cell may hold line breaks
    except csv.Error as error:
        return Table(name, fault=_broken(str(error), start), fault_line=start)
    return Table(name, tuple(rows), text=_without_text(text), delimiter=DELIMITERS.get(delimiter, delimiter))


def _broken(error: str, line: int) -> str:
    if "expected after" in error:
        return (
            f"in line {line} a quotation mark stands within a quoted cell, and it does not end there (write it twice: "
            '"")'
        )
    if "unexpected end" in error:
        return f"a quotation mark in line {line} is never closed"
    return f"a cell in line {line} is far too long; perhaps a quotation mark before it is never closed"


def _without_text(text: Text) -> Text:
    return Text("", text.encoding, text.guessed, text.rivals)


def _delimiter(text: str, known: Known | None) -> str:
    """What stands between the cells: what gives the most known headings in a row, else the most even columns."""
    lines = list(islice(io.StringIO(text, newline=None), _LOOKED_AT))
    samples = {sign: _cut(lines, sign) for sign in DELIMITERS}
    if known:
        most = {sign: max(map(known, rows), default=0) for sign, rows in samples.items()}
        best = max(most, key=lambda sign: most[sign])
        if most[best] > 1:
            return best
    for line in lines:
        most_of = max(DELIMITERS, key=line.count)
        if line.count(most_of) > 1:
            return most_of
    even = {sign: Counter(len(row) for row in rows if len(row) > 1) for sign, rows in samples.items()}
    return max(even, key=lambda sign: max((width * rows for width, rows in even[sign].items()), default=0))


def _cut(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    """The cells of *lines*; none where one is too long to be a cell, which is told when the file is read."""
    try:
        return list(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return []


def _filled(value: Any) -> bool:
    return value is not None and bool(str(value).strip())
