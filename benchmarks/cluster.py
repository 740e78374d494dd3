"""The national night on a Dask cluster: the same result, how much faster, and what it costs beside worker processes.

    python -m benchmarks.cluster [--workbooks 5000] [--workers 1 2 4] [--rounds 3] [--folder DIR]

Makes the workbooks (see ``nation.py``), and clusters whose scheduler and workers are processes on hosts of their own
(``hosts.py``). Checks all of it in one process, by worker processes, and on clusters of so many workers; merges it in
one process, and on the largest cluster, a worker of which is killed in the middle. What comes of it must be the same,
byte for byte. Prints what each took, who did how much of it, and from that where more workers bring nothing more.
"""

import argparse
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from benchmarks.hosts import Hosts, hosts
from benchmarks.nation import nation
from benchmarks.national_night import Cost, fresh, run, show
from claimbatch.files import sha256
from claimbatch.intake.remote import made_of
from claimbatch.workspace import Workspace

CHECK = ["check", "inbox", "--format", "csv"]
MERGE = ["merge", "inbox", "--partial", "--by", "benchmark"]
SETTINGS = 'executor = "dask"\ndask_address = "{}"\n'
PORT = 8786


@dataclass
class Cluster:
    """A scheduler and its workers."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def settings(self) -> str:
        return SETTINGS.format(self.address)

    def used(self) -> tuple[float, float]:
        """Seconds of processors that the scheduler has taken so far, and the workers with the processes that read."""
        return _used(self.scheduler), sum(map(_used, self.workers))


@dataclass(frozen=True)
class OnCluster:
    """What a command took here, by the scheduler, and by the workers."""

    here: Cost
    scheduler: float
    workers: float

    @property
    def processor(self) -> float:
        return self.here.processor + self.scheduler + self.workers


def main() -> None:
    options = parse()
    os.environ["SOURCE_DATE_EPOCH"] = "1764115200"  # the history says when, and is to be the same
    with TemporaryDirectory() as temporary, hosts() as network:
        folder = (options.folder or Path(temporary)) / f"{options.workbooks}"
        made(folder, options.workbooks)
        print(
            f"\n{options.workbooks} workbooks\n{'':<26}{'seconds':>9}{'processor':>11}{'ms each':>9}{'peak MiB':>10}"
        )
        alone = check(folder, "one process", 'executor = "serial"\n', options.workbooks)
        found = said(folder)
        paired(folder, network, options)
        merge_killed(folder, network, options, alone)
        by_count(folder, network, options, found)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--workbooks", type=int, default=5_000)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--rounds", type=int, default=3, help="pairs of worker processes and cluster")
    parser.add_argument("--folder", type=Path, help="where to make them; those that are there are used again")
    return parser.parse_args()


def made(folder: Path, number: int) -> None:
    """The workbooks, unless they are there, and the store as it was when their templates had gone out."""
    if not (folder / "issued.db").exists():
        nation(folder, number)
        (folder / "claims.db").rename(folder / "issued.db")
    fresh(folder)


def check(folder: Path, name: str, settings: str, number: int) -> Cost:
    cost = run(folder, CHECK, settings)
    show(f"check, {name}", cost, number)
    return cost


def said(folder: Path) -> str:
    """What the last command printed, by its hash."""
    data = [line for line in (folder / "out.txt").read_bytes().splitlines() if b"dashboard" not in line]
    return sha256(b"\n".join(data))


def history(folder: Path) -> str:
    """All entries of all claims, each of which holds the hash of the one before, by their hash."""
    with Workspace(folder).store() as store:
        keys = sorted(row.key for row in store.claims())
        return sha256(repr([store.history(key) for key in keys]).encode())


# --- the cluster ---------------------------------------------------------------------------------------------------


@contextmanager
def cluster(folder: Path, network: Hosts, workers: int) -> Iterator[Cluster]:
    """A scheduler and so many workers of one thread, on hosts of their own, that have imported what they need."""
    where, address = network.another()
    begin = [sys.executable, "-m"]
    log = (folder / "cluster.log").open("ab")

    def start(where: Sequence[str], words: Sequence[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen([*where, *begin, *words], stdout=log, stderr=log, cwd=Path.cwd())

    found = Cluster(
        f"tcp://{address}:{PORT}",
        start(where, ["distributed.cli.dask_scheduler", "--host", address, "--port", f"{PORT}", "--no-dashboard"]),
    )  # fmt: skip
    try:
        for _ in range(workers):
            where, address = network.another()
            words = ["distributed.cli.dask_worker", found.address, "--host", address, "--nthreads", "1"]
            found.workers.append(start(where, [*words, "--no-nanny", "--no-dashboard"]))
        _warm_up(found)
        yield found
    finally:
        for process in (*found.workers, found.scheduler):
            process.kill()
            process.wait()


def _warm_up(found: Cluster) -> None:
    from distributed import Client  # noqa: PLC0415

    with Client(found.address, timeout=120, set_as_default=False) as client:
        client.wait_for_workers(len(found.workers), timeout=120)
        client.run(made_of)  # a cluster that has been there for a while has imported what it needs
        client.run_on_scheduler(made_of)


def _used(process: subprocess.Popen[bytes]) -> float:
    try:
        ours = psutil.Process(process.pid)
        times = [one.cpu_times() for one in (ours, *ours.children(recursive=True))]
    except psutil.NoSuchProcess:
        return 0
    return sum(t.user + t.system for t in times) + times[0].children_user + times[0].children_system


def on_cluster(folder: Path, there: Cluster, name: str, number: int) -> OnCluster:
    """Check all on the cluster; what it took."""
    before = there.used()
    here = run(folder, CHECK, there.settings)
    after = there.used()
    cost = OnCluster(here, after[0] - before[0], after[1] - before[1])
    show(f"check, {name}", Cost(here.seconds, cost.processor, here.peak), number)
    return cost


# --- what is measured ----------------------------------------------------------------------------------------------


def paired(folder: Path, network: Hosts, options: argparse.Namespace) -> None:
    """Two worker processes and a cluster of two, in turn: by how much the cluster takes more of the processors."""
    ratios = []
    with cluster(folder, network, 2) as there:
        for _ in range(options.rounds):
            two = check(folder, "2 processes", 'executor = "processes"\nworkers = 2\n', options.workbooks)
            ratios.append(
                on_cluster(folder, there, "cluster of 2", options.workbooks).processor / two.processor
            )
    rounds = ", ".join(f"{ratio:.2f}" for ratio in ratios)
    print(f"cluster of 2 / 2 processes, time of processors: {statistics.median(ratios):.2f} ({rounds})\n")


def merge_killed(folder: Path, network: Hosts, options: argparse.Namespace, alone: Cost) -> None:
    """Merge in one process, and on a cluster of which a worker is killed: the same claims and the same histories."""
    run(folder, MERGE, 'executor = "serial"\n')
    expected, printed = history(folder), said(folder)
    fresh(folder)
    count = max(options.workers)
    with cluster(folder, network, count) as there:
        killing = threading.Timer(alone.seconds / 2, there.workers[-1].kill)
        killing.start()
        show(f"merge, {count} workers, 1 killed", run(folder, MERGE, there.settings), options.workbooks)
        killing.cancel()
        ended = there.workers[-1].poll()
    same = (history(folder), said(folder)) == (expected, printed)
    fresh(folder)
    print(f"worker killed in the middle: {ended == -9}; histories and output as in one process: {same}\n")
    if not same:
        raise SystemExit("what came of it differs")


def by_count(folder: Path, network: Hosts, options: argparse.Namespace, found: str) -> None:
    """Clusters of 1, 2, 4 … workers: what each does in a second, and from who did what, where it stops growing."""
    costs = {}
    for count in options.workers:
        with cluster(folder, network, count) as there:
            costs[count] = on_cluster(folder, there, f"cluster of {count}", options.workbooks)
        if said(folder) != found:
            raise SystemExit(f"what {count} workers found differs from what one process finds")
    print("\nall as in one process, byte for byte\n")
    print(f"{'workers':>7}{'a second':>10}{'here':>8}{'scheduler':>11}{'workers':>9}  ms each")
    for count, cost in costs.items():
        each = [
            part / options.workbooks * 1000 for part in (cost.here.processor, cost.scheduler, cost.workers)
        ]
        print(
            f"{count:>7}{options.workbooks / cost.here.seconds:>10.0f}{each[0]:>8.2f}{each[1]:>11.2f}{each[2]:>9.2f}"
        )
    why(costs[max(costs)], options.workbooks)


def why(cost: OnCluster, number: int) -> None:
    """Where more workers bring nothing: here, when the processors are busy; elsewhere, when the run itself is."""
    here, scheduler, workers = (
        part / number * 1000 for part in (cost.here.processor, cost.scheduler, cost.workers)
    )
    whole = here + scheduler + workers
    print(
        f"\nOn this machine it stops at its {psutil.cpu_count()} processors, which do all of it: {whole:.2f} ms each,"
    )
    print(
        f"{psutil.cpu_count() * 1000 / whole:.0f} a second. With computers of their own for the workers it stops where"
    )
    print(
        f"the run itself is never idle, {here:.2f} ms each (its start, fetching and sending, putting aside what came"
    )
    print(
        f"back): {1000 / here:.0f} a second, which {workers / here:.0f} workers reach. The scheduler, {scheduler:.2f}"
    )
    print(f"ms each, could go on to {1000 / scheduler:.0f} a second.")


if __name__ == "__main__":
    start = time.perf_counter()
    main()
    print(f"\n{time.perf_counter() - start:.0f} seconds in all")
