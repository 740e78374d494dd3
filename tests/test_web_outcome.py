"""The outcome on the page: decisions seen before they are recorded, groups withdrawn, workbooks dropped, completion."""

import re

import pytest
from playwright.sync_api import expect

from claimbatch.web.roles import Role
from tests.centre import Centre
from tests.moderated import KEY, book, moderated, stands
from tests.web import Client, findings, opened, overflows, served, words

AT = f"/claims/{KEY}/outcome"
DROP = f"/claims/{KEY}/workbook/outcome"
GROUP = {"of": "2", "assessor": "SA", "grade": "D"}


@pytest.fixture
def centre(tmp_path) -> Centre:
    """Five pieces of work of three candidates are in the sample."""
    return moderated(tmp_path / "centre")


def agreed(client: Client, fields: dict[str, str]) -> str:
    """Say what was decided, see it, record it."""
    shown = client.send(f"{AT}/decide", fields, back=AT).text
    hidden = dict(re.findall(r'name="(seen|decision:[^"]+|comment:[^"]+)" value="([^"]*)"', shown))
    return client.says(f"{AT}/decide", hidden, back=AT)


def decided(centre: Centre) -> dict[tuple[str, str], str]:
    return {target: one.grade for target, one in stands(centre).decided.items()}


def test_decisions_are_seen_recorded_and_taken_back(centre):
    client = opened(centre)
    seen = client.says(
        f"{AT}/decide",
        {"decision:0042|1": "agreed", "decision:0043|1": "M", "comment:0043|1": "thin"},
        back=AT,
    )
    assert "Agreed 1 Changed 1" in seen
    assert decided(centre) == {}
    assert "is recorded" in agreed(
        client, {"decision:0042|1": "agreed", "decision:0043|1": "M", "comment:0043|1": "thin"}
    )
    assert decided(centre) == {("0042", "1"): "P", ("0043", "1"): "M"}
    agreed(client, {"decision:0042|1": "", "decision:0043|1": "M", "comment:0043|1": "thin", "rest": "yes"})
    assert decided(centre) == {
        ("0042", "2"): "D", ("0043", "1"): "M", ("0044", "1"): "M", ("0044", "other:NCFE:First Aid"): "M",
    }  # fmt: skip
    assert client.send(f"{AT}/decide", {}, back=AT).status_code == 422


def test_what_is_recorded_and_what_is_taken_back_are_one_step(centre):
    """Where one of the decisions is refused, the others stay as they were, too."""
    client = opened(centre)
    agreed(client, {"decision:0042|1": "agreed"})
    seen = re.findall(r'name="seen" value="(\d+)"', client.get(f"{AT}/complete").text)[0]
    asked = {"seen": seen, "decision:0042|1": "", "decision:0051|1": "agreed"}
    answer = client.send(f"{AT}/decide", asked, back=AT)
    assert (answer.status_code, "not in the sample" in words(answer.text)) == (400, True)
    assert decided(centre) == {("0042", "1"): "P"}


def test_a_comment_without_a_decision_is_not_passed_over(centre):
    """It is refused at its field, with what was typed still there; agreeing all that is left takes it along."""
    client = opened(centre)
    typed = {"decision:0042|1": "agreed", "decision:0043|1": "", "comment:0043|1": "thin"}
    answer = client.send(f"{AT}/decide", typed, back=AT)
    assert answer.status_code == 422
    assert 'href="#comment:0043|1"' in answer.text
    assert 'value="thin" aria-invalid="true"' in answer.text
    agreed(client, {**typed, "rest": "yes"})
    with centre.workspace.store() as store:
        words = store.explanations(KEY)
    assert [words.get(one.revision) for one in [stands(centre).decided["0043", "1"]]] == ["thin"]


def test_what_has_changed_since_it_was_seen_is_not_recorded(centre):
    client = opened(centre)
    answer = client.send(f"{AT}/decide", {"seen": "1", "decision:0042|1": "agreed"}, back=AT)
    assert (answer.status_code, decided(centre)) == (409, {})


