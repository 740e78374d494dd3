"""A claim's life by its commands: from not submitted to completed or withdrawn; nothing changes it out of turn."""

import csv
import json
import multiprocessing
from pathlib import Path

import pytest
from sqlalchemy import text

from claimbatch.claims.life import Submission, submit
from claimbatch.claims.store import Store
from claimbatch.claims.submitted import withdraw
from claimbatch.claims.taking import Brought, take
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.form.layout import BY_UNIT
from claimbatch.workspace import Workspace
from tests.centre import CENTRE, IT, MEDIA, Centre, put

KEY, NEXT = f"{CENTRE}-{IT}-1", f"{CENTRE}-{IT}-2"
TWO = {"Claim!E5": "P", "Claim!F5": "JH", "Claim!E6": "M", "Claim!F6": "SA"}  # 0042 and 0043
SUBMIT = ("claim", "submit", KEY, "--centre-declaration", "--submitted-by", "Pat Lee", "--yes")
CLOSED = "the centre can no longer change it"


@pytest.fixture
def centre(tmp_path: Path, url: str) -> Centre:
    return Centre.make(tmp_path / "centre", (IT,), address=url)


@pytest.fixture
def claim(centre: Centre) -> str:
    """An open claim: Unit 3 of 0042 is P by JH, of 0043 M by SA."""
    centre.done("merge", put(centre.issue(IT, BY_UNIT, 3), TWO))
    return KEY


def submitted(centre: Centre) -> None:
    centre.done("claim", "declare", KEY, "--all")
    centre.done(*SUBMIT)


def status(centre: Centre, key: str = KEY) -> str:
    with centre.workspace.store() as store:
        return next(row.status.value for row in store.claims() if row.key == key)


def lines(centre: Centre, key: str = KEY) -> dict[tuple[str, str], str]:
    with centre.workspace.store() as store:
        return {target: " ".join(mark) for target, mark in store.lines_at(key).items()}


def kinds(centre: Centre, key: str = KEY) -> list[str]:
    with centre.workspace.store() as store:
        return [event.kind for event in store.history(key)]


# --- corrections -------------------------------------------------------------------------------------------------


def test_a_correction_by_hand_is_kept_with_old_and_new(centre, claim):
    centre.done("claim", "set", claim, "0042", "Unit 3", "d", "SA", "--by", "Pat")
    centre.done("claim", "set", claim, "0044", "3", "M", "JH", "--by", "Pat")
    centre.done("claim", "set", claim, "0043", "3", "Not claiming", "--by", "Pat")
    assert "nothing to change" in centre.done("claim", "set", claim, "0042", "3", "D", "SA")
    assert lines(centre) == {("0042", "3"): "D SA", ("0044", "3"): "M JH"}
    shown = list(csv.DictReader(centre.done("claim", "history", claim, "--format", "csv").splitlines()))
    assert [(r["who"], r["event"], r["candidate"], r["old"], r["new"]) for r in shown[-3:]] == [
        ("Pat", "changed", "0042", "P by JH", "D by SA"),
        ("Pat", "added", "0044", "not claimed", "M by JH"),
        ("Pat", "removed", "0043", "M by SA", "not claimed"),
    ]


@pytest.mark.parametrize(
    "words",
    [
        ("9999", "3", "P", "JH"),
        ("0042", "99", "P", "JH"),
        ("0042", "3", "U", "JH"),
        ("0042", "3", "P", "XX"),
        ("0044", "3", "P"),
        ("0042", "other:NCFE", "P", "JH"),
        ("0042", "other::First Aid", "P", "JH"),
        ("0042", "First Aid", "P", "JH"),
    ],
    ids=["candidate", "unit", "grade", "assessor", "nobody", "no title", "no body", "title of none"],
)
def test_by_hand_nothing_goes_in_that_a_workbook_may_not_say(centre, claim, words):
    before = lines(centre)
    assert centre.run("claim", "set", claim, *words)[0] == 2
    assert lines(centre) == before


def test_a_unit_of_another_body_goes_by_body_and_title_until_it_is_on_the_claim(centre, claim):
    """Then by its title, too."""
    said = centre.done("claim", "set", claim, "0042", "other: NCFE:First  Aid", "P", "JH")
    assert said == "Candidate 0042, First Aid (NCFE): added.\n"
    assert lines(centre)["0042", "other:NCFE:First Aid"] == "P JH"
    assert "changed" in centre.done("claim", "set", claim, "0042", "first aid", "M", "JH")


