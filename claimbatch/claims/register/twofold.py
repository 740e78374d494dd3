"""The rule for what may stand once only in a register file: a heading, an entry, a person, initials (CB508)."""

from collections.abc import Callable, Iterator

from claimbatch.claims.register.rules import at
from claimbatch.claims.register.sheet import Row, Sheet
from claimbatch.names import squeeze
from claimbatch.problems import Problem, Rule, error

_KEEP_ONE = "Keep the right one and delete or correct the other."
_NEW_PERSON = (
    "If the number is somebody else's now, make a new workspace for the new year (claimbatch init), or remove the old "
    "people first (claimbatch purge). If it is the same person, correct the name and the date of birth one after the "
    "other."
)
_Key = Callable[[Row], tuple[str, ...]]


@error(
    "CB508",
    "register-duplicate",
    message="{value} stands here and also {elsewhere}, {difference}.",
    hint="{advice}",
)
def register_duplicate(sheet: Sheet) -> Iterator[Problem]:
    """One heading, one candidate or one set of initials stands for two things.

    Why: Nobody but the centre can say which of the two is meant, so neither is taken. And who stands on a claim must
    not become somebody else on it.
    Wrong: Candidate 0042 twice for one entry code, or under two names; initials JS for two people; last year's
    candidate number given to somebody new.
    Right: Candidate 0042 once for each of two entry codes, with the same name and date of birth; or once for each unit
    entered, where a file has a row for each: the units are joined.
    """
    for part in sheet.parts:
        for column in part.columns.repeated:
            facts = {"elsewhere": "in another column", "difference": "as a heading", "advice": _KEEP_ONE}
            yield Problem(
                register_duplicate, part.place(part.header, column), part.headings[column], facts=facts
            )
    for name, key, what, difference in _ONE_EACH:
        if name in sheet.columns:
            yield from _twofold(sheet, name, key, what, difference)
    yield from _reused(sheet)


def _twofold(sheet: Sheet, name: str, key: _Key, what: _Key, difference: str) -> Iterator[Problem]:
    """Rows that are the same by *key* but not by *what*; each is told of the others."""
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row, _, _ in sheet.cells(name):
        groups.setdefault((sheet.centre(row), *key(row)), []).append(row)
    for group, rows in groups.items():
        if len(rows) == 1 and name != "initials":
            continue
        cells = [(what(row), f"at {_where(row, name, sheet)}") for row in rows]
        known = sheet.known.assessors.get((group[0], group[1])) if name == "initials" else None
        cells += [((squeeze(known),), "in the register")] if known else []
        for row in rows:
            others = [where for said, where in cells if said != what(row)]
            if others:
                facts = {"elsewhere": ", ".join(others[:3]), "difference": difference, "advice": _KEEP_ONE}
                yield at(register_duplicate, row, name, **facts)


def _where(row: Row, name: str, sheet: Sheet) -> str:
    place = row.place(name)
    return str(place) if len(sheet.parts) > 1 else place.cell


def _reused(sheet: Sheet) -> Iterator[Problem]:
    """Numbers of candidates on claims that here have another name *and* another date of birth: other people."""
    for row, name, number in sheet.cells("candidate_number"):
        person = row.text.get("candidate_name", ""), row.text.get("date_of_birth", "")
        claimed = sheet.known.claimed.get((sheet.centre(row), number), person)
        if all(squeeze(mine) != squeeze(theirs) for mine, theirs in zip(person, claimed, strict=True)):
            facts = {
                "elsewhere": "on a claim",
                "difference": "for a person with another name and date of birth",
                "advice": _NEW_PERSON,
            }
            yield at(register_duplicate, row, name, **facts)


def _texts(*names: str) -> _Key:
    return lambda row: tuple(row.text.get(name, "") for name in names)


def _folded(name: str) -> _Key:
    return lambda row: (squeeze(row.text.get(name, "")),)


def _entered(row: Row) -> tuple[str, ...]:
    """What must not differ between rows of one candidate for one entry code: rows that each name units are joined."""
    return ("joined",) if row.text.get("units") else (row.part.table.sheet, str(row.number))


def _person(row: Row) -> tuple[str, ...]:
    return tuple(squeeze(row.text.get(name, "")) for name in _PERSON)


_PERSON = ("candidate_name", "date_of_birth", "ocr_candidate_number", "uci", "uln")
# What may stand once only: its column, what makes rows the same, what must not differ then, the words for it.
_ONE_EACH: tuple[tuple[str, _Key, _Key, str], ...] = (
    (
        "candidate_number",
        _texts("candidate_number", "entry_code"),
        _entered,
        "for the same entry code",
    ),
    ("candidate_number", _texts("candidate_number"), _person, "with another name, date or number"),
    ("initials", _folded("initials"), _folded("name"), "with another name"),
)

RULES: tuple[Rule, ...] = (register_duplicate,)
