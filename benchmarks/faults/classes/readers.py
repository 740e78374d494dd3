"""What one reader or the other gives as blank, as another value, not at all, or dies of."""

import re
from collections.abc import Callable

from benchmarks.faults.parts import Base

TRANSITIONAL = (
    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
)
STRICT = (
    b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    b"http://purl.oclc.org/ooxml/officeDocument/relationships",
)


def error(value: str) -> Callable[[Base], bytes]:
    """The cell with a grade shows an error value."""
    return lambda base: base.open().cell_is(f"<v>{value}</v>", "e").pack()


def says(text: str) -> Callable[[Base], bytes]:
    """The cell with a grade says this text (as XML); ``{}`` is the grade, ``{n}`` the number of its letter."""
    return lambda base: base.open().says(text.format(base.grade, n=ord(base.grade))).pack()


def number(value: str) -> Callable[[Base], bytes]:
    """The cell with a date of birth holds this number."""
    return lambda base: base.open().cell_is(f"<v>{value}</v>", where=base.beside("C")).pack()


def stated(dimension: str) -> Callable[[Base], bytes]:
    """The sheet says that it is as large as *dimension*."""

    def make(base: Base) -> bytes:
        book = base.open()
        bare = re.sub(r"<dimension [^>]*/>", "", book.text(book.sheet))
        first = re.search(r"<sheet(?:Views|FormatPr|Data)", bare)
        assert first
        at = first.start()
        return book.put(book.sheet, f'{bare[:at]}<dimension ref="{dimension}"/>{bare[at:]}').pack()

    return make


def strict(base: Base) -> bytes:
    """As *Strict Open XML Spreadsheet*, a choice in Excel's *Save as*."""
    book = base.open()
    for path, part in book.parts.items():
        if path.startswith(("xl/", "_rels/")):
            for old, new in zip(TRANSITIONAL, STRICT, strict=True):
                part = part.replace(old, new)  # noqa: PLW2901
            book.put(path, part)
    return book.pack()


def date1904(base: Base) -> bytes:
    """Every date is 1,462 days off."""
    book = base.open()
    text = re.sub(r"<workbookPr[^>]*/>", "", book.text("xl/workbook.xml"))
    head = re.search(r"<workbook [^>]*>(?:<fileVersion[^>]*/>)?", text)
    assert head
    return book.put(
        "xl/workbook.xml", f'{text[: head.end()]}<workbookPr date1904="1"/>{text[head.end() :]}'
    ).pack()


def at(*addresses: str) -> Callable[[Base], bytes]:
    """Values in cells far away."""
    rows = "".join(f'<row r="{a.lstrip("ABCDEFGSXZ")}"><c r="{a}"><v>1</v></c></row>' for a in addresses)
    return lambda base: base.open().rows_more(rows).pack()


def texts_stated(count: str) -> Callable[[Base], bytes]:
    """The table of texts says that it holds so many."""

    def make(base: Base) -> bytes:
        book = base.open()
        path = "xl/sharedStrings.xml"
        bare = re.sub(r"<sst([^>]*?)(?: count=\"\d+\"| uniqueCount=\"\d+\")+", r"<sst\1", book.text(path))
        return (
            book.put(path, bare)
            .replaced(path, "<sst ", f'<sst count="{count}" uniqueCount="{count}" ')
            .pack()
        )

    return make


def text_number(index: str) -> Callable[[Base], bytes]:
    """The cell with a grade points at this text of the table."""
    return lambda base: base.open().cell_is(f"<v>{index}</v>", "s").pack()


def deep(base: Base) -> bytes:
    return base.open().after_cells("<a>" * 60_000 + "</a>" * 60_000).pack()


def columns_formatted(base: Base) -> bytes:
    """Whole columns and rows formatted, to the last of the sheet, as schools do."""
    book = base.open()
    book.put(book.sheet, re.sub(r"<cols>.*?</cols>", "", book.text(book.sheet), flags=re.DOTALL))
    book.before_cells('<cols><col min="1" max="16384" width="12" style="1" customWidth="1"/></cols>')
    return book.rows_more('<row r="1048576" s="1" customFormat="1"/>').pack()