def test_a_qualification_that_takes_no_other_bodys_units_takes_none_by_hand(tmp_path):
    centre = Centre.make(tmp_path / "media", (MEDIA,))
    centre.done("merge", put(centre.issue(MEDIA), {"Grades!E5": "P", "Assessed by!E5": "JH"}))
    refused = centre.run("claim", "set", f"{CENTRE}-{MEDIA}-1", "0042", "other:NCFE:First Aid", "P", "JH")
    assert refused == (2, f"claimbatch: First Aid (NCFE) cannot be claimed for {MEDIA}.\n  Check the unit.\n")
    exam = centre.run("claim", "set", f"{CENTRE}-{MEDIA}-1", "0042", 1, "P", "JH")
    assert exam == (
        2,
        f"claimbatch: Unit 1 cannot be claimed for {MEDIA}: it is an exam.\n  Check the unit.\n",
    )


def test_by_hand_numbers_and_initials_are_taken_as_people_write_them(centre, claim):
    """As workbooks take them: a lost zero, a spelt-out unit and grade, initials in small letters."""
    said = centre.done("claim", "set", claim, "42", "unit 03", "Distinction", "sa")
    assert said == "Candidate 0042, Unit 3: changed.\n"
    assert lines(centre)["0042", "3"] == "D SA"
    assert "1 line removed" in centre.done("claim", "remove", claim, "--candidate", "42", "--unit", "3")


@pytest.mark.parametrize(
    "words",
    [
        ("claim", "remove", KEY, "--unit", " "),
        ("claim", "remove", KEY, "--unit", "Unit"),
        ("claim", "remove", KEY, "--unit", ""),
        ("claim", "remove", KEY, "--candidate", ""),
        ("claim", "remove", KEY, "--candidate", "all"),
        ("claim", "declare", KEY, "--candidate", ""),
        (
            "claim",
            "submit",
            KEY,
            "--submitted-by",
            "Pat",
            "--centre-declaration",
            "--claim-number",
            " ",
            "--yes",
        ),
    ],
    ids=" ".join,
)
def test_a_blank_option_is_never_everything(centre, claim, words):
    """As when a script's variable is empty."""
    before = kinds(centre)
    assert centre.run(*words)[0] == 2
    assert kinds(centre) == before


def test_a_blank_group_withdraws_nothing(centre, claim):
    submitted(centre)
    blank = ("--unit", "", "--assessor", "", "--grade", "")
    assert centre.run("claim", "withdraw", KEY, *blank, "--reason", "x", "--yes")[0] == 2
    assert status(centre) == "submitted"


def test_no_two_claims_have_one_claim_number(centre, claim):
    submitted(centre)
    centre.done("merge", put(centre.issue(IT, BY_UNIT, 4), {"Claim!E5": "P", "Claim!F5": "JH"}, "next.xlsx"))
    centre.done("claim", "declare", NEXT, "--all")
    words = (*SUBMIT[:2], NEXT, *SUBMIT[3:], "--claim-number", "C000001")
    code, said = centre.run(*words)
    assert (code, "has the claim number C000001 already" in said) == (2, True)


def test_lines_are_removed_by_candidate_by_unit_or_one(centre, claim):
    for number in ("0042", "0043", "0044"):
        centre.done("claim", "set", claim, number, "4", "P", "JH")
    assert "2 lines removed" in centre.done("claim", "remove", claim, "--candidate", "0042")
    assert "1 line removed" in centre.done(
        "claim", "remove", claim, "--candidate", "0043", "--unit", "Unit 4"
    )
    assert "1 line removed" in centre.done("claim", "remove", claim, "--unit", "3")
    assert lines(centre) == {("0044", "4"): "P JH"}
    assert centre.run("claim", "remove", claim)[0] == 2


def test_what_was_done_can_be_undone(centre, claim):
    """By hand or by a merge, back to any revision; the history keeps both ways."""
    before = lines(centre)
    said = centre.done("claim", "remove", claim, "--unit", "3")
    undo = said.splitlines()[0].partition("claimbatch ")[2].split()
    assert undo[:4] == ["claim", "restore", claim, "--revision"]
    assert "it would be 2 lines" in centre.done(*undo, "--dry-run")
    assert lines(centre) == {}
    centre.done(*undo)
    assert lines(centre) == before
    assert kinds(centre)[-4:] == ["removed", "removed", "added", "added"]
    centre.done("claim", "restore", claim, "--revision", 1)
    assert lines(centre) == {}
    assert centre.run("claim", "restore", claim, "--revision", 999)[0] == 2
    assert centre.done("claim", "history", claim, "--verify").startswith(f"Claim {claim} is whole")


