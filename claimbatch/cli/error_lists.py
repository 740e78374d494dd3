"""Printable lists of what is wrong with returned workbooks, for ``claimbatch check --to``: one for each workbook."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from claimbatch.cli.marking import as_checked
from claimbatch.cli.session import count, say
from claimbatch.cli.written import write_bundle, write_many

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
    found = list(dict.fromkeys(problem.place.workbook for problem in checked.problems))
    if not found:
        say("No workbook has a problem: there is nothing to print.")
        return
    made = _Maker(workspace, files, checked)
    if bundle:
        write_bundle(found, made, folder / "problems_bundle")
    else:
        stems = _stems([path for path, name in files if name in found])
        of = {name: stems[path] for path, name in files if name in found}
        write_many(workspace, found, made, lambda name: folder / of[name], styles)
    clean = len(files) - len(found)
    if clean:
        say(f"{count(clean, 'workbook').capitalize()} without problems: no document.")


class _Maker:
    """Makes the document of a workbook by its name; what is the same for all of a run is read once."""

    def __init__(self, workspace: "Workspace", files: Sequence[tuple[Path, str]], checked: "Checked") -> None:
        from claimbatch import clock  # noqa: PLC0415

        self._paths = {name: path for path, name in files}
        self._places = {result.workbook: place for place, result in enumerate(checked.files)}
        self._checked = checked
        self._at = clock.stamp()
        self._catalogue = workspace.catalogue()
        with workspace.store() as store:
            self._centres = store.centres()

    def __call__(self, name: str) -> "Document":
        from claimbatch.intake.around import around  # noqa: PLC0415
        from claimbatch.output.view.errors import CheckedWorkbook, error_list  # noqa: PLC0415

        (book,) = self._checked.open([self._places[name]])
        package = as_checked(self._paths[name], book.result)
        qualification = self._catalogue.find(book.result.entry_code)
        return error_list(
            CheckedWorkbook(
                book.result,
                book.problems,
                book.answers,
                around(package, book.problems) if package else {},
                self._centres.get(book.result.centre_number, ""),
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
