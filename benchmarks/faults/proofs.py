"""The proofs, each of which gives its figures. How much is tried is a :class:`Scale`."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faults import college, workbooks
from benchmarks.faults.figures import Figure
from benchmarks.faults.process import MEBIBYTES, SECONDS, fresh

Watch = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is tried: every which of the workbooks, how many damaged bytes, how many from nothing."""

    name: str
    every: int
    damages: int
    fresh: int


FULL = Scale("full", every=1, damages=workbooks.DAMAGES, fresh=10)
SMALL = Scale("small", every=9, damages=18, fresh=1)


def hostile_workbooks(folder: Path, scale: Scale, jobs: int, watch: Watch) -> Iterator[Figure]:
    """Hostile, damaged and unlucky workbooks through each command."""
    centre = college.found(folder / "centre")
    cases = workbooks.all_cases(college.bases(centre), scale.damages)[:: scale.every]
    of: dict[str, list[workbooks.Outcome]] = defaultdict(list)
    for outcome in workbooks.try_all(centre.workspace.folder, cases, jobs):
        watch(f"{outcome.command}: {outcome.name}")
        of[outcome.command].append(outcome)
    wanted = 350 if scale is FULL else 1
    made = {outcome.name for outcomes in of.values() for outcome in outcomes}
    kinds = {outcome.kind for outcomes in of.values() for outcome in outcomes}
    yield Figure(
        "hostile and damaged workbooks",
        f"≥ {wanted}",
        f"{len(made)} of {len(kinds)} kinds",
        len(made) >= wanted,
    )
    for command, outcomes in of.items():
        yield from _of_command(command, outcomes)
    yield _from_nothing(centre.workspace.folder, cases, of["check"], scale.fresh)


def _of_command(command: str, outcomes: Sequence[workbooks.Outcome]) -> Iterator[Figure]:
    wrong = [f"{one.name}: {'; '.join(one.wrong)}" for one in outcomes if one.wrong]
    yield Figure(
        f"  {command}: not a clean outcome", "0", f"{len(wrong)} of {len(outcomes)}", not wrong, tuple(wrong)
    )
    slow, large = (max(outcomes, key=lambda one: getattr(one.done, of)) for of in ("seconds", "mebibytes"))
    yield Figure(
        f"  {command}: the longest", f"≤ {SECONDS:.0f} s", f"{slow.done.seconds:.1f} s", slow.done.seconds <= SECONDS,
        (f"the longest is {slow.name}",) if slow.done.seconds > SECONDS else (),
    )  # fmt: skip
    yield Figure(
        f"  {command}: the most memory", f"≤ {MEBIBYTES:.0f} MiB", f"{large.done.mebibytes:.0f} MiB",
        large.done.mebibytes <= MEBIBYTES,
        (f"the largest is {large.name}",) if large.done.mebibytes > MEBIBYTES else (),
    )  # fmt: skip


def _from_nothing(
    folder: Path, cases: Iterable[workbooks.Case], checked: Sequence[workbooks.Outcome], count: int
) -> Figure:
    """Those that took longest or most once more, by a program that starts from nothing."""
    dear = {one.name for one in sorted(checked, key=lambda one: -one.done.seconds)[:count]}
    dear |= {one.name for one in sorted(checked, key=lambda one: -one.done.mebibytes)[:count]}
    found = []
    for case in cases:
        if case.name in dear:
            path = folder / "dear.xlsx"
            path.write_bytes(case.make(case.base) or b"")
            found.append((case.name, fresh(["check", str(path), "-w", str(folder)])))
            path.unlink()
    wrong = tuple(
        f"{name}: {done.seconds:.1f} s, {done.mebibytes:.0f} MiB"
        for name, done in found
        if not done.is_within
    )
    seconds, mebibytes = (max(getattr(done, of) for _, done in found) for of in ("seconds", "mebibytes"))
    return Figure(
        f"  check from nothing, the {len(found)} dearest", f"≤ {SECONDS:.0f} s, {MEBIBYTES:.0f} MiB",
        f"{seconds:.1f} s, {mebibytes:.0f} MiB", not wrong, wrong,
    )  # fmt: skip


PROOFS: Mapping[str, Callable[[Path, Scale, int, Watch], Iterator[Figure]]] = {"workbooks": hostile_workbooks}
