"""Sample and moderation as a page handles them: simulated, ticked, seen before recorded, taken back, completed."""

from pathlib import Path

import pytest

from claimbatch.claims.decisions import Verdict
from claimbatch.claims.life import Submission
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.form.qualification import Catalogue
from claimbatch.moderation.simulation import Folders
from claimbatch.office.declaring import answer, candidates_meant, declare
from claimbatch.office.moderating import (
    agreeing,
    changing,
    complete,
    outcome_of,
    record_decisions,
    reopen,
    still_open,
    take_back_decisions,
    take_back_withdrawal,
    undecided,
    what_is_recorded,
)  # fmt: skip
from claimbatch.office.moderators import hear_workbook, make_workbook
from claimbatch.office.opened import open_claim
from claimbatch.office.sample import choose_sample, hear_sample, record_sample, sample_of
from claimbatch.office.sampling import (
    basis_of,
    draw_sample,
    simulate_samples,
    write_sample_list,
    write_simulation,
)  # fmt: skip
from claimbatch.office.strategies import strategies_known
from claimbatch.office.submitting import group_named, submit, withdraw
from claimbatch.office.work_folders import make_folders, plan_folders
from claimbatch.workspace import Workspace
from tests.centre import CENTRE, IT, Centre, put

KEY = f"{CENTRE}-{IT}-1"
SANA, TOM, TOMS_OTHER = ("0042", "1"), ("0043", "1"), ("0043", "3")


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    """Sana has Unit 1, Tom Units 1 and 3, and the claim is with the moderator."""
    centre = Centre.make(tmp_path / "centre", (IT,))
    grades = {"Grades!E5": "P", "Grades!E6": "D", "Grades!G6": "M", "Units!D5": "JH", "Units!D7": "SA"}
    centre.done("merge", put(centre.issue(), grades))
    with open_claim(centre.workspace, KEY) as opened:
        declare(opened, candidates_meant(opened, everyone=True), who="pat")
        submit(opened.again(), Submission("Pat", centre_declaration=True))
    return centre


@pytest.fixture
def sampled(centre: Centre) -> Centre:
    """The moderator asks for Sana's and for Tom's Unit 1."""
    with open_claim(centre.workspace, KEY) as opened:
        record_sample(opened, [SANA, TOM], who="pat")
    return centre


def test_a_sample_is_drawn_and_thousands_are_simulated(centre):
    """Nothing was seen by a moderator before, so nothing is likelier; both can be printed."""
    basis = basis_of(centre.workspace, KEY, "ocr-visit")
    drawn = draw_sample(basis, "7")
    assert (drawn.seed, drawn.simulated, drawn == draw_sample(basis, "7"), basis.likelier) == (
        "7",
        True,
        True,
        "",
    )
    assert [path.name for path in write_sample_list(basis, drawn, styles=["html"])] == [
        f"{KEY}_sample_ocr-visit_7.html"
    ]
    made = simulate_samples(basis, 50)
    assert made.folders.enough[-1][2] == 1
    assert [path.name for path in write_simulation(basis, made, styles=["html"])] == [
        f"{KEY}_simulation_ocr-visit.html"
    ]
    with pytest.raises(ClaimbatchError, match="has no stages") as refused:
        simulate_samples(basis, 50, first_part=True)
    assert basis.staged[0] in refused.value.hint


def test_strategies_are_told_in_words(centre):
    """Their sizes for each unit or claim, and whose they are; one by its name."""
    known = {row.strategy: row for row in strategies_known(centre.workspace)}
    assert strategies_known(centre.workspace, "ocr-visit") == [known["ocr-visit"]]
    assert all(row.sizes and row.basis and row.source for row in known.values())
    assert {row.strategy for row in known.values() if row.first} == set(
        basis_of(centre.workspace, KEY, "ocr-visit").staged
    )
    with pytest.raises(ClaimbatchError):
        strategies_known(centre.workspace, "nobody")


def test_folders_are_summed_up_once(centre):
    """How many are enough for what share of the draws, in the order of their number."""
    assert Folders({3: 1, 1: 1, 2: 2}).enough == [(1, 1, 0.25), (2, 2, 0.75), (3, 1, 1.0)]
    assert Folders({}).enough == []


