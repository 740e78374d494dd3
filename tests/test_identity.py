"""A template's token says who it is; sealed with the workspace's key, it cannot be passed off as another's."""

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimbatch.form.identity import (
    DEFINED_NAME,
    PROPERTY,
    TOKEN_ITEM,
    Identity,
    find_token,
    is_sealed,
    issue,
    locked_values,
    read_token,
    row_digest,
)

KEY = b"k" * 32
FACTS: dict[str, Any] = {
    "centre_number": "68199",
    "entry_code": "05349",
    "form": "by-unit",
    "unit": 3,
    "fingerprint": "0123456789ab",
    "issued_at": "2026-11-23T09:30:00Z",
    "revision": 7,
    "claim_key": "68199-05349-1",
    "locked_rows": [("0042", "Ahmed, Sana", "2008-01-02", ""), ("0043", "Brown, Tom", "2008-03-04", "")],
}
OTHER: dict[str, Any] = {
    "centre_number": "68200",
    "entry_code": "05347",
    "form": "by-candidate",
    "unit": 4,
    "fingerprint": "0123456789ac",
    "issued_at": "2026-11-23T09:30:01Z",
    "revision": 8,
    "claim_key": "68199-05349-2",
    "locked_rows": [("0042", "Ahmed, Sana", "2008-01-02", "")],
}


def identity(key: bytes = KEY, **changes: Any) -> Identity:
    return issue(key, **{**FACTS, **changes})


def test_a_token_looks_like_this() -> None:
    """Digests are pinned: templates that are out must still be known by the next version."""
    assert identity().token(KEY) == (
        "claimbatch1|e4f9ca7211ee|68199|05349|by-unit|3|0123456789ab|2026-11-23T09:30:00Z|7|7e735073d56a1ff3|"
        "5810f64cc3007a370ef631a4a8c15d0a"
    )


def test_the_same_facts_give_the_same_identity_in_any_order_of_rows() -> None:
    assert identity() == identity(locked_rows=FACTS["locked_rows"][::-1])


@pytest.mark.parametrize("name", OTHER)
def test_each_fact_makes_another_template(name: str) -> None:
    assert identity(**{name: OTHER[name]}).template_id != identity().template_id


def test_cells_and_rows_are_told_apart() -> None:
    """A value that moves into the next cell, or the next row, is another table."""
    tables = [[("a", "b")], [("ab",)], [("a",), ("b",)], [("a b",)], [("b", "a")]]
    assert len({identity(locked_rows=rows).locked for rows in tables}) == len(tables)


def test_another_key_makes_another_template() -> None:
    other = identity(b"x" * 32)
    assert (other.template_id == identity().template_id, other.locked == identity().locked) == (False, False)


def test_a_token_is_found_in_text_and_read_back() -> None:
    token = identity().token(KEY)
    assert find_token(f"Do not change: {token}. Thank you.") == token
    assert read_token(token) == identity()
    assert (find_token("claimbatch1|and so on"), find_token("")) == ("", "")


@pytest.mark.parametrize("spoilt", ["{} ", " {}", "x{}", "{}0", ""])
def test_what_is_no_token_has_no_identity(spoilt: str) -> None:
    assert read_token(spoilt.format(identity().token(KEY))) is None


def test_a_sealed_token_is_known_by_its_key_alone() -> None:
    token = identity().token(KEY)
    assert [is_sealed(token, KEY), is_sealed(token, b"x" * 32), is_sealed("", KEY)] == [True, False, False]


@pytest.mark.parametrize("name", [field.name for field in fields(Identity)])
def test_what_is_altered_breaks_the_seal(name: str) -> None:
    """Retyped on the sheet About, each item of it."""
    changed = {"template_id": "0" * 12, "locked": "0" * 16} | OTHER
    sealed = identity().token(KEY).rpartition("|")[2]
    forged = replace(identity(), **{name: changed[name]}).token(b"x" * 32).rpartition("|")[0]
    assert read_token(f"{forged}|{sealed}") is not None
    assert not is_sealed(f"{forged}|{sealed}", KEY)


@given(st.text(), st.text(), st.text())
def test_locked_values_have_single_spaces(name: str, born: str, number: str) -> None:
    values = locked_values("0042", name, born, number)
    assert values == tuple(" ".join(text.split()) for text in ("0042", name, born, number))


def test_a_row_digest_is_of_its_template_its_key_its_values_and_their_order() -> None:
    """Else a row of one template would vouch for that of another, or a date for a name."""
    row = ("0042", "Ahmed, Sana", "2008-01-02", "")
    others = [
        (KEY, "t2", row),
        (b"x" * 32, "t1", row),
        (KEY, "t1", row[::-1]),
        (KEY, "t1", ("0042", "Ahmed,", "Sana", "2008-01-02", "")),
        (KEY, "t1", ("0042", "Ahmed, Sana", "", "2008-01-02")),
        (KEY, "t1", row[:3]),
        (KEY, "t10042", row[1:]),
    ]
    digests = {row_digest(*other) for other in others}
    assert row_digest(KEY, "t1", row) not in digests
    assert len(digests) == len(others)
    assert row_digest(KEY, "t1", list(row)) == row_digest(KEY, "t1", row)
    assert row_digest(KEY, "t1", row) == "bbe756594090a479"


def test_the_places_of_the_token_keep_their_names() -> None:
    """Templates that are out carry it there."""
    assert (PROPERTY, DEFINED_NAME, TOKEN_ITEM) == ("claimbatch", "claimbatch_template", "Template token")
