"""``claimbatch sample``: simulate the moderator's sample of a claim."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import click

from claimbatch.cli.documents import folder_option, style_option
from claimbatch.cli.folders import sample_folders
from claimbatch.cli.moderators_workbook import make_workbook, mark_option, tell_problems
from claimbatch.cli.pairs import pair_options, pairs_typed
from claimbatch.cli.session import (
    count,
    format_option,
    say,
    show_table,
    who_option,
    workspace_option,
)
from claimbatch.cli.simulate import sample_simulate, sample_strategies, strategy_option
from claimbatch.cli.written import say_written
from claimbatch.errors import Exit

if TYPE_CHECKING:
    from claimbatch.claims.claim import Claim
    from claimbatch.moderation.sampling import Sample
    from claimbatch.workspace import Workspace

COLUMNS = {"candidate_number": "Candidate", "unit": "Unit", "grade": "Grade", "assessor_initials": "Assessor"}
NAMED = {"candidate_number": "Candidate", "candidate_name": "Name", "unit": "Unit", "unit_title": "Title",
         "grade": "Grade", "assessor_initials": "Assessor", "outcome": "Outcome"}  # fmt: skip


@click.group()
def sample() -> None:
    """Simulate the moderator's sample, or record the real one."""


sample.add_command(sample_strategies)
sample.add_command(sample_simulate)
sample.add_command(sample_folders)


@sample.command("draw")
@click.argument("key", metavar="CLAIM")
@strategy_option
@click.option("--seed", help="The seed of the draw.  [default: the claim's revision hash, printed]")
@format_option("table", "json", "csv")
@style_option
@folder_option
@workspace_option
def sample_draw(
    workspace: "Workspace",
    key: str,
    strategy: str,
    seed: str | None,
    style: str,
    styles: Sequence[str],
    folder: Path | None,
) -> None:
    """Draw a sample of CLAIM as a moderator might, and write a sample list to print.

    This is a simulation: the awarding body publishes no rule for Cambridge Technicals, and the moderator chooses.

    A sample holds work of every unit, assessor and grade, and the sizes of the strategy, from few candidates' folders.
    Each seed gives another sample, the same one on any computer. Draw several: over many of them every piece of work
    has its turn, and what comes each time is what no sample can do without. What no moderator has seen at the centre
    before (an assessor's work, a unit) is likelier to come, and among the rest a D more than an M, an M more than a P.
    """
    from claimbatch.office.sampling import basis_of, draw_sample, write_sample_list  # noqa: PLC0415
    from claimbatch.output.shortfalls import shortfalls  # noqa: PLC0415

    basis = basis_of(workspace, key, strategy)
    drawn = draw_sample(basis, seed or "")
    _show(basis.claim, drawn, style)
    say(
        f"Simulated sample, strategy {strategy}, seed {drawn.seed}: {count(len(drawn.lines), 'line')} "
        f"in {count(len(drawn.candidates), 'folder')}."
    )
    if drawn.first:
        folders = {line.candidate for line in drawn.first}
        say(
            f"Looked at first: {count(len(drawn.first), 'line')} in {count(len(folders), 'folder')}; "
            "the rest only if these are not agreed."
        )
    for sentence in [*filter(None, [basis.likelier]), *shortfalls(drawn)]:
        say(sentence)
    say_written(write_sample_list(basis, drawn, folder, styles))


def _show(
    claim: "Claim",
    drawn: "Sample",
    style: str,
    outcomes: Mapping[tuple[str, str], str] = MappingProxyType({}),
) -> None:
    """As a table with names; for other programs (``sample record``) with the plain number or title of a unit.

    *outcomes* say what became of each line, by candidate and unit, where a moderator has seen it.
    """
    from claimbatch.claims.claim import unit_label, unit_title  # noqa: PLC0415

    named, nobody = (unit_label, "(removed)") if style == "table" else (unit_title, "")
    rows = [
        {
            "candidate_number": line.candidate,
            "candidate_name": claim.candidate(line.candidate).name or nobody,
            "unit": named(line.unit),
            "unit_title": claim.unit_title(line.unit) if line.unit.isdigit() or style == "json" else "",
            "grade": line.grade,
            "assessor_initials": line.assessor,
            **({"outcome": outcomes[line.candidate, line.unit]} if outcomes else {}),
        }
        | ({"part": "first" if line in drawn.first else "rest"} if drawn.first else {})
        for line in drawn.lines
    ]
    if style != "json":
        columns = (NAMED if style == "table" else COLUMNS) | ({"part": "Part"} if drawn.first else {})
        show_table(rows, columns, style)
        return
    body = {
        "claim": claim.key,
        "strategy": drawn.strategy.key if drawn.strategy else "",
        "seed": drawn.seed,
        "simulated": drawn.simulated,
        "lines": rows,
        "uncovered": [
            {"unit": unit_title(unit), "assessor_initials": assessor, "grade": grade}
            for unit, assessor, grade in drawn.uncovered
        ],
    }
    click.echo(json.dumps(body, indent=2, ensure_ascii=False))


