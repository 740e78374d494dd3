"""Every hint leads out: what it says is done to the letter, checked again, and nothing is left.

A case makes the problem of a rule in a workbook that is otherwise in order, quotes the words of the hint that are
followed, and does what they tell. A rule without a case, on either form, fails
:func:`test_every_rule_has_a_way_out_on_every_form`.

The workbook is one of 05349, with candidates 0042, 0043, 0044 and 0051 in rows 5 to 8: by candidate, Unit 1 in column E
and JH the default assessor of every unit; or by unit, for Unit 1. What stands on the sheet *Other units* counts as a
form of its own.
"""

import csv
import io
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click import Command, Context, Group
from openpyxl.comments import Comment

from claimbatch.claims.life import missing
from claimbatch.cli.main import cli
from claimbatch.cli.session import run
from claimbatch.intake import guard
from claimbatch.intake.guard import Package, admit
from claimbatch.intake.mark import mark
from claimbatch.intake.rules import RULES, workbook
from claimbatch.problems import Problem, Rule, Severity, errors_in
from claimbatch.workspace import Workspace
from tests import hostile, moderated
from tests.centre import CENTRE, IT, MEDIA, PEOPLE, Centre, edit, put
from tests.desk import (
    BOTH,
    FRESH,
    GRID,
    KEY,
    OTHER,
    REGISTER,
    ROWS,
    UNIT,
    Desk,
    Step,
    again,
    book,
    boxed,
    claimed_by_hand,
    claimed_earlier,
    cleared,
    command,
    commented,
    copied,
    deleted,
    entered_at,
    entered_for,
    error_in,
    film,
    foreign_others,
    importing,
    in_order,
    is_now,
    issued_now,
    left_out,
    merged,
    noted,
    of_a_qualification_of_its_own,
    of_another_workspace,
    others_taken,
    qualification_file,
    ran,
    saved,
    second,
    sorted_with_headings,
    struck,
    threaded,
    to_second,
    with_its_file,
    with_macros,
    without_sheet,
    without_unit_38,
)


@dataclass(frozen=True)
class Case:
    """One way out: the problem, the words of the hint, and what they tell to do. *claim* is what is claimed then."""

    code: str
    form: str
    problem: tuple[Step, ...]
    says: str
    do: tuple[Step, ...]
    claim: dict[str, str] | None
    entry_code: str
    centre: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.code} {self.form}: {self.says}"


def case(
    code: str,
    forms: str | tuple[str, ...],
    problem: Step | tuple[Step, ...],
    says: str,
    *do: Step,
    claim: dict[str, str] | None = None,
    entry_code: str = IT,
    **centre: Any,
) -> list[Case]:
    """The same case for each of *forms*; *centre* is what :meth:`Centre.make` is told."""
    forms = (forms,) if isinstance(forms, str) else forms
    steps = problem if isinstance(problem, tuple) else (problem,)
    return [Case(code, form, steps, says, do, claim, entry_code, centre) for form in forms]


TWIN = {"people": (*PEOPLE, ("0099", PEOPLE[0][1], PEOPLE[0][2]))}
ENTERED = {"units": {"0042": frozenset({2, 3})}}

