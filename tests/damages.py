"""What people do to workbooks: each damage is put in at random and says what must be found, and where."""

import random
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from openpyxl.cell import Cell
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from claimbatch.form.qualification import Qualification
from tests.centre import column_of
from tests.workbooks import Spot, mark_at, row_of_unit, spots

Finds = list[tuple[str, str]]
Damage = Callable[
    [Workbook, random.Random, Qualification], Finds | None
]  # None: there is nowhere to put it here
CLAIM = ("P", "M", "D")


# --- places ------------------------------------------------------------------------------------------------------


def at(cell: Cell) -> str:
    return f"{cell.parent.title}!{cell.coordinate}"


def grade_cell(book: Workbook, spot: Spot) -> Cell:
    return book[spot.sheet].cell(spot.row, spot.column)


def assessor_cell(book: Workbook, spot: Spot) -> Cell:
    """Where one candidate's assessor is named."""
    if spot.sheet == "Claim":
        return book["Claim"].cell(spot.row, column_of(book["Claim"], "Assessor"))
    return book["Assessed by"].cell(spot.row, spot.column)


def a_claimed(book: Workbook, dice: random.Random) -> Spot:
    """A random unit of a random candidate, claimed if it was not."""
    spot = dice.choice(spots(book))
    if grade_cell(book, spot).value not in CLAIM:
        grade_cell(book, spot).value = dice.choice(CLAIM)
        if spot.sheet == "Claim":
            assessor_cell(book, spot).value = "JH"
    return spot


def first(book: Workbook) -> Worksheet:
    """The sheet with the grades."""
    return book["Claim" if "Claim" in book.sheetnames else "Grades"]


def roll(book: Workbook, dice: random.Random) -> Worksheet:
    """A sheet with one row for each candidate."""
    return dice.choice([book[name] for name in ("Claim", "Grades", "Assessed by") if name in book.sheetnames])


def form_sheet(book: Workbook, dice: random.Random) -> Worksheet:
    """A sheet that must come back."""
    return dice.choice([sheet for sheet in book if sheet.title not in ("Start here", "Notes", "About")])


def candidates(sheet: Worksheet) -> list[int]:
    return [row for row in range(5, sheet.max_row + 1) if sheet.cell(row, 1).value]


def headings(sheet: Worksheet) -> list[Cell]:
    return [cell for cell in sheet[4] if cell.value]


def beside(sheet: Worksheet) -> int:
    """The first column beside the table."""
    return headings(sheet)[-1].column + 1


def below(sheet: Worksheet) -> int:
    """The first row below what is filled in."""
    return max([4, *candidates(sheet)]) + 1


# --- single cells ------------------------------------------------------------------------------------------------


def in_grade(code: str, *values: Any) -> Damage:
    """A grade cell says one of *values*."""

    def damage(book: Workbook, dice: random.Random, _: Qualification) -> Finds:
        cell = grade_cell(book, a_claimed(book, dice))
        cell.value = dice.choice(values)
        return [(at(cell), code)]

    return damage


def in_column(heading: str, code: str, *values: Any) -> Damage:
    """A cell under *heading*, on a sheet with one row for each candidate, says one of *values*."""

    def damage(book: Workbook, dice: random.Random, _: Qualification) -> Finds:
        sheet = roll(book, dice)
        cell = sheet.cell(dice.choice(candidates(sheet)), column_of(sheet, heading))
        cell.value = dice.choice(values)
        return [(at(cell), code)]

    return damage


def error_in_any(book: Workbook, dice: random.Random, _: Qualification) -> Finds:
    spot = a_claimed(book, dice)
    row = dice.choice([grade_cell(book, spot), assessor_cell(book, spot), book[spot.sheet].cell(spot.row, 1)])
    row.value = dice.choice(["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?"])
    assert row.data_type == "e"
    return [(at(row), "CB101")]