def test_a_claim_shows_whose_declaration_is_missing_and_what_has_become_of_it(centre, claim):
    centre.done("claim", "declare", claim, "--candidate", "0042")
    assert "Declarations: 1 of 2; not yet: 0043" in centre.done("claim", "show", claim)
    submitted(centre)
    group = ("--unit", "3", "--assessor", "JH", "--grade", "P")
    centre.done("claim", "withdraw", claim, *group, "--reason", "a copy", "--yes", "--by", "M")
    shown = json.loads(centre.done("claim", "show", claim, "--format", "json"))
    assert [(step["what"], step["who"]) for step in shown["steps"][1:]] == [
        ("Submitted, claim number C000001", "Pat Lee"),
        ("Withdrawn: Unit 3, JH, P (1 line)", "M"),
    ]
    assert (shown["undeclared"], shown["open_queries"]) == ([], [])


def test_why_the_moderator_withdrew_it_stands_beside_the_history(centre, claim):
    """Where a purge can remove it: a reason may name people. The history keeps its hash."""
    submitted(centre)
    centre.done("claim", "withdraw", claim, "--reason", "copied from Sana", "--yes")
    assert "copied from Sana" in centre.done("claim", "history", claim)
    with centre.workspace.store() as store:
        assert "Sana" not in repr(store.history(claim))
        assert list(store.explanations(claim).values()) == ["copied from Sana"]


# --- before submission -------------------------------------------------------------------------------------------


def test_all_that_is_missing_is_listed_at_once(centre, claim):
    """Declarations and unanswered queries; exit 1, and nothing has happened."""
    centre.done("merge", put(centre.issue(IT, BY_UNIT, 4), {"Claim!F7": "JH"}, "query.xlsx"))
    code, shown = centre.run(*SUBMIT)
    assert (code, shown.count("CB401"), shown.count("CB403")) == (1, 1, 1)
    assert status(centre) == "not-submitted"
    centre.done("claim", "declare", claim, "--all")
    code, shown = centre.run(*SUBMIT)
    assert (code, shown.count("CB401"), shown.count("CB403")) == (1, 0, 1)


def test_a_claim_without_a_grade_is_not_submitted(centre, claim):
    centre.done("claim", "remove", claim, "--unit", "3")
    code, shown = centre.run(*SUBMIT)
    assert (code, "CB402" in shown) == (1, True)


def test_declarations_come_from_a_file_and_can_be_taken_back(centre, claim, tmp_path):
    signed = tmp_path / "signed.csv"
    signed.write_text("Candidate number\n0042\n43\n\n")
    assert "2 declarations recorded" in centre.done("claim", "declare", claim, "--file", signed)
    bad = tmp_path / "bad.csv"
    bad.write_text("0042\nsee Jo\n")
    code, said = centre.run("claim", "declare", claim, "--file", bad)
    assert (code, said.count(f'{bad}, line 2: "see Jo" is not a candidate number')) == (2, 1)
    centre.done("claim", "declare", claim, "--candidate", "0043", "--undo")
    code, shown = centre.run(*SUBMIT)
    assert (code, "0043" in shown, "0042" in shown) == (1, True, False)
    assert centre.run("claim", "declare", claim, "--candidate", "0051")[0] == 2


def test_without_the_centre_declaration_or_a_yes_nothing_is_submitted(centre, claim):
    without = [word for word in SUBMIT if word != "--centre-declaration"]
    code, said = centre.run(*without)
    assert (code, said.count("CB401"), "The centre has not made its declaration" in said) == (1, 2, True)
    centre.done("claim", "declare", claim, "--all")
    assert centre.run(*without)[0] == 1
    assert centre.run(*SUBMIT[:-1])[0] == 2
    assert status(centre) == "not-submitted"


# --- queries and answers -----------------------------------------------------------------------------------------


def queried(centre: Centre) -> Path:
    """A workbook with a query: initials for 0044 without a grade."""
    path = put(centre.issue(IT, BY_UNIT, 3), {**TWO, "Claim!F7": "SA"}, "queried.xlsx")
    centre.done("merge", path)
    return path


def answers(centre: Centre) -> list[tuple[str, str, str]]:
    rows = json.loads(centre.done("claim", "queries", KEY, "--format", "json"))
    return [(row["rule"], row["candidate"], row["answer"]) for row in rows]


def answer(centre: Centre, words: str) -> None:
    assert "Query 1 answered." in centre.done("claim", "answer", KEY, 1, "--because", words)


def test_an_answer_holds_when_the_same_query_comes_again(centre):
    """A later workbook of the same template that raises it once more needs no second answer."""
    path = queried(centre)
    answer(centre, "to follow")
    centre.done("merge", put(path, {"Claim!E8": "D", "Claim!F8": "JH"}, "later.xlsx"))
    assert answers(centre) == [("CB202", "0044", "to follow")]
    assert json.loads(centre.done("claim", "queries", KEY, "--format", "json"))[0]["query"] == 1


