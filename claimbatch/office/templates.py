"""Making the workbooks that go out to teachers: which there are to be, then each of them."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from pathlib import Path

from claimbatch.claims.addressee import addressees, nearest
from claimbatch.claims.issue import Order, claimable, groups, issue_template
from claimbatch.claims.register import Entry
from claimbatch.claims.store import Store
from claimbatch.errors import ClaimbatchError
from claimbatch.files import free_path, write_atomic
from claimbatch.form.contents import Addressee
from claimbatch.form.layout import BY_CANDIDATE, BY_UNIT
from claimbatch.form.qualification import Catalogue, Qualification, require_units
from claimbatch.intake.guard import fingerprint
from claimbatch.intake.results import Watch, each, unwatched
from claimbatch.office.asked_for import one_of
from claimbatch.office.centres import the_centre
from claimbatch.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which templates are wanted. *qualification* is an entry code or a title; blank: each that anybody is entered for.

    *form* is ``by-candidate`` or ``by-unit``; by unit there is one for each unit, or for each of *units*. Candidates go
    by number or *by_name*; *group* is a register column, and each of its values gets a workbook. *people* are names or
    initials of those who get one of their own, *each_assessor* everyone in the register. *centre* may be left out where
    the workspace holds one. *due* is the day by which they are to come back.
    """

    qualification: str = ""
    form: str = BY_CANDIDATE
    units: tuple[int, ...] = ()
    centre: str | None = None
    by_name: bool = False
    group: str = ""
    people: tuple[str, ...] = ()
    each_assessor: bool = False
    protect: bool = True
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """The templates that there are to be, in *orders*. *notes* are sentences: what is left out, what may be a slip.

    *doubts* say what of their qualifications is not known for certain; *incomplete* are the entry codes whose list of
    units is not complete.
    """

    orders: tuple[Order, ...]
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    incomplete: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """A template that was made at *path*; *left* is the workbook that stood under its name and stays as it was."""

    path: Path
    left: Path | None = None


@dataclass(frozen=True, slots=True)
class Templates:
    """Templates that were *made*; *notes* say in sentences what is left out, may be a slip, or is not certain."""

    made: tuple[Made, ...]
    notes: tuple[str, ...] = ()


ONE_FOR_EACH = Wanted()


def templates(
    workspace: Workspace,
    wanted: Wanted = ONE_FOR_EACH,
    folder: Path | None = None,
    *,
    watch: Watch = unwatched,
) -> Templates:
    """Make the templates that are *wanted* in *folder* or the outbox; by itself one for each qualification.

    Nothing that was filled in is written over. Raises :class:`ClaimbatchError` where what is wanted cannot be made.
    """
    with workspace.store() as store:
        planned = plan_templates(store, workspace.catalogue(), wanted)
        making = make_templates(workspace, store, planned, folder)
        made = tuple(each(making, watch, "Making templates", len(planned.orders)))
    return Templates(made, (*planned.notes, *planned.doubts))


def plan_templates(store: Store, catalogue: Catalogue, wanted: Wanted) -> Planned:
    """Which templates there are to be; nothing is made yet.

    Raises :class:`ClaimbatchError` for a unit that cannot be claimed or that nobody is entered for, a group that the
    register has not, and where there are no assessors to make them for.
    """
    one_of("form of a template", wanted.form, (BY_CANDIDATE, BY_UNIT))
    number = the_centre(store, wanted.centre)
    notes: list[str] = []
    entered = {entry.entry_code for entry in store.entries(number)}
    if wanted.qualification:
        chosen = [catalogue.named(wanted.qualification, entered)]
    else:
        known = [catalogue.get(code) for code in sorted(entered)]
        chosen = [qualification for qualification in known if qualification.has_units]
        notes += [
            f"Left out {left.entry_code}: its units are not known (schemas/{left.file})."
            for left in known
            if not left.has_units
        ]
    orders = [order for one in chosen for order in _orders(store, number, one, wanted, notes)]
    for dated in sorted({order.group[1] for order in orders if _is_date(order.group[1])}):
        notes.append(
            f"The group {dated} is a date: perhaps a class such as 10/2, which a spreadsheet has changed."
        )
    incomplete = tuple(one.entry_code for one in chosen if one.units_missing)
    return Planned(tuple(orders), tuple(notes), tuple(_doubts(chosen)), incomplete)


def plan_several(store: Store, catalogue: Catalogue, codes: Collection[str], wanted: Wanted) -> Planned:
    """Which templates there are to be of several qualifications, by entry code; otherwise as with one."""
    plans = [plan_templates(store, catalogue, replace(wanted, qualification=code)) for code in codes]
    return Planned(
        tuple(order for one in plans for order in one.orders),
        tuple(dict.fromkeys(note for one in plans for note in one.notes)),
        tuple(doubt for one in plans for doubt in one.doubts),
        tuple(code for one in plans for code in one.incomplete),
    )


