"""Claims on the page: found and sorted, seen by candidate and by unit, and corrected in place."""

import html
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from claimbatch.web.kept import MOST, KeptWorkspace
from claimbatch.web.roles import Role
from tests import moderated
from tests.centre import IT, MEDIA, Centre, put
from tests.web import PHONE, Browser, findings, opened, overflows, served, words

KEY = f"68199-{IT}-1"
PATH = f"/claims/{KEY}"


@pytest.fixture
def claim(centre: Centre) -> Centre:
    """A claim of three grades."""
    cells = {"Units!D5": "JH", "Units!D6": "SA", "Grades!E5": "P", "Grades!F5": "M", "Grades!E6": "D"}
    centre.done("merge", put(centre.issue(), cells, "it.xlsx"))
    return centre


def stands(centre: Centre) -> str:
    """The lines of the claim, as the command tells them."""
    return centre.done("claim", "show", KEY, "--format", "csv")


def test_there_is_no_claim_yet(centre: Centre) -> None:
    """And the page says how one begins."""
    assert "A claim begins when the first workbook is merged." in opened(centre).page("/claims")
    assert f"There is no claim {KEY}." in opened(centre).page(PATH, 400)


def test_claims_are_listed_newest_first_filtered_searched_and_sorted(claim: Centre) -> None:
    """By any column; what fits nothing says so."""
    claim.done("merge", put(claim.issue(MEDIA), {"Units!D5": "JH", "Grades!E5": "P"}, "media.xlsx"))
    media = f"68199-{MEDIA}-1"
    client = opened(claim)

    def listed(query: str) -> list[str]:
        return re.findall(r'href="/claims/(\d{5}-\d{5}-\d)"', client.get(f"/claims{query}").text)

    assert listed("") == [media, KEY]
    assert listed("?sort=key") == [KEY, media]
    assert listed("?sort=-lines") == [KEY, media]
    assert listed(f"?code={MEDIA}") == listed("?q=media") == [media]
    assert listed("?status=not-submitted&centre=68199&sort=lines") == [media, KEY]
    assert listed("?status=completed") == []
    assert "No claim is like that." in client.page("/claims?status=completed")


def test_the_list_counts_anew_what_has_changed(claim: Centre) -> None:
    """And whatever changed it: a command, the page, another claim of the qualification."""
    client = opened(claim)
    assert "– – 2 3" in client.page("/claims")
    claim.done("claim", "set", KEY, "0044", "1", "D", "JH")
    assert "– – 3 4" in client.page("/claims")
    where = f"{PATH}/units/1"
    client.send(where, {"was:0044": "D JH", "grade:0044": ""}, back=where)
    assert "– – 2 3" in client.page("/claims")
    claim.done("claim", "remove", KEY, "--candidate", "0042")
    claim.done("claim", "remove", KEY, "--candidate", "0043")
    assert "Not submitted – – 0 0" in client.page("/claims")


def test_what_the_moderator_chose_and_agreed_is_told(tmp_path: Path) -> None:
    """Ticked and in words on the grid, and beside each line; and nothing can be corrected any more."""
    centre = moderated.moderated(tmp_path / "centre")
    lines = moderated.pairs(("0042", "2"))
    centre.done(
        "moderation", "change", moderated.KEY, *lines, "--grade", "M", "--comment", "No evidence of D."
    )
    client = opened(centre)
    path = f"/claims/{moderated.KEY}"
    page = client.page(path)
    assert "Ahmed, Sana 0042 P JH ✓ , in the sample claimed D → agreed M SA ✓ , in the sample 2" in page
    assert "✓ In the moderator's sample; P → M: another grade was agreed than was claimed." in page
    assert "Unit 2" in client.page(f"{path}/candidates/0042")
    assert "D SA ✓ in the sample agreed as M" in client.page(f"{path}/candidates/0042")
    assert "Save" not in client.page(f"{path}/units/2").partition("Before")[2]
    late = client.send(f"{path}/units/2", {"was:0042": "D SA", "grade:0042": ""}, back=path)
    assert late.status_code == 422


