"""The rules for register files: candidates, entries and assessors (CB501-CB507, CB509).

Each takes a :class:`~claimbatch.claims.register.sheet.Sheet` and yields the problems in it, with places. What stands
for two things has its own rule in :mod:`claimbatch.claims.register.twofold`, what was lost or changed on its way has
some in :mod:`claimbatch.claims.register.doubts`.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches

from claimbatch.claims.register.cells import unit_numbers
from claimbatch.claims.register.dates import TWO_ORDERS
from claimbatch.claims.register.headings import ASSESSORS, plain
from claimbatch.claims.register.sheet import BORN, NAMES, Row, Sheet
from claimbatch.form.qualification import Qualification
from claimbatch.identifiers import uci_problem, uln_problem
from claimbatch.names import REPLACED, is_damaged, is_name, mended
from claimbatch.problems import Place, Problem, Rule, error

_SAVE = "Save it as CSV UTF-8 or as an Excel workbook (.xlsx), with headings above its rows."
_FILL = "See that it is the right file, and fill in a row for each person under the headings."
_SHOW = "Show the rows, or say --hidden if they count as well."
_FORMATS: Mapping[str, tuple[re.Pattern[str], str]] = {
    "centre_number": (re.compile(r"[0-9]{5}"), "a centre number, which has five digits"),
    "entry_code": (re.compile(r"[0-9]{5}"), "an entry code, which has five digits"),
    "candidate_number": (re.compile(r"(?!0000)[0-9]{4}"), "a candidate number, which is 0001 to 9999"),
    "initials": (re.compile(r"\S{1,4}"), "a set of initials, which has one to four characters and no space"),
}
_ENTRY_CODES = re.compile(r"[0-9]{5}(?: [0-9]{5})*")  # an assessor may have several


@error(
    "CB501",
    "register-unreadable",
    message="{value} cannot be read: {reason}.",
    hint="{advice}",
)
def register_unreadable(sheet: Sheet) -> Iterator[Problem]:
    """The file is neither CSV nor a workbook, or there is nothing in it.

    Why: A file that cannot be read whole might be read half; then candidates would be missing unnoticed.
    Wrong: An empty file; a PDF; a web page that is called .xls; a CSV file in which a quotation mark is never closed,
    or in which some lines are UTF-8 and others are not; a template that a teacher has filled in.
    Right: A CSV file or an .xlsx workbook with a row of headings and rows under it.
    """
    table = sheet.table
    hidden = any(part.hidden for part in sheet.parts)
    nothing = "every row under its headings is hidden" if hidden else "there are no rows under its headings"
    reason = table.fault or ("" if sheet.rows else nothing)
    if reason:
        place = Place(table.name, cell=f"line {table.fault_line}" if table.fault_line else "")
        advice = table.advice or (_SAVE if table.fault else _SHOW if hidden else _FILL)
        yield Problem(register_unreadable, place, table.name, facts={"reason": reason, "advice": advice})


@error(
    "CB502",
    "register-column-missing",
    message="The column {value} is missing{why}.",
    hint='Add it{near}. If a column has it under another heading, say which: --map "HEADING={value}".',
)
def register_column_missing(sheet: Sheet) -> Iterator[Problem]:
    """A column that every row needs is not there.

    Why: Without it no row of the file can be understood. Columns are known by their headings alone.
    Wrong: Our ref. where candidate_number is meant.
    Right: candidate_number, Exam No, Cand. No; Surname and Forename for the name; schemas/register.toml lists them all.
    """
    if sheet.table.fault or not sheet.rows:
        return
    centres = len(sheet.known.centres)
    for part in sheet.parts:
        for name, needed in sheet.wanted.items():
            if (
                name in part.columns.fields
                or name in part.stated
                or not (needed or (name == "centre_number" and centres != 1))
            ):
                continue
            halves = [
                heading for heading in part.columns.passed_over.values() if _is_half(sheet, name, heading)
            ]
            near = halves or get_close_matches(name, part.columns.others.values(), 1)
            facts = {
                "near": _near(near, half=bool(halves)),
                "why": _why(sheet, needed=needed, centres=centres),
            }
            place = Place(part.table.name, part.table.sheet, field=name)
            yield Problem(register_column_missing, place, name, facts=facts)


@error(
    "CB503",
    "register-format",
    message="{value} is not {expected}.",
    hint="Put the cell right in the file and import it again.",
)
def register_format(sheet: Sheet) -> Iterator[Problem]:
    """A number, code, name or set of initials is not written in its format.

    Why: Claims and certificates find a candidate by these numbers, so a wrong one is another person.
    Wrong: 123456 or 12A as a candidate number; ABCDE as initials; #N/A, 0 or a date as a name; a name with letters
    that were lost on the way; a row that is longer than the headings, as where a name with a comma lacks its quotation
    marks.
    Right: 0042; JS; "Smith, Jo". Zeros that a spreadsheet dropped (42) are put back without a word. Null, NA and May
    are names.
    """
    for row in (row for row in sheet.rows if row.beyond):
        facts = {"expected": "under a heading: the row has more cells than there are headings"}
        place = row.part.place(row.number, len(row.part.headings))
        yield Problem(register_format, place, row.beyond, row.text.get("candidate_number", ""), facts=facts)
    for row, name, text in sheet.cells(*sheet.wanted):
        pattern, expected = _FORMATS.get(name, (None, "text that can be printed"))
        if name == "entry_code" and sheet.kind.name == ASSESSORS:
            pattern = _ENTRY_CODES
        strange = name in row.odd or not (text.isprintable() or _can_be_printed(text))
        if not strange and name in NAMES and (no_name := _no_name(sheet, row, name)):
            yield at(register_format, row, name, expected=no_name)
        elif strange or (pattern and not pattern.fullmatch(text)):
            yield at(register_format, row, name, expected=expected)


@error(
    "CB504",
    "register-date",
    message="{value} is not a possible date of birth{why}.",
    hint="Write it as dd/mm/yyyy or yyyy-mm-dd; leave the cell blank if it is not known.",
)
def register_date(sheet: Sheet) -> Iterator[Problem]:
    """A date of birth is no date, lies in the future, or is more than a hundred years ago.

    Why: The date of birth tells two candidates of one name apart.
    Wrong: 31/02/2008; 2080-01-01; 02/04/2008 23:00, a date that a time zone has moved; 13/04/2008 and 04/13/2008 in
    one column, where 03/04/2008 may then be either; a column in which a program with American dates made dates of
    some cells and left the others as text.
    Right: 03/04/2008 (the third of April), 2008-04-03, 03.04.08, 3-Apr-08 or 3 April 2008. The order of day and month
    is that of the whole column: where one cell can only be month first, all are.
    """
    for row in sheet.rows:
        if (why := row.why.get(BORN)) is not None:
            both = row.part.order.quarrel if why == TWO_ORDERS else ()
            lines = f" (see rows {both[0]} and {both[1]})" if both else ""
            yield at(register_date, row, BORN, why=f"{why}{lines}")


@error(
    "CB505",
    "register-check-digit",
    message="{value} is not a possible {kind}: {reason}.",
    hint="Look it up again; leave the cell blank if it is not known.",
)
def register_check_digit(sheet: Sheet) -> Iterator[Problem]:
    """A ULN or UCI has the wrong length, or its check digit or letter does not fit.

    Why: Its last character is worked out from the others, so a typing slip shows.
    Wrong: 9276308685 as a ULN; 9999999999, which stands for "not known".
    Right: 9276308686 as a ULN; 68199001 2058G as a UCI (spaces do not matter); a blank cell.
    """
    tests: Mapping[str, Callable[[str], str]] = {"uln": uln_problem, "uci": uci_problem}
    for row, name, text in sheet.cells(*tests):
        if reason := tests[name](text):
            yield at(register_check_digit, row, name, kind=name.upper(), reason=reason.rstrip("."))


@error("CB506", "register-unknown-code", message="{value} is not a known {kind}.", hint="{advice}")
def register_unknown_code(sheet: Sheet) -> Iterator[Problem]:
    """A centre is not one of the workspace's, or an entry code is not one of a qualification.

    Why: A claim is made for one qualification at one centre, so both must be known.
    Wrong: 05374 where 05347 is meant.
    Right: An entry code that claimbatch qualifications lists; a centre that claimbatch centre list shows.
    """
    codes = [qualification.entry_code for qualification in sheet.known.catalogue.qualifications]
    for row, name, text in sheet.cells("centre_number"):
        if text not in sheet.known.centres:
            advice = f'Put it right, or add the centre: claimbatch centre add {text} "Name"'
            yield at(register_unknown_code, row, name, kind="centre number", advice=advice)
    for row, name, text in sheet.cells("entry_code"):
        unknown = [code for code in text.split() if code not in sheet.known.catalogue]
        if unknown:
            near = get_close_matches(unknown[0], codes, 1)
            advice = (
                f"Did you mean {near[0]}? " if near else ""
            ) + "List them with: claimbatch qualifications"
            yield at(register_unknown_code, row, name, kind="entry code", advice=advice)


@error(
    "CB507",
    "register-unknown-unit",
    message="The unit entries say {value}, but {reason}.",
    hint="Write the numbers of the units entered, such as 3 4 12, or leave the cell blank: all units.",
)
def register_unknown_unit(sheet: Sheet) -> Iterator[Problem]:
    """A unit entry names no unit that can be claimed in this qualification.

    Why: Where there are unit entries, only those units are offered; a wrong one hides a right one.
    Wrong: Unit 99; a unit that is an exam; unit entries for a 2016 suite qualification, which has none.
    Right: 3 4 12 for a 2012 suite qualification.
    """
    for row, name, text in sheet.cells("units"):
        qualification = sheet.known.catalogue.find(row.text.get("entry_code", ""))
        faults = [_unit_fault(unit, qualification) for unit in unit_numbers(text)] if qualification else []
        if reason := next(filter(None, faults), ""):
            yield at(register_unknown_unit, row, name, reason=reason)


@error(
    "CB509",
    "register-value-missing",
    message="The cell {value} is blank.",
    hint="Fill it in; delete the whole row if it is not needed.",
)
def register_value_missing(sheet: Sheet) -> Iterator[Problem]:
    """A cell that every row needs is blank.

    Why: A candidate without a number or a name cannot be told apart from another.
    Wrong: A row with a name and no candidate number.
    Right: Every row filled in; only the date of birth and the optional columns may be blank.
    """
    for row in sheet.rows:
        for name in row.part.columns.fields:
            needed = sheet.wanted[name] or name == "centre_number"
            if needed and name != "date_of_birth" and not row.text.get(name):
                place = row.place(name)
                yield Problem(
                    register_value_missing, place, place.field, row.text.get("candidate_number", "")
                )


RULES: tuple[Rule, ...] = (
    register_unreadable,
    register_column_missing,
    register_value_missing,
    register_format,
    register_date,
    register_check_digit,
    register_unknown_code,
    register_unknown_unit,
)


def at(rule: Rule, row: Row, name: str, **facts: str) -> Problem:
    """The problem of a rule at a field of a row, with what stood there."""
    candidate = "" if name in row.part.stated else row.text.get("candidate_number", "")
    return Problem(rule, row.place(name), row.shown[name], candidate, facts=facts)


def _can_be_printed(text: str) -> bool:
    return not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text)


def _no_name(sheet: Sheet, row: Row, name: str) -> str:
    """What a name should have been, where it is none or was damaged beyond use; empty where it may stand."""
    text, halves = row.text[name], row.halves.get(name, ())
    if REPLACED in text:
        return "a whole name: letters of it were lost on its way"
    if not all(map(is_name, filter(None, halves or (text,)))):
        return "a name"
    if better := mended(text):
        return f"a name as people write it: perhaps {better}, read in the wrong characters"
    stored = sheet.known.people.get((sheet.centre(row), row.text.get("candidate_number", "")), "")
    if is_damaged(text) and stored and not is_damaged(stored):
        return f"the name that the register has ({stored}), and letters of it seem to be lost"
    return ""


def _why(sheet: Sheet, *, needed: bool, centres: int) -> str:
    if sheet.seems:
        return f". The file seems to hold {sheet.seems}: claimbatch {sheet.seems} import"
    return "" if needed else f", and the workspace holds {centres} centres"


def _is_half(sheet: Sheet, name: str, heading: str) -> bool:
    """Whether a column holds one half of the name that is missing."""
    return any(plain(heading) in sheet.kind.fields[part].headings for part in sheet.kind.parts(name))


def _near(headings: list[str], *, half: bool) -> str:
    if not headings:
        return ""
    return f" (beside {headings[0]}, its other half)" if half else f", or rename {headings[0]}"


def _unit_fault(unit: str, qualification: Qualification) -> str:
    if qualification.suite != 2012:
        return (
            f"only the 2012 suite has unit entries and {qualification.entry_code} is of {qualification.suite}"
        )
    if not (unit.isascii() and unit.isdigit()):
        return f"{unit} is not the number of a unit"
    found = qualification.unit(int(unit))
    if found is None:
        return f"{qualification.entry_code} has no Unit {int(unit)}" if qualification.units else ""
    return f"Unit {int(unit)} is an exam, which is never claimed" if found.external else ""
