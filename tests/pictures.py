"""Pictures of the pages for the documentation, of the sample college: ``make pictures`` makes them again."""

import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from playwright.sync_api import Page as Tab
from playwright.sync_api import sync_playwright
from pytest import MonkeyPatch  # noqa: PT013 - no test: it changes what time it is for a while

from claimbatch.cli.demo import CLAIMS, ISSUED_AT, SUBMITTING
from tests.centre import Centre
from tests.conftest import installed
from tests.moderated import stands
from tests.web import Browser, college, picture, returned, served

MODERATED = CLAIMS[1]
SIZE = {"width": 1180, "height": 700}


def today(tab: Tab, home: str) -> None:
    """How the term stands."""
    tab.goto(home)


def drop(tab: Tab, home: str, which: str = "returned") -> None:
    """Workbooks that are about to be checked."""
    tab.goto(f"{home}check")
    tab.get_by_label("Drop the workbooks here").set_input_files(returned(which))


def checked(tab: Tab, home: str) -> None:
    """What was found in ten workbooks."""
    drop(tab, home)
    tab.get_by_role("button", name="Check", exact=True).click()
    tab.get_by_role("heading", name="10 workbooks checked").wait_for()


def workbook(tab: Tab, home: str) -> None:
    """What is wrong with one of them, at its cells."""
    checked(tab, home)
    tab.get_by_role("link", name="Business_Whitfield.xlsx").click()


def merging(tab: Tab, home: str) -> None:
    """What merging would change."""
    drop(tab, home, "corrected")
    tab.get_by_role("button", name="Check", exact=True).click()
    tab.get_by_role("link", name="Merge: see what would change").click()


def sent(tab: Tab, home: str) -> None:
    """What went out, and by when it was due."""
    tab.goto(f"{home}sent")


def simulation(tab: Tab, home: str) -> None:
    """What a moderator may ask for."""
    tab.goto(f"{home}claims/{MODERATED}/sample/simulation")
    tab.locator("table").first.scroll_into_view_if_needed()


def outcome(tab: Tab, home: str) -> None:
    """What the moderator decided."""
    tab.goto(f"{home}claims/{MODERATED}/outcome")


PICTURES: dict[str, Callable[[Tab, str], None]] = {
    "today": today,
    "sent": sent,
    "checked": checked,
    "workbook": workbook,
    "merging": merging,
}
LATER: dict[str, Callable[[Tab, str], None]] = {"simulation": simulation, "outcome": outcome}


def make(folder: Path, names: list[str]) -> None:
    """Make the pictures called *names* in *folder*, nine days after templates went out, in light and dark."""
    path = installed("chromium", "chromium", "CLAIMBATCH_REQUIRE_CHROMIUM")
    with (
        tempfile.TemporaryDirectory() as made,
        sync_playwright() as playwright,
        MonkeyPatch.context() as patch,
    ):
        centre = college(Path(made) / "college")
        patch.setenv("SOURCE_DATE_EPOCH", str(ISSUED_AT + 3600))
        for code, due in (("05349", "12 October 2026"), ("05844", "23 October 2026")):
            centre.done("template", code, "--for-each-assessor", "--due", due)
        patch.setenv("SOURCE_DATE_EPOCH", str(ISSUED_AT + 9 * 24 * 3600))
        centre.run("merge", *returned())  # those with errors are held back
        browser = Browser(playwright.chromium.launch(executable_path=path, args=["--no-sandbox"]))
        shoot(centre, browser, folder, {name: PICTURES[name] for name in names if name in PICTURES})
        if later := {name: LATER[name] for name in names if name in LATER}:
            moderate(centre, Path(made))
            shoot(centre, browser, folder, later)


def moderate(centre: Centre, folder: Path) -> None:
    """One claim is submitted, sampled, and half of that is decided."""
    centre.run("merge", *returned("corrected"))
    for command in SUBMITTING:
        centre.done(*command)
    drawn = centre.done("sample", "draw", MODERATED, "--seed", "2026", "--format", "csv", "-q")
    (folder / "sample.csv").write_text(drawn, "utf-8")
    centre.done("sample", "record", MODERATED, folder / "sample.csv")
    sampled = sorted(stands(centre, MODERATED).sampled)
    for place, (candidate, unit) in enumerate(sampled[: len(sampled) // 2]):
        decision = ("change", "--grade", "U", "--comment", "P3 is not met") if place == 2 else ("agree",)
        word, *more = decision
        centre.done("moderation", word, MODERATED, "--candidate", candidate, "--unit", unit, *more)


def shoot(
    centre: Centre, browser: Browser, folder: Path, pictures: Mapping[str, Callable[[Tab, str], None]]
) -> None:
    """Take *pictures* of a *centre*, each in light and dark."""
    for name, show in pictures.items():
        for scheme in ("light", "dark"):
            with served(centre) as address, browser.visit(address, scheme=scheme, size=SIZE) as tab:
                show(tab, tab.url)
                picture(tab, folder / f"page-{name}-{scheme}.png", whole=False)


if __name__ == "__main__":
    make(Path("docs/images"), sys.argv[1:] or [*PICTURES, *LATER])
