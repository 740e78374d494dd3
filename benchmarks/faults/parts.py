"""A real workbook taken apart, so that something can be done to it where it hurts, and put together again."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import openpyxl

from claimbatch.a1 import a1
from tests.workbooks import Mark, Spot, mark_at, spots

Parts = dict[str, bytes]
CLAIMED = ("P", "M", "D")


@dataclass(frozen=True)
class Base:
    """A template that went out and came back filled in, and what it says to a plain reader.

    *truth* are the claimed units: candidate and unit to grade and initials. *filled* is one of their cells.
    """

    name: str
    data: bytes
    filled: Spot = field(init=False)
    truth: dict[tuple[str, str], Mark] = field(init=False)

    def __post_init__(self) -> None:
        book = openpyxl.load_workbook(BytesIO(self.data))
        marks = {spot: mark_at(book, spot) for spot in spots(book)}
        claimed = {spot: mark for spot, mark in marks.items() if mark[0] in CLAIMED}
        truth = {(spot.candidate, spot.unit): mark for spot, mark in claimed.items()}
        object.__setattr__(self, "filled", next(iter(claimed)))
        object.__setattr__(self, "truth", truth)

    @property
    def cell(self) -> str:
        """The address of a cell with a grade."""
        return a1(self.filled.row, self.filled.column)

    @property
    def grade(self) -> str:
        """The grade in it."""
        return self.truth[self.filled.candidate, self.filled.unit][0]

    def beside(self, column: str) -> str:
        """Another cell of its row."""
        return f"{column}{self.filled.row}"

    def open(self) -> "Opened":
        """Its parts, to be changed."""
        with ZipFile(BytesIO(self.data)) as archive:
            return Opened(self, {name: archive.read(name) for name in archive.namelist()})


@dataclass(frozen=True)
class Opened:
    """The parts of a workbook; each method changes them, and gives itself back."""

    base: Base
    parts: Parts

    @cached_property
    def sheet(self) -> str:
        """The path of the part with the grades."""
        return self.path_of(self.base.filled.sheet)

    def path_of(self, title: str) -> str:
        """The path of the part of the sheet *title*."""
        listed = re.search(rf'<sheet [^>]*name="{title}"[^>]*>', self.text("xl/workbook.xml"))
        assert listed, title
        relation = re.search(r'r:id="(\w+)"', listed[0])
        assert relation, listed[0]
        found = re.search(
            rf'<Relationship [^>]*Id="{relation[1]}"[^>]*>', self.text("xl/_rels/workbook.xml.rels")
        )
        assert found, relation[1]
        target = found[0].split('Target="')[1].split('"')[0]
        return target.lstrip("/") if target.startswith("/") else f"xl/{target}"

    def text(self, path: str) -> str:
        return self.parts[path].decode()

    def put(self, path: str, content: str | bytes) -> "Opened":
        """A part anew."""
        self.parts[path] = content.encode() if isinstance(content, str) else content
        return self

    def without(self, path: str) -> "Opened":
        del self.parts[path]
        return self

    def replaced(self, path: str, pattern: str, by: str, *, count: int = 1) -> "Opened":
        """What *pattern* finds in a part, *by* something else; it must find something."""
        changed, times = re.subn(
            pattern, lambda m: m.expand(by), self.text(path), count=count, flags=re.DOTALL
        )
        assert times, (path, pattern)
        return self.put(path, changed)

    def cell_is(self, inner: str, kind: str = "", where: str = "") -> "Opened":
        """The cell with a grade (or another of its sheet) with *inner* in it, and of this *kind* (``t``)."""
        ref = where or self.base.cell
        found = re.search(rf'<c r="{ref}"([^>]*?)(?:/>|>.*?</c>)', self.text(self.sheet), re.DOTALL)
        assert found, ref
        style = re.search(r' s="\d+"', found[1])
        made = f'<c r="{ref}"{style[0] if style else ""}{f" t={chr(34)}{kind}{chr(34)}" if kind else ""}>{inner}</c>'
        text = self.text(self.sheet)
        return self.put(self.sheet, text[: found.start()] + made + text[found.end() :])

    def says(self, text: str, where: str = "") -> "Opened":
        """The cell with a grade (or another) says *text*, which is XML already."""
        return self.cell_is(f'<is><t xml:space="preserve">{text}</t></is>', "inlineStr", where)

    def rows_more(self, rows: str) -> "Opened":
        """More *rows* at the end of the cells."""
        return self.replaced(self.sheet, "</sheetData>", rows + "</sheetData>")

    def after_cells(self, content: str) -> "Opened":
        """Something behind the cells."""
        return self.replaced(self.sheet, "</sheetData>", "</sheetData>" + content)

    def before_cells(self, content: str) -> "Opened":
        return self.replaced(self.sheet, "<sheetData>", content + "<sheetData>")

    def declared(self, path: str, declaration: str) -> "Opened":
        """A part with another *declaration* at its head."""
        body = re.sub(r"^\ufeff?\s*<\?xml.*?\?>\s*", "", self.text(path), flags=re.DOTALL)
        return self.put(path, declaration + body)

    def pack(self, method: int = ZIP_DEFLATED, more: Iterable[tuple[str, bytes]] = ()) -> bytes:
        """The archive of the parts, and of those in *more*, whose names may be any."""
        file = BytesIO()
        with ZipFile(file, "w", method) as archive:
            for name, content in [*self.parts.items(), *more]:
                info = ZipInfo(name)
                info.compress_type = method
                archive.writestr(info, content)
        return file.getvalue()
