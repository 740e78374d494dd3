"""Issue a template: from register and claim to the workbook that goes out, remembered in the store."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from typing import Any, NoReturn

from claimbatch import clock
from claimbatch.claims.addressee import assessing, current, in_file_name
from claimbatch.claims.claim import Claim
from claimbatch.claims.earlier import Earlier, earlier
from claimbatch.claims.prefill import Prefill
from claimbatch.claims.register import Entry
from claimbatch.claims.store import Store
from claimbatch.errors import ClaimbatchError
from claimbatch.files import plain_name, sha256
from claimbatch.form.contents import ANYBODY, Addressee, Contents, Row, entered_first
from claimbatch.form.identity import Identity, assessor_digest, issue, locked_values, row_digest
from claimbatch.form.layout import BY_UNIT, Layout, lay_out
from claimbatch.form.qualification import Catalogue, Qualification, require_units
from claimbatch.form.template import build, file_name


@dataclass(frozen=True, slots=True)
class Order:
    """A template asked for: for which centre and qualification, in which form (*unit* for a by-unit form).

    *group* is a register column and a value in it, such as ``("tutor_group", "12A")``: only these candidates.
    *addressee* is whom it is made for, if for somebody: an identity of its own, and a name on it. *due* is the day by
    which it is to come back.
    """

    centre_number: str
    entry_code: str
    form: str
    unit: int = 0
    protect: bool = True
    by_name: bool = False
    group: tuple[str, str] = ("", "")
    addressee: Addressee = ANYBODY
    due: date | None = None

    def again(self, made_with: Mapping[str, Any]) -> "Order":
        """The same order with the choices of an issued template, as its ``made_with`` has them."""
        column, value = made_with.get("group", self.group)
        return replace(
            self,
            protect=made_with.get("protect", self.protect),
            by_name=made_with.get("by_name", self.by_name),
            group=(column, value),
            addressee=Addressee(made_with.get("for", ""), made_with.get("for_initials", "")),
        )


def issue_template(store: Store, catalogue: Catalogue, key: bytes, order: Order) -> tuple[str, bytes]:
    """Make the template that *order* asks for, remember it, and give its file name and bytes.

    Raises :class:`ClaimbatchError` where the qualification's units are not known, or nobody is entered.
    """
    qualification = catalogue.get(order.entry_code)
    require_units(qualification)
    everyone, people = _register(store, order), store.assessors(order.centre_number)
    entries = _chosen(everyone, order) or _nobody(order)
    claim_key, is_open = store.current_key(order.centre_number, order.entry_code)
    claim = store.claim(claim_key, catalogue) if is_open else None
    known = assessing(people, order.entry_code)
    addressee = current(order.addressee, known) if order.addressee.name else order.addressee
    layout = lay_out(order.form, qualification, order.unit)
    identity = _identity(
        key, order, entries, layout=layout, claim_key=claim_key, claim=claim, addressee=addressee
    )
    rows = {e.candidate.number: row_digest(key, identity.template_id, _locked(e)) for e in entries}
    # All entries count for what may be claimed, whatever candidates are shown.
    prefill = Prefill.of(claim, everyone, people, set(rows), order.unit) if claim else Prefill()
    before = earlier(
        store, order.centre_number, qualification,
        entries=everyone, people=people, shown=set(rows), unit=order.unit, addressee=addressee,
    )  # fmt: skip
    blank = Contents(
        qualification=qualification,
        layout=layout,
        identity=identity,
        token=identity.token(key),
        centre_name=store.centres().get(order.centre_number, ""),
        rows=tuple(_row(entry) for entry in entries),
        assessors=tuple((who.initials, who.name) for who in known),
        claimed={},
        protect=order.protect,
        addressee=addressee,
        due=order.due,
    )
    contents = entered_first(_filled(blank, prefill, before))
    content = build(contents)
    made_with = _made_with(order, contents, before)
    made_with["assessors"] = _listed(store, key, identity, contents.assessors)
    due = order.due.isoformat() if order.due else ""
    store.issue(identity, claim_key, rows, made_with=made_with, sha256=sha256(content), due=due)
    name = _file_name(identity, order, everyone)
    return f"{name}_{in_file_name(addressee, known)}.xlsx" if addressee.name else f"{name}.xlsx", content


def _nobody(order: Order) -> NoReturn:
    of_group = f" with {order.group[0]} {order.group[1]}" if order.group[0] else ""
    raise ClaimbatchError(
        f"No candidate of centre {order.centre_number} is entered for {order.entry_code}{of_group}.",
        "Import the entries first: claimbatch entries import FILE.",
    )


def _identity(
    key: bytes,
    order: Order,
    entries: Iterable[Entry],
    *,
    layout: Layout,
    claim_key: str,
    claim: Claim | None,
    addressee: Addressee,
) -> Identity:
    """What the template says of itself, sealed with the *key*."""
    return issue(
        key,
        centre_number=order.centre_number,
        entry_code=order.entry_code,
        form=order.form,
        unit=order.unit,
        fingerprint=layout.fingerprint,
        issued_at=clock.stamp(),
        revision=claim.revision if claim else 0,
        claim_key=claim_key,
        locked_rows=[_locked(entry) for entry in entries],
        addressee=addressee,
    )


def _filled(blank: Contents, prefill: Prefill, before: Earlier) -> Contents:
    """The *blank* template with what the open claim and earlier ones say."""
    others = blank.layout.has("other")
    return replace(
        blank,
        claimed={**before.marks, **prefill.claimed},
        other=(*prefill.other, *(before.others if others else ())),
        refused=prefill.refused,
        unshown=prefill.unshown,
        again=before.said_again,
        held=before.said_held,
        before=before.in_short(with_others=others),
    )


def claimable(
    store: Store, centre_number: str, qualification: Qualification, group: tuple[str, str] = ("", "")
) -> set[int]:
    """The units that anybody of the *group* may claim: those entered for, and those claimed already.

    Every unit where nobody is entered at all: that is for :func:`issue_template` to say.
    """
    order = Order(centre_number, qualification.entry_code, BY_UNIT, group=group)
    entries = _chosen(_register(store, order), order)
    offered = {unit.number for unit in qualification.offered}
    if not entries or not all(entry.units for entry in entries):
        return offered
    key, is_open = store.current_key(centre_number, qualification.entry_code)
    numbers = {entry.candidate.number for entry in entries}
    claimed = {
        int(unit)
        for who, unit in (store.lines_at(key) if is_open else ())
        if who in numbers and unit.isdigit()
    }
    return offered & claimed.union(*(entry.units for entry in entries))


def groups(store: Store, centre_number: str, entry_code: str, column: str) -> list[str]:
    """The values of a register column (matched without case, spaces or underscores) among the entries.

    Raises :class:`ClaimbatchError` where no entry has that column.
    """
    return _groups(store.entries(centre_number, entry_code), entry_code, column)


def _groups(entries: Sequence[Entry], entry_code: str, column: str) -> list[str]:
    columns = {name for entry in entries for name in entry.details}
    if entries and _plain(column) not in map(_plain, columns):
        raise ClaimbatchError(
            f"The register has no column {column} for {entry_code}.",
            f"Its further columns are: {', '.join(sorted(columns)) or 'none'}.",
        )
    return sorted({_value(entry, column) for entry in entries})


def _register(store: Store, order: Order) -> list[Entry]:
    """All entries for the qualification."""
    return store.entries(order.centre_number, order.entry_code)


def _chosen(entries: Sequence[Entry], order: Order) -> list[Entry]:
    """Those of the *entries* that the template is for, in its order."""
    column, value = order.group
    wanted = [entry for entry in entries if not column or _value(entry, column) == value]
    return sorted(wanted, key=lambda entry: _by_name(entry.candidate.name)) if order.by_name else wanted


def _by_name(name: str) -> tuple[str, str]:
    """Where a name stands in a list: accents count only between names that are the same without them."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return plain.casefold(), name


