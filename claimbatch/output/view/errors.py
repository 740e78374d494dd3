"""What is wrong with a returned workbook, for whoever filled it in: by who must put it right, with the cells around."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from claimbatch import __version__
from claimbatch.clock import zoned
from claimbatch.intake.around import NAMING, Around, Seen
from claimbatch.intake.around import SHOWN as CELL
from claimbatch.intake.mark import for_teachers
from claimbatch.intake.results import FileResult, Outcome
from claimbatch.output.view.document import (
    KEPT_LIST,
    Block,
    Bold,
    Cell,
    Column,
    Document,
    Fact,
    Row,
    Section,
    Table,
    sentences,
    text,
)
from claimbatch.problems import Place, Problem, Rule, Whose, clip

WIDEST = 6  # cells of the workbook's row that have room beside each other
SHOWN = 1000  # problems of one workbook that are shown; more help nobody
EXPLAINED = 600  # characters of an explanation that somebody gave
# Who must put right what, in the order of the document: the heading, and what it means.
GROUPS: Mapping[Whose, tuple[str, str]] = {
    Whose.TEACHER: ("To put right in the workbook", ""),
    Whose.EITHER: (
        "To put right in the workbook, or by the exam officer",
        "The workbook and what the exam officer keeps do not agree, and either may be right.",
    ),
    Whose.OFFICE: (
        "For the exam officer to put right",
        "Nothing that is typed into the workbook puts these right.",
    ),
    Whose.NOBODY: (
        "To answer",
        "These are queries, and may be right as they are. Put them right, or say on the sheet Notes why they are.",
    ),
}


@dataclass(frozen=True, slots=True)
class CheckedWorkbook:
    """A workbook that was checked *at* a moment, and what was found in it.

    *around* is what stands about the places of its problems, as far as it can be shown. *centre* and *qualification*
    are the names of what its result has the numbers of.
    """

    result: FileResult
    problems: Sequence[Problem]
    answers: Sequence[tuple[Problem, str]] = ()
    around: Mapping[Place, Around] = field(default_factory=dict)
    centre: str = ""
    qualification: str = ""
    at: str = ""

    @property
    def name(self) -> str:
        """The workbook by its name alone: the folders are those of whoever checks."""
        return PurePath(self.result.workbook).name


def error_list(checked: CheckedWorkbook) -> Document:
    """All problems of one workbook."""
    errors = sum(problem.is_error for problem in checked.problems)
    return Document(
        title="Problems found",
        about=checked.name,
        running=tuple(_running(checked)),
        stamp="Turned away"
        if checked.result.outcome is Outcome.REJECTED
        else "Errors"
        if errors
        else "Queries",
        foot=f"Problems found · {checked.name}",
        made=checked.at,
        blocks=tuple(_blocks(checked, errors)),
        facts=tuple(_facts(checked, errors)),
    )


def _running(checked: CheckedWorkbook) -> Iterator[Fact]:
    result = checked.result
    yield Fact("Centre", result.centre_number or "not known", checked.centre)
    if result.entry_code:
        yield Fact("Qualification", result.entry_code, checked.qualification)
    yield Fact("Workbook", checked.name)
    if result.issued_to:
        yield Fact("Made for", result.issued_to)


def _facts(checked: CheckedWorkbook, errors: int) -> Iterator[Fact]:
    result = checked.result
    yield Fact("Errors", str(errors))
    yield Fact("Queries", str(len(checked.problems) - errors))
    if result.outcome is not Outcome.REJECTED:
        yield Fact("Grades filled in", str(result.lines), f"{result.held} held back" if result.held else "")


def _blocks(checked: CheckedWorkbook, errors: int) -> Iterator[Block]:
    yield text(_what_to_do(checked.result, errors))
    shown = [_as_told(problem) for problem in checked.problems[:SHOWN]]
    for whose, (title, means) in GROUPS.items():
        found = [problem for problem in shown if problem.rule.whose is whose]
        if found:
            lead = [text(means, soft=True, lead=True)] if means else []
            yield Section(f"{title} ({len(found)})", (*lead, *_findings(found, checked.around)))
    if checked.answers:
        yield _answered(checked.answers)
    more = len(checked.problems) - len(shown)
    yield Section("", (text(_origin(checked, more), soft=True),))


def _as_told(problem: Problem) -> Problem:
    """The problem as teachers are told of it; what the exam officer has to do, in the exam officer's words."""
    return problem if problem.rule.whose is Whose.OFFICE else for_teachers(problem)


def _what_to_do(result: FileResult, errors: int) -> str:
    if result.outcome is Outcome.REJECTED:
        return "This workbook could not be taken as it is; nothing in it was read any further."
    if errors:
        return (
            "A workbook with errors is held back. Put right what is listed here, save the workbook under its name and "
            "send it again; what was right already is not lost."
        )
    return (
        "The workbook can be taken as it is; its queries are asked again until they are settled or answered."
    )


