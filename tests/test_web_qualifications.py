"""Qualifications on the page: what is known, and units added, corrected and taken off, without a file to write."""

import re

import pytest
from playwright.sync_api import expect

from claimbatch.form.qualification import Unit
from claimbatch.web.roles import Role
from tests.centre import MEDIA, Centre
from tests.web import Browser, Client, findings, opened, served, words

HERE = f"/qualifications/{MEDIA}"
TABLE = f"{HERE}/units"


def unit(centre: Centre, number: int, code: str = MEDIA) -> Unit | None:
    return centre.workspace.catalogue().get(code).unit(number)


def place(client: Client, number: int) -> int:
    """The row of a unit in the table."""
    found = re.search(rf'id="title-(\d+)"[^>]*aria-label="Title of unit {number}"', client.get(TABLE).text)
    assert found
    return int(found[1])


def blank(client: Client) -> int:
    """The first blank row of the table."""
    found = re.search(r'id="number-(\d+)"', client.get(TABLE).text)
    assert found
    return int(found[1])


def table(client: Client) -> dict[str, str]:
    """What the table says, as a browser sends it."""
    page = client.get(TABLE).text
    fields = dict(re.findall(r'<input id="[^"]*" name="([a-z]+-\d+)" value="([^"]*)"', page))
    for name, options in re.findall(r'<select id="[^"]*" name="(assessment-\d+)".*?>(.*?)</select>', page):
        chosen = re.search(r'value="(\w*)" selected', options)
        fields[name] = chosen[1] if chosen else ""
    return {**fields, "seal": seal(client, TABLE)}


def seal(client: Client, path: str) -> str:
    found = re.search(r'name="seal" value="(\w+)"', client.get(path).text)
    return found[1] if found else ""


def change(client: Client, fields: dict[str, str], said: str = "") -> str:
    """Fill in the table, look at what would change (it must say what is *said*), store it; what is said then."""
    answer = client.send(TABLE, {**table(client), **fields}, back=TABLE, follow=False)
    assert answer.status_code == 303, words(answer.text)
    where = answer.headers["location"]
    assert said in client.page(where)
    return client.says(where, {"seal": seal(client, where)}, back=where)


def test_what_is_known_and_what_is_not_verified(centre: Centre) -> None:
    """Those that candidates are entered for first; each with its units and where that was seen."""
    client = opened(centre)
    page = client.page("/qualifications")
    assert page.index("Extended Certificate in Digital Media 05844 entered") < page.index(
        "entry code not known"
    )
    assert "No qualification has “zzz”" in client.page("/qualifications?q=zzz")
    one = client.page(HERE)
    assert "Where this was seen" in one
    assert "not all units are known" in one.casefold()
    assert "There is no qualification" in client.page("/qualifications/99999", 400)


def test_a_unit_is_added_in_the_table_and_taken_off_again(centre: Centre) -> None:
    """What is new is shown first; it is for all that share the units, and counts as not verified without a source."""
    client, row = opened(centre), blank(opened(centre))
    new = {f"number-{row}": "98", f"title-{row}": "Sound", f"glh-{row}": "60"}
    assert "1 unit stored, for" in change(client, new, "98 Sound new Title: was – → is Sound")
    added = unit(centre, 98)
    assert added
    assert (added.title, added.glh, added.verified, added.why) == ("Sound", 60, False, "added by the centre")
    assert unit(centre, 98, "05843") == added
    assert "Sound from this centre" in client.page(HERE)
    assert "Unit 98 was taken off." in client.says(f"{HERE}/remove", {"number": "98"}, back=HERE)
    assert unit(centre, 98) is None
    assert client.send(f"{HERE}/remove", {"number": "98"}, back=HERE).status_code == 400