WORKBOOKS = [
    # what is no workbook, or none that may be opened
    *case("CB001", BOTH, is_now(hostile.ods), "save it as Excel Workbook (.xlsx)", again),
    *case("CB001", BOTH, is_now(lambda: b"%PDF-1.7"), "Send the template", again),
    *case("CB002", BOTH, is_now(hostile.ole, encrypted=True), "remove the password", again),
    *case("CB003", BOTH, is_now(hostile.cut_short), "send it once more", again),
    *case("CB004", BOTH, is_now(hostile.entity), "Fill in a fresh template and send that",
          issued_now, in_order),
    *case("CB005", BOTH, with_macros, "Save it as Excel Workbook (.xlsx)", saved),
    *case("CB006", GRID, {"Grades!XFD1048576": "x"}, "delete what stands outside the form",
          {"Grades!XFD1048576": None}),
    *case("CB006", UNIT, {"Claim!XFD1048576": "x"}, "delete what stands outside the form",
          {"Claim!XFD1048576": None}),
    # whose it is
    *case("CB010", BOTH, is_now(hostile.book), "Send the template itself, filled in", again),
    *case("CB011", GRID, of_another_workspace("68200", "Another College"), 'claimbatch centre add 68200 "Name"',
          command(Name="Another College"), entered_at("68200"),
          ran(f"template {IT} --centre 68200"), FRESH[GRID]),
    *case("CB011", UNIT, of_another_workspace("68200", "Another College"),
          f"claimbatch template {IT} --unit 1 --centre 68200",
          ran('centre add 68200 "Another College"'), entered_at("68200"), command(), FRESH[UNIT]),
    *case("CB012", GRID, of_another_workspace(), f"claimbatch template {IT} --centre {CENTRE}", command(),
          FRESH[GRID]),
    *case("CB012", UNIT, of_another_workspace(), f"claimbatch template {IT} --unit 1 --centre {CENTRE}",
          command(), FRESH[UNIT]),
    *case("CB012", BOTH, of_a_qualification_of_its_own, "put the qualification's file back into", with_its_file),
    *case("CB013", GRID, ({"Units!D42": None}, qualification_file(without_unit_38)),
          "claimbatch template refresh {file}",
          command()),
    *case("CB013", UNIT, qualification_file(without_unit_38), "claimbatch template refresh {file}", command()),
    *case("CB014", GRID, (merged({"Grades!F8": "P"}), ran(f"claim declare {KEY} --all",
          f"claim submit {KEY} --centre-declaration --submitted-by Pat --yes"), {"Grades!E5": "P"}),
          "claimbatch template refresh {file}", command(), claim={"0042 1": "P JH"}),
    *case("CB014", UNIT, (merged({"Claim!E8": "P", "Claim!F8": "JH"}), ran(f"claim declare {KEY} --all",
          f"claim submit {KEY} --centre-declaration --submitted-by Pat --yes"), FRESH[UNIT]),
          "claimbatch template refresh {file}", command(), claim={"0042 1": "P JH"}),
    # sheets, headings, rows
    *case("CB015", GRID, book(lambda b: setattr(b["Grades"], "title", "Sheet1")), "Give the sheet its name back",
          book(lambda b: setattr(b["Sheet1"], "title", "Grades"))),
    *case("CB015", UNIT, book(lambda b: setattr(b["Claim"], "title", "Sheet1")), "Give the sheet its name back",
          book(lambda b: setattr(b["Sheet1"], "title", "Claim"))),
    *case("CB015", BOTH, without_sheet("Assessors"), "copy what was filled in into a fresh template",
          issued_now, in_order),
    *case("CB016", GRID, {"Grades!G4": "Cyber"}, "Put the heading 'Unit 3' back", {"Grades!G4": "Unit 3"}),
    *case("CB016", UNIT, {"Claim!E4": "Mark"}, "Put the heading 'Grade' back", {"Claim!E4": "Grade"}),
    *case("CB016", GRID, ({"Grades!E5": "P"}, book(lambda b: b["Grades"].delete_cols(5))),
          "Put the column 'Unit 1', with all that stood in it, back", book(lambda b: b["Grades"].insert_cols(5)),
          {"Grades!E4": "Unit 1", "Grades!E5": "P"}),
    *case("CB016", GRID, book(lambda b: b["Units"].delete_rows(4)), "Put its row of headings back",
          book(lambda b: b["Units"].insert_rows(4)), {"Units!A4": "Unit", "Units!D4": "Default assessor"}),
    *case("CB017", GRID, {"Grades!AS4": "Unit 3", "Grades!AS5": "M"}, "Keep one column 'Unit 3' and delete the other",
          book(lambda b: b["Grades"].delete_cols(45))),
    *case("CB017", UNIT, {"Claim!G4": "Grade", "Claim!G5": "M"}, "Keep one column 'Grade' and delete the other",
          book(lambda b: b["Claim"].delete_cols(7))),
    *case("CB018", GRID, ({"Grades!E5": "P"}, book(lambda b: b["Grades"].merge_cells("E5:E7"))),
          "Unmerge them", book(lambda b: b["Grades"].unmerge_cells("E5:E7")), {"Grades!E6": "P", "Grades!E7": "M"},
          claim={"0042 1": "P JH", "0043 1": "P JH", "0044 1": "M JH"}),
    *case("CB018", UNIT, (FRESH[UNIT], book(lambda b: b["Claim"].merge_cells("F5:F6"))),
          "Unmerge them", book(lambda b: b["Claim"].unmerge_cells("F5:F6")), {"Claim!E6": "P", "Claim!F6": "SA"},
          claim={"0042 1": "P JH", "0043 1": "P SA"}),
    *case("CB019", GRID, {"Grades!AS6": "ask Jo", "Grades!AS7": "and Sam"}, "delete it if it does not",
          {"Grades!AS6": None, "Grades!AS7": None}),
    *case("CB019", UNIT, {"Claim!H6": "ask Jo"}, "say so on the sheet Notes", noted("Claim", "H6")),
    *case("CB019", GRID, {"Grades!AS5": "P"}, "Move what stands there into the form",
          {"Grades!AS5": None, "Grades!E5": "P"}),
    *case("CB020", GRID, sorted_with_headings("Grades"), "Put the row of headings back above all others",
          sorted_with_headings("Grades")),
    *case("CB020", UNIT, sorted_with_headings("Claim"), "Put the row of headings back above all others",
          sorted_with_headings("Claim")),
    # single cells
    *case("CB101", GRID, error_in("Grades!E5"), "Clear the cell and enter a grade", {"Grades!E5": "P"}),
    *case("CB101", UNIT, (FRESH[UNIT], error_in("Claim!F5")), "Clear the cell and enter an assessor's initials",
          {"Claim!F5": "JH"}),
    *case("CB101", UNIT, error_in("Claim!B5"), "Clear the cell and enter the candidate name",
          {"Claim!B5": "Ahmed, Sana"}),
    *case("CB101", OTHER, (film(), error_in("Other units!B5")), "Clear the cell and enter the unit title",
          {"Other units!B5": "Film"}),
    *case("CB102", GRID, {"Grades!E5": '="P"'}, "type the value itself", {"Grades!E5": "P"}),
    *case("CB102", UNIT, (FRESH[UNIT], {"Claim!E5": '="P"'}), "type the value itself", {"Claim!E5": "P"}),
    *case("CB103", GRID, {"Grades!E5": "U"}, "Choose Not claiming", {"Grades!E5": "Not claiming"}),
    *case("CB103", UNIT, {"Claim!E5": "U"}, "Choose Not claiming", {"Claim!E5": "Not claiming"}),
    *case("CB103", OTHER, film(D="U"), "Choose Not claiming", {"Other units!D5": "Not claiming"}),
    *case("CB103", GRID, (merged({"Grades!E5": "P"}), issued_now, {"Grades!E5": "U"}), "Choose Not claiming",
          {"Grades!E5": "Not claiming"}, claim={}),
    *case("CB104", GRID, {"Grades!E5": "P/M"}, "Choose P, M, D or Not claiming", {"Grades!E5": "M"}),
    *case("CB104", UNIT, {"Claim!E5": "see Jo", "Claim!F5": "JH"}, "Choose P, M, D or Not claiming",
          {"Claim!E5": "D"}),
    *case("CB104", OTHER, film(D="Good"), "Choose P, M, D or Not claiming", {"Other units!D5": "P"}),
    *case("CB105", GRID, {"Grades!E5": "\u0420"}, "Type the grade again", {"Grades!E5": "P"}),
    *case("CB105", UNIT, {"Claim!E5": "\uff30", "Claim!F5": "JH"}, "Type the grade again", {"Claim!E5": "P"}),
    *case("CB107", GRID, {"Grades!A5": "12345"}, "Copy the candidate number from the template",
          {"Grades!A5": "0042"}),
    *case("CB107", UNIT, {"Claim!B9": "Somebody", "Claim!E9": "P"}, "clear the row", cleared("Claim", 9)),
    *case("CB107", OTHER, film(A=None), "Copy the candidate number from the template", {"Other units!A5": "0042"}),
    *case("CB108", GRID, {"Grades!A5": 42}, "type 0042 into it again", {"Grades!A5": "0042"}),
    *case("CB108", UNIT, {"Claim!A5": 42}, "type 0042 into it again", {"Claim!A5": "0042"}),
    *case("CB108", GRID, {"Grades!A5": 42}, "say so on the sheet Notes", noted("Grades", "A5")),
    *case("CB109", GRID, {"Grades!C5": "31/02/2008"}, "Enter the date of birth as dd/mm/yyyy",
          {"Grades!C5": "02/01/2008"}),
    *case("CB109", UNIT, {"Claim!C5": "2 Jan"}, "Enter the date of birth as dd/mm/yyyy", {"Claim!C5": "02/01/2008"}),
    *case("CB112", GRID, {"Grades!E5": "P\x7f"}, "type its text again", {"Grades!E5": "P"}),
    *case("CB112", UNIT, {"Claim!E5": "P\x7f", "Claim!F5": "JH"}, "type its text again", {"Claim!E5": "P"}),
    *case("CB309", GRID, {"Units!A43": "Unit 1", "Units!D43": "SA"},
          "Keep one row for each unit and delete the other",
          deleted("Units", 43)),
    # who assessed
    *case("CB106", GRID, {"Grades!E5": "P", "Assessed by!E5": "XY"}, "Choose the initials from the list",
          {"Assessed by!E5": "SA"}),
    *case("CB106", UNIT, {"Claim!E5": "P", "Claim!F5": "XY"}, "Choose the initials from the list",
          {"Claim!F5": "SA"}),
    *case("CB106", OTHER, film(E="XY"), "Choose the initials from the list", {"Other units!E5": "SA"}),
    *case("CB106", GRID, {"Grades!E5": "P", "Assessed by!E5": "XY"},
          "A new assessor goes on the sheet Assessors first",
          {"Assessors!A7": "XY", "Assessors!B7": "Xi Yang"}, claim={"0042 1": "P XY"}),
    *case("CB201", GRID, {"Units!D5": None, "Grades!E5": "P"}, "on the sheet Units", {"Units!D5": "JH"}),
    *case("CB201", GRID, {"Units!D5": None, "Grades!E5": "P"}, "or Assessed by (for this one)",
          {"Assessed by!E5": "JH"}),
    *case("CB201", UNIT, {"Claim!E5": "P"}, "on a form for one unit", {"Claim!F5": "JH"}),
    *case("CB201", OTHER, film(E=None), "on the sheet Other units, beside the grade", {"Other units!E5": "JH"}),
    *case("CB202", GRID, {"Assessed by!E5": "SA"}, "Enter the grade", {"Grades!E5": "P"}, claim={"0042 1": "P SA"}),
    *case("CB202", UNIT, {"Claim!F5": "SA"}, "Enter the grade", {"Claim!E5": "P"}, claim={"0042 1": "P SA"}),
    *case("CB202", GRID, (merged({"Grades!E5": "P", "Assessed by!E5": "SA"}), issued_now,
          {"Grades!E5": None, "Assessed by!E5": "SA"}),
          "choose Not claiming, which takes back what may have been claimed before, and clear the initials",
          {"Grades!E5": "Not claiming", "Assessed by!E5": None}, claim={}),
    *case("CB202", UNIT, (merged({"Claim!E5": "P", "Claim!F5": "SA"}), issued_now, {"Claim!E5": None}),
          "choose Not claiming, which takes back what may have been claimed before, and clear the initials",
          {"Claim!E5": "Not claiming", "Claim!F5": None}, claim={}),
    *case("CB304", GRID, {"Assessors!A7": "jh", "Assessors!B7": "James Hill", "Grades!E5": "P",
          "Assessed by!E5": "jh"},
          "give the new one other initials, here and beside the grades",
          {"Assessors!A7": "JHI", "Assessed by!E5": "JHI"}, claim={"0042 1": "P JHI"}),
    *case("CB304", UNIT, {"Assessors!A5": "JH", "Assessors!B5": "Joe Hughes"}, "write the name in the same way",
          {"Assessors!B5": "Jo Hughes"}),
    *case("CB304", UNIT, {"Assessors!A5": "JH", "Assessors!B5": "Joanna Hughes"},
          'claimbatch assessors rename JH "Full name"', command(**{"Full name": "Joanna Hughes"})),
    *case("CB305", GRID, {"Assessors!A7": "JHUGH", "Assessors!B7": "Jan Hughes"},
          "Use one to four characters, here and beside the grades",
          {"Assessors!A7": "JHU", "Grades!E5": "P", "Assessed by!E5": "JHU"}, claim={"0042 1": "P JHU"}),
    *case("CB305", UNIT, {"Assessors!A7": "JHUGH", "Assessors!B7": "Jan Hughes"}, "Use one to four characters",
          {"Assessors!A7": "JHU"}),
    *case("CB308", GRID, {"Assessors!A7": "XY"}, "Fill in both the initials and the full name",
          {"Assessors!B7": "Xi Yang"}),
    *case("CB308", UNIT, {"Assessors!B7": "Xi Yang"}, "clear the row if it is nobody's",
          cleared("Assessors", 7, "AB")),
    # who and which unit
    *case("CB203", GRID, {"Grades!A9": "0077", "Grades!B9": "Somebody", "Grades!E9": "P"}, "clear the row",
          cleared("Grades", 9)),
    *case("CB203", UNIT, {"Claim!A9": "0077", "Claim!B9": "New, Una", "Claim!E9": "P", "Claim!F9": "JH"},
          "claimbatch entries import FILE", importing(f'{IT},0077,"New, Una",2008-01-09,\n'),
                claim={"0077 1": "P JH"}),
    *case("CB203", OTHER, film(A="0077"), "Check the candidate number", {"Other units!A5": "0042"}),
    *case("CB204", GRID, {"Grades!AS4": "Unit 99", "Grades!AS5": "P"}, "Move what stands below this heading",
          {"Grades!AS5": None, "Grades!E5": "P"}, claim={"0042 1": "P JH"}),
    *case("CB204", GRID, {"Grades!AS4": "Unit 99", "Grades!AS5": "P"}, "or clear it", {"Grades!AS5": None}, claim={}),
    *case("CB205", GRID, {"Grades!E5": "P"}, "Choose Not claiming", {"Grades!E5": "Not claiming"}, claim={},
          **ENTERED),
    *case("CB205", UNIT, {"Claim!E8": "P", "Claim!F8": "JH"},  # who is not entered comes last
          "claimbatch entries import FILE",
          importing(f'{IT},0042,"Ahmed, Sana",2008-01-02,1 2 3\n'),
          claim={"0042 1": "P JH"}, **ENTERED),
    *case("CB206", GRID, {"Grades!K4": "Unit 1", "Grades!K5": "P"}, "Clear the cell", {"Grades!K5": None},
          entry_code=MEDIA),
    *case("CB207", GRID, {"Grades!B5": "Somebody, Else"}, "Put back what the register says",
          {"Grades!B5": "Ahmed, Sana"}),
    *case("CB207", GRID, {"Grades!D5": "12345"}, "if it has none, clear the cell", {"Grades!D5": None}),
    *case("CB207", UNIT, {"Claim!B5": "Ahmed, Sanaa"}, "claimbatch entries import FILE",
          importing(f'{IT},0042,"Ahmed, Sanaa",2008-01-02,\n')),
    *case("CB301", GRID, copied("Grades", 5, 9), "Keep one row for each candidate and delete the other",
          deleted("Grades", 9)),
    *case("CB301", UNIT, copied("Claim", 5, 9), "Keep one row for each candidate and delete the other",
          deleted("Claim", 9)),
    *case("CB307", GRID, {"Grades!E5": "P"}, "say so on the sheet Notes",
          noted("Grades", "A5"), noted("Grades", "A9", row=6), **TWIN),
    *case("CB307", UNIT, FRESH[UNIT], "claimbatch entries import FILE --replace", importing(*ROWS.values()), **TWIN),
    # other awarding bodies
    *case("CB208", OTHER, (others_taken("false"), issued_now, book(foreign_others), film()), "Clear the row",
          cleared("Other units", 5)),
    *case("CB209", OTHER, film(C=None), "Fill in what is missing", {"Other units!C5": "NCFE"}),
    *case("CB209", OTHER, film(C="NCFE: L3"), "write NCFE Level 3", {"Other units!C5": "NCFE L3"}),
    *case("CB209", OTHER, film(C=None), "Clear the whole row", cleared("Other units", 5)),
    *case("CB209", OTHER, (merged(film()), issued_now, {"Other units!D5": None}),
          "a grade that is not to be claimed is Not claiming", {"Other units!D5": "Not claiming"}, claim={}),
    *case("CB210", OTHER, film(F=None), "enter Yes under Evidence held", {"Other units!F5": "Yes"}),
    *case("CB211", OTHER, (others_taken(""), issued_now, film()), "say so on the sheet Notes",
          noted("Other units", "B5")),
    *case("CB211", OTHER, (others_taken(""), issued_now, film()), "other_awarding_body_units = true",
          others_taken("true")),
    *case("CB211", OTHER, (others_taken(""), issued_now, film()), "choose Not claiming",
          {"Other units!D5": "Not claiming"}),
    # against another workbook, and against the claim
    *case("CB302", GRID, ({"Grades!E5": "P"}, second({"Grades!E5": "M"})), "correct the other",
          to_second({"Grades!E5": "P"})),
    *case("CB302", UNIT, (FRESH[UNIT], second({"Claim!E5": "M"})), "leave out a workbook that is an older version",
          left_out),
    *case("CB302", OTHER, (film(), film(6, D="M")), "correct the other", cleared("Other units", 6)),
    *case("CB303", GRID, (*claimed_by_hand(), {"Grades!E5": "D", "Assessed by!E5": "SA"}),
          "make the cell say so too: P by JH",
          {"Grades!E5": "P", "Assessed by!E5": "JH"}, claim={"0042 1": "P JH", "0051 2": "P JH"}),
    *case("CB303", GRID, (*claimed_by_hand(), {"Grades!E5": "D", "Assessed by!E5": "SA"}),
          f"claimbatch claim set {KEY} 0042 1 D SA", command(), claim={"0042 1": "D SA", "0051 2": "P JH"}),
    *case("CB303", GRID, (*claimed_by_hand(), {"Grades!E5": "D", "Assessed by!E5": "SA"}),
          "claimbatch merge {file} --overrule --only 'Grades!E5'", command(),
          claim={"0042 1": "D SA", "0051 2": "P JH"}),
    *case("CB303", GRID, (*claimed_by_hand(), issued_now, ran(f"claim remove {KEY} --candidate 0042"),
          {"Grades!E5": "M"}),
          "make the cell say so too: Not claiming", {"Grades!E5": "Not claiming"}, claim={"0051 2": "P JH"}),
    *case("CB303", UNIT, (*claimed_by_hand(), {"Claim!E5": "D", "Claim!F5": "SA"}),
          "claimbatch merge {file} --overrule --only 'Claim!E5'",
          command(), claim={"0042 1": "D SA", "0051 1": "P JH"}),
    *case("CB303", UNIT, (*claimed_by_hand(), issued_now, ran(f"claim set {KEY} 0042 1 M JH"),
          {"Claim!E5": "Not claiming"}),
          f'claimbatch claim set {KEY} 0042 1 "Not claiming"', command(), claim={"0051 1": "P JH"}),
    *case("CB303", OTHER, (*claimed_by_hand("other:NCFE:First Aid"), film(B="First Aid", D="M")),
          f'claimbatch claim set {KEY} 0042 "other:NCFE:First Aid" M JH', command(),
          claim={"0042 other:NCFE:First Aid": "M JH", "0051 2": "P JH"}),
    *case("CB303", OTHER, (*claimed_by_hand("other:NCFE:First Aid"), issued_now,
          ran(f'claim remove {KEY} --unit "First Aid"'), {"Other units!D5": "M", "Other units!F5": "Yes"}),
          f'claimbatch claim set {KEY} 0042 "other:NCFE:First Aid" M JH', command(),
          claim={"0042 other:NCFE:First Aid": "M JH", "0051 2": "P JH"}),
    *case("CB303", OTHER, (*claimed_by_hand("other:NCFE:First Aid"), film(B="First Aid", D="M")),
          "make the cell say so too: P by JH", {"Other units!D5": "P"},
          claim={"0042 other:NCFE:First Aid": "P JH", "0051 2": "P JH"}),
    # what people wrote on the cells and beside them
    *case("CB021", GRID, (FRESH[GRID], struck("Grades!E5")), "Clear the cell", {"Grades!E5": None}, claim={}),
    *case("CB021", GRID, (FRESH[GRID], struck("Grades!E5")), "take the line off", struck("Grades!E5", line=False),
          claim={"0042 1": "P JH"}),
    *case("CB021", UNIT, (FRESH[UNIT], struck("Claim!E5")), "say so on the sheet Notes", noted("Claim", "E5"),
          claim={"0042 1": "P JH"}),
    *case("CB022", GRID, (FRESH[GRID], commented("Grades!E5", "not yet")),
          "Enter in the form what it means (clear a grade that is not to be claimed), then delete the comment",
          {"Grades!E5": None}, commented("Grades!E5"), claim={}),
    *case("CB022", GRID, (FRESH[GRID], threaded("Grades!E5", "not yet?")), "or resolve its thread",
          FRESH[GRID], threaded("Grades!E5", "not yet?", done=True), claim={"0042 1": "P JH"}),
    *case("CB022", UNIT, (FRESH[UNIT], commented("Claim!E5", "really?")),
          "say on the sheet Notes why the entry is right", noted("Claim", "E5"), claim={"0042 1": "P JH"}),
    *case("CB024", GRID, (FRESH[GRID], boxed("Grades!F6", "not unit 1")),
          "Enter in the form what it means, then delete the box", {"Grades!E5": None}, claim={}),
    *case("CB024", UNIT, (FRESH[UNIT], boxed("Claim!H6", "all claimed")),
          "say so on the sheet Notes (there the name of this sheet, and the explanation)",
          {"Notes!A5": "Claim", "Notes!E5": "It says what the cells say."}, boxed("Claim!H6", "all claimed")),
    # what the register has lost since
    *case("CB212", GRID, (merged({"Grades!E5": "P"}), entered_for("0042", "2 3"), {"Grades!E5": "M"}),
          "Choose Not claiming", {"Grades!E5": "Not claiming"}, claim={}),
    *case("CB212", UNIT, (merged(FRESH[UNIT]), entered_for("0042", "2 3"), {**FRESH[UNIT], "Claim!E5": "M"}),
          "claimbatch entries import FILE", importing(f'{IT},0042,"Ahmed, Sana",2008-01-02,1 2 3\n'),
          claim={"0042 1": "M JH"}),
    *case("CB213", GRID, (ran(f"assessors remove {IT} SA"), {"Grades!E5": "P", "Assessed by!E5": "SA"}),
          f'claimbatch assessors add {IT} "Full name" SA', command(**{"Full name": "Sam Adeyemi"}),
          claim={"0042 1": "P SA"}),
    *case("CB213", UNIT, (ran(f"assessors remove {IT} JH"), FRESH[UNIT]), "name that person", {"Claim!F5": "SA"},
          claim={"0042 1": "P SA"}),
    *case("CB214", GRID, (ran(f'assessors add {IT} "Jo Hughes" JHU'),
          {"Grades!E5": "P", "Assessed by!E5": "Jo Hughes"}),
          "Enter the initials of the one who marked the work", {"Assessed by!E5": "JHU"}, claim={"0042 1": "P JHU"}),
    *case("CB214", UNIT, (ran(f'assessors add {IT} "Jo Hughes" JHU'), {"Claim!E5": "P", "Claim!F5": "Jo Hughes"}),
          "Enter the initials of the one who marked the work", {"Claim!F5": "JH"}, claim={"0042 1": "P JH"}),
    *case("CB215", GRID, (merged({"Grades!E5": "P"}), issued_now, {"Units!D5": "SA"}), "say so on the sheet Notes",
          noted("Units", "D5"), claim={"0042 1": "P SA"}),
    *case("CB215", GRID, (merged({"Grades!E5": "P"}), issued_now, {"Units!D5": "SA", "Grades!E7": "P"}),
          "put the default back to what it was, and choose SA only where SA marked the work (sheet Assessed by)",
          {"Units!D5": "JH", "Assessed by!E7": "SA"}, claim={"0042 1": "P JH", "0044 1": "P SA"}),
    # units that a teacher adds
    *case("CB217", GRID, {"Units!A45": "44", "Units!B45": "Robotics"},
          f"claimbatch qualifications add-unit {IT} 44 Robotics", command(), claim={}),
    *case("CB217", GRID, {"Units!A45": "44", "Units!B45": "Robotics"}, "claimbatch template refresh {file}",
          ran(f"qualifications add-unit {IT} 44 Robotics"), command(),
          {"Grades!AS5": "P", "Assessed by!AS5": "JH"}, claim={"0042 44": "P JH"}),
    *case("CB217", GRID, {"Units!A45": "44", "Units!B45": "Robotics"}, "clear the row", cleared("Units", 45, "AB")),
    *case("CB218", GRID, {"Units!B45": "Robotics"}, "Write the unit's number under Unit", {"Units!A45": "44"},
          ran(f"qualifications add-unit {IT} 44 Robotics")),  # of which somebody is asked then (CB217)
    *case("CB218", GRID, {"Units!A45": "44"}, "and its title beside it", {"Units!B45": "Robotics"},
          ran(f"qualifications add-unit {IT} 44 Robotics")),
    *case("CB218", GRID, {"Units!B45": "Robotics"}, "clear the row", cleared("Units", 45, "AB")),
    # against an earlier copy
    *case("CB310", GRID, (merged({"Grades!E5": "P", "Grades!E6": "M"}), {"Grades!E5": "P"}), "choose Not claiming",
          {"Grades!E6": "Not claiming"}, claim={"0042 1": "P JH"}),
    *case("CB310", GRID, (merged({"Grades!E5": "P", "Grades!E6": "M"}), {"Grades!E5": "P"}), "put back M by JH",
          {"Grades!E6": "M"}, claim={"0042 1": "P JH", "0043 1": "M JH"}),
    *case("CB310", UNIT, (merged(FRESH[UNIT]), {"Claim!F5": "JH"}), "choose Not claiming",
          {"Claim!E5": "Not claiming"}, claim={}),
    *case("CB311", GRID, (merged({"Grades!E5": "P", "Grades!E6": "P"}), issued_now,
          merged({"Grades!E5": "M", "Grades!E6": "M"}), {"Grades!E6": "M"}), "Put back M by JH",
          {"Grades!E5": "M"}, claim={"0042 1": "M JH", "0043 1": "M JH"}),
    *case("CB311", UNIT, (merged({**FRESH[UNIT], "Claim!E6": "P", "Claim!F6": "JH"}), issued_now,
          merged({"Claim!E5": "M", "Claim!E6": "M"}), {"Claim!E6": "M"}),
          "enter the right grade on a template made now", issued_now, {"Claim!E5": "P"},
          claim={"0042 1": "P JH", "0043 1": "M JH"}),
    *case("CB306", GRID, (*claimed_earlier({"Grades!E5": "P"}), {"Grades!E5": "M"}), "Choose Not claiming",
          {"Grades!E5": "Not claiming"}, claim={}),
    *case("CB306", UNIT, (*claimed_earlier(FRESH[UNIT]), {"Claim!E5": "M", "Claim!F5": "JH"}),
          "then say so on the sheet Notes",
          noted("Claim", "E5", "improved"), claim={"0042 1": "M JH"}),
]  # fmt: skip

