"""The runs of a workspace, as their folders tell of them: which there were, how each went, and which one is at work.

How far a run came says its journal, what it did its manifest. Of a run that was killed there is no manifest, until the
next run finishes it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from claimbatch.errors import ClaimbatchError
from claimbatch.files import digest, remove
from claimbatch.night.file_names import CHANGES, JUNIT, LOG, MANIFEST, PROBLEMS
from claimbatch.night.lock import is_held
from claimbatch.night.places import RUNS
from claimbatch.night.proof import doubts, read_head, read_manifest
from claimbatch.night.runs import Run, all_runs
from claimbatch.workspace import Workspace

LAST = "last"
BULKY = (CHANGES, PROBLEMS, JUNIT, LOG)  # what of an old run is removed; its manifest and its page stay


class State(StrEnum):
    """How a run went."""

    RUNNING = "running"
    FINISHED = "finished"
    KILLED = "killed"
    STOPPED = "stopped"  # it could not begin: the settings, the store; nothing was done


@dataclass(frozen=True, slots=True)
class Past:
    """A run: its *state*, when it *began*, and what its manifest says in short, where there is one that can be read.

    *finished_by* is the run that finished this one after it was killed.
    """

    folder: Path
    state: State
    began: str
    finished_by: str = ""
    head: Mapping[str, Any] | None = None

    @property
    def id(self) -> str:
        """The name of its folder."""
        return self.folder.name


@dataclass(frozen=True, slots=True)
class Shown:
    """A run with its whole *manifest*, if it has one; *doubts* are the sentences that say where it does not add up."""

    past: Past
    manifest: Mapping[str, Any] | None
    doubts: tuple[str, ...] = ()


def past_runs(workspace: Workspace) -> Iterator[Past]:
    """All runs, newest first; of each no more is read before it is asked for."""
    runs = _newest_first(workspace)
    at_work = _at_work(runs)
    for run in runs:
        yield _past(run, at_work)


def _newest_first(workspace: Workspace) -> list[Run]:
    return [*all_runs(workspace.folder / RUNS)][::-1]


def _at_work(runs: Sequence[Run]) -> str:
    """The id of the run that is at work now: the newest one that came to no end, while the lock is held."""
    if not runs or not is_held(runs[0].folder.parent):
        return ""
    return next((run.id for run in runs if not run.has_ended), "")


def _past(run: Run, at_work: str) -> Past:
    journal = run.journal
    end = next((line for line in journal if line.get("step") == "ended"), None)
    if end is None:
        state = State.RUNNING if run.id == at_work else State.KILLED
    else:
        state = _ENDS.get(str(end.get("state")), State.FINISHED)
    began = str(run.begun.get("at", "")) or _moment(run.id)
    return Past(run.folder, state, began, str((end or {}).get("finished_by", "")), _head(run.folder))


_ENDS: Mapping[str, State] = {"killed": State.KILLED, "stopped": State.STOPPED}


def _moment(name: str) -> str:
    """When the run *name* began, by its name.

    >>> _moment("20261126T020000Z-3f2a")
    '2026-11-26T02:00:00Z'
    """
    return f"{name[:4]}-{name[4:6]}-{name[6:8]}T{name[9:11]}:{name[11:13]}:{name[13:15]}Z"


def _head(folder: Path) -> Mapping[str, Any] | None:
    """One manifest that is damaged keeps nobody from seeing the list of runs."""
    try:
        return read_head(folder / MANIFEST) if (folder / MANIFEST).exists() else None
    except ClaimbatchError:
        return None


def find_run(workspace: Workspace, name: str) -> Past:
    """The run called *name*, or whose name begins so; ``last`` is the newest."""
    runs = _newest_first(workspace)
    if not runs:
        raise ClaimbatchError("There was no nightly run yet.", "Start one with: claimbatch nightly")
    wanted = name.casefold()
    found = runs[:1] if name == LAST else [run for run in runs if run.id.casefold().startswith(wanted)]
    if len(found) == 1:
        return _past(found[0], _at_work(runs))
    if found:
        raise ClaimbatchError(
            f"{name} may be any of {len(found)} runs.",
            f"Say more of it: {', '.join(run.id for run in found[:5])}.",
        )
    raise ClaimbatchError(f"There is no run {name}.", "claimbatch runs lists them; last is the newest one.")


def show_run(past: Past) -> Shown:
    """The run with its account, added up again, and the lists beside it held to their hashes."""
    path = past.folder / MANIFEST
    if not path.exists():
        return Shown(past, None)
    manifest = read_manifest(path)
    return Shown(past, manifest, (*doubts(manifest), *_altered(past.folder, manifest)))


def _altered(folder: Path, manifest: Mapping[str, Any]) -> Iterator[str]:
    """Lists that are not as they were written; those of old runs are not kept."""
    for one in manifest["lists"]:
        path = folder / one["name"]
        if path.exists() and digest(path) != one["sha256"]:
            yield f"{one['name']} was altered after it was written."


def thin_out(runs: Path, keep: int) -> None:
    """Remove the long lists and logs of all but the last *keep* runs; 0 keeps all. No workbook is ever removed."""
    ended = [run for run in all_runs(runs) if run.has_ended] if keep else []
    for run in ended[: max(0, len(ended) - keep)]:
        for name in BULKY:
            if (run.folder / name).exists():
                remove(run.folder / name)
