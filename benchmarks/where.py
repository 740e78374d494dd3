"""Where the time of a method goes: ``python -m benchmarks.where METHOD --form 30x10`` runs it under a profiler.

A profiler makes calls dear and leaves C alone: read the shares as hints of where to look, and measure what comes of it.
"""

import cProfile
import pstats
from collections import Counter
from pathlib import Path

import click

from benchmarks.corpus import default_folder
from benchmarks.measure import ROOT, SCALES
from benchmarks.methods import METHODS

SHOWN = 25


@click.command()
@click.argument("method", type=click.Choice(list(METHODS)))
@click.option("--form", default="30x10", show_default=True)
@click.option("--scale", type=click.Choice(list(SCALES)), default="quick", show_default=True)
@click.option("--corpus", "kept", type=click.Path(path_type=Path), help="Where workbooks are kept once made.")
def main(method: str, form: str, scale: str, kept: Path | None) -> None:
    """Print the modules that METHOD spends its time in, and the functions of claimbatch with all that they call."""
    chosen = SCALES[scale]
    work = METHODS[method](chosen.place(kept or default_folder(), form), chosen.count(method, form))
    profile = cProfile.Profile()
    profile.runcall(work)
    stats = pstats.Stats(profile).stats  # type: ignore[attr-defined]  # not in the stubs
    whole = sum(own for _, _, own, *_ in stats.values())
    modules: Counter[str] = Counter()
    functions: Counter[str] = Counter()
    for (file, _, function), (_, _, own, with_calls, _) in stats.items():
        modules[function if file == "~" else _short(file)] += own
        if "claimbatch" in file and not function.startswith("<"):
            functions[f"{_short(file)}: {function}"] += with_calls
    for heading, found in (("time of its own", modules), ("with all that it calls", functions)):
        click.echo(f"\n{heading}")
        for name, seconds in found.most_common(SHOWN):
            click.echo(f"{seconds / whole:7.1%}  {name}")


def _short(file: str) -> str:
    path = Path(file)
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else "/".join(path.parts[-3:])


if __name__ == "__main__":
    main()
