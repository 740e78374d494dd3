"""What goes back to whoever sent a faulty workbook: a marked copy, and a list of what is wrong.

They are made before anything is taken, and wait in the run's folder: what was taken since would change what they say.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from claimbatch.errors import ClaimbatchError
from claimbatch.files import make_folder, write_atomic
from claimbatch.intake.mark import mark
from claimbatch.intake.results import Checked, FileResult
from claimbatch.night.account import Undone
from claimbatch.night.drawing import drawn
from claimbatch.night.staging import Book
from claimbatch.night.tonight import Tonight
from claimbatch.office.error_lists import ErrorLists
from claimbatch.office.marking import as_checked
from claimbatch.output.many import Order
from claimbatch.problems import Problem

MARKED, LIST = "_marked", "_problems"


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers that were *made* to each workbook, by its name: under each ending the file; and what was not."""

    made: dict[str, dict[str, Path]] = field(default_factory=dict)
    undone: dict[str, Undone] = field(default_factory=dict)

    def failed(self, name: str, error: ClaimbatchError) -> None:
        """Something for *name* could not be made: it waits for the next night, with all that goes with it."""
        self.undone[name] = Undone("answer", f"{name} could not be answered: {error.message}", error.hint)


def answer(tonight: Tonight, checked: Checked, books: Mapping[str, Book], faulty: Sequence[str]) -> Answers:
    """Make the answers to the *faulty* workbooks, in the run's folder."""
    if not faulty:
        return Answers()
    folder = tonight.run.answers
    answers = Answers({name: {} for name in faulty})
    number = {name: f"{n:06}" for n, name in enumerate(faulty, 1)}
    make_folder(folder)
    with tonight.watch("Marking", len(faulty)) as advance:
        results = {result.workbook: result for result in checked.files}
        for name, problems in groupby(checked.problems, key=lambda problem: problem.place.workbook):
            if name in number:
                path = folder / f"{number[name]}{MARKED}.xlsx"
                try:
                    if made := _marked(path, books[name], results[name], list(problems)):
                        answers.made[name][f"{MARKED}.xlsx"] = made
                except ClaimbatchError as error:
                    answers.failed(name, error)
                advance(1, 0)
    lists = ErrorLists(tonight.workspace, [(book.path, name) for name, book in books.items()], checked)
    _draw(tonight, lists, answers, {name: folder / f"{number[name]}{LIST}" for name in faulty})
    return answers


def _marked(path: Path, book: Book, result: FileResult, problems: Sequence[Problem]) -> Path | None:
    """The marked copy of a workbook, at *path*; None where it was turned away as a whole."""
    package = as_checked(book.path, result)
    return write_atomic(path, mark(package, problems, package.sha256)) if package else None


def _draw(tonight: Tonight, lists: ErrorLists, answers: Answers, stems: Mapping[str, Path]) -> None:
    """Draw the list of each workbook that has a stem."""
    styles = tonight.workspace.config.night.error_list
    whose: dict[Path, str] = {}

    def orders() -> Iterator[Order]:
        for name, stem in stems.items():
            if name not in answers.undone and styles:
                document = lists.document(name)
                for style in styles:
                    path = stem.with_name(f"{stem.name}.{style}")
                    whose[path] = name
                    yield Order(document, style, path)

    with tonight.watch("Drawing lists", len(stems) * len(styles)) as advance:
        for order, error in drawn(orders(), tonight.workspace.config.workers):
            name = whose[order.path]
            if error:
                answers.failed(name, error)
            else:
                answers.made[name][f"{LIST}.{order.style}"] = order.path
            advance(1, 0)
