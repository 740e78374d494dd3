"""What the office gives back where a command says it: what was written, and what could not be, with the reason."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from pathlib import Path

import pytest

from claimbatch.errors import ClaimbatchError
from claimbatch.intake.receiving import How
from claimbatch.intake.results import Advance
from claimbatch.office.checking import check
from claimbatch.office.doctor import diagnose
from claimbatch.office.documents import Asked, Sources, document, report, report_several
from claimbatch.office.error_lists import write_error_lists
from claimbatch.office.exporting import export
from claimbatch.office.importing import import_register
from claimbatch.office.inbox import Given, workbooks
from claimbatch.office.letters import letter, send, server_for, write_draft
from claimbatch.office.marking import mark_all
from claimbatch.office.merging import line_changes, merge
from claimbatch.office.refreshing import refresh
from claimbatch.office.templates import Wanted, templates
from claimbatch.office.term import status, write_status
from claimbatch.problems import Problem
from claimbatch.workspace import Workspace
from tests.centre import IT, MEDIA, Centre, fill, put
from tests.moderated import KEY, moderated


@pytest.fixture
def inbox(centre: Centre) -> Path:
    """A folder with a clean workbook, one with an error, one that is no workbook, and a note."""
    folder = centre.workspace.folder / "inbox"
    fill(centre.issue(IT, into=folder)).rename(folder / "it.xlsx")
    put(centre.issue(MEDIA, into=folder), {"Grades!E5": "X"}).rename(folder / "media.xlsx")
    (folder / "torn.xlsx").write_bytes(b"PK\x03\x04 torn")
    (folder / "note.txt").write_text("Sorry, late.")
    return folder


def names(paths: object) -> list[str]:
    return [Path(str(path)).name for path in paths]  # type: ignore[attr-defined]


def test_one_path_or_several_as_text_or_not(inbox: Path) -> None:
    assert workbooks(inbox) == workbooks([inbox]) == workbooks(str(inbox))
    assert names(workbooks(inbox).passed_over) == ["note.txt"]


def test_checking_changes_nothing_and_merging_takes_what_is_clean(centre: Centre, inbox: Path) -> None:
    """Checked again, the workbook that was taken is known; by whom it was taken stands in the history."""
    looked = check(centre.workspace, inbox)
    assert [(Path(file.workbook).name, file.outcome) for file in looked.checked.files] == [
        ("it.xlsx", "clean"), ("media.xlsx", "errors"), ("torn.xlsx", "rejected"),
    ]  # fmt: skip
    assert looked.again == ()
    assert status(centre.workspace).courses[0].grades == 0
    foreseen = merge(centre.workspace, looked.given, How("Pat Lee", dry_run=True))
    received = merge(centre.workspace, looked.given, How("Pat Lee"))
    taken = received.taken
    assert line_changes(foreseen) == line_changes(received)
    first = line_changes(received)[0]
    assert (first.claim, first.kind, first.old) == (f"68199-{IT}-1", "added", "not claimed")
    assert re.fullmatch(r"[PMD] by (JH|SA)", first.new)
    assert list(taken.counts) == [f"68199-{IT}-1"]
    assert names(check(centre.workspace, inbox).again) == ["it.xlsx"]
    assert names(merge(centre.workspace, inbox).again) == ["it.xlsx"]
    with centre.workspace.store() as store:
        assert {event.who for event in store.history(f"68199-{IT}-1")} == {"Pat Lee"}


def test_a_workbook_may_be_called_otherwise_than_its_file(centre: Centre, inbox: Path) -> None:
    """As where a copy is checked, and whoever reads of it knows the original."""
    given = Given(((inbox / "media.xlsx", "Jones/media.xlsx"),))
    assert {problem.place.workbook for problem in check(centre.workspace, given).problems} == {
        "Jones/media.xlsx"
    }


def test_marked_copies_are_told_and_so_is_that_there_can_be_none(
    centre: Centre, inbox: Path, tmp_path: Path
) -> None:
    looked = check(centre.workspace, inbox)
    marked = mark_all(tmp_path / "marked", looked.files, looked.checked)
    assert [(Path(m.workbook).name, m.path and m.path.name, m.errors, m.queries) for m in marked] == [
        ("media.xlsx", "media_marked.xlsx", 1, 0),
        ("torn.xlsx", None, 0, 0),
    ]


def test_a_list_for_each_workbook_with_problems(centre: Centre, inbox: Path, tmp_path: Path) -> None:
    """Or one for all; and none where there are none."""
    looked = check(centre.workspace, inbox)
    args = centre.workspace, tmp_path, looked.files, looked.checked
    written = write_error_lists(*args, ["html"])
    assert (names(written.paths), written.documents) == (["media_problems.html", "torn_problems.html"], 2)
    bundle = write_error_lists(*args, bundle=True)
    assert (names(bundle.paths), bundle.documents) == (["problems_bundle.pdf"], 2)
    clean = check(centre.workspace, inbox / "it.xlsx")
    assert write_error_lists(centre.workspace, tmp_path, clean.files, clean.checked).paths == ()


def test_who_watches_is_told_how_far_it_is(centre: Centre, inbox: Path, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []

    @contextmanager
    def watch(what: str, total: int) -> Iterator[Advance]:
        done = [0]
        yield lambda more, _faulty: done.__setitem__(0, done[0] + more)
        told.append((what, done[0], total))

    looked = check(centre.workspace, inbox, watch=watch)
    write_error_lists(centre.workspace, tmp_path, looked.files, looked.checked, ["html"], watch=watch)
    merge(centre.workspace, looked.given, watch=watch)
    assert told == [
        ("Checking", 3, 3), ("Drawing documents", 2, 2), ("Checking", 3, 3), ("Taking", 3, 3),
    ]  # fmt: skip


def test_a_claim_without_such_a_document_is_passed_over(tmp_path: Path) -> None:
    """With the reason; a claim that there is not is refused, and so is a single one without."""
    centre = moderated(tmp_path / "centre", sampled=False)
    several = report_several(centre.workspace, asked=Asked("sample"), styles=["html"])
    assert (several.paths, {key: str(why) for key, why in several.passed_over.items()}) == (
        (), {KEY: f"No sample of claim {KEY} is recorded."},
    )  # fmt: skip
    with pytest.raises(ClaimbatchError, match="No sample"):
        report(centre.workspace, KEY, Asked("sample"))
    with pytest.raises(ClaimbatchError):
        report_several(centre.workspace, ["68199-05990-9"])


def test_only_what_a_document_needs_is_read(tmp_path: Path) -> None:
    """A slip in the centre's own points of awards stops no document without awards."""
    centre = moderated(tmp_path / "centre")
    (centre.workspace.folder / "schemas" / "award.toml").write_text("nonsense", "utf-8")
    assert document(Sources(centre.workspace), KEY, Asked(award=False)).title == "Claim report"
    with pytest.raises(ClaimbatchError, match=r"award\.toml"):
        document(Sources(centre.workspace), KEY, Asked())