@pytest.mark.parametrize("cells", [{"Claim!F7": None}, {"Claim!E7": "P"}], ids=["cleared", "completed"])
@pytest.mark.parametrize("name", ["queried.xlsx", "Queried_marked.xlsx", "queried (1).xlsx"])
def test_a_query_put_right_in_the_same_workbook_is_settled(centre, cells, name):
    """It is known by its name, whatever a marked copy or a download adds to that."""
    path = queried(centre)
    centre.done("merge", put(path, cells, name))
    assert answers(centre) == []


def test_a_query_put_right_in_a_workbook_that_says_nothing_else_is_settled(centre):
    """Even where nothing is claimed in the end."""
    path = put(centre.issue(IT, BY_UNIT, 3), {"Claim!F7": "SA"}, "queried.xlsx")
    centre.done("merge", path)
    assert answers(centre) == [("CB202", "0044", "")]
    centre.done("merge", put(path, {"Claim!F7": None}))
    assert answers(centre) == []


@pytest.mark.parametrize("names", [("a.xlsx", "b.xlsx"), ("b.xlsx", "a.xlsx")])
@pytest.mark.parametrize("together", [True, False])
def test_a_colleagues_copy_of_the_form_settles_nothing(centre, names, together):
    """Two teachers with copies of one form: what one is asked the other has not answered, in whatever order."""
    form = centre.issue(IT)
    mine = put(form, {"Grades!E5": "P", "Assessed by!E5": "JH", "Assessed by!F6": "SA"}, names[0])
    theirs = put(form, {"Grades!G5": "P", "Assessed by!G5": "SA"}, names[1])
    for some in [(mine, theirs)] if together else [(mine,), (theirs,)]:
        centre.done("merge", *some)
    assert answers(centre) == [("CB202", "0043", "")]


def test_a_query_about_somebody_no_longer_on_the_claim_is_settled(centre):
    """0042 has two grades and a query about the person; it goes with the last of the grades."""
    path = put(
        centre.issue(IT), {"Grades!A5": 42, "Grades!E5": "P", "Grades!F5": "P", "Assessed by!E5": "JH"}
    )
    centre.done("merge", put(path, {"Assessed by!F5": "JH"}))
    assert answers(centre) == [("CB108", "0042", "")]
    centre.done("claim", "remove", KEY, "--candidate", "0042", "--unit", "1")
    assert len(answers(centre)) == 1
    centre.done("claim", "remove", KEY, "--candidate", "0042")
    assert [rule for rule, candidate, _ in answers(centre) if candidate] == []


def test_a_unit_claimed_before_is_a_query_by_hand_too(centre, claim):
    """In a workbook or by hand: a grade stated anew does not answer why the unit is claimed again."""
    submitted(centre)
    again = {"Claim!E5": "M", "Claim!F5": "JH"}
    centre.done("merge", put(centre.issue(IT, BY_UNIT, 3), again, "again.xlsx"))
    centre.done("claim", "set", NEXT, "0043", "3", "D", "JH")
    for _ in range(2):
        rows = json.loads(centre.done("claim", "queries", NEXT, "--format", "json"))
        assert [(row["rule"], row["candidate"]) for row in rows] == [("CB306", "0042"), ("CB306", "0043")]
        centre.done("claim", "set", NEXT, "0042", "3", "D", "JH")
    centre.done("claim", "remove", NEXT, "--candidate", "0042")
    rows = json.loads(centre.done("claim", "queries", NEXT, "--format", "json"))
    assert [row["candidate"] for row in rows] == ["0043"]


def test_queries_are_asked_in_words(centre):
    queried(centre)
    assert "An assessor is named where no grade is claimed." in centre.done("claim", "queries", KEY)


@pytest.mark.parametrize("by_hand", [True, False])
def test_a_query_is_settled_when_the_grade_is_stated_elsewhere(centre, by_hand):
    queried(centre)
    if by_hand:
        centre.done("claim", "set", KEY, "0044", "3", "P", "SA")
    else:
        cells = {"Claim!E7": "P", "Claim!F7": "SA"}
        centre.done("merge", put(centre.issue(IT, BY_UNIT, 3), cells, "fresh.xlsx"))
    assert answers(centre) == []


# --- three-way merge ---------------------------------------------------------------------------------------------