def _findings(found: Iterable[Problem], seen: Mapping[Place, Around]) -> Iterator[Section]:
    """Problems that want the same, sheet by sheet: what to do once, and a row for each."""
    alike: dict[tuple[Rule, str, str], list[Problem]] = {}
    for problem in found:
        alike.setdefault((problem.rule, problem.hint, problem.place.sheet), []).append(problem)
    for (rule, hint, sheet), problems in alike.items():
        placed = [problem for problem in problems if problem.place in seen]
        others = [problem for problem in problems if problem.place not in seen]
        yield Section(
            f"{rule.fault.removesuffix('.')} ({rule.code})",
            (text(Bold("What to do: "), hint, lead=True), *_listed(others), *_tables(sheet, placed, seen)),
            kept=len(problems) <= KEPT_LIST,
        )


def _listed(problems: Sequence[Problem]) -> Iterator[Table]:
    """Problems of the workbook or a sheet as a whole, and of cells that cannot be shown."""
    if problems:
        columns = (Column("Where", width=45), Column("What was found"))
        rows = tuple(Row((str(p.place) or "the whole file", p.message)) for p in problems)
        yield Table("Where, and what was found", columns, rows)


def _tables(sheet: str, problems: Sequence[Problem], seen: Mapping[Place, Around]) -> Iterator[Table]:
    """Their rows of the sheet: under the sheet's own headings if the cells are neighbours, else each with its own."""
    headings: dict[int, str] = {}
    agree = True
    for cell in (cell for problem in problems for cell in seen[problem.place].cells):
        agree &= headings.setdefault(cell.column, cell.heading) == cell.heading
    if problems and agree and len(headings) <= WIDEST:
        yield _neighbours(sheet, headings, problems, seen)
    elif problems:
        yield _scattered(sheet, problems, seen)


def _neighbours(
    sheet: str, headings: Mapping[int, str], problems: Sequence[Problem], seen: Mapping[Place, Around]
) -> Table:
    numbers = sorted(headings)
    rows = (
        Row((p.place.cell, *(_cell(p, seen[p.place], at) for at in numbers), p.message)) for p in problems
    )
    return _table(sheet, (_column(at, headings[at]) for at in numbers), rows)


def _scattered(sheet: str, problems: Sequence[Problem], seen: Mapping[Place, Around]) -> Table:
    """The cell and those to its left and right; each names its column."""
    first = seen[problems[0].place].cells[:NAMING]
    columns = (
        *(_column(cell.column, cell.heading) for cell in first),
        *(Column(head, width=32) for head in ("To its left", "The cell", "To its right")),
    )
    rows = (
        Row(
            (
                p.place.cell,
                *(_cell(p, seen[p.place], at) for at in range(1, len(first) + 1)),
                *(_cell(p, seen[p.place], p.place.address[1] + step, named=True) for step in (-1, 0, 1)),
                p.message,
            )
        )
        for p in problems
    )
    return _table(sheet, columns, rows)


def _table(sheet: str, columns: Iterable[Column], rows: Iterable[Row]) -> Table:
    columns = (Column("Cell", width=15), *columns, Column("What was found", share=1.6))
    return Table(f"On the sheet {sheet}", columns, tuple(rows), shown=True)


def _column(number: int, heading: str) -> Column:
    """The second column of a sheet holds names or titles, and takes what is left."""
    return Column(heading) if number == 2 else Column(heading, width=27 if number > 2 else 22)


def _cell(problem: Problem, around: Around, at: int, *, named: bool = False) -> str | Cell:
    """The cell in the column *at* of the row, *named* by its heading; the one that is meant is pointed at."""
    cell = next((cell for cell in around.cells if cell.column == at), Seen(at, "", ""))
    heading = cell.heading if named else ""
    if at != around.column:
        return Cell(cell.value, heading) if heading else cell.value
    word = "error" if problem.is_error else "query"
    return Cell(cell.value or clip(problem.value, CELL) or "(blank)", heading, fault=word)


def _answered(answers: Sequence[tuple[Problem, str]]) -> Section:
    """The queries that the sheet *Notes* answers already: nothing more is to be done."""
    columns = (Column("Where", width=45), Column("What was asked", share=1), Column("The answer", share=1))
    rows = tuple(Row((str(p.place), p.message, clip(words, EXPLAINED))) for p, words in answers)
    table = Table("Queries answered on the sheet Notes", columns, rows)
    return Section(f"Answered on the sheet Notes ({len(rows)})", (table,), kept=len(rows) <= KEPT_LIST)


def _origin(checked: CheckedWorkbook, more: int) -> str:
    return sentences(
        f"{more} more problems are not shown." if more else "",
        f"Checked on {zoned(checked.at)} by claimbatch {__version__}." if checked.at else "",
    )
