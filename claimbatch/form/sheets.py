"""What stands on each sheet of the template, one function a sheet."""

from collections.abc import Callable, Mapping
from typing import Any

from openpyxl import Workbook
from openpyxl.formatting.rule import Rule
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from claimbatch.form import choices, style
from claimbatch.form.contents import Contents, Row, default_assessors
from claimbatch.form.identity import TOKEN_ITEM
from claimbatch.form.layout import HEADER_ROW, TITLES_ROW, Sheet, limit, unit_key
from claimbatch.form.paper import finish
from claimbatch.form.start import start
from claimbatch.form.table import write_table
from claimbatch.form.unit_columns import write_unit_titles
from claimbatch.form.wording import doubts, unit_title, wording

FIRST = HEADER_ROW + 1  # the first row of data


def write_sheets(workbook: Workbook, contents: Contents) -> None:
    """Write every sheet of the layout, in its order."""
    for sheet in contents.layout.sheets:
        WRITERS[sheet.key](workbook.create_sheet(sheet.name), sheet, contents)


def grades(worksheet: Worksheet, sheet: Sheet, contents: Contents) -> None:
    """Candidates down, units across, grades inside."""
    refused = _grid(worksheet, sheet, contents, contents.grade)
    worksheet.auto_filter.ref = f"A{HEADER_ROW}:{_corner(worksheet)}"
    first = choices.letter(sheet, unit_key(contents.qualification.offered[0].number))
    heading = f"{first}${HEADER_ROW}"
    # Looked up by candidate number and heading, so that sorting and moving columns do no harm.
    row, column = f"MATCH($A{FIRST},INDEX(assessed_by,0,1),0)", f"MATCH({heading},INDEX(assessed_by,1,0),0)"
    default = f"INDEX(default_assessors,MATCH({heading},unit_names,0))"
    nobody = f"LEN({default}&INDEX(assessed_by,{row},{column}))=0"
    _colour_refused(worksheet, sheet, refused)
    _colour_grades(worksheet, first, get_column_letter(worksheet.max_column), nobody)
    numbers = choices.reference(sheet, "number", len(contents.rows))
    choices.define(worksheet.parent, choices.LISTS["number"], numbers)


def assessed(worksheet: Worksheet, sheet: Sheet, contents: Contents) -> None:
    """The same grid for initials, filled only where somebody else than the default assessed."""
    defaults = default_assessors(contents)

    def exception(row: Row, unit: int) -> str:
        assessor = contents.assessor(row, unit)
        if (row.number, unit) in contents.refused:  # whatever the default becomes
            return assessor
        return "" if assessor == defaults.get(unit) else assessor

    _grid(worksheet, sheet, contents, exception)
    grid = f"$A${HEADER_ROW}:${get_column_letter(worksheet.max_column)}${worksheet.max_row}"
    choices.define(worksheet.parent, "assessed_by", f"'{sheet.name}'!{grid}")


def units(worksheet: Worksheet, sheet: Sheet, contents: Contents) -> None:
    """The units with their default assessors, and counts that keep up with the grades."""
    offered, defaults = contents.qualification.offered, default_assessors(contents)
    rows: list[dict[str, Any]] = []
    for row, unit in enumerate(offered, FIRST):
        title = " ".join(filter(None, (unit_title(unit), doubts(unit) and f"({doubts(unit)})")))
        values = {
            "unit": unit.label,
            "title": title,
            "size": unit.size,
            "default": defaults.get(unit.number, ""),
        }
        rows.append({**values, **_counts(contents, unit.number, row)})
    spare = limit("spare_units") if contents.qualification.units_missing else 0
    write_table(worksheet, sheet, contents, rows, spare=spare)
    _room_for_units(worksheet, FIRST + len(rows))
    finish(worksheet, sheet.key, contents, first_input=f"D{FIRST}", freeze=f"C{FIRST}")
    without = choices.letter(sheet, "without")
    area = f"{without}{FIRST}:{without}{worksheet.max_row}"
    _colour(worksheet, area, f"{without}{FIRST}>0", style.SOME_WITHOUT)
    for name, key in (("unit_names", "unit"), ("default_assessors", "default")):
        choices.define(worksheet.parent, name, choices.reference(sheet, key, len(offered) + spare))


def _room_for_units(worksheet: Worksheet, first: int) -> None:
    """Open the spare rows from *first* on for units that are missing."""
    last = worksheet.max_row
    if first > last:
        return
    for number, title in worksheet.iter_rows(first, last, 1, 2):
        number.style = title.style = "Entry"
    prompts = wording()["missing"]["prompts"]
    for letter, key in (("A", "number"), ("B", "title")):
        choices.explain(worksheet, f"{letter}{first}:{letter}{last}", prompts[key], key.capitalize())


