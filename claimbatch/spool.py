"""What a run has found and need not hold in memory: bytes put aside, in memory while they are few, then on disk.

The file has no name, or is removed by the system when the process ends, however it ends: nothing is left behind that
could hold names. It is readable by its owner alone, and lies where the system keeps temporary files (``TMPDIR``).
"""

import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TypeVar, overload

IN_MEMORY = 4 * 1024 * 1024  # bytes that are kept without a file

Item_co = TypeVar("Item_co", covariant=True)
Span = tuple[int, int]  # where something starts, and how many bytes it has
NOTHING: Span = (0, 0)


class Spool:
    """Bytes put aside, each piece to be had again by its span. What was put there is never changed."""

    def __init__(self, in_memory: int = IN_MEMORY) -> None:
        self._file = tempfile.SpooledTemporaryFile(in_memory)  # noqa: SIM115 - lives as long as the spool
        self._end = 0

    def put(self, data: bytes) -> Span:
        """Put *data* aside."""
        if not data:
            return NOTHING
        start, length = self._end, len(data)
        self._file.seek(start)
        self._file.write(data)
        self._end += length
        return start, length

    def get(self, span: Span) -> bytes:
        """What was put aside as *span*."""
        start, length = span
        self._file.seek(start)
        return self._file.read(length)

    def __del__(self) -> None:
        self._file.close()


class Stream(Sequence[Item_co]):
    """Values that are read again each time somebody goes through them: a sequence of which little is held at a time.

    To go through it is what it is for. Its length is known once somebody has; single items are found by going there.
    """

    def __init__(self, read: Callable[[], Iterator[Item_co]] = lambda: iter(())) -> None:
        self._read = read
        self._length: int | None = None

    def __iter__(self) -> Iterator[Item_co]:
        number = 0
        for item in self._read():
            yield item
            number += 1
        self._length = number

    def __bool__(self) -> bool:
        return any(True for _ in self)

    def __len__(self) -> int:
        if self._length is None:
            deque(self, maxlen=0)
        return self._length or 0

    @overload
    def __getitem__(self, index: int) -> Item_co: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Item_co]: ...
    def __getitem__(self, index: int | slice) -> Item_co | Sequence[Item_co]:
        """One item, or some, by going through those before."""
        if isinstance(index, slice) or index < 0:
            return tuple(self)[index]
        for item in islice(self, index, None):
            return item
        raise IndexError(index)

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, Sequence) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # compared by what is in it

    def __repr__(self) -> str:
        return repr(tuple(self))
