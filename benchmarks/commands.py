"""What is measured as a whole process, from outside: commands as people type them, and what they are held against."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.corpus import Place
from benchmarks.forms import FIRST_CENTRE, PLAIN
from claimbatch.intake.receiving import How, receive

Command = Callable[[Place], list[str]]

CLAIM = f"{FIRST_CENTRE}-{PLAIN['30x10'].codes[0]}-1"  # in the small store
HEAVY = ("pandas", "pandera", "openpyxl")  # libraries that a command which reads no workbook does without
_HASHING = """
import hashlib, pathlib, sys
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    hashlib.sha256(path.read_bytes()).hexdigest()
"""
_LOADED = f"""
import sys
from claimbatch.cli.main import cli
from claimbatch.cli.session import run
code = run(cli, sys.argv[1:])
loaded = [name for name in {HEAVY!r} if name in sys.modules]
print("loaded:" + " ".join(loaded), file=sys.stderr)
sys.exit(code)
"""


def python(*code: str) -> Command:
    """A process of Python that runs *code*, or does nothing."""
    return lambda _: [sys.executable, "-c", *(code or ("pass",))]


def claimbatch(*words: str) -> Command:
    """``claimbatch`` with these *words*; ``{name}`` stands for a path of the corpus (see :func:`_paths`)."""
    return lambda place: [
        sys.executable,
        "-m",
        "claimbatch",
        *(word.format_map(_paths(place)) for word in words),
    ]


def what_is_loaded(*words: str) -> Command:
    """The same, which says at the end which of the :data:`HEAVY` libraries it has loaded."""
    return lambda place: [sys.executable, "-c", _LOADED, *(word.format_map(_paths(place)) for word in words)]


def hashing(place: Place) -> list[str]:
    """A process that hashes all the workbooks."""
    return [sys.executable, "-c", _HASHING, str(place.folder / "inbox")]


def _paths(place: Place) -> Mapping[str, object]:
    inbox = place.folder / "inbox"
    return {"merged": _merged(place), "inbox": inbox, "one": min(inbox.iterdir()), "workspace": place.folder}


def _merged(place: Place) -> Path:
    """A copy of the workspace that has taken all its workbooks; made once."""
    folder = place.folder.with_name(f"{place.folder.name}-merged")
    if not (folder / "merged").exists():
        workspace = place.without_inbox(folder)
        with workspace.store() as store:
            known = workspace.known(store)
            receive(store, place.workbooks, How("benchmark"), lambda: known)
        (folder / "merged").touch()
    return folder


COMMANDS: Mapping[str, Command] = {
    "python": python(),
    "import_click": python("import click"),
    "import_pandas_pandera": python("import pandas, pandera.pandas"),
    "hashing": hashing,
    "merge_again": claimbatch("merge", "{inbox}", "-w", "{merged}"),
    "merge_one_again": claimbatch("merge", "{one}", "-w", "{merged}"),
    "check_one": claimbatch("check", "{one}", "-w", "{workspace}"),
    "help": claimbatch("--help"),
    "claims": claimbatch("claims", "-w", "{merged}"),
    "claim_show": claimbatch("claim", "show", CLAIM, "-w", "{merged}"),
    "rules": claimbatch("rules", "CB104"),
    "loaded_by_help": what_is_loaded("--help"),
    "loaded_by_claims": what_is_loaded("claims", "-w", "{merged}"),
    "loaded_by_claim_show": what_is_loaded("claim", "show", CLAIM, "-w", "{merged}"),
    "loaded_by_rules": what_is_loaded("rules", "CB104"),
}
