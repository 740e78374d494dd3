"""Carries a plan out: moves files where they belong. Done again after a run was killed, it ends in the same folders."""

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from claimbatch.errors import ClaimbatchError
from claimbatch.files import SourceError, digest, move, remove, write_atomic
from claimbatch.night.account import File, Undone
from claimbatch.night.answering import LIST, MARKED
from claimbatch.night.looking import Arrived, still_looks_so
from claimbatch.night.places import Places
from claimbatch.night.plan import Fact, Item, Plan, Put, Retired
from claimbatch.night.tonight import Tonight

ASIDE = "aside"  # in the journal: what was settled has made room


@dataclass
class Carried:
    """What came of a plan: the *files* where they are now, and what could not be moved.

    *facts* are to be remembered, the paths *gone* no longer; *aside* are earlier copies, where they lie now, by the
    SHA-256 of what put an end to them.
    """

    files: list[File] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    aside: dict[str, list[str]] = field(default_factory=dict)
    undone: list[Undone] = field(default_factory=list)


def carry_out(tonight: Tonight, plan: Plan) -> Carried:
    """Do all that the *plan* says; what cannot be done is told, and keeps nothing else from it.

    What is set aside makes room for what came. So the journal says when that is done: after a run was killed, another
    file may lie where it lay.
    """
    places, done = tonight.places, Carried()
    before = tonight.run.last(ASIDE)
    for one in plan.retired:
        if before is None or one.original in before["gone"]:
            _set_aside(places, one, done, again=before is not None)
    if plan.retired and before is None:
        tonight.run.note(ASIDE, gone=done.gone)
    with tonight.watch("Putting away", len(plan.items)) as advance:
        for item in plan.items:
            done.files.append(_put_away(places, item, done))
            advance(1, 0)
    return _with_retired(done)


def would_be(places: Places, plan: Plan) -> Carried:
    """What would come of the *plan*, if nothing went wrong."""
    done = Carried()
    for one in plan.retired:
        done.aside.setdefault(one.by, []).append(places.told(Path(one.puts[-1].target)))
    done.files = [
        _there(places, item, Path(item.puts[0].target)) if item.puts else item.file for item in plan.items
    ]
    return _with_retired(done)


def _with_retired(done: Carried) -> Carried:
    """Each file with the earlier copies that it puts an end to; the others stay among those *aside*."""
    done.files = [replace(file, retired=tuple(done.aside.pop(file.sha256, ()))) for file in done.files]
    return done


def _set_aside(places: Places, one: Retired, done: Carried, *, again: bool) -> None:
    try:
        for put in one.puts:
            if os.path.lexists(put.source) and not again:
                move(Path(put.source), Path(put.target))
    except ClaimbatchError as error:
        done.undone.append(Undone("move", error.message, error.hint))
        return
    done.gone.append(one.original)
    done.aside.setdefault(one.by, []).append(places.told(Path(one.puts[-1].target)))


def _put_away(places: Places, item: Item, done: Carried) -> File:
    if not item.puts:
        return item.file
    original, *answers = item.puts
    new = [Path(put.target) for put in answers if not os.path.lexists(put.target)]
    try:
        for put in answers:
            _answer(put)
        moved = _original(original)  # last: where it is not moved, the next night begins anew
    except ClaimbatchError as error:
        done.undone.append(Undone("move", error.message, error.hint))
        _take_back(new)
        return item.file
    if item.fact:
        done.facts.append(item.fact)
    return _there(places, item, moved)


def _there(places: Places, item: Item, moved: Path) -> File:
    """The file with where it is now, and what lies beside it."""
    beside = [places.told(Path(put.target)) for put in item.puts[1:]]
    return replace(
        item.file,
        moved_to=places.told(moved),
        marked=next((path for path in beside if Path(path).stem.endswith(MARKED)), ""),
        error_sheets=tuple(path for path in beside if Path(path).stem.endswith(LIST)),
    )


def _take_back(answers: Iterable[Path]) -> None:
    """Remove answers whose workbook is not beside them: they would be in the way of the next ones."""
    for path in answers:
        with suppress(ClaimbatchError):
            remove(path)


def _original(put: Put) -> Path:
    source, target = Path(put.source), Path(put.target)
    if not put.stays and still_looks_so(Arrived(source, "", (put.look[0], put.look[1], put.look[2]))):
        return move(source, target)
    if _is(target, put.sha256):
        return target  # a run that was killed has moved it
    if not put.staged:
        raise SourceError(source, "was changed after it was read" if not put.stays else "stays where it is")
    return move(Path(put.staged), target)


def _is(path: Path, sha256: str) -> bool:
    try:
        return path.is_file() and digest(path) == sha256
    except OSError as error:
        raise SourceError(path, f"cannot be read: {error.strerror}") from None


def _answer(put: Put) -> None:
    source = Path(put.source)
    try:
        content = source.read_bytes()
    except OSError as error:
        raise SourceError(source, f"cannot be read: {error.strerror}") from None
    write_atomic(Path(put.target), content)
