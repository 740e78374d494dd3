"""What stands on the claim report and on the sample list."""

import re
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimbatch.claims.award import awards
from claimbatch.claims.claim import Candidate, Line, Status
from claimbatch.claims.standing import Query
from claimbatch.claims.steps import Step
from claimbatch.moderation.sampling import draw, recorded
from claimbatch.moderation.strategies import find_strategy
from claimbatch.output.view.brief import NUMBER
from claimbatch.output.view.document import as_data
from claimbatch.output.view.grid import GUTTER, HALF, PAPER, lay_out
from claimbatch.output.view.sample import sample_list
from tests.claims_made import big_claim, claim_of
from tests.papers import brief_of, parts, report_of, tables, titles, words

OTHER_UNIT = Line("0042", "other:Pearson:Impact of computing", "M", "JH")
STRATEGY = find_strategy("ocr-visit")
UNITS = "Grades of each centre assessor, by unit"
GRID = "Grades by candidate"
SUBMITTED = Step("2026-07-01T08:00:00Z", "Pat Lee", "Submitted, claim number 2600417", 9, "submitted")


def test_a_claim_report_counts_by_unit_assessor_and_grade():
    """With a bar beside the numbers, which says no more than they do."""
    assert tables(report_of(claim_of()))[UNITS] == [
        ["Unit", "Title", "Assessor", "P", "M", "D", "All", ""],
        ["Unit 1", "Communication and employability skills for IT Y/601/3246", "JH Jo Hughes",
         "1", "1", "–", "2", ""],
        ["Unit 1", "", "RK Ravi Khan", "1", "–", "–", "1", ""],
        ["Unit 3", "Computer systems H/601/7254", "JH Jo Hughes", "–", "1", "–", "1", ""],
        ["Unit 3", "", "RK Ravi Khan", "–", "–", "1", "1", ""],
        ["All units", "", "", "2", "2", "1", "5", ""],
    ]  # fmt: skip


def test_a_unit_whose_title_is_not_known_is_its_number_alone():
    """No "not known" before a moderator."""
    rows = tables(report_of(claim_of("0007 Okafor, Chidi 5:P:JH")))[UNITS]
    assert rows[1][:2] == ["Unit 5", ""]


def test_a_claim_report_shows_every_grade_with_its_assessor():
    assert tables(report_of(claim_of()))[GRID] == [
        ["Candidate", "Name", "Unit 1", "Unit 3"],
        ["0007", "Okafor, Chidi", "P JH", "M JH"],
        ["0042", "Adeyemi-Clarke, Bo", "M JH", "D RK"],
        ["0101", "Nguyen, Mai", "P RK", "·"],
    ]


def test_candidates_stand_by_number_or_by_name():
    names = [row[1] for row in tables(report_of(claim_of(), sort="name"))[GRID][1:]]
    assert names == ["Adeyemi-Clarke, Bo", "Nguyen, Mai", "Okafor, Chidi"]


def test_initials_are_left_out_of_the_grid_where_there_is_one_assessor():
    assert tables(report_of(claim_of("0007 Okafor, Chidi 1:P:JH")))[GRID][1] == ["0007", "Okafor, Chidi", "P"]


def test_the_sample_is_ticked_on_the_grid_and_the_key_says_so():
    """A tick and a word; neither where nothing is sampled."""
    claim = claim_of()
    report = report_of(claim, standing={"sampled": frozenset([("0042", "3")])})
    assert tables(report)[GRID][2] == ["0042", "Adeyemi-Clarke, Bo", "M JH", "D RK [x]"]
    assert "✓ sampled" in words(report)
    assert "sampled" not in words(report_of(claim))


@pytest.mark.parametrize(
    ("units", "candidates", "narrowest", "columns", "panels"),
    [
        (1, 40, 10.0, [1], 3),
        (4, 40, 11.0, [4], 2),
        (4, 8, 11.0, [4], 1),
        (9, 40, 11.0, [9], 1),
        (12, 40, 11.0, [12], 1),
        (19, 30, 10.0, [19], 1),
        (19, 30, 15.8, [9, 10], 1),
        (25, 30, 10.0, [12, 13], 1),
        (38, 30, 11.0, [12, 13, 13], 1),
    ],
)
def test_units_are_shared_out_by_what_fits(units, candidates, narrowest, columns, panels):
    """As few tables as fit, about equally wide; a narrow one stands in panels side by side."""
    layout = lay_out([str(n) for n in range(1, units + 1)], candidates, narrowest)
    assert ([len(part) for part in layout.parts], layout.panels) == (columns, panels)
    assert layout.grade >= narrowest


