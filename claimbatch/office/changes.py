"""What an import, or its undo, changes in the register, by name: a row for each thing that comes, goes or differs."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from claimbatch.claims.register.changes import Change, Key, Plan, Record, Register, What, Why, differences
from claimbatch.files import sha256

REMOVED = "(removed)"  # in the place of a name that a purge has removed
NEW, CHANGED, GONE = "new", "changed", "gone"
ENTRY_CODES = "entry codes"
_FIELDS: Mapping[str, str] = {
    "born": "date of birth",
    "ocr_number": "OCR candidate number",
    "uci": "UCI",
    "uln": "ULN",
    "entry_codes": ENTRY_CODES,
}


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """An entry or assessor that comes or goes, or one field of somebody that differs: *what*, *old* and *new*.

    *change* is ``new``, ``changed`` or ``gone``; *number* a candidate number or an assessor's initials. *asks* says
    whether a person must agree, *claimed* that a claim names the candidate for this entry code.
    """

    change: str
    centre_number: str
    number: str
    name: str
    entry_code: str
    what: str = ""
    old: str = ""
    new: str = ""
    asks: bool = False
    claimed: bool = False


@dataclass(frozen=True, slots=True)
class KeptRow:
    """What an undo leaves as it is: whose, in which entry (blank: the person), and *why*."""

    number: str
    name: str
    entry_code: str
    why: Why


@dataclass(frozen=True)
class Changing:
    """What would change in the register: the *plan*, and the *register* that it was made for."""

    plan: Plan
    register: Register

    @cached_property
    def rows(self) -> list[ChangeRow]:
        """The changes by name."""
        return rows_of(self.plan.changes, self.register)

    @property
    def asks(self) -> bool:
        """Whether a person must agree: somebody gets another name or date of birth, or goes."""
        return any(change.asks for change in self.plan.changes)

    @property
    def seal(self) -> str:
        """A hash of the changes. A page that shows them sends it along, and carries out only what it has shown."""
        return seal_of(self.plan)


def rows_of(changes: Iterable[Change], register: Register) -> list[ChangeRow]:
    """*changes* as rows, by centre, number and entry code; *register* has the names of those who do not change."""
    listed = list(changes)
    people = {change.key: change.after or change.before for change in listed}
    rows = (row for change in listed for row in _rows(change, people, register))
    return sorted(rows, key=lambda row: (row.centre_number, row.number, row.entry_code))


def kept_rows(kept: Iterable[tuple[Change, Why]], register: Register) -> list[KeptRow]:
    """What an undo leaves as it is, as rows."""
    return [
        KeptRow(
            (register.records.get(change.key) or {}).get("initials", change.key.number),
            _name(change.key, {}, register),
            change.key.entry_code,
            why,
        )
        for change, why in kept
    ]


def seal_of(plan: Plan) -> str:
    """A hash of all that *plan* changes and keeps: so a page can tell that what is agreed to is what was shown."""
    changes = sorted([repr(_plain(change)) for change in plan.changes])
    kept = sorted(repr((_plain(change), why.value)) for change, why in plan.kept)
    return sha256(repr((changes, kept)).encode())


def _plain(change: Change) -> tuple[object, ...]:
    return (*change.key, _in_order(change.before), _in_order(change.after))


def _in_order(record: object) -> object:
    """A record so that the same always looks the same."""
    return (
        sorted((name, _in_order(value)) for name, value in record.items())
        if isinstance(record, Mapping)
        else record
    )


def _rows(change: Change, people: Mapping[Key, Record | None], register: Register) -> Iterator[ChangeRow]:
    key = change.key
    record = change.after or change.before or {}
    row = ChangeRow(
        change=CHANGED if change.before and change.after else NEW if change.after else GONE,
        centre_number=key.centre_number,
        number=record.get("initials", key.number),
        name=_name(key, people, register),
        entry_code=key.entry_code or (" ".join(record["entry_codes"]) if "entry_codes" in record else ""),
        asks=change.asks,
        claimed=key[1:] in register.claimed,
    )
    if row.change == CHANGED:
        if key.what is not What.ENTRY and change.before:
            row = replace(row, name=change.before["name"])
        for name, old, new in differences(change):
            yield replace(row, what=_FIELDS.get(name, name), old=old, new=new)
    elif key.what is not What.CANDIDATE:
        yield row


def _name(key: Key, people: Mapping[Key, Record | None], register: Register) -> str:
    whose = key if key.what is What.ASSESSOR else key.person
    record = people.get(whose) or register.records.get(whose)
    return str(record["name"]) if record else REMOVED
