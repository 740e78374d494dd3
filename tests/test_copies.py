"""One workbook kept all term and sent again: its corrections are taken, an old copy or a colleague's undoes nothing."""

import json
import shlex
import sqlite3
from calendar import month_name
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from claimbatch.claims.history import Event, Kind
from claimbatch.form.layout import BY_UNIT
from claimbatch.problems import errors_in
from tests.centre import CENTRE, IT, Centre, edit, put

KEY = f"{CENTRE}-{IT}-1"
JANE = {"Grades!E5": "P", "Grades!E6": "M", "Grades!F5": "P", "Units!D5": "JH", "Units!D6": "JH"}


def lines(centre: Centre) -> dict[tuple[str, str], str]:
    with centre.workspace.store() as store:
        return {target: " ".join(mark) for target, mark in store.lines_at(KEY).items()}


def errors(centre: Centre, *paths: Path) -> list[tuple[str, str]]:
    return [problem.brief for problem in errors_in(centre.check(*paths).problems)]


def merge(centre: Centre, *words: object) -> tuple[int, dict[str, Any]]:
    """``claimbatch merge`` as JSON, and its exit code."""
    code, text = centre.run("merge", *words, "--format", "json")
    return code, json.loads(text[text.index("{\n") : text.rindex("\n}") + 2])


@pytest.fixture
def jane(centre: Centre) -> Path:
    """Jane's workbook, merged once."""
    path = put(centre.issue(), JANE, "Jane.xlsx")
    centre.done("merge", path)
    return path


def says(centre: Centre, path: Path, cells: dict[str, Any], name: str) -> list[str]:
    """What merging the workbook with these cells changes, in words."""
    code, merged = merge(centre, put(path, cells, name))
    assert code == 0, merged["problems"]
    return [f"{c['candidate']} {c['unit']}: {c['old']} → {c['new']}" for c in merged["changes"]]


# --- a later copy ------------------------------------------------------------------------------------------------


def test_improved_dropped_and_added_in_the_same_file(centre: Centre, jane: Path) -> None:
    """Every kind of correction in one later copy, and another one after that."""
    january = {"Grades!E5": "M", "Grades!E6": "Not claiming", "Assessed by!F5": "SA", "Grades!E8": "D"}
    assert says(centre, jane, january, "January.xlsx") == [
        "0042 1: P by JH → M by JH",
        "0042 2: P by JH → P by SA",
        "0043 1: M by JH → not claimed",
        "0051 1: not claimed → D by JH",
    ]
    june = january | {"Grades!E5": "D", "Grades!E6": "P"}
    assert says(centre, jane, june, "June.xlsx") == [
        "0042 1: M by JH → D by JH",
        "0043 1: not claimed → P by JH",
    ]


def test_a_changed_default_re_attributes(centre: Centre, jane: Path) -> None:
    assert says(centre, jane, {"Units!D5": "SA"}, "January.xlsx") == [
        "0042 1: P by JH → P by SA",
        "0043 1: M by JH → M by SA",
    ]


def test_a_template_issued_with_grades(centre: Centre, jane: Path) -> None:
    """What a template came with is what nobody said: a colleague's copy has it, too."""
    second = centre.issue(into=jane.parent / "second")
    assert says(centre, second, {"Grades!E5": "M"}, "a.xlsx") == ["0042 1: P by JH → M by JH"]
    assert says(centre, second, {"Grades!E5": "D", "Grades!E7": "P"}, "b.xlsx") == [
        "0042 1: M by JH → D by JH",
        "0044 1: not claimed → P by JH",
    ]


def test_taken_in_part_it_goes_on(centre: Centre) -> None:
    """What was held back of the earlier copy was not said: put right, it is taken; what was taken may be corrected."""
    form = put(centre.issue(), JANE | {"Grades!E7": "Q"}, "Jane.xlsx")
    assert centre.run("merge", form, "--partial")[0] == 1
    assert says(centre, form, {"Grades!E7": "P", "Grades!E5": "D"}, "Jane2.xlsx") == [
        "0042 1: P by JH → D by JH",
        "0044 1: not claimed → P by JH",
    ]


