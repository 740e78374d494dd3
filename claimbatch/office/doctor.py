"""What is odd about one workbook, for whoever has to find out why it does not come in."""

from pathlib import Path

from claimbatch.files import shown
from claimbatch.intake.doctor import Remark, examine
from claimbatch.intake.guard import admit_file
from claimbatch.intake.known import load
from claimbatch.office.asked_for import a_file
from claimbatch.problems import Problem
from claimbatch.workspace import Workspace


def diagnose(workspace: Workspace, path: Path) -> list[Remark] | Problem:
    """All there is to say about the workbook at *path*; why it may not be opened at all, where it may not."""
    package = admit_file(a_file(path), shown(path))
    if isinstance(package, Problem):
        return package
    with workspace.store() as store:
        key, catalogue = workspace.key(), workspace.catalogue()
        return examine(package, lambda ids: load(store, key, catalogue, ids))