def test_a_group_is_withdrawn_with_a_reason_and_comes_back(centre):
    client = opened(centre)
    page = client.send(f"{AT}/withdraw", GROUP, back=AT).text
    assert "Ahmed, Sana" in page
    seen = {**GROUP, "seen": re.findall(r'name="seen" value="(\d+)"', page)[0]}
    assert client.send(f"{AT}/withdraw", seen, back=AT).status_code == 422
    assert stands(centre).withdrawn == ()
    assert "1 piece of work is withdrawn" in client.says(
        f"{AT}/withdraw", {**seen, "reason": "Copied"}, back=AT
    )
    assert [line.candidate for line in stands(centre).withdrawn] == ["0042"]
    assert "on the claim again" in client.says(f"{AT}/reinstate", GROUP, back=AT)
    assert stands(centre).withdrawn == ()


def test_a_workbook_is_dropped_seen_and_recorded(centre):
    """One with an error says where, and gives a marked copy; the corrected one is recorded once it was seen."""
    client = opened(centre)
    wrong = book(centre, "moderation", {"Decisions!H5": "Perhaps"}, "wrong.xlsx")
    answer = client.send(DROP, files=[("workbook", ("back.xlsx", wrong.read_bytes()))], back=DROP)
    assert answer.status_code == 422
    assert "Decisions!H5" in words(answer.text)
    assert client.get(f"{DROP}/marked").content.startswith(b"PK")
    right = book(centre, "moderation", {"Decisions!H5": "Agreed"}, "right.xlsx")
    page = client.send(DROP, files=[("workbook", ("back.xlsx", right.read_bytes()))], back=DROP).text
    assert decided(centre) == {}
    other = book(centre, "moderation", {"Decisions!H5": "Changed", "Decisions!I5": "M"}, "other.xlsx")
    client.send(DROP, files=[("workbook", ("other.xlsx", other.read_bytes()))], back=DROP)
    shown = dict(re.findall(r'name="(seen|heard)" value="([^"]+)"', page))
    late = client.send(f"{DROP}/record", {**shown, "seen": "1"}, back=DROP)
    assert (late.status_code, decided(centre)) == (409, {})
    assert "is recorded" in client.says(f"{DROP}/record", shown, back=DROP)
    assert decided(centre) == {("0042", "1"): "P"}, "what was shown, though another was dropped since"
    assert "not here any more" in client.says(f"{DROP}/record", shown, back=DROP)


def test_a_claim_is_completed_with_its_checklist_and_opened_again(centre):
    client = opened(centre)
    page = client.get(f"{AT}/complete").text
    assert "5 pieces of work of it are not decided" in words(page)
    seen = {"seen": re.findall(r'name="seen" value="(\d+)"', page)[0]}
    assert client.send(f"{AT}/complete", seen, back=AT).status_code == 422
    said = client.says(f"{AT}/complete", {**seen, "reference": "R-7", "sent": "yes"}, back=AT)
    assert "completed under R-7" in said
    assert "with the moderator again" in client.says(f"{AT}/reopen", {}, back=AT)


def test_a_tutor_only_looks(centre):
    client = opened(centre, Role.TUTOR)
    assert "Continue" not in client.page(AT)
    for path in (f"{AT}/decide", f"{AT}/withdraw", f"{AT}/complete", DROP):
        assert client.send(path, {}).status_code == 403


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_outcome_is_recorded_in_a_browser(centre, browser, scheme):
    """And axe finds nothing on the way."""
    with served(centre) as address, browser.visit(address, scheme=scheme) as tab:
        home = tab.url.rstrip("/")
        for path in (DROP, f"{AT}/complete", AT):
            tab.goto(home + path)
            assert (path, findings(tab), overflows(tab)) == (path, [], False)
        tab.get_by_label("Decision on Brown, Tom, Unit 1").select_option(label="changed to M")
        tab.get_by_label("Agree all of which nothing is decided").check()
        tab.get_by_role("button", name="Continue").click()
        tab.get_by_role("heading", name="What would be recorded").wait_for()
        assert findings(tab) == []
        tab.get_by_role("button", name="Record this").click()
        expect(tab.get_by_role("status").first).to_contain_text("is recorded")
        tab.get_by_role("button", name=re.compile("Withdraw.*Unit 2, SA, D")).click()
        tab.get_by_role("heading", name="Withdraw a group").wait_for()
        assert findings(tab) == []
