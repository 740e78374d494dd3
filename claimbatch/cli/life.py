"""The commands that carry a claim on: set, remove, declare, queries, answer, submit, withdraw, and moderation."""

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import click

from claimbatch.cli.documents import find_claim
from claimbatch.cli.problems import problem_list
from claimbatch.cli.session import (
    an_address,
    confirm,
    count,
    format_option,
    not_blank,
    read_text,
    say,
    show_table,
    who_option,
    workspace_option,
)
from claimbatch.errors import Exit

if TYPE_CHECKING:
    from claimbatch.workspace import Workspace

yes_option = click.option("--yes", is_flag=True, help="Do not ask.")


@click.command("set")
@click.argument("key", metavar="CLAIM")
@click.argument("candidate")
@click.argument("unit")
@click.argument("grade")
@click.argument("assessor", required=False, default="")
@who_option
@workspace_option
def claim_set(
    workspace: "Workspace", key: str, candidate: str, unit: str, grade: str, assessor: str, who: str
) -> None:
    """Correct one line by hand: CANDIDATE's UNIT is GRADE (P, M, D or "Not claiming") by ASSESSOR (initials).

    For example: claimbatch claim set 68199-05349-1 0042 3 M JH
    """
    from claimbatch.claims.life import set_line  # noqa: PLC0415
    from claimbatch.claims.merge import UNCLAIMED  # noqa: PLC0415

    mark = UNCLAIMED if grade.casefold() in ("not claiming", "not-claiming") else (grade.upper(), assessor)
    claim = find_claim(workspace, key)
    with workspace.store() as store:
        done = set_line(store, claim, (candidate, _unit(unit)), mark, who)
    say(f"Candidate {candidate}, Unit {unit}: {done or 'nothing to change'}.")


@click.command("remove")
@click.argument("key", metavar="CLAIM")
@click.option("--candidate", default="", help="Everything of this candidate (or, with --unit, one line).")
@click.option("--unit", default="", help="This unit for everyone (or, with --candidate, one line).")
@who_option
@workspace_option
def claim_remove(workspace: "Workspace", key: str, candidate: str, unit: str, who: str) -> None:
    """Set lines back to Not claiming: a unit for all, a candidate for all units, or one line."""
    from claimbatch.claims.life import remove  # noqa: PLC0415

    if not candidate and not unit:
        raise click.UsageError("Say what to remove: --candidate, --unit, or both.")
    claim = find_claim(workspace, key)
    with workspace.store() as store:
        removed = remove(store, claim, who, candidate=candidate, unit=_unit(unit))
    say(f"{count(removed, 'line').capitalize()} removed.")


