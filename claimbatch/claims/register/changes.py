"""What an import changes in the register, and what its undo would: old and new of every person, entry and assessor.

Pure functions from the register as it stands to a :class:`Plan`. So it can be shown by name before anything is stored,
and what is stored is what was shown. An undo is three-way: what was changed again since is not taken back.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

from claimbatch.claims.claim import Candidate
from claimbatch.claims.register import Assessor, Entry, RegisterFile
from claimbatch.names import squeeze

Record = Mapping[str, Any]  # values as JSON has them
_NUMBERS = {
    "ocr_candidate_number": "ocr_number",
    "uci": "uci",
    "uln": "uln",
}  # column -> field of a candidate


class What(StrEnum):
    """What the register holds."""

    CANDIDATE = "candidate"
    ENTRY = "entry"
    ASSESSOR = "assessor"


class Key(NamedTuple):
    """One thing in the register. *number* is a candidate number, or an assessor's initials in small letters."""

    what: What
    centre_number: str
    entry_code: str
    number: str

    @property
    def person(self) -> "Key":
        """The candidate of an entry."""
        return Key(What.CANDIDATE, self.centre_number, "", self.number)


@dataclass(frozen=True)
class Register:
    """The register as it stands: its records, and what claims need of it.

    *claimed* are the candidates whom claims name, by centre, entry code and number, those aside whose data was purged
    from the claim; *assessing* the assessors whom claims name, by centre and initials in small letters.
    """

    records: Mapping[Key, Record]
    claimed: frozenset[tuple[str, str, str]] = frozenset()
    assessing: frozenset[tuple[str, str]] = frozenset()

    @cached_property
    def claimed_people(self) -> frozenset[Key]:
        """The candidates whom any claim names."""
        return frozenset(Key(What.CANDIDATE, centre, "", number) for centre, _, number in self.claimed)


@dataclass(frozen=True, slots=True)
class Change:
    """One record *before* and *after*; None where it was not there, or is there no more."""

    key: Key
    before: Record | None
    after: Record | None

    @property
    def asks(self) -> bool:
        """Whether a person has to agree: an entry or assessor goes, a known number becomes somebody else's.

        A name that is only written otherwise (capitals, apostrophes) is the same name.
        """
        if self.after is None or self.before is None:
            return self.after is None
        names = [squeeze(record.get("name", "")) for record in (self.before, self.after)]
        born = self.before.get("born", "")
        return names[0] != names[1] or bool(born and born != self.after["born"])


@dataclass(frozen=True, slots=True)
class Counts:
    """What an import did (or, in a dry run, would do); *removed* are the entries that went."""

    candidates: int = 0
    entries: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: tuple[tuple[str, str, str], ...] = ()


