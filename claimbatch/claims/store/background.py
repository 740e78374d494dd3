"""What checking has to know of many templates at once: the same few statements, however many claims they are of."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from claimbatch.claims.claim import Status
from claimbatch.claims.history import Event
from claimbatch.claims.register import Assessor, Entry
from claimbatch.claims.store.claims import Before, Code, read_claimed_before, read_histories
from claimbatch.claims.store.portions import portions
from claimbatch.claims.store.register import read_assessors, read_entries
from claimbatch.claims.store.tables import claim
from claimbatch.claims.store.templates import Issued, read_templates


@dataclass(frozen=True, slots=True)
class Background:
    """Some templates by id, and what stood around them at one moment.

    *statuses* and *histories* are those of their claims, as far as these were opened, by the claim's key. *entries* are
    those for their entry codes, *assessors* all of their centres; *before* is what submitted claims hold, by centre and
    entry code.
    """

    templates: Mapping[str, Issued]
    statuses: Mapping[str, Status]
    histories: Mapping[str, list[Event]]
    entries: list[Entry]
    assessors: list[Assessor]
    before: Mapping[Code, Before]


def read_background(connection: Connection, ids: Iterable[str]) -> Background:
    """The background of those of the templates *ids* that were issued here."""
    templates = read_templates(connection, ids)
    wanted = {(template.centre_number, template.entry_code) for template in templates.values()}
    centres, codes = ({code[part] for code in wanted} for part in (0, 1))
    statuses = _statuses(connection, {template.claim_key for template in templates.values()})
    entries = read_entries(connection, centres, codes)
    return Background(
        templates,
        statuses,
        read_histories(connection, statuses),
        [entry for entry in entries if (entry.centre_number, entry.entry_code) in wanted],
        read_assessors(connection, centres),
        read_claimed_before(connection, centres, codes),
    )


def _statuses(connection: Connection, keys: Collection[str]) -> dict[str, Status]:
    query = select(claim.c.key, claim.c.status)
    return {
        key: Status(status)
        for some in portions(keys)
        for key, status in connection.execute(query.where(claim.c.key.in_(some)))
    }
