"""Simulated samples: what every draw must hold to, whatever the claim."""

import subprocess
import sys
from collections import Counter, defaultdict
from dataclasses import replace
from operator import mul
from random import Random
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimbatch.claims.claim import Claim, Line, unit_order
from claimbatch.errors import ClaimbatchError
from claimbatch.moderation.folders import Demands
from claimbatch.moderation.plan import Moderated, Plan, canonical_key
from claimbatch.moderation.sampling import draw, recorded, uncovered
from claimbatch.moderation.simulation import simulate
from claimbatch.moderation.strategies import Basis, find_strategy, load_strategies
from claimbatch.moderation.tickets import check, ticket
from claimbatch.output.shortfalls import shortfalls
from tests.claims_made import big_claim, claim_of, random_claim
from tests.fewest import fewest_folders, group_of, no_choice

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
    candidates = (0, 1, 5, 6, 15, 16, 25, 26, 100, 101, 200, 201, 300, 301, 501)
    sizes = {key: [strategy.size(n) for n in candidates] for key, strategy in STRATEGIES.items()}
    assert sizes == {
        "ocr-general": [0, 1, 5, 6, 15, 15, 15, 15, 15, 20, 20, 25, 25, 25, 25],
        "ocr-visit": [0, 1, 5, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6],
        "pearson-standard": [0, 1, 5, 6, 6, 6, 6, 9, 9, 12, 12, 24, 24, 36, 60],
        "pearson-enhanced": [0, 1, 5, 6, 9, 9, 9, 12, 12, 15, 15, 30, 30, 45, 75],
        "ncfe": [0, 1, 5, 6, 15, 15, 15, 15, 15, 20, 20, 25, 25, 25, 25],
        "ncfe-two-stage": [0, 1, 5, 6, 15, 15, 15, 15, 15, 20, 20, 25, 25, 25, 25],
        "eal-high": [0, 1, 3, 3, 6, 6, 7, 7, 25, 16, 30, 21, 30, 31, 3],
        "sqa": [0, 1, 5, 6, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12],
        "ib-dynamic": [0, 1, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5],
        "sqrt": [0, 1, 3, 3, 4, 4, 5, 6, 10, 11, 15, 15, 18, 18, 23],
    }


@pytest.mark.parametrize("strategy", STRATEGIES.values(), ids=str)
def test_every_strategy_names_its_source_and_purpose_and_says_that_it_is_a_simulation(strategy):
    assert strategy.source
    assert strategy.purpose
    assert strategy.note.startswith("Simulation only.")


def test_an_unknown_strategy_is_a_wrong_request_that_lists_the_known():
    with pytest.raises(ClaimbatchError, match=r"^There is no sampling strategy random\.$") as refused:
        find_strategy("random")
    assert refused.value.hint == (
        "Choose one of: ocr-general, ocr-visit, pearson-standard, pearson-enhanced, ncfe, ncfe-two-stage, "
        "eal-high, sqa, ib-dynamic, sqrt. claimbatch sample strategies says what each is."
    )


def test_a_strategy_is_found_by_its_key():
    assert [find_strategy(key) for key in STRATEGIES] == list(STRATEGIES.values())


def test_beyond_the_last_band_a_size_grows_only_where_the_strategy_says_so():
    assert replace(STRATEGIES["ocr-visit"], bands=((99, 2),)).size(250) == 2


@given(seeds, st.text(max_size=20))
def test_a_ticket_is_64_digits_that_hang_on_seed_and_key_alone(seed, key):
    assert len(ticket(seed, key)) == 64
    assert len({ticket(seed, key), ticket(seed, key + "!"), ticket(seed + "!", key)}) == 3


@pytest.mark.parametrize("seed", ["7", "spring", "it's", "\u00e9\n"])
def test_a_ticket_can_be_checked_with_a_few_lines_of_python(seed):
    claim = claim_of("0042 Adeyemi-Clarke, Bo 3:D:RK")
    key = canonical_key(claim, claim.lines[0])
    assert key == "68199|05347|0042|3"
    printed = subprocess.run(
        [sys.executable, "-I", "-c", check(seed, key)], capture_output=True, text=True, check=True
    )
    assert printed.stdout.strip() == ticket(seed, key)


