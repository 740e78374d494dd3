"""How many workbooks are merged in a minute by 1, 2, 4 and 8 writers at once: ``python -m benchmarks.writers``.

Each writer is a process of its own, as a computer of its own would be; all merge into one claim of one PostgreSQL
store, the worst case. A server is started for it. It and the writers share this computer's processors: where these are
busy, more writers bring nothing more. What the writers' lock costs says the last column.
"""

import multiprocessing
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from claimbatch.claims.store import Store
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.intake.receiving import How, receive
from claimbatch.workspace import Workspace
from tests.centre import IT, PEOPLE, Centre, put
from tests.servers import database, programs, server

WRITERS = (1, 2, 4, 8)
COLUMNS = [chr(number) for number in range(ord("E"), ord("Z") + 1)]  # of the sheet Grades


@click.command()
@click.option(
    "--count", type=click.IntRange(8, 20), default=16, show_default=True, help="Workbooks a measurement."
)
def main(count: int) -> None:
    """Measure, and print a line for each number of writers."""
    folder = programs()
    if folder is None:
        raise click.ClickException("PostgreSQL is not installed: its program initdb is not found.")
    with server(folder) as address, database(address) as store, tempfile.TemporaryDirectory() as place:
        centre = Centre.make(Path(place) / "centre", (IT,), address=store)
        books = _workbooks(centre, count * len(WRITERS))
        click.echo(f"{os.cpu_count()} processors")
        click.echo(
            f"{'writers':>7}  {'merges a minute':>15}  {'s a merge':>9}  {'s of it writing, with waiting':>29}"
        )
        for number, writers in enumerate(WRITERS):
            some = books[number * count : (number + 1) * count]
            wall, spent = measure(centre.workspace.folder, some, writers)
            merge, writing = (sum(values) / count for values in zip(*spent, strict=True))
            click.echo(f"{writers:>7}  {60 * count / wall:>15.0f}  {merge:>9.3f}  {writing:>29.3f}")


def _workbooks(centre: Centre, count: int) -> list[Path]:
    """So many workbooks, each with a grade that no other has."""
    blank = centre.issue(IT)
    cells = [(column, row) for column in COLUMNS for row in range(5, 5 + len(PEOPLE))]
    return [
        put(blank, {f"Grades!{column}{row}": "P", f"Assessed by!{column}{row}": "JH"}, f"{column}{row}.xlsx")
        for column, row in cells[:count]
    ]


def measure(folder: Path, books: Sequence[Path], writers: int) -> tuple[float, list[tuple[float, float]]]:
    """Seconds on the wall for all *books*, and for each its merge, and what of that was the transaction."""
    context = multiprocessing.get_context("spawn")
    begin, told = context.Barrier(writers + 1), context.Queue()
    tasks = [
        context.Process(target=_write, args=(folder, books[number::writers], begin, told))
        for number in range(writers)
    ]
    for task in tasks:
        task.start()
    begin.wait()
    since = time.perf_counter()
    spent = [told.get() for _ in books]
    wall = time.perf_counter() - since
    for task in tasks:
        task.join()
    return wall, spent


def _write(folder: Path, books: Sequence[Path], begin: Any, told: Any) -> None:
    workspace = Workspace(folder)
    with workspace.store() as store:
        first = [(books[0], books[0].name)]  # for show: with it all is imported that the others need
        receive(store, first, How("warm", dry_run=True), lambda: workspace.known(store))
        begin.wait()
        for book in books:
            told.put(_merged(workspace, store, book))


def _merged(workspace: Workspace, store: Store, book: Path) -> tuple[float, float]:
    """Merge one workbook, again where another writer was quicker; the seconds in all, and in the transaction."""
    since, writing = time.perf_counter(), Timed(store)
    while True:
        try:
            receive(writing, [(book, book.name)], How(str(os.getpid())), lambda: workspace.known(store))  # type: ignore[arg-type]
        except ClaimbatchError as error:
            if error.exit_code is not Exit.LOCKED:
                raise
        else:
            return time.perf_counter() - since, writing.seconds


class Timed:
    """A store whose transactions are timed, waiting for the writers' lock included."""

    def __init__(self, store: Store) -> None:
        self._store, self.seconds = store, 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def write(self, *args: Any, **more: Any) -> Any:
        """Like the store's own."""
        since = time.perf_counter()
        try:
            return self._store.write(*args, **more)
        finally:
            self.seconds += time.perf_counter() - since


if __name__ == "__main__":
    main()
