"""Printable lists of what is wrong with returned workbooks: a teacher gets that of one workbook and no other."""

from collections.abc import Sequence
from pathlib import Path

from claimbatch import clock
from claimbatch.intake.around import around
from claimbatch.intake.results import Checked, Files, Watch, unwatched
from claimbatch.office.drawing import Written, write_bundle, write_many
from claimbatch.office.marking import as_checked
from claimbatch.output.view.document import Document
from claimbatch.output.view.errors import CheckedWorkbook, error_list
from claimbatch.workspace import Workspace


class ErrorLists:
    """The lists of the *workbooks* of a run that have problems; what is the same for all is read once."""

    def __init__(self, workspace: Workspace, files: Files, checked: Checked) -> None:
        self.workbooks = list(dict.fromkeys(problem.place.workbook for problem in checked.problems))
        self._paths = {name: path for path, name in files}
        self._places = {result.workbook: place for place, result in enumerate(checked.files)}
        self._checked = checked
        self._at = clock.stamp()
        self._catalogue = workspace.catalogue()
        with workspace.store() as store:
            self._centres = store.centres()

    def document(self, workbook: str) -> Document:
        """The list of one *workbook*, by its name in the run."""
        (book,) = self._checked.open([self._places[workbook]])
        package = as_checked(self._paths[workbook], book.result)
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


def write_error_lists(
    workspace: Workspace,
    folder: Path,
    files: Files,
    checked: Checked,
    styles: Sequence[str] = (),
    *,
    bundle: bool = False,
    watch: Watch = unwatched,
) -> Written:
    """Write into *folder* the list of each of *files* that has problems, or, as a *bundle*, all of them in one PDF."""
    if not checked.problems:
        return Written()
    lists = ErrorLists(workspace, files, checked)
    if bundle:
        return write_bundle(lists.workbooks, lists.document, folder / "problems_bundle", watch)
    found = set(lists.workbooks)
    stems = stems_of([(path, name) for path, name in files if name in found])
    return write_many(
        workspace, lists.workbooks, lists.document, lambda name: folder / stems[name], styles, watch=watch
    )


def stems_of(files: Files) -> dict[str, str]:
    """``Jones_problems`` for each workbook; numbered where two of a run would have the same, on any system."""
    stems: dict[str, str] = {}
    taken: set[str] = set()
    for path, name in files:
        plain = f"{path.stem.removesuffix('_marked')}_problems"
        free = (f"{plain}{n if n > 1 else ''}" for n in range(1, len(taken) + 2))
        stems[name] = next(stem for stem in free if stem.casefold() not in taken)
        taken.add(stems[name].casefold())
    return stems
