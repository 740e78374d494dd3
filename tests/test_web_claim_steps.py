"""A claim carried on by the page: queries, declarations, submission, withdrawal, its history, prints and exports."""

import email
import email.policy
import json
import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

from claimbatch.office.history import history_of, latest
from claimbatch.web.roles import Role
from tests.centre import IT, Centre, put
from tests.web import Browser, Client, findings, opened, served, words

KEY = f"68199-{IT}-1"
PATH = f"/claims/{KEY}"


@pytest.fixture
def claim(centre: Centre) -> Centre:
    """A claim of three grades of two candidates, and one query: Unit 3 has an assessor, and no grade."""
    cells = {"Units!D5": "JH", "Units!D6": "SA", "Grades!E5": "P", "Grades!F5": "M", "Grades!E6": "D"}
    centre.done("merge", put(centre.issue(), {**cells, "Assessed by!G5": "JH"}, "it.xlsx"))
    return centre


def ready(centre: Centre) -> None:
    """All is in place for submission."""
    centre.done("claim", "declare", KEY, "--all")
    centre.done("claim", "answer", KEY, "1", "--because", "It comes later.")


def submit(client: Client, **other: str) -> str:
    """Fill in the form, and confirm it; what the page says."""
    fields = {"by": "Pat Lee", "declared": "yes", **other}
    sure = client.send(f"{PATH}/submit", fields, back=f"{PATH}/submit")
    assert "Submit this claim?" in words(sure.text)
    shown = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', sure.text))
    return client.says(f"{PATH}/submit", {**shown, "sure": "yes"}, back="/")


def test_queries_are_answered_several_at_once(claim: Centre) -> None:
    """By a tutor, too; a blank is no answer."""
    client = opened(claim, Role.TUTOR)
    where = f"{PATH}/queries"
    assert "1 query, 1 without an answer." in client.page(where)
    assert "Ahmed, Sana 0042 · Unit 3 it.xlsx" in client.page(where)
    assert "Nothing was answered." in client.says(where, {"because:1": " "}, back=where)
    assert "1 query answered." in client.says(where, {"because:1": "It comes later."}, back=where)
    assert "It comes later." in claim.done("claim", "queries", KEY)
    assert "There is no" not in client.page(where)
    assert "has no query 7" in client.says(where, {"because:7": "No."}, back=where)
    assert "Nothing was answered." in client.says(where, {"because:²": "No."}, back=where)


def test_declarations_are_ticked_many_at_once_and_taken_back(claim: Centre) -> None:
    """Or all of them; nothing ticked is said at the place."""
    client = opened(claim)
    where = f"{PATH}/declarations"
    empty = client.send(where, {}, back=where)
    assert (empty.status_code, 'href="#missing-0"' in empty.text) == (422, True)
    assert "1 declaration recorded." in client.says(where, {"candidate": ["0043"]}, back=where)
    assert "Missing 1 candidate" in client.page(where)
    assert "1 declaration recorded." in client.says(where, {"all": "yes"}, back=where)
    assert "Every candidate on the claim has signed." in client.page(where)
    back = {"candidate": ["0042", "0043"], "undo": "yes"}
    assert "2 declarations taken back." in client.says(where, back, back=where)
    assert "Pat Lee" in claim.done("claim", "history", KEY)


def test_a_list_of_who_has_signed_ticks_them(claim: Centre) -> None:
    """Nothing is recorded before that was seen; what a list says that cannot be is told by its own name."""
    client = opened(claim)
    where = f"{PATH}/declarations"

    def listed(text: str) -> str:
        return client.send(f"{where}/list", {}, [("list", ("signed.csv", text.encode()))], back=where).text

    page = listed("Candidate number\n0043\n")
    assert re.findall(r'value="(\d+)" id="missing-\d" checked', page) == ["0043"]
    assert "Missing 2 candidates" in client.page(where)
    client.send(where, {"candidate": ["0043"]}, back=where)
    for text, said in (
        ("Candidate number\n0043\n", "The declarations of all whom signed.csv names are recorded already"),
        ("Candidate number\n0051\n", "signed.csv names candidates who are not on the claim: 0051"),
        ("Candidate number\nBrown\n", "signed.csv, line 2"),
    ):
        assert said in words(listed(text)), words(listed(text))
    assert client.send(f"{where}/list", {}, back=where).status_code == 422


