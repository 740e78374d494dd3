"""Workbooks are dropped on the page: what is wrong stands at its cell, what is right is merged, and taken back."""

import io
import re
import threading
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

from claimbatch.web.roles import Role
from claimbatch.web.staging import PREFIX
from tests.centre import IT, Centre, fill, put
from tests.web import Browser, Client, findings, opened, served, words

KEY = f"68199-{IT}-1"


def drop(client: Client, *paths: Path) -> str:
    """Drop files, and wait until they are checked; where the page about them is."""
    files = [("workbooks", (path.name, path.read_bytes())) for path in paths]
    answer = client.send("/check", files=files, back="/check", follow=False)
    assert answer.status_code == 303, words(answer.text)
    where = str(answer.headers["location"])
    for _ in range(600):
        if "checked" in client.page(where).partition("·")[0]:
            return where
        time.sleep(0.05)
    raise AssertionError("never checked")


def merge(client: Client, where: str, *, partial: bool = False) -> str:
    """Look at what would change, and merge that; what the page says then."""
    shown = client.get(f"{where}/merge{'?partial=yes' * partial}").text
    seal = re.search(r'name="seal" value="(\w+)"', shown)
    assert seal, words(shown)
    fields = {"seal": seal[1]} | ({"partial": "yes"} if partial else {})
    return client.says(f"{where}/merge", fields, back=f"{where}/merge")


@pytest.fixture
def sent(centre: Centre) -> Path:
    """A template as it went out."""
    return centre.issue()


def good(sent: Path) -> Path:
    return put(sent, {"Units!D5": "JH", "Grades!E5": "P"}, "good.xlsx")


def bad(sent: Path) -> Path:
    return put(sent, {"Units!D5": "JH", "Grades!E6": "X", "Grades!E7": "M"}, "bad.xlsx")


def test_a_workbook_is_checked_merged_and_that_taken_back(centre: Centre, sent: Path) -> None:
    """The way of a clean one; it is the same claim that commands see."""
    client = opened(centre)
    where = drop(client, good(sent))
    assert "1 workbook checked Ready to merge 1 of 1" in client.page(where)
    shown = client.page(f"{where}/merge")
    assert "Ahmed, Sana 0042 1 was not claimed → is P by JH good.xlsx Grades!E5" in shown
    assert "0 lines" not in centre.done("claims")
    assert merge(client, where).count("Merged: 1 grade added, 0 changed, 0 removed, in 68199-05349-1 .") == 1
    assert "P by JH" in centre.done("claim", "history", KEY)
    assert "Pat Lee" in centre.done("claim", "history", KEY)
    back = client.says(f"{where}/unmerge", back=where)
    assert "The merge was taken back: 1 grade set to what was there before." in back
    assert centre.run("claim", "show", KEY)[1].count("P by JH") == 0
    assert "Merged: 1 grade added" in merge(client, where)  # and it may be merged again


def test_what_is_wrong_stands_at_its_cell(centre: Centre, sent: Path) -> None:
    """With the cells around it, what to do, a marked copy and a list to print."""
    client = opened(centre)
    where = drop(client, bad(sent), good(sent))
    page = client.page(where)
    assert page.index("bad.xlsx Errors 1") < page.index("good.xlsx Clean")
    told = client.page(f"{where}/0")
    assert "E6 0043 Brown, Tom X error" in told
    assert "What to do: Choose P, M, D or Not claiming from the list." in told
    copy = client.get(f"{where}/0/marked")
    assert openpyxl.load_workbook(io.BytesIO(copy.content)).sheetnames[0] == "Problems"
    assert 'filename="bad_marked.xlsx"' in copy.headers["content-disposition"]
    assert client.get(f"{where}/0/list").content[:5] == b"%PDF-"
    assert client.get(f"{where}/lists").content[:5] == b"%PDF-"
    bundle = zipfile.ZipFile(io.BytesIO(client.get(f"{where}/marked").content))
    assert bundle.namelist() == ["bad_marked.xlsx"]