def test_two_that_said_the_same_in_one_run(centre: Centre) -> None:
    """The history names the first by name; a later copy of either goes on all the same."""
    template = centre.issue(IT, BY_UNIT, 3)
    cells = {"Claim!E5": "P", "Claim!F5": "JH"}
    mine = put(template, cells | {"Claim!E6": "P", "Claim!F6": "JH"}, "b-mine.xlsx")
    centre.done("merge", mine, put(template, cells | {"Claim!E7": "P", "Claim!F7": "JH"}, "a-theirs.xlsx"))
    assert says(centre, mine, {"Claim!E5": "M"}, "c-mine.xlsx") == ["0042 3: P by JH → M by JH"]


def test_a_copy_saved_again_stands_in_nobodys_way(centre: Centre, jane: Path) -> None:
    """Of two copies in one run that were taken before or not, the one that says nothing new contradicts nothing."""
    same = edit(jane, lambda book: setattr(book.properties, "creator", "Jane"), "a-again.xlsx")
    later = put(jane, {"Grades!E5": "D"}, "b-later.xlsx")
    for order in ((same, later), (later, same)):
        code, merged = merge(centre, *order, "--dry-run")
        assert (code, [c["new"] for c in merged["changes"]]) == (0, ["D by JH"])


def test_of_two_new_copies_nobody_can_tell_which_is_the_later(centre: Centre, jane: Path) -> None:
    first, second = (put(jane, {"Grades!E5": "D", "Assessed by!E5": by}, f"{by}.xlsx") for by in ("JH", "SA"))
    for order in ((first, second), (second, first)):
        assert errors(centre, *order) == [("Grades!E5", "CB302")] * 2


# --- what is none ------------------------------------------------------------------------------------------------


def because(centre: Centre, path: Path) -> str:
    """The one contradiction found, from where the claim's word came."""
    (problem,) = errors_in(centre.check(path).problems)
    assert problem.brief == ("Grades!E5", "CB303")
    return problem.message.partition(" the claim has changed to ")[2]


def today(centre: Centre) -> str:
    """The day on which the first workbook was taken, as messages say it."""
    with centre.workspace.store() as store:
        moment = datetime.fromisoformat(store.history(KEY)[0].at)
    return f"{moment.day} {month_name[moment.month]} {moment.year}"


def test_an_older_copy_saved_again(centre: Centre, jane: Path) -> None:
    centre.done("merge", put(jane, {"Grades!E5": "M"}, "January.xlsx"), "--by", "Pat Lee")
    day = today(centre)
    assert because(centre, put(jane, {"Grades!E8": "D"}, "old.xlsx")) == (
        f"M by JH (from January.xlsx, Grades!E5, taken by Pat Lee on {day}). This template said P by JH there before "
        f"(Jane.xlsx, taken on {day}): it is an older copy, or nobody has changed the cell since."
    )


def test_a_colleagues_copy_of_the_same_template(centre: Centre, jane: Path) -> None:
    theirs = {"Grades!E5": "D", "Grades!G5": "P", "Units!D7": "SA"}
    blank = {"Grades!E6": None, "Grades!F5": None}
    assert because(centre, put(jane, theirs | blank, "Sam.xlsx")).endswith(
        " This is not taken for a later copy of Jane.xlsx, made from the same template, because it says nothing of "
        "candidate 0042 in Unit 2, where that one does."
    )


def test_corrected_by_hand_since(centre: Centre, jane: Path) -> None:
    centre.done("claim", "set", KEY, "0042", "1", "D", "SA", "--by", "Pat Lee")
    assert because(centre, put(jane, {"Grades!E5": "M"}, "January.xlsx")) == (
        f"D by SA (by hand, Pat Lee on {today(centre)})."
    )


def test_restored_since(centre: Centre, jane: Path) -> None:
    """A restore takes back and says nothing of its own: the copy that it undid may come again, and later ones go on."""
    centre.done("merge", january := put(jane, {"Grades!E5": "M"}, "January.xlsx"))
    centre.done("claim", "restore", KEY, "--revision", "5", "--by", "Pat Lee")
    assert lines(centre)["0042", "1"] == "P JH"
    assert says(centre, january, {}, "January.xlsx") == ["0042 1: P by JH → M by JH"]
    assert says(centre, january, {"Grades!E5": "D"}, "March.xlsx") == ["0042 1: M by JH → D by JH"]
    assert errors(centre, put(january, {"Grades!E8": "D"}, "old.xlsx")) == [("Grades!E5", "CB303")]


