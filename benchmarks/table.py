"""Show results: a table at the terminal, JSON, and the table in docs/performance.md."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.measure import ROOT
from benchmarks.rows import Result

DOCS = ROOT / "docs" / "performance.md"
START, END = "<!-- the table: python -m benchmarks --write-docs -->", "<!-- end of the table -->"


def show(results: Sequence[Result], console: Console) -> None:
    """Print *results*, and below the table what those that miss their target are to blame."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("what", "form", "target", "measured", "of the rounds", "", "ms a workbook"):
        table.add_column(
            heading, justify="right" if heading in {"target", "measured"} else "left", overflow="fold"
        )
    last = ""
    for one in results:
        words = f"{one.what} ({one.than})"
        style = {True: "green", False: "red", None: ""}[one.meets]
        cells = (one.form, one.target, _measured(one), _range(one), _verdict(one), _ms(one))
        table.add_row("" if words == last else words, *cells, style=style)
        last = words
    console.print(table)
    for one in results:
        if one.cause:
            console.print(f"\n{one.row}, {one.form}: {one.cause}", style="red")


def _measured(one: Result) -> str:
    return "not measured" if one.measured is None else f"{one.measured:.2f} {one.unit}"


def _range(one: Result) -> str:
    return "" if one.low is None or one.high is None else f"{one.low:.2f}–{one.high:.2f}"


def _verdict(one: Result) -> str:
    return {True: "met", False: "missed", None: ""}[one.meets]


def _ms(one: Result) -> str:
    return ", ".join(f"{name} {ms:.1f}" for name, ms in (one.ms or {}).items())


def markdown(results: Iterable[Result]) -> str:
    """The *results* as a table in Markdown."""
    lines = ["| what | form | target | measured | rounds | |", "|---|---|---|---|---|---|"]
    for one in results:
        verdict = f"misses it: {one.cause or 'cause not known yet'}" if one.meets is False else _verdict(one)
        cells = (f"{one.what} ({one.than})", one.form, one.target, _measured(one), _range(one), verdict)
        lines.append(f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |")
    return "\n".join(lines) + "\n"


def write_docs(results: Iterable[Result], path: Path = DOCS) -> None:
    """Put the table into docs/performance.md, between its marks."""
    before, _, rest = path.read_text("utf-8").partition(START)
    after = rest.partition(END)[2]
    path.write_text(f"{before}{START}\n\n{markdown(results)}\n{END}{after}", "utf-8")


def save(path: Path, results: Iterable[Result]) -> None:
    """Write *results* as JSON, a list of records."""
    path.write_text(
        json.dumps([one.as_json() for one in results], indent=1, ensure_ascii=False) + "\n", "utf-8"
    )


def read(path: Path) -> list[Result]:
    """The results in a JSON file; none where there is no such file. What only others write of them is left out."""
    if not path.exists():
        return []
    known = Result.__dataclass_fields__
    return [
        Result(**{k: v for k, v in one.items() if k in known}) for one in json.loads(path.read_text("utf-8"))
    ]
