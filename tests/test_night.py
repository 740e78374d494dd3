"""A night, folder by folder: what came in, where it went, what was left, and what the next night finds."""

import errno
import json
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from claimbatch.files import disk
from claimbatch.intake.results import Advance
from claimbatch.night import taking
from claimbatch.night.run import run as night
from claimbatch.workspace import Workspace
from tests.at_night import FAST, night_centre, picture
from tests.centre import MEDIA, Centre, fill, put
from tests.servers import database


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


def test_a_night_that_cannot_look_says_that_nothing_was_taken_not_that_there_was_nothing(
    centre: Centre,
) -> None:
    inbox(centre).rename(centre.workspace.folder / "away")
    code, said = centre.run("nightly")
    assert (code, said.splitlines()[0]) == (5, "Nothing was taken.")
    assert "inbox is not there" in said


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
        "done/superseded/Jones/68199_05349_by-candidate.xlsx.\n" in said
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


def test_what_was_taken_after_a_backup_is_taken_again_from_where_the_night_put_it(
    centre: Centre, tmp_path: Path
) -> None:
    """The faulty copy that was put aside does not speak against the corrected one."""
    path = put(centre.issue(into=inbox(centre)), {"Units!D5": "JH", "Grades!E5": "P", "Grades!E6": "X"})
    centre.done("backup", tmp_path / "backup.zip")
    assert centre.run("nightly")[0] == 1
    folder = centre.workspace.folder
    put(folder / "rejected" / path.name, {"Grades!E5": "M", "Grades!E6": "M"}, "corrected.xlsx")
    shutil.move(folder / "rejected/corrected.xlsx", inbox(centre) / path.name)
    centre.done("nightly")
    said = centre.done("restore", tmp_path / "backup.zip", "--yes") and centre.done("merge", folder / "done")
    assert said.splitlines()[:2] == [
        "Passed over, as corrected copies of them were taken: 3 files in superseded.",
        "Claim 68199-05349-1: 2 added, 0 changed, 0 removed",
    ]


def test_the_original_corrected_and_sent_again_retires_itself(centre: Centre) -> None:
    """Under another name, from another folder: the template and the lines tell."""
    path = put(
        centre.issue(into=inbox(centre, "Jones")),
        {"Grades!E5": "X", "Grades!E6": "P", "Assessed by!E6": "JH"},
    )
    assert centre.run("nightly")[0] == 1
    rejected = centre.workspace.folder / "rejected/Jones" / path.name
    put(rejected, {"Grades!E5": "M", "Assessed by!E5": "SA"}, "corrected.xlsx")
    shutil.move(rejected.with_name("corrected.xlsx"), inbox(centre))
    centre.done("nightly")
    assert picture(centre, ["done", "rejected"]) == (
        "done/corrected.xlsx\n"
        "done/superseded/Jones/68199_05349_by-candidate.xlsx\n"
        "done/superseded/Jones/68199_05349_by-candidate_marked.xlsx\n"
        "done/superseded/Jones/68199_05349_by-candidate_problems.html\n"
    )


def test_a_correction_merged_by_hand_retires_the_original_at_night(centre: Centre) -> None:
    """And the claim, which changed during the day, is written."""
    path = put(centre.issue(into=inbox(centre, "Jones")), {"Grades!E5": "X"})
    assert centre.run("nightly")[0] == 1
    rejected = centre.workspace.folder / "rejected/Jones" / path.name
    centre.done("merge", put(rejected, {"Grades!E5": "M", "Assessed by!E5": "SA"}, "by hand.xlsx"))
    said = centre.done("nightly")
    assert said.splitlines()[:2] == [
        "Put aside, as a later copy was merged: done/superseded/Jones/68199_05349_by-candidate.xlsx.",
        "Wrote 1 claim: 68199-05349-1.",
    ]
    assert picture(centre, ["rejected"]) == "rejected/Jones/by hand.xlsx\n"


def test_a_refreshed_workbook_retires_what_it_was_made_from(centre: Centre, tmp_path: Path) -> None:
    """Though it came from another template."""
    path = put(centre.issue(into=inbox(centre)), {"Grades!E5": "X"})
    assert centre.run("nightly")[0] == 1
    centre.wait("05349", "by-candidate", 0)
    centre.done("template", "refresh", centre.workspace.folder / "rejected" / path.name, "-o", tmp_path)
    (fresh,) = tmp_path.glob("*.xlsx")
    put(fresh, {"Grades!E5": "M", "Assessed by!E5": "SA"})
    shutil.move(fresh, inbox(centre))
    centre.done("nightly")
    assert picture(centre, ["rejected"]) == ""