def test_an_old_workbook_that_comes_back_late_undoes_nothing(centre):
    """CB303 shows base, theirs and ours, and where ours was said."""
    old = centre.issue(IT, BY_UNIT, 3, into=centre.workspace.folder / "old")
    centre.done("merge", put(centre.issue(IT, BY_UNIT, 3), TWO, "newer.xlsx"))
    late = put(old, {"Claim!E5": "D", "Claim!F5": "SA", "Claim!E7": "P", "Claim!F7": "JH"}, "late.xlsx")
    code, shown = centre.run("merge", late, "--all")
    assert (code, lines(centre)) == (1, {("0042", "3"): "P JH", ("0043", "3"): "M SA"})
    words = " ".join(shown.split())
    assert (
        "D by SA here, but since this template was issued (not claimed) the claim has changed to P by JH ("
        in words
    )
    assert "(from newer.xlsx, Claim!E5, taken by " in words
    assert f"claimbatch claim set {KEY} 0042" in words


def test_what_was_merged_is_no_rival_to_what_comes_now(centre):
    """check of a folder says what merge would: the first version has been taken, the second carries it on."""
    path = put(centre.issue(IT, BY_UNIT, 3), TWO, "first.xlsx")
    centre.done("merge", path)
    put(path, {"Claim!E5": "D"}, "second.xlsx")
    code, said = centre.run("check", path.parent)
    assert (code, said.count("CB302"), said.count("CB303")) == (0, 0, 0)


def test_a_workbook_taken_in_part_is_put_right_and_taken_whole(centre):
    path = put(centre.issue(IT, BY_UNIT, 3), {**TWO, "Claim!E7": "Q", "Claim!F7": "JH"}, "part.xlsx")
    assert centre.run("merge", path, "--partial")[0] == 1
    assert lines(centre) == {("0042", "3"): "P JH", ("0043", "3"): "M SA"}
    shown = centre.done("merge", put(path, {"Claim!E7": "P"}, "whole.xlsx"))
    assert "1 added, 0 changed, 0 removed, 2 unchanged" in shown
    assert lines(centre)["0044", "3"] == "P JH"
    assert "already received" in centre.done("merge", path.with_name("whole.xlsx"))


def test_two_workbooks_of_one_run_that_disagree_name_both_cells_and_both_people(centre):
    unit = put(centre.issue(IT, BY_UNIT, 3), TWO, "unit.xlsx")
    both = {"Grades!G5": "D", "Assessed by!G5": "SA"}
    grid = put(centre.issue(IT), both, "grid.xlsx")
    problems = centre.check(unit, grid).problems
    assert [(str(p.place), p.message) for p in problems] == [
        ("Claim!E5", "P by JH here, but D by SA in grid.xlsx, Grades!G5."),
        ("Grades!G5", "D by SA here, but P by JH in unit.xlsx, Claim!E5."),
    ]


# --- after submission --------------------------------------------------------------------------------------------


CHANGES = [
    ("claim", "set", KEY, "0042", "3", "D", "JH"),
    ("claim", "remove", KEY, "--candidate", "0042"),
    ("claim", "declare", KEY, "--all"),
    SUBMIT,
]


@pytest.mark.parametrize("end", ["submitted", "sampled", "completed", "withdrawn"])
def test_after_submission_every_change_is_refused_and_it_is_said_who_still_can(centre, claim, end, tmp_path):
    submitted(centre)
    if end == "sampled":
        sample(centre, tmp_path, "0042,3")
    elif end == "completed":
        centre.done("moderation", "complete", KEY, "--reference", "R1")
    elif end == "withdrawn":
        centre.done("claim", "withdraw", KEY, "--reason", "redone", "--yes")
    before = (lines(centre), kinds(centre))
    for change in CHANGES:
        code, shown = centre.run(*change)
        assert (code, CLOSED in shown, "moderator" in shown) == (2, True, True)
    late = put(
        centre.workspace.folder / "outbox" / f"{CENTRE}_{IT}_unit-03.xlsx", {"Claim!E5": "D"}, "late.xlsx"
    )
    assert centre.finds(late) == [("", "CB014")]
    assert (status(centre), (lines(centre), kinds(centre))) == (end, before)


def sample(centre: Centre, tmp_path: Path, *rows: str) -> tuple[int, str]:
    file = tmp_path / "sample.csv"
    file.write_text("\n".join(["candidate_number,unit", *rows]))
    return centre.run("sample", "record", KEY, file)


