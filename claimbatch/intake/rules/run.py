"""The rules that compare what many workbooks, and the claim, say of one unit (CB302, CB303).

They take the statements of a whole run as a frame, one row for each (see :func:`claimbatch.intake.said.compare`),
and return which of its rows are at fault.
"""

from typing import TYPE_CHECKING

from claimbatch.problems import Rule, error

if TYPE_CHECKING:
    import pandas as pd

    Frame = pd.DataFrame
    Mask = pd.Series[bool]


@error(
    "CB302",
    "conflicting-grades",
    at="grade",
    message="{says} here, but {rival}{more}.",
    hint="Settle which is right, and correct the other; leave out a workbook that is an older version.",
)
def conflicting_grades(statements: "Frame") -> "Mask":
    """Two workbooks of one run, or two rows of one, say different things of one candidate's unit.

    Why: nobody but the assessors can tell which is right, so neither is taken.
    Wrong: Unit 3 is P by JH in one workbook and M by SA in another.
    Right: one statement, or the same one twice.
    """
    return statements["rival"].ne("")


@error(
    "CB303",
    "changed-since-issue",
    at="grade",
    message="{says} here, but since this template was issued ({base}) the claim has changed to {now} ({source})."
    "{because}",
    hint="If the claim is right, make the cell say so too: {right}. If this workbook is right, correct the claim: "
    "claimbatch claim set {claim} {candidate} {which} {mark}{overruling}.",
    teacher="If the claim is right, make the cell say so too: {right}. If this workbook is right, tell the exam "
    "officer, who can correct the claim.",
)
def changed_since_issue(statements: "Frame") -> "Mask":
    """A workbook made from an older state of the claim contradicts a newer one.

    Why: an old workbook that comes back late must not silently undo newer grades.
    Wrong: the template was issued with a blank, the claim has since become M, and the workbook says P.
    Right: what the claim says, or a change made in a template issued since. Whoever keeps one file and sends it again
    may correct in it what an earlier copy of it said, as long as nobody else has changed that since: the later copy
    still says something in every cell where the earlier one did, and something that this template never said there
    before (else it may be an older copy). What was typed against the claim can be taken all the same, by whoever knows
    that it is right: ``claimbatch merge FILE --overrule``.
    """
    return statements["contradicts"].astype(bool)


RULES: tuple[Rule, ...] = (conflicting_grades, changed_since_issue)
