"""The commands that carry a claim on: remove, restore, declare, queries, answer, submit and withdraw."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from claimbatch.cli.by_hand import say_done, show_changes, way_back
from claimbatch.cli.problems import problem_list
from claimbatch.cli.session import (
    an_address,
    confirm,
    count,
    format_option,
    not_blank,
    say,
    show_table,
    who_option,
    workspace_option,
    yes_option,
)
from claimbatch.errors import Exit

if TYPE_CHECKING:
    from claimbatch.workspace import Workspace


@click.command("remove")
@click.argument("key", metavar="CLAIM")
@click.option(
    "--candidate", callback=not_blank, help="Everything of this candidate (or, with --unit, one line)."
)
@click.option(
    "--unit",
    callback=not_blank,
    help="This unit for everyone (or, with --candidate, one line): 3, or a title.",
)
@who_option
@workspace_option
def claim_remove(workspace: "Workspace", key: str, candidate: str | None, unit: str | None, who: str) -> None:
    """Set lines back to Not claiming: a unit for all, a candidate for all units, or one line."""
    from claimbatch.office.by_hand import take_off  # noqa: PLC0415
    from claimbatch.office.opened import open_claim  # noqa: PLC0415

    if candidate is None and unit is None:
        raise click.UsageError("Say what to remove: --candidate, --unit, or both.")
    with open_claim(workspace, key) as opened:
        removed = take_off(opened, candidate=candidate or "", unit=unit or "", who=who)
    say(f"{count(removed, 'line').capitalize()} removed. To take it back: {way_back(opened.claim)}")


@click.command("restore")
@click.argument("key", metavar="CLAIM")
@click.option(
    "--revision",
    type=int,
    required=True,
    help="The entry of the claim's history after which the grades are to be as they were.",
)
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@who_option
@workspace_option
def claim_restore(workspace: "Workspace", key: str, revision: int, dry_run: bool, who: str) -> None:
    """Set the grades of CLAIM back to an earlier revision: the undo of merges and of changes by hand.

    Nothing leaves the history; what is undone is stated anew. A workbook whose grades were undone may be merged again.
    claimbatch claim history lists the revisions.
    """
    from claimbatch.office.by_hand import go_back  # noqa: PLC0415
    from claimbatch.office.opened import open_claim  # noqa: PLC0415

    with open_claim(workspace, key) as opened:
        made = go_back(opened, revision, who=who, dry_run=dry_run)
    show_changes(made)
    say_done(f"{count(len(made), 'line').capitalize()} restored.", opened.claim, made, dry_run=dry_run)


@click.command("declare")
@click.argument("key", metavar="CLAIM")
@click.option("--candidate", "candidates", multiple=True, help="A candidate number; may be repeated.")
@click.option("--all", "every", is_flag=True, help="Every candidate on the claim.")
@click.option(
    "--file",
    "file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A CSV file or workbook with candidate numbers, under a heading or in the first column.",
)
@click.option("--undo", is_flag=True, help="Take the record back.")
@who_option
@workspace_option
def claim_declare(
    workspace: "Workspace",
    key: str,
    candidates: tuple[str, ...],
    every: bool,
    file: Path | None,
    undo: bool,
    who: str,
) -> None:
    """Record that signed candidate declarations are held: for some candidates, or for all on the claim.

    A --file is taken as a whole or not at all: a row that is hidden or filtered out, or a column that says No, or is
    blank where others say yes, stops it.
    """
    from claimbatch.office.declaring import candidates_meant, declare  # noqa: PLC0415
    from claimbatch.office.opened import open_claim  # noqa: PLC0415

    with open_claim(workspace, key) as opened:
        wanted = candidates_meant(opened, candidates, everyone=every, file=file)
        if not wanted:
            raise click.UsageError("Say for whom: --candidate, --file or --all.")
        new = declare(opened, wanted, who=who, undo=undo)
    say(f"{count(new, 'declaration').capitalize()} {'taken back' if undo else 'recorded'}.")


@click.command("queries")
@click.argument("key", metavar="CLAIM")
@format_option("table", "json", "csv")
@workspace_option
def claim_queries(workspace: "Workspace", key: str, style: str) -> None:
    """List the queries of the workbooks that a claim was made from, and their answers.

    A query is settled by the workbook that raised it, under whatever name it comes again, as long as that still says
    all that it said before; and one about a unit claimed before, when the moderator withdraws the earlier claim of it.
    """
    from claimbatch.claims.claim import unit_title, unit_word  # noqa: PLC0415
    from claimbatch.office.declaring import queries_of  # noqa: PLC0415
    from claimbatch.office.opened import open_claim  # noqa: PLC0415

    with open_claim(workspace, key) as opened:
        told = queries_of(opened)
    rows = [
        {
            "query": query.number,
            "rule": query.rule,
            "what": what,
            "candidate": query.candidate,
            "unit": unit_word(query.unit) if style == "table" else unit_title(query.unit),
            "workbook": query.workbook,
            "place": f"{query.sheet}!{query.cell}" if query.cell else query.sheet,
            "answer": answer,
        }
        for query, what, answer in told
    ]
    columns = ("query", "rule", "what", "candidate", "unit", "workbook", "place", "answer")
    show_table(rows, {name: name.capitalize() for name in columns}, style)
    if style == "table":
        left = sum(not query.answered for query, *_ in told)
        say(f"{count(len(rows), 'query', 'queries').capitalize()}, {left} without an answer.")


@click.command("answer")
@click.argument("key", metavar="CLAIM")
@click.argument("number", type=int, metavar="QUERY")
@click.option(
    "--because",
    "explanation",
    required=True,
    callback=not_blank,
    help="Why the entry is right, in a sentence.",
)
@who_option
@workspace_option
def claim_answer(workspace: "Workspace", key: str, number: int, explanation: str, who: str) -> None:
    """Answer the query number QUERY of CLAIM; the explanation is kept and printed on the report."""
    from claimbatch.office.declaring import answer  # noqa: PLC0415
    from claimbatch.office.opened import open_claim  # noqa: PLC0415

    with open_claim(workspace, key) as opened:
        answer(opened, number, explanation, who=who)
    say(f"Query {number} answered.")


@click.command("submit")
@click.argument("key", metavar="CLAIM")
@click.option("--centre-declaration", is_flag=True, help="The centre makes its declaration.")
@click.option(
    "--submitted-by",
    "by",
    required=True,
    callback=not_blank,
    help="The assessor or administrator who submits.",
)
@click.option("--results-email", default="", callback=an_address, help="Where the results are to be sent.")
@click.option(
    "--claim-number", callback=not_blank, help="The claim number, where the awarding body has given one."
)
@yes_option
@workspace_option
def claim_submit(
    workspace: "Workspace",
    key: str,
    centre_declaration: bool,
    by: str,
    results_email: str,
    claim_number: str | None,
    yes: bool,
) -> int:
    """Submit CLAIM: it gets its claim number, and the centre can no longer change it.

    Until everything is in place it lists what is missing and exits with 1. Every line is judged again by the register
    and the rules of today: a candidate no longer entered, a unit that may not be claimed any more and an assessor who
    was removed are listed, each with the command that mends it. claimbatch claim show lists them before that.
    """
    from claimbatch.claims.life import Submission  # noqa: PLC0415
    from claimbatch.office.opened import open_claim  # noqa: PLC0415
    from claimbatch.office.submitting import checklist, submit  # noqa: PLC0415

    with open_claim(workspace, key) as opened:
        found = checklist(opened, centre_declared=centre_declaration)
        if found.in_the_way:
            click.echo(problem_list(f"Claim {key} cannot be submitted yet", found.problems, every=True))
            return int(Exit.ERRORS_FOUND)
        confirm(f"Submit claim {key}? After that the centre can no longer change it.", yes=yes)
        number = submit(opened, Submission(by, results_email, claim_number or "", centre_declaration))
    if found.problems:
        click.echo(problem_list("To remember", found.problems, every=True))
    ours = "" if claim_number else ", claimbatch's own"
    say(f"Claim {key} is submitted. Its claim number is {number}{ours}.")
    if not claim_number:
        say(f"Once the awarding body has given one: claimbatch claim number {key} NUMBER")
    say("Quote it with the centre number and the entry code.")
    say(f"To tell the moderator: claimbatch letters {key}")
    return int(Exit.DONE)


@click.command("withdraw")
@click.argument("key", metavar="CLAIM")
@click.option(
    "--unit", callback=not_blank, help="With --assessor and --grade: only this group of lines. 3, or a title."
)
@click.option("--assessor", callback=not_blank, help="The assessor's initials.")
@click.option("--grade", callback=not_blank, help="P, M or D.")
@click.option("--reason", required=True, callback=not_blank, help="Why the moderator withdrew it.")
@yes_option
@who_option
@workspace_option
def claim_withdraw(
    workspace: "Workspace",
    key: str,
    unit: str | None,
    assessor: str | None,
    grade: str | None,
    reason: str,
    yes: bool,
    who: str,
) -> None:
    """Record that the moderator withdrew CLAIM, whole or by unit, assessor and grade.

    Only the moderator can withdraw what was submitted; everyone in the group is withdrawn, and may be claimed again
    in a new claim. Where groups were withdrawn before, the claim says how much of it was left.
    """
    from claimbatch.office.opened import open_claim  # noqa: PLC0415
    from claimbatch.office.submitting import group_named, lines_to_withdraw, withdraw  # noqa: PLC0415

    given = (unit, assessor, grade)
    if any(given) and not all(given):
        raise click.UsageError(
            "A group is a unit, an assessor and a grade: give --unit, --assessor and --grade."
        )
    with open_claim(workspace, key) as opened:
        group = group_named(opened, unit, assessor, grade) if unit and assessor and grade else None
        what = count(len(lines_to_withdraw(opened, group)), "line")
        what = f"this group of {what} of" if group else f"the whole of it, {what}, of"
        confirm(f"Record that the moderator withdrew {what} {key}?", yes=yes)
        lines = withdraw(opened, reason, group, who=who)
        step = opened.again().standing.steps[-1]
    say(f"{count(lines, 'line').capitalize()} withdrawn.")
    if group is None:
        say(f"Claim {key}: {step.what}.")
