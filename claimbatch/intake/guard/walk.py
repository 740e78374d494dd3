"""The long way through the cells of a sheet and its texts: one by one, whatever way they are written.

It takes what stands in the spreadsheet's own namespaces, and refuses what programs read differently.
"""

import re
from collections.abc import Mapping, Set
from typing import NoReturn
from xml.parsers import expat

from claimbatch.a1 import Address, a1, address, column_letters
from claimbatch.intake.guard.archive import DAMAGED, TOO_LARGE, UNSAFE, Refusal
from claimbatch.intake.guard.cells import NO_TEXTS, Cells, Texts, check_place
from claimbatch.intake.guard.markup import DEPTH, SPREADSHEET

AREA = 2_000_000  # cells of the rectangle around the values of a sheet: the reader lays out all of it

_COLUMNS = {column_letters(number): number for number in range(1, 703)}  # of one letter or two
_NONE: frozenset[str] = frozenset()
_CELL = frozenset(f"{namespace} c" for namespace in SPREADSHEET)
_OFF = ("0", "false", "off")
_TEXT = {"t", "r", "rPh", "phoneticPr"}
# What may stand in what: anything else is read by some programs and passed over by others.
_CHILDREN: Mapping[str, Set[str]] = {
    "sheetData": {"row"}, "row": {"c"}, "c": {"f", "v", "is"}, "f": _NONE, "v": _NONE, "t": _NONE,
    "is": _TEXT, "si": _TEXT, "r": {"rPr", "t"}, "rPh": {"t"},
}  # fmt: skip

_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_ROW_NUMBER = re.compile("[1-9][0-9]{0,6}")
# The reader does not resolve these, and would give a part of the value, or another type.
_REFERENCE = re.compile(rb"<(?:\w+:)?(?:c|row)\s[^>]*&|v>[0-9.eE+-]*&#")


def _is_blank(text: str) -> bool:
    return not _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text).strip()


