"""What a claim adds up to: points, units that count, awards, and what is missing; never more than is known."""

import json
import tomllib
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimbatch.claims.award import Award, award, awards
from claimbatch.claims.claim import GRADES, Line
from claimbatch.claims.claim_rules import RULES, award_incomplete
from claimbatch.claims.scale import find_scale, load_scales
from claimbatch.cli.main import cli
from claimbatch.cli.session import run
from claimbatch.data import schema_file
from claimbatch.form.qualification import Qualification, Size, Unit
from claimbatch.form.qualification_file import load_catalogue
from tests.centre import CENTRE, IT, Centre, put
from tests.claims_made import QUALIFICATION, claim_of
from tests.papers import report_of, tables, words

SCALES = load_scales()
RANGES = [(scale, ranges) for scale in SCALES for ranges in scale.award]
NAMES = [f"{scale.suite}-l{scale.level}-{ranges.size}" for scale, ranges in RANGES]
CREDITS = find_scale(2012, 3)
GLH = find_scale(2016, 3)
CATALOGUE = load_catalogue()


def lines(text: str) -> tuple[Line, ...]:
    """``1:P 3:M``: unit and grade of each line."""
    return tuple(Line("0042", *word.rsplit(":", 1), "JH") for word in text.split())


def sized(*sizes: int, size: int = 30, mandatory: tuple[int, ...] = (), **changes: object) -> Qualification:
    """A 2012 suite qualification of *size* credits, of units 1, 2, … with these *sizes*; nothing is in doubt."""
    units = tuple(
        Unit(
            number, credits=value or None, assessment="internal", mandatory=number in mandatory, verified=True
        )
        for number, value in enumerate(sizes, 1)
    )
    whole = Size(size, "credits", verified=True)
    return replace(QUALIFICATION, units=units, size=whole, **changes)


def picture(found: Award) -> tuple[str, str, str, str]:
    return str(found.points), " ".join(found.counted), found.reached, "; ".join(found.missing)


# The tables


@pytest.mark.parametrize(("scale", "ranges"), RANGES, ids=NAMES)
def test_passes_in_everything_make_the_lowest_award_of_each_size(scale, ranges):
    lowest, least = next(iter(ranges.lowest.items()))
    assert set(lowest) == {"P"}
    assert scale.worth("P", ranges.size) == least


@pytest.mark.parametrize(("scale", "ranges"), RANGES, ids=NAMES)
def test_a_better_award_needs_more_points_and_the_best_can_be_had(scale, ranges):
    points = list(ranges.lowest.values())
    assert points == sorted(set(points))
    assert points[-1] <= scale.worth("D", ranges.size)


@pytest.mark.parametrize(("scale", "ranges"), RANGES, ids=NAMES)
def test_an_award_begins_exactly_at_its_points(scale, ranges):
    names = ["", *ranges.lowest]
    for below, (name, least) in zip(names, ranges.lowest.items(), strict=False):
        assert [ranges.award(Fraction(least) - Fraction(1, 30)), ranges.award(Fraction(least))] == [
            below,
            name,
        ]


def test_ocrs_worked_example_adds_up():
    """90 GLH at M 24, 60 at M 16, 60 at D 18; 200 points in 720 GLH are DD."""
    assert [GLH.worth("M", 90), GLH.worth("M", 60), GLH.worth("D", 60)] == [24, 16, 18]
    assert GLH.ranges(720).award(Fraction(200)) == "DD"


def test_what_is_not_verified_says_why_and_what_is_verified_names_its_source():
    everything = [*(ranges for _, ranges in RANGES), *(p for scale in SCALES for p in scale.points.values())]
    assert [one for one in everything if not (one.source if one.verified else one.why)] == []
    named = {key for one in everything for key in one.source}
    assert named == set(tomllib.loads(schema_file("award.toml").read_text("utf-8"))["sources"])


def test_every_scale_has_the_grades_that_can_be_claimed_and_no_near_pass():
    assert [tuple(scale.points) for scale in SCALES] == [GRADES] * len(SCALES)


# What counts


