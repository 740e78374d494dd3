"""Marked copies of checked workbooks, for ``claimbatch check --mark``."""

from collections.abc import Collection, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from claimbatch.cli.problems import tally
from claimbatch.cli.session import say
from claimbatch.files import shown, write_atomic

if TYPE_CHECKING:
    from claimbatch.intake.guard import Package
    from claimbatch.intake.results import Checked, FileResult
    from claimbatch.problems import Problem


def write_marked(folder: Path, files: Sequence[tuple[Path, str]], checked: "Checked") -> None:
    """Write a marked copy into *folder* of each of *files* in which problems were found; say what was written.

    A workbook that was turned away as a whole, or that has changed since it was checked, gets none.
    """
    taken = {path.resolve() for path, _ in files}
    paths = {name: path for path, name in files}
    results = {result.workbook: result for result in checked.files}
    for name, problems in groupby(checked.problems, key=lambda problem: problem.place.workbook):
        path, result, found = paths[name], results[name], list(problems)
        write_one(folder, path, name, as_checked(path, result), found, taken)


def write_one(
    folder: Path,
    path: Path,
    name: str,
    package: "Package | None",
    problems: "Sequence[Problem]",
    taken: set[Path],
) -> None:
    """Write the marked copy of one workbook, over none of those *taken*, and add it to them; say so, or why not."""
    from claimbatch.intake.mark import mark  # noqa: PLC0415

    if package is None:
        say(f"No marked copy of {name}: it was turned away as a whole.")
        return
    target = _free(folder, path, taken)
    taken.add(target.resolve())
    say(f"Marked {shown(write_atomic(target, mark(package, problems)))}: {tally(problems)}.")


def as_checked(path: Path, result: "FileResult") -> "Package | None":
    """The workbook at *path* as it was checked; None where it was turned away, or is another by now."""
    from claimbatch.intake.guard import Package, admit_file  # noqa: PLC0415

    package = admit_file(path, result.workbook) if result.outcome != "rejected" else None
    return package if isinstance(package, Package) and package.sha256 == result.sha256 else None


def _free(folder: Path, path: Path, taken: Collection[Path]) -> Path:
    """``claim_marked.xlsx``, numbered where this run reads or writes another workbook under that name."""
    stem = path.stem.removesuffix("_marked")
    names = (folder / f"{stem}_marked{n if n > 1 else ''}.xlsx" for n in range(1, len(taken) + 2))
    return next(name for name in names if name.resolve() not in taken)
