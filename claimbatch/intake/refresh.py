"""Refresh a template: a current one, with what was filled in on an old one carried over."""

from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl import Workbook
from openpyxl.packaging.custom import StringProperty

from claimbatch.claims.claim import Status
from claimbatch.claims.history import Kind
from claimbatch.claims.issue import Order, issue_template
from claimbatch.claims.store import Store
from claimbatch.errors import ClaimbatchError
from claimbatch.form.identity import PROPERTY, is_sealed, read_token
from claimbatch.form.layout import MODERATORS, Layout, lay_out
from claimbatch.form.qualification import Catalogue, Qualification
from claimbatch.intake.carry import LeftOver, carry
from claimbatch.intake.carry.heard import hear
from claimbatch.intake.chunk import open_workbook
from claimbatch.intake.known import Issued, load
from claimbatch.intake.mark.origin import PROPERTY as ORIGIN
from claimbatch.intake.submission import Submission, read
from claimbatch.problems import Problem


@dataclass(frozen=True, slots=True)
class Refreshed:
    """A current template with what was filled in before, its file name, and what has no place on it.

    *kept* are the cells of it that have the comments which people wrote, ``Grades!E5``; *due* is the day by which it is
    to come back, if by one.
    """

    name: str
    content: bytes
    left: tuple[LeftOver, ...]
    kept: tuple[str, ...] = ()
    due: date | None = None


def refresh(store: Store, catalogue: Catalogue, key: bytes, path: Path, due: date | None = None) -> Refreshed:
    """Issue the template that replaces the one at *path*: same centre, qualification, form, group and order.

    It is *due* on that day, or else by the same day as the old one.

    The old template may be outdated, or of a claim that is closed; it is read by its own headings. Raises
    :class:`ClaimbatchError` where it cannot be opened, is no template, or belongs to no centre here.
    """
    old, token, sha256 = _open(store, catalogue, path)
    identity = old.identity
    templates = store.templates({identity.template_id}) if is_sealed(token, key) else {}
    mine = templates.get(identity.template_id)
    due = due or (date.fromisoformat(mine.due) if mine and mine.due else None)
    order = Order(identity.centre_number, identity.entry_code, identity.form, identity.unit, due=due)
    name, content = issue_template(store, catalogue, key, order.again(mine.made_with if mine else {}))
    fresh = openpyxl.load_workbook(BytesIO(content))
    _properties(fresh).append(StringProperty(name=ORIGIN, value=sha256))
    known = load(store, key, catalogue, {*templates, _template_id(fresh)})
    issued = known.issued.get(identity.template_id, Issued("", {}))
    closed = known.statuses.get(issued.claim_key, Status.NOT_SUBMITTED) is not Status.NOT_SUBMITTED
    issued = _for_the_next(store, old, issued) if closed else issued
    known = replace(known, issued={**known.issued, identity.template_id: issued})
    heard = hear(old, known, closed=closed, purged=_purged(store, identity.centre_number))
    content, left, kept = carry(old, heard, fresh)
    return Refreshed(name, content, tuple(left), tuple(kept), due)


def _purged(store: Store, centre_number: str) -> set[str]:
    """The candidate numbers of whom a purge has removed name and date of birth, here or in another qualification."""
    ended = [row for row in store.claims(centre_number) if row.status in (Status.COMPLETED, Status.WITHDRAWN)]
    return {e.candidate for row in ended for e in store.history(row.key) if e.kind == Kind.PURGED}


def _template_id(fresh: Workbook) -> str:
    """The id of a template that was made just now."""
    identity = read_token(_properties(fresh)[PROPERTY].value)
    return identity.template_id if identity else ""


def _properties(workbook: Workbook) -> Any:
    return workbook.custom_doc_props  # type: ignore[attr-defined]  # not in the stubs


def _for_the_next(store: Store, old: Submission, issued: Issued) -> Issued:
    """A template of a closed claim as if it had been issued for the one that is open now, or comes next.

    Of what it was issued with, only what the closed claim still holds has come from there for good.
    """
    identity = old.identity
    key, _ = store.current_key(identity.centre_number, identity.entry_code)
    now = store.lines_at(key)
    held = {target: mark for target, mark in issued.now.items() if target in issued.earlier}
    return replace(issued, base=held, now=now, touched=frozenset(now))


def _open(store: Store, catalogue: Catalogue, path: Path) -> tuple[Submission, str, str]:
    """The old template, read as the current form has it, its token and its SHA-256."""
    book = open_workbook(path, path.as_posix())
    if isinstance(book, Problem):
        raise ClaimbatchError(f"{path}: {book.message}", book.hint)
    identity = book.identity
    if identity is None:
        raise ClaimbatchError(f"{path} was not made by claimbatch.", "Only a template can be refreshed.")
    if identity.form in MODERATORS:
        raise ClaimbatchError(
            f"{path} is a moderator's workbook, not a template.",
            f"A current one is made with: claimbatch {identity.form} template CLAIM",
        )
    if identity.centre_number not in store.centres():
        raise ClaimbatchError(
            f"{path} belongs to centre {identity.centre_number}, which this workspace does not hold."
        )
    qualification = catalogue.get(identity.entry_code)
    layout = _layout(qualification, identity.form, identity.unit)
    return read(book.package, book.sheets, identity, qualification, layout), book.token, book.package.sha256


def _layout(qualification: Qualification, form: str, unit: int) -> Layout:
    if unit and unit not in {offered.number for offered in qualification.offered}:
        raise ClaimbatchError(
            f"Unit {unit} can no longer be claimed for {qualification.entry_code}.",
            "There is no current template for it.",
        )
    return lay_out(form, qualification, unit)
