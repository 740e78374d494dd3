"""``claimbatch export`` and ``claimbatch report``: a claim as a file for programs or for people."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from claimbatch.cli.session import count, say, shown, workspace_option
from claimbatch.errors import ClaimbatchError

if TYPE_CHECKING:
    from claimbatch.claims.standing import Standing
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
    """Write CLAIM as CSV (or Excel, or JSON): one row for each claimed unit.

    A file that is there is never written over unasked; where it says the same already, nothing needs to be.
    """
    from claimbatch.claims.life import look  # noqa: PLC0415
    from claimbatch.files import write_atomic  # noqa: PLC0415
    from claimbatch.output.export import claim_rows, to_csv, to_json, to_xlsx  # noqa: PLC0415

    kind = style or _kind_of(output)
    writers: dict[str, Callable[..., bytes]] = {"csv": to_csv, "xlsx": to_xlsx, "json": to_json}
    with workspace.store() as store:
        stands = look(store, workspace.catalogue(), key)
    rows = claim_rows(stands.claim, stands.sampled)
    content = writers[kind](rows)
    if output == Path("-"):
        click.echo(content, nl=False)
        return
    path = output or workspace.folder / "outbox" / f"{key}.{kind}"
    if path.is_file() and not force:
        if path.read_bytes() != content:
            raise ClaimbatchError(
                f"{shown(path)} is there already, and says something else.",
                "Name another file with -o, or write over it with --force.",
            )
        say(f"{shown(path)} says this already: {count(len(rows), 'row')}.")
        return
    write_atomic(path, content)
    say(f"Wrote {shown(path)}: {count(len(rows), 'row')}.")


def _kind_of(output: Path | None) -> str:
    """The format that a file's name asks for."""
    ending = output.suffix.casefold().removeprefix(".") if output else ""
    return ending if ending in EXPORTS else EXPORTS[0]


@click.command()
@click.argument("key", metavar="CLAIM")
@click.option(
    "--kind",
    type=click.Choice(["claim", "sample"]),
    default="claim",
    show_default=True,
    help="Which document: the whole claim, or the list of the sample that the moderator chose.",
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
    from claimbatch.claims.life import look  # noqa: PLC0415
    from claimbatch.files import write_atomic  # noqa: PLC0415

    with workspace.store() as store:
        stands = look(store, workspace.catalogue(), key)
        words = store.explanations(key)
    page = _claim_page(stands, words, workspace) if kind == "claim" else _sample_page(stands)
    path = write_atomic((folder or workspace.folder / "outbox") / f"{key}_{kind}.{style}", page)
    say(f"Wrote {shown(path)}. Open it in a browser to read or print it.")


def _claim_page(stands: "Standing", words: Mapping[int, str], workspace: "Workspace") -> str:
    from claimbatch.claims.award import awards  # noqa: PLC0415
    from claimbatch.output.report import answers_of, claim_report  # noqa: PLC0415

    reached = awards(stands.claim, workspace.scales())
    answers = answers_of(stands, words)
    return claim_report(stands.claim, awards=reached, answers=answers, standing=stands, reasons=words)


def _sample_page(stands: "Standing") -> str:
    from claimbatch.moderation.sampling import recorded  # noqa: PLC0415
    from claimbatch.output.report import sample_list  # noqa: PLC0415

    if not stands.sampled:
        raise ClaimbatchError(
            f"No sample of claim {stands.claim.key} is recorded.",
            "Record the moderator's with: claimbatch sample record. To simulate one: claimbatch sample draw.",
        )
    return sample_list(stands.claim, recorded(stands.claim, stands.sampled))
