"""A journal: a file that only grows, by whole lines, each of which the disk has before the next thing is done.

A log is one for which that would be too slow: its last lines may be lost where the computer dies, but not where only
the run does.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from claimbatch.files import disk
from claimbatch.files.writing import FILE_MODE, sync_folder, told, write_all

_GROWING = os.O_CREAT | os.O_RDWR | os.O_APPEND | getattr(os, "O_BINARY", 0)


def append_line(path: Path, line: str) -> None:
    """Add *line* to the end of a journal, and see that the disk has it; the file is made where it is missing.

    A line that could not be written whole is taken back; so is one in the middle of which an earlier run was killed.
    """
    with told(path):
        new = not path.exists()
        handle = disk.open_file(path, _GROWING, FILE_MODE)
        try:
            _append(handle, line.encode("utf-8") + b"\n")
        finally:
            disk.close(handle)
        if new:
            sync_folder(path.parent)


@contextmanager
def appending(path: Path) -> Iterator[Callable[[str], None]]:
    """What adds a line to the end of the log *path*; a line that it cannot add raises :class:`OSError`."""
    with told(path):
        handle = disk.open_file(path, _GROWING, FILE_MODE)
    try:
        with suppress(OSError):
            disk.truncate(handle, _end_of_lines(handle))
        yield lambda line: write_all(handle, line.encode("utf-8", "replace") + b"\n")
    finally:
        disk.close(handle)


def whole_lines(path: Path) -> list[str]:
    """The lines of a journal that were written whole; none where there is no file. Raises :class:`OSError`."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return []
    return data[: data.rfind(b"\n") + 1].decode("utf-8", "replace").split("\n")[:-1]


def _append(handle: int, data: bytes) -> None:
    end = _end_of_lines(handle)
    try:
        disk.truncate(handle, end)
        write_all(handle, data)
        disk.sync(handle)
    except BaseException:
        with suppress(OSError):
            disk.truncate(handle, end)
        raise


def _end_of_lines(handle: int) -> int:
    """How many bytes the file has up to the end of its last whole line."""
    end, tail = os.lseek(handle, 0, os.SEEK_END), b""
    while end and b"\n" not in tail:
        end = max(end - 4096, 0)
        os.lseek(handle, end, os.SEEK_SET)
        tail = disk.read(handle, 4096)
    return end + tail.rfind(b"\n") + 1
