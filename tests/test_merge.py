"""The laws of merging: order does not matter, twice is once, blank says nothing, and nothing is half done."""

import json
import random
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from claimbatch.claims.claim import Claim, Line, Status
from claimbatch.claims.history import Event
from claimbatch.claims.merge import UNCLAIMED, Statement, changes
from claimbatch.claims.store import Store
from claimbatch.cli.main import cli
from claimbatch.form.layout import BY_CANDIDATE, BY_UNIT
from tests.centre import CENTRE, IT, PEOPLE, Centre, edit, fill, put
from tests.workbooks import claimed

KEY = f"{CENTRE}-{IT}-1"
Targets = tuple[str, str]
marks = st.sampled_from([UNCLAIMED, ("P", "JH"), ("M", "JH"), ("M", "SA"), ("D", "SA")])
targets = st.tuples(st.sampled_from(["0042", "0043"]), st.sampled_from(["1", "2", "3"]))


# --- the merge itself: plain values ------------------------------------------------------------------------------


def statement(target: Targets, mark: Any, base: Any, workbook: str, row: int = 5) -> Statement:
    return Statement(CENTRE, IT, KEY, *target, mark, base, workbook, "sha", "Grades", row, 5, "template")


@st.composite
def runs(draw: st.DrawFn) -> tuple[dict[Targets, Any], list[Statement]]:
    """A claim, and what workbooks say of it without contradicting it or one another."""
    wanted = draw(st.dictionaries(targets, st.tuples(marks, marks)))
    ours = {t: draw(st.sampled_from(pair)) for t, pair in wanted.items()}
    said = [
        statement(target, mark, base, workbook, row)
        for target, (mark, base) in wanted.items()
        for row, workbook in enumerate(draw(st.lists(st.sampled_from("abc"), unique=True)), 5)
    ]
    return {t: mark for t, mark in ours.items() if mark != UNCLAIMED}, said


def applied(ours: dict[Targets, Any], said: Sequence[Statement]) -> dict[Targets, Any]:
    """The claim after the changes."""
    made, _ = changes(ours, said)
    now = ours | {change.statement.target: change.new for change in made}
    return {target: mark for target, mark in now.items() if mark != UNCLAIMED}


@given(run=runs(), seed=st.integers())
def test_the_order_of_statements_does_not_matter(run: Any, seed: int) -> None:
    """The same changes, by the same workbooks, whatever came first."""
    ours, said = run
    shuffled = random.Random(seed).sample(said, len(said))
    assert changes(ours, shuffled) == changes(ours, said)


@given(runs())
def test_merging_twice_is_merging_once(run: Any) -> None:
    """What has been taken changes nothing when it is said again."""
    ours, said = run
    after = applied(ours, said)
    assert changes(after, said) == ([], len(said))


@given(runs())
def test_every_statement_counts_once(run: Any) -> None:
    """Each statement changes something or nothing; each target changes at most once, to what was said of it."""
    ours, said = run
    made, unchanged = changes(ours, said)
    assert len(made) + unchanged == len(said)
    assert len({change.statement.target for change in made}) == len(made)
    assert all(change.old == ours.get(change.statement.target, UNCLAIMED) != change.new for change in made)


@given(runs())
def test_what_says_nothing_new_does_nothing(run: Any) -> None:
    """A cell that still stands as the template was issued says nothing, whatever the claim says now."""
    ours, said = run
    still = [statement(s.target, s.base, s.base, s.workbook) for s in said]
    assert changes(ours, still) == ([], len(still))


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (UNCLAIMED, ("P", "JH"), "added"),
        (("P", "JH"), ("M", "JH"), "changed"),
        (("P", "JH"), ("P", "SA"), "changed"),
        (("P", "JH"), UNCLAIMED, "removed"),
    ],
)
def test_what_a_change_is_called(old: Any, new: Any, kind: str) -> None:
    """Added, changed (also where only the assessor is another) or removed."""
    ours = {} if old == UNCLAIMED else {("0042", "1"): old}
    made, _ = changes(ours, [statement(("0042", "1"), new, old, "a")])
    assert [change.kind for change in made] == [kind]


# --- whole workbooks into a real store ---------------------------------------------------------------------------


def merge(centre: Centre, *paths: Path, options: Sequence[str] = ()) -> dict[str, Any]:
    """``claimbatch merge`` as JSON."""
    words = ["merge", "-w", str(centre.workspace.folder), "--format", "json", *options, *map(str, paths)]
    done = CliRunner().invoke(cli, words, standalone_mode=False)
    assert done.exception is None, done.output
    return {"said": done.stderr, **json.loads(done.stdout)}


def counts(merged: dict[str, Any]) -> tuple[int, ...]:
    return tuple(merged[name] for name in ("added", "changed", "removed", "unchanged", "held"))