def test_another_bodys_unit_is_named_by_its_title(centre, tmp_path):
    """What draw prints record takes, and a group of such a unit is withdrawn like any other."""
    row = dict(zip("ABCDEF", ("0042", "Sound design", "NCFE", "P", "JH", "Yes"), strict=True))
    path = put(centre.issue(IT), {f"Other units!{letter}5": value for letter, value in row.items()})
    centre.done("merge", path)
    centre.done("claim", "answer", KEY, 1, "--because", "the handbook says so")
    submitted(centre)
    drawn = centre.done("sample", "draw", KEY, "--format", "csv", "--seed", "7").splitlines()
    assert drawn[:2] == ["candidate_number,unit,grade,assessor_initials", "0042,Sound design,P,JH"]
    file = tmp_path / "drawn.csv"
    file.write_text("\n".join(drawn[:2]))
    centre.done("sample", "record", KEY, file)
    group = ("--unit", "sound design", "--assessor", "jh", "--grade", "p")
    assert "1 line withdrawn" in centre.done("claim", "withdraw", KEY, *group, "--reason", "no slip", "--yes")


@pytest.mark.parametrize("rows", [["0042"], ["x,3"], ["0042,Sound"], ["0042," + "3" * 140_000]])
def test_a_sample_that_cannot_be_read_is_refused_in_a_sentence(centre, claim, tmp_path, rows):
    submitted(centre)
    code, said = sample(centre, tmp_path, *rows)
    assert (code, status(centre), len(said.splitlines()) <= 3) == (2, "submitted", True)


def test_the_moderators_sample_is_recorded_shown_and_exported(centre, claim, tmp_path):
    assert sample(centre, tmp_path, "0042,3")[0] == 2
    submitted(centre)
    assert sample(centre, tmp_path, "0044,3")[0] == 2
    assert sample(centre, tmp_path, "0042,Unit 3")[0] == 0
    assert status(centre) == "sampled"
    shown = json.loads(centre.done("sample", "show", KEY, "--format", "json"))
    assert (shown["simulated"], [line["candidate_number"] for line in shown["lines"]]) == (False, ["0042"])
    out = tmp_path / "claim.csv"
    centre.done("export", KEY, "-o", out)
    rows = csv.DictReader(out.read_text("utf-8-sig").splitlines())
    assert [(row["candidate_number"], row["sampled"]) for row in rows] == [("0042", "yes"), ("0043", "no")]
    page = Path(
        centre.done("report", KEY, "--kind", "sample", "--to", "html", "-o", tmp_path).split()[1].rstrip(".")
    )
    assert ("Ahmed, Sana" in page.read_text("utf-8"), "Brown, Tom" in page.read_text("utf-8")) == (
        True,
        False,
    )


def test_the_sample_grows_and_what_was_mistyped_is_taken_back(centre, claim, tmp_path):
    """What the moderator asks for later is added; the list cannot be printed while there is none."""
    submitted(centre)
    assert centre.run("report", KEY, "--kind", "sample")[0] == 2
    sample(centre, tmp_path, "0042,3")
    assert "1 line added" in sample(centre, tmp_path, "0042,3", "0043,3")[1]
    (tmp_path / "again.csv").write_text("candidate_number,unit\n0042,3\n")
    assert "1 line taken out" in centre.done("sample", "record", KEY, tmp_path / "again.csv", "--undo")
    shown = json.loads(centre.done("sample", "show", KEY, "--format", "json"))
    assert [line["candidate_number"] for line in shown["lines"]] == ["0043"]


def test_a_group_is_withdrawn_and_its_lines_can_be_claimed_again(centre, claim):
    """Everyone in the group of unit, assessor and grade; the rest of the claim goes on to completion."""
    submitted(centre)
    group = ("--unit", "3", "--assessor", "JH", "--grade", "P", "--reason", "not agreed", "--yes")
    assert "1 line withdrawn" in centre.done("claim", "withdraw", KEY, *group)
    assert centre.run("claim", "withdraw", KEY, *group)[0] == 2
    assert lines(centre) == {("0043", "3"): "M SA"}
    centre.done("moderation", "complete", KEY, "--reference", "R1")
    fresh = put(centre.issue(IT, BY_UNIT, 3), {"Claim!E5": "P", "Claim!F5": "SA"}, "again.xlsx")
    assert centre.finds(fresh) == []
    centre.done("merge", fresh)
    assert (lines(centre, NEXT), status(centre)) == ({("0042", "3"): "P SA"}, "completed")


# --- listings and proof ------------------------------------------------------------------------------------------


