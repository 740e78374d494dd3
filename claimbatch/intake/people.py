"""Who may be named as an assessor in a workbook, and who is."""

from collections.abc import Mapping
from difflib import get_close_matches

from claimbatch.form.layout import limit
from claimbatch.intake.known import Assessor
from claimbatch.intake.reading import Found, Row, Work, find, rows_of
from claimbatch.intake.tables import Initials, Person
from claimbatch.intake.values import read_text, squeeze
from claimbatch.names import is_name


def call_people(work: Work) -> None:
    """Find who may be named: the register's assessors for this entry code, and those on the sheet *Assessors*."""
    identity = work.submission.identity
    register = work.known.assessors.get(identity.centre_number, {})
    for folded, assessor in register.items():
        if identity.entry_code in assessor.entry_codes:
            _allow(work, folded, assessor.initials, assessor.name)
    for row in rows_of(work.submission.tables.get("assessors")):
        _person(work, row, register)


def name_assessor(work: Work, found: Found, candidate: str = "", unit: str = "") -> str:
    """The initials that a cell names, as the register writes them; empty where it names nobody known."""
    text = found.read.value
    if not text:
        return ""
    known = work.people.get(text.casefold()) or work.names.get(squeeze(text), "")
    like = [] if known else get_close_matches(text.upper(), work.people.values(), 1, 0.4)
    near = f" Did you mean {like[0]}?" if like else ""
    work.rows.initials.append(
        Initials(work.file, candidate, unit, bool(known), near, found.read.shown, *found.spot)
    )
    return known


def _person(work: Work, row: Row, register: Mapping[str, Assessor]) -> None:
    initials, named = find(work, row, "initials", read_text), find(work, row, "name", read_text)
    folded = initials.read.value.casefold()
    held = register.get(folded)
    written = held.initials if held else initials.read.value.upper()  # the same, however workbooks type them
    name = held.name if held and not named.filled else named.read.value
    earlier = [p.name for p in work.rows.people if p.initials.casefold() == folded and folded]
    holders = ([held.name] if held else []) + earlier
    holder = next((h for h in holders if name and squeeze(h) != squeeze(name)), "")
    identity = work.submission.identity
    new = held is None or identity.entry_code not in held.entry_codes
    lacks = _lacks(initials, named, name)
    no_name = bool(named.read.value) and not is_name(named.read.value)
    where = named if initials.filled or no_name else initials
    work.rows.people.append(
        Person(
            work.file, identity.centre_number, identity.entry_code, written, name, holder, new,
            initials.read.shown, *initials.spot,
            lacks, initials.read.shown or named.read.shown, named.read.shown * no_name, *where.spot,
            "a name" * no_name,
        )
    )  # fmt: skip
    if written and len(written) <= limit("initials"):
        _allow(work, folded, written, name)


def _lacks(initials: Found, named: Found, name: str) -> str:
    """What a row of *Assessors* lacks, where its column is there to be filled in."""
    if initials.filled and not named.filled and not name and named.fillable:
        return "full name"
    return "initials" if named.filled and not initials.filled and initials.fillable else ""


def _allow(work: Work, folded: str, initials: str, name: str) -> None:
    work.people.setdefault(folded, initials)
    if name:
        work.names.setdefault(squeeze(name), initials)
