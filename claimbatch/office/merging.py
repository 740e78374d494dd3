"""Takes returned workbooks into the open claims."""

from collections.abc import Callable, Sequence

from claimbatch.intake.receiving import How, Received, receive
from claimbatch.intake.results import Watch, unwatched
from claimbatch.intake.said import Overruled
from claimbatch.office.inbox import Given, Paths, given_by
from claimbatch.office.who import computer_user
from claimbatch.workspace import Workspace


def merge(
    workspace: Workspace,
    paths: Given | Paths,
    how: How | None = None,
    *,
    agree: Callable[[Sequence[Overruled]], None] = lambda _: None,
    workers: int | None = None,
    watch: Watch = unwatched,
) -> Received:
    """Check the workbooks at *paths*, and in the folders among them, and take what may be taken.

    *how* says by whom, and what may be taken; without it the computer's user takes what is clean.
    Before anything is taken, *agree* is told whose words are overruled; an exception of it leaves all as it was.
    *workers* processes read, or as many as the settings say; *watch* is told how far it is.
    """
    files = given_by(paths).files
    with workspace.store() as store:
        return receive(
            store,
            files,
            how or How(computer_user()),
            lambda: workspace.known(store),
            lambda: workspace.executor(workers),
            agree=agree,
            watch=watch,
        )
