"""The rules for units that a teacher adds on the sheet *Units*, where not all are known (CB217, CB218).

No grade depends on them, and so they are asked of whoever keeps the register, not of the claim.
"""

from collections.abc import Iterator
from typing import NamedTuple

from claimbatch.form.layout import unit_number
from claimbatch.form.qualification import Unit
from claimbatch.intake.rules.workbook import Spotted
from claimbatch.intake.sheet import Table
from claimbatch.intake.submission import Submission
from claimbatch.intake.values import read_text
from claimbatch.problems import Rule, query, word


class Added(NamedTuple):
    """A row of *Units* that names a unit, or only a title, that the template did not have."""

    row: int
    column: int
    number: int
    title: str
    shown: str


def added_units(submission: Submission) -> Iterator[Added]:
    """The rows that a teacher added on the sheet *Units*; none can be told where its column *Unit* is missing."""
    table = submission.tables.get("units")
    for row, values in table.rows if table and "unit" in table.columns else ():
        assert table is not None  # noqa: S101 - for the type checker
        shown = read_text(table.value(values, "unit")).value
        number = unit_number(shown)
        if submission.layout_has(number):
            continue
        title = read_text(table.value(values, "title")).value
        if shown or title:
            yield Added(row, _column(table, "unit" if shown else "title"), number, title, shown or title)


def _column(table: Table, key: str) -> int:
    return table.columns.get(key, 0)


@query(
    "CB217",
    "unit-added",
    message="Unit {unit}, {value}, is not among the units known of this qualification.",
    hint="If the handbook has it, let it join the list: claimbatch qualifications add-unit {entry_code} {unit} "
    "{title}. A workbook with its column is then made from this one: claimbatch template refresh {file}. If the "
    "handbook does not have it, clear the row.",
    teacher="If the handbook has it, leave it here: the exam officer lets it join the list, and you get this workbook "
    "back with a column for it. If not, clear the row.",
)
def unit_added(submission: Submission) -> Iterator[Spotted]:
    """A teacher has added a unit on the sheet *Units*.

    Why: where the list of units is not complete, whoever teaches a missing one knows its number and title.
    Wrong: nothing; somebody has to look whether the qualification has the unit.
    Right: the unit added by ``claimbatch qualifications add-unit``, and a template that has its column.
    """
    for added in added_units(submission):
        known = submission.qualification.unit(added.number)
        if added.number and added.title and known is None:
            facts = {
                "entry_code": submission.qualification.entry_code,
                "title": word(added.title),
            }
            heading = submission.tables["units"].headings.get(added.column, "")
            place = submission.tables["units"].name, added.row, added.column
            yield Spotted(*place, heading, added.title, facts, unit=str(added.number))


@query(
    "CB218",
    "added-unit-unclear",
    message="'{value}' was added to the list of units, but {lacks}.",
    hint="Write the unit's number under Unit (14) and its title beside it, as the handbook has them; or clear the row.",
)
def added_unit_unclear(submission: Submission) -> Iterator[Spotted]:
    """A row was added on the sheet *Units* that does not say which unit it is, or adds one that is never claimed.

    Why: a unit is known by its number, and told from others by its title; an exam is entered, not claimed.
    Wrong: a title without a number, a number without a title, or the number of an examined unit.
    Right: ``14`` and *Computer game design*.
    """
    for added in added_units(submission):
        lacks = _lacks(added, submission.qualification.unit(added.number))
        if lacks:
            heading = submission.tables["units"].headings.get(added.column, "")
            place = submission.tables["units"].name, added.row, added.column
            yield Spotted(*place, heading, added.shown, {"lacks": lacks})


def _lacks(added: Added, known: Unit | None) -> str:
    if not added.number:
        return "its number cannot be read"
    if known is None:
        return "" if added.title else "its title is missing"
    return "that unit is an exam, which is entered and never claimed" if known.external else ""


RULES: tuple[Rule, ...] = (unit_added, added_unit_unclear)
