"""Reading claims out of the store: listings, one claim with its names, its history and earlier states."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, TypeVar

from sqlalchemy import Column, Connection, ScalarSelect, Select, and_, func, select, true, tuple_

from claimbatch.claims.claim import LABELS, Claim, Line, Status, line_order
from claimbatch.claims.decisions import UNCLASSIFIED
from claimbatch.claims.history import DECISIONS, FIELDS, STATEMENTS, Event, Kind
from claimbatch.claims.store.portions import portions
from claimbatch.claims.store.register import read_assessors, read_candidates
from claimbatch.claims.store.tables import centre, claim, claim_line, event, explanation
from claimbatch.errors import ClaimbatchError
from claimbatch.form.qualification import Catalogue
from claimbatch.identifiers import entry_code as as_entry_code

Lines = dict[tuple[str, str], tuple[str, str]]  # candidate number, unit -> grade, assessor's initials
Code = tuple[str, str]  # centre number, entry code
Said = TypeVar("Said")
Before = dict[
    tuple[str, str], tuple[Line, str, Status]
]  # candidate number, unit -> line, its claim's key and status


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One claim in a listing, with the number of its candidates and lines; *head* is the last hash of its history."""

    key: str
    claim_number: str
    reference: str
    status: Status
    centre_number: str
    entry_code: str
    created_at: str
    updated_at: str
    candidates: int
    lines: int
    head: str


_LISTED = (
    "key", "claim_number", "reference", "centre_number", "entry_code", "created_at", "updated_at",
)  # fmt: skip


def list_claims(
    connection: Connection,
    centre_number: str | None,
    entry_code: str | None,
    status: Status | None,
    counted: Mapping[str, "ClaimRow"] = MappingProxyType({}),
) -> list[ClaimRow]:
    """The claims that fit (None: any), newest first.

    Those that were *counted* when their history ended as it does now are not counted anew.
    """
    wanted = (
        (claim.c.centre_number, centre_number),
        (claim.c.entry_code, entry_code),
        (claim.c.status, status),
    )
    query = (
        select(
            claim.c.id,
            claim.c.status,
            last_of_claim(event.c.hash).label("head"),
            *(claim.c[name] for name in _LISTED),
        )
        .where(*(column == value for column, value in wanted if value is not None))
        .order_by(claim.c.id.desc())
    )
    rows = connection.execute(query).all()
    counts = {
        row.id: (at.candidates, at.lines)
        for row in rows
        if (at := counted.get(row.key)) and at.head == row.head
    }
    counts |= _counts(connection, [row.id for row in rows if row.id not in counts])
    return [
        ClaimRow(
            status=Status(row.status),
            candidates=people,
            lines=lines,
            head=row.head,
            **{name: row._mapping[name] for name in _LISTED},
        )
        for row in rows
        for people, lines in [counts.get(row.id, (0, 0))]
    ]


