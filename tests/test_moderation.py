"""What a moderator decides: from the returned workbook and by hand, recorded, shown, and taken back."""

import csv
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimbatch.claims.proof import examine
from claimbatch.moderation.outcome import outcome
from tests.centre import Centre, put
from tests.conftest import Resave
from tests.moderated import KEY, book, heard, moderated, pairs, stands
from tests.small import CODE

DECIDED: dict[str, Any] = {
    "Decisions!H5": "Agreed",
    "Decisions!G6": "M",
    "Decisions!I6": "D2 is not met",
    "Decisions!H8": "Withdrawn",
    "Decisions!I8": "marked by somebody else",
    "Decisions!G9": "U",
}


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    return moderated(tmp_path / "centre")


def told(centre: Centre) -> dict[str, str]:
    """What became of each line that there is something to tell of: ``{"0042 1": "agreed P"}``."""
    return {
        f"{r.line.candidate} {r.line.unit.rpartition(':')[2]}": f"{r.state} {r.grade}".strip()
        for r in outcome(stands(centre)).told
    }


AFTER = {
    "0042 1": "agreed P", "0042 2": "changed M", "0043 1": "open", "0044 1": "withdrawn", "0044 First Aid": "changed U",
}  # fmt: skip
OPEN = dict.fromkeys(AFTER, "open")


def whole(centre: Centre) -> bool:
    with centre.workspace.store() as store:
        return examine(store, KEY).is_whole


# --- the workbook ------------------------------------------------------------------------------------------------


def test_a_returned_workbook_is_recorded_and_again_changes_nothing(centre: Centre) -> None:
    """Agreed, changed line by line, withdrawn by group; a blank row says nothing."""
    path = book(centre, "moderation", DECIDED)
    assert centre.run("moderation", "import", path)[0] == 2  # a withdrawal is asked about
    assert "Would be:" in centre.done("moderation", "import", path, "--dry-run")
    assert told(centre) == OPEN
    said = centre.done("moderation", "import", KEY, path, "--yes", "--by", "Alex")
    assert said.splitlines() == [
        f"Claim {KEY}: 1 line agreed, 2 lines changed; withdrawn: Unit 1, JH, M (1 line).",
        "Nothing is decided yet of 1 of 5 lines in the sample.",
    ]
    assert (told(centre), whole(centre)) == (AFTER, True)
    at = stands(centre).claim.revision
    said = centre.done("moderation", "import", path, "--yes")
    assert "no lines agreed, no lines changed, 3 as before." in said
    assert stands(centre).claim.revision == at


def test_a_line_goes_with_its_group_whatever_its_own_row_says(centre: Centre) -> None:
    """It is told as a query (CB609), and told again where the same workbook comes again."""
    path = book(centre, "moderation", {"Decisions!H5": "Agreed", "Decisions!H7": "Withdrawn"})
    for _ in range(2):
        assert "CB609 query" in centre.done("moderation", "import", path, "--yes")
        assert (told(centre)["0042 1"], told(centre)["0043 1"]) == ("withdrawn", "withdrawn")


def test_a_later_copy_goes_on_from_what_was_recorded(centre: Centre) -> None:
    """What was decided stands on a fresh workbook; the decision that it changes is the one that counts."""
    path = book(centre, "moderation", DECIDED)
    centre.done("moderation", "import", path, "--yes")
    fresh = book(centre, "moderation", {}, "fresh.xlsx")
    assert [d.verdict for d in heard(centre, fresh, "moderation").decisions] == [
        "agreed",
        "changed",
        "changed",
    ]
    put(fresh, {"Decisions!G5": "M", "Decisions!H5": None, "Decisions!H7": "agree"})
    centre.done("moderation", "import", fresh)
    assert told(centre) == AFTER | {"0042 1": "changed M", "0043 1": "agreed P"}


def test_nothing_of_a_workbook_with_an_error_is_recorded(centre: Centre, tmp_path: Path) -> None:
    """The errors are listed at their cells, for people and programs, and marked in a copy, which is heard as it is."""
    path = book(centre, "moderation", DECIDED | {"Decisions!G7": "X"})
    code, said = centre.run("moderation", "import", path, "--yes", "--mark", tmp_path / "marked")
    assert (code, "Decisions!G7       CB607" in said, told(centre)) == (1, True, OPEN)
    marked = tmp_path / "marked" / "back_marked.xlsx"
    assert [p.brief for p in heard(centre, marked, "moderation").problems] == [("Decisions!G7", "CB607")]
    put(marked, {"Decisions!G7": "P"})
    centre.done("moderation", "import", marked, "--yes")
    assert told(centre) == AFTER | {"0043 1": "agreed P"}