def test_a_claim_is_submitted_after_its_checklist_and_a_question(claim: Centre) -> None:
    """What is missing leads to where it is put right; afterwards nothing can be corrected."""
    client = opened(claim)
    page = client.get(f"{PATH}/submit")
    assert "Not yet: 2 things to put right" in words(page.text)
    assert f'href="{PATH}/declarations"' in page.text
    assert f'href="{PATH}/queries"' in page.text
    ready(claim)
    wrong = client.send(f"{PATH}/submit", {"by": "", "results_email": "nobody"}, back=f"{PATH}/submit")
    assert re.findall(r'<li><a href="#(\w+)"', wrong.text) == ["by", "results_email", "declared"]
    said = submit(client, results_email="results@example.org")
    assert "The claim is submitted. Its claim number is C000001, our own" in said
    assert "Submitted by Pat Lee. Results go to results@example.org." in said
    assert "can no longer change it" in client.says(
        f"{PATH}/units/1", {"was:0042": "P JH", "grade:0042": ""}, back="/claims"
    )
    assert "That is put right." in client.says(f"{PATH}/number", {"claim_number": "2600417"}, back=PATH)
    assert "Claim number 2600417" in client.page(PATH)
    wrong = client.send(f"{PATH}/number", {"results_email": "nobody"}, back=f"{PATH}/number")
    assert (wrong.status_code, 'href="#results_email"' in wrong.text) == (422, True)
    client.send(f"{PATH}/number", {"results_email": "exams@example.org"}, back=f"{PATH}/number")
    assert "Results go to exams@example.org." in client.page(PATH)


def test_a_claim_that_changed_after_the_question_is_not_submitted(claim: Centre) -> None:
    """Nobody submits what they have not seen."""
    client = opened(claim)
    ready(claim)
    fields = {"by": "Pat Lee", "declared": "yes"}
    sure = client.send(f"{PATH}/submit", fields, back=f"{PATH}/submit")
    shown = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', sure.text))
    claim.done("claim", "set", KEY, "0042", "1", "D", "JH")
    assert "has changed since it was shown" in client.says(f"{PATH}/submit", {**shown, "sure": "yes"})
    assert "Not submitted" in claim.done("claim", "show", KEY)


def test_a_group_is_withdrawn(claim: Centre) -> None:
    """Who goes is shown first."""
    client = opened(claim)
    assert "withdrawn" in client.page(f"{PATH}/withdraw", 400)
    ready(claim)
    submit(client)
    where = f"{PATH}/withdraw"
    empty = client.send(where, {}, back=where)
    assert re.findall(r'<li><a href="#(\w+)"', empty.text) == ["group", "reason"]
    fields = {"group": "1|JH|D", "reason": "Not at this level."}
    shown = client.send(where, fields, back=where)
    assert "Record that 1 grade was withdrawn?" in words(shown.text)
    assert "Brown, Tom 0043 Unit 1 D JH" in words(shown.text)
    seen = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', shown.text))
    assert "1 grade withdrawn." in client.says(where, {**seen, "sure": "yes"})
    assert "Not at this level." in client.page(f"{PATH}/history")


def test_history_is_told_in_words_and_gone_back_to(claim: Centre) -> None:
    """After a look at what that changes; of one candidate alone; and the undo can be undone."""
    client = opened(claim, Role.TUTOR)
    claim.done("claim", "set", KEY, "0042", "1", "D", "JH")
    page = client.page(f"{PATH}/history")
    assert "Grade changed Ahmed, Sana 0042 Unit 1 was P by JH → is D by JH" in page
    assert page.index("Grade changed") < page.index("Claim begun")
    assert "Brown" not in client.page(f"{PATH}/history?candidate=42")
    entry = re.findall(r"/history/(\d+)", client.get(f"{PATH}/history").text)[0]
    where = f"{PATH}/history/{entry}"
    shown = client.get(where).text
    assert "Ahmed, Sana 0042 Unit 1 was D by JH → is P by JH" in words(shown)
    seen = re.search(r'name="seen" value="(\d+)"', shown)
    assert seen
    assert "1 grade set back." in client.says(where, {"seen": seen[1]}, back=where)
    assert "has changed since it was shown" in client.says(where, {"seen": seen[1]}, back=where)
    assert "nothing would change" in client.page(where)
    assert "has no revision 99" in client.page(f"{PATH}/history/99", 400)