def unknown_assessor(book: Workbook, dice: random.Random, _: Qualification) -> Finds:
    cell = assessor_cell(book, a_claimed(book, dice))
    cell.value = dice.choice(["ZZ", "J H", "JHU", "Hughes", "7"])
    return [(at(cell), "CB106")]


def unknown_default(book: Workbook, dice: random.Random, _: Qualification) -> Finds:
    unit = a_claimed(book, dice).unit
    cell = book["Units"].cell(row_of_unit(book, unit), column_of(book["Units"], "Default assessor"))
    cell.value = "ZZ"
    return [(at(cell), "CB106")]


def merged_grades(book: Workbook, dice: random.Random, _: Qualification) -> Finds:
    """One grade over two rows: the second says nothing any more, nor do its initials."""
    spot = a_claimed(book, dice)
    cell = grade_cell(book, spot)
    assessor_cell(book, spot).offset(row=1).value = None
    cell.parent.merge_cells(f"{cell.coordinate}:{cell.offset(row=1).coordinate}")
    return [(at(cell), "CB018")]


def lost_zeros(book: Workbook, dice: random.Random, _: Qualification) -> Finds:
    sheet = roll(book, dice)
    cell = sheet.cell(dice.choice(candidates(sheet)), 1)
    cell.value = int(cell.value)
    return [(at(cell), "CB108")]


# --- lines -------------------------------------------------------------------------------------------------------


def no_assessor(book: Workbook, dice: random.Random, _: Qualification) -> Finds:
    spot = a_claimed(book, dice)
    assessor_cell(book, spot).value = None
    if spot.sheet == "Grades":
        book["Units"].cell(
            row_of_unit(book, spot.unit), column_of(book["Units"], "Default assessor")
        ).value = None
    alike = [other for other in spots(book) if other.unit == spot.unit and other.sheet == "Grades"] or [spot]
    marks = [(other, *mark_at(book, other)) for other in alike]
    return [(at(grade_cell(book, s)), "CB201") for s, grade, who in marks if grade in CLAIM and not who]


def no_grade(book: Workbook, dice: random.Random, _: Qualification) -> Finds:
    spot, other = dice.sample(spots(book), 2)
    grade_cell(book, other).value, assessor_cell(book, other).value = (
        "P",
        "JH",
    )  # initials in every row say nothing
    grade_cell(book, spot).value, assessor_cell(book, spot).value = None, "SA"
    return [(at(assessor_cell(book, spot)), "CB202")]


def stranger(book: Workbook, dice: random.Random, _: Qualification) -> Finds:
    sheet = first(book)
    row = below(sheet)
    for column, value in enumerate(("9876", "Stranger, A", date(2008, 1, 1), None, "P"), 1):
        sheet.cell(row, column).value = value
    return [(at(sheet.cell(row, 1)), "CB203")]


def new_column(book: Workbook, unit: int, code: str) -> Finds:
    sheet = book["Grades"]
    column = beside(sheet)
    sheet.cell(4, column).value = f"Unit {unit}"
    sheet.cell(5, column).value = "P"
    return [(at(sheet.cell(5, column)), code)]


def unit_not_offered(book: Workbook, dice: random.Random, _: Qualification) -> Finds:
    return new_column(book, 99, "CB204")


def unit_not_entered(book: Workbook, dice: random.Random, _: Qualification) -> Finds:
    """Candidate 0051 has unit entries; the template locks all other units."""
    sheet = book["Grades"]
    open_cells = {(spot.row, spot.column) for spot in spots(book)}
    closed = [
        sheet.cell(row, cell.column)
        for row in candidates(sheet)
        for cell in headings(sheet)[4:]
        if (row, cell.column) not in open_cells
    ]
    cell = dice.choice(closed)
    cell.value = "P"
    return [(at(cell), "CB205")]