def test_a_unit_that_ships_is_corrected_and_is_then_as_it_was(centre: Centre) -> None:
    """Only what differs is stored; with a source it is verified; taken off, it is as it ships, even on a claim."""
    client, before = opened(centre), unit(centre, 3)
    assert before
    row = place(client, 3)
    said = f"was {before.title} → is Another title"
    change(client, {f"title-{row}": "Another title", "source": "the handbook, page 3"}, said)
    after = unit(centre, 3)
    assert after
    assert (after.title, after.reference, after.source) == (
        "Another title", before.reference, ("the handbook, page 3",),
    )  # fmt: skip
    assert after.verified
    change(client, {f"glh-{row}": "90"}, f"GLH: was {before.glh or '–'} → is 90")
    again = unit(centre, 3)
    assert again
    assert (again.title, again.glh, again.verified, again.why) == (
        "Another title", 90, False, "corrected by the centre",
    )  # fmt: skip
    assert "Unit 3 is as it ships again." in client.says(f"{HERE}/remove", {"number": "3"}, back=HERE)
    assert unit(centre, 3) == before


def test_what_cannot_be_stands_at_its_cell(centre: Centre) -> None:
    """All of it at once, and what was filled in stays."""
    client, row = opened(centre), blank(opened(centre))
    wrong = {f"number-{row}": "97", f"number-{row + 1}": "x", f"title-{row + 1}": "Radio"}
    answer = client.send(TABLE, {**table(client), **wrong}, back=TABLE)
    assert answer.status_code == 422
    assert "Unit 97 has no title." in words(answer.text)
    assert "'x' is not a unit's number." in words(answer.text)
    assert f'href="#title-{row}"' in answer.text
    assert 'value="Radio"' in answer.text
    nothing = client.send(TABLE, table(client), back=TABLE)
    assert (nothing.status_code, "Nothing was changed" in words(nothing.text)) == (422, True)
    ticked = client.send(TABLE, {**table(client), f"checked-{place(client, 3)}": "yes"}, back=TABLE)
    assert "Say where the units that are ticked were seen" in words(ticked.text)


def test_a_spreadsheet_adds_and_corrects(centre: Centre) -> None:
    """After a look; a wrong one is told with row and column, and nothing of it is stored."""
    client = opened(centre)

    def drop(content: str) -> object:
        fields = {"list_source": "the handbook"}
        return client.send(
            f"{HERE}/list", fields, files=[("list", ("units.csv", content.encode()))], back=TABLE
        )

    page = words(drop("Unit,Title,GLH\n97,Radio,60\n3,Another title,\n").text)  # type: ignore[attr-defined]
    assert "97 Radio new" in page
    assert "3 Another title corrected" in page
    where = re.search(rf"{TABLE}/[\w-]+", drop("Unit,Title,GLH\n97,Radio,60\n3,Another title,\n").text)  # type: ignore[attr-defined]
    assert where
    assert "2 units stored" in client.says(where[0], {"seal": seal(client, where[0])}, back=where[0])
    assert [unit(centre, n).title for n in (3, 97)] == ["Another title", "Radio"]  # type: ignore[union-attr]
    wrong = drop("Unit,Title,GLH\n96,Film,sixty\n")
    assert wrong.status_code == 422  # type: ignore[attr-defined]
    assert "units.csv, line 2: 'sixty' is not a number of guided learning hours." in words(wrong.text)  # type: ignore[attr-defined]
    none = words(drop("a,b\n1,2\n").text)  # type: ignore[attr-defined]
    assert "no row with the headings Unit and Title" in none
    assert "claimbatch-page-" not in none
    assert unit(centre, 96) is None


def test_a_tutor_looks_and_changes_nothing(centre: Centre) -> None:
    client = opened(centre, Role.TUTOR)
    assert "Add or correct units" not in client.page(HERE)
    assert client.get(TABLE).status_code == 403
    for path in (TABLE, f"{HERE}/list", f"{HERE}/remove", f"{TABLE}/x"):
        assert client.send(path, {"number": "3"}, back=HERE).status_code == 403, path


def test_nobody_stores_what_another_filled_in(centre: Centre) -> None:
    client, row = opened(centre), blank(opened(centre))
    new = {f"number-{row}": "98", f"title-{row}": "Sound"}
    where = client.send(TABLE, {**table(client), **new}, back=TABLE, follow=False).headers["location"]
    assert opened(centre).send(where, back=HERE).status_code == 400


