"""What a worker process does: it checks the chunks it is sent, says at which file it is, and sends what it found.

Its memory is limited where the system can do that; Ctrl-C is for the process that started it, which ends its workers.
"""

import io
import os
import pickle
import signal
import traceback
from collections.abc import Callable
from contextlib import suppress
from copyreg import dispatch_table
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from claimbatch.claims.merge import Statement
from claimbatch.errors import ClaimbatchError
from claimbatch.intake.check import Load, Part, check_chunk
from claimbatch.intake.rules import RULES, lines
from claimbatch.intake.said import Said
from claimbatch.intake.stance import Stance
from claimbatch.problems import Rule

Setup = Callable[[], None]
MIB = 1024 * 1024
OUT_OF_MEMORY = 86  # the exit code of a worker that met its limit, and could say so
_RULES = (*RULES, lines.not_a_name)


def serve(pipe: Connection, load: Load, memory: int, setup: Setup | None) -> None:
    """Work on what comes through *pipe* until it is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if setup:
        setup()
    limit_memory(memory)
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        pipe.send_bytes(b"r")
        while True:
            files = pipe.recv()
            try:
                part = check_chunk(files, load, lambda at: pipe.send_bytes(b"a%d" % at))
                message = b"p" + dump_part(part)
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


def dump_part(part: Part) -> bytes:
    """A part as bytes: its many statements as plain tuples, its rules by their number."""
    said = [(tuple(one.statement), one.now, tuple(one.stance), *one[3:]) for one in part.said]
    buffer = io.BytesIO()
    pickler = pickle.Pickler(buffer, pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = {**dispatch_table, Rule: _by_number}
    pickler.dump((part.files, part.problems, said, part.people, part.answers, part.filled))
    return buffer.getvalue()


def load_part(content: bytes) -> Part:
    """The part that :func:`dump_part` made bytes of, in a process of ours."""
    files, problems, said, *rest = pickle.loads(content)  # noqa: S301 - through a pipe from our own worker
    made = [Said(Statement._make(s), now, Stance._make(stance), *more) for s, now, stance, *more in said]
    return Part(files, problems, made, *rest)


def load_fault(content: bytes) -> Exception:
    """The exception that a worker sent."""
    fault: Exception = pickle.loads(content)  # noqa: S301 - through a pipe from our own worker
    return fault


def _by_number(rule: Rule) -> tuple[Any, ...]:
    return rule_number, (next(number for number, known in enumerate(_RULES) if known is rule),)


def rule_number(number: int) -> Rule:
    """The rule that has this number in all processes of one version."""
    return _RULES[number]
