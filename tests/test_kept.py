"""What a server keeps between requests is never old: after every kind of change it says what a fresh look says."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path

import pytest

from claimbatch.claims.store.counting import Counting, Progress
from claimbatch.cli.main import cli
from claimbatch.cli.session import run
from claimbatch.form.layout import BY_UNIT
from claimbatch.office.faulty import FILE
from claimbatch.office.term import status
from claimbatch.web.kept import KeptWorkspace
from claimbatch.web.of_claim import kept_claim
from claimbatch.web.pages.claims import listed
from claimbatch.web.pages.register import held_in
from claimbatch.web.pages.today import now_in
from claimbatch.workspace import Workspace
from tests.centre import CENTRE, IT, Centre, put
from tests.small import CODE, offer
from tests.test_status import DAY, SENT_ON

KEY, OTHER = f"{CENTRE}-{IT}-1", f"{CENTRE}-{CODE}-1"
GRADES = {"Claim!E5": "P", "Claim!F5": "JH", "Claim!E6": "M", "Claim!F6": "JH"}
HEAD = "entry_code,candidate_number,candidate_name,date_of_birth,units\n"
Change = tuple[str, Callable[[], object]]


def test_after_every_kind_of_change_the_next_answer_knows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On every page, whoever made the change."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(SENT_ON))
    centre = Centre.make(tmp_path / "centre", (IT, CODE))
    offer(centre)
    folder = centre.workspace.folder
    kept = KeptWorkspace(folder)
    last = told(kept)
    for what, change in chain(to_submission(centre, tmp_path), to_the_end(centre, tmp_path, monkeypatch)):
        change()
        fresh = told(KeptWorkspace(folder))
        assert fresh["today"] == status(Workspace(folder))
        assert fresh != last, f"nothing changed: {what}"
        assert told(kept) == fresh, what
        last = fresh


def told(workspace: KeptWorkspace) -> dict[str, object]:
    """All that is kept, as a page would have it."""
    centres, claims = listed(workspace)
    seen = [kept_claim(workspace, one.claim) for one in claims]
    return {
        "today": now_in(workspace),
        "claims": (centres, claims),
        "register": held_in(workspace),
        **{one.key: (one.claim, one.standing, one.history, one.entries) for one in seen},
    }


def test_only_what_has_changed_is_counted_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One claim of many, after a change of it; none after a change that is not about claims; all on another day."""
    centre = Centre.make(tmp_path / "centre", (IT, CODE))
    offer(centre)
    kept = KeptWorkspace(centre.workspace.folder)
    asked: list[list[str]] = []
    progress = Counting.progress

    def noted(self: Counting, keys: Iterable[str]) -> dict[str, Progress]:
        asked.append(sorted(keys))
        return progress(self, asked[-1])

    monkeypatch.setattr(Counting, "progress", noted)
    changes = (
        ("merge", put(centre.issue(IT, BY_UNIT, 3), GRADES)),
        ("merge", put(centre.issue(CODE, BY_UNIT, 1), GRADES)),
        ("centre", "add", "68198", "Other College"),
        ("claim", "set", KEY, "0042", "3", "M", "JH"),
    )
    for change in changes:
        centre.done(*change)
        now_in(kept)
    assert asked == [[KEY], [OTHER], [], [KEY]]


