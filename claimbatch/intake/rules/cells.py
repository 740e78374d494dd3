"""The rules for single cells: could it be read, and does it say what such a cell may say (CB101–CB112, CB309).

Each takes a table (see :mod:`claimbatch.intake.tables`) as a frame and returns which of its rows are at fault.
"""

from typing import TYPE_CHECKING

from claimbatch.intake.values import (
    CONTROL,
    FORMAT,
    LOOK_ALIKE,
    LOST_ZERO,
    MODERATOR,
    NO_VALUE,
    REPEATED,
    UNKNOWN,
    UNREADABLE,
)
from claimbatch.problems import Rule, error, query

if TYPE_CHECKING:
    import pandas as pd

    Frame = pd.DataFrame
    Mask = pd.Series[bool]


@error(
    "CB101",
    "unreadable-value",
    at="value",
    message="This cell shows {value}, which cannot be read as {wanted}.",
    hint="Clear the cell and enter {wanted}. {value} may be left over from a formula, or from a cell of another kind.",
)
def unreadable_value(cells: "Frame") -> "Mask":
    """A cell holds an error, TRUE or FALSE, or a date where text belongs.

    Why: spreadsheets show such cells as if they held something, and readers take them for blank: a claimed
    grade would vanish.
    Wrong: ``#N/A`` from a lookup that found nothing.
    Right: the grade itself, chosen from the list.
    """
    return cells["fault"].eq(UNREADABLE)


@error(
    "CB102",
    "formula-without-value",
    at="value",
    message="This cell holds a formula whose result was never worked out and saved.",
    hint="Open the workbook in Excel, let it calculate, and save it; or type the value itself.",
)
def formula_without_value(cells: "Frame") -> "Mask":
    """A formula without a saved result.

    Why: claimbatch reads what a workbook says and calculates nothing.
    Wrong: ``=VLOOKUP(A5,Marks!A:C,3)`` in a workbook written by another program and never opened in Excel.
    Right: the value itself, or a formula saved with its result.
    """
    return cells["fault"].eq(NO_VALUE)


@error(
    "CB112",
    "control-character",
    at="value",
    message="This cell holds characters that cannot be seen or printed "
    "(shown here as \N{REPLACEMENT CHARACTER}): {value}",
    hint="Clear the cell and type its text again.",
)
def control_character(cells: "Frame") -> "Mask":
    """A cell holds a character that no one can see.

    Why: it would travel into the claim and the exports, where it breaks other programs.
    Wrong: a name pasted from another program with an invisible character in it.
    Right: letters, digits, spaces and punctuation.
    """
    return cells["fault"].eq(CONTROL)


@error(
    "CB103",
    "grade-for-moderator-only",
    at="value",
    message="{value} is for the moderator alone; a centre never claims it.",
    hint="Choose Not claiming; the grade is claimed once the candidate has passed.",
)
def grade_for_moderator_only(cells: "Frame") -> "Mask":
    """A U was claimed.

    Why: U is the moderator's grade and must not be claimed.
    Wrong: ``U`` for a candidate who has not passed the unit.
    Right: ``Not claiming``; or a blank cell, where nothing was claimed before.
    """
    return cells["fault"].eq(MODERATOR)


@error(
    "CB105",
    "look-alike-character",
    at="value",
    message="{value} looks like a grade but is written with a letter of another alphabet.",
    hint="Type the grade again, or choose it from the list.",
)
def look_alike_character(cells: "Frame") -> "Mask":
    """A grade is written with a letter that only looks like P, M or D.

    Why: to a computer the Cyrillic er is another letter than P, and it will be so on the awarding body's side too.
    Wrong: a Cyrillic or full-width letter that came with text pasted from elsewhere.
    Right: P, M or D chosen from the list.
    """
    return cells["fault"].eq(LOOK_ALIKE)


@error(
    "CB104",
    "unknown-grade",
    at="value",
    message="'{value}' is not a grade that can be claimed.",
    hint="Choose P, M, D or Not claiming from the list. Remarks belong on the sheet Notes.",
)
def unknown_grade(cells: "Frame") -> "Mask":
    """A grade cell holds something that is not a grade.

    Why: only P, M and D can be claimed, and nobody should have to guess what ``P/M`` means.
    Wrong: ``P/M``, ``Pass*``, ``see Jo``, ``1``.
    Right: ``P``, ``M``, ``D`` or ``Not claiming``; ``pass`` and ``p`` are understood.
    """
    return cells["fault"].eq(UNKNOWN)


@error(
    "CB107",
    "candidate-number-format",
    at="value",
    message="{note}; expected four digits, 0001 to 9999.",
    hint="Copy the candidate number from the template or the register; clear the row if it belongs to nobody.",
)
def candidate_number_format(cells: "Frame") -> "Mask":
    """A row's candidate number is missing or is not four digits.

    Why: the candidate number says whose grade it is. Source: candidate numbers are 0001 to 9999, unique in a
    centre's year of registration.
    Wrong: ``12345``, ``AB12``, or a blank number in a row with grades.
    Right: ``0042``.
    """
    return cells["fault"].eq(FORMAT) & cells["kind"].eq("number")


@query(
    "CB108",
    "lost-leading-zero",
    at="value",
    message="The candidate number {value} was read as {note}.",
    hint="If {note} is meant, give the cell the format Text, so that its zeros stay, and then type {note} into it "
    "again; or say so on the sheet Notes.",
)
def lost_leading_zero(cells: "Frame") -> "Mask":
    """A candidate number has lost its leading zeros.

    Why: Excel takes ``0042`` for the number 42 when the cell is not formatted as text. It is read as 0042, but a
    person should look.
    Wrong: ``42``.
    Right: ``0042``.
    """
    return cells["fault"].eq(LOST_ZERO)


@error(
    "CB109",
    "unreadable-date",
    at="value",
    message="'{value}' is not a date that can be read.",
    hint="Enter the date of birth as dd/mm/yyyy, for example 03/04/2008.",
)
def unreadable_date(cells: "Frame") -> "Mask":
    """A date of birth is not a date.

    Why: a date read wrongly belongs to somebody else.
    Wrong: ``31/02/2008``, ``3 April``, ``03/04/08``.
    Right: a date cell, or text such as ``03/04/2008``.
    """
    return cells["fault"].eq(FORMAT) & cells["kind"].eq("date")


@error(
    "CB309",
    "duplicate-unit",
    at="value",
    message="{value} stands on this sheet twice.",
    hint="Keep one row for each unit and delete the other: two rows may name two default assessors.",
)
def duplicate_unit(cells: "Frame") -> "Mask":
    """A unit has two rows on the sheet *Units*.

    Why: the row says who assessed the unit by default; of two rows nobody can tell which is meant.
    Wrong: *Unit 3* with JH, and further down *Unit 3* with SA.
    Right: one row for each unit; whoever assessed single candidates stands on *Assessed by*.
    """
    return cells["fault"].eq(REPEATED)


RULES: tuple[Rule, ...] = (
    unreadable_value,
    formula_without_value,
    control_character,
    grade_for_moderator_only,
    look_alike_character,
    unknown_grade,
    candidate_number_format,
    lost_leading_zero,
    unreadable_date,
    duplicate_unit,
)