def _counts(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """The number of candidates and lines of the claims *ids*; those without a line are left out."""
    line = claim_line.c
    query = select(line.claim_id, func.count(line.candidate.distinct()), func.count()).group_by(line.claim_id)
    found: dict[int, tuple[int, int]] = {}
    for some in portions(ids):
        found |= {
            at: (people, lines)
            for at, people, lines in connection.execute(query.where(line.claim_id.in_(some)))
        }
    return found


def read_claim(connection: Connection, key: str, catalogue: Catalogue) -> Claim:
    """The claim *key* as it stands, with the names that its documents need."""
    row = find_claim(connection, key)
    revision, head = last_event(connection, row.id) or (0, "")
    stated = event.c.kind.in_(
        STATEMENTS
    )  # those whose lines were withdrawn, too: exports and prints name them
    mine = select(event.c.candidate).where(event.c.claim_id == row.id, stated)
    numbers = mine.except_(purged_of(row.id)).scalar_subquery()
    lines = [Line(*where, *what) for where, what in read_lines(connection, row.id).items()]
    return Claim(
        key=key,
        centre_number=row.centre_number,
        centre_name=row.centre_name,
        qualification=catalogue.get(row.entry_code),
        status=Status(row.status),
        claim_number=row.claim_number,
        reference=row.reference,
        revision=revision,
        head=head,
        created_at=row.created_at,
        updated_at=row.updated_at,
        submitted_by=row.submitted_by,
        results_email=row.results_email,
        lines=tuple(sorted(lines, key=line_order)),
        candidates=read_candidates(connection, row.centre_number, numbers),
        assessors={who.initials: who.name for who in read_assessors(connection, row.centre_number)},
    )


def purged_of(claim_id: int) -> Select[str]:
    """The candidates of a claim whose names were removed: their numbers may be somebody else's by now."""
    return select(event.c.candidate).where(event.c.claim_id == claim_id, event.c.kind == Kind.PURGED)


def read_history(connection: Connection, key: str, known: Sequence[Event] = ()) -> list[Event]:
    """All that happened to the claim *key*, first things first.

    Where what is *known* of it is how it begins, only what came after that is read.
    """
    claim_id = find_claim(connection, key).id
    query = select(*(event.c[name] for name in FIELDS)).where(event.c.claim_id == claim_id)
    if known and known[-1].hash == _hash_at(connection, claim_id, known[-1].revision):
        query = query.where(event.c.revision > known[-1].revision)
    else:
        known = ()
    return [*known, *map(Event._make, connection.execute(query.order_by(event.c.revision)).all())]


def _hash_at(connection: Connection, claim_id: int, revision: int) -> str | None:
    """The hash of one event, which answers for all that came before it."""
    query = select(event.c.hash).where(event.c.claim_id == claim_id, event.c.revision == revision)
    return connection.execute(query).scalar()


def read_latest(
    connection: Connection, key: str, candidate: str, skip: int, most: int
) -> tuple[list[Event], int, list[Event]]:
    """The next *most* entries of a history after *skip*, last things first; how many there are; and all queries."""
    mine = [event.c.claim_id == find_claim(connection, key).id]
    columns = [event.c[name] for name in FIELDS]
    asked = select(*columns).where(*mine, event.c.kind == Kind.QUERY).order_by(event.c.revision)
    queries = [Event(*row) for row in connection.execute(asked)]
    mine += [event.c.candidate == candidate] if candidate else []
    total = connection.execute(select(func.count()).select_from(event).where(*mine)).scalar_one()
    some = select(*columns).where(*mine).order_by(event.c.revision.desc()).offset(skip).limit(most)
    return [Event(*row) for row in connection.execute(some)], total, queries


def read_asking(
    connection: Connection, claim_id: int, besides: Collection[str]
) -> dict[str, dict[str, set[tuple[str, str]]]]:
    """What workbooks said that asked something, by template and SHA-256 the lines; not those named *besides*."""
    mine, found = event.c.claim_id == claim_id, event.c
    asked = connection.scalars(select(found.sha256).where(mine, found.kind == Kind.QUERY).distinct())
    asking = set(asked).difference(besides)
    said: dict[str, dict[str, set[tuple[str, str]]]] = {}
    if asking:
        columns = found.template_id, found.sha256, found.candidate, found.unit
        stated = select(*columns).where(mine, found.kind.in_(STATEMENTS), found.template_id != "")
        for template_id, sha256, candidate, unit in connection.execute(stated):
            if sha256 in asking:
                said.setdefault(template_id, {}).setdefault(sha256, set()).add((candidate, unit))
    return said


def read_histories(connection: Connection, keys: Iterable[str]) -> dict[str, list[Event]]:
    """The same of several claims, by key."""
    told: dict[str, list[Event]] = {}
    columns = (event.c[name] for name in FIELDS)
    query = select(claim.c.key, *columns).join_from(event, claim, event.c.claim_id == claim.c.id)
    for some in portions(keys):
        mine = query.where(claim.c.key.in_(some)).order_by(event.c.claim_id, event.c.revision)
        for key, *row in connection.execute(mine).all():
            told.setdefault(key, []).append(Event(*row))
    return told


def read_explanations(connection: Connection, key: str) -> dict[int, str]:
    """The words of the answers to a claim's queries, by the answer's revision."""
    mine = explanation.c.claim_id == find_claim(connection, key).id
    rows = connection.execute(select(explanation.c.revision, explanation.c.text).where(mine))
    return {revision: words for revision, words in rows}  # noqa: C416 - a Row is not a tuple to type checkers


def read_lines(connection: Connection, claim_id: int) -> Lines:
    """The lines of a claim as they stand."""
    line = claim_line.c
    query = select(line.candidate, line.unit, line.grade, line.assessor).where(line.claim_id == claim_id)
    return {(who, unit): (grade, by) for who, unit, grade, by in connection.execute(query).all()}


def read_record(
    connection: Connection, key: str
) -> tuple[Mapping[str, Any], list[Event], dict[int, str], Lines]:
    """A claim's own columns, its history, the words of answers and reasons, and its lines."""
    row = find_claim(connection, key)
    return (
        row._mapping,
        read_history(connection, key),
        read_explanations(connection, key),
        read_lines(connection, row.id),
    )


def read_withdrawn(
    connection: Connection, centre_number: str, entry_code: str
) -> dict[tuple[str, str], tuple[Line, str]]:
    """What moderators withdrew, by candidate and unit: the line, and the claim's key; another claim may hold it since.

    Lines that went with their group, and all lines of a claim withdrawn whole; of several claims the last counts. What
    is of a candidate whose data was purged is nobody's.
    """
    purged = select(event.c.claim_id, event.c.candidate).where(event.c.kind == Kind.PURGED)
    mine = (claim.c.centre_number == centre_number, claim.c.entry_code == entry_code)
    line = claim_line.c
    here = select(line.claim_id, line.candidate, line.unit)
    groups = (
        select(
            claim.c.id, event.c.candidate, event.c.unit, event.c.old_grade, event.c.old_assessor, claim.c.key
        )
        .join_from(event, claim, event.c.claim_id == claim.c.id)
        .where(*mine, event.c.kind == Kind.WITHDRAWN_LINE)
        .where(tuple_(event.c.claim_id, event.c.candidate, event.c.unit).not_in(here))
        .where(tuple_(event.c.claim_id, event.c.candidate).not_in(purged))
        .order_by(claim.c.id, event.c.revision)
    )
    claims = (
        select(claim.c.id, line.candidate, line.unit, line.grade, line.assessor, claim.c.key)
        .join_from(claim, claim_line, line.claim_id == claim.c.id)
        .where(*mine, claim.c.status == Status.WITHDRAWN)
        .where(tuple_(line.claim_id, line.candidate).not_in(purged))
        .order_by(claim.c.id)
    )
    rows = sorted((*connection.execute(groups), *connection.execute(claims)), key=lambda row: row[0])
    return {(row[1], row[2]): (Line(*row[1:5]), row[5]) for row in rows}


def _agreed(
    connection: Connection, centres: Collection[str], entry_codes: Collection[str]
) -> dict[tuple[str, str, str], str]:
    """The grades that moderators agreed, by claim, candidate and unit."""
    query = (
        select(claim.c.key, event.c.candidate, event.c.unit, event.c.kind, event.c.grade)
        .join_from(event, claim, event.c.claim_id == claim.c.id)
        .where(event.c.claim_id.in_(_of_codes(centres, entry_codes)), event.c.kind.in_(DECISIONS))
        .order_by(event.c.revision)
    )
    said = {(key, who, unit): (kind, grade) for key, who, unit, kind, grade in connection.execute(query)}
    return {line: grade for line, (kind, grade) in said.items() if kind != Kind.UNDECIDED}


def read_claimed_before(
    connection: Connection, centres: Collection[str], entry_codes: Collection[str], besides: str = ""
) -> dict[Code, Before]:
    """What submitted claims *besides* one hold, by centre and entry code.

    Withdrawn lines and claims hold nothing, nor does a line that the moderator found not to reach a pass; one of which
    another grade was agreed is held at that. Of several claims the first counts. Nor is anything held of a candidate
    whose data was purged: the number may be somebody else's by now.
    """
    here = event.c.claim_id.in_(
        _of_codes(centres, entry_codes)
    )  # or the database looks through all that there is
    purged = select(event.c.claim_id, event.c.candidate).where(here, event.c.kind == Kind.PURGED)
    line, held = claim_line.c, (Status.SUBMITTED, Status.SAMPLED, Status.COMPLETED)
    whose = claim.c.key, claim.c.status, claim.c.centre_number, claim.c.entry_code
    query = (
        select(line.candidate, line.unit, line.grade, line.assessor, *whose)
        .join_from(claim, claim_line, line.claim_id == claim.c.id)
        .where(claim.c.centre_number.in_(centres), claim.c.entry_code.in_(entry_codes))
        .where(claim.c.status.in_(held), claim.c.key != besides)
        .where(tuple_(line.claim_id, line.candidate).not_in(purged))
        .order_by(claim.c.id.desc())
    )
    agreed = _agreed(connection, centres, entry_codes)
    before: dict[Code, Before] = {}
    for row in connection.execute(query):
        who, unit, grade, by = row[:4]
        if (grade := agreed.get((row.key, who, unit), grade)) != UNCLASSIFIED:
            of_code = before.setdefault((row.centre_number, row.entry_code), {})
            of_code[who, unit] = Line(who, unit, grade, by), row.key, Status(row.status)
    return before


def _of_codes(centres: Collection[str], entry_codes: Collection[str]) -> Select[int]:
    """The ids of the claims of these *entry_codes* at these *centres*."""
    return select(claim.c.id).where(claim.c.centre_number.in_(centres), claim.c.entry_code.in_(entry_codes))


def current_key(connection: Connection, centre_number: str, entry_code: str) -> tuple[str, bool]:
    """The key of the unsubmitted claim, and True; or the key that the next claim will have, and False."""
    mine = (claim.c.centre_number == centre_number, claim.c.entry_code == entry_code)
    open_one = select(claim.c.key).where(*mine, claim.c.status == Status.NOT_SUBMITTED)
    key: str | None = connection.execute(open_one).scalar()
    if key:
        return key, True
    earlier = connection.execute(select(func.count()).select_from(claim).where(*mine)).scalar_one()
    return numbered(centre_number, entry_code, earlier + 1), False


def numbered(centre_number: str, entry_code: str, number: int) -> str:
    """The key of a qualification's claim *number*, counted from 1 at each centre."""
    return f"{centre_number}-{entry_code}-{number}"


def read_lines_at(connection: Connection, key: str, revision: int | None = None) -> Lines:
    """The lines of the claim *key* as they stood at *revision* (None: now); no such claim, no lines."""
    said = select(event.c.candidate, event.c.unit, func.max(event.c.revision).label("revision"))
    last = (
        said.join_from(event, claim, claim.c.id == event.c.claim_id)
        .where(claim.c.key == key, event.c.kind.in_(STATEMENTS))
        .where(true() if revision is None else event.c.revision <= revision)
        .group_by(event.c.candidate, event.c.unit)
        .subquery()
    )
    query = (
        select(event.c.candidate, event.c.unit, event.c.grade, event.c.assessor)
        .join_from(event, claim, and_(claim.c.id == event.c.claim_id, claim.c.key == key))
        .join(last, last.c.revision == event.c.revision)
        .where(event.c.grade != "")
    )
    return {(who, unit): (grade, by) for who, unit, grade, by in connection.execute(query)}


def last_event(connection: Connection, claim_id: int) -> tuple[int, str] | None:
    """The revision and the hash with which a claim's history ends."""
    query = select(event.c.revision, event.c.hash).where(event.c.claim_id == claim_id)
    row = connection.execute(query.order_by(event.c.revision.desc()).limit(1)).first()
    return (row.revision, row.hash) if row else None


def last_of_claim(column: Column[Said]) -> ScalarSelect[Said]:
    """In a query of claims: what this *column* says of the last event of each."""
    # one look into an index for each claim; what groups all events by claim reads them all
    events = select(column).where(event.c.claim_id == claim.c.id)
    return events.order_by(event.c.revision.desc()).limit(1).scalar_subquery()


def read_heads(connection: Connection) -> dict[str, tuple[int, str]]:
    """The revision and the hash with which the history of each claim ends, by key."""
    query = select(claim.c.key, last_of_claim(event.c.revision), last_of_claim(event.c.hash))
    return {key: (revision, head) for key, revision, head in connection.execute(query)}


def find_key(connection: Connection, text: str) -> str:
    """The key of the claim that people call *text*: also its claim number, or its entry code where one claim has that.

    *text* itself where it names none; :class:`ClaimbatchError` where it names several.
    """
    code = as_entry_code(text)
    rows = connection.execute(select(claim).order_by(claim.c.id)).all()
    named = [row for row in rows if text and text in (row.key, row.claim_number)]
    coded = [row for row in rows if code in (row.entry_code, f"{row.centre_number}-{row.entry_code}")]
    found = named or coded
    if len(found) > 1:
        keys = ", ".join(f"{row.key} ({LABELS[Status(row.status)].lower()})" for row in found)
        raise ClaimbatchError(f"{text} is the entry code of {len(found)} claims.", f"Say which: {keys}.")
    return found[0].key if found else text


def find_claim(connection: Connection, key: str) -> Any:
    """The row of the claim *key*, with its ``centre_name``; an unknown one gets the nearest key as a hint."""
    with_centre = select(claim, centre.c.name.label("centre_name")).join_from(claim, centre)
    row = connection.execute(with_centre.where(claim.c.key == key)).first()
    if row is None:
        near = get_close_matches(key, list(connection.scalars(select(claim.c.key))), n=1)
        hint = f"Did you mean {near[0]}?" if near else "List them with: claimbatch claims"
        raise ClaimbatchError(f"There is no claim {key}.", hint)
    return row
