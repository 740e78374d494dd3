"""How problems are shown: as text grouped by workbook, as JSON, or as CSV."""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from shutil import get_terminal_size
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import click

from claimbatch.cli.session import count, echo_csv, say
from claimbatch.files import shown
from claimbatch.problems import FIELDS, Problem

if TYPE_CHECKING:
    from claimbatch.office.marking import Marked

SHOWN = 20  # problems of one workbook that text shows before it cuts the list
WIDTH = 100  # of a line, at most; at a terminal no wider than that is


def show_problems(
    problems: Iterable[Problem],
    style: str = "text",
    *,
    every: bool = True,
    err: bool = False,
    titles: Mapping[str, str] = MappingProxyType({}),
    holdings: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Print *problems* in the given style; text is cut to the first of each workbook unless *every*.

    Text calls a workbook by its title, where *titles* has one, and says what it holds, where *holdings* does.
    """
    if style == "json":
        click.echo(json.dumps([problem.row() for problem in problems], indent=2, ensure_ascii=False))
    elif style == "csv":
        echo_csv((problem.row() for problem in problems), FIELDS)
    else:
        for workbook, group in groupby(problems, key=lambda problem: problem.place.workbook):
            title, holds = titles.get(workbook, workbook), holdings.get(workbook, "")
            click.echo(problem_list(title, list(group), every=every, holds=holds), err=err)


def problem_list(title: str, problems: Sequence[Problem], *, every: bool, holds: str = "") -> str:
    """One workbook's problems as text: place and code, then what was found and what to do.

    What to do is said once for neighbours that want the same.
    """
    shown = problems if every else problems[:SHOWN]
    lines = [click.style(f"{title}: {tally(problems)}{holds and f'; {holds}'}", bold=True)]
    for (_, hint), group in groupby(shown, key=lambda problem: (problem.rule.code, problem.hint)):
        for problem in group:
            lines += [_head(problem), *_wrapped(problem.message)]
        lines += _wrapped(f"→ {hint}")
    if len(shown) < len(problems):
        lines.append(f"  {len(shown)} of {len(problems)} shown, --all for the rest")
    return "\n".join(lines)


def tally(problems: Iterable[Problem]) -> str:
    """``2 errors, 1 query``; only what there is, ``no problems`` where there is nothing."""
    found = Counter(problem.is_error for problem in problems)
    return counted(found[True], found[False])


def counted(errors: int, queries: int) -> str:
    """The same of so many *errors* and *queries*."""
    parts = [count(errors, "error")] if errors else []
    if queries:
        parts.append(count(queries, "query", "queries"))
    return ", ".join(parts) or "no problems"


def say_marked(marked: "Marked") -> None:
    """Say where the marked copy of a workbook is, or that there is none."""
    if marked.path:
        say(f"Marked {shown(marked.path)}: {counted(marked.errors, marked.queries)}.")
    else:
        say(f"No marked copy of {marked.workbook}: it was turned away as a whole.")


def summary(problems: Iterable[Problem]) -> Mapping[str, Any]:
    """How many errors and queries, and how often each rule."""
    found = Counter((problem.rule.code, problem.is_error) for problem in problems)
    errors = sum(number for (_, is_error), number in found.items() if is_error)
    by_rule: Counter[str] = Counter()
    for (code, _), number in found.items():
        by_rule[code] += number
    return {"errors": errors, "queries": found.total() - errors, "by_rule": dict(sorted(by_rule.items()))}


def _head(problem: Problem) -> str:
    """Where it is, which rule found it, and of whom and which unit it speaks."""
    colour = "red" if problem.is_error else "yellow"
    mark = click.style(f"{problem.rule.code} {problem.rule.severity.value}", fg=colour)
    of = [f"candidate {problem.candidate}"] if problem.candidate else []
    of += [f"Unit {problem.unit}" if problem.unit.isdigit() else problem.unit] if problem.unit else []
    whose = f" ({', '.join(of)})" if of else ""
    whole = "whole file" if problem.place.workbook else "claim"
    return f"  {str(problem.place) or whole:<18} {mark}  {problem.rule.name}{whose}"


def _wrapped(text: str) -> list[str]:
    columns = get_terminal_size().columns if sys.stdout.isatty() else WIDTH
    return click.wrap_text(
        text, min(columns, WIDTH), "      ", "        " if text.startswith("→") else "      "
    ).splitlines()
