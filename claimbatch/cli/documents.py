"""``claimbatch export`` and ``claimbatch report``: a claim as a file for programs or for people."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from claimbatch.cli.session import count, say, workspace_option
from claimbatch.errors import ClaimbatchError

if TYPE_CHECKING:
    from claimbatch.workspace import Workspace

folder_option = click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder to write to.  [default: the workspace's outbox]",
)


EXPORTS = ("csv", "xlsx", "json")


@click.command()
@click.argument("key", metavar="CLAIM")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="The file, or - for the standard output.  [default: in outbox]",
)
@click.option(
    "--format",
    "style",
    type=click.Choice(EXPORTS),
    help="What kind of file.  [default: what the file's name ends with, else csv]",
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@workspace_option
def export(workspace: "Workspace", key: str, output: Path | None, style: str | None, force: bool) -> None:
    """Write CLAIM as CSV (or Excel, or JSON): one row for each claimed unit."""
    from claimbatch.claims.life import look  # noqa: PLC0415
    from claimbatch.files import write_atomic  # noqa: PLC0415
    from claimbatch.output.export import claim_rows, to_csv, to_json, to_xlsx  # noqa: PLC0415

    kind = style or _kind_of(output)
    if output and output.is_file() and not force:
        raise ClaimbatchError(
            f"{output} is there already.", "Name another file, or write over it with --force."
        )
    writers: dict[str, Callable[..., bytes]] = {"csv": to_csv, "xlsx": to_xlsx, "json": to_json}
    with workspace.store() as store:
        stands = look(store, workspace.catalogue(), key)
    rows = claim_rows(stands.claim, stands.sampled)
    content = writers[kind](rows)
    if output == Path("-"):
        click.echo(content, nl=False)
        return
    path = write_atomic(output or workspace.folder / "outbox" / f"{key}.{kind}", content)
    say(f"Wrote {path}: {count(len(rows), 'row')}.")


def _kind_of(output: Path | None) -> str:
    """The format that a file's name asks for."""
    ending = output.suffix.casefold().removeprefix(".") if output else ""
    return ending if ending in EXPORTS else EXPORTS[0]


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
        words = store.explanations(key)
    claim, answers = stands.claim, answers_of(stands, words)
    page = claim_report(
        claim, awards=awards(claim, workspace.scales()), answers=answers, standing=stands, reasons=words
    )
    path = write_atomic((folder or workspace.folder / "outbox") / f"{key}_{kind}.{style}", page)
    say(f"Wrote {path}. Open it in a browser to read or print it.")