@pytest.mark.parametrize(
    ("qualification", "claimed", "expected"),
    [
        (sized(10, 10, 10), "1:P 2:P 3:P", ("210", "1 2 3", "P", "")),
        (sized(10, 10, 10), "1:P 2:M", ("150", "1 2", "", "10 credits")),
        (sized(10, 10, 10, 10), "1:P 2:M 3:D 4:D", ("260", "2 3 4", "D*", "")),
        (sized(10, 10, 10, 10, mandatory=(1,)), "1:P 2:M 3:D 4:D", ("250", "1 3 4", "D", "")),
        (sized(10, 10, 10, 10, mandatory=(1,)), "2:M 3:D 4:D", ("180", "3 4", "", "10 credits; mandatory Unit 1")),
        (sized(10, 15, 15, 20), "1:D 2:P 3:P 4:P", ("230", "1 4", "M", "")),
        (sized(20, 20), "1:P 2:D", ("180", "2", "", "10 credits")),
        (sized(0, 10, 10, 10), "1:D 2:P 3:P 4:P", ("210", "2 3 4", "P", "units with unknown size: Unit 1")),
        (sized(10, 10), "1:P 9:D", ("70", "1", "", "20 credits; units with unknown size: Unit 9")),
        (sized(0), "1:D", ("None", "", "", "30 credits; units with unknown size: Unit 1")),
    ],
    ids=[
        "all passes are the lowest award", "a unit short", "the strongest optional units count",
        "a mandatory unit counts, however weak", "room is kept for a mandatory unit",
        "as full as can be, then the most points", "what does not fit is left out",
        "a unit of unknown size is not counted", "a unit that is not known is not counted", "nothing can be counted",
    ],
)  # fmt: skip
def test_what_counts(qualification, claimed, expected):
    assert picture(award(lines(claimed), qualification)) == expected


def test_a_mandatory_unit_of_unknown_size_keeps_the_award_from_being_named():
    found = award(lines("1:P 2:D 3:D 4:D"), sized(0, 10, 10, 10, mandatory=(1,)))
    assert (found.points, found.size, found.reached) == (270, "30 of 30 credits", "")


def test_the_award_in_reach_takes_a_d_in_all_that_is_missing():
    found = award(lines("1:P 2:M"), sized(10, 10, 10))
    assert (found.points, found.in_reach) == (150, "M")


def test_other_awarding_bodies_units_are_not_counted_and_that_is_said():
    found = award((*lines("1:P"), Line("0042", "other:Pearson:Impact", "D", "JH")), sized(10))
    assert (found.points, found.counted) == (70, ("1",))
    assert (
        found.notes[0] == "Units of other awarding bodies are not counted: how they would count is not known."
    )


def test_points_of_an_odd_size_are_exact():
    assert GLH.worth("P", 50) == Fraction(35, 3)


# What is known of it


def test_what_is_not_verified_is_said():
    """What each award of the 2012 suite needs is known from one tracking system; the points have a second source."""
    found = award(lines("1:P 2:M 3:D 4:D"), CATALOGUE.get("05347"))
    assert picture(found) == ("260", "2 3 4", "D*", "")
    assert found.notes == (
        "Not verified: the size of the qualification, 30 credits (third-party).",
        "Not verified: the points that each award needs (a college's tracking system, not OCR).",
        "Not verified: the sizes of some units (see it-l3-2012.toml).",
        "Not known of every unit: whether it is mandatory.",
    )


def test_with_examined_units_points_are_given_but_no_award():
    """A claim never holds examined units, so it alone cannot give a 2016 suite award."""
    found = award(lines("3:M 4:D 20:D"), CATALOGUE.get("05844"))
    assert picture(found) == ("52", "3 4 20", "", "180 GLH, examined units included")
    assert found.notes[0].startswith("Examined units are not part of a claim and are not counted")


def test_no_claim_of_a_2016_qualification_ever_names_an_award():
    """Distinctions in everything that can be claimed are still no award, and something is missing."""
    for known in CATALOGUE.qualifications:
        if known.suite == 2016 and known.level == 3:
            found = award(lines(" ".join(f"{unit.number}:D" for unit in known.offered)), known)
            assert (found.reached, bool(found.missing)) == ("", True), known.entry_code


