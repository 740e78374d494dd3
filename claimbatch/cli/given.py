"""Which workbooks a command was given."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from claimbatch.cli.session import count, say

if TYPE_CHECKING:
    from claimbatch.office.inbox import Given

NAMED = 5  # files that were passed over, by name


def workbooks_in(paths: Sequence[Path]) -> "Given":
    """The workbooks at *paths*; what else lies in the folders among them is said, and so is that there is none."""
    from claimbatch.office.inbox import workbooks  # noqa: PLC0415

    given = workbooks(paths)
    if given.passed_over:
        more = f" and {len(given.passed_over) - NAMED} more" if len(given.passed_over) > NAMED else ""
        say(f"Passed over, no workbook: {', '.join(given.passed_over[:NAMED])}{more}.")
    if given.superseded:
        aside = count(len(given.superseded), "file")
        say(f"Passed over, as corrected copies of them were taken: {aside} in superseded.")
    if not given.files:
        say(f"There is no workbook in {', '.join(str(path) for path in paths)}.")
    return given