def examined_unit(book: Workbook, dice: random.Random, qualification: Qualification) -> Finds:
    external = [unit.number for unit in qualification.units if unit.external]
    return new_column(book, dice.choice(external), "CB206")


def copied_row(book: Workbook, dice: random.Random, _: Qualification) -> Finds:
    sheet = roll(book, dice)
    copied, row = dice.choice(candidates(sheet)), below(sheet)
    for column in range(1, beside(sheet)):
        sheet.cell(row, column).value = sheet.cell(copied, column).value
    return [(at(sheet.cell(row, 1)), "CB301")]


def copied_unit(book: Workbook, dice: random.Random, _: Qualification) -> Finds:
    sheet = book["Units"]
    copied, row = dice.choice(candidates(sheet)), below(sheet)
    for column in range(1, 5):
        sheet.cell(row, column).value = sheet.cell(copied, column).value
    return [(at(sheet.cell(row, 1)), "CB309")]


def assessor_row(code: str, initials: str, name: str) -> Damage:
    """A new assessor on the sheet Assessors."""

    def damage(book: Workbook, dice: random.Random, _: Qualification) -> Finds:
        sheet = book["Assessors"]
        row = below(sheet) + dice.randint(0, 2)
        sheet.cell(row, 1).value, sheet.cell(row, 2).value = initials, name
        return [(at(sheet.cell(row, 1)), code)]

    return damage


def half_an_assessor(book: Workbook, dice: random.Random, _: Qualification) -> Finds:
    """Initials without a name, or a name without initials: the blank cell is told."""
    sheet = book["Assessors"]
    blank, filled = dice.choice([(1, 2), (2, 1)])
    row = below(sheet) + dice.randint(0, 2)
    sheet.cell(row, filled).value = "RY" if filled == 1 else "Ray Young"
    return [(at(sheet.cell(row, blank)), "CB308")]


def two_names(book: Workbook, dice: random.Random, _: Qualification) -> Finds:
    """Two new assessors who share their initials: the second is told."""
    sheet = book["Assessors"]
    row = below(sheet)
    for offset, name in enumerate(("Rae Young", "Ray Young")):
        sheet.cell(row + offset, 1).value, sheet.cell(row + offset, 2).value = "RY", name
    return [(at(sheet.cell(row + 1, 1)), "CB304")]


# --- other awarding bodies ---------------------------------------------------------------------------------------


def other_unit(code: str, at_column: int, *values: Any) -> Damage:
    """A row on the sheet Other units; the problem is in the column *at_column*, a general doubt in the second."""

    def damage(book: Workbook, dice: random.Random, qualification: Qualification) -> Finds:
        sheet = book["Other units"]
        row = 5 + dice.randint(0, 5)
        for column, value in enumerate(values, 1):
            sheet.cell(row, column).value = value
        finds = {2: "CB211"} if qualification.other_awarding_body_units is None else {}
        return [(at(sheet.cell(row, column)), found) for column, found in (finds | {at_column: code}).items()]

    return damage


def foreign_other_units(book: Workbook, dice: random.Random, _: Qualification) -> Finds:
    """The sheet Other units, brought in from the workbook of another qualification."""
    sheet = book.create_sheet("Other units")
    sheet.append([])
    sheet.append(["Candidate number", "Unit title", "Awarding body", "Grade", "Assessor", "Evidence held"])
    sheet.append(["0042", "Sound design", "NCFE", "P", "JH", "Yes"])
    return [(at(sheet.cell(3, 2)), "CB208")]


# --- sheets and columns ------------------------------------------------------------------------------------------


def sheet_deleted(book: Workbook, dice: random.Random, _: Qualification) -> Finds:
    sheet = form_sheet(book, dice)
    book.remove(sheet)
    return [(sheet.title, "CB015")]


def sheet_renamed(book: Workbook, dice: random.Random, _: Qualification) -> Finds:
    sheet = form_sheet(book, dice)
    name, sheet.title = sheet.title, dice.choice(["Sheet1", "Mine", "Old", sheet.title[1:]])
    return [(name, "CB015")]


