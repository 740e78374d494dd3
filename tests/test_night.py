"""A night, folder by folder: what came in, where it went, what was left, and what the next night finds."""

import json
import platform
import shutil
from pathlib import Path

import pytest

from tests.at_night import night_centre, picture
from tests.centre import MEDIA, Centre, fill, put


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    return night_centre(tmp_path / "c")


def inbox(centre: Centre, name: str = "") -> Path:
    return centre.workspace.folder / "inbox" / name


def test_a_night_empties_the_inbox(centre: Centre) -> None:
    """The clean goes to done, the faulty is answered, what cannot be read is put away; the rest stays and is named."""
    fill(centre.issue(into=inbox(centre, "Jones")))
    put(centre.issue(MEDIA, into=inbox(centre, "Smith")), {"Grades!E5": "X"})
    inbox(centre, "offer.xlsx").write_bytes(b"%PDF-1.7")
    inbox(centre, "notes.txt").write_text("Dear exam officer")
    code, said = centre.run("nightly")
    assert code == 1
    assert picture(centre) == (
        "inbox/notes.txt\n"
        "done/Jones/68199_05349_by-candidate.xlsx\n"
        "rejected/Smith/68199_05844_by-candidate.xlsx\n"
        "rejected/Smith/68199_05844_by-candidate_marked.xlsx\n"
        "rejected/Smith/68199_05844_by-candidate_problems.html\n"
        "quarantine/offer.xlsx\n"
        "quarantine/offer_problems.html\n"
        "outbox/claims/68199-05349-1.csv\n"
    )
    assert said.splitlines()[1:7] == [
        "To be corrected: 1",
        "  Smith/68199_05844_by-candidate.xlsx: 1 error → rejected/Smith/68199_05844_by-candidate.xlsx",
        "Put into quarantine: 1",
        "  offer.xlsx: This is not an Excel workbook (.xlsx): it is a PDF. → quarantine/offer.xlsx",
        "Left where it is: 1",
        "  notes.txt: It is no workbook; if grades stand in it, they belong in the template.",
    ]


def test_a_second_night_changes_nothing_and_says_so(centre: Centre) -> None:
    """No claim, no folder; only the run's own account is new."""
    fill(centre.issue(into=inbox(centre)))
    centre.done("nightly")
    before, claims = picture(centre), centre.done("claims", "--format", "json")
    assert centre.done("nightly").startswith(
        "Nothing to do: there was nothing to take, and no claim has changed.\n"
    )
    assert (picture(centre), centre.done("claims", "--format", "json")) == (before, claims)


def test_a_corrected_marked_copy_retires_its_original(centre: Centre) -> None:
    """Nothing is left to be corrected, and nothing is lost."""
    put(
        centre.issue(into=inbox(centre, "Jones")),
        {"Grades!E5": "X", "Grades!E6": "P", "Assessed by!E6": "JH"},
    )
    assert centre.run("nightly")[0] == 1
    marked = centre.workspace.folder / "rejected/Jones/68199_05349_by-candidate_marked.xlsx"
    put(marked, {"Grades!E5": None})  # not even a word on the line any more
    shutil.move(marked, inbox(centre, "Jones"))
    said = centre.done("nightly")
    assert picture(centre) == (
        "done/Jones/68199_05349_by-candidate_marked.xlsx\n"
        "done/superseded/Jones/68199_05349_by-candidate.xlsx\n"
        "done/superseded/Jones/68199_05349_by-candidate_problems.html\n"
        "outbox/claims/68199-05349-1.csv\n"
    )
    assert (
        "Put aside, as Jones/68199_05349_by-candidate_marked.xlsx corrects it: "
        "done/superseded/Jones/68199_05349_by-candidate.xlsx\n" in said
    )


def test_what_a_killed_night_left_half_written_is_gone_after_the_next(centre: Centre) -> None:
    """However young it is: under the lock nobody writes it any more. Without a killed night nobody searches for it."""
    folder = centre.workspace.folder
    left = [folder / at / ".claimbatch-x.tmp" for at in ("runs", "done/Jones", "outbox/claims")]
    for path in left:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"0042")
    centre.done("nightly")
    assert [path.exists() for path in left] == [False, True, True]
    holder = {"user": "timer", "host": platform.node(), "pid": 1, "since": "2026-11-26T02:00:00Z"}
    (folder / "runs" / "night.json").write_text(json.dumps(holder))
    centre.done("nightly")
    assert [path.exists() for path in left] == [False, False, False]
