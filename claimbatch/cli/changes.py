"""What an import changes in the register, by name: shown before it is stored, asked about where it has to be."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from claimbatch.cli.session import confirm, count, say

if TYPE_CHECKING:
    from claimbatch.claims.register.changes import Counts
    from claimbatch.office.changes import ChangeRow, KeptRow
    from claimbatch.office.imports import Undoing
    from claimbatch.office.register import Planned

NAMED = 8  # changes that need no answer are named so far
_BECAUSE = "This gives somebody another name or date of birth, or removes entries or assessors"


def show_changes(planned: "Planned | Undoing", *, dry_run: bool, yes: bool) -> None:
    """Tell what would change: new, changed and gone; what needs an answer whole, the rest up to some.

    In a dry run all of it. Where a question is going to be asked, it is told even if ``--quiet`` was said.
    """
    tell = _aloud if planned.asks and not (yes or dry_run) else say
    several = len({row.centre_number for row in planned.rows}) > 1
    for kind, lines in (("New", _whole), ("Changed", _fields), ("Gone", _whole)):
        chosen = [row for row in planned.rows if row.change == kind.casefold()]
        told = sorted(lines(chosen, several=several), key=lambda line: not line[1])
        asked = sum(asks for _, asks in told)
        most = len(told) if dry_run else max(asked, NAMED)
        if told:
            tell(f"{kind} ({len(told)}):")
        for line, _ in told[:most]:
            tell(f"  {line}")
        if len(told) > most:
            tell(f"  and {len(told) - most} more")


def _aloud(text: str) -> None:
    """Tell what a question is about even where ``--quiet`` was said."""
    click.echo(text, err=True)


def ask(planned: "Planned | Undoing", *, yes: bool) -> None:
    """Ask before names or dates of birth change under known numbers, or somebody goes; nothing else needs an answer."""
    if planned.asks:
        confirm(f"Store these changes ({in_numbers(planned.plan.counts)})?", yes=yes, because=_BECAUSE)


def in_numbers(counts: "Counts") -> str:
    """``1 new, 2 changed``: how much is new, changed and removed."""
    return ", ".join(f"{number} {word}" for word, number in _changed(counts) if number)


def not_taken_back(row: "KeptRow") -> str:
    """One thing that an undo leaves as it is: ``0042 Ahmed, Sana (05349): changed since``."""
    code = f" ({row.entry_code})" if row.entry_code else ""
    return f"{row.number} {row.name}{code}: {row.why}"


def counted(kind: str, counts: "Counts") -> str:
    """``60 candidates, 61 entries: 3 new, 1 changed, 57 unchanged``."""
    *others, removed = _changed(counts)
    numbers = (*others, ("unchanged", counts.unchanged), removed)
    parts = [f"{number} {word}" for word, number in numbers if number]
    if kind == "assessors":
        what = count(counts.entries, "assessor")
    else:
        what = f"{count(counts.candidates, 'candidate')}, {count(counts.entries, 'entry', 'entries')}"
    return f"{what}{': ' * bool(parts)}{', '.join(parts)}"


def _changed(counts: "Counts") -> tuple[tuple[str, int], ...]:
    return ("new", counts.new), ("changed", counts.changed), ("removed", len(counts.removed))


def _whole(rows: Sequence["ChangeRow"], *, several: bool) -> Iterator[tuple[str, bool]]:
    """Who comes or goes, with the entry codes: ``0042 KING, Harry (05347 05349)``."""
    people: dict[tuple[str, ...], list[ChangeRow]] = {}
    for row in rows:
        people.setdefault((row.centre_number, row.number, row.name), []).append(row)
    for (centre, number, name), theirs in people.items():
        codes = " ".join(row.entry_code for row in theirs if row.entry_code)
        entered = f" ({codes})" if codes else ""
        gone = theirs[0].change == "gone" and any(row.claimed for row in theirs)
        on_claim = ", on a claim, which keeps its lines" if gone else ""
        yield (
            f"{f'{centre} ' * several}{number} {name}{entered}{on_claim}",
            any(row.asks for row in theirs),
        )


def _fields(rows: Sequence["ChangeRow"], *, several: bool) -> Iterator[tuple[str, bool]]:
    """What changes of whom: ``0043 BROWN, Tom → BROWN, Thomas; date of birth 2008-03-04 → 2008-03-05``."""
    from claimbatch.office.changes import ENTRY_CODES  # noqa: PLC0415

    records: dict[tuple[str, ...], list[ChangeRow]] = {}
    for row in rows:
        code = "" if row.what == ENTRY_CODES else row.entry_code
        records.setdefault((row.centre_number, row.number, code, row.name), []).append(row)
    for (centre, number, code, name), theirs in records.items():
        renamed = [row.new for row in theirs if row.what == "name"]
        who = " → ".join((f"{f'{centre} ' * several}{number} {name}", *renamed)) + f" ({code})" * bool(code)
        rest = [
            f"{row.what} {row.old or 'blank'} → {row.new or 'blank'}" for row in theirs if row.what != "name"
        ]
        sign = ("; " if renamed else ": ") * bool(rest)
        yield f"{who}{sign}{'; '.join(rest)}", any(row.asks for row in theirs)
