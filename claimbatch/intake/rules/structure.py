"""The rules for what a workbook is made of: are its sheets, headings and rows where they belong (CB015–CB020).

They take the :class:`~claimbatch.intake.submission.Submission`, find all they can, and yield :class:`Spotted`.
"""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from claimbatch.a1 import column_letters
from claimbatch.form.layout import Sheet, normal
from claimbatch.intake.rules.workbook import Spotted
from claimbatch.intake.sheet import Table, carries
from claimbatch.intake.submission import Submission
from claimbatch.intake.values import is_blank, read_text
from claimbatch.problems import Rule, error, query


@error(
    "CB015",
    "missing-sheet",
    message="The sheet '{sheet}' is missing.{near}",
    hint="Give the sheet its name back. If it was deleted, copy what was filled in into a fresh template, which the "
    "exam officer makes.",
)
def missing_sheet(submission: Submission) -> Iterator[Spotted]:
    """A sheet of the form is not there under its name.

    Why: what stands on it would be left out of the claim.
    Wrong: the sheet *Grades* renamed *Sheet1*, or deleted.
    Right: the sheets as they came, in any order; further sheets do no harm.
    """
    renamed = _renamed(submission)
    for sheet in _missing(submission):
        near = f" Is it the one now called '{renamed[sheet.key]}'?" if sheet.key in renamed else ""
        yield Spotted(sheet.name, facts={"sheet": sheet.name, "near": near})


@error(
    "CB016",
    "missing-column",
    message="The sheet '{sheet}' has no {lacks}.{near}",
    hint="Put {missing} back, spelt as in the template.",
)
def missing_column(submission: Submission) -> Iterator[Spotted]:
    """A column of the form is not there under its heading.

    Why: columns are told by their headings; what stands below another heading is not read.
    Wrong: the heading *Unit 3* retyped as *Cyber*.
    Right: the headings as they came, in any order.
    """
    for table in submission.tables.values():
        if not table.header_row:
            facts = {"sheet": table.name, "lacks": "headings", "near": "", "missing": "its row of headings"}
            yield Spotted(table.name, facts=facts)
            continue
        replaced = _replaced(table)
        for heading in table.missing:
            if heading in _optional(table):
                continue
            column = replaced.get(heading, 0)
            text = table.headings.get(column, "")
            near = f" Is it the one now called '{text}'?" if text else ""
            near = near or (
                f" Is it column {column_letters(column)}, which has no heading?" if column else ""
            )
            row = table.header_row if column else 0
            missing = (
                f"the heading '{heading}'"
                if column
                else f"the column '{heading}', with all that stood in it,"
            )
            facts = {"sheet": table.name, "lacks": f"column '{heading}'", "near": near}
            facts["missing"] = missing
            yield Spotted(table.name, row, column, heading, text, facts)


@error(
    "CB017",
    "repeated-column",
    message="The heading '{field}' stands twice on the sheet '{sheet}'.",
    hint="Keep one column '{field}' and delete the other.",
)
def repeated_column(submission: Submission) -> Iterator[Spotted]:
    """A heading of the form stands above two columns.

    Why: nobody can tell which of the two is meant.
    Wrong: two columns *Unit 3*, after a column was copied.
    Right: each heading once.
    """
    for table in submission.tables.values():
        for column in sorted(column for columns in table.repeated.values() for column in columns[1:]):
            text = table.headings[column]
            yield Spotted(
                table.name, table.header_row, column, text, text, {"sheet": table.name, "field": text}
            )


@query(
    "CB019",
    "stray-content",
    message="'{value}' stands outside the form and is not read{more}.",
    hint="Move what stands there into the form if it matters, delete it if it does not, or leave it and say so on the "
    "sheet Notes.",
)
def stray_content(submission: Submission) -> Iterator[Spotted]:
    """Something stands where the form has no column: beside the table, above it, or on a sheet of its own.

    Why: a grade typed there would be left out without a word.
    Wrong: a second table beside the first, or a remark in the column after the last unit.
    Right: grades in the form's columns, answers to queries on the sheet *Notes*.
    """
    for table in submission.tables.values():
        yield from _beside(table)
        for row, column, value in table.head.strays:
            yield Spotted(table.name, row, column, "", read_text(value).shown, {"more": ""})
    for name, row, column, value in submission.beside:
        yield Spotted(name, row, column, "", read_text(value).shown, {"more": ""})
    renamed = _renamed(submission).values()
    for name, row, column, value in submission.extra:
        if name in renamed:
            continue
        facts = {"more": f": the sheet '{name}' is not one of the form's"}
        yield Spotted(name, row, column, "", read_text(value).shown, facts)


