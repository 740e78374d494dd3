"""Folders for the work in a sample: what is laid out, what stays as it is, and what stands in the way."""

import stat
import sys
from pathlib import Path

import pytest

from claimbatch.output.work_folders import unit_folders
from tests.centre import Centre
from tests.moderated import KEY, moderated, pairs, record
from tests.papers import pages_of

LAID_OUT = """\
68199-05990-1_work
  68199_0042
    Unit-1
      68199_0042_Unit-1_recording-sheet.pdf
    Unit-2
      68199_0042_Unit-2_recording-sheet.pdf
  68199_0043
    Unit-1
      68199_0043_Unit-1_recording-sheet.pdf
  68199_0044
    First-Aid-NCFE
      68199_0044_First-Aid-NCFE_recording-sheet.pdf
    Unit-1
      68199_0044_Unit-1_recording-sheet.pdf
"""


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    return moderated(tmp_path / "centre")


def tree(folder: Path) -> str:
    paths = sorted(folder.rglob("*"))
    return "".join(f"{'  ' * (len(path.relative_to(folder).parts) - 1)}{path.name}\n" for path in paths)


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {str(p): (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.rglob("*") if p.is_file()}


def test_each_candidate_has_a_folder_and_in_it_one_for_each_unit(centre: Centre, tmp_path: Path) -> None:
    """With its own recording sheet, for the owner alone; no name of a person stands in a path."""
    out = tmp_path / "out"
    said = centre.done("sample", "folders", KEY, "-o", out)
    assert tree(out) == LAID_OUT
    assert said == (
        "  68199_0042: Unit-1, Unit-2\n"
        "  68199_0043: Unit-1\n"
        "  68199_0044: Unit-1, First-Aid-NCFE\n"
        f"Added 5 recording sheets in {out}/{KEY}_work, each in a new folder.\n"
        "Put each piece of work beside its recording sheet.\n"
    )
    [page] = pages_of(next(out.rglob("*_First-Aid-NCFE_*.pdf")).read_bytes())
    assert [word for word in ("0044", "Clark, Zoë", "First Aid", "Sana", "Unit 1") if word in page] == [
        "0044", "Clark, Zoë", "First Aid",
    ]  # fmt: skip
    if sys.platform != "win32":
        modes = {(p.is_dir(), stat.S_IMODE(p.stat().st_mode)) for p in out.rglob("*")}
        assert modes == {(True, 0o700), (False, 0o600)}


def test_what_is_there_is_never_touched_and_what_is_missing_is_added(centre: Centre, tmp_path: Path) -> None:
    """Work, and a recording sheet that was filled in; when the moderator asks for more, the rest comes beside it."""
    out = tmp_path / "out"
    centre.done("sample", "folders", KEY, "-o", out)
    work = out / f"{KEY}_work" / "68199_0042" / "Unit-1"
    (work / "essay.docx").write_bytes(b"work")
    (work / "68199_0042_Unit-1_recording-sheet.pdf").write_bytes(b"filled in")
    before = contents(out)
    said = centre.done("sample", "folders", KEY, "-o", out)
    assert said == (
        f"Nothing to do: each of 5 folders is there with its recording sheet in {out}/{KEY}_work, "
        "and stays as it is.\n"
    )
    assert contents(out) == before
    own = out / f"{KEY}_work" / "68199_0043" / "Unit-2"
    own.mkdir()
    (own / "film.mp4").write_bytes(b"film")
    before = contents(out)
    record(centre, ("0043", "2"))
    said = centre.done("sample", "folders", KEY, "-o", out)
    assert said == (
        "  68199_0043: Unit-2\n"
        f"Added 1 recording sheet in {out}/{KEY}_work, in a folder that was there; "
        "nothing else in it was touched.\n"
        "Kept as they were: 5 folders with a recording sheet, and all that is in them.\n"
        "Put each piece of work beside its recording sheet.\n"
    )
    after = contents(out)
    assert {path: after[path] for path in before} == before
    assert set(after) - set(before) == {str(own / "68199_0043_Unit-2_recording-sheet.pdf")}


def test_a_folder_of_work_no_longer_in_the_sample_is_named_and_left(centre: Centre, tmp_path: Path) -> None:
    out = tmp_path / "out"
    centre.done("sample", "folders", KEY, "-o", out)
    before = contents(out)
    centre.done("sample", "record", KEY, "--undo", *pairs(("0043", "1")))
    said = centre.done("sample", "folders", KEY, "-o", out)
    left = out / f"{KEY}_work" / "68199_0043" / "Unit-1"
    assert said.splitlines()[1:] == [f"Left as it is: {left}, withdrawn since or no longer in the sample."]
    assert contents(out) == before


def test_a_file_in_the_way_stops_it_before_anything_is_made(centre: Centre, tmp_path: Path) -> None:
    root = tmp_path / "out" / f"{KEY}_work"
    root.mkdir(parents=True)
    (root / "68199_0043").write_text("a list")
    code, said = centre.run("sample", "folders", KEY, "-o", tmp_path / "out")
    assert code == 2
    assert said == (
        f"claimbatch: {root}/68199_0043 is not a folder, so no work can be put into it. Nothing was made.\n"
        "  Move it away, or name another folder with -o.\n"
    )
    assert tree(root) == "68199_0043\n"


def test_without_a_sample_there_are_no_folders(tmp_path: Path) -> None:
    centre = moderated(tmp_path / "centre", sampled=False)
    code, said = centre.run("sample", "folders", KEY, "-o", tmp_path / "out")
    assert (code, said.splitlines()[0]) == (
        2,
        f"claimbatch: No sample of claim {KEY} is recorded, or all of it was withdrawn.",
    )
    assert not (tmp_path / "out").exists()


def test_a_title_is_never_a_path_and_titles_that_come_out_alike_are_told_apart() -> None:
    """Nor on a disk that knows no capitals; a title without a letter has a name, too."""
    units = [
        "12",
        "3",
        "other:NCFE:../../etc",
        "other:NCFE:A/B",
        "other:NCFE:a b",
        "other:NCFE:A:B",
        "other:?:!",
    ]
    assert unit_folders(units) == {
        "3": "Unit-3",
        "12": "Unit-12",
        "other:?:!": "Other-unit",
        "other:NCFE:../../etc": "etc-NCFE",
        "other:NCFE:A/B": "A-B-NCFE",
        "other:NCFE:A:B": "A-B-NCFE_2",
        "other:NCFE:a b": "a-b-NCFE_3",
    }
