"""A workbook that may be opened, and what was learnt of it before any reader saw it.

Two programs that read one archive may choose different parts of it, or different sheets by one relation. So the
reader is never given the archive that came: it gets a new one (:attr:`Package.readable`), written here, with just the
parts that were judged, each in the one role that it has by the relations.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from posixpath import dirname, join, normpath

from claimbatch.a1 import Address, address
from claimbatch.files import sha256
from claimbatch.form.identity import DEFINED_NAME, find_token
from claimbatch.intake.guard.archive import DAMAGED, MACROS, TOO_LARGE, UNSAFE, Refusal
from claimbatch.intake.guard.beside import NOTHING, Beside, beside
from claimbatch.intake.guard.cells import Cells, check_place, scan_cells, scan_strings, without_empties
from claimbatch.intake.guard.markup import MAIN, OFFICE, SPREADSHEET, TYPES, Outline, check_bytes, outline
from claimbatch.intake.guard.readable import NO_CELLS, readable
from claimbatch.intake.guard.struck import Struck, struck_formats, struck_texts
from claimbatch.intake.guard.walk import walk_cells, walk_strings

STATED_STRINGS = 500_000
MERGES = 5000
MERGED_CELLS = 200_000

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
_ROW = re.compile(rb"<(?:\w+:)?row\b([^<>]*)>")
_ROW_NUMBER = re.compile(rb"""\sr\s*=\s*["']([0-9]{1,7})""")
_HIDDEN = re.compile(rb"""\shidden\s*=\s*["'](?:1|true)""")
_MACRO_TYPE = re.compile(rb"vbaProject|macroEnabled|[mM]acrosheet")
_SHEET_KINDS = ("worksheet", "chartsheet", "dialogsheet")
_OFTEN_READ_DIFFERENTLY = "the part {} is written in a way that programs read differently"


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


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A part with cells: its path, what was found, what stands around the cells, and what the reader gets."""

    path: str
    cells: Cells
    shell: Outline
    xml: bytes
    walked: bool = False


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
    if TYPES not in xml:
        raise Refusal(DAMAGED, "the list of its parts is missing")
    _refuse_macros(xml)
    main = _main_part(xml)
    relations = _relations(xml, main)
    texts = _single(xml, relations, "sharedStrings", "sharedstrings.xml")
    styles = _single(xml, relations, "styles", "xl/styles.xml")
    strings, blanks, walked = _strings(texts, xml[texts]) if texts else (0, frozenset(), False)
    scans = {
        path: _scan_sheet(path, part, strings, blanks) for path, part in xml.items() if b"sheetData" in part
    }
    outlines = {path: outline(path, part) for path, part in xml.items() if path not in scans}
    _check_comments(outlines)
    book = outlines.get(main)
    if book is None or book.root != "workbook" or book.namespace not in SPREADSHEET:
        raise Refusal(DAMAGED, "the list of its sheets is missing")
    if styles and (styles in scans or outlines[styles].foreign):
        raise Refusal(DAMAGED, _OFTEN_READ_DIFFERENTLY.format(styles))
    sheets = list(_listed(book, relations, scans, outlines))
    date1904 = any(pr.get("date1904") in ("1", "true") for pr in book.all("workbookPr"))
    names = _defined_names(xml[main])
    besides = _all_beside(xml, main, texts, styles, scans)
    return Package(
        name=name,
        data=data,
        sha256=sha256(data),
        sheets=tuple(_scan(sheet, part, besides) for sheet, part in sheets),
        token=_token(xml, names),
        names=names,
        application=_application(xml),
        date1904=date1904,
        strict=book.namespace != MAIN,
        flags=_flags(parts),
        readable=readable([part.xml for _, part in sheets], xml.get(texts), xml.get(styles), date1904),
        unusual=walked or any(scan.walked for scan in scans.values()),
    )


def _is_read(path: str, part: bytes) -> bool:
    lower = path.casefold()
    if lower.startswith(_UNREAD) or lower.endswith(".vml"):
        return False
    return lower.endswith((".xml", ".rels")) or part.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")[:1] == b"<"


def _refuse_macros(xml: Mapping[str, bytes]) -> None:
    for path, part in xml.items():
        if (path == TYPES or path.endswith(".rels")) and _MACRO_TYPE.search(part):
            raise Refusal(MACROS, "one of its parts is a macro")


def _main_part(xml: Mapping[str, bytes]) -> str:
    mains = {r.target for r in _relations(xml, "").values() if r.kind == "officeDocument" and not r.external}
    if not mains:
        raise Refusal(DAMAGED, "the list of its sheets is missing")
    if len(mains) > 1:
        raise Refusal(UNSAFE, "it has two lists of sheets")
    return mains.pop()


def _relations(xml: Mapping[str, bytes], source: str) -> dict[str, _Relation]:
    """The relations of the part *source* by their id, targets as paths from the root of the package."""
    folder = dirname(source)
    path = join(folder, "_rels", source.removeprefix(folder).lstrip("/") + ".rels")
    part = xml.get(path, b"")
    found: dict[str, _Relation] = {}
    for relation in outline(path, part).all("Relationship") if part else ():
        target = relation.get("Target", "")
        external = relation.get("TargetMode") == "External"
        where = target if external else normpath(join("/", folder, target)).lstrip("/")
        identifier = relation.get("Id", "")
        if identifier in found:
            raise Refusal(DAMAGED, f"the part {path} names two parts by one relation")
        found[identifier] = _Relation(relation.get("Type", "").rpartition("/")[2], where, external)
    return found


def _single(xml: Mapping[str, bytes], relations: Mapping[str, _Relation], kind: str, ending: str) -> str:
    """The part that has this role, by its relation, else by the name that readers look for; empty for none."""
    paths = {r.target for r in relations.values() if r.kind == kind and not r.external and r.target in xml}
    paths = paths or {path for path in xml if path.casefold().endswith(ending)}
    if len(paths) > 1:
        raise Refusal(UNSAFE, "it has two tables of texts or of styles")
    return paths.pop() if paths else ""


def _strings(path: str, xml: bytes) -> tuple[int, frozenset[int], bool]:
    """How many shared texts there are, which of them are blank, and whether it took the walk to tell."""
    count, around = scan_strings(xml) or (None, xml)
    table = outline(path, around)
    if table.root != "sst" or table.namespace not in SPREADSHEET or table.foreign:
        raise Refusal(DAMAGED, _OFTEN_READ_DIFFERENTLY.format(path))
    for stated in table.all("sst"):
        _check_stated(stated)
    if count is None or table.all("si"):
        return *walk_strings(xml), True
    return count, frozenset(), False


def _check_stated(table: Mapping[str, str]) -> None:
    for count in (table.get("count", "0"), table.get("uniqueCount", "0")):
        if not (count.isascii() and count.isdigit()) or len(count) > 9 or int(count) > STATED_STRINGS:
            raise Refusal(
                TOO_LARGE, f"it says that it holds {count[:20]} texts; {STATED_STRINGS:,} are allowed"
            )


def _scan_sheet(path: str, xml: bytes, strings: int, blanks: frozenset[int]) -> _Sheet:
    start, end = xml.find(b"<sheetData>") + len(b"<sheetData>"), xml.rfind(b"</sheetData>")
    cells, around, read = None, xml, xml
    known = b"x14ac:" not in xml or xml.count(b"xmlns:x14ac=", 0, start) == 1
    if xml.count(b"sheetData") == 2 and len(b"<sheetData>") <= start <= end and known:
        rows = xml[start:end]
        cells = scan_cells(rows, blanks)
        if cells is None:
            rows = without_empties(rows)
            cells = scan_cells(rows, blanks)
            read = xml[:start] + rows + xml[end:] if cells else xml
        around = xml[:start] + xml[end:] if cells else xml
    shell = outline(path, around)
    if shell.root != "worksheet" or shell.namespace not in SPREADSHEET:
        raise Refusal(DAMAGED, f"the part {path} holds cells but is no sheet")
    if shell.foreign or shell.places("sheetData") != [2]:
        raise Refusal(DAMAGED, _OFTEN_READ_DIFFERENTLY.format(path))
    _check_ranges(shell)
    return _Sheet(path, cells or walk_cells(xml, strings, blanks), shell, read, walked=cells is None)


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


def _listed(
    book: Outline,
    relations: Mapping[str, _Relation],
    scans: Mapping[str, _Sheet],
    outlines: Mapping[str, Outline],
) -> Iterator[tuple[Mapping[str, str], _Sheet]]:
    """Each sheet that the workbook lists: its attributes, and the part that its relation names."""
    listed = book.all("sheet")
    names = {sheet.get("name", "").casefold() for sheet in listed}
    if not listed or len(names) != len(listed):
        raise Refusal(DAMAGED, "it has no sheets, or two of the same name")
    for sheet in listed:
        identifiers = [value for space in OFFICE if (value := sheet.get(f"{space} id")) is not None]
        relation = relations.get(identifiers[0]) if len(identifiers) == 1 else None
        if relation is None or not (relation.external or relation.target in {*scans, *outlines}):
            raise Refusal(DAMAGED, "a sheet that it lists is missing")
        if relation.external:
            raise Refusal(UNSAFE, "one of its sheets is in another file")
        part = scans.get(relation.target) or _Sheet(
            relation.target, Cells(), outlines[relation.target], NO_CELLS
        )
        if part.shell.root not in _SHEET_KINDS:
            raise Refusal(DAMAGED, "a sheet that it lists is no sheet")
        yield sheet, part


def _scan(sheet: Mapping[str, str], part: _Sheet, besides: Mapping[str, Beside]) -> SheetScan:
    merges = part.shell.all("mergeCell")
    return SheetScan(
        name=sheet.get("name", ""),
        hidden=sheet.get("state", "visible") != "visible",
        error_cells=part.cells.error_cells,
        empty_formulas=part.cells.empty_formulas,
        formulas=part.cells.formulas,
        merged=len(merges),
        protected=bool(part.shell.all("sheetProtection")),
        filled=part.cells.filled,
        merges=tuple(_corners(merge.get("ref", "")) for merge in merges),
        hidden_rows=_hidden_rows(part.xml),
        beside=besides.get(part.path, NOTHING),
    )


def _hidden_rows(sheet: bytes) -> frozenset[int]:
    """The numbers of the rows that nobody sees; a row without a number follows the one before."""
    if b"hidden" not in sheet or not _HIDDEN.search(sheet):
        return frozenset()
    found, number = set(), 0
    for attributes in _ROW.findall(sheet):
        stated = _ROW_NUMBER.search(attributes)
        number = int(stated[1]) if stated else number + 1
        if _HIDDEN.search(attributes):
            found.add(number)
    return frozenset(found)


def _all_beside(
    xml: Mapping[str, bytes], main: str, texts: str, styles: str, sheets: Iterable[str]
) -> dict[str, Beside]:
    """What stands on and beside the cells of each of *sheets*, by its path."""
    people = b"".join(_related(xml, main).get("person", ())[:1])
    struck = Struck(struck_formats(xml.get(styles, b"")), struck_texts(xml.get(texts, b"")))
    return {path: beside(xml[path], struck, _related(xml, path), people) for path in sheets}


def _related(xml: Mapping[str, bytes], source: str) -> dict[str, list[bytes]]:
    """The parts that *source* relates to, by the kind of relation."""
    found: dict[str, list[bytes]] = {}
    for relation in _relations(xml, source).values():
        if not relation.external and relation.target in xml:
            found.setdefault(relation.kind, []).append(xml[relation.target])
    return found


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
