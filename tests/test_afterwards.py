"""What comes after: a purge, a restore, a withdrawal, an answer that comes late. On both databases."""

import json
from pathlib import Path
from time import time

import pytest

from claimbatch.output.export import claim_rows
from tests.centre import CENTRE, Centre, put
from tests.small import CODE, offer
from tests.test_today import FIRST_AID, register

KEY, NEXT = f"{CENTRE}-{CODE}-1", f"{CENTRE}-{CODE}-2"
GRADES = {"Grades!E5": "P", "Grades!E6": "M", "Grades!F5": "D", "Units!D5": "JH", "Units!D6": "SA"}


@pytest.fixture
def centre(tmp_path: Path, url: str) -> Centre:
    centre = Centre.make(tmp_path / "centre", (CODE,), address=url)
    offer(centre)
    return centre


def merged(centre: Centre, cells: dict[str, object] = GRADES, name: str = "first.xlsx") -> Path:
    path = put(centre.issue(CODE), cells, name)
    centre.done("merge", path)
    return path


def submitted(centre: Centre, key: str = KEY) -> None:
    centre.done("claim", "declare", key, "--all")
    centre.done("claim", "submit", key, "--centre-declaration", "--submitted-by", "Pat", "--yes")


def withdrawn(centre: Centre, unit: str, assessor: str, grade: str) -> str:
    group = ("--unit", unit, "--assessor", assessor, "--grade", grade)
    return centre.done("claim", "withdraw", KEY, *group, "--reason", "not hers", "--yes")


def lines(centre: Centre, key: str = KEY) -> dict[tuple[str, str], str]:
    with centre.workspace.store() as store:
        return {target: " ".join(mark) for target, mark in store.lines_at(key).items()}


def queries(centre: Centre, key: str = KEY) -> list[tuple[str, str, str]]:
    rows = json.loads(centre.done("claim", "queries", key, "--format", "json"))
    return [(row["rule"], row["candidate"], row["answer"]) for row in rows]


# --- a number that is somebody else's ----------------------------------------------------------------------------


def test_a_purged_numbers_new_owner_inherits_nothing(centre, monkeypatch):
    """No grade of hers is shown as claimed before; by workbook, by hand, and on the next template."""
    merged(centre)
    submitted(centre)
    centre.done("moderation", "complete", KEY, "--reference", "R1")
    register(centre, "0044", "0051")
    monkeypatch.setenv(
        "SOURCE_DATE_EPOCH", str(int(time()) + 60)
    )  # ended before now, not in this very second
    centre.done("purge", "--months", 0, "--yes")
    file = centre.workspace.folder / "new.csv"
    file.write_text(
        f'entry_code,candidate_number,candidate_name,date_of_birth\n{CODE},0042,"Novak, Ben",2009-09-09\n'
    )
    centre.done("entries", "import", file)
    assert centre.finds(put(centre.issue(CODE), GRADES)) == []
    merged(centre, {"Grades!E5": "M", "Units!D5": "JH"}, "next.xlsx")
    centre.done("claim", "set", NEXT, "0042", "2", "P", "SA")
    assert queries(centre, NEXT) == []


# --- restored ----------------------------------------------------------------------------------------------------


def revision(centre: Centre, key: str = KEY) -> int:
    return int(json.loads(centre.done("claim", "show", key, "--format", "json"))["revision"])


def test_after_a_restore_the_same_file_may_be_merged_again(centre):
    """What check says of it agrees with what merge does, before and after; and the undo of the undo is one."""
    merged(centre, {"Grades!G5": "P", "Units!D7": "SA"}, "other.xlsx")
    before, at = lines(centre), revision(centre)
    path = merged(centre)
    after, then = lines(centre), revision(centre)
    assert "already received" in centre.done("merge", path)
    assert "already received" in centre.done("check", path)
    centre.done("claim", "restore", KEY, "--revision", at)
    assert lines(centre) == before
    said = centre.done("check", path)
    assert ("no problems" in said, "already received" in said) == (True, False)
    assert "3 added" in centre.done("merge", path)
    assert lines(centre) == after
    assert "already received" in centre.done("merge", path)
    centre.done("claim", "restore", KEY, "--revision", at)
    centre.done("claim", "restore", KEY, "--revision", then)
    assert lines(centre) == after
    assert "already received" in centre.done("merge", path)


def test_a_restore_to_before_the_template_does_not_let_it_undo_anything(centre):
    """Its base is not what the claim says: a contradiction, as ever."""
    first = revision_of_empty(centre)
    merged(centre)
    path = put(centre.issue(CODE), {"Grades!E5": "D"}, "later.xlsx")
    centre.done("claim", "restore", KEY, "--revision", first)
    assert ("Grades!E5", "CB303") in centre.finds(path)


def revision_of_empty(centre: Centre) -> int:
    """The revision of a claim that has been started and holds nothing."""
    merged(centre, {"Grades!G5": "P", "Units!D7": "SA"}, "start.xlsx")
    centre.done("claim", "remove", KEY, "--unit", "3")
    return revision(centre)


