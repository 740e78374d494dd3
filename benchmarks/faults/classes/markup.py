"""XML that opens other files, grows while it is read, is written another way, or is none."""

from collections.abc import Callable

from benchmarks.faults.parts import Base

DOCTYPE = '<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE a [<!ENTITY b "P">]>'
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l0 "ha">'
    + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    + "]>"
)
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'
PARTS = {
    "the sheet": "",
    "the list of sheets": "xl/workbook.xml",
    "the relations": "xl/_rels/workbook.xml.rels",
    "the first relations": "_rels/.rels",
    "the styles": "xl/styles.xml",
    "the types": "[Content_Types].xml",
    "the properties": "docProps/custom.xml",
    "the texts": "xl/sharedStrings.xml",
}


def declared(declaration: str, path: str = "") -> Callable[[Base], bytes | None]:
    """A part with this declaration."""

    def make(base: Base) -> bytes | None:
        book = base.open()
        there = path or book.sheet
        return book.declared(there, declaration).pack() if there in book.parts else None

    return make


def encoded(encoding: str, path: str = "") -> Callable[[Base], bytes | None]:
    """A part in another encoding, which it says."""

    def make(base: Base) -> bytes | None:
        book = base.open()
        there = path or book.sheet
        if there not in book.parts:
            return None
        book.declared(there, f'<?xml version="1.0" encoding="{encoding}"?>')
        return book.put(there, book.text(there).encode(encoding, "xmlcharrefreplace")).pack()

    return make


def after(content: str) -> Callable[[Base], bytes]:
    return lambda base: base.open().after_cells(content).pack()


def in_part(path: str, content: str | bytes) -> Callable[[Base], bytes]:
    """A part with other content."""
    return lambda base: base.open().put(path, content).pack()


def cut_part(path: str) -> Callable[[Base], bytes]:
    """A part cut in half, in a sound archive."""

    def make(base: Base) -> bytes:
        book = base.open()
        there = path or book.sheet
        return book.put(there, book.parts[there][: len(book.parts[there]) // 2]).pack()

    return make


def without(path: str) -> Callable[[Base], bytes | None]:
    def make(base: Base) -> bytes | None:
        book = base.open()
        there = path or book.sheet
        return book.without(there).pack() if there in book.parts else None

    return make


def two_elements(base: Base) -> bytes:
    book = base.open()
    return book.put(book.sheet, book.text(book.sheet) + "<worksheet/>").pack()


def root_namespace(base: Base) -> bytes:
    book = base.open()
    return book.put(
        book.sheet, book.text(book.sheet).replace("spreadsheetml/2006/main", "spreadsheetml/2099/main")
    ).pack()


CLASSES = {
    **{f"document type in {what}": ("CB004", declared(DOCTYPE, path)) for what, path in PARTS.items()},
    "billion laughs": ("CB004", declared(LAUGHS)),
    "entity of a file": ("CB004", declared(OUTSIDE)),
    "entity used in a grade": (
        "CB004", lambda b: b.open().says("&b;").declared(b.open().sheet, DOCTYPE).pack()),
    "undeclared entity": ("CB003", lambda b: b.open().says("&nbsp;P").pack()),
    **{f"UTF-16 in {what}": ("CB004", encoded("utf-16", path)) for what, path in PARTS.items()},
    **{f"{encoding} in the sheet": ("CB004|CB003", encoded(encoding))
       for encoding in ("utf-32", "cp1252", "utf-7", "cp037", "shift_jis")},
    "an encoding that is none": ("CB003|CB004", declared('<?xml version="1.0" encoding="nonsense"?>')),
    "bad UTF-8": ("CB003|CB004", lambda b: b.open().put(
        b.open().sheet, b.open().parts[b.open().sheet].replace(b"</sheetData>", b"</sheetData><!--\xff-->")).pack()),
    "depth 65": ("CB006", after("<a>" * 65 + "</a>" * 65)),
    "depth 100,000 in the styles": (
        "CB006|CB003", in_part("xl/styles.xml", "<a>" * 100_000 + "</a>" * 100_000)),
    "depth 100,000 beside the workbook": (
        "any", in_part("xl/drawings/drawing99.xml", "<a>" * 100_000 + "</a>" * 100_000)),
    "3,100,000 elements": ("CB006", after("<a/>" * 3_100_000)),
    "an attribute of 65 KiB": ("CB006", after(f'<a b="{"x" * (65 << 10)}"/>')),
    "a text of 129 KiB outside the cells": ("any", after(f"<a>{'x' * (129 << 10)}</a>")),
    "an attribute of 65 KiB in the list of sheets": ("CB006", lambda b: b.open().replaced(
        "xl/workbook.xml", "<sheets>", f'<x b="{"x" * (65 << 10)}"/><sheets>').pack()),
    "root in another namespace": ("CB003|CB004", root_namespace),
    "not well-formed": ("CB003", after("<a>")),
    "two roots": ("CB003", two_elements),
    "attribute twice": ("CB003", after('<a b="1" b="2"/>')),
    **{f"half of {what}": ("any" if "propert" in what or "styles" in what else "CB003", cut_part(path))
       for what, path in PARTS.items() if what != "the texts"},
    **{f"without {what}": ("any" if what in {"the properties", "the styles"} else "CB003", without(path))
       for what, path in PARTS.items()},
    "CDATA in a grade": ("CB003", lambda b: b.open().cell_is(f"<v>{b.grade}<![CDATA[X]]></v>", "str").pack()),
    "comment in a grade": ("CB003", lambda b: b.open().cell_is(f"<v>{b.grade}<!-- x --></v>", "str").pack()),
    "instruction in a grade": ("CB003", lambda b: b.open().cell_is(f"<v>{b.grade}<?x y?></v>", "str").pack()),
    "control character in a grade": ("CB003", lambda b: b.open().says(f"{b.grade}\x01").pack()),
    "control character by number": ("CB003", lambda b: b.open().says(f"{b.grade}&#1;").pack()),
    "NUL in a grade": ("CB003|CB004", lambda b: b.open().says(f"{b.grade}\x00").pack()),
    "surrogate by number": ("CB003", lambda b: b.open().says(f"{b.grade}&#xD800;").pack()),
    "grade in another namespace": (
        "CB003|CB004", lambda b: b.open().cell_is(f'<x:v xmlns:x="urn:x">{b.grade}</x:v>', "str").pack()),
    "grade in no namespace": ("CB003|CB004", lambda b: b.open().cell_is('<v xmlns="">5</v>').pack()),
    "two values": ("CB003", lambda b: b.open().cell_is(f"<v>{b.grade}</v><v>P</v>", "str").pack()),
    "text and value": ("CB003|CB004", lambda b: b.open().cell_is("<v>M</v><is><t>P</t></is>", "str").pack()),
    "foreign child": ("CB003|CB004", lambda b: b.open().cell_is(f"<x><v>{b.grade}</v></x>", "str").pack()),
    "alternative content": ("CB003|CB004", lambda b: b.open().cell_is(
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        "<mc:Choice><v>P</v></mc:Choice></mc:AlternateContent>", "str").pack()),
}  # fmt: skip
