"""``claimbatch serve``: the same, as a page in the browser, for people who use no terminal."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from claimbatch.cli.session import not_blank, say, workspace_option
from claimbatch.errors import ClaimbatchError

if TYPE_CHECKING:
    from claimbatch.web.settings import Settings
    from claimbatch.workspace import Workspace

PORT = 8459
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - what is said to mean every address of this computer  # nosec B104


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="The port.")
@click.option("--no-browser", is_flag=True, help="Only say the address; open no browser.")
@click.option(
    "--idle",
    type=click.FloatRange(min=0, min_open=True),
    metavar="HOURS",
    help="End by itself after so many hours in which nobody used it.  [default: never]",
)
@click.option(
    "--role",
    type=click.Choice(["administrator", "tutor"]),
    default="administrator",
    show_default=True,
    help="As what you work on the page: a tutor submits nothing, and changes no register.",
)
@click.option(
    "--by",
    "who",
    callback=not_blank,
    help="Who works on the page, for the history.  [default: the computer's user]",
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="The address to listen at. Any but this computer's own wants a certificate, and users with passwords.",
)
@click.option(
    "--name", default="", help="With --host: the name by which others reach it, as in the certificate."
)
@click.option(
    "--certificate",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Its certificate (PEM).",
)
@click.option(
    "--key",
    "private",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The key of that (PEM).",
)
@workspace_option
def serve(
    workspace: "Workspace",
    port: int,
    no_browser: bool,
    idle: float | None,
    role: str,
    who: str | None,
    host: str,
    name: str,
    certificate: Path | None,
    private: Path | None,
) -> None:
    """Open claimbatch as a page in the browser.

    The page is on this computer, for this computer alone, until Ctrl-C or Close claimbatch on the page. Called again,
    it opens the same page again.
    """
    from claimbatch.office.who import computer_user  # noqa: PLC0415
    from claimbatch.web.roles import Role  # noqa: PLC0415
    from claimbatch.web.run import serve as run  # noqa: PLC0415
    from claimbatch.web.settings import LOOPBACK, Settings  # noqa: PLC0415

    workspace.store().close()  # a workspace that cannot be opened is told here, before there is a page
    settings = Settings(port, host, who=who or computer_user(), role=Role(role))
    if host in LOOPBACK and (certificate or private or name):
        raise click.UsageError("--name, --certificate and --key go with a --host that others reach.")
    if host not in LOOPBACK:
        settings = _for_others(workspace, settings, name, certificate, private)
    pem = (certificate, private) if certificate and private else None
    seconds = max(1, round(idle * 3600)) if idle else None
    run(workspace, settings, tell=say, browse=not no_browser, certificate=pem, end_after=seconds)


def _for_others(
    workspace: "Workspace", settings: "Settings", name: str, certificate: Path | None, private: Path | None
) -> "Settings":
    """The *settings* for a page that other computers reach; refused where anybody could read along, or get in."""
    from dataclasses import replace  # noqa: PLC0415

    from claimbatch.web.accounts import load_accounts  # noqa: PLC0415

    if not (certificate and private):
        raise ClaimbatchError(
            f"{settings.host} is reached from other computers; without a certificate anybody on the way reads along.",
            "Give --certificate and --key, or leave --host out: then the page is for this computer alone.",
        )
    if not name and settings.host in EVERYWHERE:
        raise ClaimbatchError(
            f"{settings.host} is no name by which anybody could open the page.",
            "Give the one that is on the certificate: --name exams.example.ac.uk",
        )
    accounts = load_accounts(workspace.folder)
    if not accounts:
        raise ClaimbatchError(
            f"{settings.host} is reached from other computers, and nobody has a password yet.",
            "Add whoever may use it: claimbatch users add NAME --role tutor",
        )
    return replace(settings, name=name, secure=True, accounts=accounts, idle=30 * 60)
