"""``claimbatch moderation show``: the outcome of a claim."""

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import click

from claimbatch.cli.session import count, format_option, say, show_table, workspace_option

if TYPE_CHECKING:
    from claimbatch.claims.claim import Claim
    from claimbatch.moderation.outcome import GroupResult, Result
    from claimbatch.workspace import Workspace

LINE_COLUMNS = {
    "candidate_number": "Candidate", "candidate_name": "Name", "unit": "Unit", "grade": "Claimed",
    "assessor_initials": "Assessor", "outcome": "Outcome", "agreed_grade": "Agreed", "comment": "Comment",
}  # fmt: skip
GROUP_COLUMNS = {
    "unit": "Unit", "assessor_initials": "Assessor", "grade": "Grade", "lines": "Lines", "sampled": "Sampled",
    "agreed": "Agreed", "changed": "Changed", "open": "Open", "withdrawn": "Withdrawn",
}  # fmt: skip


@click.command("show")
@click.argument("key", metavar="CLAIM")
@click.option(
    "--by",
    type=click.Choice(["line", "group"]),
    default="line",
    show_default=True,
    help="A row for each line in the sample or withdrawn; or for each unit, assessor and grade. JSON holds both.",
)
@format_option("table", "json", "csv")
@workspace_option
def moderation_show(workspace: "Workspace", key: str, by: str, style: str) -> None:
    """Show the outcome of CLAIM: what the moderator agreed, changed and withdrew, and what is open."""
    from claimbatch.office.moderating import outcome_of  # noqa: PLC0415
    from claimbatch.office.opened import open_claim  # noqa: PLC0415

    with open_claim(workspace, key) as opened:
        seen = outcome_of(opened)
    claim, found, words = opened.claim, seen.outcome, seen.words
    lines = [_line_row(claim, result, words, style) for result in found.told]
    groups = [_group_row(claim, group, style) for group in found.groups]
    if style == "json":
        told = {"claim": claim.key, "claim_number": claim.claim_number, "reference": claim.reference}
        body = {**told, "status": claim.status.value, "lines": lines, "groups": groups}
        click.echo(json.dumps(body, indent=2, ensure_ascii=False))
    elif by == "group":
        show_table(groups, GROUP_COLUMNS, style)
    else:
        show_table(lines, LINE_COLUMNS, style)
    if style == "table":
        say(_summary(found.told))


def _line_row(claim: "Claim", result: "Result", words: Mapping[int, str], style: str) -> dict[str, str]:
    from claimbatch.claims.claim import unit_title  # noqa: PLC0415

    line = result.line
    return {
        "candidate_number": line.candidate,
        "candidate_name": claim.candidate(line.candidate).name or ("(removed)" if style == "table" else ""),
        "unit": claim.unit_label(line.unit) if style == "table" else unit_title(line.unit),
        "grade": line.grade,
        "assessor_initials": line.assessor,
        "outcome": result.state.value,
        "agreed_grade": result.grade,
        "comment": words.get(result.revision, ""),
    }


def _group_row(claim: "Claim", group: "GroupResult", style: str) -> dict[str, Any]:
    from claimbatch.claims.claim import unit_title  # noqa: PLC0415

    unit, assessor, grade = group.cell
    return {
        "unit": claim.unit_label(unit) if style == "table" else unit_title(unit),
        "assessor_initials": assessor,
        "grade": grade,
        **{name: getattr(group, name) for name in ("lines", "sampled", "agreed", "changed", "open")},
        "withdrawn": ("yes" if group.withdrawn else "") if style == "table" else group.withdrawn,
    }


def _summary(results: "Iterable[Result]") -> str:
    states = [result.state.value for result in results]
    parts = [f"{states.count(state)} {state}" for state in ("agreed", "changed", "withdrawn", "open")]
    return f"{count(len(states), 'line').capitalize()}: {', '.join(parts)}."
