"""Claims as a page handles them: the list, one claim, a grade put right, declarations, a checklist, and submission."""

from pathlib import Path

import pytest

from claimbatch.claims.claim import Status
from claimbatch.claims.life import Submission
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.office.by_hand import correct, go_back, take_off
from claimbatch.office.claim import look_at
from claimbatch.office.claims import in_order, list_claims
from claimbatch.office.declaring import candidates_meant, declare, queries_of
from claimbatch.office.history import history_of, verify_history
from claimbatch.office.opened import open_claim
from claimbatch.office.submitting import (
    checklist,
    give_number,
    group_named,
    lines_to_withdraw,
    submit,
    withdraw,
)
from tests.centre import CENTRE, IT, MEDIA, Centre, put

KEY = f"{CENTRE}-{IT}-1"


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    """Sana has Unit 1, Tom Units 1 and 3; and a claim for another qualification."""
    centre = Centre.make(tmp_path / "centre")
    grades = {"Grades!E5": "P", "Grades!E6": "D", "Grades!G6": "M", "Units!D5": "JH", "Units!D7": "SA"}
    centre.done("merge", put(centre.issue(), grades))
    centre.done("merge", put(centre.issue(MEDIA), {"Grades!E5": "P", "Units!D5": "JH"}))
    return centre


def test_the_list_is_filtered_and_sorted_by_any_column(centre):
    with centre.workspace.store() as store:
        every = list_claims(store, centre.catalogue)
        assert [row.entry_code for row in in_order(every, "entry_code")] == [IT, MEDIA]
        assert [row.lines for row in in_order(every, "lines", reverse=True)] == [3, 1]
        assert [row.claim for row in list_claims(store, centre.catalogue, entry_code="5349")] == [KEY]
        assert list_claims(store, centre.catalogue, status=Status.SUBMITTED, centre=CENTRE) == []
        with pytest.raises(ClaimbatchError, match="holds no centre 12345"):
            list_claims(store, centre.catalogue, centre="12345")


def test_a_claim_is_seen_by_candidate_and_by_unit(centre):
    with open_claim(centre.workspace, KEY) as opened:
        seen = look_at(opened)
        assert {who: "".join(lines) for who, lines in seen.grid.items()} == {"0042": "1", "0043": "13"}
        groups = [(group.unit, group.assessor, group.grade, *group.candidates) for group in seen.groups]
        assert groups == [("1", "JH", "D", "0043"), ("1", "JH", "P", "0042"), ("3", "SA", "M", "0043")]
        assert [line.candidate for line in look_at(opened, unit="Unit 3").claim.lines] == ["0043"]
        with pytest.raises(ClaimbatchError, match="holds nothing for candidate 0051"):
            look_at(opened, "51")


def test_a_grade_is_corrected_and_applied_to_all_below_and_taken_back(centre):
    with open_claim(centre.workspace, KEY) as opened:
        tried = correct(opened, "3", "D", "sa", below="0043", who="pat", dry_run=True)
        assert [(event.candidate, event.old_grade, event.grade) for event in tried.made] == [
            ("0043", "M", "D"), ("0044", "", "D"), ("0051", "", "D"),
        ]  # fmt: skip
        assert opened.again().claim == opened.claim
        assert correct(opened, "1", "P", candidates=["42", "43"], who="pat").same == 1
        assert take_off(opened, unit="3", who="pat") == 1
        assert [(line.candidate, line.grade) for line in opened.again().claim.lines] == [
            ("0042", "P"), ("0043", "P"),
        ]  # fmt: skip
        go_back(opened.again(), opened.claim.revision, who="pat")
        assert opened.again().claim.lines == opened.claim.lines


def test_of_two_who_correct_one_grade_at_once_the_second_is_told(centre):
    """What somebody saw is what is corrected; another line of the claim may have changed meanwhile."""
    with open_claim(centre.workspace, KEY) as opened:
        centre.done("claim", "set", KEY, "0043", "3", "P", "SA")
        centre.done("claim", "set", KEY, "0044", "1", "P", "JH")
        with pytest.raises(ClaimbatchError, match="changed since it was shown: it is P by SA now") as refused:
            correct(opened, "3", "D", candidates=["43"], seen={"43": ("M", "SA")}, who="pat")
        assert refused.value.exit_code is Exit.LOCKED
        with pytest.raises(ClaimbatchError, match="it is P by JH now"):
            correct(opened, "1", "D", "JH", candidates=["44"], seen={"44": ("", "")}, who="pat")
        assert correct(opened, "1", "D", candidates=["42"], seen={"42": ("P", "JH")}, who="pat").made
        assert {line.grade for line in opened.again().claim.only("0042").lines} == {"D"}


