"""``claimbatch claim history``: all that happened to a claim, and the proof that nothing of it was altered."""

import re
from typing import TYPE_CHECKING

import click

from claimbatch.cli.session import count, format_option, say, show_table, workspace_option
from claimbatch.clock import local
from claimbatch.errors import Exit

if TYPE_CHECKING:
    from claimbatch.office.history import Entry
    from claimbatch.workspace import Workspace

COLUMNS = ("revision", "at", "who", "event", "candidate", "unit", "old", "new", "workbook", "cell", "note")


@click.command("history")
@click.argument("key", metavar="CLAIM")
@click.option("--verify", is_flag=True, help="Instead: prove that nothing in it was altered.")
@click.option(
    "--head", default="", help="With --verify: a hash printed earlier, which must stand in the history."
)
@format_option("table", "json", "csv")
@workspace_option
def claim_history(workspace: "Workspace", key: str, verify: bool, head: str, style: str) -> int:
    """Show all that ever happened to a claim: when, who, which cell of which file, old and new."""
    if head and not verify:
        raise click.UsageError("--head goes with --verify.")
    if head and not re.fullmatch(r"[0-9a-fA-F]{8,64}", head):
        raise click.UsageError("--head takes a hash as it was printed, or its first eight signs or more.")
    if verify:
        return _verify(workspace, key, head, style)
    from claimbatch.office.history import history_of  # noqa: PLC0415

    with workspace.store() as store:
        rows = [_row(entry, style) for entry in history_of(store, key)]
    if style == "table":
        rows = [row | {"at": local(row["at"])} for row in rows]
    show_table(rows, {name: name.capitalize() for name in COLUMNS}, style)
    return int(Exit.DONE)


def _row(entry: "Entry", style: str) -> dict[str, str]:
    from claimbatch.claims.claim import unit_title, unit_word  # noqa: PLC0415
    from claimbatch.claims.history import DECISIONS, STATEMENTS, Kind  # noqa: PLC0415
    from claimbatch.claims.merge import in_words  # noqa: PLC0415

    event = entry.event
    stated = event.kind in (*STATEMENTS, *DECISIONS)
    return {
        "revision": str(event.revision),
        "at": event.at,
        "who": event.who,
        "event": event.kind,
        "candidate": event.candidate,
        "unit": unit_word(event.unit) if style == "table" else unit_title(event.unit),
        "old": in_words((event.old_grade, event.old_assessor)) if stated else "",
        "new": in_words((event.grade, event.assessor)) if stated and event.kind != Kind.UNDECIDED else "",
        "workbook": event.workbook,
        "cell": f"{event.sheet}!{event.cell}" if event.cell else "",
        "note": entry.note,
    }


def _verify(workspace: "Workspace", key: str, head: str, style: str) -> int:
    from claimbatch.office.history import verify_history  # noqa: PLC0415

    with workspace.store() as store:
        proof, faults = verify_history(store, key, head)
    row = {
        "claim": key,
        "whole": proof.is_whole,
        "revisions": proof.revisions,
        "head": proof.head,
        "faults": list(faults),
    }
    if style == "table":
        for fault in faults:
            click.echo(f"Claim {key}: {fault}")
        if proof.is_whole:
            click.echo(
                f"Claim {key} is whole: {count(proof.revisions, 'entry', 'entries')}, head {proof.head}."
            )
        else:
            say("Somebody has altered the store by other means than claimbatch. Compare it with a backup.")
    else:
        show_table(
            [row | {"faults": list(faults) if style == "json" else "; ".join(faults)}],
            {k: k for k in row},
            style,
        )
    return int(Exit.DONE if proof.is_whole else Exit.ERRORS_FOUND)
