"""The register on the page: a file is dropped, columns put right, changes seen by name, stored, and taken back."""

import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

from claimbatch.web.roles import Role
from claimbatch.web.staging import PREFIX
from claimbatch.workspace import Workspace
from tests.centre import IT, PEOPLE, Centre
from tests.web import Browser, Client, findings, opened, served, words

HEAD = "entry_code,candidate_number,candidate_name,date_of_birth"
ROWS = [f'{IT},{number},"{name}",{born}' for number, name, born in PEOPLE]
AHMAD = ROWS[0].replace("Ahmed", "Ahmad")
NEW = f'{IT},0060,"Li, Bo",2008-05-06'


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    """A centre with four candidates entered for one qualification."""
    return Centre.make(tmp_path / "centre", (IT,))


def text(*rows: str, head: str = HEAD) -> bytes:
    return "\n".join([head, *rows]).encode()


def drop(client: Client, content: bytes, kind: str = "entries", name: str = "sims.csv") -> str:
    """Drop a file; where the page about it is."""
    answer = client.send(
        "/register/file",
        {"kind": kind},
        files=[("register", (name, content))],
        back="/register/file",
        follow=False,
    )
    assert answer.status_code == 303, words(answer.text)
    return str(answer.headers["location"])


def seal(client: Client, path: str) -> str:
    found = re.search(r'name="seal" value="([^"]+)"', client.get(path).text)
    assert found, client.page(path)
    return found[1]


def store(client: Client, where: str, **fields: str) -> str:
    """Store what the page shows; what is said then."""
    given = {"seal": seal(client, f"{where}/changes"), **fields}
    return client.says(f"{where}/store", given, back=f"{where}/changes")


def names(centre: Centre) -> list[str]:
    with centre.workspace.store() as held:
        return [entry.candidate.name for entry in held.entries(entry_code=IT)]


def test_a_right_file_is_read_looked_at_and_stored(centre: Centre) -> None:
    """It says how each column was read, who is new and what of whom changes; only then is it stored."""
    client = opened(centre)
    where = drop(client, text(AHMAD, NEW))
    read = client.page(where)
    assert "How sims.csv was read" in read
    assert "These columns were read as" in read
    shown = client.page(f"{where}/changes")
    assert "Ahmed, Sana 0042 look at this" in shown
    assert "Name: was Ahmed, Sana → is Ahmad, Sana" in shown
    assert f"Li, Bo 0060 {IT}" in shown
    assert names(centre)[0] == "Ahmed, Sana"
    assert "Stored: 2 candidates, 2 entries: 1 new, 1 changed." in store(client, where, agree="yes")
    assert names(centre)[0] == "Ahmad, Sana"
    assert "Pat Lee" in centre.done("entries", "history")
    assert "This file is not here any more." in client.page(where, 400)


def test_somebody_agrees_before_a_number_becomes_somebody_elses(centre: Centre) -> None:
    """Without the tick nothing is stored; what only adds needs none."""
    client = opened(centre)
    where = drop(client, text(AHMAD))
    assert "Tick that you have looked at who gets another name" in store(client, where)
    assert names(centre)[0] == "Ahmed, Sana"
    assert "Stored: 1 candidate, 1 entry: 1 new." in store(client, drop(client, text(NEW)))


def test_a_wrong_file_names_row_and_column_and_what_to_do(centre: Centre) -> None:
    """Nothing of it is stored, or its clean rows alone where that is asked for."""
    client = opened(centre)
    where = drop(client, text(NEW, f'{IT},00x,"No, Number",2008-01-01'))
    page = client.page(where)
    assert "line 3 Candidate number 00x Error" in page
    assert "nothing of it is stored" in client.page(f"{where}/changes", 400)
    client.send(where, {"extent": "clean rows", "look": "yes"}, back=where)
    shown = client.page(f"{where}/changes")
    assert "Left out: rows with 1 error." in shown
    assert "Stored: 1 candidate, 1 entry: 1 new." in store(client, where)
    assert "Li, Bo" in names(centre)


