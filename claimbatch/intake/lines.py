"""From tables to typed lines: every filled cell understood, joined with what is known, still knowing its place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from claimbatch.claims.claim import OTHER
from claimbatch.form.identity import locked_values, row_digest
from claimbatch.form.layout import BY_UNIT, NOT_CLAIMING, limit, unit_number
from claimbatch.intake.known import Assessor, Entered, Issued, Known
from claimbatch.intake.submission import Submission, Table
from claimbatch.intake.tables import (
    EXTERNAL,
    NOT_OFFERED,
    OFFERED,
    CandidateRow,
    Cell,
    Initials,
    Line,
    Locked,
    OtherUnit,
    Person,
    Rows,
)
from claimbatch.intake.values import (
    BLANK,
    FORMAT,
    Read,
    read_candidate_number,
    read_date,
    read_grade,
    read_text,
    read_yes,
    squeeze,
)

SPREAD = {"grades", "assessed", "claim"}  # sheets with one row for each candidate
NOWHERE = ("", 0, 0)
UNCLAIMED = ("", "")
WANTED = {
    "number": "the candidate number",
    "text": "text",
    "date": "a date",
    "grade": "a grade",
    "initials": "an assessor's initials",
    "unit": "a unit",
    "yes": "Yes",
}
Spot = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Found:
    """A cell as read, with its place: sheet, row, column."""

    read: Read = BLANK
    spot: Spot = NOWHERE

    @property
    def filled(self) -> bool:
        """Whether the cell says anything, readable or not."""
        return bool(self.read.shown)


NOTHING = Found()


@dataclass(slots=True)
class Book:
    """One workbook at work: the submission, what is known of its centre, and the rows made so far."""

    file: int
    submission: Submission
    known: Known
    rows: Rows = field(default_factory=Rows)
    people: dict[str, str] = field(default_factory=dict)  # case-folded initials -> initials, as allowed here
    names: dict[str, str] = field(default_factory=dict)  # squeezed full name -> initials

    @property
    def entered(self) -> Mapping[str, Entered]:
        """The candidates entered for the workbook's qualification."""
        identity = self.submission.identity
        return self.known.entries.get((identity.centre_number, identity.entry_code), {})

    @property
    def issued(self) -> Issued:
        """The template it was made from."""
        return self.known.issued[self.submission.identity.template_id]


def tabulate(file: int, submission: Submission, known: Known) -> Rows:
    """Make the rows of every table from one *submission*; *file* is its position in the run."""
    book = Book(file, submission, known)
    _people(book)
    if submission.layout.form == BY_UNIT:
        _claim(book)
    else:
        _grid(book)
    _other_units(book)
    return book.rows


# --- cells -----------------------------------------------------------------------------------------------------


def _find(book: Book, table: Table, row: int, values: Any, key: str, reader: Any, *about: str) -> Found:
    """Read one cell; one that cannot be read goes to the table of cells, about a candidate and unit."""
    read: Read = reader(table.value(values, key))
    spot = _at(table, row, key)
    if read.fault:
        candidate, unit = (*about, "", "")[:2]
        note = read.value if read.value else f"'{read.shown}' is not a candidate number"
        kind = _kind(table, key)
        fault = Cell(book.file, candidate, unit, kind, read.fault, WANTED[kind], note, read.shown, *spot)
        book.rows.cells.append(fault)
    return Found(read, spot)


def _kind(table: Table, key: str) -> str:
    if key == "number":
        return "number"
    return next((column.kind for column in table.sheet.columns if column.key == key), "grade")


# --- people ----------------------------------------------------------------------------------------------------


def _people(book: Book) -> None:
    """Who may be named as an assessor: those of the register for this entry code, and those on *Assessors*."""
    identity = book.submission.identity
    register = book.known.assessors.get(identity.centre_number, {})
    for folded, assessor in register.items():
        if identity.entry_code in assessor.entry_codes:
            _allow(book, folded, assessor.initials, assessor.name)
    table = book.submission.tables.get("assessors")
    for row, values in table.rows if table else ():
        if table and not table.blank(values):
            _person(book, table, row, values, register)


def _person(book: Book, table: Table, row: int, values: Any, register: Mapping[str, Assessor]) -> None:
    initials = _find(book, table, row, values, "initials", read_text)
    name = _find(book, table, row, values, "name", read_text)
    folded = initials.read.value.casefold()
    earlier = [p.name for p in book.rows.people if p.initials.casefold() == folded and folded]
    held = register.get(folded)
    holders = ([held.name] if held else []) + earlier
    holder = next((h for h in holders if name.read.value and squeeze(h) != squeeze(name.read.value)), "")
    identity = book.submission.identity
    book.rows.people.append(
        Person(
            book.file, identity.centre_number, identity.entry_code, initials.read.value, name.read.value,
            holder, held is None or identity.entry_code not in held.entry_codes,
            initials.read.shown, *_at(table, row, "initials"),
        )
    )  # fmt: skip
    if initials.read.value and len(initials.read.value) <= limit("initials"):
        _allow(book, folded, held.initials if held else initials.read.value, name.read.value)


