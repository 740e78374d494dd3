"""Merging what was checked: what would change is shown first, by name; and a merge can be taken back."""

from itertools import groupby

from starlette.responses import Response

from claimbatch.intake.results import Outcome
from claimbatch.web.batches import Batch, Preview, batch_of
from claimbatch.web.draw import count
from claimbatch.web.page import Fault, Page, Visit
from claimbatch.web.roles import Right

page = Page("check", "", "/check/{batch}/merge", right=Right.MERGE)  # a part of Check workbooks
SHOWN = 2000  # changes that are shown before a merge


@page.get()
def preview(visit: Visit) -> Response:
    """What merging would change: was, and is."""
    batch = batch_of(visit)
    partial = "partial" in visit.query
    return _preview(visit, batch, batch.preview(visit.who, partial=partial), partial=partial)


@page.post()
def merged(visit: Visit) -> Response:
    """Merge what was shown."""
    batch, partial = batch_of(visit), "partial" in visit.form
    other = batch.merge(visit.who, partial=partial, seal=visit.form["seal"])
    if other:
        words = "Something has changed since this was shown. Look at it again, then merge"
        return _preview(visit, batch, other, partial=partial, faults=[Fault("", words)])
    return visit.go(f"/check/{batch.key}")


@page.post("/check/{batch}/unmerge")
def unmerged(visit: Visit) -> Response:
    """Take the merge back."""
    batch = batch_of(visit)
    lines = count(batch.unmerge(visit.who), "grade")
    return visit.go(f"/check/{batch.key}", f"The merge was taken back: {lines} set to what was there before.")


def _preview(
    visit: Visit, batch: Batch, shown: Preview, *, partial: bool, faults: list[Fault] | None = None
) -> Response:
    received = shown.received
    files = received.checked.files
    names = _names(visit, {one.claim for one in shown.changes[:SHOWN]})
    claims = [
        (key, [(one, names.get((key, one.candidate), "")) for one in changes])
        for key, changes in groupby(shown.changes[:SHOWN], key=lambda one: one.claim)
    ]
    return visit.show(
        "check_merge.html.j2",
        faults=faults or [],
        batch=batch,
        claims=claims,
        counts={kind: received.taken.count(kind) for kind in ("added", "changed", "removed")},
        more=max(0, len(shown.changes) - SHOWN),
        unchanged=received.taken.unchanged,
        held=[one for one in files if one.outcome is Outcome.ERRORS],
        again=[*received.again, *(name for name, _ in received.twins)],
        partial=partial,
        seal=shown.seal,
    )


def _names(visit: Visit, claims: set[str]) -> dict[tuple[str, str], str]:
    """What the candidates of *claims* are called, by claim and number."""
    found: dict[tuple[str, str], str] = {}
    with visit.workspace.store() as store:
        for key in claims:
            centre, code, _ = key.split("-")
            for entry in store.entries(centre, code):
                found[key, entry.candidate.number] = entry.candidate.name
    return found
