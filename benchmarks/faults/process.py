"""A command in a process of its own, what it cost and what it left behind; begun by a fork of one that is warm.

Libraries take a second to import, which is the same for every file; so they are imported once, and each command runs
in a fork of that process. What is measured is the command's own: a few of the dearest are run once more from nothing.
"""

import json
import os
import pkgutil
import resource
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

import claimbatch

SECONDS, MEBIBYTES = 5.0, 512.0
PATIENCE = 60.0  # seconds after which a command is ended that does not end
Setup = Callable[[], Callable[[], str] | None]  # what it gives back is asked for its report at the end


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a command: its exit code (negative: the signal that ended it), what it printed, and what it cost.

    *mebibytes* is the most that it held, and the largest of its workers beside it (of which the system says no less
    than what the process held that began it); *report* is what whoever set it up wanted to know at its end.
    """

    code: int
    out: str
    err: str
    seconds: float
    cpu: float
    mebibytes: float
    report: str = ""

    @property
    def is_within(self) -> bool:
        """Whether it kept to the time and the memory; what else the machine has to do does not count."""
        return self.cpu <= SECONDS and self.mebibytes <= MEBIBYTES


def warm() -> None:
    """Import all that commands import, before any of them is run."""
    for module in pkgutil.walk_packages(claimbatch.__path__, "claimbatch."):
        if ".migrations." not in module.name and not module.name.endswith("__main__"):
            import_module(module.name)


@dataclass(frozen=True, slots=True)
class Kill:
    """SIGKILL after so many *seconds*: to the process alone, or to its workers with it, as when the power goes."""

    seconds: float
    alone: bool = False


def forked(
    arguments: Sequence[object],
    setup: Setup | None = None,
    kill: Kill | None = None,
    within: float = PATIENCE,
) -> Done:
    """Run ``claimbatch ARGUMENTS`` in a fork of this process, after *setup* there."""
    with TemporaryDirectory(prefix="claimbatch-fault-") as name:
        folder = Path(name)
        start = time.monotonic()
        child = os.fork()
        if not child:
            _be(list(map(str, arguments)), folder, setup)
        status, usage = _wait(child, start, kill or Kill(within))
        seconds = time.monotonic() - start
        out, err, report = (
            (folder / stream).read_text("utf-8", "replace") if (folder / stream).exists() else ""
            for stream in ("out", "err", "report")
        )
        kilobytes = usage.ru_maxrss
        with suppress(OSError, ValueError):
            kilobytes = json.loads((folder / "memory").read_text())
        cpu = usage.ru_utime + usage.ru_stime
        return Done(os.waitstatus_to_exitcode(status), out, err, seconds, cpu, kilobytes / 1024, report)


def _wait(child: int, start: float, kill: Kill) -> tuple[int, resource.struct_rusage]:
    while time.monotonic() < start + kill.seconds:
        ended, status, usage = os.wait4(child, os.WNOHANG)
        if ended:
            return status, usage
        time.sleep(0.002)
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL) if kill.alone else os.killpg(child, signal.SIGKILL)
    _, status, usage = os.wait4(child, 0)
    return status, usage


def _be(arguments: list[str], folder: Path, setup: Setup | None) -> None:
    """Be the command: never comes back."""
    code, report = 70, None
    try:
        os.setpgid(0, 0)
        for stream, number in (("out", 1), ("err", 2)):
            os.dup2(os.open(folder / stream, os.O_WRONLY | os.O_CREAT, 0o600), number)
        sys.stdout, sys.stderr = open(1, "w", encoding="utf-8"), open(2, "w", encoding="utf-8")  # noqa: SIM115
        if setup:
            report = setup()
        code = _run(arguments)
    except BaseException:
        traceback.print_exc()
    finally:
        with suppress(BaseException):
            sys.stdout.flush()
            sys.stderr.flush()
            (folder / "memory").write_text(json.dumps(most_held()))
            if report:
                (folder / "report").write_text(report())
        os._exit(code)


def _run(arguments: list[str]) -> int:
    from claimbatch.cli.main import cli  # noqa: PLC0415
    from claimbatch.cli.session import run  # noqa: PLC0415

    return run(cli, arguments)


def most_held() -> int:
    """The most kilobytes that this process held since it began, and the largest of its workers.

    Asked of the process's own memory, not of its accounts (``ru_maxrss``): in those stands also what the process held
    from which it was forked, which here has made the workbooks.
    """
    told = Path("/proc/self/status").read_text("ascii", "replace")
    own = next(int(line.split()[1]) for line in told.splitlines() if line.startswith("VmHWM:"))
    return own + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


def fresh(arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> Done:
    """Run ``claimbatch ARGUMENTS`` from nothing."""
    command = [sys.executable, "-c", _ALONE, *map(str, arguments)]
    start = time.monotonic()
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, **(environment or {})},
        timeout=PATIENCE, encoding="utf-8", errors="replace",
    )  # fmt: skip
    seconds = time.monotonic() - start
    err, _, last = done.stderr.rpartition("\nMEMORY ")
    cpu, kilobytes = map(float, last.split())
    return Done(done.returncode, done.stdout, err, seconds, cpu, kilobytes / 1024)


_ALONE = """
import resource, sys
from claimbatch.__main__ import main
try:
    main()
finally:
    sys.stdout.flush()
    told = open("/proc/self/status").read()
    own, workers = int(told.partition("VmHWM:")[2].split()[0]), resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = sum(u.ru_utime + u.ru_stime for u in (resource.getrusage(resource.RUSAGE_SELF), workers))
    print("\\nMEMORY", cpu, own + workers.ru_maxrss, file=sys.stderr)
"""