def needed(sheet: Worksheet) -> list[Cell]:
    """The headings without which something would be lost."""
    return [
        cell
        for cell in headings(sheet)
        if cell.value not in ("Title", "Size", "P", "M", "D", "Without assessor")
    ]


def heading_retyped(book: Workbook, dice: random.Random, _: Qualification) -> Finds:
    """Another heading, or none: told at the heading, unless there is nothing to tell the column by."""
    sheet = form_sheet(book, dice)
    cell = dice.choice(needed(sheet))
    cell.value = dice.choice(["Cyber", f"{cell.value}s", None, "?"])
    column = [sheet.cell(row, cell.column).value for row in range(4, sheet.max_row + 1)]
    return [(at(cell) if any(column) else sheet.title, "CB016")]


def column_deleted(book: Workbook, dice: random.Random, _: Qualification) -> Finds:
    sheet = form_sheet(book, dice)
    cell = dice.choice(needed(sheet))
    sheet.delete_cols(cell.column)
    return [(sheet.title, "CB016")]


def heading_repeated(book: Workbook, dice: random.Random, _: Qualification) -> Finds:
    sheet = form_sheet(book, dice)
    cell = sheet.cell(4, beside(sheet))
    cell.value = dice.choice(headings(sheet)).value
    if dice.random() < 0.5:
        sheet.cell(below(sheet) - 1, cell.column).value = "P"
    return [(at(cell), "CB017")]


def headings_sorted(book: Workbook, dice: random.Random, _: Qualification) -> Finds:
    """The headings taken along by a sort, down to the last row."""
    sheet = roll(book, dice)
    rows = [4, *candidates(sheet)]
    values = [[cell.value for cell in sheet[row]] for row in rows]
    for row, line in zip(rows, [*values[1:], values[0]], strict=True):
        for column, value in enumerate(line, 1):
            sheet.cell(row, column).value = value
    return [(at(sheet.cell(row, 1)), "CB020") for row in rows[:-1]]


def stray_beside(book: Workbook, dice: random.Random, _: Qualification) -> Finds:
    sheet = form_sheet(book, dice)
    cell = sheet.cell(dice.randint(5, 12), beside(sheet) + dice.randint(0, 3))
    cell.value = dice.choice(["P", 17, "ask Jo", date(2026, 1, 1)])
    return [(at(cell), "CB019")]


def stray_above(book: Workbook, dice: random.Random, _: Qualification) -> Finds:
    cell = form_sheet(book, dice).cell(dice.randint(1, 3), dice.randint(2, 9))
    cell.value = "Draft"
    return [(at(cell), "CB019")]


def stray_sheet(book: Workbook, dice: random.Random, _: Qualification) -> Finds:
    cell = book.create_sheet("My marks", dice.randint(0, 3)).cell(dice.randint(1, 9), dice.randint(1, 9))
    cell.value = "P"
    return [(at(cell), "CB019")]


