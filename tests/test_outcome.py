"""The outcome of a claim on plain values: what was agreed, changed and withdrawn, by line and by group."""

from dataclasses import replace

from claimbatch.claims.claim import Line, Status
from claimbatch.claims.decisions import Decided
from claimbatch.claims.standing import Standing
from claimbatch.moderation.outcome import State, outcome
from tests.claims_made import claim_of

CLAIM = claim_of(
    "0007 Okafor, Chidi 1:P:JH 10:D:RK\n0042 Adeyemi-Clarke, Bo 1:P:JH 2:M:JH\n0101 Nguyen, Mai 2:M:JH"
)
GONE = (Line("0101", "3", "P", "RK"),)
STANDS = Standing(
    CLAIM,
    sampled=frozenset({("0007", "1"), ("0042", "1"), ("0042", "2"), ("0101", "3")}),
    withdrawn=GONE,
    reasons={GONE[0].cell: 31},
    decided={
        ("0007", "1"): Decided("P", "P", "M", "t1", 21),
        ("0042", "1"): Decided("P", "U", "M", "t1", 22),
        ("0101", "3"): Decided("P", "P", "M", "t1", 23),  # before its group was withdrawn
    },
)


def test_by_line() -> None:
    """All lines as claimed, by candidate and unit, 3 before 10; a withdrawal comes after any decision."""
    assert [
        (r.line.candidate, r.line.unit, r.state.value, r.sampled, r.grade, r.revision)
        for r in outcome(STANDS).results
    ] == [
        ("0007", "1", "agreed", True, "P", 21),
        ("0007", "10", "not-sampled", False, "", 0),
        ("0042", "1", "changed", True, "U", 22),
        ("0042", "2", "open", True, "", 0),
        ("0101", "2", "not-sampled", False, "", 0),
        ("0101", "3", "withdrawn", True, "", 31),
    ]
    assert len(outcome(STANDS).told) == 4
    assert outcome(STANDS).count(State.OPEN) == 1


def test_by_group() -> None:
    """Unit, assessor and grade: lines, sampled, agreed, changed, open, withdrawn."""
    assert [
        (" ".join(g.cell), g.lines, g.sampled, g.agreed, g.changed, g.open, g.withdrawn)
        for g in outcome(STANDS).groups
    ] == [
        ("1 JH P", 2, 2, 1, 1, 0, False),
        ("2 JH M", 2, 1, 0, 0, 1, False),
        ("3 RK P", 1, 1, 0, 0, 0, True),
        ("10 RK D", 1, 0, 0, 0, 0, False),
    ]


def test_of_a_claim_withdrawn_whole_all_is() -> None:
    whole = replace(STANDS, claim=replace(CLAIM, status=Status.WITHDRAWN))
    assert {result.state for result in outcome(whole).results} == {State.WITHDRAWN}


def test_what_was_agreed_is_what_counts() -> None:
    """For awards: the grades as moderated, without what does not reach a pass."""
    assert STANDS.agreed == {("0007", "1"): "P", ("0042", "1"): "U"}
    assert [(x.candidate, x.unit, x.grade) for x in STANDS.moderated.lines] == [
        ("0007", "1", "P"), ("0007", "10", "D"), ("0042", "2", "M"), ("0101", "2", "M"),
    ]  # fmt: skip


def test_of_an_open_claim_there_is_nothing_to_tell() -> None:
    assert outcome(Standing(CLAIM)).told == []
