"""The whole way of a claim, as an exam officer clicks it in a real browser: from an empty workspace to completion."""

from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from claimbatch.claims.claim import Status
from claimbatch.workspace import Workspace
from tests import moderated
from tests.centre import CENTRE, IT, Centre, put
from tests.web import Browser, findings, served

KEY = f"{CENTRE}-{IT}-1"
ENTRIES = (
    "entry_code,candidate_number,candidate_name,date_of_birth\n"
    f'{IT},0042,"Ahmed, Sana",2008-01-02\n{IT},0043,"Brown, Tom",2008-03-04\n'
)
ASSESSORS = f"entry_code,initials,name\n{IT},JH,Jo Hughes\n"
FILLED = {"Units!D5": "JH", "Grades!E5": "P", "Grades!E6": "X"}
FIXED = {"Grades!E6": "M"}


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    """A workspace in which nothing is yet but the centre."""
    Workspace.create(tmp_path / "centre", {CENTRE: "Example College"})
    return Centre(Workspace(tmp_path / "centre"))


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without"])
def test_a_claim_goes_all_the_way(centre: Centre, browser: Browser, tmp_path: Path, script: bool) -> None:
    """Each step on its page; nothing else is touched but the workbook, as a teacher would."""
    with served(centre) as address, browser.visit(address, script=script) as tab:
        take_in(tab, "Candidates and their entries", write(tmp_path / "entries.csv", ENTRIES))
        take_in(tab, "Assessors", write(tmp_path / "assessors.csv", ASSESSORS))
        book = template(tab, tmp_path)
        check(tab, put(book, FILLED), script=script)
        faulty(tab, tmp_path)
        check(tab, put(book, FIXED), script=script)
        merge(tab)
        declare_and_submit(tab)
        sample(tab)
        outcome(tab)
        complete(tab)
        if script:
            assert findings(tab) == []
        to(tab, "Today")
        expect(tab.get_by_role("row").nth(1)).to_contain_text("Completed")
    stands = moderated.stands(centre, KEY)
    assert (stands.claim.status, stands.claim.reference) == (Status.COMPLETED, "R-2026-7")
    assert [(line.candidate, line.grade) for line in stands.moderated.lines] == [("0042", "P"), ("0043", "P")]


def to(tab: Tab, page: str) -> None:
    """Follow the navigation."""
    tab.get_by_role("navigation", name="Pages").get_by_role("link", name=page, exact=True).click()


def write(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def take_in(tab: Tab, kind: str, path: Path) -> None:
    """The file of the school system: how it was read, what would change, stored."""
    to(tab, "Register")
    tab.get_by_role("link", name="Take in a file").click()
    tab.get_by_label(kind).check()
    tab.get_by_label("Drop the file here").set_input_files(path)
    tab.get_by_role("button", name="Read it").click()
    tab.get_by_role("button", name="See what would change").click()
    tab.get_by_role("button", name="Store", exact=True).click()
    expect(tab.get_by_role("status").first).to_contain_text("Stored")


def template(tab: Tab, folder: Path) -> Path:
    """A template is made and saved."""
    to(tab, "Templates")
    tab.locator(f'a[href="/templates/{IT}"]').first.click()
    tab.get_by_role("button", name="Make them").click()
    with tab.expect_download() as saved:
        tab.locator("main a[download]").first.click()
    path = folder / "Hughes.xlsx"
    saved.value.save_as(path)
    return path


def check(tab: Tab, path: Path, *, script: bool) -> None:
    """A workbook is dropped; without a script one looks again until it is checked."""
    to(tab, "Check workbooks")
    tab.get_by_label("Drop the workbooks here").set_input_files(path)
    tab.get_by_role("button", name="Check", exact=True).click()
    done = tab.get_by_role("heading", name="1 workbook checked")
    for _ in range(1 if script else 60):
        if script or done.is_visible():
            break
        tab.wait_for_timeout(300)
        tab.reload()
    done.wait_for()


def faulty(tab: Tab, folder: Path) -> None:
    """What is wrong stands at its cell, on the page and in the marked copy."""
    tab.get_by_role("link", name="Hughes.xlsx").click()
    expect(tab.get_by_role("main")).to_contain_text("E6")
    with tab.expect_download() as saved:
        tab.get_by_role("link", name="Marked copy").click()
    saved.value.save_as(folder / "marked.xlsx")
    marked = openpyxl.load_workbook(folder / "marked.xlsx")
    assert marked["Grades"]["E6"].comment is not None


def merge(tab: Tab) -> None:
    """What merging would change is seen, then merged."""
    tab.get_by_role("link", name="Merge: see what would change").click()
    expect(tab.get_by_role("row", name="Brown, Tom")).to_contain_text("M")
    tab.get_by_role("button", name="Merge", exact=True).click()
    expect(tab.get_by_role("status").first).to_contain_text("2 grades added")


def declare_and_submit(tab: Tab) -> None:
    """The declarations are held, and the claim leaves the centre's hands."""
    to(tab, "Claims")
    tab.get_by_role("link", name=KEY).first.click()
    way = tab.get_by_role("navigation", name="This claim")
    way.get_by_role("link", name="Declarations").click()
    tab.get_by_role("button", name="Record all 2").click()
    way.get_by_role("link", name="Submit").click()
    tab.get_by_label("The centre makes its declaration").check()
    tab.get_by_role("button", name="Go on").click()
    tab.get_by_role("button", name="Submit the claim").click()
    expect(tab.get_by_role("status").first).to_contain_text("claim number")


def sample(tab: Tab) -> None:
    """Today leads to the sample; the moderator's choice is ticked, seen and recorded."""
    to(tab, "Today")
    tab.locator(f'a[href="/claims/{KEY}/sample"]').first.click()
    tab.get_by_role("link", name="Record the moderator’s choice").click()
    tab.get_by_label("Brown, Tom, Unit 1").check()
    tab.get_by_role("button", name="Continue").click()
    tab.get_by_role("button", name="Record the sample").click()
    expect(tab.get_by_role("status").first).to_contain_text("1 added")


def outcome(tab: Tab) -> None:
    """The moderator agrees another grade."""
    tab.get_by_role("navigation", name="This claim").get_by_role("link", name="Outcome").click()
    tab.get_by_label("Decision on Brown, Tom, Unit 1").select_option(label="changed to P")
    tab.get_by_role("button", name="Continue").click()
    tab.get_by_role("button", name="Record this").click()
    expect(tab.get_by_role("status").first).to_contain_text("is recorded")


def complete(tab: Tab) -> None:
    """The moderator has sent it on."""
    tab.get_by_role("link", name="Complete the claim").click()
    tab.get_by_label("Reference").fill("R-2026-7")
    tab.get_by_label("The moderator has sent the claim on").check()
    tab.get_by_role("button", name="Complete the claim").click()
    expect(tab.get_by_role("status").first).to_contain_text("completed under R-2026-7")
