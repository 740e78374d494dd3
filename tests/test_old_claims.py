"""Whom a purge lets go, and what is left of them: rule by rule, on the store alone."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from claimbatch.claims import purge
from claimbatch.claims.claim import Candidate, Status
from claimbatch.claims.history import Event, Kind
from claimbatch.claims.register import Entry, RegisterFile
from claimbatch.claims.store import Store, tables
from claimbatch.claims.store.purge import Old
from claimbatch.form.identity import issue
from claimbatch.form.qualification import Catalogue
from claimbatch.form.qualification_file import load_catalogue

HERE, THERE = "68199", "68200"
IT, BUSINESS = "05349", "05347"
LATER = "2100-01-01"
At = Callable[..., None]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    """Set the clock."""
    return lambda *day: monkeypatch.setenv(
        "SOURCE_DATE_EPOCH", str(int(datetime(*day, tzinfo=UTC).timestamp()))
    )


@pytest.fixture
def store(tmp_path: Path, at: At) -> Iterator[Store]:
    """Two centres with candidates of the same numbers, entered for IT."""
    at(2025, 6, 30)
    with Store.open(f"sqlite:///{tmp_path}/claims.db") as store:
        for centre in (HERE, THERE):
            store.add_centre(centre, "College")
            enter(store, IT, "0042", "0043", centre=centre)
        yield store


def enter(store: Store, code: str, *numbers: str, centre: str = HERE) -> None:
    people = [Candidate(number, f"Name {number}", date(2008, 1, 1)) for number in numbers]
    entries = tuple(Entry(centre, code, who, frozenset({1, 3})) for who in people)
    store.save_register(RegisterFile(entries, columns=frozenset({"units"})))


def claimed(store: Store, *numbers: str, code: str = IT, centre: str = HERE, words: int = 0) -> str:
    """An open claim of Unit 1 for these candidates, with so many explanations."""
    with store.writing() as writer:
        key = writer.open_claim(centre, code, "test")
        writer.record(
            key, [Event(Kind.ADDED, candidate=n, unit="1", grade="P", assessor="JH") for n in numbers]
        )
        for _ in range(words):
            writer.explain(key, {writer.record(key, [Event(Kind.ANSWERED)]): "words"})
    return key


def carried(store: Store, catalogue: Catalogue, key: str, *states: Status) -> str:
    """The claim, carried on to each of *states*."""
    kinds = {Status.WITHDRAWN: Kind.WITHDRAWN}
    for status in states:
        claim = store.claim(key, catalogue)
        with store.writing() as writer:
            writer.move(key, status, Event(kinds.get(status, status.value)), expected=claim)
    return key


ENDED = (Status.SUBMITTED, Status.COMPLETED)


def completed(store: Store, catalogue: Catalogue, *numbers: str, **more: Any) -> str:
    return carried(store, catalogue, claimed(store, *numbers, **more), *ENDED)


def going(store: Store, before: str = LATER) -> dict[str, tuple[str, ...]]:
    """Who would go, by claim."""
    return {old.key: old.candidates for old in store.old_claims(before)}


def kept(store: Store, *names: str) -> list[int]:
    """How many rows each of these tables holds."""
    with store._engine.connect() as connection:
        return [
            connection.execute(select(func.count()).select_from(getattr(tables, name))).scalar_one()
            for name in names
        ]


# --- whom old claims may let go ----------------------------------------------------------------------------------


def test_a_claim_that_ended_is_told_with_all_that_would_go(store: Store, catalogue: Catalogue) -> None:
    key = completed(store, catalogue, "0042", "0043", words=2)
    assert store.old_claims(LATER) == [
        Old(key, Status.COMPLETED, "2025-06-30T00:00:00Z", HERE, ("0042", "0043"), 0, 2)
    ]


def test_a_claim_is_old_if_it_ended_before_the_moment_not_at_it(store: Store, catalogue: Catalogue) -> None:
    """Its end counts, not what was recorded later."""
    key = completed(store, catalogue, "0042")
    assert going(store, "2025-06-30T00:00:00Z") == {}
    assert going(store, "2025-06-30T00:00:01Z") == {key: ("0042",)}


@pytest.mark.parametrize(
    ("states", "old"),
    [
        ((), False),
        ((Status.SUBMITTED,), False),
        ((Status.SUBMITTED, Status.SAMPLED), False),
        ((Status.SUBMITTED, Status.SAMPLED, Status.COMPLETED), True),
        ((Status.SUBMITTED, Status.WITHDRAWN), True),
    ],
)
def test_only_a_claim_that_ended_is_old(
    store: Store, catalogue: Catalogue, states: tuple[Status, ...], old: bool
) -> None:
    carried(store, catalogue, claimed(store, "0042"), *states)
    assert bool(going(store)) is old


def test_the_last_end_counts(store: Store, catalogue: Catalogue, at: At) -> None:
    """A claim that was completed, and withdrawn after all."""
    key = completed(store, catalogue, "0042")
    at(2026, 1, 1)
    carried(store, catalogue, key, Status.WITHDRAWN)
    assert [(old.status, old.ended_at[:10]) for old in store.old_claims(LATER)] == [
        (Status.WITHDRAWN, "2026-01-01")
    ]
    assert going(store, "2025-12-31") == {}


def test_claims_are_told_in_the_order_in_which_they_were_started(store: Store, catalogue: Catalogue) -> None:
    keys = [completed(store, catalogue, "0042", code=code) for code in (IT, BUSINESS)]
    keys.append(completed(store, catalogue, "0043"))
    assert list(going(store)) == keys


def test_who_is_on_an_unfinished_claim_stays(store: Store, catalogue: Catalogue) -> None:
    key = completed(store, catalogue, "0042", "0043")
    claimed(store, "0043")
    assert [(old.key, old.candidates, old.staying) for old in store.old_claims(LATER)] == [
        (key, ("0042",), 1)
    ]


def test_who_is_on_a_later_claim_stays_until_that_is_old_too(
    store: Store, catalogue: Catalogue, at: At
) -> None:
    first = completed(store, catalogue, "0042")
    at(2026, 1, 1)
    second = completed(store, catalogue, "0042")
    assert going(store, "2025-12-31") == {}
    assert going(store) == {first: ("0042",), second: ("0042",)}


def test_who_is_named_on_another_claim_without_a_grade_stays(store: Store, catalogue: Catalogue) -> None:
    """A query or a declaration names them too."""
    completed(store, catalogue, "0042")
    key = claimed(store)
    with store.writing() as writer:
        writer.record(key, [Event(Kind.DECLARED, candidate="0042")])
    assert going(store) == {}


def test_who_is_entered_for_what_was_not_claimed_yet_stays(store: Store, catalogue: Catalogue) -> None:
    key = completed(store, catalogue, "0042", "0043")
    enter(store, BUSINESS, "0043")
    assert going(store) == {key: ("0042",)}


def test_an_entry_of_the_same_number_in_another_centre_keeps_nobody(
    store: Store, catalogue: Catalogue
) -> None:
    key = completed(store, catalogue, "0042")
    enter(store, BUSINESS, "0042", centre=THERE)
    assert going(store) == {key: ("0042",)}


def test_a_claim_of_another_centre_keeps_nobody_and_lets_nobody_go(
    store: Store, catalogue: Catalogue
) -> None:
    key = completed(store, catalogue, "0042")
    claimed(store, "0042", centre=THERE)
    assert going(store) == {key: ("0042",)}


def test_a_claim_that_only_kept_words_is_told_for_their_sake(store: Store, catalogue: Catalogue) -> None:
    """Everyone on it is needed elsewhere."""
    key = completed(store, catalogue, "0042", words=1)
    claimed(store, "0042")
    assert [(old.key, old.candidates, old.explanations) for old in store.old_claims(LATER)] == [(key, (), 1)]


def test_somebody_who_never_had_a_grade_on_it_does_not_go_with_a_claim(
    store: Store, catalogue: Catalogue
) -> None:
    """A query may name a candidate of whom nothing was claimed."""
    key = claimed(store, "0042")
    with store.writing() as writer:
        writer.record(key, [Event(Kind.QUERY, candidate="0043")])
    carried(store, catalogue, key, *ENDED)
    assert going(store) == {key: ("0042",)}


def test_who_is_in_the_register_no_more_is_nobody_to_remove(store: Store, catalogue: Catalogue) -> None:
    """Whoever has the same number elsewhere, or another one here, is somebody else."""
    completed(store, catalogue, "0042")
    gone = (tables.unit_entry, tables.entry, tables.candidate)
    with store._engine.connect() as connection, connection.begin():
        for table in gone:
            number = table.c.number if table is tables.candidate else table.c.candidate_number
            connection.execute(table.delete().where(table.c.centre_number == HERE, number == "0042"))
    assert going(store) == {}


# --- what is left of them ----------------------------------------------------------------------------------------


def test_a_purge_leaves_the_history_and_nothing_else_of_them(
    store: Store, catalogue: Catalogue, at: At
) -> None:
    """Of this centre: the same number in another one is another person."""
    for centre in (HERE, THERE):
        out(store, centre)
    key = completed(store, catalogue, "0042", words=2)
    claimed(store, "0043", words=1)
    assert kept(store, "candidate", "entry", "unit_entry", "template_row", "explanation") == [4, 4, 8, 4, 3]
    at(2027, 1, 1)
    planned = purge.plan(store, 12)
    assert (planned.before, planned.candidates, planned.explanations) == ("2026-01-01T00:00:00Z", 1, 2)
    with store.counting() as counting:
        before = counting.register_state()
    done = purge.carry_out(store, planned, "Pat")
    assert done == planned
    with store.counting() as counting:
        assert counting.register_state() != before
    assert kept(store, "candidate", "entry", "unit_entry", "template_row", "explanation") == [3, 3, 6, 3, 1]
    assert [(e.centre_number, e.candidate.number) for e in store.entries()] == [
        (HERE, "0043"), (THERE, "0042"), (THERE, "0043"),
    ]  # fmt: skip
    assert digests(store) == [(HERE, "0043"), (THERE, "0042"), (THERE, "0043")]
    assert [(e.who, e.candidate) for e in store.history(key) if e.kind == Kind.PURGED] == [("Pat", "0042")]
    assert purge.plan(store, 12).claims == ()
    assert [(one.source.who, one.changes) for one in store.imports("purge")] == [("Pat", 0)]


def digests(store: Store) -> list[tuple[str, str]]:
    """Whose rows of templates are still vouched for, by centre."""
    row, template = tables.template_row, tables.template
    asked = select(template.c.centre_number, row.c.candidate_number).join_from(row, template)
    with store._engine.connect() as connection:
        return sorted((centre, number) for centre, number in connection.execute(asked))


def out(store: Store, centre: str) -> None:
    """A template went out, with a digest of each candidate's row."""
    key, _ = store.current_key(centre, IT)
    identity = issue(
        b"k", centre_number=centre, entry_code=IT, form="by-candidate", unit=0, fingerprint="f", issued_at="t",
        revision=0, claim_key=key, locked_rows=[],
    )  # fmt: skip
    store.issue(identity, key, {"0042": "d", "0043": "d"}, made_with={}, sha256="")


