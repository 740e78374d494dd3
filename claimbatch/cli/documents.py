"""``claimbatch report``: the documents of a claim that people print, as PDF and as a page for the browser."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from claimbatch.cli.progress import watch
from claimbatch.cli.session import not_blank, workspace_option
from claimbatch.cli.written import say_written, tell_written

if TYPE_CHECKING:
    from claimbatch.office.documents import Asked
    from claimbatch.workspace import Workspace

folder_option = click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder to write to.  [default: the workspace's outbox]",
)


def to_option(text: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command ``--to pdf|html``, explained as *text*; it is called with ``styles``."""
    return click.option("--to", "styles", type=click.Choice(["pdf", "html"]), multiple=True, help=text)


style_option = to_option("What kind of file.  [default: both]")
KIND_NAMES = ("claim", "sample", "outcome", "declarations", "signing-list", "recording-sheets")
FORMS = KIND_NAMES[3:]


@click.command()
@click.argument("keys", metavar="[CLAIM]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Documents of all claims, several drawn at once.")
@click.option("--bundle", is_flag=True, help="All of them in one PDF.")
@click.option(
    "--kind",
    type=click.Choice(KIND_NAMES),
    default="claim",
    show_default=True,
    help="Which document: the whole claim, the sample that the moderator chose, the outcome of moderation, "
    "declarations for candidates to sign (a page each), one list for all to sign on, or a recording sheet for each "
    "candidate and unit.",
)
@style_option
@click.option(
    "--sort",
    type=click.Choice(["number", "name"]),
    default="number",
    show_default=True,
    help="The order of candidates.",
)
@click.option(
    "--without", type=click.Choice(["award"]), multiple=True, help="A part of the claim report to leave out."
)
@click.option(
    "--candidate", "candidates", multiple=True, help="Forms for this candidate only; several as you like."
)
@click.option("--unit", "units", multiple=True, help="Forms for this unit only; several as you like.")
@click.option("--sampled", is_flag=True, help="Forms for the moderator's sample only.")
@click.option("--unsigned", is_flag=True, help="Forms only for those whose declaration is not recorded.")
@click.option(
    "--per",
    type=click.Choice(["claim", "unit", "assessor"]),
    default="claim",
    show_default=True,
    help="What each signing list is for.",
)
@click.option(
    "--by",
    "made_by",
    callback=not_blank,
    help="Who has it made; it stands on the document.  [default: the computer's user]",
)
@folder_option
@workspace_option
def report(
    workspace: "Workspace",
    keys: Sequence[str],
    everything: bool,
    bundle: bool,
    styles: Sequence[str],
    folder: Path | None,
    without: Sequence[str],
    made_by: str | None,
    **options: Any,
) -> None:
    """Write CLAIM as a document to print: as PDF, and as a page for the browser. Both are made for A4.

    With several claims, or --all, each gets files of its own, or all are in one with --bundle; a claim that has no such
    document is passed over.
    """
    from claimbatch.office.documents import Asked, report_several  # noqa: PLC0415
    from claimbatch.office.documents import report as report_one  # noqa: PLC0415

    asked = Asked(award="award" not in without, made_by=made_by or "", **options)
    _refuse(asked, keys, styles, everything=everything, bundle=bundle)
    named = [workspace.claim_key(key) for key in keys]
    if len(named) == 1 and not bundle:
        say_written(report_one(workspace, named[0], asked, folder, styles))
        return
    written = report_several(workspace, named, asked, folder, styles, bundle=bundle, watch=watch)
    tell_written(written, bundle=bundle)


def _refuse(
    asked: "Asked", keys: Sequence[str], styles: Sequence[str], *, everything: bool, bundle: bool
) -> None:
    """Refuse what does not go together."""
    if asked.some_only and asked.kind not in FORMS:
        raise click.UsageError(
            f"--candidate, --unit, --sampled and --unsigned choose forms: they go with --kind {', '.join(FORMS)}."
        )
    if bool(keys) == everything:
        raise click.UsageError("Name a claim, or several; or say --all.")
    if bundle and "html" in styles:
        raise click.UsageError("A bundle is a PDF: leave --to html out.")