@pytest.mark.parametrize(
    ("grade", "why"), [(" ", "grade is blank"), ("U", "cannot be claimed"), ("Q", "cannot be claimed")]
)
def test_what_no_workbook_may_say_is_refused(centre, grade, why):
    with open_claim(centre.workspace, KEY) as opened, pytest.raises(ClaimbatchError, match=why):
        correct(opened, "1", grade, candidates=["0042"], who="pat")


def test_nothing_named_takes_nothing_off(centre):
    with (
        open_claim(centre.workspace, KEY) as opened,
        pytest.raises(ClaimbatchError, match="Nothing is named"),
    ):
        take_off(opened, who="pat")


def test_a_checklist_says_what_stands_in_the_way_until_it_is_mended(centre):
    """The page shows it in one request and submits in the next what was shown, or nothing."""
    with open_claim(centre.workspace, KEY) as opened:
        found = checklist(opened, centre_declared=True)
        assert found.in_the_way
        assert "declaration" in [problem.rule.name.split("-")[0] for problem in found.problems]
        with pytest.raises(ClaimbatchError, match="is not ready"):
            submit(opened, Submission("Pat", centre_declaration=True))
        declare(opened, candidates_meant(opened, everyone=True), who="pat")
    with open_claim(centre.workspace, KEY) as opened:
        shown = checklist(opened, centre_declared=True)
        assert not shown.in_the_way
    centre.done("claim", "set", KEY, "0042", "3", "D", "JH")
    with open_claim(centre.workspace, KEY) as opened:
        with pytest.raises(ClaimbatchError) as refused:
            submit(opened, Submission("Pat", centre_declaration=True), seen=shown.revision)
        assert refused.value.exit_code is Exit.LOCKED
        seen = checklist(opened, centre_declared=True).revision
        assert submit(opened, Submission("Pat", centre_declaration=True), seen=seen) == "C000001"
        with pytest.raises(ClaimbatchError, match="is submitted"):
            checklist(opened.again())
        assert give_number(opened.again(), "778899", who="pat")
        assert not give_number(opened.again(), "778899", who="pat")


def test_a_claim_that_changes_while_somebody_is_asked_is_not_submitted(centre):
    """What was opened before the question is what is submitted after it."""
    centre.done("claim", "declare", KEY, "--all")
    with open_claim(centre.workspace, KEY) as opened:
        assert not checklist(opened, centre_declared=True).in_the_way
        centre.done("claim", "set", KEY, "0043", "1", "P")
        with pytest.raises(ClaimbatchError, match="Another run has just changed"):
            submit(opened, Submission("Pat", centre_declaration=True))


def test_what_a_withdrawal_takes_is_seen_before(centre):
    centre.done("claim", "declare", KEY, "--all")
    with open_claim(centre.workspace, KEY) as opened:
        with pytest.raises(ClaimbatchError, match="only a claim that is"):
            lines_to_withdraw(opened)
        submit(opened, Submission("Pat", centre_declaration=True))
    with open_claim(centre.workspace, KEY) as opened:
        group = group_named(opened, "Unit 3", "sa", "merit")
        assert [line.candidate for line in lines_to_withdraw(opened, group)] == ["0043"]
        with pytest.raises(ClaimbatchError, match="has changed since it was shown"):
            withdraw(opened, "no evidence", group, who="pat", seen=opened.claim.revision - 1)
        assert withdraw(opened, "no evidence", group, who="pat", seen=opened.claim.revision) == 1
        assert opened.again().units_before == {"3"}


def test_the_history_tells_words_and_proves_itself(centre):
    with open_claim(centre.workspace, KEY) as opened:
        assert queries_of(opened) == []
        history = history_of(opened.store, KEY)
        assert [entry.event.kind for entry in history if entry.event.candidate] == ["added"] * 3
        assert verify_history(opened.store, KEY, opened.claim.head).faults == ()
        assert verify_history(opened.store, KEY, "0" * 8).faults == (
            "the hash given with --head is not in its history.",
        )