@error(
    "CB018",
    "merged-cells",
    message="'{value}' stands once in merged cells ({cells}); which of them it is meant for cannot be told.",
    hint="Unmerge them (in Excel: Home, Merge & Center, Unmerge Cells), and enter in each cell what it is to say.",
)
def merged_cells(submission: Submission) -> Iterator[Spotted]:
    """Cells of the form that are merged, with a value in them.

    Why: a workbook keeps the value in the first of the cells and nothing in the others. A grade merged over four
    candidates would be claimed for one of them, and initials merged over two would leave the second to the default.
    Wrong: ``P`` in E5 to E8, merged into one cell.
    Right: ``P`` in each of the four cells; copying it down does that.
    """
    for table in submission.tables.values():
        told: set[str] = set()
        for row, values in table.rows if table.merged and table.sheet.key != "notes" else ():
            for column, value in enumerate(values, 1):
                cells = table.merged.get((row, column), "")
                if cells and cells not in told and not is_blank(value):
                    told.add(cells)
                    heading = table.headings.get(column, "")
                    yield Spotted(table.name, row, column, heading, read_text(value).shown, {"cells": cells})


@error(
    "CB020",
    "row-above-headings",
    message="The row of {who} stands above the headings, where nothing is read.",
    hint="Put the row of headings back above all others. A sort may have taken it along: undo the sort, or sort again "
    "without the headings.",
)
def row_above_headings(submission: Submission) -> Iterator[Spotted]:
    """A candidate or a unit has its row above the headings.

    Why: a table begins below its headings, so what such a row says would be left out without a word.
    Wrong: a sheet sorted from its fourth row on, the headings among the candidates.
    Right: the headings above all rows; these may be sorted as one likes.
    """
    for table in submission.tables.values():
        column = table.columns.get("unit" if table.sheet.key == "units" else "number", 0)
        for row, values in table.above:
            if row in table.misplaced:
                value = read_text(values[column - 1]).shown
                facts = {"who": table.misplaced[row]}
                yield Spotted(table.name, row, column, table.headings[column], value, facts)


def _missing(submission: Submission) -> list[Sheet]:
    """The sheets of the form that are not there and should be."""
    there = {"about", "notes", *submission.tables}
    return [sheet for sheet in submission.layout.sheets if sheet.columns and sheet.key not in there]


def _renamed(submission: Submission) -> dict[str, str]:
    """What missing sheets seem to be called now, by their key: told by the title in A1, else by a like name."""
    titles = {
        name: normal(str(value)) for name, row, column, value in submission.extra if (row, column) == (1, 1)
    }
    names = {normal(name): name for name, *_ in submission.extra}
    found = {}
    for sheet in _missing(submission):
        start = normal(sheet.title.partition("{")[0]) or "unit "
        titled = [name for name, title in titles.items() if title.startswith(start)]
        like = [names[name] for name in get_close_matches(normal(sheet.name), names, 1, 0.5)]
        if titled or like:
            found[sheet.key] = (titled or like)[0]
    return found


def _replaced(table: Table) -> dict[str, int]:
    """Where columns that are missing seem to be: under a like heading, else where the form has them."""
    if not table.missing:
        return {}
    used = {*table.columns.values(), *(column for columns in table.repeated.values() for column in columns)}
    foreign = {normal(text): column for column, text in table.headings.items() if column not in used}
    filled = {
        *table.headings,
        *(c for _, values in table.rows for c, v in enumerate(values, 1) if not is_blank(v)),
    }
    places = {column.heading: place for place, column in enumerate(table.sheet.columns, 1)}
    found = {}
    for heading in table.missing:
        like = get_close_matches(normal(heading), foreign, 1, 0.6)
        column = foreign[like[0]] if like else places[heading]
        if column in filled - used:
            found[heading] = column
    return found


def _optional(table: Table) -> set[str]:
    """The headings that carry nothing of ours back."""
    return {column.heading for column in table.sheet.columns if not carries(column)}


def _beside(table: Table) -> Iterator[Spotted]:
    """The first value of each column that is not the form's, and how many more there are below it."""
    repeated = (column for columns in table.repeated.values() for column in columns)
    used = {*table.columns.values(), *repeated, *(_replaced(table).values() if table.missing else ())}
    width = max((len(values) for _, values in table.rows), default=0)
    outside = [column for column in range(1, width + 1) if column not in used]
    strays: dict[int, list[tuple[int, Any]]] = {}
    for row, values in table.rows if outside else ():
        for column in outside:
            if column <= len(values) and not is_blank(values[column - 1]):
                strays.setdefault(column, []).append((row, values[column - 1]))
    for column, found in sorted(strays.items()):
        row, value = found[0]
        more = f", nor are {len(found) - 1} more in its column" if len(found) > 2 else ""
        more = ", nor is one more in its column" if len(found) == 2 else more
        yield Spotted(
            table.name, row, column, table.headings.get(column, ""), read_text(value).shown, {"more": more}
        )


RULES: tuple[Rule, ...] = (
    missing_sheet,
    missing_column,
    repeated_column,
    merged_cells,
    row_above_headings,
    stray_content,
)