def found(merged: dict[str, Any]) -> list[tuple[str, str]]:
    return [(f"{p['sheet']}!{p['cell']}", p["rule"]) for p in merged["problems"]]


def lines(centre: Centre) -> dict[Targets, Any]:
    """The claim as it stands."""
    with centre.workspace.store() as store:
        return store.lines_at(KEY)


def history(centre: Centre) -> list[Event]:
    with centre.workspace.store() as store:
        return store.history(KEY) if store.claims() else []


@settings(max_examples=8)
@given(seed=st.integers(0, 2**32), order=st.permutations(range(4)))
def test_the_order_of_workbooks_does_not_matter(seed: int, order: list[int]) -> None:
    """Four workbooks, some contradicting others, end in the same claim however they are given."""
    with TemporaryDirectory() as folder:
        results = []
        for name, wanted in (("one", range(4)), ("other", order)):
            centre = Centre.make(Path(folder) / name)
            books = [
                *(fill(centre.issue(IT, BY_UNIT, unit), seed + unit) for unit in (1, 2)),
                *(copy(fill(centre.issue(IT), seed + n, 0.1), f"{n}.xlsx") for n in (3, 4)),
            ]
            merged = merge(centre, *(books[i] for i in wanted), options=["--partial"])
            results.append((lines(centre), counts(merged), sorted(found(merged))))
    assert results[0] == results[1]


def copy(path: Path, name: str) -> Path:
    return path.rename(path.with_name(name))


@settings(max_examples=8)
@given(st.integers(0, 2**32))
def test_what_was_filled_in_is_what_is_claimed(seed: int) -> None:
    """After the merge the claim says what the workbook says, and its history says where from."""
    with TemporaryDirectory() as folder:
        centre = Centre.make(Path(folder) / "centre")
        path = fill(centre.issue(), seed)
        merge(centre, path)
        assert lines(centre) == claimed(path)
        events = [event for event in history(centre) if event.kind == "added"]
        sheet = openpyxl.load_workbook(path)["Grades"]
        assert [sheet[event.cell].value for event in events] == [event.grade for event in events]


def test_the_same_bytes_twice(centre: Centre) -> None:
    """A workbook sent again is known by its bytes, under any name."""
    path = put(centre.issue(), {"Grades!E5": "P", "Units!D5": "JH"})
    assert counts(merge(centre, path)) == (1, 0, 0, 0, 0)
    before = history(centre)
    again = path.with_name("again.xlsx")
    again.write_bytes(path.read_bytes())
    merged = merge(centre, again)
    assert counts(merged) == (0, 0, 0, 0, 0)
    assert "again.xlsx: already received, nothing changed." in merged["said"]
    assert history(centre) == before


def test_twins_in_one_run_are_looked_at_once(centre: Centre) -> None:
    """The first by name, whatever the order; the other is said to be the same, faulty or not."""
    path = put(centre.issue(), {"Grades!E5": "U"}, "a.xlsx")
    twin = path.with_name("b.xlsx")
    twin.write_bytes(path.read_bytes())
    for order in ((path, twin), (twin, path)):
        merged = merge(centre, *order)
        assert [Path(p["workbook"]).name for p in merged["problems"]] == ["a.xlsx"]
        assert f"{twin.as_posix()}: the same file as {path.as_posix()}." in merged["said"]


def test_a_workbook_of_a_withdrawn_claim_was_not_received(centre: Centre) -> None:
    """Its grades are on no claim: it is told what became of it, not that all is well."""
    path = put(centre.issue(), {"Grades!E5": "P", "Units!D5": "JH"})
    merge(centre, path)
    centre.done("claim", "declare", KEY, "--all")
    centre.done("claim", "submit", KEY, "--centre-declaration", "--submitted-by", "Pat", "--yes")
    centre.done("claim", "withdraw", KEY, "--reason", "redone", "--yes")
    assert [p["rule"] for p in merge(centre, path)["problems"]] == ["CB014"]


def test_an_empty_workbook_of_a_withdrawn_claim_is_no_other(centre: Centre) -> None:
    """It was received before there was a claim, and is that claim's none the less."""
    empty = centre.issue(IT)
    filled = put(empty, {"Grades!E5": "P", "Units!D5": "JH"}, "filled.xlsx")
    assert merge(centre, empty)["problems"] == []
    assert merge(centre, filled)["problems"] == []
    centre.done("claim", "declare", KEY, "--all")
    centre.done("claim", "submit", KEY, "--centre-declaration", "--submitted-by", "Pat", "--yes")
    centre.done("claim", "withdraw", KEY, "--reason", "redone", "--yes")
    assert [p["rule"] for p in merge(centre, empty)["problems"]] == ["CB014"]


