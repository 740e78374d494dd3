"""Every route of the site, also those that come: who is let through, and what every answer carries."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from starlette.routing import Route as At

from claimbatch.web.door import ALWAYS
from claimbatch.web.page import Route
from claimbatch.web.pages import PAGES
from claimbatch.web.roles import MAY, Right, Role
from tests.centre import Centre
from tests.web import HERE, Client, opened, strange, words

ROUTES = [route for page in PAGES for route in page.routes]
OPEN_TO_ALL = {"GET /static/{name}", "GET /alive", "GET /open", "POST /sign-out", "POST /close"}
REFUSED = "That is for a centre administrator"


def _path(route: Route) -> str:
    """An address of *route*, of something that there is not."""
    return re.sub(r"\{\w+(:\w+)?\}", lambda part: "7" if part[1] == ":int" else "none", route.path)


def _name(route: Route) -> str:
    return f"{route.method} {route.path}"


def _asked(client: Client, route: Route, csrf: str) -> object:
    if route.method == "GET":
        return client.get(_path(route))
    sent = {"csrf": csrf}
    return client.http.post(_path(route), data=sent, headers={"origin": HERE}, follow_redirects=False)


def _dressed(answer: object) -> Iterator[str]:
    return (name for name, value in ALWAYS.items() if answer.headers.get(name) != value)


def test_every_route_is_one_of_a_page(centre: Centre) -> None:
    """So that it has a right, and goes through the same checks; what lets people in and out is a closed list."""
    site = strange(centre).http.app
    assert {type(one) for one in site.routes} == {At}
    every = {f"{method} {one.path}" for one in site.routes for method in one.methods - {"HEAD"}}
    assert every == {_name(route) for route in ROUTES} | OPEN_TO_ALL
    assert len(every) == len(site.routes), "one of them answers where another is"


def test_what_changes_something_takes_more_than_a_look() -> None:
    """A form is for whoever may do what it does; a search is one where names must not stand in an address."""
    looking = [_name(route) for route in ROUTES if route.method == "POST" and route.right is Right.LOOK]
    assert looking == ["POST /sent/search", "POST /register/search", "POST /claims/{key}/search"]


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Centre:
    """A centre that nothing was done in."""
    return Centre.make(tmp_path_factory.mktemp("rights") / "centre")


class Askers(NamedTuple):
    """One of each, and the tokens of those who have a session: no route here ends it."""

    stranger: Client
    tutor: Client
    admin: Client
    tutors: str
    admins: str


@pytest.fixture(scope="module")
def asking(centre: Centre) -> Askers:
    """Whoever asks, for all routes."""
    tutor, admin = opened(centre, Role.TUTOR), opened(centre)
    return Askers(strange(centre), tutor, admin, tutor.csrf("/nothing"), admin.csrf("/nothing"))


@pytest.mark.parametrize("route", ROUTES, ids=_name)
def test_a_route_is_for_whoever_may(asking: Askers, route: Route) -> None:
    """Nobody else, not without the token of the session; a tutor is refused where the table of rights says so."""
    answers = [_asked(asking.stranger, route, "")]
    assert answers[0].status_code == 401
    if route.method == "POST":
        for forged in ("", asking.tutors, "é", asking.tutors.upper()):
            answers.append(_asked(asking.admin, route, forged))
            assert (answers[-1].status_code, "out of date" in words(answers[-1].text)) == (403, True)
    answers.append(_asked(asking.tutor, route, asking.tutors))
    assert (REFUSED in words(answers[-1].text)) is (route.right not in MAY[Role.TUTOR])
    answers.append(_asked(asking.admin, route, asking.admins))
    assert REFUSED not in words(answers[-1].text)
    assert answers[-1].status_code < 500, words(answers[-1].text)
    assert [list(_dressed(answer)) for answer in answers] == [[] for _ in answers]
    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}


PARTS = [
    "%2e%2e",
    "..%2f..%2fclaimbatch.key",
    "%00",
    "%0d%0ax:y",
    "%2fetc%2fpasswd",
    "C:%5Cx",
    "%ff",
    "9" * 20,
    "9" * 5000,
]


@pytest.mark.parametrize(
    "route", [one for one in ROUTES if "{" in one.path and one.method == "GET"], ids=_name
)
def test_a_part_of_an_address_leads_nowhere_else(asking: Askers, route: Route) -> None:
    """Whatever stands in it: no such page, or no such thing; never a mistake of ours, nor a file."""
    for part in PARTS:
        answer = asking.admin.get(re.sub(r"\{\w+(:\w+)?\}", lambda _, part=part: part, route.path))
        assert answer.status_code in (303, 400, 404, 409, 414), (part, words(answer.text))
        assert "content-disposition" not in answer.headers
        assert list(_dressed(answer)) == []
