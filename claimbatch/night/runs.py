"""The folder of a run, ``runs/20261126T020000Z-3f2a``: its journal, and what it works with until it has ended.

The journal says, line by line, how far the run has come; the disk has a line before the next thing is done. A run whose
journal does not end with an end was killed.
"""

import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from claimbatch import clock
from claimbatch.files import append_line, make_folder, remove, remove_folder, whole_lines
from claimbatch.night.plan import PLAN

JOURNAL, STAGED, ANSWERS = "journal.jsonl", "staged", "answers"
FOUND = "problems.bin"
TAKEN = "taken"  # in the journal: the claims have what is clean
_WORKING = (STAGED, ANSWERS)
_ROOM = 0xFF00  # runs that begin in one second are numbered on from one of these
_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{4}")


@dataclass(frozen=True, slots=True)
class Run:
    """A run's folder; *id* is its name."""

    folder: Path

    @classmethod
    def begin(cls, runs: Path, who: str) -> "Run":
        """A new run, by *who*."""
        moment = clock.stamp().replace("-", "").replace(":", "")
        before = [int(run.id[-4:], 16) for run in all_runs(runs) if run.id.startswith(moment)]
        number = before[-1] + 1 if before else secrets.randbelow(_ROOM)  # whoever comes after, sorts after
        run = cls(make_folder(runs / f"{moment}-{number:04x}"))
        run.note("begun", who=who)
        return run

    @property
    def id(self) -> str:
        """Its moment and a few letters."""
        return self.folder.name

    @property
    def staged(self) -> Path:
        """Where the copies lie that are read."""
        return self.folder / STAGED

    @property
    def answers(self) -> Path:
        """Where marked copies and lists wait until what is clean has been taken."""
        return self.folder / ANSWERS

    def note(self, step: str, **facts: object) -> None:
        """Add a line to the journal."""
        line = {"at": clock.stamp(), "step": step, **facts}
        append_line(self.folder / JOURNAL, json.dumps(line))

    def end(self, state: str = "done", **facts: object) -> None:
        """Say that the run has ended, and remove what it worked with."""
        self.note("ended", state=state, **facts)
        self.clear()

    def forget(self) -> None:
        """Forget the plan: nothing of it was done."""
        remove(self.folder / PLAN)

    @property
    def is_planned(self) -> bool:
        """Whether there is a plan, of which something may have been done."""
        return (self.folder / PLAN).exists()

    def clear(self) -> None:
        """Remove what it worked with: copies of workbooks, and the plan."""
        for name in _WORKING:
            remove_folder(self.folder / name)
        for name in (PLAN, FOUND):
            if (self.folder / name).exists():
                remove(self.folder / name)

    @property
    def journal(self) -> list[dict[str, Any]]:
        """The lines of the journal."""
        return [json.loads(line) for line in whole_lines(self.folder / JOURNAL)]

    def last(self, step: str) -> dict[str, Any] | None:
        """The last line of the journal about this *step*; None where it has not come so far."""
        return next((line for line in reversed(self.journal) if line["step"] == step), None)

    @property
    def has_ended(self) -> bool:
        """Whether it came to its end, or another run has finished it."""
        return self.last("ended") is not None

    @property
    def begun(self) -> dict[str, Any]:
        """The first line: when it began, and by whom."""
        return next(iter(self.journal), {})


def all_runs(runs: Path) -> Iterator[Run]:
    """The runs whose folders are in *runs*, first things first."""
    if runs.is_dir():
        for path in sorted(runs.iterdir()):
            if _ID.fullmatch(path.name) and path.is_dir():
                yield Run(path)
