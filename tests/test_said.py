"""What workbooks say, on plain values: what errors speak against, who comes with them, and what contradicts."""

from collections.abc import Iterable
from typing import Any

import pytest

from claimbatch.claims.copies import Copy
from claimbatch.claims.history import Event, Kind
from claimbatch.claims.merge import UNCLAIMED, Mark, Statement
from claimbatch.form.layout import NOT_CLAIMING
from claimbatch.intake.judge import Finding, place_of
from claimbatch.intake.known import Issued
from claimbatch.intake.rules.lines import initials_clash
from claimbatch.intake.said import (
    Doubts,
    Said,
    because,
    compare,
    newcomers,
    one_spelling,
    overrule,
    same_initials,
    set_command,
    source,
    spot_of,
)
from claimbatch.intake.stance import Measure, Stance
from claimbatch.intake.tables import Line, Person, Rows
from claimbatch.problems import Problem, Rule, Severity

P, M = ("P", "JH"), ("M", "JH")
ERROR = initials_clash
QUERY = Rule("CB399", "asked", Severity.QUERY, "", "", lambda frame: frame)


def line(**told: Any) -> Line:
    """A clean line of 0042's Unit 1: P at Grades!E5 by JH, who stands at Units!D5."""
    usual = {
        "file": 0, "candidate": "0042", "candidate_ok": True, "unit": "1", "grade": "P", "assessor": "JH",
        "findable": True, "grade_sheet": "Grades", "grade_row": 5, "grade_col": 5,
        "assessor_sheet": "Units", "assessor_row": 5, "assessor_col": 4,
    }  # fmt: skip
    return Line(**(dict.fromkeys(Line._fields, "") | usual | told))


def person(**told: Any) -> Person:
    """A new assessor at Assessors!A9."""
    usual = {
        "file": 0, "centre": "68199", "initials": "XY", "initials_shown": "XY", "name": "Xi Yang", "new": True,
        "initials_sheet": "Assessors", "initials_row": 9, "initials_col": 1,
    }  # fmt: skip
    return Person(**(dict.fromkeys(Person._fields, "") | usual | told))


def found(
    sheet: str,
    row: int,
    column: int,
    *,
    rule: Rule = ERROR,
    file: int = 0,
    candidate: str = "",
    unit: str = "",
) -> Finding:
    problem = Problem(rule, place_of(sheet, row, column), "", candidate=candidate, unit=unit)
    return Finding(problem, (file, sheet, row, column))


def rows(*people: Person) -> list[Rows]:
    return [Rows(people=list(people))]


def said(mark: Mark = P, base: Mark = UNCLAIMED, now: Mark = UNCLAIMED, **told: Any) -> Said:
    """What a.xlsx says at Grades!E5 of 0042's Unit 1."""
    stance = told.pop("stance", Stance(base, speaks=True))
    words = {name: told.pop(name, "") for name in ("source", "because")}
    usual = {
        "centre_number": "68199", "entry_code": "05349", "claim_key": "68199-05349-1", "candidate": "0042",
        "unit": "1", "mark": mark, "base": base, "workbook": "a.xlsx", "sha256": "", "sheet": "Grades", "row": 5,
        "column": 5, "template_id": "t",
    }  # fmt: skip
    return Said(Statement(**(usual | told)), now, stance, "Unit 1", **words)


# --- what errors speak against -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("errors", "taken"),
    [
        ([], True),
        ([found("Grades", 5, 5)], False),
        ([found("Units", 5, 4)], False),
        ([found("Grades", 5, 6, unit="Unit 2", candidate="0042")], True),  # the cell beside it
        ([found("Grades", 5, 5, file=1)], True),  # another workbook
        ([found("Grades", 5, 5, rule=QUERY)], True),
        ([found("Grades", 5, 1, candidate="0042")], False),  # about the candidate
        ([found("Grades", 5, 1, candidate="0042", file=1)], True),
        ([found("Grades", 6, 1, candidate="0043")], True),
        ([found("Grades", 9, 1, candidate="0042", rule=QUERY)], True),
    ],
)
def test_an_error_at_a_line_or_its_candidate_holds_the_line(errors: list[Finding], taken: bool) -> None:
    assert Doubts.of(errors, []).leave(line()) is taken


def test_an_error_in_the_row_of_an_assessor_holds_all_that_they_marked() -> None:
    doubts = Doubts.of([found("Assessors", 9, 2)], rows(person(initials="jh")))
    assert [doubts.leave(line(assessor=who)) for who in ("JH", "SA")] == [False, True]
    assert doubts.leave(line(file=1))


