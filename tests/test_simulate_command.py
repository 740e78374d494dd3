"""``sample simulate``, ``sample strategies`` and what ``sample draw`` says beside the sample, as people type them."""

import csv
import io
import json

import pytest

from claimbatch.moderation.plan import Moderated
from claimbatch.moderation.sampling import draw
from claimbatch.moderation.seen import moderated
from claimbatch.moderation.simulation import simulate
from claimbatch.moderation.strategies import load_strategies
from tests.centre import CENTRE, IT, Centre, put

KEY = f"{CENTRE}-{IT}-1"
STRATEGIES = load_strategies()
GRADES = (
    ("0042", 3, "P", "JH"), ("0043", 3, "P", "JH"), ("0044", 3, "M", "SA"), ("0051", 3, "P", "JH"),
    ("0042", 5, "D", "SA"), ("0043", 5, "M", "SA"), ("0044", 5, "D", "SA"),
)  # fmt: skip


@pytest.fixture
def claim(centre: Centre) -> Centre:
    """A centre with an open claim of four candidates and two units."""
    opened(centre)
    for candidate, unit, grade, initials in GRADES:
        centre.done("claim", "set", KEY, candidate, unit, grade, initials)
    centre.done("claim", "remove", KEY, "--unit", 1)
    return centre


def opened(centre: Centre) -> None:
    """Open a claim with 0042's unit 1, by JH."""
    centre.done("merge", put(centre.issue(IT), {"Grades!E5": "P", "Assessed by!E5": "JH"}))


def test_json_is_as_the_contract_says(claim: Centre) -> None:
    told = json.loads(
        claim.done("sample", "simulate", KEY, "--draws", 50, "--format", "json", "--quiet", "--to", "html")
    )
    assert list(told) == ["draws", "exposure", "folders", "cells"]
    assert told["draws"] == 50
    assert told["exposure"][0] == {"candidate_number": "0042", "unit": "3", "probability": 1.0}
    assert told["folders"] == {"median": 4, "p95": 4}
    assert told["cells"][0] == {
        "unit": "3", "assessor_initials": "JH", "grade": "P", "lines": 3, "catch": {"1": 1.0, "2": 1.0, "3": 1.0},
    }  # fmt: skip


def test_the_numbers_are_those_of_the_draws(claim: Centre) -> None:
    """By the square root, unit 3 JH P gives two of its three lines: one wrong grade is caught two times in three."""
    told = json.loads(
        claim.done(
            "sample", "simulate", KEY, "--strategy", "sqrt", "--draws", 30, "--format", "json", "--quiet"
        )
    )
    with claim.workspace.store() as store:
        held = store.claim(KEY, claim.catalogue)
    made = simulate(held, STRATEGIES["sqrt"], 30)
    assert [one["probability"] for one in told["exposure"]] == [
        round(one.probability, 6) for one in made.exposures
    ]
    assert told["cells"][0]["catch"] == {"1": 0.666667, "2": 1.0, "3": 1.0}


def test_a_table_of_cells_in_whole_per_cent(claim: Centre) -> None:
    told = claim.done("sample", "simulate", KEY, "--strategy", "sqrt", "--draws", 30, "--to", "html")
    assert (
        told.replace(f"{claim.workspace.folder.as_posix()}/", "")
        == """\
Unit    Assessor  Grade  Claimed  In a sample  1 wrong  2 wrong  3 wrong
------  --------  -----  -------  -----------  -------  -------  -------
Unit 3  JH        P      3        2.0          67%      100%     100%
Unit 3  SA        M      1        1.0          100%
Unit 5  SA        D      2        2.0          100%     100%
Unit 5  SA        M      1        1.0          100%
30 simulated samples, strategy sqrt: 3 folders are enough for half of them, 4 for 95 of 100.
Wrote outbox/68199-05349-1_simulation_sqrt.html.
"""
    )


@pytest.mark.parametrize(
    ("part", "head", "rows"),
    [
        ("work", ["candidate_number", "unit", "grade", "assessor_initials", "probability"], 7),
        ("cells", ["unit", "assessor_initials", "grade", "lines", "average", "catch_1"], 4),
        ("folders", ["folders", "draws", "enough"], 1),
    ],
)
def test_csv_of_each_part(claim: Centre, part: str, head: list[str], rows: int) -> None:
    told = claim.done(
        "sample", "simulate", KEY, "--draws", 20, "--show", part, "--format", "csv", "--quiet", "--to", "html"
    )
    listed = list(csv.reader(io.StringIO(told)))
    assert (listed[0][: len(head)], len(listed) - 1) == (head, rows)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("sample", "simulate", KEY, "--strategy", "best"), "There is no sampling strategy best."),
        (("sample", "simulate", KEY, "--first-part"), "The strategy ocr-visit has no stages."),
        (("sample", "simulate", KEY, "--draws", "0"), "--draws"),
        (("sample", "simulate", "68199-05844-1"), "There is no claim"),
        (("sample", "strategies", "best"), "There is no sampling strategy best."),
    ],
)
def test_a_wrong_request_is_one_sentence(claim: Centre, words: tuple[str, ...], said: str) -> None:
    code, told = claim.run(*words)
    assert code == 2
    assert said in told