def claim(worksheet: Worksheet, sheet: Sheet, contents: Contents) -> None:
    """One unit: grade and assessor of each candidate."""
    unit = contents.layout.unit
    rows, closed = [], set()
    refused: dict[tuple[int, str], str] = {}
    for index, row in enumerate(contents.rows):
        is_open = contents.offers(row, unit)
        assessor = contents.assessor(row, unit) or contents.prefilled
        rows.append(
            {**_given(row), "grade": contents.grade(row, unit), "assessor": assessor if is_open else ""}
        )
        if not is_open:
            closed |= {(index, "grade"), (index, "assessor")}
        if why := contents.refused.get((row.number, unit)):
            refused |= {(index, "grade"): why, (index, "assessor"): why}
    write_table(worksheet, sheet, contents, rows, closed=closed, refused=refused)
    finish(worksheet, sheet.key, contents, first_input=f"E{FIRST}", freeze=f"C{FIRST}")
    worksheet.auto_filter.ref = f"A{HEADER_ROW}:{_corner(worksheet)}"
    grade, assessor = choices.letter(sheet, "grade"), choices.letter(sheet, "assessor")
    _colour_refused(worksheet, sheet, refused)
    _colour_grades(worksheet, grade, grade, f"LEN({assessor}{FIRST})=0")


def assessors(worksheet: Worksheet, sheet: Sheet, contents: Contents) -> None:
    """Who may be named: those of the register, and room for more."""
    rows = [{"initials": initials, "name": name} for initials, name in contents.assessors]
    spare = limit("spare_rows")
    write_table(worksheet, sheet, contents, rows, spare=spare, unruled="initials")
    for cell in (cell for line in worksheet.iter_rows(FIRST, HEADER_ROW + len(rows)) for cell in line):
        cell.style = "Given"
    all_initials = choices.reference(sheet, "initials", len(rows) + spare)
    first, last = all_initials.split("!")[1].split(":")
    # The list ends with the last initials typed, whatever rows were left out: blanks at its end would be offered too.
    top = all_initials.split(":")[0]
    last_row = f"SUMPRODUCT(MAX(ISTEXT({all_initials})*(ROW({all_initials})-ROW({top})+1)))"
    named = f"{top}:INDEX({all_initials},MAX(1,{last_row}))"
    choices.define(worksheet.parent, choices.LISTS["initials"], named)
    start = FIRST + len(rows)
    choices.accept(
        worksheet,
        f"A{start}:A{worksheet.max_row}",
        f"AND(LEN(A{start})<={limit('initials')},COUNTIF({first}:{last},A{start})<2)",
        wording()["refusals"]["new_initials"],
        prompt=sheet.column("initials").prompt,
        title="Initials",
    )
    finish(worksheet, sheet.key, contents, first_input=f"A{start}", freeze=f"A{FIRST}")


def other(worksheet: Worksheet, sheet: Sheet, contents: Contents) -> None:
    """Units that another awarding body awarded."""
    rows = [
        {
            "number": unit.number, "title": unit.title, "body": unit.body,
            "grade": unit.grade, "assessor": unit.assessor, "evidence": unit.evidence,
        }
        for unit in contents.other
    ]  # fmt: skip
    refused = {
        (index, key): unit.refused
        for index, unit in enumerate(contents.other)
        for key in ("grade", "assessor")
        if unit.refused
    }
    spare = limit("spare_rows")
    write_table(worksheet, sheet, contents, rows, spare=spare, refused=refused, unruled="number")
    choices.offer(worksheet, f"A{FIRST}:A{worksheet.max_row}", "number")
    finish(worksheet, sheet.key, contents, first_input=f"A{FIRST + len(rows)}", freeze=f"A{FIRST}")


def notes(worksheet: Worksheet, sheet: Sheet, contents: Contents) -> None:
    """Room for answers to queries."""
    write_table(worksheet, sheet, contents, [], spare=limit("spare_rows"))
    finish(worksheet, sheet.key, contents, first_input=f"A{FIRST}", freeze=f"A{FIRST}")


def about(worksheet: Worksheet, sheet: Sheet, contents: Contents) -> None:
    """Who this workbook is, in words, and the token that claimbatch knows it by."""
    identity, unit = contents.identity, contents.qualification.unit(contents.layout.unit)
    items = {
        "Centre number": identity.centre_number,
        "Centre name": contents.centre_name,
        "Entry code": identity.entry_code,
        "Qualification": contents.qualification.title,
        "Form": contents.layout.title,
        "Unit": unit.full_title if unit else "All units offered",
        **({"Made for": contents.addressee.name} if contents.addressee.name else {}),
        "Template id": identity.template_id,
        "Issued at": identity.issued_at,
        "Claim revision": str(identity.revision),
        "Form fingerprint": identity.fingerprint,
        TOKEN_ITEM: contents.token,
    }
    write_table(worksheet, sheet, contents, [{"item": item, "value": value} for item, value in items.items()])
    finish(worksheet, sheet.key, contents)


