"""Which files of the inbox are taken tonight, and what is said of those that stay."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from claimbatch.night.looking import look
from claimbatch.night.places import harmless, names_of


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    (tmp_path / "inbox").mkdir()
    return tmp_path / "inbox"


def seen(inbox: Path, meanwhile: Callable[[], object] = lambda: None) -> dict[str, str]:
    """Every file with why it stays, or with nothing where it is taken; *meanwhile* happens between the two looks."""
    found = look(inbox, 5, wait=lambda _: meanwhile())
    return dict(sorted([*((one.name, "") for one in found.arrived), *found.left]))


def put(inbox: Path, name: str, content: bytes = b"PK") -> Path:
    path = inbox / name
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_bytes(content)
    return path


def test_what_stands_still_is_taken_from_every_folder(inbox: Path) -> None:
    """What programs leave beside files is nobody's business, and hidden folders are not looked into."""
    for name in ("a.xlsx", "Jones/12A/b.XLSX", ".DS_Store", "._a.xlsx", ".sync/c.xlsx", "old.xls"):
        put(inbox, name)
    assert seen(inbox) == {"Jones/12A/b.XLSX": "", "a.xlsx": "", "old.xls": ""}


def test_what_somebody_works_on_is_left_and_named(inbox: Path) -> None:
    """Open in Excel, in LibreOffice, being downloaded or synced, no workbook at all."""
    for name in (
        "a.xlsx",
        "~$a.xlsx",
        "b.xlsx",
        ".~lock.b.xlsx#",
        "c.xlsx",
        "c.xlsx.part",
        "d.xlsx",
        "e.csv",
    ):
        put(inbox, name, b"" if name == "d.xlsx" else b"x")
    where = "It is open in Excel or LibreOffice; if nobody has it open, delete the small file {} beside it."
    on_its_way = "It has not arrived completely; the next run looks again."
    assert seen(inbox) == {
        "a.xlsx": where.format("~$a.xlsx"),
        "b.xlsx": where.format(".~lock.b.xlsx#"),
        "c.xlsx": on_its_way,
        "c.xlsx.part": on_its_way,
        "d.xlsx": on_its_way,
        "e.csv": "It is no workbook; if grades stand in it, they belong in the template.",
    }


def test_what_changes_between_two_looks_is_left(inbox: Path) -> None:
    """It grew, it was replaced by another of the same size, it has just come, it was opened, it went away."""
    for name in ("grows.xlsx", "replaced.xlsx", "opened.xlsx", "goes.xlsx", "stays.xlsx"):
        put(inbox, name)

    def meanwhile() -> None:
        put(inbox, "grows.xlsx", b"PKPK")
        put(inbox, "new", b"KP").replace(inbox / "replaced.xlsx")
        put(inbox, "comes.xlsx")
        put(inbox, "~$opened.xlsx")
        (inbox / "goes.xlsx").unlink()

    changed = "It was changed while this run looked at it; the next run takes it when it stands still."
    assert seen(inbox, meanwhile) == {
        "comes.xlsx": changed,
        "goes.xlsx": "It was taken away while this run looked at it.",
        "grows.xlsx": changed,
        "opened.xlsx": "It is open in Excel or LibreOffice; if nobody has it open, "
        "delete the small file ~$opened.xlsx beside it.",
        "replaced.xlsx": changed,
        "stays.xlsx": "",
    }


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes")
def test_links_and_devices_are_never_followed(inbox: Path, tmp_path: Path) -> None:
    """Neither a link to a file, nor one to a folder, nor a pipe that nobody writes to."""
    outside = put(tmp_path, "outside/secret.xlsx")
    (inbox / "file.xlsx").symlink_to(outside)
    (inbox / "folder").symlink_to(outside.parent)
    os.mkfifo(inbox / "pipe.xlsx")
    link = "It is a link, and links are not followed; put the workbook itself here."
    assert seen(inbox) == {
        "file.xlsx": link,
        "folder": link,
        "pipe.xlsx": "It is not a file that can be read, such as a pipe or a device.",
    }


@pytest.mark.skipif(sys.platform != "linux", reason="a file of which no block is on the disk")
def test_a_placeholder_of_a_synced_folder_is_left(inbox: Path) -> None:
    """It says how large it is, and nothing of it is here."""
    with (inbox / "a.xlsx").open("wb") as file:
        file.truncate(20_000)
    assert seen(inbox) == {
        "a.xlsx": "It is only a placeholder of a synced folder; let the folder be kept on this computer."
    }


def test_a_file_is_called_by_a_name_that_harms_nobody(tmp_path: Path) -> None:
    """No line break, no mark that turns a text round, no half character; two that read the same are numbered."""
    names = [tmp_path / name for name in ("a\x07.xlsx", "a\x08.xlsx", "b\u202ecod.xlsx", "c\udcff.xlsx")]
    assert [name for _, name in names_of(names, tmp_path)] == [
        "a_.xlsx",
        "a_.xlsx (2)",
        "b_cod.xlsx",
        "c_.xlsx",
    ]
    assert harmless("Zoë – 12A (final).xlsx") == "Zoë – 12A (final).xlsx"
