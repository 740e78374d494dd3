"""What a line says, what earlier copies of its workbook said, and what was cleared since: on plain values."""

from collections.abc import Mapping
from typing import Any

import pytest

from claimbatch.claims.copies import Copy, Said, copies_of, kept
from claimbatch.claims.history import Event, Kind, detail, in_force
from claimbatch.claims.merge import UNCLAIMED, Mark, in_words
from claimbatch.form.layout import NOT_CLAIMING
from claimbatch.intake.known import Issued, Target
from claimbatch.intake.stance import Measure, mark_of, says
from claimbatch.intake.tables import Line

A, B, C = ("0042", "1"), ("0043", "1"), ("0044", "1")
P, M = ("P", "JH"), ("M", "SA")


def line(grade: str = "P", assessor: str = "JH", **told: Any) -> Line:
    usual = {"candidate": "0042", "unit": "1", "grade": grade, "grade_shown": grade, "assessor": assessor}
    return Line(**(dict.fromkeys(Line._fields, "") | usual | told))


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (line(), True),
        (line(base_grade="P", base_assessor="JH"), False),  # as it was issued
        (line(base_grade="M", base_assessor="JH"), True),
        (line(base_grade="P", base_assessor="SA"), True),
        (line(NOT_CLAIMING, ""), True),  # somebody typed it
        (line("", grade_shown="Q"), True),  # so what cannot be read
        (line("", grade_shown=""), False),
        (line("", "JH", grade_shown="", base_grade="P"), False),
    ],
)
def test_a_cell_says_what_somebody_typed_there(told: Line, said: bool) -> None:
    assert says(told) is said


def test_not_claiming_is_no_mark_whoever_stands_beside_it() -> None:
    assert [mark_of(line()), mark_of(line(NOT_CLAIMING, "JH"))] == [P, UNCLAIMED]
    assert [in_words(mark) for mark in (P, UNCLAIMED, ("P", ""), ("", "JH"))] == [
        "P by JH", "not claimed", "P", "not claimed",
    ]  # fmt: skip


# --- what was cleared --------------------------------------------------------------------------------------------


def copy(said: Said, workbook: str = "Jones.xlsx", run: int = 1) -> Copy:
    return Copy(workbook, "Pat", "2026-05-01T09:30:00Z", said, since=run, revision=run + 5)


def gone(
    said: Said, *copies: Copy, now: Said, workbook: str = "b.xlsx", initials: Mapping[Target, str] = {}
) -> list[tuple[str, str]]:
    """Whom the cells that were cleared are about, and which copy said it."""
    measure = Measure(Issued("k", {}, now=now, copies=copies), said)
    return [(target[0], one.workbook) for target, one in measure.gone(workbook, "68199_05349", initials)]


def test_what_half_the_cells_say_still_tells_a_later_copy() -> None:
    """In one of two A still has its initials: B was cleared. In one of three it is a colleague's copy."""
    two, three = {A: P, B: M}, {A: P, B: M, C: M}
    assert gone({A: ("D", "JH")}, copy(two), now=two) == [("0043", "Jones.xlsx")]
    assert gone({A: ("D", "SA")}, copy(two), now=two) == []
    assert gone({A: P}, copy(three), now=three) == []


def test_initials_that_were_left_beside_a_blank_grade_tell_it_too() -> None:
    two = {A: P, B: M}
    assert gone({}, copy(two), now=two, initials={A: "JH"}) == [
        ("0042", "Jones.xlsx"),
        ("0043", "Jones.xlsx"),
    ]
    assert gone({}, copy(two), now=two, initials={A: "SA"}) == []


def test_not_claiming_that_stands_still_tells_it_too() -> None:
    two = {A: UNCLAIMED, B: M}
    assert gone({A: UNCLAIMED}, copy(two), now={B: M}) == [("0043", "Jones.xlsx")]
    assert gone({A: P}, copy(two), now={B: M}) == []


def test_a_name_that_somebody_gave_tells_it_and_the_templates_own_does_not() -> None:
    one = {A: P}
    assert gone({}, copy(one), now=one, workbook="Jones.xlsx") == [("0042", "Jones.xlsx")]
    assert gone({}, copy(one), now=one, workbook="Smith.xlsx") == []
    own = "68199_05349.xlsx"
    assert gone({}, copy(one, own), now=one, workbook=own) == []


