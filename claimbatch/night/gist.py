"""The gist of a night, for all who tell of it: first changes of a claim, first problems of a file, and why it was."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from claimbatch.claims.history import Kind
from claimbatch.night.account import Fate, File
from claimbatch.night.csv_lists import known_sheet

if TYPE_CHECKING:
    from claimbatch.claims.merge import Change
    from claimbatch.problems import Problem, Rule

SHOWN_MOVED, SHOWN_ADDED = 40, 10  # lines of one claim that are shown: changed or removed; only new
SHOWN_PLACES = 6  # of one rule in one file
CHANGES_IN_ALL = 1000


@dataclass(slots=True)
class Found:
    """What one rule found in a file: how often, and the first of the cells, by their sheets."""

    count: int = 0
    cells: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @property
    def where(self) -> str:
        """The places in words: ``Grades!E5, E6; Notes!A7, and 3 more``."""
        if not self.cells:
            return "the whole file"
        more = self.count - sum(map(len, self.cells.values()))
        places = "; ".join(f"{sheet}!{', '.join(cells)}" for sheet, cells in self.cells.items())
        return f"{places}, and {more} more" if more else places


def first_changes(changes: "Iterable[tuple[str, Change]]") -> "Mapping[str, list[Change]]":
    """Of each claim the first changes: what was changed or removed before what is new, which nobody has to compare."""
    moved: dict[str, list[Change]] = defaultdict(list)
    added: dict[str, list[Change]] = defaultdict(list)
    for key, change in changes:
        is_new = change.kind == Kind.ADDED
        kept = (added if is_new else moved)[key]
        if len(kept) < (SHOWN_ADDED if is_new else SHOWN_MOVED):
            kept.append(change)
    room, shown = CHANGES_IN_ALL, {}
    for key in sorted(moved.keys() | added.keys()):
        shown[key] = list(islice((*moved[key], *added[key]), room))
        room -= len(shown[key])
    return shown


def what_is_wrong(
    problems: "Iterable[Problem]", workbooks: Collection[str]
) -> "Mapping[str, Mapping[Rule, Found]]":
    """What was found in these *workbooks*, by rule, errors first."""
    found: dict[str, dict[Rule, Found]] = {name: {} for name in workbooks}
    for problem in problems:
        rules = found.get(problem.place.workbook)
        if rules is not None:
            _add(rules.setdefault(problem.rule, Found()), problem)
    order = {name: sorted(rules.items(), key=lambda one: _order(one[0])) for name, rules in found.items()}
    return {name: dict(rules) for name, rules in order.items()}


def why_of(file: File) -> str:
    """Why a file came to its fate, without an e-mail address, and without what stands in the file.

    What the guard says of a file that is kept apart may quote it: the name of a sheet, what a cell shows.
    """
    if file.fate is not Fate.QUARANTINED or not file.codes:
        return without_addresses(file.why)
    from claimbatch.intake.rules import fault_of  # noqa: PLC0415 - brings all rules

    return " ".join(map(fault_of, sorted(file.codes)))


def without_addresses(sentence: str) -> str:
    """*sentence* with ``(an address)`` for each e-mail address in it.

    >>> without_addresses("The server refuses <jo@example.org>.")
    'The server refuses (an address).'
    """
    return re.sub(r"<?[^\s<>@]+@[^\s<>@]+[\w>]", "(an address)", sentence)


def _order(rule: "Rule") -> tuple[str, str]:
    return rule.severity.value, rule.code  # an error stands before a query, in the alphabet too


def _add(found: Found, problem: "Problem") -> None:
    place = problem.place
    found.count += 1
    if place.cell and found.count <= SHOWN_PLACES:
        found.cells[known_sheet(place.sheet)].append(place.cell)
