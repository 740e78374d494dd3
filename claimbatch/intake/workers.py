"""Worker processes that live on: what one of them dies of costs one file, never the run.

A worker shows which file it opens before it opens it. Where it dies there, gets no further for too long, or runs out
of memory, it is replaced; the file is tried once more, alone, and then given up (CB004). The others of its chunk are
worked on without it. A worker that somebody else has ended says little about the file, which is tried more often then.
"""

import ctypes
import multiprocessing
import pickle
import signal
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import inf
from multiprocessing import resource_tracker, sharedctypes
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.intake.check import Load
from claimbatch.intake.chunk import Admit
from claimbatch.intake.guard import beyond_limits
from claimbatch.intake.parcel import Parcel, Says, Told, parcel
from claimbatch.intake.results import FileResult, Files
from claimbatch.intake.serve import OUT_OF_MEMORY, Setup, load_fault, serve

TRIES = 2  # of a file at which workers die of themselves
PATIENCE = 8  # of a file at which workers were ended from outside
PATIENT = (
    180  # seconds of silence that a worker may take to start, or to judge what it has read, on a busy machine
)
STARTS = 3  # workers in a row that never come to work
LOOKS = 1.0  # seconds after which it is looked how far each is
NOWHERE = -1  # the number of no file
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
    """Some files of a chunk, and who guards the door to them if not the usual guard; how often they ended a worker."""

    files: Files
    admit: Admit | None = None
    deaths: int = 0
    ended: int = 0


@dataclass
class _Worker:
    """A process, its end of the pipe, the file that it shows, what it works on, and when it last got any further."""

    process: SpawnProcess
    pipe: Connection
    shown: ctypes.c_long
    task: _Task | None = None
    at: int = NOWHERE
    moved: float = field(default_factory=time.monotonic)
    ready: bool = False

    def look(self) -> None:
        """See how far it is."""
        if self.at != self.shown.value:
            self.at, self.moved = self.shown.value, time.monotonic()

    def give(self, task: _Task) -> None:
        """Let it work on *task*."""
        self.task, self.at, self.moved = task, NOWHERE, time.monotonic()
        self.shown.value = NOWHERE
        self.pipe.send((task.files, task.admit))


def work(chunks: Sequence[Files], load: Load, workers: int, limits: Limits) -> Iterator[list[Parcel]]:
    """What was found in the *chunks*, as it comes, whoever worked on them and however often."""
    crew = Crew(load, limits)
    try:
        yield from crew.work(chunks, workers)
    finally:
        crew.end()


@dataclass(eq=False)
class Crew:
    """Workers that live on until they are ended, what is still to do, and what is found and not yet handed on."""

    load: Load
    limits: Limits
    tasks: deque[_Task] = field(default_factory=deque)
    workers: list[_Worker] = field(default_factory=list)
    found: deque[list[Parcel]] = field(default_factory=deque)
    failed_starts: int = 0

    def work(
        self, chunks: Sequence[Files], workers: int, admit: Admit | None = None
    ) -> Iterator[list[Parcel]]:
        """What was found in the *chunks*, by so many *workers* or as many as there is work for; see :class:`_Task`."""
        self.tasks.extend(_Task(files, admit) for files in chunks)
        count = min(workers, len(chunks))
        for worker in list(self.workers):  # those of before wait for work, and say nothing
            self._attend(worker)
        while self.tasks or any(worker.task for worker in self.workers):
            busy = sum(worker.task is not None for worker in self.workers)
            while len(self.workers) < min(count, busy + len(self.tasks)):
                self._start()
            wait([worker.pipe for worker in self.workers], self._until_next_look())
            for worker in list(self.workers):
                self._attend(worker)
            while self.found:
                yield self.found.popleft()

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
        shown = sharedctypes.RawValue(ctypes.c_long, NOWHERE)
        arguments = theirs, shown, self.load, self.limits.memory, self.limits.setup
        process = context.Process(target=serve, args=arguments, daemon=True, name="claimbatch worker")
        with _no_ctrl_c():
            process.start()
            theirs.close()
            self.workers.append(_Worker(process, ours, shown))

    def _until_next_look(self) -> float:
        """Seconds until a worker may have got no further for too long; now and then at least."""
        return max(0.0, min(LOOKS, *map(self._left, self.workers)))

    def _left(self, worker: _Worker) -> float:
        """Seconds that *worker* may go on without getting any further; one without work may for ever."""
        if worker.ready and not worker.task:
            return inf
        worker.look()
        reading = worker.task and NOWHERE < worker.at < len(worker.task.files)
        allowed = self.limits.seconds if reading else max(PATIENT, self.limits.seconds)
        return worker.moved + allowed - time.monotonic()

    def _attend(self, worker: _Worker) -> None:
        """Hear what *worker* has to say, give it work, or replace it."""
        try:
            while worker.pipe.poll():
                self._hear(worker, worker.pipe.recv_bytes())
            if worker.ready and not worker.task and self.tasks:
                worker.give(self.tasks.popleft())
        except (EOFError, OSError):
            self._lost(worker, "")
            return
        if self._left(worker) <= 0:
            self._lost(worker, f"it took longer than {self.limits.seconds:g} seconds")

    def _hear(self, worker: _Worker, message: bytes) -> None:
        """A worker says that it is ready, what it found, or what fault of ours it met."""
        worker.moved = time.monotonic()
        kind, body = message[:1], memoryview(message)[1:]
        if kind == b"r":
            worker.ready, self.failed_starts = True, 0
        elif kind == b"p" and worker.task:
            self.found.append(pickle.loads(body))  # noqa: S301 - from our own worker
            worker.task = None
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
            worker.look()
            self._again(worker.task, worker.at, late, worker.process.exitcode or 0)
            return
        self.failed_starts += not worker.ready and (worker.process.exitcode or 0) not in _FROM_OUTSIDE
        if self.failed_starts >= STARTS:
            raise ClaimbatchError(
                "The processes that read workbooks cannot be started.",
                'Let this one read them: say executor = "serial" in claimbatch.toml.',
                Exit.NOT_FINISHED,
            )

    def _again(self, task: _Task, at: int, late: str, exitcode: int) -> None:
        """Take up *task*, which ended a worker at file *at*: that file alone, and the others without it."""
        from_outside = not late and exitcode in _FROM_OUTSIDE
        count = len(task.files)
        if count > 1:
            at_file = NOWHERE < at < count
            cuts = [0, at, at + 1, count] if at_file else [0, count // 2, count]
            for first, last in pairwise(cuts):
                if first < last:
                    deaths = int(at_file and first == at and not from_outside)
                    self.tasks.append(_Task(task.files[first:last], task.admit, deaths))
            return
        again = replace(task, deaths=task.deaths + (not from_outside), ended=task.ended + from_outside)
        if again.deaths >= TRIES or again.ended >= PATIENCE:
            self.found.append([given_up(task.files[0][1], late or self._reason(exitcode))])
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


def given_up(name: str, why: str) -> Parcel:
    """What is said of a file that could not be read, and *why*."""
    return parcel(FileResult(name), Told([beyond_limits(name, why)]), Says())
