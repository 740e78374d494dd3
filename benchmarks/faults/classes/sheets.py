"""Addresses, merges, texts, macros and what else stands on or beside sheets."""

import re
from collections.abc import Callable

from benchmarks.faults.parts import Base
from tests.hostile import MAIN, OFFICE


def rows(content: str) -> Callable[[Base], bytes]:
    return lambda base: base.open().rows_more(content).pack()


def address(change: Callable[[str], str]) -> Callable[[Base], bytes]:
    """The cell with a grade has its address written another way."""

    def make(base: Base) -> bytes:
        book = base.open()
        return book.replaced(book.sheet, rf'<c r="{base.cell}"', f'<c r="{change(base.cell)}"').pack()

    return make


def cell_twice(base: Base) -> bytes:
    """The cell with a grade stands there twice, with another grade."""
    book = base.open()
    return book.replaced(
        book.sheet,
        rf'(<c r="{base.cell}"[^>]*?(?:/>|>.*?</c>))',
        rf'\1<c r="{base.cell}" t="str"><v>D</v></c>',
    ).pack()


def row_twice(base: Base) -> bytes:
    """A row comes again at the end, with other grades."""
    row = base.filled.row
    return rows(f'<row r="{row}"><c r="{base.cell}" t="str"><v>D</v></c></row>')(base)


def no_addresses(base: Base) -> bytes:
    """Cells without addresses follow one another; those that are blank stay out, so that all would move."""
    book = base.open()
    text = re.sub(r'<c r="[A-Z]+\d+"(?=[^>]*?>)', "<c", book.text(book.sheet))
    return book.put(book.sheet, text).pack()


def merged(*refs: str) -> Callable[[Base], bytes]:
    def make(base: Base) -> bytes:
        book = base.open()
        book.put(
            book.sheet, re.sub(r"<mergeCells.*?</mergeCells>", "", book.text(book.sheet), flags=re.DOTALL)
        )
        there = "".join(f'<mergeCell ref="{ref}"/>' for ref in refs)
        return book.after_cells(f"<mergeCells>{there}</mergeCells>").pack()

    return make


def linked(ref: str) -> Callable[[Base], bytes]:
    return lambda base: (
        base.open().after_cells(f'<hyperlinks><hyperlink ref="{ref}" location="A1"/></hyperlinks>').pack()
    )


def commented(ref: str) -> Callable[[Base], bytes]:
    text = (
        f'<comments xmlns="{MAIN}"><authors><author>x</author></authors><commentList><comment ref="{ref}" authorId="0">'
        "<text><t>see me</t></text></comment></commentList></comments>"
    )
    return lambda base: base.open().pack(more=[("xl/comments99.xml", text.encode())])


def with_part(name: str, content: bytes = b"<a/>") -> Callable[[Base], bytes]:
    return lambda base: base.open().pack(more=[(name, content)])


def macro_type(base: Base) -> bytes:
    return (
        base.open()
        .replaced(
            "[Content_Types].xml",
            r"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main\+xml",
            "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
        )
        .pack()
    )


def macro_relation(base: Base) -> bytes:
    return (
        base.open()
        .replaced(
            "xl/_rels/workbook.xml.rels",
            "</Relationships>",
            '<Relationship Id="rIdX" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" '
            'Target="evil.dat"/></Relationships>',
        )
        .pack()
    )


def sheet_elsewhere(base: Base) -> bytes:
    """The sheet with the grades is fetched from elsewhere."""
    book = base.open()
    target = book.sheet.removeprefix("xl/")
    return book.replaced(
        "xl/_rels/workbook.xml.rels",
        rf'Target="/?(?:xl/)?{target}"',
        'Target="https://example.org/sheet.xml" TargetMode="External"',
    ).pack()


def sheet_path(target: str) -> Callable[[Base], bytes]:
    """The sheet with the grades is a file of the computer."""

    def make(base: Base) -> bytes:
        book = base.open()
        there = book.sheet.removeprefix("xl/")
        return book.replaced(
            "xl/_rels/workbook.xml.rels", rf'Target="/?(?:xl/)?{there}"', f'Target="{target}"'
        ).pack()

    return make


def two_lists(base: Base) -> bytes:
    """The archive has two lists of sheets."""
    book = base.open()
    book.replaced(
        "_rels/.rels",
        "</Relationships>",
        f'<Relationship Id="rIdX" Type="{OFFICE}/officeDocument" Target="xl/other.xml"/></Relationships>',
    )
    return book.put("xl/other.xml", book.parts["xl/workbook.xml"]).pack()


def relation_twice(base: Base) -> bytes:
    book = base.open()
    return book.replaced(
        "xl/_rels/workbook.xml.rels",
        r'(<Relationship [^>]*Id="(\w+)"[^>]*/>)',
        r'\1<Relationship Id="\2" Type="x/worksheet" Target="worksheets/sheet1.xml"/>',
    ).pack()