def test_a_line_that_is_not_allowed_any_more_is_marked(claim: Centre) -> None:
    """With the reason at the candidate."""
    claim.done("assessors", "remove", IT, "SA")
    client = opened(claim)
    assert "To put right 1" in client.page(PATH)
    assert "M SA !" in client.page(PATH)
    assert "SA does not assess this qualification any more." in client.page(f"{PATH}/candidates/0042")


def test_a_server_keeps_a_dozen_claims_in_mind(centre: Centre) -> None:
    """The last ones: what it needs does not grow with what people look at."""
    kept, made = KeptWorkspace(centre.workspace.folder), []
    for number in [*range(MOST + 1), MOST, 0]:
        kept.while_unchanged(f"claim {number}", lambda number=number: made.append(number))
    assert made == [*range(MOST + 1), 0]


def test_a_claim_is_seen_by_candidate_and_by_unit(claim: Centre) -> None:
    """With those who have nothing yet, and what may still be claimed."""
    client = opened(claim)
    page = client.page(PATH)
    assert "Ahmed, Sana 0042 P JH M SA 2 Brown, Tom 0043 D JH 1 Clark, Zoë 0044 0" in page
    assert "Candidates 2 Grades 3 To put right 0 Queries open 0 Declarations 0 of 2" in page
    found = client.send(f"{PATH}/search", {"sought": "tom", "at": PATH}, back=PATH)
    assert found.request.url.path == PATH  # and no name in it
    assert not found.request.url.query
    assert "Brown, Tom 0043" in words(found.text)
    assert "Ahmed" not in words(found.text)
    assert "Ahmed" not in client.page(f"{PATH}/units/1")
    assert "Ahmed" in client.says(f"{PATH}/search", {"all": "yes", "at": f"{PATH}/award"}, back=PATH)
    units = client.page(f"{PATH}/units")
    assert (
        "Unit 1 Communication and employability skills for IT Jo Hughes JH D 1 0043 Jo Hughes JH P 1 0042"
        in units
    )
    assert client.get(f"{PATH}/unit?unit=3").headers["location"] == f"{PATH}/units/3"
    assert "Nobody" not in client.page(f"{PATH}/units/3")


def test_what_is_claimed_towards_the_award_is_told(claim: Centre) -> None:
    """As the command tells it; sorted by any column."""
    client = opened(claim)
    page = client.page(f"{PATH}/award")
    (first, *_) = [
        row
        for row in claim.done("claim", "show", KEY, "--by", "award", "--format", "csv").splitlines()
        if "0042" in row
    ]
    assert first.split(",")[3] in page
    assert page.index("Ahmed") < page.index("Brown")
    turned = client.page(f"{PATH}/award?sort=-name")
    assert turned.index("Ahmed") > turned.index("Brown")


def test_grades_are_corrected_together(claim: Centre) -> None:
    """Changed, added and taken off in one go; what was not touched says nothing, even if it is stale."""
    client = opened(claim, Role.TUTOR)
    where = f"{PATH}/candidates/0042"
    claim.done("claim", "set", KEY, "0042", "5", "P", "SA")
    fields = {
        "was:1": "P JH", "grade:1": "M", "assessor:1": "SA", "was:2": "M SA", "grade:2": "", "assessor:2": "SA",
        "was:3": "", "grade:3": "D", "assessor:3": "JH", "was:5": "", "grade:5": "", "assessor:5": "",
    }  # fmt: skip
    assert "3 grades changed. To take it back: History, back to entry" in client.says(
        where, fields, back=where
    )
    told = claim.done("claim", "show", KEY, "--candidate", "0042", "--format", "csv")
    assert [row.split(",")[-4:] for row in told.splitlines()[1:]] == [
        ["Communication and employability skills for IT", "M", "SA", ""],
        ["Computer systems", "D", "JH", ""],
        ["Organisational systems security", "P", "SA", ""],
    ]
    assert "Nothing was changed." in client.says(
        where, {"was:1": "M SA", "grade:1": "M", "assessor:1": "SA"}, back=where
    )


