"""A listing is searched, sorted and paged by its address alone, and takes nothing amiss."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from claimbatch.web.listing import Column, Lasting, Listing, order_of
from claimbatch.web.page import Visit

COLUMNS = (Column("name", "Name"), Column("grades", "Grades", number=True), Column("", "What to do"))
ROWS = [
    {"name": "Brown, Tom", "grades": 12},
    {"name": "Ahmed, Sana", "grades": 3},
    {"name": "", "grades": 0},
    {"name": "clark, Zoë", "grades": 100},
]


def listed(query: str = "", **more: Any) -> Listing:
    asked = dict(part.split("=") for part in query.split("&") if part)
    return Listing.of(visiting(asked), COLUMNS, ROWS, **more)


class Asking(SimpleNamespace):
    """As much of a visit as a listing needs."""

    part = Visit.part


def visiting(asked: dict[str, str]) -> Visit:
    return cast("Visit", Asking(path="/x", query=asked))


@pytest.mark.parametrize(
    ("query", "order"),
    [
        ("", [12, 3, 0, 100]),
        ("sort=name", [3, 12, 100, 0]),
        ("sort=-name", [100, 12, 3, 0]),
        ("sort=-grades", [100, 12, 3, 0]),
        ("sort=grades", [0, 3, 12, 100]),
        ("sort=nothing", [12, 3, 0, 100]),
        ("q=TOM", [12]),
        ("q=sana 3", [3]),
        ("q=nobody", []),
    ],
)
def test_rows_are_as_the_address_asks(query: str, order: list[int]) -> None:
    """Numbers as numbers, names whatever their case, blanks last; what is not known is not asked."""
    assert [row["grades"] for row in listed(query).rows] == order


@pytest.mark.parametrize("sort", ["", "name", "-name", "grades", "-grades", "nothing"])
def test_rows_that_last_are_put_in_order_once(sort: str) -> None:
    """The same order as any, also of some of them; asked for again, nothing is sorted anew."""
    rows, visit = Lasting(ROWS), visiting({"sort": sort})
    ordered = rows.in_order(order_of(visit, COLUMNS))
    assert Listing.of(visit, COLUMNS, ordered, sorted_already=True).rows == listed(f"sort={sort}").rows
    some = [row for row in ordered if "a" in str(row["name"])]
    picked = [row for row in ROWS if "a" in str(row["name"])]
    assert Listing.of(visit, COLUMNS, some, sorted_already=True) == Listing.of(visit, COLUMNS, picked)
    assert rows.in_order(order_of(visit, COLUMNS)) is ordered
    assert rows == ROWS


def test_headings_lead_to_the_other_order() -> None:
    """A second time the other way round; the search is kept, the page is the first again."""
    shown = listed("sort=name&q=a&page=2", size=1)
    assert shown.sorted_by(COLUMNS[0]) == "/x?sort=-name&q=a"
    assert shown.sorted_by(COLUMNS[1]) == "/x?sort=grades&q=a"
    assert [shown.order_of(column) for column in COLUMNS] == ["ascending", "", ""]
    assert listed("sort=-name").sorted_by(COLUMNS[0]) == "/x?sort=name"


@pytest.mark.parametrize(
    ("page", "first", "last"), [("1", 1, 3), ("2", 4, 4), ("9", 4, 4), ("0", 1, 3), ("x", 1, 3)]
)
def test_pages_are_those_that_there_are(page: str, first: int, last: int) -> None:
    """Whatever number is asked for."""
    shown = listed(f"page={page}", size=3)
    assert (shown.first, shown.last, shown.pages, shown.total) == (first, last, 2, 4)


def test_nothing_found_is_nothing() -> None:
    """And no page of it."""
    shown = listed("q=nobody")
    assert (shown.first, shown.last, shown.pages) == (0, 0, 1)
