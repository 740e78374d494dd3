"""Workbooks read on a Dask cluster: by other computers, or by several programs of this one.

The run stays here. Small batches go out, as many as keep the cluster busy and no more, and what was found in them comes
back. A batch whose worker is lost goes to another by Dask's own doing. Where workers are lost again and again over a
batch, its files go one by one; one that still takes workers with it is given up (CB004), as with worker processes.
"""

import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.intake.check import Load, parcels_of
from claimbatch.intake.connected import another_program, connected, dashboard, explained
from claimbatch.intake.engine import FromStore, processors
from claimbatch.intake.guard import LARGEST_FILE, fetch
from claimbatch.intake.parcel import Parcel
from claimbatch.intake.remote import Answer, Batch, Contents, machine, made_of, read
from claimbatch.intake.results import Files, Tell, untold
from claimbatch.intake.workers import TRIES, USUAL, Limits, given_up

if TYPE_CHECKING:
    from distributed import Client, Future

FILES = 256  # of a batch: one pass over a table for so many, as in worker processes
BYTES = 8 * 1024 * 1024  # of a batch, unless its last file has more
SHARES = 4  # batches for each worker, at least, so that they end together
AHEAD = 2  # batches for each worker that are under way: one is read, the next is there already
LOOKS = 2.0  # seconds after which it is looked whether anybody is at work
NOBODY = 120.0  # seconds that a run waits for a worker where there is none


@dataclass
class Dask:
    """On the cluster whose scheduler is at *address*; without one, where Dask's own settings say, or else here.

    No more than so many *workers* (threads, as Dask counts them) are busy at a time; 0: all that there are. *tell*
    hears, once, where the cluster's dashboard is.
    """

    address: str = ""
    workers: int = 0
    limits: Limits = USUAL
    files: int = FILES
    tell: Tell = field(default=untold, repr=False, compare=False)
    run: str = field(default_factory=lambda: uuid4().hex, repr=False, compare=False)
    told: set[str] = field(default_factory=set, repr=False, compare=False)

    def parcels(self, files: Files, load: Load) -> Iterator[list[Parcel]]:
        """What was found in the *files*."""
        if not files:
            return
        with connected(self.address, self.workers or processors()) as client:
            if link := dashboard(client):
                self.say(f"The cluster's dashboard: {link}")
            yield from _Run(self, client, load).parcels(files)

    def say(self, text: str) -> None:
        """Tell it, unless it was told before."""
        if text not in self.told:
            self.told.add(text)
            self.tell(text)


class _Sent(NamedTuple):
    """Files that are under way together, and how often workers were lost again and again over them."""

    files: Files
    deaths: int = 0


class _Run:
    """What is under way, what came back, and what has to be sent again."""

    def __init__(self, by: Dask, client: "Client", load: Load) -> None:
        self.by, self.client, self.load = by, client, load
        self.under_way: dict[Future[Answer], _Sent] = {}
        self.came: SimpleQueue[Future[Answer]] = SimpleQueue()
        self.again: deque[_Sent] = deque()
        self.at = machine() if isinstance(load, FromStore) and load.is_of_this_computer else ""
        self.workers, self.since = self._at_work(), time.monotonic()

    def parcels(self, files: Files) -> Iterator[list[Parcel]]:
        """What was found in the *files*, as it comes; no more of them are held than are under way."""
        new = self._cut(files)
        while True:
            while len(self.under_way) < self._room() and (some := self._next(new)):
                yield from self._send(some)
            if not self.under_way:
                return
            for future in self._arrived():
                yield from self._opened(future)

    def _cut(self, files: Files) -> Iterator[_Sent]:
        busy = self.by.workers or self.workers or processors()
        most = max(1, min(self.by.files, -(-len(files) // (SHARES * busy))))
        some, size = [], 0
        for path, name in files:
            some.append((path, name))
            size += path.stat().st_size if path.is_file() else 0
            if len(some) >= most or size >= BYTES:
                yield _Sent(some)
                some, size = [], 0
        if some:
            yield _Sent(some)

    def _next(self, new: Iterator[_Sent]) -> _Sent | None:
        return self.again.popleft() if self.again else next(new, None)

    def _room(self) -> int:
        """How many batches may be under way."""
        return self.by.workers or AHEAD * max(self.workers, 1)

    def _send(self, some: _Sent) -> Iterator[list[Parcel]]:
        """Send some files; those that cannot be read, or are larger than any claim, are judged here."""
        contents, aside = {}, []
        for path, name in some.files:
            data = fetch(path, name)
            if isinstance(data, bytes) and len(data) <= LARGEST_FILE:
                contents[name] = data
            else:
                aside.append((path, name))
        if contents:
            batch = Batch(self.by.run, Contents(contents), self.load, made_of(), self.at, self.by.limits)
            future = self.client.submit(read, batch, key=f"claimbatch-{uuid4().hex}", pure=False)
            self.under_way[future] = some._replace(files=[file for file in some.files if file[1] in contents])
            future.add_done_callback(self.came.put)
        if aside:
            yield parcels_of(aside, self.load)

    def _arrived(self) -> "list[Future[Answer]]":
        """What has come back; nothing where that takes long."""
        try:
            first = self.came.get(timeout=LOOKS)
        except Empty:
            self._look()
            return []
        return [first, *(self.came.get() for _ in range(self.came.qsize()))]

    def _look(self) -> None:
        """See whether anybody is at work; who waits for nobody waits in vain."""
        self.workers = self._at_work()
        if self.workers:
            self.since = time.monotonic()
            return
        self.by.say("The cluster has no worker at the moment; waiting for one.")
        if time.monotonic() - self.since > NOBODY:
            raise ClaimbatchError(
                f"The cluster has had no worker for {NOBODY:g} seconds.",
                "Start workers (dask worker ADDRESS), then run the command again. Nothing has been changed.",
                Exit.NOT_FINISHED,
            )

    def _at_work(self) -> int:
        """How many threads the cluster has."""
        with explained(self.by.address):
            return sum(self.client.nthreads().values())

    def _opened(self, future: "Future[Answer]") -> Iterator[list[Parcel]]:
        """What came of a batch."""
        from distributed import KilledWorker  # noqa: PLC0415

        sent = self.under_way.pop(future)
        self.since = time.monotonic()
        try:
            with explained(self.by.address):
                answer = future.result(timeout=NOBODY)
        except KilledWorker:
            yield from self._once_more(sent)
        else:
            _raise_what_went_wrong(answer)
            yield list(answer.parcels)

    def _once_more(self, sent: _Sent) -> Iterator[list[Parcel]]:
        """Send the files one by one over which workers were lost; give one up that takes them with it alone."""
        deaths = sent.deaths + (len(sent.files) == 1)
        if deaths < TRIES:
            self.again.extend(_Sent([file], deaths) for file in sent.files)
        else:
            yield [given_up(name, "the computers that read it broke down") for _, name in sent.files]


def _raise_what_went_wrong(answer: Answer) -> None:
    if answer.different:
        raise another_program(f"The worker on {answer.where}", answer.different)
    if answer.elsewhere:
        raise ClaimbatchError(
            f"The worker on {answer.where} cannot open the store: it is a SQLite file of this computer.",
            "To read on other computers, keep the claims in PostgreSQL (store in claimbatch.toml). To read here: "
            'executor = "auto".',
            Exit.WRONG_SETUP,
        )
    if answer.error:
        error = answer.error
        raise ClaimbatchError(f"On {answer.where}: {error.message}", error.hint, error.exit_code)
    if answer.fault:
        raise RuntimeError(f"a worker met a fault of claimbatch's own:\n{answer.fault}")
