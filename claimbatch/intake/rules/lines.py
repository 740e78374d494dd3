"""The rules for what is claimed: who, which unit, by whom (CB106, CB201–CB207, CB212–CB215, CB301–CB308).

Each takes a table (see :mod:`claimbatch.intake.tables`) as a frame, joined with the register, and returns which of
its rows are at fault.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from claimbatch.claims.register.rules import register_format
from claimbatch.form.layout import NOT_CLAIMING, limit
from claimbatch.intake.tables import EXTERNAL, NOT_OFFERED
from claimbatch.problems import Rule, error, query

if TYPE_CHECKING:
    import pandas as pd

    Frame = pd.DataFrame
    Mask = pd.Series[bool]


@error(
    "CB106",
    "unknown-assessor",
    at="value",
    message="'{value}' is not one of this qualification's assessors.{near}",
    hint="Choose the initials from the list. A new assessor goes on the sheet Assessors first.",
)
def unknown_assessor(initials: "Frame") -> "Mask":
    """Initials that no assessor of the qualification has.

    Why: every claimed grade carries one centre assessor, and the moderator agrees or withdraws grades by assessor.
    Wrong: ``JHU`` where the assessors are ``JH`` and ``SA``.
    Right: initials from the register, or from the workbook's sheet *Assessors*.
    """
    return ~initials["known"].astype(bool)


@error(
    "CB214",
    "ambiguous-assessor",
    at="value",
    message="{value} is the name of more than one assessor: {namesakes}.",
    hint="Enter the initials of the one who marked the work.",
)
def ambiguous_assessor(initials: "Frame") -> "Mask":
    """A full name in a cell for initials, and two assessors have it.

    Why: a grade belongs to one assessor, and nobody but the teacher can tell which of two is meant.
    Wrong: *Jo Hughes* where JH and JHU are both called so.
    Right: ``JH`` or ``JHU``.
    """
    return initials["namesakes"].ne("")


@query(
    "CB215",
    "default-takes-over",
    at="value",
    message="{value} as the default assessor takes over {grades} that {whose} gave so far: candidate {candidates}.",
    hint="If {value} did mark that work, say so on the sheet Notes. If not, put the default back to what it was, and "
    "choose {value} only where {value} marked the work (sheet Assessed by).",
)
def default_takes_over(moved: "Frame") -> "Mask":
    """A default assessor was changed, and grades that are claimed already would become somebody else's.

    Why: the default on *Units* counts for every grade of the unit without initials of its own, those that were claimed
    before too; the moderator agrees or withdraws grades by assessor.
    Wrong: *SA* put in place of *JH* for the grades still to come, while twelve of the unit are claimed by JH.
    Right: JH left as the default, and SA on *Assessed by* for the new ones; an explanation, where SA marked them all.
    """
    return moved["grades"].ne("")


@error(
    "CB201",
    "grade-without-assessor",
    at="grade",
    message="The grade {value} has no assessor.",
    hint="Put the initials on the sheet Units (for all of the unit's candidates) or Assessed by (for this one); "
    "on a form for one unit and on the sheet Other units, beside the grade.",
)
def grade_without_assessor(lines: "Frame") -> "Mask":
    """A grade is claimed, but nobody is named who assessed it.

    Why: each claimed grade carries one centre assessor.
    Wrong: ``P`` for a unit without a default assessor and without initials of its own.
    Right: a default assessor on *Units*, or initials on *Assessed by*.
    """
    unnamed = lines["assessor"].eq("") & lines["assessor_shown"].eq("")
    return _claimed(lines) & unnamed & lines["findable"] & lines["candidate_ok"]


@query(
    "CB202",
    "assessor-without-grade",
    at="assessor",
    message="{value} is named as the assessor, but there is no grade.",
    hint="Enter the grade if one is to be claimed. If not, choose Not claiming, which takes back what may have been "
    "claimed before, and clear the initials.",
)
def assessor_without_grade(lines: "Frame") -> "Mask":
    """An assessor is named where no grade is claimed.

    Why: perhaps a grade was forgotten.
    Wrong: ``JH`` on *Assessed by* where the same cell of *Grades* is blank.
    Right: both, or neither.
    """
    return lines["grade_shown"].eq("") & lines["assessor_shown"].ne("")


@error(
    "CB203",
    "candidate-not-entered",
    at="number",
    message="Candidate {value} is not entered for this qualification.",
    hint="Check the candidate number, and clear the row if the candidate does not belong here. One who does is entered "
    "first (claimbatch entries import FILE).",
    teacher="Check the candidate number, and clear the row if the candidate does not belong here. One who does is "
    "entered by the exam officer first.",
)
def candidate_not_entered(candidates: "Frame") -> "Mask":
    """A candidate who has no entry for the qualification.

    Why: a claim can be made only for candidates with a valid entry.
    Wrong: a row added for a candidate of another qualification.
    Right: the candidates of the register, as the template lists them.
    """
    return ~candidates["entered"].astype(bool)


@error(
    "CB204",
    "unit-not-offered",
    at="grade",
    message="Unit {unit} is not a unit of this qualification.",
    hint="Move what stands below this heading to the unit that is meant, or clear it. The sheet Units lists the "
    "units; one that is missing there can join them: claimbatch qualifications add-unit.",
    teacher="Move what stands below this heading to the unit that is meant, or clear it. The sheet Units lists the "
    "units; one that is missing there can be added in an empty row below them.",
)
def unit_not_offered(lines: "Frame") -> "Mask":
    """A grade for a unit that the qualification does not have.

    Why: it cannot be claimed for this entry code.
    Wrong: a column *Unit 99* added by hand.
    Right: the units of the template.
    """
    return lines["offer"].eq(NOT_OFFERED)


@error(
    "CB205",
    "unit-not-entered",
    at="grade",
    message="Candidate {candidate} is not entered for Unit {unit}.",
    hint="Choose Not claiming. If the unit is to be claimed, add the unit entry to the register first "
    "(claimbatch entries import FILE).",
    teacher="Choose Not claiming. If the unit is to be claimed, the exam officer enters the candidate for it first.",
)
def unit_not_entered(lines: "Frame") -> "Mask":
    """A grade for a unit that the candidate is not entered for.

    Why: in the 2012 suite, where unit entries exist, only the units entered can be claimed.
    Wrong: a grade for Unit 7 where the unit entries are 1, 2 and 3.
    Right: grades for the units entered, or no unit entries at all.
    """
    return ~lines["entered"].astype(bool) & _claimed(lines) & _new(lines) & ~_held(lines)


@error(
    "CB212",
    "claimed-unit-not-entered",
    at="grade",
    message="Candidate {candidate} is no longer entered for Unit {unit}, which is on the claim already.",
    hint="Choose Not claiming to take it off the claim. If the unit is to be claimed, put the unit entry back into the "
    "register first (claimbatch entries import FILE).",
    teacher="Choose Not claiming to take it off the claim. If it is to stay, ask the exam officer for the unit entry.",
)
def claimed_unit_not_entered(lines: "Frame") -> "Mask":
    """A claimed grade is changed although the candidate is no longer entered for the unit.

    Why: unit entries were corrected after the unit was claimed. What the claim holds says nothing new and is let
    through here (submission asks for it); but a new grade cannot be claimed. Blank would leave the old one there.
    Wrong: P made M for Unit 7, whose entry was withdrawn.
    Right: ``Not claiming``, or the unit entry in the register again.
    """
    return ~lines["entered"].astype(bool) & _claimed(lines) & _new(lines) & _held(lines)


@error(
    "CB213",
    "assessor-gone",
    at="grade",
    message="The grade {value} is given by {assessor}, who does not assess this qualification any more.",
    hint="If {assessor} marked the work, put {assessor} back into the register: claimbatch assessors add {entry_code} "
    '"Full name" {assessor}. If somebody else did, name that person.',
    teacher="If {assessor} marked the work, tell the exam officer. If somebody else did, name that person.",
)
def assessor_gone(lines: "Frame") -> "Mask":
    """A new grade by somebody who was on the template and has been removed from the register since.

    Why: the register says who may assess. A template that is still out does not bring back whoever was removed, and
    their grades are given to nobody else. What the claim held before says nothing new and is no problem here.
    Wrong: ``M`` by JH on a template that was issued before ``claimbatch assessors remove``.
    Right: an assessor of the register; or JH, once JH was added again.
    """
    return lines["gone"].astype(bool) & _claimed(lines) & _new(lines)


@error(
    "CB206",
    "external-unit",
    at="grade",
    message="Unit {unit} is assessed by examination and is never claimed.",
    hint="Clear the cell: the exam's result reaches the candidate by itself.",
)
def external_unit(lines: "Frame") -> "Mask":
    """A grade for a unit that is examined.

    Why: external units are exam entries; they are never claimed.
    Wrong: a column *Unit 1* added by hand for an examined unit.
    Right: the units of the template, which offers no examined ones.
    """
    return lines["offer"].eq(EXTERNAL)


@error(
    "CB207",
    "identity-changed",
    at="value",
    message="This cell says {value}, but the register {expected}.",
    hint="Put back what the register says (if it has none, clear the cell). If the register is wrong, correct it there "
    "(claimbatch entries import FILE).",
    teacher="Put back what the register says (if none, clear the cell). If that is wrong, tell the exam officer.",
)
def identity_changed(locked: "Frame") -> "Mask":
    """A candidate's name, date of birth or OCR candidate number is not what the template said.

    Why: when number and name disagree, nobody can tell whose grade it is.
    Wrong: another name typed over the candidate's.
    Right: the name as it came; the register is the place to correct it. A value that is still as it was issued is
    no problem, even when the register has been corrected since.
    """
    return ~locked["unchanged"].astype(bool)


@error(
    "CB301",
    "duplicate-candidate",
    at="number",
    message="Candidate {value} stands on this sheet twice.",
    hint="Keep one row for each candidate and delete the other.",
)
def duplicate_candidate(candidates: "Frame") -> "Mask":
    """A candidate has two rows on one sheet.

    Why: two rows may say two things, and only one can be claimed.
    Wrong: a row copied to try something, and left there.
    Right: one row for each candidate.
    """
    return candidates["repeated"].astype(bool)


@error(
    "CB304",
    "initials-clash",
    at="initials",
    message="The initials {value} belong to {holder} already.",
    hint="If they are one person, write the name in the same way; where the register has it wrong, correct it there "
    '(claimbatch assessors rename {value} "Full name"). If they are two, give the new one other initials, here and '
    "beside the grades.",
    teacher="If they are one person, write the name in the same way; where the register has it wrong, the exam officer "
    "corrects it. If they are two, give the new one other initials, here and beside the grades.",
)
def initials_clash(people: "Frame") -> "Mask":
    """One set of initials for two people.

    Why: assessors' initials are unique within the centre; a claim line names its assessor by them alone.
    Wrong: ``JH`` for Jo Hughes and for James Hill.
    Right: ``JH`` and ``JHI``.
    """
    return people["holder"].ne("")


@error(
    "CB305",
    "initials-too-long",
    at="initials",
    message="The initials '{value}' are longer than four characters.",
    hint="Use one to four characters, here and beside the grades.",
)
def initials_too_long(people: "Frame") -> "Mask":
    """An assessor's initials are longer than the awarding body's system takes.

    Why: at most four characters.
    Wrong: ``JHUGHES``.
    Right: ``JHU``.
    """
    return people["initials"].str.len().gt(limit("initials"))


@query(
    "CB306",
    "unit-already-certificated",
    at="grade",
    message="{labelled} of candidate {candidate} has been claimed before: {earlier}.",
    hint="Choose Not claiming, unless it is claimed again on purpose, say with a better grade: then say so on the "
    "sheet Notes.",
)
def unit_already_certificated(lines: "Frame") -> "Mask":
    """A unit that an earlier claim, submitted or completed, holds for this candidate already.

    Why: a unit is awarded once; claiming it again by mistake costs the moderator's time and the candidate's patience.
    Wrong: last year's grades filled in again, because this year's template came blank.
    Right: units not claimed yet, or withdrawn since; a grade that was improved is explained.
    """
    new = lines["grade"].ne(lines["base_grade"]) | lines["assessor"].ne(lines["base_assessor"])
    return lines["earlier"].ne("") & _claimed(lines) & new


@query(
    "CB307",
    "possible-same-candidate",
    at="number",
    message="Candidate {value} has the same name and date of birth as candidate {twin}.",
    hint="If they are two people, say so on the sheet Notes. If one person was entered twice, claim under one number "
    "only, and take the other entry out of the register once it is withdrawn (claimbatch entries import FILE "
    "--replace).",
    teacher="If they are two people, say so on the sheet Notes. If one person was entered twice, claim under one "
    "number only, and tell the exam officer.",
)
def possible_same_candidate(candidates: "Frame") -> "Mask":
    """Two candidate numbers of one qualification that may be one person.

    Why: grades split over two numbers never add up to an award.
    Wrong: Sana Ahmed, born on one day, under 0042 and again under 0099.
    Right: one number for one person; two people who share name and date of birth are explained.
    """
    return candidates["twin"].ne("") & ~candidates.duplicated(["file", "candidate"])


@error(
    "CB308",
    "assessor-incomplete",
    at="lacks",
    message="The assessor {who} has no {lacks}.",
    hint="Fill in both the initials and the full name; clear the row if it is nobody's.",
)
def assessor_incomplete(people: "Frame") -> "Mask":
    """A row of the sheet *Assessors* with initials or a full name, but not both.

    Why: an assessor is set up with a full name and initials, and documents name them in full.
    Wrong: ``XY`` without a name, or a name without initials.
    Right: ``XY`` and *Xi Yang*. Of initials that the register knows the name may be left out.
    """
    return people["lacks"].ne("")


def _no_name(people: "Frame") -> "Mask":
    return people["expected"].ne("")


def _new(lines: "Frame") -> "Mask":
    """What says something that neither the template said when it was issued, nor the claim says now."""
    issued = lines["grade"].eq(lines["base_grade"]) & lines["assessor"].eq(lines["base_assessor"])
    said = lines["grade"].eq(lines["now_grade"]) & lines["assessor"].eq(lines["now_assessor"])
    return ~issued & ~said


def _held(lines: "Frame") -> "Mask":
    """Where the claim has a grade that a blank would leave there."""
    return lines["now_grade"].ne("")


def _claimed(lines: "Frame") -> "Mask":
    return lines["grade"].ne("") & lines["grade"].ne(NOT_CLAIMING)


CELL_RULES: tuple[Rule, ...] = (ambiguous_assessor, unknown_assessor)
MOVED_RULES: tuple[Rule, ...] = (default_takes_over,)
CANDIDATE_RULES: tuple[Rule, ...] = (
    candidate_not_entered,
    duplicate_candidate,
    possible_same_candidate,
)
LOCKED_RULES: tuple[Rule, ...] = (identity_changed,)
LINE_RULES: tuple[Rule, ...] = (
    external_unit,
    unit_not_offered,
    unit_not_entered,
    claimed_unit_not_entered,
    assessor_gone,
    grade_without_assessor,
    assessor_without_grade,
    unit_already_certificated,
)
# The same rule as in an assessors file: what is no name there, is none on the sheet Assessors.
not_a_name = replace(register_format, find=_no_name, at="lacks")
PEOPLE_RULES: tuple[Rule, ...] = (initials_too_long, initials_clash, assessor_incomplete, not_a_name)