@click.command("declare")
@click.argument("key", metavar="CLAIM")
@click.option("--candidate", "candidates", multiple=True, help="A candidate number; may be repeated.")
@click.option("--all", "every", is_flag=True, help="Every candidate on the claim.")
@click.option(
    "--file",
    "file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file with one candidate number a line.",
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
    """Record that signed candidate declarations are held: for some candidates, or for all on the claim."""
    from claimbatch.claims.life import declare  # noqa: PLC0415

    claim = find_claim(workspace, key)
    wanted = {*candidates, *(_numbers(file) if file else ())}
    if every:
        wanted |= {line.candidate for line in claim.lines}
    if not wanted:
        raise click.UsageError("Say for whom: --candidate, --file or --all.")
    with workspace.store() as store:
        new = declare(store, claim, wanted, who, undo=undo)
    say(f"{count(new, 'declaration').capitalize()} {'taken back' if undo else 'recorded'}.")


def _numbers(file: Path) -> list[str]:
    """The candidate numbers in a file: the first column, a heading and blank lines passed over."""
    rows = csv.reader(read_text(file).splitlines())
    return [row[0].strip().zfill(4) for row in rows if row and row[0].strip().isdigit()]


@click.command("queries")
@click.argument("key", metavar="CLAIM")
@format_option("table", "json", "csv")
@workspace_option
def claim_queries(workspace: "Workspace", key: str, style: str) -> None:
    """List the queries of the workbooks that a claim was made from, and their answers."""
    from claimbatch.claims.life import look  # noqa: PLC0415

    with workspace.store() as store:
        stands = look(store, workspace.catalogue(), key)
        words = store.explanations(key)
    rows = [
        {
            "query": query.number,
            "rule": query.rule,
            "candidate": query.candidate,
            "unit": query.unit,
            "workbook": query.workbook,
            "place": f"{query.sheet}!{query.cell}" if query.cell else query.sheet,
            "answer": words.get(query.answered, "(removed)") if query.answered else "",
        }
        for query in stands.queries
    ]
    columns = ("query", "rule", "candidate", "unit", "workbook", "place", "answer")
    show_table(rows, {name: name.capitalize() for name in columns}, style)
    if style == "table":
        say(
            f"{count(len(rows), 'query', 'queries').capitalize()}, {len(stands.open_queries)} without an answer."
        )


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
    from claimbatch.claims.life import answer  # noqa: PLC0415

    claim = find_claim(workspace, key)
    with workspace.store() as store:
        answer(store, claim, number, explanation, who)
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
@click.option("--claim-number", default="", help="The claim number, where the awarding body has given one.")
@yes_option
@workspace_option
def claim_submit(
    workspace: "Workspace",
    key: str,
    centre_declaration: bool,
    by: str,
    results_email: str,
    claim_number: str,
    yes: bool,
) -> int:
    """Submit CLAIM: it gets its claim number, and the centre can no longer change it.

    Until everything is in place it lists what is missing and exits with 1.
    """
    from claimbatch.claims.life import Submission, missing, submit  # noqa: PLC0415

    with workspace.store() as store:
        catalogue = workspace.catalogue()
        lacks = missing(store, catalogue, key)
        if any(problem.is_error for problem in lacks):
            click.echo(problem_list(f"Claim {key} cannot be submitted yet", lacks, every=True))
            return int(Exit.ERRORS_FOUND)
        confirm(f"Submit claim {key}? After that the centre can no longer change it.", yes=yes)
        submission = Submission(by, results_email, claim_number, centre_declaration)
        number = submit(store, catalogue, key, submission)
    if lacks:
        click.echo(problem_list("To remember", lacks, every=True))
    ours = "" if claim_number else " (claimbatch's own; give the awarding body's with --claim-number)"
    say(f"Claim {key} is submitted. Its claim number is {number}{ours}.")
    say("Quote it with the centre number and the entry code.")
    return int(Exit.DONE)


@click.command("withdraw")
@click.argument("key", metavar="CLAIM")
@click.option("--unit", default="", help="With --assessor and --grade: only this group of lines.")
@click.option("--assessor", default="", help="The assessor's initials.")
@click.option("--grade", default="", help="P, M or D.")
@click.option("--reason", required=True, callback=not_blank, help="Why the moderator withdrew it.")
@yes_option
@who_option
@workspace_option
def claim_withdraw(
    workspace: "Workspace", key: str, unit: str, assessor: str, grade: str, reason: str, yes: bool, who: str
) -> None:
    """Record that the moderator withdrew CLAIM, whole or by unit, assessor and grade.

    Only the moderator can withdraw what was submitted; everyone in the group is withdrawn, and may be claimed again
    in a new claim.
    """
    from claimbatch.claims.life import withdraw  # noqa: PLC0415

    group = (_unit(unit), assessor, grade.upper())
    if any(group) and not all(group):
        raise click.UsageError(
            "A group is a unit, an assessor and a grade: give --unit, --assessor and --grade."
        )
    claim = find_claim(workspace, key)
    confirm(
        f"Record that the moderator withdrew {'this group of' if any(group) else 'the whole of'} {key}?",
        yes=yes,
    )
    with workspace.store() as store:
        lines = withdraw(store, claim, who, reason, group if any(group) else None)
    say(f"{count(lines, 'line').capitalize()} withdrawn.")


def _unit(text: str) -> str:
    """A unit as claims name it, from ``3`` or ``Unit 3``; another awarding body's stays as it is."""
    return text.strip() if text.startswith("other:") else text.casefold().removeprefix("unit").strip()


@click.group()
def moderation() -> None:
    """Record what the moderator decided."""


@moderation.command("complete")
@click.argument("key", metavar="CLAIM")
@click.option(
    "--reference",
    required=True,
    callback=not_blank,
    help="The reference under which the moderator sent the claim on.",
)
@who_option
@workspace_option
def moderation_complete(workspace: "Workspace", key: str, reference: str, who: str) -> None:
    """Record that the moderator has sent CLAIM to the awarding body."""
    from claimbatch.claims.life import complete  # noqa: PLC0415

    claim = find_claim(workspace, key)
    with workspace.store() as store:
        complete(store, claim, reference, who)
    say(f"Claim {key} is completed under the reference {reference}.")
