"""Lines through the text of cells: whoever crosses a grade out has said something that no reader gives.

The formats of a workbook are looked through once; a sheet's own part is read for it only where a cell that is not
empty has one of the formats with a line through.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from claimbatch.a1 import Address, address
from claimbatch.intake.guard.markup import visit

_FILLED = rb"""\ss\s*=\s*["'](?:%s)["'](?:[^<>]*[^/<>])?>"""  # the rest of a start tag; not of <c …/>
_OFF = ("0", "false", "off")


class Struck(NamedTuple):
    """What shows a line through the text: cell formats by their number, and shared texts, at least in part."""

    formats: frozenset[int] = frozenset()
    texts: frozenset[int] = frozenset()


@lru_cache(maxsize=64)  # mostly the same in every workbook of a run
def struck_formats(styles: bytes) -> frozenset[int]:
    """The cell formats, by their number, whose font has a line through."""
    fonts: list[bool] = []
    formats: set[int] = set()
    count = 0

    def start(path: list[str], attributes: Mapping[str, str]) -> None:
        nonlocal count
        if path[-2:] == ["fonts", "font"]:
            fonts.append(False)
        elif path[-3:] == ["fonts", "font", "strike"]:
            fonts[-1] = _on(attributes)
        elif path[-2:] == ["cellXfs", "xf"]:
            if fonts[_number(attributes.get("fontId", "0")) :][:1] == [True]:
                formats.add(count)
            count += 1

    if b"strike" in styles:
        visit(styles, start)
    return frozenset(formats)


def struck_texts(strings: bytes) -> frozenset[int]:
    """The shared texts, by their number, that have a line through some of their words."""
    found: set[int] = set()
    count = -1

    def start(path: list[str], attributes: Mapping[str, str]) -> None:
        nonlocal count
        count += path[-1] == "si"
        if path[-1] == "strike" and _on(attributes):
            found.add(count)

    if b"strike" in strings:
        visit(strings, start)
    return frozenset(found)


def _on(attributes: Mapping[str, str]) -> bool:
    return attributes.get("val", "1") not in _OFF


def struck_cells(sheet: bytes, struck: Struck) -> frozenset[Address]:
    """The cells with a line through; the sheet's part is walked only where there may be one with a value."""
    if not (_may_show(sheet, struck.formats) or struck.texts or b"strike" in sheet):
        return frozenset()
    found: set[Address] = set()
    row = column = 0
    kind, text = "", ""

    def start(path: list[str], attributes: Mapping[str, str]) -> None:
        nonlocal row, column, kind, text
        if path[-2:] == ["sheetData", "row"]:
            row, column = int(attributes.get("r", row + 1)), 0
        elif path[-2:] == ["row", "c"]:
            column = address(attributes["r"])[1] if "r" in attributes else column + 1
            kind, text = attributes.get("t", ""), ""
            if _number(attributes.get("s", "0")) in struck.formats:
                found.add((row, column))
        elif path[-1] == "strike" and "is" in path and _on(attributes):
            found.add((row, column))

    def said(path: list[str], words: str) -> None:
        nonlocal text
        if kind == "s" and path[-2:] == ["c", "v"]:
            text += words
            if _number(text) in struck.texts:
                found.add((row, column))

    visit(sheet, start, said)
    return frozenset(found)


def _may_show(sheet: bytes, formats: frozenset[int]) -> bool:
    return bool(formats) and bool(_with_format(formats).search(sheet))


def _number(text: str) -> int:
    """A number of a format, font or text; one that none can have where it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 1 << 30


@lru_cache(maxsize=64)
def _with_format(formats: frozenset[int]) -> re.Pattern[bytes]:
    return re.compile(_FILLED % b"|".join(b"%d" % number for number in sorted(formats)))