# What can stand on the form by candidate alone: the other has one unit, no sheet Units, and no column for a unit.
NOT_BY_UNIT = {
    "CB204": "a column for a unit",
    "CB206": "a column for a unit",
    "CB208": "the sheet Other units",
    "CB209": "the sheet Other units",
    "CB210": "the sheet Other units",
    "CB211": "the sheet Other units",
    "CB215": "the sheet Units",
    "CB217": "the sheet Units",
    "CB218": "the sheet Units",
    "CB309": "the sheet Units",
}


# --- the desk ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A centre as most cases want it, to be copied."""
    folder = tmp_path_factory.mktemp("ready") / "centre"
    Centre.make(folder)
    return folder


def desk_for(case: Case, ready: Path, folder: Path) -> Desk:
    """The desk before anything happens: a centre, and a template filled in by nobody yet."""
    if case.centre:
        Centre.make(folder, **case.centre)
    else:
        shutil.copytree(ready, folder)
    desk = Desk(Centre(Workspace(folder)), folder, case.form, case.entry_code)
    if case.form == OTHER:
        others_taken("true")(desk)
    issued_now(desk)
    return desk


# --- the tests ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", WORKBOOKS, ids=str)
def test_a_hint_leads_out(case: Case, ready: Path, tmp_path: Path) -> None:
    """The problem is gone, nothing else has appeared, and where the case says so, the claim is as the hint promised."""
    desk = desk_for(case, ready, tmp_path / "centre")
    desk.do(*case.problem)
    found = desk.check()
    assert {problem.rule.code for problem in found} == {case.code}
    desk.says = case.says
    said = {case.says.format(file=f'"{problem.place.workbook}"') for problem in found}
    assert any(words in hint for words in said for problem in found for hint in hints(problem))
    desk.do(*case.do)
    assert [(problem.brief, problem.message) for problem in desk.check()] == []
    if case.claim is not None:
        desk.centre.done("merge", desk.path)
        assert claimed(desk) == case.claim


