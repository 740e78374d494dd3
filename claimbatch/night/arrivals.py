"""What a night is to take: what lies in the inbox, or only the files that somebody names."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from claimbatch.files.anywhere import below
from claimbatch.night.looking import Arrived, Look, look, look_at
from claimbatch.night.places import Places, harmless, names_of
from claimbatch.office.inbox import workbooks
from claimbatch.workspace import Workspace


def arrivals(workspace: Workspace, places: Places, once: Sequence[Path]) -> Look:
    """The inbox, when it stands still; or *once* these files and folders as they are, wherever they lie."""
    if not once:
        return look(places.inbox, workspace.config.night.settle)
    given = workbooks(once)
    arrived = []
    left = [(harmless(name), "It is no workbook.") for name in given.passed_over]
    left += [
        (harmless(name), "It was put aside, as a corrected copy of it was taken.")
        for name in given.superseded
    ]
    for path, name in _named(places, once, [path.absolute() for path, _ in given.files]):
        why, how = look_at(path, {beside.name for beside in path.parent.iterdir()})
        if why or how is None:
            left.append((name, why))
        else:
            arrived.append(Arrived(path, name, how, stays=below(path, places.inbox) is None))
    return Look(tuple(arrived), tuple(left))


def _named(places: Places, once: Sequence[Path], files: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """Each of *files* with its path from the inbox, or from the folder that was named; a named file by its own name."""
    inbox = [places.inbox] if isinstance(places.inbox, Path) else []
    folders = [*inbox, *(path.absolute() for path in once if path.is_dir())]
    taken: set[str] = set()
    for path in files:
        above = next((folder for folder in folders if path.is_relative_to(folder)), path.parent)
        for _, name in names_of([path], above, taken):
            yield path, name
