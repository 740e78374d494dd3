"""Writing claims: everything that one merge or one change of state does, in one transaction.

A :class:`Writer` lives inside ``with store.writing()``; there is one writer at a time, in SQLite and in
PostgreSQL alike, so what it reads cannot change under its hands.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, insert, update

from claimbatch import clock
from claimbatch.claims.claim import LABELS, Claim, Status
from claimbatch.claims.history import EDITS, FIELDS, Event, Kind, chained, start
from claimbatch.claims.register import Assessor
from claimbatch.claims.register.changes import Register, of_assessors
from claimbatch.claims.store.claims import (
    Lines,
    current_key,
    find_claim,
    last_event,
    read_asking,
    read_explanations,
    read_history,
    read_lines,
    read_lines_at,
)
from claimbatch.claims.store.imports import old_imports
from claimbatch.claims.store.numbers import claims_numbered, is_claim_number, next_claim_id
from claimbatch.claims.store.purge import Old, old_claims, remove_people
from claimbatch.claims.store.register import read_assessor_records, read_assessors, write_changes
from claimbatch.claims.store.rows import insert_rows
from claimbatch.claims.store.tables import claim, event, explanation, received
from claimbatch.claims.store.templates import read_claims_of, read_received, read_remembered, read_revision
from claimbatch.errors import ClaimbatchError, Exit


class Writer:
    """One transaction on the claims. It all happens, or (when an exception leaves the block) none of it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def open_claim(self, centre_number: str, entry_code: str, who: str = "") -> str:
        """The key of the unsubmitted claim, started now where there is none."""
        key, is_open = current_key(self._connection, centre_number, entry_code)
        if not is_open:
            self._start(key, centre_number, entry_code, who)
        return key

    def opened(self, centre_number: str, entry_code: str) -> str:
        """The key of the unsubmitted claim; empty where there is none."""
        key, is_open = current_key(self._connection, centre_number, entry_code)
        return key if is_open else ""

    def history(self, key: str) -> list[Event]:
        """All that happened to the claim so far."""
        return read_history(self._connection, key)

    def lines(self, key: str) -> Lines:
        """The claim's lines as they stand now."""
        return read_lines(self._connection, find_claim(self._connection, key).id)

    def lines_at(self, key: str, revision: int) -> Lines:
        """The claim's lines as they stood at *revision*."""
        return read_lines_at(self._connection, key, revision)

    def record(self, key: str, events: Iterable[Event]) -> int:
        """Add *events* to the claim's history; its new revision. A submitted claim takes no grades."""
        row, new = find_claim(self._connection, key), list(events)
        if row.status != Status.NOT_SUBMITTED and any(item.kind in EDITS for item in new):
            raise ClaimbatchError(
                f"Claim {key} can no longer be changed: {LABELS[Status(row.status)].lower()}.",
                "What is missing from it goes into a new claim; what is wrong in it, to the moderator.",
            )
        revision, head = last_event(self._connection, row.id) or (0, start(key))
        chain = chained(new, head=head, revision=revision, at=clock.stamp())
        if chain:
            insert_rows(self._connection, event, ("claim_id", *FIELDS), [(row.id, *item) for item in chain])
            self._change(key, updated_at=chain[-1].at)
        return revision + len(chain)

    def revision(self, key: str) -> int:
        """The claim's revision now."""
        return read_revision(self._connection, key)

    def asking(self, key: str, besides: Collection[str]) -> dict[str, dict[str, set[tuple[str, str]]]]:
        """The workbooks taken into the claim that asked something, with the lines of which each said anything.

        By template and SHA-256; not those that are named *besides*.
        """
        return read_asking(self._connection, find_claim(self._connection, key).id, besides)

    def facts(self, key: str) -> Mapping[str, Any]:
        """The claim's own columns: status, claim number, reference and so on."""
        row: Mapping[str, Any] = find_claim(self._connection, key)._mapping
        return row

    def explanations(self, key: str) -> dict[int, str]:
        """The words of the answers to the claim's queries, by the answer's revision."""
        return read_explanations(self._connection, key)

    def explain(self, key: str, words: Mapping[int, str]) -> None:
        """Keep the *words* of answers, by revision, beside the history, where they can be purged."""
        if words:
            claim_id = find_claim(self._connection, key).id
            rows = [(claim_id, number, text) for number, text in words.items()]
            insert_rows(self._connection, explanation, ("claim_id", "revision", "text"), rows)

    def old_claims(self, before: str) -> list[Old]:
        """The claims that ended *before* this moment and still name people whom nothing else needs."""
        return old_claims(self._connection, before)

    def old_imports(self, before: str) -> int:
        """How many imports from *before* this moment still keep what they changed."""
        return old_imports(self._connection, before)

    def remove_people(self, claims: Iterable[Old], before: str, who: str) -> None:
        """Remove the candidates and explanations of these claims, and what imports changed *before* this moment.

        The history of claims and that of imports stay as they are.
        """
        remove_people(self._connection, claims, before, who)

    def claim_number(self, given: str = "") -> str:
        """The claim number *given*, refused where another claim has it; else one that none has: C000001, C000002, …"""
        if given and is_claim_number(self._connection, given):
            raise ClaimbatchError(f"Another claim has the claim number {given} already.", "Check the number.")
        if given:
            return given
        number = 1 + claims_numbered(self._connection)
        while is_claim_number(self._connection, f"C{number:06}"):
            number += 1
        return f"C{number:06}"

    def move(self, key: str, status: Status, event: Event, *, expected: Claim, **facts: str) -> int:
        """Carry the claim on to *status*, with the *event* that says so; returns its new revision.

        *expected* is the claim as it was when that was decided; where another run has changed it since,
        :class:`ClaimbatchError`. *facts* are the claim's own columns: ``claim_number``, ``reference``,
        ``results_email``, ``submitted_by``, ``submitted_sha256``.
        """
        self.refuse_moved(expected)
        revision = self.record(key, [event])
        self._change(key, status=status.value, **facts)
        return revision

    def refuse_moved(self, expected: Claim) -> None:
        """Refuse where another run has changed the claim since it was read as *expected*."""
        row = find_claim(self._connection, expected.key)
        revision, _ = last_event(self._connection, row.id) or (0, "")
        if (row.status, revision) != (expected.status, expected.revision):
            raise ClaimbatchError(
                f"Another run has just changed claim {expected.key}; nothing was done.",
                "See how it stands (claimbatch claims), and try again.",
                Exit.LOCKED,
            )

    def received(self, sha256s: Iterable[str]) -> set[str]:
        """Those of these files that were taken, and whose words still stand."""
        return read_received(self._connection, sha256s)

    def receive(self, files: Iterable[tuple[str, str, str, str, str]]) -> None:
        """Remember that the bytes of these *files* were taken: the same ones are not taken again.

        Each with its SHA-256, centre number, entry code, name, and the key of its claim.
        """
        listed = {file[0]: file for file in reversed(list(files))}  # of the same bytes the first counts
        there = read_remembered(self._connection, listed)
        names = ("sha256", "centre_number", "entry_code", "workbook", "claim_key", "at", "outcome")
        rows = [(*file, clock.stamp(), "taken") for sha256, file in listed.items() if sha256 not in there]
        insert_rows(self._connection, received, names, rows[::-1])

    def add_assessors(self, assessors: Iterable[Assessor]) -> list[Assessor]:
        """Add assessors that workbooks introduced; initials that are there keep their name. Returns all there are."""
        known = Register(read_assessor_records(self._connection))
        write_changes(self._connection, of_assessors(assessors, known).changes)
        return read_assessors(self._connection, None)

    def claims_of(self, template_ids: Iterable[str]) -> dict[str, str]:
        """The claims that templates were issued for, by template id; those that were issued here."""
        return read_claims_of(self._connection, template_ids)

    def _start(self, key: str, centre_number: str, entry_code: str, who: str) -> None:
        now = clock.stamp()
        values: dict[str, Any] = dict.fromkeys((column.name for column in claim.c), "")
        values |= {
            "id": next_claim_id(self._connection),
            "key": key,
            "status": Status.NOT_SUBMITTED,
        }
        values |= {
            "centre_number": centre_number,
            "entry_code": entry_code,
            "created_at": now,
            "updated_at": now,
        }
        self._connection.execute(insert(claim), values)
        self.record(key, [Event(Kind.CREATED, who=who)])

    def _change(self, key: str, **values: str) -> None:
        self._connection.execute(update(claim).where(claim.c.key == key).values(values))