def test_what_is_no_register_at_all_is_refused_with_its_reason(centre: Centre) -> None:
    client = opened(centre)
    page = client.page(drop(client, b"PK\x03\x04 cut off", name="r.xlsx"))
    assert "The file" in page
    assert "Error" in page
    empty = client.send("/register/file", {"kind": "entries"}, back="/register/file")
    assert (empty.status_code, "Choose the file" in words(empty.text)) == (422, True)


def test_columns_are_chosen_anew_and_remembered(centre: Centre) -> None:
    """A heading that nobody knows is named; the next file with these headings needs no choice."""
    client = opened(centre)
    content = text(f'{IT},0060,13B,"Li, Bo",2008-05-06', head="Entry code,Our ref,Tutor,Candidate name,DOB")
    where = drop(client, content)
    assert "not known" in client.page(where)
    headings = ["Entry code", "Our ref", "Tutor", "Candidate name", "DOB"]
    fields = ["entry_code", "candidate_number", "ignore", "candidate_name", "date_of_birth"]
    answer = client.says(where, {"heading": headings, "field": fields, "look": "yes"}, back=where)
    assert "What storing it would change" in answer
    assert "Stored: 1 candidate, 1 entry: 1 new." in store(client, where)
    again = client.page(drop(client, content))
    assert "chosen for the last file with these columns" in again
    assert "not known" not in again


def test_a_file_is_read_with_another_entry_code_or_sheet(centre: Centre) -> None:
    """Where no column has the code it is said for all rows; a sheet that there is not is told."""
    client = opened(centre)
    where = drop(client, text('0060,"Li, Bo",2008-05-06', head="Candidate number,Candidate name,DOB"))
    answer = client.says(where, {"entry_code": IT, "look": "yes"}, back=where)
    assert "Li, Bo 0060 " + IT in answer
    refused = client.send(where, {"sheets": "Year 12"}, back=where)
    assert refused.status_code == 422
    assert "There is no sheet Year 12" in words(refused.text)


def test_a_file_may_replace_what_is_there(centre: Centre) -> None:
    """Who goes is named, and must be agreed to."""
    client = opened(centre)
    where = drop(client, text(*ROWS[:-1]))
    client.send(where, {"extent": "replaces", "look": "yes"}, back=where)
    assert f"O'Neill, Fay 0051 look at this {IT}" in client.page(f"{where}/changes")
    assert "1 removed" in store(client, where, agree="yes")


def test_where_somebody_else_stored_in_between_nothing_is_stored(centre: Centre) -> None:
    """What would change now is shown instead."""
    client, other = opened(centre), opened(centre)
    mine, theirs = drop(client, text(AHMAD)), drop(other, text(ROWS[0].replace("Ahmed", "Ahmet")))
    seen = seal(client, f"{mine}/changes")
    store(other, theirs, agree="yes")
    late = client.send(f"{mine}/store", {"seal": seen, "agree": "yes"}, back=f"{mine}/changes")
    assert late.status_code == 422
    assert "nothing was stored" in words(late.text)
    assert "was Ahmet, Sana → is Ahmad, Sana" in words(late.text)
    assert names(centre)[0] == "Ahmet, Sana"
    assert client.send(f"{mine}/store", {"agree": "yes"}, back=f"{mine}/changes").status_code == 422


