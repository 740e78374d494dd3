"""The steps of a claim's life, on a store alone: what each one changes, and what it refuses."""

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from claimbatch.claims import correcting, life, submitted
from claimbatch.claims.claim import Candidate, Claim, Status
from claimbatch.claims.history import Event, Kind, facts
from claimbatch.claims.register import Assessor, Entry, RegisterFile
from claimbatch.claims.store import Store
from claimbatch.data import schema_folder
from claimbatch.errors import ClaimbatchError
from claimbatch.form.qualification_file import load_catalogue

CENTRE, CODE = "68199", "05347"
KEY, EARLIER = f"{CENTRE}-{CODE}-2", f"{CENTRE}-{CODE}-1"
FIRST_AID = "other:NCFE:First Aid"
CATALOGUE = load_catalogue(schema_folder())
LINES = [
    ("0042", "1", "P", "JH"),
    ("0042", "10", "M", "SA"),
    ("0043", "3", "M", "SA"),
    ("0042", "3", "P", "JH"),
]


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """0042 to 0044 are entered, 0044 for Units 1 and 3 alone; an earlier claim, submitted, holds Unit 3 of 0044."""
    path = tmp_path_factory.mktemp("ready") / "claims.db"
    with Store.open(f"sqlite:///{path}") as store:
        store.add_centre(CENTRE, "Example College")
        people = {"0042": "Ahmed, Sana", "0043": "Brown, Tom", "0044": "Clark, Zoë"}
        entries = [
            Entry(
                CENTRE, CODE, Candidate(n, name, date(2008, 1, 2)), frozenset({1, 3} if n == "0044" else ())
            )
            for n, name in people.items()
        ]
        store.save_register(RegisterFile(tuple(entries), columns=frozenset({"units"})))
        store.save_assessors([Assessor(CENTRE, i, i, frozenset({CODE})) for i in ("JH", "SA")])
        store.save_assessors([Assessor(CENTRE, "TS", "Tamsin Sharp", frozenset({"05349"}))])
        with store.writing() as writer:
            writer.open_claim(CENTRE, CODE)
            writer.record(EARLIER, [Event(Kind.ADDED, "Pat", "0044", "3", grade="P", assessor="JH")])
        submit(store, EARLIER)
        with store.writing() as writer:
            assert writer.open_claim(CENTRE, CODE) == KEY
            writer.record(KEY, [Event(Kind.ADDED, "Pat", c, u, grade=g, assessor=a) for c, u, g, a in LINES])
    return path


