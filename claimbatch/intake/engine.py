"""Who reads the workbooks: this process, worker processes, which a file may take down without harm to the others, or a
cluster of computers (:mod:`claimbatch.intake.cluster`).

The unit of work is one chunk of files (:func:`~claimbatch.intake.check.parcels_of`). It needs nothing but the files
and where what is known stands, and what comes of a workbook does not depend on the chunk it was in; so chunks may be
worked on anywhere, in any order. An executor is whatever turns chunks into parcels.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

from claimbatch.claims.store import Store
from claimbatch.form.qualification import Catalogue
from claimbatch.intake.check import CHUNK, Executor, Load, chunks, parcels_of
from claimbatch.intake.guard import Package, admit_file
from claimbatch.intake.known import Known, load
from claimbatch.intake.parcel import Parcel
from claimbatch.intake.results import FileResult, Files, Tell, untold
from claimbatch.intake.workers import USUAL, Limits, work
from claimbatch.problems import Problem

PAYS_FROM = 400  # workbooks from which workers win back the time in which they start
LARGE = (
    256 * 1024
)  # bytes of a file from which a worker reads it; a form of 300 × 25 as issued has half of that
SHARES = (
    4  # chunks for each worker, at least: few enough for one pass over a table to pay, enough to share evenly
)


@dataclass(frozen=True)
class FromStore:
    """What is known, asked of the store at *address*: the :data:`~claimbatch.intake.check.Load` that workers are sent.

    A worker opens the store once; the process that has it open already (*here*) asks that one.
    """

    address: str = field(repr=False)  # may hold a password
    folder: Path
    key: bytes = field(repr=False)
    catalogue: Catalogue = field(repr=False)
    here: Store | None = field(default=None, repr=False, compare=False)

    @property
    def is_of_this_computer(self) -> bool:
        """Whether the store is a file that no other computer may open: SQLite goes wrong on a shared disk."""
        return self.address.startswith("sqlite:")

    def __reduce__(self) -> tuple[Any, ...]:
        return FromStore, (self.address, self.folder, self.key, self.catalogue)

    def __call__(self, ids: set[str]) -> Known:
        """What is known of the templates with these *ids*."""
        store = self.here or _opened(self.address, self.folder)
        return load(store, self.key, self.catalogue, ids)


@cache
def _opened(address: str, folder: Path) -> Store:
    return Store.open(address, folder, new=False, looked_over=True)


@dataclass(frozen=True)
class Serial:
    """All in this process, chunk by chunk."""

    chunk: int = CHUNK

    def parcels(self, files: Files, load: Load) -> Iterator[list[Parcel]]:
        """What was found in the *files*."""
        return (parcels_of(some, load) for some in chunks(files, self.chunk))


@dataclass(frozen=True)
class Processes:
    """In *workers* processes that live on; a file that ends one, hangs or takes too much memory costs only itself."""

    workers: int
    limits: Limits = USUAL
    chunk: int = 0

    def parcels(self, files: Files, load: Load) -> Iterator[list[Parcel]]:
        """What was found in the *files*; a *chunk* of 0 is as large as lets the work be shared evenly."""
        share = min(CHUNK, -(-len(files) // (SHARES * self.workers)))
        return work(chunks(files, self.chunk or max(1, share)), load, self.workers, self.limits)


@dataclass(frozen=True)
class Auto:
    """Workers where they pay; of fewer files only the large and the unusual go to a worker, the others are read here.

    The guard says here what is unusual, before any reader sees the file; the worker's guard looks at it once more.
    """

    workers: int
    pays_from: int = PAYS_FROM

    def parcels(self, files: Files, load: Load) -> Iterator[list[Parcel]]:
        """What was found in the *files*."""
        if len(files) >= self.pays_from:
            yield from Processes(self.workers).parcels(files, load)
            return
        aside = [file for file in files if _is_large(file[0])]
        large = set(aside)
        for some in chunks([file for file in files if file not in large]):
            packages = {file: admit_file(*file) for file in some}
            unusual = [file for file, package in packages.items() if _is_unusual(package)]
            aside += unusual
            here = [file for file in some if file not in unusual]
            yield parcels_of(here, load, admit=partial(_admitted, packages))
        if aside:
            yield from Processes(min(self.workers, len(aside))).parcels(aside, load)


@dataclass(frozen=True)
class Overheard:
    """What another executor (*reader*) does, a few files at a time, for somebody who wants each result as it comes."""

    reader: Executor
    hears: Callable[[FileResult], None]
    some: int = 8

    def parcels(self, files: Files, load: Load) -> Iterator[list[Parcel]]:
        """What was found in the *files*."""
        for few in chunks(files, self.some):
            for parcels in self.reader.parcels(few, load):
                for one in parcels:
                    self.hears(one.result)
                yield parcels


def executor(kind: str, workers: int = 0, address: str = "", tell: Tell = untold) -> Executor:
    """The executor ``auto``, ``serial``, ``processes`` or ``dask``, that with the scheduler at *address*.

    *workers* of 0 are as many as this process may use, or as the cluster has; *tell* hears of the cluster.
    """
    if kind == "dask":
        from claimbatch.intake.cluster import Dask  # noqa: PLC0415 - which needs what stands here

        return Dask(address, workers, tell=tell)
    workers = workers or processors()
    if kind == "serial":
        return Serial()
    return Processes(workers) if kind == "processes" else Auto(workers)


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _is_large(path: Path) -> bool:
    try:
        return path.stat().st_size > LARGE
    except OSError:
        return False  # the guard will say what is wrong with it


def _admitted(
    packages: Mapping[tuple[Path, str], Package | Problem], path: Path, name: str
) -> Package | Problem:
    """What the guard has said of a file already."""
    return packages[path, name]


def _is_unusual(package: Package | Problem) -> bool:
    return isinstance(package, Package) and package.unusual
