"""``claimbatch check``: what is wrong with returned workbooks, at the cell. Changes nothing."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from claimbatch.cli.documents import to_option
from claimbatch.cli.given import workbooks_in
from claimbatch.cli.problems import say_marked, show_problems, summary, tally
from claimbatch.cli.progress import watch
from claimbatch.cli.returned import holds, show_clean, title
from claimbatch.cli.session import count, echo_json, format_option, say, workers_option, workspace_option
from claimbatch.cli.written import tell_written
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.spool import Stream

if TYPE_CHECKING:
    from claimbatch.intake.results import Checked
    from claimbatch.office.checking import Looked
    from claimbatch.workspace import Workspace


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE|DIR...")
@format_option("text", "json", "csv", "junit", "github")
@click.option("--all", "every", is_flag=True, help="Show every problem of a workbook, however many.")
@click.option(
    "--mark",
    "marked",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write a copy of each workbook with problems to DIR, each problem marked at its cell.",
)
@to_option(
    "Write the problems of each workbook to a file of its own, to print or to send to whoever filled it in."
)
@click.option("--bundle", is_flag=True, help="With --to pdf: all of them in one PDF.")
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder that --to writes to.  [default: the workspace's outbox]",
)
@click.option("--strict", is_flag=True, help="Exit with 1 for queries too.")
@workers_option
@workspace_option
def check(
    workspace: "Workspace",
    paths: tuple[Path, ...],
    style: str,
    every: bool,
    marked: Path | None,
    styles: tuple[str, ...],
    bundle: bool,
    folder: Path | None,
    strict: bool,
    workers: int | None,
) -> int:
    """Check returned workbooks and say, at the cell, what is wrong and how to put it right.

    Nothing is changed. Exit code 1 says that errors were found. A marked copy may be corrected and sent back as it
    is: its marks are not read.
    """
    from claimbatch.office.checking import check as check_all  # noqa: PLC0415

    _refuse(styles, bundle=bundle, folder=folder)
    if marked:
        _refuse_marking_into(paths, marked)
    looked = check_all(workspace, workbooks_in(paths), workers=workers, watch=watch, tell=say)
    checked = looked.checked
    for name in looked.again:
        say(f"{name}: already received; merging it again would change nothing.")
    _show(checked, style, every)
    if marked:
        _mark(looked, marked)
    if styles:
        _print(workspace, looked, workspace.outbox(folder), styles, bundle=bundle)
    errors = any(problem.is_error for problem in checked.problems)
    return int(Exit.ERRORS_FOUND if errors or (strict and checked.problems) else Exit.DONE)


def _refuse(styles: tuple[str, ...], *, bundle: bool, folder: Path | None) -> None:
    """Refuse what does not go together."""
    if bundle and styles != ("pdf",):
        raise click.UsageError("A bundle is a PDF: say --to pdf --bundle.")
    if folder and not styles:
        raise click.UsageError("Say what to write there: --to pdf or --to html.")


def _refuse_marking_into(paths: tuple[Path, ...], folder: Path) -> None:
    """Marked copies beside what came in would be checked, next time, as if they had come in themselves."""
    for path in paths:
        if path.is_dir() and folder.resolve().is_relative_to(path.resolve()):
            raise ClaimbatchError(
                f"{folder} is in {path}, whose workbooks are checked: the marked copies would be checked with them.",
                "Name another folder: --mark marked",
            )


def _mark(looked: "Looked", folder: Path) -> None:
    from claimbatch.office.marking import mark_all  # noqa: PLC0415

    for marked in mark_all(folder, looked.files, looked.checked):
        say_marked(marked)


def _print(
    workspace: "Workspace", looked: "Looked", folder: Path, styles: tuple[str, ...], *, bundle: bool
) -> None:
    """Write the list of what was found in each workbook that has problems."""
    from claimbatch.office.error_lists import write_error_lists  # noqa: PLC0415

    files, checked = looked.files, looked.checked
    if not checked.problems:
        say("No workbook has a problem: there is nothing to print.")
        return
    written = write_error_lists(workspace, folder, files, checked, styles, bundle=bundle, watch=watch)
    tell_written(written, bundle=bundle)
    clean = len(files) - len({problem.place.workbook for problem in checked.problems})
    if clean:
        say(f"{count(clean, 'workbook').capitalize()} without problems: no document.")


def _show(checked: "Checked", style: str, every: bool) -> None:
    from claimbatch.output.problem_formats import to_github, to_junit  # noqa: PLC0415

    if style == "json":
        echo_json(as_json(checked))
        return
    if style == "junit":
        click.echo(to_junit([result.workbook for result in checked.files], checked.problems), nl=False)
    elif style == "github":
        click.echo(to_github(checked.problems), nl=False)
    else:
        titles = {result.workbook: title(result) for result in checked.files}
        holdings = {result.workbook: holds(result) for result in checked.files}
        show_problems(checked.problems, style, every=every, titles=titles, holdings=holdings)
    if style == "text":
        show_clean(checked, every=every)
    say(sentence(checked))


def as_json(checked: "Checked") -> dict[str, object]:
    """The result of a check with the keys of the contract."""
    outcomes: dict[str, int] = {}
    for result in checked.files:
        outcomes[result.outcome.value] = outcomes.get(result.outcome.value, 0) + 1
    return {
        "files": Stream(lambda: map(asdict, checked.files)),
        "problems": Stream(lambda: (problem.row() for problem in checked.problems)),
        "answers": Stream(lambda: ({**p.row(), "explanation": words} for p, words in checked.answers)),
        "summary": {"workbooks": len(checked.files), **summary(checked.problems), "outcomes": outcomes},
    }


def sentence(checked: "Checked") -> str:
    """The last line: ``3 workbooks checked: 2 errors, 1 query.``"""
    clean = sum(result.outcome == "clean" for result in checked.files)
    whole = f"{count(len(checked.files), 'workbook').capitalize()} checked: {tally(checked.problems)}"
    end = f"; {clean or 'none'} clean" if checked.problems else ""
    notes = (
        f" {count(len(checked.answers), 'query', 'queries').capitalize()} answered on Notes."
        if checked.answers
        else ""
    )
    return f"{whole}{end}.{notes}"
