"""Documents of a night: one that cannot be drawn or written does not keep the others from it."""

from collections.abc import Iterable, Iterator
from itertools import islice

from claimbatch.errors import ClaimbatchError
from claimbatch.output.many import Order, draw_file, draw_files

BATCH = 64


def drawn(orders: Iterable[Order], workers: int) -> Iterator[tuple[Order, ClaimbatchError | None]]:
    """Draw all *orders*; each with what went wrong with it, if anything did."""
    waiting = iter(orders)
    while batch := list(islice(waiting, BATCH)):
        done = 0
        try:
            for _ in draw_files(batch, workers):
                yield batch[done], None
                done += 1
        except ClaimbatchError:
            yield from ((order, _alone(order)) for order in batch[done:])


def _alone(order: Order) -> ClaimbatchError | None:
    try:
        draw_file(order)
    except ClaimbatchError as error:
        return error
    return None
