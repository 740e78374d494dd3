"""What is measured in a process: each method prepares, importing and warming up, and gives the work that is timed.

The work returns how many workbooks it was about. What it does is what the commands do, by the same functions.
"""

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import loop, many_templates
from benchmarks.corpus import Place
from benchmarks.forms import MIXED, RIVALS
from claimbatch.workspace import Workspace

if TYPE_CHECKING:
    from claimbatch.intake.check import Executor

Work = Callable[[], int]
Method = Callable[[Place, int], Work]

WARM_UP = 2  # workbooks that are worked on before the clock runs: every library is imported by then


def calamine(place: Place, count: int) -> Work:
    """python-calamine alone: every sheet of every workbook as lists."""
    from python_calamine import CalamineWorkbook  # noqa: PLC0415

    paths = [path for path, _ in place.workbooks][:count]

    def work() -> int:
        for path in paths:
            try:
                with CalamineWorkbook.from_filelike(BytesIO(path.read_bytes())) as workbook:
                    for index in range(len(workbook.sheet_names)):
                        workbook.get_sheet_by_index(index).to_python(skip_empty_area=False)
            except Exception:  # noqa: S112 - a faulty workbook of a mixed corpus
                continue
        return len(paths)

    return work


def guard_read(place: Place, count: int) -> Work:
    """The guard, and what it lets through read."""
    from claimbatch.intake.guard import Package, admit_file, read_sheets  # noqa: PLC0415

    files = place.workbooks[:count]

    def read(some: Sequence[tuple[Path, str]]) -> int:
        for path, name in some:
            package = admit_file(path, name)
            if isinstance(package, Package):
                read_sheets(package)
        return len(some)

    read(files[:WARM_UP])
    return lambda: read(files)


def check(place: Place, count: int) -> Work:
    """Guard, reading, understanding and judging, in this process."""
    return _checking(place, count, 0)


def check_by_two(place: Place, count: int) -> Work:
    """The same by two worker processes; what they cost until they work is in it."""
    return _checking(place, count, 2)


def start_of_two(place: Place, _: int) -> Work:
    """Two worker processes that each read one workbook."""
    from claimbatch.intake.engine import Processes  # noqa: PLC0415

    return _checking(place, 2, 2, Processes(2, chunk=1))


def _checking(place: Place, count: int, workers: int, given: "Executor | None" = None) -> Work:
    from claimbatch.intake.check import check as check_all  # noqa: PLC0415
    from claimbatch.intake.engine import Serial  # noqa: PLC0415
    from claimbatch.intake.judge import prepare  # noqa: PLC0415

    prepare()
    workspace = Workspace(place.folder)
    store = workspace.store()
    executor = given or (workspace.executor(workers) if workers else Serial())
    files, known = place.workbooks[:count], workspace.known(store)
    check_all(files[:WARM_UP], known, Serial())

    def work() -> int:
        checked = check_all(files, known, executor)
        if checked.problems and place.form not in {MIXED, RIVALS}:
            raise SystemExit(f"not clean: {[problem.brief for problem in checked.problems[:3]]}")
        return len(checked.files)

    return work


def merge(place: Place, count: int) -> Work:
    """Checking, and what is clean taken into the claims in SQLite, which were empty."""
    from claimbatch.intake.receiving import How, receive  # noqa: PLC0415

    workspace = place.for_now()
    store, files = workspace.store(), place.workbooks[:count]
    known = workspace.known(store)

    def take(some: list[tuple[Path, str]], *, dry_run: bool = False) -> None:
        how = How("benchmark", dry_run=dry_run)
        receive(store, some, how, lambda: known)

    take(files[:WARM_UP], dry_run=True)

    def work() -> int:
        take(files)
        store.close()
        return len(files)

    return work


METHODS: Mapping[str, Method] = {
    "calamine": calamine,
    "guard_read": guard_read,
    "check": check,
    "check_by_two": check_by_two,
    "start_of_two": start_of_two,
    "merge": merge,
    "loop": loop.loop,
    "build": many_templates.build_many,
    "issue": many_templates.issue_many,
    "openpyxl_styles": many_templates.a_style_for_each_cell,
}