def number(text: str) -> int:
    """The number of a format or a text; one that none can have where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 1 << 30


def _refuse_hidden_text(*_: object) -> None:
    raise Refusal(DAMAGED, "a cell holds its text in a form that programs read differently")


def is_struck(attributes: Mapping[str, str]) -> bool:
    """Whether an element ``strike`` puts a line through the words it is about."""
    return attributes.get("val", "1") not in _OFF


def walk_strings(xml: bytes) -> Texts:
    """The shared texts, one by one, whatever way they are written."""
    blanks: set[int] = set()
    struck: set[int] = set()
    text: list[str] = []
    open_names: list[str] = []
    count = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        allowed = _CHILDREN.get(open_names[-1]) if "si" in open_names else None
        if allowed is not None and (local not in allowed or namespace not in SPREADSHEET):
            _refuse_hidden_text()
        open_names.append(local)
        if local == "si":
            text.clear()
        elif local == "strike" and is_struck(attributes):
            struck.add(count)

    def end(_: str) -> None:
        nonlocal count
        if open_names.pop() == "si":
            if _is_blank("".join(text)):
                blanks.add(count)
            count += 1

    def data(characters: str) -> None:
        if open_names[-1] == "t" and "rPh" not in open_names:
            text.append(characters)

    parser = expat.ParserCreate("utf-8", " ")
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = data
    parser.CommentHandler = parser.StartCdataSectionHandler = _refuse_hidden_text
    parser.ProcessingInstructionHandler = _refuse_hidden_text
    parser.Parse(xml, True)
    return Texts(count, frozenset(blanks), frozenset(struck), walked=True)


def walk_cells(xml: bytes, texts: Texts = NO_TEXTS, struck: Set[int] = frozenset()) -> Cells:
    """Count the cells of a whole sheet, one by one, whatever way it is written.

    *texts* are the shared ones, *struck* the formats with a line through. The part is known to be well-formed.
    """
    if b"&" in xml and _REFERENCE.search(xml):
        raise Refusal(
            DAMAGED, "a cell's address or number is written in a way that programs read differently"
        )
    walk = _Walk(texts, struck)
    parser = expat.ParserCreate("utf-8", " ")
    parser.buffer_text = True
    parser.StartElementHandler = walk.start
    parser.EndElementHandler = walk.end
    parser.CharacterDataHandler = walk.data
    parser.CommentHandler = parser.StartCdataSectionHandler = walk.hidden
    parser.ProcessingInstructionHandler = walk.hidden
    parser.Parse(xml, True)
    return walk.cells()


class _Walk:
    """The state of one walk over a sheet: where it is, and what it has found."""

    def __init__(self, texts: Texts, struck: Set[int]) -> None:
        self.texts, self.struck_formats = texts, struck
        self.open: list[str] = []
        self.sheets = 0
        self.within = False  # a set of cells
        self.row = self.column = 0
        self.digits = "0"  # of the row
        self.rows: set[int] = set()
        self.columns: set[int] = set()
        self.kind = self.format = ""
        self.had: set[str] = set()
        self.value: list[str] = []
        self.errors: dict[Address, str] = {}
        self.empty: set[Address] = set()
        self.formulas = self.filled = 0
        self.struck: set[Address] = set()
        self.is_struck = False
        self.hidden_rows: set[int] = set()
        self.box = [1 << 30, 1 << 30, 0, 0]

    def cells(self) -> Cells:
        return Cells(
            self.errors,
            frozenset(self.empty),
            self.formulas,
            self.filled,
            frozenset(self.struck),
            frozenset(self.hidden_rows),
        )

    def start(self, name: str, attributes: dict[str, str]) -> None:
        parent = self.open[-1] if self.open else ""
        if parent == "row" and self.within and name in _CELL:  # as nearly all are
            self.open.append("c")
            self._start_cell(attributes)
            return
        if len(self.open) == DEPTH:
            raise Refusal(TOO_LARGE, f"a part is nested more than {DEPTH} deep")
        namespace, _, local = name.rpartition(" ")
        self.open.append(local)
        if local == "sheetData" or self.sheets:
            self._start_other(namespace, local, parent, attributes)

    def _start_other(self, namespace: str, local: str, parent: str, attributes: dict[str, str]) -> None:
        allowed = _CHILDREN.get(parent) if self.within else None
        if local == "sheetData":
            self.sheets += 1
            self.within = True
        if self.within and namespace not in SPREADSHEET:
            self._refuse("holds something that only some programs take for its value")
        twice = parent == "c" and local in self.had
        if self.sheets > 1 or twice or (allowed is not None and local not in allowed):
            raise Refusal(DAMAGED, "its cells are not nested as a spreadsheet's are")
        if local == "row" and parent == "sheetData":
            self._start_row(attributes)
        elif local == "c" and parent == "row":
            self._start_cell(attributes)
        elif parent == "c":
            self.had.add(local)
            if {"v", "is"} <= self.had or (local == "is" and self.kind != "inlineStr"):
                self._refuse("holds two values")
        elif local == "strike" and "is" in self.open and is_struck(attributes):
            self.is_struck = True

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r", str(self.row + 1))
        if not _ROW_NUMBER.fullmatch(number) or int(number) in self.rows:
            raise Refusal(DAMAGED, f"row {number[:20]} is there twice or has no proper number")
        self.row, self.column, self.digits = int(number), 0, number
        self.rows.add(self.row)
        if attributes.get("hidden") in ("1", "true"):
            self.hidden_rows.add(self.row)
        self.columns = set()

    def _start_cell(self, attributes: dict[str, str]) -> None:
        stated = attributes.get("r")
        if stated is None:
            self.column += 1
        elif stated.endswith(self.digits) and (column := _COLUMNS.get(stated[: -len(self.digits)])):
            self.column = column
        else:
            self._start_elsewhere(stated)
        if self.column in self.columns:
            self._refuse_cell()
        self.columns.add(self.column)
        self.kind, self.format = attributes.get("t", "n"), attributes.get("s", "0")
        self.is_struck = False
        if self.value:
            self.value = []

    def _start_elsewhere(self, stated: str) -> None:
        """The same for a cell whose address is written otherwise, or is none of its row."""
        try:
            row, self.column = address(stated)
        except ValueError:
            raise Refusal(DAMAGED, "a cell has no proper address") from None
        if row != self.row:
            self._refuse_cell()

    def data(self, characters: str) -> None:
        if "c" in self.open and ("v" in self.open or self.open[-1] == "t") and "rPh" not in self.open:
            self.value.append(characters)

    def end(self, _: str) -> None:
        local = self.open.pop()
        if local == "c" and self.had and self.within and self.open[-1:] == ["row"]:
            self._end_cell("".join(self.value))
            self.had = set()
        elif local == "sheetData":
            self.within = "sheetData" in self.open

    def _end_cell(self, value: str) -> None:
        where = (self.row, self.column)
        self._stretch(*where)
        if self.kind == "s" and value:
            value = self._shared(value)
        blank = _is_blank(value)
        self.filled += not blank
        if self.is_struck or number(self.format) in self.struck_formats:
            self.struck.add(where)
        if self.kind == "e" and not blank:
            self.errors[where] = value
        if "f" in self.had:
            self.formulas += 1
            if not value and self.kind != "str":
                self.empty.add(where)

    def _refuse(self, what: str) -> NoReturn:
        where = f"the cell {a1(self.row, self.column)}" if self.row and self.column else "a row or cell"
        raise Refusal(UNSAFE, f"{where} {what}")

    def _refuse_cell(self) -> NoReturn:
        raise Refusal(DAMAGED, f"a cell of row {self.row} is there twice or belongs to another row")

    def _shared(self, index: str) -> str:
        shared = number(index)
        if shared >= self.texts.number:
            raise Refusal(DAMAGED, "a cell points at a text that is not there")
        self.is_struck = self.is_struck or shared in self.texts.struck
        return "" if shared in self.texts.blanks else "text"

    def _stretch(self, row: int, column: int) -> None:
        check_place(row, column, "a value")
        top, left, bottom, right = self.box
        self.box = [min(top, row), min(left, column), max(bottom, row), max(right, column)]
        if (self.box[2] - self.box[0] + 1) * (self.box[3] - self.box[1] + 1) > AREA:
            raise Refusal(TOO_LARGE, "its values are spread over too large an area")

    def hidden(self, *_: object) -> None:
        if self.within:
            _refuse_hidden_text()
