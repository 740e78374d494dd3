"""Printable lists of what is wrong with returned workbooks, for ``claimbatch check --to``: one for each workbook."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from claimbatch.cli.marking import as_checked
from claimbatch.cli.session import count, say
from claimbatch.cli.written import write_bundle, write_many
from claimbatch.problems import Problem

if TYPE_CHECKING:
    from claimbatch.intake.results import Checked
    from claimbatch.output.view.document import Document
    from claimbatch.workspace import Workspace


def write_error_lists(
    workspace: "Workspace",
    folder: Path,
    files: Sequence[tuple[Path, str]],
    checked: "Checked",
    styles: Sequence[str],
    *,
    bundle: bool,
) -> None:
    """Write what was found in each of *files* that has problems: a teacher gets that of one workbook and no other.

    With *bundle* all of them go into one PDF.
    """
    found = {name: list(some) for name, some in groupby(checked.problems, key=lambda p: p.place.workbook)}
    if not found:
        say("No workbook has a problem: there is nothing to print.")
        return
    made = _Maker(workspace, files, checked, found)
    if bundle:
        write_bundle(list(found), made, folder / "problems_bundle")
    else:
        stems = _stems([path for path, name in files if name in found])
        of = {name: stems[path] for path, name in files if name in found}
        write_many(workspace, list(found), made, lambda name: folder / of[name], styles)
    clean = len(files) - len(found)
    if clean:
        say(f"{count(clean, 'workbook').capitalize()} without problems: no document.")


class _Maker:
    """Makes the document of a workbook by its name; what is the same for all of a run is read once."""

    def __init__(
        self,
        workspace: "Workspace",
        files: Sequence[tuple[Path, str]],
        checked: "Checked",
        found: Mapping[str, Sequence[Problem]],
    ) -> None:
        from claimbatch import clock  # noqa: PLC0415

        self._paths = {name: path for path, name in files}
        self._results = {result.workbook: result for result in checked.files}
        self._found = found
        self._answers: dict[str, list[tuple[Problem, str]]] = {}
        for problem, words in checked.answers:
            self._answers.setdefault(problem.place.workbook, []).append((problem, words))
        self._at = clock.stamp()
        self._catalogue = workspace.catalogue()
        with workspace.store() as store:
            self._centres = store.centres()

    def __call__(self, name: str) -> "Document":
        from claimbatch.intake.around import around  # noqa: PLC0415
        from claimbatch.output.view.errors import Checked, error_list  # noqa: PLC0415

        result, problems = self._results[name], self._found[name]
        package = as_checked(self._paths[name], result)
        qualification = self._catalogue.find(result.entry_code)
        return error_list(
            Checked(
                result,
                problems,
                self._answers.get(name, ()),
                around(package, problems) if package else {},
                self._centres.get(result.centre_number, ""),
                qualification.title if qualification else "",
                self._at,
            )
        )


def _stems(paths: Sequence[Path]) -> dict[Path, str]:
    """``Jones_problems`` for each workbook; numbered where two of a run would have the same, on any system."""
    stems: dict[Path, str] = {}
    taken: set[str] = set()
    for path in paths:
        plain = f"{path.stem.removesuffix('_marked')}_problems"
        names = (f"{plain}{n if n > 1 else ''}" for n in range(1, len(taken) + 2))
        stems[path] = next(name for name in names if name.casefold() not in taken)
        taken.add(stems[path].casefold())
    return stems
