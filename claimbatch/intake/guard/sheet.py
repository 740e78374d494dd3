"""A sheet: its cells, what stands around them in its part, and what of it the reader gets."""

import re
from dataclasses import dataclass, replace
from typing import NamedTuple
from xml.parsers import expat

from claimbatch.a1 import Address, address
from claimbatch.intake.guard.archive import DAMAGED, TOO_LARGE, Pieces, Refusal
from claimbatch.intake.guard.cells import (
    Cells,
    Texts,
    check_place,
    scan_cells,
    scan_strings,
    without_empty_cells,
    without_empty_rows,
)
from claimbatch.intake.guard.markup import ELEMENTS, MAIN, NOT_WELL_FORMED, SPREADSHEET, elements, outline
from claimbatch.intake.guard.remembered import remembered
from claimbatch.intake.guard.walk import walk_cells, walk_strings

STATED_STRINGS = 500_000
MERGES = 5000
MERGED_CELLS = 200_000
READ_DIFFERENTLY = "the part {} is written in a way that programs read differently"

_NAME, _OPEN, _CLOSE, _NONE = b"sheetData", b"<sheetData>", b"</sheetData>", b"<sheetData/>"
_BEGINNING = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml [^<>]*\?>\s*)?(<worksheet[\s>][^<>]*>?)")
# The words that run along the top and the bottom of each page; ours name the template.
_RUNNING = re.compile(
    rb"(<odd(?:Header|Footer)>)(?:[^<&\]\xef\x00-\x1f]++|&(?:amp|lt|gt|quot|apos);)++(?=</odd(?:Header|Footer)>)"
)
# A cell or row that says where it is by what stands before it, or not at once.
_FOLLOWING = re.compile(rb"<(?:[^\s<>/]*:)?(?:c|row)(?=[\s/>])(?! r=)")
_DATED = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"
_BEFORE = f'<worksheet xmlns="{MAIN}" xmlns:x14ac="{_DATED}"><sheetData>'.encode()
_AFTER = b"</sheetData></worksheet>"
NO_CELLS = (_BEFORE, _AFTER)

Range = tuple[Address, Address]


