"""Recording a moderator's decisions, and saying what was recorded and what is still open."""

from typing import TYPE_CHECKING

from claimbatch.cli.session import confirm, count, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from claimbatch.claims.claim import Claim
    from claimbatch.claims.deciding import Recorded
    from claimbatch.claims.decisions import Decision
    from claimbatch.claims.standing import Standing
    from claimbatch.claims.store import Store
    from claimbatch.workspace import Workspace


def carry_out(
    store: "Store",
    claim: "Claim",
    decisions: "Sequence[Decision]",
    who: str,
    *,
    dry_run: bool,
    yes: bool,
) -> None:
    """Record *decisions*; what withdraws lines is shown and asked about first."""
    from claimbatch.claims.deciding import decide  # noqa: PLC0415

    planned = decide(store, claim, decisions, who, dry_run=True)
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
    say(_told(claim, decide(store, claim, decisions, who)))


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


def say_open(workspace: "Workspace", store: "Store", key: str) -> None:
    """Say of how many pieces of work in the sample nothing is decided yet, and what comes next."""
    from claimbatch.claims.life import look  # noqa: PLC0415
    from claimbatch.moderation.outcome import State, outcome  # noqa: PLC0415

    found = outcome(look(store, workspace.catalogue(), key))
    left, sampled = found.count(State.OPEN), sum(result.sampled for result in found.results)
    if left:
        say(f"Nothing is decided yet of {left} of {count(sampled, 'line')} in the sample.")
    else:
        say(
            "Everything in the sample is decided. When the moderator has sent the claim on: "
            f"claimbatch moderation complete {key} --reference REFERENCE"
        )


def undecided(stands: "Standing") -> list[tuple[str, str]]:
    """The lines of the sample of which nothing is decided yet."""
    here = [(line.candidate, line.unit) for line in stands.claim.lines]
    return [pair for pair in here if pair in stands.sampled and pair not in stands.decided]
