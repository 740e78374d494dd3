"""How a returned workbook is spoken of: whose it is, and what it holds."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from claimbatch.cli.session import count

if TYPE_CHECKING:
    from claimbatch.intake.results import Checked, FileResult

NAMED = 20  # workbooks without a problem that are named one by one


def title(result: "FileResult") -> str:
    """What a workbook is called: by its file, and by the name of whom it was made for."""
    return f"{result.issued_to}'s workbook {result.workbook}" if result.issued_to else result.workbook


def holds(result: "FileResult") -> str:
    """How many grades a workbook holds: ``24 grades, 6 of them new``; nothing of one that was turned away."""
    if result.outcome == "rejected":
        return ""
    if not result.lines:
        return "blank, no grade is filled in"
    if not result.new:
        return f"{count(result.lines, 'grade')}, all as they were issued"
    of_them = f", {result.new} of them new" if result.new < result.lines else ""
    return f"{count(result.lines, 'grade')}{of_them}"


def show_clean(checked: "Checked", *, every: bool) -> None:
    """A line for each workbook without a problem; of many, unless *every*, only for those that say nothing new."""
    found = {problem.place.workbook for problem in checked.problems}
    clean = [result for result in checked.files if result.workbook not in found]
    named = clean if every or len(clean) <= NAMED else [result for result in clean if not result.new]
    for result in named:
        click.echo(f"{title(result)}: no problems; {holds(result)}")
    if len(named) < len(clean):
        click.echo(_rest([result for result in clean if result.new], named))


def _rest(rest: Sequence["FileResult"], named: Sequence["FileResult"]) -> str:
    more = "more " if named else ""
    grades = count(sum(result.lines for result in rest), "grade")
    return f"{count(len(rest), f'{more}workbook')} without problems; {grades}"
