"""Marked copies of checked workbooks: each problem at its cell."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from claimbatch.files import write_atomic
from claimbatch.intake.guard import Package, admit_file
from claimbatch.intake.mark import mark
from claimbatch.intake.results import Checked, FileResult, Files, Outcome
from claimbatch.problems import Problem


@dataclass(frozen=True, slots=True)
class Marked:
    """The marked copy at *path* of a workbook that was checked, and how many *errors* and *queries* it marks.

    There is no *path* where there can be no copy: the workbook was turned away as a whole, or is another by now.
    """

    workbook: str
    path: Path | None
    errors: int = 0
    queries: int = 0


def mark_all(folder: Path, files: Files, checked: Checked) -> list[Marked]:
    """Write into *folder* a marked copy of each of *files* in which problems were found.

    No copy takes the place of one of *files*, or of another copy.
    """
    taken = {path.resolve() for path, _ in files}
    paths = {name: path for path, name in files}
    results = {result.workbook: result for result in checked.files}
    marked = []
    for name, found in groupby(checked.problems, key=lambda problem: problem.place.workbook):
        package = as_checked(paths[name], results[name])
        marked.append(mark_one(folder, paths[name], name, package, list(found), taken=taken))
    return marked


def mark_one(
    folder: Path,
    path: Path,
    name: str,
    package: Package | None,
    problems: Sequence[Problem],
    *,
    taken: set[Path],
) -> Marked:
    """Write into *folder* the marked copy of the workbook at *path*, over none of those *taken*, and add it to them.

    The *package* is the workbook as it was checked; None, where there is none to mark.
    """
    if package is None:
        return Marked(name, None)
    target = _free(folder, path, taken)
    taken.add(target.resolve())
    errors = sum(problem.is_error for problem in problems)
    copy = mark(package, problems, package.sha256)
    return Marked(name, write_atomic(target, copy), errors, len(problems) - errors)


def as_checked(path: Path, result: FileResult) -> Package | None:
    """The workbook at *path* as it was checked; None where it was turned away, or is another by now."""
    package = admit_file(path, result.workbook) if result.outcome is not Outcome.REJECTED else None
    return package if isinstance(package, Package) and package.sha256 == result.sha256 else None


def _free(folder: Path, path: Path, taken: Collection[Path]) -> Path:
    """``claim_marked.xlsx``, numbered where this run reads or writes another workbook under that name."""
    stem = path.stem.removesuffix("_marked")
    names = (folder / f"{stem}_marked{n if n > 1 else ''}.xlsx" for n in range(1, len(taken) + 2))
    return next(name for name in names if name.resolve() not in taken)
