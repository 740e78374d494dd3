"""What a claim can be asked: its units in order, by every name that people give them, and who is on it."""

from dataclasses import replace

import pytest

from claimbatch.claims.claim import (
    GRADES,
    LABELS,
    Candidate,
    Claim,
    Line,
    Status,
    candidate_named,
    other_unit,
    unit_label,
    unit_order,
    unit_title,
)
from claimbatch.errors import ClaimbatchError
from tests.claims_made import QUALIFICATION, SMALL, claim_of

AID, AID2, FILM = "other:NCFE:First Aid", "other:Pearson:First Aid", "other:NCFE:Film: part 2"
OTHERS = tuple(Line("0007", unit, "P", "JH") for unit in (AID, FILM))


def claim(*lines: Line) -> Claim:
    made = claim_of()
    return replace(made, lines=(*made.lines, *lines))


def test_its_units_stand_in_order_numbers_first() -> None:
    lines = [Line("0007", unit, "P", "JH") for unit in ("10", "2", FILM, AID, "2")]
    assert claim_of("", lines=tuple(lines)).units == ["2", "10", FILM, AID]


def test_grades_and_states_keep_their_names() -> None:
    """They stand in every store and export."""
    assert GRADES == ("P", "M", "D")
    assert " ".join(Status) == "not-submitted submitted sampled completed withdrawn"


def test_each_state_has_a_label() -> None:
    assert [LABELS[status] for status in Status] == [
        "Not submitted", "Submitted", "Sampled", "Completed", "Withdrawn",
    ]  # fmt: skip


def test_a_new_claim_is_not_submitted_and_says_nothing() -> None:
    new = Claim("k", "68199", "Example College", QUALIFICATION)
    assert (new.status, new.claim_number, new.reference, new.revision, new.head) == (
        Status.NOT_SUBMITTED, "", "", 0, "",
    )  # fmt: skip
    assert (new.created_at, new.updated_at, new.lines, new.units, new.entry_code) == ("", "", (), [], "05347")


def test_a_moderators_cell_is_unit_assessor_and_grade() -> None:
    assert Line("0007", "3", "M", "JH").cell == ("3", "JH", "M")


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("3", "3"),
        ("Unit 03", "3"),
        ("99", "99"),
        ("First Aid", AID),
        ("  first  AID ", AID),
        ("OTHER:ncfe:first aid", AID),
        ("Film: part 2", FILM),
        ("other:NCFE:Sound design", "other:NCFE:Sound design"),
        (" other: NCFE :Sound  design", "other:NCFE:Sound design"),
    ],
)
def test_a_unit_goes_by_every_name_that_people_give_it(text: str, unit: str) -> None:
    assert claim(*OTHERS).unit_named(text) == unit


@pytest.mark.parametrize("text", ["Film", "", "Computer systems", "other:NCFE", "other::Film", "NCFE:Film"])
def test_what_names_no_unit_is_refused_with_where_to_look(text: str) -> None:
    with pytest.raises(ClaimbatchError) as error:
        claim(*OTHERS).unit_named(text)
    assert error.value.message == f'"{text}" is no unit of claim 05347-1.'
    assert error.value.hint == "claimbatch claim show 05347-1 --by unit lists its units."


def test_a_title_of_two_units_is_asked_about() -> None:
    both = claim(*OTHERS, Line("0042", AID2, "P", "JH"))
    with pytest.raises(ClaimbatchError) as error:
        both.unit_named("First Aid")
    assert (error.value.message, error.value.hint) == (
        '"First Aid" is more than one unit of claim 05347-1.',
        f'Say which: "{AID}", "{AID2}".',
    )
    assert both.unit_named(AID2) == AID2


def test_what_is_known_of_a_unit() -> None:
    made = claim(*OTHERS)
    assert [made.unit_title(unit) for unit in ("3", "5", "77", AID, FILM)] == [
        "Computer systems", "", "", "First Aid", "Film: part 2",
    ]  # fmt: skip
    assert [made.unit_reference(unit) for unit in ("3", "4", "77", AID)] == ["H/601/7254", "", "", ""]
    assert [made.awarding_body(unit) for unit in ("3", AID, FILM)] == ["OCR", "NCFE", "NCFE"]
    assert [made.unit_label(unit) for unit in ("3", "77")] == ["Unit 3", "Unit 77"]
    assert "First Aid" in made.unit_label(AID)


def test_a_candidate_who_was_purged_has_a_number_alone() -> None:
    made = claim_of(SMALL)
    assert made.candidate("0007").name == "Okafor, Chidi"
    assert made.candidate("0042") is made.candidates["0042"]
    assert made.candidate("9999") == Candidate("9999", "")
    nobody = Candidate("9999", "")
    assert (nobody.born, nobody.ocr_number, nobody.uci, nobody.uln) == (None, "", "", "")


@pytest.mark.parametrize(("text", "number"), [("0042", "0042"), ("42", "0042"), (" 7 ", "0007")])
def test_a_candidate_number_as_people_write_it(text: str, number: str) -> None:
    assert candidate_named(text) == number


@pytest.mark.parametrize("text", ["", "Jo", "12345", "0000"])
def test_what_is_no_candidate_number_is_refused(text: str) -> None:
    with pytest.raises(ClaimbatchError) as error:
        candidate_named(text)
    assert error.value.message == f'"{text}" is not a candidate number.'


def test_units_without_a_claim() -> None:
    assert [unit_title(unit) for unit in ("3", AID, FILM)] == ["3", "First Aid", "Film: part 2"]
    assert unit_label("3") == "Unit 3"
    assert unit_label(FILM).startswith("Film: part 2")
    assert sorted(("10", AID, "9", FILM), key=unit_order) == ["9", "10", FILM, AID]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (AID, AID),
        (FILM, FILM),
        ("other: NCFE :  First  Aid ", AID),
        ("other:NCFE:", ""),
        ("other: :First Aid", ""),
        ("another:NCFE:First Aid", ""),
        ("3", ""),
    ],
)
def test_the_key_of_another_bodys_unit(text: str, key: str) -> None:
    assert other_unit(text) == key