def _grid(
    worksheet: Worksheet, sheet: Sheet, contents: Contents, value: Callable[[Row, int], str]
) -> Mapping[tuple[int, str], str]:
    """Candidates by units, with *value* in each open cell; the others are closed. Returns the refused ones."""
    numbers = [unit.number for unit in contents.qualification.offered]
    rows = [
        {**_given(row), **{unit_key(unit): value(row, unit) for unit in numbers}} for row in contents.rows
    ]
    closed = {
        (index, unit_key(unit))
        for index, row in enumerate(contents.rows)
        for unit in numbers
        if not contents.offers(row, unit)
    }
    refused = {
        (index, unit_key(unit)): contents.refused[row.number, unit]
        for index, row in enumerate(contents.rows)
        for unit in numbers
        if (row.number, unit) in contents.refused
    }
    write_table(worksheet, sheet, contents, rows, closed=closed, refused=refused)
    write_unit_titles(worksheet, sheet, contents)
    shown = next((unit for unit in numbers if not contents.hides(unit)), numbers[0])
    first = f"{choices.letter(sheet, unit_key(shown))}{FIRST}"
    finish(worksheet, sheet.key, contents, first_input=first, freeze=f"C{FIRST}", head=TITLES_ROW)
    return refused


def _given(row: Row) -> dict[str, Any]:
    born = row.born if row.born else ""
    return {"number": row.number, "name": row.name, "born": born, "ocr_number": row.ocr_number}


def _counts(contents: Contents, unit: int, row: int) -> Mapping[str, str]:
    """The formulas of one row of the sheet Units.

    Without assessor: graded, no default, and no initials on *Assessed by* in the row of the same candidate
    number (the two sheets may be sorted differently).
    """
    layout, key, count = contents.layout, unit_key(unit), len(contents.rows)
    default = choices.letter(layout.sheet("units"), "default")
    cells = choices.reference(layout.sheet("grades"), key, count)
    numbers = choices.reference(layout.sheet("grades"), "number", count)
    other_cells = choices.reference(layout.sheet("assessed"), key, count)
    other_numbers = choices.reference(layout.sheet("assessed"), "number", count)
    graded = "+".join(f'({cells}="{grade}")' for grade in "PMD")
    unnamed = f'ISNA(MATCH({numbers}&"|1",{other_numbers}&"|"&(LEN({other_cells})>0)*1,0))'
    return {
        **{f"count_{grade.lower()}": f'=COUNTIF({cells},"{grade}")' for grade in "PMD"},
        "without": f"=IF(LEN({default}{row})>0,0,SUMPRODUCT(({graded})*{unnamed}))",
    }


def _colour_grades(worksheet: Worksheet, first: str, last: str, nobody: str) -> None:
    """Amber and a question mark where *nobody* holds for a grade; else a calm tint for each grade."""
    area, cell = f"{first}{FIRST}:{last}{worksheet.max_row}", f"{first}{FIRST}"
    graded = ",".join(f'{cell}="{grade}"' for grade in "PMD")
    _colour(worksheet, area, f"AND(OR({graded}),{nobody})", style.WITHOUT_ASSESSOR)
    for grade, look in style.TINTS.items():
        _colour(worksheet, area, f'{cell}="{grade}"', look)


def _colour_refused(worksheet: Worksheet, sheet: Sheet, refused: Mapping[tuple[int, str], str]) -> None:
    """Rose and an exclamation mark on a grade that may no longer be claimed, as long as it stands there."""
    for index, key in refused:
        cell = f"{choices.letter(sheet, key)}{FIRST + index}"
        if key != "assessor":
            _colour(
                worksheet, cell, " + ".join(f'({cell}="{grade}")' for grade in "PMD") + ">0", style.REFUSED
            )


def _colour(worksheet: Worksheet, area: str, formula: str, look: DifferentialStyle) -> None:
    worksheet.conditional_formatting.add(
        area, Rule("expression", dxf=look, formula=[formula], stopIfTrue=True)
    )


def _corner(worksheet: Worksheet) -> str:
    return f"{get_column_letter(worksheet.max_column)}{worksheet.max_row}"


WRITERS: Mapping[str, Callable[[Worksheet, Sheet, Contents], None]] = {
    "start": start,
    "grades": grades,
    "assessed": assessed,
    "units": units,
    "claim": claim,
    "assessors": assessors,
    "other": other,
    "notes": notes,
    "about": about,
}
