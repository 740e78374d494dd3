"""The rules for units of another awarding body (CB208–CB211)."""

from typing import TYPE_CHECKING

from claimbatch.problems import Rule, error, query

if TYPE_CHECKING:
    import pandas as pd

    Frame = pd.DataFrame
    Mask = pd.Series[bool]


@error(
    "CB208",
    "other-body-not-allowed",
    at="title",
    message="This qualification does not take units of another awarding body.",
    hint="Clear the row.",
)
def other_body_not_allowed(other: "Frame") -> "Mask":
    """A unit of another awarding body in a qualification that takes none.

    Why: only some 2012 qualifications accept such units.
    Wrong: a sheet *Other units* brought into a 2016 workbook from another one.
    Right: the qualification's own units.
    """
    return ~other["allowed"].astype(bool)


@error(
    "CB209",
    "other-body-incomplete",
    at="title",
    message="This row lacks: {missing}.",
    hint="Fill in what is missing; a grade that is not to be claimed is Not claiming. Clear the whole row if nothing "
    "of it was ever claimed. A colon cannot stand in an awarding body's name: write NCFE Level 3, not NCFE: Level 3.",
)
def other_body_incomplete(other: "Frame") -> "Mask":
    """A unit of another awarding body with something missing.

    Why: such a claim needs the unit, the awarding body's name, the grade and an assessor.
    Wrong: a unit title without an awarding body.
    Right: all five columns filled in.
    """
    return other["missing"].ne("")


@query(
    "CB210",
    "other-body-evidence-missing",
    at="evidence",
    message="No evidence is held for {unit}.",
    hint="Put the certificate or results slip into the centre's file and enter Yes under Evidence held: "
    "the moderator will ask for it.",
)
def other_body_evidence_missing(other: "Frame") -> "Mask":
    """A unit of another awarding body whose evidence is not held yet.

    Why: the certificate or results slip goes to the moderator.
    Wrong: *Evidence held* left blank.
    Right: ``Yes``, once the certificate is in the file.
    """
    return _claimed_anew(other) & ~other["evidence"].astype(bool)


@query(
    "CB211",
    "other-body-not-confirmed",
    at="title",
    message="Whether this qualification takes units of another awarding body is not confirmed.",
    hint="If the handbook says that it does, say so on the sheet Notes; or settle it for everyone: put "
    "other_awarding_body_units = true into the qualification's file. If it says that it does not, choose Not claiming.",
    teacher="If the handbook says that it does, say so on the sheet Notes; the exam officer can settle it for "
    "everyone. If it says that it does not, choose Not claiming.",
)
def other_body_not_confirmed(other: "Frame") -> "Mask":
    """A unit of another awarding body in a qualification of which it is not known whether it takes any.

    Why: only some 2012 qualifications do, and no list of them was found. It is let through, and somebody should look.
    Wrong: nothing; this is a question.
    Right: ``other_awarding_body_units = true`` in the qualification's file, once the handbook says so.
    """
    return _claimed_anew(other) & other["allowed"].astype(bool) & ~other["confirmed"].astype(bool)


def _claimed_anew(other: "Frame") -> "Mask":
    """What a template brings from the claim was asked about when it came into it."""
    return other["new"].astype(bool) & other["missing"].eq("")


RULES: tuple[Rule, ...] = (
    other_body_not_allowed,
    other_body_incomplete,
    other_body_evidence_missing,
    other_body_not_confirmed,
)