def test_what_was_only_shown_was_not_said(centre: Centre, jane: Path) -> None:
    """A dry run and a workbook that was held back leave nothing behind that speaks against a later copy."""
    centre.done("merge", put(jane, {"Grades!E5": "M"}, "dry.xlsx"), "--dry-run")
    assert centre.run("merge", put(jane, {"Grades!E5": "M", "Grades!E8": "Q"}, "held.xlsx"))[0] == 1
    assert says(centre, jane, {"Grades!E5": "M"}, "January.xlsx") == ["0042 1: P by JH → M by JH"]


def test_not_claiming_of_what_is_not_claimed_was_said_all_the_same(centre: Centre) -> None:
    """It changes nothing then, and an old copy that says it changes nothing later."""
    form = put(centre.issue(), JANE | {"Grades!E5": "Not claiming"}, "Jane.xlsx")
    centre.done("merge", form)
    assert says(centre, form, {"Grades!E5": "P"}, "January.xlsx") == ["0042 1: not claimed → P by JH"]
    assert errors(centre, put(form, {"Grades!E8": "P"}, "old.xlsx")) == [("Grades!E5", "CB303")]


def test_receipts_of_before_keep_nothing_and_changes_tell(centre: Centre, jane: Path) -> None:
    """A history written by an earlier version holds what copies changed, and that is enough to go on."""
    with centre.workspace.store() as store:
        history = store.history(KEY)
    assert [event.kind for event in history][-1] == Kind.RECEIVED
    _forget(centre, history[-1])
    assert says(centre, jane, {"Grades!E5": "M"}, "January.xlsx") == ["0042 1: P by JH → M by JH"]
    assert errors(centre, put(jane, {"Grades!E8": "D"}, "old.xlsx")) == [("Grades!E5", "CB303")]


def _forget(centre: Centre, receipt: Event) -> None:
    """Write the receipt as it was written before, past the triggers that keep the history."""
    with sqlite3.connect(centre.workspace.folder / "claims.db") as store:
        store.execute("DROP TRIGGER event_no_update")
        store.execute("UPDATE event SET detail = '{\"whole\": true}' WHERE revision = ?", (receipt.revision,))


def test_the_hint_leads_out(centre: Centre, jane: Path) -> None:
    """The cell that says what the claim says is no contradiction, whoever had the last word."""
    centre.done("claim", "set", KEY, "0042", "1", "D", "SA")
    centre.done("claim", "set", KEY, "0043", "1", "Not claiming")
    hints = [p.hint for p in errors_in(centre.check(put(jane, {"Grades!E8": "P"}, "a.xlsx")).problems)]
    assert [hint.partition(". ")[0] for hint in hints] == [
        "If the claim is right, make the cell say so too: D by SA",
        "If the claim is right, make the cell say so too: Not claiming",
    ]
    cells = {"Grades!E5": "D", "Assessed by!E5": "SA", "Grades!E6": "Not claiming", "Grades!E8": "P"}
    assert says(centre, jane, cells, "b.xlsx") == ["0051 1: not claimed → P by JH"]


# --- cleared cells -----------------------------------------------------------------------------------------------


def test_a_cleared_grade_is_asked_about_and_the_answer_is_not_claiming(centre: Centre, jane: Path) -> None:
    """The query is kept with the claim, and closed by the copy that says what was meant."""
    cleared = put(jane, {"Grades!E6": None}, "Jane.xlsx")
    code, merged = merge(centre, cleared)
    assert (code, [(p["rule"], p["cell"]) for p in merged["problems"]]) == (0, [("CB310", "E6")])
    asked = json.loads(centre.done("claim", "queries", KEY, "--format", "json"))
    assert [(query["rule"], query["candidate"], query["unit"]) for query in asked] == [("CB310", "0043", "1")]
    assert says(centre, cleared, {"Grades!E6": "Not claiming"}, "Jane.xlsx") == [
        "0043 1: M by JH → not claimed"
    ]
    assert json.loads(centre.done("claim", "queries", KEY, "--format", "json")) == []


def test_initials_that_were_left_are_not_asked_about_besides(centre: Centre) -> None:
    form = put(centre.issue(IT, BY_UNIT, 3), {"Claim!E5": "P", "Claim!F5": "SA"}, "a.xlsx")
    centre.done("merge", form)
    assert centre.finds(put(form, {"Claim!E5": None}, "b.xlsx")) == [("Claim!E5", "CB310")]
    assert centre.finds(put(form, {"Claim!E5": None, "Claim!E6": "P"}, "c.xlsx")) == [
        ("Claim!E5", "CB310"),
        ("Claim!E6", "CB201"),
    ]