def styled_cells(count: int, before: str = "") -> Callable[[Base], bytes]:
    """So many empty cells that have a format, after other rows."""

    def make(base: Base) -> bytes:
        return base.open().rows_more(before + "".join(
            f'<row r="{row}"><c r="A{row}" s="1"/><c r="B{row}" s="1"/><c r="C{row}" s="1"/>'
            f'<c r="D{row}" s="1"/><c r="E{row}" s="1"/></row>'
            for row in range(1000, 1000 + count // 5)
        )).pack()  # fmt: skip

    return make


def relation_missing(base: Base) -> bytes:
    """The list of sheets names a relation that is not there."""
    book = base.open()
    target = book.sheet.removeprefix("xl/")
    return book.replaced(
        "xl/_rels/workbook.xml.rels", rf'<Relationship [^>]*Target="/?(?:xl/)?{target}"[^>]*>', ""
    ).pack()


def named_twice(other: Callable[[str], str]) -> Callable[[Base], bytes]:
    """The part with the grades is there twice, under names that one program takes for the same."""

    def make(base: Base) -> bytes:
        book = base.open()
        return book.pack(more=[(other(book.sheet), b"<worksheet/>")])

    return make


CLASSES = {
    **{f"error value {value}": ("CB101", error(value))
       for value in ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!")},
    **{f"error value {value}": ("CB003|CB101", error(value)) for value in ("#SPILL!", "#CALC!", "#GETTING_DATA")},
    "formula never calculated": ("CB102", lambda b: b.open().cell_is("<f>VLOOKUP(A5,Marks!A:B,2,0)</f>").pack()),
    "formula calculated": ("read", lambda b: b.open().cell_is(f'<f>IF(1=1,"P")</f><v>{b.grade}</v>', "str").pack()),
    "formula of a link calculated": (
        "any", lambda b: b.open().cell_is(f"<f>[1]Marks!A1</f><v>{b.grade}</v>", "str").pack()),
    "letter as an entity": ("read", says("&#{n};")),
    "letter as a hexadecimal entity": ("any", lambda b: b.open().says(f"&#x{ord(b.grade):x};").pack()),
    "letter as an escape": ("any", lambda b: b.open().says(f"_x{ord(b.grade):04X}_").pack()),
    "stated size too small": ("read", stated("A1:B2")),
    "stated size of one cell": ("read", stated("A1")),
    "stated size of the whole grid": ("read", stated("A1:XFD1048576")),
    "stated size is nonsense": ("any", stated("?:!")),
    "Strict Open XML": ("read", strict),
    "dates from 1904": ("any", date1904),
    **{f"date of birth is {value}": ("CB003|CB101|CB109|CB207", number(value))
       for value in ("0", "-1", "60", "2958466", "1e300", "-1e300", "0.5", "1E+05", "nan", "inf")},
    "value in the last cell": ("CB006", at("XFD1048576")),
    "values on a long diagonal": ("CB006", at("A1000", "SF20000")),
    "row number past 2 to the 32": ("CB003", lambda b: b.open().rows_more(
        '<row r="4294967297"><c r="A4294967297"><v>1</v></c></row>').pack()),
    "very many texts stated": ("CB006", lambda b: texts_stated("4000000000")(b) if _has_texts(b) else None),
    "fewer texts stated than there are": ("read", lambda b: texts_stated("1")(b) if _has_texts(b) else None),
    "text -1 of the table": ("CB003", text_number("-1")),
    "text far outside the table": ("CB003", text_number("99999")),
    "text number with a sign": ("CB003", text_number("+1")),
    "text number with a point": ("CB003", text_number("1.0")),
    "text number past 2 to the 64": ("CB003", text_number("18446744073709551617")),
    "very deep XML": ("CB006", deep),
    "a giant text": ("CB006", lambda b: b.open().says("x" * (129 << 10)).pack()),
    "whole columns formatted": ("read", columns_formatted),
    "100,000 empty cells with a format": ("read", styled_cells(100_000)),
    "a million empty cells with a format": ("any", styled_cells(1_000_000)),
    "a million empty cells behind an oddly written row": ("any", styled_cells(1_000_000, "<row r='999'/>")),
    "relation of the sheet missing": ("CB003", relation_missing),
    "part names differ in case": ("CB004", named_twice(str.upper)),
    "part names differ by a slash": ("CB004", named_twice(lambda path: path + "/")),
    "part there twice": ("CB004", named_twice(str)),
    **{f"grade is {word}": ("CB104", says(word)) for word in ("NA", "None", "null", "n/a", "NaN", "001", "TRUE")},
    "grade is a truth": ("CB101", lambda b: b.open().cell_is("<v>1</v>", "b").pack()),
    "grade is a truth of 7": ("CB003|CB101", lambda b: b.open().cell_is("<v>7</v>", "b").pack()),
    "grade of an unknown kind": ("CB003", lambda b: b.open().cell_is(f"<v>{b.grade}</v>", "zz").pack()),
    "candidate number 001": ("CB107|CB108|CB203", lambda b: b.open().says("001", b.beside("A")).pack()),
    "surname None": ("CB207", lambda b: b.open().says("None", b.beside("B")).pack()),
    "surname NA": ("CB207", lambda b: b.open().says("NA", b.beside("B")).pack()),
}  # fmt: skip


def _has_texts(base: Base) -> bool:
    return b"xl/sharedStrings.xml" in base.data