def _allow(book: Book, folded: str, initials: str, name: str) -> None:
    book.people.setdefault(folded, initials)
    if name:
        book.names.setdefault(squeeze(name), initials)


def _initials(book: Book, found: Found, candidate: str = "", unit: str = "") -> str:
    """The initials that a cell names, as the register writes them; empty where it names nobody known."""
    text = found.read.value
    if not text:
        return ""
    known = book.people.get(text.casefold()) or book.names.get(squeeze(text), "")
    like = [] if known else get_close_matches(text.upper(), book.people.values(), 1, 0.4)
    near = f" Did you mean {like[0]}?" if like else ""
    book.rows.initials.append(
        Initials(book.file, candidate, unit, bool(known), near, found.read.shown, *found.spot)
    )
    return known


# --- candidates ------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Roll:
    """The candidates of one sheet: number -> row and values, and whether a row could not be told."""

    rows: dict[str, tuple[int, Any]] = field(default_factory=dict)
    sound: set[str] = field(default_factory=set)
    damaged: bool = False


def _roll(book: Book, table: Table | None) -> Roll:
    """Call the roll of a sheet: every row's candidate number, and its locked values against the register."""
    roll = Roll(damaged=table is None or "number" not in table.columns)
    if table is None or roll.damaged:
        return roll
    for row, values in table.rows:
        if table.blank(values):
            continue
        number = _candidate_number(book, table, row, values)
        entered = book.entered.get(number) if number else None
        repeated = number in roll.rows
        if number:
            book.rows.candidates.append(
                CandidateRow(
                    book.file, number, entered is not None, repeated,
                    read_text(table.value(values, "number")).shown, *_at(table, row, "number"),
                )
            )  # fmt: skip
        if entered and not repeated:
            roll.sound.add(number)
            _locked(book, table, row, values, number, entered)
        if number and not repeated:
            roll.rows[number] = (row, values)
        roll.damaged = roll.damaged or entered is None or repeated
    return roll


def _candidate_number(book: Book, table: Table, row: int, values: Any) -> str:
    found = _find(book, table, row, values, "number", read_candidate_number)
    if not found.filled:
        note = "This row has no candidate number"
        book.rows.cells.append(
            Cell(book.file, "", "", "number", FORMAT, WANTED["number"], note, "", *found.spot)
        )
    return found.read.value


def _locked(book: Book, table: Table, row: int, values: Any, number: str, entered: Entered) -> None:
    name = _find(book, table, row, values, "name", read_text, number)
    born = _find(book, table, row, values, "born", read_date, number)
    ocr_number = _find(book, table, row, values, "ocr_number", read_text, number)
    pairs = ((name, entered.name), (born, entered.born), (ocr_number, entered.ocr_number))
    differing = [
        (found, expected)
        for found, expected in pairs
        if found.read.value and squeeze(found.read.value) != squeeze(expected)
    ]
    if not differing:
        return
    came = locked_values(number, name.read.value, born.read.value, ocr_number.read.value)
    digest = row_digest(book.known.key, book.submission.identity.template_id, came)
    unchanged = book.issued.digests.get(number) == digest
    book.rows.locked.extend(
        Locked(book.file, number, _person_date(expected), unchanged, found.read.shown, *found.spot)
        for found, expected in differing
    )


def _person_date(text: str) -> str:
    read = read_date(text)
    return text if read.fault or not read.value else "/".join(reversed(read.value.split("-")))


# --- lines -----------------------------------------------------------------------------------------------------


def _grid(book: Book) -> None:
    """The lines of a by-candidate form: a grade on *Grades*, its assessor on *Assessed by* or from *Units*."""
    grades, assessed = book.submission.tables.get("grades"), book.submission.tables.get("assessed")
    roll, marked, defaults = _roll(book, grades), _roll(book, assessed), _defaults(book)
    if grades is None:
        return
    units = [key for key in grades.columns if key.startswith("unit:")]
    for number, (row, values) in roll.rows.items():
        for key in units:
            unit = key.removeprefix("unit:")
            grade = _find(book, grades, row, values, key, read_grade, number, unit)
            own, findable = NOTHING, unit in defaults
            if assessed is None or key not in assessed.columns:
                findable = False
            elif number in marked.rows:
                own = _find(book, assessed, *marked.rows[number], key, read_text, number, unit)
            else:
                findable = findable and not marked.damaged
            default = defaults.get(unit, (NOTHING, ""))
            source, initials = (own, _initials(book, own, number, unit)) if own.filled else default
            _line(book, roll, number, unit, grade, source, initials, findable, own.filled)