def test_tickets_are_spread_evenly():
    """Each of sixteen first digits, in each of four places, about as often; and two seeds have nothing in common."""
    keys = [f"68199|05347|{n:04}|3" for n in range(2000)]
    for at in range(0, 64, 16):
        digits = Counter(ticket("7", key)[at] for key in keys)
        assert sum((times - 125) ** 2 / 125 for times in digits.values()) < 37.7  # chi-square, 1 in 1000
    orders = [sorted(keys, key=lambda key: ticket(seed, key)) for seed in ("7", "8")]
    both = len(set(orders[0][:200]) & set(orders[1][:200]))
    assert 5 < both < 40  # 20 by chance


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
    assert (sample.simulated, sample.seed, sample.candidates) == (True, "7", ["0001", "0002", "0003"])
    assert [(g.name, g.candidates, g.size, g.taken, g.above) for g in sample.groups] == [
        (("1",), 5, 2, 2, 0),
        (("2",), 4, 2, 3, 1),
    ]


PICTURE = """
0001 A  1:D:JH 2:D:JH 3:P:RK
0002 B  1:D:JH 2:M:JH
0003 C  1:P:RK 2:P:JH 3:P:RK
0004 D  1:P:RK 2:P:JH 3:M:RK
0005 E  1:P:RK 3:P:RK
0006 F  1:M:JH 2:P:JH 3:P:RK
0007 G  2:P:JH 3:D:JH
0008 H  1:P:JH 2:M:RK
"""


@pytest.mark.parametrize(
    ("key", "size", "drawn"),
    [
        ("ocr-visit", 3, """
            seed 7: 1:123 2:2 4:13 6:1 7:23 8:12
            seed 8: 1:2 2:12 3:13 4:3 6:1 7:23 8:12
            seed spring: 1:12 2:2 4:13 6:123 7:3 8:12
        """),
        ("pearson-standard", 5, """
            seed 7: 1:123 2:2 4:13 6:1 7:23 8:12
            seed 8: 1:2 2:12 3:13 4:3 6:1 7:23 8:12
            seed spring: 1:12 2:2 4:13 6:123 7:3 8:12
        """),
        ("pearson-standard", 7, """
            seed 7: 1:123 2:2 3:1 4:3 6:1 7:23 8:12
            seed 8: 1:2 2:12 3:3 4:3 5:1 6:1 7:23 8:12
            seed spring: 1:12 2:2 3:13 4:3 6:12 7:3 8:12
        """),
        ("sqrt", 0, """
            seed 7: 1:123 2:12 3:1 4:13 6:123 7:23 8:12
            seed 8: 1:12 2:12 3:13 4:23 5:13 6:1 7:23 8:12
            seed spring: 1:12 2:12 3:123 4:13 6:123 7:3 8:12
        """),
    ],
)  # fmt: skip
def test_draws_of_a_claim_of_eight_look_like_this(key, size, drawn):
    """Each candidate, and after the colon the units."""
    strategy = STRATEGIES[key] if not size else replace(STRATEGIES[key], bands=((99, size),))
    rows = []
    for seed in ("7", "8", "spring"):
        units: dict[str, str] = defaultdict(str)
        for line in draw(claim_of(PICTURE), strategy, seed).lines:
            units[line.candidate[-1]] += line.unit
        rows.append(f"seed {seed}: " + " ".join(f"{candidate}:{of}" for candidate, of in units.items()))
    assert rows == [row.strip() for row in drawn.strip().splitlines()]


def test_a_size_below_nothing_asks_for_nothing_beyond_the_cells():
    nothing = replace(STRATEGIES["ocr-visit"], bands=((99, -1),))
    only_cover = replace(STRATEGIES["ocr-visit"], bands=((99, 1),))
    assert draw(claim_of(), nothing, "7").lines == draw(claim_of(), only_cover, "7").lines


@given(claims, strategies, seeds)
def test_a_sample_is_of_the_claim_each_line_once_in_order(claim, strategy, seed):
    lines = draw(claim, strategy, seed).lines
    assert set(lines) <= set(claim.lines)
    assert [(line.candidate, unit_order(line.unit)) for line in lines] == sorted(
        {(line.candidate, unit_order(line.unit)) for line in lines}
    )


def test_a_strategy_of_nothing_but_a_minimum_draws_that():
    alone = replace(STRATEGIES["sqa"], bands=(), minimum=2)
    assert (alone.asked(5), alone.size(5), alone.size(1)) == (None, 2, 1)


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


