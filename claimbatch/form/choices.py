"""Drop-down lists and what the workbook refuses: defined names and data validations.

Lists go by a defined name: a direct reference to another sheet is saved again by desktop Excel in an
extension that other programs drop.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from claimbatch.form.layout import HEADER_ROW, Sheet
from claimbatch.form.wording import wording
from claimbatch.problems import clip

PROMPT, PROMPT_TITLE = 255, 32  # characters, Excel's limits; an error message has the same ones
LISTS = {
    "grade": "grades_offered",
    "initials": "assessor_initials",
    "yes": "yes_offered",
    "number": "candidate_numbers",
}
REMOVAL = "removal_offered"  # the list that holds Not claiming alone


def letter(sheet: Sheet, key: str) -> str:
    """The letter of the column *key*."""
    return get_column_letter([column.key for column in sheet.columns].index(key) + 1)


def reference(sheet: Sheet, key: str, rows: int) -> str:
    """The cells of column *key* in the first *rows* rows of data: ``'Assessed by'!$A$5:$A$29``."""
    column, name = letter(sheet, key), sheet.name.replace("'", "''")
    return f"'{name}'!${column}${HEADER_ROW + 1}:${column}${HEADER_ROW + rows}"


def define(workbook: Workbook | None, name: str, refers_to: str) -> None:
    """Give *workbook* the defined name *name* (a sheet's parent is None only to the type checker)."""
    if workbook is not None:
        workbook.defined_names[name] = DefinedName(name, attr_text=refers_to)


def areas(columns: Iterable[tuple[int, Sequence[int]]]) -> Iterator[str]:
    """Ranges for (column, its rows in order): neighbouring columns with the same rows share their ranges.

    >>> list(areas([(5, [5, 6, 8]), (6, [5, 6, 8]), (7, [5])]))
    ['E5:F6 E8:F8', 'G5:G5']
    """
    for rows, group in groupby(columns, key=lambda column: tuple(column[1])):
        numbers = [number for number, _ in group]
        left, right = get_column_letter(numbers[0]), get_column_letter(numbers[-1])
        pieces = [f"{left}{first}:{right}{last}" for first, last in _runs(rows)]
        if pieces:
            yield " ".join(pieces)


def offer(worksheet: Worksheet, area: str, kind: str, prompt: str = "", title: str = "") -> None:
    """Let the cells of *area* take only what is on the list of *kind* (a key of :data:`LISTS`)."""
    # Initials: "ignore blank" would let anything pass while the list has a blank cell in it.
    rule = DataValidation("list", formula1=LISTS[kind], allow_blank=kind != "initials")
    _add(worksheet, area, _refuse(_prompt(rule, prompt, title), wording()["refusals"][kind]))


def offer_removal(worksheet: Worksheet, area: str, prompt: str, title: str) -> None:
    """Let the cells of *area* take *Not claiming* alone; *prompt* says why."""
    rule = DataValidation("list", formula1=REMOVAL, allow_blank=True)
    _add(worksheet, area, _refuse(_prompt(rule, prompt, title), prompt))


def accept(
    worksheet: Worksheet, area: str, formula: str, refusal: str, *, prompt: str = "", title: str = ""
) -> None:
    """Let the cells of *area* take only what makes *formula* true."""
    rule = DataValidation("custom", formula1=formula, allow_blank=True)
    _add(worksheet, area, _refuse(_prompt(rule, prompt, title), refusal))


def explain(worksheet: Worksheet, area: str, prompt: str, title: str) -> None:
    """Show *prompt* beside a chosen cell of *area*, whatever stands in it."""
    _add(worksheet, area, _prompt(DataValidation(allow_blank=True), prompt, title))


def _refuse(rule: DataValidation, message: str) -> DataValidation:
    rule.errorStyle, rule.showErrorMessage = "stop", True
    rule.errorTitle, rule.error = "Not accepted", clip(message, PROMPT)
    return rule


def _prompt(rule: DataValidation, prompt: str, title: str) -> DataValidation:
    if prompt:
        rule.showInputMessage = True
        rule.promptTitle, rule.prompt = clip(title, PROMPT_TITLE), clip(prompt, PROMPT)
    return rule


def _add(worksheet: Worksheet, area: str, rule: DataValidation) -> None:
    for piece in area.split():
        rule.add(piece)
    worksheet.add_data_validation(rule)


def _runs(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    for _, run in groupby(enumerate(rows), key=lambda pair: pair[1] - pair[0]):
        numbers = [row for _, row in run]
        yield numbers[0], numbers[-1]