def test_an_export_says_whether_it_is_new(tmp_path: Path) -> None:
    """The ending says the kind of file; another file under its name is kept, unless it is meant."""
    workspace = moderated(tmp_path / "centre").workspace
    first, again = export(workspace, KEY), export(workspace, KEY)
    assert (first.path.name, first.rows, first.new, again.new) == (f"{KEY}.csv", 7, True, False)
    path = tmp_path / "claim.json"
    path.write_text("mine", "utf-8")
    with pytest.raises(ClaimbatchError, match="says something else"):
        export(workspace, KEY, path)
    assert path.read_text("utf-8") == "mine"
    assert export(workspace, KEY, path, force=True).new
    assert path.read_text("utf-8").startswith("[")


def test_a_message_may_be_written_and_then_sent(tmp_path: Path) -> None:
    """Writing the draft leaves the message as it is; without a server nothing is sent, and that is said first."""
    workspace = moderated(tmp_path / "centre").workspace
    due = letter(workspace, KEY, to="exams@example.ac.uk")
    assert (due.event, due.whom, due.address) == ("sampled", "centre", "exams@example.ac.uk")
    draft = write_draft(workspace, due, tmp_path)
    assert message_from_bytes(draft.read_bytes())["X-Unsent"] == "1"
    assert (due.message["X-Unsent"], due.message["Date"]) == (None, None)
    assert draft.read_bytes() == write_draft(workspace, due, tmp_path).read_bytes()
    for refused in (server_for, send):
        with pytest.raises(ClaimbatchError, match="names no server and no sender"):
            refused(workspace, due)
    assert not (workspace.folder / "runs" / "letters").exists()


def test_the_state_of_the_term_has_names_beside_numbers(centre: Centre, tmp_path: Path) -> None:
    now = status(centre.workspace, entry_code=IT)
    assert [(course.entry_code, now.titles[course.entry_code]) for course in now.courses] == [
        (IT, centre.catalogue.get(IT).short_title)
    ]
    assert now.centres == {"68199": "Example College"}
    assert names(write_status(centre.workspace, now, tmp_path, ["html"])) == ["68199_status.html"]
    with pytest.raises(ClaimbatchError, match="holds no centre 12345"):
        status(centre.workspace, "12345")


