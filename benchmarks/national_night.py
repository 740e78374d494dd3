"""The night on which a nation's workbooks come back: made, checked, merged and merged again, at any size.

    python -m benchmarks.national_night [--workbooks 20000] [--beside 1000] [--workers 2] [--folder DIR] [--json FILE]

Makes the workbooks (see ``nation.py``), and *beside* them a small night to measure growth by. Then it runs the commands
as a night would, each in a process of its own, and prints for each how long it took, the processor's time for one
workbook, and the most memory that any one of its processes took. Ratios are printed at the end; what the table of
targets (``python -m benchmarks --night FILE``) wants of them goes into FILE.
"""

import argparse
import json
import os
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.nation import nation
from claimbatch.files import sha256
from claimbatch.workspace import Workspace

MIB = 1024


@dataclass(frozen=True)
class Cost:
    """What a command took: seconds by the clock, of all its processes' processors, and MiB of the largest process."""

    seconds: float
    processor: float
    peak: float


def main() -> None:
    options = parse()
    with TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        nights = {}
        for number in sorted({options.beside, options.workbooks}):
            print(
                f"\n{number} workbooks\n{'':<26}{'seconds':>9}{'processor':>11}{'ms each':>9}{'peak MiB':>10}"
            )
            nights[number] = night(folder / f"{number}", number, options.workers)
        small, large = nights[options.beside], nights[options.workbooks]
        compare(small, options.beside, large, options.workbooks)
        if options.json:
            rows = targets(small, options.beside, large, options.workbooks)
            options.json.write_text(json.dumps(rows, indent=2) + "\n", "utf-8")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--workbooks", type=int, default=20_000)
    parser.add_argument("--beside", type=int, default=1_000, help="the size of the small night")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="where to make them; those that are there are used again")
    parser.add_argument("--json", type=Path, help="write what the table of targets wants to this file")
    return parser.parse_args()


def night(folder: Path, number: int, workers: int) -> dict[str, Cost]:
    """All that is done with *number* workbooks, each with what it cost."""
    if not (folder / "issued.db").exists():
        start, processor = time.perf_counter(), time.process_time()
        nation(folder, number)
        show("make them", Cost(time.perf_counter() - start, time.process_time() - processor, 0), number)
        shutil.copy(folder / "claims.db", folder / "issued.db")
    costs = {}
    for name, arguments in (
        ("start", ["claims"]),
        ("check, one process", ["check", "inbox", "--format", "csv"]),
        ("check, one worker", ["check", "inbox", "--format", "csv", "--workers", "1"]),
        (f"check, {workers} workers", ["check", "inbox", "--format", "csv", "--workers", f"{workers}"]),
        ("merge, one process", ["merge", "inbox", "--partial"]),
        ("start again", ["claims"]),
        ("merge again", ["merge", "again"]),
        (f"merge, {workers} workers", ["merge", "inbox", "--partial", "--workers", f"{workers}"]),
    ):
        if name.startswith("merge,"):
            fresh(folder)
        if name == "merge again":
            costs["hash them"] = taken(folder)
            show("hash them", costs["hash them"], number)
        costs[name] = run(folder, arguments)
        show(name, costs[name], number)
    return costs


def taken(folder: Path) -> Cost:
    """Lay those that were taken whole apart, in ``again``; what it costs to hash them."""
    with Workspace(folder).store() as store:
        hashes = {path: sha256(path.read_bytes()) for path in (folder / "inbox").rglob("*.xlsx")}
        received = store.received(hashes.values())
    for path in (path for path, digest in hashes.items() if digest in received):
        link = folder / "again" / path.relative_to(folder / "inbox")
        link.parent.mkdir(parents=True, exist_ok=True)
        if not link.exists():
            link.hardlink_to(path)
    start, processor = time.perf_counter(), time.process_time()
    for path in (folder / "again").rglob("*.xlsx"):
        sha256(path.read_bytes())
    return Cost(time.perf_counter() - start, time.process_time() - processor, 0)


def fresh(folder: Path) -> None:
    """The store as it was when the templates had gone out."""
    for path in folder.glob("claims.db*"):
        path.unlink()
    shutil.copy(folder / "issued.db", folder / "claims.db")


def run(folder: Path, arguments: Sequence[str], settings: str = 'executor = "serial"\n') -> Cost:
    """Run a command in *folder* with these *settings*; what it took with all processes that it started."""
    (folder / "claimbatch.toml").write_text(settings, "ascii")
    out = os.open(folder / "out.txt", os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
    start = time.perf_counter()
    command = [sys.executable, "-m", "claimbatch", *arguments, "-w", "."]
    pid = os.fork()
    if not pid:
        os.chdir(folder)
        os.dup2(out, 1)
        os.dup2(out, 2)
        os.execv(sys.executable, command)  # noqa: S606
    os.close(out)
    _, status, used = os.wait4(pid, 0)
    if os.waitstatus_to_exitcode(status) > 1:
        raise SystemExit((folder / "out.txt").read_text("utf-8")[-2000:])
    return Cost(time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / MIB)


def show(name: str, cost: Cost, number: int) -> None:
    each = cost.processor / number * 1000
    print(f"{name:<26}{cost.seconds:>9.1f}{cost.processor:>11.1f}{each:>9.2f}{cost.peak:>10.0f}", flush=True)


def compare(small: dict[str, Cost], few: int, large: dict[str, Cost], many: int) -> None:
    """How the costs stand to each other."""
    start = large["start again"].processor
    print()
    for name, cost in large.items():
        before = small[name]
        if name.startswith(("check", "merge,")):
            each = (cost.processor / many) / (before.processor / few)
            print(f"{name}: time for one × {each:.2f}, peak × {cost.peak / before.peak:.2f}")
    one, *_, two = (cost for name, cost in large.items() if name.startswith("check"))
    print(f"workers: {one.seconds / two.seconds:.2f} × as fast as one process, by the clock")
    ratio = large["merge, one process"].processor / large["check, one process"].processor
    print(f"merge / check: {ratio:.2f}")
    again = (large["merge again"].processor - start) / large["hash them"].processor
    print(f"merge again, beside the start, / hashing: {again:.2f}")


def targets(small: dict[str, Cost], few: int, large: dict[str, Cost], many: int) -> list[dict[str, object]]:
    """The rows of the table of targets: how time for one workbook and memory grow, by the command that grows most."""
    names = [name for name in large if name.startswith(("check", "merge,"))]
    time_for_one = max((large[name].processor / many) / (small[name].processor / few) for name in names)
    memory = max(large[name].peak / small[name].peak for name in names)
    return [
        {"row": row, "form": "night", "target": f"≤ {most}", "measured": round(found, 3),
         "unit": "×", "meets": found <= most, "cause": ""}
        for row, found, most in (
            ("national-night-time", time_for_one, 1.1), ("national-night-memory", memory, 1.3)
        )
    ]  # fmt: skip


if __name__ == "__main__":
    main()
