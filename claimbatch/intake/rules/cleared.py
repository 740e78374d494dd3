"""The rules for cells that an earlier copy of the workbook filled in, and this one does not (CB310, CB311).

They take the table of such cells as a frame, and return which of its rows are at fault.
"""

from typing import TYPE_CHECKING

from claimbatch.problems import Rule, query

if TYPE_CHECKING:
    import pandas as pd

    Frame = pd.DataFrame
    Mask = pd.Series[bool]


@query(
    "CB310",
    "cleared-grade",
    at="grade",
    message="Blank here, but {copy}, taken on {when}, said {said}, and the claim still holds it: "
    "blank removes nothing.",
    hint="If the unit is no longer claimed, choose Not claiming. If it is, put back {said}.",
)
def cleared_grade(cleared: "Frame") -> "Mask":
    """A grade that an earlier copy of the workbook brought into the claim was cleared.

    Why: blank says nothing, so the grade stays on the claim, and somebody may think that it is gone.
    Wrong: ``P`` in the copy that was merged in October, and the same cell blank in January.
    Right: ``Not claiming`` where the unit is no longer claimed, else the grade. A workbook is asked that has the same
    assessor's initials as the earlier copy in half of that one's cells or more, with a grade or without, or that comes
    under the name that somebody gave that one; a colleague's copy of the same template is not asked.
    """
    return cleared["grade_shown"].eq("")


@query(
    "CB311",
    "set-back-to-issue",
    at="grade",
    message="{value} is what this template was issued with and so says nothing; but {copy}, taken on {when}, said "
    "{said}, and the claim holds that.",
    hint="Put back {said} if that is right. If not, enter the right grade on a template made now.",
)
def set_back_to_issue(cleared: "Frame") -> "Mask":
    """A cell says again what the template came with, and an earlier copy of the workbook had changed that.

    Why: what a template came with is nobody's statement, so the earlier change stays on the claim.
    Wrong: issued with ``P``, ``M`` in the copy that was merged in October, and ``P`` again in January.
    Right: ``M``; or ``P`` on a template made now, which comes with the ``M``.
    """
    return cleared["grade_shown"].ne("")


RULES: tuple[Rule, ...] = (cleared_grade, set_back_to_issue)