def test_a_sample_is_recorded_from_ticks_from_a_list_and_taken_back(centre, tmp_path):
    listed = tmp_path / "sample.csv"
    listed.write_text("candidate number,unit\n0043,3\n", "utf-8")
    with open_claim(centre.workspace, KEY) as opened:
        assert record_sample(opened, [SANA], who="pat").new == 1
    with open_claim(centre.workspace, KEY) as opened:
        heard = hear_sample(opened, listed)
        assert (heard.lines, heard.returned) == ((TOMS_OTHER,), None)
        done = record_sample(opened, heard.lines, who="pat")
        assert (done.new, done.every) == (1, 2)
        seen = sample_of(opened.again())
        assert ([line.unit for line in seen.sample.lines], set(seen.outcomes.values())) == (["1", "3"], {""})
        assert record_sample(opened.again(), [SANA], who="pat", undo=True).every == 1
        with pytest.raises(ClaimbatchError, match="Not claimed"):
            record_sample(opened.again(), [("0044", "1")], who="pat")


def test_a_sample_is_corrected_in_one_step(sampled):
    """What is ticked is put in and what is not is taken out, all or none; and only as it was seen."""
    with open_claim(sampled.workspace, KEY) as opened:
        done = choose_sample(opened, [TOMS_OTHER], [TOM], who="pat", seen=opened.claim.revision)
        assert (done.new, done.out) == (1, 1)
        now = opened.again()
        assert now.standing.sampled == {SANA, TOMS_OTHER}
        record_decisions(now, agreeing(now, [SANA]), who="pat")
        now = opened.again()
        with pytest.raises(ClaimbatchError, match="decision on 0042"):
            choose_sample(now, [TOM], [SANA], who="pat")
        with pytest.raises(ClaimbatchError, match="Not claimed"):
            choose_sample(now, [TOM], [("0051", "1")], who="pat")
        assert opened.again().standing.sampled == {SANA, TOMS_OTHER}
        with pytest.raises(ClaimbatchError, match="has changed since it was shown"):
            choose_sample(now, [TOM], [], who="pat", seen=1)


def test_a_moderators_workbook_goes_out_and_its_ticks_come_back(centre):
    """Nothing ticked is refused; what was filled in is written over by nothing."""
    with open_claim(centre.workspace, KEY) as opened:
        made = make_workbook(opened, "sample")
        with pytest.raises(ClaimbatchError, match="Nothing is ticked"):
            _ = hear_sample(opened, made.path).lines
        put(made.path, {"Sample!G5": "Yes"})
        heard = hear_sample(opened, made.path)
        assert heard.returned
        assert (heard.returned.problems, heard.lines) == ((), (SANA,))
        assert make_workbook(opened, "sample").left == made.path


def test_decisions_are_seen_before_they_are_recorded(sampled):
    """The page shows them in one request and records them in the next, unless the claim has changed."""
    with open_claim(sampled.workspace, KEY) as opened:
        assert undecided(opened.standing) == [SANA, TOM]
        decisions = [*agreeing(opened, [SANA]), *changing(opened, [TOM], "merit", "thin evidence")]
        assert [(decision.verdict, decision.grade) for decision in decisions] == [
            (Verdict.AGREED, "P"), (Verdict.CHANGED, "M"),
        ]  # fmt: skip
        planned = what_is_recorded(opened, decisions, who="pat")
        assert (planned.agreed, planned.changed) == (1, 1)
        assert still_open(opened.again()) == (2, 2)
        with pytest.raises(ClaimbatchError) as refused:
            record_decisions(opened, decisions, who="pat", seen=opened.claim.revision - 1)
        assert refused.value.exit_code is Exit.LOCKED
        assert record_decisions(opened, decisions, who="pat", seen=opened.claim.revision) == planned
        seen = outcome_of(opened.again())
        told = [(result.state.value, result.grade) for result in seen.outcome.told]
        assert (told, list(seen.words.values())) == ([("agreed", "P"), ("changed", "M")], ["thin evidence"])
        assert take_back_decisions(opened.again(), [SANA], who="pat") == 1
        assert still_open(opened.again()) == (1, 2)


@pytest.mark.parametrize(
    ("grade", "why"), [("Q", "not a grade that can be agreed"), ("D", "is what was claimed")]
)
def test_what_changes_nothing_or_is_no_grade_is_refused(sampled, grade, why):
    with open_claim(sampled.workspace, KEY) as opened, pytest.raises(ClaimbatchError, match=why):
        changing(opened, [TOM], grade)


