"""Tells of a night in the run's folder: to people, to build servers, to whoever watches the computers, and to auditors.

``manifest.json`` comes last: where it is, all the rest is, and the run is finished.
"""

from pathlib import Path

from claimbatch.files import make_folder, write_atomic
from claimbatch.night.account import Account
from claimbatch.night.junit import to_junit
from claimbatch.night.lists import write_changes, write_problems
from claimbatch.night.manifest import write_manifest
from claimbatch.night.metrics import METRICS, write_metrics
from claimbatch.workspace import Workspace

JUNIT = "junit.xml"


def tell(workspace: Workspace, account: Account, folder: Path) -> None:
    """Write all that tells of the night in *account* to the *folder* of its run.

    Raises :class:`~claimbatch.errors.ClaimbatchError` where the disk does not take it; it may be told again then.
    """
    make_folder(folder)
    lists = write_changes(folder, account.changes), write_problems(folder, account.problems)
    write_atomic(folder / JUNIT, to_junit(account))
    write_manifest(folder, account, lists)
    if not account.dry_run:
        write_metrics(workspace.folder / "runs" / METRICS, account)