def test_an_import_is_taken_back_after_it_was_looked_at(centre: Centre) -> None:
    """What was changed since stays, and is named; only the rest is taken back, where that is said."""
    client = opened(centre)
    store(client, drop(client, text(AHMAD, ROWS[1].replace("Brown", "Braun"))), agree="yes")
    assert "sims.csv" in client.page("/register/imports")
    assert "was Ahmed, Sana → is Ahmad, Sana" in client.page("/register/imports/entries/1")
    store(client, drop(client, text(ROWS[1].replace("Brown", "Bruhn"))), agree="yes")
    undo = "/register/imports/entries/1/undo"
    shown = client.page(undo)
    assert "Not taken back 0043 Bruhn, Tom: changed since" in shown
    assert "was Ahmad, Sana → is Ahmed, Sana" in shown
    mark = seal(client, undo)
    assert client.send(undo, {"seal": mark}, back=undo).status_code == 422
    assert client.send(undo, {"seal": "another", "in_part": "yes"}, back=undo).status_code == 422
    said = client.says(undo, {"seal": mark, "in_part": "yes"}, back=undo)
    assert "Import 1 is taken back: 1 changed." in said
    assert names(centre)[:2] == ["Ahmed, Sana", "Bruhn, Tom"]
    assert "There is nothing to take back." in client.page(undo)
    assert "There is no such import." in client.page("/register/imports/people/1", 400)


def test_the_register_is_searched_without_a_name_in_the_address(centre: Centre) -> None:
    """By name, number or code; sorted and shown by qualification."""
    client = opened(centre)
    assert "4 candidates" in client.page("/register")
    answer = client.send("/register/search", {"sought": "clark"}, back="/register", follow=False)
    assert answer.headers["location"] == "/register"
    assert "1 candidate with “clark”" in client.page("/register")
    assert "No candidate matches." in client.says("/register/search", {"sought": "nobody"}, back="/register")
    assert "4 candidates" in client.says("/register/search", {"all": "yes"}, back="/register")
    assert f"4 candidates entered for {IT}" in client.page(f"/register?code={IT}")


def test_assessors_are_taken_in_added_renamed_and_removed(centre: Centre) -> None:
    client = opened(centre)
    where = drop(client, text(f'{IT},AB,"Ann Bell"', head="entry_code,initials,name"), "assessors")
    assert "Stored: 1 assessor: 1 new." in store(client, where)
    back = "/register/assessors"
    assert "Give the full name of the assessor" in client.says(back, {"initials": "X"}, back=back)
    added = {"name": "Cy Dee", "initials": "CD", "entry_code": IT}
    assert f"CD now assesses {IT}." in client.says(back, added, back=back)
    said = client.says(f"{back}/rename", {"who": "68199 CD", "new_name": "Cy Day"}, back=back)
    assert "CD was Cy Dee, and is Cy Day now." in said
    gone = client.says(f"{back}/remove", {"centre": "68199", "initials": "CD", "code": IT}, back=back)
    assert f"CD (Cy Day) assesses {IT} no more." in gone
    assert "Cy Day" not in centre.done("assessors", "list")


def test_a_centre_is_added(centre: Centre) -> None:
    client = opened(centre)
    back = "/register/centres"
    assert "12345 is Second College." in client.says(
        back, {"number": "12345", "centre_name": "Second College"}, back=back
    )
    assert client.send(back, {"number": "x", "centre_name": "y"}, back=back).status_code == 422


def test_a_tutor_looks_and_changes_nothing(centre: Centre) -> None:
    client = opened(centre, Role.TUTOR)
    page = client.page("/register")
    assert "Ahmed, Sana" in page
    assert "Take in a file" not in page
    for path in ("/register/file", "/register/imports", "/register/imports/entries/1/undo"):
        assert client.get(path).status_code == 403, path
    for path in ("/register/file", "/register/assessors", "/register/assessors/remove", "/register/centres"):
        assert client.send(path, {"kind": "entries"}, back="/register").status_code == 403, path


