"""Run methods and commands, each in a process of its own, in turn: A B C, A B C, so that all see the same machine."""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import track

from benchmarks.commands import COMMANDS
from benchmarks.corpus import Place, make

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Step:
    """A method or command, and on how many workbooks."""

    method: str
    count: int


@dataclass(frozen=True, slots=True)
class Sample:
    """What one run took: seconds on the wall and of the processor, for *count* workbooks; what it said at the end."""

    wall: float
    cpu: float
    count: int
    said: str = ""

    def seconds(self, clock: str) -> float:
        """The time by this *clock*."""
        return self.wall if clock == "wall" else self.cpu


@dataclass(frozen=True)
class Scale:
    """How much is measured: workbooks by form, of which the loop reads a few, templates made, and rounds."""

    name: str
    workbooks: Mapping[str, int]
    loop: int
    templates: int
    rounds: int

    def count(self, method: str, form: str) -> int:
        """How many workbooks (or templates) *method* works on."""
        there = self.workbooks[form]
        limit = {
            "loop": self.loop,
            "build": self.templates,
            "issue": self.templates,
            "openpyxl_styles": self.templates,
        }
        return min(there, limit.get(method, there))

    def place(self, kept: Path, form: str) -> Place:
        """The workspace of *form*."""
        return make(kept, "30x10" if form == "small" else form, self.workbooks[form])


TINY = Scale(
    "tiny",
    {"30x1": 4, "30x10": 4, "mixed": 12, "100x20": 2, "300x25": 2, "rivals": 8, "small": 4},
    loop=2,
    templates=2,
    rounds=1,
)
QUICK = Scale(
    "quick",
    {"30x1": 120, "30x10": 80, "mixed": 80, "100x20": 16, "rivals": 160, "small": 4},
    loop=12,
    templates=8,
    rounds=2,
)
FULL = Scale(
    "full",
    {"30x1": 1000, "30x10": 500, "mixed": 500, "100x20": 200, "300x25": 60, "rivals": 800, "small": 4},
    loop=40,
    templates=40,
    rounds=5,
)
SCALES = {scale.name: scale for scale in (TINY, QUICK, FULL)}


def measure(place: Place, steps: Sequence[Step], rounds: int, what: str) -> dict[Step, list[Sample]]:
    """All *steps* on the workbooks of *place*, one after the other, as often as there are *rounds*."""
    samples: dict[Step, list[Sample]] = {step: [] for step in steps}
    for step in steps:  # what has to be made first is no part of any round
        if step.method in COMMANDS:
            COMMANDS[step.method](place)
    turns = [step for _ in range(rounds) for step in steps]
    console = Console(stderr=True)
    for step in track(turns, what, console=console, transient=True, disable=not console.is_terminal):
        samples[step].append(_sample(step, place))
    return samples


def _sample(step: Step, place: Place) -> Sample:
    if step.method in COMMANDS:
        return _timed(COMMANDS[step.method](place))
    arguments = ["-m", "benchmarks.run", step.method, str(place.folder), str(step.count)]
    return Sample(**json.loads(_output([sys.executable, *arguments]).stdout))


def _timed(command: Sequence[str]) -> Sample:
    """A whole process, its children with it."""
    before, start = _of_children(), time.perf_counter()
    done = _output(command)
    return Sample(time.perf_counter() - start, _of_children() - before, 1, done.stderr.strip())


def _of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _output(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr}")
    return done
