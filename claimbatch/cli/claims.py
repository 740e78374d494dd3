"""``claimbatch claims`` and ``claimbatch claim``: list claims, show one, and see its history."""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import click

from claimbatch.cli import life
from claimbatch.cli.by_hand import claim_set
from claimbatch.cli.claim_number import claim_number
from claimbatch.cli.history import claim_history
from claimbatch.cli.problems import problem_list
from claimbatch.cli.session import count, format_option, not_blank, say, show_table, workspace_option
from claimbatch.clock import local

if TYPE_CHECKING:
    from claimbatch.claims.standing import Standing
    from claimbatch.office.claim import ClaimSeen
    from claimbatch.workspace import Workspace

COLUMNS = {
    "claim": "Claim",
    "claim_number": "Claim number",
    "reference": "Reference",
    "status": "Status",
    "centre_number": "Centre",
    "entry_code": "Entry code",
    "qualification": "Qualification",
    "candidates": "Candidates",
    "lines": "Lines",
    "created_at": "Created",
    "updated_at": "Updated",
}
SHOWN = 20  # candidates that are named one by one
STATES = ("not-submitted", "submitted", "sampled", "completed", "withdrawn")


@click.command()
@click.option("--entry-code", help="Only claims of this qualification.")
@click.option("--status", type=click.Choice(STATES, case_sensitive=False), help="Only claims in this state.")
@click.option("--centre", help="Only claims of this centre.")
@click.option(
    "--sort", type=click.Choice(list(COLUMNS)), help="Sort by this column.  [default: newest first]"
)
@click.option("--reverse", is_flag=True, help="The other way round.")
@format_option("table", "json", "csv")
@workspace_option
def claims(
    workspace: "Workspace",
    entry_code: str | None,
    status: str | None,
    centre: str | None,
    sort: str | None,
    reverse: bool,
    style: str,
) -> None:
    """List claims, newest first."""
    from claimbatch.claims.claim import Status  # noqa: PLC0415
    from claimbatch.office.claims import in_order, list_claims  # noqa: PLC0415

    with workspace.store() as store:
        found = list_claims(
            store,
            workspace.catalogue(),
            entry_code=entry_code or "",
            status=Status(status) if status else None,
            centre=centre,
            short_titles=style == "table",
        )
    rows = [asdict(row) for row in in_order(found, sort or "", reverse=reverse)]
    if style == "table":
        rows = [row | _in_words(row) for row in rows]
    show_table(rows, COLUMNS, style)
    if style == "table":
        say(f"{count(len(rows), 'claim').capitalize()}.")


def _in_words(row: Mapping[str, Any]) -> dict[str, str]:
    """What of a row people read in other words than programs: the state, and times in their own time."""
    from claimbatch.claims.claim import LABELS  # noqa: PLC0415

    times = {key: local(row[key]) for key in ("created_at", "updated_at")}
    return {"status": LABELS[row["status"]], **times}


@click.group()
def claim() -> None:
    """Show one claim, or carry it on."""


for command in (
    claim_set,
    life.claim_remove,
    life.claim_restore,
    life.claim_declare,
    life.claim_queries,
    life.claim_answer,
    life.claim_submit,
    claim_number,
    life.claim_withdraw,
    claim_history,
):
    claim.add_command(command)


@claim.command("show")
@click.argument("key", metavar="CLAIM")
@click.option(
    "--by",
    type=click.Choice(["candidate", "unit", "award"]),
    default="candidate",
    show_default=True,
    help="A row for each candidate; for each unit, assessor and grade; or what each candidate has towards the award. "
    "JSON holds all of it.",
)
@click.option("--candidate", callback=not_blank, help="Only this candidate: a row for each unit.")
@click.option("--unit", callback=not_blank, help="Only this unit, a row for each candidate: 3, or a title.")
@format_option("table", "json", "csv")
@workspace_option
def claim_show(
    workspace: "Workspace", key: str, by: str, candidate: str | None, unit: str | None, style: str
) -> None:
    """Show one claim: its state, what is claimed, and how far that is from the full award.

    Of a claim that is not submitted yet it also says which lines are not allowed as things stand today, and what to do.
    """
    from claimbatch.office.claim import look_at  # noqa: PLC0415
    from claimbatch.office.opened import open_claim  # noqa: PLC0415

    with open_claim(workspace, key) as opened:
        seen = look_at(opened, candidate or "", unit or "")
    if style == "json":
        click.echo(json.dumps(_as_json(seen), indent=2, ensure_ascii=False))
        return
    if style == "table":
        click.echo(_heading(seen.standing))
    rows, columns = {
        "candidate": lambda: _each_line(seen) if candidate or unit else _by_candidate(seen),
        "unit": lambda: _by_unit(seen),
        "award": lambda: _by_award(seen),
    }[by]()
    show_table(rows, columns, style)
    if style == "table" and seen.not_allowed:
        click.echo(f"\n{problem_list('Not allowed as things stand today', seen.not_allowed, every=True)}")
    if style == "table" and by != "unit":
        _say_award(seen, by)


def _heading(stands: "Standing") -> str:
    from claimbatch.claims.claim import LABELS  # noqa: PLC0415

    claim, people = stands.claim, len(stands.people)
    steps = "".join(f"  {local(step.at)}  {step.what} ({step.who})\n" for step in stands.steps)
    return (
        f"Claim {claim.key}: {LABELS[claim.status]}\n"
        f"Centre {claim.centre_number} {claim.centre_name}\n"
        f"{claim.entry_code} {claim.qualification.title}\n"
        f"Claim number {claim.claim_number or '(on submission)'}, reference {claim.reference or '(on completion)'}\n"
        f"{count(people, 'candidate')}, {count(len(claim.lines), 'unit grade')}, revision {claim.revision}\n"
        f"{f'Results go to {claim.results_email}{chr(10)}' if claim.results_email else ''}"
        f"{_declared(stands)}{steps}"
    )