def test_what_was_corrected_by_hand_stays_whatever_comes_again(centre):
    """The file was taken, and says nothing that it had not said before: a correction is no restore, nor overruled."""
    path = merged(centre)
    centre.done("claim", "set", KEY, "0042", "1", "D", "JH")
    assert "already received" in centre.done("merge", path)
    assert "already received" in centre.done("merge", path, "--overrule")
    assert lines(centre)["0042", "1"] == "D JH"


# --- withdrawn ---------------------------------------------------------------------------------------------------


def test_a_query_on_a_unit_claimed_before_closes_when_that_group_is_withdrawn(centre):
    merged(centre)
    submitted(centre)
    merged(centre, {"Grades!E5": "M", "Grades!E6": "D", "Units!D5": "JH"}, "again.xlsx")
    assert queries(centre, NEXT) == [("CB306", "0042", ""), ("CB306", "0043", "")]
    withdrawn(centre, "1", "JH", "P")
    assert queries(centre, NEXT) == [("CB306", "0043", "")]
    centre.done("claim", "answer", NEXT, 2, "--because", "improved")
    withdrawn(centre, "1", "JH", "M")
    assert queries(centre, NEXT) == [("CB306", "0043", "improved")]  # what was said stays on record
    submitted(centre, NEXT)
    assert queries(centre, NEXT) == [("CB306", "0043", "improved")]


@pytest.mark.parametrize(
    ("groups", "said", "step"),
    [
        ([], "3 lines withdrawn.", "Withdrawn, the whole claim"),
        (
            [("1", "JH", "P")],
            "2 lines withdrawn.",
            "Withdrawn, the rest of the claim: 2 lines; 1 line had been withdrawn before, by group",
        ),
        (
            [("1", "JH", "P"), ("1", "JH", "M"), ("2", "SA", "D")],
            "No lines withdrawn.",
            "Withdrawn, the claim, of which no line was left; 3 lines had been withdrawn before, by group",
        ),
    ],
    ids=["whole", "the rest", "nothing left"],
)
def test_a_claim_withdrawn_whole_after_groups_were_says_so(centre, groups, said, step):
    merged(centre)
    submitted(centre)
    for group in groups:
        withdrawn(centre, *group)
    told = centre.done("claim", "withdraw", KEY, "--reason", "all of it", "--yes")
    assert told == f"{said}\nClaim {KEY}: {step}.\n"
    assert f"{step} (" in centre.done("claim", "show", KEY)


def test_the_record_of_a_sampled_line_that_was_withdrawn_since_can_be_taken_back(centre, tmp_path):
    """Another body's unit by its title as well; whatever was never in the sample stays refused."""
    merged(centre, GRADES | FIRST_AID)
    submitted(centre)
    chosen = tmp_path / "sample.csv"
    chosen.write_text("candidate_number,unit\n0042,1\n0043,1\n0044,First Aid\n")
    centre.done("sample", "record", KEY, chosen)
    withdrawn(centre, "1", "JH", "P")
    withdrawn(centre, "First Aid (NCFE)", "SA", "M")
    chosen.write_text("candidate_number,unit\n0042,1\n0044,First Aid\n")
    assert "2 lines taken out" in centre.done("sample", "record", KEY, chosen, "--undo")
    assert centre.run("sample", "record", KEY, chosen)[0] == 2
    chosen.write_text("candidate_number,unit\n0051,1\n")
    assert centre.run("sample", "record", KEY, chosen, "--undo")[0] == 2
    left = json.loads(centre.done("sample", "show", KEY, "--format", "json"))["lines"]
    assert [row["candidate_number"] for row in left] == ["0043"]


# --- the sample that the moderator chose --------------------------------------------------------------------------


def test_a_sample_is_typed(centre):
    """Whole or not at all; what was typed wrongly is taken out in the same words."""
    merged(centre, GRADES | FIRST_AID)
    submitted(centre)
    words = ("--candidate", "42", "--unit", "1", "--candidate", "0044", "--unit", "First Aid")
    assert "2 lines added, 2 in all." in centre.done("sample", "record", KEY, *words)
    assert "2 lines taken out, none in all." in centre.done("sample", "record", KEY, *words, "--undo")
    code, said = centre.run("sample", "record", KEY, *words, "--candidate", "0051", "--unit", "1")
    assert (code, f"Not claimed in {KEY}: 0051 Unit 1." in said) == (2, True)
    assert centre.run("sample", "record", KEY)[0] == 2