@pytest.fixture
def store(ready: Path, tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{shutil.copy(ready, tmp_path)}") as store:
        yield store


def submit(store: Store, key: str = KEY) -> None:
    with store.writing() as writer:
        event = Event(Kind.SUBMITTED, "Pat")
        writer.move(key, Status.SUBMITTED, event, expected=store.claim(key, CATALOGUE), claim_number=key)


def claim(store: Store) -> Claim:
    return store.claim(KEY, CATALOGUE)


def since(store: Store, revision: int) -> list[tuple[str, str, str, str]]:
    """Kind, candidate, unit and new mark of what has happened since."""
    return [
        (e.kind, e.candidate, e.unit, f"{e.grade} {e.assessor}".strip())
        for e in store.history(KEY)
        if e.revision > revision
    ]


def refused(step: Callable[..., Any], store: Store, *words: Any, **more: Any) -> str:
    """What is said of a step that is refused; it leaves all as it was."""
    before = store.history(KEY)
    with pytest.raises(ClaimbatchError) as error:
        step(store, claim(store), *words, **more)
    assert store.history(KEY) == before
    return error.value.message


# --- corrections by hand -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("targets", "mark", "made"),
    [
        ([("0042", "1")], ("M", "sa"), [("changed", "0042", "1", "M SA")]),
        ([("0042", "1")], ("M", ""), [("changed", "0042", "1", "M JH")]),  # keeps its assessor
        ([("0042", "1")], ("P", "JH"), []),
        ([("0042", "1")], ("", ""), [("removed", "0042", "1", "")]),
        ([("0043", "1")], ("D", "JH"), [("added", "0043", "1", "D JH")]),
        (
            [("0043", "1"), ("0042", "10"), ("0042", "3")],
            ("D", "JH"),
            [
                ("changed", "0042", "3", "D JH"),
                ("changed", "0042", "10", "D JH"),
                ("added", "0043", "1", "D JH"),
            ],
        ),
        ([("0043", FIRST_AID)], ("P", "JH"), [("added", "0043", FIRST_AID, "P JH")]),
        ([("0044", "3")], ("D", "JH"), [("added", "0044", "3", "D JH"), ("query", "0044", "3", "")]),
        ([("0044", "1")], ("D", "JH"), [("added", "0044", "1", "D JH")]),
    ],
)
def test_lines_are_set_by_hand(store: Store, targets: Any, mark: Any, made: Any) -> None:
    """By candidate and unit, 3 before 10; a unit claimed before is a query."""
    was = claim(store)
    shown = correcting.set_lines(store, was, dict.fromkeys(targets, mark), "Kim", dry_run=True)
    assert since(store, was.revision) == []
    assert correcting.set_lines(store, was, dict.fromkeys(targets, mark), "Kim") == shown
    assert since(store, was.revision) == made
    assert {event.who for event in store.history(KEY)[was.revision :]} <= {"Kim"}
    assert [(e.kind, e.candidate, e.unit) for e in shown] == [m[:3] for m in made if m[0] != "query"]


def test_a_correction_keeps_what_stood_there(store: Store) -> None:
    (event,) = correcting.set_lines(store, claim(store), dict.fromkeys([("0042", "1")], ("M", "SA")), "Kim")
    assert (event.old_grade, event.old_assessor) == ("P", "JH")


def test_a_unit_claimed_before_is_asked_about_once_and_answered_by_its_number(store: Store) -> None:
    """Taking it off asks nothing; a number that there is none of is refused."""
    correcting.set_lines(store, claim(store), dict.fromkeys([("0044", "3")], ("D", "JH")), "Kim")
    assert refused(life.answer, store, 2, "A resit.", "Kim") == f"Claim {KEY} has no query 2."
    asked = claim(store).revision
    life.answer(store, claim(store), 1, "A resit.", "Kim")
    assert store.explanations(KEY) == {asked + 1: "A resit."}
    assert facts(store.history(KEY)[-1])["query"] == asked
    correcting.set_lines(store, claim(store), dict.fromkeys([("0044", "3")], ("", "")), "Kim")
    assert since(store, asked) == [("answered", "0044", "3", ""), ("removed", "0044", "3", "")]


@pytest.mark.parametrize(
    ("target", "mark", "said"),
    [
        (("0099", "1"), ("P", "JH"), "Candidate 0099 is not entered for 05347."),
        (("0042", "99"), ("P", "JH"), "Unit 99 cannot be claimed for 05347."),
        (("0042", "99"), ("", ""), "Unit 99 cannot be claimed for 05347."),
        (("0044", "2"), ("P", "JH"), "Candidate 0044 is not entered for Unit 2."),
        (("0042", "1"), ("U", "JH"), "U cannot be claimed."),
        (("0042", "1"), ("P", "TS"), "TS is not an assessor of 05347."),
        (
            ("0043", "1"),
            ("P", ""),
            "A grade needs its assessor: that of candidate 0043, Unit 1, is not known.",
        ),
    ],
)
def test_by_hand_nothing_goes_in_that_a_workbook_may_not_say(
    store: Store, target: Any, mark: Any, said: str
) -> None:
    assert refused(correcting.set_lines, store, dict.fromkeys([("0042", "3"), target], mark), "Kim") == said


