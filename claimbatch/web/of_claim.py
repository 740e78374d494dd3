"""What all pages of one claim have in common: its heading, and the way to its other pages."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from claimbatch.claims.claim import LABELS, Status, unit_label
from claimbatch.claims.history import Event
from claimbatch.claims.merge import in_words
from claimbatch.office.opened import OpenClaim, open_claim
from claimbatch.web.kept import KeptWorkspace
from claimbatch.web.listing import Row, holding
from claimbatch.web.page import Visit
from claimbatch.web.roles import Right

STANDS = {
    Status.NOT_SUBMITTED: "ask",
    Status.SUBMITTED: "good",
    Status.SAMPLED: "good",
    Status.COMPLETED: "good",
    Status.WITHDRAWN: "",
}


class Tab(NamedTuple):
    """A page of a claim: its title, its address, and how many things wait there."""

    title: str
    path: str
    waiting: int = 0


@contextmanager
def seen_claim(visit: Visit) -> Iterator[OpenClaim]:
    """The claim of the address, to be shown. To change it, open it."""
    kept = kept_claim(visit.workspace, visit["key"])
    with visit.workspace.store() as store:
        yield kept.over(store)


def kept_claim(workspace: KeptWorkspace, key: str) -> OpenClaim:
    """The claim *key*, read once for each state of all that it is made of."""
    name = f"claim {key}"

    def read() -> OpenClaim:
        before: OpenClaim | None = workspace.last_made(name)
        with open_claim(workspace, key) as opened:
            vars(opened)["history"] = opened.store.history(key, before.history if before else ())
            _ = opened.standing, opened.entries  # asked now, while the store is open
        return opened

    return workspace.while_unchanged(name, read, of=lambda counting: counting.claim_state(key))


def frame(visit: Visit, opened: OpenClaim) -> dict[str, Any]:
    """What the heading of each page of a claim says; ``claim_layout.html.j2`` draws it."""
    claim = opened.claim
    return {
        "claim": claim,
        "state": LABELS[claim.status],
        "stands": STANDS[claim.status],
        "tabs": _tabs(opened, may_submit=visit.may(Right.SUBMIT)),
        "is_open": claim.status is Status.NOT_SUBMITTED,
        "may_correct": claim.status is Status.NOT_SUBMITTED and visit.may(Right.CORRECT),
    }


def sought_in(visit: Visit) -> str:
    """What was last searched for in the claim of the address. It is kept here: a name must not stand in an address."""
    key, words = visit.session.shelf.get("sought in a claim", ("", ""))
    return str(words) if key == visit["key"] else ""


def seek(visit: Visit, words: str) -> None:
    """Keep what is searched for in the claim of the address."""
    visit.session.shelf["sought in a claim"] = visit["key"], words


def called(rows: Sequence[Row], words: str) -> list[Row]:
    """The *rows* of candidates whose name or number has all the *words* in it."""
    return holding(rows, words, "number", "name")


class Changed(NamedTuple):
    """What a correction changes of a line, in words: whose, which unit, what it was, and what it is."""

    number: str
    name: str
    unit: str
    old: str
    new: str


def changes_of(opened: OpenClaim, events: Iterable[Event]) -> list[Changed]:
    """What *events* change, by name."""
    names = opened.names
    return [
        Changed(
            event.candidate,
            names.get(event.candidate, ""),
            unit_label(event.unit),
            in_words((event.old_grade, event.old_assessor)),
            in_words((event.grade, event.assessor)),
        )
        for event in events
    ]


def _tabs(opened: OpenClaim, *, may_submit: bool) -> list[Tab]:
    path, stands = f"/claims/{opened.key}", opened.standing
    is_open = opened.claim.status is Status.NOT_SUBMITTED
    later = (Tab("Sample", f"{path}/sample"), Tab("Outcome", f"{path}/outcome"))
    return [
        Tab("By candidate", path),
        Tab("By unit", f"{path}/units"),
        Tab("Award", f"{path}/award"),
        Tab("Queries", f"{path}/queries", len(stands.open_queries) if is_open else 0),
        Tab("Declarations", f"{path}/declarations", len(stands.undeclared) if is_open else 0),
        *([Tab("Submit", f"{path}/submit")] if is_open and may_submit else [] if is_open else later),
        Tab("History", f"{path}/history"),
        Tab("Print and save", f"{path}/papers"),
    ]
