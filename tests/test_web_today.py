"""*Today* and *Workbooks that went out*: what is due when, and how late it is."""

import pytest

from tests.centre import Centre
from tests.test_status import DAY, SENT_ON, by_day
from tests.web import Client, opened, words

__all__ = ["by_day"]  # the fixture: two workbooks due on 9 October, one of them back on the 12th


@pytest.fixture
def client(by_day: Centre, monkeypatch: pytest.MonkeyPatch) -> Client:
    """The page, opened on 7 October."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(SENT_ON + 2 * DAY))
    return opened(by_day)


def test_what_went_out_says_by_when_it_was_due_and_how_late_it_is(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(SENT_ON + 10 * DAY))
    told = words(client.get("/sent").text)
    for row in (
        "05844 all units 5 October 2026 – – not back",
        "05349 Unit 3 5 October 2026 9 October 2026 3 back",
        "05349 Unit 4 5 October 2026 9 October 2026 6 not back",
    ):
        assert row in told


def test_today_says_what_is_due_and_on_the_next_day_what_is_late(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store is unchanged meanwhile: a page that stays open over night does not tell of yesterday."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(SENT_ON + 4 * DAY))
    assert "1 of 2 due 9 October 2026" in words(client.get("/").text)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(SENT_ON + 5 * DAY))
    told = words(client.get("/").text)
    assert "1 of 2 1 late" in told
    assert "Workbooks back 1 of 3, 1 late" in told


def test_what_went_out_is_searched_without_a_name_in_the_address(client: Client) -> None:
    """A teacher's name is sent as a form; the link of a qualification shows that one, whatever was sought before."""
    found = client.send("/sent/search", {"sought": "HUGHES"}, back="/sent")
    assert str(found.url).endswith("/sent")
    assert ("05349 Unit 3" in words(found.text), "05349 Unit 4" in words(found.text)) == (True, False)
    assert 'name="q"' not in found.text
    assert "05844 all units" in words(client.get("/sent?q=05844").text)
    assert "05349 Unit 4" in client.says("/sent/search", {"all": "yes"}, back="/sent")
