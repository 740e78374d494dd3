"""Drop-down lists and what the workbook refuses: defined names and data validations.

Lists go by a defined name: a direct reference to another sheet is saved again by desktop Excel in an
extension that other programs drop.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from claimbatch.a1 import column_letters
from claimbatch.form.layout import HEADER_ROW, Sheet
from claimbatch.form.wording import wording
from claimbatch.form.worksheet import Validation, Worksheet
from claimbatch.problems import clip

PROMPT, PROMPT_TITLE = 255, 32  # characters, Excel's limits; an error message has the same ones
LISTS = {
    "grade": "grades_offered",
    "initials": "assessor_initials",
    "yes": "yes_offered",
    "number": "candidate_numbers",
    "agreed": "grades_agreed",
    "decision": "decisions_offered",
}
REMOVAL = "removal_offered"  # the list that holds Not claiming alone


def letter(sheet: Sheet, key: str) -> str:
    """The letter of the column *key*."""
    return column_letters([column.key for column in sheet.columns].index(key) + 1)


def reference(sheet: Sheet, key: str, rows: int) -> str:
    """The cells of column *key* in the first *rows* rows of data: ``'Assessed by'!$A$5:$A$29``."""
    column, name = letter(sheet, key), sheet.name.replace("'", "''")
    return f"'{name}'!${column}${HEADER_ROW + 1}:${column}${HEADER_ROW + rows}"


def areas(columns: Iterable[tuple[int, Sequence[int]]]) -> Iterator[str]:
    """Ranges for (column, its rows in order): neighbouring columns with the same rows share their ranges.

    >>> list(areas([(5, [5, 6, 8]), (6, [5, 6, 8]), (7, [5]), (9, [5])]))
    ['E5:F6 E8:F8', 'G5:G5', 'I5:I5']
    """
    places = ((number - place, number, tuple(rows)) for place, (number, rows) in enumerate(columns))
    for (_, rows), group in groupby(places, key=lambda column: (column[0], column[2])):
        numbers = [number for _, number, _ in group]
        left, right = column_letters(numbers[0]), column_letters(numbers[-1])
        pieces = [f"{left}{first}:{right}{last}" for first, last in _runs(rows)]
        if pieces:
            yield " ".join(pieces)


def offer(worksheet: Worksheet, area: str, kind: str, prompt: str = "", title: str = "") -> None:
    """Let the cells of *area* take only what is on the list of *kind* (a key of :data:`LISTS`)."""
    # Initials: "ignore blank" would let anything pass while the list has a blank cell in it.
    blank, refusal = kind != "initials", wording()["refusals"][kind]
    _add(worksheet, area, "list", LISTS[kind], blank=blank, refusal=refusal, prompt=prompt, title=title)


def offer_removal(worksheet: Worksheet, area: str, prompt: str, title: str) -> None:
    """Let the cells of *area* take *Not claiming* alone; *prompt* says why."""
    _add(worksheet, area, "list", REMOVAL, refusal=prompt, prompt=prompt, title=title)


def accept(
    worksheet: Worksheet, area: str, formula: str, refusal: str, *, prompt: str = "", title: str = ""
) -> None:
    """Let the cells of *area* take only what makes *formula* true."""
    _add(worksheet, area, "custom", formula, refusal=refusal, prompt=prompt, title=title)


def explain(worksheet: Worksheet, area: str, prompt: str, title: str) -> None:
    """Show *prompt* beside a chosen cell of *area*, whatever stands in it."""
    _add(worksheet, area, "", "", prompt=prompt, title=title)


def _add(
    worksheet: Worksheet,
    area: str,
    kind: str,
    formula: str,
    *,
    blank: bool = True,
    refusal: str = "",
    prompt: str = "",
    title: str = "",
) -> None:
    if not area:
        return
    refused = ("Not accepted", clip(refusal, PROMPT)) if refusal else ("", "")
    prompted = (clip(title, PROMPT_TITLE), clip(prompt, PROMPT)) if prompt else ("", "")
    worksheet.validations.append(Validation(area, kind, formula, blank, refused, prompted))


def _runs(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    for _, run in groupby(enumerate(rows), key=lambda pair: pair[1] - pair[0]):
        numbers = [row for _, row in run]
        yield numbers[0], numbers[-1]
