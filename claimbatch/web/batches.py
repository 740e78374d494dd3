"""Workbooks that somebody dropped on the page: checked in the background, then merged, and that taken back."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from claimbatch.errors import ClaimbatchError
from claimbatch.files import sha256
from claimbatch.intake.receiving import How, Received
from claimbatch.intake.results import FileResult, Outcome
from claimbatch.office.checking import Looked, check
from claimbatch.office.error_lists import ErrorLists
from claimbatch.office.inbox import NOT_LOOKED_AT, WORKBOOKS, Given
from claimbatch.office.marking import mark_all
from claimbatch.office.merging import LineChange, LineOverruled, line_changes, line_overruled, merge
from claimbatch.office.register import kind_of_register
from claimbatch.office.unmerging import Moved, moved, revisions, unmerge
from claimbatch.web.forms import Upload
from claimbatch.web.page import Visit
from claimbatch.web.shelf import Shelf, new_key
from claimbatch.web.staging import Staging
from claimbatch.web.work import Work
from claimbatch.workspace import Workspace

_AT_WORK = threading.Semaphore(1)  # one batch is checked at a time, so that memory stays bounded
_MERGING = threading.Lock()  # from the look at what would change to the change


@dataclass(frozen=True)
class Preview:
    """What merging would change, whose words that overrules, and a *seal*: what is agreed to is what was shown."""

    received: Received
    changes: tuple[LineChange, ...]
    overruled: tuple[LineOverruled, ...]
    seal: str


@dataclass
class Batch:
    """One drop of workbooks. *results* come in while it is checked, which is *work*; after that it is *looked* at."""

    workspace: Workspace
    key: str = field(default_factory=new_key)
    staging: Staging = field(default_factory=Staging)
    given: Given = field(default_factory=lambda: Given(()))
    results: list[FileResult] = field(default_factory=list)
    looked: Looked | None = None
    registers: dict[str, str] = field(default_factory=dict)  # what is a register instead, and of which kind
    work: Work = field(default_factory=lambda: Work("Checking"))
    merged: dict[str, Moved] = field(default_factory=dict)
    taken: tuple[int, int, int] | None = None  # lines added, changed and removed by the merge
    _marked: dict[str, Path] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def of(cls, workspace: Workspace, uploads: Sequence[Upload]) -> "Batch":
        """Keep what was dropped; what Office leaves beside workbooks, and files of other kinds, are passed over."""
        batch = cls(workspace)
        seen = [one for one in uploads if not one.name.startswith(NOT_LOOKED_AT)]
        lone = len(seen) == 1
        wanted = [one for one in seen if lone or one.name.casefold().endswith(WORKBOOKS)]
        files = tuple(batch.staging.keep(one) for one in wanted)
        batch.given = Given(files, tuple(one.name for one in seen if one not in wanted))
        return batch

    @property
    def checked(self) -> Looked:
        """What was found; only once it is done."""
        if self.looked is None:
            raise self.work.error or ClaimbatchError(
                "The workbooks are still being checked.", "Wait until all are done."
            )
        return self.looked

    def start(self) -> None:
        """Check in the background."""
        self.work.start(self._check)

    def _check(self) -> None:
        with _AT_WORK:
            looked = check(self.workspace, self.given, heard=self.results.append)
        turned_away = {one.workbook for one in looked.checked.files if one.outcome is Outcome.REJECTED}
        for path, name in self.given.files:
            if name in turned_away and (kind := kind_of_register(self.workspace, path)):
                self.registers[name] = kind
        self.looked = looked

    def path(self, workbook: str) -> Path:
        """Where a workbook lies."""
        return next(path for path, name in self.given.files if name == workbook)

    def marked(self) -> dict[str, Path]:
        """The marked copies of all that have problems, by workbook; made once."""
        with self._lock:
            if self._marked is None:
                looked = self.checked
                folder = self.staging.folder / "marked"
                made = mark_all(folder, looked.files, looked.checked)
                self._marked = {one.workbook: one.path for one in made if one.path}
            return self._marked

    def lists(self) -> ErrorLists:
        """The lists of problems of each workbook."""
        return ErrorLists(self.workspace, self.checked.files, self.checked.checked)

    def preview(self, how: How) -> Preview:
        """What merging would change; nothing is."""
        received = merge(self.workspace, self._mergeable(), replace(how, dry_run=True))
        changes = tuple(line_changes(received))
        overruled = tuple(map(line_overruled, received.checked.overruled))
        return Preview(received, changes, overruled, sha256(repr((changes, overruled)).encode()))

    def merge(self, how: How, seal: str) -> Preview | None:
        """Merge what the preview with that *seal* showed; another preview where that is not what would happen now."""
        with _MERGING:
            now = self.preview(how)
            if now.seal != seal:
                return now
            with self.workspace.store() as store:
                before = revisions(store)
            received = merge(self.workspace, self._mergeable(), how)
            with self.workspace.store() as store:
                self.merged = moved(before, {key: revisions(store)[key] for key in received.taken.counts})
            kinds = ("added", "changed", "removed")
            added, changed, removed = (received.taken.count(kind) for kind in kinds)
            self.taken = added, changed, removed
        return None

    def unmerge(self, who: str) -> int:
        """Take the merge back; how many lines that changed."""
        with _MERGING:
            lines = unmerge(self.workspace, self.merged, who)
            self.merged, self.taken = {}, None
        return lines

    def _mergeable(self) -> Given:
        """The workbooks that were not turned away."""
        bad = {r.workbook for r in self.checked.checked.files if r.outcome is Outcome.REJECTED}
        return Given(tuple(file for file in self.given.files if file[1] not in bad))


DROPS = Shelf[Batch](
    "batches",
    5,
    "These workbooks are not here any more.",
    "Drop them again: Check workbooks.",
    lambda batch: batch.staging.clear(),
)


def batch_of(visit: Visit) -> Batch:
    """The drop that the address of *visit* names."""
    return DROPS.find(visit.session, visit["batch"])
