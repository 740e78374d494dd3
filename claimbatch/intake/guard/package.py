"""A workbook that may be opened, and what was learnt of it before any reader saw it.

Two programs that read one archive may choose different parts of it, or different sheets by one relation. So the
reader is never given the archive that came: it gets a new one (:attr:`Package.readable`), written here, with just the
parts that were judged, each in the one role that it has by the relations.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import lru_cache
from html import unescape
from typing import NamedTuple

from claimbatch.a1 import Address
from claimbatch.files import sha256
from claimbatch.form.identity import DEFINED_NAME, find_token
from claimbatch.intake.guard.archive import BEGINNING, DAMAGED, MACROS, UNSAFE, Refusal
from claimbatch.intake.guard.beside import NOTHING, Beside, beside
from claimbatch.intake.guard.cells import NO_TEXTS, Cells, Texts, check_place
from claimbatch.intake.guard.markup import MAIN, OFFICE, SPREADSHEET, TYPES, Outline, check_bytes, outline
from claimbatch.intake.guard.readable import readable
from claimbatch.intake.guard.relations import Relations, main_part, related, relations, single
from claimbatch.intake.guard.remembered import remembered
from claimbatch.intake.guard.sheet import READ_DIFFERENTLY, Sheet, Shell, corners, read_sheet, read_texts
from claimbatch.intake.guard.styles import NO_STYLES, Styles, read_styles

_ODDITIES = {
    "xl/externallinks/": "external links",
    "xl/embeddings/": "embedded objects",
    "xl/connections.xml": "connections",
    "xl/querytables/": "connections",
    "xl/activex/": "ActiveX controls",
}
_UNREAD = ("customxml/", "xl/media/", "xl/printersettings/", "xl/embeddings/")  # no reader looks in there
_APPLICATION = re.compile(rb"<(?:\w+:)?(?:Application|AppVersion)>([^<]{0,80})<")
_NAME = re.compile(rb"""<(?:\w+:)?definedName\s((?:[^<>"']++|"[^"]*+"|'[^']*+')*+)>([^<]*+)""")
_NAMED = re.compile(rb"""(?:^|\s)name\s*=\s*["']([^"']*)""")
_OF_ONE_SHEET = re.compile(rb"(?:^|\s)localSheetId\s*=")
_MACRO_TYPE = re.compile(rb"vbaProject|macroEnabled|[mM]acrosheet")
_SHEET_KINDS = ("worksheet", "chartsheet", "dialogsheet")


@dataclass(frozen=True, slots=True)
class SheetScan:
    """One sheet: what the reader would lose (cells by row and column, from 1), and counts to hold it to.

    *filled* cells hold a value that is not blank; an error such as ``#N/A`` is one of them. *merges* are the ranges of
    merged cells, by their first and last corner, *beside* what stands on the cells or beside them. *hidden_rows* are
    hidden by hand or by a filter.
    """

    name: str
    hidden: bool
    error_cells: Mapping[Address, str]
    empty_formulas: frozenset[Address]
    formulas: int
    merged: int
    protected: bool
    filled: int
    merges: tuple[tuple[Address, Address], ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    beside: Beside = NOTHING


@dataclass(frozen=True, slots=True)
class Package:
    """A workbook that may be opened: its bytes, its sheets in workbook order, and who it says it is.

    *data* is the file as it came; *readable* the archive that the reader gets, whose sheets are called 1, 2, 3 …

    *token* is that of the document property, else of the defined name, else empty. *names* are the names defined for
    the whole workbook, with what they refer to. *flags* are oddities in plain words, such as ``external links``.
    *unusual* is whether its cells or texts are written in a way that took the long walk: what the reader makes of
    such a file is less sure.
    """

    name: str
    data: bytes
    sha256: str
    sheets: tuple[SheetScan, ...]
    token: str
    names: Mapping[str, str]
    application: str
    date1904: bool
    strict: bool
    flags: tuple[str, ...]
    readable: bytes = field(repr=False)
    unusual: bool = False


class Kind(Enum):
    """A part of which no outline is made at first: no program looks into it, or it has cells or texts."""

    UNREAD = auto()
    CELLS = auto()
    TEXTS = auto()


def inspect(name: str, data: bytes, parts: Mapping[str, bytes]) -> Package:
    """Look through every part of an unpacked workbook; :class:`Refusal` where it may not be opened."""
    looks = ((path, _look(part, path)) for path, part in parts.items())
    seen = {path: found for path, found in looks if found is not Kind.UNREAD}
    xml = {path: parts[path] for path in seen}
    if TYPES not in xml:
        raise Refusal(DAMAGED, "the list of its parts is missing")
    main = main_part(xml)
    listed = relations(xml, main)
    tables = _tables(seen, xml, listed)
    sheets = {
        path: read_sheet(xml[path], path, tables.texts, tables.styles.struck)
        for path, found in seen.items()
        if found is Kind.CELLS
    }
    book = seen.get(main)
    if not isinstance(book, Outline) or book.root != "workbook" or book.namespace not in SPREADSHEET:
        raise Refusal(DAMAGED, "the list of its sheets is missing")
    chosen = list(_listed(book, listed, seen, sheets))
    date1904 = any(pr.get("date1904") in ("1", "true") for pr in book.all("workbookPr"))
    names = _defined_names(xml[main])
    return Package(
        name=name,
        data=data,
        sha256=sha256(data),
        sheets=tuple(_scan(stated, sheet, _beside(xml, main, path, sheet)) for stated, path, sheet in chosen),
        token=_token(xml, names),
        names=names,
        application=_application(xml.get("docProps/app.xml", b"")),
        date1904=date1904,
        strict=book.namespace != MAIN,
        flags=_flags(tuple(parts)),
        readable=readable(
            [sheet.readable for *_, sheet in chosen], tables.strings, tables.styles.readable, date1904
        ),
        unusual=tables.texts.walked or any(sheet.walked for sheet in sheets.values()),
    )


class _Tables(NamedTuple):
    """What the cells of all sheets point at: the shared texts, the formats, and the part with the texts."""

    texts: Texts
    styles: Styles
    strings: bytes | None


def _tables(seen: Mapping[str, Outline | Kind], xml: Mapping[str, bytes], listed: Relations) -> _Tables:
    strings = single(xml, listed, "sharedStrings", "sharedstrings.xml")
    texts = read_texts(xml[strings], strings) if strings else NO_TEXTS
    for path, found in seen.items():
        if found is Kind.TEXTS and path != strings:
            outline(xml[path], path)  # it must be sound, though nobody reads it
    look = single(xml, listed, "styles", "xl/styles.xml")
    if look and (not isinstance(shape := seen[look], Outline) or shape.foreign):
        raise Refusal(DAMAGED, READ_DIFFERENTLY.format(look))
    return _Tables(texts, read_styles(xml[look]) if look else NO_STYLES, xml.get(strings))


@remembered
def _look(part: bytes, path: str) -> Outline | Kind:
    """What a part is, by its bytes alone; :class:`Refusal` where it may harm a parser or is beyond the limits."""
    if not _is_read(path, part):
        if b"<!DOCTYPE" in part[:BEGINNING].replace(b"\0", b""):
            raise Refusal(UNSAFE, f"the part {path} declares a document type")
        return Kind.UNREAD
    check_bytes(part, path)
    if b"sheetData" in part:
        return Kind.CELLS
    if b"<sst" in part[:BEGINNING]:
        return Kind.TEXTS
    if (path == TYPES or path.endswith(".rels")) and _MACRO_TYPE.search(part):
        raise Refusal(MACROS, "one of its parts is a macro")
    found = outline(part, path)
    for comment in found.all("comment") if found.root == "comments" else ():
        check_place(*corners(comment.get("ref", ""))[1], "a comment")
    return found


def may_be_read(path: str) -> bool:
    """Whether any reader looks into a part of this name."""
    lower = path.casefold()
    return not (lower.startswith(_UNREAD) or lower.endswith(".vml"))


def _is_read(path: str, part: bytes) -> bool:
    if not may_be_read(path):
        return False
    beginning = part.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")[:1]
    return path.casefold().endswith((".xml", ".rels")) or beginning == b"<"


def _listed(
    book: Outline, listed: Relations, seen: Mapping[str, Outline | Kind], sheets: Mapping[str, Sheet]
) -> Iterator[tuple[Mapping[str, str], str, Sheet]]:
    """Each sheet that the workbook lists: its attributes, and the part that its relation names."""
    stated = book.all("sheet")
    names = {sheet.get("name", "").casefold() for sheet in stated}
    if not stated or len(names) != len(stated):
        raise Refusal(DAMAGED, "it has no sheets, or two of the same name")
    for sheet in stated:
        identifiers = [value for space in OFFICE if (value := sheet.get(f"{space} id")) is not None]
        relation = listed.get(identifiers[0]) if len(identifiers) == 1 else None
        if relation is None or not (relation.external or relation.target in seen):
            raise Refusal(DAMAGED, "a sheet that it lists is missing")
        if relation.external:
            raise Refusal(UNSAFE, "one of its sheets is in another file")
        part = sheets.get(relation.target) or _without_cells(seen[relation.target])
        if part.shell.root not in _SHEET_KINDS:
            raise Refusal(DAMAGED, "a sheet that it lists is no sheet")
        yield sheet, relation.target, part


def _without_cells(part: Outline | Kind) -> Sheet:
    """A sheet that is a chart, or no sheet at all."""
    return Sheet(Cells(), Shell(part.root if isinstance(part, Outline) else ""))


def _scan(stated: Mapping[str, str], sheet: Sheet, around: Beside) -> SheetScan:
    return SheetScan(
        name=stated.get("name", ""),
        hidden=stated.get("state", "visible") != "visible",
        error_cells=sheet.cells.error_cells,
        empty_formulas=sheet.cells.empty_formulas,
        formulas=sheet.cells.formulas,
        merged=len(sheet.shell.merges),
        protected=sheet.shell.protected,
        filled=sheet.cells.filled,
        merges=sheet.shell.merges,
        hidden_rows=sheet.cells.hidden_rows,
        beside=around,
    )


def _beside(xml: Mapping[str, bytes], main: str, path: str, sheet: Sheet) -> Beside:
    """What stands on and beside the cells of the *sheet* at *path*."""
    parts = related(xml, path)
    if not (parts or sheet.cells.struck):
        return NOTHING
    people = related(xml, main).get("person", []) if "threadedComment" in parts else []
    return beside(sheet.cells.struck, parts, b"".join(people[:1]))


@remembered
def _defined_names(book: bytes) -> Mapping[str, str]:
    """The names that are defined for the whole workbook; those of one sheet are its print area and the like."""
    names = {}
    for attributes, refers_to in _NAME.findall(book):
        if not (b"localSheetId" in attributes and _OF_ONE_SHEET.search(attributes)):
            named = _NAMED.search(attributes)
            names[unescape(named[1].decode()) if named else ""] = unescape(refers_to.decode())
    return names


def _token(xml: Mapping[str, bytes], names: Mapping[str, str]) -> str:
    return _token_in(xml.get("docProps/custom.xml", b"")) or find_token(names.get(DEFINED_NAME, ""))


@remembered
def _token_in(properties: bytes) -> str:
    return find_token(properties.decode("utf-8", "replace"))


@remembered
def _application(properties: bytes) -> str:
    return " ".join(unescape(text.decode()) for text in _APPLICATION.findall(properties))


@lru_cache(maxsize=16)
def _flags(paths: tuple[str, ...]) -> tuple[str, ...]:
    names = [path.casefold() for path in paths]
    return tuple(
        dict.fromkeys(flag for start, flag in _ODDITIES.items() if any(n.startswith(start) for n in names))
    )
