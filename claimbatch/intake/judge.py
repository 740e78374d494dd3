"""The rules of a table, run in one pass, and what they find put at its cell. The one place that knows pandera.

A rule returns which rows are at fault, and is a check of the table's pandera schema. Each check is asked for its mask,
and the mask is what is read: the report that pandera makes of a whole schema lists each failure once for every column,
which costs many times what the rules do. Nothing is coerced. A rule that raises is a fault of ours, never of the
workbook, and stays one.

Where no table has rows there is nothing to judge, and pandas and pandera are not even imported: they take longer than
all else that a small workbook costs.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from string import Formatter
from typing import TYPE_CHECKING, Any

from claimbatch.a1 import a1
from claimbatch.claims.claim import unit_label, unit_title
from claimbatch.intake.rules.workbook import Spotted
from claimbatch.intake.submission import Submission
from claimbatch.problems import Place, Problem, Rule

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pa


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem and the cell it stands at: workbook (position in the run), sheet, row, column."""

    problem: Problem
    cell: tuple[int, str, int, int]


def find(
    frame: "pd.DataFrame", rules: tuple[Rule, ...], submissions: Sequence[Submission] | None
) -> Iterator[Finding]:
    """Run *rules* over *frame*; yield a finding for each row at fault, rule by rule."""
    for rule, mask in failing(frame, rules):
        wanted = _facts_of(rule)
        for values in frame.to_numpy(object)[mask.to_numpy(bool)]:
            yield _finding(rule, dict(zip(frame.columns, values, strict=True)), wanted, submissions)


def failing(frame: "pd.DataFrame", rules: tuple[Rule, ...]) -> Iterator[tuple[Rule, "pd.Series[bool]"]]:
    """The rules that found something, each with its mask of rows at fault, in the order of *rules*."""
    for rule, check in zip(rules, schema(rules).checks, strict=True) if len(frame) else ():
        result = check(frame)
        if not result.check_passed:
            yield rule, ~result.check_output


def prepare() -> None:
    """Import now what judging takes, for a process that is to judge much."""
    import pandera.pandas  # noqa: F401, PLC0415


@cache
def schema(rules: tuple[Rule, ...]) -> "pa.DataFrameSchema":
    """The pandera schema of a table: one check for each rule, named by its code."""
    import pandera.pandas as pa  # noqa: PLC0415

    return pa.DataFrameSchema(checks=[_check(rule) for rule in rules])


def spotted(rule: Rule, workbook: str, spot: Spotted) -> Problem:
    """The problem of a rule for whole workbooks."""
    place = place_of(spot.sheet, spot.row, spot.column, workbook, spot.heading)
    return Problem(rule, place, spot.value, spot.candidate, spot.unit, spot.facts)


def place_of(sheet: str, row: int, column: int, workbook: str = "", heading: str = "") -> Place:
    """The place of a row and column, in A1 terms."""
    cell = a1(row, column) if row and column else ""
    return Place(workbook, sheet, cell, heading)


def _check(rule: Rule) -> "pa.Check":
    import pandera.pandas as pa  # noqa: PLC0415

    return pa.Check(lambda frame: ~rule.find(frame), name=rule.code, ignore_na=False)


@cache
def _facts_of(rule: Rule) -> tuple[str, ...]:
    """The columns that a rule's message and hints speak of."""
    words = rule.message + rule.hint + rule.teacher
    named = {name for _, name, _, _ in Formatter().parse(words) if name}
    return tuple(sorted(named - {"value", "candidate", "unit", "file", "labelled"}))


def _finding(
    rule: Rule, row: Mapping[Any, Any], wanted: Iterable[str], submissions: Sequence[Submission] | None
) -> Finding:
    sheet, number, column = row[f"{rule.at}_sheet"], int(row[f"{rule.at}_row"]), int(row[f"{rule.at}_col"])
    workbook, heading = "", ""
    if submissions is not None:
        submission = submissions[row["file"]]
        workbook = submission.workbook
        heading = submission.headings_of(sheet).get(column, "")
    problem = Problem(
        rule,
        place_of(sheet, number, column, workbook, heading),
        row[f"{rule.at}_shown"],
        row.get("candidate", ""),
        unit_title(row.get("unit", "")),
        {"labelled": unit_label(row.get("unit", "")), **{name: row[name] for name in wanted}},
    )
    return Finding(problem, (row["file"], sheet, number, column))
