"""What a workbook looks like: its sheets and the headings of each, from ``schemas/form.toml``.

The writer and the reader both go by the :class:`Layout` made here, so that they cannot drift apart.
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

from claimbatch.data import schema_file
from claimbatch.form.qualification import Qualification, Unit

BY_CANDIDATE = "by-candidate"
BY_UNIT = "by-unit"
SAMPLE, MODERATION = "sample", "moderation"
MODERATORS = (SAMPLE, MODERATION)  # the forms that a moderator fills in, of a claim that was submitted
NOT_CLAIMING = "Not claiming"
HEADER_ROW = 4  # title, description, a blank row or the titles of the units, the headings
TITLES_ROW = HEADER_ROW - 1
TITLES = "Unit titles"  # stands in the row above the headings that shows them


@dataclass(frozen=True, slots=True)
class Column:
    """One column: *key* is the program's name for it, *heading* the teacher's.

    *unit* is the unit's number where the column belongs to one unit, else 0.
    *compared* is whether a locked value is held against the register on return.
    """

    key: str
    heading: str
    kind: str
    width: int = 12
    locked: bool = False
    compared: bool = True
    prompt: str = ""
    unit: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a form, with its columns in the order of the template."""

    key: str
    name: str
    title: str
    description: str
    columns: tuple[Column, ...]

    def column(self, key: str) -> Column:
        """The column *key*; ``KeyError`` where the sheet has none."""
        for column in self.columns:
            if column.key == key:
                return column
        raise KeyError(key)


@dataclass(frozen=True, slots=True)
class Layout:
    """A form laid out for one qualification: what the template shows and the reader looks for.

    *unit* is the unit of a by-unit form, else 0. *fingerprint* changes when a returned workbook
    could no longer be read the same way: other sheets, other headings, other units. Wording does not count.
    *units* are those that have a column of their own.
    """

    form: str
    title: str
    unit: int
    sheets: tuple[Sheet, ...]
    fingerprint: str
    units: frozenset[int] = frozenset()

    def sheet(self, key: str) -> Sheet:
        """The sheet *key*; ``KeyError`` where the form has none."""
        for sheet in self.sheets:
            if sheet.key == key:
                return sheet
        raise KeyError(key)

    def has(self, key: str) -> bool:
        """Whether the form has the sheet *key*."""
        return any(sheet.key == key for sheet in self.sheets)


@lru_cache(maxsize=8192)
def normal(text: str) -> str:
    """A heading or sheet name as it is compared: lower case, single spaces.

    >>> normal("  Candidate\\u00a0 Number ")
    'candidate number'
    """
    return " ".join(text.casefold().split())


_RENAMED = re.compile(r"\s*(?:\(\d+\)|\s-\s.*)$")


@lru_cache(maxsize=4096)
def sheet_name(name: str) -> str:
    """The name of a sheet as it is compared, without what programs add: Excel to a copy, Numbers to every sheet.

    >>> [sheet_name(name) for name in ("Grades (2)", "Assessed by - Table 1", "Grades")]
    ['grades', 'assessed by', 'grades']
    """
    return normal(_RENAMED.sub("", name))


def unit_key(number: int) -> str:
    """The key of a unit's column: ``unit:3``."""
    return f"unit:{number}"


@lru_cache(maxsize=4096)
def unit_number(text: str) -> int:
    """The number in ``Unit 3`` (or ``unit 03``, ``3``), else 0.

    >>> unit_number("UNIT 03"), unit_number("Unit three")
    (3, 0)
    """
    match = re.fullmatch(r"(?:unit)?\s*0*([1-9]\d{0,3})", normal(text))
    return int(match[1]) if match else 0


@cache
def form_file() -> Mapping[str, Any]:
    """``schemas/form.toml`` as it stands."""
    return tomllib.loads(schema_file("form.toml").read_text("utf-8"))


def limit(name: str) -> int:
    """A limit of the form, by its name in ``form.toml``."""
    return int(form_file()["limits"][name])


def grades_offered() -> tuple[str, ...]:
    """The grades in the drop-down list, in its order."""
    return tuple(form_file()["grades"]["offered"])


def lay_out(form: str, qualification: Qualification, unit: int = 0) -> Layout:
    """Lay out *form* for *qualification* (and, by unit, for the one *unit*)."""
    spec = form_file()["forms"][form]
    sheets = tuple(
        _sheet(key, qualification)
        for key in spec["sheets"]
        if key != "other" or qualification.other_units_possible
    )
    units = frozenset(column.unit for sheet in sheets for column in sheet.columns if column.unit)
    layout = Layout(form, spec["title"], unit, sheets, "", units)
    return replace(layout, fingerprint=_fingerprint(layout, qualification))


def other_units_sheet(qualification: Qualification) -> Sheet:
    """The sheet *Other units*, which a workbook may hold although its form has none."""
    return _sheet("other", qualification)


def _sheet(key: str, qualification: Qualification) -> Sheet:
    spec = form_file()["sheets"][key]
    columns = form_file()["sheets"][spec.get("columns_of", key)]["columns"]
    lines = form_file()["listed"] if spec.get("listed") else ()
    made = [Column(**column) for column in (*lines, *columns)]
    if "units" in spec:
        made += [_unit_column(unit, spec["units"]) for unit in qualification.offered]
    return Sheet(key, spec["name"], spec["title"], spec["description"], tuple(made))


def _unit_column(unit: Unit, kind: str) -> Column:
    return Column(unit_key(unit.number), unit.label, kind, width=9, prompt=unit.title or "", unit=unit.number)


def _fingerprint(layout: Layout, qualification: Qualification) -> str:
    picture: Sequence[object] = [
        layout.form,
        layout.unit,
        qualification.entry_code,
        [
            [sheet.key, sheet.name, [[c.key, c.heading, c.kind] for c in sheet.columns]]
            for sheet in layout.sheets
        ],
        [unit.number for unit in qualification.offered],
    ]
    return hashlib.sha256(json.dumps(picture).encode()).hexdigest()[:12]
