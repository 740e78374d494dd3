"""Takes returned workbooks into the open claims."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from claimbatch.claims.claim import unit_title
from claimbatch.claims.merge import Change, in_words
from claimbatch.intake.receiving import How, Received, receive
from claimbatch.intake.results import Tell, Watch, untold, unwatched
from claimbatch.intake.said import Overruled
from claimbatch.office.inbox import Given, Paths, given_by
from claimbatch.office.who import computer_user
from claimbatch.spool import Stream
from claimbatch.workspace import Workspace


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line of a *claim* that changed, and which *cell* of which workbook did it.

    *kind* is ``added``, ``changed`` or ``removed``; *old* and *new* are words, ``M by JH`` or ``not claimed``.
    """

    claim: str
    candidate: str
    unit: str
    kind: str
    old: str
    new: str
    workbook: str
    cell: str


@dataclass(frozen=True, slots=True)
class LineOverruled:
    """A line that a workbook says otherwise than the claim, whose words (*old*, of a *source*) it was to overrule.

    *taken* is whether it does: a cell that nobody has changed since an earlier copy does not.
    """

    claim: str
    candidate: str
    unit: str
    old: str
    source: str
    new: str
    taken: bool
    workbook: str
    cell: str


def line_overruled(one: Overruled) -> LineOverruled:
    """A statement that was to overrule the claim, in words."""
    said = one.statement
    return LineOverruled(
        said.claim_key,
        said.candidate,
        unit_title(said.unit),
        in_words(one.now),
        one.source,
        in_words(said.mark),
        one.taken,
        said.workbook,
        f"{said.sheet}!{said.cell}",
    )


def line_changes(received: Received) -> Sequence[LineChange]:
    """The lines that merging changed, or would change, claim by claim; read anew by whoever goes through them."""
    return Stream(lambda: (line_change(key, change) for key, change in received.taken.changes))


def line_change(key: str, change: Change) -> LineChange:
    """A change of the claim *key* in words."""
    said = change.statement
    return LineChange(
        key,
        said.candidate,
        unit_title(said.unit),
        change.kind,
        in_words(change.old),
        in_words(change.new),
        said.workbook,
        f"{said.sheet}!{said.cell}",
    )


def merge(
    workspace: Workspace,
    paths: Given | Paths,
    how: How | None = None,
    *,
    agree: Callable[[Sequence[Overruled]], None] = lambda _: None,
    workers: int | None = None,
    watch: Watch = unwatched,
    tell: Tell = untold,
) -> Received:
    """Check the workbooks at *paths*, and in the folders among them, and take what may be taken.

    *how* says by whom, and what may be taken; without it the computer's user takes what is clean.
    Before anything is taken, *agree* is told whose words are overruled; an exception of it leaves all as it was.
    *workers* processes read, or as many as the settings say; *watch* is told how far it is, *tell* where a cluster
    shows what it does, if one reads.
    """
    files = given_by(paths).files
    with workspace.store() as store:
        return receive(
            store,
            files,
            how or How(computer_user()),
            lambda: workspace.known(store),
            lambda: workspace.executor(workers, tell),
            agree=agree,
            watch=watch,
        )