def hints(problem: Problem) -> tuple[str, str]:
    """What the exam officer is told, and what the teacher."""
    return problem.hint, replace(problem, rule=problem.rule.for_teachers).hint


def claimed(desk: Desk) -> dict[str, str]:
    """The lines of the claim that is open: ``{"0042 1": "P JH"}``."""
    with desk.centre.workspace.store() as store:
        lines = store.lines_at(store.current_key(CENTRE, desk.entry_code)[0])
    return {" ".join(target): " ".join(mark) for target, mark in lines.items()}


def test_every_rule_has_a_way_out_on_every_form() -> None:
    """A rule of workbooks on both forms, unless it speaks of what one of them has not; others in their tables."""
    shown = {(case.code, UNIT if case.form == UNIT else GRID) for case in WORKBOOKS}
    shown |= {(code, "claim") for code, *_ in CLAIMS} | {(code, "register") for code, *_ in REGISTERS}
    shown |= {(code, "moderator") for code, *_ in MODERATED}
    wanted = {(rule.code, form) for rule in RULES for form in forms_of(rule.code)}
    assert wanted - shown == set()
    assert shown - wanted == set()


def forms_of(code: str) -> tuple[str, ...]:
    """Where the problem of a rule can stand."""
    if code in REMINDERS:
        return ()
    if code >= "CB6":
        return ("moderator",)
    if code >= "CB5" or code in LISTS:
        return ("register",)
    if code >= "CB4":
        return ("claim",)
    return (GRID,) if code in NOT_BY_UNIT else BOTH


