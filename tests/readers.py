"""Readers that fail, for tests of the workers: each is called in a worker before it works, and spoils its reading.

Which file fails, and how, stands in its name: ``hang-07.xlsx``, ``abort-…``, ``bloat-…``, ``exit-…``, ``panic-…``.
"""

import os
import random
import signal
import threading
import time
from pathlib import Path
from typing import Any

from claimbatch.intake import chunk, guard
from claimbatch.intake.guard import Package


def failing() -> None:
    """Let the reader do to each file what its name says."""
    read = guard.read_sheets

    def read_or_fail(package: Package) -> Any:
        kind = Path(package.name).name.partition("-")[0]
        if kind == "hang":
            time.sleep(600)
        elif kind == "abort":
            os.abort()
        elif kind == "exit":
            os._exit(3)
        elif kind == "bloat":
            return bytearray(16 << 30)
        return read(package)

    vars(chunk)["read_sheets"] = read_or_fail


def faulty() -> None:
    """Let a rule raise, as a fault of ours would."""

    def raise_it(*_: object) -> None:
        raise ZeroDivisionError

    chunk.judged = raise_it  # type: ignore[assignment]


def unguarded() -> None:
    """Give files whose name begins with ``raw`` to the reader as they came, past the guard."""
    admit = guard.admit_file

    def admit_raw(path: Path, name: str) -> Any:
        if not path.name.startswith("raw"):
            return admit(path, name)
        harmless = guard.admit_file(path.with_name("harmless.xlsx"))
        assert isinstance(harmless, Package)
        data = path.read_bytes()
        return Package(
            name, data, "", harmless.sheets, "", {}, "", date1904=False, strict=False, flags=(), readable=data
        )

    vars(chunk)["admit_file"] = admit_raw


def killed(lives: Path, most: int, longest: float) -> None:
    """Let the worker be killed at a random moment of its first *longest* seconds, if no more than *most* were.

    *lives* is a file that holds a line for each.
    """
    with lives.open("a", encoding="ascii") as file:
        file.write(f"{os.getpid()}\n")
    if len(lives.read_text("ascii").splitlines()) <= most:
        timer = threading.Timer(random.uniform(0, longest), os.kill, (os.getpid(), signal.SIGKILL))
        timer.daemon = True
        timer.start()


def ending_its_computer() -> None:
    """Let the process that has started this one be killed by each file called ``deadly-…``, as by a lack of memory."""
    read = guard.read_sheets

    def read_or_end(package: Package) -> Any:
        if package.name.startswith("deadly"):
            os.kill(os.getppid(), signal.SIGKILL)
            time.sleep(600)
        return read(package)

    vars(chunk)["read_sheets"] = read_or_end
