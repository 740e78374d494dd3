"""From tables to typed lines: every filled cell understood, joined with what is known, still knowing its place."""

from collections.abc import Iterable, Mapping

from claimbatch.claims.claim import OTHER
from claimbatch.claims.merge import UNCLAIMED
from claimbatch.form.layout import BY_UNIT, NOT_CLAIMING, unit_number
from claimbatch.intake.cleared import ask_for_cleared
from claimbatch.intake.known import Known
from claimbatch.intake.moved import moved
from claimbatch.intake.people import NOBODY, Assessed, call_people, is_gone, name_assessor
from claimbatch.intake.plain import at_claim, at_grid, said_in
from claimbatch.intake.reading import Found, Row, Work, find, rows_of
from claimbatch.intake.roll import (
    Roll,
    ask_about_twins,
    call_candidate,
    call_roll,
    candidate_number,
    has_left_a_line,
)
from claimbatch.intake.sheet import Table
from claimbatch.intake.stance import Measure
from claimbatch.intake.submission import Submission
from claimbatch.intake.tables import Cell, Line, OtherUnit, Rows
from claimbatch.intake.values import REPEATED, read_grade, read_text, read_yes, squeeze


def tabulate(file: int, submission: Submission, known: Known, *, every: bool = False) -> Rows:
    """Make the rows of every table from one *submission*; *file* is its position in the run.

    No table has what no rule could speak of: lines that are *plain* stand beside the tables. With *every* there is a
    row for all that the workbook says.
    """
    work = Work(file, submission, known, every)
    call_people(work)
    if submission.layout.form == BY_UNIT:
        _claim(work)
    else:
        _grid(work)
    _other_units(work)
    if work.issued.copies:
        work.rows.said = said_in(work.rows, work.issued)
    measure = Measure.of_said(work.issued, work.rows.said)
    ask_for_cleared(work, measure)
    work.rows.moved += moved(work, measure)
    ask_about_twins(work)
    return work.rows


# --- by candidate ----------------------------------------------------------------------------------------------


def _grid(work: Work) -> None:
    """The lines of a by-candidate form: a grade on *Grades*, its assessor on *Assessed by* or from *Units*."""
    tables = work.submission.tables
    grades, assessed = tables.get("grades"), tables.get("assessed")
    roll, marked, defaults = call_roll(work, grades), call_roll(work, assessed), _defaults(work)
    if grades is None:
        return
    work.graded, work.rows.plain.sheet = roll.rows, grades.name
    units = [key.removeprefix("unit:") for key in grades.columns if key.startswith("unit:")]
    glance = at_grid(work, grades, assessed, defaults or {})
    for number, numbered in roll.rows.items():
        sound, beside = number in roll.sound, marked.rows.get(number)
        closer: Iterable[str] = units
        if glance and sound and beside:
            closer = glance.take(work, number, numbered, beside)
        for unit in closer:
            grade = find(work, Row(grades, *numbered), f"unit:{unit}", read_grade, number, unit)
            own = _own(work, assessed, marked, number, f"unit:{unit}")
            assessor = own if own.source.filled else _default(own, defaults, unit)
            if grade.filled or own.source.filled:
                _line(work, (number, unit), grade, assessor, sound=sound)


def _own(work: Work, assessed: Table | None, marked: Roll, number: str, key: str) -> Assessed:
    """Who is named for one candidate's unit on *Assessed by*."""
    if assessed is None or key not in assessed.columns:
        return Assessed(findable=False)
    if number not in marked.rows:
        return Assessed(findable=not marked.damaged)
    row, unit = Row(assessed, *marked.rows[number]), key.removeprefix("unit:")
    if row.raw(key) == "" and not assessed.merged:
        return NOBODY  # nearly every cell, so it must cost little
    own = find(work, row, key, read_text, number, unit)
    return Assessed(name_assessor(work, own, number, unit), own, not own.merged)


def _default(own: Assessed, defaults: dict[str, Assessed] | None, unit: str) -> Assessed:
    if defaults is None or not own.findable:
        return Assessed(findable=False)
    return defaults.get(unit, NOBODY)


def _defaults(work: Work) -> dict[str, Assessed] | None:
    """The default assessor of each unit on the sheet *Units*; None where it cannot be told."""
    table = work.submission.tables.get("units")
    if table is None or table.misplaced or not {"unit", "default"} <= set(table.columns):
        return None
    defaults: dict[str, Assessed] = {}
    for row in rows_of(table):
        named = find(work, row, "unit", read_text)
        unit = str(unit_number(named.read.value) or "")
        found = find(work, row, "default", read_text, "", unit)
        assessor = Assessed(name_assessor(work, found, "", unit), found, not found.merged)
        if unit in defaults:
            work.rows.cells.append(
                Cell(work.file, "", unit, "unit", REPEATED, "", "", named.read.shown, *named.spot)
            )
            same = assessor.initials == defaults[unit].initials
            assessor = assessor if same else Assessed(findable=False)
        if unit:
            defaults[unit] = assessor
    return defaults


