"""The rules for the workbooks that a moderator fills in (CB602–CB612); CB601 is among those for arriving workbooks.

CB602 takes the :class:`Returned` workbook, CB610 the rows as read; the others take the table of rows as a frame
(:class:`~claimbatch.intake.moderators.rows.Row`) and return which are at fault.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from claimbatch.form.identity import Identity, is_sealed
from claimbatch.form.layout import MODERATORS, form_file
from claimbatch.intake.rules.workbook import Spotted
from claimbatch.intake.submission import Submission
from claimbatch.problems import Rule, error, query, word

if TYPE_CHECKING:
    import pandas as pd

    from claimbatch.claims.store import Issued

    Frame = pd.DataFrame
    Mask = pd.Series[bool]

_TAKEN_BY = {
    "sample": "claimbatch sample record CLAIM {file}",
    "moderation": "claimbatch moderation import {file}",
    "template": "claimbatch merge {file}",
}


@dataclass(frozen=True, slots=True)
class Returned:
    """A workbook that is to be a moderator's: its name and token, what is known of that, and what is *wanted* of it.

    *wanted* is the form, *claim_key* the claim that it must be of (empty: any).
    """

    name: str
    token: str
    identity: Identity | None
    issued: "Issued | None"
    key: bytes
    wanted: str
    claim_key: str = ""


@error(
    "CB602",
    "wrong-workbook",
    message="This is not the workbook that is wanted here ({wanted}): {why}.",
    hint="{advice}",
)
def wrong_workbook(returned: Returned) -> Iterator[Spotted]:
    """A workbook given for a moderator's that is another form, of another claim, or of nobody here.

    Why: only a workbook that was made here, and came back with its seal, says for certain which claim it is about.
    Wrong: a teacher's template given to ``claimbatch moderation import``.
    Right: the workbook made by ``claimbatch moderation template`` or ``claimbatch sample template``, filled in.
    """
    identity, wanted = returned.identity, returned.wanted
    make = f"claimbatch {wanted} template CLAIM makes one; what was filled in is copied into it."
    why = advice = ""
    if identity is None:
        why, advice = "it carries no token of claimbatch", make
    elif returned.issued is None or not is_sealed(returned.token, returned.key):
        why, advice = "it was not made in this workspace, or its token was altered", make
    elif identity.form != wanted:
        kind = identity.form if identity.form in MODERATORS else "template"
        why = f'it is one of the form "{form_file()["forms"][identity.form]["title"]}"'
        advice = f"It is taken by: {_TAKEN_BY[kind].format(file=word(returned.name))}"
    elif returned.claim_key and returned.issued.claim_key != returned.claim_key:
        why = f"it belongs to claim {returned.issued.claim_key}"
        advice = f"Name that claim, if it is meant: {returned.issued.claim_key}"
    if why:
        yield Spotted(facts={"wanted": form_file()["forms"][wanted]["title"], "why": why, "advice": advice})


@error("CB603", "line-not-open", at="number", message="{why}", hint="{advice}", teacher="{told}")
def line_not_open(rows: "Frame") -> "Mask":
    """A row of a moderator's workbook that is about no line that can be sampled or decided.

    Why: what is recorded must be about what was claimed and, for a decision, about what is in the sample.
    Wrong: a row added for a candidate who is not on the claim, or a decision on a line that was withdrawn since.
    Right: the rows as they were made; more work that the moderator asks for is recorded as sampled first.
    """
    return rows["why"].ne("")


@error(
    "CB604",
    "line-altered",
    at="given",
    message="The claim says {expected} here, and the workbook says {value}.",
    hint="Enter {expected} again; a grade that is to be another goes under Agreed grade. Where a sort has mixed the "
    "rows up, undo the sort.",
)
def line_altered(rows: "Frame") -> "Mask":
    """The name, the claimed grade or the assessor in a row is not what was claimed.

    Why: a decision is about a line as it was claimed; where the row says something else, nobody can tell which of the
    two the moderator looked at.
    Wrong: *D* typed over the claimed *M*, or a sort that moved one column and not the others.
    Right: the given cells as they came, and *D* under *Agreed grade*.
    """
    return rows["expected"].ne("")


@error(
    "CB605",
    "line-repeated",
    at="number",
    message="{labelled} of candidate {candidate} has two rows that say something.",
    hint="Keep the one that is right, and clear what was entered in the other.",
)
def line_repeated(rows: "Frame") -> "Mask":
    """Two rows of a moderator's workbook decide about one line.

    Why: nobody can tell which of the two holds.
    Wrong: a row copied below the others, with another decision.
    Right: one row for each piece of work.
    """
    return rows["repeated"]


@error(
    "CB606",
    "unknown-decision",
    at="choice",
    message="'{value}' cannot be chosen here, only {unknown}.",
    hint="Choose {unknown} from the list, or clear the cell.",
)
def unknown_decision(rows: "Frame") -> "Mask":
    """Something else than a tick in the column for ticks, or than a decision in the column for decisions.

    Why: a word that may mean yes or no must not be guessed at.
    Wrong: *perhaps*, or a grade typed into the column *Decision*.
    Right: *Agreed*, *Changed* or *Withdrawn*; *Yes* in the sample.
    """
    return rows["unknown"].ne("")


@error(
    "CB607",
    "unknown-agreed-grade",
    at="grade",
    message="'{value}' is not a grade that can be agreed.",
    hint="Choose P, M, D or U, or clear the cell.",
)
def unknown_agreed_grade(rows: "Frame") -> "Mask":
    """An agreed grade that is none of P, M, D and U.

    Why: no other grade can be awarded for a unit.
    Wrong: *M+*, or *Not claiming*: a line leaves the claim only with its group.
    Right: *P*, *M*, *D*, or *U* where the work does not reach a pass.
    """
    return rows["ungraded"]


@error(
    "CB608",
    "decision-against-grade",
    at="choice",
    message="{clash}",
    hint="Agreed goes with the claimed grade or none, Changed with another one, Withdrawn with none. Correct the "
    "decision or the grade, or clear the one that is too much.",
)
def decision_against_grade(rows: "Frame") -> "Mask":
    """The decision and the agreed grade of a row speak against each other.

    Why: one of the two is a slip, and only the moderator knows which.
    Wrong: *Agreed* beside the agreed grade *D*, where *M* was claimed.
    Right: *Changed* and *D*; or *D* alone, which says the same.
    """
    return rows["clash"].ne("")


@query(
    "CB609",
    "group-divided",
    at="choice",
    message="This line is not to be withdrawn, but its group is ({group}, with candidate {other}): it goes, too.",
    hint="If the group is to go, choose Withdrawn here as well, and clear the grade. If it is to stay, agree another "
    "grade for candidate {other} instead of Withdrawn.",
)
def group_divided(rows: "Frame") -> "Mask":
    """One line of a group is withdrawn and another one agreed.

    Why: the awarding body's system withdraws a unit by assessor and grade, everyone in that group, correct or not;
    those who were right are claimed again.
    Wrong: nothing; somebody has to know that the agreed line goes, too.
    Right: *Withdrawn* on every line of the group, or on none.
    """
    return rows["group"].ne("")


@query(
    "CB610",
    "remark-not-read",
    message="{what}: {says}",
    hint="Say it in the columns of the form: a decision or a grade, and the reason under Comment beside it. Then "
    "delete what stands here; or leave it, and it is not recorded.",
)
def remark_not_read(submission: Submission) -> Iterator[Spotted]:
    """Something is written on or beside the cells of a moderator's workbook, or crossed out.

    Why: it is not read, and may say that an entry is not meant.
    Wrong: a comment on a cell that says "not agreed", or a decision with a line through it.
    Right: the decision itself, and why in the column *Comment*.
    """
    for remark in submission.remarks:
        if remark.text and not remark.settled:
            what = {"what": "A remark here is not read", "says": remark.says}
            yield Spotted(remark.sheet, remark.row, remark.column, value=remark.text, facts=what)
    for table in submission.tables.values():
        for row, values in table.rows if table.struck else ():
            for key in ("wanted", "agreed", "decision", "comment"):
                column, value = table.columns.get(key, 0), str(table.value(values, key))
                if value and (row, column) in table.struck:
                    what = {"what": "There is a line through this", "says": value}
                    yield Spotted(table.name, row, column, table.headings[column], value, what)


@query(
    "CB611",
    "tick-taken-off",
    at="choice",
    message="{labelled} of candidate {candidate} is in the sample already; the tick that was here is gone.",
    hint="A sample that was asked for stays. If it was recorded by mistake, take it out: claimbatch sample record "
    "CLAIM --candidate {candidate} --unit {unit} --undo. If not, choose Yes again.",
    teacher="A sample that was asked for stays: choose Yes again, or tell the exams office that it was a mistake.",
)
def tick_taken_off(rows: "Frame") -> "Mask":
    """A line that is in the recorded sample has lost its tick in the returned workbook.

    Why: a blank cell takes nothing back; a moderator may have meant it to.
    Wrong: *Yes* cleared in the row of a line that was asked for before.
    Right: the tick as it was; what was recorded by mistake is taken out with ``--undo``.
    """
    return rows["cleared"]


@query(
    "CB612",
    "comment-without-decision",
    at="choice",
    message="There is a comment in this row, and no decision: it is not recorded.",
    hint="Choose a decision beside it; or leave it, where nothing is decided yet.",
)
def comment_without_decision(rows: "Frame") -> "Mask":
    """A row of a moderator's workbook has a comment and decides nothing.

    Why: a comment is kept with the decision that it explains, and by itself it is lost.
    Wrong: "should be a P" under *Comment*, and nothing under *Agreed grade* and *Decision*.
    Right: *P* under *Agreed grade*, and why under *Comment*.
    """
    return rows["alone"]


ROW_RULES: tuple[Rule, ...] = (
    line_not_open,
    line_altered,
    line_repeated,
    unknown_decision,
    unknown_agreed_grade,
    decision_against_grade,
    group_divided,
    tick_taken_off,
    comment_without_decision,
)
RULES: tuple[Rule, ...] = (wrong_workbook, *ROW_RULES, remark_not_read)
