"""``claimbatch desktop``: a shortcut that opens the page, so that nobody has to type anything."""

from typing import TYPE_CHECKING

import click

from claimbatch.cli.session import say, workspace_option

if TYPE_CHECKING:
    from claimbatch.workspace import Workspace


@click.command()
@click.option("--name", default="claimbatch", show_default=True, help="What the shortcut is called.")
@click.option("--menu", is_flag=True, help="Among the programs (the start menu) instead of on the desktop.")
@click.option("--remove", "gone", is_flag=True, help="Remove the shortcut, wherever it was put.")
@workspace_option
def desktop(workspace: "Workspace", name: str, menu: bool, gone: bool) -> None:
    """Put a shortcut on the desktop that opens this workspace as a page in the browser (claimbatch serve).

    What it opens ends by itself twelve hours after it was last used, or with Close claimbatch on the page.
    """
    from claimbatch.web.shortcut import make_shortcut, remove_shortcuts  # noqa: PLC0415

    if gone:
        removed = remove_shortcuts(name, menu=menu)
        for path in removed:
            say(f"Removed {path}.")
        if not removed:
            say(f"There is no shortcut called {name}.")
        return
    done = make_shortcut(workspace.folder, name, menu=menu)
    say(f"{'Made anew' if done.was_there else 'Made'} {done.path}.")