def sheet_twice(base: Base) -> bytes:
    return base.open().replaced("xl/workbook.xml", r"(<sheet [^>]*/>)", r"\1\1").pack()


def other_id(base: Base) -> bytes:
    """Each sheet has an ``id`` of another namespace before its own."""
    return (
        base.open()
        .replaced(
            "xl/workbook.xml",
            r'(<sheet [^>]*?)( r:id="\w+")',
            r'\1 x:id="rId999" xmlns:x="urn:x"\2',
            count=99,
        )
        .pack()
    )


def cells_elsewhere(base: Base) -> bytes:
    """A second set of cells."""
    return base.open().after_cells("<sheetData/>").pack()


def text(content: str) -> Callable[[Base], bytes]:
    return lambda base: base.open().says(content.replace("GRADE", base.grade)).pack()


CLASSES = {
    "address the wrong way round": ("CB003", address(lambda a: "5E")),
    "address in small letters": ("any", address(str.lower)),
    "address with dollars": ("CB003|CB004", address(lambda a: "$E$5")),
    "address of another row": ("CB003", address(lambda a: "E999")),
    "address with a blank": ("CB003|CB004", address(lambda a: f" {a}")),
    "address with a leading zero": ("CB003|CB004", address(lambda a: a[0] + "0" + a[1:])),
    "address past the last column": ("CB003|CB006", address(lambda a: "XFE5")),
    "cell twice": ("CB003", cell_twice),
    "row twice": ("CB003", row_twice),
    "cells without addresses": ("any", no_addresses),
    "two sets of cells": ("CB003", cells_elsewhere),
    "far row": ("CB006", rows('<row r="20001"><c r="A20001"><v>1</v></c></row>')),
    "far column": ("CB006", rows('<row r="900"><c r="SG900"><v>1</v></c></row>')),
    "box of more than 2 M cells": ("CB006", rows('<row r="20000"><c r="SF20000"><v>1</v></c></row>')),
    "comment far away": ("CB006", commented("XFD1048576")),
    "comment at no address": ("CB003|CB006", commented("??")),
    "hyperlink over whole columns": ("CB006", linked("A1:A1048576")),
    "hyperlink at no address": ("any", linked("??")),
    "merge of the whole grid": ("CB006", merged("A1:XFD1048576")),
    "merge of more than 200,000 cells": ("CB006", merged("A900:SF1400")),
    "5,001 merges": ("CB006", merged(*(f"A{n}:B{n}" for n in range(1000, 6001)))),
    "merge at no address": ("CB003", merged("A1:?")),
    "macros": ("CB005", with_part("xl/vbaProject.bin", b"x")),
    "macros by type": ("CB005", macro_type),
    "macros by relation": ("CB005", macro_relation),
    "external links": ("read", with_part("xl/externalLinks/externalLink1.xml")),
    "connections": ("any", with_part("xl/connections.xml")),
    "an embedded object": ("any", with_part("xl/embeddings/oleObject1.bin", b"\xd0\xcf\x11\xe0")),
    "ActiveX": ("any", with_part("xl/activeX/activeX1.xml")),
    "a query table": ("any", with_part("xl/queryTables/queryTable1.xml")),
    "sheet elsewhere": ("CB004", sheet_elsewhere),
    "sheet that is a file of the computer": ("CB003|CB004", sheet_path("file:///etc/passwd")),
    "sheet outside the archive": ("CB003|CB004", sheet_path("../../../../etc/passwd")),
    "two lists of sheets": ("CB004", two_lists),
    "one relation twice": ("CB003", relation_twice),
    "two sheets of one name": ("CB003", sheet_twice),
    "ids of another namespace": ("any", other_id),
    "control by escape": ("CB112", text("GRADE_x0007_")),
    "NUL by escape": ("CB112", text("GRADE_x0000_")),
    "lone surrogate by escape": ("CB003|CB104|CB112", text("GRADE_xD800_")),
    "tab and newline": ("read", text("&#9;GRADE&#10;")),
    "non-breaking spaces": ("read", text("\u00a0GRADE\u00a0")),
    "zero-width space": ("any", text("GRADE\u200b")),
    "text direction turned": ("any", text("\u202eGRADE")),
    "full-width letter": ("CB105", text("\uff30")),
    "Cyrillic letter": ("CB105", text("\N{CYRILLIC CAPITAL LETTER ER}")),
    "combining mark": ("CB104|CB105", text("GRADE\u0301")),
    "a formula as text": ("CB104|CB112", text("=cmd|' /C calc'!A0")),
}  # fmt: skip
