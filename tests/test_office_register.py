"""Taking a register file in as a page does: read it, choose columns again, see what changes, store that or nothing."""

from pathlib import Path

import pytest

from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.office.assessors import add_assessor, remove_assessor, rename_assessor
from claimbatch.office.centres import add_centre, the_centre
from claimbatch.office.changes import ChangeRow
from claimbatch.office.imports import changed_by, plan_undo, take_back
from claimbatch.office.register import Extent, Manner, blank_register, read_file, store_file, what_changes
from tests.centre import CENTRE, IT, PEOPLE, Centre

HEAD = "entry_code,candidate_number,candidate_name,date_of_birth"
ROWS = [f'{IT},{number},"{name}",{born}' for number, name, born in PEOPLE]


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    return Centre.make(tmp_path / "centre", (IT,))


def file(centre: Centre, *rows: str, head: str = HEAD) -> Path:
    path = centre.workspace.folder / "r.csv"
    path.write_text("\n".join([head, *rows]), "utf-8")
    return path


def names(centre: Centre) -> list[str]:
    with centre.workspace.store() as store:
        return [entry.candidate.name for entry in store.entries()]


def test_each_column_is_told_with_the_field_it_was_read_as_and_chosen_again(centre):
    """Two columns of a name are two fields; what nobody knows is blank; what is chosen is remembered once stored."""
    path = file(
        centre,
        f"{IT},Ahmed,Sana,0042,13B,x,2008-01-02",
        head="Entry code,Surname,Forename,Our ref,Tutor,Gender,DOB",
    )
    workspace = centre.workspace
    with workspace.store() as store:
        read = read_file(workspace, store, "entries", path)
        assert read.read_as == (
            ("Entry code", "entry_code"),
            ("Surname", "surname"),
            ("Forename", "forenames"),
            ("Our ref", ""),
            ("Tutor", ""),
            ("Gender", "ignore"),
            ("DOB", "date_of_birth"),
        )
        assert (read.has_errors, {problem.rule.code for problem in read.problems}) == (True, {"CB502"})
        assert {"candidate_number", "surname", "ignore"} <= set(read.fields)
        with pytest.raises(ClaimbatchError, match="has errors, so nothing of it is stored"):
            what_changes(store, read)

        chosen = read_file(
            workspace, store, "entries", path, Manner(("Our ref=candidate_number", "Tutor=ignore"))
        )
        assert [field for _, field in chosen.read_as[3:5]] == ["candidate_number", "ignore"]
        assert not read_file(workspace, store, "entries", path).remembered
        planned = what_changes(store, chosen)
        store_file(workspace, store, planned, "pat")
        again = read_file(workspace, store, "entries", path)
        assert again.remembered == {"Our ref": "candidate_number", "Tutor": "ignore"}


def test_what_is_shown_in_one_request_is_stored_in_the_next(centre):
    """The plan is made anew from the same file, and the seal says that it is the one that was agreed to."""
    path, workspace = (
        file(centre, ROWS[0].replace("Ahmed", "Ahmad"), f'{IT},0060,"Li, Bo",'),
        centre.workspace,
    )
    with workspace.store() as store:
        shown = what_changes(store, read_file(workspace, store, "entries", path))
    assert shown.rows == [
        ChangeRow(
            "changed", CENTRE, "0042", "Ahmed, Sana", "", "name", "Ahmed, Sana", "Ahmad, Sana", asks=True
        ),
        ChangeRow("new", CENTRE, "0060", "Li, Bo", IT),
    ]
    assert shown.asks
    with workspace.store() as store:
        planned = what_changes(store, read_file(workspace, store, "entries", path))
        assert store_file(workspace, store, planned, "pat", seen=shown.seal) == 1
        assert changed_by(store, "entries", 1) == shown.rows
        assert not what_changes(store, read_file(workspace, store, "entries", path)).plan.changes
    assert names(centre) == ["Ahmad, Sana", "Brown, Tom", "Clark, Zoë", "O'Neill, Fay", "Li, Bo"]


@pytest.mark.parametrize("kept", [True, False])
def test_where_the_register_has_changed_meanwhile_nothing_is_stored(centre, kept):
    """Whether the page has kept the plan, or makes it anew and sends the seal of what was shown."""
    path, workspace = file(centre, ROWS[0].replace("Ahmed", "Ahmad")), centre.workspace
    with workspace.store() as store:
        shown = what_changes(store, read_file(workspace, store, "entries", path))
    centre.done("entries", "import", file(centre, ROWS[0].replace("Ahmed", "Ahmet")), "--yes")
    file(centre, ROWS[0].replace("Ahmed", "Ahmad"))
    with workspace.store() as store:
        planned = shown if kept else what_changes(store, read_file(workspace, store, "entries", path))
        with pytest.raises(ClaimbatchError) as refused:
            store_file(workspace, store, planned, "pat", seen=shown.seal)
    assert (refused.value.exit_code, "nothing was done" in refused.value.message) == (Exit.LOCKED, True)
    assert names(centre)[0] == "Ahmet, Sana"