def test_a_marked_copy_is_written_over_no_workbook_that_came_back(centre: Centre, tmp_path: Path) -> None:
    """What came back under the copy's name, in the copy's folder, is kept as it came."""
    came = book(centre, "moderation", DECIDED | {"Decisions!G7": "X"}).rename(tmp_path / "back_marked.xlsx")
    before = came.read_bytes()
    code, said = centre.run("moderation", "import", came, "--yes", "--mark", tmp_path)
    assert (code, came.read_bytes() == before, "back_marked2.xlsx" in said) == (1, True, True)
    assert heard(centre, tmp_path / "back_marked2.xlsx", "moderation").problems


def test_problems_are_told_to_programs(centre: Centre) -> None:
    path = book(centre, "moderation", {"Decisions!G7": "X"})
    code, said = centre.run("moderation", "import", path, "--format", "json", "--quiet")
    row = json.loads(said)[0]
    assert (code, row["cell"], row["rule"], row["candidate"], row["unit"]) == (1, "G7", "CB607", "0043", "1")


@pytest.mark.parametrize("form", ["sample", "moderation"])
def test_a_hostile_file_is_turned_away_by_the_guard(centre: Centre, tmp_path: Path, form: str) -> None:
    """Before anything reads it."""
    path = tmp_path / "back.xlsx"
    path.write_bytes(b"%PDF-1.7")
    assert [p.rule.code for p in heard(centre, path, form).problems] == ["CB001"]


@pytest.mark.libreoffice
def test_saved_by_libreoffice(centre: Centre, resave: Resave) -> None:
    """Filled in, opened and saved again, sorted sheets or not: the same decisions, and the same ticks."""
    path, ticked = (
        book(centre, "moderation", DECIDED),
        book(centre, "sample", {"Sample!G8": "Yes"}, "ticks.xlsx"),
    )
    folder = resave(path, ticked).parent
    before, after = (heard(centre, p, "moderation") for p in (path, folder / path.name))
    assert (after.problems, after.decisions) == ((), before.decisions)
    ticks = heard(centre, folder / ticked.name, "sample").ticks
    assert [*ticks] == [*heard(centre, ticked, "sample").ticks]
    assert ("0043", "2") in ticks


# --- the sample workbook -----------------------------------------------------------------------------------------


def test_a_moderator_ticks_the_sample(tmp_path: Path) -> None:
    """In the returned workbook; what is ticked already stays, and one given to another claim is refused."""
    centre = moderated(tmp_path / "centre", sampled=False)
    path = book(centre, "sample", {"Sample!G5": "Yes", "Sample!G10": "x"})
    assert centre.run("moderation", "template", KEY)[0] == 2
    assert "2 lines added, 2 in all." in centre.done("sample", "record", KEY, path)
    again = book(centre, "sample", {"Sample!G11": "Yes"}, "more.xlsx")
    assert "1 line added, 3 in all." in centre.done("sample", "record", KEY, again)
    empty = put(book(centre, "sample", {}, "none.xlsx"), {f"Sample!G{row}": None for row in range(5, 12)})
    assert centre.run("sample", "record", KEY, empty)[0] == 2


def test_a_filled_workbook_is_never_written_over(centre: Centre) -> None:
    centre.done("moderation", "template", KEY)
    path = put(centre.workspace.folder / "outbox" / f"{KEY}_moderation.xlsx", DECIDED)
    before = path.read_bytes()
    centre.wait(CODE, "moderation", 0)
    assert "_moderation_2.xlsx" in centre.done("moderation", "template", KEY)
    assert path.read_bytes() == before


# --- by hand, and back -------------------------------------------------------------------------------------------

BY_HAND: list[tuple[tuple[str, ...], str, dict[str, str]]] = [
    (("agree", *pairs(("0042", "1"))), "1 line agreed", {"0042 1": "agreed P"}),
    (("agree", "--all"), "5 lines agreed",
     {"0042 1": "agreed P", "0042 2": "agreed D", "0043 1": "agreed P", "0044 1": "agreed M",
      "0044 First Aid": "agreed M"}),
    (("change", *pairs(("0042", "2")), "--grade", "merit", "--comment", "D2"), "1 line changed",
     {"0042 2": "changed M"}),
    (("change", *pairs(("0044", "First Aid")), "--grade", "u"), "1 line changed", {"0044 First Aid": "changed U"}),
    (("withdraw", "--unit", "1", "--assessor", "jh", "--grade", "P", "--reason", "R", "--yes"), "3 lines withdrawn",
     {"0042 1": "withdrawn", "0043 1": "withdrawn", "0051 1": "withdrawn"}),
]  # fmt: skip


