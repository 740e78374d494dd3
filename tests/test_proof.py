"""Whatever is altered in a claim's record, by whoever can write to its store, the proof names it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from claimbatch.claims.claim import Status
from claimbatch.claims.history import Event, Kind, detail, words_digest
from claimbatch.claims.proof import Proof, examine, lines_digest
from claimbatch.claims.store import Store
from claimbatch.data import schema_folder
from claimbatch.form.qualification import Catalogue
from claimbatch.form.qualification_file import load_catalogue

CENTRE, CODE = "68199", "05347"
KEY = f"{CENTRE}-{CODE}-1"
LINES = {("0042", "1"): ("P", "JH"), ("0042", "3"): ("M", "SA")}
PARTS = ("state", "lines", "frozen", "words", "printed")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(schema_folder())


@pytest.fixture
def store(tmp_path: Path, catalogue: Catalogue) -> Iterator[Store]:
    """A claim with two lines, an answered query, submitted with an address for results, and completed."""
    with Store.open(f"sqlite:///{tmp_path}/claims.db") as store:
        store.add_centre(CENTRE, "Example College")
        with store.writing() as writer:
            writer.open_claim(CENTRE, CODE, "teacher")
            said = [
                Event(Kind.ADDED, candidate=c, unit=u, grade=grade, assessor=who)
                for (c, u), (grade, who) in LINES.items()
            ]
            writer.record(KEY, [*said, Event(Kind.QUERY, candidate="0042", detail=detail(rule="CB202"))])
            answer = Event(Kind.ANSWERED, detail=detail(query=4, sha256=words_digest("a slip")))
            writer.explain(KEY, {writer.record(KEY, [answer]): "a slip"})
        moved(
            store, catalogue, Status.SUBMITTED, claim_number="C1", submitted_by="Pat", results_email="a@b.uk"
        )
        moved(store, catalogue, Status.COMPLETED, reference="R1")
        yield store


def moved(store: Store, catalogue: Catalogue, status: Status, **facts: str) -> None:
    """Carry the claim on, as life.py does."""
    claim = store.claim(KEY, catalogue)
    with store.writing() as writer:
        if status is Status.SUBMITTED:
            facts["submitted_sha256"] = lines_digest(writer.lines(KEY))
            said = {
                "claim_number": facts["claim_number"],
                "lines_sha256": facts["submitted_sha256"],
                "email_sha256": words_digest(facts["results_email"]),
            }
        else:
            said = dict(facts)
        event = Event(status.value, who=facts.get("submitted_by", "M"), detail=detail(**said))
        writer.move(KEY, status, event, expected=claim, **facts)


def altered(store: Store, *statements: str) -> Proof:
    """What the proof finds after somebody has written to the database with another program."""
    path = store._engine.url.database
    with closing(sqlite3.connect(str(path))) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            assert database.execute(statement).rowcount >= 1
        database.commit()
    return examine(store, KEY)


def faults(proof: Proof) -> tuple[int, list[str]]:
    """The first broken revision, and which parts do not hold."""
    return proof.broken, [name for name in PARTS if not getattr(proof, name)]


def test_an_untouched_record_is_whole(store: Store) -> None:
    proof = examine(store, KEY)
    assert (faults(proof), proof.is_whole, proof.revisions) == ((0, []), True, 7)
    assert proof.head == store.history(KEY)[-1].hash


def test_a_record_is_whole_at_every_step(store: Store) -> None:
    """An open claim has no number and no reference yet; one that was submitted may lose a group of lines."""
    with store.writing() as writer:
        key = writer.open_claim(CENTRE, CODE, "teacher")
    assert examine(store, key).is_whole
    gone = Event(Kind.WITHDRAWN_LINE, candidate="0042", unit="3", old_grade="M", old_assessor="SA")
    with store.writing() as writer:
        writer.record(KEY, [gone])
    assert examine(store, KEY).is_whole


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("status", "submitted"),
        ("claim_number", "C2"),
        ("reference", "R2"),
        ("submitted_by", "Sam"),
        ("submitted_sha256", "0"),
        ("entry_code", "05349"),
        ("results_email", "x@y.uk"),
    ],
)
def test_a_claims_own_columns_are_what_its_history_says(store: Store, column: str, value: str) -> None:
    proof = altered(store, f"UPDATE claim SET {column} = '{value}'")  # noqa: S608
    assert (faults(proof), proof.is_whole) == ((0, ["state"]), False)


def test_a_claim_moved_to_another_centre_is_told(store: Store) -> None:
    store.add_centre("68200", "Another College")
    assert faults(altered(store, "UPDATE claim SET centre_number = '68200'")) == (0, ["state"])


def test_a_claim_submitted_before_addresses_were_kept_has_no_say_in_them(store: Store) -> None:
    """Its history holds no digest of one."""
    events = [event for event in store.history(KEY) if event.kind == Kind.SUBMITTED]
    old = detail(claim_number="C1", lines_sha256=lines_digest(LINES))
    assert "email_sha256" in events[0].detail
    proof = altered(store, f"UPDATE event SET detail = '{old}' WHERE kind = 'submitted'")  # noqa: S608
    assert faults(proof) == (6, [])


def test_a_grade_altered_in_the_history_breaks_the_chain_and_is_not_what_was_submitted(store: Store) -> None:
    proof = altered(store, "UPDATE event SET grade = 'D' WHERE revision = 2")
    assert (faults(proof), proof.is_whole) == ((2, ["frozen"]), False)


def test_words_put_into_somebodys_mouth_are_told(store: Store) -> None:
    assert faults(altered(store, "UPDATE explanation SET text = 'a lie'")) == (0, ["words"])


def test_words_that_were_purged_are_no_fault(store: Store) -> None:
    assert altered(store, "DELETE FROM explanation").is_whole


def test_a_tail_cut_off_shows_in_the_state_and_in_what_was_printed(store: Store) -> None:
    """The chain alone is whole."""
    head = examine(store, KEY).head
    assert faults(altered(store, "DELETE FROM event WHERE revision = 7")) == (0, ["state"])
    assert faults(examine(store, KEY, head)) == (0, ["state", "printed"])


def test_a_history_that_is_gone_is_nobodys(store: Store) -> None:
    proof = altered(store, "DELETE FROM event")
    assert (proof.revisions, proof.head, faults(proof)) == (0, "", (0, ["state", "printed"]))


@pytest.mark.parametrize("spoilt", ["{", "[]", "7"])
def test_further_facts_that_cannot_be_read_are_no_traceback(store: Store, spoilt: str) -> None:
    proof = altered(store, f"UPDATE event SET detail = '{spoilt}' WHERE kind = 'submitted'")  # noqa: S608
    assert faults(proof) == (6, ["state", "frozen"])


def test_lines_that_are_shown_are_those_of_the_history(store: Store) -> None:
    """Every command reads a view; whoever puts another in its place is found out."""
    view = "SELECT 1 AS claim_id, '0042' AS candidate, '1' AS unit, 'D' AS grade, 'JH' AS assessor, 2 AS revision"
    with closing(sqlite3.connect(str(store._engine.url.database))) as database:
        database.executescript(f"DROP VIEW claim_line; CREATE VIEW claim_line AS {view};")
    assert faults(examine(store, KEY)) == (0, ["lines"])


@pytest.mark.parametrize("spell", [str, str.upper, lambda text: text[:12], lambda text: text[:12].upper()])
def test_a_printed_hash_is_found_whole_or_by_its_beginning_in_any_case(store: Store, spell: Any) -> None:
    """As a person copies it from paper."""
    hashes = [event.hash for event in store.history(KEY)]
    assert all(examine(store, KEY, spell(printed)).printed for printed in hashes)
    assert not examine(store, KEY, spell(hashes[0][::-1])).printed


def test_nothing_is_written_by_looking(store: Store) -> None:
    before = store.history(KEY)
    examine(store, KEY)
    assert store.history(KEY) == before


def test_the_digest_of_lines_is_theirs_whatever_their_order(store: Store) -> None:
    """It is pinned: claims that were submitted hold it."""
    assert lines_digest(LINES) == lines_digest(dict(reversed(LINES.items())))
    assert lines_digest(LINES).startswith("f33ef7c456382646")
    accented = lines_digest({("0042", "other:NCFE:Café"): ("P", "JH")})
    assert accented.startswith("41a47d5d033ce502")
    others = [
        {**LINES, ("0042", "3"): ("M", "JH")},
        {("0042", "3"): ("M", "SA")},
        {("0043", "1"): ("P", "JH")},
    ]
    assert len({lines_digest(lines) for lines in (LINES, {}, *others)}) == 5


@pytest.mark.parametrize("name", PARTS)
def test_a_proof_is_whole_only_where_every_part_is(name: str) -> None:
    whole = Proof(3, "f" * 64)
    assert whole.is_whole
    assert not replace(whole, **{name: False}).is_whole
    assert not replace(whole, broken=1).is_whole
