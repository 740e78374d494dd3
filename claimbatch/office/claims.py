"""The list of claims."""

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass

from claimbatch.claims.claim import Status
from claimbatch.claims.store import ClaimRow, Store
from claimbatch.form.qualification import Catalogue
from claimbatch.office.centres import the_centre
from claimbatch.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ClaimListed:
    """One claim in the list, with the number of its *candidates* and *lines*; times are in UTC."""

    claim: str
    claim_number: str
    reference: str
    status: Status
    centre_number: str
    entry_code: str
    qualification: str
    candidates: int
    lines: int
    created_at: str
    updated_at: str


def list_claims(
    store: Store,
    catalogue: Catalogue,
    *,
    entry_code: str = "",
    status: Status | None = None,
    centre: str | None = None,
    short_titles: bool = False,
    counted: MutableMapping[str, ClaimRow] | None = None,
) -> list[ClaimListed]:
    """The claims of a qualification, in a state, of a centre, as far as these are given; newest first.

    With *short_titles*, the qualification's title is the one that people say. Whoever lists claims again and again
    keeps in *counted* what was counted, so that only claims that have changed since are counted anew.
    """
    code = catalogue.get(entry_code).entry_code if entry_code else None
    titles = {
        known.entry_code: known.short_title if short_titles else known.title
        for known in catalogue.qualifications
    }
    counted = {} if counted is None else counted
    rows = store.claims(the_centre(store, centre) if centre else None, code, status, counted=counted)
    counted.update((row.key, row) for row in rows)
    return [
        ClaimListed(
            claim=row.key,
            claim_number=row.claim_number,
            reference=row.reference,
            status=row.status,
            centre_number=row.centre_number,
            entry_code=row.entry_code,
            qualification=titles.get(row.entry_code, ""),
            candidates=row.candidates,
            lines=row.lines,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
        for row in rows
    ]


def claims_of(
    workspace: Workspace, *, entry_code: str = "", status: Status | None = None, centre: str | None = None
) -> list[ClaimListed]:
    """The claims of a qualification, in a state, of a centre, as far as these are given; newest first."""
    with workspace.store() as store:
        return list_claims(store, workspace.catalogue(), entry_code=entry_code, status=status, centre=centre)


def in_order(listed: Sequence[ClaimListed], column: str = "", *, reverse: bool = False) -> list[ClaimListed]:
    """The claims by a *column*, the name of one of their facts; as they were listed where none is named."""
    ordered = sorted(listed, key=lambda row: getattr(row, column)) if column else list(listed)
    return ordered[::-1] if reverse else ordered
