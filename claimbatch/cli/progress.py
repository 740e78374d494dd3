"""How far a long command is, for whoever waits at the terminal."""

import sys
import time
from collections.abc import Iterable, Iterator, Sized
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from claimbatch.cli.session import is_quiet

if TYPE_CHECKING:
    from rich.progress import Progress

    from claimbatch.intake.results import Advance

Item = TypeVar("Item")
AFTER = 1.0  # seconds for which nothing is shown: what is done by then needs no line


def progress(items: Iterable[Item], what: str, total: int | None = None) -> Iterator[Item]:
    """The *items* one by one, with a line that says how far it is.

    *total* is how many there are, where that is not known from *items*.
    """
    from claimbatch.intake.results import each  # noqa: PLC0415

    return each(items, watch, what, len(items) if isinstance(items, Sized) else total or 0)


@contextmanager
def watch(what: str, total: int) -> "Iterator[Advance]":
    """A line on stderr: how many of *total* are done, how many of them with errors, and how long it still takes.

    Only where stderr is a terminal, and not with ``--quiet`` or for a program. It is gone in the end.
    """
    if is_quiet() or not at_terminal():
        yield lambda _done, _faulty: None
        return
    line = _Line(what, total)
    try:
        yield line.advance
    finally:
        line.close()


def at_terminal() -> bool:
    """Whether somebody sees what goes to stderr."""
    return sys.stderr.isatty()


class _Line:
    """The line; it appears when there has been time to wait for it."""

    def __init__(self, what: str, total: int) -> None:
        self._what, self._total = what, total
        self._done = self._faulty = 0
        self._since = time.monotonic()
        self._shown: Progress | None = None

    def advance(self, done: int, faulty: int) -> None:
        """So many more are done, *faulty* of them with errors."""
        self._done += done
        self._faulty += faulty
        if self._shown is None and time.monotonic() - self._since >= AFTER:
            self._shown = _bar()
            self._shown.add_task(self._what, total=self._total, faults="")
            self._shown.start()
        if self._shown:
            faults = f", {self._faulty:,} with errors" if self._faulty else ""
            self._shown.update(self._shown.task_ids[0], completed=self._done, faults=faults)

    def close(self) -> None:
        """Take it away."""
        if self._shown:
            self._shown.stop()


def _bar() -> "Progress":
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=16),
        TextColumn("{task.completed:,} of {task.total:,}{task.fields[faults]}"),
        TimeRemainingColumn(compact=True),
        TextColumn("left"),
        console=Console(stderr=True),
        transient=True,
    )
