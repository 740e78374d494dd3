"""Simulated samples: what every draw must hold to, whatever the claim."""

import subprocess
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimbatch.claims.claim import Line
from claimbatch.errors import ClaimbatchError
from claimbatch.moderation.sampling import (
    canonical_key,
    draw,
    find_strategy,
    load_strategies,
    recorded,
    ticket,
)
from tests.claims_made import big_claim, claim_of

STRATEGIES = load_strategies()
cells = st.dictionaries(
    st.tuples(
        st.integers(1, 30).map("{:04}".format), st.sampled_from(["1", "2", "3", "other:Pearson:Impact"])
    ),
    st.tuples(st.sampled_from("PMD"), st.sampled_from(["JH", "RK", "MARY"])),
    max_size=60,
)
claims = cells.map(lambda at: claim_of(lines=tuple(Line(*pair, *given) for pair, given in at.items())))
strategies = st.sampled_from(list(STRATEGIES.values()))
seeds = st.text(max_size=6)


def test_strategies_have_their_published_sizes():
    candidates = (0, 1, 5, 6, 15, 16, 25, 26, 100, 101, 200, 201, 300, 301)
    sizes = {key: [strategy.size(n) for n in candidates] for key, strategy in STRATEGIES.items()}
    assert sizes == {
        "ocr-general": [0, 1, 5, 6, 15, 15, 15, 15, 15, 20, 20, 25, 25, 25],
        "ocr-visit": [0, 1, 5, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6],
        "pearson-standard": [0, 1, 5, 6, 6, 6, 6, 9, 9, 12, 12, 24, 24, 36],
        "pearson-enhanced": [0, 1, 5, 6, 9, 9, 9, 12, 12, 15, 15, 30, 30, 45],
        "ncfe": [0, 1, 5, 6, 15, 15, 15, 15, 15, 20, 20, 25, 25, 25],
        "sqrt": [0, 1, 3, 3, 4, 4, 5, 6, 10, 11, 15, 15, 18, 18],
    }


@pytest.mark.parametrize("strategy", STRATEGIES.values(), ids=str)
def test_every_strategy_names_its_source_and_says_that_it_is_a_simulation(strategy):
    assert strategy.source
    assert strategy.note.startswith("Simulation only.")


def test_an_unknown_strategy_is_a_wrong_request_that_lists_the_known():
    with pytest.raises(ClaimbatchError) as refused:
        find_strategy("random")
    assert refused.value.hint == (
        "Choose one of: ocr-general, ocr-visit, pearson-standard, pearson-enhanced, ncfe, sqrt."
    )


def test_a_ticket_can_be_checked_with_sha256sum():
    claim = claim_of("0042 Adeyemi-Clarke, Bo 3:D:RK")
    key = canonical_key(claim, claim.lines[0])
    assert key == "68199|05347|0042|3"
    shell = subprocess.run(
        ["sh", "-c", "printf %s '7|68199|05347|0042|3' | sha256sum"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert shell.stdout.split()[0] == ticket("7", key)


def test_a_small_claim_is_drawn_like_this():
    claim = claim_of("""
        0001 A  1:D:JH 2:D:JH
        0002 B  1:D:JH 2:M:JH
        0003 C  1:P:RK 2:P:JH
        0004 D  1:P:RK 2:P:JH
        0005 E  1:P:RK
    """)
    sample = draw(claim, replace(STRATEGIES["ocr-visit"], bands=((99, 2),)), seed="7")
    assert [(line.candidate, line.unit) for line in sample.lines] == [
        ("0001", "1"), ("0001", "2"), ("0002", "2"), ("0003", "1"), ("0003", "2"),
    ]  # fmt: skip
    assert [(g.name, g.candidates, g.size, g.taken, g.above) for g in sample.groups] == [
        (("1",), 5, 2, 2, 0),
        (("2",), 4, 2, 3, 1),
    ]


@given(claims, strategies, seeds)
def test_every_cell_is_covered(claim, strategy, seed):
    sample = draw(claim, strategy, seed)
    assert {line.cell for line in sample.lines} == {line.cell for line in claim.lines}
    assert sample.uncovered == ()


@given(claims, strategies, seeds)
def test_every_group_has_at_least_its_size(claim, strategy, seed):
    sample = draw(claim, strategy, seed)
    assert [group for group in sample.groups if group.taken < min(group.size, group.candidates)] == []


@given(claims, seeds)
def test_units_have_the_size_that_is_printed(claim, seed):
    sampled = Counter(line.unit for line in draw(claim, STRATEGIES["ocr-visit"], seed).lines)
    claimed = Counter(line.unit for line in claim.lines)
    assert [unit for unit in claimed if sampled[unit] < min(6, claimed[unit])] == []


@given(claims, strategies, seeds, st.randoms(use_true_random=False))
def test_the_order_of_the_lines_does_not_matter(claim, strategy, seed, random):
    shuffled = random.sample(claim.lines, len(claim.lines))
    assert draw(replace(claim, lines=tuple(shuffled)), strategy, seed) == draw(claim, strategy, seed)


@given(claims, strategies, seeds)
def test_a_u_is_never_in_a_sample(claim, strategy, seed):
    some = tuple(replace(line, grade="U") if line.candidate < "0010" else line for line in claim.lines)
    assert [
        line for line in draw(replace(claim, lines=some), strategy, seed).lines if line.grade == "U"
    ] == []


def test_another_seed_draws_another_sample():
    claim = big_claim(60, 4)
    drawn = {draw(claim, STRATEGIES["ocr-visit"], str(seed)).lines for seed in range(10)}
    assert len(drawn) == 10


def test_covering_needs_few_folders():
    """Thirty cells (ten units, three grades): one folder shows ten at most, so six folders are few."""
    only_cover = replace(STRATEGIES["ocr-visit"], bands=((9999, 1),))
    assert len(draw(big_claim(60, 10), only_cover, "7").candidates) <= 6


def test_what_a_moderator_left_out_is_reported():
    sample = recorded(claim_of(), {("0007", "1"), ("0042", "3")})
    assert not sample.simulated
    assert sample.pairs == {("0007", "1"), ("0042", "3")}
    assert sample.uncovered == (("1", "JH", "M"), ("1", "RK", "P"), ("3", "JH", "M"))
