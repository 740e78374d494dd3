"""What an import changes in the register, by name: shown before it is stored, asked about where it has to be."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from claimbatch.cli.session import confirm, count, say

if TYPE_CHECKING:
    from claimbatch.claims.register.changes import Change, Counts, Key, Plan, Record, Register, Why

NAMED = 8  # changes that need no answer are named so far
REMOVED = "(removed)"
_BECAUSE = "This gives somebody another name or date of birth, or removes entries or assessors"
_FIELDS: Mapping[str, str] = {
    "born": "date of birth",
    "ocr_number": "OCR candidate number",
    "uci": "UCI",
    "uln": "ULN",
    "entry_codes": "entry codes",
}
Row = Mapping[str, str]


def rows_of(changes: Iterable["Change"], register: "Register") -> list[Row]:
    """*changes* as rows for people and programs: a row for each entry or assessor that comes or goes, and each field.

    ``asks`` says whether a person must agree, ``claimed`` that a claim names the candidate for this entry code.
    """
    listed = list(changes)
    people = {change.key: change.after or change.before for change in listed}
    rows = (row for change in listed for row in _rows(change, people, register))
    return sorted(rows, key=lambda row: (row["centre_number"], row["number"], row["entry_code"]))


def show_changes(
    plan: "Plan", register: "Register", *, every: bool, tell: Callable[[str], None] = say
) -> None:
    """Tell what *plan* changes: new, changed and gone; what needs an answer whole, the rest up to some (or *every*)."""
    rows = rows_of(plan.changes, register)
    several = len({row["centre_number"] for row in rows}) > 1
    for kind, lines in (("New", _whole), ("Changed", _fields), ("Gone", _whole)):
        chosen = [row for row in rows if row["change"] == kind.casefold()]
        told = sorted(lines(chosen, several=several), key=lambda line: not line[1])
        asked = sum(asks for _, asks in told)
        most = len(told) if every else max(asked, NAMED)
        if told:
            tell(f"{kind} ({len(told)}):")
        for line, _ in told[:most]:
            tell(f"  {line}")
        if len(told) > most:
            tell(f"  and {len(told) - most} more")


def aloud(text: str) -> None:
    """Tell what a question is about even where ``--quiet`` was said."""
    click.echo(text, err=True)


def ask(plan: "Plan", *, yes: bool) -> None:
    """Ask before names or dates of birth change under known numbers, or somebody goes; nothing else needs an answer."""
    if any(change.asks for change in plan.changes):
        numbers = ", ".join(f"{number} {word}" for word, number in changed_numbers(plan.counts) if number)
        confirm(f"Store these changes ({numbers})?", yes=yes, because=_BECAUSE)


def not_taken_back(kept: Iterable[tuple["Change", "Why"]], register: "Register") -> Iterator[str]:
    """What an undo leaves as it is, a line each."""
    for change, why in kept:
        key = change.key
        code = f" ({key.entry_code})" if key.entry_code else ""
        record = register.records.get(key) or {}
        number = record.get("initials", key.number)
        yield f"{number} {_name(key, {}, register)}{code}: {why}"


def counted(kind: str, counts: "Counts") -> str:
    """``60 candidates, 61 entries: 3 new, 1 changed, 57 unchanged``."""
    *others, removed = changed_numbers(counts)
    numbers = (*others, ("unchanged", counts.unchanged), removed)
    parts = [f"{number} {word}" for word, number in numbers if number]
    if kind == "assessors":
        what = count(counts.entries, "assessor")
    else:
        what = f"{count(counts.candidates, 'candidate')}, {count(counts.entries, 'entry', 'entries')}"
    return f"{what}{': ' * bool(parts)}{', '.join(parts)}"


def changed_numbers(counts: "Counts") -> tuple[tuple[str, int], ...]:
    """How much is new, changed and removed."""
    return ("new", counts.new), ("changed", counts.changed), ("removed", len(counts.removed))


def _rows(change: "Change", people: Mapping["Key", "Record | None"], register: "Register") -> Iterator[Row]:
    from claimbatch.claims.register.changes import What, differences  # noqa: PLC0415

    key = change.key
    record = change.after or change.before or {}
    row = {
        "change": "changed" if change.before and change.after else "new" if change.after else "gone",
        "centre_number": key.centre_number,
        "entry_code": key.entry_code or (" ".join(record["entry_codes"]) if "entry_codes" in record else ""),
        "number": record.get("initials", key.number),
        "name": _name(key, people, register),
        "what": "",
        "old": "",
        "new": "",
        "asks": "yes" * change.asks,
        "claimed": "yes" * (key[1:] in register.claimed),
    }
    if row["change"] == "changed":
        if key.what is not What.ENTRY and change.before:
            row["name"] = change.before["name"]
        for name, old, new in differences(change):
            yield {**row, "what": _FIELDS.get(name, name), "old": old, "new": new}
    elif key.what is not What.CANDIDATE:
        yield row


def _name(key: "Key", people: Mapping["Key", "Record | None"], register: "Register") -> str:
    from claimbatch.claims.register.changes import What  # noqa: PLC0415

    whose = key if key.what is What.ASSESSOR else key.person
    record = people.get(whose) or register.records.get(whose)
    return str(record["name"]) if record else REMOVED


def _whole(rows: Sequence[Row], *, several: bool) -> Iterator[tuple[str, bool]]:
    """Who comes or goes, with the entry codes: ``0042 KING, Harry (05347 05349)``."""
    people: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        people.setdefault((row["centre_number"], row["number"], row["name"]), []).append(row)
    for (centre, number, name), theirs in people.items():
        codes = " ".join(row["entry_code"] for row in theirs if row["entry_code"])
        entered = f" ({codes})" if codes else ""
        gone = theirs[0]["change"] == "gone" and any(row["claimed"] for row in theirs)
        on_claim = ", on a claim, which keeps its lines" if gone else ""
        yield (
            f"{f'{centre} ' * several}{number} {name}{entered}{on_claim}",
            any(row["asks"] for row in theirs),
        )


def _fields(rows: Sequence[Row], *, several: bool) -> Iterator[tuple[str, bool]]:
    """What changes of whom: ``0043 BROWN, Tom → BROWN, Thomas; date of birth 2008-03-04 → 2008-03-05``."""
    records: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        code = "" if row["what"] == _FIELDS["entry_codes"] else row["entry_code"]
        records.setdefault((row["centre_number"], row["number"], code, row["name"]), []).append(row)
    for (centre, number, code, name), theirs in records.items():
        renamed = [row["new"] for row in theirs if row["what"] == "name"]
        who = " → ".join((f"{f'{centre} ' * several}{number} {name}", *renamed)) + f" ({code})" * bool(code)
        rest = [
            f"{row['what']} {row['old'] or 'blank'} → {row['new'] or 'blank'}"
            for row in theirs
            if row["what"] != "name"
        ]
        sign = ("; " if renamed else ": ") * bool(rest)
        yield f"{who}{sign}{'; '.join(rest)}", any(row["asks"] for row in theirs)
