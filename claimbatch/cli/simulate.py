"""``claimbatch sample simulate`` and ``sample strategies``: what a sample may ask for, and by whose sizes."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from claimbatch.cli.documents import folder_option, style_option
from claimbatch.cli.progress import progress
from claimbatch.cli.session import count, format_option, say, show_table, workspace_option
from claimbatch.cli.written import say_written

if TYPE_CHECKING:
    from claimbatch.moderation.simulation import CellChance, Simulation
    from claimbatch.office.strategies import StrategyRow
    from claimbatch.workspace import Workspace

STRATEGY_COLUMNS = {
    "strategy": "Strategy",
    "title": "Title",
    "basis": "For each",
    "sizes": "Candidates: size",
}
_SIDES = {"<": "under ", ">": "over ", "": ""}
WORK_COLUMNS = {
    "candidate_number": "Candidate",
    "unit": "Unit",
    "grade": "Grade",
    "assessor_initials": "Assessor",
    "probability": "In a sample",
}
CELL_COLUMNS = {
    "unit": "Unit",
    "assessor_initials": "Assessor",
    "grade": "Grade",
    "lines": "Claimed",
    "average": "In a sample",
}
FOLDER_COLUMNS = {"folders": "Folders", "draws": "Draws", "enough": "Enough for"}


def strategy_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--strategy``."""
    return click.option(
        "--strategy",
        default="ocr-visit",
        show_default=True,
        help="Whose sample sizes; claimbatch sample strategies lists them.",
    )(function)


@click.command("strategies")
@click.argument("strategy", required=False)
@format_option("table", "json", "csv")
@workspace_option
def sample_strategies(workspace: "Workspace", strategy: str | None, style: str) -> None:
    """List whose sample sizes there are, or say all about STRATEGY.

    None is OCR's own for Cambridge Technicals: OCR publishes none.
    """
    from claimbatch.office.strategies import strategies_known  # noqa: PLC0415

    wanted = strategies_known(workspace, strategy or "")
    if style == "table" and strategy:
        click.echo(_explained(wanted[0]))
        return
    rows = [asdict(one) for one in wanted]
    show_table(rows, STRATEGY_COLUMNS if style == "table" else dict.fromkeys(rows[0], ""), style)


@click.command("simulate")
@click.argument("key", metavar="CLAIM")
@strategy_option
@click.option(
    "--draws",
    type=click.IntRange(1, 1_000_000),
    default=10_000,
    show_default=True,
    help="How many samples to draw: those of the seeds 1, 2, 3 and so on.",
)
@click.option(
    "--show",
    "part",
    type=click.Choice(("cells", "work", "folders")),
    default="cells",
    show_default=True,
    help="What a table or CSV is about: each unit, assessor and grade, or piece of work, or folders. JSON has all.",
)
@click.option("--first-part", is_flag=True, help="Only what a strategy with stages looks at first.")
@format_option("table", "json", "csv")
@style_option
@folder_option
@workspace_option
def sample_simulate(
    workspace: "Workspace",
    key: str,
    strategy: str,
    draws: int,
    part: str,
    first_part: bool,
    style: str,
    styles: Sequence[str],
    folder: Path | None,
) -> None:
    """Say what a moderator may ask for of CLAIM, from thousands of drawn samples, and write it on a page to print.

    How likely each piece of work is to be in a sample, how many folders to have ready, and for each unit, assessor and
    grade how likely a sample is to hold one of 1, 2, 3 or 5 wrong grades, if there are so many.

    This is a simulation: the awarding body publishes no rule for Cambridge Technicals, and the moderator chooses. The
    samples are those of sample draw with the seeds 1, 2, 3 and so on.
    """
    from claimbatch.office.sampling import basis_of, simulate_samples, write_simulation  # noqa: PLC0415

    basis = basis_of(workspace, key, strategy)
    watch = partial(progress, what="Drawing samples")
    made = simulate_samples(basis, draws, first_part=first_part, watch=watch)
    if style == "json":
        click.echo(json.dumps(as_json(made), indent=2, ensure_ascii=False))
    else:
        rows, columns = {"cells": _cells, "work": _work, "folders": _folders}[part](made, style)
        show_table(rows, columns, style)
    _say_all(made, basis.likelier)
    say_written(write_simulation(basis, made, folder, styles))


