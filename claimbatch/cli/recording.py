"""Recording a moderator's decisions, and saying what was recorded and what is still open."""

from typing import TYPE_CHECKING

from claimbatch.cli.session import confirm, count, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from claimbatch.claims.claim import Claim
    from claimbatch.claims.deciding import Recorded
    from claimbatch.claims.decisions import Decision
    from claimbatch.office.opened import OpenClaim


def carry_out(
    opened: "OpenClaim", decisions: "Sequence[Decision]", who: str, *, dry_run: bool, yes: bool
) -> None:
    """Record *decisions*; what withdraws lines is shown and asked about first."""
    from claimbatch.office.moderating import record_decisions, what_is_recorded  # noqa: PLC0415

    claim, planned = opened.claim, what_is_recorded(opened, decisions, who=who)
    if dry_run:
        say("Would be: " + _told(claim, planned))
        return
    if planned.withdrawn:
        lines = count(sum(planned.withdrawn.values()), "line")
        confirm(
            f"Withdraw {lines} of claim {claim.key}: {_groups(claim, planned)}?",
            yes=yes,
            because=f"Would be withdrawn: {_groups(claim, planned)}",
        )
    say(_told(claim, record_decisions(opened, decisions, who=who)))


def _groups(claim: "Claim", recorded: "Recorded") -> str:
    return "; ".join(
        f"{claim.unit_label(unit)}, {assessor}, {grade} ({count(lines, 'line')})"
        for (unit, assessor, grade), lines in recorded.withdrawn.items()
    )


def _told(claim: "Claim", recorded: "Recorded") -> str:
    """``Claim …: 5 lines agreed, 1 line changed; withdrawn: Unit 3, JH, P (2 lines).``"""
    parts = [f"{count(recorded.agreed, 'line')} agreed", f"{count(recorded.changed, 'line')} changed"]
    parts += [f"{recorded.same} as before"] if recorded.same else []
    gone = f"; withdrawn: {_groups(claim, recorded)}" if recorded.withdrawn else ""
    return f"Claim {claim.key}: {', '.join(parts)}{gone}."


def say_open(opened: "OpenClaim") -> None:
    """Say of how many pieces of work in the sample nothing is decided yet, and what comes next."""
    from claimbatch.office.moderating import still_open  # noqa: PLC0415

    left, sampled = still_open(opened.again())
    if left:
        say(f"Nothing is decided yet of {left} of {count(sampled, 'line')} in the sample.")
    else:
        say(
            "Everything in the sample is decided. When the moderator has sent the claim on: "
            f"claimbatch moderation complete {opened.key} --reference REFERENCE"
        )
