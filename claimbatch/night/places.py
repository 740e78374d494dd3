"""The folders between which a night moves files, and how their files are called where people read of them."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.files import shown
from claimbatch.workspace import CONFIG, Workspace

RUNS = "runs"
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
    """The folders of the night in the workspace's *folder*, as its settings have them."""

    folder: Path
    inbox: Path
    done: Path
    rejected: Path
    quarantine: Path
    claims: Path
    runs: Path

    @classmethod
    def of(cls, workspace: Workspace) -> "Places":
        """Those of *workspace*; refused where one leads into another, by a link or by another name."""
        folder = workspace.folder.absolute()
        named = {name: folder / path for name, path in workspace.config.night.folders.items()}
        real = {name: path.resolve() for name, path in named.items()}
        real["runs"] = (folder / RUNS).resolve()
        for inner, path in real.items():
            for outer, above in real.items():
                if inner != outer and path.is_relative_to(above):
                    raise ClaimbatchError(
                        f"{folder / CONFIG}: night: {inner} leads into {outer}: {path}.",
                        "Folders of the night lie beside each other, or what is put away would come in again.",
                        Exit.WRONG_SETUP,
                    )
        return cls(folder, **named, runs=folder / RUNS)

    def told(self, path: Path) -> str:
        """*path* as it stands in an account: from the workspace's folder where it lies there, with slashes."""
        return shown(path.relative_to(self.folder) if path.is_relative_to(self.folder) else path)

    def found(self, told: str) -> Path:
        """The path that was *told*."""
        return self.folder / told


def harmless(name: str) -> str:
    r"""A file's name without what nobody sees: control characters, marks that turn a text round, half characters.

    It is what people read in an account, and what the file is called where it is put away.

    >>> harmless("Jones\n\u202excod.xlsx"), harmless("Zoë – 12A.xlsx")
    ('Jones__xcod.xlsx', 'Zoë – 12A.xlsx')
    """
    return "".join("_" if unicodedata.category(letter) in _UNSEEN else letter for letter in name)


def names_of(
    paths: Iterable[Path], folder: Path, taken: set[str] | None = None
) -> Iterator[tuple[Path, str]]:
    """Each of *paths* with the name to call it by: its path from *folder*; numbered where two would read the same.

    Names that were given away before are *taken*, and added to.
    """
    taken = set() if taken is None else taken
    for path in paths:
        plain = "/".join(map(harmless, path.relative_to(folder).parts))
        name, number = plain, 1
        while name in taken:
            number += 1
            name = f"{plain} ({number})"
        taken.add(name)
        yield path, name
