"""The folders between which a night moves files, and how their files are called where people read of them."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.files.anywhere import Spot, below
from claimbatch.files.far import Far, is_far, near
from claimbatch.files.naming import portable, shown
from claimbatch.files.server import Servers
from claimbatch.workspace import CONFIG, Workspace

RUNS = "runs"
S = TypeVar("S", Path, Far, Path | Far)
_UNSEEN = {
    "Cc",
    "Cf",
    "Cs",
    "Co",
    "Cn",
    "Zl",
    "Zp",
}  # kinds of characters that nobody sees, or that turn a text round


@dataclass(frozen=True, slots=True)
class Places:
    """The folders of the night in the workspace's *folder*, as its settings have them; some may lie on *servers*."""

    folder: Path
    inbox: Spot
    done: Spot
    rejected: Spot
    quarantine: Spot
    claims: Spot
    runs: Path
    servers: Servers = field(default_factory=lambda: Servers({}), repr=False)

    @classmethod
    def of(cls, workspace: Workspace) -> "Places":
        """Those of *workspace*; refused where one leads into another, by a link or by another name."""
        folder, servers = workspace.folder.absolute(), Servers(workspace.config.files)
        named = {
            name: spot_of(folder, servers, path) for name, path in workspace.config.night.folders.items()
        }
        real = {name: path.resolve() for name, path in named.items() if isinstance(path, Path)}
        real["runs"] = (folder / RUNS).resolve()
        for inner, path in real.items():
            for outer, above in real.items():
                if inner != outer and path.is_relative_to(above):
                    raise ClaimbatchError(
                        f"{folder / CONFIG}: night: {inner} leads into {outer}: {path}.",
                        "Folders of the night lie beside each other, or what is put away would come in again.",
                        Exit.WRONG_SETUP,
                    )
        return cls(folder, **named, runs=folder / RUNS, servers=servers)

    @property
    def at_once(self) -> int:
        """How many files are moved at the same time: one after the other, unless all servers let more be."""
        spots = (self.inbox, self.done, self.rejected, self.quarantine)
        return min((spot.server.kind.at_once for spot in spots if isinstance(spot, Far)), default=1)

    def told(self, path: Spot) -> str:
        """*path* as it stands in an account: from the workspace's folder where it lies there, with slashes."""
        if isinstance(path, Far):
            return str(path)
        return shown(path.relative_to(self.folder) if path.is_relative_to(self.folder) else path)

    def found(self, told: str) -> Spot:
        """What was *told*, or stands in a plan: a path, or an address."""
        return spot_of(self.folder, self.servers, told)


def spot_of(folder: Path, servers: Servers, text: str) -> Spot:
    """What *text* names: something on a server, or a path from *folder*."""
    text = near(text)
    return servers.at(text) if is_far(text) else folder / text


def harmless(name: str) -> str:
    r"""A file's name without what nobody sees: control characters, marks that turn a text round, half characters.

    It is what people read in an account, and what the file is called where it is put away.

    >>> harmless("Jones\n\u202excod.xlsx"), harmless("Zoë – 12A.xlsx")
    ('Jones__xcod.xlsx', 'Zoë – 12A.xlsx')
    """
    return "".join("_" if unicodedata.category(letter) in _UNSEEN else letter for letter in name)


def names_of(paths: Iterable[S], folder: Spot, taken: set[str] | None = None) -> Iterator[tuple[S, str]]:
    """Each of *paths* with the name to call it by: its path from *folder*; numbered where two would read the same.

    Names that were given away before are *taken*, and added to.
    """
    taken = set() if taken is None else taken
    for path in paths:
        steps = found.parts if (found := below(path, folder)) else (path.name,)
        plain = "/".join(portable(step) if isinstance(path, Far) else step for step in map(harmless, steps))
        name, number = plain, 1
        while name in taken:
            number += 1
            name = f"{plain} ({number})"
        taken.add(name)
        yield path, name
