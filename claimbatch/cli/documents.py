"""``claimbatch report``: the documents of a claim that people print, as PDF and as a page for the browser."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from claimbatch.cli.session import computer_user, not_blank, progress, say, shown, workspace_option
from claimbatch.errors import ClaimbatchError

if TYPE_CHECKING:
    from claimbatch.claims.scale import Scales
    from claimbatch.form.qualification import Catalogue
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
@click.argument("keys", metavar="[CLAIM]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Documents of all claims, several drawn at once.")
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
    keys: Sequence[str],
    everything: bool,
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
    """Write CLAIM as a document to print: as PDF, and as a page for the browser. Both are made for A4.

    With several claims, or --all, each gets files of its own; a claim that has no such document is passed over.
    """
    from claimbatch.claims.claim import candidate_named  # noqa: PLC0415
    from claimbatch.output.view.choice import Choice  # noqa: PLC0415
    from claimbatch.output.view.kinds import KINDS  # noqa: PLC0415

    if kind not in FORMS and (candidates or units or sampled or unsigned):
        raise click.UsageError(
            f"--candidate, --unit, --sampled and --unsigned choose forms: they go with --kind {', '.join(FORMS)}."
        )
    if bool(keys) == everything:
        raise click.UsageError("Name a claim, or several; or say --all.")
    numbers, wording = frozenset(map(candidate_named, candidates)), workspace.wording()
    known = Sources.of(workspace)

    def made(key: str) -> "Document":
        brief = brief_of(
            workspace, key, known, sort=sort, made_by=made_by or "", award="award" not in without
        )
        chosen = Choice(numbers, frozenset(map(brief.claim.unit_named, units)), sampled, unsigned)
        return KINDS[kind](replace(brief, choice=chosen, per=per, wording=wording))

    stem = folder or workspace.folder / "outbox"
    if len(keys) == 1:
        write_document(made(keys[0]), stem / f"{keys[0]}_{kind}", styles)
    else:
        _write_many(workspace, keys or _all(workspace), made, lambda key: stem / f"{key}_{kind}", styles)


def _all(workspace: "Workspace") -> list[str]:
    with workspace.store() as store:
        return [row.key for row in store.claims()]


def _write_many(
    workspace: "Workspace",
    keys: Sequence[str],
    made: Callable[[str], "Document"],
    stem: Callable[[str], Path],
    styles: Sequence[str],
) -> None:
    """The documents of several claims; what of them could not be made is told in the end, and none is an error."""
    from claimbatch.output.drawing import STYLES  # noqa: PLC0415
    from claimbatch.output.many import Order, draw_files  # noqa: PLC0415

    wanted = [style for style in STYLES if not styles or style in styles]
    passed: dict[str, ClaimbatchError] = {}

    def orders() -> Iterator[Order]:
        for key in keys:
            try:
                document = made(key)
            except ClaimbatchError as error:
                passed[key] = error
                continue
            yield from (Order(document, style, with_ending(stem(key), style)) for style in wanted)

    drawn = draw_files(orders(), workspace.config.workers)
    written = [shown(path) for path in progress(drawn, "Drawing documents", len(keys) * len(wanted))]
    for path in written:
        say(f"Wrote {path}.")
    for key, error in passed.items():
        say(f"Passed over {key}: {error}")
    if not written:
        raise ClaimbatchError("No document was written.", "See above, or choose another --kind.")


@dataclass(frozen=True, slots=True)
class Sources:
    """What is read once for many claims."""

    catalogue: "Catalogue"
    scales: "Scales"

    @classmethod
    def of(cls, workspace: "Workspace") -> "Sources":
        """Read them from *workspace*."""
        return cls(workspace.catalogue(), workspace.scales())


def brief_of(
    workspace: "Workspace",
    key: str,
    known: Sources | None = None,
    *,
    sort: str = "number",
    made_by: str = "",
    award: bool = True,
) -> "Brief":
    """All that a document of the claim *key* may tell."""
    from claimbatch.claims.award import awards  # noqa: PLC0415
    from claimbatch.claims.life import look  # noqa: PLC0415
    from claimbatch.claims.standing import signed_by  # noqa: PLC0415
    from claimbatch.output.view.brief import Brief  # noqa: PLC0415

    known = known or Sources.of(workspace)
    with workspace.store() as store:
        stands = look(store, known.catalogue, key)
        words, history = store.explanations(key), store.history(key)
    return Brief(
        stands,
        words=words,
        signed=signed_by(history),
        awards=awards(stands.claim, known.scales) if award else None,
        made_by=made_by or computer_user(),
        sort=sort,
    )


def write_document(document: "Document", stem: Path, styles: Sequence[str] = ()) -> None:
    """Write *document* as a file of each of *styles* (of all, if none is named): *stem* and the style's ending."""
    from claimbatch.files import write_atomic  # noqa: PLC0415
    from claimbatch.output.drawing import STYLES, draw_document  # noqa: PLC0415

    for style in STYLES:
        if not styles or style in styles:
            path = write_atomic(with_ending(stem, style), draw_document(document, style))
            say(f"Wrote {shown(path)}.")


def with_ending(stem: Path, style: str) -> Path:
    """The file *stem* with the ending of its *style*; a dot in its name stays."""
    return stem.with_name(f"{stem.name}.{style}")
