"""Answers to queries, from the sheet *Notes*: by place, or by candidate and unit."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from claimbatch.a1 import Address, address
from claimbatch.form.layout import normal, sheet_name, unit_number
from claimbatch.intake.submission import Submission
from claimbatch.intake.values import read_candidate_number, read_text
from claimbatch.problems import Problem

# E5, $E$5, Grades!E5, 'Assessed by'!E5:E6; several of them, however they are set apart.
_AREA = re.compile(
    r"(?:(?:'([^']{1,31})'|([^',;!:]{1,31}))!)?(?<![A-Za-z0-9])\$?([A-Za-z]{1,3}\$?[1-9][0-9]{0,5})"
    r"(?::\$?([A-Za-z]{1,3}\$?[1-9][0-9]{0,5}))?(?![A-Za-z0-9])"
)
_TITLED = re.compile(r"unit 0*([1-9][0-9]{0,3})\b")


@dataclass(frozen=True, slots=True)
class Area:
    """Cells that a note points at: a sheet (empty: any), and the first and the last corner."""

    sheet: str
    first: Address
    last: Address

    def holds(self, problem: Problem) -> bool:
        """Whether *problem* stands here."""
        row, column = problem.place.address
        return (
            self.sheet in ("", *_names_of(problem))
            and self.first[0] <= row <= self.last[0]
            and self.first[1] <= column <= self.last[1]
        )


@dataclass(frozen=True, slots=True)
class Note:
    """One row of *Notes*: what it is about, and the explanation.

    *pointed* says that its cell *Cell* is filled in, *areas* what could be read there; *units* are the names by which
    its unit may go.
    """

    sheet: str
    pointed: bool
    areas: tuple[Area, ...]
    candidate: str
    units: frozenset[str]
    explanation: str

    def answers(self, problem: Problem) -> bool:
        """Whether the note is about the cell of *problem*, or about its candidate (and unit, where it has one)."""
        if self.pointed:
            return any(area.holds(problem) for area in self.areas)
        if not self.candidate:
            return self.sheet in _names_of(problem) and not problem.candidate
        return self.candidate == problem.candidate and (not self.units or normal(problem.unit) in self.units)


def _names_of(problem: Problem) -> set[str]:
    """What a note may call the sheet of *problem*: its name, and that of the form's sheet it was renamed from."""
    name = problem.place.sheet
    return {normal(name), sheet_name(name)} - {""}


def notes_of(submission: Submission) -> list[Note]:
    """The notes of a workbook that explain something."""
    table = submission.tables.get("notes")
    found = []
    for _, values in table.rows if table else ():
        texts = {key: read_text(table.value(values, key)).value for key in table.columns} if table else {}
        sheet, cell = normal(texts.get("sheet", "")), texts.get("cell", "")
        number = read_candidate_number(texts.get("number", "")).value
        units = frozenset(_unit_names(texts.get("unit", "")))
        note = Note(
            sheet, bool(cell), tuple(areas_in(cell, sheet)), number, units, texts.get("explanation", "")
        )
        if note.explanation:
            found.append(note)
    return found


def areas_in(text: str, sheet: str) -> Iterator[Area]:
    """The cells and ranges that *text* names, on *sheet* where it names none itself."""
    for quoted, plain, first, last in _AREA.findall(text):
        one = address(first.replace("$", ""))
        other = address((last or first).replace("$", ""))
        top, bottom = sorted((one[0], other[0]))
        left, right = sorted((one[1], other[1]))
        yield Area(normal(quoted or plain) or sheet, (top, left), (bottom, right))


def _unit_names(text: str) -> Iterator[str]:
    """The names of a unit: its number, or the title as another awarding body has it; both where it could be either."""
    plain = normal(text)
    if plain:
        yield str(unit_number(text) or plain)
    if titled := _TITLED.match(plain):
        yield titled[1]


def answered(
    problems: Iterable[Problem], notes: Mapping[str, Sequence[Note]]
) -> tuple[list[Problem], list[tuple[Problem, str]]]:
    """Part *problems*: those that stay, and the queries that a note of their workbook explains, with the words."""
    stay: list[Problem] = []
    explained: list[tuple[Problem, str]] = []
    for problem in problems:
        mine = notes.get(problem.place.workbook, ())
        words = next((note.explanation for note in mine if note.answers(problem)), "")
        if words and not problem.is_error:
            explained.append((problem, words))
        else:
            stay.append(problem)
    return stay, explained