def test_a_line_that_somebody_else_changed_is_not_overwritten(claim: Centre) -> None:
    """Nothing is saved then; the form keeps what was chosen, and says what the claim says now."""
    client = opened(claim)
    where = f"{PATH}/units/1"
    fields = {
        "was:0042": "P JH", "grade:0042": "M", "assessor:0042": "JH",
        "was:0043": "D JH", "grade:0043": "P", "assessor:0043": "JH",
    }  # fmt: skip
    claim.done("claim", "set", KEY, "0042", "1", "D", "SA")
    before = stands(claim)
    late = client.send(where, fields, back=where)
    assert late.status_code == 422
    assert "Unit 1 of candidate 0042 has been changed since it was shown: it is D by SA now." in words(
        late.text
    )
    assert "It is D by SA now: somebody has changed it since." in words(late.text)
    assert re.search(r'name="was:0042" value="D SA".*?value="M" selected', late.text, re.S)
    assert stands(claim) == before
    again = fields | {"was:0042": "D SA"}
    assert "2 grades changed." in client.says(where, again, back=where)


def test_what_may_not_be_claimed_is_refused_whole(claim: Centre) -> None:
    """As from a workbook: no assessor, a stranger, an unknown candidate; and the form says where."""
    client, before = opened(claim), stands(claim)
    where = f"{PATH}/units/3"
    fields = {"was:0042": "", "grade:0042": "P", "assessor:0042": "JH", "was:0043": "", "grade:0043": "P"}
    answer = client.send(where, {**fields, "assessor:0043": ""}, back=where)
    assert answer.status_code == 422
    assert 'href="#assessor:0043"' in answer.text
    strange = client.send(where, {**fields, "assessor:0043": "XX"}, back=where)
    assert "XX is not an assessor of 05349." in words(strange.text)
    assert "A new one: Assessors" in words(strange.text)
    unknown = {"was:9999": "", "grade:9999": "P", "assessor:9999": "JH"}
    assert "Candidate 9999 is not entered" in client.says(where, unknown, back=where)
    assert "is neither entered" in client.page(f"{PATH}/candidates/9999", 400)
    assert stands(claim) == before


def test_a_grade_is_set_for_all_below(claim: Centre) -> None:
    """After a look at what that changes; and not if the claim has changed since that look."""
    client = opened(claim)
    where = f"{PATH}/units/1"
    row = {"was:0043": "D JH", "grade:0043": "M", "assessor:0043": "SA", "below": "0043"}
    shown = client.send(where, row, back=where)
    assert "3 grades would change, 0 would stay" in words(shown.text)
    assert "Brown, Tom 0043 Unit 1 was D by JH → is M by SA" in words(shown.text)
    fields = dict(re.findall(r'name="(first|grade|assessor|seen)" value="(\w*)"', shown.text))
    claim.done("claim", "set", KEY, "0042", "1", "D")
    late = client.says(f"{PATH}/below/1", fields, back=where)
    assert "has changed since it was shown; nothing was done." in late
    shown = client.send(where, row, back=where)
    fields = dict(re.findall(r'name="(first|grade|assessor|seen)" value="(\w*)"', shown.text))
    assert "3 grades changed." in client.says(f"{PATH}/below/1", fields, back=where)
    assert claim.done("claim", "show", KEY, "--unit", "1", "--format", "csv").count(",M,SA,") == 3
    other = {**row, "was:0042": "D JH", "grade:0042": "P", "assessor:0042": "JH"}
    assert "Save what else you have changed first" in client.says(where, other, back=where)


def test_a_unit_of_another_awarding_body_is_added_and_taken_off(claim: Centre) -> None:
    """By its title."""
    client = opened(claim)
    found = client.get(f"{PATH}/unit?body=NCFE&title=First%20%20Aid")
    where = found.headers["location"]
    fields = {"was:0042": "", "grade:0042": "P", "assessor:0042": "JH"}
    assert "1 grade changed." in client.says(where, fields, back=where)
    assert "First Aid (NCFE)" in client.page(f"{PATH}/units")
    assert "1 grade changed." in client.says(where, {"was:0042": "P JH", "grade:0042": ""}, back=where)
    assert "First Aid (NCFE)" not in client.page(f"{PATH}/units")