def test_a_claim_without_a_line_has_nothing_to_simulate(claim: Centre) -> None:
    claim.done("claim", "remove", KEY, "--unit", 3)
    claim.done("claim", "remove", KEY, "--unit", 5)
    assert "claims nothing yet" in claim.run("sample", "simulate", KEY)[1]


def test_strategies_are_listed_with_their_sizes(centre: Centre) -> None:
    told = centre.done("sample", "strategies")
    assert [line.split()[0] for line in told.splitlines()[2:]] == list(STRATEGIES)
    assert "1–17: 35%; 19–100: 25%; 101–200: 15%; 201–500: 10%; at least 3" in told
    assert "up to 100: 15; up to 200: 20; more: 25; 6 of them first" in told
    assert "each further 100: 12 more" in told


@pytest.mark.parametrize("key", STRATEGIES)
def test_each_strategy_is_explained_with_its_source_and_that_it_is_a_simulation(
    centre: Centre, key: str
) -> None:
    told = centre.done("sample", "strategies", key)
    assert STRATEGIES[key].source in told
    assert STRATEGIES[key].purpose in told
    assert "Simulation only." in told
    [row] = json.loads(centre.done("sample", "strategies", key, "--format", "json"))
    assert (row["strategy"], row["source"]) == (key, STRATEGIES[key].source)


# --- what a draw says --------------------------------------------------------------------------------------------


def test_a_draw_says_what_it_fell_short_of(claim: Centre) -> None:
    assert "in Unit 3 (4 for 6), Unit 5 (3 for 6): each of them is in the sample." in claim.done(
        "sample", "draw", KEY, "--seed", "7", "--to", "html"
    )


def test_a_draw_in_stages_says_what_is_looked_at_first(claim: Centre) -> None:
    told = claim.done("sample", "draw", KEY, "--strategy", "ib-dynamic", "--seed", "7", "--to", "html")
    assert "Looked at first: 6 lines in" in told
    assert {line.split()[-1] for line in told.splitlines() if line[:2] == "00"} == {"first", "rest"}
    words = ("--strategy", "ib-dynamic", "--seed", "7", "--to", "html", "--format", "json", "--quiet")
    rows = json.loads(claim.done("sample", "draw", KEY, *words))["lines"]
    assert sum(row["part"] == "first" for row in rows) == 6


# --- what moderators have seen -----------------------------------------------------------------------------------


def seen(centre: Centre) -> Moderated:
    with centre.workspace.store() as store:
        key, there = store.current_key(CENTRE, IT)
        if not there:
            opened(centre)
        return moderated(store, centre.catalogue, store.claim(key, centre.catalogue))


def submit(centre: Centre) -> None:
    centre.done("claim", "declare", KEY, "--all")
    centre.done("claim", "submit", KEY, "--centre-declaration", "--submitted-by", "Pat Lee", "--yes")


def record(centre: Centre, *pairs: str) -> None:
    chosen = centre.workspace.folder / "chosen.csv"
    chosen.write_text("candidate_number,unit\n" + "\n".join(pairs) + "\n", "utf-8")
    centre.done("sample", "record", KEY, chosen)


def test_nothing_is_seen_before_a_moderator_has_chosen(claim: Centre) -> None:
    assert seen(claim) == Moderated()
    submit(claim)
    assert seen(claim) == Moderated()


def test_what_a_moderator_chose_is_seen_and_the_next_claim_s_draw_says_what_is_new(claim: Centre) -> None:
    submit(claim)
    record(claim, "0042,3")
    assert seen(claim) == Moderated(frozenset({"JH"}), frozenset({"3"}))
    claim.done("claim", "set", f"{CENTRE}-{IT}-2", "0043", 7, "M", "SA")
    told = claim.done("sample", "draw", f"{CENTRE}-{IT}-2", "--seed", "7", "--to", "html")
    assert "Not seen by a moderator here before, and so likelier: the work of SA, Unit 1, Unit 7." in told


def test_work_that_was_withdrawn_was_seen_and_a_claim_completed_without_a_sample_is_seen_whole(
    claim: Centre,
) -> None:
    submit(claim)
    record(claim, "0042,5")
    claim.done(
        "claim", "withdraw", KEY, "--unit", 5, "--assessor", "SA", "--grade", "D", "--reason", "x", "--yes"
    )
    assert seen(claim) == Moderated(frozenset({"SA"}), frozenset({"5"}))


def test_a_claim_completed_without_a_recorded_sample_is_seen_whole(claim: Centre) -> None:
    submit(claim)
    claim.done("moderation", "complete", KEY, "--reference", "R1")
    assert seen(claim) == Moderated(frozenset({"JH", "SA"}), frozenset({"3", "5"}))


def test_the_claim_itself_does_not_count(claim: Centre) -> None:
    """A draw of a claim that is sampled already is the same as before."""
    submit(claim)
    record(claim, "0042,3")
    with claim.workspace.store() as store:
        held = store.claim(KEY, claim.catalogue)
        assert moderated(store, claim.catalogue, held) == Moderated()
    assert draw(held, STRATEGIES["sqrt"], "7", Moderated()).lines