# --- by unit ---------------------------------------------------------------------------------------------------


def _claim(work: Work) -> None:
    """The lines of a by-unit form: a grade and an assessor in each candidate's row.

    Where the qualification has one assessor, that one has assessed whatever names nobody. Initials that the template
    came with say nothing beside a blank grade.
    """
    table, unit = work.submission.tables.get("claim"), str(work.submission.layout.unit)
    roll = call_roll(work, table)
    if table is None or "grade" not in table.columns:
        return
    only = next(iter(work.people.values())) if len(work.people) == 1 else ""
    prefilled = work.issued.prefilled or only
    findable = "assessor" in table.columns
    work.graded, work.rows.plain.sheet = roll.rows, table.name
    glance = at_claim(work, table, only, prefilled)
    for number, numbered in roll.rows.items():
        sound = number in roll.sound
        if glance and sound and not any(glance.take(work, number, numbered, numbered)):
            continue
        row = Row(table, *numbered)
        grade = find(work, row, "grade", read_grade, number, unit)
        own = find(work, row, "assessor", read_text, number, unit)
        named = name_assessor(work, own, number, unit)
        if grade.filled or (own.filled and named != prefilled):
            assessor = Assessed(named if own.filled else only, own, findable and not own.merged)
            _line(work, (number, unit), grade, assessor, sound=sound)


def _line(work: Work, target: tuple[str, str], grade: Found, assessor: Assessed, *, sound: bool) -> None:
    """Add the line of one candidate's unit, the *target*."""
    identity, (number, unit) = work.submission.identity, target
    initials = assessor.initials if grade.read.value != NOT_CLAIMING else ""
    work.rows.lines.append(
        Line(
            work.file, identity.centre_number, identity.entry_code, number, sound, unit, work.offer(unit),
            _is_entered(work, number, unit), grade.read.value, grade.read.shown, *grade.spot,
            initials, is_gone(work, initials), assessor.findable,
            assessor.source.read.shown, *assessor.source.spot,
            *work.issued.base.get(target, UNCLAIMED), *work.issued.now.get(target, UNCLAIMED),
            work.issued.earlier.get(target, ""),
        )
    )  # fmt: skip


def _is_entered(work: Work, number: str, unit: str) -> bool:
    """Whether the unit entries, where there are any, name this unit."""
    entered = work.entered.get(number)
    return entered is None or not entered.units or unit.startswith(OTHER) or int(unit) in entered.units


# --- other awarding bodies -------------------------------------------------------------------------------------


def _other_units(work: Work) -> None:
    """The rows of *Other units*: each one a line of its own, and a row for the evidence rules."""
    rows = list(rows_of(work.submission.tables.get("other")))
    spellings = work.issued.spellings if rows else {}
    for row in rows:
        if "number" in row.table.columns:
            _other_unit(work, row, spellings)


def _other_unit(work: Work, row: Row, spellings: Mapping[str, str]) -> None:
    number = candidate_number(work, row)
    title = find(work, row, "title", read_text, number)
    body = find(work, row, "body", read_text, number)
    unit = f"{OTHER}{body.read.value.replace(':', '')}:{title.read.value}"
    unit = spellings.get(unit) or spellings.get(squeeze(unit), unit)
    grade = find(work, row, "grade", read_grade, number, unit)
    own = find(work, row, "assessor", read_text, number, unit)
    if has_left_a_line(work, (number, unit), (grade.read.value, own.read.value)):
        return
    entered = call_candidate(work, row, number)
    evidence = find(work, row, "evidence", read_yes, number, unit)
    findable = "assessor" in row.table.columns and not own.merged
    assessor = Assessed(name_assessor(work, own, number, unit), own, findable)
    wanted = {"Unit title": title, "Awarding body": body, "Grade": grade}
    missing = ", ".join(heading for heading, found in wanted.items() if not found.filled)
    missing = missing or (":" in body.read.value and "Awarding body (without a colon)") or ""
    mark = (grade.read.value, assessor.initials)
    new = grade.read.value != NOT_CLAIMING and mark != work.issued.base.get((number, unit))
    qualification = work.submission.qualification
    work.rows.other.append(
        OtherUnit(
            work.file, number, qualification.other_units_possible,
            qualification.other_awarding_body_units is not None, missing, new, evidence.read.value == "Yes", unit,
            title.read.shown, *row.spot("title"), evidence.read.shown, *row.spot("evidence"),
        )
    )  # fmt: skip
    if grade.filled and not missing:
        sound = entered is not None and bool(title.read.value and body.read.value)
        _line(work, (number, unit), grade, assessor, sound=sound)
