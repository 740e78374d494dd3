"""A sample of what ``make faults`` tries: hostile and damaged workbooks, killed nights, faults of the disk."""

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.faults import college, kills, nights, process, workbooks
from benchmarks.faults.classes import CLASSES

EVERY = 11  # of the workbooks
BYTES = 12  # damaged, one in each
KILLS = 3  # of each sort


@pytest.fixture(scope="module", autouse=True)
def _warm() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what openpyxl says of print areas and repeated members
        process.warm()
        yield


@pytest.mark.libreoffice
def test_hostile_and_damaged_workbooks_have_a_clean_outcome(tmp_path: Path) -> None:
    """In time and memory, and no value is another, through every command that takes a workbook."""
    centre = college.found(tmp_path / "centre")
    cases = workbooks.all_cases(college.bases(centre))
    some = [*cases[: -workbooks.DAMAGES : EVERY], *cases[-workbooks.DAMAGES :: workbooks.DAMAGES // BYTES]]
    found = list(workbooks.try_all(centre.workspace.folder, some))
    assert {one.command for one in found} == set(workbooks.COMMANDS)
    assert {one.kind for one in found} >= {*CLASSES, "cut short", "a byte changed"}
    assert [(one.command, one.name, one.wrong) for one in found if one.wrong] == []
    assert [one.name for one in found if one.done.mebibytes > process.MEBIBYTES] == []
    assert [one.name for one in found if one.done.cpu > process.SECONDS] == []


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> nights.Evening:
    return nights.eight(tmp_path_factory.mktemp("evening") / "centre")


def test_two_undisturbed_nights_end_alike(evening: nights.Evening, tmp_path: Path) -> None:
    """To the byte, so that a picture that differs shows a fault; and a second night changes nothing."""
    one, other = (evening.copy(tmp_path / name) for name in ("one", "other"))
    assert [nights.night(folder).code for folder in (one, other)] == [1, 1]
    picture = nights.picture(one)
    assert nights.difference(picture, nights.picture(other)) == []
    assert nights.night(one, at=nights.LATER).code == 0
    assert nights.difference(picture, nights.picture(one)) == []


def test_a_night_killed_at_any_moment_ends_as_if_it_had_not_been(
    evening: nights.Evening, tmp_path: Path
) -> None:
    """At random, at calls to the disk, around the commit, and twice in a row."""
    undisturbed = evening.copy(tmp_path / "undisturbed")
    done, calls, commits = kills.counted(undisturbed)
    assert commits
    moments = kills.moments_of(done.seconds, len(calls), commits, KILLS)
    found = list(kills.try_all(evening, nights.picture(undisturbed), moments))
    assert [(one.moments, one.wrong) for one in found if one.wrong] == []
    assert sum(map(sum, (one.struck for one in found))) >= len(found) // 2
