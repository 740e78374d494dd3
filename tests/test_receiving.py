"""What comes in is taken whole, in part or not at all, and the store remembers which."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from claimbatch.claims.history import Kind, facts
from claimbatch.intake.guard import fingerprint
from claimbatch.intake.receiving import How, Received, receive
from claimbatch.workspace import Workspace
from tests.centre import CENTRE, IT, Centre, put
from tests.desk import REGISTER

KEY = f"{CENTRE}-{IT}-1"
GRADES = {"Grades!E5": "P", "Assessed by!E5": "JH", "Grades!F6": "M", "Assessed by!F6": "SA"}
FAULTY = {**GRADES, "Grades!A9": "0077", "Grades!E9": "P", "Units!D5": "JH"}


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A centre with a template in its outbox."""
    folder = tmp_path_factory.mktemp("ready") / "centre"
    Centre.make(folder, (IT,)).issue()
    return folder


@pytest.fixture
def centre(ready: Path, tmp_path: Path) -> Centre:
    shutil.copytree(ready, tmp_path / "centre")
    return Centre(Workspace(tmp_path / "centre"))


def book(centre: Centre, cells: Mapping[str, Any], name: str = "a.xlsx") -> Path:
    """A workbook from the one template."""
    return put(centre.workspace.folder / "outbox" / f"{CENTRE}_{IT}_by-candidate.xlsx", cells, name)


def got(centre: Centre, *paths: Path, **how: Any) -> Received:
    with centre.workspace.store() as store:
        files = [(path, path.name) for path in paths]
        return receive(store, files, How("Pat", **how), lambda: centre.workspace.known(store))


def counts(received: Received) -> tuple[int, int, int]:
    """Added, unchanged, held."""
    return received.taken.count("added"), received.taken.unchanged, received.held


def kept(centre: Centre, path: Path) -> bool:
    """Whether the bytes are known as taken."""
    with centre.workspace.store() as store:
        return bool(store.received([fingerprint(path)]))


def events(centre: Centre, kind: Kind) -> list[Any]:
    with centre.workspace.store() as store:
        return [event for event in store.history(KEY) if event.kind == kind]


def enter(centre: Centre, number: str) -> None:
    """The register learns of a candidate."""
    file = centre.workspace.folder / "new.csv"
    file.write_text(f'{REGISTER}{IT},{number},"New, Una",2008-01-09,\n', "utf-8")
    centre.done("entries", "import", file)


def test_a_clean_workbook_is_taken_whole_and_once(centre: Centre) -> None:
    path = book(centre, GRADES)
    assert counts(got(centre, path)) == (2, 0, 0)
    assert kept(centre, path)
    assert [(e.who, e.workbook, facts(e)["whole"]) for e in events(centre, Kind.RECEIVED)] == [
        ("Pat", "a.xlsx", True)
    ]
    again = got(centre, path)
    assert (again.again, again.checked.files, counts(again)) == (("a.xlsx",), (), (0, 0, 0))


def test_a_workbook_with_an_error_is_held_whole(centre: Centre) -> None:
    """All its lines count as held, the clean ones too; it is not received."""
    path = book(centre, FAULTY)
    assert counts(got(centre, path)) == (0, 0, 3)
    assert not kept(centre, path)
    with centre.workspace.store() as store:
        assert store.claims() == []


def test_in_part_its_clean_lines_are_taken_and_the_rest_may_come_with_the_same_bytes(centre: Centre) -> None:
    """It was not taken whole: once the register is put right, the very same file brings what was held."""
    path = book(centre, FAULTY)
    assert counts(got(centre, path, partial=True)) == (2, 0, 1)
    assert not kept(centre, path)
    assert [facts(event)["whole"] for event in events(centre, Kind.RECEIVED)] == [False]
    enter(centre, "0077")
    last = got(centre, path)
    assert (last.again, last.taken.count("added"), last.held) == ((), 1, 0)
    assert kept(centre, path)


def test_in_part_a_workbook_of_which_nothing_is_clean_leaves_no_trace(centre: Centre) -> None:
    path = book(centre, {"Grades!E5": "P/M"})
    assert counts(got(centre, path, partial=True)) == (0, 0, 1)
    with centre.workspace.store() as store:
        assert store.claims() == []


@pytest.mark.parametrize("partial", [False, True])
def test_a_workbook_that_brings_nothing_is_not_in_the_history(centre: Centre, partial: bool) -> None:
    """Nor are those whom it introduces, although the claim is open and takes others."""
    got(centre, book(centre, GRADES))
    new = {"Assessors!A7": "XY", "Assessors!B7": "Xi Yang", "Grades!E7": "P/M"}
    assert counts(got(centre, book(centre, new, "b.xlsx"), partial=partial)) == (0, 0, 1)
    assert [event.workbook for event in events(centre, Kind.RECEIVED)] == ["a.xlsx"]
    with centre.workspace.store() as store:
        assert [assessor.initials for assessor in store.assessors(CENTRE)] == ["JH", "SA"]


def test_in_part_a_workbook_without_an_error_is_taken_whole(centre: Centre) -> None:
    path = book(centre, {**GRADES, "Assessed by!G5": "SA"})
    assert counts(got(centre, path, partial=True)) == (2, 0, 0)
    assert kept(centre, path)


def test_one_faulty_workbook_holds_no_other(centre: Centre) -> None:
    good = book(centre, {"Grades!H7": "D", "Assessed by!H7": "JH"}, "good.xlsx")
    assert counts(got(centre, book(centre, FAULTY), good)) == (1, 0, 3)
    assert kept(centre, good)


