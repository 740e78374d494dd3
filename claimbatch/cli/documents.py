"""``claimbatch export`` and ``claimbatch report``: a claim as a file for programs or for people."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from claimbatch.cli.session import say, workspace_option

if TYPE_CHECKING:
    from claimbatch.workspace import Workspace

folder_option = click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder to write to.  [default: the workspace's outbox]",
)


@click.command()
@click.argument("key", metavar="CLAIM")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="The file.  [default: in outbox]"
)
@click.option(
    "--format",
    "style",
    type=click.Choice(["csv", "xlsx", "json"]),
    default="csv",
    show_default=True,
    help="What kind of file.",
)
@workspace_option
def export(workspace: "Workspace", key: str, output: Path | None, style: str) -> None:
    """Write CLAIM as CSV (or Excel, or JSON): one row for each claimed unit."""
    from claimbatch.claims.life import look  # noqa: PLC0415
    from claimbatch.files import write_atomic  # noqa: PLC0415
    from claimbatch.output.export import claim_rows, to_csv, to_json, to_xlsx  # noqa: PLC0415

    writers = {"csv": to_csv, "xlsx": to_xlsx, "json": to_json}
    with workspace.store() as store:
        stands = look(store, workspace.catalogue(), key)
    rows = claim_rows(stands.claim, stands.sampled)
    path = output or workspace.folder / "outbox" / f"{key}.{style}"
    write_atomic(path, writers[style](rows))
    say(f"Wrote {path}: {len(rows)} rows.")


@click.command()
@click.argument("key", metavar="CLAIM")
@click.option(
    "--kind", type=click.Choice(["claim"]), default="claim", show_default=True, help="Which document."
)
@click.option(
    "--to",
    "style",
    type=click.Choice(["html"]),
    default="html",
    show_default=True,
    help="What kind of file.",
)
@folder_option
@workspace_option
def report(workspace: "Workspace", key: str, kind: str, style: str, folder: Path | None) -> None:
    """Write CLAIM as a printable report: a page for the browser, made for A4 landscape."""
    from claimbatch.claims.award import awards  # noqa: PLC0415
    from claimbatch.claims.life import look  # noqa: PLC0415
    from claimbatch.files import write_atomic  # noqa: PLC0415
    from claimbatch.output.report import answers_of, claim_report  # noqa: PLC0415

    with workspace.store() as store:
        stands = look(store, workspace.catalogue(), key)
        answers = answers_of(stands, store.explanations(key))
    claim = stands.claim
    page = claim_report(claim, awards=awards(claim), answers=answers, declared=len(stands.declared))
    path = write_atomic((folder or workspace.folder / "outbox") / f"{key}_{kind}.{style}", page)
    say(f"Wrote {path}. Open it in a browser to read or print it.")
