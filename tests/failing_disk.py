"""A disk that fails at one call: every way in which claimbatch writes goes through these, and any may go wrong.

As SQLite's own tests do it: let the first call fail, then the second, until one run comes to its end; after each, look.
"""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from claimbatch.files import disk

FULL, BROKEN, FORBIDDEN, ELSEWHERE = errno.ENOSPC, errno.EIO, errno.EACCES, errno.EXDEV


class Disk:
    """The calls made since it began, by name; the one with the number *fails* (from 1) fails with *error*.

    What is asked of the disk after that succeeds, but with *stays* everything fails on. *dies* is called in its stead.
    """

    def __init__(
        self,
        fails: int = 0,
        error: int = FULL,
        *,
        stays: bool = False,
        dies: Callable[[], None] | None = None,
    ) -> None:
        self.fails, self.error, self.stays, self.dies = fails, error, stays, dies
        self.calls: list[str] = []

    @property
    def failed(self) -> bool:
        """Whether it came to the call that fails."""
        return 0 < self.fails <= len(self.calls)

    def instead_of(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            self.calls.append(name)
            number = len(self.calls)
            if number == self.fails and self.dies:
                self.dies()
            if number == self.fails or (self.stays and self.failed):
                raise self._failure(name, real, args)
            return real(*args, **options)

        return call

    def _failure(self, name: str, real: Callable[..., Any], args: tuple[Any, ...]) -> OSError:
        if name == "write" and len(args[1]) > 1:  # a disk that fills up has taken a part
            real(args[0], args[1][: len(args[1]) // 2])
        if name == "close":  # it says so, and the file is closed all the same
            real(*args)
        return OSError(self.error, os.strerror(self.error))


@contextmanager
def failing(fails: int = 0, error: int = FULL, **how: Any) -> Iterator[Disk]:
    """While the block runs, the disk is one that fails at the call number *fails*."""
    made = Disk(fails, error, **how)
    with pytest.MonkeyPatch.context() as patch:
        for name in disk.CALLS:
            patch.setattr(disk, name, made.instead_of(name, getattr(disk, name)))
        yield made


def each_call(act: Callable[[Disk], None], error: int = FULL, *, stays: bool = False) -> int:
    """Call *act* with a disk that fails at its first call, then its second … until none fails; how many there were."""
    number = 0
    while True:
        number += 1
        with failing(number, error, stays=stays) as made:
            act(made)
        if not made.failed:
            return number - 1