def test_the_history_tells_every_state(centre, claim, tmp_path):
    submitted(centre)
    sample(centre, tmp_path, "0042,3")
    centre.done("moderation", "complete", KEY, "--reference", "R77")
    shown = json.loads(centre.done("claim", "history", KEY, "--format", "json"))
    assert [row["event"] for row in shown] == [
        *("created", "added", "added", "received", "declared", "declared"),
        *("submitted", "sampled", "in-sample", "completed"),
    ]
    assert [shown[6]["note"], shown[9]["note"]] == ["claim number C000001", "reference R77"]
    assert (shown[1]["cell"], shown[1]["new"]) == ("Claim!E5", "P by JH")


def test_claims_are_filtered_and_sorted(centre, claim):
    submitted(centre)
    centre.done("merge", put(centre.issue(IT, BY_UNIT, 4), TWO, "more.xlsx"))

    def listed(*options: str) -> list[str]:
        return [row["claim"] for row in json.loads(centre.done("claims", "--format", "json", *options))]

    assert listed() == [NEXT, KEY]
    assert listed("--sort", "claim") == [KEY, NEXT]
    assert listed("--status", "submitted", "--centre", CENTRE, "--entry-code", IT) == [KEY]
    assert listed("--sort", "claim", "--reverse") == [NEXT, KEY]
    assert listed("--reverse") == [KEY, NEXT]
    assert listed("--entry-code", IT.lstrip("0")) == [NEXT, KEY]


@pytest.mark.parametrize("asked", [("--entry-code", "99999"), ("--centre", "12345")], ids=" ".join)
def test_a_filter_that_nothing_can_fit_is_a_slip_and_no_empty_list(centre, claim, asked):
    code, said = centre.run("claims", *asked)
    assert (code, asked[1] in said) == (2, True)


FORGED_VIEW = """CREATE VIEW claim_line AS
    SELECT claim_id, candidate, unit, 'D' AS grade, assessor, revision FROM event WHERE grade <> ''"""
