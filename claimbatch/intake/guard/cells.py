"""What the cells of a sheet hold that the reader would lose, and whether it can read them safely.

The reader gives blank for an error such as ``#N/A`` and for a formula never calculated, and takes the memory of
the whole rectangle between the outermost values. So the cells are counted here first. A sheet that is
written the ordinary way is matched by one expression, which is all that it costs; any other takes the walk
(:mod:`claimbatch.intake.guard.walk`), which costs ten times as much and comes to the same counts.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from typing import NamedTuple

from claimbatch.a1 import Address, a1, address
from claimbatch.form.layout import limit
from claimbatch.intake.guard.archive import TOO_LARGE, Refusal

_NAMED = rb"(?:amp|lt|gt|quot|apos);"
# References to characters that no program takes for blank.
_LETTER = rb"[#](?!12288;)(?:[2-9][0-9]{2}|1[0-9]{3}|[1-4][0-9]{4});"
_SIGN = rb"!-%'-;=-^`-~\xc3-\xdf\xe4-\xf4"  # in UTF-8 no blank begins with C3 to DF or E4 to F4
_NO_TEXT = rb"\x00-\x08\x0b\x0c\x0e-\x1f"
_BLANKS = rb"[^!-~\xc3-\xdf\xe4-\xf4" + _NO_TEXT + rb"]*+"
_TEXT = rb"[^<" + _NO_TEXT + rb"]*+"
# Certainly not blank: after any blanks comes a letter, a digit or a sign, and no escape (_x0020_).
_SAYS = _BLANKS + rb"(?:[" + _SIGN + rb"]|&" + _LETTER + rb")" + _TEXT
# In a value the reader takes no references but those by name.
_VALUE = _BLANKS + rb"[" + _SIGN + rb"](?:[^<&" + _NO_TEXT + rb"]++|&" + _NAMED + rb")*+"
# The empty groups tell what was met at least once; a group around what it means could be left half matched.
_ORDINARY = re.compile(
    rb"""(?><row\ r="%(row)s"(?:\ hidden="(?:1|true)"(?P<hidden>)|\ s="[0-9]+"|\ %(attribute)s)*+\ ?(?:/>|>
        (?:<c\ r="%(column)s(?P=row)"(?:\ s="[0-9]++")?+(?:
            \ ?/>
          | \ t="s"><v>[0-9]{1,9}+</v></c>
          | \ t="inlineStr"(?P<inline>)><is><t(?:\ xml:space="preserve")?>%(says)s</t></is></c>
          | (?:\ t="(?:n|str|b|e(?P<error>))")?+>
              (?:<f(?P<formula>)(?:\ [a-z][a-z0-9]{0,3}="[^"<>&\x00-\x1f\x7f-\xff]*+")*+(?:/>|>%(text)s</f>))?+
              (?:<v>%(value)s</v>|(?P<hollow>)(?:<v></v>(?P<void>)|<v\ ?/>)?+)</c>
        ))*+</row>)\s*+)*+"""
    % {
        b"row": rb"(?P<row>[1-9][0-9]{0,2}|[1-3][0-9]{3})",  # up to row 3999, and column RZ:
        b"column": rb"[A-R]?[A-Z]",  # within the area that the walk allows
        b"attribute": rb'(?!xmlns)(?:x14ac:(?P<dated>))?[a-zA-Z]{2,}+="[^"<>&\x00-\x1f\x7f-\xff]*+"',
        b"says": _SAYS,
        b"value": _VALUE,
        b"text": _TEXT,
    },
    re.VERBOSE,
)
_STRINGS = re.compile(rb'(?><si><t(?: xml:space="preserve")?>%s</t></si>\s*+)*+' % _SAYS)
_FAULTS = re.compile(
    rb"""<c\ r="([A-Z0-9]+)"(?:\ s="[0-9]+")?+(?:\ t="(\w+)")?+>
        ((?:<f[^<>]*/>|<f[^<>]*>[^<]*</f>)?)(?:<v>([^<]*)</v>|<v\ ?/>)?</c>""",
    re.VERBOSE,
)
_HIDDEN_ROW = re.compile(rb'<row r="([0-9]+)"[^<>]* hidden="(?:1|true)"')
# What is only formatted, after something of its kind: anywhere else it may stand in what is no row or no set of rows.
_CELL = (
    rb'<c r="%s[A-Z]{1,3}+[1-9][0-9]{0,6}+"(?: s="[0-9]++")?+'
    rb'(?:/>| t="(?:n|inlineStr)"(?:></c>| ?/>)|></c>| />)'
)
_EMPTY_CELLS = re.compile(_CELL % rb'(?<=</c><c r=")' + rb"(?:%s)*+" % (_CELL % b""))
_ROW = (
    rb'<row r="%s[1-9][0-9]{0,6}+"(?: (?:x14ac:)?(?!xmlns)[a-zA-Z]{2,}+="[^"<>&\x00-\x1f\x7f-\xff]*+"| s="[0-9]+")*+ ?'
    rb"(?:/>|>(?:%s)*+</row>)"
)
_EMPTY_ROWS = re.compile(
    _ROW % (rb'(?<=</row><row r=")', _CELL % b"") + rb"(?:%s)*+" % (_ROW % (b"", _CELL % b""))
)
_REFERENCE = re.compile(rb"&(?!" + _NAMED + rb"|" + _LETTER + rb")")


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
    return _EMPTY_CELLS.sub(b"", rows)


def without_empty_rows(rows: bytes) -> bytes:
    """*rows* without those that are only formatted: schools format whole columns, to row 1,048,576."""
    return _EMPTY_ROWS.sub(b"", rows)


def scan_cells(rows: bytes, struck: frozenset[int] = frozenset(), *, dated: bool = True) -> Cells | None:
    """Count the cells between ``<sheetData>`` and its end, empty ones left out; None where they need the walk.

    *struck* are the formats with a line through; *dated* is whether the prefix ``x14ac`` has been declared. That the
    shared texts are not blank is for the caller to know. An address that is there twice is not looked for: the reader
    then gives fewer values than were counted here.
    """
    met = _ORDINARY.fullmatch(rows)
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
        _addresses(_with_format(struck).findall(rows)) if struck else frozenset(),
        frozenset(map(int, _HIDDEN_ROW.findall(rows))) if "hidden" in kinds else frozenset(),
    )


def _faults(rows: bytes) -> tuple[dict[Address, str], frozenset[Address]]:
    """The errors by their cell, and the formulas that were never calculated."""
    faults = [match.groups(b"") for match in _FAULTS.finditer(rows)]
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


@lru_cache(maxsize=64)
def _with_format(formats: frozenset[int]) -> re.Pattern[bytes]:
    """Cells that hold something and have one of the *formats*; the first is that of a cell that states none."""
    stated = rb's="0*(?:%s)"' % b"|".join(b"%d" % number for number in sorted(formats))
    unstated = rb"|(?! s=)" if 0 in formats else b""
    return re.compile(rb'<c r="([A-Z0-9]+)"(?: %s%s)[^<>]*(?<!/)>(?!</c>)' % (stated, unstated))


def scan_strings(xml: bytes) -> tuple[int, bytes] | None:
    """How many shared strings there are, none of them blank, and what stands around them; None for the walk."""
    start, end = xml.find(b"<si>"), xml.rfind(b"</si>") + len(b"</si>")
    texts = xml[start:end]
    if start < 0 or not _STRINGS.fullmatch(texts) or not _is_plain(texts):
        return None
    return texts.count(b"</t></si>"), xml[:start] + xml[end:]


def _is_plain(xml: bytes) -> bool:
    """Whether texts say what they show: no reference but to a letter, and nothing that no parser would take."""
    return not (
        (b"&" in xml and _REFERENCE.search(xml))
        or (b"]" in xml and b"]]>" in xml)
        or (not xml.isascii() and b"\xef\xbf" in xml)
    )
