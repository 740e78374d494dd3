"""``claimbatch moderation``: what the moderator decided, from the returned workbook or by hand."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from claimbatch.cli.documents import folder_option
from claimbatch.cli.moderation_by_hand import moderation_agree, moderation_change, moderation_withdraw
from claimbatch.cli.moderation_show import moderation_show
from claimbatch.cli.moderators_workbook import make_workbook, mark_option, tell_problems
from claimbatch.cli.recording import carry_out, say_open
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
    from claimbatch.office.moderators import hear_workbook  # noqa: PLC0415
    from claimbatch.office.opened import OpenClaim  # noqa: PLC0415

    file, name = _named(words)
    with workspace.store() as store:
        catalogue = workspace.catalogue()
        key = store.claim(store.claim_key(name), catalogue).key if name else ""
        returned = hear_workbook(store, catalogue, workspace.key(), file, form="moderation", key=key)
        if tell_problems(file, returned, marked, style):
            return int(Exit.ERRORS_FOUND)
        opened = OpenClaim(workspace, store, catalogue, store.claim(returned.claim_key, catalogue))
        carry_out(opened, returned.decisions, who, dry_run=dry_run, yes=yes)
        if not dry_run:
            say_open(opened)
    return int(Exit.DONE)


def _named(words: tuple[str, ...]) -> tuple[Path, str]:
    """The file, and the claim where one was named before it."""
    *claims, file = words
    if len(claims) > 1:
        raise click.UsageError(f'"{words[-1]}" is one word too many.')
    if not Path(file).is_file():
        raise click.UsageError(f"There is no file {file}.")
    return Path(file), claims[0] if claims else ""


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
    from claimbatch.office.moderating import complete, reopen  # noqa: PLC0415
    from claimbatch.office.opened import open_claim  # noqa: PLC0415

    with open_claim(workspace, key) as opened:
        if undo:
            reopen(opened, who=who)
            say(f"Claim {key} is with the moderator again; its reference is gone.")
            return
        if not (reference or opened.claim.reference):
            raise click.UsageError("Say the --reference under which the moderator sent the claim on.")
        done = complete(opened, reference or "", who=who)
    say(f"Claim {key} is completed under the reference {done.reference}.")
    if done.undecided:
        say(
            f"No decision is recorded for {count(done.undecided, 'line')} of the sample: they stand as claimed."
        )
    say(f"To tell the centre: claimbatch letters {key}")
