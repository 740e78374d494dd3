"""``claimbatch claim number``: the awarding body's claim number and reference, once they are known."""

from typing import TYPE_CHECKING

import click

from claimbatch.cli.session import not_blank, say, who_option, workspace_option

if TYPE_CHECKING:
    from claimbatch.workspace import Workspace


@click.command("number")
@click.argument("key", metavar="CLAIM")
@click.argument("claim_number", metavar="[NUMBER]", required=False, callback=not_blank)
@click.option(
    "--reference",
    callback=not_blank,
    help="The reference under which the moderator sent the claim on; moderation complete takes it, too.",
)
@who_option
@workspace_option
def claim_number(
    workspace: "Workspace", key: str, claim_number: str | None, reference: str | None, who: str
) -> None:
    """Give CLAIM the awarding body's claim NUMBER, or its reference, or put right what was mistyped.

    The awarding body's system makes the number when the claim is submitted there. What stood here before stays in the
    history.
    """
    from claimbatch.office.opened import open_claim  # noqa: PLC0415
    from claimbatch.office.submitting import give_number  # noqa: PLC0415

    if not claim_number and not reference:
        raise click.UsageError("Say the claim number, or --reference.")
    with open_claim(workspace, key) as opened:
        new = give_number(opened, claim_number or "", reference or "", who=who)
    told = [f"claim number {claim_number}"] if claim_number else []
    told += [f"reference {reference}"] if reference else []
    say(f"Claim {key} has the {' and the '.join(told)}{'' if new else ' already'}.")
