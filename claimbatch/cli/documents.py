"""``claimbatch report``: the documents of a claim that people print, as PDF and as a page for the browser."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from claimbatch.cli.session import computer_user, not_blank, say, shown, workspace_option

if TYPE_CHECKING:
    from claimbatch.output.view.brief import Brief
    from claimbatch.output.view.document import Document
    from claimbatch.workspace import Workspace

folder_option = click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder to write to.  [default: the workspace's outbox]",
)
style_option = click.option(
    "--to",
    "styles",
    type=click.Choice(["pdf", "html"]),
    multiple=True,
    help="What kind of file.  [default: both]",
)
KIND_NAMES = ("claim", "sample", "declarations", "signing-list", "recording-sheets")
FORMS = KIND_NAMES[2:]


@click.command()
@click.argument("key", metavar="CLAIM")
@click.option(
    "--kind",
    type=click.Choice(KIND_NAMES),
    default="claim",
    show_default=True,
    help="Which document: the whole claim, the sample that the moderator chose, declarations for candidates to sign "
    "(a page each), one list for all to sign on, or a recording sheet for each candidate and unit.",
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
    key: str,
    kind: str,
    styles: Sequence[str],
    sort: str,
    without: Sequence[str],
    candidates: Sequence[str],
    units: Sequence[str],
    sampled: bool,
    unsigned: bool,
    per: str,
    made_by: str | None,
    folder: Path | None,
) -> None:
    """Write CLAIM as a document to print: as PDF, and as a page for the browser. Both are made for A4."""
    from claimbatch.claims.claim import candidate_named  # noqa: PLC0415
    from claimbatch.output.view.choice import Choice  # noqa: PLC0415
    from claimbatch.output.view.kinds import KINDS  # noqa: PLC0415

    if kind not in FORMS and (candidates or units or sampled or unsigned):
        raise click.UsageError(
            f"--candidate, --unit, --sampled and --unsigned choose forms: they go with --kind {', '.join(FORMS)}."
        )
    brief = brief_of(workspace, key, sort=sort, made_by=made_by or "", award="award" not in without)
    chosen = Choice(
        frozenset(map(candidate_named, candidates)),
        frozenset(map(brief.claim.unit_named, units)),
        sampled,
        unsigned,
    )
    document = KINDS[kind](replace(brief, choice=chosen, per=per, wording=workspace.wording()))
    write_document(document, (folder or workspace.folder / "outbox") / f"{key}_{kind}", styles)


def brief_of(
    workspace: "Workspace", key: str, *, sort: str = "number", made_by: str = "", award: bool = True
) -> "Brief":
    """All that a document of the claim *key* may tell."""
    from claimbatch.claims.award import awards  # noqa: PLC0415
    from claimbatch.claims.life import look  # noqa: PLC0415
    from claimbatch.claims.standing import signed_by  # noqa: PLC0415
    from claimbatch.output.view.brief import Brief  # noqa: PLC0415

    with workspace.store() as store:
        stands = look(store, workspace.catalogue(), key)
        words, history = store.explanations(key), store.history(key)
    return Brief(
        stands,
        words=words,
        signed=signed_by(history),
        awards=awards(stands.claim, workspace.scales()) if award else None,
        made_by=made_by or computer_user(),
        sort=sort,
    )


def write_document(document: "Document", stem: Path, styles: Sequence[str] = ()) -> None:
    """Write *document* as a file of each of *styles* (of all, if none is named): *stem* and the style's ending."""
    from claimbatch.files import write_atomic  # noqa: PLC0415
    from claimbatch.output.drawing import STYLES, draw_document  # noqa: PLC0415

    for style in STYLES:
        if not styles or style in styles:
            path = write_atomic(stem.with_name(f"{stem.name}.{style}"), draw_document(document, style))
            say(f"Wrote {shown(path)}.")
