"""Thousands of draws at once: the same as one by one, and as exact as arithmetic can say."""

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, product
from math import comb, sqrt
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import hypergeom

from claimbatch.claims.claim import Claim, Line
from claimbatch.moderation import many_draws
from claimbatch.moderation.folders import Demands
from claimbatch.moderation.many_draws import ManyDraws
from claimbatch.moderation.many_folders import Rounds
from claimbatch.moderation.plan import Moderated, Plan
from claimbatch.moderation.sampling import draw
from claimbatch.moderation.simulation import CellChance, Folders, simulate
from claimbatch.moderation.strategies import Basis, Strategy, load_strategies
from tests.claims_made import big_claim, claim_of, random_claim
from tests.fewest import no_choice
from tests.test_sampling import claims, demanding

STRATEGIES = load_strategies()
initials = st.sets(st.sampled_from(["JH", "RK", "MARY"])).map(frozenset)
units = st.sets(st.sampled_from(["1", "2", "3"])).map(frozenset)


@st.composite
def any_strategy(draw_from) -> Strategy:
    """One of those shipped; its size, and its first part, perhaps another."""
    strategy = draw_from(st.sampled_from(list(STRATEGIES.values())))
    if draw_from(st.booleans()):
        strategy = replace(strategy, bands=((999, draw_from(st.integers(0, 12))),), shares=(), root=False)
    return replace(strategy, first=draw_from(st.sampled_from([0, 1, 2, 4])))


# --- equal to draw -----------------------------------------------------------------------------------------------


def assert_same(claim: Claim, strategy: Strategy, seeds: list[str], moderated: Moderated) -> None:
    """Draw by draw, line by line."""
    plan = Plan.of(claim, strategy, moderated)
    many = ManyDraws(plan)
    taken, first = many.draw(seeds), many.draw(seeds, first_part=bool(strategy.first))
    lines = np.array([*plan.lines, None], object)[:-1]
    for row, seed in enumerate(seeds):
        sample = draw(claim, strategy, seed, moderated)
        assert set(lines[taken[row]]) == set(sample.lines)
        assert set(lines[first[row]]) == set(sample.first if strategy.first else sample.lines)


@given(claims, any_strategy(), st.lists(st.text(max_size=6), min_size=1, max_size=8), initials, units)
@settings(max_examples=150)
def test_each_draw_of_many_is_that_of_its_seed(claim, strategy, seeds, seen, moderated):
    assert_same(claim, strategy, seeds, Moderated(seen, moderated))


@pytest.mark.parametrize("key", STRATEGIES)
@pytest.mark.parametrize(
    "claim",
    [
        big_claim(30, 6),
        big_claim(60, 9, 3),
        random_claim(Random(1), 120, 12, 3, 0.3),
    ],
    ids=["30 x 6", "60 x 9", "120 x 12"],
)
def test_each_draw_of_many_is_that_of_its_seed_on_larger_claims(claim, key):
    assert_same(claim, STRATEGIES[key], [str(n) for n in range(1, 13)], Moderated(frozenset({"JH"})))


@given(demanding())
def test_each_round_of_many_chooses_the_folders_that_it_would_alone(given_):
    demands, order = given_
    orders = [order, order[::-1], sorted(order)]
    ranks = np.array([np.argsort(one) for one in orders], np.int16)
    chosen = [set(np.flatnonzero(row)) for row in Rounds(demands).choose(ranks)]
    assert chosen == [set(demands.fewest([one])[0]) for one in orders]


def test_more_folders_than_a_byte_counts_are_no_matter():
    """Three hundred folders of which two hundred are wanted, and something that each tenth has."""
    demands = Demands(300, [list(range(300)), list(range(0, 300, 10)), [7, 8]], [200, 3, 1])
    order = [(7 * n) % 300 for n in range(300)]
    [chosen] = Rounds(demands).choose(np.argsort(order).astype(np.int16)[None])
    assert set(np.flatnonzero(chosen)) == set(demands.fewest([order])[0])


def test_equal_lots_go_to_the_folder_that_comes_first_in_the_claim():
    drawn = np.array([[0.5, 0.25, 0.5, 0.25], [3.0, 2.0, 1.0, 0.0]])
    assert many_draws._ranks(drawn).tolist() == [[2, 0, 3, 1], [3, 2, 1, 0]]


