"""How a claim stands is told by its history alone: declarations, queries and their answers, the sample, the steps."""

from dataclasses import replace
from typing import Any

import pytest

from claimbatch.claims.history import Event, Kind, detail
from claimbatch.claims.standing import Query, Standing, plain_workbook, queries_of, query_numbers, standing
from tests.claims_made import claim_of


def history(*events: Event) -> list[Event]:
    """The events, numbered as the store numbers them."""
    return [event._replace(revision=number) for number, event in enumerate(events, 1)]


def asked(
    rule: str = "CB202", candidate: str = "0042", unit: str = "3", cell: str = "G5", workbook: str = "a.xlsx"
) -> Event:
    return Event(
        Kind.QUERY,
        candidate=candidate,
        unit=unit,
        workbook=workbook,
        sheet="Grades",
        cell=cell,
        template_id="t",
        detail=detail(rule=rule),
    )


def answered(revision: int) -> Event:
    return Event(Kind.ANSWERED, who="Pat", detail=detail(query=revision))


def stated(candidate: str = "0042", unit: str = "3", grade: str = "P") -> Event:
    kind = Kind.ADDED if grade else Kind.REMOVED
    return Event(kind, candidate=candidate, unit=unit, grade=grade, assessor="JH" if grade else "")


def received(workbook: str = "a.xlsx", template: str = "t") -> Event:
    return Event(Kind.RECEIVED, workbook=workbook, template_id=template)


def shown(*events: Event) -> list[tuple[int, str, int]]:
    """Number, rule and answer of the queries that are left."""
    return [(query.number, query.rule, query.answered) for query in queries_of(history(*events))]


def test_a_query_keeps_all_that_was_said_of_it() -> None:
    query = queries_of(history(received(), asked()))[0]
    assert (query.revision, query.candidate, query.unit, query.workbook, query.sheet, query.cell) == (
        2, "0042", "3", "a.xlsx", "Grades", "G5",
    )  # fmt: skip
    assert (query.template_id, query.number, query.answered) == ("t", 1, 0)


def test_a_query_is_open_until_it_is_answered() -> None:
    open_one = Query(1, 1, "CB202", "0042", "3", "a.xlsx", "Grades", "G5", "t")
    both = (open_one, replace(open_one, number=2, answered=7))
    assert Standing(claim_of(), queries=both).open_queries == [open_one]


def test_an_answer_closes_its_own_query() -> None:
    events = (asked(), asked(cell="G6", candidate="0043"), answered(2))
    assert shown(*events) == [(1, "CB202", 0), (2, "CB202", 3)]
    found = standing(claim_of(), history(*events))
    assert [query.number for query in found.open_queries] == [1]


def test_an_answer_may_be_given_anew() -> None:
    assert shown(asked(), answered(1), answered(1)) == [(1, "CB202", 3)]


def test_the_same_query_again_keeps_number_and_answer_and_stands_once() -> None:
    assert shown(asked(), answered(1), received(), asked()) == [(1, "CB202", 2)]
    assert shown(asked(), asked()) == [(1, "CB202", 0)]


def test_an_answer_to_a_query_that_is_settled_is_no_bodys() -> None:
    assert shown(asked(), received(), answered(1), asked(rule="CB108")) == [(2, "CB108", 0)]


@pytest.mark.parametrize(
    "other", [asked(cell="G6"), asked(rule="CB108"), asked(candidate="0043"), asked(unit="4")]
)
def test_another_place_or_rule_is_another_query(other: Event) -> None:
    assert [number for number, _, _ in shown(asked(), answered(1), other)] == [1, 2]


def test_queries_are_listed_in_the_order_in_which_they_were_first_asked() -> None:
    first, second = asked(), asked(cell="G6", candidate="0043")
    assert [n for n, _, _ in shown(first, second, received(), second, first)] == [1, 2]
    assert query_numbers(history(first, second, received(), second, first)) == {1: 1, 2: 2, 4: 2, 5: 1}


@pytest.mark.parametrize(
    ("again", "left"),
    [
        (received(), 0),
        (received("A_marked2.xlsx"), 0),
        (received("a (1).xlsx"), 0),
        (received("b.xlsx"), 1),
        (received("a.xlsx", "u"), 1),
    ],
)
def test_a_workbook_that_comes_again_replaces_its_own_queries(again: Event, left: int) -> None:
    """By its name and its template: a colleague's copy says nothing of them."""
    assert len(shown(received(), asked(), again)) == left


@pytest.mark.parametrize(
    ("later", "left"),
    [
        (stated(), 0),
        (stated(grade=""), 0),
        (stated(unit="4"), 1),
        (stated(candidate="0043"), 1),
    ],
)
def test_a_grade_stated_anew_settles_what_was_asked_of_it(later: Event, left: int) -> None:
    assert len(shown(stated(), asked(), later)) == left


def test_a_query_of_a_person_is_settled_with_the_last_of_the_grades() -> None:
    """Not with the first: they are still on the claim."""
    about = asked(rule="CB307", unit="")
    two = (stated(), stated(unit="4"), about)
    assert len(shown(*two, stated(grade=""))) == 1
    assert shown(*two, stated(grade=""), stated(unit="4", grade="")) == []
    assert len(shown(*two, stated(grade=""), stated(candidate="0043", unit="4", grade=""))) == 1


def test_a_query_of_no_one_stays_whoever_leaves() -> None:
    assert len(shown(stated(), asked(candidate="", unit=""), stated(grade=""))) == 1


