"""*Check workbooks*: drop them, see what is wrong at which cell, and get marked copies to send back."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from starlette.responses import Response, StreamingResponse

from claimbatch.errors import ClaimbatchError
from claimbatch.intake.results import FileResult, Outcome
from claimbatch.output.pdf import to_pdf
from claimbatch.output.view.document import as_data
from claimbatch.web.batches import DROPS, Batch, batch_of
from claimbatch.web.forms import Upload
from claimbatch.web.listing import Column, Listing
from claimbatch.web.page import XLSX, Fault, Page, Visit, disposition
from claimbatch.web.register_file import RegisterFile
from claimbatch.web.roles import Right
from claimbatch.web.staging import zipped
from claimbatch.web.work import HowFar, unless_over

page = Page("check", "Check workbooks", "/check", right=Right.CHECK)
COLUMNS = (
    Column("workbook", "Workbook"),
    Column("outcome", "Result"),
    Column("errors", "Errors", number=True),
    Column("queries", "Queries", number=True),
    Column("lines", "Grades", number=True),
    Column("held", "Held back", number=True),
    Column("code", "Qualification"),
)
OUTCOMES: Mapping[Outcome, tuple[str, str]] = {
    Outcome.CLEAN: ("Clean", "good"),
    Outcome.QUERIES: ("Queries", "ask"),
    Outcome.ERRORS: ("Errors", "bad"),
    Outcome.REJECTED: ("Turned away", "bad"),
}


@page.get()
def drop(visit: Visit) -> Response:
    """Where workbooks are dropped."""
    return _drop(visit)


@page.post()
def dropped(visit: Visit) -> Response:
    """Take what was dropped, and begin to check it."""
    batch = Batch.of(visit.workspace, visit.form.uploads("workbooks"))
    if not batch.given.files:
        fault = Fault("workbooks", "Choose one workbook or several")
        if batch.given.passed_over:
            fault = Fault("workbooks", "None of these files is a workbook: choose .xlsx files")
        return _drop(visit, [fault])
    DROPS.keep(visit.session, batch).start()
    return visit.go(f"/check/{batch.key}")


@page.get("/check/{batch}")
def results(visit: Visit) -> Response:
    """What was found in each, as it comes."""
    batch = batch_of(visit)
    so_far = [_row(number, one) for number, one in enumerate(list(batch.results))]
    far = HowFar(len(so_far), len(batch.given.files), "workbook", "checked")
    if waiting := unless_over(visit, batch.work, far, ("Check workbooks", "/check"), so_far):
        return waiting
    looked = batch.checked
    found = Counter((p.place.workbook, p.is_error) for p in looked.problems)
    rows = [{**_row(number, one), **_found(one, found)} for number, one in enumerate(looked.checked.files)]
    outcomes = Counter(one.outcome for one in looked.checked.files)
    return visit.show(
        "check_results.html.j2",
        batch=batch,
        listing=Listing.of(
            visit, COLUMNS, sorted(rows, key=lambda row: -row["errors"] - row["queries"]), size=500
        ),
        facts=list(_facts(looked.checked.files, outcomes, found)),
        again=set(looked.again),
        registers=[
            (number, one.workbook)
            for number, one in enumerate(looked.checked.files)
            if one.workbook in batch.registers
        ],
        faulty=len({name for name, _ in found}),
        could_be_marked=len({name for name, _ in found} - _rejected(looked.checked.files)),
        mergeable=sum(outcomes[one] for one in (Outcome.CLEAN, Outcome.QUERIES, Outcome.ERRORS)),
    )


@page.get("/check/{batch}/{number:int}")
def workbook(visit: Visit) -> Response:
    """What was found in one workbook, with the cells around it."""
    batch, result = _workbook(visit)
    document = batch.lists().document(result.workbook)
    return visit.show(
        "check_workbook.html.j2",
        batch=batch,
        number=int(visit["number"]),
        result=result,
        outcome=OUTCOMES[result.outcome],
        view=as_data(document),
        markable=result.outcome is not Outcome.REJECTED and result.outcome is not Outcome.CLEAN,
    )


@page.get("/check/{batch}/{number:int}/marked")
def marked_copy(visit: Visit) -> Response:
    """The marked copy of one workbook."""
    batch, result = _workbook(visit)
    if path := batch.marked().get(result.workbook):
        return visit.download(path.name, path.read_bytes(), XLSX)
    raise ClaimbatchError(f"There is no marked copy of {result.workbook}.", "Nothing in it can be marked.")


@page.get("/check/{batch}/{number:int}/list")
def printed_list(visit: Visit) -> Response:
    """The list of problems of one workbook, to print or send."""
    batch, result = _workbook(visit)
    stem = result.workbook.rpartition(".")[0].removesuffix("_marked")
    content = to_pdf(batch.lists().document(result.workbook))
    return visit.download(f"{stem}_problems.pdf", content, "application/pdf")


@page.get("/check/{batch}/marked")
def marked_copies(visit: Visit) -> Response:
    """The marked copies of all, as one zip."""
    headers = {"content-disposition": disposition("marked.zip")}
    copies = batch_of(visit).marked()
    return StreamingResponse(zipped(copies.values()), media_type="application/zip", headers=headers)


@page.get("/check/{batch}/lists")
def printed_lists(visit: Visit) -> Response:
    """The lists of problems of all, as one PDF."""
    lists = batch_of(visit).lists()
    content = to_pdf(*(lists.document(name) for name in lists.workbooks))
    return visit.download("problems.pdf", content, "application/pdf")


@page.post("/check/{batch}/clear")
def cleared(visit: Visit) -> Response:
    """Remove what was dropped."""
    DROPS.leave(visit.session, visit["batch"])
    return visit.go("/check", "The workbooks were removed from this page.")


@page.post("/check/{batch}/{number:int}/register", right=Right.REGISTER)
def handed_over(visit: Visit) -> Response:
    """A register that was dropped here by mistake is read as one."""
    batch, result = _workbook(visit)
    kind = batch.registers.get(result.workbook)
    if kind is None:
        raise ClaimbatchError(f"{result.workbook} is no register.", "Drop it where it belongs.")
    with batch.path(result.workbook).open("rb") as content:
        file = RegisterFile.keep(visit, kind, Upload(result.workbook, 0, content))
    return visit.go(f"/register/file/{file.key}")


def _drop(visit: Visit, faults: Sequence[Fault] = ()) -> Response:
    return visit.show("check.html.j2", faults=faults, batches=DROPS.all(visit.session))


def _workbook(visit: Visit) -> tuple[Batch, FileResult]:
    batch, number = batch_of(visit), int(visit["number"])
    files = batch.checked.checked.files
    if number >= len(files):
        raise ClaimbatchError("There is no such workbook.", "Go back to the list.")
    return batch, files[number]


def _row(number: int, one: FileResult) -> dict[str, Any]:
    words, kind = OUTCOMES[one.outcome]
    return {
        "number": number,
        "workbook": one.workbook,
        "outcome": words,
        "kind": kind,
        "code": one.entry_code,
        "to": one.issued_to,
        "lines": one.lines,
        "held": one.held,
        "new": one.new,
    }


def _found(one: FileResult, found: Mapping[tuple[str, bool], int]) -> dict[str, int]:
    return {"errors": found[one.workbook, True], "queries": found[one.workbook, False]}


def _rejected(files: tuple[FileResult, ...]) -> set[str]:
    return {one.workbook for one in files if one.outcome is Outcome.REJECTED}


def _facts(
    files: tuple[FileResult, ...], outcomes: Mapping[Outcome, int], found: Mapping[tuple[str, bool], int]
) -> Iterator[tuple[str, str, str, str]]:
    ready = outcomes[Outcome.CLEAN] + outcomes[Outcome.QUERIES]
    yield "Ready to merge", f"{ready:,}", f"of {len(files):,}", "good" if ready == len(files) else ""
    errors = sum(many for (_, is_error), many in found.items() if is_error)
    yield "Errors", f"{errors:,}", "", "bad" if errors else ""
    queries = sum(many for (_, is_error), many in found.items() if not is_error)
    yield "Queries", f"{queries:,}", "", "ask" if queries else ""
    yield "Grades filled in", f"{sum(one.lines for one in files):,}", "", ""
