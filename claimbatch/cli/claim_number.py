"""``claimbatch claim number``: the awarding body's claim number and reference, once they are known, and an address."""

from typing import TYPE_CHECKING

import click

from claimbatch.cli.session import an_address, not_blank, say, who_option, workspace_option

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
@click.option(
    "--results-email",
    default="",
    callback=an_address,
    help="Another address to which results are to be sent than the claim was submitted with.",
)
@who_option
@workspace_option
def claim_number(
    workspace: "Workspace",
    key: str,
    claim_number: str | None,
    reference: str | None,
    results_email: str,
    who: str,
) -> None:
    """Give CLAIM the awarding body's claim NUMBER, its reference, or where results go, or put right what was mistyped.

    The awarding body's system makes the number when the claim is submitted there. The number and the reference that
    stood here before stay in the history.
    """
    from claimbatch.office.opened import open_claim  # noqa: PLC0415
    from claimbatch.office.submitting import give_number  # noqa: PLC0415

    if not (claim_number or reference or results_email):
        raise click.UsageError("Say the claim number, --reference or --results-email.")
    with open_claim(workspace, key) as opened:
        new = give_number(opened, claim_number or "", reference or "", results_email=results_email, who=who)
    told = [f"claim number {claim_number}"] if claim_number else []
    told += [f"reference {reference}"] if reference else []
    told += [f"address for results {results_email}"] if results_email else []
    say(f"Claim {key} has the {' and the '.join(told)}{'' if new else ' already'}.")
