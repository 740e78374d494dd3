"""Making many templates: as claimbatch does, and with openpyxl and a style object for each cell, as one would."""

from collections.abc import Callable
from typing import TYPE_CHECKING
from unittest.mock import patch

from benchmarks.corpus import Place
from benchmarks.forms import plan
from claimbatch.claims import issue

if TYPE_CHECKING:
    from claimbatch.form.contents import Contents


def build_many(place: Place, count: int) -> Callable[[], int]:
    """*count* templates written, when it is known what goes on them."""
    from claimbatch.form.template import build  # noqa: PLC0415

    contents = _contents(place, count)
    build(contents[0])

    def work() -> int:
        return sum(bool(build(one)) for one in contents)

    return work


def issue_many(place: Place, count: int) -> Callable[[], int]:
    """*count* templates as ``claimbatch template`` makes them: looked up, written, and remembered in the store."""
    workspace = place.for_now()
    catalogue, key, store = workspace.catalogue(), workspace.key(), workspace.store()
    wanted = [sheet.order for sheet in plan(place.form, count)]
    issue.issue_template(store, catalogue, key, wanted[0])

    def work() -> int:
        return sum(bool(issue.issue_template(store, catalogue, key, order)) for order in wanted)

    return work


def _contents(place: Place, count: int) -> "list[Contents]":
    """What goes on *count* templates, caught where it would be written."""
    caught: list[Contents] = []

    def catch(contents: "Contents") -> bytes:
        caught.append(contents)
        return b""

    with patch.object(issue, "build", catch):
        issue_many(place, count)()
    return caught[1:]  # the first was to warm up


def a_style_for_each_cell(place: Place, count: int) -> Callable[[], int]:
    """The same written with openpyxl alone, each cell given its font, fill, border and the rest."""
    from claimbatch.form.template import describe  # noqa: PLC0415
    from tests.plainly import plainly  # noqa: PLC0415

    books = [describe(contents) for contents in _contents(place, count)]
    plainly(books[0])

    def work() -> int:
        return sum(bool(plainly(book)) for book in books)

    return work