def test_a_withdrawn_entry_does_not_turn_away_what_is_still_out(centre: Centre, tmp_path: Path) -> None:
    """The row of whoever has left says nothing; a grade in it is a problem."""
    form = centre.issue()
    path = put(form, {"Grades!E5": "P", "Units!D5": "JH"}, "Jones.xlsx")
    rows = [f'{IT},{number},"{name}",{born}' for number, name, born in PEOPLE[:-1]]
    register = tmp_path / "entries.csv"
    register.write_text(
        "\n".join(["entry_code,candidate_number,candidate_name,date_of_birth", *rows]), "utf-8"
    )
    centre.done("entries", "import", register, "--replace", "--yes")
    assert centre.finds(path) == []
    assert centre.finds(put(form, {"Grades!E8": "P", "Units!D5": "JH"}, "late.xlsx"))[0][1] == "CB203"


def test_the_history_names_a_file_and_not_where_it_lay(centre: Centre) -> None:
    merge(centre, put(centre.issue(), {"Grades!E5": "P", "Units!D5": "JH"}, "Jones.xlsx"))
    assert {event.workbook for event in history(centre)} == {"", "Jones.xlsx"}


def test_of_a_workbook_taken_in_part_only_queries_about_what_was_taken_are_kept(centre: Centre) -> None:
    """The rest comes again with the corrected workbook, and would keep the claim from submission."""
    cells = {
        "Grades!E5": "P",
        "Units!D5": "JH",
        "Grades!E6": "U",
        "Assessed by!F6": "SA",
        "Grades!Z5": "stray",
    }
    merge(centre, put(centre.issue(), cells), "--partial")
    assert json.loads(centre.done("claim", "queries", KEY, "--format", "json")) == []


def test_csv_holds_the_changes_and_the_problems_are_told_beside_it(centre: Centre) -> None:
    code, said = centre.run("merge", put(centre.issue(), {"Grades!E5": "U"}), "--format", "csv")
    assert (code, "1 error" in said) == (1, True)


def test_saved_again_it_changes_nothing(centre: Centre) -> None:
    """Other bytes that say the same are unchanged lines."""
    path = put(centre.issue(), {"Grades!E5": "P", "Units!D5": "JH"})
    merge(centre, path)
    before = lines(centre)
    again = edit(path, lambda book: setattr(book.properties, "creator", "Jo"), "again.xlsx")
    assert counts(merge(centre, again)) == (0, 0, 0, 1, 0)
    assert lines(centre) == before


def test_blank_says_nothing_and_not_claiming_removes(centre: Centre) -> None:
    """A cleared cell keeps the grade; Not claiming takes it out."""
    merge(centre, put(centre.issue(), {"Grades!E5": "P", "Grades!E6": "M", "Units!D5": "JH"}))
    merged = merge(centre, put(centre.issue(), {"Grades!E5": None, "Grades!E6": "Not claiming"}))
    assert counts(merged)[:3] == (0, 0, 1)
    assert lines(centre) == {("0042", "1"): ("P", "JH")}


def test_a_dry_run_leaves_no_trace(centre: Centre) -> None:
    """It shows what would change, and the store stays as it was, to the last event and receipt."""
    merge(centre, put(centre.issue(), {"Grades!E5": "P", "Units!D5": "JH"}))
    before = history(centre)
    path = put(
        centre.issue(), {"Grades!E5": "M", "Assessors!A7": "RY", "Assessors!B7": "Ray Young"}, "new.xlsx"
    )
    shown = merge(centre, path, options=["--dry-run"])
    with centre.workspace.store() as store:
        assert [person.initials for person in store.assessors(CENTRE)] == ["JH", "SA"]
    assert history(centre) == before
    assert merge(centre, path)["changes"] == shown["changes"] != []


def test_a_dry_run_starts_no_claim(centre: Centre) -> None:
    """Before the first merge there is no claim, and a dry run makes none."""
    merge(centre, put(centre.issue(), {"Grades!E5": "P", "Units!D5": "JH"}), options=["--dry-run"])
    with centre.workspace.store() as store:
        assert store.claims() == []


def test_an_old_workbook_that_comes_back_late(centre: Centre) -> None:
    """What the claim has come to say since is not undone, and both values are told."""
    early = put(centre.issue(), {"Grades!E5": "P", "Units!D5": "JH"}, "early.xlsx")
    other = centre.issue(form=BY_UNIT, unit=1)  # two of one form made in one second would be one template
    merge(centre, put(other, {"Claim!E5": "M", "Claim!F5": "JH"}, "late.xlsx"))
    before = history(centre)
    merged = merge(centre, early)
    assert (counts(merged), found(merged)) == ((0, 0, 0, 0, 1), [("Grades!E5", "CB303")])
    assert "P by JH" in merged["problems"][0]["message"]
    assert "M by JH" in merged["problems"][0]["message"]
    assert history(centre) == before


