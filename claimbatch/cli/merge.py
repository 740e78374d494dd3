"""``claimbatch merge``: take clean workbooks into the open claims."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from claimbatch.cli.given import workbooks_in
from claimbatch.cli.overruled import overruled_row, show_overruled
from claimbatch.cli.problems import show_problems, tally
from claimbatch.cli.progress import watch
from claimbatch.cli.returned import title
from claimbatch.cli.session import (
    count,
    echo_json,
    format_option,
    say,
    show_table,
    who_option,
    workers_option,
    workspace_option,
)
from claimbatch.errors import Exit
from claimbatch.spool import Stream

if TYPE_CHECKING:
    from claimbatch.claims.merge import Change
    from claimbatch.claims.taking import Taken
    from claimbatch.intake.receiving import Received
    from claimbatch.intake.results import Checked
    from claimbatch.intake.said import Overruled
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
    help="Take what was changed in these workbooks even where the claim has changed since their templates were issued "
    "(CB303): not what stands as issued, or as in an earlier copy of the workbook. First lists whose words that are.",
)
@click.option(
    "--only",
    metavar="CELL",
    multiple=True,
    help='With --overrule and one workbook: take nothing but this cell, such as "Grades!E5"; may be repeated.',
)
@click.option("--yes", is_flag=True, help="With --overrule: do not ask.")
@click.option("--all", "every", is_flag=True, help="Show every problem, as check does.")
@format_option("table", "json", "csv")
@workers_option
@who_option
@workspace_option
def merge(
    workspace: "Workspace",
    paths: tuple[Path, ...],
    dry_run: bool,
    partial: bool,
    overrule: bool,
    only: tuple[str, ...],
    yes: bool,
    every: bool,
    style: str,
    workers: int | None,
    who: str,
) -> int:
    """Check returned workbooks and take the clean ones into the open claim of their qualification.

    A workbook with an error changes nothing, unless --partial. Blank says nothing, Not claiming removes. A workbook
    may be filled in further and sent again: what was corrected in it is taken, unless somebody else has changed that
    since. Then --overrule takes it all the same; look at --dry-run first.
    """
    from claimbatch.intake.receiving import How  # noqa: PLC0415
    from claimbatch.office.merging import merge as merge_all  # noqa: PLC0415

    given = workbooks_in(paths)
    how = How(who, partial, overrule, _cells(only, overrule=overrule, workbooks=len(given.files)), dry_run)

    def agree(overruled: "Sequence[Overruled]") -> None:
        show_overruled(overruled, dry_run=dry_run)
        if any(one.taken for one in overruled) and sys.stdin.isatty() and not (yes or dry_run):
            click.confirm("Take them?", abort=True, err=True)

    received = merge_all(workspace, given, how, agree=agree, workers=workers, watch=watch, tell=say)
    for name in received.again:
        say(f"{name}: already received, nothing changed.")
    for name, first in received.twins:
        say(f"{name}: the same file as {first}.")
    _show(received, style, every=every, dry_run=dry_run)
    return int(Exit.ERRORS_FOUND if any(p.is_error for p in received.checked.problems) else Exit.DONE)


def _cells(only: Iterable[str], *, overrule: bool, workbooks: int) -> frozenset[tuple[str, str]]:
    """The cells given with ``--only``."""
    from claimbatch.intake.said import spot_named  # noqa: PLC0415

    cells = set()
    for text in only:
        spot = spot_named(text)
        if not spot:
            raise click.BadParameter(f"{text} names no cell; say it like Grades!E5", param_hint="--only")
        cells.add(spot)
    if cells and not overrule:
        raise click.UsageError("--only goes with --overrule.")
    if cells and workbooks != 1:
        raise click.UsageError("--only names cells of one workbook; give that one alone.")
    return frozenset(cells)


def _show(received: "Received", style: str, *, every: bool, dry_run: bool) -> None:
    checked, taken = received.checked, received.taken
    rows = Stream(lambda: (_row(key, change, style) for key, change in taken.changes))
    if style == "json":
        echo_json(_as_json(received, rows))
        return
    if style == "csv" or dry_run:
        show_table(rows, COLUMNS, style)
    else:
        _show_claims(taken)
    if checked.problems:
        _show_problems(checked, every=every, err=style == "csv")
    for problem in checked.problems if not every else ():
        if problem.rule.code == "CB217":  # not kept with the claim, so it is told here in full
            say(f"{problem.place.workbook}: {problem.message}\n  {problem.hint}\n")
    parts = ", ".join(f"{taken.count(kind)} {kind}" for kind in KINDS)
    say(
        f"{'Would be: ' if dry_run else ''}{parts}, {taken.unchanged} unchanged, {received.held} held back, "
        f"from {count(len(checked.files), 'workbook')}."
    )


def _as_json(received: "Received", rows: Sequence[dict[str, str]]) -> dict[str, object]:
    taken, checked = received.taken, received.checked
    return {
        **{kind: taken.count(kind) for kind in KINDS},
        "unchanged": taken.unchanged,
        "held": received.held,
        "changes": rows,
        "overruled": Stream(lambda: map(overruled_row, checked.overruled)),
        "problems": Stream(lambda: (problem.row() for problem in checked.problems)),
    }


def _show_claims(taken: "Taken") -> None:
    """A summary for each claim; what was changed or removed is named, what was added is counted."""
    from claimbatch.claims.claim import unit_label  # noqa: PLC0415

    named: dict[str, list[Change]] = {}
    if taken.count("changed") or taken.count("removed"):
        for key, change in taken.changes:
            if change.kind != "added":
                named.setdefault(key, []).append(change)
    for key, counts in taken.counts.items():
        click.echo(f"Claim {key}: {', '.join(f'{counts.get(kind, 0)} {kind}' for kind in KINDS)}")
        for change in named.get(key, ()):
            row = _row(key, change, "table")
            click.echo(
                f"  {change.kind} {row['candidate']} {unit_label(change.statement.unit)}: "
                f"{row['old']} → {row['new']}  "
                f"({row['workbook']} {row['cell']})"
            )


def _show_problems(checked: "Checked", *, every: bool, err: bool) -> None:
    """How many problems each workbook has; what they are is for ``check`` to say, or for ``--all``.

    Beside a table for programs they go where everything else goes that is not data (*err*).
    """
    click.echo(err=err)
    titles = {result.workbook: title(result) for result in checked.files}
    if every:
        show_problems(checked.problems, err=err, titles=titles)
        return
    for workbook, found in groupby(checked.problems, key=lambda problem: problem.place.workbook):
        click.echo(f"{titles[workbook]}: {tally(found)}", err=err)
    say("What they are: claimbatch check, or --all here.\n")


def _row(key: str, change: "Change", style: str) -> dict[str, str]:
    from claimbatch.claims.claim import unit_word  # noqa: PLC0415
    from claimbatch.office.merging import line_change  # noqa: PLC0415

    row = asdict(line_change(key, change))
    del row["kind"]
    return row | {"unit": unit_word(change.statement.unit)} if style == "table" else row