def to_submission(centre: Centre, folder: Path) -> Iterator[Change]:
    """What happens until a claim is submitted; each by a command, as another program does it."""
    done = doing(centre)
    out = centre.issue(IT, BY_UNIT, 3, addressee="Jo Hughes")
    yield "a template goes out", lambda: centre.issue(IT, BY_UNIT, 4)
    book = put(out, {**GRADES, "Notes!H9": "a remark"}, "back.xlsx")
    yield "the nightly run finds a faulty copy", lambda: found_faulty(centre)
    yield "a workbook is merged", done("merge", book)
    yield "a query is answered", done("claim", "answer", KEY, "1", "--because", "It says nothing.")
    yield "a grade is set", done("claim", "set", KEY, "0044", "4", "D", "SA")
    yield "another claim is begun", done("merge", put(centre.issue(CODE, BY_UNIT, 1), GRADES, "other.xlsx"))
    yield "a claim is set back", done("claim", "restore", KEY, "--revision", "1")
    yield "the workbook is merged again", done("merge", book)
    yield "an entry comes", imports(centre, folder, f'{IT},0060,"New, Nia",2008-01-01,')
    yield "unit entries come", imports(centre, folder, f'{IT},0042,"Ahmed, Sana",2008-01-02,4')
    yield "an import is taken back", done("entries", "restore", "--yes")
    yield "entries go", imports(centre, folder, f'{IT},0042,"Ahmed, Sana",2008-01-02,', how="--replace")
    yield "they come back", done("entries", "restore", "--yes")
    yield "a name is corrected", imports(centre, folder, f'{IT},0042,"Ahmed, Sanaa",2008-01-02,')
    yield "an assessor has another name", done("assessors", "rename", "JH", "Jo Hughes-Smith")
    yield "an assessor goes", done("assessors", "remove", IT, "JH")
    yield "and comes", done("assessors", "add", IT, "Jo Hughes-Smith", "JH")
    yield "a qualification is corrected", lambda: offer(centre, examined={1})
    yield "a declaration is recorded", done("claim", "declare", KEY, "--candidate", "0042")
    yield "a grade is corrected", done("claim", "set", KEY, "0042", "3", "M", "SA")
    yield "and back", done("claim", "set", KEY, "0042", "3", "P", "JH")
    yield "it is taken back", done("claim", "declare", KEY, "--candidate", "0042", "--undo")
    yield "all are recorded", done("claim", "declare", KEY, "--all")
    yield (
        "another process changes a grade",
        lambda: elsewhere(centre, "claim", "set", KEY, "0051", "5", "P", "SA"),
    )


def to_the_end(centre: Centre, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Change]:
    """What happens to a claim from its submission on, and the time that goes by."""
    done = doing(centre)
    centre.done("claim", "declare", KEY, "--all")
    saved = folder / "backups"
    centre.done("backup", saved)
    yield "what will be lost", done("claim", "set", KEY, "0044", "6", "P", "SA")
    yield "a backup is brought back, and somebody goes on", lambda: bring_back(centre, saved)
    yield "submitted", done("claim", "submit", KEY, "--centre-declaration", "--submitted-by", "Pat", "--yes")
    sample = folder / "sample.csv"
    sample.write_text("candidate_number,unit\n0042,3\n", "utf-8")
    yield "the sample is recorded", done("sample", "record", KEY, sample)
    more = put(centre.issue(IT, BY_UNIT, 5), GRADES, "more.xlsx")
    yield "another claim of the same is begun", done("merge", more)
    yield "the claim has another number", done("claim", "number", KEY, "12345")
    group = ("--unit", "3", "--assessor", "JH", "--grade", "M")
    yield "a group is withdrawn", done("claim", "withdraw", KEY, *group, "--reason", "redone", "--yes")
    yield "completed", done("moderation", "complete", KEY, "--reference", "R1")
    yield "reopened", done("moderation", "complete", KEY, "--undo")
    yield "withdrawn", done("claim", "withdraw", KEY, "--reason", "redone", "--yes")
    centre.done("template", IT, "--due", "2026-10-05")
    yield "the next day", lambda: monkeypatch.setenv("SOURCE_DATE_EPOCH", str(SENT_ON + DAY))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(SENT_ON + 5000 * DAY))
    yield "names are removed", done("purge", "--yes")


def doing(centre: Centre) -> Callable[..., Callable[[], object]]:
    return lambda *words: lambda: centre.done(*words)


def elsewhere(centre: Centre, *words: str) -> None:
    folder = str(centre.workspace.folder)
    subprocess.run([sys.executable, "-m", "claimbatch", *words, "--workspace", folder], check=True)


def bring_back(centre: Centre, backups: Path) -> None:
    """Nobody asks for a page until the claim is at the same revision again, with other grades."""
    assert run(cli, ["restore", str(backups), "--workspace", str(centre.workspace.folder), "--yes"]) == 0
    centre.done("claim", "set", KEY, "0042", "6", "P", "SA")


def imports(centre: Centre, folder: Path, *rows: str, how: str = "--partial") -> Callable[[], object]:
    def imported() -> None:
        file = folder / "register.csv"
        file.write_text(HEAD + "".join(f"{row}\n" for row in rows), "utf-8")
        centre.done("entries", "import", file, "--yes", how)

    return imported


def found_faulty(centre: Centre) -> None:
    """What the nightly run remembers of a workbook of which nothing was taken: the store is not written."""
    with centre.workspace.store() as store:
        (issued, _), *_ = store.sent()
    runs = centre.workspace.folder / "runs"
    runs.mkdir(exist_ok=True)
    (runs / FILE).write_text(json.dumps({"rejected": {"x": {"template_id": issued.template_id}}}), "ascii")
