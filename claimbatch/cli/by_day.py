"""The option ``--due DATE`` of commands that make templates, and what is said about the day."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from claimbatch.cli.session import say

if TYPE_CHECKING:
    from datetime import date


def _read(_context: click.Context, parameter: click.Parameter, value: str | None) -> "date | None":
    from claimbatch.claims.due import read_due  # noqa: PLC0415
    from claimbatch.clock import today  # noqa: PLC0415
    from claimbatch.errors import ClaimbatchError  # noqa: PLC0415

    if value is None:
        return None
    try:
        return read_due(value, today())
    except ClaimbatchError as error:
        raise click.BadParameter(f"{error} {error.hint}", param=parameter) from None


def due_option(more: str = "") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command ``--due DATE``; it is called with ``due``, a day or None."""
    return click.option(
        "--due",
        metavar="DATE",
        callback=_read,
        help=f"The day by which it is to come back: 2026-12-04, 4/12/2026 or 4 December 2026.{more}",
    )


def say_due(due: "date | None") -> None:
    """Tell the day as it is printed, because one that was typed may be read another way."""
    from claimbatch.clock import long_day, today  # noqa: PLC0415

    if due:
        say(f"To come back by {long_day(due)}{', which is over: --due DATE changes it' * (due < today())}.")
