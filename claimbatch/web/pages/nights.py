"""*Last night*: what the nightly run found in the inbox, what it took, and what somebody has to put right."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import PurePosixPath
from typing import Any

from starlette.responses import Response

from claimbatch.clock import duration
from claimbatch.errors import ClaimbatchError
from claimbatch.files.anywhere import read
from claimbatch.night.file_names import CHANGES, SUMMARY
from claimbatch.night.past import LAST, Past, State, find_run, past_runs, show_run
from claimbatch.night.places import Places
from claimbatch.web.listing import Column, Listing
from claimbatch.web.page import XLSX, Page, Visit
from claimbatch.web.roles import Right

page = Page("nights", "Last night", "/nights/last", Right.NIGHT)

STATES: Mapping[State, tuple[str, str]] = {
    State.FINISHED: ("Finished", "good"),
    State.RUNNING: ("At work", ""),
    State.KILLED: ("Broken off", "bad"),
    State.STOPPED: ("Could not begin", "bad"),
}
# What became of a file, how good or bad that is, and whether somebody has to look at it. First what is urgent.
FATES: Mapping[str, tuple[str, str, bool]] = {
    "rejected": ("To put right", "ask", True),
    "quarantined": ("Kept apart", "bad", True),
    "left": ("Left in the inbox", "ask", True),
    "merged-in-part": ("Taken in part", "ask", True),
    "merged": ("Taken", "good", False),
    "already-received": ("Received before", "", False),
}
KINDS = {
    ".xlsx": XLSX,
    ".pdf": "application/pdf",
}
NIGHTS = (
    Column("began", "Began"),
    Column("state", "How it went"),
    Column("files", "Files", number=True),
    Column("taken", "Taken", number=True),
    Column("wrong", "To put right", number=True),
    Column("claims", "Claims written", number=True),
)
FILES = (
    Column("name", "Workbook"),
    Column("fate", "What became of it"),
    Column("lines", "Grades", number=True),
    Column("errors", "Errors", number=True),
    Column("queries", "Queries", number=True),
    Column("", "To download"),
)


@page.get("/nights")
def nights(visit: Visit) -> Response:
    """All nightly runs."""
    rows = [_night(past) for past in past_runs(visit.workspace)]
    return visit.show("nights.html.j2", listing=Listing.of(visit, NIGHTS, rows, sort="-began"))


@page.get("/nights/{name}")
def night(visit: Visit) -> Response:
    """One of them, or the last."""
    if visit["name"] == LAST and not any(past_runs(visit.workspace)):
        return visit.show("nights.html.j2", listing=Listing.of(visit, NIGHTS, []))
    told = show_run(find_run(visit.workspace, visit["name"]))
    manifest = told.manifest or {}
    files = [_file(number, file) for number, file in enumerate(manifest.get("files", ()))]
    files.sort(key=lambda row: (list(FATES).index(row["kind"]), row["name"].casefold()))
    return visit.show(
        "night.html.j2",
        run=_night(told.past),
        doubts=told.doubts,
        manifest=manifest,
        facts=list(_facts(manifest)) if manifest else [],
        listing=Listing.of(visit, FILES, files),
        has=lambda name: (told.past.folder / name).exists(),
        names=(SUMMARY, CHANGES),
    )


@page.get("/nights/{name}/files/{number:int}/{which}")
def answer(visit: Visit) -> Response:
    """The marked copy of a workbook, or its list of errors."""
    told = show_run(find_run(visit.workspace, visit["name"]))
    files = told.manifest["files"] if told.manifest else []
    number = int(visit["number"])
    file = files[number] if number < len(files) else {}
    for answered in _answers(file):
        path = PurePosixPath(answered)
        if path.name == visit["which"]:
            with suppress(OSError):
                content = read(Places.of(visit.workspace).found(answered))
                return visit.download(path.name, content, KINDS.get(path.suffix, "application/octet-stream"))
    raise ClaimbatchError(
        "That file is no longer where the night had put it.",
        "It was moved since, or a corrected workbook has come: look at the newest night.",
    )


@page.get("/nights/{name}/{which}")
def told(visit: Visit) -> Response:
    """What the night wrote about itself."""
    past = find_run(visit.workspace, visit["name"])
    path = past.folder / visit["which"]
    if visit["which"] not in (SUMMARY, CHANGES) or not path.is_file():
        raise ClaimbatchError("That is not kept of this night.", "Of older nights the account alone is kept.")
    return visit.download(
        f"{past.id}_{path.name}", path.read_bytes(), "text/html" if path.suffix == ".html" else "text/csv"
    )


def _night(past: Past) -> dict[str, Any]:
    head = past.head or {}
    totals = head.get("totals", {})
    fates = totals.get("fates", {})
    words, kind = STATES[past.state]
    undone = len(head.get("undone", ()))
    return {
        "id": past.id,
        "began": past.began,
        "state": f"{words}, ended by the next" if past.finished_by else words,
        "kind": "ask" if undone or past.finished_by else kind,
        "took": duration(head["seconds"]) if "seconds" in head else "",
        "files": totals.get("files", 0),
        "taken": fates.get("merged", 0) + fates.get("merged-in-part", 0),
        "wrong": fates.get("rejected", 0) + fates.get("quarantined", 0) + fates.get("merged-in-part", 0),
        "claims": totals.get("claims", 0),
        "undone": undone,
    }


def _facts(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """What is read at a glance: heading, number, a word after it, and how good or bad it is."""
    totals = manifest["totals"]
    fates = totals["fates"]
    yield "Workbooks", f"{totals['files']:,}", "in the inbox", ""
    taken = fates["merged"] + fates["merged-in-part"]
    yield "Taken", f"{taken:,}", "", "good" if taken else ""
    yield (
        "To put right",
        f"{fates['rejected'] + fates['merged-in-part']:,}",
        "",
        "ask" if fates["rejected"] else "",
    )
    yield "Kept apart", f"{fates['quarantined']:,}", "", "bad" if fates["quarantined"] else ""
    changed = totals["added"] + totals["changed"] + totals["removed"]
    yield "Grades", f"{changed:,}", "changed", ""


def _file(number: int, file: Mapping[str, Any]) -> dict[str, Any]:
    words, stands, _ = FATES[file["fate"]]
    return {
        **{key: file[key] for key in ("name", "why", "moved_to", "lines", "errors", "queries")},
        "number": number,
        "kind": file["fate"],
        "fate": words,
        "stands": stands,
        "answers": [PurePosixPath(path).name for path in _answers(file)],
    }


def _answers(file: Mapping[str, Any]) -> list[str]:
    """Where what was written about a file lies, as the account has it: the marked copy first."""
    return [path for path in (file.get("marked", ""), *file.get("error_sheets", ())) if path]
