"""What a worker process does: it checks the chunks it is sent, shows at which file it is, and sends what it found.

Its memory is limited where the system can do that; Ctrl-C is for the process that started it, which ends its workers.
"""

import ctypes
import os
import pickle
import signal
import traceback
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

from claimbatch.errors import ClaimbatchError
from claimbatch.intake.check import Load, parcels_of
from claimbatch.intake.judge import prepare

Setup = Callable[[], None]
MIB = 1024 * 1024
OUT_OF_MEMORY = 86  # the exit code of a worker that met its limit, and could say so


def serve(pipe: Connection, at: ctypes.c_long, load: Load, memory: int, setup: Setup | None) -> None:
    """Work on what comes through *pipe* until it is closed; *at* shows which file of it is open."""

    def show(number: int) -> None:
        at.value = number

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if setup:
        setup()
    prepare()  # before the memory is limited, so that what a file may take is all its own
    limit_memory(memory)
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        pipe.send_bytes(b"r")
        while True:
            files, admit = pipe.recv()
            try:
                parcels = parcels_of(files, load, show, admit)
                message = b"p" + pickle.dumps(parcels, pickle.HIGHEST_PROTOCOL)
            except MemoryError:
                os._exit(OUT_OF_MEMORY)
            except ClaimbatchError as error:
                message = b"x" + pickle.dumps(error)
            except Exception as fault:
                told = "".join(traceback.format_exception(fault))
                message = b"x" + pickle.dumps(
                    RuntimeError(f"a worker met a fault of claimbatch's own:\n{told}")
                )
            pipe.send_bytes(message)


def limit_memory(mebibytes: int) -> bool:
    """Let this process take no more than that beyond what it has; False where the system cannot be told (Windows)."""
    try:
        import resource  # noqa: PLC0415 - only where there is one

        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    except (ImportError, OSError):
        return False
    most = pages * resource.getpagesize() + mebibytes * MIB
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return True


def load_fault(content: bytes | memoryview) -> Exception:
    """The exception that a worker sent."""
    fault: Exception = pickle.loads(content)  # noqa: S301 - through a pipe from our own worker
    return fault
