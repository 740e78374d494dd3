"""A current template in the place of an old one that is filled in already."""

from datetime import date
from pathlib import Path

from claimbatch.files import free_path, write_atomic
from claimbatch.intake.refresh import Refreshed
from claimbatch.intake.refresh import refresh as refreshed
from claimbatch.office.asked_for import a_file
from claimbatch.workspace import Workspace


def refresh(
    workspace: Workspace, old: Path, folder: Path | None = None, due: date | None = None
) -> tuple[Path, Refreshed]:
    """Move what was filled in on the workbook *old* into a current template, in *folder* or the outbox.

    It is to come back by *due*, or by the day that stands on the old one, which stays as it is. Returns the new file,
    and with it what had no place there. Raises :class:`ClaimbatchError` where *old* is no template of this workspace.
    """
    a_file(old)
    with workspace.store() as store:
        new = refreshed(store, workspace.catalogue(), workspace.key(), old, due)
    path = free_path(workspace.outbox(folder) / new.name, "_refreshed")  # the old one may stand there
    return write_atomic(path, new.content), new
