"""What a cell says: every way in which people write a grade, a candidate number, a date or a name."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimbatch.intake.values import (
    ErrorCell,
    FormulaWithoutValue,
    Read,
    is_blank,
    read_candidate_number,
    read_date,
    read_grade,
    read_text,
    read_yes,
    squeeze,
)

READERS = [read_text, read_grade, read_candidate_number, read_date, read_yes]
anything = st.one_of(
    st.text(),
    st.floats(),
    st.integers(),
    st.booleans(),
    st.none(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.text().map(ErrorCell),
    st.just(FormulaWithoutValue()),
    st.sampled_from(
        [
            "P",
            " pass ",
            "U",
            "\N{CYRILLIC CAPITAL LETTER ER}",
            "0042",
            "42",
            "03/04/2008",
            "31/02/2008",
            "Yes",
            "\x00",
            "\ud800",
        ]
    ),
)


@pytest.mark.parametrize(
    ("raw", "value", "fault"),
    [
        ("P", "P", ""),
        (" p ", "P", ""),
        ("\u00a0P\u00a0", "P", ""),
        ("P\n", "P", ""),
        ("\u200bP", "P", ""),
        ("P\u200e", "P", ""),
        ("\u00adM", "M", ""),
        ("P\u200d", "P", ""),
        ("Not\x0bclaiming", "Not claiming", ""),
        ("Pass", "P", ""),
        ("MERIT", "M", ""),
        ("Dist", "D", ""),
        ("distinction", "D", ""),
        ("not  claiming", "Not claiming", ""),
        ("", "", ""),
        ("   ", "", ""),
        (None, "", ""),
        ("U", "", "moderator"),
        ("u ", "", "moderator"),
        ("P/M", "", "unknown"),
        ("Pass*", "", "unknown"),
        ("D*", "", "unknown"),
        ("-", "", "unknown"),
        (1.0, "", "unknown"),
        (0.0, "", "unknown"),
        ("\N{CYRILLIC CAPITAL LETTER ER}", "", "look-alike"),
        ("\N{FULLWIDTH LATIN CAPITAL LETTER P}", "", "look-alike"),
        ("\N{FULLWIDTH LATIN CAPITAL LETTER M}erit", "", "look-alike"),
        ("P\x07", "", "control"),
        (True, "", "unreadable"),
        (date(2026, 5, 1), "", "unreadable"),
        (time(9, 30), "", "unreadable"),
        (ErrorCell("#N/A"), "", "unreadable"),
        (FormulaWithoutValue(), "", "no-value"),
    ],
)
def test_a_grade(raw: Any, value: str, fault: str) -> None:
    """P, M, D and Not claiming however they are typed; all else is a fault with its name."""
    read = read_grade(raw)
    assert (read.value, read.fault) == (value, fault)


@pytest.mark.parametrize(
    ("raw", "value", "fault"),
    [
        ("0042", "0042", ""),
        (" 0042\u00a0", "0042", ""),
        ("9999", "9999", ""),
        (1042.0, "1042", ""),
        ("42", "0042", "lost-zero"),
        (42.0, "0042", "lost-zero"),
        (7, "0007", "lost-zero"),
        ("", "", ""),
        ("0000", "", "format"),
        ("0", "", "format"),
        ("12345", "", "format"),
        ("042", "", "format"),
        ("AB12", "", "format"),
        (4.5, "", "format"),
        (-42.0, "", "format"),
        ("٠٠٤٢", "", "format"),
        (1e300, "", "format"),
        (False, "", "unreadable"),
        (date(2008, 1, 2), "", "unreadable"),
    ],
)
def test_a_candidate_number(raw: Any, value: str, fault: str) -> None:
    """Four digits; fewer of a number are zeros lost, anything else is no candidate number."""
    read = read_candidate_number(raw)
    assert (read.value, read.fault) == (value, fault)


@pytest.mark.parametrize(
    ("raw", "value", "fault"),
    [
        (date(2008, 4, 3), "2008-04-03", ""),
        (datetime(2008, 4, 3), "2008-04-03", ""),  # noqa: DTZ001 - as readers give them
        ("03/04/2008", "2008-04-03", ""),
        ("3.4.2008", "2008-04-03", ""),
        ("2008-04-03", "2008-04-03", ""),
        ("2008-04-03T00:00:00", "2008-04-03", ""),
        ("", "", ""),
        ("31/02/2008", "", "format"),
        ("04/13/2008", "", "format"),
        ("03/04/08", "", "format"),
        ("3 April 2008", "", "format"),
        ("0000-01-01", "", "format"),
        (39541.0, "", "format"),
        (True, "", "unreadable"),
        (ErrorCell("#VALUE!"), "", "unreadable"),
    ],
)
def test_a_date(raw: Any, value: str, fault: str) -> None:
    """Day before month, four digits of the year; a real date is taken as it is."""
    read = read_date(raw)
    assert (read.value, read.fault) == (value, fault)


@pytest.mark.parametrize(
    ("raw", "value", "fault"),
    [
        ("  Ahmed,  Sana ", "Ahmed, Sana", ""),
        (17.0, "17", ""),
        (2.5, "2.5", ""),
        ("Ahmed\x01", "", "control"),
        (False, "", "unreadable"),
        (timedelta(hours=30), "", "unreadable"),
        (object(), "", "unreadable"),
        (" X ", "X", ""),
    ],
)
def test_text(raw: Any, value: str, fault: str) -> None:
    """Single spaces, whole numbers without a point, nothing that cannot be printed."""
    read = read_text(raw)
    assert (read.value, read.fault) == (value, fault)


@pytest.mark.parametrize(
    ("raw", "value"),
    [("Yes", "Yes"), ("y", "Yes"), ("✓", "Yes"), (True, "Yes"), ("No", ""), ("", ""), ("soon", "")],
)
def test_yes(raw: Any, value: str) -> None:
    """A tick is a yes; anything but a yes is none."""
    assert read_yes(raw).value == value


class Strange:
    """A value of a kind that no reader gives."""

    def __str__(self) -> str:
        return "something"


@pytest.mark.parametrize(
    ("reader", "raw", "shown"),
    [
        (read_text, " Ahmed,  Sana ", "Ahmed, Sana"),
        (read_text, None, ""),
        (read_text, 17.0, "17"),
        (read_text, 2.5, "2.5"),
        (read_text, True, "TRUE"),
        (read_text, False, "FALSE"),
        (read_text, date(2026, 5, 1), "01/05/2026"),
        (read_text, datetime(2026, 5, 1, 9), "01/05/2026"),  # noqa: DTZ001 - as readers give them
        (read_text, time(9, 30), "09:30:00"),
        (read_text, timedelta(hours=30), "1 day, 6:00:00"),
        (read_text, ErrorCell("#N/A"), "#N/A"),
        (read_text, FormulaWithoutValue(), "a formula"),
        (read_text, "Ahmed\x01", "Ahmed\N{REPLACEMENT CHARACTER}"),
        (read_text, Strange(), "something"),
        (read_grade, " Pass ", "Pass"),
        (read_grade, "u ", "u"),
        (read_grade, "\N{CYRILLIC CAPITAL LETTER ER}", "\N{CYRILLIC CAPITAL LETTER ER}"),
        (read_grade, "P/M", "P/M"),
        (read_grade, "P\x07", "P\N{REPLACEMENT CHARACTER}"),
        (read_grade, 1.0, "1"),
        (read_grade, True, "TRUE"),
        (read_grade, None, ""),
        (read_candidate_number, 42.0, "42"),
        (read_candidate_number, "12345", "12345"),
        (read_candidate_number, "0000", "0000"),
        (read_date, date(2008, 4, 3), "03/04/2008"),
        (read_date, datetime(2008, 4, 3), "03/04/2008"),  # noqa: DTZ001 - as readers give them
        (read_date, "2008-04-03", "2008-04-03"),
        (read_date, "31/02/2008", "31/02/2008"),
        (read_date, True, "TRUE"),
        (read_yes, True, "TRUE"),
        (read_yes, "\N{CHECK MARK}", "\N{CHECK MARK}"),
        (read_yes, "soon", "soon"),
        (read_yes, False, "FALSE"),
    ],
)
def test_what_a_person_sees_is_kept(reader: Any, raw: Any, shown: str) -> None:
    """Messages quote the cell as it looks on the sheet."""
    assert reader(raw).shown == shown


@pytest.mark.parametrize(
    ("raw", "value", "fault"),
    [
        ("YES", "Yes", ""),
        ("x", "Yes", ""),
        (True, "Yes", ""),
        ("held", "Yes", ""),
        ("\N{HEAVY CHECK MARK}", "Yes", ""),
        (False, "", "unreadable"),
        (ErrorCell("#N/A"), "", "unreadable"),
        ("Yes\x07", "", "control"),
    ],
)
def test_a_yes_in_other_words_and_what_cannot_be_read(raw: Any, value: str, fault: str) -> None:
    assert (read_yes(raw).value, read_yes(raw).fault) == (value, fault)


@pytest.mark.parametrize(
    ("text", "squeezed"),
    [
        ("  AHMED,\u00a0 Sana\u200b ", "ahmed, sana"),
        ("Zoe\N{COMBINING DIAERESIS}", "zo\N{LATIN SMALL LETTER E WITH DIAERESIS}"),
        ("Stra\N{LATIN SMALL LETTER SHARP S}e", "strasse"),
        ("a\nb\tc", "a b c"),
        ("", ""),
    ],
)
def test_text_is_compared_without_its_spaces_case_and_invisible_letters(text: str, squeezed: str) -> None:
    assert squeeze(text) == squeezed


@pytest.mark.parametrize("raw", ["", " ", "\n\t", "\u200b\u00ad", "\u00a0", None])
def test_what_says_nothing_is_blank(raw: Any) -> None:
    assert is_blank(raw)


@pytest.mark.parametrize("raw", ["P", "\u200bP", 0, 0.0, False, date(2008, 1, 1), ErrorCell("#N/A")])
def test_all_else_says_something(raw: Any) -> None:
    assert not is_blank(raw)


@given(raw=anything)
@pytest.mark.parametrize("reader", READERS)
def test_reading_never_fails(reader: Any, raw: Any) -> None:
    """Whatever a cell holds, it is understood, or has a fault and something to show."""
    read = reader(raw)
    assert isinstance(read, Read)
    assert read.shown or not read.value


@given(raw=anything)
@pytest.mark.parametrize("reader", READERS)
def test_reading_again_changes_nothing(reader: Any, raw: Any) -> None:
    """What was understood is understood the same when it is read again."""
    read = reader(raw)
    if not read.fault:
        again = reader(read.value)
        assert (again.value, again.fault) == (read.value, "")


@given(st.text(st.sampled_from(" \t\x0b\x1c\x85\u00a0\u00ad\u200b\u200e\u2060\ufeff\x07P")))
def test_a_cell_is_blank_where_reading_it_shows_nothing(text: str) -> None:
    """Otherwise a row would be read, or a problem told, for what nobody can see."""
    assert is_blank(text) == (not read_text(text).shown)


@given(st.text())
def test_comparing_is_stable(text: str) -> None:
    """Text made ready for comparing is ready."""
    assert squeeze(squeeze(text)) == squeeze(text)