def _declared(stands: "Standing") -> str:
    """How many declarations are recorded, and whose are not."""
    people, without = len(stands.people), stands.undeclared
    if not people:
        return ""
    without = [] if len(without) == people else without  # of nobody yet: no names are needed
    missing = f"; not yet: {', '.join(without[:SHOWN])}{' …' * (len(without) > SHOWN)}" if without else ""
    return f"Declarations: {len(stands.people) - len(stands.undeclared)} of {people}{missing}\n"


def _by_candidate(seen: "ClaimSeen") -> tuple[list[dict[str, str]], dict[str, str]]:
    """The grid: a row for each candidate, a column for each unit claimed."""
    claim = seen.claim
    rows = []
    for number, lines in seen.grid.items():
        person = claim.candidates.get(number)
        row = {"candidate": number, "name": person.name if person else "(removed)"}
        rows.append(row | {unit: f"{line.grade} {line.assessor}" for unit, line in lines.items()})
    columns = {"candidate": "Candidate", "name": "Name"}
    return rows, columns | {unit: claim.unit_label(unit) for unit in claim.units}


def _each_line(seen: "ClaimSeen") -> tuple[list[dict[str, str]], dict[str, str]]:
    """A row for each line, in words: what one candidate has, or who has one unit; and what the moderator agreed."""
    claim, agreed = seen.claim, seen.standing.agreed
    rows = [
        {
            "candidate": line.candidate,
            "name": claim.candidate(line.candidate).name or "(removed)",
            "unit": claim.unit_label(line.unit),
            "title": claim.unit_title(line.unit) if line.unit.isdigit() else "",
            "grade": line.grade,
            "assessor": line.assessor,
            "agreed": agreed.get((line.candidate, line.unit), ""),
        }
        for line in claim.lines
    ]
    return rows, {name: name.capitalize() for name in rows[0]}


def _by_unit(seen: "ClaimSeen") -> tuple[list[dict[str, str]], dict[str, str]]:
    """A row for each unit, assessor and grade, with the candidates that it stands for."""
    rows = [
        {
            "unit": seen.claim.unit_label(group.unit),
            "assessor": group.assessor,
            "grade": group.grade,
            "candidates": str(len(group.candidates)),
            "candidate_numbers": " ".join(group.candidates),
        }
        for group in seen.groups
    ]
    columns = {
        "unit": "Unit",
        "assessor": "Assessor",
        "grade": "Grade",
        "candidates": "Candidates",
        "candidate_numbers": "Candidate numbers",
    }
    return rows, columns


def _by_award(seen: "ClaimSeen") -> tuple[list[dict[str, str]], dict[str, str]]:
    """A row for each candidate: the points and units that count, the award, and what is missing."""
    rows = [
        {
            "candidate": number,
            "name": seen.claim.candidate(number).name or "(removed)",
            "points": "" if award.points is None else str(award.points),
            "counted": " ".join(award.counted),
            "size": award.size,
            "award": award.reached,
            "in_reach": award.in_reach,
            "missing": "; ".join(award.missing),
        }
        for number, award in seen.awards.items()
    ]
    columns = {
        "candidate": "Candidate",
        "name": "Name",
        "points": "Points",
        "counted": "Units counted",
        "size": "Size",
        "award": "Award",
        "in_reach": "With D in the rest",
        "missing": "Missing",
    }
    return rows, columns


def _say_award(seen: "ClaimSeen", by: str) -> None:
    """Say how many candidates lack something, and with ``--by award`` how far that is known."""
    from claimbatch.claims.award import notes_of  # noqa: PLC0415

    if seen.incomplete:
        code, people = seen.incomplete[0].rule.code, count(len(seen.incomplete), "candidate")
        say(f"\nFor information ({code}): the award of {people} is not complete in this claim.")
    if by == "award":
        say("\n".join(["", *notes_of(seen.awards.values())]))
    elif seen.incomplete:
        say(f"  → claimbatch claim show {seen.claim.key} --by award")


def _as_json(seen: "ClaimSeen") -> dict[str, object]:
    from claimbatch.claims.award import notes_of  # noqa: PLC0415
    from claimbatch.output.export import claim_rows  # noqa: PLC0415

    claim, stands = seen.claim, seen.standing
    return {
        "claim": claim.key,
        "claim_number": claim.claim_number,
        "reference": claim.reference,
        "status": claim.status.value,
        "centre_number": claim.centre_number,
        "entry_code": claim.entry_code,
        "submitted_by": claim.submitted_by,
        "results_email": claim.results_email,
        "revision": claim.revision,
        "head": claim.head,
        "steps": [{"at": step.at, "who": step.who, "what": step.what} for step in stands.steps],
        "undeclared": stands.undeclared,
        "open_queries": [query.number for query in stands.open_queries],
        "lines": claim_rows(claim, stands.sampled, stands.agreed),
        "withdrawn": claim_rows(replace(claim, lines=()), stands.sampled, withdrawn=stands.withdrawn),
        "awards": _by_award(seen)[0],
        "award_notes": notes_of(seen.awards.values()),
        "problems": [problem.row() for problem in (*seen.not_allowed, *seen.incomplete)],
    }