# --- few folders -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", STRATEGIES)
def test_a_draw_asks_for_hardly_more_folders_than_any_sample_needs(key):
    random, ratios = Random(key), []
    for _ in range(12):
        claim = random_claim(
            random,
            random.randint(4, 30),
            random.randint(2, 8),
            random.randint(1, 3),
            random.choice([0.1, 0.4]),
        )
        drawn = simulate(claim, STRATEGIES[key], 300).folders.draws
        ratios.append(
            sum(map(mul, drawn.keys(), drawn.values())) / 300 / fewest_folders(claim, STRATEGIES[key])
        )
    assert mean(ratios) <= 1.05


def test_sizes_are_filled_from_folders_that_are_pulled_already():
    """Thirty candidates, six units, six of each: six folders are enough. In some draws it is one more."""
    claim = big_claim(30, 6)
    drawn = Counter(len(draw(claim, STRATEGIES["ocr-visit"], str(seed)).candidates) for seed in range(200))
    assert drawn == {6: 150, 7: 50}


def test_covering_needs_few_folders():
    """Thirty cells (ten units, three grades): one folder shows ten at most."""
    only_cover = replace(STRATEGIES["ocr-visit"], bands=((9999, 1),))
    assert [len(draw(big_claim(60, 10), only_cover, str(seed)).candidates) for seed in range(6)] == [
        4, 5, 4, 4, 4, 4,
    ]  # fmt: skip


@given(claims, strategies, seeds)
def test_no_more_lines_are_asked_for_than_cells_and_sizes_need(claim, strategy, seed):
    sample = draw(claim, strategy, seed)
    cells = {line.cell for line in claim.lines}
    of_group = {
        g.name: {cell for cell in cells if group_of(Line("", *cell), strategy) == g.name}
        for g in sample.groups
    }
    lines = Counter(group_of(line, strategy) for line in sample.lines)
    most = {
        g.name: len(of_group[g.name]) + (g.size if strategy.basis is Basis.PROGRAMME else 0)
        for g in sample.groups
    }
    assert [g.name for g in sample.groups if lines[g.name] > max(g.size, most[g.name])] == []


# --- a fair choice -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claim", "strategy", "draws"),
    [
        (big_claim(30, 6), STRATEGIES["ocr-visit"], 600),
        (big_claim(30, 6, 3), STRATEGIES["ocr-visit"], 600),
        (big_claim(30, 6, 2), STRATEGIES["pearson-standard"], 600),
        (random_claim(Random(1), 20, 4, 2, 0.3), STRATEGIES["ocr-general"], 600),
        (random_claim(Random(2), 20, 4, 2, 0.3), STRATEGIES["ocr-visit"], 1500),
        (random_claim(Random(3), 20, 4, 2, 0.3), STRATEGIES["pearson-enhanced"], 1500),
        (random_claim(Random(4), 20, 4, 2, 0.3), STRATEGIES["sqrt"], 600),
        (random_claim(Random(5), 5, 3, 2, 0.3), STRATEGIES["pearson-standard"], 300),
    ],
)
def test_over_many_seeds_every_line_is_drawn_and_always_only_what_leaves_no_choice(claim, strategy, draws):
    drawn = Counter(line for seed in range(draws) for line in draw(claim, strategy, str(seed)).lines)
    assert set(drawn) == set(claim.lines)
    assert {line for line in drawn if drawn[line] == draws} == no_choice(claim, strategy)


@given(claims, strategies.filter(lambda strategy: strategy.basis is not Basis.PROGRAMME), seeds)
def test_of_each_cell_the_smallest_tickets_in_the_folders_asked_for_are_taken(claim, strategy, seed):
    sample = draw(claim, strategy, seed)
    number = {line: ticket(seed, canonical_key(claim, line)) for line in claim.lines}
    left = [line for line in claim.lines if line.candidate in sample.candidates and line not in sample.lines]
    assert [(a, b) for a in sample.lines for b in left if a.cell == b.cell and number[a] > number[b]] == []


def test_one_more_folder_changes_no_ticket_and_so_the_choice_but_little():
    claim = big_claim(30, 6)
    fewer = replace(claim, lines=tuple(line for line in claim.lines if line.candidate != "0030"))
    same = 0
    for seed in range(50):
        sample = draw(claim, STRATEGIES["ocr-visit"], str(seed))
        same += (
            "0030" not in sample.candidates
            and sample.lines == draw(fewer, STRATEGIES["ocr-visit"], str(seed)).lines
        )
    assert same > 0