def test_a_sample_is_shown_with_names_and_its_counts_stay_right(centre, tmp_path):
    """After a second record too; and it is in the export."""
    merged(centre)
    submitted(centre)
    centre.done("sample", "record", KEY, "--candidate", "0042", "--unit", "1")
    assert "Sampled: 1 line (" in centre.done("claim", "show", KEY)
    centre.done(
        "sample", "record", KEY, "--candidate", "0043", "--candidate", "0042", "--unit", "1", "--unit", "2"
    )
    assert "Sampled: 3 lines (1 at first) (" in centre.done("claim", "show", KEY)
    assert centre.done("sample", "show", KEY).splitlines()[2:] == [
        "0042       Ahmed, Sana  Unit 1  Unit title 1  P      JH",
        "0042       Ahmed, Sana  Unit 2  Unit title 2  D      SA",
        "0043       Brown, Tom   Unit 1  Unit title 1  M      JH",
        "3 lines in the moderator's sample, in 2 folders.",
    ]
    row = json.loads(centre.done("sample", "show", KEY, "--format", "json"))["lines"][0]
    assert row == {
        "candidate_number": "0042", "candidate_name": "Ahmed, Sana", "unit": "1", "unit_title": "Unit title 1",
        "grade": "P", "assessor_initials": "JH", "outcome": "",
    }  # fmt: skip
    centre.done("export", KEY, "-o", tmp_path / "claim.json")
    exported = json.loads((tmp_path / "claim.json").read_text("utf-8"))
    assert [row["sampled"] for row in exported] == ["yes", "yes", "yes"]


# --- an answer under another name --------------------------------------------------------------------------------

ASKED = {
    "Grades!E5": "P",
    "Units!D5": "JH",
    "Assessed by!F6": "SA",
}  # 0043 has initials and no grade in Unit 2
WAYS = {
    "put right": ({"Assessed by!F6": None}, []),
    "completed": ({"Grades!F6": "D"}, []),
    "explained": (
        {"Notes!A5": "Assessed by", "Notes!B5": "F6", "Notes!E5": "to follow"},
        [("CB202", "0043", "to follow")],
    ),
}


@pytest.mark.parametrize(("cells", "left"), WAYS.values(), ids=list(WAYS))
def test_a_query_is_answered_by_the_workbook_under_another_name(centre, cells, left):
    path = merged(centre, ASKED, "Jones.xlsx")
    assert queries(centre) == [("CB202", "0043", "")]
    centre.done("merge", put(path, {**cells, "Grades!G5": "P", "Units!D7": "SA"}, "Jones final.xlsx"))
    assert queries(centre) == left
    said = centre.run("claim", "submit", KEY, "--centre-declaration", "--submitted-by", "Pat", "--yes")[1]
    assert "CB403" not in said


def test_a_copy_that_does_not_say_what_the_other_said_answers_nothing_for_it(centre):
    """A colleague's copy of the same template, however much it says."""
    blank = centre.issue(CODE)
    centre.done("merge", put(blank, ASKED, "Jones.xlsx"))
    theirs = {"Grades!E5": None, "Assessed by!F6": None, "Grades!G6": "P", "Units!D7": "SA"}
    centre.done("merge", put(blank, theirs, "Adeyemi.xlsx"))
    assert queries(centre) == [("CB202", "0043", "")]


# --- files and words ---------------------------------------------------------------------------------------------


def test_an_export_is_never_written_over_unasked(centre, tmp_path):
    """Under its own name neither; the same again is no question."""
    merged(centre)
    own, mine = centre.workspace.folder / "outbox" / f"{KEY}.csv", tmp_path / "mine.csv"
    for options, path in (((), own), (("-o", mine), mine)):
        assert "Wrote" in centre.done("export", KEY, *options)
        assert "says this already" in centre.done("export", KEY, *options)
        path.write_text("notes of ours")
        code, said = centre.run("export", KEY, *options)
        assert (code, "is there already" in said, path.read_text()) == (2, True, "notes of ours")
        centre.done("export", KEY, *options, "--force")
        assert path.read_bytes().startswith("\ufeffclaim_number".encode())


def test_another_bodys_unit_is_called_by_its_title_and_body(centre):
    """Wherever a person reads it; programs get the title and the body each by itself."""
    path = merged(centre, GRADES | FIRST_AID)
    said = centre.done("merge", put(path, {"Other units!D5": "D"}, "better.xlsx"), "--overrule")
    assert "changed 0044 First Aid (NCFE): M by SA → D by SA" in said
    for words in (("claim", "show", KEY), ("claim", "show", KEY, "--by", "unit"), ("claim", "history", KEY)):
        shown = centre.done(*words)
        assert ("First Aid (NCFE)" in shown, "Unit First Aid" in shown) == (True, False)
    assert "First Aid (NCFE): changed." in centre.done(
        "claim", "set", KEY, "0044", "First Aid (NCFE)", "P", "SA"
    )
    with centre.workspace.store() as store:
        row = claim_rows(store.claim(KEY, centre.catalogue))[-1]
    assert (row["unit"], row["unit_title"], row["awarding_body"]) == ("", "First Aid", "NCFE")
    submitted_with_first_aid = centre.run("claim", "submit", KEY, "--submitted-by", "Pat", "--yes")[1]
    assert "First Aid (NCFE) of candidate 0044 was awarded by another body" in submitted_with_first_aid


def test_a_unit_of_another_body_claimed_before_is_named_like_that(centre):
    merged(centre, GRADES | FIRST_AID)
    submitted(centre)
    path = put(centre.issue(CODE), FIRST_AID)
    said = [problem.message for problem in centre.check(path).problems]
    assert said == [
        f"First Aid (NCFE) of candidate 0044 has been claimed before: M by SA in claim {KEY}, submitted."
    ]