TURNED_AWAY = (*guard.RULES, *workbook.RULES)  # whole workbooks, of which no marked copy is made
MARKED = [
    rule
    for rule in RULES
    if not "CB4" < rule.code < "CB6" and rule not in TURNED_AWAY and rule.code != "CB602"
]


@pytest.mark.parametrize("rule", MARKED, ids=lambda rule: rule.code)
def test_a_teacher_is_told_of_no_command(rule: Rule) -> None:
    """A marked copy goes to people who have a workbook and no claimbatch; nor have they its files."""
    words = f"{rule.for_teachers.hint} {rule.message}"
    assert re.findall(r"claimbatch|--\w+|\bFILE\b|\{file\}|schemas", words) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_commands_in_hints_are_there(rule: Rule) -> None:
    """``claimbatch claim set`` is a command; a hint that names one that was renamed is found here."""
    for words in re.findall(r"claimbatch ((?:[a-z]+ ?)+)", rule.hint):
        found, context = cli, Context(cli)
        for name in words.split():
            if isinstance(found, Group):
                found = found.get_command(context, name)
            assert isinstance(found, Command), words


def test_a_marked_copy_says_what_the_teacher_is_to_do(ready: Path, tmp_path: Path) -> None:
    """On its first sheet and in the comments: the same problem, without the command."""
    desk = desk_for(Case("CB203", GRID, (), "", (), None, IT, {}), ready, tmp_path / "centre")
    desk.do({"Grades!A9": "0077"})
    package = admit("a.xlsx", desk.path.read_bytes())
    assert isinstance(package, Package)
    desk.path.write_bytes(mark(package, desk.check()))
    workbook = openpyxl.load_workbook(desk.path)
    told = [workbook["Problems"]["G5"].value, workbook["Grades"]["A9"].comment.text]
    assert ["entered by the exam officer first" in words for words in told] == [True, True]
    assert ["claimbatch entries" in words for words in told] == [False, False]