TAMPERED = {
    "a grade": ("UPDATE event SET grade = 'D' WHERE revision = 2 AND claim_id = 1", "broken at entry 2"),
    "the status": ("UPDATE claim SET status = 'completed'", "its status"),
    "the number": ("UPDATE claim SET claim_number = 'C9'", "numbers"),
    "an entry in the middle": ("DELETE FROM event WHERE revision = 4", "broken at entry 4"),
    "the end": ("DELETE FROM event WHERE kind = 'submitted'", "its status"),
    "an answer": ("UPDATE explanation SET text = 'another'", "the words of an answer"),
    "the qualification": ("UPDATE claim SET entry_code = '05347'", "its status"),
    "who submitted": ("UPDATE claim SET submitted_by = 'Nobody'", "its status"),
    "where results go": ("UPDATE claim SET results_email = 'me@example.org'", "its status"),
    "the view": (
        f"DROP VIEW claim_line; {FORGED_VIEW}",
        "the grades that commands show",
    ),
    "a fact": ("UPDATE event SET detail = '' WHERE kind = 'submitted'", "broken at entry"),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_what_was_altered_in_the_database_is_found_out(centre, what):
    """Even by somebody who first takes the triggers away."""
    queried(centre)
    answer(centre, "to follow")
    submitted(centre)
    assert "is whole: " in centre.done("claim", "history", KEY, "--verify")
    statement, fault = TAMPERED[what]
    with centre.workspace.store() as store, store._engine.begin() as connection:
        if store._engine.dialect.name == "sqlite":
            for name in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER event_no_{name}"))
        else:
            connection.execute(text("DROP TRIGGER event_no_change ON event"))
        for part in statement.split("; "):
            connection.execute(text(part))
    code, shown = centre.run("claim", "history", KEY, "--verify")
    assert (code, fault in shown) == (1, True)


def test_a_printed_hash_shows_that_the_end_was_cut(centre, claim):
    """The chain alone cannot: what was printed earlier must still stand in it."""
    centre.done("claim", "set", claim, "0042", "3", "D", "JH")
    head = json.loads(centre.done("claim", "show", claim, "--format", "json"))["head"]
    assert centre.run("claim", "history", claim, "--verify", "--head", head[:12])[0] == 0
    assert centre.run("claim", "history", claim, "--verify", "--head", "0" * 12)[0] == 1
    assert centre.run("claim", "history", claim, "--head", head)[0] == 2


def test_a_store_that_is_gone_is_missed_and_not_made_anew(tmp_path):
    centre = Centre.make(tmp_path / "centre", (IT,))
    file = tmp_path / "centre" / "claims.db"
    for path in file.parent.glob("claims.db*"):
        path.unlink()
    code, shown = centre.run("claims")
    assert (code, "is missing" in shown, file.exists()) == (3, True, False)


# --- races -------------------------------------------------------------------------------------------------------


def merge_in_a_process(job: tuple[Path, Path]) -> int:
    folder, path = job
    return Centre(Workspace(folder)).run("merge", path)[0]


def test_processes_that_merge_at_once_make_one_claim_and_lose_nothing(centre):
    """Each has a workbook of its own; the claim is opened once and holds what all of them say."""
    folder = centre.workspace.folder
    paths = [put(centre.issue(IT, BY_UNIT, unit), TWO, f"unit-{unit}.xlsx") for unit in (3, 4, 5, 6)]
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        codes = pool.map(merge_in_a_process, [(folder, path) for path in paths], chunksize=1)
    assert codes == [0, 0, 0, 0]
    with centre.workspace.store() as store:
        assert [row.key for row in store.claims()] == [KEY]
    assert len(lines(centre)) == 8
    assert "is whole" in centre.done("claim", "history", KEY, "--verify")


def submit_in_a_process(job: tuple[Path, int]) -> int:
    folder, _ = job
    return Centre(Workspace(folder)).run(*SUBMIT)[0]


def test_processes_that_submit_at_once_submit_once(centre, claim):
    centre.done("claim", "declare", KEY, "--all")
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        codes = pool.map(submit_in_a_process, [(centre.workspace.folder, n) for n in range(3)], chunksize=1)
    assert codes.count(0) == 1
    assert set(codes) <= {0, int(Exit.WRONG_REQUEST), int(Exit.LOCKED)}
    assert kinds(centre).count("submitted") == 1


def refused(act) -> Exit:
    with pytest.raises(ClaimbatchError) as error:
        act()
    return error.value.exit_code


def test_a_workbook_checked_before_a_submission_is_not_taken_after_it(centre, claim):
    """Neither into the submitted claim, nor into a new one that it does not belong to."""
    checked = centre.check(put(centre.issue(IT, BY_UNIT, 4), TWO, "more.xlsx"))
    brought = [Brought(CENTRE, IT, checked.statements)]
    submitted(centre)
    with centre.workspace.store() as store:
        assert refused(lambda: take(store, brought, [], who="test")) is Exit.LOCKED
        assert [row.key for row in store.claims()] == [KEY]


def test_a_workbook_checked_before_another_change_is_not_taken_after_it(centre, claim):
    checked = centre.check(put(centre.issue(IT, BY_UNIT, 3), {"Claim!E5": "D"}, "more.xlsx"))
    brought = [Brought(CENTRE, IT, checked.statements)]
    centre.done("claim", "set", KEY, "0042", "3", "M", "JH")
    with centre.workspace.store() as store:
        assert refused(lambda: take(store, brought, [], who="test")) is Exit.LOCKED
    assert lines(centre)["0042", "3"] == "M JH"


class Between:
    """A store between whose reading and writing something happens."""

    def __init__(self, store: Store, happens) -> None:
        self._store, self._happens = store, happens

    def __getattr__(self, name):
        if name == "write":
            self._happens()
        return getattr(self._store, name)


def test_what_is_submitted_is_what_was_looked_at(centre, claim):
    """A change that slips in between is not submitted unseen."""
    centre.done("claim", "declare", KEY, "--all")
    with centre.workspace.store() as store:
        between = Between(store, lambda: centre.done("claim", "set", KEY, "0042", "3", "D", "JH"))
        submission, seen = Submission("Pat", centre_declaration=True), store.claim(KEY, centre.catalogue)
        assert refused(lambda: submit(between, seen, submission)) is Exit.LOCKED
    assert status(centre) == "not-submitted"


def test_withdrawing_asks_only_where_it_may(centre, claim, monkeypatch):
    """What cannot be withdrawn is refused before anybody is asked; the question says how much it is."""
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    asked = []
    monkeypatch.setattr("click.confirm", lambda question, **_: asked.append(question))
    withdraw = ("claim", "withdraw", KEY, "--reason", "x")
    assert centre.run(*withdraw)[0] == 2
    submitted(centre)
    assert centre.run(*withdraw, "--unit", "3", "--assessor", "JH", "--grade", "D")[0] == 2
    assert asked == []
    centre.done(*withdraw, "--unit", "3", "--assessor", "JH", "--grade", "P")
    assert asked == [f"Record that the moderator withdrew this group of 1 line of {KEY}?"]


def test_a_group_is_withdrawn_once(centre, claim):
    submitted(centre)
    with centre.workspace.store() as store:
        found, cell = store.claim(KEY, centre.catalogue), ("3", "JH", "P")
        withdraw(store, found, "test", "twice", cell)
        assert refused(lambda: withdraw(store, found, "test", "twice", cell)) is Exit.LOCKED
    assert kinds(centre).count("withdrawn") == 1
