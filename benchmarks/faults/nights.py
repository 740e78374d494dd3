"""An inbox of sixty workbooks before a night, and a picture of all that a night leaves behind.

Two nights have ended alike where their pictures are the same. In a picture are the bytes of every file that people get
or have given, every claim with its history, and whatever is there that should not be. Left out of it are the accounts
of the runs, which tell how often somebody had to begin anew.
"""

import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import openpyxl

from benchmarks.faults import college
from benchmarks.faults.process import Done, Kill, Setup, forked
from claimbatch.claims.history import Event
from claimbatch.claims.proof import examine
from claimbatch.form.layout import BY_UNIT
from claimbatch.workspace import Workspace
from tests import hostile
from tests.centre import IT, MEDIA, Centre
from tests.damages import grade_cell
from tests.workbooks import spots

FOLDERS = ("inbox", "done", "rejected", "quarantine", "outbox")
ENOUGH = 900.0  # seconds for sixty workbooks on a machine that has other work
BEFORE, TONIGHT, LATER = 1_790_000_000, 1_790_086_400, 1_790_172_800  # moments, a day apart
Edit = Callable[[openpyxl.Workbook], object]


@dataclass(frozen=True)
class Evening:
    """A workspace before its night, and which files lie in its inbox; copies of it are what nights are run on."""

    folder: Path

    def copy(self, to: Path) -> Path:
        """A workspace that is the same in all."""
        return Path(shutil.copytree(self.folder, to, symlinks=True))


def night(folder: Path, setup: Setup | None = None, kill: Kill | None = None, at: int = TONIGHT) -> Done:
    """One night on the workspace in *folder*, at a moment of which it believes that it is now."""

    def begin() -> Callable[[], str] | None:
        os.environ["SOURCE_DATE_EPOCH"] = str(at)
        return setup() if setup else None

    return forked(["nightly", "--by", "timer", "-w", folder], begin, kill, within=ENOUGH)


# --- what lies in the inbox


def sixty(folder: Path) -> Evening:
    """Clean, faulty, damaged, twins, corrected copies, queries, one that contradicts another, and one still open."""
    return _evening(folder, clean=28, faulty=5, corrected=4, asked=3, twins=8)


def eight(folder: Path) -> Evening:
    """One or two of each kind, read and drawn in one process, for nights that are run hundreds of times."""
    return _evening(
        folder,
        clean=2,
        faulty=1,
        corrected=1,
        asked=1,
        twins=1,
        damaged=1,
        others=1,
        settings=college.QUICK,
        serial=True,
    )


def _evening(
    folder: Path,
    *,
    clean: int,
    faulty: int,
    corrected: int,
    asked: int,
    twins: int,
    damaged: int = 9,
    others: int = 4,
    settings: str = college.SETTINGS,
    serial: bool = False,
) -> Evening:
    centre = college.found(folder, (IT, MEDIA), settings, serial=serial)
    units = iter(unit.number for unit in centre.catalogue.get(IT).offered)
    made = {
        kind: [_of_unit(centre, next(units)) for _ in range(count)]
        for kind, count in (("corrected", corrected), ("clean", clean), ("faulty", faulty), ("asked", asked))
    }
    inbox = folder / "inbox"
    for number, data in enumerate(made["corrected"]):
        put(inbox / "12A" / f"corrected {number}.xlsx", edited(data, _wrong))
    first = night(folder, at=BEFORE)
    assert first.code == 1, (first.out, first.err)
    for copy in sorted((folder / "rejected").rglob("*_marked.xlsx")):
        put(inbox / "12A" / copy.name, edited(copy.read_bytes(), _right))
    for number, data in enumerate(made["clean"]):
        put(inbox / ("12A", "12B", ".")[number % 3] / f"clean {number:02}.xlsx", data)
    for number, data in enumerate(made["faulty"]):
        put(inbox / "12B" / f"faulty {number}.xlsx", edited(data, _very_wrong))
    for number, data in enumerate(made["asked"]):
        put(inbox / "12C" / "late" / f"query {number}.xlsx", edited(data, _unassessed))
    for number, data in enumerate(made["clean"][:twins]):
        put(inbox / f"Copy of clean {number:02}.xlsx", data)
    for number, data in enumerate(_damaged(made["clean"][0])[:damaged]):
        put(inbox / f"damaged {number}.xlsx", data)
    for name, data in list(_others(centre).items())[:others]:
        put(inbox / name, data)
    return Evening(folder)


def put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _of_unit(centre: Centre, unit: int) -> bytes:
    return college.filled(centre.issue(form=BY_UNIT, unit=unit).read_bytes(), seed=unit)


def edited(data: bytes, edit: Edit) -> bytes:
    book = openpyxl.load_workbook(BytesIO(data))
    edit(book)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _wrong(book: openpyxl.Workbook) -> None:
    grade_cell(book, spots(book)[1]).value = "B+"


