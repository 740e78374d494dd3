"""``claimbatch nightly --install``: what makes the computer start it by itself."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from claimbatch.cli.session import say
from claimbatch.errors import Exit
from claimbatch.files import shown, write_atomic
from claimbatch.problems import word

if TYPE_CHECKING:
    from claimbatch.workspace import Workspace

CALLED = {"systemd": "systemd", "cron": "cron", "windows": "Windows"}


def install(workspace: "Workspace", kind: str, at: str, folder: Path | None) -> int:
    """Print the files that start the nightly run *at* a time of the day, or write them to *folder*."""
    from claimbatch.night.schedule import WINDOWS, schedule  # noqa: PLC0415
    from claimbatch.office.who import computer_user  # noqa: PLC0415

    made = schedule(workspace, kind, at, computer_user())
    if (kind == WINDOWS) != (sys.platform == "win32"):
        say(f"This is for the computer on which it was made: make it where {CALLED[kind]} is.")
    for name, content in made.files.items():
        if folder:
            say(f"Wrote {shown(write_atomic(folder / name, content))}.")
        else:
            text = content.decode("utf-16" if kind == WINDOWS else "utf-8")
            click.echo(text if len(made.files) == 1 else f"# {name}\n{text}", nl=False)
    say(
        "To put it in place:"
        if folder
        else "To put it in place, write it to a folder first (-o FOLDER), then:"
    )
    for step in made.steps:
        say(f"  {step.replace('FOLDER', word(shown(folder)) if folder else 'FOLDER')}")
    return int(Exit.DONE)
