"""The moderator's sample on the page: simulated, ticked, seen before it is recorded, taken back, printed."""

import io
import re
import zipfile

import pytest
from playwright.sync_api import expect

from claimbatch.web.roles import Role
from tests.centre import Centre
from tests.moderated import KEY, SAMPLE, moderated, stands
from tests.web import Client, findings, opened, overflows, served, words

AT = f"/claims/{KEY}/sample"


@pytest.fixture
def centre(tmp_path) -> Centre:
    """Four candidates, and no sample yet."""
    return moderated(tmp_path / "centre", sampled=False)


def recorded(client: Client, **fields) -> str:
    """Tick, see, record."""
    shown = client.send(f"{AT}/choose", fields, back=f"{AT}/choose").text
    hidden = re.findall(r'name="(seen|more|out)" value="([^"]+)"', shown)
    agreed = {name: [value for key, value in hidden if key == name] for name, _ in hidden}
    return client.says(f"{AT}/choose", agreed, back=f"{AT}/choose")


def test_what_the_moderator_chose_is_ticked_seen_and_recorded(centre):
    """By line, all of a candidate, a unit of everybody; nothing is recorded before it was seen."""
    client = opened(centre)
    assert "For the moderator's sample" in client.page("/sample")
    assert "is not recorded yet" in client.page(AT)
    seen = client.says(
        f"{AT}/choose", {"line": ["0043|1"], "person": "0042", "was": "0043|2"}, back=f"{AT}/choose"
    )
    assert "Into the sample: 3 pieces of work" in seen
    assert "Brown, Tom 0043 Unit 1" in seen
    assert stands(centre).sampled == frozenset()
    assert "3 added, 0 taken out" in recorded(client, line=["0043|1"], person="0042")
    assert stands(centre).sampled == {("0042", "1"), ("0042", "2"), ("0043", "1")}
    assert "4 added" not in recorded(client, unit="1")
    assert ("0051", "1") in stands(centre).sampled


def test_what_is_no_longer_ticked_is_taken_out_if_it_stood_on_the_page(centre):
    client = opened(centre)
    recorded(client, line=["0042|1", "0043|1"])
    assert "0 added, 1 taken out" in recorded(client, line=["0042|1"], was=["0042|1", "0043|1"])
    assert stands(centre).sampled == {("0042", "1")}
    faulty = client.send(f"{AT}/choose", {"was": "0051|1"}, back=f"{AT}/choose")
    assert (faulty.status_code, "Tick the work" in words(faulty.text)) == (422, True)


def test_a_candidate_to_tick_is_found_without_a_name_in_the_address(centre):
    client = opened(centre)
    found = client.send(
        f"/claims/{KEY}/search", {"sought": "brown", "at": f"{AT}/choose"}, back=f"{AT}/choose"
    )
    assert str(found.url).endswith(f"{AT}/choose")
    assert ("0043" in words(found.text), "0042" in words(found.text)) == (True, False)
    assert 'name="q"' not in found.text


def test_a_claim_that_has_changed_since_is_not_touched(centre):
    client = opened(centre)
    recorded(client, line=["0042|1"])
    answer = client.send(f"{AT}/choose", {"seen": "1", "more": "0043|1"}, back=f"{AT}/choose")
    assert (answer.status_code, "has changed since it was shown" in words(answer.text)) == (409, True)
    assert stands(centre).sampled == {("0042", "1")}


def test_a_tutor_looks_and_records_nothing(centre):
    client = opened(centre, Role.TUTOR)
    assert "Record the moderator" not in client.page(AT)
    assert client.get(f"{AT}/choose").status_code == 403
    assert client.send(f"{AT}/choose", {"line": "0042|1"}).status_code == 403


def test_samples_are_simulated_as_a_heat_map_and_printed(centre):
    """Each field says in a number what its shade says."""
    client = opened(centre)
    page = client.get(f"{AT}/simulation")
    assert 'class="s' in page.text
    assert "Simulated samples 1,000" in words(page.text)
    for style, begins in (("pdf", b"%PDF"), ("html", b"<!doctype")):
        assert client.get(f"{AT}/simulation.{style}").content.lower().startswith(begins.lower())


def test_the_list_and_the_folders_are_taken_away(centre):
    client = opened(centre)
    recorded(client, line=[f"{number}|{unit}" for number, unit in SAMPLE if unit.isdigit()])
    assert client.get(f"/claims/{KEY}/print?kind=sample&style=pdf").content.startswith(b"%PDF")
    assert "Ahmed, Sana" in client.get(f"/claims/{KEY}/print?kind=sample&style=html").text
    with zipfile.ZipFile(io.BytesIO(client.get(f"{AT}/folders.zip").content)) as archive:
        assert len(archive.namelist()) == 4


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_sample_is_ticked_in_a_browser(centre, browser, scheme):
    """And axe finds nothing, neither where one ticks nor where one sees it before it is recorded."""
    with served(centre) as address, browser.visit(address, scheme=scheme) as tab:
        tab.goto(tab.url.rstrip("/") + f"{AT}/choose")
        assert findings(tab) == []
        tab.get_by_label("Brown, Tom, Unit 1").check()
        tab.get_by_label("All of Ahmed, Sana").check()
        tab.get_by_role("button", name="Continue").click()
        tab.get_by_role("heading", name="Into the sample: 3 pieces of work").wait_for()
        assert findings(tab) == []
        tab.get_by_role("button", name="Record the sample").click()
        expect(tab.get_by_role("status").first).to_contain_text("3 added")
        assert (findings(tab), overflows(tab)) == ([], False)
