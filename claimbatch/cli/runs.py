"""``claimbatch runs``: which nightly runs there were, and how one of them went."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from claimbatch.cli.other_words import OrOthers
from claimbatch.cli.session import count, echo_json, format_option, say, show_table, workspace_option
from claimbatch.clock import duration, local
from claimbatch.errors import Exit
from claimbatch.files import shown

if TYPE_CHECKING:
    from claimbatch.night.past import Past, Shown
    from claimbatch.workspace import Workspace

FATES = {
    "merged": "taken", "merged-in-part": "taken in part", "already-received": "received before",
    "rejected": "to put right", "quarantined": "kept apart", "left": "left",
}  # fmt: skip
COLUMNS = {
    "run": "Run", "began": "Began", "took": "Took", "state": "State", "files": "Files",
    **{fate: word.capitalize() for fate, word in FATES.items()},
    "errors": "Errors", "claims": "Claims changed", "undone": "Not done",
}  # fmt: skip
FIGURES = tuple(COLUMNS)[4:]
FILES = {
    "name": "File", "fate": "Outcome", "lines": "Lines", "held": "Held back", "errors": "Errors",
    "queries": "Queries", "why": "Why", "moved_to": "Where it is now",
}  # fmt: skip
LINES = {
    "added": "added",
    "changed": "changed",
    "removed": "removed",
    "unchanged": "as before",
    "held": "held back",
}


class OrShow(OrOthers):
    """``runs show`` beside ``runs``."""

    @staticmethod
    def others() -> dict[str, click.Command]:
        """The command that takes over."""
        return {"show": show}


@click.command(cls=OrShow)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="The newest N runs.",
    metavar="N",
)
@format_option("table", "json", "csv")
@workspace_option
def runs(workspace: "Workspace", limit: int, style: str) -> None:
    """List the nightly runs, newest first: what came, what became of it, and whether the run came to its end.

    One of them: claimbatch runs show ID, or show last.
    """
    from itertools import islice  # noqa: PLC0415

    from claimbatch.night.past import past_runs  # noqa: PLC0415

    past = list(islice(past_runs(workspace), limit))
    rows = [_row(run) for run in past]
    if style == "table":
        rows = [_as_read(row) for row in rows]
    show_table(rows, COLUMNS if style != "json" else {}, style)
    if not rows:
        say("There was no nightly run yet. Start one with: claimbatch nightly")


@click.command()
@click.argument("name", metavar="ID|last")
@click.option(
    "--all", "every", is_flag=True, help="List every file, not only those that somebody has to look at."
)
@format_option("table", "json", "csv")
@workspace_option
def show(workspace: "Workspace", name: str, every: bool, style: str) -> int:
    """Show one run: what became of each file, and whether every file and every line is accounted for.

    ID is the run's, or how it begins. As JSON it is the run's manifest, as CSV its files. The exit code is 1 where the
    account does not add up.
    """
    from claimbatch.night.past import find_run, show_run  # noqa: PLC0415

    told = show_run(find_run(workspace, name))
    files = told.manifest["files"] if told.manifest else []
    if style == "json":
        echo_json(_as_json(told))
    elif style == "csv":
        show_table(files, FILES, style)
    else:
        _print(told, files if every else [file for file in files if file["fate"] not in _SETTLED])
    for doubt in told.doubts:
        say(f"This does not add up. {doubt}")
    return int(Exit.ERRORS_FOUND if told.doubts else Exit.DONE)


_SETTLED = ("merged", "already-received")


def _row(past: "Past") -> dict[str, Any]:
    """A run for programs."""
    head = past.head or {}
    totals = head.get("totals", {})
    fates = totals.get("fates", {})
    return {
        "run": past.id,
        "began": past.began,
        "took": head.get("seconds", ""),
        "state": past.state.value,
        "files": totals.get("files", ""),
        **{fate: fates.get(fate, "") for fate in FATES},
        "errors": totals.get("errors", ""),
        "claims": totals.get("claims", ""),
        "undone": len(head["undone"]) if head else "",
        "finished_by": past.finished_by,
        "summary": _summary(past),
    }


def _as_read(row: Mapping[str, Any]) -> dict[str, Any]:
    """A run as people read it: in local time, and without all the noughts."""
    took = duration(row["took"]) if row["took"] != "" else ""
    state = f"{row['state']}, ended by the next" if row["finished_by"] else row["state"]
    return {
        **row,
        **{name: row[name] or "" for name in FIGURES},
        "files": row["files"],
        "began": local(row["began"]),
        "took": took,
        "state": state,
    }


def _summary(past: "Past") -> str:
    from claimbatch.night.file_names import SUMMARY  # noqa: PLC0415

    path = past.folder / SUMMARY
    return shown(path) if path.exists() else ""


def _as_json(told: "Shown") -> dict[str, Any]:
    past = told.past
    return {
        "run": past.id,
        "state": past.state.value,
        "finished_by": past.finished_by,
        "summary": _summary(past),
        "doubts": list(told.doubts),
        "manifest": told.manifest,
    }


def _print(told: "Shown", files: Sequence[Mapping[str, Any]]) -> None:
    past, manifest = told.past, told.manifest
    ended = f", ended by {past.finished_by}" if past.finished_by else ""
    click.echo(f"Run {past.id}: {past.state.value}{ended}.")
    if manifest is None:
        click.echo(f"It began {local(past.began)}. There is no account of it{_until(past)}.")
        return
    for line in _in_short(manifest):
        click.echo(line)
    if files:
        click.echo()
        show_table([{**file, "fate": FATES.get(file["fate"], file["fate"])} for file in files], FILES)
        click.echo()
    for one in manifest["undone"]:
        click.echo(" ".join(filter(None, (f"Not done: {one['what']}.", one["why"], one["hint"]))))
    if not told.doubts:
        click.echo("Every file and every line is accounted for.")
    if page := _summary(past):
        click.echo(f"For people: {page}")


def _until(past: "Past") -> str:
    if past.state.value == "running":
        return " yet"
    return (
        ": the next run ends what it had begun"
        if past.state.value == "killed" and not past.finished_by
        else ""
    )


def _in_short(manifest: Mapping[str, Any]) -> Iterator[str]:
    totals = manifest["totals"]
    yield f"Began {local(manifest['started'])}, took {duration(manifest['seconds'])}."
    yield f"{count(totals['files'], 'file').capitalize()}{_parts(totals['fates'], FATES)}."
    yield f"{count(totals['lines'], 'line').capitalize()}{_parts(totals, LINES)}."
    yield (
        f"{count(totals['errors'], 'error').capitalize()}, {count(totals['queries'], 'query', 'queries')}; "
        f"{count(totals['claims'], 'claim')} changed."
    )


def _parts(counts: Mapping[str, int], words: Mapping[str, str]) -> str:
    said = [f"{counts[key]} {word}" for key, word in words.items() if counts[key]]
    return f": {', '.join(said)}" if said else ""
