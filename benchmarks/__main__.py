"""``python -m benchmarks``: measure, and print every target with what was measured beside it."""

import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

import click
from rich.console import Console

from benchmarks import table
from benchmarks.corpus import default_folder
from benchmarks.measure import SCALES, Scale, measure
from benchmarks.rows import Result, Row, load_rows, result

NIGHT = "national_night.json"  # what benchmarks.national_night writes, if it has been run


@click.command()
@click.option(
    "--quick", "scale", flag_value="quick", help="Fewer and smaller forms, two rounds: a few minutes."
)
@click.option(
    "--full",
    "scale",
    flag_value="full",
    default=True,
    help="All forms, five rounds: about an hour.  [default]",
)
@click.option("--tiny", "scale", flag_value="tiny", help="A handful of workbooks, to see that it works.")
@click.option("--row", "names", multiple=True, metavar="NAME", help="Only this row; may be repeated.")
@click.option(
    "--form", "forms", multiple=True, metavar="FORM", help="Only this form (30x1 …); may be repeated."
)
@click.option("--rounds", type=click.IntRange(1), help="How often each method runs.")
@click.option("--list", "listing", is_flag=True, help="Name the rows, and measure nothing.")
@click.option("--corpus", "kept", type=click.Path(path_type=Path), help="Where workbooks are kept once made.")
@click.option("--json", "output", type=click.Path(path_type=Path), help="Also write what was measured here.")
@click.option(
    "--night", type=click.Path(path_type=Path), help="What national_night wrote.  [default: in the corpus]"
)
@click.option("--markdown", "as_markdown", is_flag=True, help="Print the table as Markdown.")
@click.option(
    "--write-docs", is_flag=True, help="Renew the table in docs/performance.md with all results so far."
)
@click.option("--no-run", is_flag=True, help="Measure nothing: show what was measured last.")
def main(
    scale: str,
    names: Sequence[str],
    forms: Sequence[str],
    rounds: int | None,
    listing: bool,
    kept: Path | None,
    output: Path | None,
    night: Path | None,
    as_markdown: bool,
    write_docs: bool,
    no_run: bool,
) -> None:
    """Measure what claimbatch costs beside what else could be done, and hold it against the targets.

    What was measured is kept beside the corpus, row by row, so that a part of the table can be measured anew.
    """
    rows = [row for row in load_rows() if not names or row.name in names]
    if listing:
        for row in rows:
            click.echo(f"{row.name:<24}{row.target:<8}{row.words}: {', '.join(row.forms)}")
        return
    _refuse_unknown(rows, names, forms, scale)
    folder = kept or default_folder()
    folder.mkdir(parents=True, exist_ok=True)
    last = folder / f"results-{scale}.json"
    shown = _asked(table.read(night or folder / NIGHT), names, ())
    for measured in () if no_run else run(rows, SCALES[scale], folder, forms, rounds):
        shown += measured
        table.save(last, in_order([*table.read(last), *shown]))  # whoever stops it keeps what there is
    everything = in_order([*table.read(last), *shown])
    if no_run:
        shown = _asked(everything, names, forms)
    shown = in_order([*shown, *unmeasured(rows, everything)])
    if output:
        table.save(output, shown)
    if write_docs:
        table.write_docs(
            in_order([*everything, *unmeasured(load_rows(), everything)]), table.circumstances(scale)
        )
    if as_markdown:
        click.echo(table.markdown(shown), nl=False)
    else:
        table.show(shown, Console(width=None if sys.stdout.isatty() else 160))


def _asked(results: Iterable[Result], names: Collection[str], forms: Collection[str]) -> list[Result]:
    """Those of the *results* that are of these rows and forms, where any were named."""
    return [one for one in results if (not names or one.row in names) and (not forms or one.form in forms)]


def _refuse_unknown(rows: Sequence[Row], names: Collection[str], forms: Collection[str], scale: str) -> None:
    if unknown := set(names) - {row.name for row in rows}:
        raise click.UsageError(f"There is no row {', '.join(sorted(unknown))}; --list names them.")
    if unknown := set(forms) - {form for row in rows for form in row.forms}:
        raise click.UsageError(
            f"None of the rows has the form {', '.join(sorted(unknown))}; --list names them."
        )
    if unknown := set(forms) - set(SCALES[scale].workbooks):
        raise click.UsageError(f"--{scale} leaves out the form {', '.join(sorted(unknown))}; use --full.")


def run(
    rows: Sequence[Row], scale: Scale, folder: Path, only: Collection[str], rounds: int | None
) -> Iterator[list[Result]]:
    """Measure *rows*, form by form: every method once a round, however many rows it is in."""
    for form in scale.workbooks:
        mine = [row for row in rows if form in row.forms and (not only or form in only)]
        if mine:
            steps = list(dict.fromkeys(step for row in mine for step in row.steps(form, scale)))
            samples = measure(scale.place(folder, form), steps, rounds or scale.rounds, form)
            yield [result(row, form, scale, samples) for row in mine]


def in_order(results: Iterable[Result]) -> list[Result]:
    """The *results* in the order of the table, the last of each row and form; those of no row at the end."""
    latest = {(one.row, one.form): one for one in results}
    told: list[Result] = []
    for row in load_rows():
        told += (row.told(latest.pop(key)) for key in list(latest) if key[0] == row.name)
    return [*told, *latest.values()]


def unmeasured(rows: Iterable[Row], results: Iterable[Result]) -> list[Result]:
    """The rows that a program of its own measures and that it has not measured yet."""
    there = {one.row for one in results}
    missing = (row for row in rows if row.kind == "elsewhere" and row.name not in there)
    return [Result(row.name, row.forms[0], "", None, "", None) for row in missing]


if __name__ == "__main__":
    main()