def test_a_copy_received_before_is_not_asked_what_later_ones_said(centre: Centre, jane: Path) -> None:
    """check of a folder that holds both."""
    later = put(jane, {"Grades!E7": "P"}, "January.xlsx")
    centre.done("merge", later)
    assert centre.finds(jane) == [("Grades!E7", "CB310")]
    assert "no problems" in centre.done("check", jane, later)


def test_under_the_templates_own_name_many_may_come(centre: Centre) -> None:
    """Two colleagues who leave the file name as it was are not taken for one."""
    form = centre.issue()
    centre.done("merge", put(form, {"Grades!E5": "P", "Units!D5": "JH"}))
    assert centre.finds(put(form, {"Grades!E5": None, "Grades!E6": "P"})) == []


# --- overruling --------------------------------------------------------------------------------------------------


@pytest.fixture
def corrected(centre: Centre, jane: Path) -> Path:
    """Jane's later copy: she changed 0042's Unit 1; the officer has corrected that, and her 0043, in the meantime."""
    centre.done("claim", "set", KEY, "0042", "1", "D", "SA", "--by", "Pat Lee")
    centre.done("claim", "set", KEY, "0043", "1", "D", "SA", "--by", "Pat Lee")
    return put(jane, {"Grades!E5": "M", "Grades!E7": "P"}, "January.xlsx")


def test_only_what_was_changed_is_overruled(centre: Centre, corrected: Path) -> None:
    """A cell that the author has not touched since leaves the officer's correction alone."""
    assert errors(centre, corrected) == [("Grades!E5", "CB303"), ("Grades!E6", "CB303")]
    said = centre.done("merge", corrected, "--overrule", "--by", "Jo")
    day, path = today(centre), corrected.as_posix()
    assert said.splitlines()[:5] == [
        "Overruling 1 line of the claim:",
        f"  0042 Unit 1: D by SA (by hand, Pat Lee on {day}) → M by JH  ({path} Grades!E5)",
        "Left as the claim has it, because nobody has changed the cell since an earlier copy:",
        f"  0043 Unit 1: D by SA (by hand, Pat Lee on {day}), not M by JH  ({path} Grades!E6)",
        f"Claim {KEY}: 1 added, 1 changed, 0 removed",
    ]
    assert lines(centre) == {
        ("0042", "1"): "M JH", ("0042", "2"): "P JH", ("0043", "1"): "D SA", ("0044", "1"): "P JH",
    }  # fmt: skip


def test_what_would_be_overruled_is_shown(centre: Centre, corrected: Path) -> None:
    before = lines(centre)
    assert "Would overrule 1 line" in centre.done("merge", corrected, "--overrule", "--dry-run")
    _, merged = merge(centre, corrected, "--overrule", "--dry-run")
    assert [(o["cell"], o["old"], o["new"], o["taken"]) for o in merged["overruled"]] == [
        ("Grades!E5", "D by SA", "M by JH", "yes"),
        ("Grades!E6", "D by SA", "M by JH", "no"),
    ]
    assert lines(centre) == before


def test_only_one_cell(centre: Centre, corrected: Path) -> None:
    """Nothing but that cell is taken; the rest is told as ever, and can come later."""
    code, merged = merge(centre, corrected, "--overrule", "--only", "grades!$E$5")
    assert (code, [(c["cell"], c["new"]) for c in merged["changes"]]) == (1, [("Grades!E5", "M by JH")])
    assert merged["held"] == 3
    assert [p["cell"] for p in merged["problems"]] == ["E6"]
    assert errors(centre, corrected) == [("Grades!E6", "CB303")]


def command_in(hint: str, path: Path) -> list[str]:
    """The command in brackets, of the workbook where it lies."""
    command = hint.partition(": claimbatch merge ")[2].removesuffix(").")
    return ["merge", path.as_posix(), *shlex.split(command)[1:]]


def test_the_command_in_the_hint_takes_the_cell(centre: Centre, corrected: Path) -> None:
    """It can be run as it stands; of a cell that nobody has changed it leaves that aside and takes the rest."""
    changed, stale = errors_in(centre.check(corrected).problems)
    assert command_in(changed.hint, corrected)[2:] == ["--overrule", "--only", "Grades!E5"]
    centre.run(*command_in(changed.hint, corrected))
    assert (lines(centre)["0042", "1"], ("0044", "1") in lines(centre)) == ("M JH", False)
    assert command_in(stale.hint, corrected)[2:] == ["--overrule"]
    centre.done(*command_in(stale.hint, corrected))
    assert (lines(centre)["0043", "1"], lines(centre)["0044", "1"]) == ("D SA", "P JH")