class Why(StrEnum):
    """Why a change cannot be taken back."""

    CHANGED = "changed since"
    CLAIMED = "on a claim, as another person"
    GONE = "no longer in the register"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to change; *kept* is what is not to be changed by it, or cannot be taken back, and why."""

    changes: tuple[Change, ...] = ()
    counts: Counts = field(default_factory=Counts)
    kept: tuple[tuple[Change, Why], ...] = ()


def of_entries(file: RegisterFile, register: Register, *, replacing: bool = False) -> Plan:
    """What the clean rows of *file* change; a column that the file has not keeps what is stored.

    With *replacing*, entries of the file's entry codes that are not in the file go, and with the last entry of a
    candidate whom no claim names the candidate. *kept* are those who are on a claim as somebody else: the reading of
    the file refuses them (CB508), so they came on it since.
    """
    here: dict[Key, Record] = {}
    for item in file.entries:
        entry = Key(What.ENTRY, item.centre_number, item.entry_code, item.candidate.number)
        here[entry.person] = _person(item.candidate, register.records.get(entry.person), file.columns)
        here[entry] = _entry(item, register.records.get(entry), file.columns)
    codes = {key[:3] for key in here if key.what is What.ENTRY}
    gone = [key for key in register.records if replacing and key[:3] in codes and key not in here]
    made = {key: Change(key, register.records.get(key), record) for key, record in here.items()}
    made |= {key: Change(key, register.records[key], None) for key in gone}
    changes = _settled(register, made)
    others = tuple((change, Why.CLAIMED) for change in changes if _is_another(change, register))
    return Plan(changes, _counts(changes, [key for key in here if key.what is What.ENTRY], register), others)


def of_assessors(assessors: Iterable[Assessor], register: Register) -> Plan:
    """What *assessors* change. Initials that are there, in any case, keep their name and entry codes."""
    here: dict[Key, Record] = {}
    for item in assessors:
        key = Key(What.ASSESSOR, item.centre_number, "", item.initials.casefold())
        known = here.get(key) or register.records.get(key)
        known = known or {"initials": item.initials, "name": item.name, "entry_codes": [], "former": []}
        here[key] = {**known, "entry_codes": sorted({*known["entry_codes"], *item.entry_codes})}
    changes = _settled(
        register, {key: Change(key, register.records.get(key), record) for key, record in here.items()}
    )
    return Plan(changes, _counts(changes, list(here), register))


def of_undo(made: Iterable[Change], register: Register) -> Plan:
    """What takes back the changes that an import *made*.

    Kept as it is, and named, is what something else has changed since, whom a claim means by now, and an entry of
    somebody who is no longer there. A claim keeps its candidates' names and its assessors, as in an import.
    """
    back: dict[Key, Change] = {}
    kept: list[tuple[Change, Why]] = []
    for change in sorted(made, key=lambda change: change.key.what):  # candidates before their entries
        now = register.records.get(change.key)
        if change.key.what is What.CANDIDATE and change.before is None:
            continue  # goes with the last entry
        target = _without_codes(change, register) or change.before
        if now == target:
            continue
        if why := _hindrance(change, now, register, back):
            kept.append((change, why))
        else:
            back[change.key] = Change(change.key, now, target)
    changes = _settled(register, back)
    differ = {change.key for change in changes}
    touched = [key for key in dict.fromkeys((*register.records, *differ)) if {key, key.person} & differ]
    counts = _counts(changes, [key for key in touched if key.what is not What.CANDIDATE], register)
    return Plan(changes, counts, tuple(kept))


def _hindrance(
    change: Change, now: Record | None, register: Register, back: Mapping[Key, Change]
) -> Why | None:
    """What stands in the way of taking *change* back, where the register says *now*."""
    if now != change.after:
        return Why.CHANGED
    person = change.key.person
    if change.key.what is What.ENTRY and person not in register.records and person not in back:
        return Why.GONE
    return Why.CLAIMED if _is_another(change, register) else None


def _is_another(change: Change, register: Register) -> bool:
    """Whether somebody on a claim would become another person: with another name and another date of birth at once."""
    if change.key not in register.claimed_people or not (change.before and change.after):
        return False
    old, new = change.before, change.after
    return all(squeeze(old[name]) != squeeze(new[name]) for name in ("name", "born"))


def _without_codes(change: Change, register: Register) -> Record | None:
    """What stays of an assessor who was new and whom claims name by now: the name, and nothing to assess."""
    named = (change.key.centre_number, change.key.number) in register.assessing
    if change.key.what is What.ASSESSOR and change.before is None and change.after and named:
        return {**change.after, "entry_codes": []}
    return None


def _settled(register: Register, made: Mapping[Key, Change]) -> tuple[Change, ...]:
    """What really differs, and with it the candidates who lose their last entry and whom no claim names."""
    left = {key.person for key in register.records if key.what is What.ENTRY and key not in made}
    left |= {key.person for key, change in made.items() if key.what is What.ENTRY and change.after}
    people = {key.person: None for key in made if key.what is not What.ASSESSOR}
    forgotten = {
        who: Change(who, register.records.get(who), None)
        for who in people
        if who not in left and who not in register.claimed_people
    }
    every = {**made, **forgotten}
    return tuple(change for change in every.values() if change.before != change.after)


def _counts(changes: Sequence[Change], of: Sequence[Key], register: Register) -> Counts:
    """The counts over the entries or assessors *of* a file."""
    differ = {change.key for change in changes}
    removed = tuple(
        (change.key.centre_number, change.key.entry_code, change.key.number)
        for change in changes
        if change.after is None and change.key.what is not What.CANDIDATE
    )
    gone = set(removed)
    here = [key for key in of if (key.centre_number, key.entry_code, key.number) not in gone]
    new = sum(key not in register.records for key in here)
    changed = sum(key in register.records and bool({key, key.person} & differ) for key in here)
    people = {key.person for key in here if key.what is What.ENTRY}
    return Counts(len(people), len(here), new, changed, len(here) - new - changed, removed)


def _person(who: Candidate, before: Record | None, columns: frozenset[str]) -> Record:
    record = {
        "name": who.name,
        "born": who.born.isoformat() if who.born else "",
        "ocr_number": who.ocr_number,
        "uci": who.uci,
        "uln": who.uln,
    }
    kept = [name for column, name in _NUMBERS.items() if before and column not in columns]
    return {**record, **{name: before[name] for name in kept if before}}


def _entry(item: Entry, before: Record | None, columns: frozenset[str]) -> Record:
    units = sorted(item.units) if before is None or "units" in columns else before["units"]
    return {"units": units, "details": {**(before["details"] if before else {}), **item.details}}


def differences(change: Change) -> Iterator[tuple[str, str, str]]:
    """What differs between a record before and after: the field, its old and its new text.

    Units and entry codes are lists, and the details of an entry have headings of their own.
    """
    old, new = _fields(change.before or {}), _fields(change.after or {})
    for name in dict.fromkeys(("name", *old, *new)):
        if old.get(name, "") != new.get(name, ""):
            yield name, old.get(name, ""), new.get(name, "")


def _fields(record: Record) -> dict[str, str]:
    plain = {name: value for name, value in record.items() if name != "details"}
    texts = {
        name: value if isinstance(value, str) else " ".join(map(str, value)) for name, value in plain.items()
    }
    return texts | dict(record.get("details", {}))