def test_the_file_is_private_and_gone_when_it_is_left(centre: Centre, tmp_path: Path, monkeypatch) -> None:
    """Nobody else sees it; it is removed once stored, left, or when its owner signs out."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    client = opened(centre)
    where = drop(client, text(NEW))
    (folder,) = tmp_path.glob(f"{PREFIX}*")
    assert [path.stat().st_mode & 0o777 for path in (folder, *folder.iterdir())] == [0o700, 0o600]
    assert "This file is not here any more." in opened(centre).page(where, 400)
    client.send(f"{where}/leave", back=where)
    assert list(tmp_path.glob(f"{PREFIX}*")) == []
    drop(client, text(NEW))
    client.send("/sign-out")
    assert list(tmp_path.glob(f"{PREFIX}*")) == []


def test_a_blank_register_is_given_to_fill_in(centre: Centre, tmp_path: Path) -> None:
    answer = opened(centre).get("/register/file/blank")
    path = tmp_path / "register.xlsx"
    path.write_bytes(answer.content)
    assert "Entries" in openpyxl.load_workbook(path).sheetnames


@pytest.mark.parametrize("script", [True, False])
def test_it_is_done_in_a_browser(centre: Centre, browser: Browser, tmp_path: Path, script: bool) -> None:
    """By pointing alone, with a script and without: chosen, a column put right, looked at, stored, taken back."""
    path = tmp_path / "export.csv"
    path.write_bytes(text(f'{IT},0060,"Li, Bo",2008-05-06', head="Entry code,Our ref,Candidate name,DOB"))
    with served(centre) as address, browser.visit(address, script=script) as tab:
        tab.get_by_role("link", name="Register", exact=True).click()
        tab.get_by_role("link", name="Take in a file").click()
        tab.get_by_label("Drop the file here").set_input_files(path)
        tab.get_by_role("button", name="Read it").click()
        expect(tab.get_by_role("heading", level=1)).to_have_text("How export.csv was read")
        if script:
            assert findings(tab) == []
        tab.get_by_label("Our ref").select_option("candidate_number")
        tab.get_by_role("button", name="See what would change").click()
        expect(tab.get_by_role("rowheader", name="Li, Bo")).to_be_visible()
        if script:
            assert findings(tab) == []
        tab.get_by_role("button", name="Store", exact=True).click()
        expect(tab.get_by_role("status")).to_contain_text("Stored: 1 candidate, 1 entry: 1 new.")
        tab.get_by_role("link", name="Take it back").click()
        tab.get_by_role("button", name="Take it back").click()
        expect(tab.get_by_role("status")).to_contain_text("Import 1 is taken back: 1 removed.")
    assert "Li, Bo" not in names(centre)


def test_a_file_with_errors_is_not_passed_over_in_silence(centre: Centre) -> None:
    """Whoever wants to see what it would change is told why not, at the choice that helps."""
    client = opened(centre)
    where = drop(client, text(ROWS[0], f"{IT},x,Nobody,"))
    answer = client.send(where, {"extent": "whole", "look": "yes"}, back=where)
    assert (answer.status_code, 'href="#extent"' in answer.text) == (422, True)
    assert "The file has errors. Put them right, or take its clean rows alone" in words(answer.text)


def test_a_file_that_cannot_be_read_offers_nothing_to_take(centre: Centre) -> None:
    """Only what is wrong, other ways to read it, and the way out."""
    client = opened(centre)
    shown = client.page(drop(client, b"", name="empty.csv"))
    assert "empty.csv cannot be read: it is empty." in shown
    offered = ("What of it is taken", "See what would change", "choose what it holds")
    assert [word for word in offered if word in shown] == []


def test_a_file_of_the_other_kind_leads_to_where_it_goes(centre: Centre) -> None:
    """Not to a command."""
    client = opened(centre)
    content = b"entry_code,initials,name\n05349,AB,Ann Bell\n"
    assert "claimbatch assessors" not in client.page(drop(client, content))


def test_the_first_assessor_waits_for_the_first_entry(tmp_path: Path) -> None:
    """There is no list to choose from that is empty."""
    client = opened(Centre(Workspace.create(tmp_path / "new", {"68199": "Example College"})))
    shown = client.get("/register/assessors").text
    assert "take in who is entered" in words(shown)
    assert "<select" not in shown