def _very_wrong(book: openpyxl.Workbook) -> None:
    """Names and a date of birth typed where they do not belong, and over those of others."""
    _wrong(book)
    cell, (_, name, born) = grade_cell(book, spots(book)[2]), college.PEOPLE[1]
    cell.value = name
    sheet = cell.parent
    sheet.cell(cell.row, 2).value, sheet.cell(cell.row, 3).value = college.PEOPLE[5][1], born
    sheet.cell(cell.row, 12).value = f"{name} was born on {born:%d/%m/%Y}"


def _right(book: openpyxl.Workbook) -> None:
    grade_cell(book, spots(book)[1]).value = "M"


def _unassessed(book: openpyxl.Workbook) -> None:
    """An assessor without a grade: a query."""
    grade_cell(book, spots(book)[2]).value = None


def _damaged(whole: bytes) -> list[bytes]:
    return [
        whole[: len(whole) // 2], b"Candidate number,Grade\r\n0042,P\r\n", hostile.member_named("xl/vbaProject.bin"),
        hostile.value_at("XFD1048576"), bytes(len(whole)), hostile.ole(encrypted=True), hostile.entity(),
        hostile.many_members(), b"",
    ]  # fmt: skip


def _others(centre: Centre) -> Mapping[str, bytes]:
    """Files that are no workbooks, a workbook of somebody else's, and two for another qualification."""
    media = college.filled(centre.issue(MEDIA).read_bytes(), seed=99)
    other = edited(media, lambda book: setattr(grade_cell(book, spots(book)[0]), "value", _other(book)))
    return {
        "media.xlsx": media,
        "media again.xlsx": other,
        "notes.txt": b"Jo, please look at these.",
        "timetable.xlsx": hostile.book(),
    }


def _other(book: openpyxl.Workbook) -> str:
    """Another grade than stands in the first cell."""
    return "D" if grade_cell(book, spots(book)[0]).value != "D" else "M"


# --- what a night leaves behind

Picture = Mapping[str, object]


def picture(folder: Path) -> Picture:
    """All that a night leaves behind on the workspace in *folder*."""
    return {**dict(_files(folder)), **dict(_claims(folder)), **dict(_left_over(folder))}


def _files(folder: Path) -> Iterator[tuple[str, object]]:
    for name in FOLDERS:
        for path in sorted((folder / name).rglob("*")):
            if path.is_file():
                yield path.relative_to(folder).as_posix(), sha256(path.read_bytes()).hexdigest()


def _claims(folder: Path) -> Iterator[tuple[str, object]]:
    with closing(sqlite3.connect(folder / "claims.db")) as database:
        yield "the database", [*database.execute("PRAGMA integrity_check").fetchall()]
        yield "its references", [*database.execute("PRAGMA foreign_key_check").fetchall()]
    workspace = Workspace(folder)
    with workspace.store() as store:
        for row in store.claims():
            yield f"claim {row.key}", (str(row.status), sorted(store.lines_at(row.key).items()))
            yield f"history of {row.key}", [*store.history(row.key)]
            yield f"proof of {row.key}", examine(store, row.key).is_whole


def _left_over(folder: Path) -> Iterator[tuple[str, object]]:
    """What should not be there, which is the same in no two pictures unless it is nothing."""
    yield (
        "temporary files",
        sorted(path.relative_to(folder).as_posix() for path in folder.rglob(".claimbatch-*")),
    )
    runs = [path for path in (folder / "runs").glob("*") if path.is_dir()]
    yield (
        "what runs worked with",
        sorted(
            path.relative_to(folder).as_posix()
            for run in runs
            for place in ("staged", "answers", "plan.json")
            for path in (run / place, *(run / place).rglob("*"))
            if path.exists()
        ),
    )
    yield (
        "files that others may read",
        sorted(
            path.relative_to(folder).as_posix()
            for name in ("runs", "outbox/claims")
            for path in (folder / name).rglob("*")
            if path.is_file() and path.stat().st_mode & 0o077 and path.suffix != ".prom"
        ),
    )


def timeless(seen: Picture, *, unordered: bool = False) -> Picture:
    """The picture without what tells a moment, so that nights of different times can be held against each other.

    Documents are there, whatever they say; histories are told without their moments and hashes. *unordered*: and
    without which night a line came in, in which of two copies of a workbook, and under which number something was set
    aside.
    """

    def told(event: Event) -> Event:
        bare = event._replace(at="", previous="", hash="")
        if not unordered:
            return bare
        return bare._replace(revision=0, workbook="", detail=re.sub(r'"since": \d+', "", bare.detail))

    dated = (".pdf", ".html", "_marked.xlsx")
    aside = re.compile(r"^(done/superseded/.*?)_2(?=[._])")
    return {
        aside.sub(r"\1", key) if unordered else key:
        (sorted if unordered else list)(map(told, what)) if key.startswith("history of ")
        else "is there" if key.endswith(dated)
        else what
        for key, what in seen.items()
    }  # fmt: skip


def difference(one: Picture, other: Picture) -> list[str]:
    """Where two pictures differ, in words."""
    return [
        f"{key}: {str(one.get(key))[:120]} / {str(other.get(key))[:120]}"
        for key in sorted(one.keys() | other.keys())
        if one.get(key) != other.get(key)
    ]
