"""What an import changes in the register, by name: shown before it is stored, asked about where it has to be."""

from typing import TYPE_CHECKING

import click

from claimbatch.cli.session import confirm, say

if TYPE_CHECKING:
    from claimbatch.office.changes import Changing

NAMED = 8  # changes that need no answer are named so far
_BECAUSE = "This gives somebody another name or date of birth, or removes entries or assessors"


def show_changes(planned: "Changing", *, dry_run: bool, yes: bool) -> None:
    """Tell what would change: new, changed and gone; what needs an answer whole, the rest up to some.

    In a dry run all of it. Where a question is going to be asked, it is told even if ``--quiet`` was said.
    """
    from claimbatch.office.by_name import by_name  # noqa: PLC0415

    tell = _aloud if planned.asks and not (yes or dry_run) else say
    several = len({row.centre_number for row in planned.rows}) > 1
    affected = by_name(planned.rows)
    for kind in ("New", "Changed", "Gone"):
        told = [one for one in affected if one.change == kind.casefold()]
        asked = sum(one.asks for one in told)
        most = len(told) if dry_run else max(asked, NAMED)
        if told:
            tell(f"{kind} ({len(told)}):")
        for one in told[:most]:
            tell(f"  {one.told(several=several)}")
        if len(told) > most:
            tell(f"  and {len(told) - most} more")


def _aloud(text: str) -> None:
    """Tell what a question is about even where ``--quiet`` was said."""
    click.echo(text, err=True)


def ask(planned: "Changing", *, yes: bool) -> None:
    """Ask before names or dates of birth change under known numbers, or somebody goes; nothing else needs an answer."""
    from claimbatch.office.by_name import in_numbers  # noqa: PLC0415

    if planned.asks:
        confirm(f"Store these changes ({in_numbers(planned.plan.counts)})?", yes=yes, because=_BECAUSE)