def _defaults(book: Book) -> dict[str, tuple[Found, str]]:
    """The default assessor of each unit named on the sheet *Units*."""
    table = book.submission.tables.get("units")
    defaults: dict[str, tuple[Found, str]] = {}
    if table is None or not {"unit", "default"} <= set(table.columns):
        return defaults
    for row, values in table.rows:
        unit = str(unit_number(_find(book, table, row, values, "unit", read_text).read.value))
        found = _find(book, table, row, values, "default", read_text, "", unit)
        defaults.setdefault(unit, (found, _initials(book, found, "", unit)))
    return defaults


def _claim(book: Book) -> None:
    """The lines of a by-unit form: a grade and an assessor in each candidate's row.

    Where the qualification has one assessor, that one has assessed whatever names nobody.
    """
    table, unit = book.submission.tables.get("claim"), str(book.submission.layout.unit)
    roll = _roll(book, table)
    if table is None:
        return
    only = next(iter(book.people.values())) if len(book.people) == 1 else ""
    findable = "assessor" in table.columns
    for number, (row, values) in roll.rows.items():
        grade = _find(book, table, row, values, "grade", read_grade, number, unit)
        own = _find(book, table, row, values, "assessor", read_text, number, unit)
        named = _initials(book, own, number, unit)
        initials = named if own.filled else only
        findable_here = findable and not (only and not own.filled)
        _line(book, roll, number, unit, grade, own, initials, findable_here, own.filled and named != only)


def _line(
    book: Book,
    roll: Roll,
    number: str,
    unit: str,
    grade: Found,
    source: Found,
    initials: str,
    findable: bool,
    own: bool,
) -> None:
    """Add the line of one candidate's unit, unless it holds no grade and nothing of its own."""
    if not grade.filled and not own:
        return
    identity, entered = book.submission.identity, book.entered.get(number)
    found = book.submission.qualification.unit(int(unit))
    offer = NOT_OFFERED if found is None else EXTERNAL if found.external else OFFERED
    base = book.issued.base.get((number, unit), UNCLAIMED)
    now = book.issued.now.get((number, unit), UNCLAIMED)
    claimed = grade.read.value if grade.read.value != NOT_CLAIMING else ""
    book.rows.lines.append(
        Line(
            book.file, identity.centre_number, identity.entry_code, number, number in roll.sound, unit, offer,
            entered is None or not entered.units or int(unit) in entered.units,
            grade.read.value, grade.read.shown, *grade.spot,
            initials if claimed or not grade.filled else "", findable, source.read.shown, *source.spot, *base, *now,
        )
    )  # fmt: skip


def _other_units(book: Book) -> None:
    """The rows of *Other units*: each one a line of its own, and a row for the evidence rules."""
    table = book.submission.tables.get("other")
    if table is None or "number" not in table.columns:
        return
    roll = Roll()
    for row, values in table.rows:
        if not table.blank(values):
            _other_unit(book, roll, table, row, values)


def _other_unit(book: Book, roll: Roll, table: Table, row: int, values: Any) -> None:
    number = _candidate_number(book, table, row, values)
    entered = book.entered.get(number) if number else None
    if number:
        shown = read_text(table.value(values, "number")).shown
        spot = _at(table, row, "number")
        book.rows.candidates.append(CandidateRow(book.file, number, entered is not None, False, shown, *spot))
    if entered:
        roll.sound.add(number)
    title = _find(book, table, row, values, "title", read_text, number)
    body = _find(book, table, row, values, "body", read_text, number)
    unit = f"{OTHER}{body.read.value}:{title.read.value}"
    grade = _find(book, table, row, values, "grade", read_grade, number, unit)
    own = _find(book, table, row, values, "assessor", read_text, number, unit)
    evidence = _find(book, table, row, values, "evidence", read_yes, number, unit)
    initials = _initials(book, own, number, unit)
    wanted = {"Unit title": title, "Awarding body": body, "Grade": grade}
    missing = ", ".join(heading for heading, found in wanted.items() if not found.filled)
    allowed = book.submission.qualification.other_awarding_body_units
    book.rows.other.append(
        OtherUnit(
            book.file, number, allowed, missing, evidence.read.value == "Yes", unit,
            title.read.shown, *_at(table, row, "title"),
        )
    )  # fmt: skip
    if not missing and grade.read.value:
        identity = book.submission.identity
        base = book.issued.base.get((number, unit), UNCLAIMED)
        now = book.issued.now.get((number, unit), UNCLAIMED)
        book.rows.lines.append(
            Line(
                book.file, identity.centre_number, identity.entry_code, number, number in roll.sound, unit, OFFERED,
                True, grade.read.value, grade.read.shown, *grade.spot, initials, "assessor" in table.columns,
                own.read.shown, *own.spot, *base, *now,
            )
        )  # fmt: skip


def _at(table: Table, row: int, key: str) -> Spot:
    return (table.name, row, table.columns.get(key, 0))