def test_a_colleagues_copy_of_the_same_template_retires_nothing(centre: Centre) -> None:
    """Two teachers filled in one template each for their own candidates: the faulty one is still to be corrected."""
    path = centre.issue(into=inbox(centre))
    smith = {"Grades!E5": "P", "Assessed by!E5": "SA", "Grades!E6": "P", "Assessed by!E6": "SA"}
    put(path, smith, "Smith.xlsx")
    put(path, {"Grades!E6": "X"}, "Jones.xlsx").rename(centre.workspace.folder / "Jones.xlsx")
    path.unlink()
    shutil.move(centre.workspace.folder / "Jones.xlsx", inbox(centre))
    assert centre.run("nightly")[0] == 1
    centre.done("nightly")
    assert picture(centre, ["done", "rejected"]) == (
        "done/Smith.xlsx\nrejected/Jones.xlsx\nrejected/Jones_marked.xlsx\nrejected/Jones_problems.html\n"
    )


def test_files_of_one_name_keep_their_groups_together(centre: Centre) -> None:
    """A second faulty workbook of that name is numbered, with its marked copy and its list; nothing is written over."""
    path = put(centre.issue(into=inbox(centre, "Jones")), {"Grades!E5": "X"})
    shutil.copytree(inbox(centre, "Jones"), inbox(centre, "Smith"))
    put(inbox(centre, "Smith") / path.name, {"Grades!E6": "Y"})
    assert centre.run("nightly")[0] == 1
    put(centre.issue(into=inbox(centre, "Jones")), {"Grades!E7": "Z"})
    assert centre.run("nightly")[0] == 1
    assert picture(centre, ["rejected"]).replace("68199_05349_by-candidate", "claim") == (
        "rejected/Jones/claim.xlsx\n"
        "rejected/Jones/claim_2.xlsx\n"
        "rejected/Jones/claim_2_marked.xlsx\n"
        "rejected/Jones/claim_2_problems.html\n"
        "rejected/Jones/claim_marked.xlsx\n"
        "rejected/Jones/claim_problems.html\n"
        "rejected/Smith/claim.xlsx\n"
        "rejected/Smith/claim_marked.xlsx\n"
        "rejected/Smith/claim_problems.html\n"
    )


def test_the_same_faulty_workbook_sent_again_is_the_same_workbook(centre: Centre) -> None:
    """It is answered again, in the same place."""
    path = put(centre.issue(into=inbox(centre)), {"Grades!E5": "X"})
    content = path.read_bytes()
    assert centre.run("nightly")[0] == 1
    before = picture(centre)
    path.write_bytes(content)
    assert centre.run("nightly")[0] == 1
    assert picture(centre) == before


def test_in_part_takes_the_clean_lines_and_asks_for_the_rest(tmp_path: Path) -> None:
    """As the settings say; when the rest is right, nothing waits any more."""
    centre = night_centre(tmp_path / "c", FAST + 'errors = "partial"\n')
    put(centre.issue(into=inbox(centre)), {"Grades!E5": "X", "Grades!E6": "P", "Assessed by!E6": "JH"})
    code, said = centre.run("nightly")
    assert (code, said.splitlines()[:2]) == (
        1,
        [
            "Took 1 workbook: 1 added, 0 changed, 0 removed, 0 unchanged, 1 held back.",
            "Taken in part, the rest to be corrected: 1",
        ],
    )
    marked = centre.workspace.folder / "rejected/68199_05349_by-candidate_marked.xlsx"
    put(marked, {"Grades!E5": "M", "Assessed by!E5": "SA"})
    shutil.move(marked, inbox(centre))
    assert (
        centre.done("nightly")
        .splitlines()[0]
        .startswith("Took 1 workbook: 1 added, 0 changed, 0 removed, 1 unchanged")
    )
    assert picture(centre, ["rejected"]) == ""


