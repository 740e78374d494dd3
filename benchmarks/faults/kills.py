"""Nights that are killed at any moment: after the next one all is as if they had not been."""

import os
import random
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.engine.default import DefaultDialect

from benchmarks.faults.lanes import lanes
from benchmarks.faults.nights import Evening, difference, night, picture
from benchmarks.faults.process import Done, Kill, Setup
from claimbatch.files import disk

Moment = tuple[str, Setup | None, Kill | None]  # what it is called; what kills


@dataclass(frozen=True, slots=True)
class Killed:
    """What came of a night that was killed at some *moments*, one after the other, and of the run after it.

    *struck* says whether each kill found the run still at work.
    """

    moments: tuple[str, ...]
    struck: tuple[bool, ...]
    wrong: tuple[str, ...]
    after: Done


# --- moments


def at_random(seconds: float, seed: int) -> Moment:
    """Some time in the *seconds* that a night takes; every other time with all its workers, as when the power goes."""
    when = random.Random(seed).uniform(0, seconds)
    alone = bool(seed % 2)
    return f"after {when:.2f} s, {'alone' if alone else 'with its workers'}", None, Kill(when, alone=alone)


def at_call(number: int, how: str) -> Moment:
    """*before* or *after* the call to the disk with this *number*, or *half*-way through it where it writes."""

    def setup() -> None:
        calls = 0

        def instead_of(name: str, real: Callable) -> Callable:
            def call(*args, **options):
                nonlocal calls
                calls += 1
                if calls != number:
                    return real(*args, **options)
                if how == "half" and name == "write":
                    real(args[0], args[1][: len(args[1]) // 2])
                elif how == "after":
                    real(*args, **options)
                _die()
                return None

            return call

        for name in disk.CALLS:
            setattr(disk, name, instead_of(name, getattr(disk, name)))

    return f"{how} call {number}", setup, None


def at_commit(number: int, how: str) -> Moment:
    """*before* or *after* the commit to the store with this *number*."""

    def setup() -> None:
        commits, real = 0, DefaultDialect.do_commit

        def commit(self: DefaultDialect, connection: object) -> None:
            nonlocal commits
            commits += 1
            if commits == number and how == "before":
                _die()
            real(self, connection)
            if commits == number:
                _die()

        DefaultDialect.do_commit = commit

    return f"{how} commit {number}", setup, None


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def counted(folder: Path) -> tuple[Done, list[str], int]:
    """A night on *folder* that is left alone, the names of its calls to the disk, and how often it commits."""

    def setup() -> Callable[[], str]:
        names: list[str] = []
        commits, real = [0], DefaultDialect.do_commit

        def instead_of(name: str, real: Callable) -> Callable:
            def call(*args, **options):
                names.append(name)
                return real(*args, **options)

            return call

        def commit(self: DefaultDialect, connection: object) -> None:
            commits[0] += 1
            real(self, connection)

        DefaultDialect.do_commit = commit
        for name in disk.CALLS:
            setattr(disk, name, instead_of(name, getattr(disk, name)))
        return lambda: f"{commits[0]} {' '.join(names)}"

    done = night(folder, setup)
    assert done.report, f"a night that was left alone ended with {done.code}: {done.err}"
    commits, *names = done.report.split()
    return done, names, int(commits)


def moments_of(
    seconds: float, calls: int, commits: int, times: int, seed: int = 0
) -> list[tuple[Moment, ...]]:
    """Moments spread over a night, *times* of each sort, and some pairs of them: killed, and killed again."""
    dice = random.Random(seed)
    spread = [1 + calls * n // times for n in range(times)] if calls else []
    found: list[tuple[Moment, ...]] = [(at_random(seconds, seed + n),) for n in range(times)]
    found += [(at_call(number, dice.choice(("before", "after", "half"))),) for number in spread]
    found += [(at_commit(number, how),) for number in range(1, commits + 1) for how in ("before", "after")]
    found += [
        (at_call(dice.randint(1, calls), "after"), at_random(seconds / 2, seed + n)) for n in range(max(1, times // 5))
    ]  # fmt: skip
    return found


# --- the trial


def try_all(
    evening: Evening, expected: dict, every: Sequence[tuple[Moment, ...]], jobs: int = 1
) -> Iterator[Killed]:
    """For each series of moments: the night killed at each, then left alone; its picture is held against *expected*."""
    yield from lanes(lambda number: _try(evening, expected, every[number]), len(every), jobs)


def _try(evening: Evening, expected: dict, moments: tuple[Moment, ...]) -> Killed:
    with TemporaryDirectory(prefix="claimbatch-fault-") as name:
        folder = evening.copy(Path(name) / "centre")
        struck = [night(folder, setup, kill).code == -signal.SIGKILL for _, setup, kill in moments]
        after = night(folder)
        wrong = difference(expected, picture(folder))
        if after.code not in {0, 1}:
            wrong.append(f"the run after it ended with {after.code}: {after.err[-300:]}")
        if "Traceback" in after.err:
            wrong.append(f"a traceback: {after.err.strip().splitlines()[-1]}")
        return Killed(tuple(words for words, _, _ in moments), tuple(struck), tuple(wrong), after)
