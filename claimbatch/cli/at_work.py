"""Refuses what would take a workspace's store away from somebody who is at work in it."""

from pathlib import Path

from claimbatch.errors import ClaimbatchError, Exit
from claimbatch.files import shown


def refuse_while_a_night_runs(folder: Path) -> None:
    """Where a nightly run is at work in the workspace *folder*."""
    from claimbatch.night.lock import holder, is_held  # noqa: PLC0415

    if (folder / "runs").is_dir() and is_held(folder / "runs"):
        raise ClaimbatchError(
            f"A nightly run is at work: {holder(folder / 'runs')}.",
            "Wait until it has finished; nothing was done now.",
            Exit.LOCKED,
        )


def refuse_while_the_page_is_open(folder: Path) -> None:
    """Where the workspace *folder* is open as a page on this computer, which would go on in the old store."""
    from claimbatch.web.run import open_page  # noqa: PLC0415

    if page := open_page(folder):
        raise ClaimbatchError(
            f"{shown(folder)} is open as a page, which would go on in the old store: {page.address}.",
            "Close it there (Close claimbatch), then say it again; nothing was done now.",
            Exit.LOCKED,
        )
