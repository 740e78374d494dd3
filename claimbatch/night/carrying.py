"""Carries a plan out: moves files where they belong. Done again after a run was killed, it ends in the same folders."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path, PurePosixPath

from claimbatch.errors import ClaimbatchError
from claimbatch.files import SourceError, sha256
from claimbatch.files.anywhere import Spot, digest, each, is_file, is_there, move, remove, write
from claimbatch.night.account import File, Undone
from claimbatch.night.answering import LIST, MARKED
from claimbatch.night.looking import Arrived, still_looks_so
from claimbatch.night.places import Places
from claimbatch.night.plan import Fact, Item, Plan, Put, Retired
from claimbatch.night.tonight import Tonight
from claimbatch.night.undone import told_of

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
    done = Carried()
    before = tonight.run.last(ASIDE)
    for one in plan.retired:
        if before is None or one.original in before["gone"]:
            _set_aside(tonight, one, done, again=before is not None)
    if plan.retired and before is None:
        tonight.run.note(ASIDE, gone=done.gone)
    with tonight.watch("Putting away", len(plan.items)) as advance:
        for file, fact, error in each(partial(_put_away, tonight), plan.items, tonight.places.at_once):
            done.files.append(file)
            done.facts += [fact] if fact else []
            done.undone += told_of("move", error)
            advance(1, 0)
    return _with_retired(done)


def would_be(places: Places, plan: Plan) -> Carried:
    """What would come of the *plan*, if nothing went wrong."""
    done = Carried()
    for one in plan.retired:
        done.aside.setdefault(one.by, []).append(_told(places, one.puts[-1]))
    done.files = [
        _there(places, item, places.found(item.puts[0].target)) if item.puts else item.file
        for item in plan.items
    ]
    return _with_retired(done)


def _with_retired(done: Carried) -> Carried:
    """Each file with the earlier copies that it puts an end to; the others stay among those *aside*."""
    done.files = [replace(file, retired=tuple(done.aside.pop(file.sha256, ()))) for file in done.files]
    return done


def _told(places: Places, put: Put) -> str:
    return places.told(places.found(put.target))


def _set_aside(tonight: Tonight, one: Retired, done: Carried, *, again: bool) -> None:
    places = tonight.places
    try:
        for put in one.puts if not again else ():
            if is_there(source := places.found(put.source)):
                move(source, places.found(put.target), _on_the_way(tonight, put))
    except ClaimbatchError as error:
        done.undone += told_of("move", error)
        if any(is_there(places.found(put.source)) for put in one.puts):
            return
    done.gone.append(one.original)
    done.aside.setdefault(one.by, []).append(_told(places, one.puts[-1]))


def _put_away(tonight: Tonight, item: Item) -> tuple[File, Fact | None, ClaimbatchError | None]:
    """Where the file is now, what is remembered of it, and what could not be done."""
    places = tonight.places
    if not item.puts:
        return item.file, None, None
    original, *answers = item.puts
    new: list[Spot] = []
    try:
        new += [target for put in answers if not is_there(target := places.found(put.target))]
        for put in answers:
            _answer(places, put)
        moved = _original(tonight, original)  # last: where it is not moved, the next night begins anew
    except ClaimbatchError as error:
        if not _lies_there(places, original):
            _take_back(new)
            return item.file, None, error
        return _there(places, item, places.found(original.target)), item.fact, error
    return _there(places, item, moved), item.fact, None


def _there(places: Places, item: Item, moved: Spot) -> File:
    """The file with where it is now, and what lies beside it."""
    beside = [_told(places, put) for put in item.puts[1:]]
    return replace(
        item.file,
        moved_to=places.told(moved),
        marked=next((path for path in beside if PurePosixPath(path).stem.endswith(MARKED)), ""),
        error_sheets=tuple(path for path in beside if PurePosixPath(path).stem.endswith(LIST)),
    )


def _take_back(answers: Iterable[Spot]) -> None:
    """Remove answers whose workbook is not beside them: they would be in the way of the next ones."""
    for path in answers:
        with suppress(ClaimbatchError):
            remove(path)


def _original(tonight: Tonight, put: Put) -> Spot:
    source, target = tonight.places.found(put.source), tonight.places.found(put.target)
    staged = Path(put.staged) if put.staged else _on_the_way(tonight, put)
    if not put.stays and still_looks_so(Arrived(source, "", (put.look[0], put.look[1], put.look[2]))):
        return move(source, target, staged, put.look if put.staged else ())
    if is_file(target) and digest(target) == put.sha256:
        return target  # a run that was killed has moved it
    if not put.staged:
        raise SourceError(source, "was changed after it was read" if not put.stays else "stays where it is")
    return move(staged, target, staged)


def _lies_there(places: Places, put: Put) -> bool:
    """Whether a file has been moved, although something was wrong: the disk may do it and not say that it will last."""
    source, target = places.found(put.source), places.found(put.target)
    with suppress(ClaimbatchError):
        is_left = put.stays or not still_looks_so(
            Arrived(source, "", (put.look[0], put.look[1], put.look[2]))
        )
        return is_left and is_file(target) and digest(target) == put.sha256
    return False


def _on_the_way(tonight: Tonight, put: Put) -> Path:
    """The copy through which a file goes to or from a server, where it was not copied to be read."""
    return tonight.run.staged / f"to-{sha256(put.target.encode())[:16]}"


def _answer(places: Places, put: Put) -> None:
    source = Path(put.source)
    try:
        content = source.read_bytes()
    except OSError as error:
        raise SourceError(source, f"cannot be read: {error.strerror}") from None
    write(places.found(put.target), content)
