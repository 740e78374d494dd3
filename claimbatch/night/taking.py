"""Checks what arrived, prepares all that is to become of it, and takes what is clean, in one transaction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.files import remove_folder
from claimbatch.files.writing import put, told
from claimbatch.intake.parcel import problems_packed
from claimbatch.intake.receiving import Examined, How, Wanted, examine, take_in
from claimbatch.night.account import Fate, Undone
from claimbatch.night.answering import Answers, answer
from claimbatch.night.plan import Plan
from claimbatch.night.preparing import Preparing, found_in
from claimbatch.night.remembered import Remembered
from claimbatch.night.runs import FOUND, TAKEN
from claimbatch.night.staging import Book
from claimbatch.night.tonight import Tonight

TRIES = 3  # to take what was checked, where somebody else changes the same claims meanwhile
AT_ONCE = 1000  # problems that are packed together


@dataclass(frozen=True, slots=True)
class Prepared:
    """The *plan*, what was *examined*, and what could not be prepared."""

    plan: Plan
    examined: Examined
    undone: tuple[Undone, ...] = ()


def take(tonight: Tonight, books: Sequence[Book], remembered: Remembered) -> Prepared:
    """Take the *books*; what is left to be done after that stands in the plan.

    The claims may change while the books are checked: then all is checked again. Raises :class:`ClaimbatchError` where
    it cannot be done, and then nothing is.
    """
    for attempt in range(1, TRIES + 1):
        prepared = prepare(tonight, books, remembered)
        tonight.confirm()
        try:
            if prepared.plan.whole or prepared.plan.part:
                take_in(tonight.store, prepared.examined, how(tonight), watch=tonight.watch)
        except ClaimbatchError as error:
            tonight.run.forget()
            if error.exit_code is not Exit.LOCKED or attempt == TRIES:
                raise
        else:
            tonight.run.note(TAKEN)
            return prepared
    raise AssertionError("the last try returns or raises")


def prepare(tonight: Tonight, books: Sequence[Book], remembered: Remembered) -> Prepared:
    """Check the *books*, make the answers, and keep the plan; nothing is changed but the run's own folder."""
    files = [(book.path, book.arrived.name) for book in books]
    workspace, store = tonight.workspace, tonight.store
    known = workspace.known(store)
    examined = examine(store, files, how(tonight), lambda: known, tonight.reader, watch=tonight.watch)
    found, named = found_in(examined), {book.arrived.name: book for book in books}
    faulty = [name for name, one in found.items() if one.fate is not Fate.MERGED]
    remove_folder(tonight.run.answers)
    answers = answer(tonight, examined.checked, named, faulty)
    examined = _without(examined, answers)
    plan = Preparing(tonight.places, store, known, remembered, named, examined, found, answers).plan()
    _keep_problems(tonight, examined)
    plan.write(tonight.run.folder)
    tonight.run.note("planned", files=len(plan.items))
    return Prepared(plan, examined, tuple(answers.undone.values()))


def how(tonight: Tonight) -> How:
    """How workbooks are received at night: nobody's words are ever overruled."""
    return How(tonight.who, partial=tonight.workspace.config.night.errors == "partial")


def _without(examined: Examined, answers: Answers) -> Examined:
    """Of what could not be answered nothing is taken either: all of it waits for the next night."""
    wanted = examined.wanted
    return replace(examined, wanted=Wanted(wanted.whole, set(wanted.part) - answers.undone.keys()))


def _keep_problems(tonight: Tonight, examined: Examined) -> None:
    """Keep what was found, for whoever has to finish this run."""
    path = tonight.run.folder / FOUND
    with told(path):
        put(path, _packed(examined))


def _packed(examined: Examined) -> Iterator[bytes]:
    problems = iter(examined.checked.problems)
    while some := list(islice(problems, AT_ONCE)):
        yield problems_packed(some)
