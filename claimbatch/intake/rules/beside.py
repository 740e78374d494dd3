"""The rules for what people wrote on the cells and beside them, where no claim is read (CB021, CB022, CB024).

They take the :class:`~claimbatch.intake.submission.Submission` and yield :class:`Spotted`, with the candidate and the
unit that the place belongs to, so that the sheet *Notes* can answer by them.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from claimbatch.form.layout import unit_number
from claimbatch.intake.remarks import COMMENT, Remark
from claimbatch.intake.rules.workbook import Spotted
from claimbatch.intake.sheet import Table
from claimbatch.intake.submission import Submission
from claimbatch.intake.values import is_blank, read_candidate_number, read_text
from claimbatch.problems import Rule, query


@query(
    "CB021",
    "struck-through",
    message="'{value}' has a line through it.",
    hint="Clear the cell if it is not to count. If it is, take the line off (Ctrl+5 in Excel), or say so on the sheet "
    "Notes.",
)
def struck_through(submission: Submission) -> Iterator[Spotted]:
    """A cell of the form whose text is struck through.

    Why: whoever crosses a grade out means it not to count, but the cell still holds it, and it is read.
    Wrong: *M* with a line through it, as on paper.
    Right: a blank cell, or *Not claiming* to take the unit off the claim.
    """
    for table in submission.tables.values():
        for row, values in table.rows if table.struck and table.sheet.key != "notes" else ():
            for column in _struck(table, row, values):
                value = read_text(values[column - 1]).shown
                about = _about(submission, table, values, column)
                yield Spotted(table.name, row, column, table.headings.get(column, ""), value, {}, *about)
        for column in sorted(table.columns.values()) if table.struck else ():
            if (table.header_row, column) in table.struck:
                heading = table.headings[column]
                yield Spotted(table.name, table.header_row, column, heading, heading)


@query(
    "CB022",
    "comment-on-cell",
    message="A comment here says: {says}",
    hint="Comments are not read. Enter in the form what it means (clear a grade that is not to be claimed), then "
    "delete the comment or resolve its thread; or leave it and say on the sheet Notes why the entry is right.",
)
def comment_on_cell(submission: Submission) -> Iterator[Spotted]:
    """Somebody has written a comment on a cell.

    Why: a remark such as "not yet, do not claim" lies behind the cell, and the grade in it would be claimed all the
    same. What claimbatch writes into a marked copy is no such comment, nor is a thread that was resolved.
    Wrong: *M* with the comment "resubmission due, do not claim before June".
    Right: a blank cell until then; explanations on the sheet *Notes*.
    """
    for remark in submission.remarks:
        if remark.kind == COMMENT and not remark.settled:
            table = next((t for t in submission.tables.values() if t.name == remark.sheet), None)
            values = dict(table.rows).get(remark.row, ()) if table else ()
            about = _about(submission, table, values, remark.column) if table else ("", "")
            heading = table.headings.get(remark.column, "") if table else ""
            value = read_text(values[remark.column - 1]).shown if remark.column <= len(values) else ""
            yield Spotted(
                remark.sheet, remark.row, remark.column, heading, value, {"says": remark.says}, *about
            )


@query(
    "CB024",
    "text-box",
    message="A text box on this sheet says: {says}",
    hint="Text boxes are not read. Enter in the form what it means, then delete the box; or leave it and say so on the "
    "sheet Notes (there the name of this sheet, and the explanation).",
)
def text_box(submission: Submission) -> Iterator[Spotted]:
    """A text box, or another shape with words in it, lies on a sheet.

    Why: what it says ("do not claim unit 3") is not read, whatever cells it lies over.
    Wrong: a note to the exams office in a text box beside the grades.
    Right: the same words on the sheet *Notes*.
    """
    boxes: dict[str, list[Remark]] = {}
    for remark in submission.remarks:
        if remark.kind != COMMENT and remark.text:
            boxes.setdefault(remark.sheet, []).append(remark)
    for sheet, found in boxes.items():
        says = "; ".join(f"{box.text} (near {box.cell})" if box.cell else box.text for box in found)
        yield Spotted(sheet, value=found[0].text, facts={"says": says})


def _struck(table: Table, row: int, values: Sequence[Any]) -> list[int]:
    """The columns of a row that are struck through: all that can be filled in, else the first of what is given."""
    locked = {column.key for column in table.sheet.columns if column.locked}
    struck = [
        (key, position)
        for key, position in table.columns.items()
        if (row, position) in table.struck and not is_blank(table.value(values, key))
    ]
    filled = [position for key, position in struck if key not in locked]
    return sorted(filled) or sorted(position for _, position in struck)[:1]


def _about(submission: Submission, table: Table, values: Sequence[Any], column: int) -> tuple[str, str]:
    """The candidate and the unit that a cell of *table* belongs to, as far as it belongs to any."""
    key = next((key for key, position in table.columns.items() if position == column), "")
    number = read_candidate_number(table.value(values, "number")).value
    if key.startswith("unit:"):
        return number, key.removeprefix("unit:")
    if table.sheet.key == "units":
        return "", str(unit_number(read_text(table.value(values, "unit")).value) or "")
    unit = submission.layout.unit if key in ("grade", "assessor") else 0
    return number, str(unit or "")


RULES: tuple[Rule, ...] = (struck_through, comment_on_cell, text_box)
