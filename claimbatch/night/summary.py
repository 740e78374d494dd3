"""The page of a night, for people: what could not be done, what to put right, what changed, and what to do next.

Candidates are numbers on it, and what somebody typed is not repeated. For whom a workbook was made is named, so that
the exam officer knows whom to ask.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from claimbatch import __version__
from claimbatch.clock import day, duration, zoned
from claimbatch.night import page_lists
from claimbatch.night.account import Account, Fate, File
from claimbatch.night.file_names import CHANGES, PROBLEMS
from claimbatch.night.proof import KINDS
from claimbatch.output.view.document import Block, Document, Fact, Section, text
from claimbatch.output.view.status import Term, what_next

TO_PUT_RIGHT = (Fate.REJECTED, Fate.PART)
TAKEN = (Fate.MERGED, Fate.PART)
NAMED = 3  # centres


@dataclass(frozen=True, slots=True)
class Told:
    """A night to be told: its *account*, and what its numbers are called, qualifications by entry code, and centres."""

    account: Account
    titles: Mapping[str, str]
    centres: Mapping[str, str]

    def of(self, *fates: Fate) -> list[File]:
        """The files that came to one of these *fates*, by name."""
        return sorted((f for f in self.account.files if f.fate in fates), key=lambda f: (f.name, f.sha256))


def summary(told: Told) -> Document:
    """The page of a night."""
    account = told.account
    return Document(
        title="Nightly run",
        about=f"{day(account.started)}, {account.id}",
        running=tuple(_running(told)),
        stamp=_stamp(told),
        foot=f"Nightly run · {account.id}",
        made=account.ended,
        blocks=tuple(_blocks(told)),
        facts=tuple(_facts(told)),
    )


def _running(told: Told) -> Iterator[Fact]:
    account, centres = told.account, dict(sorted(told.centres.items()))
    if len(centres) == 1:
        yield Fact("Centre", *next(iter(centres.items())))
    elif centres:
        more = len(centres) - NAMED
        yield Fact("Centre", ", ".join(list(centres)[:NAMED]), f"and {more} more" if more > 0 else "")
    yield Fact("Began", zoned(account.started), f"by {account.who}" if account.who else "")
    yield Fact("Took", duration(account.seconds))
    yield Fact("Run", account.id)


def _stamp(told: Told) -> str:
    if told.account.dry_run:
        return "Dry run"
    if told.account.finished_by:
        return "Killed"
    if told.account.undone:
        return "Not all done"
    if told.of(*TO_PUT_RIGHT, Fate.QUARANTINED):
        return "To put right"
    return "All in order" if told.account.files else "Nothing came"


def _facts(told: Told) -> Iterator[Fact]:
    account = told.account
    moved = sum(getattr(file, kind) for file in account.files for kind in KINDS)
    claims = sum(any(getattr(claim, kind) for kind in KINDS) for claim in account.claims)
    yield Fact("Files", str(len(account.files)))
    yield Fact("Taken", str(len(told.of(*TAKEN))))
    yield Fact("To put right", str(len(told.of(*TO_PUT_RIGHT))))
    yield Fact("Kept apart", str(account.count(Fate.QUARANTINED)))
    yield Fact("Left", str(account.count(Fate.LEFT)))
    yield Fact("Lines changed", str(moved), f"in {claims} claim{'s' if claims > 1 else ''}" if moved else "")


def _blocks(told: Told) -> Iterator[Block]:
    account = told.account
    yield from _lead(account)
    yield from page_lists.not_done(account.undone)
    yield from page_lists.to_put_right(told.of(*TO_PUT_RIGHT), account.problems)
    yield from page_lists.kept_apart(told.of(Fate.QUARANTINED))
    yield from page_lists.left(told.of(Fate.LEFT))
    yield from _next(told)
    yield from page_lists.changed(account.claims, account.changes)
    yield from page_lists.taken(told.of(*TAKEN), told.titles)
    yield from page_lists.received_before(told.of(Fate.AGAIN))
    yield from page_lists.messages(account.mails)
    origin = (
        f"All lines that changed stand in {CHANGES}, all problems in {PROBLEMS}, beside this page. "
        f"Made by claimbatch {__version__}."
    )
    yield Section("", (text(origin, soft=True),))


def _lead(account: Account) -> Iterator[Block]:
    if account.dry_run:
        yield text("This was a dry run: nothing was taken, moved, written or sent.", framed=True)
    if account.took_over:
        yield text(f"This run ended what a killed one had begun: {', '.join(sorted(account.took_over))}.")
    if account.finished_by:
        yield text(f"This run was killed; what it had begun was ended by {account.finished_by}.", framed=True)
    if not (account.files or account.undone):
        yield text(_nothing(account))
    if account.retired:
        paths = ", ".join(account.retired[:NAMED])
        more = len(account.retired) - NAMED
        tail = f" and {more} more" if more > 0 else ""
        yield text(f"Put aside, as a later copy was merged by hand: {paths}{tail}.")


def _nothing(account: Account) -> str:
    """Why the account of a night names no file."""
    if account.finished_by:
        return "Nothing had been taken."
    return f"Nothing lay in the inbox{'' if account.claims else ', and no claim changed'}."


def _next(told: Told) -> Iterator[Section]:
    """How far each qualification is, what to do next, and whom to remind; centre by centre where there are several."""
    term = told.account.term
    numbers = sorted({course.centre_number for course in term})
    for number in numbers:
        mine = [course for course in term if course.centre_number == number]
        name = told.centres.get(number, "")
        sections = tuple(what_next(Term(number, name, mine, told.titles, told.account.ended)))
        if len(numbers) > 1:
            yield Section(f"Centre {number}{f', {name}' if name else ''}", sections)
        else:
            yield from sections
