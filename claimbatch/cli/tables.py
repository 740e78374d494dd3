"""Tables at a terminal, fitted to its width: cells are wrapped at words, and columns too many go below each other."""

from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

GAP = 2  # between two columns
WIDEST_WORD = 24  # what is longer may be broken


def print_fitted(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table as wide as the terminal; where not even single words fit beside each other, in several parts.

    Each part begins with the first column, so that its rows can be told.
    """
    console = Console(highlight=False)
    cells = list(zip(headings, *rows, strict=True))
    least = [min(max(map(_longest_word, column)), WIDEST_WORD) for column in cells]
    whole = [max(map(len, column)) for column in cells]
    for part in _parts(least, console.width):
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, GAP - 1, 0, 0))
        for number, width in _widths(part, least, whole, console.width).items():
            table.add_column(Text(headings[number], style="bold"), width=width, overflow="fold")
        for row in rows:
            table.add_row(*(Text(row[number]) for number in part))
        console.print(table)


def _parts(least: Sequence[int], room: int) -> Iterator[list[int]]:
    """The columns, by number, whose longest words have room beside each other."""
    part = [0]
    for number in range(1, len(least)):
        if len(part) > 1 and _sum(least[n] for n in (*part, number)) > room:
            yield part
            part = [0]
        part.append(number)
    yield part


def _widths(part: Sequence[int], least: Sequence[int], whole: Sequence[int], room: int) -> dict[int, int]:
    """How wide each column of a part is: first those that want little more than their longest word."""
    spare = max(room - _sum(least[n] for n in part), 0)
    widths = {number: least[number] for number in part}
    for number in sorted(part, key=lambda n: whole[n] - least[n]):
        more = min(whole[number] - least[number], spare)
        widths[number] += more
        spare -= more
    return widths


def _sum(widths: Iterator[int]) -> int:
    listed = list(widths)
    return sum(listed) + GAP * (len(listed) - 1)


def _longest_word(text: str) -> int:
    return max(map(len, text.split()), default=0)
