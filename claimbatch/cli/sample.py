"""``claimbatch sample``: simulate the moderator's sample of a claim."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import click

from claimbatch.cli.documents import folder_option, style_option
from claimbatch.cli.folders import sample_folders
from claimbatch.cli.moderators_workbook import hear_workbook, make_workbook, mark_option, tell_problems
from claimbatch.cli.pairs import pair_options, pairs_typed
from claimbatch.cli.session import (
    count,
    format_option,
    say,
    show_table,
    who_option,
    workspace_option,
)
from claimbatch.cli.simulate import likelier, sample_simulate, sample_strategies, strategy_option, to_sample
from claimbatch.cli.written import say_written
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.files import shown

if TYPE_CHECKING:
    from claimbatch.claims.claim import Claim
    from claimbatch.claims.store import Store
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
    from claimbatch.files import plain_name  # noqa: PLC0415
    from claimbatch.moderation.sampling import draw  # noqa: PLC0415
    from claimbatch.office.drawing import write_document  # noqa: PLC0415
    from claimbatch.output.shortfalls import shortfalls  # noqa: PLC0415
    from claimbatch.output.view.sample import sample_list  # noqa: PLC0415

    brief, chosen, moderated = to_sample(workspace, key, strategy)
    claim = brief.claim
    drawn = draw(claim, chosen, seed or claim.head[:12], moderated)
    _show(claim, drawn, style)
    stem = workspace.outbox(folder) / f"{key}_sample_{strategy}_{plain_name(drawn.seed)}"
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
    for sentence in [*likelier(claim, moderated), *shortfalls(drawn)]:
        say(sentence)
    say_written(write_document(sample_list(brief, drawn), stem, styles))


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
    from claimbatch.claims.life import look  # noqa: PLC0415
    from claimbatch.claims.submitted import record_sample  # noqa: PLC0415
    from claimbatch.office.opened import open_claim  # noqa: PLC0415

    with open_claim(workspace, key) as opened:
        store, claim = opened.store, opened.claim
        recorded = look(store, workspace.catalogue(), key).sampled if undo else ()
        also = {unit for _, unit in recorded}
        pairs = pairs_typed(claim, candidates, units, also)
        listed = _listed(workspace, store, claim, file, also=also, marked=marked) if file else []
        if listed is None:
            return int(Exit.ERRORS_FOUND)
        if not pairs and not listed:
            raise click.UsageError("Name a file, or the lines: --candidate 0042 --unit 3")
        chosen = record_sample(store, claim, [*pairs, *listed], who, undo=undo)
        every = len(look(store, workspace.catalogue(), key).sampled)
    done = f"{count(chosen, 'line')} {'taken out' if undo else 'added'}"
    say(f"The sample of claim {key}: {done}, {every or 'none'} in all.")
    return int(Exit.DONE)


def _listed(
    workspace: "Workspace",
    store: "Store",
    claim: "Claim",
    file: Path,
    *,
    also: Collection[str],
    marked: Path | None,
) -> list[tuple[str, str]] | None:
    """The lines that a file names, candidate × unit; None where it is a workbook with errors, which are told."""
    from claimbatch.intake.moderators import is_ours  # noqa: PLC0415
    from claimbatch.intake.short_lists import sample_in  # noqa: PLC0415

    if not is_ours(file):
        return sample_in(file, claim, workspace.register_kinds(), also)
    returned = hear_workbook(workspace, store, file, "sample", claim.key)
    if tell_problems(file, returned, marked):
        return None
    if not returned.ticks:
        raise ClaimbatchError(
            f"Nothing is ticked in {shown(file)}.", "Choose Yes beside the work that is wanted."
        )
    return list(returned.ticks)


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
    from claimbatch.claims.life import look  # noqa: PLC0415
    from claimbatch.moderation.outcome import State, outcome  # noqa: PLC0415
    from claimbatch.moderation.sampling import recorded  # noqa: PLC0415

    with workspace.store() as store:
        stands = look(store, workspace.catalogue(), key)
    whole = replace(stands.claim, lines=(*stands.claim.lines, *stands.withdrawn))
    chosen = recorded(whole, stands.sampled)
    told = outcome(stands).told
    states = {(r.line.candidate, r.line.unit): "" if r.state is State.OPEN else r.state.value for r in told}
    _show(whole, chosen, style, states)
    if style == "table":
        lines, folders = count(len(chosen.lines), "line"), count(len(chosen.candidates), "folder")
        say(f"{lines.capitalize()} in the moderator's sample, in {folders}.")
