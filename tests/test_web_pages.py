"""Every page of the site, in a browser: whoever sees, hears or types badly can use it, with a script and without."""

import pytest
from playwright.sync_api import expect

from claimbatch.web.accounts import new_account
from claimbatch.web.roles import Role
from tests.centre import IT, Centre, fill
from tests.web import PHONE, Browser, findings, overflows, served

KEY = f"68199-{IT}-1"
PAGES = [
    "/",
    "/sent",
    "/check",
    "/register",
    "/register/assessors",
    "/register/centres",
    "/register/file",
    "/register/imports",
    "/register/imports/assessors/1",
    "/register/imports/assessors/1/undo",
    "/templates",
    "/templates?q=business",
    f"/templates/{IT}",
    "/qualifications",
    f"/qualifications/{IT}",
    f"/qualifications/{IT}/units",
    "/qualifications/new",
    "/sample",
    f"/claims/{KEY}/sample",
    f"/claims/{KEY}/outcome",
    f"/claims/{KEY}/sample/simulation",
    "/nights/last",
    "/nights",
    "/nothing-here",
]
OF_CLAIMS = ["", f"/{KEY}", f"/{KEY}/units", f"/{KEY}/candidates/0042", f"/{KEY}/units/3"]
OF_CLAIMS += [
    f"/{KEY}/{one}"
    for one in ("award", "queries", "declarations", "submit", "history", "history/20", "papers")
]
PAGES += [f"/claims{path}" for path in OF_CLAIMS]


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Centre:
    """A claim that is open, a workbook that came back, and one that is out."""
    centre = Centre.make(tmp_path_factory.mktemp("pages") / "centre")
    centre.done("merge", fill(centre.issue()))
    centre.issue("05844")
    assessors = tmp_path_factory.mktemp("files") / "assessors.csv"
    assessors.write_text(f"entry_code,initials,name\n{IT},AB,Ann Bell\n", "utf-8")
    centre.done("assessors", "import", assessors)
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


def test_who_is_not_in_sees_pages_too(centre: Centre, browser: Browser) -> None:
    """The one to sign in on, with its error, and the one that says how to come back."""
    users = {"Jo": new_account("Jo", Role.TUTOR, "three words together")}
    for scheme in ("light", "dark"):
        with served(centre, accounts=users) as address, browser.visit(address, scheme=scheme) as tab:
            tab.goto(address.partition("/open")[0])
            assert findings(tab) == []
            tab.get_by_label("Your name").fill("Jo")
            tab.get_by_role("button", name="Sign in").click()
            expect(tab.get_by_role("alert")).to_be_focused()
            assert findings(tab) == []
            tab.get_by_label("Password").fill("three words together")
            tab.get_by_role("button", name="Sign in").click()
            expect(tab.get_by_role("banner")).to_contain_text("Jo tutor or teacher")
        with served(centre) as address, browser.visit(address, scheme=scheme) as tab:
            tab.context.clear_cookies()
            tab.goto(tab.url)
            assert findings(tab) == []


def test_a_table_is_a_list_on_a_phone(centre: Centre, browser: Browser) -> None:
    """Each value under its heading, and still a table for whoever hears it."""
    with served(centre) as address, browser.visit(address, size=PHONE) as tab:
        cell = tab.locator("tbody tr").first.locator("td").first
        assert cell.evaluate("cell => getComputedStyle(cell, '::before').content") == '"Next step"'
        assert tab.get_by_role("row").count() == 3
        assert findings(tab) == []


def test_a_page_prints_as_paper(centre: Centre, browser: Browser) -> None:
    """Without what is only to be pressed, and dark on white whatever the theme."""
    with served(centre) as address, browser.visit(address, scheme="dark") as tab:
        tab.emulate_media(media="print")
        assert not tab.get_by_role("navigation", name="Pages").is_visible()
        assert (
            tab.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
        )
