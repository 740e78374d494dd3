"""A listing: rows that are searched, sorted by any column and shown a page at a time, by links alone."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlencode

from claimbatch.web.page import Visit

Row = Mapping[str, Any]
SIZE = 100  # rows on a page


class Column(NamedTuple):
    """A column: the *key* of its values (blank: not to be sorted by), its heading, and whether they are numbers."""

    key: str
    label: str
    number: bool = False


@dataclass(frozen=True)
class Listing:
    """Some rows of a table, and the addresses of the others. *search* is what was searched for."""

    columns: Sequence[Column]
    rows: Sequence[Row]
    total: int
    path: str
    query: Mapping[str, str]
    sort: str
    page: int = 1
    size: int = SIZE

    @classmethod
    def of(
        cls,
        visit: Visit,
        columns: Sequence[Column],
        rows: Sequence[Row],
        *,
        sort: str = "",
        size: int = SIZE,
        matches: Callable[[Row, str], bool] | None = None,
        sorted_already: bool = False,
    ) -> "Listing":
        """The *rows* as the address of the *visit* asks for them: ``?q=ahmed&sort=-grades&page=2``.

        *sort* is the order where it does not say one (a key, with ``-`` downwards; blank: as they come). A row is found
        where it *matches* the words searched for; if that is not given, where any of its values holds all of them. Rows
        that are *sorted already* are in the order that the address asks for.
        """
        order = order_of(visit, columns) or sort
        words = visit.query.get("q", "")
        found = [row for row in rows if (matches or holds)(row, words)] if words else list(rows)
        found = found if sorted_already else in_order(found, order)
        pages = max(1, -(-len(found) // size))
        page = min(pages, visit.part)
        some = found[(page - 1) * size : page * size]
        return cls(columns, some, len(found), visit.path, visit.query, order, page, size)

    @property
    def search(self) -> str:
        """What was searched for."""
        return self.query.get("q", "")

    @property
    def kept(self) -> Mapping[str, str]:
        """What a search keeps of the address."""
        return {key: value for key, value in self.query.items() if key not in ("q", "page")}

    @property
    def pages(self) -> int:
        """How many pages of rows there are."""
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """The number of the first row that is shown."""
        return min(self.total, (self.page - 1) * self.size + 1)

    @property
    def last(self) -> int:
        """The number of the last one."""
        return min(self.total, self.page * self.size)

    def at(self, page: int) -> str:
        """The address of another page."""
        return self._address(page=str(page))

    def sorted_by(self, column: Column) -> str:
        """The address of the same rows in the order of a *column*; of the other way round where they are already."""
        return self._address(sort=f"-{column.key}" if self.sort == column.key else column.key, page="")

    def order_of(self, column: Column) -> str:
        """How the rows are ordered by a *column*, as browsers say it; blank where they are not."""
        if not column.key or self.sort.removeprefix("-") != column.key:
            return ""
        return "descending" if self.sort.startswith("-") else "ascending"

    def _address(self, **other: str) -> str:
        query = {key: value for key, value in {**self.query, **other}.items() if value}
        return f"{self.path}?{urlencode(query)}" if query else self.path


class Lasting(list[Row]):
    """Rows that are kept between requests, each order in which they were asked for with them."""

    def __init__(self, rows: Iterable[Row]) -> None:
        super().__init__(rows)
        self._orders: dict[str, list[Row]] = {}

    def in_order(self, order: str) -> Sequence[Row]:
        """The rows as :func:`in_order` puts them; some of these, picked out, are in order too."""
        if order not in self._orders:
            self._orders[order] = in_order(self, order)
        return self._orders[order]


def order_of(visit: Visit, columns: Iterable[Column]) -> str:
    """The order that the address of the *visit* asks for; blank where it asks for none that there is."""
    asked = visit.query.get("sort", "")
    return asked if asked.removeprefix("-") in {one.key for one in columns if one.key} else ""


def in_order(rows: Sequence[Row], order: str) -> list[Row]:
    """The *rows* in that *order*: a key, with ``-`` downwards (blank: as they come); without a value they come last."""
    if not order:
        return list(rows)
    key, blank = order.removeprefix("-"), (None, "")
    filled = [row for row in rows if row.get(key) not in blank]
    filled.sort(key=lambda row: _weight(row[key]), reverse=order.startswith("-"))
    return [*filled, *(row for row in rows if row.get(key) in blank)]


def holding(rows: Iterable[Row], words: str, *keys: str) -> list[Row]:
    """The *rows* in which each of the *words* stands, in any of their values or in those of *keys* alone."""
    return [row for row in rows if holds({key: row[key] for key in keys} if keys else row, words)]


def holds(row: Row, words: str) -> bool:
    """Whether each of the *words* stands in some value of a *row*, whatever their case."""
    text = " ".join(str(value) for value in row.values()).casefold()
    return all(word in text for word in words.casefold().split())


def _weight(value: Any) -> tuple[float, str]:
    """Numbers before words."""
    return (value, "") if isinstance(value, int | float) else (float("inf"), str(value).casefold())
