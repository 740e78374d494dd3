"""Whose words ``claimbatch merge --overrule`` overrules, told before it does."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from claimbatch.cli.session import count, say

if TYPE_CHECKING:
    from claimbatch.intake.said import Overruled


def show_overruled(overruled: "Sequence[Overruled]", *, dry_run: bool) -> None:
    """List what is overruled, and what is not although the workbooks say otherwise: nobody changed it in them."""
    taken, left = [one for one in overruled if one.taken], [one for one in overruled if not one.taken]
    if taken:
        say(f"{'Would overrule' if dry_run else 'Overruling'} {count(len(taken), 'line')} of the claim:")
    for one in taken:
        row = overruled_row(one)
        say(f"  {_of(one)}: {row['old']} ({row['source']}) → {row['new']}  ({row['workbook']} {row['cell']})")
    if left:
        them = "it" if len(left) == 1 else "them"
        say(f"Left as the claim has {them}, because nobody has changed the cell since an earlier copy:")
    for one in left:
        row = overruled_row(one)
        say(
            f"  {_of(one)}: {row['old']} ({row['source']}), not {row['new']}  ({row['workbook']} {row['cell']})"
        )


def _of(one: "Overruled") -> str:
    from claimbatch.claims.claim import unit_label  # noqa: PLC0415

    return f"{one.statement.candidate} {unit_label(one.statement.unit)}"


def overruled_row(one: "Overruled") -> dict[str, str]:
    """One line that was to be overruled, as a row of a table; *taken* is ``yes`` or ``no``."""
    from claimbatch.office.merging import line_overruled  # noqa: PLC0415

    line = line_overruled(one)
    return asdict(line) | {"taken": "yes" if line.taken else "no"}
