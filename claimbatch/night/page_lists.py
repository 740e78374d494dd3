"""The lists of a night's page: of the files by what became of them, of the claims that changed, of the messages.

A long list ends where nobody reads on, and says where the rest is.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple, TypeVar

from claimbatch.claims.claim import unit_word
from claimbatch.claims.merge import Change, in_words
from claimbatch.night.account import ClaimChanged, File, Mailed, Undone
from claimbatch.night.file_names import CHANGES, MANIFEST, PROBLEMS
from claimbatch.night.gist import Found, first_changes, what_is_wrong, why_of
from claimbatch.night.proof import KINDS
from claimbatch.output.view.document import KEPT_LIST, Cell, Column, Row, Section, Table, text
from claimbatch.problems import Problem, Rule

SHOWN = 100  # files of one list
RULES = 5  # of one file
T = TypeVar("T")


class _List(NamedTuple):
    """A list: its title, what it means, its columns, and where the rest of it is if it is long."""

    title: str
    means: str
    columns: Sequence[Column]
    rest: str = MANIFEST


_FILE, _FOR = Column("Workbook", share=1.2), Column("For", width=36)
_NOW = Column("Where it is now", share=1.2)
_COUNTED: Mapping[str, str] = {
    "lines": "Lines", "added": "Added", "changed": "Changed", "removed": "Removed", "unchanged": "As before",
}  # fmt: skip
_MESSAGES: Mapping[str, str] = {
    "summary": "Summary of the night", "workbooks": "Workbooks to put right", "reminder": "Reminder",
}  # fmt: skip


def not_done(undone: Sequence[Undone]) -> Iterator[Section]:
    """What could not be done, and what helps."""
    columns = Column("What", width=30), Column("Why not", share=1.4), Column("What helps")
    yield from _listed(
        _List("Could not be done", "The next run tries it again.", columns),
        undone,
        lambda one: [Row((Cell(one.what.capitalize(), strong=True), one.why, one.hint))],
    )


def to_put_right(files: Sequence[File], problems: Iterable[Problem]) -> Iterator[Section]:
    """Files with errors: whose each is, what is wrong with it and where, and what to send back."""
    found = what_is_wrong(problems, [file.name for file in files[:SHOWN]])
    columns = (
        _FILE, _FOR, Column("What is wrong", share=1.5), Column("How often", width=18, align="center"),
        Column("Where"), Column("To send back", share=1.5),
    )  # fmt: skip
    means = (
        "For whom the workbook was made, or the folder it lay in. The marked copy shows each problem at its cell, and "
        "may be corrected and put into the inbox again; the list of its problems lies beside it."
    )
    kind = _List("To put right", means, columns, PROBLEMS)
    yield from _listed(kind, files, lambda file: _with_faults(file, found[file.name]))


def _with_faults(file: File, found: Mapping[Rule, Found]) -> Iterator[Row]:
    """A row for each rule that found something in the file."""
    held = f"{file.held} of {file.lines} lines wait" if file.held else ""
    mine: tuple[str | Cell, ...] = Cell(file.name, held), whose(file)
    again = Cell(file.name, soft=True), Cell(whose(file), soft=True)
    back = next(filter(None, (file.marked, *file.error_sheets)), file.moved_to)
    if not found:
        yield Row((*mine, why_of(file), "–", "", back), starts=True)
    for at, (rule, where) in enumerate(list(found.items())[:RULES]):
        fault = f"{rule.fault.removesuffix('.')} ({rule.code})"
        rest = (fault, str(where.count), where.where)
        yield Row((*(again if at else mine), *rest, back if not at else ""), starts=not at)
    if len(found) > RULES:
        yield Row((*again, Cell(f"and {len(found) - RULES} more of other kinds", soft=True), "", "", ""))


def whose(file: File) -> str:
    """Who is asked about a file: for whom its workbook was made, else the folder that it lay in."""
    folder = PurePosixPath(file.name).parent.as_posix()
    return file.issued_to or ("–" if folder == "." else f"folder {folder}")


def kept_apart(files: Sequence[File]) -> Iterator[Section]:
    """Files that could do harm or cannot be read."""
    means = "They could do harm, or cannot be read. Nothing in them was taken; do not open them."
    columns = Column("File"), _FOR, Column("Why", share=1.6), _NOW
    kind = _List("Kept apart", means, columns)
    yield from _listed(kind, files, lambda file: [Row((file.name, whose(file), why_of(file), file.moved_to))])


def left(files: Sequence[File]) -> Iterator[Section]:
    """Files that stay in the inbox."""
    columns = Column("File"), _FOR, Column("Why", share=1.6)
    kind = _List("Left in the inbox", "The next run looks at them again.", columns)
    yield from _listed(kind, files, lambda file: [Row((file.name, whose(file), file.why))])


def taken(files: Sequence[File], titles: Mapping[str, str]) -> Iterator[Section]:
    """Workbooks that were taken, and how many of their lines changed anything."""
    numbers = [Column(head, width=19, align="center") for head in _COUNTED.values()]
    columns = _FILE, _FOR, Column("Qualification", share=1.2), *numbers, _NOW

    def row(file: File) -> list[Row]:
        of = Cell(file.entry_code, titles.get(file.entry_code, ""))
        counts = [str(getattr(file, kind) or "–") for kind in _COUNTED]
        retired = f"puts an end to {', '.join(file.retired)}" if file.retired else ""
        return [Row((Cell(file.name, retired), whose(file), of, *counts, file.moved_to))]

    yield from _listed(_List("Taken", "", columns), files, row)


def received_before(files: Sequence[File]) -> Iterator[Section]:
    """Files whose very bytes were taken before."""
    columns = _FILE, Column("Why", share=1.4), _NOW
    kind = _List("Received before", "They changed nothing.", columns)
    yield from _listed(kind, files, lambda file: [Row((file.name, file.why, file.moved_to))])


def messages(mails: Iterable[Mailed]) -> Iterator[Section]:
    """The messages of the night, and what came of them."""
    columns = Column("Message", width=50), Column("To"), Column("State", width=25), Column("Why", share=1.5)
    yield from _listed(
        _List("Messages", "", columns),
        sorted(mails, key=lambda mail: (mail.kind, mail.whom)),
        lambda mail: [Row((_MESSAGES.get(mail.kind, mail.kind), mail.whom, mail.state, mail.why))],
    )


def changed(claims: Iterable[ClaimChanged], changes: Iterable[tuple[str, Change]]) -> Iterator[Section]:
    """Each claim of which a line changed, with its lines old and new."""
    shown = first_changes(changes)
    moved = [claim for claim in claims if any(getattr(claim, kind) for kind in KINDS)]
    parts = [_claim(claim, shown.get(claim.key, [])) for claim in sorted(moved, key=lambda claim: claim.key)]
    if parts:
        yield Section(f"What changed ({len(parts)} {'claim' if len(parts) == 1 else 'claims'})", tuple(parts))


def _claim(claim: ClaimChanged, changes: Sequence[Change]) -> Section:
    counts = {kind: getattr(claim, kind) for kind in KINDS}
    more = sum(counts.values()) - len(changes)
    said = ", ".join(f"{number} {kind}" for kind, number in counts.items() if number)
    columns = (
        Column("Candidate", width=24), Column("Unit", width=45), Column("Was", width=30), Column("Is", width=30),
        Column("Workbook"), Column("Cell", width=36),
    )  # fmt: skip
    name = f"Lines of claim {claim.key} that changed"
    blocks = [Table(name, columns, tuple(map(_line, changes)), heads=2)] if changes else []
    written = f"Written anew: {', '.join(claim.written)}." if claim.written else ""
    rest = f"{more} more lines: {CHANGES}, beside this page." if more > 0 else ""
    notes = [text(" ".join(filter(None, (rest, written))), soft=True)] if rest or written else []
    title = f"{claim.entry_code} {claim.title}, claim {claim.key}: {said}"
    return Section(title, (*blocks, *notes), kept=len(changes) <= KEPT_LIST)


def _line(change: Change) -> Row:
    said = change.statement
    old, new = in_words(change.old), in_words(change.new)
    compared = change.kind != "added"
    where = said.workbook, f"{said.sheet}!{said.cell}"
    return Row(
        (
            said.candidate,
            unit_word(said.unit),
            Cell(old, soft=not compared),
            Cell(new, strong=compared),
            *where,
        )
    )


def _listed(kind: _List, things: Sequence[T], rows_of: Callable[[T], Iterable[Row]]) -> Iterator[Section]:
    """A list under its title with how many there are; nothing where there are none."""
    if things:
        rows = [row for thing in things[:SHOWN] for row in rows_of(thing)]
        lead = [text(kind.means, soft=True, lead=True)] if kind.means else []
        more = len(things) - SHOWN
        notes = [text(f"{more} more: {kind.rest}, beside this page.", soft=True)] if more > 0 else []
        table = Table(kind.title, tuple(kind.columns), tuple(rows))
        yield Section(f"{kind.title} ({len(things)})", (*lead, table, *notes), kept=len(rows) <= KEPT_LIST)
