"""``claimbatch sample folders``: folders for the work that the moderator asked for, each with its recording sheet."""

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from claimbatch.cli.documents import folder_option
from claimbatch.cli.progress import progress
from claimbatch.cli.session import count, say, workspace_option
from claimbatch.files import shown

if TYPE_CHECKING:
    from claimbatch.office.work_folders import FoldersPlanned
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
    from claimbatch.office.work_folders import make_folders, plan_folders  # noqa: PLC0415

    planned = plan_folders(workspace, key, folder)
    for _ in progress(make_folders(workspace, planned), "Drawing recording sheets", len(planned.new)):
        pass
    _tell(planned)
    for left in planned.left:
        say(f"Left as it is: {shown(left)}, withdrawn since or no longer in the sample.")


def _tell(planned: "FoldersPlanned") -> None:
    root, new = planned.root, planned.new
    for candidate, theirs in groupby(new, key=lambda place: place.folder.parent.name):
        say(f"  {candidate}: {', '.join(place.folder.name for place in theirs)}")
    kept = len(planned.every) - len(new)
    if not new:
        say(f"Nothing to do: {_all(kept)} with its recording sheet in {shown(root)}, and stays as it is.")
        return
    say(f"Added {count(len(new), 'recording sheet')} in {shown(root)}, {_of_them(len(new), planned.held)}.")
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