# --- risk: D, then M, then P -------------------------------------------------------------------------------------


def test_where_folders_serve_alike_those_with_the_riskier_grades_are_likelier():
    claim = claim_of(lines=tuple(Line(f"{n:04}", "1", "DMP"[n % 3], "JH") for n in range(30)))
    drawn = Counter(
        line.grade for seed in range(300) for line in draw(claim, STRATEGIES["ocr-visit"], str(seed)).lines
    )
    assert drawn == {"D": 828, "M": 525, "P": 447}


def pulled_whole(grades: str) -> Claim:
    """All folders must be pulled for unit 2, each for an assessor of its own; so unit 1 may choose among all."""
    return claim_of(
        lines=tuple(
            line
            for n, grade in enumerate(grades)
            for line in (Line(f"{n:04}", "1", grade, "JH"), Line(f"{n:04}", "2", "P", f"A{n}"))
        )
    )


def of_unit_1(claim: Claim, size: int) -> Counter[str]:
    """The grades by which unit 1 was filled up, over a hundred seeds."""
    strategy = replace(STRATEGIES["ocr-visit"], bands=((99, size),))
    samples = [draw(claim, strategy, str(seed)) for seed in range(100)]
    return Counter(
        "".join(line.grade for line in sorted(sample.lines, key=lambda line: line.grade) if line.unit == "1")
        for sample in samples
    )


def test_among_cells_with_as_many_lines_left_the_riskier_grade_is_likelier():
    assert of_unit_1(pulled_whole("DDDMMMPPP"), 4) == {"DDMP": 52, "DMMP": 28, "DMPP": 20}


def test_the_cell_with_most_lines_left_comes_first_whatever_its_risk():
    assert of_unit_1(pulled_whole("DDMMPPPP"), 5) == {"DMPPP": 100}


def test_groups_are_reported_by_unit_assessor_and_risk():
    claim = claim_of("""
        0001 A  10:P:JH 2:M:RK other:NCFE:Art:P:JH
        0002 B  10:D:JH 2:P:JH
        0003 C  10:M:JH 2:D:JH
    """)
    assert [group.name for group in draw(claim, STRATEGIES["sqrt"], "7").groups] == [
        ("2", "JH", "D"), ("2", "JH", "P"), ("2", "RK", "M"),
        ("10", "JH", "D"), ("10", "JH", "M"), ("10", "JH", "P"), ("other:NCFE:Art", "JH", "P"),
    ]  # fmt: skip
    assert [group.name for group in draw(claim, STRATEGIES["ocr-visit"], "7").groups] == [
        ("2",), ("10",), ("other:NCFE:Art",),
    ]  # fmt: skip


def test_a_u_in_a_claim_is_passed_over():
    claim = claim_of("0001 A  1:U:JH 2:P:JH")
    sample = draw(claim, STRATEGIES["ocr-visit"], "7")
    assert [line.unit for line in sample.lines] == ["2"]
    assert [line.unit for line in sample.passed_over] == ["1"]


# --- risk: what no moderator has seen ----------------------------------------------------------------------------


def taken(claim: Claim, size: int, moderated: Moderated, named) -> Counter[str]:
    """What 300 draws of so many candidates take, by what *named* says of a line."""
    strategy = replace(STRATEGIES["ocr-visit"], bands=((99, size),))
    drawn = (line for n in range(300) for line in draw(claim, strategy, str(n), moderated).lines)
    return Counter(named(line) for line in drawn)


def test_a_new_assessor_s_work_is_likelier_and_another_s_still_comes():
    """Ten folders each; one of either cell always comes, two more come by lot."""
    claim = claim_of(lines=tuple(Line(f"{n:04}", "1", "P", ["JH", "RK"][n % 2]) for n in range(20)))
    told = taken(claim, 4, Moderated(frozenset({"JH"})), lambda line: line.assessor)
    assert told["RK"] > 1.5 * told["JH"] > 1.5 * 300


