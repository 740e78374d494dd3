"""A workbook that may be opened, and what was learnt of it before any reader saw it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from posixpath import dirname, join, normpath

from claimbatch.a1 import Address, address
from claimbatch.files import sha256
from claimbatch.form.identity import DEFINED_NAME, find_token
from claimbatch.intake.guard.archive import DAMAGED, MACROS, TOO_LARGE, UNSAFE, Refusal
from claimbatch.intake.guard.cells import Cells, check_place, scan_cells, scan_strings, without_empties
from claimbatch.intake.guard.markup import Outline, check_bytes, outline
from claimbatch.intake.guard.walk import walk_cells, walk_strings

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STATED_STRINGS = 500_000
MERGES = 5000
MERGED_CELLS = 200_000

_TYPES = "[Content_Types].xml"
_ODDITIES = {
    "xl/externallinks/": "external links",
    "xl/embeddings/": "embedded objects",
    "xl/connections.xml": "connections",
    "xl/querytables/": "connections",
    "xl/activex/": "ActiveX controls",
}
_UNREAD = ("customxml/", "xl/media/", "xl/printersettings/", "xl/embeddings/")  # no reader looks in there
_APPLICATION = re.compile(rb"<(?:\w+:)?(?:Application|AppVersion)>([^<]{0,80})<")
_NAME = re.compile(rb"""<(?:\w+:)?definedName\s((?:[^<>"']|"[^"]*"|'[^']*')*)>([^<]*)""")
_NAME_ATTRIBUTE = re.compile(rb"""(?:^|\s)(name|localSheetId)\s*=\s*["']([^"']*)""")
_MACRO_TYPE = re.compile(rb"vbaProject|macroEnabled|[mM]acrosheet")
_SHEET_KINDS = ("worksheet", "chartsheet", "dialogsheet")


@dataclass(frozen=True, slots=True)
class SheetScan:
    """One sheet: what the reader would lose (cells by row and column, from 1), and counts to hold it to.

    *filled* cells hold a value that is not blank; an error such as ``#N/A`` is one of them. *merges* are the ranges of
    merged cells, by their first and last corner.
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


@dataclass(frozen=True, slots=True)
class Package:
    """A workbook that may be opened: its bytes, its sheets in workbook order, and who it says it is.

    *token* is that of the document property, else of the defined name, else empty. *names* are the names defined for
    the whole workbook, with what they refer to. *flags* are oddities in plain words, such as ``external links``.
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


@dataclass(frozen=True, slots=True)
class _Relation:
    kind: str
    target: str
    external: bool


def inspect(name: str, data: bytes, parts: Mapping[str, bytes]) -> Package:
    """Look through every part of an unpacked workbook; :class:`Refusal` where it may not be opened."""
    xml = {path: part for path, part in parts.items() if _is_read(path, part)}
    for path, part in parts.items():
        if path in xml:
            check_bytes(path, part)
        elif b"<!DOCTYPE" in part[:1000].replace(b"\0", b""):
            raise Refusal(UNSAFE, f"the part {path} declares a document type")
    if _TYPES not in xml:
        raise Refusal(DAMAGED, "the list of its parts is missing")
    _refuse_macros(xml)
    main = _main_part(xml)
    relations = _relations(xml, main)
    strings, blanks = _strings(xml)
    scans = {
        path: _scan_sheet(path, part, strings, blanks) for path, part in xml.items() if b"sheetData" in part
    }
    outlines = {path: outline(path, part) for path, part in xml.items() if path not in scans}
    _check_comments(outlines)
    book = outlines.get(main)
    if book is None or book.root != "workbook" or book.namespace not in (MAIN, STRICT):
        raise Refusal(DAMAGED, "the list of its sheets is missing")
    names = _defined_names(xml[main])
    return Package(
        name=name,
        data=data,
        sha256=sha256(data),
        sheets=tuple(_sheets(book, relations, scans, outlines)),
        token=_token(xml, names),
        names=names,
        application=_application(xml),
        date1904=any(pr.get("date1904") in ("1", "true") for pr in book.all("workbookPr")),
        strict=book.namespace == STRICT,
        flags=_flags(parts),
    )


def _is_read(path: str, part: bytes) -> bool:
    lower = path.casefold()
    if lower.startswith(_UNREAD) or lower.endswith(".vml"):
        return False
    return lower.endswith((".xml", ".rels")) or part.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")[:1] == b"<"


def _refuse_macros(xml: Mapping[str, bytes]) -> None:
    for path, part in xml.items():
        if (path == _TYPES or path.endswith(".rels")) and _MACRO_TYPE.search(part):
            raise Refusal(MACROS, "one of its parts is a macro")


def _main_part(xml: Mapping[str, bytes]) -> str:
    for relation in _relations(xml, "").values():
        if relation.kind == "officeDocument" and not relation.external:
            return relation.target
    raise Refusal(DAMAGED, "the list of its sheets is missing")


def _relations(xml: Mapping[str, bytes], source: str) -> dict[str, _Relation]:
    """The relations of the part *source* by their id, targets as paths from the root of the package."""
    folder = dirname(source)
    path = join(folder, "_rels", source.removeprefix(folder).lstrip("/") + ".rels")
    part = xml.get(path, b"")
    found = {}
    for relation in outline(path, part).all("Relationship") if part else ():
        target = relation.get("Target", "")
        external = relation.get("TargetMode") == "External"
        where = target if external else normpath(join("/", folder, target)).lstrip("/")
        found[relation.get("Id", "")] = _Relation(
            relation.get("Type", "").rpartition("/")[2], where, external
        )
    return found


def _strings(xml: Mapping[str, bytes]) -> tuple[int, frozenset[int]]:
    tables = [path for path in xml if path.casefold().endswith("sharedstrings.xml")]
    if len(tables) > 1:
        raise Refusal(UNSAFE, "it has two tables of texts")
    for path in tables:
        for stated in outline(path, xml[path]).all("sst"):
            _check_stated(stated)
        count = scan_strings(xml[path])
        return walk_strings(xml[path]) if count is None else (count, frozenset())
    return 0, frozenset()


def _check_stated(table: Mapping[str, str]) -> None:
    for count in (table.get("count", "0"), table.get("uniqueCount", "0")):
        if not (count.isascii() and count.isdigit()) or len(count) > 9 or int(count) > STATED_STRINGS:
            raise Refusal(
                TOO_LARGE, f"it says that it holds {count[:20]} texts; {STATED_STRINGS:,} are allowed"
            )


def _scan_sheet(path: str, xml: bytes, strings: int, blanks: frozenset[int]) -> tuple[Cells, Outline]:
    start, end = xml.find(b"<sheetData>") + len(b"<sheetData>"), xml.rfind(b"</sheetData>")
    cells, around = None, xml
    if xml.count(b"sheetData") == 2 and len(b"<sheetData>") <= start <= end:
        rows = xml[start:end]
        cells = scan_cells(rows, blanks) or scan_cells(without_empties(rows), blanks)
        around = xml[:start] + xml[end:] if cells else xml
    shell = outline(path, around)
    if shell.root != "worksheet" or shell.namespace not in (MAIN, STRICT):
        raise Refusal(DAMAGED, f"the part {path} holds cells but is no sheet")
    _check_ranges(shell)
    return cells or walk_cells(xml, strings, blanks), shell


def _check_ranges(shell: Outline) -> None:
    merges = shell.all("mergeCell")
    if len(merges) > MERGES:
        raise Refusal(TOO_LARGE, f"a sheet has more than {MERGES:,} merged ranges")
    merged = 0
    for merge in merges:
        (top, left), (bottom, right) = _corners(merge.get("ref", ""))
        merged += (bottom - top + 1) * (right - left + 1)
    if merged > MERGED_CELLS:
        raise Refusal(TOO_LARGE, f"more than {MERGED_CELLS:,} cells of a sheet are merged")
    for link in shell.all("hyperlink"):
        check_place(*_corners(link.get("ref", ""))[1], "a hyperlink")


def _corners(ref: str) -> tuple[Address, Address]:
    first, _, last = ref.partition(":")
    try:
        one, other = address(first), address(last or first)
    except ValueError:
        raise Refusal(DAMAGED, "a range of cells has no proper address") from None
    top, bottom = sorted((one[0], other[0]))
    left, right = sorted((one[1], other[1]))
    return (top, left), (bottom, right)


def _check_comments(outlines: Mapping[str, Outline]) -> None:
    for part in outlines.values():
        if part.root == "comments":
            for comment in part.all("comment"):
                check_place(*_corners(comment.get("ref", ""))[1], "a comment")


def _sheets(
    book: Outline,
    relations: Mapping[str, _Relation],
    scans: Mapping[str, tuple[Cells, Outline]],
    outlines: Mapping[str, Outline],
) -> Iterator[SheetScan]:
    listed = book.all("sheet")
    names = {sheet.get("name", "").casefold() for sheet in listed}
    if not listed or len(names) != len(listed):
        raise Refusal(DAMAGED, "it has no sheets, or two of the same name")
    for sheet in listed:
        relation = relations.get(next((v for k, v in sheet.items() if k.endswith(":id")), ""))
        if relation is None or not (relation.external or relation.target in {*scans, *outlines}):
            raise Refusal(DAMAGED, "a sheet that it lists is missing")
        if relation.external:
            raise Refusal(UNSAFE, "one of its sheets is in another file")
        cells, shell = scans.get(relation.target) or (Cells(), outlines[relation.target])
        if shell.root not in _SHEET_KINDS:
            raise Refusal(DAMAGED, "a sheet that it lists is no sheet")
        yield SheetScan(
            name=sheet.get("name", ""),
            hidden=sheet.get("state", "visible") != "visible",
            error_cells=cells.error_cells,
            empty_formulas=cells.empty_formulas,
            formulas=cells.formulas,
            merged=len(shell.all("mergeCell")),
            protected=bool(shell.all("sheetProtection")),
            filled=cells.filled,
            merges=tuple(_corners(merge.get("ref", "")) for merge in shell.all("mergeCell")),
        )


def _defined_names(book: bytes) -> dict[str, str]:
    """The names that are defined for the whole workbook; those of one sheet are its print area and the like."""
    names = {}
    for attributes, refers_to in _NAME.findall(book):
        stated = {key: unescape(value.decode()) for key, value in _NAME_ATTRIBUTE.findall(attributes)}
        if b"localSheetId" not in stated:
            names[stated.get(b"name", "")] = unescape(refers_to.decode())
    return names


def _token(xml: Mapping[str, bytes], names: Mapping[str, str]) -> str:
    places = (xml.get("docProps/custom.xml", b"").decode("utf-8", "replace"), names.get(DEFINED_NAME, ""))
    return next((token for place in places if (token := find_token(place))), "")


def _application(xml: Mapping[str, bytes]) -> str:
    return " ".join(
        unescape(text.decode()) for text in _APPLICATION.findall(xml.get("docProps/app.xml", b""))
    )


def _flags(parts: Mapping[str, bytes]) -> tuple[str, ...]:
    names = [path.casefold() for path in parts]
    return tuple(
        dict.fromkeys(flag for start, flag in _ODDITIES.items() if any(n.startswith(start) for n in names))
    )