def group_columns(entries: Iterable[Entry]) -> Mapping[str, frozenset[str]]:
    """The further columns that the register has for each entry code: there may be a workbook for each group of one."""
    columns: dict[str, set[str]] = {}
    for entry in entries:
        columns.setdefault(entry.entry_code, set()).update(entry.details)
    return {code: frozenset(names) for code, names in columns.items()}


def make_templates(
    workspace: Workspace, store: Store, planned: Planned, folder: Path | None = None
) -> Iterator[Made]:
    """Make the templates in *folder* or the outbox, one by one; each is remembered in the store when it is made."""
    catalogue, key = workspace.catalogue(), workspace.key()
    made: set[Path] = set()
    for order in planned.orders:
        name, content = issue_template(store, catalogue, key, order)
        one = placed(store, workspace.outbox(folder) / name, made)
        write_atomic(one.path, content)
        made.add(one.path)
        yield one


def placed(store: Store, path: Path, made: Collection[Path] = ()) -> Made:
    """Where a template goes: over an old one that nobody has touched, beside a workbook that may be filled in.

    Never over one that this run has *made*, for somebody whose name comes out alike.
    """
    if path in made:
        return Made(free_path(path))
    if not path.exists() or store.is_issued(fingerprint(path)):
        return Made(path)
    return Made(free_path(path), path)


def _doubts(qualifications: Iterable[Qualification]) -> Iterator[str]:
    """Where an entry code is not verified, or a list of units is not complete."""
    for one in qualifications:
        if not one.verified:
            yield f"{one.entry_code} {one.short_title} is not verified{f': {one.why}' if one.why else ''}."
        if one.units_missing:
            yield f"{one.entry_code}: {one.units_missing}"


def _is_date(text: str) -> bool:
    return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text))


def _orders(
    store: Store, number: str, qualification: Qualification, wanted: Wanted, notes: list[str]
) -> list[Order]:
    """The templates of one qualification: one, or one for each unit, for each group, and for each teacher."""
    require_units(qualification)
    code = qualification.entry_code
    units = _units(qualification, wanted.units) if wanted.form == BY_UNIT else [0]
    values = groups(store, number, code, wanted.group) if wanted.group else [""]
    whom = _addressees(store, number, code, wanted, notes)
    asked = (
        Order(
            number,
            code,
            wanted.form,
            unit,
            wanted.protect,
            wanted.by_name,
            (wanted.group, value),
            who,
            wanted.due,
        )
        for unit, value, who in product(units, values, whom)
    )
    if wanted.form != BY_UNIT:
        return list(asked)
    open_to = {value: claimable(store, number, qualification, (wanted.group, value)) for value in values}
    orders = [order for order in asked if order.unit in open_to[order.group[1]]]
    without = sorted(set(units) - {order.unit for order in orders})
    if without:
        notes.append(_without(qualification, without, wanted))
    return orders


def _without(qualification: Qualification, units: Sequence[int], wanted: Wanted) -> str:
    """That nobody may claim these *units*; refused where they were asked for one by one."""
    named = f"{'Units' if len(units) > 1 else 'Unit'} {', '.join(map(str, units))}"
    if wanted.units:
        raise ClaimbatchError(
            f"Nobody is entered for {named} of {qualification.entry_code}.",
            "Import the unit entries first: claimbatch entries import FILE.",
        )
    return f"No workbook for {named}: nobody is entered for {'them' if len(units) > 1 else 'it'}."


def _addressees(store: Store, number: str, code: str, wanted: Wanted, notes: list[str]) -> list[Addressee]:
    """Whom the templates are for; who is no assessor of the qualification is named, because it may be a slip."""
    assessors = store.assessors(number)
    found = addressees(assessors, code, None if wanted.each_assessor else wanted.people or ("",))
    for name in (who.name for who in found if who.name and not who.initials):
        near = nearest(name, assessors)
        meant = f" Did you mean {near}?" if near and near != name else ""
        notes.append(f"{name} is no assessor of {code} in the register: no initials are filled in.{meant}")
    return found


def _units(qualification: Qualification, wanted: tuple[int, ...]) -> list[int]:
    offered = [unit.number for unit in qualification.offered]
    for number in wanted:
        if number not in offered:
            known = qualification.unit(number)
            add = f'claimbatch qualifications add-unit {qualification.entry_code} {number} "Title"'
            raise ClaimbatchError(
                f"Unit {number} cannot be claimed for {qualification.entry_code}{': it is an exam' * bool(known)}.",
                f"Its units are: {', '.join(map(str, offered))}."
                + ("" if known else f" One that is missing: {add}"),
            )
    return list(dict.fromkeys(wanted)) or offered
