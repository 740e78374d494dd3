"""*Register*: the imports that there were, what each changed, by name, and taking one back."""

from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from claimbatch.claims.store import Import
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.office.by_name import by_name, in_numbers, not_taken_back
from claimbatch.office.imports import changed_by, plan_undo, take_back
from claimbatch.web.listing import Column, Listing
from claimbatch.web.page import Fault, Page, Visit
from claimbatch.web.register_file import KINDS, parts_of
from claimbatch.web.roles import Right

page = Page("register", "", "/register/imports", right=Right.REGISTER)
COLUMNS = (
    Column("number", "Import", number=True),
    Column("at", "When"),
    Column("kind", "What"),
    Column("who", "By"),
    Column("file", "File"),
    Column("new", "New", number=True),
    Column("changed", "Changed", number=True),
    Column("gone", "Removed", number=True),
    Column("note", "Note"),
)


@page.get()
def imports(visit: Visit) -> Response:
    """All of them, the last first."""
    with visit.workspace.store() as store:
        rows = [_row(kind, one) for kind in KINDS for one in store.imports(kind)]
    listing = Listing.of(visit, COLUMNS, rows, sort="-number")
    return visit.show("register_imports.html.j2", listing=listing)


@page.get("/register/imports/{kind}/{number:int}")
def one(visit: Visit) -> Response:
    """What one changed."""
    kind, number = _which(visit)
    with visit.workspace.store() as store:
        found, _ = store.made_by(kind, number)
        forgotten = bool(found.changes and not found.kept)
        rows = [] if forgotten else changed_by(store, kind, number)
    return visit.show(
        "register_import.html.j2",
        row=_row(kind, found),
        forgotten=forgotten,
        affected=parts_of(by_name(rows)),
        can_be_undone=bool(rows) and not found.undone_by,
    )


@page.get("/register/imports/{kind}/{number:int}/undo")
def undo(visit: Visit) -> Response:
    """What taking it back would change."""
    return _undo(visit)


@page.post("/register/imports/{kind}/{number:int}/undo")
def undone(visit: Visit) -> Response:
    """Take it back, as it was shown."""
    kind, number = _which(visit)
    with visit.workspace.store() as store:
        undoing = plan_undo(store, kind, number)
        if undoing.kept and "in_part" not in visit.form:
            return _undo(visit, [Fault("in_part", "Tick that the rest alone is to be taken back")])
        try:
            made = take_back(
                store, undoing, visit.who, in_part="in_part" in visit.form, seen=visit.form["seal"] or "-"
            )
        except ClaimbatchError as error:
            if error.exit_code is not Exit.LOCKED:
                raise
            words = "The register has changed since this was shown; nothing was done. This is what would change now"
            return _undo(visit, [Fault("", words)])
    done = in_numbers(undoing.plan.counts)
    return visit.go(f"/register/imports/{kind}/{made}", f"Import {number} is taken back: {done}.")


def _undo(visit: Visit, faults: Sequence[Fault] = ()) -> Response:
    kind, number = _which(visit)
    with visit.workspace.store() as store:
        undoing = plan_undo(store, kind, number)
    return visit.show(
        "register_undo.html.j2",
        faults=faults,
        row=_row(kind, undoing.found),
        undoing=undoing,
        affected=parts_of(by_name(undoing.rows)),
        kept=[not_taken_back(row) for row in undoing.kept],
    )


def _which(visit: Visit) -> tuple[str, int]:
    if visit["kind"] not in KINDS:
        raise ClaimbatchError("There is no such import.", "Go back to the list of imports.")
    return visit["kind"], int(visit["number"])


def _row(kind: str, item: Import) -> dict[str, Any]:
    notes = (
        f"takes back import {item.source.undoes}" * bool(item.source.undoes),
        f"taken back by import {item.undone_by}" * bool(item.undone_by),
        "can no longer be taken back" * bool(item.changes and not item.kept),
    )
    return {
        "number": item.number,
        "kind": kind,
        "at": item.at,
        "who": item.source.who,
        "file": item.source.file,
        "new": item.new,
        "changed": item.changed,
        "gone": item.gone,
        "note": ", ".join(filter(None, notes)),
    }
