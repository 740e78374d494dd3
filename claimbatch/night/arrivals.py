"""What a night is to take: what lies in the inbox, or only the files that somebody names."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from claimbatch.errors import ClaimbatchError
from claimbatch.files.anywhere import below, look_of
from claimbatch.files.far import Far, is_far
from claimbatch.night.looking import Arrived, Look, look, look_at, scan
from claimbatch.night.places import Places, harmless, names_of
from claimbatch.office.inbox import that_are_there, workbooks
from claimbatch.workspace import Workspace


def arrivals(workspace: Workspace, places: Places, once: Sequence[str | Path]) -> Look:
    """The inbox, when it stands still; or *once* these files and folders as they are, wherever they lie."""
    if not once:
        return look(places.inbox, workspace.config.night.settle)
    taken: set[str] = set()
    far = [_far(places, places.servers.at(str(one)), taken) for one in once if is_far(str(one))]
    near = [Path(one) for one in once if not is_far(str(one))]
    looks = [*far, *([_near(places, near, taken)] if near else [])]
    return Look(
        tuple(one for some in looks for one in some.arrived),
        tuple(one for some in looks for one in some.left),
    )


def see_that_they_are_there(places: Places, once: Sequence[str | Path]) -> None:
    """Raise :class:`ClaimbatchError` where one of the paths is no file and no folder, or an address is none."""
    that_are_there(one for one in once if not is_far(str(one)))
    for one in once:
        if is_far(str(one)):
            places.servers.at(str(one))


def _far(places: Places, spot: Far, taken: set[str]) -> Look:
    """A file or folder of a server as it is now."""
    is_one = look_of(spot) is not None
    seen = scan(spot.parent if is_one else spot)
    if is_one:
        seen = {path: how for path, how in seen.items() if path == spot}
    if not seen:
        raise ClaimbatchError(f"There is no file or folder {spot}.", "Check its address.")
    is_ours = below(spot, places.inbox) is not None
    above = places.inbox if is_ours else spot.parent if is_one else spot
    named = dict(names_of(seen, above, taken))
    arrived = (
        Arrived(path, named[path], how, not is_ours) for path, (why, how) in seen.items() if how and not why
    )
    return Look(tuple(arrived), tuple((named[path], why) for path, (why, _) in seen.items() if why))


def _near(places: Places, once: Sequence[Path], taken: set[str]) -> Look:
    given = workbooks(once)
    arrived = []
    left = [(harmless(name), "It is no workbook.") for name in given.passed_over]
    left += [
        (harmless(name), "It was put aside, as a corrected copy of it was taken.")
        for name in given.superseded
    ]
    for path, name in _named(places, once, [path.absolute() for path, _ in given.files], taken):
        why, how = look_at(path, {beside.name for beside in path.parent.iterdir()})
        if why or how is None:
            left.append((name, why))
        else:
            arrived.append(Arrived(path, name, how, stays=below(path, places.inbox) is None))
    return Look(tuple(arrived), tuple(left))


def _named(
    places: Places, once: Sequence[Path], files: Sequence[Path], taken: set[str]
) -> Iterator[tuple[Path, str]]:
    """Each of *files* with its path from the inbox, or from the folder that was named; a named file by its own name."""
    inbox = [places.inbox] if isinstance(places.inbox, Path) else []
    folders = [*inbox, *(path.absolute() for path in once if path.is_dir())]
    for path in files:
        above = next((folder for folder in folders if path.is_relative_to(folder)), path.parent)
        for _, name in names_of([path], above, taken):
            yield path, name