@pytest.mark.parametrize("script", [True, False])
def test_it_is_done_in_a_browser(centre: Centre, browser: Browser, script: bool) -> None:
    with served(centre) as address, browser.visit(address, script=script) as tab:
        tab.get_by_role("link", name="Qualifications", exact=True).click()
        tab.get_by_role("link", name="Extended Certificate in Digital Media").click()
        tab.get_by_role("link", name="Add or correct units").click()
        tab.get_by_label("Number, new unit").first.fill("98")
        tab.get_by_label("Title, new unit").first.fill("Sound")
        tab.get_by_role("button", name="See what would change").last.click()
        expect(tab.get_by_role("rowheader", name="98 Sound")).to_be_visible()
        if script:
            assert findings(tab) == []
        tab.get_by_role("button", name="Store").click()
        expect(tab.get_by_role("status")).to_contain_text("1 unit stored")
    assert unit(centre, 98)


def test_two_officers_at_once_lose_nothing(centre: Centre) -> None:
    """What one filled in before the other stored is shown anew, in the table and before it is stored."""
    client, other = opened(centre), opened(centre)
    row = blank(client)
    mine = {**table(client), f"number-{row}": "98", f"title-{row}": "Sound"}
    change(other, {f"title-{place(other, 3)}": "Another title"})
    late = client.send(TABLE, mine, back=TABLE)
    assert (late.status_code, "changed since this was shown" in words(late.text)) == (422, True)
    mine = {**table(client), f"number-{row}": "98", f"title-{row}": "Sound"}
    where = client.send(TABLE, mine, back=TABLE, follow=False).headers["location"]
    seen = seal(client, where)
    change(other, {f"title-{place(other, 3)}": "A third title"})
    assert client.send(where, {"seal": seen}, back=where).status_code == 422
    assert unit(centre, 98) is None
    assert "1 unit stored" in client.says(where, {"seal": seal(client, where)}, back=where)
    assert [unit(centre, n).title for n in (3, 98)] == ["A third title", "Sound"]  # type: ignore[union-attr]


NEW = {
    "entry_code": "05999",
    "title": "OCR Level 3 Cambridge Technical Certificate in Dance",
    "level": "3",
    "suite": "2016",
    "size": "180",
    "source": 'Handbook "Dance", page 4',
}


def test_a_qualification_that_is_not_known_is_added_with_its_units_and_taken_off(centre: Centre) -> None:
    """Nobody writes a file; templates can be made of it at once. One that somebody is entered for stays."""
    client = opened(centre)
    at = "/qualifications/new"
    for field, text in (("entry_code", "5999"), ("title", ""), ("level", "x"), ("suite", ""), ("size", "²")):
        answer = client.send(at, {**NEW, field: text}, back=at)
        assert (answer.status_code, f'href="#{field}"' in answer.text) == (422, True), field
    assert f"{MEDIA} is known already" in client.says(at, {**NEW, "entry_code": MEDIA}, back=at)
    assert "05999 is added. Now give its units." in client.says(at, NEW, back=at)
    one = centre.workspace.catalogue().get("05999")
    assert (one.title, str(one.size), one.verified, one.file) == (
        NEW["title"],
        "180 GLH",
        True,
        "dance-05999.toml",
    )
    units = "/qualifications/05999/units"
    fields = {"seal": seal(client, units), "number-0": "1", "title-0": "Contemporary dance"}
    shown = client.send(units, fields, back=units)
    client.send(str(shown.url).partition("8459")[2], {"seal": seal(client, str(shown.url))}, back=units)
    assert unit(centre, 1, "05999").title == "Contemporary dance"
    entries = centre.workspace.folder / "dance.csv"
    head = "entry_code,candidate_number,candidate_name,date_of_birth"
    entries.write_text(f'{head}\n05999,0061,"Li, Bo",2008-01-02\n', "utf-8")
    centre.done("entries", "import", entries)
    centre.done("template", "05999")
    refused = client.send("/qualifications/05999/leave", back=HERE)
    assert (refused.status_code, "Candidates are entered" in words(refused.text)) == (400, True)
    centre.done("entries", "restore", "--yes")
    assert "05999 was taken off." in client.says("/qualifications/05999/leave", back=HERE)
    assert centre.workspace.catalogue().find("05999") is None
    assert "was not added here" in client.says(f"{HERE}/leave", back=HERE)