def test_a_faulty_workbook_is_held_back_or_taken_in_part(centre: Centre, sent: Path) -> None:
    """As it is asked for, and said before."""
    client = opened(centre)
    where = drop(client, bad(sent))
    assert "1 workbook with errors is held back: bad.xlsx." in client.page(f"{where}/merge")
    assert "Merging would change nothing." in client.page(f"{where}/merge")
    assert "Merged: 1 grade added" in merge(client, where, partial=True)
    assert "0044" in centre.done("claim", "show", KEY)


def test_a_workbook_is_let_hold_against_the_claim_once_it_was_seen_whose_words_go(
    centre: Centre, sent: Path
) -> None:
    """It is said by name, ticked, merged, and can be taken back like any merge."""
    client = opened(centre)
    centre.done("merge", good(sent))
    centre.done("claim", "set", KEY, "0042", "1", "D", "JH")
    where = drop(client, put(sent, {"Units!D5": "JH", "Grades!E5": "M"}, "late.xlsx"))
    assert "1 workbook with errors is held back: late.xlsx." in client.page(f"{where}/merge")
    shown = client.get(f"{where}/merge?overrule=yes")
    assert "Ahmed, Sana 0042 , unit 1: was D by JH → is M by JH the claim's word is" in words(shown.text)
    fields = {"seal": re.search(r'name="seal" value="(\w+)"', shown.text)[1], "overrule": "yes"}
    unticked = client.send(f"{where}/merge", fields, back=where)
    assert (unticked.status_code, 'href="#agree"' in unticked.text) == (422, True)
    assert "Merged: 0 grades added, 1 changed" in client.says(
        f"{where}/merge", {**fields, "agree": "yes"}, back=where
    )
    assert "M JH" in centre.done("claim", "show", KEY, "--format", "csv")
    client.send(f"{where}/unmerge", back=where)
    assert "D JH" in centre.done("claim", "show", KEY, "--format", "csv")


def test_two_officers_at_once_lose_nothing(centre: Centre, sent: Path) -> None:
    """What one has seen is not what the other has made of it meanwhile: it is shown anew, and nothing is undone."""
    first, second = opened(centre), opened(centre)
    mine = drop(first, good(sent))
    theirs = drop(second, put(sent, {"Units!D5": "JH", "Grades!E5": "D"}, "theirs.xlsx"))
    seal = re.search(r'name="seal" value="(\w+)"', first.get(f"{mine}/merge").text)
    assert seal
    assert "Merged: 1 grade added" in merge(second, theirs)
    late = first.send(f"{mine}/merge", {"seal": seal[1]}, back=f"{mine}/merge")
    assert late.status_code == 422
    assert "Something has changed since this was shown." in words(late.text)
    assert "0042 1 D by JH" in " ".join(
        centre.done("claim", "history", KEY).split()
    ) or "D by JH" in centre.done("claim", "history", KEY)
    centre.done("claim", "set", KEY, "0043", "1", "M", "JH")
    refused = second.send(f"{theirs}/unmerge", back=theirs)
    assert refused.status_code == 400
    assert f"Claim {KEY} was changed since." in words(refused.text)


def test_two_officers_merge_at_the_same_time(centre: Centre, sent: Path) -> None:
    """Each gets all of theirs into the claim."""
    books = [put(sent, {"Units!D5": "JH", f"Grades!E{row}": "P"}, f"row{row}.xlsx") for row in (5, 6, 7, 8)]
    said: list[str] = []

    def officer(path: Path) -> None:
        client = opened(centre)
        said.append(merge(client, drop(client, path)))

    officers = [threading.Thread(target=officer, args=(path,)) for path in books]
    for one in officers:
        one.start()
    for one in officers:
        one.join()
    assert [text.count("Merged: 1 grade added") for text in said] == [1] * 4
    assert centre.done("claim", "history", KEY).count("added") == 4


