"""What an award needs, and in words how far that is known."""

from dataclasses import replace
from typing import Any

import pytest

from claimbatch.claims.needs import Needs, needs_of
from claimbatch.claims.scale import find_scale
from claimbatch.form.qualification import Qualification, Size, Unit
from tests.claims_made import QUALIFICATION

CREDITS = Size(30, "credits", True, "")
UNITS = (
    Unit(1, credits=10, mandatory=True, verified=True, size_verified=True),
    Unit(2, credits=10, mandatory=False, verified=True, size_verified=True),
)


def needs(size: Size | None = CREDITS, units: tuple[Unit, ...] = UNITS, **changes: Any) -> Needs:
    found = needs_of(replace(QUALIFICATION, size=size, units=units, **changes))
    assert found is not None
    return found


def test_where_no_points_are_known_nothing_is() -> None:
    assert needs_of(replace(QUALIFICATION, suite=1999)) is None
    known: Qualification = replace(QUALIFICATION, size=CREDITS)
    assert needs_of(known) == Needs(known, find_scale(2012, 3))


@pytest.mark.parametrize(("size", "value"), [(CREDITS, 30), (Size(180, "glh", True, ""), 0), (None, 0)])
def test_a_size_counts_in_the_scales_own_unit(size: Size | None, value: int) -> None:
    assert needs(size).size == value


def test_the_awards_are_those_of_its_size() -> None:
    assert needs().ranges == needs().scale.ranges(30)
    assert needs(Size(31, "credits", True, "")).ranges is None


def test_an_examined_unit_or_suite_keeps_a_claim_from_being_the_whole_award() -> None:
    assert not needs().examined
    external = replace(UNITS[1], assessment="external")
    assert external.external
    assert needs(units=(UNITS[0], external)).examined
    of_2016 = needs_of(replace(QUALIFICATION, suite=2016, units=UNITS))
    assert of_2016 is not None
    assert of_2016.examined == of_2016.scale.examined is True


def test_room_is_what_the_mandatory_units_leave() -> None:
    assert ([unit.number for unit in needs().mandatory], needs().room) == ([1], 20)
    three = tuple(replace(UNITS[0], number=number) for number in (1, 2, 3, 4))
    assert (len(needs(units=three).mandatory), needs(units=three).room) == (4, 0)
    pathway = replace(UNITS[0], mandatory="Networking pathway")
    assert (needs(units=(pathway,)).mandatory, needs(units=(pathway,)).room) == ((), 30)
    assert needs(units=(replace(UNITS[0], mandatory=None),)).mandatory == ()


def said(**given: Any) -> list[str]:
    """The caveats about the size, the points of the award and the units; not those of the scale itself."""
    return [text for text in needs(**given).caveats() if "the points for" not in text]


SURE = [
    text for text in said() if text.startswith("Not verified: the points")
]  # of the scale, whatever is asked


def test_what_is_known_and_verified_needs_no_caveat() -> None:
    assert said() == SURE


def test_of_an_examined_unit_it_is_said_first() -> None:
    external = replace(UNITS[1], assessment="external")
    assert said(units=(UNITS[0], external))[0].startswith("Examined units are not part of a claim")


def test_a_size_that_is_not_known_or_not_verified_is_said() -> None:
    assert said(size=None) == [
        "Not known: the size of the qualification, so also the award and how much is missing."
    ]
    doubted = Size(30, "credits", False, "from a leaflet")
    assert said(size=doubted) == [
        f"Not verified: the size of the qualification, {doubted} (from a leaflet).", *SURE,
    ]  # fmt: skip
    assert said(size=Size(31, "credits", True, "")) == [
        "Not known: the points that each award of 31 credits needs."
    ]


@pytest.mark.parametrize("doubt", [{"verified": False}, {"size_verified": False}])
def test_sizes_of_units_that_are_not_verified_are_said(doubt: dict[str, bool]) -> None:
    """One is enough; a unit without a size has none to doubt."""
    doubted = (UNITS[0], replace(UNITS[1], **doubt))
    assert said(units=doubted) == [*SURE, "Not verified: the sizes of some units (see it.toml)."]
    assert said(units=(UNITS[0], replace(UNITS[1], credits=0, **doubt))) == SURE


def test_what_is_not_known_to_be_mandatory_and_what_is_so_in_a_pathway_are_said() -> None:
    units = (replace(UNITS[0], mandatory=None), replace(UNITS[1], mandatory="Networking pathway"))
    assert said(units=units) == [
        *SURE,
        "Not known of every unit: whether it is mandatory.",
        "Unit 2 is mandatory in the Networking pathway; it is counted as optional.",
    ]


def test_doubts_about_the_points_of_a_grade_name_the_grades_and_say_why_once() -> None:
    scale = needs().scale
    points = {
        grade: replace(one, verified=grade == "P", why="a guess") for grade, one in scale.points.items()
    }
    doubted = replace(needs(), scale=replace(scale, points=points))
    grades = ", ".join(grade for grade in points if grade != "P")
    assert f"Not verified: the points for {grades} (a guess)." in list(doubted.caveats())
    each = {grade: replace(one, why=f"for {grade}") for grade, one in points.items()}
    whys = "; ".join(f"for {grade}" for grade in points if grade != "P")
    differing = replace(doubted, scale=replace(scale, points=each))
    assert f"Not verified: the points for {grades} ({whys})." in list(differing.caveats())
    sure = {grade: replace(one, verified=True) for grade, one in points.items()}
    assert not [t for t in replace(needs(), scale=replace(scale, points=sure)).caveats() if "points for" in t]


@pytest.mark.parametrize(
    ("verified", "words"),
    [(True, []), (False, ["Not verified: the points that each award needs (a guess)."])],
)
def test_points_of_awards_that_are_not_verified_are_said_with_why(verified: bool, words: list[str]) -> None:
    scale = needs().scale
    ranges = tuple(replace(one, verified=verified, why="a guess") for one in scale.award)
    found = replace(needs(), scale=replace(scale, award=ranges)).caveats()
    assert [text for text in found if "each award needs" in text] == words
