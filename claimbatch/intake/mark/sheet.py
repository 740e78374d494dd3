"""The sheet *Problems* of a marked copy: one row for each problem, linked to its cell."""

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import quoteattr

from claimbatch.form.layout import HEADER_ROW
from claimbatch.form.table import LINE, ROW_HEIGHT, lines_of
from claimbatch.intake.mark.book import Book
from claimbatch.intake.mark.splice import written
from claimbatch.intake.mark.styles import SIGNS, add_looks
from claimbatch.intake.submission import MARKS_TITLE
from claimbatch.problems import Problem, clip

SHOWN = 5000  # rows; more help nobody
LINES = 12  # of text in a cell, so that no row is higher than Excel allows (409 points)
_HEIGHTS = (18, 28)  # of the rows with the steps
_STEPS = """\
1  Put each one right: choose the blue address to go to its cell. ✗ on red hatching is an error; \
(?) on blue dots is a query, to put right or to explain on the sheet Notes.
2  Save this workbook and send it back. This sheet, the comments and the patterns may stay: they are not read."""
_COLUMNS = (  # heading, width
    ("Kind", 11), ("Sheet", 14), ("Cell", 8), ("Candidate", 12), ("Unit", 12),
    ("What is wrong", 56), ("What to do", 60), ("Code", 9),
)  # fmt: skip
_LINK = 2  # the position of the column with the link


def problem_sheet(book: Book, problems: Sequence[Problem]) -> bytes:
    """The sheet as a part of *book*, to which its formats are added."""
    looks, shown = add_looks(book), problems[:SHOWN]
    rows = [_text_row(1, 30, MARKS_TITLE + _tally(problems), looks["title"])]
    rows += [
        _text_row(row, height, text, looks["description"])
        for row, (height, text) in enumerate(zip(_HEIGHTS, _STEPS.splitlines(), strict=True), 2)
    ]
    rows.append(_row(HEADER_ROW, 24, [(heading, looks["heading"]) for heading, _ in _COLUMNS]))
    rows += [_problem_row(row, problem, looks) for row, problem in enumerate(shown, HEADER_ROW + 1)]
    if len(problems) > SHOWN:
        rest = f"… and {len(problems) - SHOWN} more, which are marked in their cells."
        rows.append(_text_row(HEADER_ROW + 1 + SHOWN, 18, rest, looks["description"]))
    names = set(book.sheets())
    links = [
        _link(row, p)
        for row, p in enumerate(shown, HEADER_ROW + 1)
        if p.place.cell and p.place.sheet in names
    ]
    return _worksheet(book.namespace, rows, links).encode()


def _worksheet(namespace: str, rows: Sequence[str], links: Sequence[str]) -> str:
    widths = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>'
        for n, (_, width) in enumerate(_COLUMNS, 1)
    )
    first = f"C{HEADER_ROW + 1}"
    return (
        f'<worksheet xmlns="{namespace}"><sheetPr><tabColor rgb="FFC00000"/><pageSetUpPr fitToPage="1"/></sheetPr>'
        '<sheetViews><sheetView showGridLines="0" tabSelected="1" workbookViewId="0">'
        f'<pane ySplit="{HEADER_ROW}" topLeftCell="A{HEADER_ROW + 1}" activePane="bottomLeft" state="frozen"/>'
        f'<selection pane="bottomLeft" activeCell="{first}" sqref="{first}"/></sheetView></sheetViews>'
        f"<cols>{widths}</cols><sheetData>{''.join(rows)}</sheetData>"
        f"{'<hyperlinks>' * bool(links)}{''.join(links)}{'</hyperlinks>' * bool(links)}"
        '<pageMargins left="0.5" right="0.5" top="0.5" bottom="0.75" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/>'
        "<headerFooter><oddFooter>&amp;C&amp;8Page &amp;P of &amp;N&amp;R&amp;8&amp;A</oddFooter></headerFooter>"
        "</worksheet>"
    )


def _problem_row(row: int, problem: Problem, looks: Mapping[str, int]) -> str:
    place, kind = problem.place, problem.rule.severity.value
    said = (
        f"{SIGNS[problem.rule.severity]} {kind.capitalize()}", place.sheet or "All", place.cell, problem.candidate,
        f"Unit {problem.unit}" if problem.unit.isdigit() else problem.unit,
        problem.message, problem.hint, problem.rule.code,
    )  # fmt: skip
    widths = [width for _, width in _COLUMNS]
    texts = [clip(" ".join(t.split()), LINES * width) for t, width in zip(said, widths, strict=True)]
    styles = [looks["text"]] * len(texts)
    styles[0] = looks[kind]
    styles[_LINK] = looks["link"] if place.cell else looks["text"]
    lines = max(map(lines_of, texts, widths))
    return _row(row, ROW_HEIGHT + LINE * (lines - 1), list(zip(texts, styles, strict=True)))


def _text_row(row: int, height: float, text: str, style: int) -> str:
    return _row(row, height, [(text, style)])


def _row(row: int, height: float, cells: Sequence[tuple[str, int]]) -> str:
    written_cells = "".join(
        f'<c r="{letter}{row}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{written(text)}</t></is></c>'
        if text
        else f'<c r="{letter}{row}" s="{style}"/>'
        for letter, (text, style) in zip("ABCDEFGH", cells, strict=False)
    )
    return f'<row r="{row}" ht="{height}" customHeight="1">{written_cells}</row>'


def _link(row: int, problem: Problem) -> str:
    sheet = problem.place.sheet.replace("'", "''")
    where = quoteattr(f"'{sheet}'!{problem.place.cell}")
    return f'<hyperlink ref="C{row}" location={where} display={quoteattr(problem.place.cell)}/>'


def _tally(problems: Sequence[Problem]) -> str:
    errors = sum(problem.is_error for problem in problems)
    queries = len(problems) - errors
    said = [f"{errors} error{'s' * (errors != 1)}"] * bool(errors)
    said += [f"{queries} {'query' if queries == 1 else 'queries'}"] * bool(queries)
    return ": " + ", ".join(said) if said else ""