@dataclass(frozen=True, slots=True)
class Shell:
    """What stands around the cells: the name of the part's root, the merged ranges, and whether it is protected."""

    root: str
    merges: tuple[Range, ...] = ()
    protected: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A part with cells: what was found, what stands around them, and what the reader gets, in pieces."""

    cells: Cells
    shell: Shell
    readable: Pieces = NO_CELLS
    walked: bool = False


def read_sheet(part: bytes, path: str, texts: Texts, struck: frozenset[int]) -> Sheet:
    """Count the cells of the *part* at *path*; :class:`Refusal` where two programs would read it differently.

    *texts* are the shared ones of its workbook, *struck* the formats with a line through.
    """
    plain = plain_sheet(part, path, struck)
    if plain is None:
        return _walked(part, path, texts, struck)
    if (texts.blanks or texts.struck) and b't="s"' in part:
        return replace(plain, cells=walk_cells(b"".join(plain.readable), texts, struck), walked=True)
    return plain


@remembered
def plain_sheet(part: bytes, path: str, struck: frozenset[int]) -> Sheet | None:
    """The same for a sheet that is written the ordinary way and whose shared texts say something; else None."""
    if part.count(_NAME) == 1 and _NONE in part:
        return Sheet(Cells(), shell_of(part, path))
    apart = _apart(part, path)
    if apart is None:
        return None
    cells, rows = _scanned(apart.rows, struck, apart.dated)
    return None if cells is None else Sheet(cells, apart.shell, (_BEFORE, rows, _AFTER))


def _walked(part: bytes, path: str, texts: Texts, struck: frozenset[int]) -> Sheet:
    """The same for any other: its rows alone are walked through, and read, where they can be told from the rest."""
    apart = _apart(part, path)
    if not apart or (b"x14ac:" in apart.rows and not apart.dated) or elements(apart.rows) > ELEMENTS:
        shell = shell_of(part, path)
        return Sheet(walk_cells(part, texts, struck), shell, (part,), walked=True)
    rows = apart.rows
    try:
        cells = walk_cells(b"".join((_BEFORE, rows, _AFTER)), texts, struck)
    except expat.ExpatError:
        raise Refusal(DAMAGED, NOT_WELL_FORMED.format(path)) from None
    if not _FOLLOWING.search(rows):
        rows = without_empty_rows(without_empty_cells(rows))
    return Sheet(cells, apart.shell, (_BEFORE, rows, _AFTER), walked=True)


class _Apart(NamedTuple):
    """What stands around the cells, the rows, and whether the prefix ``x14ac`` may be in them."""

    shell: Shell
    rows: bytes
    dated: bool


def _apart(part: bytes, path: str) -> _Apart | None:
    """A part taken apart; None where it is not one set of rows between a beginning and an end."""
    start, end = part.find(_OPEN) + len(_OPEN), part.rfind(_CLOSE)
    if not len(_OPEN) <= start <= end:
        return None
    before, after = part[:start], _RUNNING.sub(rb"\1", part[end:])
    beginning = _BEGINNING.match(before)
    if before.count(_NAME) != 1 or after.count(_NAME) != 1 or not beginning:
        return None
    # Each half is the same in many workbooks; the first has in it where somebody left the cursor.
    first, second = shell_of(before + _AFTER, path), shell_of(beginning[1] + _OPEN + after, path)
    shell = Shell(first.root, first.merges + second.merges, first.protected or second.protected)
    return _Apart(shell, part[start:end], before.count(b"xmlns:x14ac=") == 1)


@remembered
def _scanned(rows: bytes, struck: frozenset[int], dated: bool) -> tuple[Cells | None, bytes]:
    """What was found in *rows*, and what is left of them without what is only formatted."""
    rows = without_empty_cells(rows)
    cells = scan_cells(rows, struck, dated=dated)
    if cells is None and (dated or b"x14ac:" not in rows):
        rows = without_empty_rows(rows)
        cells = scan_cells(rows, struck, dated=dated)
    return cells, rows


@remembered
def shell_of(markup: bytes, path: str) -> Shell:
    """What stands around the cells; :class:`Refusal` where it is no sheet, or reaches too far."""
    found = outline(markup, path)
    if found.root != "worksheet" or found.namespace not in SPREADSHEET:
        raise Refusal(DAMAGED, f"the part {path} holds cells but is no sheet")
    if found.foreign or found.places("sheetData") != [2]:
        raise Refusal(DAMAGED, READ_DIFFERENTLY.format(path))
    merges = tuple(corners(merge.get("ref", "")) for merge in found.all("mergeCell"))
    if len(merges) > MERGES:
        raise Refusal(TOO_LARGE, f"a sheet has more than {MERGES:,} merged ranges")
    if sum((last[0] - first[0] + 1) * (last[1] - first[1] + 1) for first, last in merges) > MERGED_CELLS:
        raise Refusal(TOO_LARGE, f"more than {MERGED_CELLS:,} cells of a sheet are merged")
    for link in found.all("hyperlink"):
        check_place(*corners(link.get("ref", ""))[1], "a hyperlink")
    return Shell(found.root, merges, bool(found.all("sheetProtection")))


def corners(ref: str) -> Range:
    """The first and the last cell of a range."""
    first, _, last = ref.partition(":")
    try:
        one, other = address(first), address(last or first)
    except ValueError:
        raise Refusal(DAMAGED, "a range of cells has no proper address") from None
    top, bottom = sorted((one[0], other[0]))
    left, right = sorted((one[1], other[1]))
    return (top, left), (bottom, right)


def read_texts(part: bytes, path: str) -> Texts:
    """Count the shared texts of the *part* at *path*; :class:`Refusal` as for a sheet."""
    count, around = scan_strings(part) or (None, part)
    table = outline(around, path)
    if table.root != "sst" or table.namespace not in SPREADSHEET or table.foreign:
        raise Refusal(DAMAGED, READ_DIFFERENTLY.format(path))
    for stated in table.all("sst"):
        for number in (stated.get("count", "0"), stated.get("uniqueCount", "0")):
            _check_stated(number)
    if count is None or table.all("si"):
        return walk_strings(part)
    return Texts(count)


def _check_stated(number: str) -> None:
    if not (number.isascii() and number.isdigit()) or len(number) > 9 or int(number) > STATED_STRINGS:
        raise Refusal(TOO_LARGE, f"it says that it holds {number[:20]} texts; {STATED_STRINGS:,} are allowed")