ANY_FORM: dict[str, Damage] = {
    "CB101 error": error_in_any,
    "CB101 in a grade": in_grade("CB101", True, False, datetime(2026, 5, 1), date(2026, 5, 1)),  # noqa: DTZ001
    "CB101 in a name": in_column("Candidate name", "CB101", True, date(2026, 5, 1)),
    "CB101 in a number": in_column("Candidate number", "CB101", False, date(2026, 5, 1)),
    "CB102": in_grade("CB102", "=VLOOKUP(A5,Marks,3)", '="P"'),
    "CB103": in_grade("CB103", "U", "u", " U "),
    "CB104": in_grade("CB104", "P/M", "Pass*", "see Jo", 1, 2.5, "?", "Pp", "X", "PASS DISTINCTION", "-"),
    "CB105": in_grade("CB105", "Р", "р", "Ｐ", "Ｍ", "Ｄ", "М", "Ⅿ", "Ｐａｓｓ", "Рass"),  # noqa: RUF001
    "CB106": unknown_assessor,
    "CB107": in_column("Candidate number", "CB107", "12345", "AB12", None, "0000", 0, 4.5, 12345, -42),
    "CB108": lost_zeros,
    "CB109": in_column("Date of birth", "CB109", "31/02/2008", "3 April", "03/04/08", "2008"),
    "CB112 in a grade": in_grade("CB112", "P\x7f", "_x0007_P"),
    "CB112 in a name": in_column("Candidate name", "CB112", "Ahmed,\x7f Sana"),
    "CB201": no_assessor,
    "CB202": no_grade,
    "CB203": stranger,
    "CB207 name": in_column("Candidate name", "CB207", "Ahmed, Sanaa", "Somebody, Else", 17),
    "CB207 date": in_column("Date of birth", "CB207", date(2001, 1, 1), "01/01/2001", "2001-01-01"),
    "CB207 number": in_column("OCR candidate number", "CB207", "1234567", 99),
    "CB301": copied_row,
    "CB304 register": assessor_row("CB304", "jh", "James Hill"),
    "CB304 workbook": two_names,
    "CB305": assessor_row("CB305", "JHUGH", "Jan Hughes"),
    "CB308": half_an_assessor,
    "CB015 deleted": sheet_deleted,
    "CB015 renamed": sheet_renamed,
    "CB016 retyped": heading_retyped,
    "CB016 deleted": column_deleted,
    "CB017": heading_repeated,
    "CB018": merged_grades,
    "CB020": headings_sorted,
    "CB019 beside": stray_beside,
    "CB019 above": stray_above,
    "CB019 sheet": stray_sheet,
}
CANDIDATE_FORM: dict[str, Damage] = {
    "CB106 default": unknown_default,
    "CB204": unit_not_offered,
    "CB309": copied_unit,
}
WITH_EXAMS: dict[str, Damage] = {"CB206": examined_unit}
OF_2016: dict[str, Damage] = {"CB208": foreign_other_units}
OF_2012: dict[str, Damage] = {
    "CB205": unit_not_entered,
    "CB209": other_unit("CB209", 2, "0042", "Sound design", None, "P", "JH", "Yes"),
    "CB210": other_unit("CB210", 6, "0042", "Sound design", "NCFE", "P", "JH"),
    "CB211": other_unit("CB211", 2, "0042", "Sound design", "NCFE", "p", "JH", "yes"),
    "CB201 other unit": other_unit("CB201", 4, "0042", "Sound design", "NCFE", "P", None, "Yes"),
    "CB203 other unit": other_unit("CB203", 1, "9876", "Sound design", "NCFE", "P", "JH", "Yes"),
    "CB104 other unit": other_unit("CB104", 4, "0042", "Sound design", "NCFE", "Good", "JH", "Yes"),
    "CB107 other unit": other_unit("CB107", 1, None, "Sound design", "NCFE", "P", "JH", "Yes"),
}


# --- what is allowed ---------------------------------------------------------------------------------------------

Change = Callable[[Workbook, random.Random], None]


def each_grade(book: Workbook) -> Iterable[Cell]:
    return (cell for spot in spots(book) if (cell := grade_cell(book, spot)).value)


def typed_by_hand(book: Workbook, dice: random.Random) -> None:
    """Grades and initials as people type them."""
    words = {"P": ["p", " P ", "Pass", "PASS", "\u00a0p", "P\n"], "M": ["m", "merit", " Merit\u00a0"],
             "D": ["d", "Dist", "DISTINCTION", "distinction "],
             "Not claiming": ["not claiming", " Not  claiming", "Not claimed"]}  # fmt: skip
    for cell in each_grade(book):
        cell.value = dice.choice(words[cell.value])
    for spot in spots(book):
        cell = assessor_cell(book, spot)
        cell.value = {"JH": "jh ", "SA": "Sam Adeyemi"}.get(cell.value, cell.value)


