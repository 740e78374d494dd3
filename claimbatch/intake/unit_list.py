"""A list of units in a spreadsheet or CSV, as a centre copies it from a handbook."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from claimbatch.claims.register.cells import tidy
from claimbatch.claims.register.file import Table
from claimbatch.errors import ClaimbatchError
from claimbatch.form.added_units import new_unit
from claimbatch.form.layout import limit, normal, unit_number
from claimbatch.form.qualification import Unit
from claimbatch.identifiers import urn_is_valid
from claimbatch.intake.register_table import read_register_table
from claimbatch.problems import Problem, Rule, error

# What a column may be called, in lower case and single spaces, by the key of a unit.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "number": ("unit", "unit number", "unit no", "unit no.", "number", "no", "no."),
    "title": ("title", "unit title", "unit name", "name"),
    "reference": (
        "reference",
        "unit reference",
        "unit reference number",
        "urn",
        "unit code",
        "reference number",
    ),
    "glh": ("glh", "guided learning hours", "guided learning hours (glh)"),
    "credits": ("credits", "credit", "credit value"),
    "assessment": ("assessment", "assessed", "assessment method", "internal or external"),
}
_ASSESSED = {
    "internal": ("internal", "internally", "internally assessed", "centre", "centre assessed", "i"),
    "external": ("external", "externally", "externally assessed", "exam", "examined", "e"),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """The units of a list, and the problems of its rows."""

    units: tuple[Unit, ...] = ()
    problems: tuple[Problem, ...] = ()


class Fault(NamedTuple):
    """What is wrong with a row: its number, the key of the cell, what stands there, and the fault in a sentence."""

    row: int
    key: str
    value: str
    fault: str


@error(
    "CB219",
    "unit-list-row",
    message="{fault}",
    hint="Put the row right as the handbook has it, or leave the cell blank where it is not known; then add the list "
    "again.",
)
def unit_list_row(row: int, facts: Mapping[str, str], earlier: Collection[int]) -> Iterator[Fault]:
    """A row of a list of units that cannot be taken as it is.

    Why: a unit is known by its number, and each of its facts goes onto templates and claims.
    Wrong: a title without a number, one number twice, ``sixty`` under GLH, a reference with a letter missing.
    Right: ``14``, *Computer game design*, ``M/507/4999``, ``60``, ``internal``; what is not known left blank.
    """
    number = unit_number(facts.get("number", ""))
    checks = (
        ("number", "number" not in facts, "This row has no unit number."),
        ("number", number == 0, "'{}' is not a unit's number."),
        ("number", number in earlier, "Unit {} stands there twice."),
        ("title", "title" not in facts, f"Unit {number} has no title."),
        (
            "reference",
            not _fits(facts, "reference", urn_is_valid),
            "'{}' is not a unit reference, like M/507/4999.",
        ),
        ("glh", not _fits(facts, "glh", _is_size), "'{}' is not a number of guided learning hours."),
        ("credits", not _fits(facts, "credits", _is_size), "'{}' is not a number of credits."),
        ("assessment", not _fits(facts, "assessment", _kind), "'{}' is neither internal nor external."),
    )
    for key, wrong, fault in checks:
        if wrong:
            value = facts.get(key, "")
            yield Fault(row, key, value, fault.format(value))
            return


RULES: tuple[Rule, ...] = (unit_list_row,)


def read_unit_list(path: Path, source: str = "") -> Listed:
    """The units that the file lists below its row of headings; *source* is where they were seen.

    Raises :class:`ClaimbatchError` where the file cannot be read, or has no columns Unit and Title.
    """
    table = read_register_table(path)
    fault = table.message if isinstance(table, Problem) else table.fault
    if fault or isinstance(table, Problem):
        raise ClaimbatchError(
            f"{path} cannot be read: {fault.rstrip('.')}.", "Save it as .xlsx, or as CSV UTF-8."
        )
    columns, rows = _under_headings(path, table)
    stated = (
        (
            number,
            {key: text for key, place in columns.items() if place < len(row) and (text := tidy(row[place]))},
        )
        for number, row in rows
    )
    typed, faults = typed_rows(stated)
    units = tuple(new_unit(facts, source) for facts in typed)
    problems = tuple(_problem(table, columns, fault) for fault in faults)
    return Listed(units, problems)


def typed_rows(rows: Iterable[tuple[int, Mapping[str, str]]]) -> tuple[list[dict[str, Any]], list[Fault]]:
    """The facts of each row as a unit has them, and what is wrong with rows that cannot be taken; blank ones are none.

    *rows* are those of a table that lists units, each with its number and what is filled in there, by the unit's key.
    """
    typed: dict[int, dict[str, Any]] = {}
    faults: list[Fault] = []
    for number, facts in rows:
        found = list(unit_list_row.find(number, facts, typed)) if facts else []
        faults += found
        if facts and not found:
            one = _typed(facts)
            typed[one["number"]] = one
    return list(typed.values()), faults


def _under_headings(path: Path, table: Table) -> tuple[dict[str, int], Sequence[tuple[int, Sequence[Any]]]]:
    """Where each key stands, and the rows below the headings."""
    for place, (_, row) in enumerate(table.rows[: limit("header_search")]):
        named = {normal(tidy(cell)): column for column, cell in reversed(list(enumerate(row)))}
        columns = {
            key: named[name] for key, names in HEADINGS.items() for name in reversed(names) if name in named
        }
        if {"number", "title"} <= set(columns):
            return columns, table.rows[place + 1 :]
    raise ClaimbatchError(
        f"{path} has no row with the headings Unit and Title.",
        "Its columns: Unit, Title; and, as far as they are known, Reference, GLH, Credits, Assessment.",
    )


def _typed(facts: Mapping[str, str]) -> dict[str, Any]:
    """The facts of a row, which are in order, as a unit has them."""
    typed: dict[str, Any] = {**facts, "number": unit_number(facts["number"])}
    typed |= {key: int(facts[key].split()[0]) for key in ("glh", "credits") if key in facts}
    return typed | ({"assessment": _kind(facts["assessment"])} if "assessment" in facts else {})


def _fits(facts: Mapping[str, str], key: str, test: Callable[[str], object]) -> bool:
    return key not in facts or bool(test(facts[key]))


def _is_size(text: str) -> bool:
    return bool(re.fullmatch(r"[1-9][0-9]{0,3}(?: (?:glh|hours|credits))?", normal(text)))


def _kind(text: str) -> str:
    """How a unit is assessed; empty where *text* does not say."""
    return next((kind for kind, words in _ASSESSED.items() if normal(text) in words), "")


def _problem(table: Table, columns: Mapping[str, int], found: Fault) -> Problem:
    heading = HEADINGS[found.key][0].capitalize()
    place = table.place(found.row, columns.get(found.key, 0), heading)
    return Problem(unit_list_row, place, found.value, facts={"fault": found.fault})
