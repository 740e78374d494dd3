"""The proofs, each of which gives its figures. How much is tried is a :class:`Scale`."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faults import college, failures, kills, leaks, nights, odd, workbooks
from benchmarks.faults.figures import Figure
from benchmarks.faults.process import MEBIBYTES, SECONDS, Done, fresh

Watch = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is tried: every which of each kind of workbook, how many damaged bytes, how many from nothing."""

    name: str
    every: int
    damages: int
    fresh: int
    kills: int  # of each sort
    calls: int  # every which of them fails
    others: int  # every which of what else stands in the way, or lies in the inbox
    meetings: int


FULL = Scale("full", every=1, damages=workbooks.DAMAGES, fresh=10, kills=50, calls=1, others=1, meetings=20)
SMALL = Scale("small", every=47, damages=5, fresh=1, kills=2, calls=90, others=2, meetings=2)


def hostile_workbooks(folder: Path, scale: Scale, jobs: int, watch: Watch) -> Iterator[Figure]:
    """Hostile, damaged and unlucky workbooks through each command."""
    centre = college.found(folder / "centre")
    cases = workbooks.all_cases(college.bases(centre), scale.every, scale.damages)
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
    told = leaks.in_errors(one.done.err for outcomes in of.values() for one in outcomes)
    yield Figure("  names or dates in what is said on the side", "0", str(len(told)), not told, tuple(told))
    yield _from_nothing(centre.workspace.folder, cases, of["check"], scale.fresh)


def _of_command(command: str, outcomes: Sequence[workbooks.Outcome]) -> Iterator[Figure]:
    wrong = [f"{one.name}: {'; '.join(one.wrong)}" for one in outcomes if one.wrong]
    yield Figure(
        f"  {command}: not a clean outcome", "0", f"{len(wrong)} of {len(outcomes)}", not wrong, tuple(wrong)
    )
    slow, large = (max(outcomes, key=lambda one: getattr(one.done, of)) for of in ("cpu", "mebibytes"))
    yield Figure(
        f"  {command}: the longest", f"≤ {SECONDS:.0f} s", f"{slow.done.cpu:.1f} s", slow.done.cpu <= SECONDS,
        (f"the longest is {slow.name}",) if slow.done.cpu > SECONDS else (),
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
    dear = {one.name for one in sorted(checked, key=lambda one: -one.done.cpu)[:count]}
    dear |= {one.name for one in sorted(checked, key=lambda one: -one.done.mebibytes)[:count]}
    found = []
    for case in cases:
        if case.name in dear:
            path = folder / "dear.xlsx"
            path.write_bytes(case.make(case.base) or b"")
            found.append((case.name, fresh(["check", str(path), "-w", str(folder)])))
            path.unlink()
    wrong = tuple(
        f"{name}: {done.cpu:.1f} s, {done.mebibytes:.0f} MiB" for name, done in found if not done.is_within
    )
    seconds, mebibytes = (max(getattr(done, of) for _, done in found) for of in ("cpu", "mebibytes"))
    return Figure(
        f"  check from nothing, the {len(found)} dearest", f"≤ {SECONDS:.0f} s, {MEBIBYTES:.0f} MiB",
        f"{seconds:.1f} s, {mebibytes:.0f} MiB", not wrong, wrong,
    )  # fmt: skip


def killed_nights(folder: Path, scale: Scale, jobs: int, watch: Watch) -> Iterator[Figure]:
    """Nights over sixty workbooks that are killed, and what is there after the next one."""
    evening = nights.sixty(folder / "evening")
    lying = sum(path.is_file() for path in (evening.folder / "inbox").rglob("*"))
    yield Figure("files in the inbox of a night", "≥ 60", str(lying), lying >= 60)
    undisturbed = evening.copy(folder / "undisturbed")
    done, calls, commits = kills.counted(undisturbed)
    moments = kills.moments_of(done.seconds, len(calls), commits, scale.kills)
    found = []
    for one in kills.try_all(evening, nights.picture(undisturbed), moments, jobs):
        found.append(one)
        watch(f"{len(found)} of {len(moments)}: {', '.join(one.moments)}")
    struck = sum(sum(one.struck) for one in found)
    wanted = 100 if scale is FULL else 1
    yield Figure("  SIGKILLs that found it at work", f"≥ {wanted}", str(struck), struck >= wanted)
    yield _wrong_of(
        "  a run after it ended otherwise than one undisturbed",
        [(", ".join(one.moments), one.wrong) for one in found],
    )
    yield from _silent("  names or dates in accounts and errors", undisturbed, [one.after for one in found])


def hindered_nights(folder: Path, scale: Scale, jobs: int, watch: Watch) -> Iterator[Figure]:
    """Nights in whose way something stands, two at once, and odd things in the inbox."""
    evening = nights.eight(folder / "evening")
    undisturbed = evening.copy(folder / "undisturbed")
    _, calls, _ = kills.counted(undisturbed)
    expected = nights.picture(undisturbed)
    numbers = range(1, len(calls) + 1, scale.calls)
    trials: Mapping[str, Iterator[failures.Hindered]] = {
        "calls to the disk of which one fails": failures.each_call(evening, expected, numbers, jobs),
        "other faults": failures.each_fault(evening, expected, jobs, scale.others),
        "two nights started together": failures.together(evening, expected, scale.meetings),
        "odd things in the inbox": odd.each_odd(evening, scale.others),
    }
    said = []
    for what, trial in trials.items():
        found = []
        for one in trial:
            found.append(one)
            said.append(one.done)
            watch(f"{what}: {one.what}")
        yield Figure(what, "all" if what.startswith("calls") else "", str(len(found)), bool(found))
        yield _wrong_of(
            "  not told, half-done, or not put right by the next", [(one.what, one.wrong) for one in found]
        )
    yield from _silent("names or dates in accounts and errors", undisturbed, said)


def _wrong_of(what: str, found: Sequence[tuple[str, Sequence[str]]]) -> Figure:
    wrong = [f"{name}: {'; '.join(texts)}" for name, texts in found if texts]
    return Figure(what, "0", f"{len(wrong)} of {len(found)}", not wrong, tuple(wrong))


def _silent(what: str, folder: Path, said: Iterable[Done]) -> Iterator[Figure]:
    told = [*leaks.in_accounts(folder), *leaks.in_errors(done.err + done.out for done in said)]
    yield Figure(what, "0", str(len(told)), not told and leaks.proves_itself(), tuple(told))


PROOFS: Mapping[str, Callable[[Path, Scale, int, Watch], Iterator[Figure]]] = {
    "workbooks": hostile_workbooks,
    "kills": killed_nights,
    "faults": hindered_nights,
}
