"""Show results: a table at the terminal, JSON, and the table in docs/performance.md."""

import json
import os
import platform
import shutil
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

from rich.console import Console

from benchmarks.measure import ROOT
from benchmarks.rows import EXPONENT, LIBRARIES, Result, in_words

DOCS = ROOT / "docs" / "performance.md"
START, END = "<!-- the table: python -m benchmarks --write-docs -->", "<!-- end of the table -->"
_COLOURS = {True: "green", False: "red", None: ""}


def show(results: Sequence[Result], console: Console) -> None:
    """Print *results*, each group under what was measured, and below those that miss it why."""
    console.print(
        _line("", "workbooks", "target", "measured", "of the rounds", "", "ms for each"), style="bold"
    )
    for words, group in groupby(results, _words):
        console.print(words)
        for one in group:
            told = (_workbooks(one), one.target, _measured(one), _range(one), _verdict(one), _ms(one))
            console.print(_line(one.form, *told), style=_COLOURS[one.meets])
        if causes := {one.cause: None for one in results if one.cause and _words(one) == words}:
            console.print(f"  Why it misses: {'; '.join(causes)}.", style="dim")


def _words(one: Result) -> str:
    return in_words(one.what, one.than)


def _line(form: str, workbooks: str, target: str, measured: str, rounds: str, verdict: str, ms: str) -> str:
    return f"  {form:<8}{workbooks:>10}{target:>8}{measured:>17}  {rounds:<18}{verdict:<8}{ms}".rstrip()


def _measured(one: Result) -> str:
    if one.measured is None:
        return one.unit or "not measured"
    return f"{one.measured:.2f} {one.unit}" if one.unit != LIBRARIES else f"{one.measured:g} {one.unit}"


def _range(one: Result) -> str:
    if one.low is None or one.high is None or one.unit == LIBRARIES:
        return ""
    return f"{one.low:.2f}–{one.high:.2f}{' (wall)' if one.clock == 'wall' else ''}"


def _workbooks(one: Result) -> str:
    return f"{one.workbooks:,}" if one.workbooks else ""


def _verdict(one: Result) -> str:
    return {True: "met", False: "missed", None: ""}[one.meets]


def _ms(one: Result) -> str:
    """What the measured one and the other took for each workbook; of a growth, each size."""
    shown = list((one.ms or {}).values())[: 3 if one.unit == EXPONENT else 2]
    return " / ".join(f"{ms:.1f}" for ms in shown) if one.unit != LIBRARIES else ""


def markdown(results: Iterable[Result]) -> str:
    """The *results* as a table in Markdown; what is as in the row above is not said again."""
    lines = [
        "| what | form | workbooks | target | measured | of the rounds | |",
        "|---|---|--:|--:|--:|---|---|",
    ]
    for words, group in groupby(results, _words):
        said, cause = words, ""
        for one in group:
            why = f"misses it: {one.cause or 'cause not known yet'}" if one.cause != cause else "misses it"
            verdict = why if one.meets is False else _verdict(one)
            cells = (said, one.form, _workbooks(one), one.target, _measured(one), _range(one), verdict)
            lines.append(f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |")
            said, cause = "", one.cause or cause
    return "\n".join(lines) + "\n"


def circumstances(scale: str) -> str:
    """What whoever reads the table has to know of how it came to be."""
    without = "" if shutil.which("soffice") else " No workbook was saved by LibreOffice, which was not there."
    machine = f"Python {platform.python_version()}, {os.cpu_count()} processors"
    return f"Measured with `--{scale}`, {machine}.{without}"


def write_docs(results: Iterable[Result], how: str, path: Path = DOCS) -> None:
    """Put the table into docs/performance.md, between its marks, and *how* it was measured."""
    before, _, rest = path.read_text("utf-8").partition(START)
    after = rest.partition(END)[2]
    path.write_text(f"{before}{START}\n\n{how}\n\n{markdown(results)}\n{END}{after}", "utf-8")


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
