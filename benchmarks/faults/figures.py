"""What was promised and what came of it, as a table that is read from top to bottom."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: what was tried, the figure that was promised, the one that came out, and whether it holds.

    *wrong* are the cases that did not, in words.
    """

    what: str
    promised: str
    found: str
    holds: bool
    wrong: tuple[str, ...] = ()


def show(figures: Sequence[Figure], console: Console, most: int = 20) -> None:
    """Print the table, and what went wrong below it."""
    table = Table(box=box.SIMPLE_HEAD)
    for heading in ("Tried", "Promised", "Found", ""):
        table.add_column(heading)
    for figure in figures:
        table.add_row(figure.what, figure.promised, figure.found, "" if figure.holds else "MISSED")
    console.print(table)
    for figure in figures:
        for text in figure.wrong[:most]:
            console.print(f"{figure.what}: {text}", markup=False, highlight=False)
        if len(figure.wrong) > most:
            console.print(f"{figure.what}: and {len(figure.wrong) - most} more")
