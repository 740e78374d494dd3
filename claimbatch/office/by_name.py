"""What an import changes in the register, one by one with their names; and how much that is, in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from claimbatch.claims.register.changes import Counts
from claimbatch.office.changes import CHANGED, ENTRY_CODES, GONE, NEW, ChangeRow, KeptRow


@dataclass(frozen=True, slots=True)
class Affected:
    """A candidate or assessor who comes, goes or differs, with the *entry_codes* of that; *rows* say in what.

    *change* is ``new``, ``changed`` or ``gone``. *asks* says whether a person must agree, *on_claim* that a claim names
    somebody who goes: it keeps its lines.
    """

    change: str
    centre_number: str
    number: str
    name: str
    entry_codes: tuple[str, ...]
    rows: tuple[ChangeRow, ...]
    asks: bool = False
    on_claim: bool = False

    @property
    def renamed(self) -> str:
        """The name that they get; blank where it stays."""
        return next((row.new for row in self.rows if row.what == "name"), "")

    @property
    def differences(self) -> tuple[ChangeRow, ...]:
        """What of somebody who stays differs, the name aside."""
        return tuple(row for row in self.rows if row.what and row.what != "name")

    def told(self, *, several: bool = False) -> str:
        """A line: ``0043 BROWN, Tom → BROWN, Thomas; date of birth 2008-03-04 → 2008-03-05``.

        Who comes or goes has the entry codes: ``0042 KING, Harry (05347 05349)``. With *several* centres, theirs.
        """
        who = f"{f'{self.centre_number} ' * several}{self.number} {self.name}"
        codes = f" ({' '.join(self.entry_codes)})" if self.entry_codes else ""
        if self.change != CHANGED:
            return f"{who}{codes}{', on a claim, which keeps its lines' * self.on_claim}"
        renamed = f" → {self.renamed}" if self.renamed else ""
        rest = "; ".join(
            f"{row.what} {row.old or 'blank'} → {row.new or 'blank'}" for row in self.differences
        )
        return f"{who}{renamed}{codes}{('; ' if renamed else ': ') * bool(rest)}{rest}"


def by_name(rows: Iterable[ChangeRow]) -> list[Affected]:
    """The *rows* by whom they are about: new, changed, gone; of each, first those where a person must agree."""
    found: dict[tuple[str, ...], list[ChangeRow]] = {}
    for row in rows:
        code = row.entry_code if row.change == CHANGED and row.what != ENTRY_CODES else ""
        found.setdefault((row.change, row.centre_number, row.number, code, row.name), []).append(row)
    made = [_affected(key, theirs) for key, theirs in found.items()]
    order = {NEW: 0, CHANGED: 1, GONE: 2}
    return sorted(made, key=lambda one: (order[one.change], not one.asks))


def _affected(key: tuple[str, ...], rows: Sequence[ChangeRow]) -> Affected:
    change, centre, number, code, name = key
    codes = [code] if change == CHANGED else [row.entry_code for row in rows]
    return Affected(
        change,
        centre,
        number,
        name,
        tuple(filter(None, codes)),
        tuple(rows),
        asks=any(row.asks for row in rows),
        on_claim=change == GONE and any(row.claimed for row in rows),
    )


def not_taken_back(row: KeptRow) -> str:
    """One thing that an undo leaves as it is: ``0042 Ahmed, Sana (05349): changed since``."""
    code = f" ({row.entry_code})" if row.entry_code else ""
    return f"{row.number} {row.name}{code}: {row.why}"


def in_numbers(counts: Counts) -> str:
    """``1 new, 2 changed``: how much is new, changed and removed."""
    return ", ".join(f"{number} {word}" for word, number in _changed(counts) if number)


def counted(kind: str, counts: Counts) -> str:
    """``60 candidates, 61 entries: 3 new, 1 changed, 57 unchanged``."""
    *others, removed = _changed(counts)
    numbers = (*others, ("unchanged", counts.unchanged), removed)
    parts = [f"{number} {word}" for word, number in numbers if number]
    if kind == "assessors":
        what = _count(counts.entries, "assessor", "assessors")
    else:
        what = f"{_count(counts.candidates, 'candidate', 'candidates')}, {_count(counts.entries, 'entry', 'entries')}"
    return f"{what}{': ' * bool(parts)}{', '.join(parts)}"


def _changed(counts: Counts) -> tuple[tuple[str, int], ...]:
    return ("new", counts.new), ("changed", counts.changed), ("removed", len(counts.removed))


def _count(number: int, one: str, several: str) -> str:
    return f"{number or 'no'} {one if number == 1 else several}"
