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
    from claimbatch.claims.store import Store
    from claimbatch.claims.taking import Asked, Receipt, Taken
    from claimbatch.intake.check import Checked, FileResult
    from claimbatch.problems import Problem
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
Files = list[tuple[Path, str]]


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE|DIR...")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--partial", is_flag=True, help="Take the clean lines of workbooks that have errors too.")
@click.option("--all", "every", is_flag=True, help="Show every problem, as check does.")
@format_option("table", "json", "csv")
@who_option
@workspace_option
def merge(
    workspace: "Workspace",
    paths: tuple[Path, ...],
    dry_run: bool,
    partial: bool,
    every: bool,
    style: str,
    who: str,
) -> int:
    """Check returned workbooks and take the clean ones into the open claim of their qualification.

    A workbook with an error changes nothing, unless --partial. Blank says nothing, Not claiming removes.
    """
    from claimbatch.claims.taking import take  # noqa: PLC0415
    from claimbatch.intake.check import check  # noqa: PLC0415
    from claimbatch.intake.known import load  # noqa: PLC0415

    key, catalogue = workspace.key(), workspace.catalogue()
    with workspace.store() as store:
        files, again = _unseen(store, workbooks(paths))
        for name in again:
            say(f"{name}: already received, nothing changed.")
        checked = check(files, lambda ids: load(store, key, catalogue, ids))
        whole = {result.workbook for result in checked.files if result.outcome in ("clean", "queries")}
        part = {r.workbook for r in checked.files if partial and r.outcome == "errors" and r.lines > r.held}
        taken = take(
            store,
            [s for s in checked.statements if s.workbook in whole | part],
            _people(checked, whole | part),
            _receipts(checked, whole, part),
            who=who,
            dry_run=dry_run,
        )
    held = sum(_held(result, whole, part) for result in checked.files)
    _show(checked, taken, held, style, every=every, dry_run=dry_run)
    return int(Exit.ERRORS_FOUND if any(p.is_error for p in checked.problems) else Exit.DONE)


def _unseen(store: "Store", files: Files) -> tuple[Files, list[str]]:
    """The workbooks whose bytes were not taken before, and the names of those that were or that come twice."""
    from claimbatch.intake.guard import fingerprint  # noqa: PLC0415

    hashes = {name: fingerprint(path) for path, name in files}
    seen = store.received(sha256 for sha256 in hashes.values() if sha256)
    new, again = [], []
    for path, name in files:
        if hashes[name] and hashes[name] in seen:
            again.append(name)
        else:
            new.append((path, name))
            seen = {*seen, hashes[name]}
    return new, again


def _people(checked: "Checked", workbooks: set[str]) -> Any:
    from claimbatch.claims.register import Assessor  # noqa: PLC0415

    return [
        Assessor(person.centre, person.initials, person.name, frozenset({person.entry_code}))
        for workbook, person in checked.people
        if workbook in workbooks
    ]


def _receipts(checked: "Checked", whole: set[str], part: set[str]) -> "list[Receipt]":
    """The workbooks that are taken, each with its queries and their answers."""
    from claimbatch.claims.taking import Receipt  # noqa: PLC0415

    queries: dict[str, list[Asked]] = {}
    open_ones = [(problem, "") for problem in checked.problems if not problem.is_error]
    for problem, explanation in [*open_ones, *checked.answers]:
        queries.setdefault(problem.place.workbook, []).append(_asked(problem, explanation))
    return [
        Receipt(
            result.sha256,
            result.workbook,
            result.centre_number,
            result.entry_code,
            result.template_id,
            result.workbook in whole,
            tuple(queries.get(result.workbook, ())),
        )
        for result in checked.files
        if result.workbook in whole | part
    ]


def _asked(problem: "Problem", explanation: str) -> "Asked":
    from claimbatch.claims.taking import Asked  # noqa: PLC0415

    place = problem.place
    return Asked(problem.rule.code, problem.candidate, problem.unit, place.sheet, place.cell, explanation)


def _show(checked: "Checked", taken: "Taken", held: int, style: str, *, every: bool, dry_run: bool) -> None:
    rows = [_row(key, change) for key, change in taken.changes]
    if style == "json":
        counts = {kind: taken.count(kind) for kind in KINDS}
        body = {**counts, "unchanged": taken.unchanged, "held": held, "changes": rows}
        problems = [problem.row() for problem in checked.problems]
        click.echo(json.dumps({**body, "problems": problems}, indent=2, ensure_ascii=False))
        return
    if style == "csv" or dry_run:
        show_table(rows, COLUMNS, style)
    else:
        _show_claims(rows, taken)
    if style == "table" and checked.problems:
        click.echo()
        _show_problems(checked, every=every)
    parts = ", ".join(f"{taken.count(kind)} {kind}" for kind in KINDS)
    say(
        f"{'Would be: ' if dry_run else ''}{parts}, {taken.unchanged} unchanged, {held} held back, "
        f"from {count(len(checked.files), 'workbook')}."
    )


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


def _show_problems(checked: "Checked", *, every: bool) -> None:
    """How many problems each workbook has; what they are is for ``check`` to say, or for ``--all``."""
    if every:
        show_problems(checked.problems)
        return
    for result in checked.files:
        mine = [problem for problem in checked.problems if problem.place.workbook == result.workbook]
        if mine:
            click.echo(f"{result.workbook}: {tally(mine)}")
    say("What they are: claimbatch check, or --all here.\n")


def _held(result: "FileResult", whole: set[str], part: set[str]) -> int:
    """How many of a workbook's lines were not taken."""
    if result.workbook in whole:
        return 0
    return result.held if result.workbook in part else result.lines


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
