"""Folders for the work in the moderator's sample, each with its recording sheet: which are missing, then made."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from claimbatch.errors import ClaimbatchError
from claimbatch.files import shown
from claimbatch.office.documents import Sources, brief_of
from claimbatch.output.many import Order, draw_files
from claimbatch.output.work_folders import Place, main_folder, no_longer_asked, places, sheets_wanted
from claimbatch.workspace import Workspace


@dataclass(frozen=True, slots=True)
class FoldersPlanned:
    """The folders below *root*: *every* place for a piece of work, and those that are *new* and get a recording sheet.

    *held* is how many new ones lie in a folder that is there; *left* are folders for work that is asked for no more.
    """

    root: Path
    every: tuple[Place, ...]
    new: tuple[Place, ...]
    held: int
    left: tuple[Path, ...]
    orders: tuple[Order, ...]


def plan_folders(workspace: Workspace, key: str, folder: Path | None = None) -> FoldersPlanned:
    """Which folders the sample of the claim *key* needs, in *folder* or the outbox; nothing is made yet.

    Raises :class:`ClaimbatchError` where no sample is recorded, or a file stands where a folder is to be.
    """
    sources = Sources(workspace)
    brief = replace(brief_of(sources, key, award=False), wording=sources.wording)
    root = workspace.outbox(folder) / main_folder(brief.claim)
    every = places(brief, root)
    _refuse_files_in_the_way(every, root)
    new = [place for place in every if not _is_there(place.sheet)]
    held = sum(place.folder.exists() for place in new)
    left = tuple(no_longer_asked(brief.claim, every, root))
    return FoldersPlanned(root, tuple(every), tuple(new), held, left, tuple(sheets_wanted(brief, new)))


def make_folders(workspace: Workspace, planned: FoldersPlanned) -> Iterator[Path]:
    """Make the new folders, one by one; the recording sheets. What is there already stays as it is."""
    yield from draw_files(planned.orders, workspace.config.workers)


def _is_there(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _refuse_files_in_the_way(every: Sequence[Place], root: Path) -> None:
    """Before anything is made: a file, or a link that leads nowhere, stands where a folder is to be."""
    for folder in sorted({root, *(p.folder.parent for p in every), *(p.folder for p in every)}):
        if _is_there(folder) and not folder.is_dir():
            raise ClaimbatchError(
                f"{shown(folder)} is not a folder, so no work can be put into it. Nothing was made.",
                "Move it away, or name another folder with -o.",
            )