def test_an_examined_unit_is_never_counted():
    unit = CATALOGUE.get("05844").unit(1)
    assert unit is not None
    assert unit.external
    assert award(lines("1:D"), CATALOGUE.get("05844")).points is None


@pytest.mark.parametrize(
    ("qualification", "note"),
    [
        (sized(10, suite=2016, level=2), "Not known: the points of the 2016 suite at Level 2."),
        (replace(sized(10), size=None),
         "Not known: the size of the qualification, so also the award and how much is missing."),
        (sized(10, size=45), "Not known: the points that each award of 45 credits needs."),
        (replace(sized(10), units=(Unit(1, credits=10, assessment="internal", mandatory="web pathway"),)),
         "Unit 1 is mandatory in the web pathway; it is counted as optional."),
    ],
    ids=["no points", "no size", "no ranges", "pathway"],
)  # fmt: skip
def test_what_is_not_known_is_said(qualification, note):
    found = award(lines("1:D"), qualification)
    assert note in found.notes
    assert found.reached == ""


def test_without_a_size_everything_counts():
    found = award(lines("1:D 2:P"), replace(sized(10, 10), size=None))
    assert (found.points, found.size, found.missing) == (160, "20 credits", ())


# Laws

UNITS = st.lists(st.tuples(st.sampled_from([0, 5, 10, 15, 20]), st.booleans()), min_size=1, max_size=8)


@st.composite
def claims(draw):
    units = draw(UNITS)
    mandatory = tuple(n for n, (_, m) in enumerate(units, 1) if m and draw(st.booleans()))
    qualification = sized(
        *(s for s, _ in units), size=draw(st.sampled_from([30, 60, 90])), mandatory=mandatory
    )
    grades = {n: draw(st.sampled_from(["", *GRADES])) for n in range(1, len(units) + 1)}
    return qualification, grades, draw(st.sampled_from(sorted(grades)))


def of(qualification: Qualification, grades: dict[int, str]) -> Award:
    return award(lines(" ".join(f"{unit}:{grade}" for unit, grade in grades.items() if grade)), qualification)


def rank(found: Award) -> tuple[int, Fraction | int]:
    """Awards in order, none being the lowest; then points."""
    names = ["", *CREDITS.ranges(found.full_size).lowest]
    return names.index(found.reached), found.points or 0


@given(claims())
def test_a_better_grade_never_lowers_points_or_award(claim):
    qualification, grades, unit = claim
    marks = [rank(of(qualification, {**grades, unit: grade})) for grade in GRADES]
    assert marks == sorted(marks)
    assert [points for _, points in marks] == sorted(points for _, points in marks)


@given(claims(), st.sampled_from(GRADES))
def test_one_more_unit_never_lowers_the_award(claim, grade):
    qualification, grades, unit = claim
    without, with_it = (of(qualification, {**grades, unit: given}) for given in ("", grade))
    assert rank(without)[0] <= rank(with_it)[0]
    assert without.counted_size <= with_it.counted_size


@given(claims())
def test_a_named_award_leaves_nothing_of_the_size_open_and_fits_its_points(claim):
    qualification, grades, _ = claim
    found = of(qualification, grades)
    if found.reached:
        assert found.counted_size >= found.full_size
        assert CREDITS.ranges(found.full_size).award(found.points) == found.reached
        assert {str(unit.number) for unit in qualification.units if unit.mandatory} <= set(found.counted)


@given(claims(), st.randoms())
def test_the_order_of_the_lines_does_not_matter(claim, shuffled):
    qualification, grades, _ = claim
    held = list(grades.items())
    shuffled.shuffle(held)
    assert of(qualification, dict(held)) == of(qualification, grades)


# Where it is shown


def test_cb405_says_for_each_candidate_what_is_missing():
    claim = claim_of("0007 Okafor, Chidi 1:P:JH 2:P:JH\n0042 Bo 1:P:JH 2:P:JH 3:P:JH",
                     qualification=sized(10, 10, 10))  # fmt: skip
    problems = list(award_incomplete.find(awards(claim)))
    assert [(p.candidate, p.message, p.is_error) for p in problems] == [
        ("0007", "This claim does not complete the award of candidate 0007. Missing: 10 credits.", False)
    ]
    assert award_incomplete in RULES


