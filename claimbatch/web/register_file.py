"""A register file that somebody dropped on the page, and how it is to be read: kept until it is stored or left."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from claimbatch.claims.register.headings import ASSESSORS, ENTRIES
from claimbatch.claims.store import Store
from claimbatch.office.by_name import Affected
from claimbatch.office.changes import CHANGED, GONE, NEW
from claimbatch.office.register import AS_IT_COMES, Extent, FileRead, Manner, Planned, read_file, what_changes
from claimbatch.web.forms import Upload
from claimbatch.web.page import Visit
from claimbatch.web.shelf import Shelf, new_key
from claimbatch.web.staging import Staging
from claimbatch.workspace import Workspace

KINDS = (ENTRIES, ASSESSORS)
SHOWN = 300  # problems, or changes, that are shown


@dataclass
class RegisterFile:
    """A file of *kind* ``entries`` or ``assessors`` at *path*; *manner* and *extent* are what was chosen for it."""

    kind: str
    path: Path
    staging: Staging
    key: str = field(default_factory=new_key)
    manner: Manner = AS_IT_COMES
    extent: Extent = Extent.WHOLE

    @classmethod
    def keep(cls, visit: Visit, kind: str, dropped: Upload) -> "RegisterFile":
        """Keep what was dropped, in a private folder that is gone with the session."""
        staging = Staging()
        path, _ = staging.keep(dropped)
        return FILES.keep(visit.session, cls(kind, path, staging))

    @classmethod
    def of(cls, visit: Visit) -> "RegisterFile":
        """The one that the address names, of whoever asks."""
        return FILES.find(visit.session, visit["file"])

    def leave(self, visit: Visit) -> None:
        """Remove it: it was stored, or nobody wants it."""
        FILES.leave(visit.session, self.key)

    def read(self, workspace: Workspace, store: Store) -> FileRead:
        """What it says, as it is to be read."""
        return read_file(workspace, store, self.kind, self.path, self.manner)

    def plan(self, workspace: Workspace, store: Store) -> Planned:
        """What storing it would change."""
        return what_changes(store, self.read(workspace, store), self.extent)

    def choose(self, read: FileRead, chosen: Iterable[tuple[str, str]], manner: Manner) -> None:
        """Read it with the fields *chosen* for its headings, where they are others than it was *read* with."""
        fields = dict(read.remembered) | dict(read.said)
        was = dict(read.read_as)
        for heading, name in chosen:
            if heading in was and name in read.fields and name != was[heading]:
                fields[heading] = name
        pairs = tuple(f"{heading}={name}" for heading, name in fields.items())
        self.manner = replace(manner, columns=pairs)


FILES = Shelf[RegisterFile](
    "register files",
    3,
    "This file is not here any more.",
    "Drop it again: claimbatch entries import FILE",
    lambda file: file.staging.clear(),
)


def parts_of(affected: Sequence[Affected]) -> list[tuple[str, Sequence[Affected], int]]:
    """By kind of change: its heading, who is shown (all where a person must agree), and how many are not."""
    parts: list[tuple[str, Sequence[Affected], int]] = []
    for kind, words in ((GONE, "Removed"), (CHANGED, "Changed"), (NEW, "New")):
        some = [one for one in affected if one.change == kind]
        most = max(SHOWN, sum(one.asks for one in some))
        if some:
            parts.append((words, some[:most], max(0, len(some) - most)))
    return parts
