"""Every page of the site, in a browser: whoever sees, hears or types badly can use it, with a script and without."""

import pytest
from playwright.sync_api import expect

from tests.centre import IT, Centre, fill
from tests.web import PHONE, Browser, findings, overflows, served

KEY = f"68199-{IT}-1"
PAGES = ["/", "/sent", "/check", "/nights/last", "/nights", "/nothing-here"]


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Centre:
    """A claim that is open, a workbook that came back, and one that is out."""
    centre = Centre.make(tmp_path_factory.mktemp("pages") / "centre")
    centre.done("merge", fill(centre.issue()))
    centre.issue("05844")
    return centre


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_against_a_page(centre: Centre, browser: Browser, path: str) -> None:
    """In light and dark; nothing is refused by the policy, and on a phone nobody scrolls sideways."""
    for scheme in ("light", "dark"):
        with served(centre) as address, browser.visit(address, scheme=scheme) as tab:
            home = tab.url.rstrip("/")
            tab.goto(home + path)
            assert findings(tab) == [], scheme
            tab.set_viewport_size(PHONE)
            assert not overflows(tab), "on a phone"
            tab.set_viewport_size({"width": 640, "height": 430})
            assert not overflows(tab), "at 200 %"


def test_axe_finds_what_is_wrong(centre: Centre, browser: Browser) -> None:
    """So that the test above can fail."""
    with served(centre) as address, browser.visit(address) as tab:
        tab.evaluate("document.documentElement.removeAttribute('lang')")
        assert [rule for rule, _ in findings(tab)] == ["html-has-lang"]


def test_a_page_is_walked_with_the_keyboard(centre: Centre, browser: Browser) -> None:
    """The first stop leads past the head; what has the focus shows it."""
    with served(centre) as address, browser.visit(address) as tab:
        tab.keyboard.press("Tab")
        expect(tab.get_by_role("link", name="Skip to the page")).to_be_focused()
        tab.keyboard.press("Enter")
        expect(tab.locator("main")).to_be_focused()
        tab.keyboard.press("Tab")
        seen = tab.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert seen == "solid"


def test_it_is_left_without_a_script(centre: Centre, browser: Browser) -> None:
    """Forms are forms."""
    with served(centre) as address, browser.visit(address, script=False) as tab:
        tab.get_by_role("button", name="Sign out").click()
        expect(tab.get_by_role("heading", level=1)).to_have_text("Open claimbatch anew")