@pytest.mark.parametrize(("words", "said", "after"), BY_HAND, ids=[" ".join(row[0][:3]) for row in BY_HAND])
def test_a_decision_is_recorded_by_hand_and_taken_back(
    centre: Centre, words: tuple[str, ...], said: str, after: dict[str, str]
) -> None:
    """In the same words, with --undo; what the history says stays."""
    words = (words[0], KEY, *words[1:])
    assert said in centre.done("moderation", *words)
    assert told(centre) == OPEN | after
    back = [
        word for word in words if word not in ("--grade", "merit", "u", "--comment", "D2", "--reason", "R")
    ]
    centre.done("moderation", *(words if words[0] == "withdraw" else back), "--undo")
    assert (told(centre), whole(centre)) == (OPEN, True)


REFUSED = {
    "not in the sample": (("agree", *pairs(("0051", "1"))), "is not in the sample"),
    "not on the claim": (("agree", *pairs(("0051", "2"))), "is not on claim"),
    "nobody": (("agree",), "Name the lines"),
    "what was claimed": (("change", *pairs(("0042", "1")), "--grade", "P"), "is what was claimed"),
    "no grade": (("change", *pairs(("0042", "1"))), "Say the grade"),
    "another grade": (("change", *pairs(("0042", "1")), "--grade", "A*"), "not a grade that can be agreed"),
    "no reason": (("withdraw", "--unit", "1", "--assessor", "JH", "--grade", "P", "--yes"), "Say the --reason"),
    "no such group": (
        ("withdraw", "--unit", "1", "--assessor", "SA", "--grade", "P", "--reason", "R", "--yes"), "no line of that",
    ),
    "nothing withdrawn": (("withdraw", "--unit", "1", "--assessor", "JH", "--grade", "P", "--undo"), "was withdrawn"),
}  # fmt: skip


@pytest.mark.parametrize(("words", "said"), REFUSED.values(), ids=list(REFUSED))
def test_what_cannot_be_recorded_changes_nothing(centre: Centre, words: tuple[str, ...], said: str) -> None:
    before = stands(centre).claim.revision
    code, text = centre.run("moderation", words[0], KEY, *words[1:])
    assert (code, said in text, stands(centre).claim.revision) == (2, True, before)


def test_work_that_was_decided_about_stays_in_the_sample(centre: Centre) -> None:
    """Until the decision is taken back, as the hint says."""
    centre.done("moderation", "agree", KEY, *pairs(("0042", "1")))
    out = ("sample", "record", KEY, *pairs(("0042", "1")), "--undo")
    code, said = centre.run(*out)
    hint = f"moderation agree {KEY} --candidate 0042 --unit 1 --undo"
    assert (code, hint in said) == (2, True)
    centre.done(*hint.split())
    centre.done(*out)


def test_a_withdrawal_stands_once_its_lines_are_claimed_again(centre: Centre) -> None:
    """Or a line would be on two claims; off the new one, it can be taken back."""
    group = ("moderation", "withdraw", KEY, "--unit", "1", "--assessor", "JH", "--grade", "M")
    centre.done(*group, "--reason", "R", "--yes")
    again = centre.issue(CODE)
    centre.done("merge", put(again, {"Grades!E7": "P", "Units!D5": "JH"}, "again.xlsx"))
    code, said = centre.run(*group, "--undo")
    assert (code, "has been claimed again" in said) == (2, True)
    centre.done("claim", "remove", f"{KEY[:-1]}2", "--candidate", "0044")
    centre.done(*group, "--undo")
    assert told(centre)["0044 1"] == "open"


def test_before_submission_and_after_completion_nothing_is_decided(centre: Centre) -> None:
    path = book(centre, "moderation", DECIDED)
    centre.done("moderation", "agree", KEY, *pairs(("0042", "1")))
    said = centre.done("moderation", "complete", KEY, "--reference", "R1")
    assert "No decision is recorded for 4 lines of the sample: they stand as claimed." in said
    for words in (("import", path, "--yes"), ("agree", KEY, "--all"), ("template", KEY)):
        code, said = centre.run("moderation", *words)
        assert (code, "is completed" in said) == (2, True)


def test_a_completion_by_mistake_is_taken_back(centre: Centre) -> None:
    """The claim is sampled again, or submitted, as it was; the reference is gone, and can be another."""
    assert centre.run("moderation", "complete", KEY, "--undo")[0] == 2
    centre.done("moderation", "complete", KEY, "--reference", "R1")
    centre.done("moderation", "complete", KEY, "--undo", "--by", "Kim")
    claim = stands(centre).claim
    assert (claim.status, claim.reference, whole(centre)) == ("sampled", "", True)
    assert "Completion taken back (reference R1) (Kim)" in centre.done("claim", "show", KEY)
    centre.done("moderation", "agree", KEY, "--all")
    centre.done("moderation", "complete", KEY, "--reference", "R2")
    assert (stands(centre).claim.reference, whole(centre)) == ("R2", True)


# --- what people get ---------------------------------------------------------------------------------------------


