"""A sample of what ``make faults`` tries: hostile and damaged workbooks, killed nights, faults of the disk."""

import json
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.faults import failures, kills, leaks, nights, odd, process, workbooks
from benchmarks.faults.classes import CLASSES
from benchmarks.faults.proofs import SMALL
from benchmarks.measure import ROOT
from tests.conftest import installed


@pytest.fixture(scope="module", autouse=True)
def _warm() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what openpyxl says of print areas and repeated members
        process.warm()
        yield


@pytest.mark.libreoffice
def test_hostile_and_damaged_workbooks_have_a_clean_outcome(tmp_path: Path) -> None:
    """In time and memory, and no value is another, through every command that takes a workbook."""
    installed("soffice", "libreoffice-calc", "CLAIMBATCH_REQUIRE_LIBREOFFICE")
    figures = (
        tmp_path / "figures.json"
    )  # a program of its own: of this one nobody knows what it holds already
    command = [
        sys.executable,
        "-m",
        "benchmarks.faults",
        "--small",
        "--only",
        "workbooks",
        "--json",
        str(figures),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    told = {figure["what"].strip(): figure["found"] for figure in json.loads(figures.read_text("utf-8"))}
    assert f"of {len(CLASSES) + 2} kinds" in told["hostile and damaged workbooks"]
    assert all(f"{command}: not a clean outcome" in told for command in workbooks.COMMANDS)


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
    moments = kills.moments_of(done.seconds, len(calls), commits, SMALL.kills)
    found = list(kills.try_all(evening, nights.picture(undisturbed), moments))
    assert [(one.moments, one.wrong) for one in found if one.wrong] == []
    assert sum(map(sum, (one.struck for one in found))) >= len(found) // 2


@pytest.fixture(scope="module")
def expected(evening: nights.Evening, tmp_path_factory: pytest.TempPathFactory) -> nights.Picture:
    folder = evening.copy(tmp_path_factory.mktemp("undisturbed") / "centre")
    assert nights.night(folder).code == 1
    return nights.picture(folder)


def test_a_night_that_is_hindered_says_so_and_the_next_puts_it_right(
    evening: nights.Evening, expected: nights.Picture, tmp_path: Path
) -> None:
    """By a call to the disk that fails, or by any other fault: the store, the key, the clock, files that change."""
    _, calls, _ = kills.counted(evening.copy(tmp_path / "counted"))
    found = [
        *failures.each_call(evening, expected, range(7, len(calls), SMALL.calls)),
        *failures.each_fault(evening, expected, every=SMALL.others),
    ]
    assert [(one.what, one.wrong) for one in found if one.wrong] == []
    assert leaks.in_errors(one.done.out + one.done.err for one in found) == []


def test_of_two_nights_started_together_one_works(evening: nights.Evening, expected: nights.Picture) -> None:
    assert [one.wrong for one in failures.together(evening, expected, SMALL.meetings)] == [
        ()
    ] * SMALL.meetings


def test_odd_things_in_the_inbox_neither_stop_a_night_nor_lead_out_of_it(evening: nights.Evening) -> None:
    assert [(one.what, one.wrong) for one in odd.each_odd(evening, every=3 * SMALL.others) if one.wrong] == []


def test_no_account_of_a_night_holds_a_name_or_a_date_of_birth(
    evening: nights.Evening, tmp_path: Path
) -> None:
    """Names were typed into grades, over other names and beside the form; the search would find each spelling."""
    folder = evening.copy(tmp_path / "centre")
    done = nights.night(folder)
    assert leaks.proves_itself()
    assert [*leaks.in_accounts(folder), *leaks.in_errors([done.out, done.err])] == []