def test_who_is_left_out_by_apply_to_all(store: Store) -> None:
    """Who is not entered for the unit, and who has it in an earlier claim; and all above the first number."""
    below = lambda *words: correcting.all_below(store, claim(store), *words)  # noqa: E731
    assert below("1") == (["0042", "0043", "0044"], [])
    assert below("2") == (["0042", "0043"], ["0044"])
    assert below("3") == (["0042", "0043"], ["0044"])
    assert below("1", "0043") == (["0043", "0044"], [])
    assert below(FIRST_AID) == (["0042", "0043", "0044"], [])


@pytest.mark.parametrize(
    ("which", "gone"),
    [
        ({"unit": "3"}, [("0042", "3"), ("0043", "3")]),
        ({"candidate": "0042"}, [("0042", "1"), ("0042", "3"), ("0042", "10")]),
        ({"candidate": "0042", "unit": "3"}, [("0042", "3")]),
    ],
)
def test_a_unit_a_candidate_or_one_cell_is_removed(store: Store, which: Any, gone: Any) -> None:
    was = claim(store)
    assert correcting.remove(store, was, "Kim", **which) == len(gone)
    assert since(store, was.revision) == [("removed", *target, "") for target in gone]


def test_what_is_not_there_is_not_removed(store: Store) -> None:
    assert (
        refused(correcting.remove, store, "Kim", candidate="0043", unit="1")
        == f"Claim {KEY} has no such line."
    )


def test_a_restore_states_anew_what_stood_then(store: Store) -> None:
    was = claim(store)
    correcting.set_lines(store, was, dict.fromkeys([("0042", "1"), ("0043", "1")], ("D", "SA")), "Kim")
    correcting.remove(store, claim(store), "Kim", candidate="0042", unit="10")
    now = claim(store)
    shown = correcting.would_restore(now, store.history(KEY), was.revision, "Kim")
    assert correcting.restore(store, now, was.revision, "Kim") == shown
    assert since(store, now.revision) == [
        ("changed", "0042", "1", "P JH"), ("added", "0042", "10", "M SA"), ("removed", "0043", "1", ""),
    ]  # fmt: skip
    assert {facts(event)["restored_to"] for event in store.history(KEY)[now.revision :]} == {was.revision}
    correcting.restore(store, claim(store), 1, "Kim")
    assert store.lines_at(KEY) == {}


@pytest.mark.parametrize("by", [0, 2])
def test_only_to_a_revision_that_there_is(store: Store, by: int) -> None:
    """The last one is: nothing has changed since."""
    now = claim(store)
    wrong = 0 if by == 0 else now.revision + 1
    assert refused(correcting.restore, store, wrong, "Kim").startswith(f"Claim {KEY} has no revision {wrong}")
    assert correcting.restore(store, now, now.revision, "Kim") == []


def test_declarations_are_recorded_once_and_taken_back(store: Store) -> None:
    was = claim(store)
    assert life.declare(store, was, ["0043", "0042"], "Kim") == 2
    assert life.declare(store, claim(store), ["0043"], "Kim") == 0
    assert life.declare(store, claim(store), ["0043", "0099"], "Kim", undo=True) == 1
    assert [made[:2] for made in since(store, was.revision)] == [
        ("declared", "0042"), ("declared", "0043"), ("undeclared", "0043"),
    ]  # fmt: skip
    assert refused(life.declare, store, ["0042", "0099"], "Kim") == f"Not on claim {KEY}: candidate 0099."


# --- the moderator's decisions -----------------------------------------------------------------------------------