def test_a_unit_that_was_never_moderated_is_likelier_and_another_still_comes():
    """By folder: half of the candidates have unit 1, half unit 2; the claim's size is five."""
    claim = claim_of(lines=tuple(Line(f"{n:04}", str(1 + n % 2), "P", "JH") for n in range(20)))
    strategy = replace(STRATEGIES["pearson-standard"], bands=((99, 5),))
    seen = Moderated(frozenset({"JH"}), frozenset({"1"}))
    drawn = Counter(line.unit for n in range(300) for line in draw(claim, strategy, str(n), seen).lines)
    assert drawn["2"] > 1.5 * drawn["1"] > 1.5 * 300


def test_a_new_assessor_comes_before_a_new_unit_and_that_before_a_grade():
    plan = Plan.of(claim_of(), STRATEGIES["ocr-visit"], Moderated(frozenset({"JH"}), frozenset({"1"})))
    order = [Line("", "2", "D", "RK"), Line("", "2", "P", "RK"), Line("", "1", "D", "RK"), Line("", "2", "D", "JH"),
             Line("", "1", "D", "JH"), Line("", "1", "M", "JH"), Line("", "1", "P", "JH")]  # fmt: skip
    assert [plan.counts(line) for line in order] == [1, 3, 4, 8, 32, 64, 96]


@given(claims, strategies, seeds)
def test_where_all_is_seen_as_where_nothing_is_the_grades_alone_decide(claim, strategy, seed):
    all_seen = Moderated(frozenset(line.assessor for line in claim.lines), frozenset(claim.units))
    assert draw(claim, strategy, seed, all_seen) == draw(claim, strategy, seed)


# --- stages ------------------------------------------------------------------------------------------------------

staged = st.sampled_from([one for one in STRATEGIES.values() if one.first])


@given(claims, staged, seeds)
def test_the_first_part_is_of_the_sample_of_each_unit_and_has_its_highest_and_lowest_grade(
    claim, strategy, seed
):
    sample = draw(claim, strategy, seed)
    assert set(sample.first) <= set(sample.lines)
    for unit in claim.units:
        whole = [line.grade for line in sample.lines if line.unit == unit]
        first = [line.grade for line in sample.first if line.unit == unit]
        assert len(first) == min(strategy.first, len(whole))
        assert {min(whole), max(whole)} <= set(first)  # D, M, P


@given(claims, strategies.filter(lambda strategy: not strategy.first), seeds)
def test_without_stages_there_is_no_first_part(claim, strategy, seed):
    assert draw(claim, strategy, seed).first == ()


# --- what a draw could not do, and why ---------------------------------------------------------------------------


def told(strategy: str, candidates: int, grade: str = "P") -> list[str]:
    claim = claim_of(lines=tuple(Line(f"{n:04}", "1", grade, "JH") for n in range(candidates)))
    return shortfalls(draw(claim, STRATEGIES[strategy], "7"))


def test_a_draw_says_where_it_has_fewer_than_the_strategy_asks_for():
    assert told("ocr-visit", 6) == told("ocr-general", 4) == told("sqrt", 3) == []
    assert told("ocr-visit", 4) == [
        "Fewer candidates than the strategy asks for in Unit 1 (4 for 6): each of them is in the sample."
    ]
    assert told("sqa", 7) == [
        (
            "Fewer candidates than the strategy asks for in the whole claim (7 for 12): "
            "something of each is in the sample."
        )
    ]


@pytest.mark.parametrize("candidates", [18, 501])
def test_a_draw_says_where_the_source_gives_no_size(candidates):
    assert told("eal-high", 17) == told("eal-high", 19) == []
    assert told("eal-high", candidates) == [
        (
            "The strategy's source gives no size for so many candidates as there are in the whole claim "
            f"({candidates}): every unit, assessor and grade is in the sample, and no more than that and the "
            "strategy's minimum."
        )
    ]


def test_a_draw_says_what_cannot_be_drawn():
    assert told("sqrt", 2, "U") == [
        "Not drawn, because no centre gives such a grade: 0000 Unit 1, 0001 Unit 1."
    ]


@given(claims, strategies, seeds)
def test_every_group_has_what_is_asked_for_or_is_named_as_short(claim, strategy, seed):
    for group in draw(claim, strategy, seed).groups:
        assert group.asked is None or group.taken >= group.asked - group.short
        assert not group.short or group.taken == group.candidates


