"""``claimbatch moderation agree``, ``change`` and ``withdraw``: decisions by hand, and taking them back."""

from typing import TYPE_CHECKING

import click

from claimbatch.cli.pairs import pair_options, pairs_typed
from claimbatch.cli.recording import carry_out, say_open
from claimbatch.cli.session import (
    confirm,
    count,
    not_blank,
    say,
    who_option,
    workspace_option,
    yes_option,
)

if TYPE_CHECKING:
    from claimbatch.workspace import Workspace

comment_option = click.option("--comment", default="", help="The moderator's words, kept with the decision.")


@click.command("agree")
@click.argument("key", metavar="CLAIM")
@pair_options
@click.option("--all", "every", is_flag=True, help="All of the sample of which nothing is decided yet.")
@comment_option
@click.option("--undo", is_flag=True, help="Take the decision on these lines back, whatever it was.")
@who_option
@workspace_option
def moderation_agree(
    workspace: "Workspace",
    key: str,
    candidates: tuple[str, ...],
    units: tuple[str, ...],
    every: bool,
    comment: str,
    undo: bool,
    who: str,
) -> None:
    """Record that the moderator agrees lines of the sample of CLAIM as they were claimed."""
    from claimbatch.office.moderating import agreeing, take_back_decisions, undecided  # noqa: PLC0415
    from claimbatch.office.opened import open_claim  # noqa: PLC0415

    with open_claim(workspace, key) as opened:
        stands = opened.standing
        pairs = pairs_typed(opened.claim, candidates, units, opened.units_before)
        pairs += undecided(stands) if every and not undo else sorted(stands.decided) if every else []
        if not pairs and not every:
            raise click.UsageError("Name the lines (--candidate 0042 --unit 3), or say --all.")
        if undo:
            back = take_back_decisions(opened, pairs, who=who)
            say(f"{count(back, 'decision').capitalize()} taken back.")
            return
        carry_out(opened, agreeing(opened, pairs, comment), who, dry_run=False, yes=True)
        say_open(opened)


@click.command("change")
@click.argument("key", metavar="CLAIM")
@pair_options
@click.option("--grade", callback=not_blank, help="The grade that is agreed: P, M, D or U.")
@comment_option
@click.option("--undo", is_flag=True, help="Take the decision on these lines back, whatever it was.")
@who_option
@workspace_option
def moderation_change(
    workspace: "Workspace",
    key: str,
    candidates: tuple[str, ...],
    units: tuple[str, ...],
    grade: str | None,
    comment: str,
    undo: bool,
    who: str,
) -> None:
    """Record that the moderator agrees another grade than was claimed, for lines of the sample of CLAIM.

    U says that the work does not reach a pass. What was claimed stays on record beside it.
    """
    from claimbatch.office.moderating import changing, take_back_decisions  # noqa: PLC0415
    from claimbatch.office.opened import open_claim  # noqa: PLC0415

    with open_claim(workspace, key) as opened:
        pairs = pairs_typed(opened.claim, candidates, units, opened.units_before)
        if not pairs:
            raise click.UsageError("Name the lines: --candidate 0042 --unit 3")
        if undo:
            back = take_back_decisions(opened, pairs, who=who)
            say(f"{count(back, 'decision').capitalize()} taken back.")
            return
        if not grade:
            raise click.UsageError("Say the grade that is agreed: --grade P, M, D or U.")
        carry_out(opened, changing(opened, pairs, grade, comment), who, dry_run=False, yes=True)
        say_open(opened)


@click.command("withdraw")
@click.argument("key", metavar="CLAIM")
@click.option("--unit", required=True, callback=not_blank, help="The unit: 3, or a title.")
@click.option("--assessor", required=True, callback=not_blank, help="The assessor's initials.")
@click.option("--grade", required=True, callback=not_blank, help="P, M or D.")
@click.option("--reason", callback=not_blank, help="Why the moderator withdrew it.")
@click.option("--undo", is_flag=True, help="Take the record back: the lines are on the claim again.")
@yes_option
@who_option
@workspace_option
def moderation_withdraw(
    workspace: "Workspace",
    key: str,
    unit: str,
    assessor: str,
    grade: str,
    reason: str | None,
    undo: bool,
    yes: bool,
    who: str,
) -> None:
    """Record that the moderator withdrew a group of CLAIM: everyone with that unit, assessor and grade.

    They may be claimed again in the next claim. A whole claim is withdrawn with claimbatch claim withdraw.
    """
    from claimbatch.office.moderating import take_back_withdrawal  # noqa: PLC0415
    from claimbatch.office.opened import open_claim  # noqa: PLC0415
    from claimbatch.office.submitting import group_named, lines_to_withdraw, withdraw  # noqa: PLC0415

    with open_claim(workspace, key) as opened:
        group = group_named(opened, unit, assessor, grade, also=opened.units_before)
        if undo:
            back = take_back_withdrawal(opened, group, who=who)
            say(f"Back on claim {key}, as it was claimed: {count(back, 'line')}.")
            return
        if not reason:
            raise click.UsageError("Say the --reason why the moderator withdrew it.")
        lines = count(len(lines_to_withdraw(opened, group)), "line")
        question = f"Record that the moderator withdrew this group of {lines} of {key}?"
        confirm(question, yes=yes, because=f"{lines.capitalize()} would be withdrawn")
        withdraw(opened, reason, group, who=who)
    code = opened.claim.entry_code
    say(f"{lines.capitalize()} withdrawn. They can be claimed again: claimbatch template {code}")
