"""Nights for tests: a workspace whose folders are seen as a picture, before and after."""

from collections.abc import Iterable
from pathlib import Path

from claimbatch.workspace import CONFIG
from tests.centre import Centre

FAST = '\n[night]\nsettle = 0\nerror_list = ["html"]\nreport = []\n'
SHOWN = ("inbox", "done", "rejected", "quarantine", "outbox/claims")


def night_centre(folder: Path, settings: str = FAST, address: str = "") -> Centre:
    """A centre with quick nights; *address* is that of a store elsewhere."""
    centre = Centre.make(folder, address=address)
    with (folder / CONFIG).open("a", encoding="utf-8") as config:
        config.write(settings)
    return centre


def picture(centre: Centre, folders: Iterable[str] = SHOWN) -> str:
    """The files of the night's folders, one a line; templates that nobody has returned are not among them."""
    root = centre.workspace.folder
    found = [path for name in folders for path in sorted((root / name).rglob("*")) if not path.is_dir()]
    return "".join(f"{path.relative_to(root).as_posix()}\n" for path in found)
