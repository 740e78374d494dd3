"""A night for show: what would be taken, and where each file would go; no folder and no claim is changed."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from claimbatch import clock
from claimbatch.intake.receiving import examine, take_in
from claimbatch.intake.results import Outcome, Tell, Watch, untold, unwatched
from claimbatch.night.account import Account, Fate, File
from claimbatch.night.answering import LIST, MARKED, Answers
from claimbatch.night.arrivals import arrivals
from claimbatch.night.carrying import would_be
from claimbatch.night.changes import claim_changed, counted, with_counts
from claimbatch.night.mail import send
from claimbatch.night.places import Places
from claimbatch.night.preparing import Found, Preparing, found_in
from claimbatch.night.remembered import Remembered
from claimbatch.night.runs import Run, all_runs
from claimbatch.night.staging import stage
from claimbatch.night.taking import how
from claimbatch.night.tonight import Tonight
from claimbatch.office.term import courses_now
from claimbatch.workspace import Workspace


def rehearse(
    workspace: Workspace,
    who: str,
    once: Sequence[str | Path] = (),
    watch: Watch = unwatched,
    told: Tell = untold,
) -> Account:
    """The account of the night that would be. A run that was killed would be finished first, which is not shown."""
    places = Places.of(workspace)
    workspace.key()
    with tempfile.TemporaryDirectory(prefix="claimbatch-") as folder, workspace.store() as store:
        tonight = Tonight(workspace, places, store, Run(Path(folder)), who, watch, told=told)
        account = _rehearsed(tonight, once)
        killed = tuple(run.id for run in all_runs(places.runs) if not run.has_ended)
        courses = tuple(courses_now(workspace, store))
        account = replace(account, took_over=killed, ended=clock.stamp(), term=courses)
        return replace(account, mails=tuple(send(workspace, account)))


def _rehearsed(tonight: Tonight, once: Sequence[str | Path]) -> Account:
    workspace, store, began = tonight.workspace, tonight.store, clock.stamp()
    seen = arrivals(workspace, tonight.places, once)
    staging = stage(seen.arrived, tonight.run.staged, tonight.watch, tonight.places.at_once)
    books = {book.arrived.name: book for book in staging.books}
    known, asked = workspace.known(store), replace(how(tonight), dry_run=True)
    files = [(book.path, name) for name, book in books.items()]
    examined = examine(store, files, asked, lambda: known, tonight.reader, watch=tonight.watch)
    found = found_in(examined)
    remembered = Remembered.read(tonight.places.runs)
    answers = Answers({name: _would_be_made(tonight, one) for name, one in found.items()})
    plan = Preparing(tonight.places, store, known, remembered, books, examined, found, answers).plan()
    received = take_in(store, examined, asked, watch=tonight.watch)
    claims, of_books = counted(received.taken.changes)
    left = [File(name, Fate.LEFT, why) for name, why in (*seen.left, *staging.left)]
    carried = would_be(tonight.places, plan)
    return Account(
        tonight.run.id,
        tonight.who,
        began,
        dry_run=True,
        files=tuple(
            sorted(
                [*left, *(with_counts(file, of_books) for file in carried.files)], key=lambda file: file.name
            )
        ),
        claims=tuple(claim_changed(key, count) for key, count in claims.items()),
        changes=tuple(received.taken.changes),
        problems=examined.checked.problems,
        retired=tuple(path for paths in carried.aside.values() for path in paths),
        undone=staging.undone,
    )


def _would_be_made(tonight: Tonight, one: Found) -> dict[str, Path]:
    """The answers to a workbook by their endings; there are no files."""
    if one.fate is Fate.MERGED:
        return {}
    endings = [f"{LIST}.{style}" for style in tonight.workspace.config.night.error_list]
    if one.result.outcome is not Outcome.REJECTED:
        endings.insert(0, f"{MARKED}.xlsx")
    return dict.fromkeys(endings, tonight.run.folder)
