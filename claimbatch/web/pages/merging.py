"""Merging what was checked: what would change is shown first, by name; and a merge can be taken back."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from starlette.responses import Response

from claimbatch.intake.receiving import How
from claimbatch.intake.results import Outcome
from claimbatch.web.batches import Batch, Preview, batch_of
from claimbatch.web.draw import count
from claimbatch.web.forms import Form
from claimbatch.web.page import Fault, Page, Visit
from claimbatch.web.roles import Right

page = Page("check", "", "/check/{batch}/merge", right=Right.MERGE)  # a part of Check workbooks
SHOWN = 2000  # changes that are shown before a merge
AGAINST = "CB303"  # what a workbook says against its claim: it may be let hold all the same


@page.get()
def preview(visit: Visit) -> Response:
    """What merging would change: was, and is."""
    batch, how = batch_of(visit), _how(visit, visit.query)
    return _preview(visit, batch, batch.preview(how), how)


@page.post()
def merged(visit: Visit) -> Response:
    """Merge what was shown."""
    batch, how = batch_of(visit), _how(visit, visit.form)
    if how.overrule and "agree" not in visit.form:
        words = "Tick that you have looked at whose words are overruled"
        return _preview(visit, batch, batch.preview(how), how, [Fault("agree", words)])
    if other := batch.merge(how, visit.form["seal"]):
        words = "Something has changed since this was shown. Look at it again, then merge"
        return _preview(visit, batch, other, how, [Fault("", words)])
    return visit.go(f"/check/{batch.key}")


@page.post("/check/{batch}/unmerge")
def unmerged(visit: Visit) -> Response:
    """Take the merge back."""
    batch = batch_of(visit)
    lines = count(batch.unmerge(visit.who), "grade")
    return visit.go(f"/check/{batch.key}", f"The merge was taken back: {lines} set to what was there before.")


def _how(visit: Visit, said: Mapping[str, str] | Form) -> How:
    """How to merge, as the address or the form says it."""
    return How(visit.who, partial="partial" in said, overrule="overrule" in said and visit.may(Right.CORRECT))


def _preview(visit: Visit, batch: Batch, shown: Preview, how: How, faults: Sequence[Fault] = ()) -> Response:
    received = shown.received
    files = received.checked.files
    names = _names(
        visit, {one.claim for one in shown.changes[:SHOWN]} | {one.claim for one in shown.overruled}
    )
    claims = [
        (key, [(one, names.get((key, one.candidate), "")) for one in changes])
        for key, changes in groupby(shown.changes[:SHOWN], key=lambda one: one.claim)
    ]
    return visit.show(
        "check_merge.html.j2",
        faults=faults,
        batch=batch,
        claims=claims,
        counts={kind: received.taken.count(kind) for kind in ("added", "changed", "removed")},
        more=max(0, len(shown.changes) - SHOWN),
        unchanged=received.taken.unchanged,
        held=[one for one in files if one.outcome is Outcome.ERRORS],
        again=[*received.again, *(name for name, _ in received.twins)],
        how=how,
        overruled=[(one, names.get((one.claim, one.candidate), "")) for one in shown.overruled],
        against=visit.may(Right.CORRECT)
        and any(one.rule.code == AGAINST for one in received.checked.problems),
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
