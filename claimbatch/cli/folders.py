"""``claimbatch sample folders``: folders for the work that the moderator asked for, each with its recording sheet."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from claimbatch.cli.documents import folder_option
from claimbatch.cli.progress import progress
from claimbatch.cli.session import count, say, workspace_option
from claimbatch.errors import ClaimbatchError
from claimbatch.files import shown

if TYPE_CHECKING:
    from claimbatch.output.work_folders import Place
    from claimbatch.workspace import Workspace


@click.command("folders")
@click.argument("key", metavar="CLAIM")
@folder_option
@workspace_option
def sample_folders(workspace: "Workspace", key: str, folder: Path | None) -> None:
    """Make folders for the work in the moderator's sample of CLAIM, each with its unit recording sheet.

    One for each candidate, and in it one for each unit: so OCR asks for work that is sent by e-mail. No rule for their
    names was found, so these are claimbatch's own: centre number, candidate number, unit, and no name of a person.

    What is there already stays as it is, a recording sheet that was filled in, too. When the moderator asks for more,
    record it and run this again: what is missing is added.
    """
    from dataclasses import replace  # noqa: PLC0415

    from claimbatch.office.documents import Sources, brief_of  # noqa: PLC0415
    from claimbatch.output.many import draw_files  # noqa: PLC0415
    from claimbatch.output.work_folders import main_folder, no_longer_asked, places, sheets_wanted  # noqa: PLC0415

    brief = replace(brief_of(Sources(workspace), key, award=False), wording=workspace.wording())
    root = workspace.outbox(folder) / main_folder(brief.claim)
    every = places(brief, root)
    _refuse_files_in_the_way(every, root)
    new = [place for place in every if not _is_there(place.sheet)]
    held = sum(place.folder.exists() for place in new)
    orders = sheets_wanted(brief, new)
    for _ in progress(draw_files(orders, workspace.config.workers), "Drawing recording sheets", len(new)):
        pass
    _tell(root, every, new, held)
    for left in no_longer_asked(brief.claim, every, root):
        say(f"Left as it is: {shown(left)}, withdrawn since or no longer in the sample.")


def _is_there(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _refuse_files_in_the_way(every: "Sequence[Place]", root: Path) -> None:
    """Before anything is made: a file, or a link that leads nowhere, stands where a folder is to be."""
    for folder in sorted({root, *(p.folder.parent for p in every), *(p.folder for p in every)}):
        if _is_there(folder) and not folder.is_dir():
            raise ClaimbatchError(
                f"{shown(folder)} is not a folder, so no work can be put into it. Nothing was made.",
                "Move it away, or name another folder with -o.",
            )


def _tell(root: Path, every: "Sequence[Place]", new: "Sequence[Place]", held: int) -> None:
    for candidate, theirs in groupby(new, key=lambda place: place.folder.parent.name):
        say(f"  {candidate}: {', '.join(place.folder.name for place in theirs)}")
    kept = len(every) - len(new)
    if not new:
        say(f"Nothing to do: {_all(kept)} with its recording sheet in {shown(root)}, and stays as it is.")
        return
    say(f"Added {count(len(new), 'recording sheet')} in {shown(root)}, {_of_them(len(new), held)}.")
    if kept:
        say(f"Kept as they were: {count(kept, 'folder')} with a recording sheet, and all that is in them.")
    say("Put each piece of work beside its recording sheet.")


def _all(number: int) -> str:
    return "the one folder is there" if number == 1 else f"each of {count(number, 'folder')} is there"


def _of_them(new: int, held: int) -> str:
    if not held:
        return "in a new folder" if new == 1 else "each in a new folder"
    if new == 1:
        return "in a folder that was there; nothing else in it was touched"
    return f"{held} of them in folders that were there; nothing else in those was touched"