def test_the_outcome_is_in_every_listing(centre: Centre, tmp_path: Path) -> None:
    """The export keeps withdrawn lines, with their state; agreed grades stand beside those claimed."""
    centre.done("moderation", "import", book(centre, "moderation", DECIDED), "--yes")
    centre.done("export", KEY, "-o", tmp_path / "claim.csv")
    rows = list(csv.DictReader((tmp_path / "claim.csv").read_text("utf-8-sig").splitlines()))
    names = ("candidate_number", "unit", "grade", "status", "sampled", "agreed_grade", "candidate_name")
    assert [" ".join(row[name] for name in names[:-1]) for row in rows] == [
        "0042 1 P sampled yes P",
        "0042 2 D sampled yes M",
        "0043 1 P sampled yes ",
        "0043 2 M sampled no ",
        "0044 1 M withdrawn yes ",
        "0044  M sampled yes U",
        "0051 1 P sampled no ",
    ]
    assert [row["candidate_name"] for row in rows][4] == "Clark, Zoë"
    shown = json.loads(centre.done("moderation", "show", KEY, "--format", "json"))
    names = ("candidate_number", "outcome", "agreed_grade", "comment")
    assert [tuple(row[name] for name in names) for row in shown["lines"]] == [
        ("0042", "agreed", "P", ""), ("0042", "changed", "M", "D2 is not met"), ("0043", "open", "", ""),
        ("0044", "withdrawn", "", "marked by somebody else"), ("0044", "changed", "U", ""),
    ]  # fmt: skip
    assert [tuple(row.values()) for row in shown["groups"]][:2] == [
        ("1", "JH", "M", 1, 1, 0, 0, 0, True),
        ("1", "JH", "P", 3, 2, 1, 0, 1, False),
    ]
    page = json.loads(centre.done("claim", "show", KEY, "--format", "json"))
    assert [row["agreed_grade"] for row in page["lines"]] == ["P", "M", "", "", "U", ""]
    assert [(row["candidate_number"], row["status"]) for row in page["withdrawn"]] == [("0044", "withdrawn")]
    assert "Decided: 1 line agreed, 2 lines changed (" in centre.done("claim", "show", KEY)
    table = centre.done("sample", "show", KEY)
    assert ("5 lines in the moderator's sample" in table, "withdrawn" in table) == (True, True)


def test_the_words_of_a_comment_go_with_a_purge_and_are_in_no_history(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    centre.done(
        "moderation", "change", KEY, *pairs(("0042", "2")), "--grade", "M", "--comment", "Sana left early"
    )
    with centre.workspace.store() as store:
        assert "Sana" not in repr(store.history(KEY))
        assert "Sana left early" in store.explanations(KEY).values()
    assert "Sana left early" in centre.done("claim", "history", KEY)
    centre.done("moderation", "complete", KEY, "--reference", "R1")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "4102444800")
    centre.done("purge", "--months", 0, "--yes")
    assert "Sana left early" not in centre.done("claim", "history", KEY)
    assert (told(centre)["0042 2"], whole(centre)) == ("changed M", True)


# --- the law -----------------------------------------------------------------------------------------------------

GRADES = {"5": "P", "6": "D", "7": "P", "8": "M", "9": "M"}  # what was claimed, by row
CELLS = {"5": "1 JH P", "6": "2 SA D", "7": "1 JH P", "8": "1 JH M", "9": "A SA M"}
choices = st.sampled_from(["", "agreed", "P", "M", "D", "U", "withdrawn"])


@settings(max_examples=12)
@given(st.lists(st.dictionaries(st.sampled_from("56789"), choices, max_size=5), min_size=1, max_size=3))
def test_what_workbooks_say_is_what_stands_decided(copies: list[dict[str, str]]) -> None:
    """However many come, one after the other: the last word on each line counts, and what is withdrawn stays."""
    with TemporaryDirectory() as folder:
        centre = moderated(Path(folder) / "centre")
        path = book(centre, "moderation", {})
        model: dict[str, str] = dict.fromkeys(GRADES, "open")
        for number, rows in enumerate(copies):
            rows = {row: word for row, word in rows.items() if model[row] != "withdrawn"}  # noqa: PLW2901
            cells = {
                f"Decisions!{'G' if word in 'PMDU' else 'H'}{row}": word for row, word in rows.items() if word
            }
            centre.done("moderation", "import", put(path, cells, f"{number}.xlsx"), "--yes")
            gone = {CELLS[row] for row, word in rows.items() if word == "withdrawn"}
            for row, claimed in GRADES.items():
                word = rows.get(row, "")
                grade = claimed if word == "agreed" else word
                if CELLS[row] in gone:
                    model[row] = "withdrawn"
                elif word:
                    model[row] = f"{'agreed' if grade == claimed else 'changed'} {grade}"
        assert list(told(centre).values())[:5] == list(model.values())
        assert whole(centre)
