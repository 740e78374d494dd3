"""``python -m benchmarks.faults``: try it all, and print every figure beside the one that was promised."""

import json
import sys
import tempfile
import time
import warnings
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console

from benchmarks.faults.figures import Figure, show
from benchmarks.faults.process import warm
from benchmarks.faults.proofs import FULL, PROOFS, SMALL
from claimbatch.intake.engine import processors


@click.command()
@click.option("--small", is_flag=True, help="A sample of each, in some minutes.")
@click.option("--only", "names", multiple=True, type=click.Choice([*PROOFS]), help="Only this proof.")
@click.option("--jobs", type=click.IntRange(1), help="Trials at a time.  [default: one for each processor]")
@click.option("--json", "output", type=click.Path(path_type=Path), help="Also write the figures here.")
def main(small: bool, names: Sequence[str], jobs: int | None, output: Path | None) -> None:
    """Try hostile files, kills and faults, and print what was promised and what came of it; exit 1 if any is missed."""
    warnings.simplefilter("ignore")  # what openpyxl says of print areas and repeated members
    console = Console(width=None if sys.stdout.isatty() else 120)
    warm()
    figures: list[Figure] = []
    for name in names or PROOFS:
        started = time.monotonic()
        with (
            tempfile.TemporaryDirectory(prefix="claimbatch-faults-") as folder,
            Console(stderr=True).status(name) as line,
        ):
            found = PROOFS[name](Path(folder), SMALL if small else FULL, jobs or processors(), line.update)
            figures += found
        click.echo(f"{name}: {time.monotonic() - started:.0f} s", err=True)
    show(figures, console)
    if output:
        output.write_text(json.dumps([asdict(figure) for figure in figures], indent=2), "utf-8")
    sys.exit(not all(figure.holds for figure in figures))


if __name__ == "__main__":
    main()