def test_one_workbook_is_looked_into_or_said_why_not(centre: Centre, inbox: Path) -> None:
    torn = diagnose(centre.workspace, inbox / "torn.xlsx")
    assert isinstance(torn, Problem)
    remarks = diagnose(centre.workspace, inbox / "it.xlsx")
    assert isinstance(remarks, list)
    assert remarks


def test_what_was_filled_in_goes_into_a_current_template(centre: Centre, inbox: Path, tmp_path: Path) -> None:
    """Never over what stands there already."""
    old = (inbox / "it.xlsx").read_bytes()
    centre.wait(IT, "by-candidate", 0)
    path, new = refresh(centre.workspace, inbox / "it.xlsx", tmp_path)
    assert (path.parent, new.left, (inbox / "it.xlsx").read_bytes()) == (tmp_path, (), old)
    assert (
        check(centre.workspace, path).checked.files[0].lines
        == check(centre.workspace, inbox / "it.xlsx").checked.files[0].lines
    )


def test_a_register_file_is_taken_in_at_one_go(centre: Centre, tmp_path: Path) -> None:
    """What gives somebody another name is refused, unless whoever calls agrees; what has errors stores nothing."""
    file = tmp_path / "entries.csv"
    heading = "entry_code,candidate_number,candidate_name,date_of_birth"
    file.write_text(f'{heading}\n{IT},0060,"New, Ann",2008-01-01\n', "utf-8")
    new = import_register(centre.workspace, "entries", file)
    assert ([row.name for row in new.rows], new.number) == (["New, Ann"], 1)
    file.write_text(f'{heading}\n{IT},0060,"Other, Bo",2008-01-01\n', "utf-8")
    with pytest.raises(ClaimbatchError, match="another name"):
        import_register(centre.workspace, "entries", file)
    other = import_register(centre.workspace, "entries", file, agree=lambda _: None)
    assert [(row.what, row.old, row.new) for row in other.rows] == [("name", "New, Ann", "Other, Bo")]
    file.write_text(f'{heading}\n{IT},0061,"Bad, Day",2008-02-31\n', "utf-8")
    wrong = import_register(centre.workspace, "entries", file)
    assert (len(wrong.file.problems), wrong.rows, wrong.number) == (1, (), None)


def test_templates_are_made_at_one_go(centre: Centre, tmp_path: Path) -> None:
    """Never over one that was filled in; what is not certain is told."""
    made = templates(centre.workspace, Wanted(IT), tmp_path)
    assert ([one.left for one in made.made], len(made.notes)) == ([None], 1)
    (path,) = (one.path for one in made.made)
    fill(path)
    centre.wait(IT, "by-candidate", 0)
    (beside,) = templates(centre.workspace, Wanted(IT), tmp_path).made
    assert (beside.left, beside.path != path, beside.path.is_file()) == (path, True, True)


@pytest.mark.parametrize(
    ("ask", "refused"),
    [
        (lambda w: export(w, KEY, style="pdf"), '"pdf" is no kind of export. It is one of: csv, xlsx, json.'),
        (lambda w: report(w, KEY, Asked("grades")), '"grades" is no kind of document.'),
        (
            lambda w: report(w, KEY, Asked(sort="age")),
            '"age" is no order of candidates. It is one of: number, name.',
        ),
        (lambda w: report(w, KEY, Asked(per="day")), '"day" is no purpose of a signing list.'),
        (lambda w: report(w, KEY, styles=["docx"]), '"docx" is no kind of file. It is one of: pdf, html.'),
        (lambda w: import_register(w, "people", w.folder), '"people" is no kind of register file.'),
        (lambda w: import_register(w, "entries", Path("none.csv")), "There is no file none.csv."),
        (lambda w: templates(w, Wanted(form="by-day")), '"by-day" is no form of a template.'),
        (lambda w: refresh(w, Path("none.xlsx")), "There is no file none.xlsx."),
        (lambda w: diagnose(w, Path("none.xlsx")), "There is no file none.xlsx."),
        (lambda w: check(w, "none"), "There is no file or folder none."),
        (lambda w: letter(w, KEY, "completed"), f"Claim {KEY} is not completed yet."),
    ],
)
def test_what_there_is_not_is_refused(
    tmp_path: Path, ask: Callable[[Workspace], object], refused: str
) -> None:
    """In a sentence, and before anything is written: no command offers it, but a program may ask."""
    workspace = moderated(tmp_path / "centre").workspace
    before = sorted(workspace.folder.rglob("*"))
    with pytest.raises(ClaimbatchError) as error:
        ask(workspace)
    assert f"{error.value.message} {error.value.hint}".startswith(refused)
    assert sorted(workspace.folder.rglob("*")) == before
