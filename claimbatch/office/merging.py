"""Takes returned workbooks into the open claims."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from claimbatch.intake.receiving import How, Received, receive
from claimbatch.intake.results import Watch, unwatched
from claimbatch.intake.said import Overruled
from claimbatch.office.inbox import Given, given_by
from claimbatch.workspace import Workspace


def merge(
    workspace: Workspace,
    paths: Given | Iterable[Path],
    how: How,
    *,
    agree: Callable[[Sequence[Overruled]], None] = lambda _: None,
    workers: int | None = None,
    watch: Watch = unwatched,
) -> Received:
    """Check the workbooks at *paths*, and in the folders among them, and take what may be taken, as *how* says.

    Before anything is taken, *agree* is told whose words are overruled; an exception of it leaves all as it was.
    *workers* processes read, or as many as the settings say; *watch* is told how far it is.
    """
    files = given_by(paths).files
    with workspace.store() as store:
        return receive(
            store,
            files,
            how,
            lambda: workspace.known(store),
            lambda: workspace.executor(workers),
            agree=agree,
            watch=watch,
        )
