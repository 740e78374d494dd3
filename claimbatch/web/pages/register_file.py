"""*Register*, changed by a file that the school system wrote: dropped, read, columns put right, looked at, stored."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from claimbatch.claims.register.headings import ENTRIES, IGNORE
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.office.by_name import by_name, counted
from claimbatch.office.register import Extent, FileRead, Manner, blank_register, store_file
from claimbatch.web.page import XLSX, Fault, Page, Visit
from claimbatch.web.register_file import KINDS, SHOWN, RegisterFile, parts_of
from claimbatch.web.roles import Right
from claimbatch.web.staging import Staging

page = Page("register", "", "/register/file", right=Right.REGISTER)
FIELDS = {
    "": "– choose what it holds –",
    IGNORE: "Pass over",
    "ocr_candidate_number": "OCR candidate number",
    "uci": "UCI",
    "uln": "ULN",
}
EXTENTS = {
    Extent.WHOLE: ("The whole file", "What the file does not hold stays as it is."),
    Extent.CLEAN_ROWS: ("Its clean rows alone", "Rows with errors are left out."),
    Extent.REPLACES: (
        "The whole file, in place of what is there",
        "Entries of its entry codes that it does not hold are removed.",
    ),
}
# What hints call options of the commands, and where it stands on the page.
_OPTIONS: Mapping[str, str] = {
    r'say which: --map "[^"]*"': "choose that for its column",
    r"--encoding ([\w-]+)": r"“\1” under Read it otherwise",
    r"say --hidden": "tick Take hidden rows and sheets as well, under Read it otherwise",
}
ENCODINGS = (
    ("", "Told by its letters"),
    ("utf-8", "UTF-8"),
    ("utf-16", "UTF-16"),
    ("windows-1252", "Windows, Western Europe"),
    ("windows-1250", "Windows, Central Europe"),
    ("mac-roman", "Mac"),
    ("dos-850", "DOS"),
)


@page.get()
def drop(visit: Visit) -> Response:
    """Where the file is dropped."""
    return _drop(visit)


@page.post()
def dropped(visit: Visit) -> Response:
    """Keep it, and say how it is read."""
    upload, kind = visit.form.upload("register"), visit.form["kind"]
    if kind not in KINDS or upload is None:
        faults = [Fault("register", "Choose the file")] if upload is None else []
        return _drop(visit, [*faults, *([Fault("kind", "Say what it holds")] if kind not in KINDS else [])])
    file = RegisterFile.keep(visit, kind, upload)
    return visit.go(f"/register/file/{file.key}")


@page.get("/register/file/blank")
def blank(visit: Visit) -> Response:
    """A blank register to fill in."""
    with Staging() as staging:
        path = blank_register(visit.workspace, staging.folder)[0]
        return visit.download(path.name, path.read_bytes(), XLSX)


@page.get("/register/file/{file}")
def read_as(visit: Visit) -> Response:
    """Which column was read as what, and what is wrong."""
    return _read_as(visit, RegisterFile.of(visit))


@page.post("/register/file/{file}")
def chosen(visit: Visit) -> Response:
    """Read it otherwise: with the columns that were chosen."""
    file, form = RegisterFile.of(visit), visit.form
    before = file.manner
    manner = Manner(
        sheets=tuple(filter(None, map(str.strip, form["sheets"].split(",")))),
        hidden="hidden" in form,
        encoding=form["encoding"],
        entry_code=form["entry_code"],
    )
    try:
        with visit.workspace.store() as store:
            read = file.read(visit.workspace, store)
            pairs = zip(form.all("heading"), form.all("field"), strict=False)
            file.choose(read, pairs, manner)
            again = file.read(visit.workspace, store)
    except ClaimbatchError as error:
        file.manner = before
        return _read_as(visit, file, [Fault("sheets", f"{error.message} {error.hint}")])
    extent = next((one for one in Extent if one.value == form["extent"]), Extent.WHOLE)
    file.extent = extent if file.kind == ENTRIES or extent is not Extent.REPLACES else Extent.WHOLE
    if "look" not in form:
        return visit.go(f"/register/file/{file.key}")
    if again.has_errors and file.extent is not Extent.CLEAN_ROWS:
        words = "The file has errors. Put them right, or take its clean rows alone"
        return _read_as(visit, file, [Fault("extent" if again.read_as else "sheets", words)])
    return visit.go(f"/register/file/{file.key}/changes")


@page.get("/register/file/{file}/changes")
def changes(visit: Visit) -> Response:
    """What storing it would change, by name."""
    return _changes(visit, RegisterFile.of(visit))


@page.post("/register/file/{file}/store")
def stored(visit: Visit) -> Response:
    """Store what was shown."""
    file = RegisterFile.of(visit)
    with visit.workspace.store() as store:
        planned = file.plan(visit.workspace, store)
        if planned.asks and "agree" not in visit.form:
            words = "Tick that you have looked at who gets another name or date of birth, or goes"
            return _changes(visit, file, [Fault("agree", words)])
        try:
            number = store_file(visit.workspace, store, planned, visit.who, seen=visit.form["seal"] or "-")
        except ClaimbatchError as error:
            if error.exit_code is not Exit.LOCKED:
                raise
            words = "The register has changed since this was shown; nothing was stored. Look at it again"
            return _changes(visit, file, [Fault("", words)])
    file.leave(visit)
    sentence = counted(file.kind, planned.plan.counts)
    return visit.go(f"/register/imports/{file.kind}/{number}", f"Stored: {sentence}.")


@page.post("/register/file/{file}/leave")
def left(visit: Visit) -> Response:
    """Remove the file from the page."""
    RegisterFile.of(visit).leave(visit)
    return visit.go("/register", "Nothing was stored, and the file was removed from this page.")


def label(name: str) -> str:
    """A field as people call it."""
    return FIELDS.get(name) or name.replace("_", " ").capitalize()


def told(hint: str) -> str:
    """A hint as the page gives it, where choices take the place of options.

    >>> told('If a column has it under another heading, say which: --map "HEADING=uln".')
    'If a column has it under another heading, choose that for its column.'
    """
    for option, words in _OPTIONS.items():
        hint = re.sub(option, words, hint)
    return hint


def _drop(visit: Visit, faults: Sequence[Fault] = ()) -> Response:
    kind = visit.form["kind"] or visit.query.get("kind", ENTRIES)
    with visit.workspace.store() as store:
        centres = store.centres()
    return visit.show("register_drop.html.j2", faults=faults, kind=kind, centres=centres)


def _read_as(visit: Visit, file: RegisterFile, faults: Sequence[Fault] = ()) -> Response:
    with visit.workspace.store() as store:
        read = file.read(visit.workspace, store)
    named = dict(read.said) | dict(read.remembered)
    return visit.show(
        "register_read.html.j2",
        faults=faults,
        file=file,
        read=read,
        columns=[_column(heading, name, heading in named, read) for heading, name in read.read_as],
        problems=[
            (
                one,
                label(one.place.field) if one.place.field in read.fields else one.place.field,
                told(one.hint),
            )
            for one in read.problems[:SHOWN]
        ],
        more=max(0, len(read.problems) - SHOWN),
        errors=sum(problem.is_error for problem in read.problems),
        extents=[(one.value, *words) for one, words in EXTENTS.items() if read.read_as and _goes(one, read)],
        encodings=ENCODINGS,
    )


def _goes(extent: Extent, read: FileRead) -> bool:
    if extent is Extent.CLEAN_ROWS:
        return read.has_errors
    return extent is Extent.WHOLE or (read.kind.name == ENTRIES and not read.has_errors)


def _column(heading: str, name: str, named: bool, read: FileRead) -> dict[str, Any]:
    options = [(one, label(one)) for one in read.fields]
    return {
        "heading": heading,
        "field": name,
        "named": named,
        "options": options if name else [("", FIELDS[""]), *options],
    }


def _changes(visit: Visit, file: RegisterFile, faults: Sequence[Fault] = ()) -> Response:
    with visit.workspace.store() as store:
        planned = file.plan(visit.workspace, store)
    affected = by_name(planned.rows)
    return visit.show(
        "register_changes.html.j2",
        faults=faults,
        file=file,
        planned=planned,
        affected=parts_of(affected),
        counts={kind: sum(one.change == kind for one in affected) for kind in ("new", "changed", "gone")},
        unchanged=planned.plan.counts.unchanged,
        doubts=[(one, told(one.hint)) for one in planned.file.problems if not one.is_error],
        left_out=sum(problem.is_error for problem in planned.file.problems),
    )
