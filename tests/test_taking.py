"""Between checking and taking another run may have changed the claim: then nothing is taken."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from claimbatch.claims.history import Event, Kind
from claimbatch.claims.merge import UNCLAIMED, Mark, Statement
from claimbatch.claims.register import Assessor
from claimbatch.claims.store import Store
from claimbatch.claims.taking import Asked, Brought, Receipt, take
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.form.identity import issue

CENTRE, CODE = "68199", "05349"
KEY = f"{CENTRE}-{CODE}-1"
XI = Assessor(CENTRE, "XY", "Xi Yang", frozenset({CODE}))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A claim with 0042's Unit 1 as P by JH."""
    with Store.open(f"sqlite:///{tmp_path}/claims.db") as store:
        store.add_centre(CENTRE, "Example College")
        store.add_centre("68200", "Another College")
        with store.writing() as writer:
            writer.open_claim(CENTRE, CODE, "teacher")
            line = Event(Kind.ADDED, candidate="0042", unit="1", grade="P", assessor="JH")
            writer.record(KEY, [line])
        yield store


def statement(mark: Mark, base: Mark = UNCLAIMED, *, unit: str = "1", key: str = KEY) -> Statement:
    return Statement(
        CENTRE, CODE, key, "0042", unit, mark, base, "a.xlsx", "0" * 64, "Grades", 5, 5, "t" * 12
    )


def refused(store: Store, statements: Any = (), people: Any = (), receipts: Any = ()) -> bool:
    """Whether it is refused as another run's doing, and all is as it was."""
    before = (store.history(KEY), store.assessors())
    with pytest.raises(ClaimbatchError) as error:
        take(store, [Brought(CENTRE, CODE, statements, receipts)], people, who="test")
    assert (store.history(KEY), store.assessors()) == before
    return error.value.exit_code == Exit.LOCKED and "Another run changed the claim" in error.value.message


def test_a_line_that_says_neither_what_it_did_nor_what_is_wanted_has_moved(store: Store) -> None:
    """The workbook was checked when the line was blank; meanwhile it has become P by JH."""
    assert refused(store, [statement(("M", "JH"))])


def test_one_line_that_has_moved_holds_all(store: Store) -> None:
    assert refused(store, [statement(("D", "SA"), unit="2"), statement(("M", "JH"))])


@pytest.mark.parametrize("base", [("P", "JH"), UNCLAIMED])
def test_a_line_that_says_what_it_did_or_what_is_wanted_already_has_not(store: Store, base: Mark) -> None:
    mark = ("M", "JH") if base == ("P", "JH") else ("P", "JH")
    take(store, [Brought(CENTRE, CODE, [statement(mark, base)])], [], who="test")
    assert store.lines_at(KEY) == {("0042", "1"): mark}


def test_a_statement_for_a_claim_that_is_no_longer_the_open_one_has_moved(store: Store) -> None:
    assert refused(store, [statement(("D", "SA"), unit="2", key=f"{CENTRE}-{CODE}-2")])


def test_a_receipt_of_a_template_of_another_claim_has_moved(store: Store) -> None:
    """A workbook that says nothing new, but was made for a claim that is not the open one."""
    assert refused(store, receipts=[Receipt("0" * 64, "a.xlsx", CENTRE, CODE, "unknown00000")])


def test_a_workbook_that_another_run_took_meanwhile_is_not_taken_twice(store: Store) -> None:
    """Both had checked it before either took it: it would have asked what it asks twice."""
    template = issue(
        b"key", centre_number=CENTRE, entry_code=CODE, form="by-unit", unit=3, fingerprint="ab" * 6,
        issued_at="2026-11-23T09:30:00Z", revision=2, claim_key=KEY, locked_rows=[],
    )  # fmt: skip
    store.issue(template, KEY, {})
    asks = Asked("CB019", "", "", "Grades", "E5")
    receipt = Receipt("0" * 64, "a.xlsx", CENTRE, CODE, template.template_id, queries=(asks,))
    take(store, [Brought(CENTRE, CODE, receipts=[receipt])], [], who="somebody else")
    assert refused(store, [statement(("D", "SA"), unit="2")], receipts=[receipt])


def test_initials_that_another_run_gave_away_are_a_namesakes(store: Store) -> None:
    """Checking saw nobody with these initials; now they are somebody else's. A grade would go to the wrong person."""
    store.save_assessors([replace(XI, name="Xena York")])
    assert refused(store, [statement(("D", "XY"), unit="2")], [XI])


@pytest.mark.parametrize("name", ["Xi Yang", "xi  yang"])
def test_initials_that_another_run_gave_to_the_same_person_are_theirs(store: Store, name: str) -> None:
    store.save_assessors([replace(XI, initials="xy", name=name)])
    take(store, [Brought(CENTRE, CODE, [statement(("D", "XY"), unit="2")])], [XI], who="test")
    assert [assessor.name for assessor in store.assessors(CENTRE)] == [name]


def test_initials_of_another_centre_are_another_persons(store: Store) -> None:
    store.save_assessors([Assessor("68200", "XY", "Xena York", frozenset({CODE}))])
    take(store, [Brought(CENTRE, CODE, [statement(("D", "XY"), unit="2")])], [XI], who="test")
    assert [(a.centre_number, a.name) for a in store.assessors()] == [
        ("68199", "Xi Yang"), ("68200", "Xena York"),
    ]  # fmt: skip