def test_an_error_holds_the_whole_workbook(centre: Centre) -> None:
    """Nothing of it is taken; with --partial its clean lines are, and the rest is counted as held."""
    cells = {"Grades!E5": "P", "Grades!E6": "M", "Grades!E7": "P/M", "Units!D5": "JH"}
    path = put(centre.issue(), cells)
    assert counts(merge(centre, path)) == (0, 0, 0, 0, 3)
    assert counts(merge(centre, path, options=["--partial"])) == (2, 0, 0, 0, 1)
    assert lines(centre) == {("0042", "1"): ("P", "JH"), ("0043", "1"): ("M", "JH")}


def test_taken_in_part_it_can_be_sent_again(centre: Centre) -> None:
    """Put right, the same workbook brings the rest."""
    path = put(centre.issue(), {"Grades!E5": "P", "Grades!E7": "P/M", "Units!D5": "JH"})
    merge(centre, path, options=["--partial"])
    assert counts(merge(centre, put(path, {"Grades!E7": "M"}))) == (1, 0, 0, 1, 0)


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"Grades!B5": "Somebody, Else"}, "CB207"),
        ({"Grades!C5": "31/02/2008"}, "CB109"),
        ({"Grades!B5": True}, "CB101"),
        ({"Assessed by!F4": "Cyber", "Assessed by!F5": "SA"}, "CB016"),
        ({"Units!D4": "Who"}, "CB016"),
        ({"Grades!AS4": "Unit 2"}, "CB017"),
        ({"Assessors!A7": "JHUGH", "Assessors!B7": "Jan Hughes", "Assessed by!F5": "JHUGH"}, "CB305"),
    ],
)
def test_in_part_nothing_doubtful_is_taken(centre: Centre, cells: dict[str, Any], code: str) -> None:
    """With --partial: no line of a person, a column or an assessor that an error is about."""
    path = put(centre.issue(), {"Grades!F5": "P", "Units!D5": "JH", "Units!D6": "JH", **cells})
    merged = merge(centre, path, options=["--partial"])
    assert code in {problem["rule"] for problem in merged["problems"]}
    assert (merged["changes"], lines(centre)) == ([], {})


def test_two_assessors_with_one_set_of_initials(centre: Centre) -> None:
    """Two workbooks each bring a new RY: neither is taken, whichever comes first."""
    first, second = (
        put(
            centre.issue(),
            {"Grades!E5": "P", "Assessed by!E5": "RY", "Assessors!A7": "RY", "Assessors!B7": name},
            f"{name}.xlsx",
        )
        for name in ("Rae Young", "Ray Young")
    )
    for order in ((first, second), (second, first)):
        merged = merge(centre, *order, options=["--partial"])
        assert found(merged) == [("Assessors!A7", "CB304")] * 2
        assert lines(centre) == {}


def test_a_new_assessor_comes_with_the_workbook(centre: Centre) -> None:
    """Named on Assessors and used at once, in any case of letters: in the register after the merge."""
    cells = {"Grades!E5": "P", "Assessed by!E5": "ry", "Assessors!A7": "Ry", "Assessors!B7": "Ray Young"}
    merge(centre, put(centre.issue(), cells))
    with centre.workspace.store() as store:
        known = {person.initials: person.name for person in store.assessors(CENTRE)}
    assert known == {"JH": "Jo Hughes", "RY": "Ray Young", "SA": "Sam Adeyemi"}
    assert lines(centre) == {("0042", "1"): ("P", "RY")}


def test_a_submitted_claim_takes_nothing(centre: Centre) -> None:
    """A workbook that comes back after submission is turned away, and the claim stays as it was."""
    late = put(centre.issue(), {"Grades!E6": "P", "Units!D5": "JH"}, "late.xlsx")
    merge(centre, put(centre.issue(), {"Grades!E5": "P", "Units!D5": "JH"}))
    with centre.workspace.store() as store:
        submit(store, store.claim(KEY, centre.catalogue))
    before = history(centre)
    merged = merge(centre, late)
    assert [problem["rule"] for problem in merged["problems"]] == ["CB014"]
    assert history(centre) == before


def submit(store: Store, claim: Claim) -> None:
    with store.writing() as writer:
        writer.move(KEY, Status.SUBMITTED, Event("submitted"), expected=claim)


def test_the_claim_lists_its_lines(centre: Centre) -> None:
    """What was merged is what documents are made from."""
    merge(
        centre, put(centre.issue(IT, BY_CANDIDATE), {"Grades!E5": "p", "Grades!E6": "Dist", "Units!D5": "sa"})
    )
    with centre.workspace.store() as store:
        claim = store.claim(KEY, centre.catalogue)
    assert claim.lines == (Line("0042", "1", "P", "SA"), Line("0043", "1", "D", "SA"))
