"""The rules for register files: candidates, entries and assessors (CB501-CB509).

Each takes a :class:`~claimbatch.claims.register.sheet.Sheet` and yields the problems in it, with places.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from difflib import get_close_matches

from claimbatch import clock
from claimbatch.claims.register.sheet import Row, Sheet, unit_numbers
from claimbatch.form.qualification import Qualification
from claimbatch.identifiers import uci_problem, uln_problem
from claimbatch.problems import Place, Problem, Rule, error

_KEEP_ONE = "Keep the right one and delete or correct the other."
_NEW_PERSON = (
    "If the number is somebody else's now, make a new workspace for the new year (claimbatch init), or remove the old "
    "people first (claimbatch purge). If it is the same person, correct the name and the date of birth one after the "
    "other."
)
_Key = Callable[[Row], tuple[str, ...]]
OLDEST = 100  # years; nobody on a register is older
_FORMATS: Mapping[str, tuple[re.Pattern[str], str]] = {
    "centre_number": (re.compile(r"[0-9]{5}"), "a centre number, which has five digits"),
    "entry_code": (re.compile(r"[0-9]{5}"), "an entry code, which has five digits"),
    "candidate_number": (re.compile(r"(?!0000)[0-9]{4}"), "a candidate number, which is 0001 to 9999"),
    "initials": (re.compile(r"\S{1,4}"), "a set of initials, which has one to four characters and no space"),
}


def judge(sheet: Sheet) -> list[Problem]:
    """The problems of a register file in the order of its cells: one a cell, by the first rule with any."""
    found: dict[Place, Problem] = {}
    for rule in RULES:
        for problem in rule.find(sheet):
            found.setdefault(problem.place, problem)
    column = {heading: i for i, heading in enumerate(sheet.headings)}

    def position(problem: Problem) -> tuple[int, int]:
        row = "".join(filter(str.isdigit, problem.place.cell))
        return int(row or 0), column.get(problem.place.field, 0)

    return sorted(found.values(), key=position)


@error(
    "CB501",
    "register-unreadable",
    message="{value} cannot be read: {reason}.",
    hint="Save it as CSV UTF-8 or as an Excel workbook (.xlsx), with headings in the first row.",
)
def register_unreadable(sheet: Sheet) -> Iterator[Problem]:
    """The file is neither CSV nor a workbook, or there is nothing in it.

    Why: A file that cannot be read whole might be read half; then candidates would be missing unnoticed.
    Wrong: An empty file, a PDF, a CSV file in which a quotation mark is never closed.
    Right: A CSV file or an .xlsx workbook whose first row holds the headings.
    """
    reason = sheet.table.fault or ("" if sheet.rows else "there are no rows under its headings")
    if reason:
        yield Problem(
            register_unreadable, Place(sheet.table.name), sheet.table.name, facts={"reason": reason}
        )


@error(
    "CB502",
    "register-column-missing",
    message="The column {value} is missing{why}.",
    hint="Add a column with this heading{near}. Upper and lower case, spaces and underscores do not matter.",
)
def register_column_missing(sheet: Sheet) -> Iterator[Problem]:
    """A column that every row needs is not there.

    Why: Without it no row of the file can be understood. Columns are known by their headings alone.
    Wrong: Reg. number where candidate_number is meant.
    Right: candidate_number, Candidate Number or CandidateNumber; Cand No, DOB and a few more are known, too.
    """
    if sheet.table.fault or not sheet.rows:
        return
    centres = len(sheet.known.centres)
    for name, needed in sheet.wanted.items():
        if name not in sheet.columns and (needed or (name == "centre_number" and centres != 1)):
            near = get_close_matches(name, sheet.others, 1)
            why = "" if needed else f", and the workspace holds {centres} centres"
            facts = {"near": f", or rename {near[0]}" if near else "", "why": why}
            yield Problem(register_column_missing, Place(sheet.table.name, field=name), name, facts=facts)


@error(
    "CB503",
    "register-format",
    message="{value} is not {expected}.",
    hint="Put the cell right in the file and import it again.",
)
def register_format(sheet: Sheet) -> Iterator[Problem]:
    """A number, code, name or set of initials is not written in its format.

    Why: Claims and certificates find a candidate by these numbers, so a wrong one is another person.
    Wrong: 123456 or 12A as a candidate number; ABCDE as initials; #N/A as a name; a row that is longer than the
    headings, as where a name with a comma lacks its quotation marks.
    Right: 0042; JS; "Smith, Jo". Zeros that a spreadsheet dropped (42) are put back without a word.
    """
    for row in (row for row in sheet.rows if row.beyond):
        facts = {"expected": "under a heading: the row has more cells than there are headings"}
        yield Problem(
            register_format, sheet.beyond(row), row.beyond, row.text.get("candidate_number", ""), facts=facts
        )
    for row, name, text in sheet.cells(*sheet.columns):
        pattern, expected = _FORMATS.get(name, (None, "text that can be printed"))
        strange = name in row.odd or any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text)
        if strange or (pattern and not pattern.fullmatch(text)):
            yield _at(register_format, sheet, row, name, expected=expected)


@error(
    "CB504",
    "register-date",
    message="{value} is not a possible date of birth.",
    hint="Write it as dd/mm/yyyy or yyyy-mm-dd; leave the cell blank if it is not known.",
)
def register_date(sheet: Sheet) -> Iterator[Problem]:
    """A date of birth is no date, lies in the future, or is more than a hundred years ago.

    Why: The date of birth tells two candidates of one name apart.
    Wrong: 31/02/2008; 03/04/08, which leaves the century open; 2080-01-01.
    Right: 03/04/2008 (the third of April) or 2008-04-03.
    """
    today = clock.now().date()
    for row, name, text in sheet.cells("date_of_birth"):
        born = _date(text)
        if born is None or not today.year - OLDEST <= born.year or born > today:
            yield _at(register_date, sheet, row, name)


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
            yield _at(register_check_digit, sheet, row, name, kind=name.upper(), reason=reason.rstrip("."))


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
            yield _at(register_unknown_code, sheet, row, name, kind="centre number", advice=advice)
    for row, name, text in sheet.cells("entry_code"):
        if text not in sheet.known.catalogue:
            near = get_close_matches(text, codes, 1)
            advice = (
                f"Did you mean {near[0]}? " if near else ""
            ) + "List them with: claimbatch qualifications"
            yield _at(register_unknown_code, sheet, row, name, kind="entry code", advice=advice)


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
            yield _at(register_unknown_unit, sheet, row, name, reason=reason)


@error(
    "CB508",
    "register-duplicate",
    message="{value} stands here and also {elsewhere}, {difference}.",
    hint="{advice}",
)
def register_duplicate(sheet: Sheet) -> Iterator[Problem]:
    """One heading, one candidate or one set of initials stands for two things.

    Why: Nobody but the centre can say which of the two is meant, so neither is taken. And who stands on a claim must
    not become somebody else on it.
    Wrong: Candidate 0042 twice for one entry code, or under two names; initials JS for two people; last year's
    candidate number given to somebody new.
    Right: Candidate 0042 once for each of two entry codes, with the same name and date of birth.
    """
    for column in sheet.repeated:
        place = sheet.table.place(sheet.header, column, sheet.headings[column])
        facts = {"elsewhere": "in another column", "difference": "as a heading", "advice": _KEEP_ONE}
        yield Problem(register_duplicate, place, sheet.headings[column], facts=facts)
    for name, key, what, difference in _ONE_EACH:
        if name in sheet.columns:
            yield from _twofold(sheet, name, key, what, difference)
    yield from _reused(sheet)


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
        for name in sheet.columns:
            needed = sheet.wanted[name] or name == "centre_number"
            if needed and name != "date_of_birth" and not row.text.get(name):
                place = sheet.place(row, name)
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
    register_duplicate,
)


def _at(rule: Rule, sheet: Sheet, row: Row, name: str, **facts: str) -> Problem:
    candidate = row.text.get("candidate_number", "")
    return Problem(rule, sheet.place(row, name), row.shown[name], candidate, facts=facts)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None
    except ValueError:
        return None


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


def _twofold(sheet: Sheet, name: str, key: _Key, what: _Key, difference: str) -> Iterator[Problem]:
    """Rows that are the same by *key* but not by *what*; each is told of the others."""
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row, _, _ in sheet.cells(name):
        groups.setdefault((sheet.centre(row), *key(row)), []).append(row)
    for group, rows in groups.items():
        cells = [(what(row), f"at {sheet.place(row, name).cell}") for row in rows]
        known = sheet.known.assessors.get((group[0], group[1])) if name == "initials" else None
        cells += [((known.casefold(),), "in the register")] if known else []
        for row in rows:
            others = [where for said, where in cells if said != what(row)]
            if others:
                facts = {"elsewhere": ", ".join(others[:3]), "difference": difference, "advice": _KEEP_ONE}
                yield _at(register_duplicate, sheet, row, name, **facts)


def _reused(sheet: Sheet) -> Iterator[Problem]:
    """Numbers of candidates on claims that here have another name *and* another date of birth: other people."""
    for row, name, number in sheet.cells("candidate_number"):
        person = row.text.get("candidate_name", ""), row.text.get("date_of_birth", "")
        claimed = sheet.known.claimed.get((sheet.centre(row), number), person)
        if all(mine.casefold() != theirs.casefold() for mine, theirs in zip(person, claimed, strict=True)):
            facts = {
                "elsewhere": "on a claim",
                "difference": "for a person with another name and date of birth",
                "advice": _NEW_PERSON,
            }
            yield _at(register_duplicate, sheet, row, name, **facts)


def _texts(*names: str) -> _Key:
    return lambda row: tuple(row.text.get(name, "") for name in names)


def _folded(name: str) -> _Key:
    return lambda row: (row.text.get(name, "").casefold(),)


_PERSON = ("candidate_name", "date_of_birth", "ocr_candidate_number", "uci", "uln")
# What may stand once only: its column, what makes rows the same, what must not differ then, the words for it.
_ONE_EACH: tuple[tuple[str, _Key, _Key, str], ...] = (
    (
        "candidate_number",
        _texts("candidate_number", "entry_code"),
        lambda row: (str(row.number),),
        "for the same entry code",
    ),
    ("candidate_number", _texts("candidate_number"), _texts(*_PERSON), "with another name, date or number"),
    ("initials", _folded("initials"), _folded("name"), "with another name"),
)