def test_a_copy_that_said_nothing_is_followed_by_nobody() -> None:
    assert gone({}, copy({}), now={A: P}) == []


def test_only_what_the_claim_still_holds_is_gone_and_the_last_copy_tells_it() -> None:
    first, last = copy({A: P, B: M}, "1.xlsx"), copy({A: P, B: P}, "2.xlsx", run=9)
    assert gone({}, first, last, now={A: P, B: M}, initials={A: "JH"}) == [
        ("0042", "2.xlsx"), ("0043", "1.xlsx"),
    ]  # fmt: skip


# --- the copies in a history -------------------------------------------------------------------------------------


def stated(mark: Mark, target: Target = A, **told: Any) -> Event:
    usual = {"workbook": "a.xlsx", "sha256": "a", "template_id": "t"}
    return Event(Kind.CHANGED, "Pat", *target, grade=mark[0], assessor=mark[1], **(usual | told))


def receipt(revision: int, **told: Any) -> Event:
    usual = {"workbook": "a.xlsx", "sha256": "a", "template_id": "t", "at": "then"}
    return Event(Kind.RECEIVED, "Pat", revision=revision, **(usual | told))


def test_a_receipt_keeps_what_the_copy_said() -> None:
    said = {A: P, ("0042", "2"): UNCLAIMED, B: M}
    facts = detail(whole=True, since=3, said=kept(said))
    assert copies_of([stated(M), receipt(7, detail=facts)], ["t"]) == {
        "t": (Copy("a.xlsx", "Pat", "then", said, since=3, revision=7),)
    }


def test_of_a_receipt_that_keeps_nothing_the_changes_tell() -> None:
    """Those of this workbook; by themselves they tell no run."""
    history = [stated(P), stated(M, B), stated(M, C, sha256="b"), receipt(4), receipt(5, sha256="c")]
    first, second = copies_of(history, ["t"])["t"]
    assert (first.said, first.since, first.run) == ({A: P, B: M}, 0, 4)
    assert (second.said, second.run) == ({}, 5)
    assert copies_of(history, ["u"]) == {}


def test_a_copy_brought_what_it_said_and_its_run_stated() -> None:
    one = copy({A: P}, run=3)
    assert [one.brought(A, P, revision) for revision in (3, 4, 7, 8)] == [False, True, True, False]
    assert not one.brought(A, M, 4)
    assert not one.brought(B, P, 4)
    assert one.run == 3


# --- what no restore has taken back ------------------------------------------------------------------------------


def numbered(*events: Event) -> list[Event]:
    return [Event(e.kind, grade=e.grade, detail=e.detail, revision=n) for n, e in enumerate(events, 1)]


def test_a_restore_takes_back_all_since_and_itself() -> None:
    back = {"detail": detail(restored_to=2)}
    history = numbered(
        Event(Kind.CREATED), Event(Kind.ADDED, grade="P"), Event(Kind.CHANGED, grade="M"),
        Event(Kind.CHANGED, grade="P", **back), Event(Kind.REMOVED, **back), Event(Kind.CHANGED, grade="D"),
    )  # fmt: skip
    assert [event.revision for event in in_force(history)] == [1, 2, 6]
    assert in_force([]) == []


def test_a_restore_that_was_undone_by_another_counts_for_nothing() -> None:
    """Back to 2, and then to before that: what stood at 3 is in force again."""
    history = numbered(
        Event(Kind.CREATED), Event(Kind.ADDED, grade="P"), Event(Kind.CHANGED, grade="M"),
        Event(Kind.CHANGED, grade="P", detail=detail(restored_to=2)),
        Event(Kind.CHANGED, grade="M", detail=detail(restored_to=3)),
    )  # fmt: skip
    assert [event.revision for event in in_force(history)] == [1, 2, 3]


def test_only_statements_restore() -> None:
    """Another event's facts are about something else."""
    history = numbered(Event(Kind.CREATED), Event(Kind.QUERY, detail=detail(restored_to=0)))
    assert [event.revision for event in in_force(history)] == [1, 2]