def test_an_assessor_without_a_name_marks_nothing() -> None:
    assert not Doubts.of([], rows(person(initials="JH", name=""))).leave(line())
    assert Doubts.of([], rows(person(initials="JH"))).leave(line())


@pytest.mark.parametrize(
    ("told", "taken"),
    [
        ({"candidate_ok": False}, False),
        ({"grade": ""}, False),
        ({"assessor": ""}, False),
        ({"findable": False}, False),
        ({"grade": NOT_CLAIMING, "assessor": "", "findable": False}, True),
    ],
)
def test_a_line_is_taken_if_it_says_whom_what_and_by_whom(told: dict[str, Any], taken: bool) -> None:
    """Who takes a unit off needs no assessor."""
    assert Doubts.of([], []).leave(line(**told)) is taken


def test_a_unit_of_another_body_counts_on_its_whole_row() -> None:
    """The unit itself stands in the row, so an error there is an error about the unit."""
    doubts = Doubts.of([found("Grades", 5, 2, unit="First Aid", candidate="0042")], [])
    assert [doubts.leave(line(unit=unit)) for unit in ("other:ncfe:First Aid", "1")] == [False, True]


# --- who comes with them -----------------------------------------------------------------------------------------


def test_newcomers_are_new_complete_and_beyond_doubt() -> None:
    new = person(initials="NN", initials_row=10)
    people = [new, person(new=False), person(initials=""), person(name=""), person(initials_row=11)]
    doubts = Doubts.of([found("Assessors", 11, 2)], rows(*people))
    assert newcomers(rows(*people[:1]) + rows(*people[1:]), doubts) == [new]


def test_one_set_of_initials_for_two_new_people_of_a_centre_is_told_at_both() -> None:
    people = [("a.xlsx", person()), ("b.xlsx", person(name="Xena York", initials_shown="xy"))]
    problems = same_initials(people)
    assert [
        (p.place.workbook, str(p.place), p.place.field, p.value, p.facts["holder"]) for p in problems
    ] == [
        ("a.xlsx", "Assessors!A9", "Initials", "XY", "Xena York in b.xlsx"),
        ("b.xlsx", "Assessors!A9", "Initials", "xy", "Xi Yang in a.xlsx"),
    ]


@pytest.mark.parametrize(
    "other", [{"name": "xi  yang"}, {"centre": "68200", "name": "Xena York"}, {"initials": "XZ"}]
)
def test_the_same_person_twice_and_people_of_other_centres_are_nobodys_rivals(other: dict[str, str]) -> None:
    assert same_initials([("a.xlsx", person()), ("b.xlsx", person(**other))]) == []


# --- what contradicts --------------------------------------------------------------------------------------------


def rivals(*of: Said) -> list[tuple[str, str]]:
    return [(p.place.workbook, p.facts["rival"]) for p in compare(of)]


def test_two_workbooks_that_disagree_are_told_of_each_other() -> None:
    twin = " (made from the same template: perhaps an older version of this workbook)"
    assert rivals(said(), said(M, workbook="b.xlsx", row=6)) == [
        ("a.xlsx", f"M by JH in b.xlsx, Grades!E6{twin}"),
        ("b.xlsx", f"P by JH in a.xlsx, Grades!E5{twin}"),
    ]
    assert rivals(said(), said(M, workbook="b.xlsx", template_id="u"))[0] == (
        "a.xlsx",
        "M by JH in b.xlsx, Grades!E5",
    )
    assert rivals(said(), said(M, row=6))[0] == (
        "a.xlsx", "M by JH in Grades!E6: the unit stands twice in this workbook",
    )  # fmt: skip


@pytest.mark.parametrize(
    "other",
    [
        said(workbook="b.xlsx"),
        said(M, candidate="0043"),
        said(M, unit="2"),
        said(M, entry_code="05347"),
        said(M, centre_number="68200"),
        said(M, M, M),  # what an earlier copy said, and the claim says still
    ],
)
def test_what_agrees_or_is_about_something_else_is_no_rival(other: Said) -> None:
    assert rivals(said(), other) == []


@pytest.mark.parametrize(("base", "now"), [(P, M), (M, P), (UNCLAIMED, P)])
def test_what_the_claim_does_not_say_any_more_is_a_rival(base: Mark, now: Mark) -> None:
    assert len(rivals(said(P, base, now), said(M, workbook="b.xlsx"))) == 2


def against(**told: Any) -> Said:
    """P where the claim has come to say M."""
    return said(P, UNCLAIMED, M, **({"stance": Stance(UNCLAIMED, speaks=True, contradicts=True)} | told))