def test_twins_are_looked_at_once_under_the_first_name(centre: Centre) -> None:
    b = book(centre, GRADES, "b.xlsx")
    a, c = (Path(shutil.copy(b, b.with_name(name))) for name in ("a.xlsx", "c.xlsx"))
    received = got(centre, c, b, a)
    assert received.twins == (("b.xlsx", "a.xlsx"), ("c.xlsx", "a.xlsx"))
    assert [result.workbook for result in received.checked.files] == ["a.xlsx"]
    assert got(centre, c, b, a).again == ("a.xlsx", "b.xlsx", "c.xlsx")


def test_what_is_no_workbook_is_nobodys_twin(centre: Centre, tmp_path: Path) -> None:
    """Two files that cannot be opened are two problems."""
    links = [tmp_path / name for name in ("x.xlsx", "y.xlsx")]
    for link in links:
        link.symlink_to(tmp_path / "nowhere")
    received = got(centre, *links)
    assert (received.twins, received.again, len(received.checked.problems)) == ((), (), 2)


NEW = {"Assessors!A7": "XY", "Assessors!B7": "Xi Yang", "Grades!E5": "P", "Assessed by!E5": "XY"}


@pytest.mark.parametrize(
    ("cells", "partial", "known"),
    [
        (NEW, False, ["JH", "SA", "XY"]),
        ({**NEW, "Grades!F6": "?"}, False, ["JH", "SA"]),
        ({**NEW, "Grades!F6": "?"}, True, ["JH", "SA", "XY"]),
    ],
    ids=["whole", "held", "in part"],
)
def test_a_new_assessor_comes_with_a_workbook_that_is_taken(
    centre: Centre, cells: dict[str, str], partial: bool, known: list[str]
) -> None:
    got(centre, book(centre, cells), partial=partial)
    with centre.workspace.store() as store:
        found = store.assessors(CENTRE)
    assert [assessor.initials for assessor in found] == known
    assert [a.entry_codes for a in found if a.initials == "XY"] in ([], [frozenset({IT})])


QUERIES = {
    "Assessed by!G5": "SA",  # 0042, Unit 3: no grade
    "Assessed by!H8": "SA",  # 0051, Unit 4: no grade, and nothing else of 0051
    "Grades!A5": 42,  # 0042
    "Grades!A8": 51,  # 0051
    "Grades!AS3": "a remark",  # nobody
}


def queries(centre: Centre) -> list[tuple[str, str, str]]:
    return [(facts(e)["rule"], e.candidate, e.unit) for e in events(centre, Kind.QUERY)]


def test_of_a_workbook_taken_whole_every_query_is_kept(centre: Centre) -> None:
    got(centre, book(centre, {**GRADES, **QUERIES}))
    assert sorted(queries(centre)) == [
        ("CB019", "", ""), ("CB108", "0042", ""), ("CB108", "0051", ""), ("CB202", "0042", "3"), ("CB202", "0051", "4"),
    ]  # fmt: skip
    assert events(centre, Kind.ANSWERED) == []


def test_of_one_taken_in_part_those_about_the_people_that_were_taken(centre: Centre) -> None:
    """The others come again with the corrected workbook."""
    got(centre, book(centre, {**FAULTY, **QUERIES}), partial=True)
    assert queries(centre) == [("CB108", "0042", "")]


def test_a_query_about_a_unit_of_another_body_is_kept_under_its_key(centre: Centre) -> None:
    """Whether the workbook is taken whole or in part."""
    row = dict(zip("ABCDEF", ("0042", "Film", "NCFE", "P", "JH", "Yes"), strict=True))
    cells = {f"Other units!{column}5": value for column, value in row.items()}
    got(centre, book(centre, {**FAULTY, **cells}), partial=True)
    assert queries(centre) == [("CB211", "0042", "other:NCFE:Film")]


def test_an_answer_on_notes_is_kept_with_its_query(centre: Centre) -> None:
    answer = {"Notes!A5": "Assessed by", "Notes!B5": "G5", "Notes!E5": "to follow"}
    got(centre, book(centre, {**GRADES, "Assessed by!G5": "SA", **answer}))
    asked, told = events(centre, Kind.QUERY)[0], events(centre, Kind.ANSWERED)[0]
    assert facts(told)["query"] == asked.revision
    assert (asked.sheet, asked.cell, asked.workbook) == ("Assessed by", "G5", "a.xlsx")


def test_a_dry_run_takes_nothing(centre: Centre) -> None:
    path = book(centre, GRADES)
    assert counts(got(centre, path, dry_run=True)) == (2, 0, 0)
    assert not kept(centre, path)
    assert counts(got(centre, path)) == (2, 0, 0)


def test_overrule_is_handed_on(centre: Centre) -> None:
    got(centre, book(centre, GRADES))
    centre.done("claim", "set", KEY, "0042", "1", "D", "SA")
    late = book(centre, {"Grades!E5": "M", "Assessed by!E5": "JH"}, "late.xlsx")
    assert got(centre, late).taken.changes == ()
    assert [change.new for _, change in got(centre, late, overrule=True).taken.changes] == [("M", "JH")]


def test_a_workbook_that_was_received_is_no_rival_to_another(centre: Centre) -> None:
    """check of the whole inbox: for what was taken the claim speaks."""
    first = book(centre, {"Grades!E5": "P", "Assessed by!E5": "JH"}, "first.xlsx")
    second = book(centre, {"Grades!E5": "M", "Assessed by!E5": "JH"}, "second.xlsx")
    assert centre.run("check", first, second)[1].count("CB302") == 2
    got(centre, first)
    assert "CB302" not in centre.run("check", first, second)[1]
