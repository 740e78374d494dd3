"""Pictures of the pages for the documentation, of the sample college: ``make pictures`` makes them again."""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page as Tab
from playwright.sync_api import sync_playwright

from tests.conftest import installed
from tests.web import Browser, college, picture, returned, served

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


PICTURES: dict[str, Callable[[Tab, str], None]] = {
    "today": today,
    "drop": drop,
    "checked": checked,
    "workbook": workbook,
    "merging": merging,
}


def make(folder: Path, names: list[str]) -> None:
    """Make the pictures called *names* in *folder*, each in light and dark."""
    path = installed("chromium", "chromium", "CLAIMBATCH_REQUIRE_CHROMIUM")
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        centre = college(Path(made) / "college")
        centre.run("merge", *returned())  # those with errors are held back
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for name in names:
            for scheme in ("light", "dark"):
                with (
                    served(centre) as address,
                    Browser(chromium).visit(address, scheme=scheme, size=SIZE) as tab,
                ):
                    PICTURES[name](tab, tab.url)
                    picture(tab, folder / f"page-{name}-{scheme}.png", whole=False)


if __name__ == "__main__":
    make(Path("docs/images"), sys.argv[1:] or list(PICTURES))