def test_the_report_shows_the_awards_and_their_notes_where_they_are_given():
    claim = claim_of("0042 Bo 1:P:JH 2:P:JH", qualification=sized(10, 10, 10))
    assert "Towards the full award" not in words(report_of(claim))
    report = report_of(claim, awards=awards(claim))
    assert tables(report)["Towards the full award"] == [
        ["Candidate", "Name", "Points", "Size", "At best"],
        ["0042", "Bo", "140", "20 of 30 credits", "M"],
    ]
    assert "Not verified: the points that each award needs" in words(report)


def show(centre: Centre, capfd: pytest.CaptureFixture[str], *options: str) -> tuple[str, str]:
    """What ``claim show`` prints below the claim's own heading, and what it says beside it."""
    assert run(cli, ["claim", "show", f"{CENTRE}-{IT}-1", *options, "-w", str(centre.workspace.folder)]) == 0
    out, err = capfd.readouterr()
    return out.partition("\n\n")[2] or out, err


@pytest.fixture
def claimed(centre: Centre, capfd: pytest.CaptureFixture[str]) -> Centre:
    """Candidate 0042 has a merit in Unit 1 of the Introductory Diploma, and no other unit."""
    workbook = put(centre.issue(), {"Grades!E5": "M", "Units!D5": "JH"})
    assert run(cli, ["merge", str(workbook), "-w", str(centre.workspace.folder)]) == 0
    capfd.readouterr()
    return centre


def test_claim_show_says_for_how_many_the_award_is_not_complete(claimed, capfd):
    assert show(claimed, capfd)[1] == (
        "\nFor information (CB405): the award of 1 candidate is not complete in this claim.\n"
        f"  → claimbatch claim show {CENTRE}-{IT}-1 --by award\n"
    )


def test_claim_show_by_award_shows_what_counts_what_is_missing_and_how_far_it_is_known(claimed, capfd):
    table, words = show(claimed, capfd, "--by", "award")
    assert table == (
        "Candidate  Name         Points  Units counted  Size              With D in the rest  Missing\n"
        "---------  -----------  ------  -------------  ----------------  ------------------  ----------\n"
        "0042       Ahmed, Sana  80      1              10 of 60 credits  D*                  50 credits\n"
    )
    assert words.splitlines()[1:] == [
        "For information (CB405): the award of 1 candidate is not complete in this claim.",
        "",
        *award(lines("1:M"), CATALOGUE.get(IT)).notes,
    ]


def test_claim_show_as_json_holds_awards_notes_and_the_information(claimed, capfd):
    shown = json.loads(show(claimed, capfd, "--format", "json")[0])
    assert [(row["candidate"], row["points"], row["missing"]) for row in shown["awards"]] == [
        ("0042", "80", "50 credits")
    ]
    assert [(row["rule"], row["severity"]) for row in shown["problems"]] == [("CB405", "query")]
    assert len(shown["award_notes"]) == 4


def test_a_workspace_has_points_of_its_own(tmp_path: Path) -> None:
    """award.toml in its schemas wins over the shipped one; sampling.toml likewise; the form is everybody's."""
    centre = Centre.make(tmp_path / "centre", (IT,))
    centre.done("merge", put(centre.issue(IT), {"Grades!E5": "P", "Assessed by!E5": "JH"}))
    key, schemas = f"{CENTRE}-{IT}-1", centre.workspace.folder / "schemas"
    assert [row["points"] for row in awards_shown(centre, key)] == ["70"]
    shipped = schema_file("award.toml").read_text("utf-8")
    (schemas / "award.toml").write_text(shipped.replace("P = { value = 7", "P = { value = 9"), "utf-8")
    assert [row["points"] for row in awards_shown(centre, key)] == ["90"]
    shipped = schema_file("sampling.toml").read_text("utf-8")
    (schemas / "sampling.toml").write_text(shipped[shipped.index("[sqrt]") :], "utf-8")
    assert "Choose one of: sqrt." in centre.run("sample", "draw", key)[1]
    (schemas / "form.toml").write_text("")
    assert centre.run("claims")[0] == 3


def awards_shown(centre: Centre, key: str) -> list[dict[str, str]]:
    return json.loads(centre.done("claim", "show", key, "--format", "json"))["awards"]