@given(
    units=st.integers(1, 60),
    candidates=st.integers(1, 400),
    narrowest=st.floats(10, 22),
    paper=st.sampled_from([PAPER, HALF]),
)
def test_no_table_of_grades_is_wider_than_the_paper(units, candidates, narrowest, paper):
    """And its names have room, whatever there is to share out."""
    layout = lay_out([str(n) for n in range(units)], candidates, narrowest, paper)
    assert [unit for part in layout.parts for unit in part] == [str(n) for n in range(units)]
    wide = (paper - (layout.panels - 1) * GUTTER) / layout.panels
    for part in layout.parts:
        name = layout.name or wide - NUMBER - len(part) * layout.grade
        assert name >= 39.9
        assert NUMBER + name + len(part) * layout.grade <= wide + 0.1


def test_every_unit_stands_in_one_part_with_its_title_above():
    found = tables(report_of(big_claim(30, 38, 2)))
    parts = [name for name in found if re.match("Grades by candidate, units [0-9]", name)]
    assert [head for name in parts for head in found[name][0][2:]] == [f"Unit {n}" for n in range(1, 39)]
    assert "Units: 1 Title of unit 1; 2 Title of unit 2;" in words(report_of(big_claim(30, 38, 2)))


def test_other_awarding_bodies_units_have_an_evidence_checklist_only_where_there_are_any():
    claim = claim_of()
    assert "Results slip" not in words(report_of(claim))
    found = tables(report_of(replace(claim, lines=(*claim.lines, OTHER_UNIT))))
    assert found["Units of other awarding bodies"][1:] == [
        ["0042", "Adeyemi-Clarke, Bo", "Pearson", "Impact of computing", "M", "JH", "[ ]", "[ ]"]
    ]
    assert found[GRID][0] == ["Candidate", "Name", "Unit 1", "Unit 3"]


def test_it_says_which_revision_it_shows_and_who_and_what_made_it():
    """With the hash that the history ends in, so that a later change is told from this paper."""
    claim = claim_of(updated_at="2026-11-23T09:30:00Z")
    said = words(report_of(claim, made_by="Pat Lee"))
    assert (
        f"revision 12, as it stood on 23 November 2026, 09:30 UTC; its history ends in {'9f2c' * 16}." in said
    )
    assert re.search(r"Made by claimbatch [0-9.]+ for Pat Lee\.", said)


@pytest.mark.parametrize(
    ("zone", "printed"),
    [
        ("Europe/London", "1 July 2026, 09:00 BST"),
        ("UTC", "1 July 2026, 08:00 UTC"),
        ("Asia/Kathmandu", "1 July 2026, 13:45 UTC+05:45"),
    ],
)
def test_times_are_local_and_say_their_zone(zone, printed, monkeypatch):
    """By its name where that is short; by its distance else."""
    monkeypatch.setenv("TZ", zone)
    if not hasattr(time, "tzset"):
        pytest.skip("only where the zone can be set")
    time.tzset()
    assert f"on {printed}, by Pat Lee" in words(report_of(claim_of(), standing={"steps": (SUBMITTED,)}))


def test_every_page_says_whose_claim_it_is():
    """Centre, entry code and qualification, claim number, reference; and the status in the corner."""
    report = report_of(claim_of("", status=Status.NOT_SUBMITTED, claim_number=""))
    assert [(fact.key, fact.value, fact.more) for fact in report.running] == [
        ("Centre", "68199", "Example College"),
        ("Qualification", "05347", "OCR Level 3 Cambridge Technical Certificate in IT"),
        ("Claim number", "not yet submitted", ""),
        ("Reference", "–", ""),
    ]
    assert report.stamp == "Not submitted"


def test_a_claim_without_lines_is_a_document_all_the_same():
    report = report_of(claim_of("", status=Status.NOT_SUBMITTED, claim_number=""))
    assert "Nothing is claimed yet." in words(report)
    assert titles(report) == ["Units claimed", "The claim so far", "Declarations"]


def test_results_go_where_the_claim_says():
    assert "Results to results@college.example" in words(
        report_of(claim_of(results_email="results@college.example"))
    )


def test_the_award_is_compact_and_can_be_left_out():
    """What one candidate lacks is said in a sentence; nothing is said at all where nobody asked."""
    claim = claim_of()
    said = words(report_of(claim, awards=awards(claim)))
    assert "Towards the full award" in said
    assert "Not known: the size of the qualification" in said
    assert "Towards the full award" not in words(report_of(claim))


def test_queries_and_their_answers_are_printed():
    """What was asked, where, and what the centre said; an unanswered one says so."""
    asked = Query(1, 7, "CB202", "0042", "3", "a.xlsx", "Assessed by", "G5", "t", answered=8)
    queries = (asked, replace(asked, number=9, answered=0))
    found = tables(report_of(claim_of(), standing={"queries": queries}, words={8: "absent"}))
    assert [row[3:] for row in found["Queries and answers"][1:]] == [
        ["a.xlsx Assessed by!G5", "absent"],
        ["a.xlsx Assessed by!G5", "(no answer yet)"],
    ]