def test_what_contradicts_the_claim_names_both_and_the_ways_out() -> None:
    (problem,) = compare(
        [said(unit="2"), against(source="by hand, Pat on 1 May 2026", workbook="Jo Hughes.xlsx")]
    )
    assert (problem.rule.code, problem.place.workbook, str(problem.place), problem.place.field) == (
        "CB303", "Jo Hughes.xlsx", "Grades!E5", "Unit 1",
    )  # fmt: skip
    told = f"{problem.message} {problem.hint}"
    assert "M by JH" in told
    assert "by hand, Pat on 1 May 2026" in told
    assert "claimbatch claim set 68199-05349-1 0042 1 P JH" in told
    assert '(or take what this cell says: claimbatch merge "Jo Hughes.xlsx" --overrule --only ' in told
    assert "--only 'Grades!E5')" in told


def test_of_a_stale_line_the_hint_leaves_the_cell_aside() -> None:
    stale = Stance(UNCLAIMED, speaks=True, contradicts=True, stale=True)
    (problem,) = compare([against(stance=stale)])
    aside = "(or leave this cell aside and take what was changed: claimbatch merge a.xlsx --overrule)"
    assert aside in problem.hint


def test_not_claiming_is_set_in_words() -> None:
    assert (
        set_command(said(UNCLAIMED).statement) == 'claimbatch claim set 68199-05349-1 0042 1 "Not claiming"'
    )


def overruled(*of: Said, only: Iterable[tuple[str, str]] = ()) -> tuple[list[bool], list[tuple[Mark, bool]]]:
    """Which still contradict, and what is overruled: whose words, and whether it holds."""
    after, over = overrule(of, frozenset(only))
    return [one.stance.contradicts for one in after], [(one.now, one.taken) for one in over]


def test_only_what_contradicts_is_overruled_and_only_in_the_cells_named() -> None:
    other = against(row=6, candidate="0043")
    assert overruled(said(), against(), other) == ([False] * 3, [(M, True)] * 2)
    assert overruled(against(), other, only={("grades", "E6")}) == ([True, False], [(M, True)])
    assert spot_of(other.statement) == ("grades", "E6")


def test_what_overrules_is_measured_against_the_claim_and_speaks_if_it_was_changed() -> None:
    stale = Stance(UNCLAIMED, speaks=True, contradicts=True, stale=True)
    after, over = overrule([against(), against(stance=stale, source="by hand")], ())
    assert [(one.statement.base, one.stance.base, one.stance.speaks) for one in after] == [
        (M, M, True), (M, M, False),
    ]  # fmt: skip
    assert [(one.taken, one.source) for one in over] == [(True, ""), (False, "by hand")]


def test_the_last_word_on_a_line_is_told_with_its_cell_or_as_done_by_hand() -> None:
    event = Event(Kind.CHANGED, "Pat", at="2026-05-01T09:30:00Z", sheet="Grades", cell="E5")
    assert source(event).startswith("by hand, Pat on ")
    from_a = Event(Kind.CHANGED, "Pat", at=event.at, sheet="Grades", cell="E5", workbook="a.xlsx")
    assert source(from_a).startswith("from a.xlsx, Grades!E5, taken by Pat on ")


def test_why_a_line_is_no_correction_names_what_the_workbook_leaves_out() -> None:
    """The earlier copy said something of 0043 and 0044 too; this workbook does not. The first is named."""
    target = ("0042", "1")
    copy = Copy(
        "old.xlsx",
        "Pat",
        "2026-05-01T09:30:00Z",
        {("0044", "1"): P, target: P, ("0043", "3"): P},
        since=1,
        revision=3,
    )
    last = Event(Kind.ADDED, "Pat", *target, grade="P", assessor="JH", revision=2)
    issued = Issued(
        "k", {}, now={target: P}, last={target: last}, touched=frozenset({target}), copies=(copy,)
    )
    measure = Measure(issued, {target: M})
    told = because(measure, target, M)
    assert "of old.xlsx, made from the same template" in told
    assert "nothing of candidate 0043 in Unit 3" in told
    assert because(measure, target, P).startswith(
        " This template said P by JH there before (old.xlsx, taken on "
    )
    assert because(Measure(Issued("k", {}), {}), target, M) == ""


def test_a_unit_of_another_body_is_spelt_as_one_whoever_types_it() -> None:
    """In each claim for itself; the qualification's own units stay as they are."""
    units = ["other:ncfe:first  aid", "other:ncfe:First Aid", "1"]
    spelt = one_spelling([*(said(unit=unit) for unit in units), said(unit=units[0], entry_code="05347")])
    assert [one.statement.unit for one in spelt] == [units[1], units[1], "1", units[0]]
