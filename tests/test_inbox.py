"""Which files a folder stands for, and what is said of the others."""

from pathlib import Path

import pytest

from claimbatch.errors import ClaimbatchError
from claimbatch.office.inbox import workbooks
from tests.centre import Centre


def files(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def names(folder: Path, *given: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path, _ in workbooks(given).files]


def test_a_folder_stands_for_the_workbooks_below_it(tmp_path: Path) -> None:
    """By name; a workbook of another kind is looked at so that it can be refused; locks are not."""
    inbox = files(
        tmp_path, "b.XLSX", "a.xlsx", "old/c.xls", "~$a.xlsx", ".~lock.a.xlsx#", "._b.xlsx", "d.ods"
    )
    assert names(inbox, inbox) == ["a.xlsx", "b.XLSX", "d.ods", "old/c.xls"]


def test_a_file_given_by_name_is_always_looked_at(tmp_path: Path) -> None:
    """Whatever it is called, and once, however often it is named."""
    inbox = files(tmp_path, "a.csv", "b.xlsx")
    assert names(inbox, inbox / "b.xlsx", inbox / "a.csv", inbox) == ["b.xlsx", "a.csv"]


def test_other_files_in_a_folder_are_named(centre: Centre) -> None:
    """Grades may stand in a file of another kind, and would be missed without a word; the command names the first."""
    inbox = files(
        centre.workspace.folder / "inbox", "grades.csv", "in/b.pdf", *(f"n{n}.docx" for n in range(6))
    )
    others = [
        (inbox / name).as_posix() for name in ("grades.csv", "in/b.pdf", *(f"n{n}.docx" for n in range(6)))
    ]
    assert workbooks([inbox]).passed_over == tuple(others)
    assert centre.done("check", inbox).splitlines()[:2] == [
        f"Passed over, no workbook: {', '.join(others[:5])} and 3 more.",
        f"There is no workbook in {inbox}.",
    ]


def test_what_a_night_has_put_aside_is_not_meant_with_its_folder(tmp_path: Path) -> None:
    """It was corrected; who means it names it."""
    done = files(
        tmp_path, "a.xlsx", "superseded/a.xlsx", "12A/superseded.xlsx", "superseded/12A/b_problems.pdf"
    )
    assert names(done, done) == ["12A/superseded.xlsx", "a.xlsx"]
    assert len(workbooks([done]).superseded) == 2
    assert names(done, done / "superseded") == ["superseded/a.xlsx"]


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ClaimbatchError, match="no file or folder"):
        workbooks([tmp_path / "inbox"])


def test_marked_copies_do_not_go_where_they_would_be_checked(centre: Centre) -> None:
    """Next time they would be taken for workbooks that have come in."""
    inbox = centre.workspace.folder / "inbox"
    code, said = centre.run("check", inbox, "--mark", inbox / "marked")
    assert (code, "would be checked with them" in said) == (2, True)