def test_that_a_unit_was_claimed_before_holds_as_long_as_it_is_claimed() -> None:
    """A new grade does not answer why, wherever it is said; taking the grade back does."""
    before = asked(rule="CB306")
    assert len(shown(stated(), before, stated(grade="M"))) == 1
    assert shown(stated(), before, stated(grade="")) == []
    assert len(shown(stated(), before, stated(candidate="0043", grade=""))) == 1
    both = (stated(), before, stated("0043"), asked(rule="CB306", candidate="0043"))
    assert shown(*both) == [(1, "CB306", 0), (2, "CB306", 0)]
    elsewhere = asked(rule="CB306", cell="H9", workbook="b.xlsx")
    assert shown(stated(), before, answered(2), elsewhere) == [(1, "CB306", 3)]


def test_declarations_are_recorded_and_taken_back() -> None:
    people = [Event(Kind.DECLARED, candidate="0007"), Event(Kind.DECLARED, candidate="0042")]
    found = standing(claim_of(), history(*people, Event(Kind.UNDECLARED, candidate="0007")))
    assert (found.declared, found.people) == ({"0042"}, ["0007", "0042", "0101"])
    assert found.undeclared == ["0007", "0101"]
    assert standing(claim_of(), history(Event(Kind.UNDECLARED, candidate="0007"))).declared == frozenset()


def test_the_sample_is_candidates_and_units() -> None:
    pairs = [("0007", "1"), ("0007", "3"), ("0042", "1")]
    chosen = [Event(Kind.IN_SAMPLE, candidate=number, unit=unit) for number, unit in pairs]
    back = Event(Kind.NOT_IN_SAMPLE, candidate="0007", unit="1")
    assert standing(claim_of(), history(*chosen, back)).sampled == {("0007", "3"), ("0042", "1")}


def test_the_steps_are_told_in_words() -> None:
    """The lines of one group are one step; another group, moment or person is another."""

    def gone(
        candidate: str, unit: str = "3", assessor: str = "JH", grade: str = "P", at: str = "t4"
    ) -> Event:
        return Event(
            Kind.WITHDRAWN_LINE, who="M", candidate=candidate, unit=unit,
            old_assessor=assessor, old_grade=grade, at=at,
        )  # fmt: skip

    events = history(
        Event(Kind.CREATED, who="A", at="t1"),
        stated(),
        Event(Kind.SUBMITTED, who="B", at="t2", detail=detail(claim_number="C1")),
        Event(Kind.SAMPLED, who="C", at="t3", detail=detail(lines=1)),
        Event(Kind.IN_SAMPLE, candidate="0042", unit="3"),
        gone("0042"),
        gone("0043"),
        gone("0044", grade="M"),
        gone("0044", unit="other:NCFE:First Aid"),
        gone("0045", unit="other:NCFE:First Aid", at="t5"),
        Event(Kind.COMPLETED, who="D", at="t7", detail=detail(reference="R1")),
        Event(Kind.WITHDRAWN, who="E", at="t8"),
    )
    steps = standing(claim_of(), events).steps
    assert [(s.at, s.who, s.what.replace(" (NCFE)", ""), s.revision) for s in steps] == [
        ("t1", "A", "Started", 1),
        ("t2", "B", "Submitted, claim number C1", 3),
        ("t3", "C", "Sampled: 1 line", 4),
        ("t4", "M", "Withdrawn: Unit 3, JH, P (2 lines)", 6),
        ("t4", "M", "Withdrawn: Unit 3, JH, M (1 line)", 8),
        ("t4", "M", "Withdrawn: First Aid, JH, P (1 line)", 9),
        ("t5", "M", "Withdrawn: First Aid, JH, P (1 line)", 10),
        ("t7", "D", "Completed, reference R1", 11),
        (
            "t8",
            "E",
            "Withdrawn, the claim, of which no line was left; 5 lines had been withdrawn before, by group",
            12,
        ),
    ]


@pytest.mark.parametrize(
    ("later", "said"),
    [
        ([], "Sampled: 1 line"),
        ([(Kind.IN_SAMPLE, "0007"), (Kind.IN_SAMPLE, "0101")], "Sampled: 3 lines (1 at first)"),
        ([(Kind.IN_SAMPLE, "0007"), (Kind.NOT_IN_SAMPLE, "0042")], "Sampled: 1 line"),
        ([(Kind.NOT_IN_SAMPLE, "0042")], "Sampled: 0 lines (1 at first)"),
    ],
)
def test_the_step_of_sampling_counts_what_is_in_the_sample_now(later: Any, said: str) -> None:
    """More may be recorded later, and what was mistyped is taken back."""
    first = [Event(Kind.SAMPLED, detail=detail(lines=1)), Event(Kind.IN_SAMPLE, candidate="0042", unit="1")]
    events = history(*first, *(Event(kind, candidate=number, unit="1") for kind, number in later))
    assert [step.what for step in standing(claim_of(), events).steps] == [said]


def test_a_new_claim_stands_at_nothing() -> None:
    found = standing(claim_of(""), [])
    assert found == Standing(claim_of(""))
    assert (found.people, found.undeclared, found.open_queries) == ([], [], [])
    assert (found.entered, found.centre_declared) == (None, None)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Jones_marked.xlsx", "jones"),
        ("Jones_marked12.xlsx", "jones"),
        ("Jones (2) (1).xlsx", "jones"),
        ("Jones - Copy.xlsx", "jones"),
        ("Jones_marked (1).xlsx", "jones"),
        ("returned/Jones.xlsx", "jones"),
        ("Jones_marked_again.xlsx", "jones_marked_again"),
        ("(1).xlsx", ""),
        ("Jones 2.xlsx", "jones 2"),
    ],
)
def test_a_workbooks_plain_name(name: str, plain: str) -> None:
    assert plain_workbook(name) == plain