@pytest.mark.parametrize("key", ["ocr-visit", "sqrt", "pearson-standard", "ncfe-two-stage"])
def test_a_simulation_counts_the_draws_of_the_seeds_from_one_on(key):
    claim, strategy = big_claim(25, 4, 2), STRATEGIES[key]
    samples = [draw(claim, strategy, str(seed)) for seed in range(1, 61)]
    drawn = Counter(line for sample in samples for line in sample.lines)
    made = simulate(claim, strategy, 60)
    assert {one.line: one.probability for one in made.exposures} == {
        line: drawn[line] / 60 for line in claim.lines
    }
    assert made.folders.draws == Counter(len(sample.candidates) for sample in samples)
    held = {cell: Counter() for cell in {line.cell for line in claim.lines}}
    for sample in samples:
        of = Counter(line.cell for line in sample.lines)
        for cell, draws in held.items():
            draws[of[cell]] += 1
    assert {one.cell: one.draws for one in made.cells} == held


def test_a_first_part_is_counted_alone():
    claim, strategy = big_claim(25, 4, 2), STRATEGIES["ncfe-two-stage"]
    first = Counter(line for n in range(1, 41) for line in draw(claim, strategy, str(n)).first)
    made = simulate(claim, strategy, 40, first_part=True)
    assert {one.line: one.probability * 40 for one in made.exposures} == {
        line: first[line] for line in claim.lines
    }
    assert made.folders.p95 <= simulate(claim, strategy, 40).folders.p95


def test_portions_change_nothing(monkeypatch):
    claim = big_claim(25, 4, 2)
    whole = simulate(claim, STRATEGIES["ocr-visit"], 100)
    monkeypatch.setattr(many_draws, "BYTES", 1)
    told = []
    parts = simulate(
        claim,
        STRATEGIES["ocr-visit"],
        100,
        watch=lambda portions: told.extend(map(len, portions)) or portions,
    )
    assert (parts, told) == (whole, [16] * 6 + [4])


def test_a_claim_without_a_grade_to_draw_needs_no_folder():
    made = simulate(claim_of("0001 A 1:U:JH"), STRATEGIES["ocr-visit"], 20)
    assert (made.exposures, made.cells, made.folders.median, made.folders.p95) == ((), (), 0, 0)


# --- as arithmetic says ------------------------------------------------------------------------------------------


def one_cell(lines: int) -> Claim:
    return claim_of(lines=tuple(Line(f"{n:04}", "1", "P", "JH") for n in range(1, lines + 1)))


@pytest.mark.parametrize("lines", [1, 5, 6, 7, 20, 60])
@pytest.mark.parametrize("key", ["ocr-visit", "ocr-general", "sqrt", "sqa", "eal-high", "ib-dynamic"])
def test_of_one_cell_the_chance_to_catch_is_the_hypergeometric(lines, key):
    """Of n alike lines s are drawn: at least one of k wrong is among them with 1 - C(n-k, s) / C(n, s)."""
    size = STRATEGIES[key].size(lines)
    [cell] = simulate(one_cell(lines), STRATEGIES[key], 50).cells
    assert cell.catch() == pytest.approx(
        [1 - comb(lines - k, size) / comb(lines, size) for k in range(1, lines + 1)]
    )
    assert cell.catch() == pytest.approx(
        [hypergeom(lines, k, size).sf(0) for k in range(1, lines + 1)], abs=1e-12
    )


TABLE = """
  n  in sample     1     2     3     5
 10          6   60%   87%   97%  100%
 20          6   30%   52%   68%   87%
 30         15   50%   76%   89%   98%
 60          6   10%   19%   28%   42%
100         15   15%   28%   39%   56%
"""


@pytest.mark.parametrize("row", TABLE.strip().splitlines()[1:])
def test_the_chance_to_catch_1_2_3_or_5_wrong_grades_of_n(row):
    lines, held, *chances = row.split()
    catch = CellChance(("1", "JH", "P"), int(lines), {int(held): 1}).catch()
    assert [f"{catch[k - 1]:.0%}" for k in (1, 2, 3, 5)] == chances


@given(st.integers(1, 7), st.data())
def test_the_chance_to_catch_is_that_of_counting_all_ways_to_be_wrong(lines, data):
    """For any draws of a cell: each set of k lines may be the wrong ones, all alike."""
    one = st.sets(st.sampled_from(range(lines)))
    samples = data.draw(st.lists(one, min_size=1, max_size=6))
    chance = CellChance(("1", "JH", "P"), lines, Counter(map(len, samples)))
    for k, catch in enumerate(chance.catch(), 1):
        ways = list(combinations(range(lines), k))
        caught = sum(bool(sample.intersection(wrong)) for sample, wrong in product(samples, ways))
        assert catch == pytest.approx(float(Fraction(caught, len(samples) * len(ways))))