def test_what_is_not_covered_is_named_by_unit_assessor_and_risk():
    claim = claim_of("""
        0001 A  10:P:JH 2:P:RK 1:P:JH
        0002 B  10:M:JH 2:P:JH 1:D:RK
        0003 C  10:D:JH 2:D:JH 1:M:RK
    """)
    assert uncovered(claim.lines, claim.lines[2:3]) == (
        ("1", "RK", "D"), ("1", "RK", "M"), ("2", "JH", "D"), ("2", "JH", "P"), ("2", "RK", "P"),
        ("10", "JH", "D"), ("10", "JH", "M"), ("10", "JH", "P"),
    )  # fmt: skip


# --- which folders -----------------------------------------------------------------------------------------------


def test_each_round_begins_with_the_folder_that_comes_first():
    alike = Demands(3, [[0, 1, 2]], [1])
    assert alike.fewest([[0, 1, 2], [1, 2, 0], [2, 0, 1]]) == [[0], [1], [2]]


def test_only_the_rounds_that_needed_fewest_count():
    """Folder 0 serves both demands, 2 and 3 one each."""
    demands = Demands(4, [[0, 1, 2], [0, 1, 3]], [1, 1])
    assert demands.fewest([[2, 3, 0, 1], [1, 0, 2, 3], [0, 2, 3, 1], [3, 2, 1, 0]]) == [[1], [0]]


def test_a_demand_that_few_can_serve_comes_before_one_that_many_can():
    demands = Demands(8, [[0, 6], [1, 3, 4, 7], [2, 5]], [1, 1, 1])
    assert demands.weights == [3, 2, 3]
    assert demands.fewest([[0, 1, 2, 3, 4, 5, 6, 7]]) == [[0, 2, 1]]


def test_a_folder_with_nothing_to_add_is_no_beginning():
    """Folder 2 must be pulled and serves all that 1 can; so 3 begins, though 0 would add more."""
    demands = Demands(6, [[2], [1, 2], [0, 3], [3, 5], [0, 4], [0, 4]], [1, 1, 1, 1, 1, 1])
    assert demands.fewest([[1, 3, 4, 0, 5, 2]]) == [[2, 3, 4]]


def test_a_folder_that_others_make_needless_goes():
    """Folder 0 comes first; then 1 and 2, for what only they serve, serve all that it does."""
    demands = Demands(5, [[0, 1], [0, 2], [1, 3], [2, 4]], [1, 1, 1, 1])
    assert demands.fewest([[0, 1, 2, 3, 4]]) == [[1, 2]]


def test_of_folders_that_make_each_other_needless_the_one_pulled_first_stays():
    """Folder 0 or folder 1 may go, not both."""
    servers = [[0, 1, 2], [0, 3], [0, 1, 3, 4, 5], [1, 2, 4], [0, 1, 3, 4, 5],
               [2, 4], [1, 3], [0, 1, 2, 4], [3, 4, 5, 6], [3, 5]]  # fmt: skip
    assert Demands(7, servers, [2] + [1] * 9).fewest([list(range(7))]) == [[0, 3, 2]]


def test_a_folder_that_nothing_can_replace_comes_before_all():
    demands = Demands(4, [[3], [0, 1, 3], [0, 1, 2]], [1, 1, 1])
    assert demands.fewest([[2, 0, 1, 3]]) == [[3, 2]]


@st.composite
def demanding(draw_from):
    folders = draw_from(st.integers(1, 9))
    able = st.sets(st.integers(0, folders - 1), min_size=1).map(sorted)
    servers = draw_from(st.lists(able, min_size=1, max_size=12))
    wants = [draw_from(st.integers(1, len(able))) for able in servers]
    return Demands(folders, servers, wants), draw_from(st.permutations(range(folders)))


@given(demanding())
def test_all_demands_are_met_and_no_folder_is_needless(given_):
    demands, order = given_
    [few] = demands.fewest([order])

    def met(folders):
        return all(
            len(set(able) & set(folders)) >= wanted
            for able, wanted in zip(demands.servers, demands.wants, strict=True)
        )

    assert len(set(few)) == len(few)
    assert met(few)
    assert not any(met([other for other in few if other != folder]) for folder in few)


# --- the moderator's own -----------------------------------------------------------------------------------------


def test_what_a_moderator_left_out_is_reported():
    sample = recorded(claim_of(), {("0007", "1"), ("0042", "3")})
    assert (sample.simulated, sample.seed, sample.groups) == (False, "", ())
    assert sample.pairs == {("0007", "1"), ("0042", "3")}
    assert sample.uncovered == (("1", "JH", "M"), ("1", "RK", "P"), ("3", "JH", "M"))
