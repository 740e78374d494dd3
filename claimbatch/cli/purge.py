"""``claimbatch purge``: remove names and dates of birth when their time is over."""

from typing import TYPE_CHECKING

import click

from claimbatch.cli.session import confirm, count, say, show_table, who_option, workspace_option
from claimbatch.clock import local

if TYPE_CHECKING:
    from claimbatch.claims.purge import Purge
    from claimbatch.workspace import Workspace

MOST_MONTHS = 1200
COLUMNS = {
    "claim": "Claim",
    "status": "Status",
    "ended_at": "Ended",
    "candidates": "Candidates",
    "explanations": "Explanations",
    "staying": "Staying",
}


@click.command()
@click.option("--dry-run", is_flag=True, help="Show what would be removed, and remove nothing.")
@click.option(
    "--months",
    type=click.IntRange(0, MOST_MONTHS),
    help="After how many months.  [default: retention_months, 12]",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@who_option
@workspace_option
def purge(workspace: "Workspace", dry_run: bool, months: int | None, yes: bool, who: str) -> None:
    """Remove the personal data of claims that were completed or withdrawn long ago.

    Candidates go with names, dates of birth, numbers and entries, and so do the explanations of queries. Whoever is on
    a later or unfinished claim, or entered for a qualification that was not claimed yet, stays. Grades, counts and the
    history with its hashes stay. Imports of the register from that long ago can no longer be undone: what they changed
    goes, and that they were made stays.
    """
    from claimbatch.office.purging import plan_purge  # noqa: PLC0415
    from claimbatch.office.purging import purge as remove  # noqa: PLC0415

    planned = plan_purge(workspace, months)
    _show(planned, workspace.config.retention_months if months is None else months)
    if dry_run or not (planned.claims or planned.imports):
        return
    confirm("Remove them for good?", yes=yes)
    done = remove(workspace, planned, who)
    known = " The register names them no more; claims show (removed)." if done.claims else ""
    say(f"Removed: {_what(done)}.{known}")
    if done.traces:
        say("In the server's files it may be readable until its owner rewrites them: VACUUM FULL.")
    say(
        "Workbooks, exports and reports in files are not touched: delete what is old in inbox, outbox and runs."
    )


def _show(planned: "Purge", months: int) -> None:
    from claimbatch.claims.claim import LABELS  # noqa: PLC0415

    if not (planned.claims or planned.imports):
        when = f"more than {count(months, 'month')} ago" if months else "before now"
        say(f"Nothing to remove: no claim that ended {when} names anybody who may go.")
        return
    rows = [
        {
            "claim": old.key,
            "status": LABELS[old.status],
            "ended_at": local(old.ended_at)[:10],
            "candidates": len(old.candidates),
            "explanations": old.explanations,
            "staying": old.staying,
        }
        for old in planned.claims
    ]
    show_table(rows, COLUMNS)
    of_claims = ", of claims that ended" if planned.claims else ", from"
    say(f"To be removed: {_what(planned)}{of_claims} before {local(planned.before)[:10]}.")


def _what(purge: "Purge") -> str:
    """What goes, in numbers; candidates and explanations only where there are claims, and so the undo of imports."""
    of_claims = [count(purge.candidates, "candidate"), count(purge.explanations, "explanation")]
    of_imports = [f"what {count(purge.imports, 'import')} of the register changed"]
    return ", ".join(of_claims * bool(purge.claims) + of_imports * bool(purge.imports))
