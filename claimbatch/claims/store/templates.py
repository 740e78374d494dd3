"""Issued templates and received workbooks in the store: what went out, and what has been taken already."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from claimbatch.claims.claim import Status
from claimbatch.claims.history import STATEMENTS, Kind, in_force
from claimbatch.claims.store.claims import current_key, find_claim, last_event, read_history
from claimbatch.claims.store.portions import portions
from claimbatch.claims.store.rows import insert_rows
from claimbatch.claims.store.tables import claim, event, received, template, template_row
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.form.identity import Identity
from claimbatch.form.layout import MODERATORS


@dataclass(frozen=True, slots=True)
class Issued:
    """A template that was sent out: what it was made from, and a digest of each candidate's locked values.

    *claim_key* is the claim that was open then, or the one that was to come next. *made_with* is what else it was made
    with, as whoever issued it said (see :mod:`claimbatch.claims.issue`), *sha256* that of its bytes, *due* the day by
    which it is to come back, as ISO text, or empty.
    """

    template_id: str
    centre_number: str
    entry_code: str
    form: str
    unit: int
    fingerprint: str
    issued_at: str
    revision: int
    claim_key: str
    made_with: Mapping[str, Any]
    sha256: str
    due: str
    digests: Mapping[str, str]


def save_template(
    connection: Connection,
    identity: Identity,
    claim_key: str,
    digests: Mapping[str, str],
    *,
    made_with: Mapping[str, Any],
    sha256: str,
    due: str = "",
) -> None:
    """Remember a template that goes out for the claim *claim_key*; of the same one again, only how it is made now."""
    if identity.form in MODERATORS:
        current = claim_key, read_revision(connection, claim_key)
    else:
        current = _current(connection, identity)
    if (claim_key, identity.revision) != current:
        raise ClaimbatchError(
            "Another run changed the claim while the template was being made.", "Make it again.", Exit.LOCKED
        )
    how = json.dumps(dict(made_with), ensure_ascii=False, sort_keys=True)
    made = {"made_with": how, "sha256": sha256, "due": due}
    again = update(template).where(template.c.template_id == identity.template_id).values(made)
    if connection.execute(again).rowcount:
        return
    more = {"claim_key": claim_key, **made}
    values = {column.name: getattr(identity, column.name) for column in template.c if column.name not in more}
    connection.execute(insert(template), values | more)
    rows = [(identity.template_id, number, digest) for number, digest in sorted(digests.items())]
    insert_rows(connection, template_row, ("template_id", "candidate_number", "digest"), rows)


def _current(connection: Connection, identity: Identity) -> tuple[str, int]:
    """The claim that a template is for, and its revision: 0 for one that is still to come."""
    key, is_open = current_key(connection, identity.centre_number, identity.entry_code)
    if not is_open:
        return key, 0
    return key, read_revision(connection, key)


def read_revision(connection: Connection, key: str) -> int:
    """The revision of the claim *key* now."""
    return (last_event(connection, find_claim(connection, key).id) or (0, ""))[0]


def read_templates(connection: Connection, ids: Iterable[str]) -> dict[str, Issued]:
    """Those of the templates *ids* that were issued here."""
    issued: dict[str, Issued] = {}
    for some in portions(ids):
        digests: dict[str, dict[str, str]] = {}
        rows = connection.execute(select(template_row).where(template_row.c.template_id.in_(some)))
        for template_id, number, digest in rows.all():
            digests.setdefault(template_id, {})[number] = digest
        for row in connection.execute(select(template).where(template.c.template_id.in_(some))):
            values = {**row._mapping, "made_with": json.loads(row.made_with)}
            issued[row.template_id] = Issued(**values, digests=digests.get(row.template_id, {}))
    return issued


def read_sent(
    connection: Connection, centre_number: str | None, entry_code: str | None
) -> list[tuple[Issued, int]]:
    """The templates that were sent out (None: for any), first things first, each with the number of its candidates.

    Their digests are left out: a centre sends thousands of rows a term.
    """
    on_it = select(template_row.c.template_id, func.count().label("rows")).group_by(
        template_row.c.template_id
    )
    counted = on_it.subquery("counted").c
    wanted = ((template.c.centre_number, centre_number), (template.c.entry_code, entry_code))
    query = (
        select(template, func.coalesce(counted.rows, 0).label("rows"))
        .outerjoin_from(template, counted.template_id.table, counted.template_id == template.c.template_id)
        .where(*(column == value for column, value in wanted if value is not None))
        .order_by(template.c.issued_at, template.c.template_id)
    )
    found = []
    for row in connection.execute(query):
        values = {**row._mapping, "made_with": json.loads(row.made_with)}
        rows = values.pop("rows")
        found.append((Issued(**values, digests={}), rows))
    return found


def read_claims_of(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """The claims that these templates were issued for, by template id."""
    query = select(template.c.template_id, template.c.claim_key)
    return {
        template_id: key
        for some in portions(ids)
        for template_id, key in connection.execute(query.where(template.c.template_id.in_(some)))
    }


def read_remembered(connection: Connection, sha256s: Iterable[str]) -> set[str]:
    """Those of these files, named by their SHA-256, that were ever taken, whatever became of their claim."""
    query = select(received.c.sha256)
    return {
        sha256
        for some in portions(sha256s)
        for sha256 in connection.scalars(query.where(received.c.sha256.in_(some)))
    }


def is_issued(connection: Connection, sha256: str) -> bool:
    """Whether a file is a template as it was issued, to the last byte: nobody has filled anything in."""
    query = select(template.c.form).where(template.c.sha256 == sha256).limit(1)
    return connection.execute(query).first() is not None


def read_received(connection: Connection, sha256s: Iterable[str]) -> set[str]:
    """Those of these files, named by their SHA-256, that were taken before, and what they said still stands.

    It does not where the claim was withdrawn, or set back to before they came.
    """
    gone = select(claim.c.key).where(claim.c.status == Status.WITHDRAWN)
    query = select(received.c.sha256, received.c.claim_key).where(received.c.claim_key.not_in(gone))
    found = {
        sha256: key
        for some in portions(sha256s)
        for sha256, key in connection.execute(query.where(received.c.sha256.in_(some)))
    }
    taken: dict[str, set[str]] = {}
    for sha256, key in found.items():
        taken.setdefault(key, set()).add(sha256)
    undone = (
        _undone(connection, key) for key, files in taken.items() if _restored_since(connection, key, files)
    )
    return set(found).difference(*undone)


def _restored_since(connection: Connection, key: str, files: set[str]) -> bool:
    """Whether the claim *key* was set back after some of these *files* were taken into it.

    Looked for from the end, as far as their receipts: not the whole history, which is long.
    """
    columns = event.c.kind, event.c.sha256, event.c.detail
    mine = select(*columns).join_from(event, claim, event.c.claim_id == claim.c.id).where(claim.c.key == key)
    left = set(files)
    with connection.execute(mine.order_by(event.c.revision.desc())) as rows:
        for kind, sha256, detail in rows:
            if kind == Kind.RECEIVED:
                left.discard(sha256)
                if not left:
                    return False
            elif kind in STATEMENTS and '"restored_to"' in detail:
                return True
    return False


def _undone(connection: Connection, key: str) -> set[str]:
    """The files that were taken into the claim *key* and whose taking was undone by a restore."""
    history = read_history(connection, key)
    taken = [{e.sha256 for e in some if e.kind == Kind.RECEIVED} for some in (history, in_force(history))]
    return taken[0] - taken[1]