def test_of_a_file_with_errors_the_clean_rows_may_be_stored(centre):
    path, workspace = file(centre, f'{IT},0060,"Li, Bo",', f'{IT},00x,"No, Number",'), centre.workspace
    with workspace.store() as store:
        planned = what_changes(store, read_file(workspace, store, "entries", path), Extent.CLEAN_ROWS)
    assert [row.name for row in planned.rows] == ["Li, Bo"]


def test_a_file_that_replaces_says_who_goes(centre):
    path, workspace = file(centre, *ROWS[:3]), centre.workspace
    with workspace.store() as store:
        planned = what_changes(store, read_file(workspace, store, "entries", path), Extent.REPLACES)
    assert [(row.change, row.name, row.asks) for row in planned.rows] == [("gone", "O'Neill, Fay", True)]


def test_what_is_no_file_to_read_is_a_problem_and_no_plan(centre, tmp_path):
    path = tmp_path / "r.xlsx"
    path.write_bytes(b"PK\x03\x04 cut off")
    with centre.workspace.store() as store:
        read = read_file(centre.workspace, store, "entries", path)
        assert (read.found, read.read_as, len(read.problems)) == (None, (), 1)
        with pytest.raises(ClaimbatchError, match="nothing of it is stored"):
            what_changes(store, read, Extent.CLEAN_ROWS)


def test_an_undo_is_seen_before_it_is_done_and_leaves_what_was_changed_since(centre):
    workspace = centre.workspace
    changed = [ROWS[0].replace("Ahmed", "Ahmad"), ROWS[1].replace("Brown", "Braun")]
    centre.done("entries", "import", file(centre, *changed), "--yes")
    centre.done("entries", "import", file(centre, ROWS[1].replace("Brown", "Bruhn")), "--yes")
    with workspace.store() as store:
        undoing = plan_undo(store, "entries", 1)
        assert [(row.old, row.new) for row in undoing.rows] == [("Ahmad, Sana", "Ahmed, Sana")]
        assert [(row.number, row.why.value) for row in undoing.kept] == [("0043", "changed since")]
        with pytest.raises(ClaimbatchError, match="Not all of import 1 can be taken back"):
            take_back(store, undoing, "pat")
        with pytest.raises(ClaimbatchError, match="nothing was done"):
            take_back(store, undoing, "pat", in_part=True, seen="another")
        assert take_back(store, undoing, "pat", in_part=True, seen=undoing.seal) == 3
        with pytest.raises(ClaimbatchError, match="nothing to take back"):
            take_back(store, plan_undo(store, "entries", 1), "pat", in_part=True)
    assert names(centre)[:2] == ["Ahmed, Sana", "Bruhn, Tom"]


def test_one_assessor_is_added_renamed_and_removed(centre):
    with centre.workspace.store() as store:
        assert add_assessor(store, centre.catalogue, IT, "Kim Lee", "KL").new == 1
        with pytest.raises(ClaimbatchError, match="JH"):
            add_assessor(store, centre.catalogue, IT, "Jim Hall", "JH")
        assert rename_assessor(store, "kl", "Kim Lea").name == "Kim Lee"
        gone = remove_assessor(store, IT, "KL")
        assert (gone.assessor.name, gone.entry_code, gone.lines) == ("Kim Lea", IT, 0)
        with pytest.raises(ClaimbatchError, match="no assessor KL"):
            rename_assessor(store, "KL", "Kim Lee")


def test_a_centre_is_the_only_one_or_has_to_be_named(centre):
    with centre.workspace.store() as store:
        assert the_centre(store, None) == CENTRE
        with pytest.raises(ClaimbatchError, match="holds no centre 12345"):
            the_centre(store, "12345")
        with pytest.raises(ClaimbatchError, match="name is blank"):
            add_centre(store, "68200", " ")
        add_centre(store, "68200", "Other  College")
        assert store.centres()["68200"] == "Other College"
        with pytest.raises(ClaimbatchError, match="holds 2 centres"):
            the_centre(store, None)


def test_a_blank_register_is_written_over_nothing(centre):
    first, second = blank_register(centre.workspace), blank_register(centre.workspace)
    assert [path.name for path in (*first, *second)] == [
        "register.xlsx", "register.csv", "register_2.xlsx", "register_2.csv",
    ]  # fmt: skip
