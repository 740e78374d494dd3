"""``claimbatch moderation``: what the moderator decided, from the returned workbook or by hand."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from claimbatch.cli.documents import folder_option
from claimbatch.cli.moderation_by_hand import moderation_agree, moderation_change, moderation_withdraw
from claimbatch.cli.moderation_show import moderation_show
from claimbatch.cli.moderators_workbook import hear_workbook, make_workbook, mark_option, tell_problems
from claimbatch.cli.recording import carry_out, say_open, undecided
from claimbatch.cli.session import (
    count,
    format_option,
    not_blank,
    say,
    who_option,
    workspace_option,
    yes_option,
)
from claimbatch.errors import Exit

if TYPE_CHECKING:
    from claimbatch.workspace import Workspace


@click.group()
def moderation() -> None:
    """Record what the moderator decided."""


for command in (moderation_agree, moderation_change, moderation_withdraw, moderation_show):
    moderation.add_command(command)


@moderation.command("template")
@click.argument("key", metavar="CLAIM")
@click.option("--unprotected", is_flag=True, help="Leave the sheets unprotected.")
@folder_option
@workspace_option
def moderation_template(workspace: "Workspace", key: str, unprotected: bool, folder: Path | None) -> None:
    """Make the workbook in which a moderator decides about the sample of CLAIM: a row for each piece of work.

    What is decided already stands on it. The returned workbook is taken by claimbatch moderation import.
    """
    make_workbook(workspace, key, "moderation", folder, protect=not unprotected)


@moderation.command("import")
@click.argument("words", nargs=-1, required=True, metavar="[CLAIM] FILE")
@mark_option
@click.option("--dry-run", is_flag=True, help="Show what would be recorded, and record nothing.")
@format_option("text", "json", "csv")
@yes_option
@who_option
@workspace_option
def moderation_import(
    workspace: "Workspace",
    words: tuple[str, ...],
    marked: Path | None,
    dry_run: bool,
    style: str,
    yes: bool,
    who: str,
) -> int:
    """Record the decisions in FILE, the returned workbook of claimbatch moderation template.

    It is checked at the cell, like any workbook, and taken as a whole or not at all. Lines are agreed or changed one by
    one; Withdrawn withdraws everyone with that unit, assessor and grade, which is asked about first. What was recorded
    before is not recorded again; a row left blank says nothing. The file says which claim it is of; name CLAIM to make
    sure. --format is that of the problems found.
    """
    file, key = _named(workspace, words)
    with workspace.store() as store:
        returned = hear_workbook(workspace, store, file, "moderation", key)
        if tell_problems(file, returned, marked, style):
            return int(Exit.ERRORS_FOUND)
        claim = store.claim(returned.claim_key, workspace.catalogue())
        carry_out(store, claim, returned.decisions, who, dry_run=dry_run, yes=yes)
        if not dry_run:
            say_open(workspace, store, claim.key)
    return int(Exit.DONE)


def _named(workspace: "Workspace", words: tuple[str, ...]) -> tuple[Path, str]:
    """The file, and the key of the claim where one was named before it."""
    *claims, file = words
    if len(claims) > 1:
        raise click.UsageError(f'"{words[-1]}" is one word too many.')
    if not Path(file).is_file():
        raise click.UsageError(f"There is no file {file}.")
    if not claims:
        return Path(file), ""
    with workspace.store() as store:
        return Path(file), store.claim(store.claim_key(claims[0]), workspace.catalogue()).key


@moderation.command("complete")
@click.argument("key", metavar="CLAIM")
@click.option(
    "--reference",
    callback=not_blank,
    help="The reference under which the moderator sent the claim on.  [default: the one recorded before]",
)
@click.option("--undo", is_flag=True, help="Take the record back: the claim is with the moderator again.")
@who_option
@workspace_option
def moderation_complete(
    workspace: "Workspace", key: str, reference: str | None, undo: bool, who: str
) -> None:
    """Record that the moderator has sent CLAIM to the awarding body."""
    from claimbatch.claims.life import look  # noqa: PLC0415
    from claimbatch.claims.submitted import complete, reopen  # noqa: PLC0415
    from claimbatch.office.opened import open_claim  # noqa: PLC0415

    with open_claim(workspace, key) as opened:
        store, claim = opened.store, opened.claim
        if undo:
            reopen(store, claim, who)
            say(f"Claim {key} is with the moderator again; its reference is gone.")
            return
        reference = reference or claim.reference
        if not reference:
            raise click.UsageError("Say the --reference under which the moderator sent the claim on.")
        left = undecided(look(store, workspace.catalogue(), key))
        complete(store, claim, reference, who)
    say(f"Claim {key} is completed under the reference {reference}.")
    if left:
        say(f"No decision is recorded for {count(len(left), 'line')} of the sample: they stand as claimed.")
