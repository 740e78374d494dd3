"""Checks returned workbooks; changes nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from claimbatch.intake.check import check as check_all
from claimbatch.intake.engine import Overheard
from claimbatch.intake.guard import fingerprint
from claimbatch.intake.results import Checked, FileResult, Files, Tell, Watch, untold, unwatched
from claimbatch.office.inbox import Given, Paths, given_by
from claimbatch.problems import Problem
from claimbatch.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Looked:
    """What checking found in the workbooks *given*; of those *again* the very bytes were taken before."""

    given: Given
    checked: Checked
    again: tuple[str, ...] = ()

    @property
    def problems(self) -> Sequence[Problem]:
        """All that was found, in the order of the workbooks and of their places."""
        return self.checked.problems

    @property
    def files(self) -> Files:
        """The workbooks, each with the name to call it by."""
        return self.given.files


def check(
    workspace: Workspace,
    paths: Given | Paths,
    *,
    workers: int | None = None,
    watch: Watch = unwatched,
    heard: Callable[[FileResult], None] | None = None,
    tell: Tell = untold,
) -> Looked:
    """Check the workbooks at *paths*, and in the folders among them.

    *workers* processes read them, or as many as the settings say; *watch* is told how far it is. What is
    *heard* are the results, as they come: workbooks that contradict each other are told at the end. *tell* hears where
    a cluster shows what it does, if one reads.
    """
    given = given_by(paths)
    with workspace.store() as store:
        bytes_of = {name: fingerprint(path) for path, name in given.files}
        received = store.received(sha256 for sha256 in bytes_of.values() if sha256)
        reader = workspace.executor(workers, tell)
        checked = check_all(
            given.files,
            workspace.known(store),
            Overheard(reader, heard) if heard else reader,
            received=received,
            watch=watch,
        )
    return Looked(given, checked, tuple(name for name, sha256 in bytes_of.items() if sha256 in received))
