"""The workbooks that a moderator fills in, ``sample`` and ``moderation``: on their way out, and back."""

from pathlib import Path

from claimbatch.claims.for_moderators import issue_for_moderator
from claimbatch.claims.life import look
from claimbatch.claims.store import Issued, Store
from claimbatch.files import shown, write_atomic
from claimbatch.form.qualification import Catalogue
from claimbatch.intake.moderators import Desk, Returned, hear
from claimbatch.office.opened import OpenClaim
from claimbatch.office.templates import Made, placed


def make_workbook(opened: OpenClaim, form: str, folder: Path | None = None, *, protect: bool = True) -> Made:
    """Make the workbook of *form*, ``sample`` or ``moderation``, in *folder* or the outbox.

    It is written over none that was filled in, but beside it.
    """
    workspace, store = opened.workspace, opened.store
    name, content = issue_for_moderator(store, workspace.key(), opened.standing, form, protect=protect)
    made = placed(store, workspace.outbox(folder) / name)
    write_atomic(made.path, content)
    return made


def hear_workbook(
    store: Store, catalogue: Catalogue, seal: bytes, file: Path, *, form: str, key: str = ""
) -> Returned:
    """Read a workbook of *form* that a moderator has filled in, and check it; nothing is recorded.

    *seal* is the workspace's key; *key* the claim that it must be of, any where it is blank.
    """

    def issued(template_id: str) -> dict[str, Issued]:
        return store.templates([template_id])

    desk = Desk(issued, lambda claim: look(store, catalogue, claim), seal)
    return hear(file, shown(file), desk, form, key)
