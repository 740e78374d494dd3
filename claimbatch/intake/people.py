"""Who may be named as an assessor in a workbook, and who is."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import NamedTuple

from claimbatch.form.identity import assessor_digest
from claimbatch.form.layout import limit
from claimbatch.intake.known import Assessor, Issued
from claimbatch.intake.reading import NOTHING, Found, Row, Work, find, rows_of
from claimbatch.intake.submission import Submission
from claimbatch.intake.tables import Initials, Person
from claimbatch.intake.values import read_text, squeeze
from claimbatch.names import is_name


class Assessed(NamedTuple):
    """Who assessed a unit: initials as the register has them, and the cell that says so.

    *findable* is False where a sheet, column or row that might have named somebody cannot be told.
    """

    initials: str = ""
    source: Found = NOTHING
    findable: bool = True


NOBODY = Assessed()


def call_people(work: Work) -> None:
    """Find who may be named: the register's assessors for this entry code, and those on the sheet *Assessors*."""
    identity = work.submission.identity
    register = work.known.assessors.get(identity.centre_number, {})
    for assessor in register.values():
        if identity.entry_code in assessor.entry_codes:
            _allow(work, assessor.initials, assessor.name, *assessor.former)
    for row in rows_of(work.submission.tables.get("assessors")):
        _person(work, row, register)


def name_assessor(work: Work, found: Found, candidate: str = "", unit: str = "") -> str:
    """The initials that a cell names, as the register writes them; empty where it names nobody known.

    Whoever was removed since is still named: what such a line says is for a rule to judge.
    """
    text = found.read.value
    if not text:
        return ""
    known, others = called(work, text)
    if not known or work.every:
        like = [] if known or others else get_close_matches(text.upper(), work.people.values(), 1, 0.4)
        near = f" Did you mean {like[0]}?" if like else ""
        namesakes = "" if known else " or ".join(others)
        work.rows.initials.append(
            Initials(work.file, candidate, unit, bool(known), near, namesakes, found.read.shown, *found.spot)
        )
    return known


def called(work: Work, text: str) -> tuple[str, list[str]]:
    """The initials of whom *text* names, if it names one; and of all who are called so in full."""
    names = work.names.get(squeeze(text), [])
    known = work.people.get(text.casefold()) or (names[0] if len(names) == 1 else "") or _removed(work, text)
    return known, names


def is_gone(work: Work, initials: str) -> bool:
    """Whether these are the initials of somebody who assesses the qualification no more."""
    return bool(initials) and initials.casefold() not in work.people


def _removed(work: Work, text: str) -> str:
    """The initials of somebody removed: one whom the template listed, or to whom the claim gives a grade."""
    if text.casefold() not in work.gone:
        marks = (*work.issued.base.values(), *work.issued.now.values())
        named = next((by for _, by in marks if by.casefold() == text.casefold()), "")
        work.gone[text.casefold()] = named
    return work.gone[text.casefold()]


def _person(work: Work, row: Row, register: Mapping[str, Assessor]) -> None:
    initials, named = find(work, row, "initials", read_text), find(work, row, "name", read_text)
    folded = initials.read.value.casefold()
    held = register.get(folded)
    if as_issued(work.known.key, work.issued, work.submission, initials.read.value, named.read.value):
        _stands(work, initials.read.value, named.read.value, held)
        return
    written = held.initials if held else initials.read.value.upper()  # the same, however workbooks type them
    name = held.name if held and (not named.filled or held.is_called(named.read.value)) else named.read.value
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
        _allow(work, written, name)


def as_issued(key: bytes, issued: Issued, submission: Submission, initials: str, name: str) -> bool:
    """Whether a row of *Assessors* stands as it went out: then nobody has typed it, and it says nothing new."""
    digest = issued.listed.get(initials)
    return bool(digest) and digest == assessor_digest(key, submission.identity.template_id, initials, name)


def _stands(work: Work, initials: str, name: str, held: Assessor | None) -> None:
    """Somebody whom the template listed: one who still assesses the qualification, under this name or a corrected one.

    Else they were removed since, and whoever may have their initials by now is not meant here.
    """
    folded = initials.casefold()
    if held and held.is_called(name) and work.submission.identity.entry_code in held.entry_codes:
        return
    if not any(p.initials.casefold() == folded for p in work.rows.people):
        work.people.pop(folded, None)
    work.gone[folded] = work.gone[squeeze(name)] = initials


def _lacks(initials: Found, named: Found, name: str) -> str:
    """What a row of *Assessors* lacks, where its column is there to be filled in."""
    if initials.filled and not named.filled and not name and named.fillable:
        return "full name"
    return "initials" if named.filled and not initials.filled and initials.fillable else ""


def _allow(work: Work, initials: str, *names: str) -> None:
    work.people.setdefault(initials.casefold(), initials)
    for name in filter(None, map(squeeze, names)):
        called = work.names.setdefault(name, [])
        if initials not in called:
            called.append(initials)