@sample.command("record")
@click.argument("key", metavar="CLAIM")
@click.argument("file", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@pair_options
@mark_option
@click.option("--undo", is_flag=True, help="Take the record of these back.")
@who_option
@workspace_option
def sample_record(
    workspace: "Workspace",
    key: str,
    file: Path | None,
    candidates: tuple[str, ...],
    units: tuple[str, ...],
    marked: Path | None,
    undo: bool,
    who: str,
) -> int:
    """Record the sample that the moderator chose of CLAIM: from the returned sample workbook, a list, or typed.

    The workbook is that of claimbatch sample template: what is ticked in it is recorded, and what is wrong with it is
    listed at its cell, with exit code 1. A list, as CSV or as a workbook, has columns for candidate number and unit,
    and is taken as a whole or not at all: a row that is hidden, or that a column beside it speaks against, stops it.

    What the moderator asks for later is recorded in the same way: it is added. With --undo a line may be taken out that
    was withdrawn since. To print the list: claimbatch report CLAIM --kind sample
    """
    from claimbatch.office.opened import open_claim  # noqa: PLC0415
    from claimbatch.office.sample import hear_sample, record_sample  # noqa: PLC0415

    with open_claim(workspace, key) as opened:
        also = {unit for _, unit in opened.standing.sampled} if undo else set()
        pairs = pairs_typed(opened.claim, candidates, units, also)
        if file:
            heard = hear_sample(opened, file, also=also)
            if heard.returned and tell_problems(file, heard.returned, marked):
                return int(Exit.ERRORS_FOUND)
            pairs += heard.lines
        if not pairs:
            raise click.UsageError("Name a file, or the lines: --candidate 0042 --unit 3")
        done = record_sample(opened, pairs, who=who, undo=undo)
    told = f"{count(done.new, 'line')} {'taken out' if undo else 'added'}"
    say(f"The sample of claim {key}: {told}, {done.every or 'none'} in all.")
    if not undo:
        say(f"To tell the centre: claimbatch letters {key}")
    return int(Exit.DONE)


@sample.command("template")
@click.argument("key", metavar="CLAIM")
@click.option("--unprotected", is_flag=True, help="Leave the sheets unprotected.")
@folder_option
@workspace_option
def sample_template(workspace: "Workspace", key: str, unprotected: bool, folder: Path | None) -> None:
    """Make the workbook in which a moderator ticks the sample of CLAIM: a row for each claimed unit of each candidate.

    What is in the sample already is ticked. The returned workbook is taken by claimbatch sample record.
    """
    make_workbook(workspace, key, "sample", folder, protect=not unprotected)


@sample.command("show")
@click.argument("key", metavar="CLAIM")
@format_option("table", "json", "csv")
@workspace_option
def sample_show(workspace: "Workspace", key: str, style: str) -> None:
    """Show the sample that the moderator chose of CLAIM, and what has been decided of it."""
    from claimbatch.office.opened import open_claim  # noqa: PLC0415
    from claimbatch.office.sample import sample_of  # noqa: PLC0415

    with open_claim(workspace, key) as opened:
        seen = sample_of(opened)
    _show(seen.claim, seen.sample, style, seen.outcomes)
    if style == "table":
        lines, folders = count(len(seen.sample.lines), "line"), count(len(seen.sample.candidates), "folder")
        say(f"{lines.capitalize()} in the moderator's sample, in {folders}.")