def test_nobody_sees_what_another_dropped(centre: Centre, sent: Path) -> None:
    """Not even with its address."""
    where = drop(opened(centre), good(sent))
    assert "These workbooks are not here any more." in opened(centre).page(where, 400)


def test_what_is_no_workbook_is_passed_over_and_named(centre: Centre, sent: Path) -> None:
    """Of a folder; a file that was chosen alone is looked at whatever it is."""
    client = opened(centre)
    (centre.workspace.folder / "notes.txt").write_text("x", "utf-8")
    (centre.workspace.folder / "~$good.xlsx").write_text("x", "utf-8")
    others = [centre.workspace.folder / name for name in ("notes.txt", "~$good.xlsx")]
    assert "Passed over, because they are no workbooks: notes.txt." in client.page(
        drop(client, good(sent), *others)
    )
    assert "Turned away" in client.page(drop(client, others[0]))
    empty = client.send("/check", back="/check")
    assert (empty.status_code, "Choose one workbook or several" in words(empty.text)) == (422, True)


def test_a_register_that_was_dropped_here_is_handed_over(centre: Centre, sent: Path) -> None:
    """It is turned away as a workbook, and read as what it is; a workbook dropped as a register is told where to go."""
    client = opened(centre)
    path = centre.workspace.folder / "sims.csv"
    path.write_text(f"Entry code,Candidate number,Candidate name,DOB\n{IT},0061,Li Bo,2008-01-02\n", "utf-8")
    where = drop(client, path)
    assert "sims.csv is no workbook for a claim: it looks like a register" in client.page(where)
    read = client.says(f"{where}/0/register", back=where)
    assert "Candidates and entries How sims.csv was read" in read
    tutor = opened(centre, Role.TUTOR)
    theirs = drop(tutor, path)
    assert "Take it in as a register" not in tutor.page(theirs)
    files = [("register", ("mine.xlsx", good(sent).read_bytes()))]
    told = client.send("/register/file", {"kind": "entries"}, files, back="/register/file").text
    assert "it is a template that was made for a teacher, not a register" in words(told)
    assert 'Check it, then merge it: <a href="/check">Check workbooks</a>' in told


