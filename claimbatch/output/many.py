"""Many documents as files, drawn by several programs at once, in memory that does not grow with their number.

Typst keeps something of every document that it drew. So the programs that draw are new for each batch, and no more
documents than one batch are waiting.
"""

import multiprocessing
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.files import write_atomic
from claimbatch.output.drawing import draw_document
from claimbatch.output.view.document import Document

FEW = 4  # files that are drawn sooner than a program is started
EACH = 16  # files that one program draws before it is replaced
MOST = 32  # programs at once, however many processors there are


@dataclass(frozen=True, slots=True)
class Order:
    """A document, the style in which it is to be drawn, and the file it goes to."""

    document: Document
    style: str
    path: Path


def draw_file(order: Order) -> Path:
    """Draw one document into its file, whole or not at all; returns the file."""
    return write_atomic(order.path, draw_document(order.document, order.style))


def _draw_for_another(order: Order) -> Path:
    """The same for the program that asked; where that was killed, nothing is written behind the back of the next."""
    content = draw_document(order.document, order.style)
    asked = multiprocessing.parent_process()
    if asked and not asked.is_alive():
        raise SystemExit
    return write_atomic(order.path, content)


def draw_files(orders: Iterable[Order], workers: int = 0) -> Iterator[Path]:
    """Draw all, in their order, by so many *workers* (0: one for each processor); each file as it is done."""
    number = min(workers or os.cpu_count() or 1, MOST)
    waiting = iter(orders)
    while batch := list(islice(waiting, number * EACH)):
        yield from map(draw_file, batch) if len(batch) <= FEW else _at_once(batch, number)


def _at_once(batch: list[Order], workers: int) -> Iterator[Path]:
    context = multiprocessing.get_context("spawn")  # which works on Windows and beside threads
    pool = ProcessPoolExecutor(min(workers, len(batch)), mp_context=context)
    try:
        yield from pool.map(_draw_for_another, batch)
    except BrokenProcessPool:
        raise ClaimbatchError(
            "A program that draws documents came to its end before its time.",
            "Perhaps the computer is short of memory: try again, or set workers = 1 in claimbatch.toml.",
            Exit.NOT_FINISHED,
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)
