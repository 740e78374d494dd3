"""``claimbatch init`` and ``claimbatch config show``."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from claimbatch.cli.session import (
    format_option,
    hidden,
    not_blank,
    say,
    show_table,
    volume_options,
    workspace_option,
)

if TYPE_CHECKING:
    from claimbatch.workspace import Workspace


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--centre", "number", required=True, help="The centre number, five digits.")
@click.option("--name", required=True, callback=not_blank, help="The centre's name.")
@volume_options
def init(folder: Path, number: str, name: str) -> None:
    """Make FOLDER a workspace for one centre.

    More centres are added with: claimbatch centre add
    """
    from claimbatch.identifiers import check_centre_number  # noqa: PLC0415
    from claimbatch.workspace import Workspace  # noqa: PLC0415

    check_centre_number(number)
    Workspace.create(folder, {number: name})
    say(f"Made the workspace {folder} for centre {number} {name}.")
    say("Next: claimbatch entries import FILE, then claimbatch assessors import FILE.")


@click.group()
def config() -> None:
    """Show the workspace's settings."""


@config.command("show")
@format_option("table", "json", "csv")
@workspace_option
def config_show(workspace: "Workspace", style: str) -> None:
    """Show the settings in force and where they stand."""
    rows = [{"setting": "workspace", "value": str(workspace.folder.absolute())}]
    rows += [
        {"setting": key, "value": hidden(str(value))}
        for key, value in _settings(workspace.config.model_dump())
    ]
    show_table(rows, {"setting": "Setting", "value": "Value"}, style)


def _settings(values: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """The settings of a table and of those in it: ``mail.moderators.05349``."""
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _settings(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value