def test_what_was_dropped_is_gone_when_it_is_removed(
    centre: Centre, sent: Path, tmp_path: Path, monkeypatch
) -> None:
    """And until then nobody else can read it."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    client = opened(centre)
    where = drop(client, good(sent))
    (folder,) = tmp_path.glob(f"{PREFIX}*")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [path.stat().st_mode & 0o777 for path in folder.iterdir()] == [0o600]
    client.send(f"{where}/clear", back=where)
    assert list(tmp_path.glob(f"{PREFIX}*")) == []
    drop(client, good(sent))
    client.send("/sign-out")
    assert list(tmp_path.glob(f"{PREFIX}*")) == []


def test_fifty_workbooks_and_a_large_one(centre: Centre, sent: Path) -> None:
    """At once; two of one name are two."""
    filled = fill(sent)
    files = [("workbooks", (f"teacher {n}.xlsx", filled.read_bytes())) for n in range(49)]
    files.append(("workbooks", ("teacher 1.xlsx", b"PK" + b"\0" * (16 * 1024 * 1024 - 2))))
    client = opened(centre)
    answer = client.send("/check", files=files, back="/check", follow=False)
    where = answer.headers["location"]
    for _ in range(1200):
        page = client.page(where)
        if "checked" in page.partition("·")[0]:
            break
        time.sleep(0.05)
    assert "50 workbooks checked" in page
    assert "teacher 1 (2).xlsx Turned away" in page


def test_it_is_done_in_a_browser(centre: Centre, sent: Path, browser: Browser) -> None:
    """By pointing alone, with a script: files are chosen, results come, the grade is merged; axe finds nothing."""
    with served(centre) as address, browser.visit(address) as tab:
        tab.get_by_role("navigation", name="Pages").get_by_role("link", name="Check workbooks").click()
        tab.get_by_role("button", name="Check", exact=True).click()
        expect(tab.get_by_role("alert")).to_contain_text("Choose one workbook or several")
        assert findings(tab) == []
        tab.get_by_label("Drop the workbooks here").set_input_files([good(sent), bad(sent)])
        expect(tab.get_by_role("status")).to_have_text("2 files: good.xlsx, bad.xlsx")
        tab.get_by_role("button", name="Check", exact=True).click()
        expect(tab.get_by_role("heading", level=1)).to_have_text("2 workbooks checked", timeout=20000)
        assert findings(tab) == []
        tab.get_by_role("link", name="bad.xlsx").click()
        expect(tab.locator("mark")).to_have_text("X error")
        assert findings(tab) == []
        tab.go_back()
        tab.get_by_role("link", name="Merge: see what would change").click()
        assert findings(tab) == []
        tab.get_by_role("button", name="Merge").click()
        expect(tab.get_by_role("status")).to_contain_text("1 grade added")
        assert findings(tab) == []


def test_it_is_done_without_a_script(centre: Centre, sent: Path, browser: Browser) -> None:
    """The page loads itself until all is checked."""
    with served(centre) as address, browser.visit(address, script=False) as tab:
        tab.goto(tab.url + "check")
        tab.get_by_label("Drop the workbooks here").set_input_files([good(sent)])
        tab.get_by_role("button", name="Check", exact=True).click()
        expect(tab.get_by_role("heading", level=1)).to_have_text("1 workbook checked", timeout=20000)


def test_files_are_dropped(centre: Centre, browser: Browser) -> None:
    """On the place for them; one that is too large is told before anything is sent."""
    drop = """([name, size]) => {
        const dropped = new DataTransfer();
        dropped.items.add(new File([new Uint8Array(size)], name));
        const event = new DragEvent("drop", {dataTransfer: dropped, bubbles: true, cancelable: true});
        document.querySelector("[data-drop]").dispatchEvent(event);
    }"""
    with served(centre) as address, browser.visit(address) as tab:
        tab.goto(tab.url + "check")
        tab.evaluate(drop, ["teacher.xlsx", 100])
        expect(tab.get_by_role("status")).to_have_text("1 file: teacher.xlsx")
        tab.evaluate(drop, ["huge.xlsx", 16 * 1024 * 1024 + 1])
        expect(tab.get_by_role("status")).to_have_text("huge.xlsx is larger than 16 MiB.")
        tab.get_by_role("button", name="Check", exact=True).click()
        expect(tab.get_by_role("heading", level=1)).to_have_text("Check workbooks")


def test_hostile_names_stay_in_their_place(centre: Centre, sent: Path) -> None:
    """In the zip of marked copies, in the header of each download, and on the page: a name is only a name."""
    client, content = opened(centre), bad(sent).read_bytes()
    called = [
        "../../up.xlsx",
        "C:\\x\\<script>.xlsx",
        'a"; x=".xlsx',
        "a\r\nx-evil: 1.xlsx",
        "\u202egnp.xlsx",
        "=1+1.xlsx",
    ]
    answer = client.send(
        "/check", files=[("workbooks", (name, content)) for name in called], back="/check", follow=False
    )
    where = str(answer.headers["location"])
    for _ in range(600):
        if "checked" in client.page(where).partition("·")[0]:
            break
        time.sleep(0.05)
    assert "<script>." not in client.get(where).text
    archive = zipfile.ZipFile(io.BytesIO(client.get(f"{where}/marked").content))
    assert archive.namelist()
    assert [name for name in archive.namelist() if re.search(r'[/\\:<>"\r\n\u202e]|^\.', name)] == []
    for number in range(len(called)):
        for part in ("marked", "list"):
            given = client.get(f"{where}/{number}/{part}")
            assert "x-evil" not in given.headers
            saved = given.headers.get("content-disposition", "")
            assert re.fullmatch(r'(attachment; filename="[^"\\/]+"; filename\*=UTF-8\'\'[\w.%~-]+)?', saved)
