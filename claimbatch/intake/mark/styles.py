"""How marks look: formats added to a workbook's own, each one once, however often it is marked.

An error is hatched in red and signed with a cross, a query dotted in blue and signed with a question mark in
brackets: nothing is said by colour alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from claimbatch.form.style import INK, LINE, NAVY, WHITE
from claimbatch.intake.mark.book import Book
from claimbatch.intake.mark.splice import insert, read, with_attribute
from claimbatch.problems import Severity

_GROUPS = (
    "numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles",
    "colors", "extLst",
)  # fmt: skip
_TEXT = 49  # the built-in number format for text
_PATTERNS = {Severity.ERROR: "lightUp", Severity.QUERY: "gray125"}
_INKS = {Severity.ERROR: "9C0006", Severity.QUERY: "1F3F8F"}
_LINES = {Severity.ERROR: "E08A8A", Severity.QUERY: "6E8FDB"}
_GROUNDS = {Severity.ERROR: "FFE1E1", Severity.QUERY: "E3ECFF"}
SIGNS = {Severity.ERROR: "✗", Severity.QUERY: "(?)"}


@dataclass(frozen=True, slots=True)
class Look:
    """A format of the sheet *Problems*; *kind* takes pattern and colours of its marks."""

    ink: str = INK
    size: int = 10
    bold: bool = False
    underlined: bool = False
    ground: str = ""
    boxed: bool = True
    wrap: bool = True
    kind: Severity | None = None


LOOKS: Mapping[str, Look] = {
    "title": Look(NAVY, 16, True, boxed=False, wrap=False),
    "description": Look("45556A", boxed=False, wrap=False),
    "heading": Look(WHITE, bold=True, ground=NAVY),
    "text": Look(),
    "link": Look("0B5394", underlined=True, bold=True),
    "error": Look(_INKS[Severity.ERROR], bold=True, kind=Severity.ERROR),
    "query": Look(_INKS[Severity.QUERY], bold=True, kind=Severity.QUERY),
}


def add_looks(book: Book) -> dict[str, int]:
    """Add the formats of :data:`LOOKS` to *book*; gives the number that cells name each by."""
    return {name: _add_look(book, look) for name, look in LOOKS.items()}


def add_mark(book: Book, severity: Severity, *, dated: bool) -> int:
    """Add the format that a marked cell shows; gives the number that conditional formats name it by.

    *dated* is that of cells which hold a date: a format cannot say "as it is shown now", and would show its number.
    """
    line = f'<{{side}} style="thin"><color rgb="FF{_INKS[severity]}"/></{{side}}>'
    sides = "".join(line.format(side=side) for side in ("left", "right", "top", "bottom"))
    sections = (
        "dd/mm/yyyy" if dated else "General",
        "-General",
        "General",
        "@",
    )  # above, below, nought, text
    signed = ";".join(f'{section}" {SIGNS[severity]}"' for section in sections)
    number = 190 + 2 * dated + (severity is Severity.QUERY)
    return _add(
        book,
        "dxfs",
        f'<dxf><font><b/><color rgb="FF{_INKS[severity]}"/></font>'
        f'<numFmt numFmtId="{number}" formatCode={quoteattr(signed)}/>'
        f"{_pattern(severity)}<border>{sides}</border></dxf>",
    )


def _add_look(book: Book, look: Look) -> int:
    font = (
        f'<font>{"<b/>" * look.bold}{"<u/>" * look.underlined}<sz val="{look.size}"/>'
        f'<color rgb="FF{look.ink}"/><name val="Arial"/></font>'
    )
    side = f'<{{side}} style="thin"><color rgb="FF{LINE}"/></{{side}}>' if look.boxed else "<{side}/>"
    sides = "".join(side.format(side=side_) for side_ in ("left", "right", "top", "bottom"))
    ground = f'<fill><patternFill patternType="solid"><fgColor rgb="FF{look.ground}"/></patternFill></fill>'
    blank = '<fill><patternFill patternType="none"/></fill>'
    fill = _pattern(look.kind) if look.kind else ground if look.ground else blank
    border = f"<border>{sides}<diagonal/></border>"
    numbers = [
        _add(book, group, item) for group, item in (("fonts", font), ("fills", fill), ("borders", border))
    ]
    return _add(
        book,
        "cellXfs",
        f'<xf numFmtId="{_TEXT}" fontId="{numbers[0]}" fillId="{numbers[1]}" borderId="{numbers[2]}" xfId="0" '
        'applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1">'
        f'<alignment vertical="center" wrapText="{int(look.wrap)}" horizontal="left" indent="{int(look.boxed)}"/></xf>',
    )


def _pattern(severity: Severity) -> str:
    return (
        f'<fill><patternFill patternType="{_PATTERNS[severity]}"><fgColor rgb="FF{_LINES[severity]}"/>'
        f'<bgColor rgb="FF{_GROUNDS[severity]}"/></patternFill></fill>'
    )


def _add(book: Book, group: str, item: str) -> int:
    """The position of *item* among the formats of its *group*; it is added where it is not there yet."""
    path = _styles(book)
    root, *rest = item.split(">", 1)
    end = "/" if root.endswith("/") else ""
    element = f'{root.removesuffix("/")} xmlns="{book.namespace}"{end}>{"".join(rest)}'.encode()
    styles = book.parts[path]
    found = next((g for g in read(styles)[1] if g.name == group), None)
    if found is None:
        after = _GROUPS[_GROUPS.index(group) + 1 :]
        styles = insert(styles, f'<{group} xmlns="{book.namespace}"></{group}>'.encode(), after)
        found = next(g for g in read(styles)[1] if g.name == group)
    body = styles[found.start : found.end]
    items = [body[e.start : e.end] for e in read(body)[1]]
    if element not in items:
        body = with_attribute(insert(body, element), "count", len(items) + 1)
        items.append(element)
    book.parts[path] = styles[: found.start] + body + styles[found.end :]
    return items.index(element)


def _styles(book: Book) -> str:
    """The path of the workbook's formats; a workbook without any gets the smallest that Excel takes."""
    for path in book.related(book.main, "styles").values():
        return path
    content = (
        f'<styleSheet xmlns="{book.namespace}"><fonts><font><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
        "<borders><border><left/><right/><top/><bottom/><diagonal/></border></borders>"
        '<cellStyleXfs><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs></styleSheet>'
    )
    folder = book.main.rpartition("/")[0]
    path = book.add(folder, "styles.xml", content.encode(), "spreadsheetml.styles+xml")
    book.relate(book.main, "styles", path)
    return path
