"""Tells of a night in the run's folder: to people, to build servers, to whoever watches the computers, and to auditors.

``manifest.json`` comes last: where it is, all the rest is, and the run is finished.
"""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from claimbatch.errors import ClaimbatchError
from claimbatch.files import make_folder, write_atomic
from claimbatch.night.account import Account
from claimbatch.night.csv_lists import write_changes, write_problems
from claimbatch.night.file_names import JUNIT, SUMMARY
from claimbatch.night.junit import to_junit
from claimbatch.night.manifest import write_manifest
from claimbatch.night.metrics import write_metrics
from claimbatch.night.summary import Told, summary
from claimbatch.output.html import to_html
from claimbatch.workspace import Workspace


def tell(workspace: Workspace, account: Account, folder: Path) -> None:
    """Write all that tells of the night in *account* to the *folder* of its run.

    Raises :class:`~claimbatch.errors.ClaimbatchError` where the disk does not take it; it may be told again then.
    """
    make_folder(folder)
    lists = write_changes(folder, account.changes), write_problems(folder, account.problems)
    write_atomic(folder / JUNIT, to_junit(account))
    write_atomic(folder / SUMMARY, to_html(summary(_told(workspace, account))))
    write_manifest(folder, account, lists)
    if not (account.dry_run or account.finished_by):  # the run that finished it has figures of its own
        write_metrics(workspace.folder / workspace.config.night.metrics, account)


def _told(workspace: Workspace, account: Account) -> Told:
    """The night with what its numbers are called; without, where the store cannot be opened: then just that is told."""
    catalogue = workspace.catalogue()
    codes = {course.entry_code for course in account.term} | {file.entry_code for file in account.files}
    known = {code: found for code in codes if (found := catalogue.find(code))}
    centres: Mapping[str, str] = {}
    with suppress(ClaimbatchError), workspace.store() as store:
        centres = store.centres()
    return Told(account, {code: one.short_title for code, one in known.items()}, centres)
