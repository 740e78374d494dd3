"""Rules and the problems they find: plain values that keep their place to the very end.

A *rule* is one function with a code. What it finds are *problems*. A problem is an *error* (must be
put right) or a *query* (put right or explained): the words that school data staff know from DfE COLLECT.
The sentence a person reads is made here, once, when it is asked for.
"""

import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from inspect import cleandoc
from typing import Any

from claimbatch.a1 import address

FIELDS = (
    "workbook", "sheet", "cell", "field", "candidate", "unit",
    "rule", "name", "severity", "value", "message", "hint",
)  # fmt: skip
SHOWN_VALUE, SHOWN_FACT = 60, 300  # characters of what somebody typed, and of a phrase that may quote it
SHOWN_RUNS = 12  # runs of neighbouring places that are told


class Severity(StrEnum):
    """Whether a problem stops a workbook."""

    ERROR = "error"
    QUERY = "query"


class Whose(StrEnum):
    """Who has to put right what a rule finds: whoever filled in the workbook, the exam officer, or either of them.

    A query has to be looked at, and may be right as it is.
    """

    TEACHER = "teacher"
    EITHER = "either"
    OFFICE = "office"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: ``Grades!H7`` of a workbook, under the heading *Unit 3*.

    For a register file in CSV *cell* is ``line 7`` and *field* the heading of the column.
    """

    workbook: str = ""
    sheet: str = ""
    cell: str = ""
    field: str = ""

    @property
    def address(self) -> tuple[int, int]:
        """Row and column as numbers, for sorting: ``H7`` is ``(7, 8)``, ``line 7`` is ``(7, 0)``."""
        if self.cell.startswith("line "):
            return int(self.cell.removeprefix("line ")), 0
        return address(self.cell) if self.cell else (0, 0)

    def __str__(self) -> str:
        return f"{self.sheet}!{self.cell}" if self.sheet and self.cell else self.sheet or self.cell


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its code (never reused), its name (states the fault), its words and its function.

    *message* and *hint* are format strings; ``{value}`` is what was found, the other fields are the
    facts that the function gave, and ``{file}`` the workbook as a command takes it. The hint speaks to the exam officer
    at the terminal; where it names what a teacher has not, such as a command, *teacher* is what a marked copy says
    instead. *at* names the field that a rule over a table points at. *office* says that nothing typed into the workbook
    can put it right: the exam officer does.
    """

    code: str
    name: str
    severity: Severity
    message: str
    hint: str
    find: Callable[..., Any]
    at: str = ""
    teacher: str = ""
    office: bool = False

    @property
    def whose(self) -> Whose:
        """Whose it is to put right; where teachers have words of their own, the exam officer may be the one."""
        if self.office:
            return Whose.OFFICE
        if self.severity is Severity.QUERY:
            return Whose.NOBODY
        return Whose.EITHER if self.teacher else Whose.TEACHER

    @property
    def for_teachers(self) -> "Rule":
        """The rule as a marked copy tells it, to whoever filled in the workbook."""
        return replace(self, hint=self.teacher or self.hint)

    @property
    def doc(self) -> str:
        """The rule's docstring: first line, then *Why*, *Wrong*, *Right*."""
        return cleandoc(self.find.__doc__ or "")

    @property
    def fault(self) -> str:
        """What is wrong where it finds something, in a sentence that quotes nothing."""
        return self.doc.splitlines()[0]