def test_a_command_that_cannot_be_run_yet_names_the_one_before_it(ready: Path, tmp_path: Path) -> None:
    """CB303 of a grade by somebody whom only the workbook knows: the register first, then the claim."""
    desk = desk_for(Case("CB303", GRID, (), "", (), None, IT, {}), ready, tmp_path / "centre")
    new = {"Assessors!A7": "XY", "Assessors!B7": "Xi Yang", "Grades!E5": "D", "Assessed by!E5": "XY"}
    desk.do(*claimed_by_hand(), new)
    desk.says = f"claimbatch claim set {KEY} 0042 1 D XY"
    assert [desk.says in problem.hint for problem in desk.check()] == [True]
    refused, said = desk.centre.run(*desk.says.split()[1:])
    assert (refused, f'claimbatch assessors add {IT} "Full name" XY' in said) == (2, True)
    desk.do(ran(f'assessors add {IT} "Xi Yang" XY'), command())
    assert desk.check() == ()


# --- claims ------------------------------------------------------------------------------------------------------


def merge(desk: Desk) -> None:
    """The workbook at hand is merged."""
    desk.centre.done("merge", desk.path)


DECLARED = ran(f"claim declare {KEY} --all")
IN_ORDER = (merged({"Grades!E5": "P"}), DECLARED)
QUERIED = (*IN_ORDER, issued_now, {"Assessed by!F5": "SA"}, merge)
TWO = merged({"Grades!E5": "P", "Grades!E6": "P"})


def without(number: str) -> Step:
    """The register no longer holds an entry."""

    def step(desk: Desk) -> None:
        file = desk.path.with_name("left.csv")
        file.write_text(REGISTER + "".join(row for who, row in ROWS.items() if who != number), "utf-8")
        desk.centre.done("entries", "import", file, "--replace", "--yes")

    return step


def by_merging(desk: Desk) -> None:
    """Run the command of the hint with the workbook at hand, which says something."""
    put(desk.path, {"Grades!E5": "M"})
    command(FILE=f'"{desk.path}"')(desk)


TWO_ASSESSORS = merged({"Grades!E5": "P", "Grades!E6": "P", "Assessed by!E6": "SA"})
JH_GONE = ran(f"assessors remove {IT} JH")


CLAIMS: list[tuple[str, tuple[Step, ...], str, tuple[Step, ...]]] = [
    ("CB401", IN_ORDER[:1], f"claimbatch claim declare {KEY} --candidate 0042", (command(),)),
    ("CB401", (TWO,), f"claimbatch claim declare {KEY} --all", (command(),)),
    ("CB402", (*IN_ORDER, ran(f"claim remove {KEY} --candidate 0042"), issued_now), "claimbatch merge FILE",
          (by_merging,)),
    ("CB403", QUERIED, f'claimbatch claim answer {KEY} 1 --because "…"', (command(**{"…": "not marked yet"}),)),
    ("CB403", QUERIED, "have it put right in the workbook", ({"Assessed by!F5": None}, merge)),
    ("CB403", QUERIED, "explained on its sheet Notes, and merge that again", (noted("Assessed by", "F5"), merge)),
    ("CB406", (*IN_ORDER, TWO, DECLARED, without("0042")), "claimbatch entries import FILE",
          (importing(ROWS["0042"]),)),
    ("CB406", (*IN_ORDER, TWO, DECLARED, without("0042")), f"claimbatch claim remove {KEY} --candidate 0042",
          (command(),)),
    ("CB407", (TWO, DECLARED, entered_for("0042", "2 3")), f"claimbatch claim remove {KEY} --candidate 0042 --unit 1",
          (command(),)),
    ("CB407", (TWO, DECLARED, entered_for("0042", "2 3")), "claimbatch entries import FILE",
          (importing(f'{IT},0042,"Ahmed, Sana",2008-01-02,1 2 3\n'),)),
    ("CB408", (TWO, DECLARED, JH_GONE), f'claimbatch assessors add {IT} "Jo Hughes" JH --centre {CENTRE}',
          (command(),)),
    ("CB408", (*IN_ORDER, JH_GONE), f"claimbatch claim set {KEY} 0042 1 P INITIALS", (command(INITIALS="SA"),)),
    ("CB408", (TWO_ASSESSORS, DECLARED, JH_GONE), f"claimbatch claim remove {KEY} --candidate 0042 --unit 1",
          (command(),)),
]  # fmt: skip
LISTS = ("CB219",)  # of a list of units, which is a file as those of the register
REMINDERS = ("CB404", "CB405")  # nothing is wrong, and nothing need be done


@pytest.mark.parametrize(
    ("code", "problem", "says", "do"), CLAIMS, ids=[f"{row[0]} {row[2]}" for row in CLAIMS]
)
def test_a_hint_about_a_claim_leads_out(  # noqa: PLR0917 - what pytest hands in
    code: str, problem: tuple[Step, ...], says: str, do: tuple[Step, ...], ready: Path, tmp_path: Path
) -> None:
    """What kept it from submission is gone, and nothing else keeps it."""
    desk = desk_for(Case(code, GRID, problem, says, do, None, IT, {}), ready, tmp_path / "centre")
    desk.do(*problem)
    found = lacks(desk)
    assert {one.rule.code for one in found} == {code}
    assert any(says in one.hint for one in found)
    desk.says = says
    desk.do(*do)
    assert [one.message for one in lacks(desk)] == []


