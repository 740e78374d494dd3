"""What may lie in an inbox beside workbooks: pipes, links, names that no file should have."""

import os
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.faults.failures import Hindered, unclear
from benchmarks.faults.nights import Evening, night
from benchmarks.faults.process import SECONDS, forked

Put = Callable[[Path, bytes], object]


def pipe(inbox: Path, _: bytes) -> None:
    os.mkfifo(inbox / "pipe.xlsx")


def a_socket(inbox: Path, _: bytes) -> None:
    with TemporaryDirectory() as name, socket.socket(socket.AF_UNIX) as made:
        made.bind(f"{name}/s")  # a path as long as the inbox's would not fit
        Path(name, "s").rename(inbox / "socket.xlsx")


def link_out(inbox: Path, data: bytes) -> None:
    secret = inbox.parent.parent / "secret.xlsx"
    secret.write_bytes(data)
    (inbox / "link.xlsx").symlink_to(secret)


def link_nowhere(inbox: Path, _: bytes) -> None:
    (inbox / "nowhere.xlsx").symlink_to("/nowhere/at/all.xlsx")


def folder_link_round(inbox: Path, _: bytes) -> None:
    (inbox / "round").symlink_to(inbox, target_is_directory=True)


def folder_link_out(inbox: Path, data: bytes) -> None:
    out = inbox.parent.parent / "elsewhere"
    out.mkdir()
    (out / "theirs.xlsx").write_bytes(data)
    (inbox / "elsewhere").symlink_to(out, target_is_directory=True)


def folder_called_so(inbox: Path, data: bytes) -> None:
    (inbox / "folder.xlsx").mkdir()
    (inbox / "folder.xlsx" / "inside.xlsx").write_bytes(data)


def deep_folders(inbox: Path, data: bytes) -> None:
    folder = inbox.joinpath(*(["deep"] * 60))
    folder.mkdir(parents=True)
    (folder / "deep.xlsx").write_bytes(data)


def called(name: str | bytes) -> Put:
    """A workbook of this name."""

    def put(inbox: Path, data: bytes) -> None:
        with open(os.path.join(os.fsencode(inbox), os.fsencode(name)), "wb") as file:  # noqa: PTH118, PTH123
            file.write(data)

    return put


def in_two_cases(inbox: Path, data: bytes) -> None:
    for name in ("Claim.xlsx", "claim.XLSX", "CLAIM.xlsx"):
        (inbox / name).write_bytes(data + b"\0" * len(name))


ODD: Mapping[str, Put] = {
    "a pipe": pipe,
    "a socket": a_socket,
    "a link out": link_out,
    "a link to nowhere": link_nowhere,
    "a folder that leads round": folder_link_round,
    "a folder that leads out": folder_link_out,
    "a folder called .xlsx": folder_called_so,
    "sixty folders deep": deep_folders,
    **{f"called {name!r}": called(name) for name in (
        "new\nline.xlsx", "bell\x07.xlsx", "turned\u202excod.xlsx", b"old zip \xe9.xlsx", "-rf.xlsx", "--once.xlsx",
        "=cmd|' calc'!A0.xlsx", "'quoted\".xlsx", "semi;colon & $(touch x).xlsx", "..xlsx", "...", " .xlsx",
        "con.xlsx", "a" * 240 + ".xlsx", "%s%n.xlsx", "<img src=x onerror=alert(1)>.xlsx",
        "{workbook}.xlsx", "~$open.xlsx", ".~lock.open.xlsx#", "._mac.xlsx", "Thumbs.db", "part.xlsx.crdownload",
        "Claim.XLSX", "claim.xlsm", "claim")},
    "one name in three cases": in_two_cases,
}  # fmt: skip


def each_odd(evening: Evening, every: int = 1) -> Iterator[Hindered]:
    """*Every* which of them, in an inbox of its own: check and two nights end in time and clearly, and touch nothing
    that lies outside of the workspace.
    """
    for what, put in list(ODD.items())[::every]:
        with TemporaryDirectory(prefix="claimbatch-fault-") as name:
            around = Path(name)
            folder = evening.copy(around / "centre")
            data = (folder / "inbox" / "12A" / "clean 00.xlsx").read_bytes()
            for path in sorted((folder / "inbox").rglob("*"), reverse=True):
                path.rmdir() if path.is_dir() else path.unlink()
            with suppress(OSError):  # a file system that knows no such name
                put(folder / "inbox", data)
            before = _outside(around, folder)
            checked = forked(["check", folder / "inbox", "-w", folder])
            wrong = [*unclear(checked, {0, 1, 2})]
            nights = [night(folder), night(folder)]
            for done in nights:
                wrong += unclear(done, {0, 1})
                wrong += [f"took {done.cpu:.1f} s"] if done.cpu > SECONDS else []
            if _outside(around, folder) != before:
                wrong.append("something outside of the workspace has changed")
            yield Hindered(f"in the inbox: {what}", nights[0], tuple(wrong))


def _outside(around: Path, folder: Path) -> dict[str, bytes]:
    files = (path for path in around.rglob("*") if path.is_file() and not path.is_relative_to(folder))
    return {str(path): path.read_bytes() for path in files}