@pytest.mark.parametrize("key", ["ocr-visit", "sqrt"])
def test_alike_lines_are_alike_likely(key):
    """Twenty alike lines; each is drawn as often as its share, but for chance (five standard deviations)."""
    claim, strategy, draws = one_cell(20), STRATEGIES[key], 4000
    share = strategy.size(20) / 20
    spread = 5 * sqrt(share * (1 - share) / draws)
    chances = [one.probability for one in simulate(claim, strategy, draws).exposures]
    assert max(abs(chance - share) for chance in chances) < spread


def test_strata_are_sampled_as_enumeration_says():
    """Cells of 4 and 9: of the one 2, of the other 3, each choice as likely as any other."""
    grades = "PPPPMMMMMMMMM"
    claim = claim_of(lines=tuple(Line(f"{n:04}", "1", grade, "JH") for n, grade in enumerate(grades)))
    cells = [range(4), range(4, 13)]
    all_samples = [{*few, *more} for few in combinations(cells[0], 2) for more in combinations(cells[1], 3)]
    draws = 6000
    made = simulate(claim, STRATEGIES["sqrt"], draws)
    for number, one in enumerate(made.exposures):
        exact = sum(number in sample for sample in all_samples) / len(all_samples)
        assert abs(one.probability - exact) < 5 * sqrt(exact * (1 - exact) / draws)
    for one, lines in zip(made.cells, [cells[1], cells[0]], strict=True):  # M before P
        ways = list(combinations(lines, 2))
        caught = sum(bool(sample.intersection(wrong)) for sample, wrong in product(all_samples, ways))
        assert one.catch()[1] == pytest.approx(caught / len(ways) / len(all_samples))


def test_small_programmes_are_sampled_as_enumeration_says():
    """Six folders with one line each, two cells, four folders wanted: something of each cell, else by chance.

    No folder is needed more than another but for its cell, so the chance of a line hangs on its cell alone.
    """
    claim = claim_of(lines=tuple(Line(f"{n:04}", "1", "PPPPDD"[n], "JH") for n in range(6)))
    strategy = replace(STRATEGIES["pearson-standard"], bands=((99, 4),))
    chances = [one.probability for one in simulate(claim, strategy, 4000).exposures]
    assert sum(chances) == pytest.approx(4)
    for cell in (chances[:4], chances[4:]):
        assert max(cell) - min(cell) < 10 * sqrt(0.25 / 4000)


# --- fair ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", STRATEGIES)
@pytest.mark.parametrize("number", range(3))
def test_no_line_is_never_drawn_and_always_only_what_leaves_no_choice(key, number):
    random = Random(f"{key} {number}")
    claim = random_claim(random, random.randint(5, 25), random.randint(2, 6), random.randint(1, 3), 0.3)
    made = simulate(claim, STRATEGIES[key], 3000)
    assert [one.line for one in made.exposures if not one.probability] == []
    always = {one.line for one in made.exposures if one.probability == 1}
    assert no_choice(claim, STRATEGIES[key]) <= always
    if STRATEGIES[key].basis is not Basis.PROGRAMME:
        assert always == no_choice(claim, STRATEGIES[key])


@pytest.mark.parametrize("key", ["ocr-visit", "eal-high", "sqrt"])
def test_what_is_riskier_is_likelier_and_the_rest_still_comes(key):
    claim = big_claim(40, 4, 2)
    seen = Moderated(frozenset({"JH"}))
    made = simulate(claim, STRATEGIES[key], 1500, seen)
    chance = {one.line: one.probability for one in made.exposures}
    before = {one.line: one.probability for one in simulate(claim, STRATEGIES[key], 1500).exposures}

    def mean(of, who):
        return sum(p for line, p in of.items() if line.assessor == who) / sum(x.assessor == who for x in of)

    assert mean(chance, "RK") >= mean(before, "RK") - 0.01
    assert min(chance.values()) > 0


# --- folders -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("draws", "median", "p95"),
    [
        ({6: 50, 7: 50}, 6, 7),
        ({6: 49, 7: 51}, 7, 7),
        ({6: 95, 9: 5}, 6, 6),
        ({6: 94, 9: 6}, 6, 9),
        ({4: 1}, 4, 4),
    ],
)
def test_folders_that_are_enough_for_half_and_for_95_of_100_samples(draws, median, p95):
    assert (Folders(draws).median, Folders(draws).p95) == (median, p95)
