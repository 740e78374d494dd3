"""``claimbatch moderation agree``, ``change`` and ``withdraw``: decisions by hand, and taking them back."""

from typing import TYPE_CHECKING

import click

from claimbatch.cli.pairs import pair_options, pairs_typed
from claimbatch.cli.recording import carry_out, say_open, undecided
from claimbatch.cli.session import (
    confirm,
    count,
    not_blank,
    say,
    who_option,
    workspace_option,
    yes_option,
)
from claimbatch.errors import ClaimbatchError

if TYPE_CHECKING:
    from claimbatch.claims.standing import Standing
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
    from claimbatch.claims.deciding import undecide  # noqa: PLC0415
    from claimbatch.claims.decisions import Decision, Verdict  # noqa: PLC0415
    from claimbatch.claims.life import look  # noqa: PLC0415
    from claimbatch.office.opened import open_claim  # noqa: PLC0415

    with open_claim(workspace, key) as opened:
        store, claim = opened.store, opened.claim
        stands = look(store, workspace.catalogue(), key)
        pairs = pairs_typed(claim, candidates, units, _units_before(stands))
        pairs += undecided(stands) if every and not undo else sorted(stands.decided) if every else []
        if not pairs and not every:
            raise click.UsageError("Name the lines (--candidate 0042 --unit 3), or say --all.")
        if undo:
            back = undecide(store, claim, pairs, who)
            say(f"{count(back, 'decision').capitalize()} taken back.")
            return
        grades = {(line.candidate, line.unit): line.grade for line in claim.lines}
        decisions = [Decision(*pair, Verdict.AGREED, grades.get(pair, ""), comment) for pair in pairs]
        carry_out(store, claim, decisions, who, dry_run=False, yes=True)
        say_open(workspace, store, key)


def _units_before(stands: "Standing") -> set[str]:
    return {line.unit for line in stands.withdrawn} | {unit for _, unit in stands.sampled}


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
    from claimbatch.claims.deciding import undecide  # noqa: PLC0415
    from claimbatch.claims.decisions import Decision, Verdict  # noqa: PLC0415
    from claimbatch.claims.life import look  # noqa: PLC0415
    from claimbatch.office.opened import open_claim  # noqa: PLC0415

    with open_claim(workspace, key) as opened:
        store, claim = opened.store, opened.claim
        pairs = pairs_typed(claim, candidates, units, _units_before(look(store, workspace.catalogue(), key)))
        if not pairs:
            raise click.UsageError("Name the lines: --candidate 0042 --unit 3")
        if undo:
            say(f"{count(undecide(store, claim, pairs, who), 'decision').capitalize()} taken back.")
            return
        agreed = _grade(grade)
        same = [line for line in claim.lines if (line.candidate, line.unit) in pairs and line.grade == agreed]
        if same:
            raise ClaimbatchError(
                f"{agreed} is what was claimed for candidate {same[0].candidate}, {claim.unit_label(same[0].unit)}.",
                "Where the moderator agrees it: claimbatch moderation agree",
            )
        decisions = [Decision(*pair, Verdict.CHANGED, agreed, comment) for pair in pairs]
        carry_out(store, claim, decisions, who, dry_run=False, yes=True)
        say_open(workspace, store, key)


def _grade(text: str | None) -> str:
    from claimbatch.intake.moderators.reading import read_agreed  # noqa: PLC0415

    if not text:
        raise click.UsageError("Say the grade that is agreed: --grade P, M, D or U.")
    if not (grade := read_agreed(text).value):
        raise ClaimbatchError(f'"{text}" is not a grade that can be agreed.', "It is P, M, D or U.")
    return grade


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
    from claimbatch.claims.deciding import reinstate  # noqa: PLC0415
    from claimbatch.claims.life import look  # noqa: PLC0415
    from claimbatch.claims.submitted import to_withdraw, withdraw  # noqa: PLC0415
    from claimbatch.intake.values import read_grade  # noqa: PLC0415
    from claimbatch.office.opened import open_claim  # noqa: PLC0415

    with open_claim(workspace, key) as opened:
        store, claim = opened.store, opened.claim
        stands = look(store, workspace.catalogue(), key)
        group = (claim.unit_named(unit, _units_before(stands)), assessor, read_grade(grade).value)
        if undo:
            back = reinstate(store, claim, group, who)
            say(f"Back on claim {key}, as it was claimed: {count(back, 'line')}.")
            return
        if not reason:
            raise click.UsageError("Say the --reason why the moderator withdrew it.")
        lines = count(len(to_withdraw(claim, group)), "line")
        question = f"Record that the moderator withdrew this group of {lines} of {key}?"
        confirm(question, yes=yes, because=f"{lines.capitalize()} would be withdrawn")
        withdraw(store, claim, who, reason, group)
    say(f"{lines.capitalize()} withdrawn. They can be claimed again: claimbatch template {claim.entry_code}")