def test_files_go_to_another_disk_by_a_copy_that_is_proved(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their bytes and their time stay what they were."""
    path = fill(centre.issue(into=inbox(centre)))
    content, moment = path.read_bytes(), path.stat().st_mtime_ns

    def elsewhere(*_: object) -> None:
        raise OSError(errno.EXDEV, "another disk")

    monkeypatch.setattr(disk, "rename", elsewhere)
    centre.done("nightly")
    moved = centre.workspace.folder / "done" / path.name
    assert (moved.read_bytes(), moved.stat().st_mtime_ns, path.exists()) == (content, moment, False)


def meanwhile(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """Let something happen while the workbooks are being checked."""
    real = taking.examine

    def examine(*args: Any, **options: Any) -> Any:
        happens()
        return real(*args, **options)

    monkeypatch.setattr(taking, "examine", examine)


def test_a_workbook_saved_again_while_it_is_checked_comes_again(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was taken is put away as it was taken; what somebody saved in the meantime is next night's."""
    path = put(centre.issue(into=inbox(centre)), {"Grades!E5": "P", "Assessed by!E5": "JH"})
    before = path.read_bytes()
    meanwhile(monkeypatch, lambda: put(path, {"Grades!E6": "M", "Assessed by!E6": "JH"}))
    assert centre.done("nightly").startswith("Took 1 workbook: 1 added")
    assert (centre.workspace.folder / "done" / path.name).read_bytes() == before
    monkeypatch.undo()
    assert centre.done("nightly").startswith("Took 1 workbook: 1 added")
    assert picture(centre, ["inbox", "done"]) == (
        "done/68199_05349_by-candidate.xlsx\ndone/68199_05349_by-candidate_2.xlsx\n"
    )


def test_a_workbook_deleted_while_it_is_checked_is_not_lost(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The claim says what it said, so the copy that was read is kept for it."""
    path = fill(centre.issue(into=inbox(centre)))
    content = path.read_bytes()
    meanwhile(monkeypatch, path.unlink)
    centre.done("nightly")
    assert (centre.workspace.folder / "done" / path.name).read_bytes() == content


def test_a_claim_changed_while_it_is_checked_is_checked_again(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody merges by hand at night: what is taken fits the claim as it is by then."""
    path = centre.issue(into=inbox(centre))
    other = put(path, {"Grades!E6": "M", "Assessed by!E6": "SA"}, "other.xlsx").rename(
        centre.workspace.folder / "o.xlsx"
    )
    put(path, {"Grades!E5": "P", "Assessed by!E5": "JH"})
    real = taking.take_in
    first = iter([other])

    def take_in(*args: Any, **options: Any) -> Any:
        for workbook in first:
            centre.done("merge", workbook)
        return real(*args, **options)

    monkeypatch.setattr(taking, "take_in", take_in)
    centre.done("nightly")
    claim = json.loads(centre.done("claims", "--format", "json"))[0]
    assert (claim["lines"], picture(centre, ["done"])) == (2, "done/68199_05349_by-candidate.xlsx\n")


@pytest.mark.skipif(sys.platform == "win32", reason="names that Windows does not allow")
def test_names_that_would_mislead_are_made_harmless(centre: Centre) -> None:
    """In what is printed, in the account and in the folders; a very long one has room for its ending."""
    path = put(centre.issue(into=inbox(centre)), {"Grades!E5": "X"})
    content = path.read_bytes()
    path.unlink()
    for name in ("a\nb.xlsx", "\u202excod.xlsx", "=cmd.xlsx", "x" * 250 + ".xlsx"):
        inbox(centre, name).write_bytes(content)
    assert centre.run("nightly")[0] == 1
    names = [path.name for path in sorted((centre.workspace.folder / "rejected").glob("*_marked.xlsx"))]
    assert [name if len(name) < 100 else len(name) for name in names] == [
        "=cmd_marked.xlsx", "__xcod_marked.xlsx".replace("__", "_"), "a_b_marked.xlsx", 227,
    ]  # fmt: skip
    assert picture(centre, ["inbox"]) == ""


def test_a_rehearsal_changes_nothing_at_all(centre: Centre) -> None:
    """It says what the night would do; not a file is new, not even an account."""
    fill(centre.issue(into=inbox(centre, "Jones")))
    put(centre.issue(MEDIA, into=inbox(centre)), {"Grades!E5": "X"})
    root = centre.workspace.folder
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*") if "claims.db" not in path.name}
    code, said = centre.run("nightly", "--dry-run")
    assert (code, said.splitlines()[1:3]) == (
        1,
        [
            "To be corrected: 1",
            "  68199_05844_by-candidate.xlsx: 1 error → rejected/68199_05844_by-candidate.xlsx",
        ],
    )
    assert {
        path: path.stat().st_mtime_ns for path in root.rglob("*") if "claims.db" not in path.name
    } == before
    assert centre.done("claims", "--format", "json").strip() == "[]"


def test_once_takes_what_is_named_and_leaves_it_where_it_lies(centre: Centre, tmp_path: Path) -> None:
    """A copy is put away; what lies in the inbox is not looked at, unless it is named, and then it is moved."""
    fill(centre.issue(into=inbox(centre)))
    put(centre.issue(MEDIA, into=tmp_path / "mail/Monday"), {"Grades!E5": "X"})
    assert centre.run("nightly", "--once", tmp_path / "mail")[0] == 1
    assert (tmp_path / "mail/Monday/68199_05844_by-candidate.xlsx").exists()
    assert picture(centre, ["inbox", "done", "rejected"]) == (
        "inbox/68199_05349_by-candidate.xlsx\n"
        "rejected/Monday/68199_05844_by-candidate.xlsx\n"
        "rejected/Monday/68199_05844_by-candidate_marked.xlsx\n"
        "rejected/Monday/68199_05844_by-candidate_problems.html\n"
    )
    centre.done("nightly", "--once", inbox(centre))
    assert picture(centre, ["inbox", "done"]) == "done/68199_05349_by-candidate.xlsx\n"
    assert centre.run("nightly", inbox(centre))[0] == 2


def test_how_far_it_is_counts_what_is_done(tmp_path: Path) -> None:
    """Of reports the reports alone, not the files for other programs beside them."""
    centre = night_centre(
        tmp_path / "c", '\n[night]\nsettle = 0\nreport = ["html"]\nexport = ["csv", "json"]\n'
    )
    fill(centre.issue(into=inbox(centre)))
    seen: dict[str, list[int]] = {}

    @contextmanager
    def watch(what: str, total: int) -> Iterator[Advance]:
        seen[what] = [total, 0]

        def advance(done: int, _faulty: int) -> None:
            seen[what][1] += done

        yield advance

    night(centre.workspace, "pat", watch=watch)
    assert seen["Drawing reports"] == [1, 1]
    assert [what for what, (total, done) in seen.items() if done != total] == []


def test_once_for_what_is_not_there_is_no_run(centre: Centre) -> None:
    """A slip of the pen: nothing is left in runs that would be the last night for whoever looks."""
    code, said = centre.run("nightly", "--once", inbox(centre, "nowhere"))
    assert (code, "There is no file or folder" in said) == (2, True)
    assert "There was no nightly run yet." in centre.run("runs", "show", "last")[1]


def test_one_night_waits_for_a_disk_and_the_next_goes_on(centre: Centre) -> None:
    """The inbox is not there: exit code 5, a sentence, and nothing is lost."""
    shutil.move(inbox(centre), centre.workspace.folder / "away")
    code, said = centre.run("nightly")
    assert code == 5
    assert (
        "is not there.\n  See that its disk is connected, or put right the setting inbox under [night].\n"
        in said
    )
    shutil.move(centre.workspace.folder / "away", inbox(centre))
    assert centre.run("nightly")[0] == 0


def test_a_folder_that_takes_nothing_keeps_no_other_from_its_due(centre: Centre) -> None:
    """Where rejected is a file, the faulty workbook stays; the clean one is taken. The next night does the rest."""
    fill(centre.issue(into=inbox(centre)))
    put(centre.issue(MEDIA, into=inbox(centre, "Jones")), {"Grades!E5": "X"})
    (centre.workspace.folder / "rejected").write_bytes(b"")
    code, said = centre.run("nightly")
    assert code == 5
    assert said.splitlines()[-1] == "What could not be done is tried again by the next run."
    assert picture(centre, ["inbox", "done"]) == (
        "inbox/Jones/68199_05844_by-candidate.xlsx\ndone/68199_05349_by-candidate.xlsx\n"
    )
    (centre.workspace.folder / "rejected").unlink()
    assert centre.run("nightly")[0] == 1
    assert picture(centre, ["inbox"]) == ""


def test_an_answer_that_cannot_be_put_beside_its_workbook_waits_with_it(centre: Centre) -> None:
    """The workbook stays in the inbox, and the next night answers it under the names that it has."""
    put(centre.issue(into=inbox(centre)), {"Grades!E5": "X"})
    tried: list[str] = []
    real = disk.rename

    def full(source: Any, target: Any) -> None:
        if "rejected" in str(target) and not tried:
            tried.append(str(target))
            raise OSError(errno.ENOSPC, "No space left on device")
        real(source, target)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(disk, "rename", full)
        assert centre.run("nightly")[0] == 5
    assert tried
    assert picture(centre, ["inbox", "rejected"]) == "inbox/68199_05349_by-candidate.xlsx\n"
    assert centre.run("nightly")[0] == 1
    assert picture(centre, ["inbox", "rejected"]) == (
        "rejected/68199_05349_by-candidate.xlsx\n"
        "rejected/68199_05349_by-candidate_marked.xlsx\n"
        "rejected/68199_05349_by-candidate_problems.html\n"
    )


def test_two_workspaces_on_one_store_each_have_their_night(server: str, tmp_path: Path) -> None:
    """In PostgreSQL; each takes its own files into the claims that both see, and writes what has changed for it."""
    with database(server) as address:
        here = night_centre(tmp_path / "here", address=address)
        there = tmp_path / "there"
        shutil.copytree(here.workspace.folder, there)
        path = here.issue(into=inbox(here))
        put(path, {"Grades!E5": "P", "Assessed by!E5": "JH"}, "Smith.xlsx")
        put(path, {"Grades!E6": "M", "Assessed by!E6": "SA"}, "Jones.xlsx").rename(there / "inbox/Jones.xlsx")
        path.unlink()
        assert here.done("nightly").startswith("Took 1 workbook: 1 added")
        assert Centre(Workspace(there)).done("nightly").startswith("Took 1 workbook: 1 added")
        assert here.done("nightly").startswith("Wrote 1 claim: 68199-05349-1.")
        assert here.done("nightly").startswith("Nothing to do")


def test_a_workbook_that_was_moved_keeps_its_answers_whatever_the_disk_says_then(centre: Centre) -> None:
    """The disk has given it its new name, and says of the folder that it could not be secured."""
    put(centre.issue(into=inbox(centre)), {"Grades!E5": "X"})
    renamed: list[str] = []
    real_rename, real_sync = disk.rename, disk.sync

    def rename(source: Any, target: Any) -> None:
        real_rename(source, target)
        renamed.append(str(target))

    def sync(handle: int) -> None:
        if renamed and renamed[-1].endswith("rejected/68199_05349_by-candidate.xlsx"):
            renamed.append("once")
            raise OSError(errno.EIO, "Input/output error")
        real_sync(handle)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(disk, "rename", rename)
        patch.setattr(disk, "sync", sync)
        code, said = centre.run("nightly")
    assert (code, "secured on the disk: Input/output error" in said) == (5, True)
    assert "1 error → rejected/68199_05349_by-candidate.xlsx" in said
    answered = (
        "rejected/68199_05349_by-candidate.xlsx\n"
        "rejected/68199_05349_by-candidate_marked.xlsx\n"
        "rejected/68199_05349_by-candidate_problems.html\n"
    )
    assert picture(centre, ["inbox", "rejected"]) == answered
    assert centre.run("nightly")[0] == 0
    assert picture(centre, ["inbox", "rejected"]) == answered


def test_a_missing_key_is_a_wrong_setup_and_nothing_is_touched(centre: Centre) -> None:
    """Exit code 3, before anything is begun."""
    fill(centre.issue(into=inbox(centre)))
    (centre.workspace.folder / "claimbatch.key").unlink()
    assert centre.run("nightly")[0] == 3
    assert picture(centre) == "inbox/68199_05349_by-candidate.xlsx\n"


def test_folders_that_lead_into_each_other_are_refused(centre: Centre) -> None:
    """By a link that the settings cannot show."""
    (centre.workspace.folder / "done").symlink_to(inbox(centre))
    code, said = centre.run("nightly")
    assert code == 3
    assert "leads into" in said
