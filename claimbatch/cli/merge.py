"""``claimbatch merge``: take clean workbooks into the open claims."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from claimbatch.cli.inbox import workbooks
from claimbatch.cli.problems import show_problems, tally
from claimbatch.cli.session import count, format_option, say, show_table, who_option, workspace_option
from claimbatch.errors import Exit

if TYPE_CHECKING:
    from claimbatch.claims.taking import Taken
    from claimbatch.intake.check import Checked
    from claimbatch.intake.receiving import Received
    from claimbatch.workspace import Workspace

COLUMNS = {
    "claim": "Claim",
    "candidate": "Candidate",
    "unit": "Unit",
    "old": "Was",
    "new": "Is",
    "workbook": "Workbook",
    "cell": "Cell",
}
KINDS = ("added", "changed", "removed")


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE|DIR...")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--partial", is_flag=True, help="Take the clean lines of workbooks that have errors too.")
@click.option(
    "--overrule",
    is_flag=True,
    help="Take what these workbooks say even where the claim has changed since their templates were issued (CB303).",
)
@click.option("--all", "every", is_flag=True, help="Show every problem, as check does.")
@format_option("table", "json", "csv")
@who_option
@workspace_option
def merge(
    workspace: "Workspace",
    paths: tuple[Path, ...],
    dry_run: bool,
    partial: bool,
    overrule: bool,
    every: bool,
    style: str,
    who: str,
) -> int:
    """Check returned workbooks and take the clean ones into the open claim of their qualification.

    A workbook with an error changes nothing, unless --partial. Blank says nothing, Not claiming removes. Where somebody
    has corrected a workbook that was merged before, --overrule takes the corrections; look at --dry-run first.
    """
    from claimbatch.intake.receiving import How, receive  # noqa: PLC0415

    files = workbooks(paths)
    with workspace.store() as store:
        received = receive(
            store, workspace.catalogue(), workspace.key(), files, How(who, partial, overrule, dry_run)
        )
    for name in received.again:
        say(f"{name}: already received, nothing changed.")
    for name, first in received.twins:
        say(f"{name}: the same file as {first}.")
    _show(received, style, every=every, dry_run=dry_run)
    return int(Exit.ERRORS_FOUND if any(p.is_error for p in received.checked.problems) else Exit.DONE)


def _show(received: "Received", style: str, *, every: bool, dry_run: bool) -> None:
    checked, taken = received.checked, received.taken
    rows = [_row(key, change) for key, change in taken.changes]
    if style == "json":
        click.echo(json.dumps(_as_json(received, rows), indent=2, ensure_ascii=False))
        return
    if style == "csv" or dry_run:
        show_table(rows, COLUMNS, style)
    else:
        _show_claims(rows, taken)
    if checked.problems:
        _show_problems(checked, every=every, err=style == "csv")
    parts = ", ".join(f"{taken.count(kind)} {kind}" for kind in KINDS)
    say(
        f"{'Would be: ' if dry_run else ''}{parts}, {taken.unchanged} unchanged, {received.held} held back, "
        f"from {count(len(checked.files), 'workbook')}."
    )


def _as_json(received: "Received", rows: list[dict[str, str]]) -> dict[str, object]:
    taken = received.taken
    return {
        **{kind: taken.count(kind) for kind in KINDS},
        "unchanged": taken.unchanged,
        "held": received.held,
        "changes": rows,
        "problems": [problem.row() for problem in received.checked.problems],
    }


def _show_claims(rows: list[dict[str, str]], taken: "Taken") -> None:
    """A summary for each claim; what was changed or removed is named, what was added is counted."""
    for key in sorted({claim for claim, _ in taken.changes}):
        mine = [
            (row, change) for row, (claim, change) in zip(rows, taken.changes, strict=True) if claim == key
        ]
        parts = ", ".join(f"{sum(change.kind == kind for _, change in mine)} {kind}" for kind in KINDS)
        click.echo(f"Claim {key}: {parts}")
        for row, change in mine:
            if change.kind != "added":
                click.echo(
                    f"  {change.kind} {row['candidate']} Unit {row['unit']}: {row['old']} → {row['new']}  "
                    f"({row['workbook']} {row['cell']})"
                )


def _show_problems(checked: "Checked", *, every: bool, err: bool) -> None:
    """How many problems each workbook has; what they are is for ``check`` to say, or for ``--all``.

    Beside a table for programs they go where everything else goes that is not data (*err*).
    """
    click.echo(err=err)
    if every:
        show_problems(checked.problems, err=err)
        return
    for result in checked.files:
        mine = [problem for problem in checked.problems if problem.place.workbook == result.workbook]
        if mine:
            click.echo(f"{result.workbook}: {tally(mine)}", err=err)
    say("What they are: claimbatch check, or --all here.\n")


def _row(key: str, change: Any) -> dict[str, str]:
    from claimbatch.claims.claim import unit_title  # noqa: PLC0415
    from claimbatch.claims.merge import in_words  # noqa: PLC0415

    said = change.statement
    return {
        "claim": key,
        "candidate": said.candidate,
        "unit": unit_title(said.unit),
        "old": in_words(change.old),
        "new": in_words(change.new),
        "workbook": said.workbook,
        "cell": f"{said.sheet}!{said.cell}",
    }