def test_history_is_read_a_page_at_a_time(claim: Centre) -> None:
    """Some entries, the rest behind a link; a query keeps its number."""
    for grade in "MPMPMP":
        claim.done("claim", "set", KEY, "0042", "1", grade, "JH")
    with claim.workspace.store() as store:
        whole = history_of(store, KEY)[::-1]
        first, rest = latest(store, KEY, most=10), latest(store, KEY, skip=10)
        assert [*first.entries, *rest.entries] == whole
        assert first.total == len(whole)
        mine = [entry for entry in whole if entry.event.candidate == "0042"]
        assert list(latest(store, KEY, "0042").entries) == mine


def test_a_claim_is_saved_and_printed(claim: Centre, tmp_path: Path) -> None:
    """The same bytes that commands write; forms for some alone."""
    client = opened(claim)
    assert "Claim report PDF" in client.page(f"{PATH}/papers")
    csv = client.get(f"{PATH}/export/csv")
    assert csv.headers["content-disposition"].startswith(f'attachment; filename="{KEY}.csv"')
    claim.done("export", KEY, "-o", tmp_path / "claim.csv")
    assert csv.content == (tmp_path / "claim.csv").read_bytes()
    assert json.loads(client.get(f"{PATH}/export/json").content)
    (tmp_path / "claim.xlsx").write_bytes(client.get(f"{PATH}/export/xlsx").content)
    assert openpyxl.load_workbook(tmp_path / "claim.xlsx").sheetnames
    for kind in ("claim", "declarations", "signing-list", "recording-sheets"):
        assert client.get(f"{PATH}/print?kind={kind}&style=pdf").content[:5] == b"%PDF-", kind
    html = client.get(f"{PATH}/print?kind=declarations&style=html&which=unsigned&sort=name")
    assert "Ahmed, Sana" in html.text
    assert "attachment" in html.headers["content-disposition"]
    for wrong in (
        "/export/exe",
        "/print?kind=novel",
        "/print?kind=outcome",
        "/print?style=doc",
        "/letter/submitted",
    ):
        assert client.get(f"{PATH}{wrong}").status_code == 400, wrong


def test_a_message_about_a_submitted_claim_is_a_file_for_a_mail_program(claim: Centre) -> None:
    """With the claim attached."""
    client = opened(claim)
    ready(claim)
    submit(client)
    assert "To the moderator: submitted" in client.page(f"{PATH}/papers")
    message = email.message_from_bytes(
        client.get(f"{PATH}/letter/submitted").content, policy=email.policy.default
    )
    assert [part.get_filename() for part in message.iter_attachments()] == [f"{KEY}_claim.pdf"]


@pytest.mark.parametrize("path", ["declarations", "submit", "withdraw", "number"])
def test_a_tutor_does_not_speak_for_the_centre(claim: Centre, path: str) -> None:
    """They see declarations, and tick none."""
    ready(claim)
    tutor = opened(claim, Role.TUTOR)
    assert tutor.send(f"{PATH}/{path}", {"all": "yes"}, back=PATH).status_code == 403
    assert tutor.get(f"{PATH}/{path}").status_code == (200 if path == "declarations" else 403)
    assert "Submit" not in tutor.page(PATH)
    assert "Record those ticked" not in tutor.page(f"{PATH}/declarations")


def test_a_claim_is_declared_and_submitted_in_a_browser(claim: Centre, browser: Browser) -> None:
    """From the first page, along the links; axe finds nothing on the way."""
    with served(claim) as address, browser.visit(address) as tab:
        tab.goto(tab.url.rstrip("/") + PATH)
        way = tab.get_by_role("navigation", name="This claim")
        way.get_by_role("link", name="Queries").click()
        tab.get_by_label("Why the entry is right").fill("It comes later.")
        assert findings(tab) == []
        tab.get_by_role("button", name="Save the answers").click()
        way.get_by_role("link", name="Declarations").click()
        tab.get_by_label("Brown, Tom").check()
        assert findings(tab) == []
        tab.get_by_role("button", name="Record those ticked").click()
        tab.get_by_role("button", name="Record all 1").click()
        way.get_by_role("link", name="Submit").click()
        tab.get_by_role("button", name="Go on").click()
        expect(tab.get_by_role("alert")).to_contain_text("The centre has to make its declaration")
        assert findings(tab) == []
        tab.get_by_label("The centre makes its declaration").check()
        tab.get_by_role("button", name="Go on").click()
        assert findings(tab) == []
        tab.get_by_role("button", name="Submit the claim").click()
        expect(tab.get_by_role("status")).to_contain_text("Its claim number is C000001")
        tab.goto(tab.url.rstrip("/") + "/withdraw")
        assert findings(tab) == []
        tab.goto(tab.url.replace("/withdraw", "/number"))
        assert findings(tab) == []
