"""``claimbatch moderation``: what the moderator decided."""

from typing import TYPE_CHECKING

import click

from claimbatch.cli.session import not_blank, open_claim, say, who_option, workspace_option

if TYPE_CHECKING:
    from claimbatch.workspace import Workspace


@click.group()
def moderation() -> None:
    """Record what the moderator decided."""


@moderation.command("complete")
@click.argument("key", metavar="CLAIM")
@click.option(
    "--reference",
    callback=not_blank,
    help="The reference under which the moderator sent the claim on.  [default: the one recorded before]",
)
@who_option
@workspace_option
def moderation_complete(workspace: "Workspace", key: str, reference: str | None, who: str) -> None:
    """Record that the moderator has sent CLAIM to the awarding body."""
    from claimbatch.claims.submitted import complete  # noqa: PLC0415

    with open_claim(workspace, key) as (store, claim):
        reference = reference or claim.reference
        if not reference:
            raise click.UsageError("Say the --reference under which the moderator sent the claim on.")
        complete(store, claim, reference, who)
    say(f"Claim {key} is completed under the reference {reference}.")