def as_json(made: "Simulation") -> dict[str, Any]:
    """The whole simulation as JSON has it."""
    from claimbatch.claims.claim import unit_title  # noqa: PLC0415

    return {
        "draws": made.draws,
        "exposure": [
            {
                "candidate_number": one.line.candidate,
                "unit": unit_title(one.line.unit),
                "probability": round(one.probability, 6),
            }
            for one in made.exposures
        ],
        "folders": {"median": made.folders.median, "p95": made.folders.p95},
        "cells": [
            {
                "unit": unit_title(one.cell[0]),
                "assessor_initials": one.cell[1],
                "grade": one.cell[2],
                "lines": one.lines,
                "catch": {str(k): round(chance, 6) for k, chance in enumerate(one.catch(), 1)},
            }
            for one in made.cells
        ],
    }


def _say_all(made: "Simulation", likelier: str) -> None:
    part = ", the first part" if made.first_part else ""
    folders = count(made.folders.median, "folder is", "folders are")
    say(
        f"{made.draws:,} simulated samples, strategy {made.strategy.key}{part}: {folders} enough for half of them, "
        f"{made.folders.p95} for 95 of 100."
    )
    if likelier:
        say(likelier)


def _cells(made: "Simulation", style: str) -> tuple[list[dict[str, Any]], dict[str, str]]:
    from claimbatch.moderation.simulation import WRONG  # noqa: PLC0415

    columns = CELL_COLUMNS | {f"catch_{wrong}": f"{wrong} wrong" for wrong in WRONG}
    return [_cell_row(one, WRONG, style) for one in made.cells], columns


def _cell_row(one: "CellChance", wrongs: Sequence[int], style: str) -> dict[str, Any]:
    catch = one.catch()
    return {
        "unit": _unit(one.cell[0], style),
        "assessor_initials": one.cell[1],
        "grade": one.cell[2],
        "lines": one.lines,
        "average": f"{one.average:.1f}" if style == "table" else round(one.average, 6),
    } | {f"catch_{wrong}": _share(catch[wrong - 1], style) for wrong in wrongs if wrong <= one.lines}


def _work(made: "Simulation", style: str) -> tuple[list[dict[str, Any]], dict[str, str]]:
    rows = [
        {
            "candidate_number": one.line.candidate,
            "unit": _unit(one.line.unit, style),
            "grade": one.line.grade,
            "assessor_initials": one.line.assessor,
            "probability": _share(one.probability, style),
        }
        for one in made.exposures
    ]
    return rows, WORK_COLUMNS


def _folders(made: "Simulation", style: str) -> tuple[list[dict[str, Any]], dict[str, str]]:
    rows = [
        {"folders": folders, "draws": draws, "enough": _share(share, style)}
        for folders, draws, share in made.folders.enough
    ]
    return rows, FOLDER_COLUMNS


def _share(share: float, style: str) -> str | float:
    """A chance: for people in whole per cent, but never 0% or 100% for what may happen or fail; else as a number."""
    from claimbatch.moderation.simulation import in_100  # noqa: PLC0415

    if style != "table":
        return round(share, 6)
    side, number = in_100(share)
    return f"{_SIDES[side]}{number}%"


def _unit(unit: str, style: str) -> str:
    from claimbatch.claims.claim import unit_label, unit_title  # noqa: PLC0415

    return unit_label(unit) if style == "table" else unit_title(unit)


def _explained(one: "StrategyRow") -> str:
    facts = [
        ("For", one.purpose),
        ("Sizes", f"for each {one.basis}: {one.sizes}"),
        ("Source", one.source),
        ("Note", one.note),
    ]
    return "\n".join([f"{one.strategy}: {one.title}", *(f"{name:<7} {text}" for name, text in facts if text)])