def test_before_submission_the_declarations_are_boxes_to_tick():
    claim = claim_of(status=Status.NOT_SUBMITTED)
    report = report_of(claim, standing={"declared": frozenset(["0007"])})
    assert "Signed declarations are recorded of 1 of 3 candidates. Not yet: 0042, 0101." in words(report)
    assert _marks(report) == ["box"] * 4


def test_after_submission_they_are_ticked_with_who_declared_and_when():
    """The centre's own by who submitted, in local time; the candidates' by who recorded them."""
    people = frozenset(["0007", "0042", "0101"])
    signed = dict.fromkeys(people, ("Sam Roe", "2026-06-30T15:00:00Z"))
    report = report_of(claim_of(), standing={"declared": people, "steps": (SUBMITTED,)}, signed=signed)
    said = words(report)
    assert "The centre declared all of this on 1 July 2026, 08:00 UTC, by Pat Lee." in said
    assert "recorded of 3 of 3 candidates, on 30 June 2026, 15:00 UTC, by Sam Roe." in said
    assert _marks(report) == ["tick"] * 4


def _marks(report):
    return [point["mark"] for point in parts(as_data(report), "point")]


def test_the_report_tells_what_has_become_of_the_claim():
    """Each step with who and, where somebody gave one, the reason; local time with its zone."""
    step = Step("2026-06-30T08:00:00Z", "Pat Lee", "Withdrawn, the whole claim", 9)
    found = tables(report_of(claim_of(), standing={"steps": (step,)}, words={9: "wrong assessor"}))
    assert found["The claim so far"][1] == [
        "30 June 2026, 08:00 UTC", "Withdrawn, the whole claim", "Pat Lee", "wrong assessor",
    ]  # fmt: skip


def test_a_purged_name_is_said_to_be_removed():
    assert words(report_of(claim_of(candidates={}))).count("name removed") == 3


def test_a_small_claim_has_its_grades_beside_what_they_come_to():
    """So that a claim of three grades is one page."""
    claim = claim_of("0007 Okafor, Chidi 1:P:JH")
    beside = [part["type"] for part in as_data(report_of(claim, awards=awards(claim)))["blocks"]]
    assert beside == ["section", "beside", "section"]


# The sample list


def test_a_sample_list_has_a_row_to_tick_for_each_candidate_and_unit():
    claim = claim_of()
    found = tables(
        sample_list(brief_of(claim), recorded(claim, {("0042", "3"), ("0042", "1"), ("0007", "3")}))
    )
    title = "Communication and employability skills for IT"
    assert found["Work to be seen"] == [
        ["Candidate", "Name", "Unit", "Title", "Grade", "Assessor", "Seen", "Agreed", "Comment"],
        ["0007", "Okafor, Chidi", "Unit 3", "Computer systems", "M", "JH", "[ ]", "[ ]", ""],
        ["0042", "Adeyemi-Clarke, Bo", "Unit 1", title, "M", "JH", "[ ]", "[ ]", ""],
        ["0042", "Adeyemi-Clarke, Bo", "Unit 3", "Computer systems", "D", "RK", "[ ]", "[ ]", ""],
    ]
    assert [row[-3:] for row in list(found.values())[1][1:]] == [
        ["0 of 1", "1 of 1", "–"],
        ["0 of 1", "–", "–"],
        ["–", "1 of 1", "–"],
        ["–", "–", "1 of 1"],
    ]


def test_a_drawn_sample_says_that_it_is_a_simulation_and_how_to_check_it():
    claim = claim_of()
    document = sample_list(brief_of(claim), draw(claim, STRATEGY, "it's 7"))
    assert "This is a simulation." in words(document)
    assert document.stamp == "Simulation"
    lines, expected = [part["text"] for part in parts(as_data(document), "code")]
    printed = subprocess.run([sys.executable, "-I", "-c", lines], capture_output=True, text=True, check=True)
    assert printed.stdout.strip() == expected


def test_a_recorded_sample_is_no_simulation():
    claim = claim_of()
    said = words(sample_list(brief_of(claim), recorded(claim, {("0007", "1")})))
    assert "simulation" not in said.lower()
    assert "Not covered: Unit 1 JH M, Unit 1 RK P, Unit 3 JH M, Unit 3 RK D." in said


def test_what_would_turn_a_line_round_is_named_instead():
    """A name is set as it is; only what directs other letters is taken out of the play."""
    evil = {"0007": Candidate("0007", "Lee\u202e, Bo\x07"), "0042": Candidate("0042", "שלום, Noa")}
    rows = tables(report_of(claim_of(candidates=evil)))[GRID]
    assert [row[1] for row in rows[1:3]] == ["Lee[U+202E], Bo[U+0007]", "שלום, Noa"]
