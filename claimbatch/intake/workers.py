"""Worker processes that live on: what one of them dies of costs one file, never the run.

A worker says which file it opens before it opens it. Where it dies there, says nothing for too long, or runs out of
memory, it is replaced; the file is tried once more, alone, and then given up (CB004). The others of its chunk are
worked on without it. A worker that somebody else has ended says little about the file, which is tried more often then.
"""

import multiprocessing
import signal
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import inf
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.intake.check import FileResult, Files, Load, Part
from claimbatch.intake.guard import beyond_limits
from claimbatch.intake.serve import OUT_OF_MEMORY, Setup, load_fault, load_part, serve

TRIES = 2  # of a file at which workers die of themselves
PATIENCE = 8  # of a file at which workers were ended from outside
PATIENT = (
    180  # seconds of silence that a worker may take to start, or to judge what it has read, on a busy machine
)
STARTS = 3  # workers in a row that never come to work
_FROM_OUTSIDE = {-getattr(signal, name, 0) for name in ("SIGKILL", "SIGTERM", "SIGHUP", "SIGINT")} - {0}


@dataclass(frozen=True)
class Limits:
    """What one file may cost: *seconds* until it is read, and *memory* in MiB beyond what the worker takes anyway.

    The memory is limited where the system can (Linux); elsewhere only the time is, beside the guard's own limits.
    *setup* is called in each worker before it works.
    """

    seconds: float = 30
    memory: int = 1024
    setup: Setup | None = None


USUAL = Limits()


@dataclass
class _Task:
    """Some files of a chunk, the first of which is number *start* of the run; how often they ended a worker."""

    start: int
    files: Files
    deaths: int = 0
    ended: int = 0


@dataclass
class _Worker:
    """A process, its end of the pipe, what it works on, the file it has opened, and when it last said anything."""

    process: SpawnProcess
    pipe: Connection
    task: _Task | None = None
    at: int | None = None
    heard: float = field(default_factory=time.monotonic)
    ready: bool = False


def work(chunks: Sequence[Files], load: Load, workers: int, limits: Limits) -> list[Part]:
    """What was found in the *chunks*, in their order, whoever worked on them and however often."""
    tasks, start = [], 0
    for files in chunks:
        tasks.append(_Task(start, files))
        start += len(files)
    crew = _Crew(deque(tasks), load, limits)
    try:
        crew.run(min(workers, len(tasks)))
    finally:
        crew.end()
    return [part for _, part in sorted(crew.done.items(), key=lambda found: found[0])]


