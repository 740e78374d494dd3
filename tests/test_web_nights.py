"""What the nightly run did stands on a page: what to put right first, with the marked copies to download."""

import re

import pytest

from claimbatch.workspace import CONFIG, Workspace
from tests.centre import Centre, fill, put
from tests.web import opened, words


@pytest.fixture
def night(centre: Centre) -> Centre:
    """A night in which one workbook was clean, and one had an error."""
    with (centre.workspace.folder / CONFIG).open("a") as settings:
        settings.write("[night]\nsettle = 0\n")
    centre.workspace = Workspace(centre.workspace.folder)
    sent = centre.issue()
    inbox = centre.workspace.folder / "inbox"
    put(sent, {"Units!D5": "JH", "Grades!E6": "X"}, "bad.xlsx").rename(inbox / "bad.xlsx")
    fill(sent).rename(inbox / "clean.xlsx")
    (inbox / "scan.xlsx").write_bytes(b"%PDF-1.7 not a workbook")
    centre.run("nightly")
    return centre


def test_the_last_night_says_first_what_somebody_has_to_put_right(night: Centre) -> None:
    """File by file, with what became of it and where it is now."""
    shown = opened(night).get("/nights/last").text
    names = re.findall(r'<th scope="row">([\w.]+)', shown)
    assert names == ["bad.xlsx", "scan.xlsx", "clean.xlsx"]
    told = words(shown)
    assert "To put right" in told
    assert "now rejected/bad.xlsx" in told
    assert "now done/clean.xlsx" in told


def test_a_marked_copy_is_downloaded(night: Centre) -> None:
    """The very file that lies beside the original."""
    client = opened(night)
    (path,) = re.findall(r'href="(/nights/[^"]+_marked\.xlsx)"', client.get("/nights/last").text)
    answer = client.get(path)
    assert answer.content == (night.workspace.folder / "rejected" / "bad_marked.xlsx").read_bytes()
    assert "attachment" in answer.headers["content-disposition"]
    (night.workspace.folder / "rejected" / "bad_marked.xlsx").unlink()
    assert "no longer where the night had put it" in client.page(path, client.get(path).status_code)


def test_nothing_else_of_the_workspace_is_given(night: Centre) -> None:
    """Neither the key, nor what is not of that night."""
    client = opened(night)
    (run,) = {one[:21] for one in re.findall(r"/nights/(\d{8}T[^/\"]+)", client.get("/nights").text)}
    for path in (
        "journal.jsonl",
        "manifest.json",
        "..%2F..%2Fclaimbatch.key",
        "files/0/claimbatch.key",
        "files/99/x",
    ):
        assert client.get(f"/nights/{run}/{path}").status_code >= 400, path
    assert client.get(f"/nights/{run}/summary.html").status_code == 200


def test_all_nights_are_listed(night: Centre) -> None:
    """Newest first; the numbers are those of their accounts."""
    night.run("nightly")
    told = opened(night).page("/nights")
    assert told.count("Finished") == 2


def test_before_the_first_night_the_page_says_how_to_have_one(centre: Centre) -> None:
    """No page is empty."""
    assert "There was no nightly run yet" in opened(centre).page("/nights/last")
