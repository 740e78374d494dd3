"""``claimbatch demo``: one afternoon of an exam officer, on the shipped samples, by the real commands."""

import os
from collections.abc import Iterator, Sequence
from contextlib import chdir, contextmanager
from pathlib import Path

import click

from claimbatch.cli.session import run
from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.files import shown
from claimbatch.problems import word

Command = tuple[str, ...]
WIDTH = 88
KEY = "claimbatch.key"
ISSUED_AT = 1791187200  # 2026-10-05T08:00:00Z, when the samples' templates were issued
CLAIMS = ("68199-05349-1", "68199-05844-1", "68199-05878-1")
REGISTER: tuple[Command, ...] = (
    ("entries", "import", "entries.csv"),
    ("assessors", "import", "assessors.csv"),
)
ISSUING: tuple[Command, ...] = (
    ("template", "--all"),
    ("template", "05349", "--by", "unit", "--unit", "19"),
    ("template", "05844", "--by", "unit", "--unit", "3", "--unit", "23"),
    ("template", "05878", "--by", "unit", "--unit", "5", "--unit", "14"),
)
CHECKING: tuple[Command, ...] = (("check", "inbox"),)
MERGING: tuple[Command, ...] = (("merge", "inbox"),)
LOOKING: tuple[Command, ...] = (("claims",), ("claim", "show", CLAIMS[1], "--by", "unit"))
SUBMITTING: tuple[Command, ...] = (
    ("claim", "queries", CLAIMS[1]),
    ("claim", "answer", CLAIMS[1], "1", "--because", "Not finished yet: nothing is claimed."),
    ("claim", "declare", CLAIMS[1], "--all"),
    ("claim", "submit", CLAIMS[1], "--centre-declaration", "--submitted-by", "Alex Morgan", "--yes"),
)
WRITING: tuple[Command, ...] = (
    ("export", CLAIMS[1]),
    ("report", CLAIMS[1]),
    ("sample", "draw", CLAIMS[1], "--seed", "2026"),
)


@click.command()
@click.argument(
    "folder",
    metavar="[DIR]",
    default="claimbatch-demo",
    type=click.Path(path_type=Path, file_okay=False),
)
def demo(folder: Path) -> None:
    """Show the whole job on shipped samples, in the new folder DIR (claimbatch-demo).

    Nothing outside that folder is touched. Delete it when you have seen enough.
    """
    from claimbatch.data import sample_folder  # noqa: PLC0415

    if folder.exists() and any(folder.iterdir()):
        raise ClaimbatchError(
            f"{folder} is there already and is not empty.", "Name another folder: claimbatch demo DIR"
        )
    college = sample_folder() / "college"
    _copy(folder, *(college / name for name in (KEY, "entries.csv", "assessors.csv")))
    _chapter(
        1,
        "A workspace is a folder that holds a centre's claims. The register comes from your own system: "
        "sixty candidates, seven of them on two courses, and who assesses them.",
    )
    _type(starting(folder))
    click.secho(f"\n$ cd {word(str(folder))}", fg="cyan")
    with chdir(folder), _surroundings("CLAIMBATCH_WORKSPACE", None):  # never in the reader's own workspace
        _tell(college)
    _last_words(folder)


def starting(folder: Path) -> Command:
    """The command that makes the workspace."""
    return ("init", str(folder), "--centre", "68199", "--name", "Example College")


def _tell(college: Path) -> None:
    """The story: each chapter a sentence or two, then the commands as they would be typed."""
    _type(*REGISTER)
    _chapter(
        2, "Each qualification gets a template, a workbook to fill in; each unit can have one of its own."
    )
    # The moment when the samples' templates were issued: so these are the same templates.
    with _surroundings("SOURCE_DATE_EPOCH", str(ISSUED_AT)):
        _type(*ISSUING)
    _chapter(
        3,
        "Teachers fill them in and send them back. Ten workbooks have come. "
        "check says what is wrong, at the cell, and changes nothing.",
    )
    _arrive(college / "returned")
    _type(*CHECKING)
    _chapter(4, "merge takes the clean ones into the claims and holds back the others, whole.")
    _type(*MERGING)
    _chapter(5, "Word goes round. Seven workbooks come back put right, under the same names.")
    _arrive(college / "corrected")
    _type(*CHECKING, *MERGING)
    _chapter(6, "Three claims stand. Here is one of them: who gave which grade, and how often.")
    _type(*LOOKING)
    _chapter(
        7,
        "Before a claim goes off, its query wants an answer and every candidate's declaration a signature. "
        "After that only the moderator can change it.",
    )
    _type(*SUBMITTING)
    _chapter(
        8, "A claim becomes a file for other programs, a report to print, and a trial run of moderation."
    )
    _type(*WRITING)


def _chapter(number: int, text: str) -> None:
    click.echo()
    click.secho(click.wrap_text(f"{number}. {text}", WIDTH, "", "   "), bold=True)


def _type(*commands: Command) -> None:
    from claimbatch.cli.main import cli  # noqa: PLC0415

    for command in commands:
        click.secho(f"\n$ {' '.join(map(word, ('claimbatch', *command)))}", fg="cyan")
        if run(cli, list(command)) > Exit.ERRORS_FOUND:
            raise ClaimbatchError("The demo could not go on.", "See above.", Exit.NOT_FINISHED)


def _arrive(folder: Path) -> None:
    """Put workbooks into the inbox, over earlier ones of the same name."""
    _copy(Path("inbox"), *sorted(folder.glob("*.xlsx")))


def _copy(folder: Path, *files: Path) -> None:
    from claimbatch.files import write_atomic  # noqa: PLC0415

    for file in files:
        write_atomic(folder / file.name, file.read_bytes())


@contextmanager
def _surroundings(variable: str, value: str | None) -> Iterator[None]:
    """Set an environment variable, or clear it, for a while."""
    before = os.environ.pop(variable, None)
    if value is not None:
        os.environ[variable] = value
    try:
        yield
    finally:
        os.environ.pop(variable, None)
        if before is not None:
            os.environ[variable] = before


def _last_words(folder: Path) -> None:
    outbox = folder / "outbox"
    click.secho("\nThat was the whole job. Now open:", bold=True)
    for path, what in _worth_opening(outbox):
        click.echo(f"  {path}\n      {what}")
    click.echo(
        f"\nThe same claims as a page in the browser: claimbatch serve --workspace {word(shown(folder))}"
    )
    click.echo("Your own centre: claimbatch init DIR --centre NUMBER --name NAME")


def _worth_opening(outbox: Path) -> Sequence[tuple[Path, str]]:
    return (
        (outbox / "68199_05844_by-candidate.xlsx", "a template, as teachers get it"),
        (
            outbox / f"{CLAIMS[1]}_claim.pdf",
            "the printed claim (beside it the same as a page for the browser)",
        ),
        (next(outbox.glob("*_sample_*.pdf")), "the moderator's sample, simulated"),
        (outbox / f"{CLAIMS[1]}.csv", "the claim for other programs"),
    )
