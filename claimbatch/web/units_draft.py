"""Units that somebody filled in on the page, or dropped as a spreadsheet: shown as changes before they are stored."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from claimbatch.errors import ClaimbatchError
from claimbatch.files import sha256
from claimbatch.form.qualification import Qualification, Unit
from claimbatch.office.units import FACTS, units_filled_in
from claimbatch.web.forms import Form
from claimbatch.web.page import Fault, Visit
from claimbatch.web.shelf import Shelf, new_key

BLANK_ROWS = 5


class Row(NamedTuple):
    """A row of the table as it is filled in: texts by the key of a unit. *known* is its number, if it is known."""

    place: int
    known: int
    texts: Mapping[str, str]
    verified: bool = False
    checked: bool = False


@dataclass
class Draft:
    """*units*, each by its facts, to be stored for the qualification *code*; *source* is where they were seen."""

    code: str
    units: list[dict[str, Any]]
    source: str = ""
    key: str = field(default_factory=new_key)

    def keep(self, visit: Visit) -> "Draft":
        """Keep it for whoever made it."""
        return DRAFTS.keep(visit.session, self)

    @classmethod
    def of(cls, visit: Visit) -> "Draft":
        """The one that the address names."""
        found = DRAFTS.find(visit.session, visit["draft"])
        if found.code.lstrip("0") != visit["code"].lstrip("0"):
            raise ClaimbatchError(DRAFTS.gone, DRAFTS.hint)
        return found

    def leave(self, visit: Visit) -> None:
        """Forget it."""
        DRAFTS.leave(visit.session, self.key)


DRAFTS = Shelf[Draft]("units", 5, "These changes are not here any more.", "Fill them in again.")


def size_key(qualification: Qualification) -> str:
    """Whether the size of its units is in GLH or in credits."""
    return "glh" if qualification.suite == 2016 else "credits"


def seal_of(qualification: Qualification) -> str:
    """A hash of what is known of its units: so that nobody puts right what somebody else has changed since."""
    return sha256(repr(qualification.units).encode())


def rows_of(qualification: Qualification) -> list[Row]:
    """The table as it begins: what is known, and some blank rows."""
    known = [
        Row(n, unit.number, _texts(unit), not unit.unverified) for n, unit in enumerate(qualification.units)
    ]
    return [*known, *(Row(len(known) + n, 0, {}) for n in range(BLANK_ROWS))]


def filled_in(qualification: Qualification, form: Form) -> list[Row]:
    """The table as it was filled in."""
    keys = ("number", "title", "reference", size_key(qualification), "assessment")
    begun = rows_of(qualification)
    return [
        Row(
            row.place,
            row.known,
            {key: text for key in keys if (text := form[f"{key}-{row.place}"])}
            | ({"number": str(row.known)} if row.known else {}),
            row.verified,
            f"checked-{row.place}" in form,
        )
        for row in begun
    ]


def draft_of(qualification: Qualification, rows: list[Row], source: str) -> tuple[Draft, list[Fault]]:
    """What of the table is new, differs, or was ticked as checked; and what is wrong with it."""
    wanted = [row for row in rows if _says_something(qualification, row)]
    typed, faults = units_filled_in((row.place, _with_title(qualification, row)) for row in wanted)
    return Draft(qualification.entry_code, typed, source), [
        Fault(f"{one.key}-{one.row}", one.fault) for one in faults
    ]


def _with_title(qualification: Qualification, row: Row) -> Mapping[str, str]:
    """What the row says; a title that was emptied stays as it is known."""
    known = qualification.unit(row.known)
    return {"title": known.title, **row.texts} if known and known.title else row.texts


def _says_something(qualification: Qualification, row: Row) -> bool:
    unit = qualification.unit(row.known) if row.known else None
    if unit is None:
        return bool(row.texts)
    before = _texts(unit)
    return row.checked or any(row.texts.get(key, before.get(key)) != before.get(key) for key in FACTS)


def _texts(unit: Unit) -> dict[str, str]:
    facts = {key: getattr(unit, key) for key in FACTS}
    return {"number": str(unit.number), **{key: str(value) for key, value in facts.items() if value}}


def facts_of(units: tuple[Unit, ...]) -> Iterator[dict[str, Any]]:
    """*units* of a list by their facts."""
    for unit in units:
        facts = {key: getattr(unit, key) for key in FACTS}
        yield {"number": unit.number, **{key: value for key, value in facts.items() if value}}