def lacks(desk: Desk) -> list[Problem]:
    """What keeps the claim from submission."""
    with desk.centre.workspace.store() as store:
        return errors_in(missing(store, store.claim(KEY, desk.centre.catalogue), centre_declared=True))


def test_a_centre_makes_its_declaration_on_submission(ready: Path, tmp_path: Path) -> None:
    """CB401 without a candidate: the option that the hint names is enough. Reminders keep nobody (CB404, CB405)."""
    desk = desk_for(Case("CB401", OTHER, (), "", (), None, IT, {}), ready, tmp_path / "centre")
    desk.do(film(), merge, DECLARED)
    submit = ("claim", "submit", KEY, "--submitted-by", "Pat", "--yes")
    code, text = desk.centre.run(*submit)
    assert (code, "--centre-declaration" in text, "CB404" in text) == (1, True, True)
    desk.centre.done(*submit, "--centre-declaration")


# --- register files ----------------------------------------------------------------------------------------------

HEAD = "centre_number,entry_code,candidate_number,candidate_name,date_of_birth,uln,units\n"
GOOD = f'{CENTRE},{IT},0061,"Green, Gus",2008-05-04,,\n'
INITIALS = f"entry_code,initials,name\n{IT},"
TAKEN = f'{HEAD}{CENTRE},{IT},0042,"Other, Ann",2007-07-07,,\n'


def without_header(desk: Desk) -> None:
    """The command of the hint makes another workspace, which is the one at hand from now on."""
    folder = desk.path.parent / "new-year"
    assert run(cli, [desk.says.split()[1], str(folder), "--centre", CENTRE, "--name", "Example"]) == 0
    desk.centre = Centre(Workspace(folder))


def taken_with(*options: str) -> Step:
    """The file as it is, with the option of the hint."""

    def step(desk: Desk) -> str:
        return desk.centre.done("entries", "import", next(desk.path.parent.glob("register.*")), *options)

    return step


def sheet_of(*rows: str, hide: int = 0) -> bytes:
    """A register file as a workbook; *hide* is the row that is hidden. What is ISO date is a date."""
    book = openpyxl.Workbook()
    for row in csv.reader(rows):
        book.active.append(
            [date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else text for text in row]
        )
    if hide:
        book.active.row_dimensions[hide].hidden = True
    with io.BytesIO() as file:
        book.save(file)
        return file.getvalue()


UNITS = f"qualifications add-units {IT}"
CLASS = HEAD.replace("units", "Class")

REGISTERS: list[tuple[str, str, str | bytes, str, str | bytes | Step]] = [
    ("CB501", "entries", "%PDF-1.7", "Save it as CSV UTF-8", HEAD + GOOD),
    ("CB501", "entries", HEAD, "fill in a row for each person under the headings", HEAD + GOOD),
    ("CB502", "entries", HEAD.replace("candidate_name", "who") + GOOD, "Add it", HEAD + GOOD),
    ("CB502", "entries", HEAD.replace("candidate_name", "who") + GOOD, '--map "HEADING=candidate_name"',
     taken_with("--map", "who=candidate_name")),
    ("CB503", "entries", HEAD + GOOD.replace("0061", "123456"), "Put the cell right in the file", HEAD + GOOD),
    ("CB503", "assessors", f"{INITIALS}ABCDE,Abe Cole\n", "Put the cell right in the file",
          f"{INITIALS}ABC,Abe Cole\n"),
    ("CB504", "entries", HEAD + GOOD.replace("2008-05-04", "31/02/2008"), "Write it as dd/mm/yyyy",
     HEAD + GOOD.replace("2008-05-04", "28/02/2008")),
    ("CB504", "entries", HEAD + GOOD.replace("2008-05-04", "2080-01-01"), "leave the cell blank",
          HEAD + GOOD.replace("2008-05-04", "")),
    ("CB505", "entries", HEAD + GOOD.replace(",,", ",9276308685,"), "Look it up again",
          HEAD + GOOD.replace(",,", ",9276308686,")),
    ("CB505", "entries", HEAD + GOOD.replace(",,", ",9999999999,"), "leave the cell blank", HEAD + GOOD),
    ("CB506", "entries", HEAD + GOOD.replace(IT, "05394"), "claimbatch qualifications", HEAD + GOOD),
    ("CB506", "entries", HEAD + GOOD.replace(CENTRE, "68200"), 'claimbatch centre add 68200 "Name"',
          command(Name="Other")),
    ("CB507", "entries", HEAD + GOOD.replace(",,", ",,99"), "Write the numbers of the units entered",
          HEAD + GOOD.replace(",,", ",,3 4 12")),
    ("CB507", "entries", HEAD + GOOD.replace(IT, MEDIA).replace(",,", ",,3"), "leave the cell blank",
          HEAD + GOOD.replace(IT, MEDIA)),
    ("CB508", "entries", HEAD + GOOD + GOOD, "Keep the right one and delete or correct the other", HEAD + GOOD),
    ("CB508", "assessors", f"{INITIALS}JH,James Hill\n", "Keep the right one and delete or correct the other",
          f"{INITIALS}JHI,James Hill\n"),
    ("CB508", "entries", TAKEN, "claimbatch init", without_header),
    ("CB508", "entries", TAKEN, "correct the name and the date of birth one after the other",
     lambda desk: desk.centre.done("entries", "import", "--yes", written(desk, TAKEN.replace("2007-07-07",
           "2008-01-02"))) and None),
    ("CB509", "entries", HEAD + GOOD.replace('"Green, Gus"', ""), "Fill it in", HEAD + GOOD),
    ("CB509", "entries", HEAD + GOOD + f"{CENTRE},{IT},0062,,,,\n", "delete the whole row", HEAD + GOOD),
    ("CB510", "entries", HEAD + GOOD.replace("Gus", "G?s"), "Put the name right", HEAD + GOOD),
    ("CB511", "entries", (HEAD + GOOD.replace("Green", "Ñuñez")).encode("mac-roman"), "Save the file as CSV UTF-8",
     HEAD + GOOD.replace("Green", "Ñuñez")),
    ("CB511", "entries", (HEAD + GOOD.replace("Green", "Ñuñez")).encode("mac-roman"), "--encoding mac-roman",
     taken_with("--encoding", "mac-roman")),
    ("CB512", "entries", sheet_of(HEAD, GOOD, GOOD.replace("0061", "0062").replace("Gus", "Al"), hide=3),
     "say --hidden", taken_with("--hidden")),
    ("CB513", "entries", sheet_of(CLASS, GOOD.strip() + "2026-02-10"), "type them again into cells formatted as text",
     sheet_of(CLASS, GOOD.strip() + "10/2")),
    ("CB219", UNITS, "Unit,Title\n44,Robotics\n,Sound\n", "Put the row right", "Unit,Title\n44,Robotics\n45,Sound\n"),
    ("CB219", UNITS, "Unit,Title,GLH\n44,Robotics,sixty\n", "leave the cell blank", "Unit,Title,GLH\n44,Robotics,\n"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "noun", "wrong", "says", "do"), REGISTERS, ids=[f"{row[0]} {row[3]}" for row in REGISTERS]
)
def test_a_hint_about_a_register_file_leads_out(  # noqa: PLR0917 - what pytest hands in
    code: str,
    noun: str,
    wrong: str | bytes,
    says: str,
    do: str | bytes | Step,
    ready: Path,
    tmp_path: Path,
) -> None:
    """The file is put right (or what it speaks of), and is taken whole, with nothing asked. 0042 is on a claim."""
    desk = desk_for(Case(code, GRID, (), says, (), None, IT, {}), ready, tmp_path / "centre")
    desk.do({"Grades!E5": "P"}, merge)
    words = noun.split() if " " in noun else [noun, "import"]
    exit_code, text = desk.centre.run(*words, written(desk, wrong))
    assert (exit_code, set(re.findall(r"CB\d{3}", text))) == (int(IS_ERROR[code]), {code})
    assert says in " ".join(text.split())
    desk.says = says
    if callable(do) and (told := do(desk)):
        assert code not in told
        return
    agreed = ["--yes"] if words[-1] == "import" else []  # a name that is put right is asked about
    told = desk.centre.done(*words, written(desk, wrong if callable(do) else do), *agreed)
    assert re.findall(r"CB\d{3}", told) == []


