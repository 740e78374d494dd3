"""The numbers that name people and things: worked examples, and what a slip of the pen does to each."""

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from claimbatch.errors import ClaimbatchError
from claimbatch.form.qualification_file import load_catalogue
from claimbatch.identifiers import (
    candidate_number,
    check_centre_number,
    is_entry_code,
    qan_is_valid,
    uci_letter,
    uci_problem,
    uln_problem,
    urn_is_valid,
)

DIGITS = string.digits
nine_digits = st.from_regex(r"[1-9][0-9]{8}", fullmatch=True)
twelve_digits = st.from_regex(r"[0-9]{12}", fullmatch=True)


def valid_uln(nine: str) -> str:
    """The ULN that starts with the digits *nine*; there is none for one in eleven."""
    fitting = [nine + last for last in DIGITS if not uln_problem(nine + last)]
    assume(fitting)
    return fitting[0]


@given(nine_digits)
def test_a_uln_has_at_most_one_last_digit(nine: str) -> None:
    """Nine digits leave one last digit or none."""
    assert sum(not uln_problem(nine + last) for last in DIGITS) <= 1


@given(nine_digits, st.integers(0, 9), st.sampled_from(DIGITS))
def test_any_one_mistyped_digit_of_a_uln_is_caught(nine: str, at: int, digit: str) -> None:
    """One digit changed anywhere is always noticed."""
    uln = valid_uln(nine)
    assume(uln[at] != digit)
    assert uln_problem(uln[:at] + digit + uln[at + 1 :])


@given(nine_digits, st.integers(0, 8))
def test_any_two_neighbours_of_a_uln_swapped_are_caught(nine: str, at: int) -> None:
    """Two neighbouring digits swapped are always noticed."""
    uln = valid_uln(nine)
    assume(uln[at] != uln[at + 1])
    assert uln_problem(uln[:at] + uln[at + 1] + uln[at] + uln[at + 2 :])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("9276308686", ""),
        ("9276308687", "its last digit does not fit the others: one digit is mistyped"),
        ("0000000042", "a ULN never starts with 0"),  # its arithmetic is right
        ("9999999999", "OCR wants it left blank where it is not known"),
        ("tbc", "OCR wants it left blank where it is not known"),
        ("927630868", "it is not ten digits"),
        ("٩٢٧٦٣٠٨٦٨٦", "it is not ten digits"),  # digits, but not ours
        ("", "it is not ten digits"),
    ],
)
def test_what_is_wrong_with_a_uln(text: str, problem: str) -> None:
    """Each kind of wrong ULN has its own reason."""
    assert uln_problem(text) == problem


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("689990980001D", ""),  # the example of WJEC's guide
        ("681990012058G", ""),  # the example of the centre number page
        ("681990012058g", ""),
        ("68199A012058G", ""),  # a letter for the board: the check letter cannot be worked out
        ("681990012058H", "its last letter does not fit its digits: one of them is mistyped"),
        ("681990012058", "it is not twelve digits and a letter"),
        ("68199001205GG", "it is not twelve digits and a letter"),
    ],
)
def test_what_is_wrong_with_a_uci(text: str, problem: str) -> None:
    """Each kind of wrong UCI has its own reason."""
    assert uci_problem(text) == problem


@given(twelve_digits, st.integers(0, 11), st.sampled_from(DIGITS))
def test_any_one_mistyped_digit_of_a_uci_is_caught(digits: str, at: int, digit: str) -> None:
    """One digit changed anywhere gives another check letter."""
    assume(digits[at] != digit)
    assert uci_letter(digits) != uci_letter(digits[:at] + digit + digits[at + 1 :])


@given(st.from_regex(r"[0-9]{3}/[0-9]{4}", fullmatch=True))
def test_a_number_of_ofqual_has_one_check_character(digits: str) -> None:
    """Seven digits fit exactly one letter of a unit reference and one last character of a QAN."""
    assert sum(urn_is_valid(f"{letter}/{digits}") for letter in string.ascii_uppercase) == 1
    assert sum(qan_is_valid(f"{digits}/{last}") for last in DIGITS + "X") == 1


def test_the_unit_references_that_are_shipped_fit_their_letters() -> None:
    """No unit reference in the qualification files is mistyped."""
    catalogue = load_catalogue()
    units = {unit for known in (*catalogue.qualifications, *catalogue.uncoded) for unit in known.units}
    references = {unit.reference for unit in units if unit.reference}
    assert [reference for reference in references if not urn_is_valid(reference)] == []
    assert len(references) == 50


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0042", "0042"),
        ("42", "0042"),
        ("9999", "9999"),
        ("0000", None),
        ("10000", None),
        ("4a", None),
        ("", None),
    ],
)
def test_a_candidate_number_has_four_digits(text: str, number: str | None) -> None:
    """0001 to 9999; a leading zero that a spreadsheet dropped is given back."""
    assert candidate_number(text) == number


@pytest.mark.parametrize("text", ["5838", "005838", "0583O", "05838 ", "05838\n", "٠٥٨٣٨"])
def test_an_entry_code_has_five_digits(text: str) -> None:
    """Anything but five digits is no entry code."""
    assert (is_entry_code("05838"), is_entry_code(text)) == (True, False)


def test_a_centre_number_has_five_digits() -> None:
    """Anything but five digits is refused, with an example."""
    check_centre_number("68199")
    with pytest.raises(ClaimbatchError) as refused:
        check_centre_number("6819")
    assert (refused.value.message, refused.value.hint) == (
        '"6819" is not a centre number.',
        "It has five digits, like 68199.",
    )
