"""Two officers at once, each in a browser of their own: nothing of either is lost, and what crosses is said."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from claimbatch.web.accounts import new_account
from claimbatch.web.roles import Role
from tests.centre import CENTRE, IT, Centre, put
from tests.moderated import stands
from tests.web import Browser, served

KEY = f"{CENTRE}-{IT}-1"
PASSWORD = "three words together"  # noqa: S105 - of two people who are not


class Two(NamedTuple):
    """Two officers, each at a page of the same server, whose address is *home*."""

    pat: Tab
    sam: Tab
    home: str

    def both(self, path: str) -> None:
        """Both have this page open."""
        for tab in (self.pat, self.sam):
            tab.goto(self.home + path)


@pytest.fixture
def two(centre: Centre, browser: Browser) -> Iterator[Two]:
    """Pat and Sam have signed in; there is a claim of three grades."""
    cells = {"Units!D5": "JH", "Grades!E5": "P", "Grades!E6": "M", "Grades!E7": "D"}
    centre.done("merge", put(centre.issue(), cells, "it.xlsx"))
    users = {name: new_account(name, Role.ADMINISTRATOR, PASSWORD) for name in ("Pat", "Sam")}
    with ExitStack() as open_now:
        home = open_now.enter_context(served(centre, accounts=users)).partition("/open")[0]
        tabs = []
        for name in users:
            tab = open_now.enter_context(browser.visit(home))
            tab.get_by_label("Your name").fill(name)
            tab.get_by_label("Password").fill(PASSWORD)
            tab.get_by_role("button", name="Sign in").click()
            expect(tab.get_by_role("banner")).to_contain_text(name)
            tabs.append(tab)
        yield Two(*tabs, home)


def test_two_officers_carry_a_claim_to_its_end(centre: Centre, two: Two, tmp_path: Path) -> None:
    """Each has every form open before the other has sent it."""
    grades_of_one_candidate(two)
    declarations(two)
    submission(two)
    the_sample(two)
    the_outcome(two)
    done = stands(centre, KEY)
    assert [(line.candidate, line.grade, line.assessor) for line in done.claim.lines] == [
        ("0042", "D", "JH"), ("0042", "M", "JH"), ("0043", "M", "JH"), ("0044", "D", "JH"),
    ]  # fmt: skip
    assert {target: one.grade for target, one in done.decided.items()} == {
        ("0042", "1"): "D", ("0043", "1"): "M", ("0042", "2"): "P",
    }  # fmt: skip
    assert "is whole" in centre.done("claim", "history", KEY, "--verify")


def grades_of_one_candidate(two: Two) -> None:
    """One line each is both of theirs; the same line is told to whoever comes second."""
    two.both(f"/claims/{KEY}/candidates/0042")
    for tab, unit, grade in ((two.pat, 1, "D"), (two.sam, 2, "M")):
        tab.get_by_label(f"Grade, Unit {unit}", exact=True).select_option(grade)
        tab.get_by_label(f"Assessor, Unit {unit}", exact=True).select_option("JH")
        tab.get_by_role("button", name="Save").click()
        expect(tab.get_by_role("status").first).to_contain_text("1 grade changed.")
    two.both(f"/claims/{KEY}/candidates/0043")
    two.pat.get_by_label("Grade, Unit 1", exact=True).select_option("D")
    two.pat.get_by_role("button", name="Save").click()
    two.sam.get_by_label("Grade, Unit 1", exact=True).select_option("P")
    two.sam.get_by_role("button", name="Save").click()
    expect(two.sam.get_by_role("alert")).to_contain_text("changed")
    expect(two.sam.get_by_role("main")).to_contain_text("It is D by JH now: somebody has changed it since.")
    two.sam.get_by_label("Grade, Unit 1", exact=True).select_option("M")
    two.sam.get_by_role("button", name="Save").click()
    expect(two.sam.get_by_role("status").first).to_contain_text("1 grade changed.")


def declarations(two: Two) -> None:
    """What both tick is recorded once."""
    two.both(f"/claims/{KEY}/declarations")
    two.pat.get_by_label("Ahmed, Sana").check()
    two.pat.get_by_role("button", name="Record those ticked").click()
    expect(two.pat.get_by_role("status").first).to_contain_text("1 declaration recorded.")
    two.sam.get_by_role("button", name="Record all 3").click()
    expect(two.sam.get_by_role("status").first).to_contain_text("2 declarations recorded.")


def submission(two: Two) -> None:
    """Who has the question before them when the other submits is told, and nothing is submitted twice."""
    two.both(f"/claims/{KEY}/submit")
    for tab in (two.pat, two.sam):
        tab.get_by_label("The centre makes its declaration").check()
        tab.get_by_role("button", name="Go on").click()
    for tab in (two.pat, two.sam):
        tab.get_by_role("button", name="Submit the claim").click()
    expect(two.pat.get_by_role("status").first).to_contain_text("The claim is submitted.")
    expect(two.sam.get_by_role("main")).to_contain_text("has changed since it was shown; nothing was done.")
    two.sam.get_by_role("link", name=f"See how claim {KEY} stands").click()
    expect(two.sam.get_by_role("main")).to_contain_text("Submitted by Pat.")


def the_sample(two: Two) -> None:
    """What was seen before the other recorded something is looked at again."""
    two.both(f"/claims/{KEY}/sample/choose")
    two.sam.get_by_label("Clark, Zoë, Unit 1").check()
    two.sam.get_by_role("button", name="Continue").click()
    two.pat.get_by_label("Ahmed, Sana, Unit 1").check()
    two.pat.get_by_role("button", name="Continue").click()
    for tab in (two.pat, two.sam):
        tab.get_by_role("button", name="Record the sample").click()
    expect(two.pat.get_by_role("status").first).to_contain_text("1 added")
    expect(two.sam.get_by_role("heading", level=1)).to_have_text("That could not be done")
    two.both(f"/claims/{KEY}/sample/choose")
    for tab, name in ((two.pat, "Brown, Tom"), (two.sam, "Ahmed, Sana")):
        tab.get_by_label(f"{name}, Unit {1 if tab is two.pat else 2}").check()
        tab.get_by_role("button", name="Continue").click()
        tab.get_by_role("button", name="Record the sample").click()
        expect(tab.get_by_role("status").first).to_contain_text("1 added, 0 taken out")


def the_outcome(two: Two) -> None:
    """Decisions of one do not undo those of the other."""
    two.both(f"/claims/{KEY}/outcome")
    for tab, name in ((two.pat, "Ahmed, Sana"), (two.sam, "Brown, Tom")):
        tab.get_by_label(f"Decision on {name}, Unit 1").select_option("agreed")
        tab.get_by_role("button", name="Continue").click()
        tab.get_by_role("button", name="Record this").click()
        expect(tab.get_by_role("status").first).to_contain_text("is recorded")
    two.both(f"/claims/{KEY}/outcome")
    for tab, grade in ((two.pat, "M"), (two.sam, "P")):
        tab.get_by_label("Decision on Ahmed, Sana, Unit 2").select_option("agreed" if grade == "M" else grade)
        tab.get_by_role("button", name="Continue").click()
        if tab is two.sam:
            expect(tab.get_by_role("alert")).to_contain_text("It is recorded as agreed now: look again")
            tab.get_by_role("button", name="Continue").click()
        tab.get_by_role("button", name="Record this").click()
        expect(tab.get_by_role("status").first).to_contain_text("is recorded")
