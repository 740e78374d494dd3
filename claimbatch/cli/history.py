"""``claimbatch claim history``: all that happened to a claim, and the proof that nothing of it was altered."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from claimbatch.cli.session import count, format_option, say, show_table, workspace_option
from claimbatch.clock import local
from claimbatch.errors import Exit

if TYPE_CHECKING:
    from claimbatch.claims.history import Event
    from claimbatch.claims.proof import Proof
    from claimbatch.workspace import Workspace

COLUMNS = ("revision", "at", "who", "event", "candidate", "unit", "old", "new", "workbook", "cell", "note")
_FOR_LATER = ("said", "since", "follows")  # what a receipt keeps for the next copy of its workbook


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
    from claimbatch.claims.history import Kind  # noqa: PLC0415
    from claimbatch.claims.standing import query_numbers  # noqa: PLC0415

    if verify:
        return _verify(workspace, key, head, style)
    with workspace.store() as store:
        events, words, address = store.history(key), store.explanations(key), store.results_email(key)
    numbers = query_numbers(events)
    if address:
        words |= {e.revision: f"results go to {address}" for e in events if e.kind == Kind.SUBMITTED}
    rows = [_row(event, numbers, words.get(event.revision, ""), style) for event in events]
    if style == "table":
        rows = [row | {"at": local(row["at"])} for row in rows]
    show_table(rows, {name: name.capitalize() for name in COLUMNS}, style)
    return int(Exit.DONE)


def _row(event: "Event", queries: Mapping[int, int], words: str, style: str) -> dict[str, str]:
    from claimbatch.claims.claim import unit_title, unit_word  # noqa: PLC0415
    from claimbatch.claims.history import DECISIONS, STATEMENTS, Kind  # noqa: PLC0415
    from claimbatch.claims.merge import in_words  # noqa: PLC0415

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
        "note": _note(event, queries, words),
    }


def _note(event: "Event", queries: Mapping[int, int], words: str) -> str:
    """The further facts in words: ``claim number C000001``; what somebody said; hashes are left to ``--verify``."""
    from claimbatch.claims.history import facts  # noqa: PLC0415

    told = {
        name.replace("_", " "): value
        for name, value in facts(event).items()
        if "sha256" not in name and name not in _FOR_LATER
    }
    if told.pop("whole", True) is False:
        told["taken"] = "in part"
    if event.revision in queries:
        told = {"query": queries[event.revision], **told}
    elif "query" in told:
        told["query"] = queries[int(told["query"])]
    return ": ".join(filter(None, (", ".join(f"{name} {value}" for name, value in told.items()), words)))


def _verify(workspace: "Workspace", key: str, head: str, style: str) -> int:
    from claimbatch.claims.proof import examine  # noqa: PLC0415

    with workspace.store() as store:
        proof = examine(store, key, head)
    faults = list(_faults(proof))
    row = {
        "claim": key,
        "whole": proof.is_whole,
        "revisions": proof.revisions,
        "head": proof.head,
        "faults": faults,
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
            [row | {"faults": faults if style == "json" else "; ".join(faults)}], {k: k for k in row}, style
        )
    return int(Exit.DONE if proof.is_whole else Exit.ERRORS_FOUND)


def _faults(proof: "Proof") -> list[str]:
    """What is wrong with a claim's record, in sentences."""
    found = (
        (bool(proof.broken), f"the history is broken at entry {proof.broken}."),
        (
            not proof.state,
            "its status, numbers or submission are not what its history says; the history's end may be gone.",
        ),
        (not proof.lines, "the grades that commands show are not those of its history."),
        (not proof.frozen, "the grades before its submission are not those that were frozen."),
        (not proof.words, "the words of an answer or a reason are not those that were given."),
        (not proof.printed, "the hash given with --head is not in its history."),
    )
    return [sentence for wrong, sentence in found if wrong]