def test_a_person_on_two_old_claims_is_counted_once_and_removed_from_both(
    store: Store, catalogue: Catalogue, at: At
) -> None:
    keys = [completed(store, catalogue, "0042"), completed(store, catalogue, "0042", code=BUSINESS)]
    at(2027, 1, 1)
    done = purge.carry_out(store, purge.plan(store, 12), "Pat")
    assert (done.candidates, [old.candidates for old in done.claims]) == (1, [("0042",), ("0042",)])
    assert [sum(e.kind == Kind.PURGED for e in store.history(key)) for key in keys] == [1, 1]


def test_the_same_number_in_two_centres_is_two_people(store: Store, catalogue: Catalogue, at: At) -> None:
    for centre in (HERE, THERE):
        completed(store, catalogue, "0042", centre=centre)
    at(2027, 1, 1)
    assert purge.carry_out(store, purge.plan(store, 12), "Pat").candidates == 2


def test_a_number_given_to_somebody_new_is_not_purged_again(
    store: Store, catalogue: Catalogue, at: At
) -> None:
    completed(store, catalogue, "0042")
    at(2027, 1, 1)
    purge.carry_out(store, purge.plan(store, 12), "Pat")
    enter(store, IT, "0042")
    assert going(store) == {}


def test_what_is_deleted_is_made_unreadable(
    store: Store, catalogue: Catalogue, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files are rewritten after the rows are gone."""
    completed(store, catalogue, "0042")
    at(2027, 1, 1)
    left: list[int] = []
    monkeypatch.setattr(Store, "scrub", lambda store: left.extend(kept(store, "candidate")))
    purge.carry_out(store, purge.plan(store, 12), "Pat")
    assert left == [3]


@pytest.mark.parametrize(
    ("today", "months", "before"),
    [
        ((2026, 3, 31), 1, "2026-02-28"),
        ((2024, 3, 31), 1, "2024-02-29"),
        ((2026, 1, 15), 1, "2025-12-15"),
        ((2026, 12, 1), 12, "2025-12-01"),
        ((2026, 7, 1), 0, "2026-07-01"),
        ((2026, 7, 1), 30, "2024-01-01"),
    ],
)
def test_so_many_months_ago(store: Store, at: At, today: Any, months: int, before: str) -> None:
    """The last day of a shorter month where it has no such day."""
    at(*today)
    assert purge.plan(store, months).before == f"{before}T00:00:00Z"