def test_a_marked_copy_gives_no_command_with_a_path(centre: Centre, corrected: Path, tmp_path: Path) -> None:
    """Where the workbook lay is the exam officer's; teachers have no terminal."""
    centre.run("check", corrected, "--mark", tmp_path)
    (marked,) = tmp_path.glob("*marked*.xlsx")
    sheet = openpyxl.load_workbook(marked).worksheets[0]
    words = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row)
    assert ("make the cell say so too: D by SA" in words, "--overrule" in words) == (True, False)
    assert corrected.parent.as_posix() not in words


def test_several_cells(centre: Centre, corrected: Path) -> None:
    """Each is named; the rest of the workbook waits."""
    cells = ("--only", "Grades!E5", "--only", "Grades!E7")
    _, merged = merge(centre, corrected, "--overrule", *cells)
    assert [c["cell"] for c in merged["changes"]] == ["Grades!E5", "Grades!E7"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--only", "Grades!E5"), "--only goes with --overrule"),
        (("--overrule", "--only", "E5"), "E5 names no cell"),
        (("--overrule", "--only", "Grades!Z9"), "Grades!Z9: that cell says nothing which could be taken"),
        (("--overrule", "--only", "Grades!E6"), f"claimbatch claim set {KEY} 0043 1 M JH"),
    ],
)
def test_a_cell_that_cannot_be_taken(
    centre: Centre, corrected: Path, words: tuple[str, ...], told: str
) -> None:
    """One sentence, exit 2, and nothing is taken."""
    before = lines(centre)
    code, said = centre.run("merge", corrected, *words)
    assert (code, told in said) == (2, True), said
    assert lines(centre) == before


def test_only_names_cells_of_one_workbook(centre: Centre, corrected: Path) -> None:
    code, said = centre.run(
        "merge", corrected, corrected.with_name("Jane.xlsx"), "--overrule", "--only", "Grades!E5"
    )
    assert (code, "give that one alone" in said) == (2, True)


def test_a_held_workbook_overrules_nobody(centre: Centre, corrected: Path) -> None:
    """Nothing is listed as overruled that is not taken."""
    code, said = centre.run("merge", put(corrected, {"Grades!F6": "Q"}, "bad.xlsx"), "--overrule")
    assert (code, "Overruling" in said) == (1, False)


def test_a_colleagues_grade_is_not_deleted(centre: Centre) -> None:
    """Not claiming, said in October, is no word on what a colleague has claimed in November."""
    form = put(centre.issue(), JANE | {"Grades!G5": "Not claiming", "Units!D7": "JH"}, "Jane.xlsx")
    centre.done("merge", form)
    other = centre.issue(IT, BY_UNIT, 3)
    centre.done("merge", put(other, {"Claim!E5": "D", "Claim!F5": "SA"}, "Sam.xlsx"))
    centre.done("merge", put(form, {"Grades!E5": "D"}, "January.xlsx"), "--overrule")
    assert (lines(centre)["0042", "1"], lines(centre)["0042", "3"]) == ("D JH", "D SA")


def test_of_a_line_that_was_left_as_the_claim_has_it_nothing_is_asked(centre: Centre) -> None:
    """An old copy with another awarding body's unit, taken back since: named as people call it, and no query for it."""
    row = dict(zip("ABCDEF", ("0042", "First Aid", "NCFE", "P", "JH", "Yes"), strict=True))
    form = put(
        centre.issue(), {f"Other units!{column}5": value for column, value in row.items()}, "Jane.xlsx"
    )
    more = {"Grades!E6": "P", "Assessed by!E6": "JH"}
    centre.done("merge", form)
    centre.done("merge", put(form, {"Other units!D5": "Not claiming", **more}, "January.xlsx"))
    said = centre.done(
        "merge", put(form, {"Grades!E8": "D", "Assessed by!E8": "JH"}, "old.xlsx"), "--overrule"
    )
    assert "Left as the claim has it" in said
    assert "  0042 First Aid (NCFE): not claimed (from January.xlsx, Other units!D5" in said
    assert json.loads(centre.done("claim", "queries", KEY, "--format", "json")) == []