IS_ERROR = {rule.code: rule.severity is Severity.ERROR for rule in RULES}


def written(desk: Desk, content: str | bytes) -> Path:
    """A register file, or another list."""
    is_workbook = isinstance(content, bytes) and content.startswith(b"PK")
    path = desk.path.parent / ("register.xlsx" if is_workbook else "register.csv")
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# --- workbooks that moderators fill in ----------------------------------------------------------------------------

# See tests/moderated.py: row 5 of Decisions is 0042, Unit 1, P by JH, and row 7 is 0043, the same group.
D, S = "Decisions", "Sample"
AGREED = {f"{D}!H5": "Agreed"}
ADDED = {f"{D}!A10": "0051", f"{D}!C10": "Unit 1", f"{D}!H10": "Agreed"}
CLEARED = {f"{D}!A10": None, f"{D}!C10": None, f"{D}!H10": None}
TWICE = {**AGREED, f"{D}!A10": "0042", f"{D}!C10": "Unit 1", f"{D}!H10": "Agreed"}
DIVIDED = {**AGREED, f"{D}!H7": "Withdrawn"}
GONE = f"claim withdraw {moderated.KEY} --unit 1 --assessor JH --grade P --reason R --yes"

MODERATED: list[tuple[str, str, dict[str, Any], str, dict[str, Any] | str]] = [
    ("CB601", "sample", {f"{S}!G8": "Yes"}, "claimbatch sample record CLAIM FILE",
     f"sample record {moderated.KEY} FILE"),
    ("CB601", "moderation", AGREED, "claimbatch moderation import FILE", "moderation import FILE"),
    ("CB602", "sample for moderation", {f"{S}!G8": "Yes"}, "claimbatch sample record CLAIM",
     f"sample record {moderated.KEY} FILE"),
    ("CB603", "moderation", ADDED, "claimbatch sample record",
     f"sample record {moderated.KEY} --candidate 0051 --unit 1"),
    ("CB603", "moderation", ADDED, "clear the row", CLEARED),
    ("CB603", "moderation", ADDED | {f"{D}!A10": "0077"}, "Correct the candidate number and the unit", CLEARED),
    ("CB604", "moderation", {f"{D}!E5": "M"}, "Enter P again", {f"{D}!E5": "P", f"{D}!G5": "M"}),
    ("CB605", "moderation", TWICE, "clear what was entered in the other", {f"{D}!H10": None}),
    ("CB606", "moderation", {f"{D}!H5": "perhaps"}, "Choose Agreed, Changed or Withdrawn", AGREED),
    ("CB606", "sample", {f"{S}!G8": "?"}, "or clear the cell", {f"{S}!G8": None}),
    ("CB607", "moderation", {f"{D}!G5": "M+"}, "Choose P, M, D or U", {f"{D}!G5": "M"}),
    ("CB608", "moderation", {**AGREED, f"{D}!G5": "D"}, "clear the one that is too much", {f"{D}!H5": None}),
    ("CB609", "moderation", DIVIDED, "choose Withdrawn here as well", {f"{D}!H5": "Withdrawn"}),
    ("CB609", "moderation", DIVIDED, "agree another grade for candidate 0043",
     {f"{D}!H7": None, f"{D}!G7": "U"}),
    ("CB610", "moderation", {**AGREED, "comment": f"{D}!H5"}, "Then delete what stands here",
     {f"{D}!I5": "not sure", "comment": ""}),
    ("CB611", "sample", {f"{S}!G5": None}, "claimbatch sample record CLAIM",
     f"sample record {moderated.KEY} --candidate 0042 --unit 1 --undo"),
    ("CB611", "sample", {f"{S}!G5": None}, "choose Yes again", {f"{S}!G5": "Yes"}),
    ("CB612", "moderation", {f"{D}!I5": "should be M"}, "Choose a decision beside it", {f"{D}!G5": "M"}),
]  # fmt: skip


def filled(path: Path, cells: Mapping[str, Any]) -> None:
    """Put values into cells; *comment* says on which cell one stands from now on."""

    def change(workbook: openpyxl.Workbook) -> None:
        for place, value in cells.items():
            if place == "comment":
                for cell in (cell for row in workbook[D].iter_rows() for cell in row):
                    cell.comment = Comment("not sure", "M") if value == f"{D}!{cell.coordinate}" else None
            else:
                sheet, name = place.split("!")
                workbook[sheet][name] = value

    edit(path, change)


@pytest.mark.parametrize(
    ("code", "form", "wrong", "says", "do"),
    MODERATED,
    ids=[f"{row[0]} {row[1]} {row[3]}" for row in MODERATED],
)
def test_a_hint_about_a_moderators_workbook_leads_out(  # noqa: PLR0917 - what pytest hands in
    code: str, form: str, wrong: dict[str, Any], says: str, do: dict[str, Any] | str, tmp_path: Path
) -> None:
    """What was wrong is put right in the workbook, or recorded by the command; then nothing is left."""
    centre = moderated.moderated(tmp_path / "centre")
    form, _, wanted = form.partition(" for ")
    path = moderated.book(centre, form, {})
    filled(path, wrong)

    def problems() -> Sequence[Problem]:
        return (
            centre.check(path).problems
            if code == "CB601"
            else moderated.heard(centre, path, wanted or form).problems
        )

    found = problems()
    assert [problem.rule.code for problem in found] == [code]
    assert says in found[0].hint
    if isinstance(do, dict):
        filled(path, do)
    else:
        centre.done(*do.replace("FILE", str(path)).split())
    if code not in ("CB601", "CB602"):  # of these the workbook is right, and the command was not
        assert [problem.message for problem in problems()] == []