@dataclass(frozen=True, slots=True)
class Problem:
    """What a rule found at one place; *also* are places where it found the very same, told in one sentence."""

    rule: Rule
    place: Place
    value: str = ""
    candidate: str = ""
    unit: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    also: tuple[Place, ...] = ()

    @property
    def is_error(self) -> bool:
        """Whether it must be put right before anything is taken."""
        return self.rule.severity is Severity.ERROR

    @property
    def message(self) -> str:
        """What is wrong, with the value found, and where else."""
        words = self.rule.message.format_map(self._words())
        return f"{words} Likewise {in_short(self.also)}." if self.also else words

    @property
    def hint(self) -> str:
        """What to do about it."""
        return self.rule.hint.format_map(self._words())

    @property
    def brief(self) -> tuple[str, str]:
        """The small picture that tests compare: ``("Grades!H7", "CB104")``."""
        return str(self.place), self.rule.code

    def row(self) -> dict[str, str]:
        """The problem as a row of a table, with the keys of :data:`FIELDS`."""
        return {
            "workbook": self.place.workbook,
            "sheet": self.place.sheet,
            "cell": self.place.cell,
            "field": self.place.field,
            "candidate": self.candidate,
            "unit": self.unit,
            "rule": self.rule.code,
            "name": self.rule.name,
            "severity": self.rule.severity.value,
            "value": self.value,
            "message": self.message,
            "hint": self.hint,
        }

    def _words(self) -> dict[str, Any]:
        """What message and hint are filled with; a cell holds up to 32,767 characters, and a message quotes a few."""
        facts = {
            n: clip(fact, SHOWN_FACT) if isinstance(fact, str) else fact for n, fact in self.facts.items()
        }
        return {
            **facts,
            "file": word(self.place.workbook),
            "value": clip(self.value, SHOWN_VALUE),
            "candidate": clip(self.candidate, SHOWN_VALUE),
            "unit": clip(self.unit, SHOWN_FACT),
        }


def in_short(places: Iterable[Place]) -> str:
    """Many places in few words, neighbours together.

    >>> in_short([Place(cell="line 3"), Place(cell="line 4"), Place(cell="line 9")])
    '3 more: lines 3 to 4, 9'
    >>> in_short([Place(sheet="12A", cell="C3"), Place(sheet="12A", cell="C4")])
    '2 more: 12A!C3 to C4'
    """
    runs: list[list[Place]] = []
    for place in places:
        before = runs[-1][-1] if runs else None
        row, column = place.address
        if before and (before.sheet, before.address) == (place.sheet, (row - 1, column)):
            runs[-1].append(place)
        else:
            runs.append([place])
    lines = not runs[0][0].sheet
    said = [str(run[0]) + (f" to {run[-1].cell}" if run[1:] else "") for run in runs[:SHOWN_RUNS]]
    text = ", ".join(said) + (" and elsewhere" if runs[SHOWN_RUNS:] else "")
    return f"{sum(map(len, runs))} more: {'lines ' if lines else ''}{text.replace('line ', '') if lines else text}"


def clip(text: str, limit: int) -> str:
    """*text* within *limit* characters, cut with an ellipsis where it must be.

    >>> clip("Cyber security", 8)
    'Cyber s…'
    """
    return text if len(text) <= limit else text[: limit - 1] + "…"


def word(text: str) -> str:
    """*text* as one word of a command: in quotation marks where a shell would take it apart, or run a part of it.

    >>> word("Jones.xlsx"), word("inbox/Jo Hughes.xlsx"), word("$(reboot).xlsx")
    ('Jones.xlsx', '"inbox/Jo Hughes.xlsx"', "'$(reboot).xlsx'")
    """
    if re.fullmatch(r"[\w./:-]+", text):
        return text
    return shlex.quote(text) if re.search(r"[$`!]", text) else '"{}"'.format(text.replace('"', r"\""))


def error(
    code: str, name: str, *, message: str, hint: str, at: str = "", teacher: str = "", office: bool = False
) -> Callable[[Callable[..., Any]], Rule]:
    """Make the decorated function the rule *code* whose problems are errors."""
    return lambda find: Rule(code, name, Severity.ERROR, message, hint, find, at, teacher, office)


def query(
    code: str, name: str, *, message: str, hint: str, at: str = "", teacher: str = "", office: bool = False
) -> Callable[[Callable[..., Any]], Rule]:
    """Make the decorated function the rule *code* whose problems are queries."""
    return lambda find: Rule(code, name, Severity.QUERY, message, hint, find, at, teacher, office)


def one_a_cell(problems: Iterable[Problem]) -> Iterator[Problem]:
    """One problem for each cell: errors before queries, then the first that was found. What has no cell stays."""
    taken: set[tuple[str, str]] = set()
    for problem in sorted(problems, key=lambda problem: not problem.is_error):
        cell = problem.place.sheet, problem.place.cell
        if not problem.place.cell or cell not in taken:
            taken.add(cell)
            yield problem


def errors_in(problems: Iterable[Problem]) -> list[Problem]:
    """Those of *problems* that must be put right."""
    return [problem for problem in problems if problem.is_error]