def test_a_sample_grows_and_is_taken_back(store: Store) -> None:
    submit(store)
    was = claim(store)
    assert submitted.record_sample(store, was, [("0043", "3"), ("0042", "1")], "Kim") == 2
    assert claim(store).status is Status.SAMPLED
    assert submitted.record_sample(store, claim(store), [("0042", "1"), ("0042", "3")], "Kim") == 1
    assert (
        submitted.record_sample(store, claim(store), [("0042", "1"), ("0042", "10")], "Kim", undo=True) == 1
    )
    assert [made[:3] for made in since(store, was.revision)] == [
        ("sampled", "", ""), ("in-sample", "0042", "1"), ("in-sample", "0043", "3"), ("in-sample", "0042", "3"),
        ("not-in-sample", "0042", "1"),
    ]  # fmt: skip
    assert facts(store.history(KEY)[was.revision]) == {"lines": 2}
    assert {event.who for event in store.history(KEY)[was.revision :]} == {"Kim"}
    assert (
        refused(submitted.record_sample, store, [("0043", "1")], "Kim")
        == f"Not claimed in {KEY}: 0043 Unit 1."
    )
    assert refused(submitted.record_sample, store, [], "Kim") == f"Not claimed in {KEY}: nothing was named."


def test_the_record_of_a_line_that_was_withdrawn_is_taken_back_too(store: Store) -> None:
    submit(store)
    submitted.record_sample(store, claim(store), [("0042", "1")], "Kim")
    submitted.withdraw(store, claim(store), "Kim", "Not valid.", ("1", "jh", "P"))
    assert submitted.record_sample(store, claim(store), [("0042", "1")], "Kim", undo=True) == 1


def test_all_of_a_group_are_withdrawn_and_the_reason_stands_with_the_first(store: Store) -> None:
    correcting.set_lines(store, claim(store), dict.fromkeys([("0043", "3")], ("P", "JH")), "Kim")
    submit(store)
    was = claim(store)
    assert submitted.withdraw(store, was, "Kim", "Not valid.", ("3", "jh", "P")) == 2
    assert [made[:3] for made in since(store, was.revision)] == [
        ("withdrawn", "0042", "3"),
        ("withdrawn", "0043", "3"),
    ]
    assert store.explanations(KEY) == {was.revision + 1: "Not valid."}
    assert [bool(event.detail) for event in store.history(KEY)[was.revision :]] == [True, False]
    assert [(e.old_grade, e.old_assessor) for e in store.history(KEY)[was.revision :]] == [("P", "JH")] * 2
    for other in (("3", "JH", "M"), ("3", "SA", "P"), ("2", "JH", "P")):
        assert "no line of that unit" in refused(submitted.withdraw, store, "Kim", "Again.", other)


def test_a_claim_is_withdrawn_whole(store: Store) -> None:
    submit(store)
    assert submitted.withdraw(store, claim(store), "Kim", "Not valid.") == len(LINES)
    now = claim(store)
    assert (now.status, store.explanations(KEY)) == (Status.WITHDRAWN, {now.revision: "Not valid."})


def test_out_of_turn_nothing_changes(store: Store) -> None:
    """Before submission the moderator decides nothing; after it the centre changes nothing."""
    only = f"Claim {KEY} is not submitted; only a claim that is sampled or submitted can be"
    assert refused(submitted.record_sample, store, [("0042", "1")], "Kim") == f"{only} sampled."
    assert refused(submitted.complete, store, "R1", "Kim") == f"{only} completed."
    assert refused(submitted.withdraw, store, "Kim", "Why") == f"{only} withdrawn."
    submit(store)
    closed = f"Claim {KEY} is submitted: the centre can no longer change it."
    assert refused(correcting.set_lines, store, dict.fromkeys([("0042", "1")], ("M", "JH")), "Kim") == closed
    assert refused(correcting.remove, store, "Kim", unit="3") == closed
    assert refused(correcting.restore, store, 1, "Kim") == closed
    assert refused(life.declare, store, ["0042"], "Kim") == closed
    submitted.complete(store, claim(store), "R1", "Kim")
    assert claim(store).status is Status.COMPLETED
    assert facts(store.history(KEY)[-1]) == {"reference": "R1"}