def blank_rows(book: Workbook, dice: random.Random) -> None:
    """Empty rows, and rows with only spaces in them, between the candidates."""
    sheet = roll(book, dice)
    for _ in range(3):
        row = dice.randint(5, sheet.max_row)
        sheet.insert_rows(row)
        sheet.cell(row, 2).value = dice.choice([None, " ", "\u00a0"])


def rows_sorted(book: Workbook, dice: random.Random) -> None:
    """The rows of one sheet in another order."""
    sheet = roll(book, dice)
    rows = candidates(sheet)
    values = [[sheet.cell(row, column).value for column in range(1, beside(sheet))] for row in rows]
    dice.shuffle(values)
    for row, line in zip(rows, values, strict=True):
        for column, value in enumerate(line, 1):
            sheet.cell(row, column).value = value


def columns_moved(book: Workbook, dice: random.Random) -> None:
    """The columns of one sheet, with their headings, in another order."""
    sheet = form_sheet(book, dice)
    columns = range(1, beside(sheet))
    values = [[sheet.cell(row, column).value for row in range(4, sheet.max_row + 1)] for column in columns]
    dice.shuffle(values)
    for column, line in zip(columns, values, strict=True):
        for row, value in enumerate(line, 4):
            sheet.cell(row, column).value = value


def sheets_reordered(book: Workbook, dice: random.Random) -> None:
    dice.shuffle(book._sheets)  # openpyxl has no other way
    book.active = 0


def empty_sheets(book: Workbook, dice: random.Random) -> None:
    book.create_sheet("Sheet1", 0)
    book.create_sheet("Sheet2")["C3"] = "  "


def hidden_rows(book: Workbook, dice: random.Random) -> None:
    sheet = roll(book, dice)
    for row in candidates(sheet)[::2]:
        sheet.row_dimensions[row].hidden = True
    sheet.column_dimensions["B"].hidden = True


def pushed_down(book: Workbook, dice: random.Random) -> None:
    """Rows inserted above the headings."""
    form_sheet(book, dice).insert_rows(dice.randint(1, 4), dice.randint(1, 8))


def copied_sheet(book: Workbook, dice: random.Random) -> None:
    """A sheet copied, and the first one deleted."""
    sheet = form_sheet(book, dice)
    name, copy = sheet.title, book.copy_worksheet(sheet)
    book.remove(sheet)
    copy.title = f"{name} (2)"


def names_left_out(book: Workbook, dice: random.Random) -> None:
    """The columns that only help people emptied, and a row deleted where it says nothing more."""
    for sheet in (roll(book, dice), roll(book, dice)):
        for row in candidates(sheet):
            for heading in ("Candidate name", "Date of birth", "OCR candidate number"):
                sheet.cell(row, column_of(sheet, heading)).value = None


def headings_in_capitals(book: Workbook, dice: random.Random) -> None:
    for cell in headings(form_sheet(book, dice)):
        cell.value = dice.choice([cell.value.upper(), f" {cell.value}\u00a0", cell.value.replace(" ", "\n")])


def another_assessor(book: Workbook, dice: random.Random) -> None:
    """A new assessor, named on Assessors and used at once."""
    sheet = book["Assessors"]
    row = below(sheet) + dice.randint(0, 3)
    sheet.cell(row, 1).value, sheet.cell(row, 2).value = "RY", "Ray Young"
    assessor_cell(book, a_claimed(book, dice)).value = "RY"


ALLOWED: tuple[Change, ...] = (
    typed_by_hand,
    blank_rows,
    rows_sorted,
    columns_moved,
    sheets_reordered,
    empty_sheets,
    hidden_rows,
    pushed_down,
    copied_sheet,
    names_left_out,
    headings_in_capitals,
    another_assessor,
)
