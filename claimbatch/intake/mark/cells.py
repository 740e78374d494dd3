"""Marks in the cells of one sheet: a hatched or dotted ground and a comment, and how both are taken off again.

The ground is a conditional format, so that no cell's own format is touched.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import product

from claimbatch.a1 import address
from claimbatch.form.choices import areas
from claimbatch.intake.mark.book import Book
from claimbatch.intake.mark.notes import add_notes, remove_notes
from claimbatch.intake.mark.splice import insert, read, replace
from claimbatch.intake.mark.styles import add_mark
from claimbatch.intake.own_words import FOUND
from claimbatch.problems import Problem, Severity

COMMENTED = "CB022"  # the query about a comment: what somebody wrote stands there, and needs no words of ours beside it
_GROUND = "claimbatch mark"  # what our conditional formats are told by
_AFTER_GROUNDS = (  # ours go before the others: LibreOffice shows the first in the file, Excel the first by priority
    "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup",
    "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags",
    "drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls",
    "webPublishItems", "tableParts", "extLst",
)  # fmt: skip
RANGES = 1000  # in one conditional format: an attribute that lists more is longer than programs read
_PRIORITY = re.compile(rb"""(<(?:[\w.-]+:)?cfRule(?=\s)[^>]*?\spriority\s*=\s*["'])(\d{1,9})""")


def mark_cells(
    book: Book, sheet: str, problems: Mapping[str, Sequence[Problem]], dates: Collection[str] = ()
) -> None:
    """Mark the cells of the part *sheet* that *problems* names (``H7``) with what is wrong there.

    *dates* are those of them that hold a date.
    """
    book.parts[sheet] = _with_grounds(book, book.parts[sheet], problems, dates)
    told = {cell: [note(p) for p in found if p.rule.code != COMMENTED] for cell, found in problems.items()}
    add_notes(book, sheet, {cell: "\n".join(words) for cell, words in told.items() if words})


def unmark_cells(book: Book, sheet: str) -> None:
    """Take our marks off the part *sheet*."""
    xml = book.parts[sheet]
    for element in reversed(read(xml)[1]) if _GROUND.encode() in xml else ():
        if element.name == "conditionalFormatting" and _GROUND.encode() in xml[element.start : element.end]:
            xml = replace(xml, element)
    book.parts[sheet] = xml
    remove_notes(book, sheet)


def note(problem: Problem) -> str:
    """What a comment says of one problem; it ends a line, so that a reply begins one."""
    kind = "an error" if problem.is_error else "a query"
    message, hint = (" ".join(text.split()) for text in (problem.message, problem.hint))
    return f"{FOUND}{kind} ({problem.rule.code}):\n{message}\n→ {hint}\n"


def _with_grounds(
    book: Book, xml: bytes, problems: Mapping[str, Sequence[Problem]], dates: Collection[str]
) -> bytes:
    """Conditional formats that go before all others: errors, then queries."""
    grounds = list(_grounds(book, problems, dates))
    if any(int(priority) <= len(grounds) for _, priority in _PRIORITY.findall(xml)):
        xml = _PRIORITY.sub(lambda m: b"%s%d" % (m[1], int(m[2]) + len(grounds)), xml)
    items = "".join(
        f'<conditionalFormatting xmlns="{book.namespace}" sqref="{area}"><cfRule '
        f'type="expression" dxfId="{look}" priority="{priority}" stopIfTrue="1">'
        f'<formula>LEN("{_GROUND}")&gt;0</formula></cfRule></conditionalFormatting>'
        for priority, (look, area) in enumerate(grounds, 1)
    )
    return insert(xml, items.encode(), _AFTER_GROUNDS)


def _grounds(
    book: Book, problems: Mapping[str, Sequence[Problem]], dates: Collection[str]
) -> Iterator[tuple[int, str]]:
    """The format of each mark, and where it lies: ``B6 E5:F9``."""
    for severity, dated in product(Severity, (False, True)):
        found = (cell for cell in problems if _worst(problems[cell]) is severity)
        ranges = _ranges(cell for cell in found if (cell in dates) is dated)
        for start in range(0, len(ranges), RANGES):
            yield add_mark(book, severity, dated=dated), " ".join(ranges[start : start + RANGES])


def _ranges(cells: Iterable[str]) -> list[str]:
    """*cells* as ranges, neighbours joined."""
    rows: dict[int, list[int]] = {}
    for row, column in sorted(map(address, cells)):
        rows.setdefault(column, []).append(row)
    columns = range(min(rows, default=1), max(rows, default=0) + 1)
    return " ".join(areas((column, rows.get(column, [])) for column in columns)).split()


def _worst(problems: Iterable[Problem]) -> Severity:
    return Severity.ERROR if any(problem.is_error for problem in problems) else Severity.QUERY
