"""Answers to queries, from the sheet *Notes*: by place, or by candidate and unit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from claimbatch.form.layout import normal, unit_number
from claimbatch.intake.submission import Submission
from claimbatch.intake.values import read_candidate_number, read_text
from claimbatch.problems import Problem


@dataclass(frozen=True, slots=True)
class Note:
    """One row of *Notes*: what it is about, and the explanation."""

    sheet: str
    cell: str
    candidate: str
    unit: str
    explanation: str

    def answers(self, problem: Problem) -> bool:
        """Whether the note is about the cell of *problem*, or about its candidate (and unit, where it has one)."""
        if self.cell:
            same_sheet = self.sheet in ("", normal(problem.place.sheet))
            return same_sheet and self.cell == problem.place.cell
        if not self.candidate:
            return bool(self.sheet) and self.sheet == normal(problem.place.sheet) and not problem.candidate
        return self.candidate == problem.candidate and self.unit in ("", normal(problem.unit))


def notes_of(submission: Submission) -> list[Note]:
    """The notes of a workbook that explain something."""
    table = submission.tables.get("notes")
    found = []
    for _, values in table.rows if table else ():
        texts = {key: read_text(table.value(values, key)).value for key in table.columns} if table else {}
        unit = texts.get("unit", "")
        number = read_candidate_number(texts.get("number", "")).value
        note = Note(
            normal(texts.get("sheet", "")),
            texts.get("cell", "").replace("$", "").upper(),
            number,
            str(unit_number(unit) or normal(unit)),
            texts.get("explanation", ""),
        )
        if note.explanation:
            found.append(note)
    return found


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
