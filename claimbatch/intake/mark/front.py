"""What a workbook is told of the sheet *Problems*: that it comes first, is open, and repeats its headings on paper."""

import re
from xml.sax.saxutils import escape

from claimbatch.form.layout import HEADER_ROW
from claimbatch.intake.mark.book import Book
from claimbatch.intake.mark.splice import Element, children, insert, read, replace, with_attribute

_NAME = "Problems"
_TITLES = "_xlnm.Print_Titles"
_CHOSEN = re.compile(rb"""(<(?:[\w.-]+:)?sheetView(?=\s)[^>]*?)\s+tabSelected\s*=\s*["'](?:1|true)["']""")
_AFTER_NAMES = (
    "calcPr", "oleSize", "customWorkbookViews", "pivotCaches", "smartTagPr", "smartTagTypes", "webPublishing",
    "fileRecoveryPr", "webPublishObjects", "extLst",
)  # fmt: skip


def choose_none(book: Book) -> None:
    """Leave no sheet chosen: what is typed goes to every one that is."""
    for path in book.sheets().values():
        book.parts[path] = _CHOSEN.sub(rb"\1", book.parts[path])


def add_first(book: Book, content: bytes) -> str:
    """Put the sheet *content* before all others; gives its name."""
    folder = book.main.rpartition("/")[0]
    path = book.add(f"{folder}/worksheets", "claimbatch-problems.xml", content, "spreadsheetml.worksheet+xml")
    relation = book.relate(book.main, "worksheet", path)
    listed = book.listed()
    names = {sheet.get("name", "").casefold() for sheet in listed}
    numbered = (f"{_NAME} {n}" if n > 1 else _NAME for n in range(1, len(names) + 2))
    name = next(name for name in numbered if name.casefold() not in names)
    number = max(int(number) for sheet in listed if (number := sheet.get("sheetId", "0")).isdecimal()) + 1
    item = (
        f'<sheet xmlns="{book.namespace}" xmlns:r="{book.relations}" name="{name}" sheetId="{number}" '
        f'r:id="{relation}"/>'
    )
    book.change("sheets", lambda sheets: insert(sheets, item.encode(), ("sheet",)))
    book.change("definedNames", _moved_on)
    return name


def open_at(book: Book, name: str) -> None:
    """Let the workbook open at the sheet *name*, and repeat its headings on every page."""
    position = [sheet.get("name", "") for sheet in book.listed()].index(name)

    def opened(views: bytes) -> bytes:
        for element in reversed(read(views)[1]):
            view = views[element.start : element.end]
            view = with_attribute(with_attribute(view, "activeTab", position), "firstSheet", 0)
            views = replace(views, element, view)
        return views

    book.change("bookViews", opened)
    if not children(book.parts[book.main], "definedNames"):
        group = f'<definedNames xmlns="{book.namespace}"></definedNames>'
        book.parts[book.main] = insert(book.parts[book.main], group.encode(), _AFTER_NAMES)
    titles = (
        f'<definedName xmlns="{book.namespace}" name="{_TITLES}" localSheetId="{position}">'
        f"{escape(_quoted(name))}!${HEADER_ROW}:${HEADER_ROW}</definedName>"
    )
    book.change("definedNames", lambda names: _each_once(insert(names, titles.encode())))


def _moved_on(names: bytes) -> bytes:
    """Defined names that belong to one sheet (print areas and the like) go by its position, which is now one more."""
    for element in reversed(read(names)[1]):
        position = element.attributes.get("localSheetId")
        if position and position.isdecimal():
            name = names[element.start : element.end]
            names = replace(names, element, with_attribute(name, "localSheetId", int(position) + 1))
    return names


def _each_once(names: bytes) -> bytes:
    """Defined names, the first of each: Excel repairs a workbook that LibreOffice saved with some of them doubled."""
    inner = read(names)[1]
    first = {_key(element): element for element in reversed(inner)}
    for element in reversed(inner):
        if element is not first[_key(element)]:
            names = replace(names, element)
    return names


def _key(element: Element) -> tuple[str, str]:
    return element.attributes.get("name", "").casefold(), element.attributes.get("localSheetId", "")


def _quoted(sheet: str) -> str:
    """The name of a sheet as formulas have it."""
    return "'" + sheet.replace("'", "''") + "'"
