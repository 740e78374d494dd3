"""What the cells of a sheet hold that the reader would lose, and whether it can read them safely.

The reader gives blank for an error such as ``#N/A`` and for a formula never calculated, and takes the memory of
the whole rectangle between the outermost values. So the cells are counted here first. A sheet that is written the
ordinary way (:mod:`claimbatch.intake.guard.spelling`) is matched by one expression; any other takes the walk
(:mod:`claimbatch.intake.guard.walk`), which costs ten times as much and comes to the same counts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import NamedTuple

from claimbatch.a1 import Address, a1, address
from claimbatch.form.layout import limit
from claimbatch.intake.guard import spelling
from claimbatch.intake.guard.archive import TOO_LARGE, Refusal


@dataclass(frozen=True, slots=True)
class Cells:
    """The counts of one sheet: *filled* cells hold a value that is not blank (an error is one).

    *struck* are the cells with a line through what they hold. *hidden_rows* are hidden by hand or by a filter.
    """

    error_cells: Mapping[Address, str] = field(default_factory=dict)
    empty_formulas: frozenset[Address] = frozenset()
    formulas: int = 0
    filled: int = 0
    struck: frozenset[Address] = frozenset()
    hidden_rows: frozenset[int] = frozenset()


class Texts(NamedTuple):
    """The shared texts of a workbook: how many there are, and by their number those that are blank, or struck through
    at least in part. *walked* is whether it took the walk to tell."""

    number: int = 0
    blanks: frozenset[int] = frozenset()
    struck: frozenset[int] = frozenset()
    walked: bool = False


NO_TEXTS = Texts()


def check_place(row: int, column: int, what: str) -> None:
    """Refuse *what* stands beyond the rows and columns of any form."""
    if row > limit("rows") or column > limit("columns"):
        raise Refusal(TOO_LARGE, f"{what} stands in {a1(row, column)}, far outside the form")


def without_empty_cells(rows: bytes) -> bytes:
    """*rows* without the cells that are only formatted: most of a form is, and neither we nor the reader need them."""
    return spelling.EMPTY_CELLS.sub(b"", rows)


def without_empty_rows(rows: bytes) -> bytes:
    """*rows* without those that are only formatted: schools format whole columns, to row 1,048,576."""
    return spelling.EMPTY_ROWS.sub(b"", rows)


def scan_cells(rows: bytes, struck: frozenset[int] = frozenset(), *, dated: bool = True) -> Cells | None:
    """Count the cells between ``<sheetData>`` and its end, empty ones left out; None where they need the walk.

    *struck* are the formats with a line through; *dated* is whether the prefix ``x14ac`` has been declared. That the
    shared texts are not blank is for the caller to know. An address that is there twice is not looked for: the reader
    then gives fewer values than were counted here.
    """
    met = spelling.ROWS.fullmatch(rows)
    if not met or not _is_plain(rows):
        return None
    kinds = {kind for kind, found in met.groupdict().items() if found is not None}
    if "dated" in kinds and not dated:
        return None
    filled = rows.count(b"</v></c>")
    if "inline" in kinds:
        filled += rows.count(b"</is></c>")
    if "void" in kinds:
        filled -= rows.count(b"<v></v>")
    errors, empty = _faults(rows) if kinds & {"error", "hollow"} else ({}, frozenset[Address]())
    return Cells(
        errors,
        empty,
        rows.count(b"<f") if "formula" in kinds else 0,
        filled,
        _addresses(spelling.with_format(struck).findall(rows)) if struck else frozenset(),
        frozenset(map(int, spelling.HIDDEN_ROW.findall(rows))) if "hidden" in kinds else frozenset(),
    )


def _faults(rows: bytes) -> tuple[dict[Address, str], frozenset[Address]]:
    """The errors by their cell, and the formulas that were never calculated."""
    faults = [match.groups(b"") for match in spelling.FAULTS.finditer(rows)]
    errors = {
        address(cell.decode()): unescape(value.decode())
        for cell, kind, _, value in faults
        if kind == b"e" and value
    }
    return errors, _addresses(
        cell for cell, kind, formula, value in faults if formula and not value and kind != b"str"
    )


def _addresses(cells: Iterable[bytes]) -> frozenset[Address]:
    return frozenset(address(cell.decode()) for cell in cells)


def scan_strings(xml: bytes) -> tuple[int, bytes] | None:
    """How many shared strings there are, none of them blank, and what stands around them; None for the walk."""
    start, end = xml.find(b"<si>"), xml.rfind(b"</si>") + len(b"</si>")
    texts = xml[start:end]
    if start < 0 or not spelling.STRINGS.fullmatch(texts) or not _is_plain(texts):
        return None
    return texts.count(b"</t></si>"), xml[:start] + xml[end:]


def _is_plain(xml: bytes) -> bool:
    """Whether texts say what they show: no reference but to a character, and nothing that no parser would take."""
    return not (
        (b"&" in xml and spelling.REFERENCE.search(xml))
        or (b"]" in xml and b"]]>" in xml)
        or (not xml.isascii() and b"\xef\xbf" in xml)
    )