def test_a_withdrawn_group_comes_back(sampled):
    with open_claim(sampled.workspace, KEY) as opened:
        group = group_named(opened, "3", "SA", "M")
        withdraw(opened, "no evidence", group, who="pat")
    with open_claim(sampled.workspace, KEY) as opened:
        assert len(opened.claim.lines) == 2
        assert take_back_withdrawal(opened, group, who="pat") == 1
        assert len(opened.again().claim.lines) == 3


def test_a_claim_is_completed_under_a_reference_and_opened_again(sampled):
    with open_claim(sampled.workspace, KEY) as opened:
        with pytest.raises(ClaimbatchError, match="reference of claim"):
            complete(opened, who="pat")
        done = complete(opened, "R-1", who="pat")
        assert (done.reference, done.undecided) == ("R-1", 2)
        reopen(opened.again(), who="pat")
        assert opened.again().claim.reference == ""


def test_a_workbook_of_decisions_is_heard_whatever_claim_it_is_of(sampled):
    with open_claim(sampled.workspace, KEY) as opened:
        made = make_workbook(opened, "moderation")
        seal = sampled.workspace.key()
        returned = hear_workbook(opened.store, opened.catalogue, seal, made.path, form="moderation")
    assert (returned.claim_key, returned.problems, returned.decisions) == (KEY, (), ())


def test_folders_for_the_work_are_planned_and_then_made(sampled):
    """Again there is nothing to do; a line out of the sample is left, and named."""
    workspace = sampled.workspace
    planned = plan_folders(workspace, KEY)
    assert (len(planned.every), len(planned.new), planned.root.exists()) == (2, 2, False)
    assert len(list(make_folders(workspace, planned))) == 2
    again = plan_folders(workspace, KEY)
    assert (again.new, again.left) == ((), ())
    with open_claim(workspace, KEY) as opened:
        record_sample(opened, [TOM], who="pat", undo=True)
    assert plan_folders(workspace, KEY).left == (planned.new[1].folder,)


def test_each_step_says_which_message_is_due(sampled):
    """After the sample and at completion to the centre, after submission to the moderator."""
    said = sampled.done("sample", "record", KEY, "--candidate", "0043", "--unit", "3")
    assert said.endswith(f"To tell the centre: claimbatch letters {KEY}\n")
    said = sampled.done("moderation", "complete", KEY, "--reference", "R-1")
    assert said.endswith(f"To tell the centre: claimbatch letters {KEY}\n")


@pytest.mark.parametrize(
    "command",
    [
        ["sample", "record", KEY, "--candidate", "0043", "--unit", "3"],
        ["moderation", "agree", KEY, "--all"],
        ["moderation", "show", KEY],
        ["moderation", "complete", KEY, "--reference", "R-1"],
    ],
)
def test_what_is_done_to_one_claim_reads_the_qualifications_once(sampled, monkeypatch, command):
    """They take longer to read than the claim does."""
    read: list[Workspace] = []
    catalogue = Workspace.catalogue

    def counted(workspace: Workspace) -> Catalogue:
        read.append(workspace)
        return catalogue(workspace)

    monkeypatch.setattr(Workspace, "catalogue", counted)
    sampled.done(*command)
    assert len(read) == 1


def test_a_decision_that_is_taken_back_and_given_again_is_recorded_again(sampled):
    """Both on one form: nothing is lost for having stood there before."""
    with open_claim(sampled.workspace, KEY) as opened:
        record_decisions(opened, agreeing(opened, [SANA]), who="pat")
        again = opened.again()
        done = record_decisions(again, agreeing(again, [SANA]), back=[SANA], who="pat")
        assert (done.agreed, still_open(again.again())) == (1, (1, 2))


def test_what_is_kept_for_good_is_not_left_blank(centre):
    """A program may call these as a command does: what a command asks for is asked for there, too."""
    with open_claim(centre.workspace, KEY) as opened:
        for call in (
            lambda: withdraw(opened, " ", who="pat"),
            lambda: answer(opened, 1, "", who="pat"),
            lambda: submit(opened, Submission("", centre_declaration=True)),
        ):
            with pytest.raises(ClaimbatchError, match="is blank"):
                call()
