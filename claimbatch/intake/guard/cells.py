"""What the cells of a sheet hold that the reader would lose, and whether it can read them safely.

The reader gives blank for an error such as ``#N/A`` and for a formula never calculated, and takes the memory of
the whole rectangle between the outermost values. So the cells are counted here first. A sheet that is
written the ordinary way is matched by one expression and costs little; any other takes the walk
(:mod:`claimbatch.intake.guard.walk`), which costs ten times as much and comes to the same counts.
"""

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from html import unescape

from claimbatch.a1 import Address, a1, address
from claimbatch.form.layout import limit
from claimbatch.intake.guard.archive import TOO_LARGE, Refusal

_TEXT = rb"[^<\x00-\x08\x0b\x0c\x0e-\x1f]*+"
# Certainly not blank: its first visible ASCII character begins no reference (&#32;) and no escape (_x0020_).
_SAYS = rb"[^!-~\x00-\x08\x0b\x0c\x0e-\x1f]*+[!-%'-;=-^`-~]" + _TEXT
_ORDINARY = re.compile(
    rb"""(?><row\ r="(?P<row>[1-9][0-9]{0,2}|[1-3][0-9]{3})"
        (?:\ (?:x14ac:)?[a-zA-Z]{2,}="[^"<>&]*"|\ s="[0-9]+")*+\ ?(?:/>|>
        (?><c\ r="[A-R]?[A-Z](?P=row)"(?:\ s="[0-9]+")?+(?>
            \ ?/>
          | \ t="s"><v>[0-9]{1,9}</v></c>
          | \ t="inlineStr"><is><t(?:\ xml:space="preserve")?>%(says)s</t></is></c>
          | (?:\ t="(?:n|str|b|(?P<error>e))")?+(?:\ ?/>|>
              (?:(?P<formula><f)(?:\ [^<>:]*+)?(?:(?<=/)>|>%(text)s</f>))?
              (?:<v>(?:%(says)s)?</v>|<v\ ?/>)?</c>)
        ))*+</row>)\s*+)*+"""
    % {b"text": _TEXT, b"says": _SAYS},
    re.VERBOSE,
)  # up to row 3999 and column RZ: within the area that the walk allows
_STRINGS = re.compile(rb'(?><si><t(?: xml:space="preserve")?>%s</t></si>\s*+)*+' % _SAYS)
_FAULTS = re.compile(
    rb"""<c\ r="([A-Z0-9]+)"(?:\ s="[0-9]+")?+(?:\ t="(\w+)")?+>
        ((?:<f[^<>]*/>|<f[^<>]*>[^<]*</f>)?)(?:<v>([^<]*)</v>|<v\ ?/>)?</c>""",
    re.VERBOSE,
)
_EMPTY_CELLS = re.compile(rb'<c r="[A-Z]{1,3}[1-9][0-9]{0,6}"(?: s="[0-9]+")?+(?: t="n")?+ ?/>')
_EMPTY_ROWS = re.compile(
    rb'<row r="[1-9][0-9]{0,6}"(?: (?:x14ac:)?[a-zA-Z]{2,}="[^"<>&]*"| s="[0-9]+")*+ ?(?:/>|></row>)'
)
_REFERENCE = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)")


@dataclass(frozen=True, slots=True)
class Cells:
    """The counts of one sheet: *filled* cells hold a value that is not blank (an error is one)."""

    error_cells: Mapping[Address, str] = field(default_factory=dict)
    empty_formulas: frozenset[Address] = frozenset()
    formulas: int = 0
    filled: int = 0


def check_place(row: int, column: int, what: str) -> None:
    """Refuse *what* stands beyond the rows and columns of any form."""
    if row > limit("rows") or column > limit("columns"):
        raise Refusal(TOO_LARGE, f"{what} stands in {a1(row, column)}, far outside the form")


def scan_cells(rows: bytes, blanks: Set[int]) -> Cells | None:
    """Count the cells between ``<sheetData>`` and its end; None where they need the walk.

    An address that is there twice is not looked for: the reader then gives fewer values than were counted here.
    """
    ordinary = _ORDINARY.fullmatch(rows)
    if not ordinary or b"xmlns" in rows or _has_references(rows) or (blanks and b't="s"' in rows):
        return None
    filled = rows.count(b"<v>") - rows.count(b"<v></v>") + rows.count(b"<is>")
    if not ordinary["formula"] and not ordinary["error"]:
        return Cells(filled=filled)
    faults = [match.groups(b"") for match in _FAULTS.finditer(rows)]
    errors = {
        address(cell.decode()): unescape(value.decode())
        for cell, kind, _, value in faults
        if kind == b"e" and value
    }
    empty = [cell for cell, kind, formula, value in faults if formula and not value and kind != b"str"]
    return Cells(errors, frozenset(address(cell.decode()) for cell in empty), rows.count(b"<f"), filled)


def without_empties(rows: bytes) -> bytes:
    """*rows* without the cells and rows that are only formatted: schools format whole columns, to row 1,048,576."""
    return _EMPTY_ROWS.sub(b"", _EMPTY_CELLS.sub(b"", rows))


def scan_strings(xml: bytes) -> tuple[int, bytes] | None:
    """How many shared strings there are, none of them blank, and what stands around them; None for the walk."""
    start, end = xml.find(b"<si>"), xml.rfind(b"</si>") + len(b"</si>")
    texts = xml[start:end]
    if start < 0 or not _STRINGS.fullmatch(texts) or _has_references(texts):
        return None
    return texts.count(b"<si>"), xml[:start] + xml[end:]


def _has_references(xml: bytes) -> bool:
    return b"&" in xml and bool(_REFERENCE.search(xml))