@dataclass
class _Crew:
    """The workers of one run, what is still to do, and what is done, by the number of its first file."""

    tasks: deque[_Task]
    load: Load
    limits: Limits
    workers: list[_Worker] = field(default_factory=list)
    done: dict[int, Part] = field(default_factory=dict)
    failed_starts: int = 0

    def run(self, count: int) -> None:
        """Work until nothing is left to do, with as many workers as there is work for."""
        while self.tasks or any(worker.task for worker in self.workers):
            busy = sum(worker.task is not None for worker in self.workers)
            while len(self.workers) < min(count, busy + len(self.tasks)):
                self._start()
            left = self._until_next_limit()
            wait([worker.pipe for worker in self.workers], None if left == inf else left)
            for worker in list(self.workers):
                self._attend(worker)

    def end(self) -> None:
        """End all workers at once."""
        for worker in self.workers:
            worker.process.kill()
        for worker in self.workers:
            worker.process.join()
            worker.pipe.close()
        self.workers.clear()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        arguments = theirs, self.load, self.limits.memory, self.limits.setup
        process = context.Process(target=serve, args=arguments, daemon=True, name="claimbatch worker")
        with _no_ctrl_c():
            process.start()
            theirs.close()
            self.workers.append(_Worker(process, ours))

    def _until_next_limit(self) -> float:
        """Seconds until a worker has said nothing for too long."""
        return max(0.0, min(map(self._left, self.workers)))

    def _left(self, worker: _Worker) -> float:
        """Seconds that *worker* may go on saying nothing; one without work may for ever."""
        if worker.ready and not worker.task:
            return inf
        reading = worker.task and worker.at is not None and worker.at < len(worker.task.files)
        allowed = self.limits.seconds if reading else max(PATIENT, self.limits.seconds)
        return worker.heard + allowed - time.monotonic()

    def _attend(self, worker: _Worker) -> None:
        """Hear what *worker* has to say, give it work, or replace it."""
        try:
            while worker.pipe.poll():
                self._hear(worker, worker.pipe.recv_bytes())
            if worker.ready and not worker.task and self.tasks:
                self._give(worker, self.tasks.popleft())
        except (EOFError, OSError):
            self._lost(worker, "")
            return
        if self._left(worker) <= 0:
            self._lost(worker, f"it took longer than {self.limits.seconds:g} seconds")

    def _give(self, worker: _Worker, task: _Task) -> None:
        worker.task, worker.at, worker.heard = task, None, time.monotonic()
        worker.pipe.send(task.files)

    def _hear(self, worker: _Worker, message: bytes) -> None:
        """A worker says that it is ready, which file it opens, what it found, or what fault of ours it met."""
        worker.heard = time.monotonic()
        kind, body = message[:1], message[1:]
        if kind == b"r":
            worker.ready, self.failed_starts = True, 0
        elif kind == b"a":
            worker.at = int(body)
        elif kind == b"p" and worker.task:
            self.done[worker.task.start] = load_part(body)
            worker.task = worker.at = None
        elif kind == b"x":
            raise load_fault(body)

    def _lost(self, worker: _Worker, late: str) -> None:
        """Take leave of a worker that died, or is *late*, and see to what it worked on."""
        self.workers.remove(worker)
        if late:
            worker.process.kill()
        worker.process.join()
        worker.pipe.close()
        if worker.task:
            self._again(worker.task, worker.at, late, worker.process.exitcode or 0)
            return
        self.failed_starts += not worker.ready and (worker.process.exitcode or 0) not in _FROM_OUTSIDE
        if self.failed_starts >= STARTS:
            raise ClaimbatchError(
                "The processes that read workbooks cannot be started.",
                'Let this one read them: say executor = "serial" in claimbatch.toml.',
                Exit.NOT_FINISHED,
            )

    def _again(self, task: _Task, at: int | None, late: str, exitcode: int) -> None:
        """Take up *task*, which ended a worker at file *at*: that file alone, and the others without it."""
        from_outside = not late and exitcode in _FROM_OUTSIDE
        count = len(task.files)
        if count > 1:
            at_file = at is not None and at < count
            cuts = [0, at, at + 1, count] if at is not None and at_file else [0, count // 2, count]
            for first, last in pairwise(cuts):
                if first < last:
                    deaths = int(at_file and first == at and not from_outside)
                    self.tasks.append(_Task(task.start + first, task.files[first:last], deaths))
            return
        again = replace(task, deaths=task.deaths + (not from_outside), ended=task.ended + from_outside)
        if again.deaths >= TRIES or again.ended >= PATIENCE:
            self.done[task.start] = _given_up(task.files[0][1], late or self._reason(exitcode))
        else:
            self.tasks.append(again)

    def _reason(self, exitcode: int) -> str:
        if exitcode == OUT_OF_MEMORY:
            return f"it takes more than {self.limits.memory} MiB of memory"
        return "the program that reads it broke down"


@contextmanager
def _no_ctrl_c() -> Iterator[None]:
    """Start a process whole, and so that Ctrl-C does not reach it, where the system can do that; then let it in."""
    if not hasattr(signal, "pthread_sigmask") or threading.current_thread() is not threading.main_thread():
        yield
        return
    resource_tracker.ensure_running()  # it would let Ctrl-C in again
    pressed: list[int] = []
    handler = signal.signal(
        signal.SIGINT, lambda number, _: pressed.append(number)
    )  # other threads may get it
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # what a child inherits
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGINT, handler)
    if pressed and callable(handler):
        handler(signal.SIGINT, None)


def _given_up(name: str, why: str) -> Part:
    return Part([FileResult(name)], [beyond_limits(name, why)], [], [], [], {})