def test_a_grade_is_corrected_in_a_browser(claim: Centre, browser: Browser) -> None:
    """From the list to the grade by pointing alone, without a script; axe finds nothing on the way."""
    with served(claim) as address, browser.visit(address, script=False) as tab:
        tab.get_by_role("navigation", name="Pages").get_by_role("link", name="Claims").click()
        tab.get_by_role("link", name=KEY).click()
        tab.get_by_role("link", name="Brown, Tom").click()
        tab.get_by_label("Grade, Unit 1", exact=True).select_option("M")
        tab.get_by_label("Assessor, Unit 1", exact=True).select_option("SA")
        tab.get_by_role("button", name="Save").click()
        expect(tab.get_by_role("status")).to_contain_text("1 grade changed.")
        tab.get_by_role("link", name="By unit").click()
        tab.get_by_role("link", name="Unit 1", exact=True).click()
        tab.get_by_role("button", name="Set this for Brown, Tom and all below").click()
        expect(tab.get_by_role("heading", level=2)).to_have_text("Unit 1: M by SA from Brown, Tom down")
    with served(claim) as address, browser.visit(address) as tab:
        tab.goto(tab.url.rstrip("/") + f"{PATH}/units/1")
        tab.get_by_role("button", name="Set this for Brown, Tom and all below").click()
        assert findings(tab) == []
        tab.get_by_role("button", name="Change 2 grades").click()
        expect(tab.get_by_role("status")).to_contain_text("2 grades changed.")


LINES = """() => { const lines = {};
    for (const one of document.querySelectorAll(".pages a")) {
        const at = one.getBoundingClientRect();
        lines[at.top] ??= at.left;
    }
    return Object.values(lines); }"""


def test_a_claim_fits_a_phone(claim: Centre, browser: Browser, tmp_path: Path) -> None:
    """However long a title or a name is; the list of pages takes two lines, one below the other."""
    name = "Wolfeschlegelsteinhausenbergerdorffwelchevoraltern, Maximiliana"
    (tmp_path / "more.csv").write_text(
        f'entry_code,candidate_number,candidate_name,date_of_birth\n{IT},0099,"{name}",2008-01-02\n', "utf-8"
    )
    claim.done("entries", "import", tmp_path / "more.csv")
    claim.done("merge", put(claim.issue(MEDIA), {"Units!D5": "JH", "Grades!E5": "P"}, "media.xlsx"))
    with served(claim) as address, browser.visit(address, size=PHONE) as tab:
        tab.goto(tab.url.rstrip("/") + "/claims")
        expect(tab.get_by_label("Qualification")).to_be_visible()
        assert not overflows(tab)
        left = tab.evaluate(LINES)
        assert (len(left), len(set(left))) == (2, 1)
        for path in (f"{PATH}/candidates/0099", PATH, f"{PATH}/declarations"):
            tab.goto(tab.url.partition("/claims")[0] + path)
            assert not overflows(tab), path


@pytest.mark.parametrize("title", ["C# or C?", "Arts/Crafts & más: 100%"])
def test_a_unit_of_another_body_is_corrected_whatever_it_is_called(claim: Centre, title: str) -> None:
    """Its title stands in addresses, and must come back out of them as it is."""
    client = opened(claim)
    found = client.http.get(f"{PATH}/unit", params={"body": "Pearson", "title": title})
    page = client.get(found.headers["location"])
    action = html.unescape(re.search(r'action="([^"]*/units/[^"]*)"', page.text)[1])
    said = client.says(action, {"was:0042": "", "grade:0042": "P", "assessor:0042": "JH"}, back=PATH)
    assert "1 grade changed." in said
    head, sana, tom = stands(claim).splitlines()[:3]
    assert (head, sana[-5:], tom[-2:]) == (f"candidate,name,1,2,other:Pearson:{title}", ",P JH", ",,")
    fields = {"below": "0042", "was:0042": "P JH", "grade:0042": "M", "assessor:0042": "JH"}
    below = client.send(action, fields, back=PATH).text
    onward = html.unescape(re.search(r'action="([^"]*/below/[^"]*)"', below)[1])
    shown = dict(re.findall(r'name="(seen|first|grade|assessor)" value="([^"]*)"', below))
    assert "grades changed" in client.says(onward, shown, back=PATH)
    assert [line[-5:] for line in stands(claim).splitlines()[1:3]] == [",M JH"] * 2