def _value(entry: Entry, column: str) -> str:
    return next((text for name, text in entry.details.items() if _plain(name) == _plain(column)), "")


def _plain(heading: str) -> str:
    return re.sub(r"[\s_]", "", heading.casefold())


def _file_name(identity: Identity, order: Order, everyone: Sequence[Entry]) -> str:
    """The template's file name without its ending; a group's value, made safe for every file system, is added."""
    name = file_name(identity).removesuffix(".xlsx")
    column, value = order.group
    return f"{name}_{_labels(order, everyone)[value]}" if column else name


def _labels(order: Order, everyone: Sequence[Entry]) -> dict[str, str]:
    """The groups of the column as parts of file names: where two come out alike (13 A, 13/a), the later is numbered."""
    column = order.group[0]
    labels: dict[str, str] = {}
    for value in _groups(everyone, order.entry_code, column):
        plain = plain_name(value) or f"no-{_plain(column)}"
        taken = {label.casefold() for label in labels.values()}
        names = (f"{plain}-{n}" if n > 1 else plain for n in count(1))
        labels[value] = next(name for name in names if name.casefold() not in taken)
    return labels


def _made_with(order: Order, contents: Contents, before: Earlier) -> dict[str, Any]:
    """What the store remembers of how the template was made.

    *for* is the name of whom it was made for. *prefilled* are the initials that stand beside every candidate, or every
    unit, before anybody types; *units* are those that the qualification offered, so that one that joins later does not
    put the template out of date; *cells* is how many grades it has room for. *again*, where there is any, is what was
    filled in because a moderator had withdrawn it: candidate, unit, grade and initials.
    """
    made = {
        "protect": order.protect,
        "by_name": order.by_name,
        "group": order.group,
        "prefilled": contents.prefilled,
        "units": [unit.number for unit in contents.qualification.offered],
        "cells": contents.open_cells,
    }
    name, initials = contents.addressee
    made |= {"for": name, "for_initials": initials} if name else {}
    again = [[*target, line.grade, line.assessor] for target, (line, _) in before.again.items()]
    return made | ({"again": again} if again else {})


def _listed(
    store: Store, key: bytes, identity: Identity, assessors: Iterable[tuple[str, str]]
) -> dict[str, str]:
    """A digest of each row that goes out on the sheet *Assessors*, by initials.

    The same template may have gone out a moment ago with other rows on it: those count, too.
    """
    template_id = identity.template_id
    before = store.templates([template_id]).get(template_id)
    rows = {initials: assessor_digest(key, template_id, initials, name) for initials, name in assessors}
    return {**(before.made_with.get("assessors", {}) if before else {}), **rows}


def _row(entry: Entry) -> Row:
    person = entry.candidate
    return Row(person.number, person.name, person.born, person.ocr_number, entry.units or None)


def _locked(entry: Entry) -> tuple[str, ...]:
    person = entry.candidate
    born = person.born.isoformat() if person.born else ""
    return locked_values(person.number, person.name, born, person.ocr_number)
